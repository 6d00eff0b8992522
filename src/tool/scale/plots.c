#include "plots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot_parts.h"
#include "support/say.h"
#include "support/gnuplot.h"

/* ---- Which there are ------------------------------------------------------------------- */

static const struct kind {
    scale_plot plot;
    scale_drawer *draw;
} kinds[SCALE_PLOTS] = {
    {{"throughput", "Throughput",
      "Samples trained per second: median and interval. Ideal, over threads: each thread adds as "
      "much as the first ones do. Lines: fitted models; dashed where they predict.",
      NULL, NULL}, scale_plot_throughput},
    {{"speedup", "Speed-up",
      "Over the fewest threads with the same work. Lines: fitted models; dashed, with their "
      "interval shaded, where they predict what was not measured.", NULL, NULL},
     scale_plot_speedup},
    {{"efficiency", "Efficiency", "Speed-up per thread; 1 is ideal.", NULL, NULL},
     scale_plot_efficiency},
    {{"step", "Time of a training step",
      "Median and interval, fitted models, and what the cost model forecast before anything was "
      "measured (open symbols).", NULL, NULL}, scale_plot_step},
    {{"phases", "Where the time goes",
      "Time of all threads together, for a sample. Below each bar: its threads. Bars of equal "
      "height would be ideal scaling; what a bar has more than that of the fewest threads is "
      "efficiency lost.", NULL, NULL},
     scale_plot_phases},
    {{"roofline", "Roofline",
      "Arithmetic rate against arithmetic intensity (Williams et al. 2009). Roofs: rates of "
      "large matrix products and of copying memory, measured on as many threads in the same run. "
      "Intensity counts the bytes that a step moves at least; above the slope, caches spared the "
      "memory some of them.", NULL, NULL},
     scale_plot_roofline},
    {{"loss", "Loss against time", "Training loss over seconds of training, one repeat of each "
      "point; of many points, some with the most threads.", NULL, NULL}, scale_plot_loss},
};

/* ---- Parts of scripts ------------------------------------------------------------------ */

void plot_widen(plot_range *range, double v)
{
    if (isfinite(v)) {
        range->low = fmin(range->low, v);
        range->high = fmax(range->high, v);
    }
}

void plot_x_axis(FILE *script, const char *label, plot_range range, int log, const double *xs,
                 size_t n)
{
    /* As parts of the axis. */
    const double room = 0.05, margin = 0.04;
    double low = log ? log2(range.low) : fmin(range.low, 0);
    double high = log ? log2(range.high) : range.high, last = -INFINITY;
    if (high <= low) {
        low -= 0.5;
        high += 0.5;
    }
    double width = high - low;
    low -= log ? margin * width : 0;
    high += margin * width;
    fputs(log ? "set logscale x 2\n" : "unset logscale x\n", script);
    fprintf(script, "set xrange [%.9g:%.9g]\n", log ? exp2(low) : low, log ? exp2(high) : high);
    gnuplot_set(script, "xlabel", label);
    fputs("set xtics (", script);
    for (size_t i = 0, tics = 0; i < n; i++) {
        double at = log ? log2(xs[i]) : xs[i];
        if (at - last < room * width)
            continue;
        fprintf(script, "%s'%.6g' %.9g", tics++ > 0 ? ", " : "", xs[i], xs[i]);
        last = at;
    }
    fputs(")\n", script);
}

void plot_log_tics(FILE *script, const char *axis, double low, double high)
{
    static const double leading[] = {1, 2, 5};
    const double most_decades = 3;
    int tics = 0, step = log10(high / low) > most_decades ? 3 : 1;
    fprintf(script, "set %s (", axis);
    for (double decade = floor(log10(low)); decade <= log10(high); decade++)
        for (int i = 0; i < 3; i += step) {
            double at = leading[i] * pow(10, decade);
            if (at >= low && at <= high)
                fprintf(script, "%s'%.6g' %.9g", tics++ > 0 ? ", " : "", at, at);
        }
    fputs(")\n", script);
}

void plot_y_axis(FILE *script, const char *label, plot_range range, int log)
{
    const double margin = 1.08, log_margin = 1.25;
    gnuplot_set(script, "ylabel", label);
    if (!log) {
        fprintf(script, "unset logscale y\nset yrange [0:%.9g]\nset ytics auto\n",
                range.high > 0 ? margin * range.high : 1);
        return;
    }
    double low = range.low / log_margin, high = range.high * log_margin;
    fprintf(script, "set logscale y 10\nset yrange [%.9g:%.9g]\n", low, high);
    plot_log_tics(script, "ytics", low, high);
}

