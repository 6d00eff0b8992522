/* Recipes: named sets of options of 'nudge train'. */
#ifndef NUDGE_TOOL_RECIPE_H
#define NUDGE_TOOL_RECIPE_H

#include "nudge.h"
#include "support/options.h"

/* Gives the options of --recipe that are not given, but those that depend on the data; without
 * --recipe, where a table is read and none of the options in recipe.c's OF_LEARNING is given, those
 * of `table`. Before the options are read. */
void recipe_start(arguments *args);

/* Whether it is that of several trials (trials.h), whose options are those of the first one. */
int recipe_is_best(const arguments *args);

/* Operations of the engine in a second, on two cores with AVX-512: a figure of the recipes and no
 * measurement, so that the same data and options give the same networks everywhere. */
#define RECIPE_OPERATIONS_PER_SECOND 1e11

/* Whether it has rows for --early-stop, those of --val-folds, where none are given. */
int recipe_holds_out(const arguments *args);

/* With fewer rows `table` holds none out, but for an --early-stop. */
#define RECIPE_FEW_ROWS 20

/* The seconds of such operations that the recipe may take, as --max-time has them. */
double recipe_budget(const arguments *args);

/* Data that a recipe is fitted to. */
typedef struct recipe_data {
    size_t rows, features, outputs; /* of training */
    int has_val;                    /* validation rows that all members share */
    nudge_loss loss;
    size_t numbers; /* among the features that are not encoded */
} recipe_data;
recipe_data recipe_data_of(const nudge_data *data);

/* Likewise those that depend on the data, and says what they are; `hidden` are its layers' units.
 * Returns whether there are any: the options must then be read again. */
int recipe_fit(arguments *args, const recipe_data *data, const size_t *hidden, size_t layers,
               int quiet);

#endif
