/* Training.
 * Part of nudge.h, which is the header to include. */
#ifndef NUDGE_TRAIN_H
#define NUDGE_TRAIN_H

#include "evaluate.h"

NUDGE_BEGIN

/* Parameters named as in torch.optim. An optimizer ignores those it does not have. */
typedef struct nudge_optimizer {
    nudge_optimizer_kind kind;
    double lr;           /* learning rate, > 0; rprop: the size of a weight's first step;
                          * lbfgs: the length of step that a search tries first */
    double momentum;     /* sgd, rmsprop: >= 0 */
    int nesterov;        /* sgd: needs momentum > 0 */
    double weight_decay; /* >= 0; L2, or decoupled in adamw and lion */
    double l1;           /* >= 0: l1 sign(w) is added to the gradient, after clipping, as weight
                          * decay is; of all parameters, biases too, as weight decay. No
                          * reported loss contains either */
    double beta1, beta2; /* adam, adamw, radam, lion: in [0, 1) */
    double alpha;        /* rmsprop: smoothing constant, in [0, 1) */
    double eps;          /* adam, adamw, rmsprop, adagrad, radam: > 0 */
} nudge_optimizer;

/* PyTorch's defaults for `kind` (adamw: weight_decay 0.01) and the paper's for lion (beta2 0.99),
 * but lr 0.001 for all but rprop, which has 0.01, and lbfgs, which has 1. */
NUDGE_API nudge_optimizer nudge_optimizer_defaults(nudge_optimizer_kind kind);

/* 1: it takes all rows as one batch (rprop, lbfgs). It is then refused with a smaller batch, and
 * with what would have no effect or a wrong one: accumulate, a schedule, clipping; lbfgs with l1,
 * average, max_norm, dropout and lr_factors, too, and with several targets that are scaled
 * differently. An epoch of lbfgs is one iteration, which evaluates loss and gradient a few
 * times. */
NUDGE_API int nudge_optimizer_takes_all_rows(nudge_optimizer_kind kind);

/* The learning rate of update u (1 for the first of U in all) in epoch e (1 for the first) is the
 * optimizer's lr times
 *   constant     1
 *   step         gamma^floor((e - 1) / step)                        StepLR, stepped every epoch
 *   exponential  gamma^(e - 1)                               ExponentialLR, stepped every epoch
 *   cosine       m + (1 - m) (1 + cos(pi (u - 1) / U)) / 2, m = min_lr / lr
 *                                      CosineAnnealingLR with T_max = U, stepped every update
 *   one-cycle    from 1/div up to 1 over the first part `rise` of all updates, then down to
 *                1/(div final_div), both along half a cosine; OneCycleLR with max_lr = lr and
 *                cycle_momentum=False, stepped every update
 *   invscaling   u^-power                  scikit-learn's formula for 'invscaling', t being u (its
 *                                          MLPClassifier puts the number of samples there)
 *   coslog4      1/2 - 1/2 cos(2 pi log2(1 + 15 (u - 1) / U)): four waves, each twice as long as
 *                the one before (Holzmueller et al. 2024, https://arxiv.org/abs/2407.04491)
 *   flat-cosine  1 for the first half, then (1 + cos(pi (2 (u - 1) / U - 1))) / 2; of the same
 *   plateau      gamma^k, and lr times it at least min_lr; k grows after an epoch if the loss was
 *                not below (1 - threshold) times its best for more than `patience` epochs;
 *                ReduceLROnPlateau with eps=0, on the validation loss, or the training loss
 *                without validation data
 * and by min(1, u / w) where warmup > 0, w being the updates of so many epochs: LinearLR with
 * start_factor 1/w and total_iters w - 1, chained to the schedule.
 * https://pytorch.org/docs/1.13/optim.html#how-to-adjust-learning-rate,
 * https://scikit-learn.org/1.2/modules/generated/sklearn.neural_network.MLPClassifier.html
 * Decoupled weight decay follows the learning rate, as in PyTorch; see decay_schedule, too. */
