/* nudge train: data in, a trained model out. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"
#include "support/cross_validation.h"
#include "support/data_options.h"
#include "support/json.h"
#include "support/learning_options.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/train_report.h"
#include "support/train_setup.h"

/* Training on its way. */
typedef struct progress {
    const train_setup *setup;
    FILE *log;
    int log_error; /* errno of a failed write; training was stopped for it */
} progress;

/* Epochs shown as lines that stay. */
enum { MOST_LINES = 20 };

static int shows_lr(const progress *p)
{
    return has_schedule(&p->setup->train.schedule);
}

/* ---- Log ------------------------------------------------------------------------------- */

/* Opened with the first epoch, so that a run refused before it leaves no empty log. */
static int open_log(progress *p)
{
    const char *path = p->setup->log;
    if (p->log == NULL)
        p->log = is_standard(path) ? fdopen(dup(STDOUT_FILENO), "w") : fopen(path, "w");
    return p->log != NULL;
}

static int write_log(progress *p, const nudge_epoch *e)
{
    if (!open_log(p))
        return 0;
    json_t *line = json_of("epoch", json_whole(e->epoch), "train_loss", json_number(e->train_loss),
                           "train_accuracy", json_number(e->train_accuracy),
                           "val_loss", json_number(e->val_loss),
                           "val_accuracy", json_number(e->val_accuracy),
                           "val_rmse", json_number(e->val_rmse),
                           "lr", shows_lr(p) ? json_number(e->lr) : NULL,
                           "seconds", json_number(e->seconds),
                           "samples_per_s", json_number(e->samples_per_s), NULL);
    return json_print(line, 0, p->log) && fflush(p->log) == 0;
}

/* ---- Lines ----------------------------------------------------------------------------- */

static void print_epoch(const nudge_epoch *e, int with_lr)
{
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
    else if (!isnan(e->val_rmse))
        fprintf(stderr, "  val RMSE %-9.5g", e->val_rmse);
    if (with_lr)
        fprintf(stderr, "  lr %-8.3g", e->lr);
    fprintf(stderr, "  %s samples/s\n", nu_count_text(text, e->samples_per_s));
}

static int on_epoch(const nudge_epoch *e, void *user)
{
    progress *p = user;
    errno = 0;
    if (p->setup->log != NULL && !write_log(p, e)) {
        p->log_error = errno != 0 ? errno : EIO;
        return 1;
    }
    /* Evenly spaced, the first and the last among them. */
    int show = e->epoch == 1 || e->epoch == e->epochs ||
               e->epoch * (MOST_LINES - 1) / e->epochs !=
                   (e->epoch - 1) * (MOST_LINES - 1) / e->epochs;
    if (!p->setup->quiet && (e->epochs <= MOST_LINES || show)) {
        live_line_clear();
        print_epoch(e, shows_lr(p));
    }
    return nu_signal_caught();
}

static int on_progress(const nudge_progress *now, void *user)
{
    const progress *p = user;
    if (nu_signal_caught() || p->setup->quiet)
        return nu_signal_caught();
    double part = (double)now->batch / (double)now->batches;
    double done = ((double)(now->epoch - 1) + part) / (double)now->epochs;
    char rate[NU_TEXT], left[NU_TEXT] = "?";
    if (done > 0)
        nu_seconds_text(left, ceil(now->seconds * (1 - done) / done));
    live_line("epoch %zu/%zu  %3.0f%%  loss %.4g  %s samples/s  %s left", now->epoch, now->epochs,
              100 * part, now->loss, nu_count_text(rate, now->samples_per_s), left);
    return 0;
}

/* Closes the log of a run that was not refused, which is made even if no epoch was finished. */
static void close_log(progress *p)
{
    errno = 0;
    int good = open_log(p) && fclose(p->log) == 0;
    if (!good && p->log_error == 0)
        p->log_error = errno != 0 ? errno : EIO;
}

/* ---- Afterwards ------------------------------------------------------------------------ */

/* Saves the model if the run asked for that. */
static void save(train_report *r)
{
    nudge_error err;
    r->saved = r->setup->out != NULL;
    if (r->saved)
        must(nudge_model_save(r->model, r->setup->out, &err), &err);
}

/* Where the model went, for the messages of runs that ended early. */
static const char *whereabouts(char *buf, size_t size, const train_report *r)
{
    if (r->saved)
        snprintf(buf, size, "; the weights after epoch %zu are in %s", r->result.epochs,
                 r->setup->out);
    else
        snprintf(buf, size, "%s", r->setup->out != NULL ? "; nothing was saved" : "");
    return buf;
}

