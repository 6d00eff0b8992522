/* What `nudge train --recipe best` has tried, and what became of it. */
#ifndef NUDGE_TOOL_TRIAL_TABLE_H
#define NUDGE_TOOL_TRIAL_TABLE_H

#include <stdio.h>

#include "nudge.h"
#include "support/json.h"
#include "support/trial_choice.h"

typedef struct trial {
    trial_choice choice;
    char *options;      /* all that it had, also those of the recipe */
    size_t inputs;      /* the first trial with the same preprocessing, 0 for the first */
    nudge_model *model; /* trained; NULL: it diverged */
    double loss;        /* of the rows held out; NaN: likewise */
    size_t epochs;      /* of all its networks */
    double seconds;     /* NaN: it was done before this run */
    size_t times;       /* how often it is in the average */
} trial;

typedef struct trial_list {
    trial *of;          /* n */
    size_t n;
    size_t picks;       /* the sum of their times; 0: none yet */
    double loss;        /* of the average, on the rows held out */
} trial_list;

void trial_table(const trial_list *list, FILE *stream);

/* As a list; NULL for NULL. */
json_t *trials_json(const trial_list *list);

#endif
