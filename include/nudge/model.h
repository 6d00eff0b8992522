/* Models: a network, its weights, the preprocessing of its inputs; their files.
 * Part of nudge.h, which is the header to include. */
#ifndef NUDGE_MODEL_H
#define NUDGE_MODEL_H

#include "dataset.h"

NUDGE_BEGIN

typedef struct nudge_model nudge_model;

typedef struct nudge_model_options {
    size_t size; /* of this structure: see nudge.h */
    nudge_dtype dtype;
    size_t layers;                        /* dense layers, hidden ones and the last: >= 1 */
    const size_t *widths;                 /* layers + 1 values: inputs, hidden units..., outputs */
    const nudge_activation *activations;  /* layers values, the last for the output layer, which
                                           * must be NUDGE_IDENTITY unless the loss has a power;
                                           * NULL: relu, and identity for the last */
    nudge_loss loss;                      /* not NUDGE_LOSS_AUTO */
    double loss_parameter;                /* of a loss that has one, as nudge_loss_describe() says:
                                           * huber's delta, ...; NaN: its default */
    int layer_norm;                       /* 1: each layer but the first takes its input normalised
                                           * over the units of a row, (x - mean) / sqrt(variance +
                                           * 1e-5), as torch.nn.LayerNorm(width,
                                           * elementwise_affine=False) in front of it: what a gain
                                           * and a shift could do, its weights and biases do */
    int residual;                         /* 1: a hidden layer behind one of the same width adds the
                                           * output of that to its own: y = x + f(x W + b) */
    nudge_init init;
    uint64_t seed;                        /* of the initial weights */
    int input_factor;                     /* 1: each input is multiplied with a factor of its own,
                                           * which is trained and begins as 1; embedded ones behind
                                           * their embedding */
    nudge_embed embed;                    /* of numbers. What follows is for another than none: */
    size_t embed_size;                    /* what W gives for each, at most 256; 0: plr 16,
                                           * pbld 3 */
    size_t embed_frequencies;             /* of each number, at most 512; 0: plr 32, pbld 16 */
    double embed_scale;                   /* of frequencies in the beginning, above 0; 0: plr 0.5,
                                           * pbld 0.1 */
    const unsigned char *embed_inputs;    /* widths[0] values, 1: this input is a number to embed;
                                           * NULL: those that prep says are numbers, which must not
                                           * be encoded; without prep all */
} nudge_model_options;

/* f32, mse, loss_parameter NaN, init pytorch, seed 1; layers and widths are the caller's to
 * fill. */
NUDGE_GIVES(nudge_model_options, nudge_model_defaults, it.size = sizeof it;)

/* A network with initial weights: weight and bias j of a layer depend on (seed, layer, j) alone.
 * prep is copied; NULL for a model used on datasets made by nudge_dataset_from_arrays().
 * NUDGE_EARGUMENT (a zero width, a parameter count that overflows, ...), NUDGE_EMISMATCH (widths
 * or loss against prep), NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_create(nudge_model **model,
                                                        const nudge_model_options *options,
                                                        const nudge_prep *prep, nudge_error *err);
NUDGE_API void nudge_model_free(nudge_model *model);

/* The same model with weights of its own; the preprocessing is shared. NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_copy(nudge_model **copy, const nudge_model *model,
                                                      nudge_error *err);

typedef struct nudge_model_info {
    nudge_dtype dtype;
    size_t layers;
    const size_t *widths;                /* layers + 1 values as in nudge_model_options; belong to
                                          * the model. Where numbers are embedded, the first layer
                                          * takes embed_outputs instead of widths[0] */
    const nudge_activation *activations; /* layers values; belong to the model */
    nudge_loss loss;
    double loss_parameter;               /* NaN if the loss has none */
    int layer_norm, residual;            /* as in nudge_model_options */
    uint64_t parameters;                 /* weights and biases, without padding */
    const nudge_prep *prep;              /* NULL if it has none; belongs to the model */
    size_t members;                      /* networks: 1, or those of a model whose predictions are
                                          * their average. All else is of the first one */
    double interval_coverage;            /* of nudge_interval_learn(); 0: it has none */
    const double *interval_width;        /* outputs: half of it, in units of the target or its
                                          * transform; belongs to the model; NULL: none */
    int input_factor;                    /* as in nudge_model_options; counted as parameters */
    nudge_embed embed;                   /* likewise, none or what is embedded how: */
    size_t embed_size, embed_frequencies;
    size_t embed_numbers;                /* inputs that are */
    size_t embed_outputs;                /* what the first layer takes: all other inputs, too */
} nudge_model_info;

NUDGE_TELLS(nudge_model_info, nudge_model_describe, , (model), const nudge_model *model)

/* ---- Several networks ------------------------------------------------------------------ */

