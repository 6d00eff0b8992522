#include "support/trials.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"
#include "support/config.h"
#include "support/data_options.h"
#include "support/held_out.h"
#include "support/members.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/selection.h"
#include "support/text_stream.h"
#include "support/training.h"
#include "support/watch.h"

/* Trials without --trials; those that may be in the average, and the times that they are. */
enum { USUAL_TRIALS = 20, MOST_CANDIDATES = 8, MOST_PICKS = 6 };

/* ---- One run --------------------------------------------------------------------------- */

/* What is of one network, or can be used once. */
static void refuse_single(const arguments *args)
{
    nudge_init init;
    static const char *const inputs[] = {"data", "labels", "val", "val-labels", "test",
                                         "test-labels"};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        if (text_of(args, inputs[i]) != NULL && is_standard(text_of(args, inputs[i])))
            complain("--%s: --recipe best reads it for each trial, which standard input cannot be",
                     inputs[i]);
    if (nudge_init_parse(&init, text_of(args, "init"), NULL) != NUDGE_OK)
        refuse_given(args, "init", "a file's weights fit one network, and --recipe best trains "
                     "several");
    refuse_given(args, "refit", "--recipe best chooses networks as they were validated");
    refuse_given(args, "log", "--recipe best trains one model after another; --json has its "
                 "trials");
}

/* What the recipe says of itself is said once. There is no model where a later trial cannot have
 * one, as where no input is a number to embed. */
static void open_run(trials *t, const trial_choice *choice)
{
    trial_run *r = &t->run;
    nudge_error err;
    *r = (trial_run){0};
    arguments_with(&r->args, t->args, "recipe", "best");
    trial_choice_give(choice, &r->args);
    if (t->members > 0)
        arguments_put(&r->args, "members", text_as("%zu", t->members));
    recipe_start(&r->args);
    train_setup_start(&r->setup, &r->args, t->threads);
    must(nudge_data_load(&r->data, &r->setup.data, &err), &err);
    if (t->members == 0)
        say_notes(r->data.notes, r->data.n_notes, r->setup.quiet);
    recipe_data found = recipe_data_of(&r->data);
    r->setup.quiet |= t->members > 0;
    train_setup_fit(&r->setup, &r->args, &found, t->threads);
    r->setup.train.max_seconds = 0; /* the operations are counted */
    nudge_status status = train_setup_model(&r->model, &r->setup, r->data.prep, &err);
    if (status != NUDGE_EARGUMENT || t->members == 0)
        must(status, &err);
    r->parts = members_parts(&r->setup, &r->data);
}

static void close_run(trial_run *r)
{
    members_parts_free(&r->setup, r->parts);
    nudge_model_free(r->model);
    nudge_data_free(&r->data);
    train_setup_end(&r->setup);
    arguments_end(&r->args);
}

/* Whether networks have the same preprocessing, so that they can be in one model. */
static int have_same_inputs(const nudge_model *a, const nudge_model *b)
{
    nudge_model *both = NULL;
    nudge_error err;
    must(nudge_model_copy(&both, a, &err), &err);
    nudge_status status = nudge_model_add_members(both, b, &err);
    nudge_model_free(both);
    if (status != NUDGE_EMISMATCH)
        must(status, &err);
    return status == NUDGE_OK;
}

/* The first trial with the inputs of the run that is open. */
static size_t inputs_of(const trials *t)
{
    for (size_t i = 0; i < t->list.n && t->run.model != NULL; i++) {
        const trial *one = &t->list.of[i];
        if (one->model != NULL && have_same_inputs(one->model, t->run.model))
            return one->inputs;
    }
    return t->list.n;
}

/* For free(). */
static char *all_options(const arguments *args)
{
    char *text;
    FILE *f = text_begin(&text);
    for (size_t i = 0; i < args->n; i++)
        if (args->all[i].given)
            fprintf(f, "%s=%s\n", args->all[i].option.name, args->all[i].text);
    text_end(f);
    return text;
}

/* Whether there is no model, or an earlier trial was the same though its choice was not, as where
 * the recipe has what was chosen, or there are fewer values than bins. */
static int is_nothing_new(const trials *t, const trial *next)
{
    if (t->run.model == NULL)
        return 1;
    uint64_t parameters = nudge_model_describe(t->run.model).parameters;
    for (size_t i = 0; i < t->list.n; i++) {
        const trial *one = &t->list.of[i];
        if (strcmp(one->options, next->options) == 0)
            return 1;
        if (one->inputs == next->inputs && trial_differs_in_inputs(&one->choice, &next->choice) &&
            one->model != NULL && nudge_model_describe(one->model).parameters == parameters)
            return 1;
    }
    return 0;
}

/* Each trial has a checkpoint of its own. */
static void number_checkpoint(trial_run *r, size_t number)
{
    char *all = r->setup.checkpoint;
    if (all == NULL)
        return;
    r->setup.checkpoint = text_as("%s.%zu", all, number);
    if (r->setup.resume != NULL)
        r->setup.resume = access(r->setup.checkpoint, R_OK) == 0 ? r->setup.checkpoint : NULL;
    if (r->setup.resume == NULL) { /* the next one is of an earlier run */
        char *next = text_as("%s.%zu", all, number + 1);
        unlink(next);
        free(next);
    }
    free(all);
}