static void diverged(train_report *r)
{
    char where[NUDGE_ERROR_SIZE];
    nudge_prep_info prep = nudge_prep_describe(r->data->prep);
    int unscaled = prep.scale == NUDGE_SCALE_NONE && !prep.pixels;
    if (r->result.epochs > 0) /* otherwise these are the initial weights */
        save(r);
    give_up(EXIT_RUN_FAILED, "training diverged: the loss became non-finite in epoch %zu, batch "
            "%zu; try a smaller --lr (it is %g)%s%s", r->result.diverged_epoch,
            r->result.diverged_batch, r->setup->train.optimizer.lr,
            unscaled ? " or --scale standard" : "", whereabouts(where, sizeof where, r));
}

static void evaluate(const train_report *r, const nudge_dataset *data, nudge_metrics *metrics)
{
    nudge_error err;
    if (data != NULL)
        must(nudge_evaluate_on(r->model, data, r->setup->train.threads, NULL,
                               report_wants(r->setup), metrics, &err), &err);
}

/* After training to the end, or to where a signal stopped it (otherwise 0). Returns an
 * exit_status. */
static int finish(train_report *r, const progress *p, int signal)
{
    char where[NUDGE_ERROR_SIZE];
    save(r);
    if (p->log_error != 0)
        give_up(EXIT_RUN_FAILED, "%s: %s%s", r->setup->log, strerror(p->log_error),
                whereabouts(where, sizeof where, r));
    evaluate(r, r->data->val, &r->val);
    evaluate(r, r->data->test, &r->test);
    if (r->setup->json)
        report_json(r);
    else
        report_result(r, r->setup->log != NULL && is_standard(r->setup->log) ? stderr : stdout);
    if (signal == 0)
        return EXIT_DONE;
    if (r->saved)
        say("interrupted after %zu whole epochs of %zu; the weights of that moment are in %s",
            r->result.epochs, r->setup->train.epochs, r->setup->out);
    else
        say("interrupted after %zu whole epochs of %zu", r->result.epochs, r->setup->train.epochs);
    return 128 + signal;
}

static int train(train_report *r, nudge_model *model)
{
    const train_setup *s = r->setup;
    nudge_train_options options = s->train;
    nudge_error err;
    progress p = {.setup = s};
    must(nudge_train_plan_make(&r->plan, model, r->data->train, r->data->val, &options, &err),
         &err);
    if (!s->quiet)
        report_start(r);
    if (s->explain)
        line_print(stderr, "engine", r->plan.explain);
    options.on_epoch = on_epoch;
    options.on_progress = on_progress;
    options.user = &p;
    nu_signals_catch(); /* from here on they stop training, not the process */
    nudge_status status = nudge_train(model, r->data->train, r->data->val, &options, &r->result,
                                      &err);
    live_line_clear();
    if (status != NUDGE_ESTOPPED && status != NUDGE_EDIVERGED)
        must(status, &err);
    if (s->log != NULL)
        close_log(&p);
    if (status == NUDGE_EDIVERGED)
        diverged(r);
    return finish(r, &p, status == NUDGE_ESTOPPED ? nu_signal_caught() : 0);
}

static int run(arguments *args)
{
    train_setup setup;
    nudge_data data = {0};
    nudge_model *model = NULL;
    nudge_error err;
    train_setup_start(&setup, args, threads_of(args));
    if (setup.folds > 0) {
        int status = cross_validate(&setup);
        train_setup_end(&setup);
        return status;
    }
    must(nudge_data_load(&data, &setup.data, &err), &err);
    must(train_setup_model(&model, &setup, data.prep, &err), &err);
    train_report report = {.setup = &setup, .data = &data, .model = model};
    int status = train(&report, model);
    nudge_metrics_free(&report.val);
    nudge_metrics_free(&report.test);
    nudge_model_free(model);
    nudge_data_free(&data);
    train_setup_end(&setup);
    return status;
}

const command command_train = {
    .name = "train",
    .synopsis = "[OPTION]...",
    .summary = "train a network on data",
    .about = "Trains a multilayer perceptron. The same options, data and seed give the same bits "
             "in every weight for any number of threads.\n\n"
             "Results go to stdout; progress and messages to stderr. Ctrl-C ends training after "
             "the current batch: the model is saved if --out was given, and the exit status is "
             "130.",
    .options = TRAIN_OPTIONS,
    .examples =
        "  nudge train\n"
        "  nudge train --data letters.csv --target Letter --out m.safetensors\n"
        "  nudge train --data images.gz --labels labels.gz --hidden 128 --test-split 0.2\n"
        "  nudge train --data synth:moons,rows=5000 --hidden 32,32 --json\n",
    .run = run,
};
