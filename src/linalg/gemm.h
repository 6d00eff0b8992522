/* Matrix products. All matrices row-major; ld*: elements from one row to the next. Products too
 * small to be worth a BLAS call are plain loops; which way is taken depends on the sizes alone. */
#ifndef NUDGE_LINALG_GEMM_H
#define NUDGE_LINALG_GEMM_H

#include <stddef.h>

#include "linalg/real.h"

/* C (m x n) = A (m x k) B (k x n) */
void X(nu_gemm_nn)(size_t m, size_t n, size_t k, const real *a, size_t lda, const real *b,
                   size_t ldb, real *c, size_t ldc);

/* C (m x n) = A (m x k) B^T, B is n x k */
void X(nu_gemm_nt)(size_t m, size_t n, size_t k, const real *a, size_t lda, const real *b,
                   size_t ldb, real *c, size_t ldc);

/* C (m x n) = alpha A^T B + beta C, A is k x m, B is k x n. With beta 0, C need not be set. */
void X(nu_gemm_tn)(size_t m, size_t n, size_t k, real alpha, const real *a, size_t lda,
                   const real *b, size_t ldb, real beta, real *c, size_t ldc);

#endif
