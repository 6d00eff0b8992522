/* Models as pages for a browser: the program in JavaScript, and a form or a picture for a row. */
#include <math.h>

#include "core/status.h"
#include "export/html_lines.h"

/* ---- What values are likely ------------------------------------------------------------- */

/* Of a number, as far as preprocessing knows it; low is not below high where it does not. */
typedef struct range {
    double start, step, low, high;
} range;

/* 1, 2 or 5 times a power of 10, for 200 steps at most. */
static double step_of(double width)
{
    double unit = pow(10, floor(log10(width / 200))), times = width / 200 / unit;
    return unit * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
}

static int are_whole(const nu_prep_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->at[i] != floor(list->at[i]))
            return 0;
    return list->n > 0;
}

/* Whole steps from step to step, which is 0 where nothing is known. */
static range rounded(range r, int is_whole)
{
    if (!(r.low < r.high) || !isfinite(r.high - r.low))
        return (range){.start = r.start, .step = is_whole};
    r.step = step_of(r.high - r.low);
    if (is_whole && r.step < 1)
        r.step = 1;
    r.start = r.step * round(r.start / r.step);
    r.low = r.step * floor(r.low / r.step);
    r.high = r.step * ceil(r.high / r.step);
    return r;
}

/* From 0 up where most numbers seem to be above it. */
static range around(double middle, double width)
{
    double low = middle - width;
    return (range){.start = middle, .low = low < 0 && middle > width / 4 ? 0 : low,
                   .high = middle + width};
}

/* What it knows of value j from least to most, perhaps nothing. */
static const nu_prep_list *list_of(const nudge_prep *p, size_t j)
{
    static const nu_prep_list none;
    if (p->quantiles != NULL && p->quantiles[j].n > 0)
        return &p->quantiles[j];
    return p->codes != NULL && p->encode == NUDGE_ENCODE_PIECEWISE ? &p->codes[j] : &none;
}

/* From least to most of the training rows, or around the mean or median; `fill` stands for missing
 * numbers, NaN: nothing does. */
static range range_of(const nudge_prep *p, size_t j, double fill)
{
    const nu_prep_list *list = list_of(p, j);
    range r = {0};
    if (list->n > 0)
        r = (range){.start = list->at[list->n / 2], .low = list->at[0],
                    .high = list->at[list->n - 1]};
    else if (p->pixel_rows > 0)
        return (range){.step = 1, .high = 255};
    else if (p->scale == NUDGE_SCALE_MINMAX)
        r = (range){.start = p->shift[j] + 0.5 / p->factor[j], .low = p->shift[j],
                    .high = p->shift[j] + 1 / p->factor[j]};
    else if (p->shift[j] != 0 || p->factor[j] != 1)
        r = around(p->shift[j], 2 / p->factor[j]);
    if (!isnan(fill) && (!(r.low < r.high) || (fill >= r.low && fill <= r.high)))
        r.start = fill;
    return rounded(r, are_whole(list));
}

/* A start alone, in days; the step is 1 where dates seem to have no times. */
static range date_range_of(const nudge_prep *p, size_t j, double fill)
{
    const nu_prep_list *list = list_of(p, j);
    return (range){.start = fill, .step = list->n > 0 ? are_whole(list) : fill == floor(fill)};
}

/* ---- Writing ---------------------------------------------------------------------------- */

static void write_range(const nu_writer *w, range r)
{
    const double numbers[] = {r.start, r.step, r.low, r.high};
    fputs("  [", w->stream);
    nu_write_reals(w->stream, numbers, r.low < r.high ? 4 : 2, 1, 0, 0);
    fputs("],\n", w->stream);
}

/* A list for each column: a start value, a step, and perhaps the least and the most. */
static void write_ranges(const nu_writer *w)
{
    const nudge_prep *p = w->e->model->prep;
    size_t value = 0;
    fputs("const ranges = [\n", w->stream);
    for (size_t j = 0; j < w->e->columns; j++) {
        const nu_prep_column *c = p != NULL && p->n_columns > 0 ? &p->columns[j] : NULL;
        range r = {0};
        if (c == NULL)
            r = p != NULL ? range_of(p, j, NAN) : r;
        else if (c->kind != NUDGE_COLUMN_CATEGORY)
            r = (c->kind == NUDGE_COLUMN_DATE ? date_range_of : range_of)(p, value, c->fill);
        write_range(w, r);
        value += c != NULL ? nu_prep_width(c) : 1;
    }
    fputs("];\n", w->stream);
}

/* Pictures are drawn where they look like one grey picture. */
static nudge_status check_picture(const nudge_prep *p, nudge_error *err)
{
    if (p->pixel_columns >= 2 * p->pixel_rows || p->pixel_rows >= 2 * p->pixel_columns)
        return nu_fail(err, NUDGE_EARGUMENT, "html draws one grey picture; the model's have "
                       "%zu x %zu pixels", p->pixel_rows, p->pixel_columns);
    return NUDGE_OK;
}

static void write_row(const nu_writer *w, int draws)
{
    const nudge_prep *p = w->e->model->prep;
    if (draws) {
        fprintf(w->stream, "const height = %zu, width = %zu;\n", p->pixel_rows, p->pixel_columns);
        fputs(nu_html_canvas, w->stream);
        return;
    }
    fprintf(w->stream, "const letter = '%c';\n", nu_exported_letter(w->e));
    write_ranges(w);
    nu_write_lines(w, nu_html_fields);
}

static nudge_status write_html(const nu_writer *w, nudge_error *err)
{
    const nudge_prep *p = w->e->model->prep;
    int draws = p != NULL && p->pixel_rows > 1;
    if (draws)
        NU_TRY(check_picture(p, err));
    fputs(nu_html_head, w->stream);
    NU_TRY(nu_language_js.write(w, err));
    fputs("</script>\n\n<script type=\"module\">\n", w->stream);
    if ((w->e->traits & NU_INTERVALS) != 0)
        fprintf(w->stream, "const coverage = %g;\n", w->e->model->interval.coverage);
    fputs(nu_html_start, w->stream);
    write_row(w, draws);
    nu_write_lines(w, nu_html_results);
    return NUDGE_OK;
}

const nu_language nu_language_html = {".html ", write_html};
