#include "scale/weights.h"

#include <inttypes.h>
#include <stdio.h>

static int same_work(const scale_study *study, const scale_point *a, const scale_point *b)
{
    return a == b || (study->mode != SCALE_WEAK && a->value == b->value);
}

static void explain(const scale_point *a, const scale_point *b, uint64_t hash, char *why,
                    size_t size)
{
    char between[60];
    if (a == b)
        snprintf(between, sizeof between, "two repeats on %d thread%s", a->threads,
                 a->threads == 1 ? "" : "s");
    else
        snprintf(between, sizeof between, "%d and %d threads", a->threads, b->threads);
    snprintf(why, size, "the weights differ between %s (%016" PRIx64 " and %016" PRIx64
             "); they must be the same", between, a->repeats[0].hash, hash);
}

void scale_compare_weights(scale_study *study, char *why, size_t size)
{
    study->identical = -1;
    for (size_t i = 0; i < study->n_points; i++)
        for (size_t j = 0; j <= i; j++) {
            const scale_point *a = &study->points[j], *b = &study->points[i];
            if (a->n == 0 || !same_work(study, a, b))
                continue;
            if (a->threads != b->threads && b->n > 0 && study->identical < 0)
                study->identical = 1;
            for (size_t r = 0; r < b->n; r++)
                if (b->repeats[r].hash != a->repeats[0].hash) {
                    study->identical = 0;
                    explain(a, b, b->repeats[r].hash, why, size);
                    return;
                }
        }
}
