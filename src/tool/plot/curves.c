#include "plot/plot.h"

#include <float.h>
#include <math.h>

#include "support/say.h"
#include "support/text_stream.h"

enum { FEW_POINTS = 30 /* are marked */, LINES = 7 /* of text, with a character each */ };

static const char *const dashtype[] = {"solid", "(7,4)"}; /* lengths of dash and gap */
static const char *const kinds[] = {"training", "validation"};

const plot_metric plot_metrics[PLOT_METRICS] = {
    [PLOT_LOSS] = {"loss", {RUN_TRAIN_LOSS, RUN_VAL_LOSS}, {{1, "loss", 0}}},
    [PLOT_ACCURACY] = {"accuracy", {RUN_TRAIN_ACCURACY, RUN_VAL_ACCURACY}, {{1, "accuracy", 0}}},
    [PLOT_RMSE] = {"RMSE", {RUN_VALUES, RUN_VAL_RMSE}, {{1, "RMSE", 0}}},
    [PLOT_SPEED] = {"speed", {RUN_SPEED, RUN_VALUES},
                    {{1e6, "million samples/s", 1e6}, {1e3, "1000 samples/s", 1e4},
                     {1, "samples/s", 0}}},
};

static const plot_unit epochs[] = {{1, "epoch", 0}};
static const plot_unit times[] = {{3600, "training time (h)", 4 * 3600},
                                  {60, "training time (min)", 300},
                                  {1, "training time (s)", 0}};

int plot_has(const run_log *run, int metric)
{
    return run->has[plot_metrics[metric].values[0]] || run->has[plot_metrics[metric].values[1]];
}

static void look_at_points(plot *p, const plot_curve *c)
{
    const run_log *run = &p->runs[c->run];
    for (size_t i = 0; i < run->n; i++) {
        double y = run->epochs[i].value[c->value];
        p->not_above_0 += y <= 0;
        p->high = fmax(p->high, y);
        p->low = y > 0 ? fmin(p->low, y) : p->low;
    }
    p->first = fmin(p->first, run->epochs[0].value[p->x]);
    p->last = fmax(p->last, run->epochs[run->n - 1].value[p->x]);
}

void plot_find_curves(plot *p)
{
    p->first = p->low = INFINITY;
    for (size_t i = 0; i < p->n; i++)
        for (int v = 0; v < 2; v++)
            if (p->runs[i].has[plot_metrics[p->y].values[v]]) {
                p->curves[p->n_curves] = (plot_curve){i, v, plot_metrics[p->y].values[v]};
                p->kinds[v] = 1;
                look_at_points(p, &p->curves[p->n_curves++]);
            }
}

/* ---- How pictures look ----------------------------------------------------------------- */

/* A label beside the axis would stand across and cover numbers. */
static const char text_style[] =
    "set tics nomirror scale 0.5\n"
    "set key bmargin center horizontal Left reverse\n"
    "set title name.(name eq '' ? '' : ': ').label\n";

/* A run's name loses its .jsonl and, if it is long, its middle: there must be room for curves. */
static const char shorter_names[] =
    "cut(s) = strlen(s) > 40 ? s[1:18].'...'.s[strlen(s)-18:*] : s\n"
    "short(s) = cut(strlen(s) > 6 && s[strlen(s)-5:*] eq '.jsonl' ? s[1:strlen(s)-6] : s)\n";

/* gnuplot labels powers of ten alone. Here: even steps where the axis spans little, else 1, 2, 5,
 * 10, ..., but for more than three decades. */
static const char log_axis[] =
    "set logscale y\n"
    "set format y '%g'\n"
    "set yrange [low:high]\n"
    "round_up(x, p) = x <= p ? p : x <= 2 * p ? 2 * p : x <= 5 * p ? 5 * p : 10 * p\n"
    "if (high < 6 * low) {\n"
    "    step = round_up((high - low) / 6, 10.0 ** floor(log10((high - low) / 6)))\n"
    "    do for [k=ceil(low / step):floor(high / step)] { set ytics add (k * step) }\n"
    "} else { if (high < 2000 * low) {\n"
    "    do for [k=floor(log10(low)):ceil(log10(high))] {\n"
    "        set ytics add (2 * 10.0 ** k, 5 * 10.0 ** k)\n"
    "    }\n"
    "} }\n";

/* ---- The script ------------------------------------------------------------------------ */

/* Of x (0) or y (1). */
static const plot_unit *unit_of(const plot *p, int y)
{
    const plot_unit *unit = y ? plot_metrics[p->y].units : p->x == RUN_EPOCH ? epochs : times;
    while ((y ? p->high : p->last) < unit->from)
        unit++;
    return unit;
}

