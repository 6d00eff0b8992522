/* What a command line that describes a training run asks for. */
#ifndef NUDGE_TOOL_TRAIN_SETUP_H
#define NUDGE_TOOL_TRAIN_SETUP_H

#include "nudge.h"
#include "support/options.h"
#include "support/recipe.h"

typedef struct train_setup {
    nudge_data_options data;
    nudge_dtype dtype;
    nudge_init init;
    const char *init_file;   /* weights to start from; NULL: drawn as `init` says */
    nudge_weights_taken *taken; /* of init_file, once there is a model; NULL without a file */
    size_t hidden;           /* hidden layers */
    size_t *units;           /* hidden */
    size_t activations;      /* 1, hidden or hidden + 1; or 0 and no hidden layer */
    nudge_activation *activation;
    int layer_norm, residual, input_factor;
    nudge_model_options embed; /* what it has of embeddings */
    double loss_parameter;
    size_t members;          /* networks in one model: 1, or more (members.h) */
    size_t val_folds;        /* parts of the rows, one of which validates each member; 0: not */
    size_t folds;            /* of a cross-validation; 0: one training */
    double *dropout;         /* of train; hidden of them, or NULL */
    nudge_train_options train;
    int *cpus;               /* of train, or NULL; likewise */
    double *lr_factors; /* n_lr_factors */
    size_t n_lr_factors;
    const char *out, *log;   /* or NULL */
    const char *resume;      /* checkpoint to go on from, or NULL */
    char *checkpoint;        /* to write, or NULL; */
    size_t every_epochs;     /* so often, */
    double every_seconds;    /* or, if that is 0, so often */
    int calibrate;           /* of validation rows: a temperature; */
    double interval;         /* a coverage; 0: none */
    int refit;               /* on all rows */
    int json, quiet, explain;
} train_setup;

/* Reads all of TRAIN_OPTIONS (command.h) but --threads, which the caller has read, and checks the
 * output paths. Followed by train_setup_end(). The setup refers to args. */
void train_setup_start(train_setup *setup, arguments *args, int threads);

/* Reads the groups that describe training alone: TRAIN_DATA_OPTIONS, TRAIN_NETWORK_OPTIONS and
 * TRAIN_OPTIMIZER_OPTIONS. Followed by train_setup_end(). */
void train_setup_shared(train_setup *setup, arguments *args, int threads);

/* Gives the options that the recipe has for such data, and reads all options again. */
void train_setup_fit(train_setup *setup, arguments *args, const recipe_data *data, int threads);

void train_setup_end(train_setup *setup);

/* The seed of member k, 0 for the first: that of the run and k times a million, so that runs with
 * seeds that are near have no member in common. */
uint64_t member_seed(const train_setup *setup, size_t k);

/* The model that the setup asks for, for so many features and outputs; prep may be NULL. For
 * nudge_model_free(), also on failure. */
nudge_status train_setup_network(nudge_model **model, const train_setup *setup, size_t features,
                                 size_t outputs, nudge_loss loss, const nudge_prep *prep,
                                 nudge_error *err);

/* Likewise, for this data. */
nudge_status train_setup_model(nudge_model **model, const train_setup *setup,
                               const nudge_prep *prep, nudge_error *err);

#endif
