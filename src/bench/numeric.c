#include "bench/numeric.h"

#include <string.h>

#include "core/random.h"
#include "table/batch.h"
#include "linalg/gemm.h"
#include "linalg/transpose.h"
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
    for (size_t r = 0; r < d->rows; r += BLOCK) {
        size_t some = d->rows - r < BLOCK ? d->rows - r : BLOCK;
        nu_permutation_range(&d->order, (uint32_t)r, some, rows);
        X(nu_batch_features)(&d->store, rows, some, to + r * d->columns);
    }
}

static void loss(nudge_loss which, const nu_kernel_data *d)
{
    nu_loss_kind kind = {.loss = which, .delta = 1};
    X(nu_targets) targets = {.y = d->array[2], .classes = d->classes};
    size_t correct = 0;
    (void)X(nu_loss)(&kind, d->array[1], d->array[0], targets, 1 / (double)d->rows, d->rows,
                     d->columns, &correct);
}

static void kernel(const nu_kernel *k, const nu_kernel_data *d)
{
    size_t rows = d->rows, columns = d->columns, inner = d->inner, count = rows * columns;
    real *a = d->array[0], *b = d->array[1], *c = d->array[2];
    nu_optimizer_step_constants step;
    switch (k->operation) {
    case NU_KERNEL_NN: X(nu_gemm_nn)(rows, columns, inner, a, inner, b, columns, c, columns); break;
    case NU_KERNEL_NT: X(nu_gemm_nt)(rows, columns, inner, a, inner, b, inner, c, columns); break;
    case NU_KERNEL_TN:
        X(nu_gemm_tn)(rows, columns, inner, 1, a, rows, b, columns, 0, c, columns);
        break;
    case NU_KERNEL_COPY: memcpy(b, a, count * sizeof(real)); break;
    case NU_KERNEL_PACK: pack(d, a); break;
    case NU_KERNEL_FORWARD: X(nu_activate)(k->activation, a, b, d->bias, rows, columns); break;
    case NU_KERNEL_BACKWARD:
        X(nu_activate_backward)(k->activation, a, b, b, rows, columns);
        break;
    case NU_KERNEL_LOSS: loss(k->loss, d); break;
    case NU_KERNEL_UPDATE:
        step = nu_optimizer_step(&d->optimizer, 1000);
        X(nu_update)(&step, a, b, c, d->array[3], count);
        break;
    case NU_KERNEL_SUMS: X(nu_column_sums)(d->bias, a, rows, columns, 0, columns); break;
    case NU_KERNEL_TRANSPOSE: X(nu_transpose)(b, rows, a, columns, rows, columns); break;
    }
}

const nu_bench_numeric X(nu_bench_numeric) = {
    .real_size = sizeof(real),
    .fill = fill,
    .kernel = kernel,
};
