#include "scale/run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scale/live.h"
#include "scale/pulse.h"
#include "scale/rates.h"
#include "scale/watch.h"
#include "support/say.h"
#include "support/text_table.h"

/* Calibration believes an epoch's time if it was measured for this long. */
#define CALIBRATION_SECONDS 0.1

/* A repeat shorter than this is told: the clock's and the scheduler's grain show in it. */
#define SHORT_REPEAT 0.01

typedef struct run {
    scale_study *study;
    const scale_setup *setup;
    scale_job *job;          /* points: what a repeat trains */
    double *epoch;           /* points: seconds of one */
    double *repeat;          /* points: seconds that a repeat will take */
    double begin;
    size_t done;             /* repeats */
    unsigned short random[3]; /* for nrand48() */
    scale_pulse pulse;
    scale_watcher *watcher;
} run;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- One training run ------------------------------------------------------------------ */

static int diverged(const run *r, const scale_job *job, const scale_once *once)
{
    char text[SCALE_POINT_TEXT];
    say(r->setup->command, "%s: training diverged: the loss became non-finite in epoch %zu, batch "
        "%zu; try a smaller --lr (it is %g)", scale_describe_point(text, r->study, job->point),
        once->diverged_epoch, once->diverged_batch, r->setup->train.train.optimizer.lr);
    return EXIT_RUN_FAILED;
}

static int train(run *r, const scale_job *job, scale_once *once)
{
    nudge_error err;
    switch (scale_train_once(once, job, &err)) {
    case NUDGE_OK: return EXIT_DONE;
    case NUDGE_ESTOPPED: return EXIT_INTERRUPTED;
    case NUDGE_EDIVERGED: return diverged(r, job, once);
    default: return scale_point_fail(r->study, job, &err);
    }
}

/* ---- Calibration ----------------------------------------------------------------------- */

/* Warms up, and finds how long an epoch takes. */
static int calibrate_point(run *r, size_t i)
{
    /* Of a NaN, with --epochs, and a number fmin() takes the number. */
    double want = fmin(CALIBRATION_SECONDS, r->setup->seconds / (double)r->setup->repeats);
    scale_job job = r->job[i];
    scale_once once;
    job.epochs = 1;
    job.target_loss = NAN;
    for (;;) {
        int status = train(r, &job, &once);
        if (status != EXIT_DONE)
            return status;
        r->epoch[i] = once.seconds / (double)once.epochs;
        if (once.seconds >= want / 2)
            return EXIT_DONE;
        /* The first steps are slow: what they say is not believed beyond a factor of 100. */
        double factor = fmin(want / once.seconds, 100);
        job.epochs = (size_t)fmin(ceil((double)job.epochs * factor), UINT32_MAX);
    }
}

/* The epochs of points i to end - 1, which share a value: as many as make the mean over these
 * points of a repeat's time what was asked for. */
static void choose_epochs(run *r, size_t i, size_t end)
{
    double sum = 0, each = r->setup->seconds / (double)r->setup->repeats;
    size_t epochs = r->setup->epochs;
    for (size_t j = i; j < end; j++)
        sum += r->epoch[j];
    if (epochs == 0)
        epochs = (size_t)fmin(fmax(round(each * (double)(end - i) / sum), 1), UINT32_MAX);
    for (; i < end; i++) {
        scale_point *p = &r->study->points[i];
        r->job[i].epochs = p->epochs = epochs;
        r->repeat[i] = (double)epochs * r->epoch[i];
    }
}

static int calibrate(run *r)
{
    char text[SCALE_POINT_TEXT];
    size_t n = r->study->n_points, first = 0;
    for (size_t i = 0; i < n; i++) {
        scale_live("warming up, %s", scale_describe_point(text, r->study, &r->study->points[i]));
        int status = calibrate_point(r, i);
        if (status != EXIT_DONE)
            return status;
    }
    for (size_t i = 1; i <= n; i++)
        if (i == n || r->study->points[i].value != r->study->points[first].value) {
            choose_epochs(r, first, i);
            first = i;
        }
    return EXIT_DONE;
}

