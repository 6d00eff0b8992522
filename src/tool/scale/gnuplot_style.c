#include "scale/gnuplot_style.h"

#include <float.h>
#include <math.h>
#include <string.h>
#include <strings.h>

int gnuplot_kind_of(const char *path, gnuplot_kind *kind)
{
    static const char *const ending[] = {[GNUPLOT_SVG] = ".svg", [GNUPLOT_PNG] = ".png"};
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        if (n > 4 && strcasecmp(path + n - 4, ending[i]) == 0) {
            *kind = (gnuplot_kind)i;
            return 1;
        }
    return 0;
}

const char *gnuplot_colour(size_t i)
{
    /* Blue, vermilion, bluish green, reddish purple, orange, sky blue, black. */
    static const char *const colour[GNUPLOT_COLOURS] = {
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
    };
    return colour[i % GNUPLOT_COLOURS];
}

static void begin_text(FILE *script, const gnuplot_canvas *c)
{
    fprintf(script,
            "set terminal dumb mono noenhanced nofeed size %d,%d\n"
            "set tics nomirror scale 0.5\n"
            "set key bmargin center horizontal Left reverse\n",
            c->width, c->height);
}

static void begin_picture(FILE *script, const gnuplot_canvas *c)
{
    /* The same size of letters in both: pixels in SVG, points of 96 to the inch in PNG. */
    if (c->kind == GNUPLOT_SVG)
        fprintf(script, "set terminal svg noenhanced size %d,%d font 'sans-serif,14' "
                "background rgb 'white' linewidth 1\n", c->width, c->height);
    else
        fprintf(script, "set terminal pngcairo noenhanced size %d,%d font 'sans,10.5' "
                "background rgb 'white' linewidth 1\n", c->width, c->height);
    for (size_t i = 0; i < GNUPLOT_COLOURS; i++)
        fprintf(script, "set linetype %zu linecolor rgb '%s' linewidth 2 pointtype 7 "
                "pointsize 0.6\n", i + 1, gnuplot_colour(i));
    fputs("set border 3 linecolor rgb '#808080' linewidth 1\n"
          "set tics nomirror textcolor rgb '#303030'\n"
          "set grid linecolor rgb '#e0e0e0' linetype 1 linewidth 1\n"
          "set key outside right top vertical Left reverse samplen 2.5 spacing 1.2\n",
          script);
}

void gnuplot_begin(FILE *script, const gnuplot_canvas *canvas)
{
    fputs("set encoding utf8\n", script);
    if (canvas->kind == GNUPLOT_TEXT)
        begin_text(script, canvas);
    else
        begin_picture(script, canvas);
}

void gnuplot_set(FILE *script, const char *what, const char *text)
{
    fprintf(script, "set %s ", what);
    gnuplot_quote(script, text);
    fputc('\n', script);
}

void gnuplot_numbers(FILE *script, size_t n, const double *value)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            fputc(' ', script);
        if (isfinite(value[i]))
            fprintf(script, "%.17g", value[i]);
        else
            fputs("NaN", script);
    }
    fputc('\n', script);
}

/* ---- Logarithmic axes ------------------------------------------------------------------ */

/* The smallest of 1, 2, 5, 10, ... times a power of ten that is at least x. */
static double round_up(double x)
{
    double power = pow(10, floor(log10(x))), part = x / power;
    return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

static void add_tic(FILE *script, double at, double low, double high, int *tics)
{
    if (at >= low && at <= high)
        fprintf(script, "%s%.12g", (*tics)++ > 0 ? ", " : "", at);
}

void gnuplot_log_axis(FILE *script, const char *axis, double low, double high)
{
    double decades = log10(high) - log10(low); /* their quotient may be too large */
    double room = 1.01 * pow(10, 0.04 * decades);
    int tics = 0;
    low = fmax(low / room, DBL_MIN);
    high = fmin(high * room, DBL_MAX);
    fprintf(script, "set logscale %s\nset %srange [%.12g:%.12g]\nset format %s '%%g'\n"
            "set %stics (", axis, axis, low, high, axis, axis);
    if (decades < 0.8) {
        double step = round_up((high - low) / 6);
        for (double k = ceil(low / step); k * step <= high; k++)
            add_tic(script, k * step, low, high, &tics);
    } else {
        int step = 1 + (int)(decades / 10);
        for (int k = (int)floor(log10(low)); k <= (int)ceil(log10(high)); k += step)
            for (int m = 0; m < (decades <= 3 ? 3 : 1); m++)
                add_tic(script, (double[]){1, 2, 5}[m] * pow(10, k), low, high, &tics);
    }
    fputs(")\n", script);
}