/* A model may have several networks, its members, which take the same inputs and give the same
 * outputs. It predicts their average: the mean of their probabilities (cross-entropy, focal, bce),
 * of their counts (poisson), of their outputs (others). Whatever is asked of predictions is
 * answered for that average. What is asked of layers is answered for the first member;
 * nudge_train_options says which one is trained, and nudge_trainers_run() trains them together.
 *
 * Appends copies of all of other's networks to those of the model; sizes of hidden layers,
 * activations and what is between layers may differ. NUDGE_EMISMATCH if inputs, outputs, type of
 * weights, loss or preprocessing are not the same; NUDGE_EMEMORY. The model is then as it was. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_add_members(nudge_model *model,
                                                             const nudge_model *other,
                                                             nudge_error *err);

/* Network k, 0 for the first, as a model of its own with a copy of the weights.
 * NUDGE_EARGUMENT, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_member(nudge_model **member,
                                                        const nudge_model *model, size_t k,
                                                        nudge_error *err);

/* ---- Weights and files ----------------------------------------------------------------- */

/* Copies one layer's weights (out x in) and biases (out) from or to doubles; either may be NULL.
 * The first layer of a network that embeds numbers has in = embed_outputs.
 * NUDGE_EARGUMENT for layer >= layers; set: NUDGE_EDATA for a NaN or infinity. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_get_layer(const nudge_model *model, size_t layer,
                                                           double *weight, double *bias,
                                                           nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_set_layer(nudge_model *model, size_t layer,
                                                           const double *weight,
                                                           const double *bias, nudge_error *err);

/* Likewise the tensor that has this name in files (nudge_model_save()), such as "input_factor", of
 * the shape that it has there. NUDGE_EARGUMENT: there is none. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_get_tensor(const nudge_model *model,
                                                            const char *name, double *values,
                                                            nudge_error *err);
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_set_tensor(nudge_model *model, const char *name,
                                                            const double *values,
                                                            nudge_error *err);

/* XXH64 of all weights' bits in file order: equal for equal weights. */
NUDGE_API uint64_t nudge_model_hash(const nudge_model *model);

/* Writes a safetensors file: tensors layers.N.weight [out, in] and layers.N.bias [out], F32 or
 * F64, input_factor [what the first layer takes], embedding.frequencies [numbers, F],
 * embedding.phases [numbers, F] of pbld, embedding.weight [numbers, F or 2 F, size] and
 * embedding.bias [numbers, size], those of further members with members.K. before (K is 1 for the
 * second network), and in __metadata__ everything that nudge_model_load() needs. Atomic: a
 * temporary file in the same directory, fsync, rename.
 * NUDGE_EOPEN, NUDGE_EIO, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_save(const nudge_model *model, const char *path,
                                                      nudge_error *err);

/* Reads what nudge_model_save() wrote. Nothing in the file is trusted.
 * NUDGE_EOPEN, NUDGE_EIO, NUDGE_EDATA, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_load(nudge_model **model, const char *path,
                                                      nudge_error *err);

/* What nudge_model_load_weights() took. */
typedef struct nudge_weights_taken {
    size_t layers;               /* the first ones: all, or all but the last */
    char text[NUDGE_ERROR_SIZE]; /* from which tensors, and why not the last: one line */
} nudge_weights_taken;

/* Takes the weights of a safetensors file, from here or elsewhere, into a model that they fit:
 * F32 or F64, weights out x in. Metadata is not needed.
 *   - Matrices are layers in the natural order of their names ("fc2" before "fc10"), and each must
 *     have the shape that the network needs. Names that do not differ in numbers alone ("hidden",
 *     "input") say no order: there each layer takes the first of its shape. The layers of a nudge
 *     model are layers.N.
 *   - "fc1.weight" goes with "fc1.bias", which must be there. Where names do not end in "weight"
 *     ("W1", "b1"), biases are found as weights are.
 *   - Tensors that are left must not be part of a network: no matrices, none that end in "weight"
 *     or "bias" or begin with "layers.". Others are ignored.
 *   - A last layer that takes the same inputs and has another width leaves the model's last layer
 *     as it is, so that a network can be trained further with other outputs: only if taken is not
 *     NULL, for the caller must be able to see it.
 *   - Each member of a model of several takes the weights of the one network of the file; or, if
 *     the file is a nudge model of as many members, those of the member in its place.
 * NUDGE_EMISMATCH names the tensor and both shapes; and as nudge_model_load(). On failure the
 * model is unchanged. */
NUDGE_FILLS(nudge_model_load_weights, taken, (model, path, taken, err), nudge_model *model,
            const char *path, nudge_weights_taken *taken, nudge_error *err)

/* Checks that a file can be created at `path` later (its directory exists and is writable, it is
 * no directory itself), without touching what is there. NUDGE_EOPEN. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_check_output(const char *path, nudge_error *err);

/* Removes the temporary files of outputs that this process is writing, of up to 64 at the same
 * time; none of those files will appear. For a signal handler that ends the process: it is
 * async-signal-safe. */
NUDGE_API void nudge_drop_unfinished(void);

NUDGE_END

#endif
