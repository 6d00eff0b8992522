/* Permutation importance: raw columns are shuffled in the table, so that all network inputs of one
 * go together, however they are made. */
#include <math.h>

#include "core/memory.h"
#include "core/random.h"
#include "core/status.h"
#include "model/model.h"
#include "prep/prep.h"
#include "table/table.h"

/* A column that is being shuffled. */
typedef struct column {
    nudge_table *table;
    size_t number;   /* in the table */
    double *cells;   /* rows: as they were */
    uint32_t *order; /* rows */
} column;

static double cell_of(const nudge_table *t, size_t row, size_t j)
{
    return t->n_columns > 0 ? nu_table_cell(t, row, j)
                            : nu_value(t->x, t->element, row * t->features + j);
}

/* Exact: each value was one of the table's. */
static void set_cell(nudge_table *t, size_t row, size_t j, double value)
{
    if (t->n_columns > 0)
        *nu_cell_at(t, row, j) = value;
    else if (t->element == NU_U8)
        ((unsigned char *)t->x)[row * t->features + j] = (unsigned char)value;
    else
        nu_put(t->x, t->element, row * t->features + j, value);
}

static void take_cells(column *c, size_t number)
{
    c->number = number;
    for (size_t r = 0; r < c->table->rows; r++)
        c->cells[r] = cell_of(c->table, r, number);
}

/* order NULL: as they were. */
static void put_cells(const column *c, const uint32_t *order)
{
    for (size_t r = 0; r < c->table->rows; r++)
        set_cell(c->table, r, c->number, c->cells[order != NULL ? order[r] : r]);
}

static void shuffle(column *c, uint64_t seed, uint32_t number)
{
    nu_permutation p;
    uint32_t rows = (uint32_t)c->table->rows;
    nu_permutation_start(&p, rows, seed, NU_RANDOM_IMPORTANCE, number);
    nu_permutation_range(&p, 0, rows, c->order);
    put_cells(c, c->order);
}

static nudge_status evaluate(const nudge_model *model, const nudge_table *table,
                             const nudge_importance_options *o, double value[NUDGE_METRICS],
                             nudge_error *err)
{
    nudge_dataset *data = NULL;
    nudge_metrics m;
    NU_TRY(nudge_dataset_pack_copy(&data, table, model->prep, model->dtype, NULL, err));
    nudge_status status = nudge_evaluate_on(model, data, o->threads, NULL, o->wanted, &m, err);
    nudge_dataset_free(data);
    NU_TRY(status);
    memcpy(value, m.value, NUDGE_METRICS * sizeof *value);
    nudge_metrics_free(&m);
    return NUDGE_OK;
}

/* The repeats of a column, whose results go to place j. */
static nudge_status measure(const nudge_model *model, column *c, const nudge_importance_options *o,
                            const double before[NUDGE_METRICS], size_t j, double *mean,
                            double *deviation, nudge_error *err)
{
    size_t columns = nudge_prep_columns(model->prep);
    double sum[NUDGE_METRICS] = {0}, squares[NUDGE_METRICS] = {0}, value[NUDGE_METRICS];
    for (size_t i = 0; i < o->repeats; i++) {
        shuffle(c, o->seed, (uint32_t)(j * o->repeats + i));
        NU_TRY(evaluate(model, c->table, o, value, err));
        for (size_t m = 0; m < NUDGE_METRICS; m++) {
            int sign = nudge_metric_describe((nudge_metric)m).higher_is_better ? -1 : 1;
            double worse = sign * (value[m] - before[m]), from_mean;
            sum[m] += worse;
            from_mean = worse - sum[m] / (double)(i + 1); /* Welford 1962 */
            squares[m] += i > 0 ? from_mean * from_mean * (double)(i + 1) / (double)i : 0;
        }
    }
    for (size_t m = 0; m < NUDGE_METRICS; m++) {
        mean[m * columns + j] = sum[m] / (double)o->repeats;
        deviation[m * columns + j] = sqrt(squares[m] / (double)o->repeats);
    }
    return NUDGE_OK;
}

nudge_importance_options nudge_importance_defaults(void)
{
    return (nudge_importance_options){.size = sizeof(nudge_importance_options), .repeats = 5,
                                      .seed = 1,
                                      .wanted = NUDGE_METRIC_SET(NUDGE_METRIC_LOSS)};
}

static nudge_status check(const nudge_model *model, const nudge_table *table,
                          const nudge_importance_options *o, nudge_error *err)
{
    if (model->prep == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "the model has no preprocessing, so no raw columns");
    if (o->repeats == 0 || o->repeats > UINT32_MAX / nudge_prep_columns(model->prep))
        return nu_fail_setting(err, NUDGE_EARGUMENT, "repeats", "%zu repeats; there must be one at "
                               "least, and no billions", o->repeats);
    if (table->map.base != NULL)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "stream", "%s: its rows are left in the file; "
                               "columns can be shuffled in memory alone", table->source);
    return NUDGE_OK;
}

nudge_status nudge_importance(const nudge_model *model, nudge_table *table,
                              const nudge_importance_options *options, double *mean,
                              double *deviation, nudge_error *err)
{
    nudge_importance_options own = nudge_importance_defaults(), *o = &own;
    double before[NUDGE_METRICS], *cells NU_FREED = NULL;
    uint32_t *order NU_FREED = NULL;
    NU_TRY(nu_take_options(&own, options, err));
    NU_TRY(check(model, table, o, err));
    NU_TRY(evaluate(model, table, o, before, err));
    NU_NEW(cells, nu_alloc, table->rows, "a column", err);
    NU_NEW(order, nu_alloc, table->rows, "a column", err);
    column c = {table, 0, cells, order};
    size_t columns = nudge_prep_columns(model->prep);
    for (size_t j = 0; j < columns; j++) {
        if (o->on_column != NULL && o->on_column(j, columns, o->user) != 0)
            return nu_fail(err, NUDGE_ESTOPPED, "stopped");
        take_cells(&c, table->n_columns > 0
                           ? nu_table_find(table, nudge_prep_column_name(model->prep, j), 0) : j);
        nudge_status status = measure(model, &c, o, before, j, mean, deviation, err);
        put_cells(&c, NULL);
        NU_TRY(status);
    }
    return NUDGE_OK;
}
