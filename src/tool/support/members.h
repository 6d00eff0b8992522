/* nudge train --members: several networks of one model, trained together. Of one network these do
 * what the library does for one. */
#ifndef NUDGE_TOOL_MEMBERS_H
#define NUDGE_TOOL_MEMBERS_H

#include "support/train_setup.h"

/* How many are trained at the same time, and the threads of each. */
size_t members_at_once(const train_setup *setup);

/* The options of member k: of setup->train its share of threads and of --max-time, and its seed. */
nudge_train_options member_options(const train_setup *setup, size_t k);

/* What training all of them takes: nudge_train_plan_make(), with the memory of all. */
nudge_status members_plan(nudge_train_plan *plan, const train_setup *setup,
                          const nudge_model *model, const nudge_dataset *train,
                          const nudge_dataset *val, nudge_error *err);

/* --val-folds: for each member the rows that it learns from as .train and those that it is validated
 * on as .val, one part in val_folds of data->train; for members_parts_free(). NULL without that. */
nudge_data *members_parts(const train_setup *setup, const nudge_data *data);
void members_parts_free(const train_setup *setup, nudge_data *parts);

/* Metrics of all those parts, each by its member alone: their means, a part counting as its rows
 * do. A model of several times so many networks is one of trainings with the same parts, one after
 * the other: each part is predicted by the average of those that do not know it. */
void members_evaluate(const train_setup *setup, const nudge_model *model, const nudge_data *parts,
                      uint64_t wanted, nudge_metrics *metrics);

/* A trainer for each member with these callbacks and keep_history, whose `user` is user_size bytes
 * further for each; for members_free(). parts may be NULL. Gives up where that fails. */
nudge_trainer **members_start(const train_setup *setup, nudge_model *model, const nudge_data *data,
                              const nudge_data *parts, const nudge_train_options *callbacks,
                              size_t user_size);
void members_free(const train_setup *setup, nudge_trainer **trainers);

/* As nudge_trainers_run(). */
nudge_status members_run(const train_setup *setup, nudge_trainer **trainers, nudge_error *err);

/* What all of them came to in so many seconds: the largest number of epochs, the mean of their last
 * ones, what one of them diverged at. Of one network its own result. */
nudge_train_result members_result(const train_setup *setup, nudge_trainer *const *trainers,
                                  double seconds);

/* The mean of n epochs as one; samples per second are those of all that run at the same time. */
nudge_epoch mean_epoch(const train_setup *setup, const nudge_epoch *epochs, size_t n);

#endif
