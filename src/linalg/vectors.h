/* Vectors of reals of either precision, a range of them at a time. Sums are made in double, in an
 * order that the range alone decides. */
#ifndef NUDGE_LINALG_VECTORS_H
#define NUDGE_LINALG_VECTORS_H

#include <stddef.h>

typedef struct nu_vectors {
    /* to = a x + b y; `to` may be x or y. */
    void (*combine)(void *to, double a, const void *x, double b, const void *y, size_t first,
                    size_t end);
    double (*dot)(const void *x, const void *y, size_t first, size_t end);
    double (*sum_abs)(const void *x, const void *unused, size_t first, size_t end);
    /* NaN if there is one. */
    double (*most_abs)(const void *x, const void *unused, size_t first, size_t end);
} nu_vectors;

extern const nu_vectors nu_vectors_f32, nu_vectors_f64;

#endif
