#include "train/lbfgs.h"

#include <math.h>

#include "core/barrier.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "linalg/vectors.h"

/* Of sums, so that their order does not depend on threads. */
enum { CHUNK = 4096 };

/* PyTorch's. */
#define LEAST_GRADIENT 1e-7
#define LEAST_CHANGE 1e-9
#define LEAST_CURVATURE 1e-10
#define ENOUGH_FALL 1e-4
#define ENOUGH_FLATTER 0.9
enum { MOST_TRIES = 25 };

/* Vectors before those of the pairs. */
enum { START, BEFORE, DIRECTION, PAIRS }; /* weights and gradient at the start */

struct nu_lbfgs {
    nu_job job;
    const nu_numeric *numeric;
    const nu_vectors *vectors;
    nu_engine *engine;
    void *gradient;   /* the engine's */
    char *room;       /* of the vectors */
    size_t bytes;     /* of each */
    double *partial;  /* 2 x chunks, in turn, so that a barrier a sum is enough */
    size_t chunks;
    int is_known;     /* the engine has the gradient at the weights, and this is their */
    double loss, objective, correct;
};

/* One thread's part of an iteration. All threads decide the same. */
typedef struct doing {
    nu_lbfgs *l;
    nu_lbfgs_memory m;
    int thread, threads, turn;
    size_t first_chunk, end_chunk, first, end; /* own chunks, and their reals */
    double loss, objective, correct; /* at the weights: as reported; what is minimised */
    double at;                       /* so many directions from the start the weights are */
} doing;

/* ---- Life ---------------------------------------------------------------------------------- */

uint64_t nu_lbfgs_bytes(const nu_job *job, const nu_numeric *numeric)
{
    return (uint64_t)(PAIRS + 2 * NU_LBFGS_PAIRS) * job->net->size * numeric->real_size;
}

void nu_lbfgs_free(nu_lbfgs *l)
{
    if (l == NULL)
        return;
    free(l->room);
    free(l->partial);
    free(l);
}

static void free_at(nu_lbfgs **l)
{
    nu_lbfgs_free(*l);
}

nudge_status nu_lbfgs_create(nu_lbfgs **lbfgs, nu_engine *engine, const nu_job *job,
                             const nu_numeric *numeric, nudge_error *err)
{
    nu_lbfgs *l NU_SCOPED(free_at) = NULL;
    NU_NEW(l, calloc, 1, "the optimizer", err);
    *l = (nu_lbfgs){.job = *job, .numeric = numeric, .engine = engine,
                    .vectors = numeric == &nu_numeric_f64 ? &nu_vectors_f64 : &nu_vectors_f32,
                    .gradient = numeric->engine_gradient(engine),
                    .bytes = job->net->size * numeric->real_size,
                    .chunks = nu_ceil_div(job->net->size, CHUNK)};
    size_t bytes = (size_t)nu_lbfgs_bytes(job, numeric);
    l->room = nu_alloc_zero(bytes, 1);
    l->partial = nu_alloc_zero(2 * l->chunks, sizeof *l->partial);
    NU_NEED(l->room != NULL && l->partial != NULL, bytes, "the optimizer's vectors", err);
    *lbfgs = NU_TAKE(l);
    return NUDGE_OK;
}

static void *vector(const nu_lbfgs *l, size_t i)
{
    return l->room + i * l->bytes;
}

void *nu_lbfgs_vector(const nu_lbfgs *l, size_t slot, int which)
{
    return vector(l, PAIRS + 2 * slot + (size_t)which);
}

void nu_lbfgs_forget(nu_lbfgs *l)
{
    l->is_known = 0;
}

/* ---- By all threads ------------------------------------------------------------------------ */

static void wait(const doing *d)
{
    nu_barrier_wait(d->l->job.barrier, d->threads);
}

static void combine(const doing *d, void *to, double a, const void *x, double b, const void *y)
{
    d->l->vectors->combine(to, a, x, b, y, d->first, d->end);
}

typedef double reduction(const void *x, const void *y, size_t first, size_t end);

/* Of all chunks, added in their order, or the largest. */
static double reduce(doing *d, reduction *of, const void *x, const void *y)
{
    const nu_lbfgs *l = d->l;
    double *partial = l->partial + (size_t)d->turn * l->chunks, result = 0;
    d->turn = !d->turn;
    for (size_t c = d->first_chunk; c < d->end_chunk; c++)
        partial[c] = of(x, y, c * CHUNK, nu_smaller((c + 1) * CHUNK, l->job.net->size));
    wait(d);
    for (size_t c = 0; c < l->chunks; c++)
        result = of != l->vectors->most_abs ? result + partial[c]
                 : isnan(result) || partial[c] <= result ? result : partial[c];
    return result;
}

