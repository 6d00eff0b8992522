#include "train/step_weights.h"

/* A permutation is asked for so many places at a time. */
enum { PLACES = 256 };

static const double *shuffled_weights(nu_engine *e)
{
    const nudge_dataset *data = e->job.data;
    double *to = e->room[NU_WEIGHTS];
    uint32_t place[PLACES];
    for (size_t first = 0, n; first < data->rows; first += n) {
        n = nu_smaller(data->rows - first, PLACES);
        nu_permutation_range(e->shuffled, (uint32_t)first, n, place);
        for (size_t i = 0; i < n; i++)
            to[first + i] = data->weights[place[i]];
    }
    return to;
}

void X(nu_weights_order)(nu_engine *e, uint32_t epoch)
{
    const nudge_dataset *data = e->job.data;
    size_t batch = e->job.plan->batch;
    double *sum = e->room[NU_WEIGHT_SUMS];
    if (e->weighed == epoch || (e->weighed > 0 && e->shuffled == NULL))
        return;
    e->weights = e->shuffled != NULL ? shuffled_weights(e) : data->weights;
    for (size_t first = 0, end; first < data->rows; first = end, sum++) {
        end = first + nu_smaller(data->rows - first, batch);
        *sum = 0;
        for (size_t i = first; i < end; i++)
            *sum += e->weights[i];
    }
    e->weighed = epoch;
}

double X(nu_weights_of)(const nu_engine *e, size_t batch, size_t batches)
{
    size_t first = batch * e->job.plan->batch, left = nu_job_rows(&e->job) - first;
    const double *sums = e->room[NU_WEIGHT_SUMS];
    double sum = 0;
    if (e->weights == NULL)
        return (double)nu_smaller(left, batches * e->job.plan->batch);
    size_t end = batch + nu_smaller(batches, nu_ceil_div(left, e->job.plan->batch));
    for (size_t b = batch; b < end; b++)
        sum += sums[b];
    return sum;
}
