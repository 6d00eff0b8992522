/* Synthetic rows straight to files: every thread makes a chunk of rows in memory of its own and
 * writes it to its place, then takes the next. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/clock.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "read/array.h"
#include "synth/generator.h"

/* Bytes of a chunk, about: it stays in cache, and a write is long enough to hide its own cost. */
#define CHUNK ((size_t)512 << 10)

nudge_write_options nudge_write_defaults(void)
{
    return (nudge_write_options){.dtype = NUDGE_F32, .seed = 1, .progress_seconds = 0.2};
}

/* ---- Chunks ---------------------------------------------------------------------------- */

typedef struct writing {
    const nu_synth_maker *maker;
    const nu_array_layout *layout;
    nu_array_files *files;
    const nudge_write_options *options;
    char *buffer;          /* of each thread: a chunk's x, then its targets */
    size_t chunk;          /* rows, a multiple of NU_BLOCK */
    double start, shown;   /* seconds of the clock */
    uint64_t next;         /* chunk to take; atomic */
    uint64_t done;         /* rows; atomic */
    int error;             /* errno of a write; atomic */
    int stopped;           /* by on_progress; atomic */
} writing;

static size_t buffer_size(const writing *w)
{
    return w->chunk * (size_t)(nu_layout_x_row(w->layout) + nu_layout_y_row(w->layout));
}

/* On the calling thread only. */
static void show(writing *w)
{
    const nudge_write_options *o = w->options;
    double now = nu_seconds();
    if (o->on_progress == NULL || now - w->shown < o->progress_seconds)
        return;
    w->shown = now;
    nudge_write_progress progress = {
        .rows = __atomic_load_n(&w->done, __ATOMIC_RELAXED),
        .all_rows = w->layout->rows,
        .seconds = now - w->start,
    };
    if (o->on_progress(&progress, o->user) != 0)
        __atomic_store_n(&w->stopped, 1, __ATOMIC_RELAXED);
}

static void write_chunk(writing *w, int thread, uint64_t first)
{
    const nu_array_layout *l = w->layout;
    uint64_t rows = l->rows - first < w->chunk ? l->rows - first : w->chunk;
    char *x = w->buffer + (size_t)thread * buffer_size(w);
    char *y = x + w->chunk * nu_layout_x_row(l);
    nu_synth_out to = {
        .element = l->x,
        .x = x,
        .y = l->classes > 0 ? NULL : y,
        .classes = l->classes > 0 ? (int32_t *)(void *)y : NULL,
    };
    nu_synth_make(w->maker, thread, first, rows, &to);
    int error = nu_array_files_put(w->files, l, first, rows, x, y);
    if (error != 0)
        __atomic_store_n(&w->error, error, __ATOMIC_RELAXED);
    else
        __atomic_fetch_add(&w->done, rows, __ATOMIC_RELAXED);
}

static void write_chunks(void *arg, int thread, int threads)
{
    writing *w = arg;
    (void)threads;
    while (__atomic_load_n(&w->error, __ATOMIC_RELAXED) == 0 &&
           __atomic_load_n(&w->stopped, __ATOMIC_RELAXED) == 0) {
        uint64_t first = w->chunk * __atomic_fetch_add(&w->next, 1, __ATOMIC_RELAXED);
        if (first >= w->layout->rows)
            return;
        write_chunk(w, thread, first);
        if (thread == 0)
            show(w);
    }
}

static nudge_status write_rows(writing *w, nudge_error *err)
{
    int threads = w->maker->threads;
    size_t size = buffer_size(w);
    NU_TRY(nu_memory_check((uint64_t)size * (uint64_t)threads, "the blocks being written", err));
    w->buffer = nu_alloc((size_t)threads, size);
    if (w->buffer == NULL)
        return nu_no_memory(err, size * (size_t)threads, "the blocks being written");
    nu_team_run(threads, write_chunks, w);
    free(w->buffer);
    if (w->error != 0)
        return nu_array_files_failed(w->files, w->error, err);
    return w->stopped ? nu_fail(err, NUDGE_ESTOPPED, "stopped") : NUDGE_OK;
}

/* ---- Files ----------------------------------------------------------------------------- */

