#include "scale/report_text.h"

#include <stdlib.h>
#include <string.h>

#include "scale/drift.h"
#include "scale/look.h"
#include "scale/report_models.h"
#include "scale/setup.h"
#include "support/text_table.h"

/* ---- Tables ---------------------------------------------------------------------------- */

/* What all step times of a study are told in. */
static scale_unit unit_of_steps(const scale_study *s)
{
    double least = INFINITY;
    for (size_t i = 0; i < s->n_points; i++)
        least = fmin(least, s->points[i].step.value);
    return scale_unit_for(least);
}

static void add_head(text_table *t, const scale_study *s)
{
    table_add(t, "threads");
    if (s->value_name != NULL)
        table_add(t, "%s", s->mode == SCALE_WEAK ? "batch" : s->value_name);
}

static void add_point(text_table *t, const scale_study *s, const scale_point *p)
{
    table_add(t, "%d%s", p->threads, p->oversubscribed ? "*" : "");
    if (s->value_name != NULL)
        table_add(t, "%zu", s->mode == SCALE_WEAK ? p->batch : p->value);
}

/* "4.48-4.55", with as many decimals for both as give the middle `figures`; "-" if not known. */
static void add_interval(text_table *t, const scale_estimate *e, double factor, int figures)
{
    double size = fabs(factor * e->value);
    int digits = figures - (size < 10 ? 1 : size < 100 ? 2 : size < 1000 ? 3 : figures);
    int exact = e->low == e->high; /* the base of a speed-up is 1 by definition */
    if (isnan(e->low) || !(e->level > 0) || exact)
        table_add(t, "-");
    else
        table_add(t, "%.*f-%.*f", digits, factor * e->low, digits, factor * e->high);
}

static void print_times(const scale_study *s, FILE *stream)
{
    scale_unit unit = unit_of_steps(s);
    text_table t;
    table_start(&t, s->value_name != NULL ? 8 : 7);
    add_head(&t, s);
    table_add(&t, "step, %s", unit.ascii);
    table_add(&t, "interval");
    table_add(&t, "samples/s");
    table_add(&t, "speed-up");
    table_add(&t, "interval");
    table_add(&t, "efficiency");
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        add_point(&t, s, p);
        double step = unit.per_second * p->step.value;
        table_add_real(&t, step < 1000 ? "%.4g" : "%.0f", step);
        add_interval(&t, &p->step, unit.per_second, 4);
        table_add_real(&t, "%.0f", p->rate.value);
        table_add_real(&t, "%.2f", p->speedup.value);
        add_interval(&t, &p->speedup, 1, 3);
        table_add_real(&t, "%.0f %%", 100 * p->efficiency.value);
    }
    table_print(&t, 0, stream);
    table_end(&t);
}

static double wait_share(const nudge_phases *p)
{
    return p->wait / (p->pack + p->forward + p->loss + p->backward + p->update + p->wait);
}

/* What the threads do beside what the machine can. */
static void print_machine(const scale_study *s, FILE *stream)
{
    int forecast = 0;
    scale_unit unit = unit_of_steps(s);
    text_table t;
    for (size_t i = 0; i < s->n_points; i++)
        forecast = forecast || !isnan(s->points[i].predicted);
    table_start(&t, (size_t)7 + (s->value_name != NULL) + (size_t)forecast);
    add_head(&t, s);
    static const char *const heads[] = {"GFLOP/s", "of peak", "of copy", "waiting",
                                        "serial", "memory"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        table_add(&t, "%s", heads[i]);
    if (forecast)
        table_add(&t, "forecast");
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        char text[NU_TEXT];
        double flops = p->flops / p->step.value, bytes = p->bytes / p->step.value;
        add_point(&t, s, p);
        table_add_real(&t, "%.1f", 1e-9 * flops);
        table_add_real(&t, "%.0f %%", 100 * flops / p->gemm_peak);
        table_add_real(&t, "%.0f %%", 100 * bytes / p->copy_peak);
        table_add_real(&t, "%.1f %%", 100 * wait_share(&p->phases));
        table_add_real(&t, "%.3f", p->karp_flatt);
        table_add(&t, "%s", nu_bytes_text(text, (double)p->memory));
        if (forecast)
            table_add_real(&t, "%.4g", unit.per_second * p->predicted);
    }
    fputc('\n', stream);
    table_print(&t, 0, stream);
    table_end(&t);
}

