/* nudge train: data in, a trained model out. */
#include "signals.h"
#include "support/config.h"
#include "support/cross_validation.h"
#include "support/data_options.h"
#include "support/held_out.h"
#include "support/members.h"
#include "support/output_metrics.h"
#include "support/recipe.h"
#include "support/refit.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/train_progress.h"
#include "support/train_report.h"
#include "support/training.h"
#include "support/trials.h"
#include "support/watch.h"

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
        must(nudge_evaluate_on(r->model, data, r->setup->train.threads, r->setup->cpus,
                               report_wants(r->setup), metrics, &err), &err);
}

/* What a run that a signal ended says last. */
static void say_interrupted(const train_report *r, const train_progress *p)
{
    char model[NUDGE_ERROR_SIZE] = "", resume[NUDGE_ERROR_SIZE] = "";
    const char *unlearned = r->setup->calibrate      ? "; not calibrated"
                            : r->setup->interval > 0 ? "; without intervals" : "";
    if (r->saved)
        snprintf(model, sizeof model, "; the weights of that moment are in %s", r->setup->out);
    if (r->setup->checkpoint != NULL && !p->checkpoint_failed)
        snprintf(resume, sizeof resume, "; nudge train --resume %s goes on", r->setup->checkpoint);
    say("interrupted after %zu whole epochs of %zu%s%s%s", r->result.epochs,
        r->setup->train.epochs, unlearned, model, resume);
}

/* After training to the end, or to where a signal stopped it (otherwise 0). Returns an
 * exit_status. */
static int finish(train_report *r, nudge_model *model, const train_progress *p, int signal)
{
    if (signal == 0)
        held_out_learn(r, model);
    save(r);
    if (r->parts == NULL)
        evaluate(r, r->data->val, &r->val);
    else if (r->val.rows == 0)
        members_evaluate(r->setup, r->model, r->parts, report_wants(r->setup), &r->val);
    evaluate(r, r->data->test, &r->test);
    if (r->setup->json)
        report_json(r);
    else
        report_result(r, r->setup->log != NULL && is_standard(r->setup->log) ? stderr : stdout);
    if (signal == 0)
        return p->checkpoint_failed || p->log_failed ? EXIT_RUN_FAILED : EXIT_DONE;
    say_interrupted(r, p);
    return 128 + signal;
}

/* ---- Training -------------------------------------------------------------------------- */

static int train(train_report *r, nudge_model *model, arguments *args)
{
    const train_setup *s = r->setup;
    nudge_error err;
    train_progress p;
    nudge_train_options callbacks = progress_start(&p, s);
    r->parts = members_parts(s, r->data);
    const nudge_data *of_first = r->parts != NULL ? r->parts : r->data;
    must(members_plan(&r->plan, s, model, of_first->train, of_first->val, &err), &err);
    p.trainers = members_start(s, model, r->data, r->parts, &callbacks, sizeof *p.member);
    if (!s->quiet)
        report_start(r);
    if (s->explain)
        line_print(stderr, "engine", r->plan.explain);
    if (s->resume != NULL)
        training_resume(s, p.trainers);
    nudge_model_info info = nudge_model_describe(model);
    p.log.no_rmse = mixes_units(NUDGE_METRIC_RMSE, &info);
    progress_begin(&p, r->plan.batches);
    nudge_status status = training_run(&p, args, &err);
    r->trainers = p.trainers;
    r->result = members_result(s, p.trainers, watch_now() - p.start);
    if (s->log != NULL)
        progress_close_log(&p);
    if (status == NUDGE_EDIVERGED)
        diverged(r);
    nudge_model *again = NULL;
    if (s->refit && status == NUDGE_OK) {
        members_evaluate(s, model, r->parts, report_wants(s), &r->val);
        again = refit(r);
        r->refitted = again != NULL;
        r->model = again != NULL ? again : model;
    }
    int stopped = status == NUDGE_ESTOPPED || (s->refit && again == NULL);
    int exit_status = finish(r, again != NULL ? again : model, &p,
                             stopped ? nu_signal_caught() : 0);
    progress_end(&p);
    nudge_model_free(again);
    members_parts_free(s, r->parts);
    return exit_status;
}

static void save_config(const arguments *args)
{
    if (given(args, "save-config"))
        config_save(args, "config save-config resume", text_of(args, "save-config"));
}

/* --recipe best. */
static int train_several(arguments *args)
{
    trials t;
    trials_start(&t, args, threads_of(args));
    save_config(args);
    trials_train(&t);
    const train_progress ended = {.checkpoint_failed = t.checkpoint_failed};
    int status = t.model != NULL ? finish(&t.report, t.model, &ended, 0) : EXIT_DONE;
    const char *resumed = given(args, "checkpoint") ? text_of(args, "checkpoint")
                                                    : text_of(args, "resume");
    if (t.signal != 0) {
        say("interrupted in trial %zu of %zu%s%s%s", t.list.n + 1, t.most,
            t.report.saved ? "; the model is of those before" : "",
            resumed != NULL ? "; nudge train goes on with --resume " : "",
            resumed != NULL ? resumed : "");
        status = 128 + t.signal;
    }
    nudge_metrics_free(&t.report.val);
    nudge_metrics_free(&t.report.test);
    trials_end(&t);
    return status;
}

static int run(arguments *args)
{
    train_setup setup;
    nudge_data data = {0};
    nudge_model *model = NULL;
    nudge_error err;
    config_from_files(args);
    if (recipe_is_best(args))
        return train_several(args);
    recipe_start(args);
    train_setup_start(&setup, args, threads_of(args));
    if (setup.folds > 0) {
        int status = cross_validate(&setup);
        save_config(args);
        train_setup_end(&setup);
        return status;
    }
    must(nudge_data_load(&data, &setup.data, &err), &err);
    say_notes(data.notes, data.n_notes, setup.quiet);
    recipe_data found = recipe_data_of(&data);
    train_setup_fit(&setup, args, &found, threads_of(args));
    must(train_setup_model(&model, &setup, data.prep, &err), &err);
    train_report report = {.setup = &setup, .data = &data, .model = model};
    held_out_check(&report);
    refit_check(&setup);
    save_config(args);
    int status = train(&report, model, args);
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
             "the current batch: the model is saved if --out was given, a checkpoint if "
             "--checkpoint was, and the exit status is 130.\n\n"
             "nudge train --resume FILE goes on from a checkpoint with the options of the run that "
             "wrote it, and ends with the very weights of a run that was never interrupted.",
    .options = TRAIN_OPTIONS,
    .examples =
        "  nudge train\n"
        "  nudge train --data letters.csv --target Letter --out m.safetensors\n"
        "  nudge train --data images.gz --labels labels.gz --hidden 128 --test-split 0.2\n"
        "  nudge train --data synth:moons,rows=5000 --hidden 32,32 --json\n"
        "  nudge train --data letters.csv --target Letter --checkpoint run.ckpt\n"
        "  nudge train --resume run.ckpt\n",
    .run = run,
};
