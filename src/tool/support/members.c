#include "support/members.h"

#include <math.h>

#include "support/say.h"

/* That all of them share. */
static int threads_of_all(const train_setup *s)
{
    return s->train.oversubscribe && s->train.threads > 0 ? s->train.threads
                                                          : nudge_threads(s->train.threads, NULL);
}

size_t members_at_once(const train_setup *s)
{
    size_t threads = (size_t)threads_of_all(s);
    return s->members < threads ? s->members : threads;
}

nudge_train_options member_options(const train_setup *s, size_t k)
{
    nudge_train_options o = s->train;
    size_t at_once = members_at_once(s);
    if (s->members == 1)
        return o;
    o.member = k;
    o.seed = member_seed(s, k);
    o.threads = threads_of_all(s) / (int)at_once;
    o.max_seconds *= (double)at_once / (double)s->members;
    return o;
}

nudge_status members_plan(nudge_train_plan *plan, const train_setup *s, const nudge_model *model,
                          const nudge_dataset *train, const nudge_dataset *val, nudge_error *err)
{
    nudge_train_options o = member_options(s, 0);
    nudge_status status = nudge_train_plan_make(plan, model, train, val, &o, err);
    if (status != NUDGE_OK || s->members == 1)
        return status;
    uint64_t *const parts[] = {&plan->weights, &plan->optimizer_state, &plan->gradients,
                               &plan->snapshot, &plan->activations, &plan->evaluation};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        plan->total += *parts[i] * (s->members - 1);
        *parts[i] *= s->members;
    }
    plan->threads *= (int)members_at_once(s);
    return NUDGE_OK;
}

nudge_data *members_parts(const train_setup *s, const nudge_data *data)
{
    nudge_error err;
    if (s->val_folds == 0)
        return NULL;
    nudge_data *parts = need(calloc(s->members, sizeof *parts));
    for (size_t k = 0; k < s->members; k++)
        must(nudge_dataset_hold_out(&parts[k].train, &parts[k].val, data->train, k, s->val_folds,
                                    s->data.seed, &err), &err);
    return parts;
}

void members_parts_free(const train_setup *s, nudge_data *parts)
{
    for (size_t k = 0; parts != NULL && k < s->members; k++)
        nudge_data_free(&parts[k]);
    free(parts);
}

/* Means over the rows of both, and counts of all of them. */
static void add_metrics(nudge_metrics *sum, const nudge_metrics *one)
{
    double part = (double)one->rows / (double)(sum->rows + one->rows);
    for (size_t i = 0; i < NUDGE_METRICS; i++)
        sum->value[i] += (one->value[i] - sum->value[i]) * part;
    for (size_t i = 0; sum->by_output != NULL && i < NUDGE_METRICS * sum->outputs; i++)
        sum->by_output[i] += (one->by_output[i] - sum->by_output[i]) * part;
    for (size_t i = 0; sum->confusion != NULL && i < sum->classes * sum->classes; i++)
        sum->confusion[i] += one->confusion[i];
    for (size_t k = 0; k < sum->classes; k++) {
        sum->counts[k].true_positives += one->counts[k].true_positives;
        sum->counts[k].false_negatives += one->counts[k].false_negatives;
        sum->counts[k].false_positives += one->counts[k].false_positives;
    }
    sum->rows += one->rows;
}

static void evaluate_member(const train_setup *s, const nudge_model *model, const nudge_data *parts,
                            size_t k, uint64_t wanted, nudge_metrics *metrics)
{
    nudge_error err;
    nudge_model *member = NULL;
    must(nudge_model_member(&member, model, k, &err), &err);
    size_t all = nudge_model_describe(model).members;
    for (size_t j = k + s->members; j < all; j += s->members) {
        nudge_model *other = NULL;
        must(nudge_model_member(&other, model, j, &err), &err);
        must(nudge_model_add_members(member, other, &err), &err);
        nudge_model_free(other);
    }
    must(nudge_evaluate_on(member, parts[k].val, s->train.threads, s->cpus, wanted, metrics, &err),
         &err);
    nudge_model_free(member);
}

