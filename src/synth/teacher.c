/* teacher: a random tanh network of normal inputs. Its outputs are scaled to mean 0 and variance 1.
 * With classes=0 the target is its one output, plus noise; otherwise it has an output per class,
 * and the class is drawn from softmax(outputs / temperature). */
#include "core/clones.h"
#include "synth/generator.h"

#define PROBE_BLOCKS 16 /* the outputs' mean and variance are measured on 1024 rows */

static size_t n_outputs(const nu_synth *s)
{
    return s->classes > 0 ? s->classes : 1;
}

static size_t hidden_layers(const nu_synth *s)
{
    return (size_t)s->value[NU_LAYERS];
}

/* Inputs of layer l, which are outputs of layer l - 1. */
static size_t width(const nu_synth *s, size_t l)
{
    return l == 0 ? s->features
           : l <= hidden_layers(s) ? (size_t)s->value[NU_HIDDEN]
                                   : n_outputs(s);
}

/* hidden: for each layer W (out x in), then b (out). work: two layers' outputs. */
static nudge_status teacher_size(nu_synth *s, nudge_error *err)
{
    (void)err;
    for (size_t l = 0; l <= hidden_layers(s); l++)
        s->n_hidden += (width(s, l) + 1) * width(s, l + 1);
    size_t widest = (size_t)s->value[NU_HIDDEN];
    s->n_work = 2 * (widest > n_outputs(s) ? widest : n_outputs(s));
    return NUDGE_OK;
}

/* z = W a + b, and tanh of it in hidden layers; z is out x NU_BLOCK, a is in x NU_BLOCK. */
NU_CLONES
static void layer(double *z, const double *w, const double *b, const double *a, size_t in,
                  size_t out, int is_hidden)
{
    for (size_t j = 0; j < out; j++) {
        double sum[NU_BLOCK];
        for (size_t r = 0; r < NU_BLOCK; r++)
            sum[r] = b[j];
        for (size_t k = 0; k < in; k++) {
            const double weight = w[j * in + k], *ak = a + k * NU_BLOCK;
#pragma omp simd
            for (size_t r = 0; r < NU_BLOCK; r++)
                sum[r] += weight * ak[r];
        }
        double *zj = z + j * NU_BLOCK;
        if (is_hidden) {
#pragma omp simd
            for (size_t r = 0; r < NU_BLOCK; r++)
                zj[r] = tanh(sum[r]);
        } else {
            for (size_t r = 0; r < NU_BLOCK; r++)
                zj[r] = sum[r];
        }
    }
}

/* The outputs for the block's x; they lie in its work. */
static double *evaluate(const nu_synth *s, const nu_block *block)
{
    const double *w = s->hidden, *a = block->x;
    double *z = NULL;
    for (size_t l = 0; l <= hidden_layers(s); l++) {
        size_t in = width(s, l), out = width(s, l + 1);
        z = block->work + (l % 2) * (s->n_work / 2) * NU_BLOCK;
        layer(z, w, w + in * out, a, in, out, l < hidden_layers(s));
        w += (in + 1) * out;
        a = z;
    }
    return z;
}

/* Weights normal with variance 1/in, biases with 1/4, so that tanh is neither straight nor flat;
 * then the last layer is scaled so that the outputs have mean 0 and variance 1 over the probe. */
