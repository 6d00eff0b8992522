#include "scale/points.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "quantiles.h"
#include "scale/analyse.h"
#include "scale/peer.h"
#include "signals.h"
#include "support/say.h"
#include "text.h"

/* A run is long enough for the scheduler's grain, and short enough for many rounds. */
#define LONGEST_RUN 1.0
enum { USUAL_ROUNDS = 20, LEAST_ROUNDS = 10, MOST_ROUNDS = 1000 };

/* A warmed-up run of this length tells how long an epoch takes. */
#define CALIBRATION_SECONDS 0.05

/* The square whose products are the peak, and for how long: as two runs are, within these. */
enum { SQUARE = 512 };
#define LONGEST_PEAK 0.2
#define SHORTEST_PEAK 0.01

/* Clock readings that cost more of a step are told. */
#define MOST_CLOCK_COST 0.05

typedef struct measuring {
    scale_study *study;
    const scale_setup *setup;
    const scale_jobs *jobs;
    double *epoch; /* of each point: seconds of one */
    double begin;
    size_t done;   /* runs */
    unsigned short random[3]; /* for nrand48() */
    watcher *watcher;
} measuring;

static void live(const measuring *m, const char *what, const scale_point *p)
{
    char text[SCALE_POINT_TEXT];
    if (!m->setup->quiet)
        live_line("%s, %s", what, scale_point_text(text, m->study, p));
}

/* ---- One run --------------------------------------------------------------------------- */

typedef struct once {
    double seconds, step;
    double to_loss; /* NaN: not reached */
    size_t epochs;
    uint64_t hash;
    nudge_phases phases;
    double target, so_far; /* what the callbacks know */
} once;

static int on_epoch(const nudge_epoch *e, void *user)
{
    once *o = user;
    double loss = e->has_val ? e->val_loss : e->train_loss;
    o->so_far += e->seconds;
    if (loss <= o->target) /* never with NaN */
        o->to_loss = o->so_far;
    return !isnan(o->to_loss) || nu_signal_caught();
}

static int on_progress(const nudge_progress *progress, void *user)
{
    (void)progress, (void)user;
    return nu_signal_caught() != 0;
}

/* Trains point i for `epochs`, or by the peer. `target`: NaN for none. `steps` may be NULL.
 * Returns 0 if it was interrupted. */
static int train(measuring *m, size_t i, size_t epochs, double target, int profile,
                 nudge_steps *steps, once *o)
{
    const scale_job *job = &m->jobs->job[i];
    const scale_point *p = &m->study->points[i];
    nudge_train_options options = scale_train_options(m->jobs, i, p);
    nudge_train_result r = {0};
    nudge_model *model = NULL;
    nudge_error err;
    *o = (once){.to_loss = NAN, .target = target, .epochs = epochs};
    if (p->is_peer)
        return scale_run_peer(&o->seconds, &o->step, m->study->peer, job->variant, epochs);
    options.epochs = epochs;
    options.profile = profile;
    options.steps = steps;
    options.on_epoch = on_epoch;
    options.on_progress = on_progress;
    options.user = o;
    scale_must(train_setup_model(&model, &job->variant->train, job->prep, &err), m->study, p, &err);
    nudge_status status = nudge_train(model, job->train, job->val, &options, &r, &err);
    if (status == NUDGE_EDIVERGED)
        snprintf(err.text, sizeof err.text, "training diverged: the loss became non-finite in "
                 "epoch %zu, batch %zu; try a smaller --lr (it is %g)", r.diverged_epoch,
                 r.diverged_batch, options.optimizer.lr);
    int whole = status == NUDGE_OK || !isnan(o->to_loss);
    if (status != NUDGE_ESTOPPED)
        scale_must(status, m->study, p, &err);
    o->epochs = r.epochs;
    o->seconds = fmax(r.train_seconds, 1e-9); /* less than the clock can tell */
    o->step = o->seconds / (double)(r.epochs * scale_batches(p));
    o->hash = nudge_model_hash(model);
    o->phases = r.phases;
    nudge_model_free(model);
    return whole;
}

/* ---- Before the rounds ----------------------------------------------------------------- */

/* Warms up, and finds how long an epoch takes. The first steps are slow: what they say is not
 * believed beyond a factor of 100. */
