#include "linalg/gemm.h"

#include <cblas.h>

#if NU_REAL_BITS == 32
#define cblas_gemm cblas_sgemm
#define cblas_omatcopy cblas_somatcopy
#else
#define cblas_gemm cblas_dgemm
#define cblas_omatcopy cblas_domatcopy
#endif

/* Up to this many multiply-adds a loop beats the fixed cost of a BLAS call. */
#define SMALL_PRODUCT 512
#define SHORT_ROW 8

/* A's element for row i of C and place p of the sum is a[i * ra + p * ca], B's for column j is
 * b[p * rb + j * cb]. Inlined, since alpha and beta are mostly 1 and 0. With few columns an element
 * of C is summed in a register: a step of 2-3-1 went from 0.43 to 0.27 us. */
static inline void loops(size_t m, size_t n, size_t k, real alpha, const real *a, size_t ra,
                         size_t ca, const real *b, size_t rb, size_t cb, real beta, real *c,
                         size_t ldc)
{
    if (n < SHORT_ROW || cb != 1) {
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++) {
                real sum = beta == 0 ? 0 : beta * c[i * ldc + j];
                for (size_t p = 0; p < k; p++)
                    sum += alpha * a[i * ra + p * ca] * b[p * rb + j * cb];
                c[i * ldc + j] = sum;
            }
        return;
    }
    for (size_t i = 0; i < m; i++) {
        real *to = c + i * ldc;
        for (size_t j = 0; j < n; j++)
            to[j] = beta == 0 ? 0 : beta * to[j];
        for (size_t p = 0; p < k; p++) {
            real x = alpha * a[i * ra + p * ca];
            for (size_t j = 0; j < n; j++)
                to[j] += x * b[p * rb + j];
        }
    }
}

void X(nu_gemm)(int op, size_t m, size_t n, size_t k, real alpha, const real *a, size_t lda,
                const real *b, size_t ldb, real beta, real *c, size_t ldc)
{
    /* m * n * k cannot overflow: the matrices are in memory, and it is at most the root of the
     * product of their sizes. */
    if (m * n * k > SMALL_PRODUCT)
        cblas_gemm(CblasRowMajor, op == NU_TN ? CblasTrans : CblasNoTrans,
                   op == NU_NT ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, alpha, a,
                   (int)lda, b, (int)ldb, beta, c, (int)ldc);
    else if (alpha != 1 || beta != 0)
        loops(m, n, k, alpha, a, op == NU_TN ? 1 : lda, op == NU_TN ? lda : 1, b,
              op == NU_NT ? 1 : ldb, op == NU_NT ? ldb : 1, beta, c, ldc);
    else if (op == NU_NN)
        loops(m, n, k, 1, a, lda, 1, b, ldb, 1, 0, c, ldc);
    else if (op == NU_TN)
        loops(m, n, k, 1, a, 1, lda, b, ldb, 1, 0, c, ldc);
    else
        loops(m, n, k, 1, a, lda, 1, b, 1, ldb, 0, c, ldc);
}

void X(nu_transpose)(real *to, size_t ldto, const real *from, size_t ldfrom, size_t rows,
                     size_t columns)
{
    cblas_omatcopy(CblasRowMajor, CblasTrans, (int)rows, (int)columns, 1, from, (int)ldfrom, to,
                   (int)ldto);
}
