#include "scale/pulse.h"

#include <math.h>

/* Products of 256 x 128 x 128, which a core's own cache holds: 42 million operations an epoch. The
 * first try warms the core up again after a pause or other work. */
enum { WIDTH = 128, ROWS = 256, EPOCHS = 2, TRIES = 3 };

nudge_status scale_pulse_start(scale_pulse *pulse, nudge_error *err)
{
    const size_t widths[] = {WIDTH, WIDTH, WIDTH};
    nudge_model_options o = nudge_model_defaults();
    o.layers = 2;
    o.widths = widths;
    *pulse = (scale_pulse){0};
    nudge_status status = nudge_model_create(&pulse->model, &o, NULL, err);
    if (status == NUDGE_OK)
        status = nudge_dataset_random(&pulse->data, NUDGE_F32, ROWS, WIDTH, WIDTH, 0, 0, 1, err);
    return status;
}

double scale_pulse_time(scale_pulse *pulse)
{
    nudge_train_options o = nudge_train_defaults();
    nudge_train_result r;
    double best = NAN;
    o.optimizer = nudge_optimizer_defaults(NUDGE_SGD);
    o.optimizer.lr = 1e-6; /* so small that the weights stay what they are, however often */
    o.batch = ROWS;
    o.epochs = EPOCHS;
    o.threads = 1;
    for (int i = 0; i < TRIES; i++)
        if (nudge_train(pulse->model, pulse->data, NULL, &o, &r, NULL) == NUDGE_OK)
            best = fmin(best, r.train_seconds); /* of a NaN and a number: the number */
    return best;
}

void scale_pulse_end(scale_pulse *pulse)
{
    nudge_model_free(pulse->model);
    nudge_dataset_free(pulse->data);
    *pulse = (scale_pulse){0};
}