typedef struct nudge_schedule {
    nudge_schedule_kind kind;
    double warmup;         /* any: epochs, which need not be whole; >= 0 */
    size_t step;           /* step: epochs, >= 1 */
    double gamma;          /* step, exponential, plateau: in (0, 1] */
    double min_lr;         /* cosine, plateau: the lowest learning rate, from 0 to lr */
    double power;          /* invscaling: >= 0 */
    double rise;           /* one-cycle: in [0, 1] */
    double div, final_div; /* one-cycle: >= 1 */
    size_t patience;       /* plateau: epochs without progress that are borne */
    double threshold;      /* plateau: in [0, 1) */
} nudge_schedule;

/* PyTorch's and scikit-learn's defaults: gamma 0.1, power 0.5, rise 0.3, div 25, final_div 10000,
 * patience 10, threshold 0.0001, warmup and min_lr 0. What has no default there is 0 and must be
 * set: the step of `step`, gamma of `exponential`. */
NUDGE_API nudge_schedule nudge_schedule_defaults(nudge_schedule_kind kind);

/* Training ends before its last epoch when validation gets no better. Keras's EarlyStopping:
 * https://keras.io/api/callbacks/early_stopping/ */
typedef struct nudge_early_stop {
    size_t patience;     /* ends after so many epochs in which the metric was not better than the
                          * best before by more than min_change; 0: there is no early stopping */
    nudge_metric metric; /* of the validation data, which then is needed */
    double min_change;   /* >= 0 */
} nudge_early_stop;

/* What a thread's time goes to. */
typedef enum nudge_phase {
    NUDGE_PACK,     /* order of samples, gathering and converting a batch */
    NUDGE_FORWARD,
    NUDGE_LOSS,     /* loss and its gradient */
    NUDGE_BACKWARD, /* activations' gradients, and partial gradients of weights */
    NUDGE_UPDATE,   /* gradients of weights over a batch, sums of partials, optimizer */
    NUDGE_WAIT,     /* for other threads, at barriers */
    NUDGE_PHASES    /* so many there are */
} nudge_phase;

/* "pack", "forward", "loss", "backward", "update", "wait" */
NUDGE_API const char *nudge_phase_name(nudge_phase phase);

enum { NUDGE_PHASES_ROOM = 16 }; /* for phases to come, as NUDGE_METRICS_ROOM */

/* Where the time of a training run went: seconds by phase, summed over its threads, so that the
 * sum of all is about threads times the time of the epochs. */
typedef struct nudge_phases {
    double seconds[NUDGE_PHASES_ROOM];
} nudge_phases;

/* One finished epoch. */
typedef struct nudge_epoch {
    size_t epoch;           /* 1 for the first */
    size_t epochs;          /* asked for */
    double train_loss;      /* mean over samples of the loss each batch had before its update,
                             * in the target's own units (see nudge_train) */
    double train_accuracy;  /* likewise the part classified right; NaN unless the loss is one of
                             * classes */
    int has_val;
    double val_loss;        /* after the epoch; NaN without validation data */
    double val_accuracy;    /* NaN unless the model classifies */
    double val_rmse;        /* NaN unless the loss is a regression */
    double val_stop;        /* the metric of early stopping; NaN without it */
    double lr;              /* learning rate of its last update */
    double seconds;         /* of training; validation not counted */
    double samples_per_s;
} nudge_epoch;

/* Where an epoch is, for a progress display. */
typedef struct nudge_progress {
    size_t epoch, epochs;   /* 1 for the first */
    size_t batch, batches;  /* batches of this epoch that are done */
    double loss;            /* mean over the samples of this epoch so far */
    double seconds;         /* since nudge_train() was called */
    double samples_per_s;   /* of this epoch so far */
} nudge_progress;

