#include "linalg/gemm.h"

#include <cblas.h>

#if NU_REAL_BITS == 32
#define cblas_gemm cblas_sgemm
#else
#define cblas_gemm cblas_dgemm
#endif

/* Below this many multiply-adds a loop beats the fixed cost of a BLAS call. */
#define SMALL_PRODUCT 512
#define SHORT_ROW 8

/* OpenBLAS has a second, packing-free kernel for products of at most this many multiply-adds. Where
 * one side is short it is up to half as fast again as the general one, which packs its inputs
 * first. f32, SkylakeX kernels, one thread: NN 32 x 128 x 784 in one piece 61 microseconds, in
 * pieces 40; TN 98 x 512 x 128 in one piece 132 GFLOP/s, in pieces 160. Pieces of NT, and pieces of
 * products that are large all round, gain nothing. */
#define PACKING_FREE 1000000
#define SHORT_NN 128
#define SHORT_TN 256

/* m * n * k cannot overflow: all three matrices are in memory, and it is at most the root of the
 * product of their sizes. */
static int small(size_t m, size_t n, size_t k)
{
    return m * n * k <= SMALL_PRODUCT;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void blas(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, size_t m, size_t n, size_t k,
                 real alpha, const real *a, size_t lda, const real *b, size_t ldb, real beta,
                 real *c, size_t ldc)
{
    cblas_gemm(CblasRowMajor, ta, tb, (int)m, (int)n, (int)k, alpha, a, (int)lda, b, (int)ldb,
               beta, c, (int)ldc);
}

/* C = alpha A B + beta C, or alpha A^T B + beta C: A's element for row i of C and place p of the
 * sum is a[i * row + p * column]. Inlined, since alpha and beta are mostly 1 and 0. With few columns
 * an element of C is summed in a register: a step of 2-3-1 went from 0.43 to 0.27 us. */
static inline void loops(size_t m, size_t n, size_t k, real alpha, const real *a, size_t row,
                         size_t column, const real *b, size_t ldb, real beta, real *c, size_t ldc)
{
    if (n < SHORT_ROW) {
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++) {
                real sum = beta == 0 ? 0 : beta * c[i * ldc + j];
                for (size_t p = 0; p < k; p++)
                    sum += alpha * a[i * row + p * column] * b[p * ldb + j];
                c[i * ldc + j] = sum;
            }
        return;
    }
    for (size_t i = 0; i < m; i++) {
        real *to = c + i * ldc;
        for (size_t j = 0; j < n; j++)
            to[j] = beta == 0 ? 0 : beta * to[j];
        for (size_t p = 0; p < k; p++) {
            real x = alpha * a[i * row + p * column];
            for (size_t j = 0; j < n; j++)
                to[j] += x * b[p * ldb + j];
        }
    }
}

/* C = A B with few rows: pieces of B. */
static void pieces_nn(size_t m, size_t n, size_t k, const real *a, size_t lda, const real *b,
                      size_t ldb, real *c, size_t ldc)
{
    size_t columns = smaller(n, m <= SHORT_NN / 2 ? 128 : 64);
    size_t pieces = (k * m * columns - 1) / PACKING_FREE + 1, depth = (k + pieces - 1) / pieces;
    for (size_t j = 0; j < n; j += columns)
        for (size_t p = 0; p < k; p += depth)
            blas(CblasNoTrans, CblasNoTrans, m, smaller(columns, n - j), smaller(depth, k - p), 1,
                 a + p, lda, b + p * ldb + j, ldb, p > 0, c + j, ldc);
}

/* C = alpha A^T B + beta C with a short sum: pieces of C. */
static void pieces_tn(size_t m, size_t n, size_t k, real alpha, const real *a, size_t lda,
                      const real *b, size_t ldb, real beta, real *c, size_t ldc)
{
    size_t columns = smaller(n, k <= SHORT_TN / 2 ? 128 : 64);
    size_t pieces = (m * k * columns - 1) / PACKING_FREE + 1, rows = (m + pieces - 1) / pieces;
    for (size_t i = 0; i < m; i += rows)
        for (size_t j = 0; j < n; j += columns)
            blas(CblasTrans, CblasNoTrans, smaller(rows, m - i), smaller(columns, n - j), k, alpha,
                 a + i, lda, b + j, ldb, beta, c + i * ldc + j, ldc);
}

void X(nu_gemm_nn)(size_t m, size_t n, size_t k, const real *a, size_t lda, const real *b,
                   size_t ldb, real *c, size_t ldc)
{
    if (small(m, n, k))
        loops(m, n, k, 1, a, lda, 1, b, ldb, 0, c, ldc);
    else if (m <= SHORT_NN && m * n * k > PACKING_FREE)
        pieces_nn(m, n, k, a, lda, b, ldb, c, ldc);
    else
        blas(CblasNoTrans, CblasNoTrans, m, n, k, 1, a, lda, b, ldb, 0, c, ldc);
}

void X(nu_gemm_nt)(size_t m, size_t n, size_t k, const real *a, size_t lda, const real *b,
                   size_t ldb, real *c, size_t ldc)
{
    if (!small(m, n, k)) {
        blas(CblasNoTrans, CblasTrans, m, n, k, 1, a, lda, b, ldb, 0, c, ldc);
        return;
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            real sum = 0;
            for (size_t p = 0; p < k; p++)
                sum += a[i * lda + p] * b[j * ldb + p];
            c[i * ldc + j] = sum;
        }
}

void X(nu_gemm_tn)(size_t m, size_t n, size_t k, real alpha, const real *a, size_t lda,
                   const real *b, size_t ldb, real beta, real *c, size_t ldc)
{
    if (small(m, n, k) && alpha == 1 && beta == 0)
        loops(m, n, k, 1, a, 1, lda, b, ldb, 0, c, ldc);
    else if (small(m, n, k))
        loops(m, n, k, alpha, a, 1, lda, b, ldb, beta, c, ldc);
    else if (k <= SHORT_TN && m * n * k > PACKING_FREE)
        pieces_tn(m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    else
        blas(CblasTrans, CblasNoTrans, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
