#include "support/train_progress.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "signals.h"
#include "support/learning_options.h"
#include "support/members.h"
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

/* Of one network it is opened with the first epoch, so that a run refused before it leaves no empty
 * log. A run that goes on from a checkpoint writes the epochs before, too. */
static int open_log(train_progress *p)
{
    size_t n = p->setup->members;
    p->log.with_lr = shows_lr(p);
    if (p->log.file != NULL)
        return 1;
    int good = epoch_log_open(&p->log, p->setup->log);
    for (size_t k = 0; k < n && good; k++) {
        p->log.member = n > 1 ? k + 1 : 0;
        good = epoch_log_past(&p->log, p->trainers[k], p->member[k].begun);
    }
    return good;
}

/* The first time, says why, which errno knows, and what follows. */
static void log_failed(train_progress *p, const char *then)
{
    if (!p->log_failed)
        say("--log: %s: %s%s", p->setup->log, strerror(errno != 0 ? errno : EIO), then);
    p->log_failed = 1;
}

void progress_close_log(train_progress *p)
{
    errno = 0;
    if (!open_log(p) || !epoch_log_close(&p->log))
        log_failed(p, "");
}

/* ---- Checkpoints ----------------------------------------------------------------------- */

void progress_checkpoint(train_progress *p)
{
    p->checkpoint_due = 0;
    p->last_checkpoint = watch_now();
    p->last_epochs = p->finished;
}

void progress_begin(train_progress *p, size_t batches)
{
    size_t n = p->setup->members;
    p->start = watch_now();
    p->shown = SIZE_MAX;
    for (size_t k = 0; k < n; k++) {
        nudge_trainer_position at = nudge_trainer_where(p->trainers[k]);
        member_progress *m = &p->member[k];
        m->begun = at.epochs;
        m->done = ((double)at.epochs + (double)at.batch / (double)batches) /
                  (double)p->setup->train.epochs;
        p->begun += m->done / (double)n;
        p->finished += at.epochs;
        p->shown = at.epochs < p->shown ? at.epochs : p->shown;
    }
    progress_checkpoint(p);
    errno = 0;
    if (n > 1 && p->setup->log != NULL && !open_log(p)) /* while nobody else uses the trainers */
        log_failed(p, "; training goes on without it");
}

/* Whether training is to stop where it is. */
static int is_to_stop(train_progress *p)
{
    const train_setup *s = p->setup;
    if (s->checkpoint != NULL)
        p->checkpoint_due = s->every_epochs > 0
                                ? p->finished - p->last_epochs >= s->every_epochs * s->members
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

/* The mean over so many of the networks. */
static void print_epoch(const train_progress *p, const nudge_epoch *e, size_t members)
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
    fprintf(stderr, "  %s samples/s", nu_count_text(text, e->samples_per_s));
    if (p->setup->members > 1)
        fprintf(stderr, "  %zu of %zu members", members, p->setup->members);
    fputc('\n', stderr);
}

/* Evenly spaced, the first and the last among them. */
static int has_line(size_t epoch, size_t epochs)
{
    return epochs <= MOST_LINES || epoch == 1 || epoch == epochs ||
           epoch * (MOST_LINES - 1) / epochs != (epoch - 1) * (MOST_LINES - 1) / epochs;
}

/* Of the epochs that wait those of one number, which then wait no more. */
static void show_epoch(train_progress *p, size_t epoch)
{
    nudge_epoch *some = need(calloc(p->n_waiting + 1, sizeof *some));
    size_t n = 0, left = 0;
    for (size_t i = 0; i < p->n_waiting; i++) {
        if (p->waiting[i].epoch == epoch)
            some[n++] = p->waiting[i];
        else
            p->waiting[left++] = p->waiting[i];
    }
    p->n_waiting = left;
    p->shown = epoch;
    if (n > 0) {
        nudge_epoch mean = mean_epoch(p->setup, some, n);
        live_line_clear();
        print_epoch(p, &mean, n);
    }
    free(some);
}

/* An epoch is shown when all networks have done it, or one of them two more lines: others have
 * stopped, or are so far behind that they are left out of it. */
static void wait_epoch(train_progress *p, const nudge_epoch *e)
{
    size_t far = 2 * (e->epochs / MOST_LINES + 1);
    if (e->epoch <= p->shown || !has_line(e->epoch, e->epochs))
        return;
    p->waiting = need(realloc(p->waiting, (p->n_waiting + 1) * sizeof *p->waiting));
    p->waiting[p->n_waiting++] = *e;
    for (size_t next = p->shown + 1; next <= e->epoch; next++) {
        size_t n = 0;
        for (size_t i = 0; i < p->n_waiting; i++)
            n += p->waiting[i].epoch == next;
        if (has_line(next, e->epochs) && n < p->setup->members && e->epoch < next + far)
            break;
        show_epoch(p, next);
    }
}

void progress_show_rest(train_progress *p)
{
    while (p->n_waiting > 0)
        show_epoch(p, p->shown + 1);
}

static int on_epoch(const nudge_epoch *e, void *user)
{
    member_progress *m = user;
    train_progress *p = m->all;
    errno = 0;
    p->finished++;
    m->done = (double)e->epoch / (double)e->epochs;
    if (p->setup->log != NULL && !p->log_failed) {
        int good = open_log(p);
        p->log.member = p->setup->members > 1 ? m->k + 1 : 0;
        if (!good || !epoch_log_write(&p->log, e))
            log_failed(p, "; training goes on without it");
    }
    if (!p->setup->quiet && p->trial == NULL)
        wait_epoch(p, e);
    return is_to_stop(p);
}

static int on_progress(const nudge_progress *now, void *user)
{
    member_progress *m = user;
    train_progress *p = m->all;
    int stop = is_to_stop(p);
    if (stop || p->setup->quiet)
        return stop;
    double part = (double)now->batch / (double)now->batches, done = 0;
    size_t n = p->setup->members;
    m->done = ((double)(now->epoch - 1) + part) / (double)now->epochs;
    for (size_t k = 0; k < n; k++)
        done += p->member[k].done / (double)n;
    double here = done - p->begun;
    char rate[NU_TEXT], left[NU_TEXT] = "?", which[NU_TEXT] = "";
    if (here > 0)
        nu_seconds_text(left, ceil((watch_now() - p->start) * (1 - done) / here));
    if (n > 1)
        snprintf(which, sizeof which, "member %zu/%zu  ", m->k + 1, n);
    live_line("%s%sepoch %zu/%zu  %3.0f%%  loss %.4g  %s samples/s  %s left",
              p->trial != NULL ? p->trial : "", which, now->epoch, now->epochs, 100 * part,
              now->loss, nu_count_text(rate, now->samples_per_s), left);
    return 0;
}

nudge_train_options progress_start(train_progress *p, const train_setup *setup)
{
    nudge_train_options options = nudge_train_defaults();
    *p = (train_progress){.setup = setup};
    p->member = need(calloc(setup->members, sizeof *p->member));
    for (size_t k = 0; k < setup->members; k++)
        p->member[k] = (member_progress){.all = p, .k = k};
    options.on_epoch = on_epoch;
    options.on_progress = on_progress;
    options.user = p->member;
    options.keep_history = setup->checkpoint != NULL;
    return options;
}

void progress_end(train_progress *p)
{
    members_free(p->setup, p->trainers);
    free(p->member);
    free(p->waiting);
}