/* ---- Phases and the loss on the way ---------------------------------------------------- */

static nudge_phases per_step(const nudge_phases *p, double steps)
{
    return (nudge_phases){.pack = p->pack / steps,
                          .forward = p->forward / steps,
                          .loss = p->loss / steps,
                          .backward = p->backward / steps,
                          .update = p->update / steps,
                          .wait = p->wait / steps};
}

static int profile_point(run *r, size_t i)
{
    enum { CURVE_POINTS = 60 };
    scale_point *p = &r->study->points[i];
    scale_job job = r->job[i];
    scale_once once;
    job.profile = 1;
    job.curve = &p->curve;
    job.curve_seconds = r->repeat[i] / CURVE_POINTS;
    int status = train(r, &job, &once);
    if (status != EXIT_DONE)
        return status;
    double steps = once.seconds / once.step;
    p->epochs = once.epochs; /* fewer than asked for where the target loss is reached earlier */
    p->steps = (size_t)round(steps);
    p->phases = per_step(&once.phases, steps);
    p->phases_step = once.step;
    p->to_loss_epochs = isnan(once.to_loss) ? NAN : (double)once.epochs;
    r->repeat[i] = once.seconds;
    return EXIT_DONE;
}

static int profile(run *r)
{
    char text[SCALE_POINT_TEXT];
    for (size_t i = 0; i < r->study->n_points; i++) {
        scale_live("phases, %s", scale_describe_point(text, r->study, &r->study->points[i]));
        int status = profile_point(r, i);
        if (status != EXIT_DONE)
            return status;
    }
    return EXIT_DONE;
}

/* ---- Repeats --------------------------------------------------------------------------- */

static double seconds_of_all(const run *r)
{
    double sum = 0;
    for (size_t i = 0; i < r->study->n_points; i++)
        sum += r->repeat[i] * (double)(r->setup->repeats - r->study->points[i].n);
    return sum;
}

static void show(const run *r, const scale_point *p)
{
    char text[SCALE_POINT_TEXT], left[NU_TEXT];
    scale_live("repeat %zu of %zu, %s, about %s left", r->done + 1,
               r->setup->repeats * r->study->n_points, scale_describe_point(text, r->study, p),
               nu_seconds_text(left, ceil(seconds_of_all(r))));
}

static int repeat_point(run *r, size_t i)
{
    scale_point *p = &r->study->points[i];
    scale_repeat *repeat = &p->repeats[p->n];
    scale_once once;
    show(r, p);
    *repeat = (scale_repeat){.order = r->done, .pulse = scale_pulse_time(&r->pulse)};
    repeat->at = now() - r->begin;
    scale_watch_start(r->watcher);
    int status = train(r, &r->job[i], &once);
    scale_watch_stop(r->watcher, &repeat->watch);
    if (status != EXIT_DONE)
        return status;
    repeat->seconds = once.seconds;
    repeat->step = once.step;
    repeat->hash = once.hash;
    repeat->to_loss = once.to_loss;
    p->n++;
    r->done++;
    return EXIT_DONE;
}

/* A random order of 0 to n - 1 (Fisher and Yates). */
static void shuffle(size_t *order, size_t n, unsigned short random[3])
{
    for (size_t i = 0; i < n; i++) {
        size_t j = (size_t)nrand48(random) % (i + 1); /* i is tiny beside 2^31 */
        order[i] = order[j];
        order[j] = i;
    }
}

static int repeat_all(run *r)
{
    scale_study *study = r->study;
    size_t *order = need(calloc(study->n_points, sizeof *order));
    int status = EXIT_DONE;
    for (size_t i = 0; i < study->n_points; i++)
        study->points[i].repeats = need(calloc(r->setup->repeats, sizeof(scale_repeat)));
    for (size_t round = 0; status == EXIT_DONE && round < r->setup->repeats; round++) {
        shuffle(order, study->n_points, r->random);
        for (size_t i = 0; status == EXIT_DONE && i < study->n_points; i++)
            status = scale_interrupted() ? EXIT_INTERRUPTED : repeat_point(r, order[i]);
    }
    free(order);
    return status;
}

