/* Packing: some rows of a dataset, gathered, converted, scaled and encoded, as a block for the
 * engine. */
#ifndef NUDGE_TABLE_BATCH_H
#define NUDGE_TABLE_BATCH_H

#include "core/random.h"
#include "table/dataset.h"
#include "linalg/panels.h"

/* The rows of a dataset at `count` places from `first` in an order (NULL: as they are), as store
 * row numbers. */
void X(nu_batch_rows)(const nudge_dataset *data, const nu_permutation *order, size_t first,
                      size_t count, uint32_t *rows);

/* Packs the features of the store rows `rows` into rows first .. first+count-1 of x. */
void X(nu_batch_features)(const nu_store *store, const uint32_t *rows, size_t count,
                          const X(nu_matrix) *x, size_t first);

/* Packs their targets into y (count x outputs) or classes (count), whichever the store has. */
void X(nu_batch_targets)(const nu_store *store, const uint32_t *rows, size_t count, real *y,
                         int32_t *classes);

/* Where the rows from `first` stand in memory ready for use, or NULL if they must be packed:
 * values of the store's own type, unscaled, in order. */
const real *X(nu_batch_in_place)(const nudge_dataset *data, const nu_permutation *order,
                                 size_t first);

/* Rows first .. first+rows-1 as doubles, x with what X(nu_batch_features) packs; x, y and classes
 * may be NULL; numbers: rows values of working space. */
void X(nu_batch_as_doubles)(const nudge_dataset *data, size_t first, size_t rows,
                            uint32_t *numbers, double *x, double *y, int32_t *classes);

#endif