static void calibrate(measuring *m, size_t i)
{
    double want = m->setup->epochs > 0
                      ? 0 : fmin(CALIBRATION_SECONDS, m->study->seconds_asked / USUAL_ROUNDS);
    size_t epochs = 1;
    int whole;
    once o;
    do {
        whole = train(m, i, epochs, NAN, 0, NULL, &o);
        m->epoch[i] = o.seconds / (double)o.epochs;
        epochs = (size_t)fmin(ceil((double)epochs * fmin(2 * want / o.seconds, 100)), UINT32_MAX);
    } while (whole && o.seconds < want);
}

/* Points of one setting run the same epochs, so that their weights can be compared: those that
 * make the mean of their runs as long as is wanted. */
static void choose_epochs(measuring *m)
{
    scale_study *s = m->study;
    double rounds = m->setup->repeats > 0 ? (double)m->setup->repeats : USUAL_ROUNDS;
    double each = fmin(m->study->seconds_asked / rounds / (double)s->n_points, LONGEST_RUN);
    for (size_t i = 0; i < s->n_points; i++) {
        double sum = 0, n = 0;
        for (size_t j = 0; j < s->n_points; j++)
            if (s->points[j].setting == s->points[i].setting) {
                sum += m->epoch[j];
                n++;
            }
        s->points[i].epochs = m->setup->epochs > 0
                                  ? m->setup->epochs
                                  : (size_t)fmin(fmax(round(each * n / sum), 1), UINT32_MAX);
    }
}

static void profile(measuring *m, size_t i)
{
    scale_point *p = &m->study->points[i];
    once o;
    if (!train(m, i, p->epochs, m->study->target_loss, 1, NULL, &o))
        return;
    memcpy(p->phases, o.phases.seconds, sizeof p->phases);
    p->epochs = o.epochs; /* fewer than asked for where the target loss is reached earlier */
    p->steps = o.epochs * scale_batches(p);
    p->to_loss_epochs = isnan(o.to_loss) ? NAN : (double)o.epochs;
}

static void describe_steps(scale_steps *single, const nudge_steps *steps, int threads)
{
    size_t *last = need(calloc((size_t)threads, sizeof *last));
    single->n = steps->n;
    single->seconds = need(calloc(steps->n + 1, sizeof *single->seconds));
    for (size_t k = 0; k < steps->n; k++) {
        single->seconds[k] = steps->step[k].seconds;
        last[steps->step[k].last_thread]++;
    }
    for (int t = 0; t < threads; t++)
        if (last[t] > last[single->last_thread])
            single->last_thread = t;
    if (steps->n > 0) {
        nu_sort_reals(single->seconds, steps->n);
        single->p50 = nu_quantile(single->seconds, steps->n, 0.5);
        single->p95 = nu_quantile(single->seconds, steps->n, 0.95);
        single->p99 = nu_quantile(single->seconds, steps->n, 0.99);
        single->last_share = (double)last[single->last_thread] / (double)steps->n;
        single->clock_cost = steps->clock_seconds / single->p50;
    }
    free(last);
}

static void time_steps(measuring *m, size_t i)
{
    char text[SCALE_POINT_TEXT];
    scale_point *p = &m->study->points[i];
    nudge_steps steps = {.room = SCALE_STEPS};
    once o;
    steps.step = need(calloc(steps.room, sizeof *steps.step));
    if (train(m, i, p->epochs, m->study->target_loss, 0, &steps, &o))
        describe_steps(&p->single, &steps, p->threads);
    if (p->single.clock_cost > MOST_CLOCK_COST)
        scale_note(m->study, "%s: single steps are longer by the %.0f %% that reading the clock "
                   "takes", scale_point_text(text, m->study, p), 100 * p->single.clock_cost);
    free(steps.step);
}

/* Once for each number of threads that run at a time, and dtype. */
static void measure_peak(measuring *m, size_t i)
{
    scale_study *s = m->study;
    scale_point *p = &s->points[i];
    nudge_dtype dtype = m->jobs->job[i].variant->train.dtype;
    nudge_measurement rate;
    nudge_error err;
    for (size_t j = 0; j < i && isnan(p->gemm_peak); j++)
        if ((s->points[j].threads == p->threads || p->oversubscribed) && !s->points[j].is_peer &&
            m->jobs->job[j].variant->train.dtype == dtype)
            p->gemm_peak = s->points[j].gemm_peak;
    int threads = p->oversubscribed ? s->cores : p->threads;
    double seconds = fmin(2 * m->epoch[i] * (double)p->epochs, LONGEST_PEAK);
    if (!isnan(p->gemm_peak))
        return;
    scale_must(nudge_bench_gemm(&rate, dtype, NUDGE_GEMM_NN, SQUARE, SQUARE, SQUARE, threads,
                                m->jobs->cpus, fmax(seconds, SHORTEST_PEAK), &err), s, p, &err);
    p->gemm_peak = rate.best;
}

