#include "plot/results.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "support/say.h"
#include "support/text_stream.h"
#include "text.h"

enum {
    SIDE = 440,          /* pixels of a panel, */
    WIDE_SIDE = 640,     /* and of one in a picture with a matrix of many classes */
    FEW_CLASSES = 10,    /* whose counts are written into the matrix */
    NAMED_CLASSES = 40,  /* whose names are written beside it */
    LONG_NAME = 12,      /* characters; longer ones are cut */
    MOST_POINTS = 2000,  /* of predicted against true: more hide each other */
    BINS = 10,           /* of calibration, */
    FEW_GUESSES = 5      /* of which one with fewer guesses says nothing */
};

/* ---- Confusion matrix ------------------------------------------------------------------ */

static int has_matrix(const plot_results *r)
{
    return r->metrics->classes > 0 && r->metrics->classes <= PLOT_MOST_CLASSES;
}

/* A line a cell: column, row, colour, count, its colour. A cell is the darker, from white to blue,
 * the more of its row it holds. */
static void write_matrix(const plot_results *r, FILE *script)
{
    const nudge_metrics *m = r->metrics;
    fputs("$matrix << EOD\n", script);
    for (size_t i = 0; i < m->classes; i++) {
        const uint64_t *row = m->confusion + i * m->classes;
        double rows = 0;
        for (size_t k = 0; k < m->classes; k++)
            rows += (double)row[k];
        for (size_t k = 0; k < m->classes; k++) {
            double part = rows > 0 ? (double)row[k] / rows : 0;
            unsigned red = (unsigned)(255 - part * 255), green = (unsigned)(255 - part * 141),
                     blue = (unsigned)(255 - part * 77);
            fprintf(script, "%zu %zu 0x%06x %" PRIu64 " 0x%06x\n", k, i,
                    red << 16 | green << 8 | blue, row[k], part > 0.5 ? 0xffffffu : 0x303030u);
        }
    }
    fputs("EOD\n", script);
}

static void write_names(const plot_results *r, FILE *script, const char *axis)
{
    fprintf(script, "set %s (", axis);
    for (size_t k = 0; k < r->metrics->classes; k++) {
        plot_write_quoted(script, k > 0 ? ", cut(" : "cut(", r->classes[k], ")");
        fprintf(script, " %zu", k);
    }
    fputs(")\n", script);
}

static void draw_matrix(const plot_results *r, FILE *script)
{
    double last = (double)r->metrics->classes - 0.5;
    size_t widest = 0;
    fputs("set title 'confusion matrix'\nset xlabel 'predicted class'\n"
          "set ylabel 'true class' offset -1,0\nunset grid\n", script);
    if (r->metrics->classes <= NAMED_CLASSES) {
        for (size_t k = 0; k < r->metrics->classes; k++)
            widest = (size_t)fmax((double)widest, (double)nu_text_width(r->classes[k]));
        write_names(r, script, widest > 3 ? "xtics rotate by 45 right scale 0" : "xtics scale 0");
        write_names(r, script, "ytics scale 0");
    }
    fprintf(script, "set size %s\nset lmargin %g\n", widest > 3 ? "noratio" : "square",
            7 + 0.8 * fmin((double)widest, LONG_NAME));
    fprintf(script, "plot [-0.5:%g] [%g:-0.5] $matrix using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5)"
            ":3 with boxxyerror fillstyle solid 1 noborder linecolor rgb variable notitle",
            last, last);
    if (r->metrics->classes <= FEW_CLASSES)
        fputs(", $matrix using 1:2:4:5 with labels textcolor rgb variable notitle", script);
    fputs("\nset xtics norotate autofreq scale 1\nset ytics autofreq scale 1\n"
          "set grid\nset size square\nset lmargin 9\n", script);
}

/* ---- Probabilities --------------------------------------------------------------------- */

/* A prediction that something is true, and whether it is. */
typedef struct guess {
    double p;
    int is_true;
} guess;

static int by_falling_p(const void *a, const void *b)
{
    double x = ((const guess *)a)->p, y = ((const guess *)b)->p;
    return (x < y) - (x > y);
}

/* Of row i: that output j is true. */
static guess guess_at(const plot_results *r, size_t i, size_t j)
{
    size_t n = r->metrics->outputs;
    double p = r->predictions[i * n + j];
    if (r->target == NUDGE_CLASSES)
        return (guess){p, r->targets[i] == (double)j};
    return (guess){p, r->targets[i * n + j] > 0.5};
}

/* Of row i: that its class is the most likely one. */
static guess best_guess(const plot_results *r, size_t i)
{
    size_t best = 0;
    for (size_t k = 1; k < r->metrics->outputs; k++)
        if (guess_at(r, i, k).p > guess_at(r, i, best).p)
            best = k;
    return guess_at(r, i, best);
}

/* The curve of output j, without points that nobody could see. Whether there is one: not where all
 * rows are of one kind. */
