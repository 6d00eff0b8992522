#include "scale/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "scale/results.h"
#include "support/json.h"

/* ---- Numbers --------------------------------------------------------------------------- */

static int decimals(double like, int digits)
{
    int whole = fabs(like) > 0 && isfinite(like) ? (int)floor(log10(fabs(like))) + 1 : 1;
    return digits < 0 ? -digits : whole >= digits ? 0 : digits - whole;
}

const char *report_range(char buf[REPORT_TEXT], const char *format, const stats_estimate *e,
                         double factor, int digits)
{
    int n = decimals(factor * e->value, digits);
    char low[24], high[24];
    snprintf(low, sizeof low, "%.*f", n, factor * e->low);
    snprintf(high, sizeof high, "%.*f", n, factor * e->high);
    buf[0] = '\0';
    if (e->level > 0 && e->level < 1)
        snprintf(buf, REPORT_TEXT, format, low, isfinite(e->high) ? high : "no end");
    return buf;
}

report_unit report_unit_of(const scale_study *s)
{
    double least = INFINITY;
    for (size_t i = 0; i < s->n_points; i++)
        least = fmin(least, s->points[i].step.value);
    return least < 1e-3   ? (report_unit){"µs", 1e6}
           : least < 0.99 ? (report_unit){"ms", 1e3}
                          : (report_unit){"s", 1};
}

/* ---- Tables ---------------------------------------------------------------------------- */

