/* What `nudge train --recipe best` tries beside the recipe `table`, and in which order. */
#ifndef NUDGE_TOOL_TRIAL_CHOICE_H
#define NUDGE_TOOL_TRIAL_CHOICE_H

#include <stdint.h>

#include "support/options.h"

/* One value for each of the few things that trials differ in; 0: what the recipe has. */
enum { TRIAL_THINGS = 6 };
typedef struct trial_choice {
    unsigned char value[TRIAL_THINGS];
} trial_choice;

/* Where a search is. */
typedef struct trial_search {
    const arguments *args; /* what is given there is not varied */
    uint64_t seed;
    size_t step;           /* so far */
} trial_search;

/* Whether they differ in what becomes of numbers before the first layer, and in nothing else. */
int trial_differs_in_inputs(const trial_choice *a, const trial_choice *b);

/* The next one to try, beside n before it, of which `best` is the best so far (n > 0); first the
 * recipe itself, then the inputs, then one other value after the other, each with the best so far,
 * and then random ones near it. Depends on nothing but these. 0: there is nothing new. */
int trial_choose(trial_choice *next, trial_search *search, const trial_choice *before, size_t n,
                 const trial_choice *best);

/* Gives the options of a trial. */
void trial_choice_give(const trial_choice *choice, arguments *args);

/* "--bins 48 --dropout 0.25", for free(). */
char *trial_choice_text(const trial_choice *choice);

#endif