/* One training step: packing, forward, loss, backward, update of one batch. */
typedef struct nudge_step {
    double seconds;   /* from the end of the step before to the moment when the last thread was
                       * through with its part; an epoch's first step begins when the calling
                       * thread does, and what a thread needs to wake up is in it. What an epoch
                       * does once, validation and on_epoch are in no step, on_progress is in the
                       * step that it comes before */
    int last_thread;  /* who was through last; 0 is the calling thread */
} nudge_step;

/* The times of single steps of a training run. Each thread reads the clock once a step. */
typedef struct nudge_steps {
    nudge_step *step;     /* the caller's, room for `room` of them */
    size_t room;
    size_t n;             /* out: steps told, from the run's first one on: `room` at most */
    double clock_seconds; /* out: how much a step is longer by them, measured before the first one;
                           * beside it are a few instructions of thread 0 for each thread */
} nudge_steps;

typedef struct nudge_train_options {
    size_t size;      /* of this structure: see nudge.h */
    nudge_optimizer optimizer;
    nudge_schedule schedule; /* of the optimizer's lr */
    nudge_schedule_kind decay_schedule; /* likewise, with its defaults, of weight_decay itself,
                               * where that is decoupled (adamw, lion): what is taken off a weight
                               * is its product with both. Not those that lack a default, nor
                               * plateau */
    const double *lr_factors; /* a factor >= 0 on the learning rate of each layer's weights and
                               * biases, as parameter groups of torch.optim have it; 0 leaves a
                               * layer as it is; behind them that of the embedding and that of the
                               * inputs' factors, where the model has these; NULL: 1 */
    size_t batch;     /* samples per gradient, >= 1; more than there are rows: all rows */
    size_t accumulate; /* batches whose gradients make one update, >= 1: the mean over all their
                       * samples, as one large batch has it, in the memory of a small one. What is
                       * left of an epoch makes an update too */
    double clip_value; /* elements of an update's gradient are held within +- this, as
                       * torch.nn.utils.clip_grad_value_() does; 0: not */
    double clip_norm; /* then a gradient whose norm over all parameters is larger than this is
                       * scaled down to it, as torch.nn.utils.clip_grad_norm_() does; 0: not */
    const double *dropout; /* for each hidden layer, in order, the part in [0, 1) of its outputs
                       * that is 0 for a row, those that stay being scaled up, as torch.nn.Dropout
                       * does; which ones depends on (seed, epoch, place in its order, layer) alone.
                       * Training losses are with it, nothing else is. NULL: none */
    double max_norm;  /* after an update the weights into a unit whose norm is larger than this are
                       * scaled down to it, as torch.renorm(weight, 2, 0, max_norm) does; biases
                       * are not; 0: not */
    double average;   /* in (0, 1): an average of the weights, a = keep a + (1 - keep) w after
                       * each update, is what is validated and what the model has in the end, as
                       * torch.optim.swa_utils.AveragedModel with an exponential avg_fn. keep is
                       * `average`, but at most u / (u + 5) after u earlier updates, so that the
                       * first ones are soon forgotten in short trainings, too; 0: there is none */
    nudge_early_stop early_stop; /* the model then has, when training is done, the weights of the
                       * best epoch, of equally good ones the last */
    double max_seconds; /* training ends after the update that comes to so many seconds, validation
                       * and callbacks counted; 0: it does not */
    size_t epochs;    /* >= 1 */
    uint64_t seed;    /* of the order of samples: it depends on (seed, epoch, rows) alone */
    int shuffle;      /* 1: a new order every epoch; 0: rows in order. One batch of all rows is
                       * never shuffled: its gradient does not depend on the order */
    int threads;      /* 0: all cores of this process */
    int oversubscribe; /* 1: as many threads as asked for, even if there are fewer cores: slower,
                        * with the same result; for tests and experiments. 2: nor does the system
                        * have to give them, in a plan; nudge_train() refuses that */
    const int *cpus;  /* thread t works bound to CPU cpus[t], one for each of the threads that
                       * `threads` gives (see nudge_threads), and may run where it might before when
                       * the call returns; NULL: not bound. Costs three system calls a thread and
                       * epoch. NUDGE_EARGUMENT for a CPU that the process may not use */

    /* Called on the calling thread after every epoch; may be NULL. Non-zero stops the training. */
    int (*on_epoch)(const nudge_epoch *epoch, void *user);
    /* Called on the calling thread during an epoch about every progress_seconds; may be NULL. */
    int (*on_progress)(const nudge_progress *progress, void *user);
    double progress_seconds;
    void *user;
    int keep_history; /* 1: the trainer keeps each nudge_epoch, for nudge_trainer_history() and
                       * checkpoints */
    int profile;      /* 1: measure phases; costs a few clock readings per block of rows */
    nudge_steps *steps; /* filled with the time of single steps; NULL: not wanted, costs nothing */
    size_t member;    /* of a model of several networks, which one is trained, validated and copied;
                       * 0: the first. The others stay as they are */
    double bias_lr_factor; /* >= 0: a further factor on the learning rate of all layers' biases; 0
                       * leaves them as they are */
    int ntk;          /* 1: a layer's weights w are learned as the neural tangent parametrisation
                       * has them: w = v / sqrt(inputs of the layer), the optimizer updating v by
                       * its own gradient, with its own weight decay and eps (Jacot et al. 2018,
                       * https://arxiv.org/abs/1806.07572). Clipping and max_norm are of w. Not with
                       * rprop and lbfgs */
    int drop_last;    /* 1: rows that do not fill the last batch of an epoch are left out of it, as
                       * the drop_last of torch.utils.data.DataLoader */
} nudge_train_options;

