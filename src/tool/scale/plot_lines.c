#include "plot_lines.h"

#include <stdlib.h>

#include "support/say.h"

/* ---- Ranges ---------------------------------------------------------------------------- */

/* What is in a picture. */
typedef struct extent {
    plot_range x, y;
    double measured; /* largest x that was */
    size_t n;        /* points */
    size_t n_xs, space;
    double *xs;      /* of points and predictions, in any order */
} extent;

static void add_x(extent *e, double x)
{
    if (e->n_xs == e->space) {
        e->space = 2 * e->space + 16;
        e->xs = need(realloc(e->xs, e->space * sizeof *e->xs));
    }
    e->xs[e->n_xs++] = x;
    plot_widen(&e->x, x);
}

/* Predictions far beyond what was measured are in the report's table: here they would be most of
 * the picture. */
static int shown(const scale_prediction *p, const scale_estimate *y, double measured)
{
    const double reach = 4;
    return !p->left_out && p->x <= reach * measured && isfinite(y->value) && y->value > 0;
}

static const scale_point *base_of(const scale_study *s, const scale_axes *axes, size_t series)
{
    for (size_t i = 0; i < s->n_points; i++)
        if (scale_key(axes, &s->points[i]) == series)
            return &s->points[i];
    return NULL;
}

static extent extent_of(const plot_lines *l, const scale_study *s, const scale_axes *axes)
{
    extent e = {.x = RANGE_EMPTY, .y = RANGE_EMPTY, .measured = -INFINITY};
    for (size_t i = 0; i < s->n_points; i++) {
        scale_estimate y = l->at_point(&s->points[i]);
        if (!isfinite(y.value))
            continue;
        e.n++;
        add_x(&e, scale_x(axes, &s->points[i]));
        e.measured = fmax(e.measured, scale_x(axes, &s->points[i]));
        plot_widen(&e.y, l->factor * y.value);
        plot_widen(&e.y, l->factor * y.high);
        if (l->forecasts)
            plot_widen(&e.y, l->factor * s->points[i].predicted);
    }
    for (size_t k = 0; e.n > 0 && k < axes->n_series; k++)
        for (size_t j = 0; j < s->n_models; j++) {
            const scale_model *m = &s->models[j];
            const scale_point *like = base_of(s, axes, axes->series[k]);
            for (size_t i = 0; scale_model_is_of(m, axes, axes->series[k]) &&
                               i < m->n_predictions; i++) {
                scale_estimate y = l->at_prediction(s, like, &m->predictions[i]);
                if (!shown(&m->predictions[i], &y, e.measured))
                    continue;
                add_x(&e, m->predictions[i].x);
                plot_widen(&e.y, l->factor * y.value);
            }
        }
    return e;
}

/* ---- Data ------------------------------------------------------------------------------ */

static void put_row(FILE *out, double x, const scale_estimate *y, double factor)
{
    double low = isfinite(y->low) ? y->low : y->value;
    double high = isfinite(y->high) ? y->high : y->value;
    gnuplot_numbers(out, 4, (double[]){x, factor * y->value, factor * low, factor * high});
}

/* The block $pK, and $fK with forecasts. */
static size_t put_points(FILE *out, const plot_lines *l, const scale_study *s,
                         const scale_axes *axes, size_t k)
{
    size_t n = 0;
    fprintf(out, "$p%zu << EOD\n", k);
    for (size_t i = 0; i < s->n_points; i++) {
        scale_estimate y = l->at_point(&s->points[i]);
        if (scale_key(axes, &s->points[i]) != axes->series[k] || !isfinite(y.value))
            continue;
        put_row(out, scale_x(axes, &s->points[i]), &y, l->factor);
        n++;
    }
    fputs("EOD\n", out);
    return n;
}

static size_t put_forecasts(FILE *out, const plot_lines *l, const scale_study *s,
                            const scale_axes *axes, size_t k)
{
    size_t n = 0;
    fprintf(out, "$f%zu << EOD\n", k);
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        if (scale_key(axes, p) != axes->series[k] || !isfinite(p->predicted))
            continue;
        gnuplot_numbers(out, 2, (double[]){scale_x(axes, p), l->factor * p->predicted});
        n++;
    }
    fputs("EOD\n", out);
    return n;
}

