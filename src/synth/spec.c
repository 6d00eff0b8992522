/* The generators by name, and specs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "synth/generator.h"
#include "whole.h"

static const nu_generator *const generators[] = {
    &nu_synth_linear,  &nu_synth_teacher, &nu_synth_friedman1, &nu_synth_blobs,
    &nu_synth_moons,   &nu_synth_circles, &nu_synth_spirals,   &nu_synth_classification,
    &nu_synth_parity,  &nu_synth_or,      &nu_synth_xor,       &nu_synth_line,
};

#define GENERATORS (sizeof generators / sizeof *generators)

const nudge_synth_info *nudge_synth_list(size_t i)
{
    return i < GENERATORS ? &generators[i]->info : NULL;
}

#define VALUE_TEXT 64 /* longer than any number that someone means */

#define SEED NU_SYNTH_KEYS /* the number of the key that is no parameter */

static const struct {
    const char *name;
    int whole;
    const char *min, *max; /* as texts, for messages in any locale */
} keys[NU_SYNTH_KEYS + 1] = {
    [NU_ROWS] = {"rows", 1, "1", "4294967295"},
    [NU_FEATURES] = {"features", 1, "1", "65536"},
    [NU_HIDDEN] = {"hidden", 1, "1", "65536"},
    [NU_LAYERS] = {"layers", 1, "1", "64"},
    [NU_CLASSES] = {"classes", 1, "2", "1000"}, /* or zero_classes */
    [NU_TEMPERATURE] = {"temperature", 0, "0.001", "1000"},
    [NU_NOISE] = {"noise", 0, "0", "1000000"},
    [NU_SPREAD] = {"spread", 0, "0.001", "1000000"},
    [NU_FACTOR] = {"factor", 0, "0", "0.99"},
    [NU_TURNS] = {"turns", 0, "0", "1000"},
    [NU_BITS] = {"bits", 1, "1", "31"},
    [NU_INFORMATIVE] = {"informative", 1, "1", "65536"},
    [NU_CLUSTERS] = {"clusters", 1, "1", "1000"},
    [NU_SEP] = {"sep", 0, "0", "1000000"},
    [NU_FLIP] = {"flip", 0, "0", "1"},
    [SEED] = {"seed", 1, "0", "18446744073709551615"},
};

/* One "key=value" of a comma-separated list. */
typedef struct item {
    char text[VALUE_TEXT]; /* the key */
    const char *value;     /* in `text`; NULL: there is none */
    int key;               /* its number; -1: there is no such key */
    const char *next;      /* of the list; NULL: it was the last */
} item;

/* The item where `next` points, or 0. A text that is too long ends in "...", so that it is no key
 * and no number. */
static int take_item(item *it)
{
    if (it->next == NULL)
        return 0;
    size_t size = strcspn(it->next, ",");
    if (size < VALUE_TEXT)
        snprintf(it->text, VALUE_TEXT, "%.*s", (int)size, it->next);
    else
        snprintf(it->text, VALUE_TEXT, "%.*s...", VALUE_TEXT - 4, it->next);
    it->next = it->next[size] == ',' ? it->next + size + 1 : NULL;
    char *equals = strchr(it->text, '=');
    if (equals != NULL)
        *equals = '\0';
    it->value = equals != NULL ? equals + 1 : NULL;
    it->key = NU_SYNTH_KEYS;
    while (it->key >= 0 && strcmp(keys[it->key].name, it->text) != 0)
        it->key--;
    return 1;
}

static int in_range(int k, double value)
{
    double min, max;
    return nu_parse_real(keys[k].min, &min) && nu_parse_real(keys[k].max, &max) && value >= min &&
           value <= max;
}

static nudge_status set_item(nu_synth *s, int k, const char *text, nudge_error *err)
{
    double value = 0;
    int zero = k == NU_CLASSES && s->kind->zero_classes;
    int right = k == SEED ? nu_parse_whole(text, 0, UINT64_MAX, &s->seed)
                          : nu_parse_real(text, &value) &&
                                (!keys[k].whole || value == floor(value)) &&
                                (in_range(k, value) || (zero && value == 0));
    if (!right)
        return nu_fail(err, NUDGE_EARGUMENT, "synth:%s: %s=%s: a %snumber from %s to %s%s is right",
                       s->kind->info.name, keys[k].name, text, keys[k].whole ? "whole " : "",
                       keys[k].min, keys[k].max, zero ? ", or 0 for a numeric target," : "");
    if (k != SEED)
        s->value[k] = value;
    return NUDGE_OK;
}

static nudge_status unknown_name(const char *name, size_t size, nudge_error *err)
{
    char list[256] = "";
    size_t n = 0;
    for (size_t i = 0; i < GENERATORS && n < sizeof list; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i > 0 ? ", " : "",
                              generators[i]->info.name);
    return nu_fail(err, NUDGE_EARGUMENT, "synth:%.*s: there is no such generator; there are %s",
                   (int)(size < VALUE_TEXT ? size : VALUE_TEXT), name, list);
}

/* The defaults are the ones that the generator's description shows; then what `list` says, or
 * NULL. */
static nudge_status set_items(nu_synth *s, const char *list, nudge_error *err)
{
    unsigned known = 0, given = 0; /* a bit for each key */
    for (item it = {.next = s->kind->info.params}; take_item(&it);) {
        known |= 1u << it.key;
        if (it.key != SEED && strcmp(it.value, "2^bits") != 0)
            NU_TRY(set_item(s, it.key, it.value, err));
    }
    for (item it = {.next = list}; take_item(&it);) {
        if (it.key < 0 || (known >> it.key & 1) == 0)
            return nu_fail(err, NUDGE_EARGUMENT, "synth:%s: there is no '%s'; its parameters are "
                           "%s", s->kind->info.name, it.text, s->kind->info.params);
        if (it.value == NULL)
            return nu_fail(err, NUDGE_EARGUMENT, "synth:%s: '%s' has no value; %s=VALUE is right",
                           s->kind->info.name, it.text, it.text);
        if (given >> it.key & 1)
            return nu_fail(err, NUDGE_EARGUMENT, "synth:%s: %s is given twice",
                           s->kind->info.name, it.text);
        given |= 1u << it.key;
        NU_TRY(set_item(s, it.key, it.value, err));
    }
    return NUDGE_OK;
}

nudge_status nu_synth_parse(nu_synth *s, const char *spec, uint64_t default_seed,
                            nudge_error *err)
{
    static const char prefix[] = "synth:";
    const char *name = spec;
    if (strncmp(name, prefix, sizeof prefix - 1) == 0)
        name += sizeof prefix - 1;
    size_t size = strcspn(name, ",");
    *s = (nu_synth){.seed = default_seed};
    for (size_t i = 0; i < GENERATORS; i++)
        if (strlen(generators[i]->info.name) == size &&
            strncmp(generators[i]->info.name, name, size) == 0)
            s->kind = generators[i];
    if (s->kind == NULL)
        return unknown_name(name, size, err);
    NU_TRY(set_items(s, name[size] == ',' ? name + size + 1 : NULL, err));
    s->rows = (size_t)s->value[NU_ROWS];
    s->features = s->value[NU_FEATURES] > 0 ? (size_t)s->value[NU_FEATURES] : s->kind->features;
    s->classes = s->value[NU_CLASSES] > 0 ? (size_t)s->value[NU_CLASSES] : s->kind->classes;
    s->n_work = s->kind->n_work;
    return s->kind->size != NULL ? s->kind->size(s, err) : NUDGE_OK;
}
