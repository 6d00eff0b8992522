/* Tiles of parameters. */
#ifndef NUDGE_TRAIN_STEP_TILES_H
#define NUDGE_TRAIN_STEP_TILES_H

#include "train/state.h"

/* Where inputs have factors s, after the last batch of an update: their gradient, and their update if
 * there is a step, every thread a share. Until then the kept gradient of layer 0's weights W is that
 * of diag(s) W. Ends with a barrier. */
void X(nu_step_input_factor)(const nu_doing *d);

/* Where the plan keeps gradients: gets a tile's, or adds to it; in the last batch before an update
 * clips its values and sums its squares. */
void X(nu_step_gradient)(const nu_doing *d, const nu_tile *tile);

/* Updates a tile. It gets its gradient first where that is not kept. */
void X(nu_step_tile)(const nu_doing *d, const nu_tile *tile);

/* When all tiles are updated: holds the norms of the weights of each unit down. */
void X(nu_step_bound)(const nu_doing *d, const nu_tile *tile);

/* After the gradients and a barrier: what clipping by norm multiplies them with. */
double X(nu_step_clip)(const nu_engine *e);

/* Brings the transposed weights of a tile up to date, where its layer has some. */
void X(nu_step_transpose)(nu_engine *e, const nu_tile *tile);

#endif
