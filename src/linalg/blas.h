/* The BLAS as a whole: what it is, and one thread per call. */
#ifndef NUDGE_LINALG_BLAS_H
#define NUDGE_LINALG_BLAS_H

#include <stddef.h>

#include "nudge.h"

/* Tells OpenBLAS to use one thread per call. To be called before the first product; cheap.
 * NUDGE_EMEMORY: there is no room for what OpenBLAS takes. */
nudge_status nu_blas_start(nudge_error *err);

/* As nudge_threads(); oversubscribe as in nu_team_threads(). */
int nu_threads(int requested, int oversubscribe, const char **why);

/* What a kind of CPU wants, by the kernels that OpenBLAS runs on it. Never by the number of
 * threads: the order of sums, and so every bit of a result, follows from it. */
typedef struct nu_blas_kind {
    const char *cores; /* names as openblas_get_corename() has them; NULL: all others */
    size_t panel;      /* columns of a panel; the last may have fewer */
    size_t rows;       /* of a tile of activations, at most */
    size_t block;      /* rows of a block that goes through layers alone, at most */
    size_t blocks;     /* that a batch is cut into, where they are not too small then */
    size_t depth;      /* most terms of a sum over a batch's rows in one product */
} nu_blas_kind;

const nu_blas_kind *nu_blas_kind_here(void);

/* Between the panels of what changes with each batch, 17 lines. Where panels lie at multiples of a
 * large power of two from each other they compete for the same lines of a cache: 1024 x 2048 x 2048
 * 127 GFLOP/s on a core of an EPYC (1 MB of L2 cache) without a gap, 185 with it. */
#define NU_PANEL_GAP_BYTES 1088

/* Columns of a panel of a matrix with so many columns. */
size_t nu_panel_width(size_t columns);

/* 0: serial build, not safe to call from several threads; 1: pthread build; 2: OpenMP build. Asked
 * at run time, since Debian's alternatives decide which one a program gets. */
int nu_blas_parallel(void);

#endif
