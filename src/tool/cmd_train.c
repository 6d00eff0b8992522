/* nudge train: data in, a trained model out. */
#include <math.h>
#include <string.h>

#include "support/commands.h"
#include "support/data_options.h"
#include "support/option_tables.h"
#include "support/say.h"
#include "support/progress.h"
#include "support/run_lines.h"
#include "support/train_report.h"
#include "support/train_setup.h"

/* Saves the model if the run asked for that. Returns an exit_status. */
static int save(train_report *r)
{
    nudge_error err;
    if (r->setup->out == NULL)
        return EXIT_DONE;
    if (nudge_model_save(r->model, r->setup->out, &err) != NUDGE_OK)
        return fail(&err);
    r->saved = 1;
    return EXIT_DONE;
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

static int diverged(train_report *r)
{
    char where[NUDGE_ERROR_SIZE];
    nudge_prep_info prep = nudge_prep_describe(r->data->prep);
    int unscaled = prep.scale == NUDGE_SCALE_NONE && !prep.pixels;
    /* Without a finished epoch these are the initial weights. */
    int status = r->result.epochs > 0 ? save(r) : EXIT_DONE;
    if (status != EXIT_DONE)
        return EXIT_RUN_FAILED;
    say("training diverged: the loss became non-finite in epoch %zu, batch %zu; try a "
        "smaller --lr (it is %g)%s%s", r->result.diverged_epoch, r->result.diverged_batch,
        r->setup->train.optimizer.lr, unscaled ? " or --scale standard" : "",
        whereabouts(where, sizeof where, r));
    return EXIT_RUN_FAILED;
}

static int evaluate_all(train_report *r)
{
    nudge_error err;
    int threads = r->setup->train.threads;
    if ((r->data->val != NULL &&
         nudge_evaluate(r->model, r->data->val, threads, &r->val, &err) != NUDGE_OK) ||
        (r->data->test != NULL &&
         nudge_evaluate(r->model, r->data->test, threads, &r->test, &err) != NUDGE_OK))
        return fail(&err);
    return EXIT_DONE;
}

/* After training to the end, or to where it was stopped. */
static int finish(train_report *r, const progress *p)
{
    char where[NUDGE_ERROR_SIZE];
    int status = save(r);
    if (status != EXIT_DONE)
        return status;
    if (p->log_error != 0) {
        say("%s: %s%s", r->setup->log, strerror(p->log_error),
            whereabouts(where, sizeof where, r));
        return EXIT_RUN_FAILED;
    }
    status = evaluate_all(r);
    if (status != EXIT_DONE)
        return status;
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
    if (nudge_train_plan_make(&r->plan, model, r->data->train, r->data->val, &options, &err) !=
        NUDGE_OK)
        return fail(&err);
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
        return diverged(r);
    if (status != NUDGE_OK && status != NUDGE_ESTOPPED)
        return fail(&err);
    return finish(r, &p);
}

static int run(arguments *args)
{
    train_setup setup;
    nudge_data data = {0};
    nudge_model *model = NULL;
    nudge_error err;
    int status = EXIT_BAD_INPUT;
    train_setup_start(&setup, args, threads_of(args));
    if (!args->failed) {
        if (nudge_data_load(&data, &setup.data, &err) != NUDGE_OK ||
            train_setup_model(&model, &setup, data.prep, &err) != NUDGE_OK) {
            status = fail(&err);
        } else {
            train_report report = {.setup = &setup, .data = &data, .model = model};
            status = train(&report, model);
            nudge_metrics_free(&report.val);
            nudge_metrics_free(&report.test);
        }
    }
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
