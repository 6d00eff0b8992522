#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "prep/encode.h"
#include "prep/learning.h"
#include "prep/quantile_scale.h"
#include "quantiles.h"

/* ---- Features of a columns table ------------------------------------------------------- */

static double training_cell(const nu_fit *fit, size_t i, size_t column)
{
    return nu_table_cell(fit->table, nu_fit_row(fit, i), column);
}

static nudge_status no_value(const nu_fit *fit, const char *name, nudge_error *err)
{
    return nu_fail_setting(err, NUDGE_EDATA, "ignore", "%s: column '%s' has no value in any of %zu "
                           "training rows; leave it out", fit->table->source, name, fit->n);
}

/* The scale of value j, by the training rows' n cells, which are reordered. */
static nudge_status scale_cells(nu_fit *fit, const nu_prep_column *column, size_t j, double *cells,
                                nu_moments *m, nudge_error *err)
{
    nudge_prep *p = fit->prep;
    *m = nu_moments_of(cells, fit->n);
    if (p->scale == NUDGE_SCALE_ROBUST)
        nu_moments_quartiles(m, cells, fit->n);
    return nu_fit_scale(&p->shift[j], &p->factor[j], p->scale, m, NU_F64, fit, "column",
                        column->name, err);
}

/* Value j of the prep, from column `from`. */
static nudge_status fit_number(nu_fit *fit, size_t from, nu_prep_column *column, size_t j,
                               double *scratch, nudge_error *err)
{
    size_t present = nu_fit_cells(fit, &(nu_fit_number){.like = column, .column = from}, scratch);
    if (present == 0)
        return no_value(fit, column->name, err);
    if (fit->asked.fill == NUDGE_FILL_MEDIAN)
        column->fill = nu_median(scratch, present);
    else if (fit->asked.fill == NUDGE_FILL_MEAN)
        column->fill = nu_moments_of(scratch, present).mean;
    for (size_t i = 0; i < fit->n; i++) {
        double v = training_cell(fit, i, from);
        scratch[i] = isnan(v) ? column->fill : v;
    }
    nu_moments m;
    NU_TRY(scale_cells(fit, column, j, scratch, &m, err));
    if (present == fit->n || m.min != m.max || fit->asked.fill_indicator)
        return NUDGE_OK;
    return nu_note(&fit->prep->notes, fit->table->source, "fill_indicator", err, "column '%s' "
                   "holds one value or none, and missing ones are filled with it: it tells "
                   "nothing", column->name);
}

/* Of a column's categories, from value `first` on. */
static nudge_status scale_category(nu_fit *fit, size_t from, const nu_prep_column *column,
                                   size_t first, double *scratch, nudge_error *err)
{
    nu_fit_number number;
    nu_moments m;
    nudge_status status = nu_fit_number_of(&number, fit, column, from, first, err);
    for (size_t k = 0; status == NUDGE_OK && k < nu_prep_width(column); k++) {
        for (size_t i = 0; i < fit->n; i++) {
            double code = nu_fit_cell(fit, &number, i);
            scratch[i] = column->is_ordinal ? code : nu_prep_indicator(column, k, (int32_t)code);
        }
        status = scale_cells(fit, column, first + k, scratch, &m, err);
    }
    free(number.codes);
    return status;
}

/* The categories that training rows have; the table's are sorted, so these are. */
static nudge_status fit_category(const nu_fit *fit, size_t j, nu_prep_column *column,
                                 nudge_error *err)
{
    const nu_column *raw = &fit->table->columns[j];
    char **present NU_FREED = NULL;
    size_t *rows NU_FREED = NULL; /* with each */
    size_t count = 0, rare = 0;
    NU_NEW(present, calloc, raw->n_categories + 1, "categories", err);
    NU_NEW(rows, calloc, raw->n_categories + 1, "categories", err);
    for (size_t i = 0; i < fit->n; i++) {
        double v = training_cell(fit, i, j);
        if (!isnan(v))
            rows[(size_t)v]++;
    }
    for (size_t k = 0; k < raw->n_categories; k++)
        if (rows[k] > 0 && rows[k] >= fit->asked.min_count)
            present[count++] = raw->categories[k];
        else if (rows[k] > 0)
            rare++;
    if (count == 0 && rare == 0)
        return no_value(fit, column->name, err);
    if (count == 0)
        return nu_fail_setting(err, NUDGE_EDATA, "min_count", "%s: column '%s': none of its %zu "
                               "categories is in %zu training rows; leave it out or take fewer",
                               fit->table->source, column->name, rare, fit->asked.min_count);
    column->has_more = rare > 0;
    column->is_ordinal = fit->asked.category_code == NUDGE_ORDINAL;
    column->is_signed = fit->asked.category_code == NUDGE_SIGNED && count + (rare > 0) == 2;
    column->fill = -1;
    return nu_strings_make(&column->categories, &column->n_categories, count, nu_string_copy,
                           present, "categories", err);
}

