/* Networks that other programs made.
 * Part of nudge.h, which is the header to include. */
#ifndef NUDGE_IMPORT_H
#define NUDGE_IMPORT_H

#include "model.h"

NUDGE_BEGIN

typedef struct nudge_import_options {
    size_t size;             /* of this structure: see nudge.h */
    nudge_task task;         /* auto: classes where the file ends in probabilities of them. Outputs
                              * that are plain numbers can be what softmax (one: sigmoid) makes
                              * classes of, and one sigmoid can be a number from 0 to 1 */
    const char *const *names; /* n_names: of the raw columns, where the file has none; NULL: x1,
                               * ... */
    size_t n_names;
    const char *const *classes; /* n_classes: their labels; NULL: the file's, or 0, 1, ... */
    size_t n_classes;
} nudge_import_options;

/* Task auto, nothing else. */
NUDGE_GIVES(nudge_import_options, nudge_import_defaults, it.size = sizeof it;)

/* Reads a multilayer perceptron that another program wrote, whichever of these the file holds:
 *   FANN   what fann_save() writes, floating point
 *   ONNX   as PyTorch, skl2onnx and nudge_model_export() with `raw` write it
 * with what is around the network: scales, what stands for missing numbers, categories, labels of
 * classes. The model predicts what the file's network does, but for rounding. Weights are f32 where
 * that holds all of them exactly. What is no such network is refused, by its place in the file.
 * What was not said but concluded is in nudge_prep_notes() of the model's preprocessing. Nothing in
 * the file is trusted. options may be NULL.
 * NUDGE_EARGUMENT (names or classes of another number, a task that the outputs are not for),
 * NUDGE_EDATA, NUDGE_EOPEN, NUDGE_EIO, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_import(nudge_model **model, const char *path,
                                                        const nudge_import_options *options,
                                                        nudge_error *err);

NUDGE_END

#endif
