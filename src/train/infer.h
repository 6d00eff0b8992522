/* Forward only: losses and predictions of some rows of a dataset. */
#ifndef NUDGE_TRAIN_INFER_H
#define NUDGE_TRAIN_INFER_H

#include "linalg/real.h"
#include "model/model.h"
#include "train/tally.h"

/* As nu_numeric declares them. */
size_t X(nu_infer_buffer)(const nudge_model *model, size_t rows);
void X(nu_infer)(const nudge_model *model, const nudge_dataset *data, size_t first, size_t rows,
                 void *buffer, const nu_inference *result);

#endif
