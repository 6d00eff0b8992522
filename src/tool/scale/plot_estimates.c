/* Throughput, step, speed-up, efficiency. */
#include "plot_lines.h"

/* ---- Of points, models and the ideal --------------------------------------------------- */

static scale_estimate rate_at(const scale_point *p)
{
    return p->rate;
}

static scale_estimate step_at(const scale_point *p)
{
    return p->step;
}

static scale_estimate speedup_at(const scale_point *p)
{
    return p->speedup;
}

static scale_estimate efficiency_at(const scale_point *p)
{
    return p->efficiency;
}

static scale_estimate rate_predicted(const scale_study *s, const scale_point *like,
                                     const scale_prediction *p)
{
    double batch = (double)like->rows * (double)like->epochs / (double)like->steps;
    if (s->mode == SCALE_BATCH)
        batch = p->x;
    else if (s->mode == SCALE_WEAK)
        batch = (double)like->value * p->x;
    return (scale_estimate){batch / p->step.value, batch / p->step.high, batch / p->step.low,
                            p->step.level};
}

static scale_estimate step_predicted(const scale_study *s, const scale_point *like,
                                     const scale_prediction *p)
{
    (void)s;
    (void)like;
    return p->step;
}

static scale_estimate speedup_predicted(const scale_study *s, const scale_point *like,
                                        const scale_prediction *p)
{
    (void)s;
    (void)like;
    return p->speedup;
}

static scale_estimate efficiency_predicted(const scale_study *s, const scale_point *like,
                                           const scale_prediction *p)
{
    (void)s;
    (void)like;
    return (scale_estimate){p->speedup.value / p->x, p->speedup.low / p->x, p->speedup.high / p->x,
                            p->speedup.level};
}

static double ideal_rate(const scale_study *s, const scale_point *base, double x)
{
    (void)s;
    return base->rate.value * x / (double)base->threads;
}

static double ideal_step(const scale_study *s, const scale_point *base, double x)
{
    return s->mode == SCALE_WEAK ? base->step.value : base->step.value * (double)base->threads / x;
}

static double ideal_speedup(const scale_study *s, const scale_point *base, double x)
{
    (void)s;
    (void)base;
    return x;
}

static double ideal_efficiency(const scale_study *s, const scale_point *base, double x)
{
    (void)s;
    (void)base;
    (void)x;
    return 1;
}

/* ---- The plots ------------------------------------------------------------------------- */

const char *scale_plot_throughput(FILE *out, const scale_study *s, const scale_axes *axes)
{
    double highest = 0;
    for (size_t i = 0; i < s->n_points; i++)
        highest = fmax(highest, s->points[i].rate.value);
    int thousands = highest >= 1e4;
    plot_lines l = {thousands ? "thousand samples/s" : "samples/s", thousands ? 1e-3 : 1, rate_at,
                    rate_predicted, ideal_rate, 0, 1, 0};
    return plot_lines_draw(out, &l, s, axes);
}

const char *scale_plot_step(FILE *out, const scale_study *s, const scale_axes *axes)
{
    double longest = 0;
    for (size_t i = 0; i < s->n_points; i++)
        longest = fmax(longest, s->points[i].step.value);
    scale_unit unit = scale_unit_for(longest);
    char label[SCALE_TEXT];
    snprintf(label, sizeof label, "time of a step (%s)", unit.name);
    plot_lines l = {label, unit.per_second, step_at, step_predicted, ideal_step,
                    1, 1, 1};
    return plot_lines_draw(out, &l, s, axes);
}

/* More than the base itself: only then is there something to see. */
static int has_speedup(const scale_study *s)
{
    for (size_t i = 0; i < s->n_points; i++)
        if (isfinite(s->points[i].speedup.value) && s->points[i].threads != s->points[0].threads)
            return 1;
    return 0;
}

static const char one_count[] = "there are not two counts of threads to compare";

const char *scale_plot_speedup(FILE *out, const scale_study *s, const scale_axes *axes)
{
    plot_lines l = {"speed-up", 1, speedup_at, speedup_predicted, ideal_speedup, 0, 1, 0};
    return has_speedup(s) ? plot_lines_draw(out, &l, s, axes) : one_count;
}

const char *scale_plot_efficiency(FILE *out, const scale_study *s, const scale_axes *axes)
{
    plot_lines l = {"efficiency", 1, efficiency_at, efficiency_predicted, ideal_efficiency,
                    0, 0, 0};
    return has_speedup(s) ? plot_lines_draw(out, &l, s, axes) : one_count;
}
