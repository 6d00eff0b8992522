#include "scale/analyse.h"

#include "support/say.h"
#include "support/stats.h"

static stats_estimate times(stats_estimate x, double a)
{
    return (stats_estimate){a * x.value, a * x.low, a * x.high, x.level};
}

static double *steps_of(const scale_point *p)
{
    double *steps = need(calloc(p->n + 1, sizeof *steps));
    for (size_t i = 0; i < p->n; i++)
        steps[i] = p->runs[i].step;
    return steps;
}

/* ---- One point ------------------------------------------------------------------------- */

static void analyse_step(scale_point *p, double level)
{
    double *steps = steps_of(p), batch = (double)p->batch, low, high;
    p->step = stats_median(steps, p->n, level);
    p->rate = (stats_estimate){batch / p->step.value, batch / p->step.high, batch / p->step.low,
                               p->step.level};
    stats_fences(steps, p->n, &low, &high);
    for (size_t i = 0; i < p->n; i++)
        p->runs[i].outlier = steps[i] < low || steps[i] > high;
    free(steps);
}

/* Runs compute the same, so that all reach the target or none. */
static void analyse_to_loss(scale_point *p, double level)
{
    double *seconds = need(calloc(p->n + 1, sizeof *seconds));
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (isfinite(p->runs[i].to_loss))
            seconds[n++] = p->runs[i].to_loss;
    p->to_loss = stats_median(seconds, n, level);
    free(seconds);
}

/* ---- Beside the base ------------------------------------------------------------------- */

/* The fewest threads, and of these the fastest: this program or its peer. */
static void choose_base(scale_study *s, size_t setting)
{
    scale_point *base = NULL;
    for (size_t i = 0; i < s->n_points; i++) {
        scale_point *p = &s->points[i];
        if (p->setting != setting || p->oversubscribed)
            continue;
        p->is_base = 0;
        if (base == NULL || p->threads < base->threads ||
            (p->threads == base->threads && p->step.value < base->step.value))
            base = p;
    }
    if (base != NULL)
        base->is_base = 1;
}

static void analyse_speedup(scale_point *p, const scale_point *base, double level)
{
    double threads = p->threads;
    p->speedup = STATS_UNKNOWN;
    p->karp_flatt = NAN;
    if (p == base) {
        p->speedup = (stats_estimate){threads, threads, threads, 1};
    } else if (base != NULL) {
        double *before = steps_of(base), *after = steps_of(p);
        double work = (double)p->batch / (double)base->batch;
        size_t rounds = p->n < base->n ? p->n : base->n;
        p->speedup = times(stats_paired_ratio(before, after, rounds, level), work * base->threads);
        if (p->threads > 1 && p->speedup.value >= 1)
            p->karp_flatt = (1 / p->speedup.value - 1 / threads) / (1 - 1 / threads);
        free(before);
        free(after);
    }
    p->efficiency = times(p->speedup, 1 / threads);
}

/* Scales the measured phases to the median step: all are threads x step together. */
static void scale_phases(scale_point *p)
{
    double sum = 0;
    for (int i = 0; i < NUDGE_PHASES; i++)
        sum += p->phases[i];
    for (int i = 0; i < NUDGE_PHASES; i++)
        p->phases[i] *= sum > 0 ? p->threads * p->step.value / sum : NAN;
}

static void analyse_lost(scale_point *p, const scale_point *base)
{
    double whole = p->threads * p->step.value;
    p->lost_rest = base != NULL && p != base ? 1 - p->efficiency.value : NAN;
    for (int i = 0; i < NUDGE_PHASES; i++) {
        p->lost[i] = NAN;
        if (base != NULL && p != base) {
            double work = (double)p->batch / (double)base->batch;
            p->lost[i] = (p->phases[i] - work * base->phases[i]) / whole;
        }
        p->lost_rest -= p->lost[i];
    }
}

/* ---- All ------------------------------------------------------------------------------- */

static int same_work(const scale_study *s, const scale_point *a, const scale_point *b)
{
    return !a->is_peer && !b->is_peer && (a == b || s->mode == SCALE_STRONG) &&
           a->setting == b->setting;
}

