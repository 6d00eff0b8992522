/* Matrices in panels of columns, and products over them.
 *
 * Panel q of a matrix holds its columns q * width .. q * width + width-1 (the last panel those that
 * are left) as a block of its own. Every product is a chain of products of panels, in their order,
 * that OpenBLAS takes without packing where the kind of CPU has kernels for that: see nu_blas_kind.
 * A row-major matrix is seen in panels too: they lie side by side. */
#ifndef NUDGE_LINALG_PANELS_H
#define NUDGE_LINALG_PANELS_H

#include <stddef.h>

#include "linalg/blas.h"
#include "linalg/real.h"
#include "linalg/span.h"

typedef struct X(nu_matrix) {
    real *at;       /* NULL: there is no such matrix */
    size_t columns;
    size_t panels;
    size_t width;   /* columns of a panel */
    size_t stride;  /* reals from one panel to the next */
    size_t ld;      /* reals from one row to the next; 0: as many as the panel has columns */
} X(nu_matrix);

/* Of some rows: each panel a block by itself, close together; row-major. */
static inline X(nu_matrix) X(nu_in_panels)(real *at, size_t rows, size_t columns, size_t width)
{
    return (X(nu_matrix)){at, columns, (columns + width - 1) / width, width, rows * width, 0};
}

/* Likewise, with a gap behind each panel. */
#define NU_PANEL_GAP (NU_PANEL_GAP_BYTES / sizeof(real))
static inline X(nu_matrix) X(nu_spread)(real *at, size_t rows, size_t columns, size_t width)
{
    X(nu_matrix) m = X(nu_in_panels)(at, rows, columns, width);
    m.stride += NU_PANEL_GAP;
    return m;
}

static inline X(nu_matrix) X(nu_row_major)(real *at, size_t columns, size_t width)
{
    return (X(nu_matrix)){at, columns, (columns + width - 1) / width, width, width, columns};
}

static inline size_t X(nu_panel_columns)(const X(nu_matrix) *a, size_t q)
{
    size_t rest = a->columns - q * a->width;
    return rest < a->width ? rest : a->width;
}

static inline size_t X(nu_panel_ld)(const X(nu_matrix) *a, size_t q)
{
    return a->ld > 0 ? a->ld : X(nu_panel_columns)(a, q);
}

/* Row `row` of panel q. */
static inline real *X(nu_panel)(const X(nu_matrix) *a, size_t q, size_t row)
{
    return a->at + q * a->stride + row * X(nu_panel_ld)(a, q);
}

/* The rows `rows` of panel q of C = A B. */
void X(nu_panel_nn)(const X(nu_matrix) *c, const X(nu_matrix) *a, const X(nu_matrix) *b,
                    nu_span rows, size_t q);

/* The rows `rows` of panel q of C = A B^T. */
void X(nu_panel_nt)(const X(nu_matrix) *c, const X(nu_matrix) *a, const X(nu_matrix) *b,
                    nu_span rows, size_t q);

/* C (columns x B's panel q, rows close together) = alpha A^T B + beta C over the rows `rows` of A
 * and B, for `columns` of A that lie in one panel. At most `depth` rows to a product. */
void X(nu_panel_tn)(real *c, const X(nu_matrix) *a, const X(nu_matrix) *b, nu_span columns,
                    size_t q, nu_span rows, size_t depth, real alpha, real beta);

#endif
