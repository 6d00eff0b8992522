/* Recipes: named sets of options of 'nudge train'. */
#ifndef NUDGE_TOOL_RECIPE_H
#define NUDGE_TOOL_RECIPE_H

#include "nudge.h"
#include "support/options.h"

/* Gives the options of --recipe that are not given, but those that depend on the data; without
 * --recipe, where a table is read and nothing is said of the network or how it learns, those of
 * `table`. Before the options are read. */
void recipe_start(arguments *args);

/* Data that a recipe is fitted to. */
typedef struct recipe_data {
    size_t rows, features, outputs; /* of training */
    int has_val;                    /* validation rows that all members share */
} recipe_data;
recipe_data recipe_data_of(const nudge_data *data);

/* Likewise those that depend on the data, and says what they are; `hidden` are its layers' units.
 * Returns whether there are any: the options must then be read again. */
int recipe_fit(arguments *args, const recipe_data *data, const size_t *hidden, size_t layers,
               int quiet);

#endif
