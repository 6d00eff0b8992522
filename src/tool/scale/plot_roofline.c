/* Williams, Waterman, Patterson 2009: attainable rate = min(peak rate, intensity x bandwidth). */
#include <stdlib.h>

#include "plot_parts.h"
#include "support/say.h"

/* What threads of one count can do at most: of all points with that count; NaN: not measured. */
typedef struct roof {
    int threads;
    double flops, bytes; /* per second */
} roof;

static int drawn(const scale_point *p)
{
    return isfinite(scale_flop_rate(p)) && p->flops > 0 && isfinite(p->bytes) && p->bytes > 0;
}

static int by_threads(const void *a, const void *b)
{
    return ((const roof *)a)->threads - ((const roof *)b)->threads;
}

static size_t find_roofs(roof *roofs, const scale_study *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        size_t k = 0;
        if (!drawn(p))
            continue;
        while (k < n && roofs[k].threads != p->threads)
            k++;
        if (k == n)
            roofs[n++] = (roof){p->threads, NAN, NAN};
        roofs[k].flops = fmax(roofs[k].flops, p->gemm_peak);
        roofs[k].bytes = fmax(roofs[k].bytes, p->copy_peak);
    }
    qsort(roofs, n, sizeof *roofs, by_threads);
    return n;
}

static void put_axes(FILE *out, plot_range x, plot_range y)
{
    fprintf(out, "set logscale xy 10\nset xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n", x.low,
            x.high, y.low, y.high);
    plot_log_tics(out, "xtics", x.low, x.high);
    plot_log_tics(out, "ytics", y.low, y.high);
    fputs("set xlabel 'arithmetic intensity (flop per byte moved)'\nset ylabel 'GFLOP/s'\n", out);
}

/* Roofs, and on top of them the points of as many threads. */
static void put_plot(FILE *out, const roof *roofs, size_t n)
{
    int terms = 0;
    for (size_t k = 0; k < n; k++) {
        const char *word = roofs[k].threads == 1 ? "thread" : "threads";
        double flops = 1e-9 * roofs[k].flops, bytes = 1e-9 * roofs[k].bytes;
        if (isfinite(flops) || isfinite(bytes)) {
            fputs(terms++ > 0 ? ", \\\n  " : "plot ", out);
            if (!isfinite(bytes))
                fprintf(out, "%.9g", flops);
            else if (!isfinite(flops))
                fprintf(out, "%.9g*x", bytes);
            else
                fprintf(out, "(%.9g*x < %.9g ? %.9g*x : %.9g)", bytes, flops, bytes, flops);
            fprintf(out, " with lines lw 1.2 lc '%s' notitle", gnuplot_colour(k));
        }
        fputs(terms++ > 0 ? ", \\\n  " : "plot ", out);
        fprintf(out, "$t%zu using 1:2 with points pt 7 ps 0.8 lc '%s' title '%d %s'", k,
                gnuplot_colour(k), roofs[k].threads, word);
    }
    fputc('\n', out);
}

static void put_points(FILE *out, const scale_study *s, const roof *roofs, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        fprintf(out, "$t%zu << EOD\n", k);
        for (size_t i = 0; i < s->n_points; i++) {
            const scale_point *p = &s->points[i];
            if (drawn(p) && p->threads == roofs[k].threads)
                gnuplot_numbers(out, 2, (double[]){p->flops / p->bytes,
                                                   1e-9 * scale_flop_rate(p)});
        }
        fputs("EOD\n", out);
    }
}

const char *scale_plot_roofline(FILE *out, const scale_study *s, const scale_axes *axes)
{
    plot_range x = RANGE_EMPTY, y = RANGE_EMPTY, peak = RANGE_EMPTY;
    (void)axes;
    for (size_t i = 0; i < s->n_points; i++)
        if (drawn(&s->points[i])) {
            plot_widen(&x, s->points[i].flops / s->points[i].bytes);
            plot_widen(&y, 1e-9 * scale_flop_rate(&s->points[i]));
        }
    if (!(x.high > 0))
        return "rates and bytes of a step are not known";
    roof *roofs = need(calloc(s->n_points, sizeof *roofs));
    size_t n = find_roofs(roofs, s);
    for (size_t k = 0; k < n; k++) {
        plot_widen(&peak, 1e-9 * roofs[k].flops);
        /* The ridge, where the roof bends, is in the picture. */
        plot_widen(&x, roofs[k].flops / roofs[k].bytes);
    }
    if (peak.high > 0 || isfinite(roofs[0].bytes)) {
        plot_widen(&y, peak.high);
        put_axes(out, (plot_range){x.low / 4, x.high * 4}, (plot_range){y.low / 3, y.high * 2});
        put_points(out, s, roofs, n);
        put_plot(out, roofs, n);
        free(roofs);
        return NULL;
    }
    free(roofs);
    return "the machine's ceilings were not measured";
}