void members_evaluate(const train_setup *s, const nudge_model *model, const nudge_data *parts,
                      uint64_t wanted, nudge_metrics *metrics)
{
    evaluate_member(s, model, parts, 0, wanted, metrics);
    for (size_t k = 1; k < s->members; k++) {
        nudge_metrics one;
        evaluate_member(s, model, parts, k, wanted, &one);
        add_metrics(metrics, &one);
        nudge_metrics_free(&one);
    }
}

nudge_trainer **members_start(const train_setup *s, nudge_model *model, const nudge_data *data,
                              const nudge_data *parts, const nudge_train_options *callbacks,
                              size_t user_size)
{
    nudge_error err;
    nudge_trainer **trainers = need(calloc(s->members, sizeof *trainers));
    for (size_t k = 0; k < s->members; k++) {
        nudge_train_options o = member_options(s, k);
        o.on_epoch = callbacks->on_epoch;
        o.on_progress = callbacks->on_progress;
        o.keep_history = callbacks->keep_history;
        o.user = (char *)callbacks->user + k * user_size;
        const nudge_data *own = parts != NULL ? &parts[k] : data;
        must(nudge_trainer_create(&trainers[k], model, own->train, own->val, &o, &err), &err);
    }
    return trainers;
}

void members_free(const train_setup *s, nudge_trainer **trainers)
{
    for (size_t k = 0; k < s->members; k++)
        nudge_trainer_free(trainers[k]);
    free(trainers);
}

nudge_status members_run(const train_setup *s, nudge_trainer **trainers, nudge_error *err)
{
    return nudge_trainers_run(trainers, s->members, members_at_once(s), err);
}

/* Adds x to *sum, which becomes a mean: the part of one of n. */
static void add_part(double *sum, double x, size_t n)
{
    *sum += x / (double)n;
}

nudge_epoch mean_epoch(const train_setup *s, const nudge_epoch *e, size_t n)
{
    nudge_epoch mean = e[0];
    if (n == 1)
        return mean;
    mean.train_loss = mean.train_accuracy = mean.val_loss = mean.val_accuracy = mean.val_rmse = 0;
    mean.val_stop = mean.seconds = mean.samples_per_s = 0;
    for (size_t k = 0; k < n; k++) {
        add_part(&mean.train_loss, e[k].train_loss, n);
        add_part(&mean.train_accuracy, e[k].train_accuracy, n);
        add_part(&mean.val_loss, e[k].val_loss, n);
        add_part(&mean.val_accuracy, e[k].val_accuracy, n);
        add_part(&mean.val_rmse, e[k].val_rmse, n);
        add_part(&mean.val_stop, e[k].val_stop, n);
        add_part(&mean.seconds, e[k].seconds, n);
        add_part(&mean.samples_per_s, e[k].samples_per_s * (double)members_at_once(s), n);
    }
    return mean;
}

nudge_train_result members_result(const train_setup *s, nudge_trainer *const *trainers,
                                  double seconds)
{
    nudge_train_result all = nudge_trainer_result(trainers[0]);
    size_t n = 0;
    double samples = 0, operations = 0;
    nudge_epoch *last = need(calloc(s->members, sizeof *last));
    if (s->members == 1) {
        free(last);
        return all;
    }
    all = (nudge_train_result){.seconds = seconds, .best_value = NAN};
    for (size_t k = 0; k < s->members; k++) {
        nudge_train_result r = nudge_trainer_result(trainers[k]);
        all.epochs = r.epochs > all.epochs ? r.epochs : all.epochs;
        all.train_seconds += r.train_seconds;
        samples += r.samples_per_s * r.train_seconds;
        operations += r.gflops * r.train_seconds;
        all.timed_out |= r.timed_out;
        if (r.epochs > 0)
            last[n++] = r.last;
        if (r.diverged_epoch > 0) {
            all.diverged_epoch = r.diverged_epoch;
            all.diverged_batch = r.diverged_batch;
        }
    }
    all.samples_per_s = samples / seconds;
    all.gflops = operations / seconds;
    if (n > 0)
        all.last = mean_epoch(s, last, n);
    free(last);
    return all;
}
