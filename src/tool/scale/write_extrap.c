/* Extra-P's text format. */
#include <string.h>

#include "look.h"
#include "write.h"

/* Extra-P's grammar has no exponents: as many decimals as 17 digits need. */
static void put_number(FILE *out, double v)
{
    int digits = v > 0 ? 16 - (int)floor(log10(v)) : 1;
    fprintf(out, " %.*f", digits > 0 ? digits : 0, v);
}

/* A name without spaces: "samples per thread" -> "samples_per_thread". */
static void put_name(FILE *out, const char *name)
{
    fputc(' ', out);
    for (; *name != '\0'; name++)
        fputc(*name == ' ' ? '_' : *name, out);
}

static int usable(const scale_repeat *r)
{
    return isfinite(r->step) && r->step > 0;
}

static size_t usable_repeats(const scale_point *p)
{
    size_t n = 0;
    for (size_t k = 0; k < p->n; k++)
        n += usable(&p->repeats[k]) != 0;
    return n;
}

/* Which of the two parameters change from point to point. */
static void changing(const scale_study *s, int *threads, int *value)
{
    const scale_point *first = NULL;
    *threads = *value = 0;
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        if (usable_repeats(p) == 0)
            continue;
        if (first == NULL)
            first = p;
        *threads |= p->threads != first->threads;
        *value |= p->value != first->value;
    }
    if (!*value)
        *threads = 1;
}

static void put_points(const scale_study *s, int threads, int value, FILE *out)
{
    fputs("POINTS", out);
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        if (usable_repeats(p) == 0)
            continue;
        if (threads && value)
            fprintf(out, " (%d %zu)", p->threads, p->value);
        else if (threads)
            fprintf(out, " (%d)", p->threads);
        else
            fprintf(out, " (%zu)", p->value);
    }
    fputc('\n', out);
}

void scale_write_extrap(const scale_study *s, FILE *out)
{
    int threads, value;
    changing(s, &threads, &value);
    fputs("# nudge scale: seconds of a training step; p is threads\n", out);
    fputs("PARAMETER", out);
    if (threads)
        fputs(" p", out);
    if (value)
        put_name(out, s->value_name);
    fputc('\n', out);
    put_points(s, threads, value, out);
    fputs("REGION nudge->train->step\nMETRIC time\n", out);
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        if (usable_repeats(p) == 0)
            continue;
        fputs("DATA", out);
        for (size_t k = 0; k < p->n; k++)
            if (usable(&p->repeats[k]))
                put_number(out, p->repeats[k].step);
        fputc('\n', out);
    }
}
