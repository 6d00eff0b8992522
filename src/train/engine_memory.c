#include "train/engine_memory.h"

#include "core/memory.h"
#include "net/activation.h"

/* rows * columns * each; SIZE_MAX if that is more than can be. */
static size_t bytes_of(size_t rows, size_t columns, size_t each)
{
    size_t count, bytes = SIZE_MAX;
    if (nu_mul(rows, columns, &count))
        (void)nu_mul(count, each, &bytes);
    return bytes;
}

static double dropout(const nu_job *job, size_t l)
{
    return job->dropout != NULL && l + 1 < job->net->layers ? job->dropout[l] : 0;
}

static int has_slope(const nu_job *job, size_t l)
{
    return X(nu_activation_keeps_slope)(job->net->activation[l]) || dropout(job, l) > 0 ||
           nu_layer_adds(job->net, l);
}

/* The data always stands as a panel of its own, where it is one and not shuffled. */
static int is_always_ready(const nu_job *job)
{
    return job->net->input_panel == job->net->inputs && !nu_job_shuffles(job) &&
           X(nu_batch_in_place)(job->data, NULL, 0) != NULL;
}

/* Of a matrix of B x columns. */
static size_t spread_bytes(const nu_job *job, size_t columns, size_t panels)
{
    size_t gaps = bytes_of(panels, NU_PANEL_GAP, sizeof(real));
    size_t bytes = nu_bytes_sum(bytes_of(job->plan->batch, columns, sizeof(real)), gaps);
    return nu_bytes_sum(bytes, NU_ALIGN - 1) / NU_ALIGN * NU_ALIGN;
}

/* Of B x width[i]. */
static size_t matrix_bytes(const nu_job *job, size_t i)
{
    return spread_bytes(job, job->net->width[i], job->net->panels[i]);
}

/* The bytes of each room; 0: it is not needed. */
static void measure(const nu_job *job, size_t bytes[NU_ROOMS])
{
    const nu_network *net = job->net;
    const nu_plan *plan = job->plan;
    size_t batch = plan->batch, threads = (size_t)job->threads, outputs = net->width[net->layers];
    size_t state = bytes_of(net->size, 1, sizeof(real));
    int states = job->optimizer != NULL ? nu_optimizer_states(job->optimizer) : 0;
    int has_classes = job->data->store->classes != NULL;
    bytes[NU_ROWS] = bytes_of(batch, 1, sizeof(uint32_t));
    bytes[NU_TARGETS] = has_classes ? bytes_of(batch, 1, sizeof(int32_t))
                                    : bytes_of(batch, outputs, sizeof(real));
    int weighted = job->data->weights != NULL;
    size_t rows = job->data->rows, batches = nu_ceil_div(rows, batch);
    bytes[NU_WEIGHTS] = weighted && nu_job_shuffles(job) ? bytes_of(rows, 1, sizeof(double)) : 0;
    bytes[NU_WEIGHT_SUMS] = weighted ? bytes_of(batches, 1, sizeof(double)) : 0;
    bytes[NU_PACKED] = is_always_ready(job)
                           ? 0 : spread_bytes(job, net->inputs,
                                              nu_ceil_div(net->inputs, net->input_panel));
    bytes[NU_EMBEDDED] = bytes[NU_EMBEDDED_GRADIENT] = nu_network_embeds(net) ? matrix_bytes(job, 0)
                                                                              : 0;
    bytes[NU_WAVES] = bytes_of(bytes_of(batch, net->embed.numbers, sizeof(real)),
                               nu_embed_kept(&net->embed), 1);
    bytes[NU_SCALED] = net->input_factor ? matrix_bytes(job, 0) : 0;
    bytes[NU_OUTPUTS] = 0;
    for (size_t l = 0; l < net->layers; l++) {
        for (int i = 2 + has_slope(job, l) + nu_layer_adds(net, l); i > 0; i--)
            bytes[NU_OUTPUTS] = nu_bytes_sum(bytes[NU_OUTPUTS], matrix_bytes(job, l + 1));
        if (nu_layer_is_normed(net, l))
            bytes[NU_OUTPUTS] = nu_bytes_sum(bytes[NU_OUTPUTS], matrix_bytes(job, l));
    }
    bytes[NU_INVERSES] = net->layer_norm ? bytes_of(net->layers, batch, sizeof(real)) : 0;
    bytes[NU_RESULTS] = bytes_of(plan->blocks, 1, sizeof(nu_block_result));
    bytes[NU_WATCHES] = job->profile ? bytes_of(threads, 1, sizeof(nu_watch)) : 0;
    bytes[NU_SCRATCH] = bytes_of(threads, nu_scratch_size(plan), sizeof(real));
    bytes[NU_TRANSPOSED] = bytes_of(plan->transposed_size, 1, sizeof(real));
    bytes[NU_PARTIALS] = bytes_of(plan->blocks, plan->partial_size, sizeof(real));
    bytes[NU_COLUMNS] = plan->wants.bound ? bytes_of(plan->n_tiles, plan->tile_columns,
                                                     sizeof(double)) : 0;
    bytes[NU_SQUARES] = plan->wants.gradient ? bytes_of(plan->n_tiles, 1, sizeof(double)) : 0;
    bytes[NU_GRADIENT_KEPT] = plan->wants.gradient ? state : 0;
    bytes[NU_AVERAGE] = job->averages ? state : 0;
    bytes[NU_STATE_1] = states > 0 ? state : 0;
    bytes[NU_STATE_2] = states > 1 ? state : 0;
}

