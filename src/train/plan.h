/* The decomposition: how one training step is cut into pieces. It depends on the network's shape
 * and the batch alone, never on the number of threads, so that the same sums are made in the same
 * order whoever makes them.
 *
 * A step has two phases with a barrier after each:
 *   rows    the batch is cut into blocks of rows; each goes through packing, forward, loss and
 *           backward on its own. Or, for layers so wide that a block of few rows would spend its
 *           time repacking weights: layer by layer, a barrier after each, over a grid of tiles of
 *           rows and columns;
 *   tiles   the parameters are cut into tiles, each a range of rows and columns of one in x out
 *           weight matrix (one with row 0 has its columns' biases too). A tile gets its gradient
 *           and is updated at once, while it is hot.
 * A layer's gradient is made in one of two ways:
 *   private every row block writes a partial gradient of its own, and the tile adds the partials
 *           in order. Good when the layer is small beside the rows of a block;
 *   whole   the tile is one product over the rows of the whole batch. No partials at all.
 *
 * With row blocks the weights behind the first layer are kept a second time, transposed, and
 * brought up to date with every tile: the backward product is then an NN product, which for few
 * rows is nearly twice as fast as an NT one. */
#ifndef NUDGE_TRAIN_PLAN_H
#define NUDGE_TRAIN_PLAN_H

#include "net/network.h"

typedef struct nu_tile {
    size_t layer;
    size_t first, end;  /* rows of the weight matrix */
    size_t left, right; /* columns */
    double cost;       /* of this and all tiles before it, in floating-point operations */
} nu_tile;

typedef struct nu_plan {
    size_t batch;         /* rows of a full batch */
    size_t block_rows;    /* rows of a block; the last of a batch may be shorter */
    size_t blocks;        /* of a full batch */
    int grid;             /* phase one goes layer by layer over a grid of tiles */
    size_t grid_rows;     /* of a tile of the grid */
    int *is_private;      /* layers; none with a grid */
    size_t *partial_at;   /* layers: where a private layer's partial begins in a block's, reals */
    size_t partial_size;  /* reals of one block's partial gradients; 0: no private layer */
    size_t *transposed_at; /* layers: where a layer's transposed weights are, in reals; SIZE_MAX:
                            * it has none */
    size_t transposed_size; /* of all of them, in reals */
    nu_tile *tiles;
    size_t n_tiles;
    size_t tile_size;     /* reals of the largest tile, biases not counted */
    size_t tile_columns;  /* of the widest */
    double flops;         /* of a step over a full batch */
    int useful_threads;   /* more would have nothing to do, or not enough to be worth waking */
} nu_plan;

/* NUDGE_EMEMORY. */
nudge_status nu_plan_start(nu_plan *plan, const nu_network *net, size_t batch, nudge_error *err);
void nu_plan_end(nu_plan *plan);

/* Tiles of the grid over the `rows` rows of a batch and the outputs of a layer (or its inputs,
 * going backward), and the rows and columns of tile i. */
size_t nu_plan_grid_tiles(const nu_plan *plan, size_t rows, size_t columns);
void nu_plan_grid_tile(const nu_plan *plan, size_t rows, size_t columns, size_t i, nu_span *r,
                       nu_span *c);

/* The tiles [*first, *end) of one thread: contiguous, and balanced by cost. */
void nu_plan_share(const nu_plan *plan, int thread, int threads, size_t *first, size_t *end);

/* One to three lines about the plan, in at most `size` bytes. */
void nu_plan_explain(const nu_plan *plan, const nu_network *net, int threads, char *text,
                     size_t size);

#endif
