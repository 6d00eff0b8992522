#include "support/selection.h"

#include <math.h>
#include <string.h>

#include "support/say.h"

/* The model with which the average of so many is best; n if there is none. */
static size_t best_with(size_t *times, size_t n, size_t picks, const double *alone,
                        average_loss loss, void *user, double *least)
{
    size_t best = n;
    for (size_t i = 0; i < n; i++) {
        if (isnan(alone[i]))
            continue;
        times[i]++;
        double now = picks == 1 ? alone[i] : loss(times, picks, user);
        times[i]--;
        if (!isnan(now) && (best == n || now < *least)) {
            best = i;
            *least = now;
        }
    }
    return best;
}

double select_models(size_t *times, const double *alone, size_t n, size_t most, average_loss loss,
                     void *user)
{
    double best = NAN, now = NAN;
    size_t *tried = need(calloc(n, sizeof *tried));
    memset(times, 0, n * sizeof *times);
    for (size_t picks = 1; picks <= most; picks++) {
        size_t i = best_with(tried, n, picks, alone, loss, user, &now);
        if (i == n)
            break;
        tried[i]++;
        if (isnan(best) || now < best) {
            best = now;
            memcpy(times, tried, n * sizeof *times);
        }
    }
    free(tried);
    return best;
}
