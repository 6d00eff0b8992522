/* Studies made up for tests: numbers that look like a machine's, computed from formulas. */
#ifndef NUDGE_TESTS_MADE_STUDY_H
#define NUDGE_TESTS_MADE_STUDY_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "scale/scale.h"

#define MADE_TITLE "784-128-10 <b>, adam & \"batch\" 'x', 60000 rows, f32"
#define MADE_COMMAND \
    "nudge scale --data 'a&b.csv' --title \"<script>alert(1)</script>\" --threads 1,2,4,8"

static inline void *made_memory(size_t n, size_t size)
{
    void *memory = calloc(n, size);
    ck_assert_ptr_nonnull(memory);
    return memory;
}

static inline char *made_text(const char *text)
{
    char *copy = strdup(text);
    ck_assert_ptr_nonnull(copy);
    return copy;
}

static inline scale_estimate made_estimate(double value, double part)
{
    return (scale_estimate){value, value * (1 - part), value * (1 + part), 0.95};
}

/* n repeats, each a third of a percent longer than the one before; the last is an outlier. */
static inline void made_repeats(scale_point *p, size_t n, size_t order)
{
    p->n = n;
    p->repeats = made_memory(n, sizeof *p->repeats);
    for (size_t k = 0; k < n; k++) {
        double step = p->step.value * (1 + ((double)k - (double)(n / 2)) / 300);
        p->repeats[k] = (scale_repeat){
            .order = order + 7 * k % n, .at = 1.25 * (double)k + 0.1, .step = step,
            .seconds = step * (double)p->steps, .pulse = 0.0101 + 1e-5 * (double)k,
            .watch = {1.3, 0.02, 0.001, 0, 2400.5, 3}, .outlier = k + 1 == n,
            .disturbed = k == 0, .hash = 0x0123456789abcdefu, .to_loss = 0.4 + 0.01 * (double)k};
    }
}

static inline void made_curve(scale_point *p, size_t n)
{
    p->curve.n = n;
    p->curve.seconds = made_memory(n, sizeof(double));
    p->curve.epochs = made_memory(n, sizeof(double));
    p->curve.loss = made_memory(n, sizeof(double));
    for (size_t k = 0; k < n; k++) {
        double epochs = 4.0 * (double)(k + 1) / (double)n;
        p->curve.epochs[k] = epochs;
        p->curve.seconds[k] = epochs / 4 * p->step.value * (double)p->steps;
        p->curve.loss[k] = 0.05 + 2.2 * exp(-2 * epochs);
    }
}

/* A point of a network 784-128-10 whose step takes 20 us and 6 us a sample, on USL threads. */
static inline scale_point made_point(int threads, size_t value, size_t batch, size_t n,
                                     size_t order)
{
    const double sigma = 0.03, kappa = 0.002;
    double p = threads, speedup = p / (1 + sigma * (p - 1) + kappa * p * (p - 1));
    double one = 20e-6 + 6e-6 * (double)batch, step = one / speedup, lost = 1 - speedup / p;
    scale_point point = {
        .threads = threads, .oversubscribed = threads > 8, .value = value, .batch = batch,
        .rows = 60000, .layers = 2, .network = made_text("784-128-10"), .epochs = 4,
        .steps = 4 * ((60000 + batch - 1) / batch), .flops = 6e5 * (double)batch,
        .bytes = 3.3e6 + 8e3 * (double)batch, .parameters = 101770, .memory = 196000000,
        .predicted = 1.07 * step, .step = made_estimate(step, 0.011),
        .rate = made_estimate((double)batch / step, 0.011),
        .speedup = made_estimate(speedup, 0.02), .efficiency = made_estimate(speedup / p, 0.02),
        .karp_flatt = threads > 1 ? (1 / speedup - 1 / p) / (1 - 1 / p) : NAN,
        .to_loss = SCALE_UNKNOWN, .to_loss_epochs = NAN,
        .phases = {0.07 * one, 0.3 * one, 0.03 * one, 0.4 * one, 0.2 * one * (1 + 0.02 * p),
                   step * p - one * (1 + 0.004 * p)},
        .phases_step = 1.02 * step,
        .lost = {0, 0, 0, 0, 0.25 * lost, 0.7 * lost}, .lost_rest = 0.05 * lost,
        .gemm_peak = 120e9 * p / (1 + 0.02 * p), .copy_peak = 26e9 * p / (1 + 0.3 * p)};
    if (threads == 1) {
        point.phases.wait = 0;
        point.lost = (nudge_phases){.seconds = {NAN, NAN, NAN, NAN, NAN, NAN}};
        point.lost_rest = NAN;
    }
    point.widths = made_memory(3, sizeof *point.widths);
    memcpy(point.widths, (size_t[]){784, 128, 10}, 3 * sizeof *point.widths);
    made_repeats(&point, n, order);
    return point;
}