/* The part of a model that was fitted, or that reaches beyond it. */
static size_t put_model(FILE *out, const plot_lines *l, const scale_study *s,
                        const scale_point *like, const scale_model *m, double measured, int beyond)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_predictions; i++) {
        const scale_prediction *p = &m->predictions[i];
        scale_estimate y = l->at_prediction(s, like, p);
        if (!shown(p, &y, measured) || (beyond ? p->x < measured : p->x > measured))
            continue;
        put_row(out, p->x, &y, l->factor);
        n++;
    }
    return n;
}

static void put_ideal(FILE *out, const plot_lines *l, const scale_study *s, const scale_point *base,
                      plot_range x)
{
    enum { STEPS = 60 };
    for (int i = 0; i <= STEPS; i++) {
        double at = x.low * pow(x.high / x.low, (double)i / STEPS);
        gnuplot_numbers(out, 2, (double[]){at, l->factor * l->ideal(s, base, at)});
    }
}

/* ---- The picture ----------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void put_axes(FILE *out, const plot_lines *l, const scale_study *s, const scale_axes *axes,
                     extent *e)
{
    const double many_threads = 8, wide = 8, tall = 12;
    char label[SCALE_TEXT];
    int log_x = e->x.low > 0 && (axes->sweep ? e->x.high / e->x.low >= wide
                                             : e->x.high > many_threads);
    int log_y = e->y.low > 0 && l->log &&
                (axes->sweep || l->own_log ? e->y.high / e->y.low >= tall : log_x);
    snprintf(label, sizeof label, "%s", axes->x);
    qsort(e->xs, e->n_xs, sizeof *e->xs, by_value);
    plot_x_axis(out, label, e->x, log_x, e->xs, e->n_xs);
    plot_y_axis(out, l->label, e->y, log_y);
    if (!axes->sweep && e->x.high > s->cores && s->cores >= e->x.low) {
        fprintf(out, "set arrow from %d, graph 0 to %d, graph 1 nohead lc '" PLOT_GREY "' dt 3\n",
                s->cores, s->cores);
        fprintf(out, "set label '%d core%s' at %d, graph 0.03 offset 0.5,0 tc '" PLOT_GREY "'\n",
                s->cores, s->cores == 1 ? "" : "s", s->cores);
    }
}

/* A term of the plot command; commas between. */
static void next(FILE *out, int *terms)
{
    fputs((*terms)++ > 0 ? ", \\\n  " : "plot ", out);
}

static void plot_models(FILE *out, const scale_study *s, const scale_axes *axes, size_t k,
                        const size_t parts[][2], int *terms)
{
    size_t of_series = 0;
    for (size_t j = 0; j < s->n_models; j++) {
        const scale_model *m = &s->models[j];
        if (!scale_model_is_of(m, axes, axes->series[k]) || parts[j][0] + parts[j][1] < 2)
            continue;
        const char *colour = gnuplot_colour(axes->n_series > 1 ? k : ++of_series);
        if (parts[j][1] > 1) {
            next(out, terms);
            fprintf(out, "$b%zu using 1:3:4 with filledcurves fs transparent solid 0.12 lc '%s' "
                    "notitle", j, colour);
        }
        next(out, terms);
        fprintf(out, "$m%zu using 1:2 with lines lw 1.4 dt %d lc '%s' ", j,
                axes->n_series > 1 && of_series++ > 0 ? 4 : 1, colour);
        if (axes->n_series > 1) {
            fputs("notitle", out);
        } else {
            fputs("title ", out);
            gnuplot_quote(out, m->name);
        }
        if (parts[j][1] > 1) {
            next(out, terms);
            fprintf(out, "$b%zu using 1:2 with lines lw 1.4 dt 2 lc '%s' notitle", j, colour);
        }
    }
}