static void compare_weights(scale_study *s)
{
    s->identical = -1;
    for (size_t i = 0; i < s->n_points; i++)
        for (size_t j = 0; j <= i; j++) {
            const scale_point *a = &s->points[j], *b = &s->points[i];
            if (!same_work(s, a, b))
                continue;
            if (a != b && s->identical < 0)
                s->identical = 1;
            for (size_t k = 0; k < b->n; k++)
                if (b->runs[k].hash != a->runs[0].hash)
                    s->identical = 0;
        }
}

static int is_precise(const scale_point *p, const scale_study *s, int alone)
{
    const stats_estimate *e = p->speedup.level > 0 && !alone ? &p->speedup : &p->step;
    return stats_half_width(e) <= s->precision && e->level >= s->level;
}

void scale_analyse(scale_study *s)
{
    s->rounds = 0;
    for (size_t i = 0; i < s->n_points; i++) {
        scale_point *p = &s->points[i];
        analyse_step(p, s->level);
        analyse_to_loss(p, s->level);
        s->rounds = p->n > s->rounds ? p->n : s->rounds;
    }
    for (size_t i = 0; i < s->n_settings; i++)
        choose_base(s, i);
    for (size_t i = 0; i < s->n_points; i++) {
        analyse_speedup(&s->points[i], scale_base(s, i), s->level);
        scale_phases(&s->points[i]);
    }
    for (size_t i = 0; i < s->n_points; i++) {
        analyse_lost(&s->points[i], scale_base(s, i));
        s->points[i].precise = is_precise(&s->points[i], s, s->n_points == s->n_settings);
    }
    compare_weights(s);
}

int scale_precise(const scale_study *s)
{
    for (size_t i = 0; i < s->n_points; i++)
        if (!s->points[i].precise)
            return 0;
    return s->n_points > 0;
}

/* ---- Disturbances ---------------------------------------------------------------------- */

/* Of all runs, those whose value is above the limit; "1.2 cores on average during 3 of 18 runs". */
static void note_above(scale_study *s, double (*value)(const scale_run *r), double limit,
                       const char *what, const char *unit)
{
    size_t runs = 0, above = 0;
    double sum = 0;
    for (size_t i = 0; i < s->n_points; i++)
        for (size_t k = 0; k < s->points[i].n; k++) {
            scale_run *r = &s->points[i].runs[k];
            runs++;
            if (value(r) > limit) { /* never with NaN */
                r->disturbed = 1;
                above++;
                sum += value(r);
            }
        }
    if (above > 0)
        scale_note(s, "%s %.2f %s on average during %zu of %zu runs", what, sum / (double)above,
                   unit, above, runs);
}

static double other_load(const scale_run *r) { return r->watch.other_load; }
static double steal(const scale_run *r) { return r->watch.steal; }
static double throttled(const scale_run *r) { return r->watch.throttled; }

void scale_judge(scale_study *s)
{
    size_t oversubscribed = 0, known = 0;
    note_above(s, other_load, WATCH_DISTURBING, "other programs used", "of a core");
    note_above(s, steal, WATCH_DISTURBING, "the hypervisor took", "of a core away");
    note_above(s, throttled, 0, "a cgroup's CPU limit stopped nudge for", "s");
    for (size_t i = 0; i < s->n_points; i++) {
        oversubscribed += s->points[i].oversubscribed != 0;
        for (size_t k = 0; k < s->points[i].n; k++)
            known += !isnan(s->points[i].runs[k].watch.other_load);
    }
    if (known == 0)
        scale_note(s, "whether other programs ran meanwhile is not known: the system does not tell "
                      "how busy the cores are, or the study was too short");
    if (oversubscribed > 0)
        scale_note(s, "%zu point%s more threads than the %d core%s, which take turns: %s not show "
                      "how training scales", oversubscribed,
                   oversubscribed == 1 ? " has" : "s have", s->cores, s->cores == 1 ? "" : "s",
                   oversubscribed == 1 ? "it does" : "they do");
}
