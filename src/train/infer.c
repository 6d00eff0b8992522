#include "train/infer.h"

#include "core/clones.h"
#include "core/memory.h"
#include "table/batch.h"
#include "linalg/blas.h"
#include "prep/prep.h"
#include "prep/transform.h"
#include "net/embed.h"
#include "net/layer.h"
#include "net/layer_norm.h"
#include "net/loss.h"
#include "train/score.h"

/* What follows the last product is done in chunks of about so many values, which stay in a core's
 * own cache while loss, link, sums and conversion go over them. */
#define CHUNK_VALUES 8192

static size_t chunk_rows(size_t rows, size_t outputs)
{
    size_t most = CHUNK_VALUES / outputs;
    most = most > 64 ? most / 64 * 64 : most > 1 ? most : 1; /* 64: as cross-entropy likes it */
    return nu_smaller(rows, most);
}

/* The parts of a buffer for some rows, each aligned. */
typedef struct parts {
    real *x;           /* rows x inputs */
    real *ping, *pong; /* rows x widest of the other layers */
    real *normed;      /* likewise, of a layer's input; or none */
    real *embedded;    /* rows x width[0]: what inputs are embedded in; or none */
    real *scaled;      /* likewise: that, or inputs, times their factors; or none */
    real *mixed;       /* rows x outputs: of several networks; or none */
    real *y, *dz;      /* chunk_rows x outputs */
    int32_t *classes;  /* chunk_rows */
    uint32_t *numbers; /* rows */
    const double *weights; /* rows, the data's; or NULL */
} parts;

/* The next part, of so many bytes; NULL where there is no buffer yet. */
static void *part(char *buffer, size_t *used, size_t bytes)
{
    size_t at = *used;
    *used += nu_ceil_div(bytes, NU_ALIGN) * NU_ALIGN;
    return buffer != NULL ? buffer + at : NULL;
}

static size_t spread_bytes(size_t rows, size_t columns, size_t panels)
{
    return (rows * columns + panels * NU_PANEL_GAP) * sizeof(real);
}

static size_t matrix_bytes(const nu_network *net, size_t i, size_t rows)
{
    return spread_bytes(rows, net->width[i], net->panels[i]);
}

static void raise(size_t *most, size_t bytes)
{
    *most = bytes > *most ? bytes : *most;
}

/* Lays the parts out in `buffer` (NULL: only measures) and returns the bytes they take. */
static size_t lay_out(parts *p, char *buffer, const nudge_model *model, size_t rows)
{
    const nu_network *net = &model->net;
    size_t outputs = net->width[net->layers], chunk = chunk_rows(rows, outputs), used = 0;
    size_t hidden = 0, normed = 0, scaled = 0, embedded = 0;
    for (size_t k = 0; k < nu_model_members(model); k++) {
        net = &nu_member_of(model, k)->net;
        for (size_t l = 1; l <= net->layers; l++)
            raise(&hidden, matrix_bytes(net, l, rows));
        normed |= (size_t)net->layer_norm;
        raise(&scaled, net->input_factor ? matrix_bytes(net, 0, rows) : 0);
        raise(&embedded, nu_network_embeds(net) ? matrix_bytes(net, 0, rows) : 0);
    }
    size_t panels = nu_ceil_div(net->inputs, net->input_panel);
    p->x = part(buffer, &used, spread_bytes(rows, net->inputs, panels));
    p->ping = part(buffer, &used, hidden);
    p->pong = part(buffer, &used, hidden);
    p->normed = part(buffer, &used, normed ? hidden : 0);
    p->embedded = part(buffer, &used, embedded);
    p->scaled = part(buffer, &used, scaled);
    p->mixed = part(buffer, &used, model->n_others > 0 ? rows * outputs * sizeof(real) : 0);
    p->y = part(buffer, &used, chunk * outputs * sizeof *p->y);
    p->dz = part(buffer, &used, chunk * outputs * sizeof *p->dz);
    p->classes = part(buffer, &used, chunk * sizeof *p->classes);
    p->numbers = part(buffer, &used, rows * sizeof *p->numbers);
    return used;
}

size_t X(nu_infer_buffer)(const nudge_model *model, size_t rows)
{
    return lay_out(&(parts){0}, NULL, model, rows);
}

NU_CLONES
static void to_doubles(double *restrict to, const real *restrict from, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        to[i] = (double)from[i];
}

/* The target's own units: the inverse of what the prep did. */
NU_CLONES
static void unscale(const nudge_prep *prep, double *y, size_t rows, size_t outputs)
{
    const double *restrict factor = prep->target_factor, *restrict shift = prep->target_shift;
    for (size_t i = 0; i < rows; i++) {
        double *restrict row = y + i * outputs;
#pragma omp simd
        for (size_t j = 0; j < outputs; j++)
            row[j] = row[j] / factor[j] + shift[j];
    }
}

/* Likewise of predictions z and targets, which are copied, where the network learned a transform. */
static void undo_transform(const nudge_prep *prep, real *z, X(nu_targets) *t, real *y, size_t rows,
                           size_t outputs)
{
    for (size_t i = 0; i < rows * outputs; i++) {
        z[i] = (real)nu_target_raw(prep, i % outputs, (double)z[i]);
        y[i] = (real)nu_target_raw(prep, i % outputs, (double)t->y[i]);
    }
    t->y = y;
}

