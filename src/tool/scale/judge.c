/* What the machine did during a study, in sentences. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scale/watch.h"
#include "support/say.h"

/* A clock or pulse that varies by more than this is worth a note. */
#define DRIFT 0.05

/* Points that a sentence names before it says how many more there are. */
#define NAMED 4

/* ---- Words ----------------------------------------------------------------------------- */

static const char *plural(double n)
{
    return n == 1 ? "" : "s";
}

/* "2 threads" or "2 threads, batch 64". */
static void name_point(FILE *stream, const scale_study *s, const scale_point *p)
{
    fprintf(stream, "%d thread%s", p->threads, plural(p->threads));
    if (s->value_name != NULL && s->mode != SCALE_STRONG)
        fprintf(stream, ", %s %zu", s->value_name, p->value);
}

/* The points for which `is` holds, for free(). */
static char *name_points(const scale_study *s, int (*is)(const scale_point *p))
{
    char *text = NULL;
    size_t size, n = 0;
    FILE *stream = need(open_memstream(&text, &size));
    for (size_t i = 0; i < s->n_points; i++) {
        if (!is(&s->points[i]))
            continue;
        if (n < NAMED) {
            fputs(n > 0 ? "; " : "", stream);
            name_point(stream, s, &s->points[i]);
        }
        n++;
    }
    if (n > NAMED)
        fprintf(stream, "; and %zu more", n - NAMED);
    if (fclose(stream) != 0)
        need(NULL);
    return text;
}

/* ---- Over all repeats ------------------------------------------------------------------ */

typedef struct summary {
    size_t known;   /* repeats that have the value */
    size_t above;   /* of them, those above the limit */
    double sum;     /* over these */
    double low, high;
} summary;

static summary summarize(const scale_study *s, double (*value)(const scale_repeat *r),
                         double limit)
{
    summary u = {0, 0, 0, INFINITY, -INFINITY};
    for (size_t i = 0; i < s->n_points; i++)
        for (size_t k = 0; k < s->points[i].n; k++) {
            double v = value(&s->points[i].repeats[k]);
            if (isnan(v))
                continue;
            u.known++;
            u.low = fmin(u.low, v);
            u.high = fmax(u.high, v);
            if (v > limit) {
                u.above++;
                u.sum += v;
            }
        }
    return u;
}

static double other_load(const scale_repeat *r) { return r->watch.other_load; }
static double steal(const scale_repeat *r) { return r->watch.steal; }
static double throttled(const scale_repeat *r) { return r->watch.throttled; }

/* Zero where nothing was measured: no clock and no product takes no time. */
static double mhz(const scale_repeat *r) { return r->watch.mhz > 0 ? r->watch.mhz : NAN; }
static double pulse(const scale_repeat *r) { return r->pulse > 0 ? r->pulse : NAN; }

static size_t repeats_done(const scale_study *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_points; i++)
        n += s->points[i].n;
    return n;
}

/* ---- Points ---------------------------------------------------------------------------- */

static int any_above(const scale_point *p, double (*value)(const scale_repeat *r), double limit)
{
    for (size_t k = 0; k < p->n; k++)
        if (value(&p->repeats[k]) > limit)
            return 1;
    return 0;
}

static int loaded(const scale_point *p)
{
    return any_above(p, other_load, SCALE_DISTURBING);
}

static int robbed(const scale_point *p)
{
    return any_above(p, steal, SCALE_DISTURBING);
}

static int slowed(const scale_point *p)
{
    return any_above(p, throttled, 0);
}

static void mark(scale_study *s)
{
    for (size_t i = 0; i < s->n_points; i++)
        for (size_t k = 0; k < s->points[i].n; k++) {
            scale_repeat *r = &s->points[i].repeats[k];
            r->disturbed = other_load(r) > SCALE_DISTURBING || steal(r) > SCALE_DISTURBING;
        }
}

/* ---- Notes ----------------------------------------------------------------------------- */

static void note_load(scale_study *s, const scale_watcher *w)
{
    summary u = summarize(s, other_load, SCALE_DISTURBING);
    size_t n = repeats_done(s);
    if (u.known == 0 && n > 0)
        scale_note(s, "whether other programs ran meanwhile is not known: the system does not "
                      "tell how busy the cores are, or the study was too short");
    if (u.above == 0)
        return;
    char *where = name_points(s, loaded), *name = w != NULL ? scale_busiest_other(w) : NULL;
    scale_note(s, "other programs used %.2f of a core on average during %zu of %zu repeats "
                  "(%s)%s%s",
               u.sum / (double)u.above, u.above, n, where, name != NULL ? "; most: " : "",
               name != NULL ? name : "");
    free(where);
    free(name);
}

static void note_steal(scale_study *s)
{
    summary u = summarize(s, steal, SCALE_DISTURBING);
    if (u.above == 0)
        return;
    char *where = name_points(s, robbed);
    scale_note(s, "the hypervisor took %.2f of a core away on average during %zu of %zu repeats "
                  "(%s)", u.sum / (double)u.above, u.above, repeats_done(s), where);
    free(where);
}

static void note_throttling(scale_study *s)
{
    summary u = summarize(s, throttled, 0);
    if (u.above == 0)
        return;
    char *where = name_points(s, slowed);
    scale_note(s, "a cgroup's CPU limit stopped nudge for %.3g s during %zu of %zu repeats (%s)",
               u.sum, u.above, repeats_done(s), where);
    free(where);
}

static void note_drift(scale_study *s)
{
    summary p = summarize(s, pulse, 0), c = summarize(s, mhz, 0);
    if (p.known > 1 && p.high > (1 + DRIFT) * p.low) {
        int small = p.high < 1e-3;
        double unit = small ? 1e6 : 1e3;
        scale_note(s, "the machine's speed varied by %.0f %% during the study (a fixed product "
                      "took %.3g to %.3g %s)",
                   100 * (p.high / p.low - 1), unit * p.low, unit * p.high, small ? "us" : "ms");
    }
    if (c.known > 1 && c.high > (1 + DRIFT) * c.low)
        scale_note(s, "the cores' clock varied by %.0f %% during the study (%.0f to %.0f MHz)",
                   100 * (c.high / c.low - 1), c.low, c.high);
}

/* Whether an earlier point has as many threads: they are named once. */
static int named_before(const scale_study *s, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (s->points[k].threads == s->points[i].threads)
            return 1;
    return 0;
}

static void note_oversubscribed(scale_study *s)
{
    char *text = NULL;
    size_t size, n = 0;
    FILE *stream = need(open_memstream(&text, &size));
    for (size_t i = 0; i < s->n_points; i++)
        if (s->points[i].oversubscribed && !named_before(s, i))
            fprintf(stream, "%s%d", n++ > 0 ? ", " : "", s->points[i].threads);
    if (fclose(stream) != 0)
        need(NULL);
    if (n > 0)
        scale_note(s, "%s threads on %d core%s: more threads than cores, which take turns; these "
                      "points do not show how training scales", text, s->cores, plural(s->cores));
    free(text);
}

void scale_judge_watches(scale_study *s, const scale_watcher *w)
{
    mark(s);
    note_load(s, w);
    note_steal(s);
    note_throttling(s);
    note_drift(s);
    note_oversubscribed(s);
}
