#include "plot/plot_curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/say.h"

enum { FEW_POINTS = 30 }; /* are marked */

static const char dashes[] = "(7,4)"; /* of validation: lengths of dash and gap */

/* A metric of a run. */
typedef struct curve {
    size_t run;
    int validation;
    run_metric metric;
} curve;

/* What a script is made from. */
typedef struct drawing {
    const plot_setup *s;
    FILE *script;
    size_t n;
    curve curves[2 * PLOT_MOST_RUNS];
    int both;            /* training and validation are among them */
    double x_unit;       /* seconds of a unit of x; 1 for epochs */
    double y_unit;       /* samples/s of a unit of y; otherwise 1 */
    const char *x_label, *y_label;
    double first, last;  /* x from and to, in epochs or seconds */
    size_t longest;      /* most epochs of a run */
} drawing;

const char *plot_y_name(enum plot_y y)
{
    static const char *const name[] = {"loss", "accuracy", "RMSE", "speed"};
    return name[y];
}

/* ---- What there is --------------------------------------------------------------------- */

/* The metric for y of training or validation; RUN_METRICS: there is no such metric. */
static run_metric metric_of(enum plot_y y, int validation)
{
    static const run_metric metric[][2] = {
        [PLOT_LOSS] = {RUN_TRAIN_LOSS, RUN_VAL_LOSS},
        [PLOT_ACCURACY] = {RUN_TRAIN_ACCURACY, RUN_VAL_ACCURACY},
        [PLOT_RMSE] = {RUN_METRICS, RUN_VAL_RMSE},
        [PLOT_SPEED] = {RUN_SPEED, RUN_METRICS},
    };
    return metric[y][validation];
}

static int has(const run_log *run, enum plot_y y, int validation)
{
    run_metric metric = metric_of(y, validation);
    return metric != RUN_METRICS && run_log_has(run, metric);
}

int plot_has(const run_log *run, enum plot_y y)
{
    return has(run, y, 0) || has(run, y, 1);
}

size_t plot_count_curves(const plot_setup *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += (size_t)(has(&s->runs[i], s->y, 0) + has(&s->runs[i], s->y, 1));
    return n;
}

void plot_count_points(const plot_setup *s, size_t *not_above_0, size_t *all)
{
    *not_above_0 = *all = 0;
    for (size_t i = 0; i < s->n; i++)
        for (int v = 0; v < 2; v++)
            for (size_t k = 0; has(&s->runs[i], s->y, v) && k < s->runs[i].n; k++) {
                double y = s->runs[i].epochs[k].metric[metric_of(s->y, v)];
                *all += !isnan(y);
                *not_above_0 += y <= 0;
            }
}

/* ---- Units and labels ------------------------------------------------------------------ */

static double x_of(const plot_setup *s, const run_epoch *e)
{
    return s->x == PLOT_TIME ? e->time : e->epoch;
}

static void choose_x(drawing *d)
{
    const plot_setup *s = d->s;
    d->first = INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        d->first = fmin(d->first, x_of(s, &s->runs[i].epochs[0]));
        d->last = fmax(d->last, x_of(s, &s->runs[i].epochs[s->runs[i].n - 1]));
        d->longest = s->runs[i].n > d->longest ? s->runs[i].n : d->longest;
    }
    d->x_unit = 1;
    d->x_label = "epoch";
    if (s->x == PLOT_TIME) {
        int unit = (d->last >= 300) + (d->last >= 4 * 3600);
        d->x_unit = (double[]){1, 60, 3600}[unit];
        d->x_label = (const char *[]){"training time (s)", "training time (min)",
                                      "training time (h)"}[unit];
    }
    /* From 0, but for the log of a run that was resumed late. */
    d->first = d->first > 0.5 * d->last && s->x == PLOT_EPOCH && d->first > 1 ? d->first - 1 : 0;
    if (!(d->last > 0))
        d->last = 1; /* of runs that took no time the clock could see */
    if (s->x == PLOT_EPOCH && d->last - d->first < 2)
        d->last = d->first + 2;
}