static int is_missing_somewhere(const nu_fit *fit, size_t j)
{
    for (size_t i = 0; i < fit->n; i++)
        if (isnan(training_cell(fit, i, j)))
            return 1;
    return 0;
}

/* Numbers are learned last, when categories have told how many values come before each. */
static nudge_status fit_columns(nu_fit *fit, nudge_error *err)
{
    const nudge_table *t = fit->table;
    nudge_prep *p = fit->prep;
    double *scratch NU_FREED = NULL;
    NU_NEW(scratch, nu_alloc, fit->n, "a column", err);
    NU_NEW(p->columns, calloc, t->n_columns, "columns", err);
    for (size_t j = 0; j < t->n_columns; j++) {
        if (!nu_column_is_feature(&t->columns[j]))
            continue;
        nu_prep_column *c = &p->columns[p->n_columns++];
        c->kind = t->columns[j].kind;
        c->around = t->columns[j].around;
        c->name = strdup(t->columns[j].name);
        NU_NEED(c->name != NULL, strlen(t->columns[j].name), "a column's name", err);
        if (c->kind == NUDGE_COLUMN_CATEGORY) {
            NU_TRY(fit_category(fit, j, c, err));
            p->scales_categories |= fit->asked.scale_categories && !c->is_ordinal;
        } else {
            c->has_more = fit->asked.fill_indicator && is_missing_somewhere(fit, j);
        }
    }
    NU_TRY(nu_prep_count_values(p, t->source, err));
    NU_TRY(nu_fit_identity(&p->shift, &p->factor, p->values, err));
    size_t column = 0, value = 0;
    for (size_t j = 0; j < t->n_columns; j++) {
        if (!nu_column_is_feature(&t->columns[j]))
            continue;
        nu_prep_column *c = &p->columns[column++];
        if (c->kind != NUDGE_COLUMN_CATEGORY)
            NU_TRY(fit_number(fit, j, c, value, scratch, err));
        else if (c->is_ordinal || p->scales_categories)
            NU_TRY(scale_category(fit, j, c, value, scratch, err));
        value += nu_prep_width(c);
    }
    return NUDGE_OK;
}

/* ---- Features of a matrix -------------------------------------------------------------- */

struct matrix_work {
    const nu_fit *fit;
    nu_moments *moments; /* features */
    double *values;      /* threads x rows, for quartiles; or NULL */
};

/* A column belongs to one thread, which sums it in the order of rows: any number of threads
 * gives the same bits. */
static void matrix_moments(void *arg, int thread, int threads)
{
    struct matrix_work *work = arg;
    const nudge_table *t = work->fit->table;
    size_t first, end;
    nu_team_share(t->features, thread, threads, &first, &end);
    for (size_t count; first < end; first += count) {
        count = end - first < NU_CONVERT_BLOCK ? end - first : NU_CONVERT_BLOCK;
        nu_block_moments(work->fit, t->x, t->element, t->features, first, count,
                         work->moments + first);
        for (size_t j = first; work->values != NULL && j < first + count; j++) {
            double *values = work->values + (size_t)thread * work->fit->n;
            (void)nu_fit_cells(work->fit, &(nu_fit_number){.column = j}, values);
            nu_moments_quartiles(&work->moments[j], values, work->fit->n);
        }
    }
}

static nudge_status scale_matrix(nu_fit *fit, nudge_error *err)
{
    nudge_prep *p = fit->prep;
    nu_moments *moments NU_FREED = NULL;
    NU_NEW(moments, nu_alloc, p->values, "statistics of features", err);
    size_t threads = fit->n < 4096 ? 1 : (size_t)nu_team_threads(0, 0, NULL);
    if (threads > p->values / 8) /* a narrow column is not worth a thread */
        threads = p->values < 16 ? 1 : p->values / 8;
    double *values NU_FREED = NULL;
    if (p->scale == NUDGE_SCALE_ROBUST)
        NU_TRY(nu_fit_room(&values, &threads, fit, err));
    struct matrix_work work = {fit, moments, values};
    nu_team_run((int)threads, matrix_moments, &work);
    for (size_t j = 0; j < p->values; j++) {
        char text[NU_NAME_TEXT];
        NU_TRY(nu_fit_scale(&p->shift[j], &p->factor[j], p->scale, &moments[j],
                            fit->table->element, fit, "feature",
                            nu_matrix_name(text, p->pixel_rows > 0, j), err));
    }
    return NUDGE_OK;
}

