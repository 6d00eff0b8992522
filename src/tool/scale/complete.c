#include "scale/complete.h"

#include <stdlib.h>

#include "scale/drift.h"
#include "scale/stats.h"
#include "support/say.h"

enum { PHASES = 6 };

/* ---- One point ------------------------------------------------------------------------- */

/* a/x of an estimate of x > 0. */
static scale_estimate inverse(scale_estimate x, double a)
{
    return (scale_estimate){a / x.value, a / x.high, a / x.low, x.level};
}

static scale_estimate times(scale_estimate x, double a)
{
    return (scale_estimate){a * x.value, a * x.low, a * x.high, x.level};
}

static double *steps_of(const scale_point *p)
{
    double *steps = need(calloc(p->n + 1, sizeof *steps));
    for (size_t i = 0; i < p->n; i++)
        steps[i] = p->repeats[i].step;
    return steps;
}

static void complete_step(scale_point *p, double level, double stretch)
{
    double *steps = steps_of(p);
    int *outlier = need(calloc(p->n + 1, sizeof *outlier));
    p->step = scale_stretched(scale_median(steps, p->n, level), stretch);
    p->rate = inverse(p->step, (double)p->batch);
    scale_outliers(steps, p->n, outlier);
    for (size_t i = 0; i < p->n; i++)
        p->repeats[i].outlier = outlier[i];
    free(steps);
    free(outlier);
}

/* Repeats compute the same, so that all reach the target or none; a time that is missing in some was
 * not taken. */
static void complete_to_loss(scale_point *p, double level, double stretch)
{
    double *seconds = need(calloc(p->n + 1, sizeof *seconds));
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (isfinite(p->repeats[i].to_loss))
            seconds[n++] = p->repeats[i].to_loss;
    p->to_loss = scale_stretched(scale_median(seconds, n, level), stretch);
    free(seconds);
}

/* ---- Beside the base ------------------------------------------------------------------- */

const scale_point *scale_base(const scale_study *study, size_t i)
{
    const scale_point *base = NULL;
    for (size_t j = 0; j < study->n_points; j++) {
        const scale_point *p = &study->points[j];
        if (p->value == study->points[i].value && p->n > 0 && !p->oversubscribed &&
            (base == NULL || p->threads < base->threads))
            base = p;
    }
    return base;
}

/* How many times as many samples a step of p has. */
static double work_over(const scale_point *p, const scale_point *base)
{
    return (double)p->batch / (double)base->batch;
}

static void complete_speedup(scale_point *p, const scale_point *base, const scale_study *study,
                             uint32_t seed)
{
    double threads = p->threads, level = study->level;
    p->speedup = SCALE_UNKNOWN;
    p->karp_flatt = NAN;
    if (base != NULL && p == base) {
        p->speedup = (scale_estimate){threads, threads, threads, level};
    } else if (base != NULL) {
        double *before = steps_of(base), *after = steps_of(p);
        scale_estimate ratio = scale_ratio(before, base->n, after, p->n, level, seed);
        ratio = scale_stretched(ratio, scale_stretch(study->persistence));
        p->speedup = times(ratio, base->threads * work_over(p, base));
        if (p->threads > 1)
            p->karp_flatt = (1 / p->speedup.value - 1 / threads) / (1 - 1 / threads);
        free(before);
        free(after);
    }
    p->efficiency = times(p->speedup, 1 / threads);
}

static void phase_list(double list[PHASES], const nudge_phases *p)
{
    const double each[PHASES] = {p->pack, p->forward, p->loss, p->backward, p->update, p->wait};
    for (size_t i = 0; i < PHASES; i++)
        list[i] = each[i];
}

/* Seconds of a step in each phase, on the scale of the median step; 0 if they are not known. */
static int scaled_phases(double list[PHASES], const scale_point *p)
{
    double sum = 0;
    phase_list(list, &p->phases);
    for (size_t i = 0; i < PHASES; i++)
        sum += list[i];
    if (!(isfinite(sum) && sum > 0 && p->n > 0))
        return 0;
    double factor = p->phases_step > 0 ? p->step.value / p->phases_step
                                       : p->threads * p->step.value / sum;
    for (size_t i = 0; i < PHASES; i++)
        list[i] *= factor;
    return 1;
}

static void complete_lost(scale_point *p, const scale_point *base)
{
    double here[PHASES], there[PHASES];
    p->lost = (nudge_phases){.seconds = {NAN, NAN, NAN, NAN, NAN, NAN}};
    p->lost_rest = NAN;
    if (base == NULL || p == base || !scaled_phases(here, p) || !scaled_phases(there, base))
        return;
    double whole = p->threads * p->step.value, work = work_over(p, base);
    p->lost_rest = 1 - p->efficiency.value;
    for (size_t i = 0; i < PHASES; i++) {
        here[i] = (here[i] - work * there[i]) / whole;
        p->lost_rest -= here[i];
    }
    p->lost = (nudge_phases){.pack = here[0],
                             .forward = here[1],
                             .loss = here[2],
                             .backward = here[3],
                             .update = here[4],
                             .wait = here[5]};
}

void scale_complete(scale_study *study)
{
    study->persistence = scale_persistence(study);
    double stretch = scale_stretch(study->persistence);
    for (size_t i = 0; i < study->n_points; i++) {
        complete_step(&study->points[i], study->level, stretch);
        complete_to_loss(&study->points[i], study->level, stretch);
    }
    for (size_t i = 0; i < study->n_points; i++) {
        const scale_point *base = scale_base(study, i);
        complete_speedup(&study->points[i], base, study, (uint32_t)i);
        complete_lost(&study->points[i], base);
    }
}
