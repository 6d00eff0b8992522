/* Rows of a generator, on all threads. */
#ifndef NUDGE_SYNTH_ROWS_H
#define NUDGE_SYNTH_ROWS_H

#include "synth/generator.h"
#include "table/table.h"

/* A generator ready to make rows. */
typedef struct nu_synth_maker {
    nu_synth synth;
    int threads;     /* that there is scratch for: no more than cores, or than blocks of rows */
    double *scratch; /* of each thread */
} nu_synth_maker;

/* Parses the spec and draws the hidden parameters. threads 0: all cores. Followed by
 * nu_synth_end() if it succeeds. NUDGE_EARGUMENT, NUDGE_EMEMORY. */
nudge_status nu_synth_start(nu_synth_maker *m, const char *spec, uint64_t seed, int threads,
                            nudge_error *err);
void nu_synth_end(nu_synth_maker *m);

/* Rows first ... first + rows - 1 of the generator to row `at` of a table's matrix and its y or
 * classes; first is a multiple of NU_BLOCK. `thread` is the caller's number, below m->threads. */
void nu_synth_make(const nu_synth_maker *m, int thread, size_t first, size_t rows,
                   const nudge_table *to, size_t at);

/* What the target of the generator's rows is called. */
const char *nu_synth_target(const nu_synth *s);

/* Gives a zeroed table a matrix of `rows` rows, and fills it with those from `first` on, a multiple
 * of NU_BLOCK. NUDGE_EMEMORY. */
nudge_status nu_synth_allocate(nudge_table *t, const nu_synth *s, size_t rows, nudge_dtype dtype,
                               nudge_error *err);
void nu_synth_fill(nudge_table *t, const nu_synth_maker *m, size_t first);

/* All rows that a spec makes, and the lowest loss, for a zeroed table. NUDGE_EARGUMENT,
 * NUDGE_EMEMORY. */
nudge_status nu_synth_read(nudge_table *t, const char *spec, uint64_t seed, int threads,
                           nudge_dtype dtype, nudge_error *err);

#endif