static int write_roc(const plot_results *r, size_t j, guess *all, FILE *script)
{
    const double see = 0.002;
    size_t rows = r->metrics->rows, trues = 0, t = 0, f = 0;
    for (size_t i = 0; i < rows; i++) {
        all[i] = guess_at(r, i, j);
        trues += (size_t)all[i].is_true;
    }
    double x = 0, y = 0, falses = (double)(rows - trues);
    if (trues == 0 || trues == rows)
        return 0;
    qsort(all, rows, sizeof *all, by_falling_p);
    fprintf(script, "$roc%zu << EOD\n0 0\n", j);
    for (size_t i = 0; i < rows; i++) {
        t += (size_t)all[i].is_true;
        f += (size_t)!all[i].is_true;
        if (i + 1 < rows && all[i + 1].p == all[i].p)
            continue;
        double fpr = (double)f / falses, tpr = (double)t / (double)trues;
        if (i + 1 == rows || fpr - x > see || tpr - y > see) {
            fprintf(script, "%.6g %.6g\n", fpr, tpr);
            x = fpr;
            y = tpr;
        }
    }
    fputs("EOD\n", script);
    return 1;
}

/* The curves that were written: for two classes that of the second. */
static size_t first_curve(const plot_results *r)
{
    return r->target == NUDGE_CLASSES && r->metrics->outputs == 2;
}

static double area_of(const plot_results *r, size_t j)
{
    const nudge_metrics *m = r->metrics;
    return m->by_output != NULL ? m->by_output[NUDGE_METRIC_ROC_AUC * m->outputs + j]
                                : m->value[NUDGE_METRIC_ROC_AUC];
}

/* Curves beyond the colours are told apart by nothing, and have no names. */
static void draw_roc(const plot_results *r, FILE *script)
{
    size_t n = r->metrics->outputs, few = n <= PLOT_COLOURS;
    fprintf(script, "set title 'ROC%s, area %.4f'\nset xlabel 'false positive rate'\n"
            "set ylabel 'true positive rate' offset 0,0\nset key inside bottom right\n"
            "plot [0:1] [0:1] x with lines linecolor rgb '#808080' dashtype 2 linewidth 1 notitle",
            r->target == NUDGE_CLASSES && n > 2 ? ", each class against the others" : "",
            r->metrics->value[NUDGE_METRIC_ROC_AUC]);
    for (size_t j = first_curve(r); j < n; j++) {
        if (isnan(area_of(r, j)))
            continue;
        fprintf(script, ", $roc%zu with lines ", j);
        if (!few) {
            fputs("linecolor rgb '#800072b2' linewidth 1 notitle", script);
            continue;
        }
        fprintf(script, "linetype %zu ", j % PLOT_COLOURS + 1);
        plot_write_quoted(script, "title cut(", r->outputs[j], ")");
        fprintf(script, ".' (%.4f)'", area_of(r, j));
    }
    fputs("\n", script);
}

/* What is true of guesses with about the same probability, with Wilson's interval of 95 %: their
 * mean probability, the part that is true, the interval, the part of all guesses. */
static void write_calibration(const plot_results *r, FILE *script)
{
    const nudge_metrics *m = r->metrics;
    double n[BINS] = {0}, sum[BINS] = {0}, trues[BINS] = {0}, all = 0;
    int by_row = r->target == NUDGE_CLASSES && m->outputs > 2;
    size_t last = r->target == NUDGE_CLASSES ? first_curve(r) : m->outputs - 1;
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = first_curve(r); j <= last; j++) {
            guess g = by_row ? best_guess(r, i) : guess_at(r, i, j);
            int bin = g.p < 1 ? (int)(g.p * BINS) : BINS - 1;
            n[bin]++;
            sum[bin] += g.p;
            trues[bin] += g.is_true;
            all++;
        }
    fputs("$calibration << EOD\n", script);
    for (int b = 0; b < BINS; b++) {
        const double z = 1.959964;
        double p = trues[b] / n[b], middle = (p + z * z / (2 * n[b])) / (1 + z * z / n[b]);
        double half = z / (1 + z * z / n[b]) * sqrt((p * (1 - p) + z * z / (4 * n[b])) / n[b]);
        if (n[b] >= FEW_GUESSES)
            fprintf(script, "%.6g %.6g %.6g %.6g %.6g %g\n", sum[b] / n[b], p, middle - half,
                    middle + half, n[b] / all, (b + 0.5) / BINS);
        else
            fprintf(script, "NaN NaN NaN NaN %.6g %g\n", n[b] / all, (b + 0.5) / BINS);
    }
    fputs("EOD\n", script);
}