static double dot(doing *d, const void *x, const void *y)
{
    return reduce(d, d->l->vectors->dot, x, y);
}

/* Loss and gradient at the weights. Weight decay is a part of what is minimised, and in no reported
 * loss. */
static void measure(doing *d)
{
    const nu_lbfgs *l = d->l;
    double decay = l->job.optimizer->weight_decay;
    d->correct = 0;
    l->numeric->engine_rows(l->engine, 0, d->thread, d->threads);
    d->loss = l->numeric->engine_loss(l->engine, 0, &d->correct);
    l->numeric->engine_update(l->engine, 0, NULL, d->thread, d->threads);
    d->objective = l->job.units != NULL ? d->loss / l->job.units[0] : d->loss;
    if (decay == 0)
        return;
    combine(d, l->gradient, 1, l->gradient, decay, l->job.params);
    d->objective += decay / 2 * dot(d, l->job.params, l->job.params);
}

/* ---- Line search --------------------------------------------------------------------------- */

/* So many directions from the start: what is minimised, and its slope along the direction. */
typedef struct point {
    double t, f, slope;
} point;

/* Goes there. What is not finite is as high as can be. */
static point evaluate(doing *d, double t)
{
    nu_lbfgs *l = d->l;
    combine(d, l->job.params, 1, vector(l, START), t, vector(l, DIRECTION));
    wait(d);
    l->numeric->engine_refresh(l->engine, d->thread, d->threads);
    wait(d);
    measure(d);
    d->at = t;
    point p = {t, d->objective, dot(d, l->gradient, vector(l, DIRECTION))};
    if (!isfinite(p.f) || !isfinite(p.slope))
        p.f = INFINITY;
    return p;
}

/* Where the cubic through two points is lowest, within bounds. */
static double cubic(point a, point b, double least, double most)
{
    double d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t);
    double d2 = sqrt(d1 * d1 - a.slope * b.slope);
    if (a.t > b.t) {
        point first = b;
        b = a;
        a = first;
    }
    double t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2));
    return isnan(t) ? (least + most) / 2 : t < least ? least : t > most ? most : t;
}

static int is_low(const point *start, const point *p)
{
    return p->f <= start->f + ENOUGH_FALL * p->t * start->slope;
}

static int is_flat(const point *start, const point *p)
{
    return fabs(p->slope) <= -ENOUGH_FLATTER * start->slope;
}

/* Between two points, the first of them the lower one; `reach` is the largest element of the
 * direction. Algorithm 3.6. */
static point zoom(doing *d, const point *start, point low, point high, int tries, double reach)
{
    int is_close = 0;
    while (tries++ < MOST_TRIES && fabs(high.t - low.t) * reach >= LEAST_CHANGE) {
        double least = fmin(low.t, high.t), most = fmax(low.t, high.t), edge = (most - least) * 0.1;
        double t = cubic(low, high, least, most);
        int was_close = is_close;
        is_close = fmin(most - t, t - least) < edge;
        if (is_close && (was_close || t >= most || t <= least)) {
            t = fabs(t - most) < fabs(t - least) ? most - edge : least + edge;
            is_close = 0;
        }
        point p = evaluate(d, t);
        if (!is_low(start, &p) || p.f >= low.f) {
            high = p.f < low.f ? low : p;
            low = p.f < low.f ? p : low;
            continue;
        }
        if (is_flat(start, &p))
            return p;
        if (p.slope * (high.t - low.t) >= 0)
            high = low;
        low = p;
    }
    return low;
}

/* Algorithm 3.5. The weights need not be at what is returned. */
static point search(doing *d, const point *start, double t, double reach)
{
    point before = *start, p = evaluate(d, t);
    int tries = 0;
    while (tries < MOST_TRIES) {
        if (!is_low(start, &p) || (tries > 1 && p.f >= before.f))
            break;
        if (is_flat(start, &p))
            return p;
        if (p.slope >= 0)
            break;
        t = cubic(before, p, p.t + 0.01 * (p.t - before.t), p.t * 10);
        before = p;
        p = evaluate(d, t);
        tries++;
    }
    if (tries == MOST_TRIES)
        before = *start;
    return before.f <= p.f ? zoom(d, start, before, p, tries, reach)
                           : zoom(d, start, p, before, tries, reach);
}