/* What the words and marks in the tables mean, as far as they are there. */
static void print_legend(const scale_study *s, FILE *stream)
{
    int oversubscribed = 0, forecast = 0;
    double level = NAN;
    for (size_t i = 0; i < s->n_points; i++) {
        forecast = forecast || !isnan(s->points[i].predicted);
        oversubscribed = oversubscribed || s->points[i].oversubscribed;
        level = fmin(level, s->points[i].step.level);
    }
    fprintf(stream, "\nstep: one update, median over the repeats; ");
    if (level > 0)
        fprintf(stream, "intervals: %.3g %% confidence%s", 100 * level,
                level < s->level ? ",\nas much as so few repeats allow" : "");
    else
        fprintf(stream, "one repeat allows no intervals");
    if (level > 0 && scale_stretch(s->persistence) >= 1.05)
        fprintf(stream, ",\n%.1f times as wide as for independent repeats: the speed wanders",
                scale_stretch(s->persistence));
    fprintf(stream, "\nserial: by Karp and Flatt, what a serial part would be; of peak: beside "
            "large\nproducts; of copy: bytes that must move, beside copying; waiting: at barriers%s\n",
            forecast ? ";\nforecast: the step that 'nudge plan' expects" : "");
    if (oversubscribed)
        fprintf(stream, "* more threads than the %d core%s: they take turns\n", s->cores,
                s->cores == 1 ? "" : "s");
}

/* ---- Sentences ------------------------------------------------------------------------- */

typedef enum mark { MISSING, DISTURBED, OUTLIER } mark;

/* How many of a point's repeats have it. */
static size_t marked(const scale_study *s, const scale_point *p, mark m)
{
    size_t n = 0;
    if (m == MISSING)
        return s->repeats - p->n;
    for (size_t r = 0; r < p->n; r++)
        n += (m == DISTURBED ? p->repeats[r].disturbed : p->repeats[r].outlier) != 0;
    return n;
}

/* "not done: 7 of 20 repeats (1 thread: 2; 2 threads: 5)" */
static void print_mark(const scale_study *s, mark m, const char *what, FILE *stream)
{
    enum { NAMED = 6 };
    char text[SCALE_POINT_TEXT];
    size_t all = s->repeats * s->n_points, sum = 0, points = 0;
    for (size_t i = 0; i < s->n_points; i++)
        sum += marked(s, &s->points[i], m);
    if (sum == 0)
        return;
    scale_sentence sentence;
    FILE *f = scale_sentence_start(&sentence);
    fprintf(f, "%s: %zu of %zu repeat%s (", what, sum, all, all == 1 ? "" : "s");
    for (size_t i = 0; i < s->n_points; i++) {
        size_t n = marked(s, &s->points[i], m);
        if (n > 0 && points++ < NAMED)
            fprintf(f, "%s%s: %zu", points > 1 ? "; " : "",
                    scale_describe_point(text, s, &s->points[i]), n);
    }
    if (points > NAMED)
        fprintf(f, "; %zu more point%s", points - NAMED, points == NAMED + 1 ? "" : "s");
    fputc(')', f);
    scale_sentence_end(&sentence, 2, stream);
}

static void print_marks(const scale_study *s, FILE *stream)
{
    print_mark(s, MISSING, "not done", stream);
    print_mark(s, DISTURBED, "disturbed by other programs, and kept", stream);
    print_mark(s, OUTLIER, "far from the others of their point, and kept", stream);
}

typedef struct part {
    const char *name;
    double share;
} part;

