/* The decomposition: how one training step is cut into stages, and a stage into pieces. A barrier
 * comes after each stage, but between those that do the same over parameters. It depends on the
 * network's shape, the batch and the kind of CPU alone, never on the number of threads, so that the
 * same sums are made in the same order whoever makes them.
 *
 * This is the one description of a step. The engine runs its pieces (train/step.c), the forecast
 * times them (bench/forecast.c), and nu_plan_explain() tells them.
 *
 * A stage goes
 *   over rows        the batch is cut into blocks of rows, and a block goes through packing, some
 *                    layers, the loss, and back, without meeting others. For narrow layers;
 *   over tiles       of one layer's outputs, or going backward of its inputs: some rows of one
 *                    panel. For wide layers;
 *   over parameters  of a wide layer or a run of narrow ones, the last stages. A tile of a weight
 *                    matrix lies within one panel of inputs and one of outputs, and is contiguous;
 *                    one with row 0 has its panel's biases too. It gets its gradient and is
 *                    updated at once, while it is hot; or, where something needs the whole
 *                    gradient before (nu_plan_wants), all tiles get their gradient first.
 * A layer's gradient is made in one of two ways:
 *   private  every block of rows writes a partial gradient of its own, and the tile adds the
 *            partials in order. Good when the layer is small beside the rows of a block;
 *   whole    the tile is one product over the rows of the whole batch. No partials at all.
 *
 * An embedding is private: its gradient follows the way back through the first layer.
 *
 * The weights behind the first layer, and its own behind an embedding, are kept a second time,
 * transposed, and brought up to date with every tile: the backward product is then an NN product,
 * which is nearly twice as fast as an NT one for few rows. */
#ifndef NUDGE_TRAIN_PLAN_H
#define NUDGE_TRAIN_PLAN_H

#include "core/memory.h"
#include "linalg/span.h"
#include "net/network.h"

/* What a piece does, in the order of a step. */
typedef enum nu_operation {
    NU_PACK,     /* finds the samples of some rows and packs their features */
    NU_FORWARD,  /* some rows of some panels of a layer's output: product, bias, activation */
    NU_LOSS,     /* of some rows, and its gradient down to the last layer's z */
    NU_BACKWARD, /* some rows of some panels of a layer's input: product, derivative */
    NU_PARTIAL,  /* the partial gradient of a layer by a block of rows */
    NU_EMBED,    /* likewise of the embedding; packing embeds */
    NU_GRADIENT, /* of a tile of parameters, kept: only with wants.gradient */
    NU_UPDATE,   /* a tile of parameters: gradient if it is not kept, update, transposed weights */
    NU_BOUND,    /* a tile of parameters, when all are updated: only with wants.bound */
} nu_operation;

typedef struct nu_tile {
    size_t layer;      /* their number: the embedding */
    size_t panel;      /* of the layer's outputs */
    size_t first, end; /* inputs: rows of the weight matrix; of the embedding: parameters, from its
                        * first one on */
    double cost;       /* of this and all tiles before it, in floating-point operations */
} nu_tile;

typedef struct nu_piece {
    nu_operation operation;
    size_t layer;
    nu_span rows;        /* of the batch */
    nu_span panels;
    size_t block;        /* which block of rows this is, where the stage goes over rows */
    const nu_tile *tile; /* NU_GRADIENT, NU_UPDATE, NU_BOUND */
} nu_piece;

typedef enum nu_stage_kind { NU_OVER_ROWS, NU_OVER_TILES, NU_OVER_PARAMETERS } nu_stage_kind;

#define NU_DOES(operation) (1u << (operation))

typedef struct nu_stage {
    nu_stage_kind over;
    unsigned does;      /* sum of NU_DOES(operation) */
    nu_span layers;     /* over tiles: one */
} nu_stage;

/* Stages over parameters beside that of updates. */
typedef struct nu_plan_wants {
    int gradient; /* all of it is kept before the first update */
    int bound;    /* weights are bounded together after the last */
} nu_plan_wants;

typedef struct nu_plan {
    const nu_network *net;
    size_t batch;         /* rows of a full batch */
    size_t block_rows;    /* rows of a block; the last of a batch may be shorter */
    size_t blocks;        /* of a full batch */
    size_t tile_rows;     /* of a tile of outputs; the last of a batch may be shorter */
    size_t depth;         /* as in nu_blas_kind */
    nu_plan_wants wants;
    nu_stage *stages;
    size_t n_stages;
    size_t gradient_at;   /* the first stage over parameters, */
    size_t update_at;     /* and the first that updates them */
    int *is_private;      /* layers */
    size_t *partial_at;   /* layers: where a private layer's partial begins in a block's, reals */
    size_t partial_size;  /* reals of one block's partial gradients, of which the embedding's is the
                           * first; 0: there are none */
    size_t *transposed_at; /* layers: where a layer's transposed weights are, in reals; SIZE_MAX:
                            * it has none */
    size_t transposed_size; /* of all of them, in reals */
    nu_tile *tiles;
    size_t n_tiles;
    size_t *first_tile;   /* layers + 2: of a layer, of the embedding, and behind the last */
    size_t tile_columns;  /* the most of a tile */
    size_t tile_size;     /* reals of the largest tile, biases not counted */
    double flops;         /* of a step over a full batch */
    int useful_threads;   /* more would have nothing to do, or not enough to be worth waking */
} nu_plan;

/* net is borrowed. NUDGE_EMEMORY. */
nudge_status nu_plan_start(nu_plan *plan, const nu_network *net, size_t batch, nu_plan_wants wants,
                           nudge_error *err);
void nu_plan_end(nu_plan *plan);

/* Blocks of a batch of `rows` rows, and pieces of a stage of it. */
static inline size_t nu_plan_blocks(const nu_plan *plan, size_t rows)
{
    return nu_ceil_div(rows, plan->block_rows);
}
size_t nu_plan_pieces(const nu_plan *plan, const nu_stage *stage, size_t rows);

/* A barrier comes after stage s. */
static inline int nu_plan_waits(const nu_plan *plan, size_t s)
{
    const nu_stage *stage = &plan->stages[s];
    return s < plan->gradient_at || s + 1 == plan->n_stages || stage[1].does != stage->does;
}

/* The width whose panels a stage over tiles makes. */
static inline size_t nu_stage_makes(const nu_stage *stage)
{
    return stage->layers.first + (stage->does == NU_DOES(NU_FORWARD));
}

/* The pieces of one thread: contiguous, and balanced by cost. Over the parameters of a wide layer
 * they are, but for rounding, the panels whose outputs the thread makes in the forward pass: its
 * weights are then in its own cache. Numbers of pieces over parameters are those of tiles. */
nu_span nu_plan_share(const nu_plan *plan, const nu_stage *stage, size_t rows, int thread,
                      int threads);

/* Visits the operations of piece i of a stage in order. */
void nu_plan_visit(const nu_plan *plan, const nu_stage *stage, size_t rows, size_t i,
                   void (*visit)(void *arg, const nu_piece *piece), void *arg);

/* One to three lines about the plan, in at most `size` bytes. */
void nu_plan_explain(const nu_plan *plan, int threads, char *text, size_t size);

#endif
