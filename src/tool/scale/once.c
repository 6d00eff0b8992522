#include "scale/once.h"

#include <stdlib.h>

#include "scale/live.h"
#include "support/say.h"

/* What the callbacks know. */
typedef struct watcher {
    const scale_job *job;
    double seconds;   /* of the epochs so far */
    double to_loss;   /* NaN: not yet */
    double drawn;     /* when the curve's last point was, in seconds of training */
    double batch;
} watcher;

static void add_to_curve(watcher *w, double seconds, double epochs, double loss)
{
    scale_curve *c = w->job->curve;
    size_t bytes = (c->n + 1) * sizeof *c->loss;
    c->seconds = need(realloc(c->seconds, bytes));
    c->epochs = need(realloc(c->epochs, bytes));
    c->loss = need(realloc(c->loss, bytes));
    c->seconds[c->n] = seconds;
    c->epochs[c->n] = epochs;
    c->loss[c->n++] = loss;
    w->drawn = seconds;
}

static int on_epoch(const nudge_epoch *e, void *user)
{
    watcher *w = user;
    double loss = e->has_val ? e->val_loss : e->train_loss;
    w->seconds += e->seconds;
    if (loss <= w->job->target_loss) /* never with NaN */
        w->to_loss = w->seconds;
    int last = e->epoch == e->epochs || !isnan(w->to_loss);
    if (w->job->curve != NULL && (last || w->seconds - w->drawn >= w->job->curve_seconds))
        add_to_curve(w, w->seconds, (double)e->epoch, e->train_loss);
    return last || scale_interrupted();
}

static int on_progress(const nudge_progress *now, void *user)
{
    watcher *w = user;
    if (w->job->curve != NULL) {
        double part = (double)now->batch / (double)now->batches;
        double seconds = (double)now->batch * w->batch / now->samples_per_s;
        add_to_curve(w, w->seconds + seconds, (double)(now->epoch - 1) + part, now->loss);
    }
    return scale_interrupted();
}

nudge_status scale_make_model(nudge_model **model, const scale_job *job, nudge_error *err)
{
    train_setup network = job->setup->train;
    network.hidden = job->point->layers - 1;
    network.units = job->point->widths + 1;
    return train_setup_model(model, &network, job->prep, err);
}

nudge_train_options scale_train_options(const scale_job *job)
{
    nudge_train_options o = job->setup->train.train;
    o.batch = job->point->batch;
    o.epochs = job->epochs;
    o.threads = job->point->threads;
    o.oversubscribe = 1;
    o.profile = job->profile;
    return o;
}

static void describe(scale_once *once, const watcher *w, const nudge_train_result *r,
                     const nudge_model *model)
{
    size_t batch = w->job->point->batch, rows = w->job->point->rows;
    double steps = (double)r->epochs * (double)((rows + batch - 1) / batch);
    /* 1e-9: less than the clock can tell. */
    double seconds = fmax(r->train_seconds, 1e-9);
    *once = (scale_once){.seconds = seconds,
                         .epochs = r->epochs,
                         .to_loss = w->to_loss,
                         .step = seconds / steps,
                         .hash = nudge_model_hash(model),
                         .phases = r->phases,
                         .diverged_epoch = r->diverged_epoch,
                         .diverged_batch = r->diverged_batch};
}

nudge_status scale_train_once(scale_once *once, const scale_job *job, nudge_error *err)
{
    nudge_model *model = NULL;
    nudge_train_result r = {0};
    watcher w = {.job = job, .to_loss = NAN, .batch = (double)job->point->batch};
    nudge_train_options o = scale_train_options(job);
    o.on_epoch = on_epoch;
    o.on_progress = on_progress;
    o.user = &w;
    if (job->curve != NULL)
        o.progress_seconds = job->curve_seconds;
    nudge_status status = scale_make_model(&model, job, err);
    if (status == NUDGE_OK) {
        const nudge_dataset *val = isnan(job->target_loss) ? NULL : job->val;
        status = nudge_train(model, job->train, val, &o, &r, err);
        /* on_epoch() ends the run: after the last epoch, and where the target was reached. */
        int ended = r.epochs == job->epochs || !isnan(w.to_loss);
        if (status == NUDGE_ESTOPPED && ended)
            status = NUDGE_OK;
        if (status == NUDGE_OK || status == NUDGE_EDIVERGED)
            describe(once, &w, &r, model);
    }
    nudge_model_free(model);
    return status;
}
