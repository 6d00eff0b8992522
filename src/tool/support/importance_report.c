#include "support/importance_report.h"

#include <math.h>

#include "support/data_options.h"
#include "support/output_metrics.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/text_table.h"

/* The loss, unless it mixes units, and what people know best. */
static void choose_metrics(importance_report *r)
{
    nudge_model_info m = nudge_model_describe(r->model);
    int numbers = nudge_loss_describe(m.loss).is_regression, several = numbers && has_outputs(&m);
    if (!several)
        r->metric[r->n_metrics++] = NUDGE_METRIC_LOSS;
    r->metric[r->n_metrics++] = several   ? NUDGE_METRIC_R2
                                : numbers ? NUDGE_METRIC_RMSE
                                          : NUDGE_METRIC_ACCURACY;
}

static double mean_of(const importance_report *r, size_t column)
{
    double mean = r->mean[r->metric[0] * r->columns + column];
    return isnan(mean) ? -INFINITY : mean;
}

/* The most important first; of equals that which stands first. */
static void sort(importance_report *r)
{
    for (size_t i = 0; i < r->columns; i++) {
        size_t at = i;
        for (; at > 0 && mean_of(r, r->order[at - 1]) < mean_of(r, i); at--)
            r->order[at] = r->order[at - 1];
        r->order[at] = i;
    }
}

static int on_column(size_t column, size_t columns, void *quiet)
{
    if (!*(int *)quiet)
        live_line("importance  column %zu of %zu", column + 1, columns);
    return 0;
}

void importance_start(importance_report *r, const nudge_model *model, nudge_table *table,
                      const arguments *args)
{
    nudge_importance_options o = nudge_importance_defaults();
    nudge_error err;
    int quiet = given(args, "quiet");
    o.repeats = (size_t)whole_of(args, "repeats", 1, 1000);
    o.seed = whole_of(args, "seed", 0, UINT64_MAX);
    o.threads = threads_of((arguments *)args);
    o.on_column = on_column;
    o.user = &quiet;
    *r = (importance_report){.model = model, .repeats = o.repeats};
    r->columns = nudge_prep_columns(nudge_model_describe(model).prep);
    choose_metrics(r);
    o.wanted = 0;
    for (size_t k = 0; k < r->n_metrics; k++)
        o.wanted |= NUDGE_METRIC_SET(r->metric[k]);
    r->order = need(calloc(r->columns, sizeof *r->order));
    r->mean = need(calloc(r->columns, NUDGE_METRICS * sizeof *r->mean));
    r->deviation = need(calloc(r->columns, NUDGE_METRICS * sizeof *r->deviation));
    must(nudge_importance(model, table, &o, r->mean, r->deviation, &err), &err);
    live_line_clear();
    sort(r);
}

void importance_end(importance_report *r)
{
    free(r->order);
    free(r->mean);
    free(r->deviation);
}

void importance_print(const importance_report *r)
{
    nudge_model_info m = nudge_model_describe(r->model);
    char title[NU_TEXT];
    text_table t;
    printf("\nimportance: how much worse with a column's cells shuffled among rows (mean and "
           "standard\ndeviation of %zu shuffles)\n", r->repeats);
    table_start(&t, 1 + 2 * r->n_metrics);
    table_add(&t, "column");
    for (size_t k = 0; k < r->n_metrics; k++) {
        nudge_metric_info metric = nudge_metric_describe(r->metric[k]);
        table_add(&t, "%s %s", r->metric[k] == NUDGE_METRIC_LOSS ? loss_title(title, &m)
                                                                 : metric.title,
                  metric.higher_is_better ? "fall" : "rise");
        table_add(&t, "+-");
    }
    for (size_t i = 0; i < r->columns; i++) {
        table_add(&t, "%s", nudge_prep_column_name(m.prep, r->order[i]));
        for (size_t k = 0; k < r->n_metrics; k++) {
            size_t at = r->metric[k] * r->columns + r->order[i];
            const char *format = nudge_metric_describe(r->metric[k]).format;
            table_add_real(&t, format, r->mean[at]);
            table_add_real(&t, format[2] == '4' ? format : "%.3g", r->deviation[at]);
        }
    }
    table_print(&t, 0, stdout);
}

json_t *importance_json(const importance_report *r)
{
    json_t *list = json_new_list();
    const nudge_prep *prep = nudge_model_describe(r->model).prep;
    for (size_t i = 0; i < r->columns; i++) {
        json_t *mean = json_new(), *deviation = json_new();
        json_put_metrics(mean, r->mean + r->order[i], r->columns);
        json_put_metrics(deviation, r->deviation + r->order[i], r->columns);
        json_add(list, json_of("column", json_text(nudge_prep_column_name(prep, r->order[i])),
                               "worse_by", mean, "deviation", deviation, NULL));
    }
    return list;
}