/* The look of all of them. */
static void put_style(FILE *script, const scale_study *s, const scale_plot *plot)
{
    char title[200];
    snprintf(title, sizeof title, "%s: %.100s%s", plot->title, s->title != NULL ? s->title : "",
             s->interrupted ? " (interrupted)" : "");
    fputs("set key tmargin center horizontal Left reverse\n"
          "set bars small\n"
          "set samples 400\n", script);
    /* As the legend's title, which then stands between it and the picture's edge. */
    gnuplot_set(script, "key title", title);
}

/* ---- Drawing --------------------------------------------------------------------------- */

/* Pixels. PNGs are for places that take no SVG: larger. */
static const gnuplot_canvas svg = {GNUPLOT_SVG, 760, 470}, png = {GNUPLOT_PNG, 1000, 620};

/* The commands on a canvas; for free(). */
static char *script_on(const gnuplot_canvas *canvas, const char *commands)
{
    char *text = NULL;
    size_t size;
    FILE *script = need(open_memstream(&text, &size));
    gnuplot_begin(script, canvas);
    fputs(commands, script);
    int bad = ferror(script);
    if (fclose(script) != 0 || bad)
        need(NULL);
    return text;
}

/* The commands of one plot; for free(). NULL with plot->why_not if there is nothing to draw. */
static char *commands_of(scale_plot *plot, scale_drawer *draw, const scale_study *s,
                         const scale_axes *axes)
{
    char *commands = NULL;
    size_t size;
    FILE *script = need(open_memstream(&commands, &size));
    put_style(script, s, plot);
    plot->why_not = draw(script, s, axes);
    int bad = ferror(script);
    if (fclose(script) != 0 || bad)
        need(NULL);
    if (plot->why_not != NULL) {
        free(commands);
        return NULL;
    }
    return commands;
}

/* The SVG to plot->svg, the PNG to its file. 0 with why: gnuplot failed; -1: the file did. */
static int draw_plot(scale_plot *plot, const char *commands, const char *dir, char *why,
                     size_t size)
{
    char *script = script_on(&svg, commands), *path;
    FILE *drawn = need(tmpfile());
    int good = gnuplot_run(script, drawn, why, size);
    long length = ftell(drawn) >= 0 && fseek(drawn, 0, SEEK_END) == 0 ? ftell(drawn) : 0;
    rewind(drawn);
    plot->svg = need(calloc((size_t)length + 1, 1));
    good = good && fread(plot->svg, 1, (size_t)length, drawn) == (size_t)length;
    fclose(drawn);
    free(script);
    if (!good)
        return 0;
    if (asprintf(&path, "%s/%s.png", dir, plot->name) < 0)
        need(NULL);
    script = script_on(&png, commands);
    good = gnuplot_file(script, path, why, size);
    /* A message that starts with the path is about the file. */
    if (!good && strncmp(why, path, strlen(path)) == 0)
        good = -1;
    if (good <= 0) {
        free(plot->svg);
        plot->svg = NULL;
    }
    free(script);
    free(path);
    return good;
}

int scale_plots_draw(scale_plot plots[SCALE_PLOTS], const scale_study *s, const char *dir,
                     char *pictures, size_t pictures_size, char *error, size_t error_size)
{
    scale_axes axes = scale_axes_of(s);
    char why[NUDGE_ERROR_SIZE];
    int status = 1;
    pictures[0] = error[0] = '\0';
    for (int i = 0; i < SCALE_PLOTS; i++) {
        plots[i] = kinds[i].plot;
        char *commands = commands_of(&plots[i], kinds[i].draw, s, &axes);
        if (commands != NULL && pictures[0] == '\0' && status == 1) {
            int drawn = draw_plot(&plots[i], commands, dir, why, sizeof why);
            if (drawn <= 0)
                snprintf(drawn < 0 ? error : pictures, drawn < 0 ? error_size : pictures_size,
                         "%s", why);
            status = drawn >= 0;
        }
        free(commands);
    }
    free(axes.series);
    return status;
}

const char *scale_plot_name(int i)
{
    return kinds[i].plot.name;
}

void scale_plots_end(scale_plot plots[SCALE_PLOTS])
{
    for (int i = 0; i < SCALE_PLOTS; i++) {
        free(plots[i].svg);
        plots[i].svg = NULL;
    }
}