static double number_of(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void add_number(text_table *t, double v, int digits)
{
    char text[NU_TEXT];
    int n = decimals(v, digits);
    if (isnan(v) || digits == 0)
        table_add(t, "%s", nu_count_text(text, v));
    else /* no "-0.0" */
        table_add(t, "%.*f", n, fabs(v) < 0.5 * pow(10, -n) ? 0 : v);
}

static void add_estimate(text_table *t, const json_t *object, double factor, int digits)
{
    char text[REPORT_TEXT];
    stats_estimate e = {number_of(json_object_get(object, "value")),
                        number_of(json_object_get(object, "low")),
                        number_of(json_object_get(object, "high")),
                        number_of(json_object_get(object, "level"))};
    add_number(t, factor * e.value, digits);
    if (digits == 0)
        return;
    report_range(text, "%s–%s", &e, factor, digits);
    table_add(t, "%s", e.level == 1 ? "base" : text[0] != '\0' ? text : "-");
}

/* The cells of a column, or their heads. */
static void add_cells(text_table *t, json_t *row, const report_column *c, report_unit unit,
                      int head)
{
    json_t *value = json_object_get(row, c->name), *part;
    const char *key, *end = strchr(c->head, '\0');
    double factor = c->factor != 0 ? c->factor : unit.per_second;
    if (json_is_object(value) && json_object_get(value, "value") == NULL) {
        json_object_foreach(value, key, part)
            if (head)
                table_add(t, "%s%s", c->head, key);
            else
                add_number(t, factor * number_of(part), c->digits);
    } else if (head) {
        table_add(t, "%s%s", c->head, end > c->head && end[-1] == ' ' ? unit.name : "");
        if (json_is_object(value) && c->digits != 0)
            table_add(t, "interval");
    } else if (json_is_object(value)) {
        add_estimate(t, value, factor, c->digits);
    } else if (json_is_string(value)) {
        table_add(t, "%s", json_string_value(value));
    } else {
        add_number(t, factor * number_of(value), c->digits);
    }
}

int report_table(const scale_study *s, page *p, page_role role, const char *heading, json_t *rows,
                 const report_column *columns, size_t n, size_t keys)
{
    json_t *first = json_array_get(rows, 0), *row;
    report_unit unit = report_unit_of(s);
    size_t i;
    text_table t;
    table_start(&t, 1);
    for (size_t k = 0; k < n; k++)
        add_cells(&t, first, &columns[k], unit, 1);
    t.columns = t.cells;
    json_array_foreach(rows, i, row) {
        size_t start = t.cells, known = 0;
        for (size_t k = 0; k < n; k++)
            add_cells(&t, row, &columns[k], unit, 0);
        for (size_t j = start + keys; j < t.cells; j++)
            known += strcmp(t.cell[j], "-") != 0;
        while (known == 0 && t.cells > start)
            free(t.cell[--t.cells]);
    }
    int any = t.cells > t.columns;
    if (any) {
        page_say(p, role, "%s", heading);
        page_table(p, &t, keys);
    }
    table_end(&t);
    json_decref(rows);
    return any;
}

/* A point's columns as they are shown: its keys, and its runs as "9", or "9 (2)" if so many are
 * marked. */
static json_t *point_row(const scale_study *s, const scale_point *q)
{
    enum { LONGEST = 28 };
    const scale_setting *setting = &s->settings[q->setting];
    const char *name = s->n_varied == 1 ? setting->values[0] : setting->name;
    json_t *row = scale_point_columns(s, q);
    char text[64];
    size_t marked = 0;
    for (size_t k = 0; k < q->n; k++)
        marked += q->runs[k].disturbed || q->runs[k].outlier;
    snprintf(text, sizeof text, "%.*s%s", LONGEST, name, strlen(name) > LONGEST ? "..." : "");
    return json_put_all(
        row, "setting_name", json_text(text), "threads",
        json_sprintf("%d%s", q->threads, q->is_peer ? " peer" : q->oversubscribed ? "*" : ""),
        "runs", json_sprintf(marked > 0 ? "%zu (%zu)" : "%zu", q->n, marked), NULL);
}

/* A table of all points; before its columns are the keys: the setting, if there are several, and
 * the threads. */
static int tell_points(const scale_study *s, page *p, page_role role, const char *heading,
                       const report_column *columns, size_t n)
{
    int several = s->n_settings > 1;
    json_t *rows = json_new_list();
    report_column own[16] = {
        {s->n_varied == 1 ? s->varied[0].option : "setting", "setting_name", 1, 0},
        {"threads", "threads", 1, 0}};
    memcpy(own + 2, columns, n * sizeof *columns);
    for (size_t i = 0; i < s->n_points; i++)
        json_add(rows, point_row(s, &s->points[i]));
    return report_table(s, p, role, heading, rows, own + !several, n + 1 + (size_t)several,
                        1 + (size_t)several);
}

/* ---- Sentences ------------------------------------------------------------------------- */

/* The speed-up on the most threads that have cores, and the most samples/s. */
static void tell_lead(const scale_study *s, page *p)
{
    const scale_point *most = NULL, *best = NULL;
    char name[SCALE_POINT_TEXT], range[REPORT_TEXT], text[NU_TEXT];
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *q = &s->points[i];
        if (!q->is_base && !q->oversubscribed && q->speedup.value > 0 &&
            (most == NULL || q->threads > most->threads ||
             (q->threads == most->threads && q->speedup.value > most->speedup.value)))
            most = q;
        if (q->rate.value > (best != NULL ? best->rate.value : 0))
            best = q;
    }
    if (most != NULL) {
        const scale_point *base = scale_base(s, (size_t)(most - s->points));
        page_say(p, PAGE_LEAD, "%s: %.3g times as fast as 1 thread%s%s, %.0f %% of ideal.",
                 scale_point_text(name, s, most), most->speedup.value,
                 base != NULL && base->is_peer ? " of the peer" : "",
                 report_range(range, " [%s, %s]", &most->speedup, 1, 3),
                 100 * most->efficiency.value);
    }
    if (best != NULL)
        page_say(p, PAGE_LEAD, "Most samples/s: %s with %s.", nu_count_text(text, best->rate.value),
                 scale_point_text(name, s, best));
}

