#include "support/train_progress.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "signals.h"
#include "support/learning_options.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/watch.h"

/* Epochs shown as lines that stay. */
enum { MOST_LINES = 20 };

static int shows_lr(const train_progress *p)
{
    return has_schedule(&p->setup->train.schedule);
}

/* ---- Log ------------------------------------------------------------------------------- */

/* Opened with the first epoch, so that a run refused before it leaves no empty log. A run that goes
 * on from a checkpoint writes the epochs up to `finished`, too. */
static int open_log(train_progress *p, size_t finished)
{
    p->log.with_lr = shows_lr(p);
    return p->log.file != NULL || epoch_log_open(&p->log, p->setup->log, p->trainer, finished);
}

void progress_close_log(train_progress *p)
{
    errno = 0;
    int good = open_log(p, SIZE_MAX) && epoch_log_close(&p->log);
    if (!good && p->log_error == 0)
        p->log_error = errno != 0 ? errno : EIO;
}

/* ---- Checkpoints ----------------------------------------------------------------------- */

void progress_checkpoint(train_progress *p)
{
    p->checkpoint_due = 0;
    p->last_checkpoint = watch_now();
    p->last_epochs = nudge_trainer_where(p->trainer).epochs;
}

void progress_begin(train_progress *p, size_t batches)
{
    nudge_trainer_position at = nudge_trainer_where(p->trainer);
    progress_checkpoint(p);
    p->begun = ((double)at.epochs + (double)at.batch / (double)batches) /
               (double)p->setup->train.epochs;
}

/* Whether training is to stop where it is, with so many epochs finished. */
static int is_to_stop(train_progress *p, size_t epochs)
{
    const train_setup *s = p->setup;
    if (s->checkpoint != NULL)
        p->checkpoint_due = s->every_epochs > 0
                                ? epochs - p->last_epochs >= s->every_epochs
                                : watch_now() - p->last_checkpoint >= s->every_seconds;
    return nu_signal_caught() != 0 || p->checkpoint_due;
}

/* ---- Lines ----------------------------------------------------------------------------- */

/* Early stopping goes by a metric that is not shown anyway. */
static int by_other_metric(nudge_metric metric)
{
    return metric != NUDGE_METRIC_LOSS && metric != NUDGE_METRIC_ACCURACY &&
           metric != NUDGE_METRIC_RMSE;
}

static void print_epoch(const train_progress *p, const nudge_epoch *e)
{
    nudge_metric metric = p->setup->train.early_stop.metric;
    char text[NU_TEXT];
    snprintf(text, sizeof text, "%zu", e->epochs);
    fprintf(stderr, "epoch %*zu/%s  loss %-10.5g", (int)strlen(text), e->epoch, text,
            e->train_loss);
    if (e->has_val)
        fprintf(stderr, "  val %-10.5g", e->val_loss);
    if (!isnan(e->val_accuracy))
        fprintf(stderr, "  val accuracy %.4f", e->val_accuracy);
    else if (!isnan(e->train_accuracy))
        fprintf(stderr, "  accuracy %.4f", e->train_accuracy);
    else if (!isnan(e->val_rmse) && !p->log.no_rmse)
        fprintf(stderr, "  val RMSE %-9.5g", e->val_rmse);
    if (by_other_metric(metric))
        fprintf(stderr, "  %s %-8.5g", nudge_metric_name(metric), e->val_stop);
    if (shows_lr(p))
        fprintf(stderr, "  lr %-8.3g", e->lr);
    fprintf(stderr, "  %s samples/s\n", nu_count_text(text, e->samples_per_s));
}

static int on_epoch(const nudge_epoch *e, void *user)
{
    train_progress *p = user;
    errno = 0;
    if (p->setup->log != NULL && !(open_log(p, e->epoch - 1) && epoch_log_write(&p->log, e))) {
        p->log_error = errno != 0 ? errno : EIO;
        return 1;
    }
    /* Evenly spaced, the first and the last among them. */
    int show = e->epoch == 1 || e->epoch == e->epochs ||
               e->epoch * (MOST_LINES - 1) / e->epochs !=
                   (e->epoch - 1) * (MOST_LINES - 1) / e->epochs;
    if (!p->setup->quiet && (e->epochs <= MOST_LINES || show)) {
        live_line_clear();
        print_epoch(p, e);
    }
    return is_to_stop(p, e->epoch);
}

static int on_progress(const nudge_progress *now, void *user)
{
    train_progress *p = user;
    if (is_to_stop(p, now->epoch - 1) || p->setup->quiet)
        return p->checkpoint_due || nu_signal_caught() != 0;
    double part = (double)now->batch / (double)now->batches;
    double done = ((double)(now->epoch - 1) + part) / (double)now->epochs;
    double here = done - p->begun;
    char rate[NU_TEXT], left[NU_TEXT] = "?";
    if (here > 0)
        nu_seconds_text(left, ceil(now->seconds * (1 - done) / here));
    live_line("epoch %zu/%zu  %3.0f%%  loss %.4g  %s samples/s  %s left", now->epoch, now->epochs,
              100 * part, now->loss, nu_count_text(rate, now->samples_per_s), left);
    return 0;
}

nudge_train_options progress_options(train_progress *p, const train_setup *setup)
{
    nudge_train_options options = setup->train;
    *p = (train_progress){.setup = setup};
    options.on_epoch = on_epoch;
    options.on_progress = on_progress;
    options.user = p;
    options.keep_history = setup->checkpoint != NULL;
    return options;
}
