#include "support/trial_table.h"

#include <math.h>
#include <stdlib.h>

#include "support/text_table.h"

void trial_table(const trial_list *list, FILE *stream)
{
    text_table t;
    table_heads(&t, "trial|beside the recipe table|loss|epochs|seconds|weight");
    for (size_t i = 0; i < list->n; i++) {
        const trial *one = &list->of[i];
        char *options = trial_choice_text(&one->choice);
        table_add(&t, "%zu", i + 1);
        table_add(&t, "%s", options);
        table_add_real(&t, "%.6g", one->loss);
        table_add(&t, "%zu", one->epochs);
        table_add_real(&t, "%.1f", one->seconds);
        table_add_real(&t, "%.2f", one->times > 0 ? (double)one->times / (double)list->picks : NAN);
        free(options);
    }
    table_add(&t, "average");
    table_add(&t, "%s", "");
    table_add_real(&t, "%.6g", list->loss);
    for (int k = 0; k < 3; k++)
        table_add(&t, "%s", "");
    table_print(&t, 2, stream);
    fputc('\n', stream);
}

json_t *trials_json(const trial_list *list)
{
    if (list == NULL)
        return NULL;
    json_t *all = json_new_list();
    for (size_t i = 0; i < list->n; i++) {
        const trial *one = &list->of[i];
        char *options = trial_choice_text(&one->choice);
        json_add(all, json_of("options", json_text(options), "loss", json_number(one->loss),
                              "epochs", json_whole(one->epochs),
                              "seconds", json_number(one->seconds),
                              "weight", json_number((double)one->times / (double)list->picks),
                              NULL));
        free(options);
    }
    return all;
}
