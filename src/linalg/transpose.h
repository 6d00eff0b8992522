/* Transposed copies. */
#ifndef NUDGE_LINALG_TRANSPOSE_H
#define NUDGE_LINALG_TRANSPOSE_H

#include <stddef.h>

#include "linalg/real.h"

/* to (columns x rows, ldto from row to row) = the transpose of from (rows x columns, ldfrom). */
void X(nu_transpose)(real *to, size_t ldto, const real *from, size_t ldfrom, size_t rows,
                     size_t columns);

#endif