/* The least and the most above 0 of all curves. */
static void find_range(const drawing *d, double *low, double *high)
{
    *low = INFINITY;
    *high = 0;
    for (size_t i = 0; i < d->n; i++) {
        const run_log *run = &d->s->runs[d->curves[i].run];
        for (size_t k = 0; k < run->n; k++) {
            double y = run->epochs[k].metric[d->curves[i].metric];
            *high = fmax(*high, y);
            if (y > 0)
                *low = fmin(*low, y);
        }
    }
}

/* Labels of text are short: they stand across. */
static void choose_y(drawing *d)
{
    int text = d->s->canvas.kind == GNUPLOT_TEXT;
    d->y_unit = 1;
    switch (d->s->y) {
    case PLOT_LOSS:
        d->y_label = "loss";
        break;
    case PLOT_ACCURACY:
        d->y_label = text ? "accuracy" : "accuracy (fraction of rows)";
        break;
    case PLOT_RMSE:
        d->y_label = text ? "RMSE" : "validation RMSE (in units of the target)";
        break;
    case PLOT_SPEED: {
        double low, high;
        find_range(d, &low, &high);
        int unit = (high >= 1e4) + (high >= 1e6);
        d->y_unit = (double[]){1, 1e3, 1e6}[unit];
        d->y_label = (const char *[]){"samples/s", "1000 samples/s", "million samples/s"}[unit];
        break;
    }
    }
}

static void write_title(const drawing *d)
{
    static const char *const one[] = {"loss", "accuracy", "RMSE", "training speed"};
    const plot_setup *s = d->s;
    char *title = NULL;
    const char *kinds = s->y == PLOT_SPEED          ? ""
                        : d->both                   ? "training and validation "
                        : d->curves[0].validation   ? "validation "
                                                    : "training ";
    if (s->title == NULL &&
        asprintf(&title, "%s%s%s%s", s->n == 1 ? s->names[0] : "", s->n == 1 ? ": " : "", kinds,
                 one[s->y]) < 0)
        need(NULL);
    if (title != NULL && s->n > 1 && title[0] >= 'a' && title[0] <= 'z')
        title[0] = (char)(title[0] - 'a' + 'A');
    gnuplot_set(d->script, "title", s->title != NULL ? s->title : title);
    free(title);
}

static void write_axes(const drawing *d)
{
    gnuplot_set(d->script, "xlabel", d->x_label);
    gnuplot_set(d->script, "ylabel", d->y_label);
    fprintf(d->script, "set xrange [%.17g:%.17g]\n", d->first / d->x_unit, d->last / d->x_unit);
    if (d->s->x == PLOT_EPOCH && d->last - d->first <= 12)
        fputs("set xtics 1\n", d->script); /* no half epochs */
    if (d->s->log) {
        double low, high;
        find_range(d, &low, &high);
        gnuplot_log_axis(d->script, "y", low / d->y_unit, high / d->y_unit);
    } else if (d->s->y == PLOT_SPEED) {
        fputs("set yrange [0:*]\n", d->script);
    } else if (d->longest == 1) {
        fputs("set offsets 0, 0, graph 0.1, graph 0.1\n", d->script); /* no point on the frame */
    }
}

/* ---- Curves ---------------------------------------------------------------------------- */

static void collect_curves(drawing *d)
{
    int kinds[2] = {0, 0};
    for (size_t i = 0; i < d->s->n; i++)
        for (int v = 0; v < 2; v++)
            if (has(&d->s->runs[i], d->s->y, v)) {
                d->curves[d->n++] = (curve){i, v, metric_of(d->s->y, v)};
                kinds[v] = 1;
            }
    d->both = kinds[0] && kinds[1];
}

