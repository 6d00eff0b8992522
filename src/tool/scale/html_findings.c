/* The findings of a study in sentences. Nothing is said of what is not known. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "html_parts.h"

static const char *plural(int n)
{
    return n == 1 ? "" : "s";
}

/* " (95 % interval 5.7 to 6.1)"; nothing where one repeat is all there is. */
static scale_text interval(const scale_estimate *e)
{
    scale_text t = {""};
    if (!isfinite(e->low) || !(e->level > 0))
        return t;
    scale_number level = scale_format("%.3g", 100 * e->level), low = scale_plain(e->low);
    if (isfinite(e->high))
        snprintf(t.text, sizeof t.text, " (%s %% interval %s to %s)", level.text, low.text,
                 scale_plain(e->high).text);
    else if (e->high > 0)
        snprintf(t.text, sizeof t.text, " (%s %% interval %s and more)", level.text, low.text);
    return t;
}

/* "; batch 64", to end a sentence with; nothing in strong mode. */
static const char *at_value(char buf[SCALE_TEXT], const scale_study *s, const scale_point *p)
{
    buf[0] = '\0';
    if (s->mode == SCALE_BATCH)
        snprintf(buf, SCALE_TEXT, "; batch %zu", p->value);
    else if (s->mode != SCALE_STRONG)
        snprintf(buf, SCALE_TEXT, "; %zu %s", p->value, s->value_name);
    return buf;
}

/* ---- Speed ----------------------------------------------------------------------------- */

/* The point with the most threads among those with the value of points[i]; i: the first. */
static const scale_point *most_threads(const scale_study *s, size_t i)
{
    const scale_point *most = NULL;
    for (size_t k = i; k < s->n_points && s->points[k].value == s->points[i].value; k++)
        if (isfinite(s->points[k].speedup.value))
            most = &s->points[k];
    return most;
}

static const scale_point *fastest(const scale_study *s, size_t i)
{
    const scale_point *best = NULL;
    for (size_t k = i; k < s->n_points && s->points[k].value == s->points[i].value; k++)
        if (isfinite(s->points[k].rate.value) &&
            (best == NULL || s->points[k].rate.value > best->rate.value))
            best = &s->points[k];
    return best;
}

static void say_speedup(FILE *out, const scale_study *s, size_t i)
{
    char with[SCALE_TEXT];
    const scale_point *base = &s->points[i], *most = most_threads(s, i), *best = fastest(s, i);
    if (most != NULL && most != base)
        html_put(out, "li", "%d threads train %s times as fast as 1%s: %s %% of ideal%s%s.",
                 most->threads, scale_plain(most->speedup.value).text,
                 interval(&most->speedup).text,
                 scale_format("%.0f", 100 * most->efficiency.value).text,
                 base->threads == 1 ? "" : ", taking the fewest threads for ideal",
                 at_value(with, s, base));
    if (best != NULL)
        html_put(out, "li", "Fastest measured: %d thread%s, %s samples/s%s, %s a step%s.",
                 best->threads, plural(best->threads), scale_plain(best->rate.value).text,
                 interval(&best->rate).text, scale_seconds(best->step.value).text,
                 at_value(with, s, base));
}

static int largest_first(const void *a, const void *b)
{
    double x = ((const scale_phase *)a)->value, y = ((const scale_phase *)b)->value;
    return (x < y) - (x > y);
}

/* Where the efficiency went, and where some was gained: together what is missing of 1. */
static void say_lost(FILE *out, const scale_study *s, const scale_point *p)
{
    enum { PARTS = SCALE_PHASES + 1 };
    char with[SCALE_TEXT], text[512] = "";
    scale_phase list[PARTS];
    size_t used = 0;
    int gained = 0;
    scale_phases_of(list, &p->lost);
    list[SCALE_PHASES] = (scale_phase){"rest", "in no phase: start and end of a run, clocks",
                                       p->lost_rest};
    if (!isfinite(p->lost.wait) || p->oversubscribed)
        return;
    qsort(list, PARTS, sizeof *list, largest_first);
    for (int i = 0; i < PARTS; i++) {
        if (!(fabs(list[i].value) >= 0.005))
            continue;
        gained = gained || list[i].value < 0;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s (%s) %.0f %%",
                                 used > 0 ? ", " : ": ", list[i].name, list[i].meaning,
                                 100 * list[i].value);
    }
    html_put(out, "li", "%.0f %% of the time of %d threads is lost beside the fewest%s%s%s.",
             100 * (1 - p->efficiency.value), p->threads, at_value(with, s, p), text,
             gained ? " (below 0: less of it than they need)" : "");
}

/* ---- Machine and models ---------------------------------------------------------------- */

