#include "net/embed.h"

#include <string.h>

#include "core/clones.h"
#include "core/memory.h"
#include "linalg/gemm.h"
#include "linalg/vecmath.h"

/* Numbers are embedded one by one, a stretch of rows at a time, whose values on the way are this
 * many reals and stay in the first cache: a product for each, small as it is. */
#define ROOM 4096
_Static_assert(2 * NU_EMBED_FREQUENCIES_MOST <= ROOM, "room for a row");
_Static_assert(NU_EMBED_SIZE_MOST <= ROOM, "room for a row");

#define TWO_PI ((real)6.283185307179586)

/* The parameters of number j, or their gradients. */
typedef struct own {
    real *frequency, *phase, *weight, *bias; /* phase: or NULL */
} own;

/* block: where tensor 0 begins. */
static own own_of(const nu_embedding *e, real *block, size_t j)
{
    const size_t *at = e->at, k = j * e->frequencies;
    return (own){
        .frequency = block + k,
        .phase = e->how->has_phases ? block + (at[NU_EMBED_PHASES] - at[0]) + k : NULL,
        .weight = block + (at[NU_EMBED_WEIGHT] - at[0]) + j * e->waves * e->size,
        .bias = block + (at[NU_EMBED_BIAS] - at[0]) + j * e->size,
    };
}

static own params_of(const nu_embedding *e, const real *params, size_t j)
{
    return own_of(e, (real *)params + e->at[0], j); /* not changed */
}

static size_t stretch(const nu_embedding *e)
{
    size_t widest = nu_embed_kept(e) > e->size ? nu_embed_kept(e) : e->size;
    return ROOM / widest;
}

static real *element(const X(nu_matrix) *a, size_t row, size_t column)
{
    size_t q = column / a->width;
    return X(nu_panel)(a, q, row) + (column - q * a->width);
}

/* n elements of a row from `column` on, where panels may end among them, to or from an array. */
static void copy_row(const X(nu_matrix) *a, size_t row, size_t column, real *values, size_t n,
                     int back)
{
    while (n > 0) {
        size_t some = nu_smaller(n, a->width - column % a->width);
        real *here = element(a, row, column);
        memcpy(back ? values : here, back ? here : values, some * sizeof *values);
        values += some;
        column += some;
        n -= some;
    }
}

/* Inputs first .. end-1 of some rows are passed on, to `column` and what follows. */
static void pass_on(const X(nu_matrix) *to, const X(nu_matrix) *x, nu_span rows, size_t first,
                    size_t end, size_t column)
{
    for (size_t i = first, n; i < end; i += n, column += n) {
        n = nu_smaller(end - i, x->width - i % x->width);
        for (size_t r = rows.first; r < rows.end; r++)
            copy_row(to, r, column, element(x, r, i), n, 0);
    }
}

/* ---- Forward ------------------------------------------------------------------------------- */

NU_CLONES
static void make_waves(real *restrict v, const real *restrict frequency,
                       const real *restrict phase, real x, size_t n)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++) {
        real angle = TWO_PI * frequency[k] * x + (phase != NULL ? phase[k] : 0);
        v[k] = r_cos(angle);
        v[n + k] = r_sin(angle);
    }
}

NU_CLONES
static void finish(real *restrict y, const real *restrict bias, int rectifies, size_t n)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++) {
        y[k] += bias[k];
        y[k] = rectifies && y[k] < 0 ? 0 : y[k];
    }
}

/* Number j, which is input i, to column `column`. */
static void embed_number(const nu_embedding *e, const own *p, const X(nu_matrix) *to,
                         real *waves, const X(nu_matrix) *x, nu_span rows, size_t i,
                         size_t column)
{
    real room[ROOM] __attribute__((aligned(NU_ALIGN))), y[ROOM] __attribute__((aligned(NU_ALIGN)));
    size_t kept = nu_embed_kept(e), each = stretch(e);
    for (size_t first = rows.first; first < rows.end; first += each) {
        size_t count = nu_smaller(each, rows.end - first);
        real *v = waves != NULL ? waves + first * kept : room;
        for (size_t r = 0; r < count; r++)
            make_waves(v + r * kept, p->frequency, p->phase, *element(x, first + r, i),
                       e->frequencies);
        X(nu_gemm)(NU_NN, count, e->size, e->waves, 1, v, kept, p->weight, e->size, 0, y, e->size);
        for (size_t r = 0; r < count; r++) {
            real *row = y + r * e->size;
            finish(row, p->bias, e->how->rectifies, e->size);
            if (e->how->keeps)
                *element(to, first + r, column) = *element(x, first + r, i);
            copy_row(to, first + r, column + (size_t)e->how->keeps, row, e->size, 0);
        }
    }
}

