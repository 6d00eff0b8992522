/* Makes a table of synthetic rows, on all threads. */
#include "data/synth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "data/table.h"

#define FLOOR_BLOCKS 313 /* the lowest loss of classes is the mean over 20032 rows */

const nu_generator *const nu_generators[] = {
    &nu_synth_linear,  &nu_synth_teacher, &nu_synth_friedman1, &nu_synth_blobs,
    &nu_synth_moons,   &nu_synth_circles, &nu_synth_spirals,   &nu_synth_classification,
    &nu_synth_parity,  &nu_synth_or,      &nu_synth_xor,       &nu_synth_line,
    NULL,
};

const nudge_synth_info *nudge_synth_list(size_t i)
{
    size_t n = sizeof nu_generators / sizeof *nu_generators - 1;
    return i < n ? &nu_generators[i]->info : NULL;
}

/* ---- Scratch --------------------------------------------------------------------------- */

/* Values per row of a block: x, y, p and work. p serves `draw` as two values per output too. */
static size_t scratch_width(const nu_synth *s)
{
    return s->features + 1 + (s->classes > 0 ? s->classes : 1) + s->n_work;
}

static nu_block block_in(double *scratch, const nu_synth *s, enum nu_synth_rows rows)
{
    double *y = scratch + s->features * NU_BLOCK, *p = y + NU_BLOCK;
    return (nu_block){.rows = rows, .x = scratch, .y = y, .p = p,
                      .work = p + (s->classes > 0 ? s->classes : 1) * NU_BLOCK};
}

/* ---- Rows ------------------------------------------------------------------------------ */

typedef struct job {
    const nu_synth *synth;
    nudge_table *table;
    double *scratch;      /* of each thread */
    double *block_floor;  /* FLOOR_BLOCKS */
} job;

static double *thread_scratch(const job *j, int thread)
{
    return j->scratch + (size_t)thread * scratch_width(j->synth) * NU_BLOCK;
}

static void store_f32(const nudge_table *t, const nu_block *b, size_t rows)
{
    float *x = (float *)t->x + b->first * t->features;
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < t->features; j++)
            x[r * t->features + j] = (float)b->x[j * NU_BLOCK + r];
    for (size_t r = 0; r < rows && t->y != NULL; r++)
        ((float *)t->y)[b->first + r] = (float)b->y[r];
}

static void store_f64(const nudge_table *t, const nu_block *b, size_t rows)
{
    double *x = (double *)t->x + b->first * t->features;
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < t->features; j++)
            x[r * t->features + j] = b->x[j * NU_BLOCK + r];
    for (size_t r = 0; r < rows && t->y != NULL; r++)
        ((double *)t->y)[b->first + r] = b->y[r];
}

static void store(const nudge_table *t, const nu_block *b)
{
    size_t rows = t->rows - b->first < NU_BLOCK ? t->rows - b->first : NU_BLOCK;
    if (t->element == NU_F32)
        store_f32(t, b, rows);
    else
        store_f64(t, b, rows);
    for (size_t r = 0; r < rows && t->classes != NULL; r++)
        t->classes[b->first + r] = (int32_t)b->y[r];
}

static size_t n_blocks(size_t rows)
{
    return rows / NU_BLOCK + (rows % NU_BLOCK > 0);
}

static void make_rows(void *arg, int thread, int threads)
{
    const job *j = arg;
    nu_block b = block_in(thread_scratch(j, thread), j->synth, NU_DATA_ROWS);
    b.p = NULL;
    size_t block, end;
    nu_team_share(n_blocks(j->table->rows), thread, threads, &block, &end);
    for (; block < end; block++) {
        b.first = block * NU_BLOCK;
        j->synth->kind->make(j->synth, &b);
        store(j->table, &b);
    }
}

/* ---- The lowest loss of classes -------------------------------------------------------- */

/* Bayes' cross-entropy is the mean entropy of the classes' true probabilities given x, taken here
 * over rows of their own (a fixed Monte Carlo sample: the same seed gives the same number). */
static void make_floor(void *arg, int thread, int threads)
{
    const job *j = arg;
    const nu_synth *s = j->synth;
    nu_block b = block_in(thread_scratch(j, thread), s, NU_FLOOR_ROWS);
    size_t block, end;
    nu_team_share(FLOOR_BLOCKS, thread, threads, &block, &end);
    for (; block < end; block++) {
        b.first = block * NU_BLOCK;
        s->kind->make(s, &b);
        double sum = 0;
        for (size_t i = 0; i < s->classes * NU_BLOCK; i++)
            if (b.p[i] > 0)
                sum -= b.p[i] * log(b.p[i]);
        j->block_floor[block] = sum / NU_BLOCK;
    }
}