static int largest_first(const void *a, const void *b)
{
    double x = ((const part *)a)->share, y = ((const part *)b)->share;
    return (x < y) - (x > y);
}

/* "2 threads: 12 % of their time lost: wait 5 %, update 4 %, elsewhere 3 %" */
static void print_lost(const scale_study *s, const scale_point *p, FILE *stream)
{
    const nudge_phases *l = &p->lost;
    part parts[] = {{"packing", l->pack},       {"forward", l->forward}, {"loss", l->loss},
                    {"backward", l->backward}, {"update", l->update},   {"waiting", l->wait},
                    {"in no phase", p->lost_rest}};
    size_t n = sizeof parts / sizeof *parts, told = 0;
    char text[SCALE_POINT_TEXT];
    if (isnan(p->efficiency.value) || isnan(l->wait) || p->oversubscribed)
        return;
    scale_sentence sentence;
    FILE *f = scale_sentence_start(&sentence);
    fprintf(f, "%s: %.0f %% of their time is lost", scale_describe_point(text, s, p),
            100 * (1 - p->efficiency.value));
    qsort(parts, n, sizeof *parts, largest_first);
    for (size_t i = 0; i < n; i++)
        if (fabs(parts[i].share) >= 0.005)
            fprintf(f, "%s%s %.0f %%", told++ == 0 ? ": " : ", ", parts[i].name,
                    100 * parts[i].share);
    scale_sentence_end(&sentence, 2, stream);
}

static void print_fastest(const scale_study *s, FILE *stream)
{
    const scale_point *best = NULL;
    char text[SCALE_POINT_TEXT];
    for (size_t i = 0; i < s->n_points; i++)
        if (s->points[i].rate.value > (best != NULL ? best->rate.value : 0))
            best = &s->points[i];
    if (best != NULL && s->n_points > 1)
        fprintf(stream, "most samples/s: %s\n", scale_describe_point(text, s, best));
}

static void print_weights(const scale_study *s, FILE *stream)
{
    if (s->identical == 1)
        fprintf(stream, "weights after training: identical for every thread count\n");
    else if (s->identical == 0)
        fprintf(stream, "weights after training: NOT identical for every thread count\n");
}

static void print_to_loss(const scale_study *s, FILE *stream)
{
    if (isnan(s->target_loss))
        return;
    fprintf(stream, "\ntime to a loss of %g (training only)\n", s->target_loss);
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        char text[SCALE_POINT_TEXT], time[NU_TEXT], interval[SCALE_INTERVAL_TEXT];
        fprintf(stream, "  %s: ", scale_describe_point(text, s, p));
        if (isnan(p->to_loss_epochs))
            fprintf(stream, "not reached in %zu epoch%s\n", p->epochs, p->epochs == 1 ? "" : "s");
        else
            fprintf(stream, "%s%s in %.0f epoch%s\n", nu_seconds_text(time, p->to_loss.value),
                    scale_interval_text(interval, "%.3g", &p->to_loss, 1), p->to_loss_epochs,
                    p->to_loss_epochs > 1 ? "s" : "");
    }
}

void scale_report_text(const scale_study *s, FILE *stream)
{
    fprintf(stream, "%s scaling: %s%s\n\n", s->mode_name, s->title,
            s->interrupted ? " (interrupted)" : "");
    print_times(s, stream);
    print_machine(s, stream);
    print_legend(s, stream);
    fputc('\n', stream);
    print_fastest(s, stream);
    for (size_t i = 0; i < s->n_points; i++)
        print_lost(s, &s->points[i], stream);
    print_marks(s, stream);
    print_weights(s, stream);
    print_to_loss(s, stream);
    scale_report_models(s, stream);
    for (size_t i = 0; i < s->n_notes; i++) {
        scale_sentence sentence;
        fprintf(scale_sentence_start(&sentence), "note: %s", s->notes[i]);
        if (i == 0)
            fputc('\n', stream);
        scale_sentence_end(&sentence, 2, stream);
    }
}