void X(nu_embed)(const nu_embedding *e, const real *params, const X(nu_matrix) *to,
                 const X(nu_waves) *waves, const X(nu_matrix) *x, nu_span rows)
{
    for (size_t i = 0, j = 0, column = 0, end; i < e->inputs; i = end) {
        for (end = i; end < e->inputs && !e->is_number[end]; end++)
            ;
        pass_on(to, x, rows, i, end, column);
        column += end - i;
        if (end == e->inputs)
            return;
        own p = params_of(e, params, j);
        real *kept = waves->at != NULL ? waves->at + j * waves->rows * nu_embed_kept(e) : NULL;
        embed_number(e, &p, to, kept, x, rows, end++, column);
        column += e->each;
        j++;
    }
}

/* ---- Backward ------------------------------------------------------------------------------ */

/* The gradient of the linear map's output of a row. */
static void take_gradient(const nu_embedding *e, const X(nu_embedded) *of, size_t row,
                          size_t column, real *dz)
{
    real y[NU_EMBED_SIZE_MOST];
    copy_row(of->dy, row, column, dz, e->size, 1);
    for (size_t k = 0; of->factor != NULL && k < e->size; k++)
        dz[k] *= of->factor[column + k];
    if (!e->how->rectifies)
        return;
    copy_row(of->y, row, column, y, e->size, 1);
    for (size_t k = 0; k < e->size; k++)
        dz[k] = y[k] > 0 ? dz[k] : 0;
}

/* Of frequencies and phases by one row: dv are the gradients of its waves v. */
NU_CLONES
static void wave_gradient(real *restrict df, real *restrict dphase, const real *restrict v,
                          const real *restrict dv, real x, size_t n)
{
    if (dphase != NULL) {
#pragma omp simd
        for (size_t k = 0; k < n; k++) {
            real angle = -v[n + k] * dv[k];
            df[k] += TWO_PI * x * angle;
            dphase[k] += angle;
        }
        return;
    }
#pragma omp simd
    for (size_t k = 0; k < n; k++)
        df[k] += TWO_PI * x * (v[k] * dv[n + k] - v[n + k] * dv[k]);
}

static void add_row(real *restrict sum, const real *restrict a, size_t n)
{
    for (size_t k = 0; k < n; k++)
        sum[k] += a[k];
}

static void number_backward(const nu_embedding *e, const own *p, const own *g,
                            const X(nu_embedded) *of, const real *waves, nu_span rows, size_t i,
                            size_t column)
{
    real dz[ROOM] __attribute__((aligned(NU_ALIGN))), dv[ROOM] __attribute__((aligned(NU_ALIGN)));
    size_t kept = nu_embed_kept(e), each = stretch(e), n = e->size;
    memset(g->frequency, 0, e->frequencies * sizeof(real));
    if (g->phase != NULL)
        memset(g->phase, 0, e->frequencies * sizeof(real));
    memset(g->bias, 0, n * sizeof(real));
    for (size_t first = rows.first; first < rows.end; first += each) {
        size_t count = nu_smaller(each, rows.end - first);
        const real *v = waves + first * kept;
        for (size_t r = 0; r < count; r++) {
            take_gradient(e, of, first + r, column + (size_t)e->how->keeps, dz + r * n);
            add_row(g->bias, dz + r * n, n);
        }
        X(nu_gemm)(NU_TN, e->waves, n, count, 1, v, kept, dz, n, first > rows.first, g->weight, n);
        X(nu_gemm)(NU_NT, count, e->waves, n, 1, dz, n, p->weight, n, 0, dv, e->waves);
        for (size_t r = 0; r < count; r++)
            wave_gradient(g->frequency, g->phase, v + r * kept, dv + r * e->waves,
                          *element(of->x, first + r, i), e->frequencies);
    }
}

void X(nu_embed_backward)(const nu_embedding *e, const real *params, real *gradient,
                          const X(nu_embedded) *of, nu_span rows)
{
    for (size_t i = 0, j = 0, column = 0; i < e->inputs; i++) {
        if (!e->is_number[i]) {
            column++;
            continue;
        }
        own p = params_of(e, params, j), g = own_of(e, gradient, j);
        number_backward(e, &p, &g, of, of->waves.at + j * of->waves.rows * nu_embed_kept(e), rows,
                        i, column);
        column += e->each;
        j++;
    }
}