static nudge_status stream(nudge_written *written, const nu_synth_maker *m, const char *spec,
                           const char *path, const nudge_write_options *o, nudge_error *err)
{
    const nu_synth *s = &m->synth;
    nu_element element = o->dtype == NUDGE_F32 ? NU_F32 : NU_F64;
    nu_array_layout l = {.rows = s->rows, .features = s->features, .outputs = 1, .x = element,
                         .y = element, .classes = s->classes, .target = nu_synth_target(s),
                         .origin = spec};
    size_t row = (size_t)(nu_layout_x_row(&l) + nu_layout_y_row(&l)) * NU_BLOCK;
    size_t blocks = CHUNK / row > 0 ? CHUNK / row : 1;
    nu_array_files files;
    NU_TRY(nu_array_files_open(&files, &l, path, o->labels, err));
    double now = nu_seconds();
    writing w = {.maker = m, .layout = &l, .files = &files, .options = o, .start = now,
                 .shown = now, .chunk = blocks * NU_BLOCK};
    nudge_status status = write_rows(&w, err);
    *written = (nudge_written){.rows = l.rows, .features = l.features, .targets = l.outputs,
                               .bytes = files.bytes};
    if (status == NUDGE_OK)
        return nu_array_files_commit(&files, err);
    nu_array_files_abandon(&files);
    return status;
}

static nudge_status through_table(nudge_written *written, const char *spec, const char *path,
                                  const nudge_write_options *o, nudge_error *err)
{
    nudge_read_options read = nudge_read_defaults();
    read.dtype = o->dtype;
    read.seed = o->seed;
    read.threads = o->threads;
    nudge_table *t;
    struct stat about;
    NU_TRY(nudge_table_read(&t, spec, &read, err));
    nudge_status status = nudge_table_write(t, path, err);
    *written = (nudge_written){.rows = t->rows, .features = t->features, .targets = t->outputs};
    if (stat(path, &about) == 0 && S_ISREG(about.st_mode))
        written->bytes = (uint64_t)about.st_size;
    nudge_table_free(t);
    return status;
}

static nudge_status check_labels(const char *path, const char *labels, nudge_error *err)
{
    if (nu_is_npy_path(path) && labels == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "'%s' holds the features alone; the targets need an "
                       ".npy file of their own, or both go into one .safetensors file", path);
    if (labels == NULL)
        return NUDGE_OK;
    if (!nu_is_npy_path(path))
        return nu_fail(err, NUDGE_EARGUMENT, "'%s' holds the targets too; a file of their own, "
                       "'%s', goes with an .npy file only", path, labels);
    if (!nu_is_npy_path(labels))
        return nu_fail(err, NUDGE_EARGUMENT, "the name of the file of targets, '%s', must end in "
                       ".npy", labels);
    return NUDGE_OK;
}

nudge_status nudge_synth_write(nudge_written *written, const char *spec, const char *path,
                               const nudge_write_options *options, nudge_error *err)
{
    nudge_write_options defaults = nudge_write_defaults();
    const nudge_write_options *o = options != NULL ? options : &defaults;
    double start = nu_seconds();
    nudge_written made = {0};
    if (spec == NULL || strncmp(spec, "synth:", 6) != 0)
        return nu_fail(err, NUDGE_EARGUMENT, "no generator was named; synth:NAME,... is right");
    NU_TRY(nu_check_ending(path, err));
    if (o->dtype != NUDGE_F32 && o->dtype != NUDGE_F64)
        return nu_fail(err, NUDGE_EARGUMENT, "dtype %d is neither f32 nor f64", (int)o->dtype);
    NU_TRY(check_labels(path, o->labels, err));
    if (nu_is_npy_path(path) || nu_is_st_path(path)) {
        nu_synth_maker m;
        NU_TRY(nu_synth_start(&m, spec, o->seed, o->threads, err));
        nudge_status status = stream(&made, &m, spec, path, o, err);
        nu_synth_end(&m);
        NU_TRY(status);
    } else {
        NU_TRY(through_table(&made, spec, path, o, err));
    }
    made.seconds = nu_seconds() - start;
    if (written != NULL)
        *written = made;
    return NUDGE_OK;
}