static size_t sum_of(const size_t bytes[NU_ROOMS], const int *rooms, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum = nu_bytes_sum(sum, bytes[rooms[i]]);
    return sum;
}

nu_engine_memory X(nu_memory_of)(const nu_job *job)
{
    size_t b[NU_ROOMS];
    measure(job, b);
    static const int gradients[] = {NU_PARTIALS, NU_GRADIENT_KEPT, NU_COLUMNS, NU_SQUARES,
                                    NU_SCRATCH, NU_TRANSPOSED};
    static const int states[] = {NU_AVERAGE, NU_STATE_1, NU_STATE_2};
    static const int activations[] = {
        NU_OUTPUTS, NU_INVERSES, NU_PACKED, NU_SCALED, NU_EMBEDDED, NU_EMBEDDED_GRADIENT, NU_WAVES,
        NU_ROWS, NU_TARGETS, NU_WEIGHTS, NU_WEIGHT_SUMS};
    return (nu_engine_memory){
        .gradients = sum_of(b, gradients, sizeof gradients / sizeof *gradients),
        .optimizer_state = sum_of(b, states, sizeof states / sizeof *states),
        .activations = sum_of(b, activations, sizeof activations / sizeof *activations),
    };
}

void X(nu_engine_free)(nu_engine *e)
{
    for (int i = 0; e != NULL && i < NU_ROOMS; i++)
        free(e->room[i]);
    if (e != NULL)
        free(e->layers);
    free(e);
}

/* The next matrix of B x width[i] among the outputs; the last layer's are row-major, as losses read
 * them. */
static X(nu_matrix) next_matrix(const nu_engine *e, char **at, size_t i)
{
    const nu_network *net = e->job.net;
    real *here = (real *)*at;
    *at += matrix_bytes(&e->job, i);
    return i == net->layers
               ? X(nu_row_major)(here, net->width[i], net->panel[i])
               : X(nu_spread)(here, e->job.plan->batch, net->width[i], net->panel[i]);
}

static void place_layers(nu_engine *e)
{
    const nu_network *net = e->job.net;
    const nu_plan *plan = e->job.plan;
    char *at = e->room[NU_OUTPUTS];
    for (size_t l = 0; l < net->layers; l++) {
        nu_engine_layer *el = &e->layers[l];
        el->layer = X(nu_layer_of)(net, l, e->job.params);
        el->out.y = next_matrix(e, &at, l + 1);
        el->dz = next_matrix(e, &at, l + 1);
        el->dropout = dropout(&e->job, l);
        if (has_slope(&e->job, l))
            el->out.slope = next_matrix(e, &at, l + 1);
        if (nu_layer_adds(net, l))
            el->dy = next_matrix(e, &at, l + 1);
        if (nu_layer_is_normed(net, l)) {
            el->normed = next_matrix(e, &at, l);
            el->inverse = (real *)e->room[NU_INVERSES] + l * plan->batch;
        }
        if (plan->transposed_at[l] != SIZE_MAX)
            el->layer.transposed =
                X(nu_in_panels)((real *)e->room[NU_TRANSPOSED] + plan->transposed_at[l],
                                net->width[l + 1], net->width[l], net->panel[l]);
    }
}

int X(nu_engine_allocate)(nu_engine *e)
{
    const nu_network *net = e->job.net;
    size_t bytes[NU_ROOMS];
    measure(&e->job, bytes);
    int ok = (e->layers = calloc(net->layers, sizeof *e->layers)) != NULL;
    for (int i = 0; i < NU_ROOMS; i++)
        if (bytes[i] > 0)
            ok = ok && (e->room[i] = i < NU_ZEROED ? nu_alloc(bytes[i], 1)
                                                   : nu_alloc_zero(bytes[i], 1)) != NULL;
    if (!ok)
        return 0;
    e->rows = e->room[NU_ROWS];
    e->results = e->room[NU_RESULTS];
    e->partials = e->room[NU_PARTIALS];
    e->gradient = e->room[NU_GRADIENT_KEPT];
    e->average = e->room[NU_AVERAGE];
    e->s1 = e->room[NU_STATE_1];
    e->s2 = e->room[NU_STATE_2];
    size_t batch = e->job.plan->batch, n = net->width[0], panel = net->panel[0];
    e->packed = X(nu_spread)(e->room[NU_PACKED], batch, net->inputs, net->input_panel);
    e->scaled = X(nu_spread)(e->room[NU_SCALED], batch, n, panel);
    e->embedded = X(nu_spread)(e->room[NU_EMBEDDED], batch, n, panel);
    e->embedded_gradient = X(nu_spread)(e->room[NU_EMBEDDED_GRADIENT], batch, n, panel);
    e->waves = (X(nu_waves)){e->room[NU_WAVES], batch};
    place_layers(e);
    return 1;
}