static void write_style(const plot *p, FILE *script)
{
    const char *kind = p->y == PLOT_SPEED || (p->kinds[0] && p->kinds[1]) ? ""
                       : p->kinds[0] ? "training " : "validation ";
    plot_write_terminal(script, p->kind, p->width, p->height);
    fputs(shorter_names, script);
    if (p->title != NULL)
        plot_write_quoted(script, "name = ", p->title, "\n");
    else
        plot_write_quoted(script, "name = short(", p->n == 1 ? p->names[0] : "", ")\n");
    fprintf(script, "label = '%s%s'\n%s%s", kind, unit_of(p, 1)->label,
            p->kind == PLOT_TEXT ? text_style : plot_picture_style,
            p->kind == PLOT_TEXT ? "" : "set title name\nset ylabel label\n");
}

static void write_axes(const plot *p, FILE *script)
{
    const plot_unit *x = unit_of(p, 0), *y = unit_of(p, 1);
    double first = p->x == RUN_EPOCH ? p->first - 1 : 0;
    double last = p->last > first ? p->last : first + 1; /* no time that the clock could see */
    double room = 1.01 * pow(p->high / p->low, 0.04);
    fprintf(script, "set xlabel '%s'\nset xrange [%.17g:%.17g]\n", x->label, first / x->size,
            last / x->size);
    if (p->x == RUN_EPOCH && last - first <= 12)
        fputs("set xtics 1\n", script); /* no half epochs */
    if (p->log)
        fprintf(script, "low = %.17g\nhigh = %.17g\n%s", fmax(p->low / y->size / room, DBL_MIN),
                fmin(p->high / y->size * room, DBL_MAX), log_axis);
    else if (p->y == PLOT_SPEED)
        fputs("set yrange [0:*]\n", script);
}

/* Points that cannot be shown are left out. */
static void write_points(const plot *p, size_t i, FILE *script)
{
    const run_log *run = &p->runs[p->curves[i].run];
    fprintf(script, "$curve%zu << EOD\n", i);
    for (size_t k = 0; k < run->n; k++) {
        const double *value = run->epochs[k].value;
        double y = value[p->curves[i].value];
        if (isfinite(y) && !(p->log && y <= 0))
            fprintf(script, "%.17g %.17g\n", value[p->x] / unit_of(p, 0)->size,
                    y / unit_of(p, 1)->size);
    }
    fputs("EOD\n", script);
}

static void write_name(const plot *p, const plot_curve *c, FILE *script)
{
    if (p->n == 1)
        plot_write_quoted(script, " title ", kinds[c->validation], "");
    else
        plot_write_quoted(script, " title short(", p->names[c->run], ")");
    if (p->n > 1 && p->kind == PLOT_TEXT && p->kinds[0] && p->kinds[1])
        fprintf(script, ".' %s'", kinds[c->validation]);
}

static void write_text_curve(const plot *p, size_t i, FILE *script)
{
    int letters = p->runs[p->curves[i].run].n == 1 || p->n_curves > LINES;
    fprintf(script, "$curve%zu with %s linetype %zu", i, letters ? "linespoints" : "lines", i + 1);
    if (letters)
        fprintf(script, " pointtype %zu", i + 1);
    write_name(p, &p->curves[i], script);
}

/* Runs beyond the number of colours get marks of another form. */
static void write_picture_curve(const plot *p, size_t i, FILE *script)
{
    static const int filled[] = {7, 5, 9, 13}, open[] = {6, 4, 8, 12};
    const plot_curve *c = &p->curves[i];
    size_t points = p->runs[c->run].n, form = c->run / PLOT_COLOURS;
    int marks = points <= FEW_POINTS || form > 0;
    fprintf(script, "$curve%zu with %s linetype %zu dashtype %s", i,
            marks ? "linespoints" : "lines", c->run % PLOT_COLOURS + 1, dashtype[c->validation]);
    if (marks)
        fprintf(script, " pointtype %d pointinterval %zu", (c->validation ? open : filled)[form],
                points <= FEW_POINTS ? 1 : points / 12 + 1);
    if (c->validation && p->n > 1 && p->runs[c->run].has[plot_metrics[p->y].values[0]])
        fputs(" notitle", script); /* the colour is explained already */
    else
        write_name(p, c, script);
}

char *plot_script(const plot *p)
{
    char *text = NULL;
    FILE *script = text_begin(&text);
    write_style(p, script);
    write_axes(p, script);
    for (size_t i = 0; i < p->n_curves; i++)
        write_points(p, i, script);
    for (size_t i = 0; i < p->n_curves; i++) {
        fputs(i == 0 ? "plot " : ", ", script);
        (p->kind == PLOT_TEXT ? write_text_curve : write_picture_curve)(p, i, script);
    }
    for (int v = 0; p->kind != PLOT_TEXT && p->n > 1 && p->kinds[0] && p->kinds[1] && v < 2; v++)
        fprintf(script, ", NaN with lines linecolor rgb '#606060' linewidth 2 dashtype %s "
                "title '%s'", dashtype[v], kinds[v]);
    fputc('\n', script);
    text_end(script);
    return text;
}