static inline scale_study made_study(scale_mode mode, const char *name, const char *value)
{
    json_t *environment = json_pack(
        "{s:{s:s, s:i}, s:f, s:[s, s], s:n, s:b, s:[{s:i}, {s:i}]}", "cpu", "model",
        "Xeon <Gold> & \"co\"", "cores", 8, "memory_gb", 31.25, "flags", "avx2", "avx512f",
        "governor", "turbo", 1, "caches", "kb", 48, "kb", 2048);
    ck_assert_ptr_nonnull(environment);
    return (scale_study){
        .mode = mode, .mode_name = name, .value_name = value, .command = made_text(MADE_COMMAND),
        .title = made_text(MADE_TITLE), .data = made_text("synth:teacher,rows=60000"),
        .target_loss = NAN, .repeats = 5, .level = 0.95, .seconds = 312.5,
        .started = "2025-01-02T03:04:05Z", .cores = 8, .identical = 1,
        .environment = environment};
}

static inline void made_prediction(scale_model *m, double x, double step, double speedup,
                                   double measured, int left_out)
{
    double part = isfinite(measured) ? 0.02 : 0.12;
    m->predictions = realloc(m->predictions, (m->n_predictions + 1) * sizeof *m->predictions);
    ck_assert_ptr_nonnull(m->predictions);
    m->predictions[m->n_predictions++] = (scale_prediction){
        x, made_estimate(step, part),
        isfinite(speedup) ? made_estimate(speedup, part) : SCALE_UNKNOWN, measured, left_out, 1};
}

/* Amdahl's law (kappa 0) or USL over 1 to 32 threads. */
static inline scale_model made_law(const char *name, size_t fixed, double one, double sigma,
                                   double kappa)
{
    scale_model m = {.name = name, .formula = "S(p) = p / (1 + sigma (p - 1) + kappa p (p - 1))",
                     .source = "Gunther 1993", .x = "threads", .fixed = fixed, .n_parameters = 2,
                     .best_x = kappa > 0 ? made_estimate(22, 0.15) : SCALE_UNKNOWN,
                     .error = 0.012};
    m.parameter[0] = (scale_parameter){"sigma", "contention: the part that is serial", 0,
                                       made_estimate(sigma, 0.1)};
    m.parameter[1] = (scale_parameter){"kappa", "coherency: what each pair of threads costs", 0,
                                       made_estimate(kappa, 0.1)};
    for (double p = 1; p <= 64; p *= 2) {
        double speedup = p / (1 + sigma * (p - 1) + kappa * p * (p - 1));
        made_prediction(&m, p, one / speedup, speedup, p <= 8 ? one / speedup : NAN, 0);
        if (p > 1 && p <= 8)
            made_prediction(&m, p, 1.04 * one / speedup, 0.96 * speedup, one / speedup, 1);
    }
    return m;
}