static double noise_floor(job *j, int threads)
{
    const nu_synth *s = j->synth;
    if (s->classes == 0 || !s->kind->knows_p)
        return s->kind->floor(s);
    double sum = 0;
    nu_team_run(threads, make_floor, j);
    for (size_t i = 0; i < FLOOR_BLOCKS; i++)
        sum += j->block_floor[i];
    return sum / FLOOR_BLOCKS;
}

/* ---- The table ------------------------------------------------------------------------- */

/* Bytes of the table, the hidden parameters and the scratch; no overflow: every factor is bounded
 * by synth_spec.c, and 2^32 rows x 2^16 features x 8 bytes fit. */
static nudge_status check_memory(const nu_synth *s, const char *spec, nudge_dtype dtype,
                                 int threads, nudge_error *err)
{
    uint64_t value = dtype == NUDGE_F32 ? 4 : 8;
    uint64_t row = s->features * value + (s->classes > 0 ? 4 : value);
    uint64_t scratch = (uint64_t)threads * scratch_width(s) * NU_BLOCK + s->n_hidden;
    return nu_memory_check(s->rows * row + scratch * sizeof(double), spec, err);
}

static nudge_status allocate_table(nudge_table *t, const nu_synth *s, const char *spec,
                                   nudge_dtype dtype, nudge_error *err)
{
    t->format = "synth";
    t->rows = s->rows;
    t->noise_floor = NAN;
    t->features = s->features;
    t->element = dtype == NUDGE_F32 ? NU_F32 : NU_F64;
    t->outputs = 1;
    t->source = strdup(spec);
    t->target_name = strdup(s->classes > 0 ? "class" : "y");
    t->x = nu_alloc(t->rows * t->features, nu_element_size(t->element));
    if (s->classes > 0)
        t->classes = nu_alloc(t->rows, sizeof *t->classes);
    else
        t->y = nu_alloc(t->rows, nu_element_size(t->element));
    if (t->source == NULL || t->target_name == NULL || t->x == NULL ||
        (t->classes == NULL && t->y == NULL))
        return nu_no_memory(err, t->rows * t->features * nu_element_size(t->element), spec);
    t->n_classes = s->classes;
    return s->classes > 0 ? nu_table_number_classes(t, err) : NUDGE_OK;
}

static nudge_status fill_table(nudge_table *t, nu_synth *s, int threads, nudge_error *err)
{
    double block_floor[FLOOR_BLOCKS];
    size_t width = scratch_width(s) * NU_BLOCK;
    job j = {s, t, nu_alloc((size_t)threads * width, sizeof(double)), block_floor};
    s->hidden = nu_alloc(s->n_hidden, sizeof *s->hidden);
    nudge_status status = NUDGE_OK;
    if (j.scratch == NULL || s->hidden == NULL) {
        status = nu_no_memory(err, ((size_t)threads * width + s->n_hidden) * sizeof(double),
                              t->source);
    } else {
        nu_block block = block_in(j.scratch, s, NU_DATA_ROWS);
        if (s->kind->draw != NULL)
            s->kind->draw(s, &block);
        nu_team_run(threads, make_rows, &j);
        t->noise_floor = noise_floor(&j, threads);
    }
    free(j.scratch);
    free(s->hidden);
    return status;
}

/* No more threads than there are blocks for. */
static int thread_count(int asked, size_t rows)
{
    size_t threads = asked > 0 ? (size_t)asked : (size_t)nu_cores();
    size_t most = n_blocks(rows);
    return (int)(threads < most ? threads : most);
}

nudge_status nu_synth_read(nudge_table **table, const char *spec,
                           const nudge_read_options *options, nudge_error *err)
{
    nu_synth s;
    NU_TRY(nu_synth_parse(&s, spec, options->seed, err));
    NU_TRY(s.kind->size(&s, err));
    int threads = thread_count(options->threads, s.rows);
    NU_TRY(check_memory(&s, spec, options->dtype, threads, err));
    nudge_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return nu_no_memory(err, sizeof *t, "a table");
    nudge_status status = allocate_table(t, &s, spec, options->dtype, err);
    if (status == NUDGE_OK)
        status = fill_table(t, &s, threads, err);
    if (status != NUDGE_OK) {
        nudge_table_free(t);
        return status;
    }
    *table = t;
    return NUDGE_OK;
}
