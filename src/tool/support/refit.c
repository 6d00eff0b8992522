#include "support/refit.h"

#include "signals.h"
#include "support/members.h"
#include "support/recipe.h"
#include "support/say.h"

void refit_check(const train_setup *s)
{
    if (s->refit && (s->val_folds == 0 || s->train.early_stop.patience == 0))
        complain("--refit: it needs --val-folds and --early-stop, which find the best epochs; "
                 "--recipe table has both from %d rows up, without --val and --val-split",
                 RECIPE_FEW_ROWS);
}

static int stop_at_signal(const nudge_progress *progress, void *user)
{
    (void)progress;
    (void)user;
    return nu_signal_caught() != 0;
}

static nudge_trainer **start(const train_report *r, nudge_model *model)
{
    const train_setup *s = r->setup;
    nudge_error err;
    nudge_trainer **trainers = need(calloc(s->members, sizeof *trainers));
    for (size_t k = 0; k < s->members; k++) {
        nudge_train_options o = member_options(s, k);
        o.epochs = nudge_trainer_result(r->trainers[k]).best_epoch;
        o.early_stop = nudge_train_defaults().early_stop;
        o.max_seconds = 0;
        o.on_progress = stop_at_signal;
        must(nudge_trainer_create(&trainers[k], model, r->data->train, NULL, &o, &err), &err);
    }
    return trainers;
}

/* --max-time may end a network in its first epoch. */
static int have_best_epochs(const train_report *r)
{
    for (size_t k = 0; k < r->setup->members; k++)
        if (nudge_trainer_result(r->trainers[k]).best_epoch == 0)
            return 0;
    return 1;
}

nudge_model *refit(const train_report *r)
{
    const train_setup *s = r->setup;
    nudge_model *model = NULL;
    nudge_error err;
    if (!have_best_epochs(r)) {
        say("--refit: not every network has ended an epoch; they are those of before");
        return NULL;
    }
    must(train_setup_model(&model, s, r->data->prep, &err), &err);
    nudge_trainer **trainers = start(r, model);
    if (!s->quiet)
        say("--refit: once more on all %zu rows, %s; validation results are of before",
            nudge_dataset_describe(r->data->train).rows,
            s->members > 1 ? "each network for its best number of epochs" : "for the best number "
            "of epochs");
    nudge_status status = members_run(s, trainers, &err);
    members_free(s, trainers);
    if (status == NUDGE_OK)
        return model;
    nudge_model_free(model);
    if (status != NUDGE_ESTOPPED && status != NUDGE_EDIVERGED)
        must(status, &err);
    say("--refit: %s; the networks are those of before",
        status == NUDGE_ESTOPPED ? "interrupted" : "training diverged");
    return NULL;
}
