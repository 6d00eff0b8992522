/* Tiles of parameters. */
#ifndef NUDGE_TRAIN_STEP_TILES_H
#define NUDGE_TRAIN_STEP_TILES_H

#include "train/state.h"

/* Gets a tile's gradient and updates it. */
void X(nu_step_tile)(const nu_doing *d, const nu_tile *tile);

/* Brings the transposed weights of a tile up to date, where its layer has some. */
void X(nu_step_transpose)(nu_engine *e, const nu_tile *tile);

#endif