/* 1, 2, 4, 8 threads, 5 repeats each, two laws, one law not fitted, a note, loss curves. */
static inline scale_study made_strong(void)
{
    scale_study s = made_study(SCALE_STRONG, "strong", NULL);
    s.n_points = 4;
    s.points = made_memory(4, sizeof *s.points);
    for (int i = 0; i < 4; i++) {
        s.points[i] = made_point(1 << i, 0, 64, 5, (size_t)i * 5);
        made_curve(&s.points[i], i == 3 ? 1 : 20);
    }
    double one = s.points[0].step.value;
    s.n_models = 3;
    s.models = made_memory(3, sizeof *s.models);
    s.models[0] = made_law("Amdahl's law", 0, one, 0.045, 0);
    s.models[1] = made_law("universal scalability law", 0, one, 0.03, 0.002);
    s.models[2] = (scale_model){.name = "a law <of> three", .formula = "T(p) = a", .source = "none",
                                .x = "threads", .why_not = "it needs 5 points & there are 4",
                                .best_x = SCALE_UNKNOWN, .error = NAN};
    scale_note(&s, "The clock fell by %d %% on the way: \"turbo\" <off> & on.", 7);
    return s;
}

/* Batches 16 to 1024 on 1, 4 and 8 threads, a linear cost for each count of threads. */
static inline scale_study made_batch(void)
{
    static const int threads[] = {1, 4, 8};
    scale_study s = made_study(SCALE_BATCH, "batch", "batch");
    s.target_loss = 0.1;
    s.n_points = 12;
    s.points = made_memory(12, sizeof *s.points);
    for (size_t i = 0; i < 12; i++) {
        size_t batch = (size_t)16 << 2 * (i / 3);
        s.points[i] = made_point(threads[i % 3], batch, batch, 3, 3 * i);
        s.points[i].to_loss = made_estimate(0.41, 0.02);
        s.points[i].to_loss_epochs = 2.5;
        made_curve(&s.points[i], 12);
    }
    s.n_models = 3;
    s.models = made_memory(3, sizeof *s.models);
    for (size_t k = 0; k < 3; k++) {
        scale_model *m = &s.models[k];
        *m = (scale_model){.name = "linear cost", .formula = "T(n) = a + b n",
                           .source = "Hockney & Jesshope 1988", .x = "batch",
                           .fixed = (size_t)threads[k], .n_parameters = 2,
                           .best_x = SCALE_UNKNOWN, .error = 0.02};
        double gain = s.points[0].step.value / s.points[k].step.value;
        m->parameter[0] = (scale_parameter){"a", "fixed time of a step", 1,
                                            made_estimate(2e-5 / gain, 0.1)};
        m->parameter[1] = (scale_parameter){"b", "time of a step for each sample", 1,
                                            made_estimate(6e-6 / gain, 0.1)};
        for (size_t batch = 16; batch <= 1024; batch *= 4)
            made_prediction(m, (double)batch, (20e-6 + 6e-6 * (double)batch) / gain, NAN,
                            (20e-6 + 6e-6 * (double)batch) / gain, 0);
    }
    return s;
}

/* Ctrl-C after one repeat: what was not measured is not known, or infinite. */
static inline scale_study made_interrupted(void)
{
    scale_study s = made_study(SCALE_STRONG, "strong", NULL);
    s.interrupted = 1;
    s.identical = -1;
    s.seconds = INFINITY;
    s.n_points = 2;
    s.points = made_memory(2, sizeof *s.points);
    for (int i = 0; i < 2; i++) {
        scale_point p = made_point(1 + i, 0, 64, 1, 0);
        p.step = p.rate = p.speedup = p.efficiency = p.to_loss = SCALE_UNKNOWN;
        p.flops = p.bytes = p.predicted = p.gemm_peak = p.copy_peak = NAN;
        p.karp_flatt = p.to_loss_epochs = p.lost_rest = NAN;
        p.phases = p.lost = (nudge_phases){.seconds = {NAN, NAN, NAN, NAN, NAN, NAN}};
        scale_repeat *r = &p.repeats[0];
        r->pulse = r->to_loss = r->at = NAN;
        r->watch = (scale_watch){NAN, NAN, NAN, INFINITY, NAN, -INFINITY};
        if (i == 1)
            p.n = 0;
        s.points[i] = p;
    }
    return s;
}

#endif
