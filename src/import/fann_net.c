/* Networks of FANN: the text files that fann_save() writes, a "key=values" on each line.
 * https://github.com/libfann/fann, src/fann_io.c; what they compute: fann_run() in src/fann.c. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "import/imported.h"
#include "read/text_words.h"

/* The activations by their numbers in files, of x times steepness: f(in * x). Those of which no
 * more than the name is here are nothing that nudge has. */
typedef struct function {
    const char *name;
    double in;
    nudge_activation activation;
    int is_half;     /* (f + 1) / 2 */
    int is_stepwise; /* straight lines near the function */
} function;

static const function functions[] = {
    {.name = "FANN_LINEAR", .in = 1, .activation = NUDGE_IDENTITY},
    {.name = "FANN_THRESHOLD"},
    {.name = "FANN_THRESHOLD_SYMMETRIC"},
    {.name = "FANN_SIGMOID", .in = 2, .activation = NUDGE_SIGMOID},
    {.name = "FANN_SIGMOID_STEPWISE", .in = 2, .activation = NUDGE_SIGMOID, .is_stepwise = 1},
    {.name = "FANN_SIGMOID_SYMMETRIC", .in = 1, .activation = NUDGE_TANH},
    {.name = "FANN_SIGMOID_SYMMETRIC_STEPWISE", .in = 1, .activation = NUDGE_TANH,
     .is_stepwise = 1},
    {.name = "FANN_GAUSSIAN"},
    {.name = "FANN_GAUSSIAN_SYMMETRIC"},
    {.name = "FANN_GAUSSIAN_STEPWISE"},
    {.name = "FANN_ELLIOT", .in = 1, .activation = NUDGE_SOFTSIGN, .is_half = 1},
    {.name = "FANN_ELLIOT_SYMMETRIC", .in = 1, .activation = NUDGE_SOFTSIGN},
    {.name = "FANN_LINEAR_PIECE"},
    {.name = "FANN_LINEAR_PIECE_SYMMETRIC"},
    {.name = "FANN_SIN_SYMMETRIC"},
    {.name = "FANN_COS_SYMMETRIC"},
    {.name = "FANN_SIN"},
    {.name = "FANN_COS"},
    {.name = "FANN_LINEAR_PIECE_RECT", .in = 1, .activation = NUDGE_RELU},
    {.name = "FANN_LINEAR_PIECE_RECT_LEAKY", .in = 1, .activation = NUDGE_LEAKY_RELU},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

typedef struct neuron {
    uint64_t connections, function;
    double steepness;
    uint32_t layer;
    uint32_t unit; /* of its layer */
    int is_one;    /* what it gives is always 1: a bias, or nothing is connected to it */
} neuron;

/* What scales inputs (0) and outputs (1). */
enum { MEAN, DEVIATION, NEW_MIN, FACTOR, SCALES };

typedef struct fann {
    nu_imported *im;
    nu_words w;
    size_t file_size;
    uint64_t layers, is_shortcut, is_scaled;
    size_t *width; /* layers: units, without biases */
    neuron *neuron; /* neurons, of all layers in turn */
    size_t neurons;
    double *scale[SCALES][2];
    int which;       /* of several that are alike the line has */
    int is_stepwise; /* some units are */
    int is_done;     /* connections are there */
} fann;

static void fann_end(fann *f)
{
    nu_words_end(&f->w);
    free(f->width);
    free(f->neuron);
    for (int i = 0; i < SCALES; i++) {
        free(f->scale[i][0]);
        free(f->scale[i][1]);
    }
}

__attribute__((format(printf, 3, 4)))
static nudge_status refuse(const fann *f, nudge_error *err, const char *format, ...)
{
    char text[NUDGE_ERROR_SIZE / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return nu_fail(err, NUDGE_EDATA, "%s:%zu: %s", f->w.source, f->w.line, text);
}

/* ---- Values ----------------------------------------------------------------------------- */

static nudge_status next(fann *f, const char *what, nudge_error *err)
{
    return nu_words_next(&f->w) ? NUDGE_OK : refuse(f, err, "the line ends before %s", what);
}

static nudge_status take_whole(fann *f, uint64_t most, const char *what, uint64_t *value,
                               nudge_error *err)
{
    char right[96];
    NU_TRY(next(f, what, err));
    snprintf(right, sizeof right, "not %s, a whole number up to %llu", what,
             (unsigned long long)most);
    return nu_words_whole(f->w.word, f->w.size, most, value) ? NUDGE_OK
                                                             : nu_words_bad(&f->w, right, err);
}

static nudge_status take_real(fann *f, const char *what, double *value, nudge_error *err)
{
    NU_TRY(next(f, what, err));
    return nu_words_number(&f->w, f->w.word, f->w.size, value)
               ? NUDGE_OK : nu_words_bad(&f->w, "no finite number", err);
}

static nudge_status line_ends(fann *f, nudge_error *err)
{
    return nu_words_next(&f->w) ? nu_words_bad(&f->w, "more than the line should hold", err)
                                : NUDGE_OK;
}

/* ---- Lines ------------------------------------------------------------------------------ */

static nudge_status take_setting(fann *f, nudge_error *err)
{
    uint64_t *to = f->which == 0 ? &f->layers : f->which == 1 ? &f->is_shortcut : &f->is_scaled;
    if (f->width != NULL && f->which < 2)
        return refuse(f, err, "this comes before layer_sizes");
    NU_TRY(take_whole(f, f->which == 0 ? f->file_size : 1, "a setting", to, err));
    return f->layers != 1 ? NUDGE_OK : refuse(f, err, "a network has at least 2 layers");
}

/* Sizes count a bias: in each layer, or in the first one of shortcut networks. */
static nudge_status take_sizes(fann *f, nudge_error *err)
{
    if (f->layers == 0 || f->width != NULL)
        return refuse(f, err, "layer_sizes comes once, and behind num_layers");
    NU_NEW(f->width, calloc, f->layers, "layers", err);
    for (size_t l = 0; l < f->layers; l++) {
        uint64_t size;
        int has_bias = l == 0 || !f->is_shortcut;
        NU_TRY(take_whole(f, f->file_size, "a layer's size", &size, err));
        if (size < 1 + (uint64_t)has_bias)
            return refuse(f, err, "layer %zu has no units", l);
        f->width[l] = size - (uint64_t)has_bias;
        f->neurons += size;
    }
    return line_ends(f, err);
}

static nudge_status take_scale(fann *f, nudge_error *err)
{
    if (f->width == NULL)
        return refuse(f, err, "scales come behind layer_sizes");
    size_t n = f->width[f->which % 2 == 0 ? 0 : f->layers - 1];
    double **to = &f->scale[f->which / 2][f->which % 2];
    if (*to != NULL)
        return refuse(f, err, "this is there twice");
    NU_NEW(*to, calloc, n, "scales", err);
    for (size_t j = 0; j < n; j++) {
        NU_TRY(take_real(f, "a scale", &(*to)[j], err));
        if ((*to)[j] == 0 && (f->which / 2 == DEVIATION || f->which / 2 == FACTOR))
            return refuse(f, err, "scale %zu is 0", j);
    }
    return line_ends(f, err);
}

static nudge_status take_neurons(fann *f, nudge_error *err)
{
    if (f->width == NULL || f->neuron != NULL)
        return refuse(f, err, "neurons come once, and behind layer_sizes");
    if (f->neurons > f->file_size / 6) /* "0 0 0 " */
        return refuse(f, err, "the file is too short for %zu neurons", f->neurons);
    NU_NEW(f->neuron, calloc, f->neurons, "neurons", err);
    neuron *n = f->neuron;
    for (size_t l = 0; l < f->layers; l++) {
        size_t size = f->width[l] + (l == 0 || !f->is_shortcut);
        for (size_t u = 0; u < size; u++, n++) {
            NU_TRY(take_whole(f, f->file_size, "a number of connections", &n->connections, err));
            NU_TRY(take_whole(f, FUNCTIONS - 1, "an activation function", &n->function, err));
            NU_TRY(take_real(f, "a steepness", &n->steepness, err));
            n->layer = (uint32_t)l;
            n->unit = (uint32_t)u;
            n->is_one = n->connections == 0 && (l > 0 || u == f->width[0]);
            if (l == 0 && n->connections > 0)
                return refuse(f, err, "neuron %zu, an input, has connections",
                              (size_t)(n - f->neuron));
        }
    }
    return line_ends(f, err);
}

/* ---- Layers ----------------------------------------------------------------------------- */

/* What one layer's neurons share, and what they give beside it. */
static nudge_status take_functions(fann *f, const neuron *first, nu_chain *c, nudge_error *err)
{
    size_t l = first->layer, n = f->width[l];
    const function *like = NULL;
    double *in NU_FREED = NULL, *factor NU_FREED = NULL, *shift NU_FREED = NULL;
    NU_NEW(in, calloc, n, "a layer", err);
    NU_NEW(factor, calloc, n, "a layer", err);
    NU_NEW(shift, calloc, n, "a layer", err);
    for (size_t u = 0; u < n; u++) {
        const neuron *one = &first[u];
        if (one->is_one)
            continue;
        if (functions[one->function].in == 0)
            return refuse(f, err, "neuron %zu (unit %zu of layer %zu) is %s, which nudge does not "
                          "have", (size_t)(one - f->neuron), u, l, functions[one->function].name);
        const function *has = &functions[one->function];
        if (like != NULL && like->activation != has->activation)
            return refuse(f, err, "layer %zu has units of %s and of %s; nudge has one activation "
                          "for a layer", l, like->name, has->name);
        like = has;
        f->is_stepwise |= has->is_stepwise;
        in[u] = has->in * one->steepness;
        factor[u] = has->is_half ? 0.5 : 1;
        shift[u] = has->is_half ? 0.5 : 0;
    }
    nu_chain_scale(c, in, NULL);
    c->layer[l - 1].activation = like != NULL ? like->activation : NUDGE_IDENTITY;
    c->factor = NU_TAKE(factor);
    c->shift = NU_TAKE(shift);
    return NUDGE_OK;
}

/* One neuron's row of weights. */
static nudge_status take_neuron(fann *f, const neuron *to, double *weight, double *bias,
                                nudge_error *err)
{
    if (to->is_one && to->layer + 1 == f->layers && to->unit < f->width[to->layer])
        return refuse(f, err, "output %zu has no connections", (size_t)to->unit);
    for (uint64_t k = 0; k < to->connections; k++) {
        uint64_t number;
        double value;
        NU_TRY(take_whole(f, f->neurons - 1, "a neuron", &number, err));
        NU_TRY(take_real(f, "a weight", &value, err));
        const neuron *from = &f->neuron[number];
        if (from->layer >= to->layer)
            return refuse(f, err, "neuron %zu is connected to %zu, which comes not before it",
                          (size_t)(to - f->neuron), (size_t)number);
        if (!from->is_one && from->layer + 1 != to->layer)
            return refuse(f, err, "neuron %zu is connected to %zu, a shortcut past layers, which "
                          "nudge does not have", (size_t)(to - f->neuron), (size_t)number);
        if (to->unit >= f->width[to->layer])
            return refuse(f, err, "neuron %zu, a bias, has connections", (size_t)(to - f->neuron));
        *(from->is_one ? bias : weight + from->unit) += value;
    }
    return NUDGE_OK;
}

/* A file whose weights are few, and layers wide, could otherwise have any memory taken for them. */
static nudge_status check_size(const fann *f, size_t l, nudge_error *err)
{
    enum { SMALL = 1 << 20 };
    size_t weights;
    if (!nu_mul(f->width[l - 1], f->width[l], &weights) ||
        (weights > SMALL && weights > f->file_size))
        return refuse(f, err, "layer %zu: the file is too short for %zu x %zu weights", l,
                      f->width[l], f->width[l - 1]);
    return NUDGE_OK;
}

static nudge_status take_connections(fann *f, nudge_error *err)
{
    nu_chain *c = &f->im->chain;
    if (f->neuron == NULL || f->is_done)
        return refuse(f, err, "connections come once, and behind neurons");
    c->inputs = f->width[0];
    const neuron *n = f->neuron + f->width[0] + 1;
    for (size_t l = 1; l < f->layers; l++) {
        double *weight NU_FREED = NULL, *bias NU_FREED = NULL;
        size_t in = f->width[l - 1], size = f->width[l] + !f->is_shortcut;
        NU_TRY(check_size(f, l, err));
        NU_TRY(nu_chain_zeros(&weight, f->width[l] * in, err));
        NU_TRY(nu_chain_zeros(&bias, f->width[l], err));
        for (size_t u = 0; u < size; u++)
            NU_TRY(take_neuron(f, &n[u], u < f->width[l] ? weight + u * in : NULL, bias + u, err));
        NU_TRY(nu_chain_add(c, f->width[l], &weight, &bias, err));
        NU_TRY(take_functions(f, n, c, err));
        n += size;
    }
    f->is_done = 1;
    return line_ends(f, err);
}

/* ---- Scales ----------------------------------------------------------------------------- */

/* FANN scales x to ((x - mean) / deviation + 1) * factor + new_min: (x - shift) * by. */
static nudge_status take_affine(const fann *f, int which, double **by, double **shift,
                                nudge_error *err)
{
    size_t n = f->width[which == 0 ? 0 : f->layers - 1];
    for (int i = 0; i < SCALES; i++)
        if (f->scale[i][which] == NULL)
            return nu_fail(err, NUDGE_EDATA, "%s: scale_included is 1, and not all scales are "
                           "there", f->w.source);
    NU_NEW(*by, calloc, n, "scales", err);
    NU_NEW(*shift, calloc, n, "scales", err);
    for (size_t j = 0; j < n; j++) {
        double factor = f->scale[FACTOR][which][j], deviation = f->scale[DEVIATION][which][j];
        (*by)[j] = factor / deviation;
        (*shift)[j] = f->scale[MEAN][which][j] -
                      deviation * (1 + f->scale[NEW_MIN][which][j] / factor);
    }
    return NUDGE_OK;
}

/* From outputs to what they were scaled from: y / by + shift. */
static nudge_status take_scales(fann *f, nudge_error *err)
{
    nu_chain *c = &f->im->chain;
    double *by NU_FREED = NULL, *shift NU_FREED = NULL;
    NU_TRY(take_affine(f, 0, &f->im->factor, &f->im->shift, err));
    NU_TRY(take_affine(f, 1, &by, &shift, err));
    for (size_t k = 0; k < f->width[f->layers - 1]; k++) {
        c->factor[k] /= by[k];
        c->shift[k] = c->shift[k] / by[k] + shift[k];
    }
    return nu_note(&f->im->notes, f->w.source, NULL, err, "the scales that it has are "
                   "preprocessing: data is taken, and predicted, in its own units");
}

/* ---- Files ------------------------------------------------------------------------------ */

static const struct {
    const char *key;
    nudge_status (*take)(fann *f, nudge_error *err);
    int which;
} lines[] = {
    {"num_layers", take_setting, 0},
    {"network_type", take_setting, 1},
    {"layer_sizes", take_sizes, 0},
    {"scale_included", take_setting, 2},
    {"scale_mean_in", take_scale, 2 * MEAN},
    {"scale_mean_out", take_scale, 2 * MEAN + 1},
    {"scale_deviation_in", take_scale, 2 * DEVIATION},
    {"scale_deviation_out", take_scale, 2 * DEVIATION + 1},
    {"scale_new_min_in", take_scale, 2 * NEW_MIN},
    {"scale_new_min_out", take_scale, 2 * NEW_MIN + 1},
    {"scale_factor_in", take_scale, 2 * FACTOR},
    {"scale_factor_out", take_scale, 2 * FACTOR + 1},
    {"neurons", take_neurons, 0},
    {"connections", take_connections, 0},
};

/* Other keys tell how it was trained. */
static nudge_status take_line(fann *f, nudge_error *err)
{
    const char *start = f->w.at, *end = memchr(start, '\n', (size_t)(f->w.end - start));
    size_t size = (size_t)((end != NULL ? end : f->w.end) - start);
    const char *equals = memchr(start, '=', size);
    if (equals == NULL)
        return nu_words_next(&f->w) ? refuse(f, err, "no '=' in this line") : NUDGE_OK;
    size_t key = nu_smaller(strcspn(start, " ="), (size_t)(equals - start));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (strlen(lines[i].key) == key && memcmp(lines[i].key, start, key) == 0) {
            f->w.at = equals + 1;
            f->which = lines[i].which;
            return lines[i].take(f, err);
        }
    return NUDGE_OK;
}

static nudge_status check_version(fann *f, nudge_error *err)
{
    static const char right[] = "FANN_FLO_2.1";
    (void)nu_words_next(&f->w);
    if (f->w.size == sizeof right - 1 && memcmp(f->w.word, right, sizeof right - 1) == 0)
        return NUDGE_OK;
    return nu_words_bad(&f->w, f->w.size > 8 && memcmp(f->w.word, "FANN_FIX", 8) == 0
                        ? "a network of fixed-point numbers; FANN_FLO_2.1 is right"
                        : "a version that nudge does not read; FANN_FLO_2.1 is right", err);
}

nudge_status nu_import_fann(nu_imported *im, unsigned char *bytes, size_t size, nudge_error *err)
{
    fann f NU_SCOPED(fann_end) = {.im = im, .file_size = size};
    for (size_t i = 0; i < size; i++) /* values of neurons and connections: (2, 0.5) */
        bytes[i] = bytes[i] == '(' || bytes[i] == ')' || bytes[i] == ',' ? ' ' : bytes[i];
    NU_TRY(nu_words_start(&f.w, &(nu_source){.name = im->path, .fd = -1, .bytes = bytes,
                                             .size = size}, '\0', err));
    NU_TRY(check_version(&f, err));
    while (nu_words_next_line(&f.w))
        NU_TRY(take_line(&f, err));
    if (!f.is_done)
        return nu_fail(err, NUDGE_EDATA, "%s: the file ends before its connections", im->path);
    if (f.is_stepwise)
        NU_TRY(nu_note(&im->notes, im->path, NULL, err, "stepwise sigmoids, straight lines, become "
                       "sigmoids: a unit differs by up to 0.034, a symmetric one by 0.067"));
    return f.is_scaled ? take_scales(&f, err) : NUDGE_OK;
}