static void plot_points(FILE *out, const scale_study *s, const scale_axes *axes, size_t k,
                        int forecasts, int joined, int *terms)
{
    char text[SCALE_TEXT];
    if (joined) {
        next(out, terms);
        fprintf(out, "$p%zu using 1:2 with lines lw 0.8 lc '%s' notitle", k, gnuplot_colour(k));
    }
    next(out, terms);
    fprintf(out, "$p%zu using 1:2:3:4 with yerrorbars pt 7 ps 0.7 lw 1.2 lc '%s' title ", k,
            gnuplot_colour(k));
    gnuplot_quote(out, scale_key_text(text, s, axes, axes->series[k]));
    if (forecasts) {
        next(out, terms);
        fprintf(out, "$f%zu using 1:2 with points pt 4 ps 1.1 lw 1.2 lc '%s' %s", k,
                gnuplot_colour(k), k == 0 ? "title 'forecast of the cost model'" : "notitle");
    }
}

/* Whether a model of the series has a line in this picture. */
static int has_line(const scale_study *s, const scale_axes *axes, size_t series,
                    const size_t parts[][2])
{
    for (size_t j = 0; j < s->n_models; j++)
        if (scale_model_is_of(&s->models[j], axes, series) && parts[j][0] + parts[j][1] > 1)
            return 1;
    return 0;
}

/* Where a model has a line in the colour of each series, the legend has one for all of them. */
static void plot_model_names(FILE *out, const scale_study *s, const scale_axes *axes,
                             const size_t parts[][2], int *terms)
{
    size_t of_series = 0;
    for (size_t j = 0; axes->n_series > 1 && j < s->n_models; j++) {
        if (!scale_model_is_of(&s->models[j], axes, axes->series[0]) || parts[j][0] < 2)
            continue;
        next(out, terms);
        fprintf(out, "NaN with lines lw 1.4 dt %d lc '" PLOT_GREY "' title ",
                of_series++ > 0 ? 4 : 1);
        gnuplot_quote(out, s->models[j].name);
    }
}

/* Blocks of all models of a series: $mJ and $bJ; parts: their rows. */
static void put_models(FILE *out, const plot_lines *l, const scale_study *s, const scale_axes *axes,
                       size_t k, double measured, size_t parts[][2])
{
    const scale_point *like = base_of(s, axes, axes->series[k]);
    for (size_t j = 0; j < s->n_models; j++) {
        if (!scale_model_is_of(&s->models[j], axes, axes->series[k]))
            continue;
        for (int beyond = 0; beyond < 2; beyond++) {
            fprintf(out, "$%c%zu << EOD\n", beyond ? 'b' : 'm', j);
            parts[j][beyond] = put_model(out, l, s, like, &s->models[j], measured, beyond);
            fputs("EOD\n", out);
        }
    }
}

const char *plot_lines_draw(FILE *out, const plot_lines *l, const scale_study *s,
                            const scale_axes *axes)
{
    extent e = extent_of(l, s, axes);
    if (e.n == 0) {
        free(e.xs);
        return "it was not measured";
    }
    size_t (*parts)[2] = need(calloc(s->n_models + 1, sizeof *parts));
    size_t *points = need(calloc(2 * axes->n_series, sizeof *points));
    size_t *forecasts = points + axes->n_series;
    put_axes(out, l, s, axes, &e);
    for (size_t k = 0; k < axes->n_series; k++) {
        points[k] = put_points(out, l, s, axes, k);
        forecasts[k] = l->forecasts ? put_forecasts(out, l, s, axes, k) : 0;
        put_models(out, l, s, axes, k, e.measured, parts);
    }
    int terms = 0, ideal = !axes->sweep && e.x.high > e.x.low;
    for (size_t k = 0; ideal && k < axes->n_series; k++) {
        fprintf(out, "$i%zu << EOD\n", k);
        put_ideal(out, l, s, base_of(s, axes, axes->series[k]), e.x);
        fputs("EOD\n", out);
    }
    for (size_t k = 0; ideal && k < axes->n_series; k++) {
        next(out, &terms);
        fprintf(out, "$i%zu using 1:2 with lines lw 1.2 lc '" PLOT_GREY "' %s", k,
                k == 0 ? "title 'ideal'" : "notitle");
    }
    plot_model_names(out, s, axes, parts, &terms);
    for (size_t k = 0; k < axes->n_series; k++) {
        plot_models(out, s, axes, k, parts, &terms);
        if (points[k] > 0)
            plot_points(out, s, axes, k, forecasts[k] > 0,
                        !has_line(s, axes, axes->series[k], parts), &terms);
    }
    fputc('\n', out);
    free(points);
    free(parts);
    free(e.xs);
    return NULL;
}
