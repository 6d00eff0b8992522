/* nudge train: data in, a trained model out. */
#include <math.h>
#include <string.h>

#include "support/options.h"
#include "support/data_options.h"
#include "support/option_tables.h"
#include "support/say.h"
#include "support/progress.h"
#include "support/run_lines.h"
#include "support/train_report.h"
#include "support/train_setup.h"

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
        must(nudge_evaluate(r->model, data, r->setup->train.threads, metrics, &err), &err);
}

/* After training to the end, or to where it was stopped. */
static int finish(train_report *r, const progress *p)
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
    if (!p->interrupted)
        return EXIT_DONE;
    if (r->saved)
        say("interrupted after %zu whole epochs of %zu; the weights of that moment are in %s",
            r->result.epochs, r->setup->train.epochs, r->setup->out);
    else
        say("interrupted after %zu whole epochs of %zu", r->result.epochs, r->setup->train.epochs);
    return 128 + p->interrupted;
}

static int train(train_report *r, nudge_model *model)
{
    const train_setup *s = r->setup;
    nudge_train_options options = s->train;
    nudge_error err;
    progress p;
    must(nudge_train_plan_make(&r->plan, model, r->data->train, r->data->val, &options, &err),
         &err);
    if (!s->quiet)
        report_start(r);
    if (s->explain)
        engine_lines(stderr, &r->plan);
    progress_start(&p, &options, s->quiet, s->log);
    nudge_status status = nudge_train(model, r->data->train, r->data->val, &options, &r->result,
                                      &err);
    progress_end(&p, status == NUDGE_OK || status == NUDGE_ESTOPPED ||
                         status == NUDGE_EDIVERGED);
    if (status == NUDGE_EDIVERGED)
        diverged(r);
    if (status != NUDGE_ESTOPPED)
        must(status, &err);
    return finish(r, &p);
}

static int run(arguments *args)
{
    train_setup setup;
    nudge_data data = {0};
    nudge_model *model = NULL;
    nudge_error err;
    train_setup_start(&setup, args, threads_of(args));
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