/* adam, constant learning rate, batch 64, accumulate 1, no clipping, no average, no early
 * stopping (metric loss, min_change 0), epochs 10, seed 1, shuffle 1, threads 0, no callbacks,
 * progress every 0.1 s, bias_lr_factor 1. */
NUDGE_GIVES(nudge_train_options, nudge_train_defaults, it.size = sizeof it;)

/* Memory and work of a training run, known before it starts. All sizes in bytes. */
typedef struct nudge_train_plan {
    int threads;             /* that will be used */
    const char *threads_why; /* why not those asked for; constant text or NULL */
    size_t batch, batches;   /* samples per update, updates per epoch */
    uint64_t parameters;
    double flops_per_epoch;  /* 6 * rows * sum(in * out) - 2 * rows * in_0 * out_0 */
    uint64_t dataset, weights, optimizer_state;
    uint64_t gradients;      /* partial sums, tiles under way, transposed weights for backward */
    uint64_t snapshot;       /* copies of the weights: after the last good epoch, the best, ... */
    uint64_t activations;    /* activations, their gradients, packed batches, of one batch */
    uint64_t evaluation;     /* buffers for validation */
    uint64_t total;          /* sum of the above */
    char explain[512];       /* the engine's arrangement for these shapes and why: one to three
                              * lines separated by '\n' */
} nudge_train_plan;

/* NUDGE_EARGUMENT, NUDGE_EMISMATCH as nudge_train(). val may be NULL. */
NUDGE_FILLS(nudge_train_plan_make, plan, (plan, model, train, val, options, err),
            nudge_train_plan *plan, const nudge_model *model, const nudge_dataset *train,
            const nudge_dataset *val, const nudge_train_options *options, nudge_error *err)

typedef struct nudge_train_result {
    size_t epochs;          /* epochs finished */
    NUDGE_ROOM(nudge_epoch, last); /* the last of them; zeros if none */
    double seconds;         /* whole call, validation included */
    double train_seconds;   /* epochs alone */
    double samples_per_s;   /* over train_seconds */
    double gflops;          /* flops_per_epoch over the time of an epoch, 1e9 / s */
    nudge_phases phases;    /* zeros unless options.profile */
    int stopped_early;      /* by early_stop */
    int timed_out;          /* by max_seconds, perhaps in the midst of an epoch */
    size_t best_epoch;      /* whose weights early_stop chose, from 1; 0: no early stopping */
    double best_value;      /* its metric; NaN */
    size_t diverged_epoch;  /* NUDGE_EDIVERGED: where the loss became non-finite, from 1; else 0 */
    size_t diverged_batch;
} nudge_train_result;

