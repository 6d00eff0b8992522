#include "look.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/say.h"

/* ---- Parts of a study ------------------------------------------------------------------ */

void scale_phases_of(scale_phase list[SCALE_PHASES], const nudge_phases *p)
{
    list[0] = (scale_phase){"pack", "order, gather and convert a batch", p->pack};
    list[1] = (scale_phase){"forward", "forward pass", p->forward};
    list[2] = (scale_phase){"loss", "loss and its gradient", p->loss};
    list[3] = (scale_phase){"backward", "backward pass", p->backward};
    list[4] = (scale_phase){"update", "weights' gradients, reduction, optimizer", p->update};
    list[5] = (scale_phase){"wait", "waiting for other threads", p->wait};
}

static int ascending(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

scale_axes scale_axes_of(const scale_study *s)
{
    scale_axes axes = {.sweep = s->mode != SCALE_STRONG && s->mode != SCALE_WEAK};
    axes.x = axes.sweep ? s->value_name : "threads";
    axes.series = need(calloc(s->n_points + 1, sizeof *axes.series));
    for (size_t i = 0; i < s->n_points; i++)
        axes.series[i] = scale_key(&axes, &s->points[i]);
    qsort(axes.series, s->n_points, sizeof *axes.series, ascending);
    for (size_t i = 0; i < s->n_points; i++)
        if (axes.n_series == 0 || axes.series[axes.n_series - 1] != axes.series[i])
            axes.series[axes.n_series++] = axes.series[i];
    return axes;
}

double scale_x(const scale_axes *axes, const scale_point *p)
{
    return axes->sweep ? (double)p->value : (double)p->threads;
}

size_t scale_key(const scale_axes *axes, const scale_point *p)
{
    return axes->sweep ? (size_t)p->threads : p->value;
}

static const char *threads_word(size_t n)
{
    return n == 1 ? "thread" : "threads";
}

const char *scale_value_text(char buf[SCALE_TEXT], const scale_study *s, size_t value)
{
    if (s->mode == SCALE_BATCH)
        snprintf(buf, SCALE_TEXT, "batch %zu", value);
    else
        snprintf(buf, SCALE_TEXT, "%zu %.80s", value, s->value_name != NULL ? s->value_name : "");
    return buf;
}

const char *scale_key_text(char buf[SCALE_TEXT], const scale_study *s, const scale_axes *axes,
                              size_t series)
{
    if (axes->sweep)
        snprintf(buf, SCALE_TEXT, "%zu %s", series, threads_word(series));
    else if (s->mode == SCALE_STRONG)
        snprintf(buf, SCALE_TEXT, "measured");
    else
        scale_value_text(buf, s, series);
    return buf;
}

const char *scale_point_text(char buf[SCALE_TEXT], const scale_study *s, const scale_point *p)
{
    char value[SCALE_TEXT] = "";
    const char *word = threads_word((size_t)p->threads);
    if (s->mode != SCALE_STRONG)
        scale_value_text(value, s, p->value);
    snprintf(buf, SCALE_TEXT, "%d %s%s%.100s", p->threads, word, *value != '\0' ? ", " : "", value);
    return buf;
}

double scale_flop_rate(const scale_point *p)
{
    return p->flops / p->step.value;
}

double scale_repeat_rate(const scale_point *p, const scale_repeat *r)
{
    return (double)p->rows * (double)p->epochs / r->seconds;
}

int scale_model_is_of(const scale_model *m, const scale_axes *axes, size_t series)
{
    int over_threads = strcmp(m->x, "threads") == 0;
    return m->why_not == NULL && over_threads == !axes->sweep && m->fixed == series;
}

/* ---- Numbers --------------------------------------------------------------------------- */

const char *scale_real(char buf[SCALE_REAL], double v)
{
    buf[0] = '\0';
    if (!isfinite(v))
        return buf;
    for (int digits = DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
        snprintf(buf, SCALE_REAL, "%.*g", digits, v);
        if (strtod(buf, NULL) == v)
            break;
    }
    return buf;
}

scale_number scale_format(const char *format, double v)
{
    scale_number t;
    if (isfinite(v))
        snprintf(t.text, sizeof t.text, format, v);
    else
        snprintf(t.text, sizeof t.text, "\u2013");
    return t;
}

scale_number scale_plain(double v)
{
    scale_number t;
    double size = fabs(v);
    if (!isfinite(v) || (size > 0 && size < 1e-4) || size >= 1e15)
        return scale_format("%.4g", v);
    int digits = size > 0 ? 3 - (int)floor(log10(size)) : 0;
    double unit = pow(10, -digits);
    if (digits < 0)
        v = round(v / unit) * unit;
    snprintf(t.text, sizeof t.text, "%.*f", digits > 0 ? digits : 0, v);
    return t;
}

scale_unit scale_unit_for(double seconds)
{
    if (seconds >= 1)
        return (scale_unit){"s", "s", 1};
    if (seconds >= 1e-3)
        return (scale_unit){"ms", "ms", 1e3};
    if (seconds >= 1e-6)
        return (scale_unit){"\u00b5s", "us", 1e6};
    return (scale_unit){"ns", "ns", 1e9};
}

scale_text scale_seconds(double seconds)
{
    scale_text t;
    scale_unit unit = scale_unit_for(seconds);
    scale_number number = scale_plain(seconds * unit.per_second);
    snprintf(t.text, sizeof t.text, isfinite(seconds) ? "%s %s" : "%s", number.text, unit.name);
    return t;
}
