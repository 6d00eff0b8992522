/* Where the time goes: a bar for each point, a group for each value. */
#include <stdlib.h>

#include "plot_parts.h"
#include "support/say.h"

static double phase_sum(const scale_point *p)
{
    scale_phase list[SCALE_PHASES];
    double sum = 0;
    scale_phases_of(list, &p->phases);
    for (int i = 0; i < SCALE_PHASES; i++)
        sum += list[i].value;
    return sum;
}

static double samples_of(const scale_point *p)
{
    return (double)p->rows * (double)p->epochs / (double)p->steps;
}

static int drawn(const scale_point *p)
{
    double sum = phase_sum(p);
    return isfinite(sum) && sum > 0;
}

/* One block for each value, $vK; returns how many. first[k]: a point of it. */
static size_t put_blocks(FILE *out, const scale_study *s, double per_second,
                         const scale_point **first)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        if (!drawn(p))
            continue;
        if (n == 0 || first[n - 1]->value != p->value) {
            fprintf(out, "%s$v%zu << EOD\n", n > 0 ? "EOD\n" : "", n);
            first[n++] = p;
        }
        scale_phase list[SCALE_PHASES];
        scale_phases_of(list, &p->phases);
        double row[1 + SCALE_PHASES] = {p->threads};
        for (int k = 0; k < SCALE_PHASES; k++)
            row[1 + k] = per_second * list[k].value / samples_of(p);
        gnuplot_numbers(out, 1 + SCALE_PHASES, row);
    }
    if (n > 0)
        fputs("EOD\n", out);
    return n;
}

static void put_plot(FILE *out, const scale_study *s, const scale_point *const *first, size_t n)
{
    char group[SCALE_TEXT];
    scale_phase list[SCALE_PHASES];
    scale_phases_of(list, &first[0]->phases);
    for (size_t v = 0; v < n; v++) {
        fputs(v > 0 ? ", \\\n  " : "plot ", out);
        if (s->mode != SCALE_STRONG) {
            fputs("newhistogram ", out);
            gnuplot_quote(out, scale_value_text(group, s, first[v]->value));
            fputs(", ", out);
        }
        for (int k = 0; k < SCALE_PHASES; k++) {
            fprintf(out, "%s$v%zu using %d:xtic(1) lc '%s' ", k > 0 ? ", " : "", v, k + 2,
                    k + 1 == SCALE_PHASES ? "#999999" : gnuplot_colour((size_t)k));
            fprintf(out, v == 0 ? "title '%s'" : "notitle", list[k].name);
        }
    }
    fputc('\n', out);
}

const char *scale_plot_phases(FILE *out, const scale_study *s, const scale_axes *axes)
{
    plot_range y = RANGE_EMPTY;
    char label[SCALE_TEXT];
    (void)axes;
    for (size_t i = 0; i < s->n_points; i++)
        if (drawn(&s->points[i]))
            plot_widen(&y, phase_sum(&s->points[i]) / samples_of(&s->points[i]));
    if (!(y.high > 0))
        return "no run had clocks in it";
    const scale_point **first = need(calloc(s->n_points, sizeof *first));
    scale_unit unit = scale_unit_for(y.high);
    snprintf(label, sizeof label, "thread time for a sample (%s)", unit.name);
    y.high *= unit.per_second;
    plot_y_axis(out, label, y, 0);
    fputs("set style data histograms\nset style histogram rowstacked title offset 0,-0.4\n"
          "set boxwidth 0.72\nset style fill solid 0.9 noborder\nset xtics scale 0\n"
          "unset grid\nset grid ytics lc '#e0e0e0' lt 1 lw 1\n", out);
    size_t n = put_blocks(out, s, unit.per_second, first);
    fputs(s->mode == SCALE_STRONG ? "set xlabel 'threads'\n" : "set bmargin 4\n", out);
    put_plot(out, s, first, n);
    free(first);
    return NULL;
}
