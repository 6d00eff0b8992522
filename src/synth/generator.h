/* Synthetic data, inside the generators.
 *
 * Rows are made in blocks of NU_BLOCK, always whole ones, so that the bits of row i depend on
 * (seed, i) alone, not on how many rows or threads there are. In a block the NU_BLOCK rows of one
 * value lie together, so that plain loops over r are vectors: feature j of row first + r is
 * x[j * NU_BLOCK + r]. Everything is computed in double and rounded once, when it is stored. */
#ifndef NUDGE_SYNTH_GENERATOR_H
#define NUDGE_SYNTH_GENERATOR_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "nudge.h"

/* The vector forms in glibc's libmvec, which glibc declares under -ffast-math only. */
#if defined(HAVE_LIBMVEC) && defined(__GNUC__) && !defined(__clang__)
#pragma omp declare simd notinbranch
extern double exp(double);
#pragma omp declare simd notinbranch
extern double log(double);
#pragma omp declare simd notinbranch
extern double sin(double);
#pragma omp declare simd notinbranch
extern double cos(double);
#pragma omp declare simd notinbranch
extern double tanh(double);
#endif

#define NU_BLOCK 64

/* Parameters of generators, numbers all; what each may be is in spec.c. The seed is apart. */
typedef enum nu_synth_key {
    NU_ROWS,
    NU_FEATURES,
    NU_HIDDEN,
    NU_LAYERS,
    NU_CLASSES,
    NU_TEMPERATURE,
    NU_NOISE,
    NU_SPREAD,
    NU_FACTOR,
    NU_TURNS,
    NU_BITS,
    NU_INFORMATIVE,
    NU_CLUSTERS,
    NU_SEP,
    NU_FLIP,
    NU_SYNTH_KEYS
} nu_synth_key;

typedef struct nu_synth nu_synth;

/* One block being made. */
typedef struct nu_block {
    uint32_t rows;  /* which rows: NU_DATA_ROWS, ... */
    size_t first;   /* number of its first row, a multiple of NU_BLOCK */
    double *x;      /* features x NU_BLOCK */
    double *y;      /* NU_BLOCK: the target, a value or the number of a class */
    double *p;      /* classes x NU_BLOCK: the classes' true probabilities given x; NULL: not
                     * wanted */
    double *work;   /* n_work x NU_BLOCK */
} nu_block;

typedef struct nu_generator {
    nudge_synth_info info;

    /* Where the parameters do not say: */
    size_t features, classes; /* classes 0: a numeric target */
    size_t n_work;

    /* Sets what more than the parameters decides: n_hidden, n_work, a number of features or rows.
     * NUDGE_EARGUMENT for parameters that contradict each other. NULL: nothing. */
    nudge_status (*size)(nu_synth *s, nudge_error *err);

    /* Draws the hidden parameters; `block` is for use as scratch. NULL: there are none. */
    void (*draw)(nu_synth *s, nu_block *block);

    /* Makes the block's x, y and, if it knows them and they are wanted, p. */
    void (*make)(const nu_synth *s, const nu_block *block);
    int knows_p;
    int zero_classes; /* classes=0 is right too: a numeric target */

    /* 1: the lowest expected loss is noise^2, with noise or without. 0: it is 0 without noise, and
     * unknown with it. Not asked where there are classes whose p is known: it is then estimated
     * from p. */
    int noise_is_loss;
} nu_generator;

struct nu_synth {
    const nu_generator *kind;
    double value[NU_SYNTH_KEYS]; /* 0 for a parameter that the generator does not have */
    uint64_t seed;
    size_t rows, features;
    size_t classes;  /* 0: a numeric target */
    size_t n_hidden; /* parameters that the generator draws */
    size_t n_work;
    double *hidden;  /* n_hidden */
};

/* spec.c: from "synth:NAME,key=value,...". Fills kind, value, seed, and what the generator's size()
 * sets. NUDGE_EARGUMENT. */
nudge_status nu_synth_parse(nu_synth *s, const char *spec, uint64_t default_seed,
                            nudge_error *err);

/* ---- Random numbers -------------------------------------------------------------------- */

/* Rows of different sets never share a random number. */
enum nu_synth_rows {
    NU_DATA_ROWS = 0,
    NU_PROBE_ROWS = 16, /* to measure a generator's output before it is scaled */
    NU_FLOOR_ROWS = 32  /* to estimate the lowest loss */
};

/* What a row draws; each an independent sequence. */
enum nu_synth_draw {
    NU_DRAW_HIDDEN, /* not of a row, but of the generator */
    NU_DRAW_FEATURES,
    NU_DRAW_NOISE,
    NU_DRAW_LABEL,
    NU_DRAW_VERTICES /* not of a row either */
};

/* n numbers for each row of the block: out is n x NU_BLOCK. Uniform in (0, 1); standard normal. */
void nu_draw_uniform(double *out, const nu_synth *s, const nu_block *block,
                     enum nu_synth_draw what, size_t n);
void nu_draw_normal(double *out, const nu_synth *s, const nu_block *block,
                    enum nu_synth_draw what, size_t n);

/* Adds noise * normal to n x NU_BLOCK values, n <= 2. */
void nu_add_noise(double *values, const nu_synth *s, const nu_block *block, size_t n);

/* Hidden number i: standard normal, uniform in [0, 1). */
double nu_hidden_normal(const nu_synth *s, uint64_t i);
double nu_hidden_uniform(const nu_synth *s, uint64_t i);

/* ---- Generators ------------------------------------------------------------------------ */

extern const nu_generator nu_synth_linear, nu_synth_friedman1;             /* regression.c */
extern const nu_generator nu_synth_teacher;                                /* teacher.c */
extern const nu_generator nu_synth_blobs, nu_synth_classification;         /* mixture.c */
extern const nu_generator nu_synth_moons, nu_synth_circles, nu_synth_spirals; /* curves.c */
extern const nu_generator nu_synth_parity, nu_synth_or, nu_synth_xor, nu_synth_line;
                                                                           /* exact.c */

#endif
