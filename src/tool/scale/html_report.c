/* report.html: one file, no network, no script; made to be printed as well. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "drift.h"
#include "html.h"
#include "html_parts.h"
#include "support/text_table.h"
#include "write.h"

static const char style[] =
    ":root{color-scheme:light}\n"
    "body{font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;"
    "color:#1a1a1a;background:#fff;max-width:62rem;margin:2rem auto;padding:0 1.2rem}\n"
    "h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem}\n"
    "h2{font-size:1.2rem;margin:2.2rem 0 .6rem;border-bottom:1px solid #ccc;padding-bottom:.2rem}\n"
    "h3{font-size:1rem;margin:1.4rem 0 .3rem}\n"
    "p{margin:.4rem 0}\nli{margin:.25rem 0}\n"
    ".sub{font-size:1.1rem;color:#444}\n.quiet,figcaption{color:#555;font-size:.9rem}\n"
    "pre{background:#f4f4f2;padding:.6rem .8rem;white-space:pre-wrap;overflow-wrap:anywhere;"
    "font-size:.85rem}\n"
    ".banner,.notes{border-left:.35rem solid #d55e00;background:#fdf1e7;padding:.5rem 1rem;"
    "margin:1rem 0}\n.banner{font-weight:600}\n.notes h2{border:0;margin:.2rem 0}\n"
    ".bad{color:#b03a00;font-weight:600}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-size:.82rem;font-variant-numeric:tabular-nums;"
    "margin:.6rem 0}\n"
    "th,td{padding:.25rem .45rem;text-align:right;vertical-align:top;"
    "border-bottom:1px solid #e2e2e2}\n"
    "th{font-weight:600;vertical-align:bottom;border-bottom:1.5px solid #888}\n"
    "td small{display:block;color:#666;font-size:.86em;white-space:nowrap}\n"
    "td.text,th.text,.plain td{text-align:left;overflow-wrap:anywhere}\n"
    ".plain td:first-child{color:#555;white-space:nowrap}\n"
    "tr.prediction td{font-style:italic;background:#f6f6f6}\n"
    ".formula{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:.9rem}\n"
    "figure{margin:1.4rem 0}\nimg{width:100%;height:auto}\n"
    "@page{size:A4;margin:14mm}\n"
    "@media print{body{font-size:10pt;max-width:none;margin:0;padding:0}"
    "figure,tr,.notes,.banner{break-inside:avoid}h2,h3{break-after:avoid}"
    "table{font-size:7.5pt}th,td{padding:.15rem .35rem}.wide{overflow:visible}"
    "img{max-height:105mm;object-fit:contain}"
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n";

/* ---- Head ------------------------------------------------------------------------------ */

/* "Strong scaling" */
static scale_text heading_of(const scale_study *s)
{
    scale_text t;
    snprintf(t.text, sizeof t.text, "%.40s scaling", s->mode_name);
    t.text[0] = (char)toupper((unsigned char)t.text[0]);
    return t;
}

static const char *known(const char *text)
{
    return text != NULL && *text != '\0' ? text : "\u2013";
}

static void put_head(FILE *out, const scale_study *s)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n", out);
    html_put(out, "title", "%s: %s", heading_of(s).text, known(s->title));
    fprintf(out, "<style>\n%s</style>\n</head>\n<body>\n", style);
    html_put(out, "h1", "%s%s", heading_of(s).text, s->interrupted ? " (interrupted)" : "");
    html_put(out, "p class=\"sub\"", "%s", known(s->title));
    if (s->interrupted)
        html_put(out, "p class=\"banner\"", "This study was interrupted: repeats or points are "
                 "missing, and what follows is about those that were done.");
}

static void put_notes(FILE *out, const scale_study *s)
{
    if (s->n_notes == 0)
        return;
    fputs("<div class=\"notes\">\n<h2>To know before reading on</h2>\n<ul>\n", out);
    for (size_t i = 0; i < s->n_notes; i++)
        html_put(out, "li", "%s", s->notes[i]);
    fputs("</ul>\n</div>\n", out);
}

static const char *what_changes(scale_mode mode)
{
    switch (mode) {
    case SCALE_STRONG: return "The same work on more threads";
    case SCALE_WEAK: return "As many samples for each thread";
    case SCALE_BATCH: return "Batches of several sizes";
    case SCALE_WIDTH: return "Hidden layers of several widths";
    case SCALE_DEPTH: return "Several counts of hidden layers";
    case SCALE_ROWS: return "Several sizes of the training data";
    }
    return "";
}

static void put_what(FILE *out, const scale_study *s)
{
    char duration[NU_TEXT] = "\u2013";
    size_t done = 0;
    for (size_t i = 0; i < s->n_points; i++)
        done += s->points[i].n;
    if (isfinite(s->seconds))
        nu_seconds_text(duration, s->seconds);
    fputs("<h2>What was measured</h2>\n", out);
    html_put(out, "p", "%s: %zu point%s, %zu of %zu repeats, in random order, on a machine with "
             "%d core%s for this process. Started %s, took %s. nudge %s.", what_changes(s->mode),
             s->n_points, s->n_points == 1 ? "" : "s", done, s->n_points * s->repeats, s->cores,
             s->cores == 1 ? "" : "s", known(s->started), duration, nudge_version());
    html_put(out, "p", "Data: %s.", known(s->data));
    if (isfinite(s->target_loss))
        html_put(out, "p", "Target loss: %s.", scale_plain(s->target_loss).text);
    fputs("<p>To do it again:</p>\n", out);
    html_put(out, "pre", "%s", known(s->command));
}