/* ---- One trial ------------------------------------------------------------------------- */

/* The loss of all rows held out, as the networks are alone. */
static double loss_of(const trial_run *r, const nudge_model *model)
{
    nudge_metrics m = {0};
    nudge_error err;
    uint64_t wanted = NUDGE_METRIC_SET(NUDGE_METRIC_LOSS);
    if (r->parts != NULL)
        members_evaluate(&r->setup, model, r->parts, wanted, &m);
    else
        must(nudge_evaluate_on(model, r->data.val, r->setup.train.threads, r->setup.cpus, wanted,
                               &m, &err), &err);
    double loss = m.value[NUDGE_METRIC_LOSS];
    nudge_metrics_free(&m);
    return loss;
}

static void count(trials *t, trial *one, const train_progress *p, const nudge_train_plan *plan)
{
    nudge_train_result *all = &t->report.result;
    double seconds = watch_now() - p->start;
    nudge_train_result r = members_result(p->setup, p->trainers, seconds);
    size_t begun = 0;
    for (size_t k = 0; k < p->setup->members; k++) {
        one->epochs += nudge_trainer_where(p->trainers[k]).epochs;
        begun += p->member[k].begun;
    }
    double cost = plan->flops_per_epoch * (double)one->epochs / RECIPE_OPERATIONS_PER_SECOND;
    t->spent += cost;
    t->dearest = fmax(t->dearest, cost);
    one->seconds = one->epochs > begun ? seconds : NAN;
    all->samples_per_s += r.samples_per_s * seconds; /* for now: samples, */
    all->gflops += r.gflops * seconds;               /* and operations */
    all->seconds += seconds;
    all->train_seconds += r.train_seconds;
    all->best_value = NAN;
    all->epochs += one->epochs;
}

static void say_trial(const trials *t, const trial *one)
{
    char *options = trial_choice_text(&one->choice);
    if (!given(t->args, "quiet"))
        fprintf(stderr, "trial %2zu/%zu  loss %-10.5g  %s\n", t->list.n, t->most, one->loss,
                options);
    free(options);
}

/* Done: the checkpoint before the last is of no more use. */
static void drop_previous(const train_setup *s)
{
    char *previous = text_as("%s.previous", s->checkpoint != NULL ? s->checkpoint : "");
    if (s->checkpoint != NULL)
        unlink(previous);
    free(previous);
}

/* The one that is open; not in the list where a signal stopped it. */
static nudge_status train_run(trials *t, const trial *next)
{
    trial_run *run = &t->run;
    const train_setup *s = &run->setup;
    nudge_error err;
    train_progress p;
    nudge_train_options callbacks = progress_start(&p, s);
    const nudge_data *of_first = run->parts != NULL ? run->parts : &run->data;
    train_report r = {.setup = s, .data = &run->data, .parts = run->parts, .model = run->model};
    must(members_plan(&r.plan, s, run->model, of_first->train, of_first->val, &err), &err);
    p.trainers = members_start(s, run->model, &run->data, run->parts, &callbacks,
                               sizeof *p.member);
    char *head = text_as("trial %zu/%zu  ", t->list.n + 1, t->most);
    p.trial = head;
    if (t->list.n == 0 && !given(t->args, "quiet"))
        report_start(&r);
    if (t->list.n == 0 && s->explain)
        line_print(stderr, "engine", r.plan.explain);
    if (s->resume != NULL)
        must_load(s->resume, nudge_trainers_load(p.trainers, s->members, s->resume, &err), &err);
    progress_begin(&p, r.plan.batches);
    nudge_status status = training_run(&p, t->args, &err);
    t->checkpoint_failed |= p.checkpoint_failed;
    if (status != NUDGE_ESTOPPED) {
        t->list.of = need(realloc(t->list.of, (t->list.n + 1) * sizeof *t->list.of));
        trial *one = &t->list.of[t->list.n++];
        *one = *next;
        count(t, one, &p, &r.plan);
        if (status == NUDGE_OK) {
            one->loss = loss_of(run, run->model);
            one->model = run->model;
            run->model = NULL;
        }
        say_trial(t, one);
        drop_previous(s);
    }
    progress_end(&p);
    free(head);
    return status;
}

/* ---- All of them ----------------------------------------------------------------------- */

void trials_start(trials *t, const arguments *args, int threads)
{
    *t = (trials){.args = args, .threads = threads, .most = USUAL_TRIALS, .list.loss = NAN};
    if (given(args, "trials"))
        t->most = (size_t)whole_of(args, "trials", 1, UINT32_MAX);
    refuse_single(args);
    open_run(t, &(trial_choice){{0}});
    const train_setup *s = &t->run.setup;
    if (t->run.parts == NULL && t->run.data.val == NULL)
        complain("--recipe: best compares networks on rows held out, and %zu rows are too few; "
                 "--recipe table needs none",
                 nudge_dataset_describe(t->run.data.train).rows);
    t->members = s->members;
    t->search = (trial_search){.args = args, .seed = s->train.seed};
    t->report = (train_report){.setup = s, .data = &t->run.data, .parts = t->run.parts,
                               .model = t->run.model};
    held_out_check(&t->report);
}