/* What the speed-ups are over, and the marks. */
static void tell_base(const scale_study *s, page *p)
{
    const scale_point *base = s->n_points > 0 ? scale_base(s, 0) : NULL;
    if (base != NULL)
        page_say(p, PAGE_PARAGRAPH, "Step: one update. Speed-ups are paired: medians of the ratios "
                 "to the base in the same round. Base: %s%s.", base->is_peer ?
                 "the peer, which is faster on 1 thread" : base->threads == 1 ?
                 "this program on 1 thread" : "the fewest threads, taken for ideal",
                 s->peer != NULL && !base->is_peer ? ", faster there than the peer" : "");
    page_say(p, PAGE_PARAGRAPH, "Runs in brackets: disturbed by other programs, or far from the "
             "others; kept. A star: more threads than cores, which take turns.");
}

/* When measuring ended, and how sure the intervals are. */
static void tell_rounds(const scale_study *s, page *p)
{
    static const char *const why[] = {
        [SCALE_PRECISE] = ", when all points were precise enough",
        [SCALE_TIME_UP] = ", when the time was up", [SCALE_ROUNDS] = ", as asked",
        [SCALE_INTERRUPTED] = " by an interruption: runs or points are missing"};
    char level[120] = "one round allows no intervals", precise[120] = "";
    double least = INFINITY;
    size_t n = 0;
    for (size_t i = 0; i < s->n_points; i++) {
        if (s->points[i].step.level > 0)
            least = fmin(least, s->points[i].step.level);
        n += s->points[i].precise != 0;
    }
    if (isfinite(least))
        snprintf(level, sizeof level, "intervals have %.1f %% confidence%s", 100 * least,
                 least < s->level ? ", as so few rounds allow no more" : "");
    if (isfinite(least) && !isnan(s->precision))
        snprintf(precise, sizeof precise, "; %zu of %zu points are within the %.3g %% of "
                 "--precision", n, s->n_points, 100 * s->precision);
    page_say(p, PAGE_PARAGRAPH, "Ended after %zu round%s%s; %s%s.", s->rounds,
             s->rounds == 1 ? "" : "s", why[s->ended], level, precise);
}

static void tell_method(page *p)
{
    static const char *const how[] = {
        "Measuring goes in rounds: each runs every point once, in random order. What slows a round "
        "slows its base as well, and cancels in the paired speed-up. Intervals are of order "
        "statistics and need no normal distribution.",
        "A run trains from the same first weights, on data in memory. The clock starts when the "
        "first epoch begins and stops when the last one ends. Making the model, starting the "
        "threads and validation are outside.",
        "A step's time is the run's by its number of updates. Threads start together at a barrier "
        "that opens an epoch; a step ends when the last thread is at the barrier that closes it.",
        "Phases come from one more run with clocks in it. They are summed over threads, and scaled "
        "so that together they are threads x step. Waiting at barriers is a phase.",
        "Single steps come from another run, which reads the clock at each step. Last thread: the "
        "one that others waited for most often, and in how many steps. Clock: time to read it.",
        "GEMM peak: large matrix products on the same threads, timed in this study. Serial part: "
        "what must be serial to explain the speed-up (Karp and Flatt 1990).",
        "Disturbed runs and outliers (Tukey's fences) stay in: medians do not follow a few.",
    };
    page_say(p, PAGE_HEADING, "How it was measured");
    for (size_t i = 0; i < sizeof how / sizeof *how; i++)
        page_say(p, PAGE_ITEM, "%s", how[i]);
}

static void tell_facts(const scale_study *s, page *p)
{
    char took[NU_TEXT], text[160];
    const char *key;
    json_t *fact;
    const scale_point *own = &s->points[s->n_points > 1 && s->points[0].is_peer];
    page_say(p, PAGE_HEADING, "What was measured");
    page_fact(p, "command", s->command);
    page_fact(p, "network", s->title);
    page_fact(p, "data", s->data);
    json_object_foreach(s->facts, key, fact)
        page_fact(p, key, json_string_value(fact));
    if (s->peer != NULL)
        page_fact(p, "peer", s->peer);
    if (s->identical >= 0 && own->n > 0) {
        snprintf(text, sizeof text, "%s bits for every thread count (hash of the first %016" PRIx64
                 ")", s->identical ? "the same" : "NOT the same", own->runs[0].hash);
        page_fact(p, "weights", text);
    }
    snprintf(text, sizeof text, "%s, took %s; seed %" PRIu64, s->started,
             nu_seconds_text(took, s->seconds), s->seed);
    page_fact(p, "started", text);
    page_fact(p, "nudge", nudge_version());
}