/* Trains in place. A batch's gradient is the mean over its rows, the weighted mean where the
 * dataset has weights (nudge_dataset_set_weights()); a short last batch is trained on.
 * The same options, data and seed give the same bits in every weight for any number of threads.
 * Losses are in the target's own units: where the prep standardised a target with scale s, the
 * loss is reported times s to the power that nudge_loss_describe() gives: mse times s^2.
 *
 * val may be NULL. result may be NULL; it is filled on NUDGE_OK, NUDGE_ESTOPPED (a callback
 * returned non-zero; the weights are those after the last update) and NUDGE_EDIVERGED (the weights
 * are those after the last finished epoch, or the initial ones; with early stopping those of the
 * best one).
 * options->steps is filled up to the last step that was finished, whatever is returned; n is 0 if
 * none was.
 * Also NUDGE_EARGUMENT, NUDGE_EMISMATCH (widths, kind of target), NUDGE_EDATA (all weights of rows
 * are 0), NUDGE_EMEMORY. */
NUDGE_FILLS(nudge_train, result, (model, train, val, options, result, err), nudge_model *model,
            const nudge_dataset *train, const nudge_dataset *val,
            const nudge_train_options *options, nudge_train_result *result, nudge_error *err)

/* ---- Step by step ---------------------------------------------------------------------- */

/* A training under way: nudge_train() is one that is created, run and freed. It changes the weights
 * of its model in place, and holds the optimizer's state and its place in the epoch. Between calls
 * the model may be read, saved and evaluated; nobody else may change its weights. */
typedef struct nudge_trainer nudge_trainer;

/* model, train and val (may be NULL) are borrowed and must outlive it. options are copied, cpus,
 * dropout and lr_factors too, but not what user and steps point to. Statuses as nudge_train(). */
NUDGE_API NUDGE_CHECKED nudge_status nudge_trainer_create(nudge_trainer **trainer,
                                                          nudge_model *model,
                                                          const nudge_dataset *train,
                                                          const nudge_dataset *val,
                                                          const nudge_train_options *options,
                                                          nudge_error *err);
NUDGE_API void nudge_trainer_free(nudge_trainer *trainer);

/* Each of the next three goes on from where the one before ended, with the same bits as one call
 * would give. NUDGE_ESTOPPED: a callback asked to stop; the weights are those after the last
 * update, and the next call goes on. NUDGE_EDIVERGED: the weights are those after the last finished
 * epoch, or those from before; the trainer does not go on. NUDGE_EARGUMENT for cpus, and where
 * nothing is left to do (nudge_trainer_run() then does nothing).
 *
 * All epochs of the options that are left, or those up to an early stop or max_seconds, which is
 * NUDGE_OK. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_trainer_run(nudge_trainer *trainer, nudge_error *err);

/* What is left of the epoch under way, or all of the next one; then validation and on_epoch.
 * *epoch (may be NULL) is filled if it was finished. */
NUDGE_FILLS(nudge_trainer_epoch, epoch, (trainer, epoch, err), nudge_trainer *trainer,
            nudge_epoch *epoch, nudge_error *err)

/* So many updates, or those left of the epoch; its last one ends it as nudge_trainer_epoch()
 * does. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_trainer_updates(nudge_trainer *trainer, size_t updates,
                                                           nudge_error *err);

typedef struct nudge_trainer_position {
    size_t epochs;    /* finished */
    size_t batch;     /* batches done of the next one */
    uint64_t updates; /* in all */
} nudge_trainer_position;

NUDGE_TELLS(nudge_trainer_position, nudge_trainer_where, , (trainer), const nudge_trainer *trainer)