/* ---- Iterations ---------------------------------------------------------------------------- */

/* Minus the gradient times the inverse Hessian that the pairs tell. Algorithm 7.4. */
static void find_direction(doing *d)
{
    const nu_lbfgs *l = d->l;
    const nu_lbfgs_memory *m = &d->m;
    void *q = vector(l, DIRECTION);
    double alpha[NU_LBFGS_PAIRS];
    combine(d, q, -1, l->gradient, 0, l->gradient);
    for (size_t i = m->pairs; i-- > 0;) {
        size_t k = nu_lbfgs_slot(m, i);
        alpha[k] = dot(d, nu_lbfgs_vector(l, k, 0), q) * m->inverse[k];
        combine(d, q, 1, q, -alpha[k], nu_lbfgs_vector(l, k, 1));
    }
    if (m->pairs > 0)
        combine(d, q, m->scale, q, 0, q);
    for (size_t i = 0; i < m->pairs; i++) {
        size_t k = nu_lbfgs_slot(m, i);
        double beta = dot(d, nu_lbfgs_vector(l, k, 1), q) * m->inverse[k];
        combine(d, q, 1, q, alpha[k] - beta, nu_lbfgs_vector(l, k, 0));
    }
}

/* The pair of a step of t directions, in the place of the oldest where there is no more room. */
static void keep_pair(doing *d, double t)
{
    const nu_lbfgs *l = d->l;
    nu_lbfgs_memory *m = &d->m;
    void *s = vector(l, START), *y = vector(l, BEFORE);
    combine(d, y, 1, l->gradient, -1, y);
    combine(d, s, t, vector(l, DIRECTION), 0, s);
    double curvature = dot(d, y, s);
    if (!(curvature > LEAST_CURVATURE))
        return;
    size_t k = nu_lbfgs_slot(m, m->pairs);
    if (m->pairs == NU_LBFGS_PAIRS)
        m->first = (m->first + 1) % NU_LBFGS_PAIRS;
    else
        m->pairs++;
    m->inverse[k] = 1 / curvature;
    m->scale = curvature / dot(d, y, y);
    combine(d, nu_lbfgs_vector(l, k, 0), 1, s, 0, s);
    combine(d, nu_lbfgs_vector(l, k, 1), 1, y, 0, y);
}

/* From weights whose gradient is known. Where no step helps the pairs are forgotten, so that the
 * next iteration follows the gradient. */
static void move(doing *d)
{
    const nu_lbfgs *l = d->l;
    double lr = l->job.optimizer->lr;
    if (reduce(d, l->vectors->most_abs, l->gradient, NULL) <= LEAST_GRADIENT)
        return;
    combine(d, vector(l, START), 1, l->job.params, 0, l->job.params);
    combine(d, vector(l, BEFORE), 1, l->gradient, 0, l->gradient);
    find_direction(d);
    double t = lr;
    if (d->m.pairs == 0)
        t *= fmin(1, 1 / reduce(d, l->vectors->sum_abs, l->gradient, NULL));
    point start = {0, d->objective, dot(d, l->gradient, vector(l, DIRECTION))};
    if (!(start.slope <= -LEAST_CHANGE)) {
        d->m.pairs = 0;
        return;
    }
    double reach = reduce(d, l->vectors->most_abs, vector(l, DIRECTION), NULL);
    point end = search(d, &start, t, reach);
    if (end.t != d->at)
        evaluate(d, end.t);
    if (end.t > 0)
        keep_pair(d, end.t);
    else
        d->m.pairs = 0;
}

double nu_lbfgs_iterate(nu_lbfgs *l, nu_lbfgs_memory *memory, double *correct, int thread,
                        int threads)
{
    doing d = {.l = l, .m = *memory, .thread = thread, .threads = threads, .loss = l->loss,
               .objective = l->objective, .correct = l->correct};
    nu_team_share(l->chunks, thread, threads, &d.first_chunk, &d.end_chunk);
    d.first = d.first_chunk * CHUNK;
    d.end = nu_smaller(d.end_chunk * CHUNK, l->job.net->size);
    if (!l->is_known)
        measure(&d);
    double loss = d.loss;
    *correct = d.correct;
    if (isfinite(loss))
        move(&d);
    wait(&d);
    if (thread == 0) {
        *memory = d.m;
        l->is_known = 1;
        l->loss = d.loss;
        l->objective = d.objective;
        l->correct = d.correct;
    }
    wait(&d);
    return loss;
}