/* ---- All of it ------------------------------------------------------------------------- */

static void tell_tables(const scale_study *s, page *p)
{
    static const report_column speed[] = {
        {"batch", "batch", 1, 0}, {"step, ", "step_s", 0, 4}, {"samples/s", "samples_per_s", 1, 0},
        {"speed-up", "speedup", 1, 3}, {"runs", "runs", 1, 0}};
    static const report_column efficiency[] = {
        {"efficiency, %", "efficiency", 100, 2}, {"GFLOP/s", "flop_per_s", 1e-9, 3},
        {"of peak, %", "of_gemm_peak", 100, 2}, {"serial", "karp_flatt", 1, 3}};
    static const report_column lost[] = {{"", "lost", 100, -1}, {"other", "lost_rest", 100, -1}};
    static const report_column single[] = {
        {"p50, ", "single_p50_s", 0, 4}, {"p95", "single_p95_s", 0, 4},
        {"p99", "single_p99_s", 0, 4}, {"longest", "single_longest_s", 0, 4},
        {"last", "last_thread", 1, 0}, {"last, %", "last_share", 100, 2},
        {"clock, %", "clock_cost", 100, 2}};
    static const report_column to_loss[] = {{"seconds", "to_loss_s", 1, 3},
                                            {"epochs", "to_loss_epochs", 1, 3}};
    size_t strong = s->mode != SCALE_WEAK; /* where the table above it tells the batch */
    tell_points(s, p, PAGE_HEADING, "Speed", speed + strong, 5 - strong);
    tell_base(s, p);
    tell_rounds(s, p);
    page_figure(p, "speedup", "Speed-up over the base, with intervals. Lines: laws that passed the "
                "test, and where they expect a measurement.");
    page_figure(p, "step", "Time of a step: median and interval.");
    tell_points(s, p, PAGE_HEADING, "Where the time goes", efficiency, 4);
    tell_points(s, p, PAGE_PARAGRAPH, "Lost: percent of the threads' time that the base did not "
                "need for as many samples; below 0, time won.", lost, 2);
    page_figure(p, "phases", "Time of all threads for a sample, by phase; the base's is 100. What "
                "is above is lost.");
    if (tell_points(s, p, PAGE_HEADING, "Single steps", single, 7))
        page_figure(p, "single", "Single steps: how many are not longer.");
    tell_points(s, p, PAGE_HEADING, "Time to the target loss", to_loss, 2);
}

static void tell(const scale_study *s, page *p)
{
    char text[512];
    const char *mode = scale_mode_names[s->mode];
    snprintf(text, sizeof text, "%c%s scaling: %s%s", mode[0] - 'a' + 'A', mode + 1, s->title,
             s->ended == SCALE_INTERRUPTED ? " (interrupted)" : "");
    page_begin(p, text);
    tell_lead(s, p);
    for (size_t i = 0; i < s->n_notes; i++)
        page_say(p, PAGE_NOTE, "%s.", s->notes[i]);
    tell_tables(s, p);
    if (s->n_laws > 0)
        report_laws(s, p);
    tell_method(p);
    tell_facts(s, p);
    page_end(p);
}

void scale_report(const scale_study *s, FILE *out)
{
    tell(s, &(page){.out = out});
}

void scale_report_html(const scale_study *s, const char *folder, FILE *out)
{
    tell(s, &(page){.out = out, .html = 1, .folder = folder});
}
