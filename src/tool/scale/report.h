/* What a study found, in one telling: on the terminal and in report.md as text, in report.html. */
#ifndef NUDGE_SCALE_REPORT_H
#define NUDGE_SCALE_REPORT_H

#include <jansson.h>

#include "support/page.h"
#include "scale/study.h"

/* Text in lines of at most 80 columns; it is Markdown as well. */
void scale_report(const scale_study *s, FILE *out);

/* One file with the figures that are in `folder`; NULL: none. */
void scale_report_html(const scale_study *s, const char *folder, FILE *out);

/* plots.gp: the script for gnuplot that draws speedup, step, phases and single, each as .svg and
 * .png, if there are numbers for it, from points.csv, steps.csv and laws.csv beside it, for the
 * user to change and run again (plots.c). */
void scale_write_plots(const scale_study *s, FILE *out);

/* The section about laws (report_laws.c). */
void report_laws(const scale_study *s, page *p);

/* ---- Parts ----------------------------------------------------------------------------- */

/* A column of a table: one of scale/results.h; estimates become two, objects as many as they have
 * keys. */
typedef struct report_column {
    const char *head;   /* of several: what their names begin with; "step, " goes on with a unit */
    const char *name;
    double factor;      /* 0: the study's unit of steps */
    int digits;         /* that count; 0: as counts are told; -n: n decimals */
} report_column;

/* A table of the rows in a list, which it frees; those with nothing known but their keys, the
 * first columns, are left out. Returns whether any is left; otherwise there is no heading. */
int report_table(const scale_study *s, page *p, page_role role, const char *heading, json_t *rows,
                 const report_column *columns, size_t n, size_t keys);

/* Both ends of an estimate's interval, times a factor, with as many decimals as give the value so
 * many digits, through a format with two %s; empty if there is no interval. Returns buf. */
#define REPORT_TEXT 80
const char *report_range(char buf[REPORT_TEXT], const char *format, const stats_estimate *e,
                         double factor, int digits);

/* What the step times of a study are told in. */
typedef struct report_unit {
    const char *name;  /* "ms" */
    double per_second; /* 1000 */
} report_unit;
report_unit report_unit_of(const scale_study *s);

#endif
