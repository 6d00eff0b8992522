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

/* OpenBLAS has a second, packing-free kernel for products of at most this many multiply-adds. With
 * few rows it is half as fast again as the general one, which packs its inputs first: 32 x 784 x
 * 128 took 61 microseconds in one piece and 40 in pieces (f32, SkylakeX kernels). */
#define PACKING_FREE 1000000
#define FEW_ROWS 96
#define PIECE_COLUMNS 128

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* C = A B with few rows, in pieces that the packing-free kernel takes. */
static void few_rows_nn(size_t m, size_t n, size_t k, const real *a, const real *b, real *c)
{
    size_t columns = smaller(n, PIECE_COLUMNS), pieces = (k * m * columns - 1) / PACKING_FREE + 1;
    size_t depth = (k + pieces - 1) / pieces;
    for (size_t j = 0; j < n; j += columns)
        for (size_t p = 0; p < k; p += depth)
            cblas_gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m,
                       (int)smaller(columns, n - j), (int)smaller(depth, k - p), 1, a + p, (int)k,
                       b + p * n + j, (int)n, p > 0, c + j, (int)n);
}

void X(nu_gemm_nn)(size_t m, size_t n, size_t k, const real *a, const real *b, real *c)
{
    if (!small(m, n, k)) {
        if (m <= FEW_ROWS && m * n * k > PACKING_FREE)
            few_rows_nn(m, n, k, a, b, c);
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
        cblas_gemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)m, (int)n, (int)k, 1, a, (int)lda,
                   b, (int)ldb, 0, c, (int)n);
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
