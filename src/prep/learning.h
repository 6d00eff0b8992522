/* Learning a prep: fit.c the features, fit_numbers.c what takes all values of a number,
 * fit_target.c the target, statistics.c what both need. */
#ifndef NUDGE_PREP_LEARNING_H
#define NUDGE_PREP_LEARNING_H

#include "prep/prep.h"
#include "table/table.h"

typedef struct nu_fit {
    const nudge_table *table;
    const uint32_t *rows;  /* n training rows; NULL: all rows in order */
    size_t n;
    nudge_prep_options asked;
    nudge_prep *prep;      /* being made */
    unsigned char *is_whole; /* values: all cells of this number are, while codes are learned */
    const struct nu_tree_target *tree; /* of edges by trees */
} nu_fit;

static inline size_t nu_fit_row(const nu_fit *fit, size_t i)
{
    return fit->rows != NULL ? fit->rows[i] : i;
}

/* A column of training rows for each of some threads, fewer if memory is short. NUDGE_EMEMORY. */
nudge_status nu_fit_room(double **room, size_t *threads, const nu_fit *fit, nudge_error *err);

/* A number among the raw columns, or a category that has one. */
typedef struct nu_fit_number {
    const nu_prep_column *like; /* NULL: a feature of a matrix */
    size_t column;              /* of the table */
    size_t value;               /* of the prep */
    double *codes;              /* of the table's categories, for free(); NULL: cells are numbers */
} nu_fit_number;

/* With its codes. NUDGE_EMEMORY. */
nudge_status nu_fit_number_of(nu_fit_number *number, const nu_fit *fit, const nu_prep_column *like,
                              size_t column, size_t value, nudge_error *err);

/* Its cell in training row i; NaN: it has none. */
double nu_fit_cell(const nu_fit *fit, const nu_fit_number *number, size_t i);

/* Its cells in the training rows that have one, all rows where it has codes; returns how many. */
size_t nu_fit_cells(const nu_fit *fit, const nu_fit_number *number, double *cells);

/* For messages. */
const char *nu_fit_name(char text[NU_NAME_TEXT], const nu_fit *fit, const nu_fit_number *number);

/* Learns something of a number from its n cells of nu_fit_cells(), which it may reorder; there is
 * room for a cell of each training row. Called by any thread; should it fail, once more. */
typedef nudge_status nu_learn(const nu_fit *fit, const nu_fit_number *number, double *cells,
                              size_t n, nudge_error *err);

/* Of all numbers, once values are counted. */
nudge_status nu_fit_numbers(const nu_fit *fit, nu_learn *how, nudge_error *err);

/* Chooses the loss and fills outputs and everything about targets and classes. */
nudge_status nu_fit_targets(nu_fit *fit, nudge_error *err);

typedef struct nu_moments {
    double min, max, mean, variance; /* variance of the population: over n */
    double median, range;            /* interquartile; for robust scaling alone */
} nu_moments;

/* Sets median and range, for which n >= 1 values are reordered. */
void nu_moments_quartiles(nu_moments *m, double *values, size_t n);

/* Of n >= 1 values. */
nu_moments nu_moments_of(const double *values, size_t n);

/* Of columns first ... first + count - 1, count <= NU_CONVERT_BLOCK, of the training rows of a
 * matrix. In two passes; each column's sums are in the order of rows. */
void nu_block_moments(const nu_fit *fit, const void *x, nu_element element, size_t columns,
                      size_t first, size_t count, nu_moments *moments);

/* The numbers differ by rounding alone, if at all. */
int nu_is_constant(double min, double max, nu_element element);

/* Of the features of the table: columns are NU_F64. */
nu_element nu_fit_element(const nu_fit *fit);

/* n shifts of 0 and factors of 1. NUDGE_EMEMORY. */
nudge_status nu_fit_identity(double **shift, double **factor, size_t n, nudge_error *err);

/* The shift and factor that `scale` (not auto) makes of a column with these moments. A column that
 * is constant but for rounding in `element` has factor 1, a robust one 0. NUDGE_EDATA if they are
 * not finite; `what` and `name` go into the message: "column", "age". */
nudge_status nu_fit_scale(double *shift, double *factor, nudge_scale scale, const nu_moments *m,
                          nu_element element, const nu_fit *fit, const char *what, const char *name,
                          nudge_error *err);

#endif