/* Points that cannot be shown are left out. */
static void write_points(const drawing *d, size_t i)
{
    const run_log *run = &d->s->runs[d->curves[i].run];
    fprintf(d->script, "$curve%zu << EOD\n", i);
    for (size_t k = 0; k < run->n; k++) {
        const run_epoch *e = &run->epochs[k];
        double y = e->metric[d->curves[i].metric];
        if (!isnan(y) && !(d->s->log && y <= 0))
            gnuplot_numbers(d->script, 2,
                            (double[]){x_of(d->s, e) / d->x_unit, y / d->y_unit});
    }
    fputs("EOD\n", d->script);
}

static void write_name(const drawing *d, const curve *c)
{
    const char *kind = c->validation ? "validation" : "training", *run = d->s->names[c->run];
    char *name = NULL;
    fputs(" title ", d->script);
    if (d->s->n > 1 && d->both && d->s->canvas.kind == GNUPLOT_TEXT) {
        if (asprintf(&name, "%s %s", run, kind) < 0)
            need(NULL);
        gnuplot_quote(d->script, name);
        free(name);
    } else {
        gnuplot_quote(d->script, d->s->n > 1 ? run : kind);
    }
}

static void write_text_curve(const drawing *d, size_t i)
{
    int few = d->s->runs[d->curves[i].run].n == 1 || d->n > GNUPLOT_CHARACTERS;
    fprintf(d->script, "$curve%zu using 1:2 with %s linetype %zu", i,
            few ? "linespoints" : "lines", i + 1);
    if (few)
        fprintf(d->script, " pointtype %zu", i + 1);
    write_name(d, &d->curves[i]);
}

/* Runs beyond the number of colours get marks of another form. */
static void write_picture_curve(const drawing *d, size_t i)
{
    static const int filled[] = {7, 5, 9, 13}, open[] = {6, 4, 8, 12};
    const curve *c = &d->curves[i];
    size_t points = d->s->runs[c->run].n, form = c->run / GNUPLOT_COLOURS % 4;
    int marks = points <= FEW_POINTS || form > 0;
    fprintf(d->script, "$curve%zu using 1:2 with %s linetype %zu dashtype %s", i,
            marks ? "linespoints" : "lines", c->run % GNUPLOT_COLOURS + 1,
            c->validation ? dashes : "solid");
    if (marks)
        fprintf(d->script, " pointtype %d pointinterval %zu", (c->validation ? open : filled)[form],
                points <= FEW_POINTS ? 1 : points / 12 + 1);
    if (c->validation && d->both && d->s->n > 1)
        fputs(" notitle", d->script); /* the colour is explained already */
    else
        write_name(d, c);
}

/* What solid and dashed mean, once for all runs. */
static void write_kinds(const drawing *d)
{
    static const char *const kind[] = {"training", "validation"};
    for (int v = 0; v < 2; v++)
        fprintf(d->script, ", NaN with lines linecolor rgb '#606060' linewidth 2 dashtype %s "
                "title '%s'", v ? dashes : "solid", kind[v]);
}

char *plot_script(const plot_setup *s)
{
    drawing d = {.s = s};
    char *text = NULL;
    size_t size;
    int picture = s->canvas.kind != GNUPLOT_TEXT;
    d.script = need(open_memstream(&text, &size));
    collect_curves(&d);
    choose_x(&d);
    choose_y(&d);
    gnuplot_begin(d.script, &s->canvas);
    write_title(&d);
    write_axes(&d);
    for (size_t i = 0; i < d.n; i++)
        write_points(&d, i);
    for (size_t i = 0; i < d.n; i++) {
        fputs(i == 0 ? "plot " : ", ", d.script);
        if (picture)
            write_picture_curve(&d, i);
        else
            write_text_curve(&d, i);
    }
    if (picture && d.both && s->n > 1)
        write_kinds(&d);
    fputc('\n', d.script);
    if (fclose(d.script) != 0)
        need(NULL);
    return text;
}