/* The targets of some rows: where they are if they stand there in order, otherwise packed. */
static X(nu_targets) targets_of(const nudge_dataset *data, const parts *p, size_t at, size_t rows)
{
    const nu_store *store = data->store;
    const uint32_t *numbers = p->numbers + at;
    X(nu_targets) t = {p->y, p->classes, p->weights != NULL ? p->weights + at : NULL};
    if (data->index == NULL && store->classes == NULL)
        t.y = (const real *)store->y + (size_t)numbers[0] * store->outputs;
    else
        X(nu_batch_targets)(store, numbers, rows, p->y, p->classes);
    return t;
}

/* ---- Some rows ------------------------------------------------------------------------- */

/* Rows from `at` on of those that have the numbers p->numbers; the link overwrites their z. */
static void finish_chunk(const nudge_model *model, const nudge_dataset *data, const parts *p,
                         size_t at, real *z, size_t rows, const nu_inference *result)
{
    const nu_network *net = &model->net;
    nudge_target kind = nudge_loss_describe(net->loss).target;
    size_t n = net->width[net->layers];
    nu_tally *tally = result->tally;
    X(nu_targets) t = {0};
    if (tally != NULL) {
        nu_loss_kind loss = {net->loss, net->loss_parameter, result->units};
        t = targets_of(data, p, at, rows);
        tally->loss += X(nu_loss)(&loss, p->dz, z, t, 1, rows, n, &tally->correct);
        X(nu_score_outputs)(kind, p->dz, z, t, rows, n, tally);
    }
    if (result->predictions != NULL || result->kept != NULL || kind != NUDGE_CLASSES ||
        tally->sum[NU_BRIER] != NULL)
        X(nu_link)(net->loss, z, rows, n);
    int transformed = model->prep != NULL && model->prep->transform != NUDGE_TRANSFORM_NONE;
    if (result->predictions != NULL) {
        to_doubles(result->predictions + at * n, z, rows * n);
        if (transformed)
            nu_targets_raw(model->prep, result->predictions + at * n, rows);
        else if (model->prep != NULL)
            unscale(model->prep, result->predictions + at * n, rows, n);
    }
    if (tally != NULL && transformed)
        undo_transform(model->prep, z, &t, p->y, rows, n);
    if (tally != NULL)
        X(nu_score_predictions)(kind, z, t, rows, n, result);
    if (result->kept != NULL)
        X(nu_keep)(kind, result->kept + at, result->kept_rows, z, t, rows, n);
}

/* What a network makes of the inputs x; in ping or pong. */
static real *forward(const nu_network *net, const real *params, X(nu_matrix) x, const parts *p,
                     size_t rows)
{
    real *z = NULL;
    nu_span all = {0, rows};
    if (nu_network_embeds(net)) {
        X(nu_matrix) to = X(nu_spread)(p->embedded, rows, net->width[0], net->panel[0]);
        X(nu_embed)(&net->embed, params, &to, &(X(nu_waves)){0}, &x, all);
        x = to;
    }
    if (net->input_factor) {
        X(nu_matrix) scaled = X(nu_spread)(p->scaled, rows, net->width[0], net->panel[0]);
        X(nu_layer_scale_inputs)(&scaled, &x, params + net->factor_at, all);
        x = scaled;
    }
    size_t each = nu_blas_kind_here()->rows;
    for (size_t l = 0; l < net->layers; l++) {
        size_t out = net->width[l + 1], width = net->panel[l + 1];
        z = l % 2 == 0 ? p->ping : p->pong;
        X(nu_layer) layer = X(nu_layer_of)(net, l, params);
        X(nu_output) to = {.y = l + 1 < net->layers ? X(nu_spread)(z, rows, out, width)
                                                    : X(nu_row_major)(z, out, width)};
        X(nu_matrix) in = x;
        if (nu_layer_is_normed(net, l)) {
            in = X(nu_spread)(p->normed, rows, net->width[l], net->panel[l]);
            X(nu_layer_norm)(&in, NULL, &x, all);
        }
        for (size_t q = 0; q < to.y.panels; q++)
            for (size_t r = 0; r < rows; r += each) {
                X(nu_layer_forward_tile)(&layer, &to, &in, nu_span_piece(all, r, each), q);
                if (nu_layer_adds(net, l))
                    X(nu_layer_add_tile)(&to.y, &x, nu_span_piece(all, r, each), q);
            }
        x = to.y;
    }
    return z;
}

void X(nu_infer)(const nudge_model *model, const nudge_dataset *data, size_t first, size_t rows,
                 void *buffer, const nu_inference *result)
{
    const nu_network *net = &model->net;
    size_t n = net->width[net->layers], chunk = chunk_rows(rows, n);
    parts p;
    lay_out(&p, buffer, model, rows);
    p.weights = data->weights != NULL ? data->weights + first : NULL;
    X(nu_batch_rows)(data, NULL, first, rows, p.numbers);
    X(nu_matrix) x = X(nu_spread)(p.x, rows, net->inputs, net->input_panel);
    const real *ready = X(nu_batch_in_place)(data, NULL, first);
    if (ready != NULL)
        x = X(nu_row_major)((real *)ready, net->inputs, net->input_panel);
    else
        X(nu_batch_features)(data->store, p.numbers, rows, &x, 0);
    real *z = forward(net, model->params, x, &p, rows);
    if (model->n_others > 0)
        z = memcpy(p.mixed, z, rows * n * sizeof *z);
    for (size_t k = 0; k < model->n_others; k++) {
        const nudge_model *other = model->others[k];
        const real *more = forward(&other->net, other->params, x, &p, rows);
        X(nu_mix)(net->loss, z, more, 1 / (double)(k + 2), rows, n);
    }
    for (size_t at = 0; at < rows; at += chunk)
        finish_chunk(model, data, &p, at, z + at * n, nu_smaller(rows - at, chunk), result);
}
