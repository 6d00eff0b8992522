#include "support/members_report.h"

#include <inttypes.h>
#include <math.h>

#include "support/members.h"
#include "support/run_lines.h"
#include "support/text_table.h"

void members_line(const train_setup *s)
{
    char line[200];
    size_t at_once = members_at_once(s);
    if (s->members == 1)
        return;
    int threads = member_options(s, 0).threads;
    int used = snprintf(line, sizeof line,
                        "%zu, %zu at a time with %d thread%s each; seeds %" PRIu64 ", %" PRIu64
                        "%s", s->members, at_once, threads, threads == 1 ? "" : "s",
                        member_seed(s, 0), member_seed(s, 1), s->members > 2 ? ", ..." : "");
    if (s->train.max_seconds > 0)
        snprintf(line + used, sizeof line - (size_t)used, "; %.3g s of --max-time for each",
                 member_options(s, 0).max_seconds);
    line_print(stderr, "members", line);
}

void members_table(const train_setup *s, nudge_trainer *const *trainers, FILE *stream)
{
    const nudge_early_stop *stop = &s->train.early_stop;
    text_table t;
    if (s->members == 1)
        return;
    table_heads(&t, stop->patience > 0 ? "member|seed|epochs|best epoch" : "member|seed|epochs");
    table_add(&t, stop->patience > 0 ? "its %s" : "last %s", nudge_metric_name(stop->metric));
    t.columns = t.cells;
    for (size_t k = 0; k < s->members; k++) {
        nudge_train_result one = nudge_trainer_result(trainers[k]);
        const nudge_epoch *last = &one.last;
        table_add(&t, "%zu", k + 1);
        table_add(&t, "%" PRIu64, member_seed(s, k));
        table_add(&t, "%zu", one.epochs);
        if (stop->patience > 0)
            table_add(&t, "%zu", one.best_epoch);
        table_add_real(&t, "%.6g", stop->patience > 0 ? one.best_value
                                   : last->has_val    ? last->val_loss
                                                      : last->train_loss);
    }
    table_print(&t, 0, stream);
    fputc('\n', stream);
}

json_t *members_json(const train_setup *s, nudge_trainer *const *trainers)
{
    if (s->members == 1)
        return NULL;
    json_t *list = json_new_list();
    for (size_t k = 0; k < s->members; k++) {
        nudge_train_result one = nudge_trainer_result(trainers[k]);
        json_add(list, json_of("seed", json_whole(member_seed(s, k)),
                               "epochs", json_whole(one.epochs),
                               "train_seconds", json_number(one.train_seconds),
                               "stopped_early", json_boolean(one.stopped_early),
                               "best_epoch", one.best_epoch > 0 ? json_whole(one.best_epoch) : NULL,
                               "best_value", json_number(one.best_value),
                               "train_loss", json_number(one.last.train_loss),
                               "val_loss", json_number(one.last.val_loss), NULL));
    }
    return list;
}
