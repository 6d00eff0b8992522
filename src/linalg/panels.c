#include "linalg/panels.h"

#include "linalg/gemm.h"

/* The rows `rows` of panel q of C = A op(B), a product for each panel of A. */
static inline void chain(int op, const X(nu_matrix) *c, const X(nu_matrix) *a,
                         const X(nu_matrix) *b, nu_span rows, size_t q)
{
    for (size_t p = 0; p < a->panels; p++) {
        size_t panel = op == NU_NN ? q : p, row = op == NU_NN ? p * a->width : q * c->width;
        X(nu_gemm)(op, rows.end - rows.first, X(nu_panel_columns)(c, q), X(nu_panel_columns)(a, p),
                   1, X(nu_panel)(a, p, rows.first), X(nu_panel_ld)(a, p),
                   X(nu_panel)(b, panel, row), X(nu_panel_ld)(b, panel), p > 0,
                   X(nu_panel)(c, q, rows.first), X(nu_panel_ld)(c, q));
    }
}

void X(nu_panel_nn)(const X(nu_matrix) *c, const X(nu_matrix) *a, const X(nu_matrix) *b,
                    nu_span rows, size_t q)
{
    chain(NU_NN, c, a, b, rows, q);
}

void X(nu_panel_nt)(const X(nu_matrix) *c, const X(nu_matrix) *a, const X(nu_matrix) *b,
                    nu_span rows, size_t q)
{
    chain(NU_NT, c, a, b, rows, q);
}

void X(nu_panel_tn)(real *c, const X(nu_matrix) *a, const X(nu_matrix) *b, nu_span columns,
                    size_t q, nu_span rows, size_t depth, real alpha, real beta)
{
    size_t p = a->panels > 1 ? columns.first / a->width : 0, n = X(nu_panel_columns)(b, q);
    size_t all = rows.end - rows.first, each = all;
    if (all > depth) {
        size_t pieces = (all + depth - 1) / depth;
        each = (all + pieces - 1) / pieces;
    }
    for (size_t r = rows.first; r < rows.end; r += each)
        X(nu_gemm)(NU_TN, columns.end - columns.first, n,
                   rows.end - r < each ? rows.end - r : each, alpha,
                   X(nu_panel)(a, p, r) + (columns.first - p * a->width), X(nu_panel_ld)(a, p),
                   X(nu_panel)(b, q, r), X(nu_panel_ld)(b, q), r > rows.first ? 1 : beta, c, n);
}
