/* A product or an elementwise kernel that can be measured, and its data. */
#ifndef NUDGE_BENCH_KERNEL_H
#define NUDGE_BENCH_KERNEL_H

#include "core/random.h"
#include "nudge.h"
#include "table/dataset.h"

/* What a kernel does with its arrays a, b, c, d: */
enum nu_kernel_operation {
    NU_KERNEL_NN = NUDGE_GEMM_NN, /* c = a b */
    NU_KERNEL_NT = NUDGE_GEMM_NT, /* c = a b^T */
    NU_KERNEL_TN = NUDGE_GEMM_TN, /* c = a^T b */
    NU_KERNEL_COPY,     /* b = a */
    NU_KERNEL_PACK,     /* a = rows of a dataset in random order */
    NU_KERNEL_FORWARD,  /* a = f(a + bias), and b = f' where it is kept */
    NU_KERNEL_BACKWARD, /* a *= f', from b */
    NU_KERNEL_LOSS,     /* b = gradient for output a and target c or classes */
    NU_KERNEL_UPDATE,   /* weights a, gradient b, states c and d */
    NU_KERNEL_SUMS,     /* bias = sums of columns of a */
    NU_KERNEL_TRANSPOSE /* b = a transposed */
};

typedef struct nu_kernel {
    const char *name;
    enum nu_kernel_operation operation;
    int arrays;         /* of a, b, c, d that it needs */
    double reals;       /* per element, that it must read and write */
    double other_bytes; /* per element, likewise */
    size_t columns;     /* of the rows that elements form; 0: a single row */
    nudge_activation activation;
    nudge_loss loss;
    nudge_optimizer_kind optimizer;
    double momentum;
    int nesterov;
    int pixels;         /* pack: bytes */
} nu_kernel;

/* One thread's. */
typedef struct nu_kernel_data {
    size_t rows, columns;
    size_t inner;       /* of a product: (rows x inner) (inner x columns); otherwise 0 */
    void *array[4];     /* rows x columns each, but a product's factors; or NULL */
    void *bias;         /* columns */
    int32_t *classes;   /* loss: rows */
    nu_store store;     /* pack: what it packs */
    nu_permutation order; /* pack: of its rows */
    nudge_optimizer optimizer;
} nu_kernel_data;

#endif
