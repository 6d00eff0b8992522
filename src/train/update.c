#include "train/update.h"

#include "core/clones.h"
#include "core/memory.h"
#include "linalg/vecmath.h"

/* 0 of 0; NaN stays NaN, so that a divergence is seen. */
static inline real sign(real x)
{
    return x > 0 ? 1 : x < 0 ? -1 : x;
}

/* An update of `count` weights. s and v: first and second state, where the optimizer has them. */
typedef void update(const nu_optimizer_step *c, real *restrict w, const real *restrict g,
                    real *restrict s, real *restrict v, size_t count);

NU_CLONES
static void sgd(const nu_optimizer_step *c, real *restrict w, const real *restrict g,
                real *restrict s, real *restrict v, size_t count)
{
    real lr = (real)c->lr, decay = (real)c->decay;
    (void)s;
    (void)v;
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        w[i] -= lr * (g[i] + decay * w[i]);
}

NU_CLONES
static void sgd_momentum(const nu_optimizer_step *c, real *restrict w, const real *restrict g,
                         real *restrict s, real *restrict v, size_t count)
{
    real lr = (real)c->lr, decay = (real)c->decay, momentum = (real)c->momentum;
    (void)v;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        s[i] = momentum * s[i] + (g[i] + decay * w[i]);
        w[i] -= lr * s[i];
    }
}

NU_CLONES
static void sgd_nesterov(const nu_optimizer_step *c, real *restrict w, const real *restrict g,
                         real *restrict s, real *restrict v, size_t count)
{
    real lr = (real)c->lr, decay = (real)c->decay, momentum = (real)c->momentum;
    (void)v;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = g[i] + decay * w[i];
        s[i] = momentum * s[i] + d;
        w[i] -= lr * (d + momentum * s[i]);
    }
}

/* adamw too: decay is 0 there, and shrink 1 - lr * weight decay. radam too: see rectify(). */
NU_CLONES
static void adam(const nu_optimizer_step *c, real *restrict w, const real *restrict g,
                 real *restrict s, real *restrict v, size_t count)
{
    real decay = (real)c->decay, shrink = (real)c->shrink, eps = (real)c->eps;
    real beta1 = (real)c->beta1, rest1 = (real)(1 - c->beta1);
    real beta2 = (real)c->beta2, rest2 = (real)(1 - c->beta2);
    real step_size = (real)c->step_size, inverse_root2 = (real)c->inverse_root2;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = g[i] + decay * w[i];
        s[i] = beta1 * s[i] + rest1 * d;
        v[i] = beta2 * v[i] + rest2 * d * d;
        w[i] = shrink * w[i] - step_size * s[i] / (r_sqrt(v[i]) * inverse_root2 + eps);
    }
}

NU_CLONES
static void rmsprop(const nu_optimizer_step *c, real *restrict w, const real *restrict g,
                    real *restrict s, real *restrict v, size_t count)
{
    real lr = (real)c->lr, decay = (real)c->decay, eps = (real)c->eps;
    real alpha = (real)c->alpha, rest = (real)(1 - c->alpha);
    (void)v;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = g[i] + decay * w[i];
        s[i] = alpha * s[i] + rest * d * d;
        w[i] -= lr * d / (r_sqrt(s[i]) + eps);
    }
}

NU_CLONES
static void rmsprop_momentum(const nu_optimizer_step *c, real *restrict w,
                             const real *restrict g, real *restrict s, real *restrict v,
                             size_t count)
{
    real lr = (real)c->lr, decay = (real)c->decay, eps = (real)c->eps;
    real alpha = (real)c->alpha, rest = (real)(1 - c->alpha), momentum = (real)c->momentum;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = g[i] + decay * w[i];
        s[i] = alpha * s[i] + rest * d * d;
        v[i] = momentum * v[i] + d / (r_sqrt(s[i]) + eps);
        w[i] -= lr * v[i];
    }
}

NU_CLONES
static void adagrad(const nu_optimizer_step *c, real *restrict w, const real *restrict g,
                    real *restrict s, real *restrict v, size_t count)
{
    real lr = (real)c->lr, decay = (real)c->decay, eps = (real)c->eps;
    (void)v;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = g[i] + decay * w[i];
        s[i] += d * d;
        w[i] -= lr * d / (r_sqrt(s[i]) + eps);
    }
}

NU_CLONES
static void lion(const nu_optimizer_step *c, real *restrict w, const real *restrict g,
                 real *restrict s, real *restrict v, size_t count)
{
    real lr = (real)c->lr, shrink = (real)c->shrink;
    real beta1 = (real)c->beta1, rest1 = (real)(1 - c->beta1);
    real beta2 = (real)c->beta2, rest2 = (real)(1 - c->beta2);
    (void)v;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = beta1 * s[i] + rest1 * g[i];
        w[i] = shrink * w[i] - lr * sign(d);
        s[i] = beta2 * s[i] + rest2 * g[i];
    }
}

/* iRPROP-: s is the last gradient, v the step sizes, 0 as long as there was no gradient. Only signs
 * are multiplied, so that small gradients do not become 0. */
NU_CLONES
static void rprop(const nu_optimizer_step *c, real *restrict w, const real *restrict g,
                  real *restrict s, real *restrict v, size_t count)
{
    const real grow = (real)1.2, fall = (real)0.5, least = (real)1e-6, most = 50;
    real lr = (real)c->lr, decay = (real)c->decay;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = g[i] + decay * w[i], turn = sign(d) * sign(s[i]);
        real size = v[i] > 0 ? v[i] : d != 0 ? lr : 0; /* lr is 0 where a layer is to stay */
        size *= turn > 0 ? grow : turn < 0 ? fall : 1;
        size = size > most ? most : size > 0 && size < least ? least : size;
        v[i] = size;
        s[i] = turn < 0 ? 0 : d;
        w[i] -= v[i] * sign(s[i]);
    }
}

/* The gradient with an L1 penalty. */
NU_CLONES
static void penalise(real *restrict to, const real *restrict g, const real *restrict w, real l1,
                     size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        to[i] = g[i] + l1 * sign(w[i]);
}

static const struct {
    update *plain, *momentum, *nesterov; /* NULL: as the one before */
} updates[] = {
    [NUDGE_SGD] = {sgd, sgd_momentum, sgd_nesterov},
    [NUDGE_ADAM] = {adam},
    [NUDGE_ADAMW] = {adam},
    [NUDGE_RMSPROP] = {rmsprop, rmsprop_momentum},
    [NUDGE_ADAGRAD] = {adagrad},
    [NUDGE_RADAM] = {adam},
    [NUDGE_LION] = {lion},
    [NUDGE_RPROP] = {rprop},
};

enum { PENALISED = 1024 }; /* gradients at a time: they stay in the first cache */

void X(nu_update)(const nu_optimizer_step *c, real *w, const real *g, real *s1, real *s2,
                  size_t count)
{
    update *how = updates[c->kind].plain;
    if (c->momentum > 0 && updates[c->kind].momentum != NULL)
        how = updates[c->kind].momentum;
    if (c->nesterov && updates[c->kind].nesterov != NULL)
        how = updates[c->kind].nesterov;
    if (c->l1 == 0) {
        how(c, w, g, s1, s2, count);
        return;
    }
    real room[PENALISED];
    for (size_t i = 0; i < count; i += PENALISED) {
        size_t some = nu_smaller(count - i, PENALISED);
        penalise(room, g + i, w + i, (real)c->l1, some);
        how(c, w + i, room, s1 != NULL ? s1 + i : NULL, s2 != NULL ? s2 + i : NULL, some);
    }
}
