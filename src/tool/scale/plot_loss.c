/* Loss on the way, over seconds of training. */
#include <stdlib.h>

#include "plot_parts.h"
#include "support/say.h"

/* More curves than this in one picture tell nothing. */
enum { MOST_CURVES = 8 };

static size_t finite_losses(const scale_point *p)
{
    size_t n = 0;
    for (size_t k = 0; k < p->curve.n; k++)
        n += isfinite(p->curve.loss[k]) && isfinite(p->curve.seconds[k]);
    return n;
}

/* Points with a curve; of too many, those with the most threads of each value, and of these some
 * from the first to the last. */
static size_t choose(const scale_study *s, size_t chosen[MOST_CURVES])
{
    size_t *all = need(calloc(s->n_points, sizeof *all)), n = 0, kept = 0;
    for (size_t i = 0; i < s->n_points; i++)
        if (finite_losses(&s->points[i]) > 0)
            all[n++] = i;
    for (size_t i = 0; n > MOST_CURVES && i < n; i++)
        if (i + 1 == n || s->points[all[i + 1]].value != s->points[all[i]].value)
            all[kept++] = all[i];
    if (n > MOST_CURVES)
        n = kept;
    size_t some = n < MOST_CURVES ? n : MOST_CURVES;
    for (size_t k = 0; k < some; k++)
        chosen[k] = all[some > 1 ? k * (n - 1) / (some - 1) : 0];
    free(all);
    return some;
}

static void put_curve(FILE *out, const scale_curve *c, size_t block, plot_range *x, plot_range *y)
{
    fprintf(out, "$c%zu << EOD\n", block);
    for (size_t k = 0; k < c->n; k++)
        if (isfinite(c->loss[k]) && isfinite(c->seconds[k])) {
            gnuplot_numbers(out, 2, (double[]){c->seconds[k], c->loss[k]});
            plot_widen(x, c->seconds[k]);
            plot_widen(y, c->loss[k]);
        }
    fputs("EOD\n", out);
}

static void put_plot(FILE *out, const scale_study *s, const size_t *curves, size_t n)
{
    char text[SCALE_TEXT];
    if (isfinite(s->target_loss))
        fprintf(out, "plot %.9g with lines dt 2 lw 1.2 lc '" PLOT_GREY "' title 'target loss', "
                "\\\n  ", s->target_loss);
    else
        fputs("plot ", out);
    for (size_t k = 0; k < n; k++) {
        const scale_point *p = &s->points[curves[k]];
        size_t losses = finite_losses(p);
        fprintf(out, "%s$c%zu using 1:2 with %s lc '%s' title ", k > 0 ? ", \\\n  " : "", k,
                losses > 1 && losses <= 40 ? "linespoints pt 7 ps 0.5 lw 1.4"
                : losses > 1 ? "lines lw 1.4" : "points pt 7 ps 0.9", gnuplot_colour(k));
        gnuplot_quote(out, scale_point_text(text, s, p));
    }
    fputc('\n', out);
}

const char *scale_plot_loss(FILE *out, const scale_study *s, const scale_axes *axes)
{
    const double tall = 12;
    plot_range x = RANGE_EMPTY, y = RANGE_EMPTY;
    size_t curves[MOST_CURVES], n = choose(s, curves);
    (void)axes;
    if (n == 0)
        return "no loss was recorded";
    for (size_t k = 0; k < n; k++)
        put_curve(out, &s->points[curves[k]].curve, k, &x, &y);
    plot_widen(&y, s->target_loss);
    int log = y.low > 0 && y.high / y.low >= tall;
    fputs("set xlabel 'seconds of training'\n", out);
    fprintf(out, "set xrange [0:%.9g]\n", x.high > 0 ? 1.05 * x.high : 1);
    if (y.low < 0) {
        fputs("set ylabel 'training loss'\nset yrange [*:*]\n", out);
    } else {
        plot_y_axis(out, "training loss", y, log);
    }
    put_plot(out, s, curves, n);
    return NULL;
}
