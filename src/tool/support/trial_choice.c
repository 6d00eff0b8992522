#include "support/trial_choice.h"

#include <string.h>

#include "support/say.h"
#include "support/text_stream.h"
#include "whole.h"

/* Options that are set together. */
enum { MOST_TOGETHER = 3, MOST_VALUES = 5 };
typedef struct option_set {
    const char *option[MOST_TOGETHER][2]; /* names and texts */
} option_set;

typedef struct thing {
    const char *bound;              /* options with which, where they are given, it is not varied */
    option_set values[MOST_VALUES]; /* from 1 on, in the order in which they are tried */
} thing;

/* The first is how numbers become inputs. doc/tables.md has what these were chosen by. */
static const thing things[TRIAL_THINGS] = {
    {"encode bins bin-edges embed embed-size frequencies frequency-scale lr-factors",
     {[1] = {{{"encode", "piecewise"}, {"bins", "48"}}},
      [2] = {{{"encode", "piecewise"}, {"bins", "160"}}},
      [3] = {{{"encode", "none"}, {"embed", "plr"}, {"frequency-scale", "0.5"}}},
      [4] = {{{"encode", "none"}}}}},
    {"hidden activation dropout lr-factors",
     {[1] = {{{"hidden", "256,256,256"}}},
      [2] = {{{"hidden", "128,128"}}},
      [3] = {{{"hidden", "512,512"}}}}},
    {"dropout",
     {[1] = {{{"dropout", "0"}}}, [2] = {{{"dropout", "0.1"}}}, [3] = {{{"dropout", "0.25"}}}}},
    {"lr optimizer", {[1] = {{{"lr", "0.002"}}}, [2] = {{{"lr", "0.0005"}}}}},
    {"weight-decay optimizer",
     {[1] = {{{"weight-decay", "0.1"}}}, [2] = {{{"weight-decay", "0"}}}}},
    {"activation", {[1] = {{{"activation", "silu"}}}}},
};

/* Tries at a random one until there is something new. */
enum { MOST_TRIES = 100 };

/* ---- One choice ------------------------------------------------------------------------ */

int trial_differs_in_inputs(const trial_choice *a, const trial_choice *b)
{
    return a->value[0] != b->value[0] &&
           memcmp(a->value + 1, b->value + 1, sizeof a->value - sizeof *a->value) == 0;
}

void trial_choice_give(const trial_choice *choice, arguments *args)
{
    for (size_t i = 0; i < TRIAL_THINGS; i++) {
        const option_set *set = &things[i].values[choice->value[i]];
        for (size_t k = 0; k < MOST_TOGETHER && set->option[k][0] != NULL; k++)
            arguments_put(args, set->option[k][0], need(strdup(set->option[k][1])));
    }
}

char *trial_choice_text(const trial_choice *choice)
{
    const char *between = "";
    char *text;
    FILE *f = text_begin(&text);
    for (size_t i = 0; i < TRIAL_THINGS; i++) {
        const option_set *set = &things[i].values[choice->value[i]];
        for (size_t k = 0; k < MOST_TOGETHER && set->option[k][0] != NULL; k++) {
            fprintf(f, "%s--%s %s", between, set->option[k][0], set->option[k][1]);
            between = " ";
        }
    }
    text_end(f);
    return text;
}

/* ---- Searching ------------------------------------------------------------------------- */

static size_t values_of(const thing *t)
{
    size_t n = 1;
    while (n < MOST_VALUES && t->values[n].option[0][0] != NULL)
        n++;
    return n;
}

/* A well mixed number: splitmix64, https://prng.di.unimi.it/splitmix64.c */
static uint64_t mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

/* Step k: the values of the inputs, then for each place in the order the others that have one
 * there; 0: there are no more. */
static int planned(size_t k, size_t *thing_of, size_t *value)
{
    for (size_t v = 1; v < values_of(&things[0]); v++)
        if (k-- == 0) {
            *thing_of = 0;
            *value = v;
            return 1;
        }
    for (size_t v = 1; v < MOST_VALUES; v++)
        for (size_t i = 1; i < TRIAL_THINGS; i++)
            if (v < values_of(&things[i]) && k-- == 0) {
                *thing_of = i;
                *value = v;
                return 1;
            }
    return 0;
}

/* Another value for two things, but the inputs, which may be the same one twice. */
static void change_some(trial_choice *c, const trial_search *s)
{
    for (size_t k = 0; k < 2; k++) {
        uint64_t random = mixed(mixed(s->seed) + 2 * s->step + k);
        size_t i = 1 + random % (TRIAL_THINGS - 1);
        if (!any_given(s->args, things[i].bound))
            c->value[i] = (unsigned char)((random >> 32) % values_of(&things[i]));
    }
}

static int is_new(const trial_choice *c, const trial_choice *before, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(c, &before[i], sizeof *c) == 0)
            return 0;
    return 1;
}

int trial_choose(trial_choice *next, trial_search *s, const trial_choice *before, size_t n,
                 const trial_choice *best)
{
    size_t i, value;
    *next = (trial_choice){{0}};
    if (n == 0)
        return 1;
    while (planned(s->step, &i, &value)) {
        s->step++;
        *next = i > 0 ? *best : (trial_choice){{0}};
        next->value[i] = (unsigned char)value;
        if (!any_given(s->args, things[i].bound) && is_new(next, before, n))
            return 1;
    }
    for (int tries = 0; tries < MOST_TRIES; tries++, s->step++) {
        *next = *best;
        change_some(next, s);
        if (is_new(next, before, n))
            return 1;
    }
    return 0;
}