/* Of all calls so far; times and rates of this trainer alone, not of one that it was loaded
 * from. */
NUDGE_TELLS(nudge_train_result, nudge_trainer_result, , (trainer), const nudge_trainer *trainer)

/* The finished epoch i, 0 for the first, the trainer's own until its next call; NULL when there are
 * no more, and unless options.keep_history is 1. */
NUDGE_API const nudge_epoch *nudge_trainer_history(const nudge_trainer *trainer, size_t i);

/* Writes all that the trainer is to `path`: a model file, which nudge_model_load() reads, with the
 * optimizer's state and the place in the epoch in it. Atomic, as nudge_model_save(); what was at
 * `path` before is kept as PATH.previous (behind a symbolic link, beside what it points to). note:
 * a text of the caller's, kept in the file; or NULL. NUDGE_EOPEN, NUDGE_EIO, NUDGE_EMEMORY;
 * NUDGE_EARGUMENT where the end of an epoch failed, for want of memory, and was not made good. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_trainer_save(const nudge_trainer *trainer,
                                                        const char *path, const char *note,
                                                        nudge_error *err);

/* Goes on from there: what follows has the bits that the trainer that wrote the file would have
 * given, with any number of threads. The trainer must have been created for the same network,
 * preprocessing, options and data; epochs may be more, unless the schedule depends on their number.
 * Nothing in the file is trusted; it has checksums. On failure the trainer is unchanged:
 * NUDGE_EMISMATCH names what differs with both values; NUDGE_EOPEN, NUDGE_EIO, NUDGE_EDATA,
 * NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_trainer_load(nudge_trainer *trainer, const char *path,
                                                        nudge_error *err);

/* The note of such a file, for free(); NULL if it has none. Statuses as nudge_trainer_load(). */
NUDGE_API NUDGE_CHECKED nudge_status nudge_checkpoint_note(char **note, const char *path,
                                                           nudge_error *err);

/* ---- Several at once ------------------------------------------------------------------- */

/* Trains several members of one model, each with a trainer of its own that was made for it
 * (options.member), and most often with a seed of its own: `at_once` of them at the same time, each
 * with as many threads as its options say, so that all threads are busy where a network is too
 * small for them. What each trainer gives has the bits that it would have alone. Those that are
 * behind go on first, so that all end at about the same time; max_seconds is of each one's own
 * time. Callbacks are called on any thread, but never two at a time.
 * As nudge_trainer_run(): NUDGE_OK when all are done; NUDGE_ESTOPPED or NUDGE_EDIVERGED when one of
 * them is stopped, or diverged, and the others have stopped, too. NUDGE_EARGUMENT for trainers of
 * different models or of the same member, and for cpus with more than one. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_trainers_run(nudge_trainer *const *trainers, size_t n,
                                                        size_t at_once, nudge_error *err);

/* As nudge_trainer_save() and nudge_trainer_load(), of n trainers of one model in one file, in the
 * same order; while none of them runs. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_trainers_save(nudge_trainer *const *trainers, size_t n,
                                                         const char *path, const char *note,
                                                         nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_trainers_load(nudge_trainer *const *trainers, size_t n,
                                                         const char *path, nudge_error *err);

/* ---- Options --------------------------------------------------------------------------- */

/* The options from now on. What may change: the optimizer's numbers (not its kind, nor whether it
 * has momentum), both schedules, the sizes of clips, the average and the early stop that are on,
 * max_seconds, epochs, callbacks.
 * NUDGE_EARGUMENT names what may not, or what is wrong; the old ones then stay. */
NUDGE_TELLS(nudge_train_options, nudge_trainer_get_options, it.size = sizeof it;, (trainer),
            const nudge_trainer *trainer)
NUDGE_API NUDGE_CHECKED nudge_status nudge_trainer_set_options(nudge_trainer *trainer,
                                                               const nudge_train_options *options,
                                                               nudge_error *err);

NUDGE_END

#endif