static void prepare_all(measuring *m)
{
    scale_study *s = m->study;
    for (size_t i = 0; i < s->n_points && !nu_signal_caught(); i++) {
        live(m, "warming up", &s->points[i]);
        calibrate(m, i);
    }
    choose_epochs(m);
    for (size_t i = 0; i < s->n_points && !nu_signal_caught(); i++) {
        scale_point *p = &s->points[i];
        live(m, "phases and single steps", p);
        p->steps = p->epochs * scale_batches(p);
        if (p->is_peer)
            continue;
        measure_peak(m, i);
        profile(m, i);
        time_steps(m, i);
    }
}

/* ---- Rounds ---------------------------------------------------------------------------- */

static void run_point(measuring *m, size_t i)
{
    scale_point *p = &m->study->points[i];
    once o;
    double at = watch_now() - m->begin;
    watch_start(m->watcher);
    int whole = train(m, i, p->epochs, m->study->target_loss, 0, NULL, &o);
    watch_result watch = watch_stop(m->watcher);
    if (!whole)
        return;
    p->runs = need(realloc(p->runs, (p->n + 1) * sizeof *p->runs));
    p->runs[p->n++] = (scale_run){.order = m->done++, .at = at, .seconds = o.seconds,
                                  .step = o.step, .to_loss = o.to_loss, .hash = o.hash,
                                  .watch = watch};
}

/* All points once, in a random order (Fisher and Yates). */
static void run_round(measuring *m, size_t *order, const char *what)
{
    size_t n = m->study->n_points;
    for (size_t i = 0; i < n; i++) {
        size_t j = (size_t)nrand48(m->random) % (i + 1); /* i is tiny beside 2^31 */
        order[i] = order[j];
        order[j] = i;
    }
    for (size_t i = 0; i < n && !nu_signal_caught(); i++) {
        live(m, what, &m->study->points[order[i]]);
        run_point(m, order[i]);
    }
}

/* Whether the study is at its end after so many rounds, which took so long; study->ended says
 * why. */
static int is_enough(scale_study *study, const scale_setup *setup, size_t rounds, double seconds)
{
    study->ended = SCALE_INTERRUPTED;
    if (nu_signal_caught())
        return 1;
    study->ended = SCALE_ROUNDS;
    if (setup->repeats > 0)
        return rounds >= setup->repeats;
    study->ended = SCALE_PRECISE;
    if (rounds >= LEAST_ROUNDS) {
        scale_analyse(study);
        if (scale_precise(study))
            return 1;
    }
    study->ended = SCALE_TIME_UP;
    return rounds >= MOST_ROUNDS || seconds + seconds / (double)rounds > study->seconds_asked;
}

static void run_rounds(measuring *m)
{
    size_t *order = need(calloc(m->study->n_points, sizeof *order)), repeats = m->setup->repeats;
    double begin = watch_now(), passed = 0;
    char left[NU_TEXT], what[64];
    for (size_t round = 1; round == 1 || !is_enough(m->study, m->setup, round - 1, passed);
         round++) {
        if (repeats > 0)
            snprintf(what, sizeof what, "round %zu of %zu", round, repeats);
        else
            snprintf(what, sizeof what, "round %zu, at most %s left", round,
                     nu_seconds_text(left, ceil(fmax(m->study->seconds_asked - passed, 1))));
        run_round(m, order, what);
        passed = watch_now() - begin;
    }
    free(order);
}

void scale_measure(scale_study *study, const scale_setup *setup, const scale_jobs *jobs)
{
    measuring m = {.study = study, .setup = setup, .jobs = jobs, .begin = watch_now(),
                   .watcher = watcher_new()};
    time_t started = time(NULL);
    struct tm utc;
    for (int i = 0; i < 3; i++)
        m.random[i] = (unsigned short)(study->seed >> 16 * i);
    strftime(study->started, sizeof study->started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&started, &utc));
    m.epoch = need(calloc(study->n_points, sizeof *m.epoch));
    prepare_all(&m);
    run_rounds(&m);
    live_line_clear();
    for (size_t i = study->n_points; i-- > 0;)
        if (study->points[i].n == 0)
            scale_remove_point(study, i);
    scale_judge(study);
    study->seconds = watch_now() - m.begin;
    free(m.watcher);
    free(m.epoch);
}