/* ---- The whole ------------------------------------------------------------------------- */

static void announce(const run *r)
{
    char time[NU_TEXT];
    const scale_study *s = r->study;
    size_t profiles = s->n_points;
    double seconds = seconds_of_all(r);
    for (size_t i = 0; i < profiles; i++)
        seconds += r->repeat[i];
    scale_tell("plan: %zu point%s, %zu repeat%s of each in random order (seed %llu); %s %s",
               s->n_points, s->n_points == 1 ? "" : "s", r->setup->repeats,
               r->setup->repeats == 1 ? "" : "s",
               (unsigned long long)r->setup->train.train.seed,
               isnan(r->setup->to_loss) ? "about" : "at most",
               nu_seconds_text(time, ceil(seconds)));
}

/* Seconds that a point is measured for, on average. */
static double budget_of(const run *r)
{
    return seconds_of_all(r) / (double)r->study->n_points;
}

static int rates(run *r, double budget)
{
    nudge_error err;
    if (scale_rates_measure(r->study, r->setup->train.dtype, budget, &err) != NUDGE_OK)
        return fail(r->setup->command, &err);
    return scale_interrupted() ? EXIT_INTERRUPTED : EXIT_DONE;
}

static int measure(run *r)
{
    nudge_error err;
    if (scale_pulse_start(&r->pulse, &err) != NUDGE_OK)
        return fail(r->setup->command, &err);
    int status = calibrate(r);
    if (status != EXIT_DONE)
        return status;
    double budget = budget_of(r);
    announce(r);
    if ((status = rates(r, budget)) != EXIT_DONE || (status = profile(r)) != EXIT_DONE ||
        (status = repeat_all(r)) != EXIT_DONE)
        return status;
    /* Ctrl-C from here on takes nothing away but the second look at the machine. */
    status = rates(r, budget);
    return status == EXIT_INTERRUPTED ? EXIT_DONE : status;
}

static void take_stock(run *r)
{
    scale_study *s = r->study;
    double shortest = INFINITY;
    for (size_t i = 0; i < s->n_points;)
        if (s->points[i].n == 0)
            scale_remove_point(s, i);
        else
            i++;
    for (size_t i = 0; i < s->n_points; i++)
        for (size_t j = 0; j < s->points[i].n; j++)
            shortest = fmin(shortest, s->points[i].repeats[j].seconds);
    if (shortest < SHORT_REPEAT)
        scale_note(s, "the shortest repeat took %.2g ms, little beside the scheduler's grain; more "
                   "--seconds or --epochs make times surer", 1e3 * shortest);
    scale_judge_watches(s, r->watcher);
    s->seconds = now() - r->begin;
}

int scale_run(scale_study *study, const scale_setup *setup, scale_jobs *jobs)
{
    run r = {.study = study, .setup = setup, .job = jobs->job, .begin = now()};
    uint64_t seed = setup->train.train.seed;
    r.watcher = scale_watcher_new(NULL);
    time_t started = time(NULL);
    struct tm utc;
    for (int i = 0; i < 3; i++)
        r.random[i] = (unsigned short)(seed >> 16 * i);
    strftime(study->started, sizeof study->started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&started, &utc));
    r.epoch = need(calloc(study->n_points, sizeof *r.epoch));
    r.repeat = need(calloc(study->n_points, sizeof *r.repeat));
    int status = measure(&r);
    study->interrupted = status == EXIT_INTERRUPTED;
    if (status == EXIT_DONE || status == EXIT_INTERRUPTED)
        take_stock(&r);
    scale_watcher_free(r.watcher);
    scale_pulse_end(&r.pulse);
    free(r.epoch);
    free(r.repeat);
    return status;
}
