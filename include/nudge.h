/* nudge: trains multilayer perceptrons on CPUs.
 *
 * This header is the whole public interface; its parts are in nudge/. Three nouns:
 *
 *   nudge_table    raw rows: a CSV, IDX, NPY or safetensors file, or a synthetic generator's
 *                  output
 *   nudge_dataset  the same rows packed for training: numbers only, imputed, encoded, scaled
 *   nudge_model    a network with its weights and the preprocessing that its inputs need
 *
 * Intended usage:
 *
 *   1. nudge_data_load() reads, splits and packs data (or nudge_dataset_from_arrays()).
 *   2. nudge_model_create() makes a network for it.
 *   3. nudge_train() changes the weights; nudge_evaluate() and nudge_predict() use them.
 *   4. nudge_model_save() and nudge_model_load() keep them in a safetensors file.
 *
 * Conventions:
 *   - Functions that can fail return a nudge_status and, through their last argument (which may
 *     be NULL), a message of one line for a person. On failure no output argument is changed.
 *   - Objects made by *_create, *_load, *_read, ... belong to the caller, who frees them with the
 *     matching *_free. Every *_free accepts NULL.
 *   - Matrices are row-major; a sample is a row. Weights are out x in, as in PyTorch's nn.Linear.
 *   - The library never prints and never exits. It keeps no state of its own between calls, so
 *     several models can be trained in one process, also at the same time from several threads,
 *     each with objects of its own. The one thing it sets for the whole process is OpenBLAS's
 *     thread count, to 1, because the parallelism here is OpenMP's.
 *   - A program built for this header works with later libraries of the same soname, whose
 *     structures may have more members at their ends. Options begin with their size, which their
 *     defaults function sets (otherwise = sizeof; 0 is refused): members behind it have their
 *     defaults. Where a program is newer than the library, members that the library does not know
 *     must be 0. Functions that give a structure are told how large the caller's is: see
 *     nudge/sized.h. What stays as it is: nudge_error, nudge_note, nudge_steps, nudge_step, and
 *     what is within others (nudge_optimizer, nudge_schedule, nudge_early_stop, nudge_phases): new
 *     numbers come at the end of nudge_train_options.
 */
#ifndef NUDGE_H
#define NUDGE_H

#include "nudge/base.h"
#include "nudge/metric.h"
#include "nudge/table.h"
#include "nudge/dataset.h"
#include "nudge/model.h"
#include "nudge/train.h"
#include "nudge/evaluate.h"
#include "nudge/export.h"
#include "nudge/import.h"
#include "nudge/bench.h"

#endif