static nudge_status fit_matrix(nu_fit *fit, nudge_error *err)
{
    const nudge_table *t = fit->table;
    nudge_prep *p = fit->prep;
    p->pixel_rows = t->pixel_rows;
    p->pixel_columns = t->pixel_columns;
    p->values = t->features;
    NU_TRY(nu_prep_count_values(p, t->source, err));
    NU_TRY(nu_fit_identity(&p->shift, &p->factor, p->values, err));
    if (p->scale != NUDGE_SCALE_NONE)
        return scale_matrix(fit, err);
    if (t->element == NU_U8 && fit->asked.scale == NUDGE_SCALE_AUTO)
        for (size_t j = 0; j < p->values; j++)
            p->factor[j] = 1 / 255.0;
    return NUDGE_OK;
}

/* ---- All of it ------------------------------------------------------------------------- */

static nudge_status check_rows(const nu_fit *fit, nudge_error *err)
{
    if (fit->n == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: no rows to learn from; at least one is needed",
                       fit->table->source);
    for (size_t i = 0; fit->rows != NULL && i < fit->n; i++)
        if (fit->rows[i] >= fit->table->rows)
            return nu_fail(err, NUDGE_EARGUMENT, "%s: row number %u is not below %zu, its rows",
                           fit->table->source, fit->rows[i], fit->table->rows);
    return NUDGE_OK;
}

/* What is asked for exists, and has an effect. */
static nudge_status check_options(const nu_fit *fit, nudge_error *err)
{
    const nudge_prep_options *o = &fit->asked;
    int is_matrix = fit->table->n_columns == 0;
    if (nudge_scale_name(o->scale) == NULL || nudge_scale_name(o->target_scale) == NULL ||
        nudge_fill_name(o->fill) == NULL || nudge_transform_name(o->target_transform) == NULL ||
        nudge_category_code_name(o->category_code) == NULL || (unsigned)o->task > NUDGE_REGRESSION)
        return nu_fail(err, NUDGE_EARGUMENT, "scale %d, target scale %d, target transform %d, "
                       "fill %d, category code %d or task %d does not exist", (int)o->scale,
                       (int)o->target_scale, (int)o->target_transform, (int)o->fill,
                       (int)o->category_code, (int)o->task);
    const char *setting = o->fill != NUDGE_FILL_MEDIAN ? "fill"
                          : o->fill_indicator          ? "fill_indicator"
                          : o->min_count > 1           ? "min_count"
                          : o->category_code == NUDGE_ORDINAL ? "category_code"
                                                              : NULL;
    if (is_matrix && setting != NULL)
        return nu_fail_setting(err, NUDGE_EARGUMENT, setting, "%s: it is for tables of columns; a "
                               "matrix has no missing numbers and no categories",
                               fit->table->source);
    if (o->scale_categories && (o->scale == NUDGE_SCALE_NONE || o->scale == NUDGE_SCALE_QUANTILE))
        return nu_fail_setting(err, NUDGE_EARGUMENT, "scale_categories", "%s: the scale %s has "
                               "none for categories", fit->table->source,
                               nudge_scale_name(o->scale));
    return NUDGE_OK;
}

nudge_prep_options nudge_prep_defaults(void)
{
    return (nudge_prep_options){.size = sizeof(nudge_prep_options), .scale = NUDGE_SCALE_AUTO,
                                .loss = NUDGE_LOSS_AUTO,
                                .frequencies = NU_FREQUENCIES_USUAL,
                                .frequency_scale = NU_FREQUENCY_SCALE_USUAL, .seed = 1};
}

nudge_status nudge_prep_fit(nudge_prep **prep, const nudge_table *table, const uint32_t *rows,
                            size_t n, const nudge_prep_options *options, nudge_error *err)
{
    nudge_prep *p NU_SCOPED(nu_prep_drop) = NULL;
    nu_fit fit = {.table = table, .rows = rows, .n = rows != NULL ? n : table->rows,
                  .asked = nudge_prep_defaults()};
    NU_TRY(nu_take_options(&fit.asked, options, err));
    NU_TRY(check_options(&fit, err));
    NU_TRY(nu_encode_check(&fit.asked, err));
    NU_TRY(check_rows(&fit, err));
    NU_NEW(p, calloc, 1, "preprocessing", err);
    fit.prep = p;
    p->dialect = table->dialect;
    int bytes = table->n_columns == 0 && table->element == NU_U8;
    p->scale = fit.asked.scale != NUDGE_SCALE_AUTO ? fit.asked.scale
               : bytes                             ? NUDGE_SCALE_NONE
                                                   : NUDGE_SCALE_STANDARD;
    NU_TRY(nu_fit_targets(&fit, err)); /* first: what is wrong with it is worth knowing first */
    NU_TRY(table->n_columns > 0 ? fit_columns(&fit, err) : fit_matrix(&fit, err));
    NU_TRY(nu_fit_quantiles(&fit, err));
    NU_TRY(nu_fit_codes(&fit, err));
    NU_TRY(nu_prep_name_features(p, table->source, err));
    *prep = NU_TAKE(p);
    return NUDGE_OK;
}
