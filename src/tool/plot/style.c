#include "plot/style.h"

#include <string.h>
#include <strings.h>

#include "support/gnuplot.h"

/* The colours of Okabe and Ito, which colour-blind readers can tell apart too ("Color Universal
 * Design", 2008); yellow, too light on white, is left out. Letters are of one size: pixels in SVG,
 * points of 96 to the inch in PNG. */
const char plot_picture_style[] =
    "array colour = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000']\n"
    "do for [i=1:|colour|] {\n"
    "    set linetype i linecolor rgb colour[i] linewidth 2 pointtype 7 pointsize 0.6\n"
    "}\n"
    "set border 3 linecolor rgb '#808080' linewidth 1\n"
    "set tics nomirror textcolor rgb '#303030'\n"
    "set grid linecolor rgb '#e0e0e0' linetype 1 linewidth 1\n"
    "set key outside right top vertical Left reverse samplen 2.5 spacing 1.2\n";

enum plot_kind plot_kind_of(const char *path)
{
    const char *ending = strrchr(path, '.');
    return ending == NULL                     ? PLOT_TEXT
           : strcasecmp(ending, ".svg") == 0 ? PLOT_SVG
           : strcasecmp(ending, ".png") == 0 ? PLOT_PNG
                                             : PLOT_TEXT;
}

void plot_write_terminal(FILE *script, enum plot_kind kind, int width, int height)
{
    static const char *const terminal[] = {
        [PLOT_TEXT] = "dumb mono noenhanced nofeed",
        [PLOT_SVG] = "svg noenhanced font 'sans-serif,14' background rgb 'white' linewidth 1",
        [PLOT_PNG] = "pngcairo noenhanced font 'sans,10.5' background rgb 'white' linewidth 1",
    };
    fprintf(script, "set encoding utf8\nset terminal %s size %d,%d\n", terminal[kind], width,
            height);
}

void plot_write_quoted(FILE *script, const char *before, const char *text, const char *after)
{
    fputs(before, script);
    gnuplot_quote(script, text);
    fputs(after, script);
}
