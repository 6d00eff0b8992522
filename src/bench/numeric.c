#include "bench/numeric.h"

#include <string.h>

#include "core/random.h"
#include "table/batch.h"
#include "linalg/blas.h"
#include "linalg/gemm.h"
#include "net/activation.h"
#include "net/layer.h"
#include "net/loss.h"
#include "train/update.h"

static void fill(void *x, size_t count, uint32_t number, double low, double high)
{
    enum { LANES = 64 };
    uint32_t word[4 * LANES];
    for (size_t i = 0; i < count; i += 4 * LANES) {
        size_t some = count - i < 4 * LANES ? count - i : 4 * LANES;
        nu_random_lanes(word, LANES, 0, nu_stream(NU_RANDOM_BENCH, number), i, 1);
        for (size_t j = 0; j < some; j++)
            ((real *)x)[i + j] = (real)(low + (high - low) * 0x1p-32 * word[j]);
    }
}

/* In pieces like the blocks of a batch, whose places in the epoch's order are found first. */
static void pack(const nu_kernel_data *d, real *to)
{
    enum { BLOCK = 256 };
    uint32_t rows[BLOCK];
    X(nu_matrix) packed = X(nu_in_panels)(to, d->rows, d->columns, nu_panel_width(d->columns));
    for (size_t r = 0; r < d->rows; r += BLOCK) {
        size_t some = d->rows - r < BLOCK ? d->rows - r : BLOCK;
        nu_permutation_range(&d->order, (uint32_t)r, some, rows);
        X(nu_batch_features)(&d->store, rows, some, &packed, r);
    }
}

static void loss(nudge_loss which, const nu_kernel_data *d)
{
    nu_loss_kind kind = {.loss = which, .parameter = nudge_loss_describe(which).parameter_default};
    X(nu_targets) targets = {.y = d->array[2], .classes = d->classes};
    double correct = 0;
    (void)X(nu_loss)(&kind, d->array[1], d->array[0], targets, 1 / (double)d->rows, d->rows,
                     d->columns, &correct);
}

static X(nu_matrix) in_panels(void *at, size_t rows, size_t columns)
{
    return X(nu_spread)(at, rows, columns, nu_panel_width(columns));
}

/* The whole product, in the pieces that the engine would make it of. */
static void product(const nu_kernel *k, const nu_kernel_data *d)
{
    const nu_blas_kind *kind = nu_blas_kind_here();
    size_t m = d->rows, n = d->columns, inner = d->inner;
    int is_nt = k->operation == NU_KERNEL_NT, is_tn = k->operation == NU_KERNEL_TN;
    X(nu_matrix) c = in_panels(d->array[2], m, n);
    X(nu_matrix) a = is_tn ? in_panels(d->array[0], inner, m) : in_panels(d->array[0], m, inner);
    X(nu_matrix) b = is_nt ? in_panels(d->array[1], n, inner) : in_panels(d->array[1], inner, n);
    size_t each = is_tn ? a.width : kind->rows;
    for (size_t q = 0; q < c.panels; q++)
        for (size_t r = 0; r < m; r += each) {
            nu_span rows = nu_span_piece((nu_span){0, m}, r, each);
            if (is_tn)
                X(nu_panel_tn)(X(nu_panel)(&c, q, r), &a, &b, rows, q, (nu_span){0, inner},
                               kind->depth, 1, 0);
            else
                (is_nt ? X(nu_panel_nt) : X(nu_panel_nn))(&c, &a, &b, rows, q);
        }
}

static void kernel(const nu_kernel *k, const nu_kernel_data *d)
{
    size_t rows = d->rows, columns = d->columns, count = rows * columns;
    real *a = d->array[0], *b = d->array[1], *c = d->array[2];
    nu_optimizer_step step;
    X(nu_matrix) whole;
    int keeps_slope = X(nu_activation_keeps_slope)(k->activation);
    switch (k->operation) {
    case NU_KERNEL_NN:
    case NU_KERNEL_NT:
    case NU_KERNEL_TN: product(k, d); break;
    case NU_KERNEL_COPY: memcpy(b, a, count * sizeof(real)); break;
    case NU_KERNEL_PACK: pack(d, a); break;
    case NU_KERNEL_FORWARD:
        X(nu_activate)(k->activation, a, keeps_slope ? b : NULL, d->bias, rows, columns);
        break;
    case NU_KERNEL_BACKWARD:
        X(nu_activate_backward)(k->activation, a, b, keeps_slope ? b : NULL, rows, columns);
        break;
    case NU_KERNEL_LOSS: loss(k->loss, d); break;
    case NU_KERNEL_UPDATE:
        step = nu_optimizer_step_at(&d->optimizer, 1000, 1);
        X(nu_update)(&step, a, b, c, d->array[3], count);
        break;
    case NU_KERNEL_SUMS:
        whole = X(nu_in_panels)(a, rows, columns, columns);
        X(nu_column_sums)(d->bias, &whole, (nu_span){0, rows}, 0);
        break;
    case NU_KERNEL_TRANSPOSE: X(nu_transpose)(b, rows, a, columns, rows, columns); break;
    }
}

const nu_bench_numeric X(nu_bench_numeric) = {
    .real_size = sizeof(real),
    .fill = fill,
    .kernel = kernel,
};