/* The trial with the least loss; NULL: all diverged. */
static const trial *best_of(const trial_list *list)
{
    const trial *best = NULL;
    for (size_t i = 0; i < list->n; i++)
        if (!isnan(list->of[i].loss) && (best == NULL || list->of[i].loss < best->loss))
            best = &list->of[i];
    return best;
}

/* What to try next; 0: the number of trials, the time or what there is to try is at its end. */
static int choose_next(trials *t, trial_choice *next)
{
    const trial *best = best_of(&t->list);
    double most = recipe_budget(t->args);
    int has_time = t->spent + t->dearest <= most;
    if (t->list.n >= t->most)
        return 0;
    int is_new = has_time && trial_choose(next, &t->search, t->seen, t->n_seen,
                                          best != NULL ? &best->choice : t->seen);
    if (!is_new)
        say("%zu of %zu trials: %s", t->list.n, t->most,
            has_time ? "there is nothing else to try"
                     : "--max-time allows no more operations");
    return is_new;
}

/* Of each trial as many copies as `times` says, in order. */
static nudge_model *average_of(const trials *t, const size_t *times)
{
    nudge_model *all = NULL;
    nudge_error err;
    for (size_t i = 0; i < t->list.n; i++)
        for (size_t k = 0; k < times[i]; k++)
            must(all == NULL ? nudge_model_copy(&all, t->list.of[i].model, &err)
                             : nudge_model_add_members(all, t->list.of[i].model, &err), &err);
    return all;
}

static double average_loss_of(const size_t *times, size_t picks, void *user)
{
    const trials *t = user;
    (void)picks;
    nudge_model *model = average_of(t, times);
    double loss = loss_of(&t->run, model);
    nudge_model_free(model);
    return loss;
}

/* Of a trial; NaN if it is not among the best of those with the inputs of the best one. */
static double loss_in_average(const trials *t, const trial *one)
{
    size_t better = 0, inputs = best_of(&t->list)->inputs;
    for (size_t i = 0; i < t->list.n; i++)
        better += t->list.of[i].inputs == inputs && t->list.of[i].loss < one->loss;
    return one->inputs == inputs && better < MOST_CANDIDATES ? one->loss : NAN;
}

/* With the run of the best trial open, as all that are averaged have its data. */
static void average(trials *t)
{
    const trial *best = best_of(&t->list);
    nudge_train_result *r = &t->report.result;
    size_t *times = need(calloc(t->list.n, sizeof *times));
    double *alone = need(calloc(t->list.n, sizeof *alone));
    for (size_t i = 0; i < t->list.n; i++)
        alone[i] = loss_in_average(t, &t->list.of[i]);
    open_run(t, &best->choice);
    t->list.loss = select_models(times, alone, t->list.n, MOST_PICKS, average_loss_of, t);
    for (size_t i = 0; i < t->list.n; i++) {
        t->list.of[i].times = times[i];
        t->list.picks += times[i];
    }
    t->model = average_of(t, times);
    free(times);
    free(alone);
    if (r->seconds > 0) {
        r->samples_per_s /= r->seconds;
        r->gflops /= r->seconds;
    }
    t->report.parts = t->run.parts;
    t->report.model = t->model;
    t->report.trials = &t->list;
}

void trials_train(trials *t)
{
    trial next = {.loss = NAN};
    int goes_on = 1;
    do {
        number_checkpoint(&t->run, t->list.n + 1);
        t->seen = need(realloc(t->seen, (t->n_seen + 1) * sizeof *t->seen));
        t->seen[t->n_seen++] = next.choice;
        next.inputs = inputs_of(t);
        next.options = all_options(&t->run.args);
        int left_out = is_nothing_new(t, &next);
        if (!left_out && train_run(t, &next) == NUDGE_ESTOPPED)
            t->signal = nu_signal_caught();
        if (left_out || t->signal != 0)
            free(next.options);
        close_run(&t->run);
        goes_on = t->signal == 0 && choose_next(t, &next.choice);
        if (goes_on)
            open_run(t, &next.choice);
    } while (goes_on);
    if (best_of(&t->list) != NULL)
        average(t);
    else if (t->signal == 0)
        give_up(EXIT_RUN_FAILED, "training diverged: the loss became non-finite in all trials; try "
                "a smaller --lr");
}

void trials_end(trials *t)
{
    if (t->model != NULL)
        close_run(&t->run);
    nudge_model_free(t->model);
    for (size_t i = 0; i < t->list.n; i++) {
        nudge_model_free(t->list.of[i].model);
        free(t->list.of[i].options);
    }
    free(t->list.of);
    free(t->seen);
}
