#include "synth/rows.h"

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"

#define FLOOR_BLOCKS 313 /* the lowest loss of classes is the mean over 20032 rows */

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

static size_t n_blocks(size_t rows)
{
    return nu_ceil_div(rows, NU_BLOCK);
}

/* No more threads than there are cores, or blocks for. */
static int thread_count(int asked, size_t rows)
{
    return (int)nu_smaller((size_t)nu_team_threads(asked, 0, NULL), n_blocks(rows));
}

static double *thread_scratch(const nu_synth_maker *m, int thread)
{
    return m->scratch + (size_t)thread * scratch_width(&m->synth) * NU_BLOCK;
}

/* ---- Starting -------------------------------------------------------------------------- */

nudge_status nu_synth_start(nu_synth_maker *m, const char *spec, uint64_t seed, int threads,
                            nudge_error *err)
{
    nu_synth_maker made NU_SCOPED(nu_synth_end) = {0};
    nu_synth *s = &made.synth;
    NU_TRY(nu_synth_parse(s, spec, seed, err));
    made.threads = thread_count(threads, s->rows);
    size_t scratch = (size_t)made.threads * scratch_width(s) * NU_BLOCK;
    NU_TRY(nu_memory_check((scratch + s->n_hidden) * sizeof(double), spec, err));
    NU_NEW(made.scratch, nu_alloc, scratch, spec, err);
    NU_NEW(s->hidden, nu_alloc, s->n_hidden, spec, err);
    nu_block block = block_in(made.scratch, s, NU_DATA_ROWS);
    if (s->kind->draw != NULL)
        s->kind->draw(s, &block);
    *m = made;
    made = (nu_synth_maker){0};
    return NUDGE_OK;
}

void nu_synth_end(nu_synth_maker *m)
{
    free(m->scratch);
    free(m->synth.hidden);
    m->scratch = m->synth.hidden = NULL;
}

nudge_status nudge_synth_measure(nudge_synth_shape *shape, const char *spec, nudge_error *err)
{
    nu_synth s = {0};
    NU_TRY(nu_synth_parse(&s, spec, 0, err));
    *shape = (nudge_synth_shape){s.rows, s.features, s.classes};
    return NUDGE_OK;
}

const char *nu_synth_target(const nu_synth *s)
{
    return s->classes > 0 ? "class" : "y";
}

/* ---- Rows ------------------------------------------------------------------------------ */

/* The block's first `rows` rows, to row `at` of the table. */
static void store(const nudge_table *to, size_t at, const nu_block *b, size_t rows)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < to->features; j++)
            nu_put(to->x, to->element, (at + r) * to->features + j, b->x[j * NU_BLOCK + r]);
    if (to->y != NULL)
        nu_keep(to->y, to->element, at, rows, b->y);
    for (size_t r = 0; r < rows && to->classes != NULL; r++)
        to->classes[at + r] = (int32_t)b->y[r];
}

void nu_synth_make(const nu_synth_maker *m, int thread, size_t first, size_t rows,
                   const nudge_table *to, size_t at)
{
    const nu_synth *s = &m->synth;
    nu_block b = block_in(thread_scratch(m, thread), s, NU_DATA_ROWS);
    b.p = NULL;
    for (size_t done = 0, n; done < rows; done += n) {
        n = rows - done < NU_BLOCK ? rows - done : NU_BLOCK;
        b.first = first + done;
        s->kind->make(s, &b);
        store(to, at + done, &b, n);
    }
}

typedef struct job {
    const nu_synth_maker *maker;
    nudge_table *table;
    size_t first; /* row of the generator that the table begins with */
} job;

static void make_rows(void *arg, int thread, int threads)
{
    const job *j = arg;
    const nudge_table *t = j->table;
    size_t block, end;
    nu_team_share(n_blocks(t->rows), thread, threads, &block, &end);
    size_t first = block * NU_BLOCK, last = end * NU_BLOCK < t->rows ? end * NU_BLOCK : t->rows;
    if (first < last)
        nu_synth_make(j->maker, thread, j->first + first, last - first, t, first);
}

void nu_synth_fill(nudge_table *t, const nu_synth_maker *m, size_t first)
{
    job j = {.maker = m, .table = t, .first = first};
    nu_team_run(m->threads, make_rows, &j);
}

/* ---- The lowest loss of classes -------------------------------------------------------- */

typedef struct estimate {
    const nu_synth_maker *maker;
    double entropy[FLOOR_BLOCKS]; /* of each block of rows */
} estimate;

/* Bayes' cross-entropy is the mean entropy of the classes' true probabilities given x, taken here
 * over rows of their own (a fixed Monte Carlo sample: the same seed gives the same number). */
static void make_floor(void *arg, int thread, int threads)
{
    estimate *e = arg;
    const nu_synth *s = &e->maker->synth;
    nu_block b = block_in(thread_scratch(e->maker, thread), s, NU_FLOOR_ROWS);
    size_t block, end;
    nu_team_share(FLOOR_BLOCKS, thread, threads, &block, &end);
    for (; block < end; block++) {
        b.first = block * NU_BLOCK;
        s->kind->make(s, &b);
        double sum = 0;
        for (size_t i = 0; i < s->classes * NU_BLOCK; i++)
            if (b.p[i] > 0)
                sum -= b.p[i] * log(b.p[i]);
        e->entropy[block] = sum / NU_BLOCK;
    }
}

static double noise_floor(const nu_synth_maker *m)
{
    const nu_synth *s = &m->synth;
    double noise = s->value[NU_NOISE], sum = 0;
    if (s->classes == 0 || !s->kind->knows_p)
        return s->kind->noise_is_loss || noise == 0 ? noise * noise : NAN;
    estimate e = {.maker = m};
    nu_team_run(m->threads, make_floor, &e);
    for (size_t i = 0; i < FLOOR_BLOCKS; i++)
        sum += e.entropy[i];
    return sum / FLOOR_BLOCKS;
}

/* ---- Tables ---------------------------------------------------------------------------- */

/* No overflow: every factor is bounded by spec.c, and 2^32 rows x 2^16 features x 8 bytes fit. */
nudge_status nu_synth_allocate(nudge_table *t, const nu_synth *s, size_t rows, nudge_dtype dtype,
                               nudge_error *err)
{
    size_t value = nu_dtype_size(dtype);
    size_t row = s->features * value + (s->classes > 0 ? sizeof *t->classes : value);
    NU_TRY(nu_memory_check(rows * row, t->source, err));
    t->rows = rows;
    t->features = s->features;
    t->element = t->y_element = nu_element_of(dtype);
    t->outputs = 1;
    t->n_classes = s->classes;
    t->target_name = strdup(nu_synth_target(s));
    t->x = nu_alloc(rows * s->features, value);
    if (s->classes > 0)
        t->classes = nu_alloc(rows, sizeof *t->classes);
    else
        t->y = nu_alloc(rows, value);
    if (t->target_name == NULL || t->x == NULL || (t->classes == NULL && t->y == NULL))
        return nu_no_memory(err, rows * row, t->source);
    return NUDGE_OK;
}

nudge_status nu_synth_read(nudge_table *t, const char *spec, uint64_t seed, int threads,
                           nudge_dtype dtype, nudge_error *err)
{
    nu_synth_maker m NU_SCOPED(nu_synth_end) = {0};
    NU_TRY(nu_synth_start(&m, spec, seed, threads, err));
    NU_TRY(nu_synth_allocate(t, &m.synth, m.synth.rows, dtype, err));
    nu_synth_fill(t, &m, 0);
    t->noise_floor = noise_floor(&m);
    return NUDGE_OK;
}