static void say_peak(FILE *out, const scale_study *s)
{
    const scale_point *best = NULL;
    char text[SCALE_TEXT];
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        double share = scale_flop_rate(p) / p->gemm_peak;
        if (isfinite(share) &&
            (best == NULL || share > scale_flop_rate(best) / best->gemm_peak))
            best = p;
    }
    if (best != NULL)
        html_put(out, "li", "Nearest to the machine\u2019s rate of large matrix products: %s, %s "
                 "of %s GFLOP/s (%.0f %%).", scale_point_text(text, s, best),
                 scale_plain(1e-9 * scale_flop_rate(best)).text,
                 scale_plain(1e-9 * best->gemm_peak).text,
                 100 * scale_flop_rate(best) / best->gemm_peak);
}

static void put_parameter(FILE *out, const scale_parameter *p)
{
    scale_unit unit = {"", "", 1};
    if (p->seconds)
        unit = scale_unit_for(fabs(p->estimate.value));
    scale_estimate e = {unit.per_second * p->estimate.value, unit.per_second * p->estimate.low,
                        unit.per_second * p->estimate.high, p->estimate.level};
    fprintf(out, " = %s%s%s%s", scale_plain(e.value).text, p->seconds ? " " : "", unit.name,
            interval(&e).text);
}

static void say_model(FILE *out, const scale_study *s, const scale_model *m)
{
    int over_threads = strcmp(m->x, "threads") == 0;
    char value[SCALE_TEXT];
    if (m->why_not != NULL)
        return;
    fputs("<li>", out);
    html_text(out, m->name);
    if (!over_threads)
        fprintf(out, ", %zu thread%s", m->fixed, plural((int)m->fixed));
    else if (s->mode != SCALE_STRONG)
        fprintf(out, ", %s", scale_value_text(value, s, m->fixed));
    fputs(": ", out);
    for (size_t i = 0; i < m->n_parameters; i++) {
        const scale_parameter *p = &m->parameter[i];
        fputs(i > 0 ? "; " : "", out);
        html_text(out, p->name);
        put_parameter(out, p);
        if (p->meaning != NULL) {
            fputs(", ", out);
            html_text(out, p->meaning);
        }
    }
    if (over_threads && isfinite(m->best_x.value))
        fprintf(out, ". By it %s threads train fastest%s",
                scale_format("%.0f", m->best_x.value).text, interval(&m->best_x).text);
    fputs(".</li>\n", out);
}

static void say_forecast(FILE *out, const scale_study *s)
{
    double sum = 0, worst = 0;
    int n = 0;
    for (size_t i = 0; i < s->n_points; i++) {
        double off = s->points[i].predicted / s->points[i].step.value - 1;
        if (!isfinite(off))
            continue;
        sum += fabs(off);
        worst = fmax(worst, fabs(off));
        n++;
    }
    if (n > 0)
        html_put(out, "li", "The cost model\u2019s forecasts, made before measuring, were off by "
                 "%.0f %% on average and by %.0f %% at most (%d point%s).", 100 * sum / n,
                 100 * worst, n, plural(n));
}

static void say_weights(FILE *out, const scale_study *s)
{
    if (s->identical == 1)
        html_put(out, "li", "After training, all weights had the same bits for every count of "
                 "threads.");
    else if (s->identical == 0)
        html_put(out, "li class=\"bad\"", "After training, the weights were not the same for every "
                 "count of threads, as they must be: see results.csv, column weights_hash.");
}

/* The first point of the smallest and of the largest value: the table has those between. */
static int is_told(const scale_study *s, size_t i)
{
    size_t value = s->points[i].value;
    int is_first = i == 0 || s->points[i - 1].value != value;
    return is_first && (i == 0 || value == s->points[s->n_points - 1].value);
}

/* Whether there is a sentence at all. */
static int has_findings(const scale_study *s)
{
    int found = s->identical >= 0;
    for (size_t i = 0; i < s->n_points; i++)
        found = found || isfinite(s->points[i].step.value) || isfinite(s->points[i].rate.value);
    return found;
}

void html_findings(FILE *out, const scale_study *s)
{
    if (!has_findings(s)) {
        html_put(out, "p", "Too little was measured to find anything.");
        return;
    }
    fputs("<ul>\n", out);
    say_weights(out, s);
    for (size_t i = 0; i < s->n_points; i++)
        if (is_told(s, i)) {
            const scale_point *most = most_threads(s, i);
            say_speedup(out, s, i);
            if (most != NULL && most != &s->points[i])
                say_lost(out, s, most);
        }
    for (size_t i = 0; i < s->n_models; i++)
        say_model(out, s, &s->models[i]);
    say_peak(out, s);
    say_forecast(out, s);
    fputs("</ul>\n", out);
}