static void teacher_draw(nu_synth *s, nu_block *block)
{
    double *w = s->hidden;
    for (size_t l = 0; l <= hidden_layers(s); l++) {
        size_t in = width(s, l), out = width(s, l + 1), at = (size_t)(w - s->hidden);
        for (size_t i = 0; i < in * out; i++)
            w[i] = nu_hidden_normal(s, at + i) / sqrt((double)in);
        for (size_t i = in * out; i < (in + 1) * out; i++)
            w[i] = nu_hidden_normal(s, at + i) / 2;
        w += (in + 1) * out;
    }

    size_t outputs = n_outputs(s), in = width(s, hidden_layers(s));
    double *last_b = w - outputs, *last_w = last_b - in * outputs;
    double *sums = block->p; /* not in use yet: sums, then sums of squares */
    for (size_t i = 0; i < 2 * outputs; i++)
        sums[i] = 0;
    block->rows = NU_PROBE_ROWS;
    for (size_t n = 0; n < PROBE_BLOCKS; n++) {
        block->first = n * NU_BLOCK;
        nu_draw_normal(block->x, s, block, NU_DRAW_FEATURES, s->features);
        const double *z = evaluate(s, block);
        for (size_t j = 0; j < outputs; j++)
            for (size_t r = 0; r < NU_BLOCK; r++) {
                sums[j] += z[j * NU_BLOCK + r];
                sums[outputs + j] += z[j * NU_BLOCK + r] * z[j * NU_BLOCK + r];
            }
    }
    for (size_t j = 0; j < outputs; j++) {
        double n = PROBE_BLOCKS * NU_BLOCK, mean = sums[j] / n;
        double deviation = sqrt(sums[outputs + j] / n - mean * mean);
        for (size_t k = 0; k < in; k++)
            last_w[j * in + k] /= deviation;
        last_b[j] = (last_b[j] - mean) / deviation;
    }
}

/* z becomes softmax(z / temperature); NU_BLOCK rows of `classes` values each. */
NU_CLONES
static void softmax(double *z, size_t classes, double temperature)
{
    double top[NU_BLOCK], total[NU_BLOCK];
    for (size_t r = 0; r < NU_BLOCK; r++) {
        top[r] = z[r];
        total[r] = 0;
    }
    for (size_t k = 1; k < classes; k++)
        for (size_t r = 0; r < NU_BLOCK; r++)
            top[r] = z[k * NU_BLOCK + r] > top[r] ? z[k * NU_BLOCK + r] : top[r];
    for (size_t k = 0; k < classes; k++) {
#pragma omp simd
        for (size_t r = 0; r < NU_BLOCK; r++) {
            double e = exp((z[k * NU_BLOCK + r] - top[r]) / temperature);
            z[k * NU_BLOCK + r] = e;
            total[r] += e;
        }
    }
    for (size_t k = 0; k < classes; k++)
        for (size_t r = 0; r < NU_BLOCK; r++)
            z[k * NU_BLOCK + r] /= total[r];
}

/* The first class at which the sum of probabilities passes a uniform number. */
static void draw_classes(const nu_synth *s, const nu_block *block, const double *p)
{
    double u[NU_BLOCK];
    nu_draw_uniform(u, s, block, NU_DRAW_LABEL, 1);
    for (size_t r = 0; r < NU_BLOCK; r++) {
        size_t k = 0;
        for (double sum = p[r]; sum < u[r] && k + 1 < s->classes; sum += p[k * NU_BLOCK + r])
            k++;
        block->y[r] = (double)k;
    }
}

static void teacher_make(const nu_synth *s, const nu_block *block)
{
    nu_draw_normal(block->x, s, block, NU_DRAW_FEATURES, s->features);
    double *z = evaluate(s, block);
    if (s->classes == 0) {
        for (size_t r = 0; r < NU_BLOCK; r++)
            block->y[r] = z[r];
        nu_add_noise(block->y, s, block, 1);
        return;
    }
    softmax(z, s->classes, s->value[NU_TEMPERATURE]);
    draw_classes(s, block, z);
    if (block->p != NULL)
        for (size_t i = 0; i < s->classes * NU_BLOCK; i++)
            block->p[i] = z[i];
}

const nu_generator nu_synth_teacher = {
    .info = {"teacher",
             "rows=10000,features=32,hidden=64,layers=1,noise=0.1,classes=0,temperature=0.2,seed=1",
             "y = a random tanh network of x, plus noise; with classes=K, K classes drawn from it"},
    .size = teacher_size,
    .draw = teacher_draw,
    .make = teacher_make,
    .knows_p = 1,
    .zero_classes = 1,
    .noise_is_loss = 1,
};
