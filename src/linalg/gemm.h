/* Products and transposition of matrices, row-major; ld*: elements from one row to the next. */
#ifndef NUDGE_LINALG_GEMM_H
#define NUDGE_LINALG_GEMM_H

#include <stddef.h>

#include "linalg/real.h"

enum { NU_NN, NU_NT, NU_TN };

/* C (m x n) = alpha op(A) op(B) + beta C, op as BLAS has it:
 *   NU_NN  A is m x k, B is k x n
 *   NU_NT  A is m x k, B is n x k, transposed
 *   NU_TN  A is k x m, transposed, B is k x n
 * With beta 0, C need not be set. A product too small to be worth a BLAS call is plain loops; which
 * way is taken depends on the sizes alone. */
void X(nu_gemm)(int op, size_t m, size_t n, size_t k, real alpha, const real *a, size_t lda,
                const real *b, size_t ldb, real beta, real *c, size_t ldc);

/* to (columns x rows) = the transpose of from (rows x columns). */
void X(nu_transpose)(real *to, size_t ldto, const real *from, size_t ldfrom, size_t rows,
                     size_t columns);

#endif
