#include "train/infer.h"

#include <string.h>

#include "core/clones.h"
#include "core/memory.h"
#include "data/batch.h"
#include "net/layer.h"
#include "net/loss.h"

/* The parts of a buffer for some rows, each aligned. */
typedef struct parts {
    real *x;           /* rows x width[0] */
    real *ping, *pong; /* rows x widest of the other layers */
    real *y;           /* rows x outputs */
    int32_t *classes;  /* rows */
    uint32_t *numbers; /* rows */
} parts;

static size_t aligned(size_t bytes)
{
    return (bytes + NU_ALIGN - 1) / NU_ALIGN * NU_ALIGN;
}

static size_t widest_output(const nu_network *net)
{
    size_t widest = 0;
    for (size_t l = 1; l <= net->layers; l++)
        if (net->width[l] > widest)
            widest = net->width[l];
    return widest;
}

/* Lays the parts out in `buffer` (NULL: only measures) and returns the bytes they take. */
static size_t lay_out(parts *p, char *buffer, const nu_network *net, size_t rows)
{
    size_t hidden = aligned(rows * widest_output(net) * sizeof(real));
    size_t x = aligned(rows * net->width[0] * sizeof(real));
    size_t y = aligned(rows * net->width[net->layers] * sizeof(real));
    size_t numbers = aligned(rows * sizeof(uint32_t));
    if (buffer != NULL) {
        p->x = (real *)buffer;
        p->ping = (real *)(buffer + x);
        p->pong = (real *)(buffer + x + hidden);
        p->y = (real *)(buffer + x + 2 * hidden);
        p->classes = (int32_t *)(buffer + x + 2 * hidden + y);
        p->numbers = (uint32_t *)(buffer + x + 2 * hidden + y + numbers);
    }
    return x + 2 * hidden + y + 2 * numbers;
}

size_t X(nu_infer_buffer)(const nu_network *net, size_t rows)
{
    return lay_out(NULL, NULL, net, rows);
}

NU_CLONES
static void to_doubles(double *restrict to, const real *restrict from, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        to[i] = (double)from[i];
}

/* Fetches the targets for whoever wants them, and the loss. dz is free to be overwritten. */
static void against_targets(const nudge_model *model, const nudge_dataset *data, const parts *p,
                            const real *z, real *dz, size_t rows, nu_inference *result)
{
    const nu_network *net = &model->net;
    size_t n = net->width[net->layers];
    X(nu_batch_targets)(data->store, p->numbers, rows, p->y, p->classes);
    if (result->want_loss) {
        nu_loss_kind kind = {net->loss, net->huber_delta, result->units};
        X(nu_targets) t = {p->y, p->classes};
        result->loss = X(nu_loss)(&kind, dz, z, t, 1, rows, n, &result->correct);
    }
    if (result->targets != NULL)
        to_doubles(result->targets, p->y, rows * n);
    if (result->classes != NULL)
        memcpy(result->classes, p->classes, rows * sizeof *p->classes);
}

void X(nu_infer)(const nudge_model *model, const nudge_dataset *data, size_t first, size_t rows,
                 void *buffer, nu_inference *result)
{
    const nu_network *net = &model->net;
    parts p;
    lay_out(&p, buffer, net, rows);
    X(nu_batch_rows)(data, NULL, first, rows, p.numbers);
    const real *x = X(nu_batch_in_place)(data, NULL, first);
    if (x == NULL) {
        X(nu_batch_features)(data->store, p.numbers, rows, p.x);
        x = p.x;
    }
    real *z = NULL, *spare = p.ping; /* the last output, and the buffer that it is not in */
    for (size_t l = 0; l < net->layers; l++) {
        X(nu_layer_forward)(net, l, model->params, spare, NULL, x, rows);
        x = z = spare;
        spare = z == p.ping ? p.pong : p.ping;
    }
    result->loss = 0;
    result->correct = 0;
    if (result->want_loss || result->targets != NULL || result->classes != NULL)
        against_targets(model, data, &p, z, spare, rows, result);
    if (result->predictions != NULL) {
        size_t n = net->width[net->layers];
        X(nu_link)(net->loss, z, rows, n);
        to_doubles(result->predictions, z, rows * n);
    }
}
