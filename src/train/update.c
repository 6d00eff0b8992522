#include "train/update.h"

#include <string.h>

#include "core/clones.h"
#include "linalg/vecmath.h"

NU_CLONES
static void sgd(real *restrict w, const real *restrict g, real lr, real decay, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        w[i] -= lr * (g[i] + decay * w[i]);
}

NU_CLONES
static void sgd_momentum(real *restrict w, const real *restrict g, real *restrict v, real lr,
                         real momentum, real decay, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        v[i] = momentum * v[i] + (g[i] + decay * w[i]);
        w[i] -= lr * v[i];
    }
}

NU_CLONES
static void sgd_nesterov(real *restrict w, const real *restrict g, real *restrict v, real lr,
                         real momentum, real decay, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = g[i] + decay * w[i];
        v[i] = momentum * v[i] + d;
        w[i] -= lr * (d + momentum * v[i]);
    }
}

typedef struct adam_constants {
    real step_size, inverse_root2, beta1, rest1, beta2, rest2, eps;
    real decay;  /* L2, added to the gradient */
    real shrink; /* decoupled: 1 - lr * weight_decay */
} adam_constants;

NU_CLONES
static void adam(real *restrict w, const real *restrict g, real *restrict m, real *restrict v,
                 adam_constants c, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = g[i] + c.decay * w[i];
        m[i] = c.beta1 * m[i] + c.rest1 * d;
        v[i] = c.beta2 * v[i] + c.rest2 * d * d;
        w[i] = c.shrink * w[i] - c.step_size * m[i] / (r_sqrt(v[i]) * c.inverse_root2 + c.eps);
    }
}

static adam_constants adam_of(const nu_optimizer_step_constants *c)
{
    const nudge_optimizer *o = c->optimizer;
    int decoupled = o->kind == NUDGE_ADAMW;
    return (adam_constants){
        .step_size = (real)c->step_size,
        .inverse_root2 = (real)c->inverse_root2,
        .beta1 = (real)o->beta1,
        .rest1 = (real)(1 - o->beta1),
        .beta2 = (real)o->beta2,
        .rest2 = (real)(1 - o->beta2),
        .eps = (real)o->eps,
        .decay = decoupled ? 0 : (real)o->weight_decay,
        .shrink = decoupled ? (real)(1 - o->lr * o->weight_decay) : 1,
    };
}

NU_CLONES
static void rmsprop(real *restrict w, const real *restrict g, real *restrict s, real lr,
                    real alpha, real rest, real eps, real decay, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = g[i] + decay * w[i];
        s[i] = alpha * s[i] + rest * d * d;
        w[i] -= lr * d / (r_sqrt(s[i]) + eps);
    }
}

NU_CLONES
static void rmsprop_momentum(real *restrict w, const real *restrict g, real *restrict s,
                             real *restrict v, real lr, real alpha, real rest, real eps,
                             real momentum, real decay, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = g[i] + decay * w[i];
        s[i] = alpha * s[i] + rest * d * d;
        v[i] = momentum * v[i] + d / (r_sqrt(s[i]) + eps);
        w[i] -= lr * v[i];
    }
}

NU_CLONES
static void adagrad(real *restrict w, const real *restrict g, real *restrict s, real lr, real eps,
                    real decay, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real d = g[i] + decay * w[i];
        s[i] += d * d;
        w[i] -= lr * d / (r_sqrt(s[i]) + eps);
    }
}

void X(nu_update)(const nu_optimizer_step_constants *c, real *w, const real *g, real *s1, real *s2,
                  size_t count)
{
    const nudge_optimizer *o = c->optimizer;
    if (o == NULL) {
        memcpy(s1, g, count * sizeof(real));
        return;
    }
    real lr = (real)o->lr, decay = (real)o->weight_decay, momentum = (real)o->momentum;
    real eps = (real)o->eps, alpha = (real)o->alpha, rest = (real)(1 - o->alpha);
    switch (o->kind) {
    case NUDGE_SGD:
        if (s1 == NULL)
            sgd(w, g, lr, decay, count);
        else if (o->nesterov)
            sgd_nesterov(w, g, s1, lr, momentum, decay, count);
        else
            sgd_momentum(w, g, s1, lr, momentum, decay, count);
        break;
    case NUDGE_ADAM:
    case NUDGE_ADAMW: adam(w, g, s1, s2, adam_of(c), count); break;
    case NUDGE_RMSPROP:
        if (s2 == NULL)
            rmsprop(w, g, s1, lr, alpha, rest, eps, decay, count);
        else
            rmsprop_momentum(w, g, s1, s2, lr, alpha, rest, eps, momentum, decay, count);
        break;
    case NUDGE_ADAGRAD: adagrad(w, g, s1, lr, eps, decay, count); break;
    }
}
