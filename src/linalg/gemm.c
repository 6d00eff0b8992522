#include "linalg/gemm.h"

#include <cblas.h>
#include <string.h>

#if NU_REAL_BITS == 32
#define cblas_gemm cblas_sgemm
#else
#define cblas_gemm cblas_dgemm
#endif

/* Below this many multiply-adds a loop beats the fixed cost of a BLAS call. */
#define SMALL_PRODUCT 512

static int small(size_t m, size_t n, size_t k)
{
    return m * n * k <= SMALL_PRODUCT; /* cannot overflow: nu_network_start() bounds the widths */
}

/* OpenBLAS has a second, packing-free kernel for products of at most this many multiply-adds. Where
 * one side is short it is up to half as fast again as the general one, which packs its inputs
 * first. f32, SkylakeX kernels, one thread: NN 32 x 128 x 784 in one piece 61 microseconds, in
 * pieces 40; TN 98 x 512 x 128 in one piece 132 GFLOP/s, in pieces 160. Pieces of NT, and pieces of
 * products that are large all round, gain nothing. */
#define PACKING_FREE 1000000
#define SHORT_NN 128
#define SHORT_TN 256

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* C = A B with few rows: pieces of B. */
static void pieces_nn(size_t m, size_t n, size_t k, const real *a, const real *b, real *c)
{
    size_t columns = smaller(n, m <= SHORT_NN / 2 ? 128 : 64);
    size_t pieces = (k * m * columns - 1) / PACKING_FREE + 1, depth = (k + pieces - 1) / pieces;
    for (size_t j = 0; j < n; j += columns)
        for (size_t p = 0; p < k; p += depth)
            cblas_gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m,
                       (int)smaller(columns, n - j), (int)smaller(depth, k - p), 1, a + p, (int)k,
                       b + p * n + j, (int)n, p > 0, c + j, (int)n);
}

/* C = A^T B with a short sum: pieces of C. */
static void pieces_tn(size_t m, size_t n, size_t k, const real *a, size_t lda, const real *b,
                      size_t ldb, real *c)
{
    size_t columns = smaller(n, k <= SHORT_TN / 2 ? 128 : 64);
    size_t pieces = (m * k * columns - 1) / PACKING_FREE + 1, rows = (m + pieces - 1) / pieces;
    for (size_t i = 0; i < m; i += rows)
        for (size_t j = 0; j < n; j += columns)
            cblas_gemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)smaller(rows, m - i),
                       (int)smaller(columns, n - j), (int)k, 1, a + i, (int)lda, b + j, (int)ldb,
                       0, c + i * n + j, (int)n);
}

void X(nu_gemm_nn)(size_t m, size_t n, size_t k, const real *a, const real *b, real *c)
{
    if (!small(m, n, k)) {
        if (m <= SHORT_NN && m * n * k > PACKING_FREE)
            pieces_nn(m, n, k, a, b, c);
        else
            cblas_gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m, (int)n, (int)k, 1, a,
                       (int)k, b, (int)n, 0, c, (int)n);
        return;
    }
    for (size_t i = 0; i < m; i++) {
        real *row = c + i * n;
        for (size_t j = 0; j < n; j++)
            row[j] = 0;
        for (size_t p = 0; p < k; p++) {
            real x = a[i * k + p];
            for (size_t j = 0; j < n; j++)
                row[j] += x * b[p * n + j];
        }
    }
}

void X(nu_gemm_nt)(size_t m, size_t n, size_t k, const real *a, const real *b, real *c)
{
    if (!small(m, n, k)) {
        cblas_gemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)m, (int)n, (int)k, 1, a, (int)k,
                   b, (int)k, 0, c, (int)n);
        return;
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            real sum = 0;
            for (size_t p = 0; p < k; p++)
                sum += a[i * k + p] * b[j * k + p];
            c[i * n + j] = sum;
        }
}

void X(nu_gemm_tn)(size_t m, size_t n, size_t k, const real *a, size_t lda,
                   const real *b, size_t ldb, real *c)
{
    if (!small(m, n, k)) {
        if (k <= SHORT_TN && m * n * k > PACKING_FREE)
            pieces_tn(m, n, k, a, lda, b, ldb, c);
        else
            cblas_gemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)m, (int)n, (int)k, 1, a,
                       (int)lda, b, (int)ldb, 0, c, (int)n);
        return;
    }
    for (size_t i = 0; i < m; i++) {
        real *row = c + i * n;
        for (size_t j = 0; j < n; j++)
            row[j] = 0;
        for (size_t p = 0; p < k; p++) {
            real x = a[p * lda + i];
            for (size_t j = 0; j < n; j++)
                row[j] += x * b[p * ldb + j];
        }
    }
}