static void draw_calibration(const plot_results *r, FILE *script)
{
    size_t n = r->metrics->outputs;
    int classes = r->target == NUDGE_CLASSES && n > 2, one = first_curve(r) + 1 == n;
    plot_write_quoted(script, "set title 'calibration'\nset xlabel 'predicted probability'.",
                      classes ? " of the predicted class" : "", "");
    if (one)
        plot_write_quoted(script, ".' of '.", r->outputs[n - 1], "");
    fprintf(script, "\nset ylabel 'part that is %s' offset 0,0\nset key inside top left\n"
            "plot [0:1] [0:1] $calibration using 6:5 with boxes fillstyle solid 1 noborder "
            "linecolor rgb '#d8d8d8' title 'part of %s', "
            "x with lines linecolor rgb '#808080' dashtype 2 linewidth 1 notitle, "
            "$calibration using 1:2:3:4 with yerrorlines linetype 1 "
            "title '%s, 95%% interval'\n", classes ? "right" : "true",
            classes || one ? "rows" : "predictions", classes ? "right" : "true");
}

/* ---- Numbers --------------------------------------------------------------------------- */

/* Of all rows, or of MOST_POINTS of them, evenly spaced. */
static void draw_numbers(const plot_results *r, size_t j, FILE *script)
{
    const nudge_metrics *m = r->metrics;
    size_t n = m->outputs, step = m->rows / MOST_POINTS + 1, stride = n > 1 ? n : 1;
    double low = INFINITY, high = -INFINITY;
    fprintf(script, "$numbers%zu << EOD\n", j);
    for (size_t i = 0; i < m->rows; i += step) {
        double t = r->targets[i * n + j], p = r->predictions[i * n + j];
        low = fmin(low, fmin(t, p));
        high = fmax(high, fmax(t, p));
        fprintf(script, "%.9g %.9g\n", t, p);
    }
    const double *value = n > 1 ? m->by_output + j : m->value;
    double room = high > low ? (high - low) / 50 : 1;
    fputs("EOD\n", script);
    plot_write_quoted(script, "set title ", r->outputs[j], "");
    fprintf(script, ".': RMSE %.6g, R2 %.4f'\nset xtics %s\nset xlabel 'true%s'\n"
            "set ylabel 'predicted'\n"
            "plot [%.9g:%.9g] [%.9g:%.9g] $numbers%zu with points pointsize 0.4 "
            "linecolor rgb '#900072b2' notitle, "
            "x with lines linecolor rgb '#303030' dashtype 2 linewidth 1 notitle\n",
            value[NUDGE_METRIC_RMSE * stride], value[NUDGE_METRIC_R2 * stride],
            fmax(fabs(low), fabs(high)) < 1e4 ? "norotate" : "rotate by 30 right",
            step > 1 ? ", some of the rows" : "", low - room, high + room, low - room, high + room,
            j);
}

/* ---- All ------------------------------------------------------------------------------- */

static void write_labels(const plot_results *r, FILE *script)
{
    const nudge_metrics *m = r->metrics;
    guess *all = need(calloc(m->rows, sizeof *all));
    int curves = 0, side = m->classes > FEW_CLASSES ? WIDE_SIDE : SIDE;
    for (size_t j = first_curve(r); m->outputs <= PLOT_MOST_CLASSES && j < m->outputs; j++)
        curves += write_roc(r, j, all, script);
    free(all);
    write_calibration(r, script);
    if (has_matrix(r))
        write_matrix(r, script);
    int panels = 1 + has_matrix(r) + (curves > 0);
    plot_write_terminal(script, r->kind, panels * side, side + 30);
    fputs(plot_picture_style, script);
    fprintf(script, "cut(s) = strlen(s) > %d ? s[1:%d].'...' : s\n"
            "set multiplot layout 1,%d title ", LONG_NAME, LONG_NAME - 2, panels);
    plot_write_quoted(script, "", r->title, "\nset size square\nset lmargin 9\n");
    if (has_matrix(r))
        draw_matrix(r, script);
    if (curves > 0)
        draw_roc(r, script);
    draw_calibration(r, script);
}

static void write_numbers(const plot_results *r, FILE *script)
{
    size_t n = r->metrics->outputs < PLOT_MOST_NUMBERS ? r->metrics->outputs : PLOT_MOST_NUMBERS;
    int panels = (int)n, columns = panels < 4 ? panels : panels == 4 ? 2 : 3;
    int rows = (panels + columns - 1) / columns;
    plot_write_terminal(script, r->kind, columns * SIDE, rows * SIDE + 30);
    fputs(plot_picture_style, script);
    fprintf(script, "set multiplot layout %d,%d title ", rows, columns);
    plot_write_quoted(script, "", r->title, "\nset size square\nset lmargin 11\nset bmargin 5\n");
    for (size_t j = 0; j < n; j++)
        draw_numbers(r, j, script);
}

char *plot_results_script(const plot_results *r)
{
    char *text = NULL;
    int labels = r->target == NUDGE_CLASSES || r->target == NUDGE_PROBABILITIES;
    FILE *script = text_begin(&text);
    (labels ? write_labels : write_numbers)(r, script);
    fputs("unset multiplot\n", script);
    text_end(script);
    return text;
}