/* ---- Plots ----------------------------------------------------------------------------- */

static void put_plots(FILE *out, const scale_plot plots[SCALE_PLOTS], const char *no_pictures)
{
    int left_out = 0;
    fputs("<h2>Plots</h2>\n", out);
    if (no_pictures[0] != '\0')
        html_put(out, "p class=\"bad\"", "Plots are missing: %s. With gnuplot installed (Debian: "
                 "apt-get install gnuplot-nox) the command above makes them.", no_pictures);
    for (int i = 0; i < SCALE_PLOTS; i++) {
        const scale_plot *p = &plots[i];
        left_out += p->why_not != NULL;
        if (p->svg == NULL)
            continue;
        fputs("<figure>\n", out);
        html_svg(out, p->svg, p->title);
        html_put(out, "figcaption", "%s", p->caption);
        fputs("</figure>\n", out);
    }
    if (left_out == 0)
        return;
    fputs("<p class=\"quiet\">Not drawn:</p>\n<ul class=\"quiet\">\n", out);
    for (int i = 0; i < SCALE_PLOTS; i++)
        if (plots[i].why_not != NULL)
            html_put(out, "li", "%s: %s.", plots[i].title, plots[i].why_not);
    fputs("</ul>\n", out);
}

/* ---- How ------------------------------------------------------------------------------- */

static void put_method(FILE *out, const scale_study *s)
{
    fputs("<h2>Method</h2>\n<ul>\n", out);
    html_put(out, "li", "Each point was trained %zu times from the same start; the repeats of all "
             "points were mixed in random order, so that a drift of the machine does not look like "
             "an effect of the threads.", s->repeats);
    html_put(out, "li", "Step and samples/s are medians over the repeats. Ranges are %g %% "
             "intervals: of the median, and carried on from it to speed-up, efficiency and models. "
             "They tell how well this machine\u2019s median is known, not how other machines "
             "differ.", 100 * s->level);
    html_put(out, "li", "Repeats that follow each other are more alike than independent ones where "
             "the machine\u2019s speed wanders. Their correlation here, %.2f, makes the intervals "
             "%.2f times as wide. What the speed does more slowly than this study took, no interval "
             "can know.", s->persistence, scale_stretch(s->persistence));
    html_put(out, "li", "Outliers lie outside Tukey\u2019s fences (1.5 times the distance of the "
             "quartiles). They and repeats that something else on the machine disturbed are "
             "counted in brackets and kept; results.csv marks each.");
    html_put(out, "li", "Speed-up is over the fewest threads with the same work, times that "
             "count%s; efficiency is speed-up per thread.",
             s->mode == SCALE_WEAK ? "; in weak scaling, of samples/s" : "");
    html_put(out, "li", "Karp\u2013Flatt: the serial fraction e = (1/S - 1/p) / (1 - 1/p) of a "
             "speed-up S on p threads (Karp and Flatt 1990). If it grows with p, parallel overhead "
             "grows; if it stays, a fixed part is serial.");
    html_put(out, "li", "GFLOP/s count the arithmetic of the training step\u2019s matrix products; "
             "the GEMM peak is the rate of large products on as many threads, measured in the same "
             "run.");
    html_put(out, "li", "Forecast: the time of a step by the cost model, before it was measured.");
    html_put(out, "li", "Rows marked as predictions were not measured: a fitted formula carried "
             "on. Tests leave a measured point out, fit the rest, and compare.");
    html_put(out, "li", "The time by phase is from one more run with clocks in it, summed over the "
             "threads; that run is in no other number.");
    fputs("</ul>\n", out);
}

static void put_files(FILE *out, const char *const *left)
{
    fputs("<h2>Files beside this one</h2>\n<p>", out);
    for (; *left != NULL; left++) {
        fputs("<code>", out);
        html_text(out, *left);
        fprintf(out, "</code>%s", left[1] != NULL ? ", " : "");
    }
    fputs("</p>\n", out);
}

/* ---- All of it ------------------------------------------------------------------------- */

static int has_phases(const scale_study *s)
{
    for (size_t i = 0; i < s->n_points; i++)
        if (s->points[i].phases.forward > 0)
            return 1;
    return 0;
}

void scale_write_report(const scale_study *s, const scale_plot plots[SCALE_PLOTS],
                        const char *no_pictures, const char *const *left, FILE *out)
{
    put_head(out, s);
    put_notes(out, s);
    put_what(out, s);
    fputs("<h2>Findings</h2>\n", out);
    html_findings(out, s);
    fputs("<h2>Points</h2>\n", out);
    html_points(out, s);
    for (size_t i = 0, said = 0; i < s->n_points && said == 0; i++)
        if (s->points[i].oversubscribed) {
            html_put(out, "p class=\"quiet\"", "* more threads than cores");
            said = 1;
        }
    put_plots(out, plots, no_pictures);
    if (has_phases(s)) {
        fputs("<h2>Time by phase</h2>\n", out);
        html_put(out, "p class=\"quiet\"", "Parts of the time of all threads together. Small: "
                 "percent of that time that the fewest threads did not need: efficiency lost.");
        html_phases(out, s);
    }
    if (s->n_models > 0)
        fputs("<h2>Models</h2>\n", out);
    html_models(out, s);
    put_method(out, s);
    put_files(out, left);
    fputs("<h2>Environment</h2>\n", out);
    html_environment(out, s->environment);
    fputs("</body>\n</html>\n", out);
}
