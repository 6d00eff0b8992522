/* Tables and synthetic rows to files. */
#include <errno.h>
#include <sys/stat.h>

#include "core/clock.h"
#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "read/read.h"
#include "read/stored_table.h"
#include "synth/rows.h"
#include "whole.h"

/* How an array of elements is written. */
static nu_array_type type_of(nu_element element)
{
    return element == NU_U8 ? NU_A_U8 : element == NU_F32 ? NU_A_F32 : NU_A_F64;
}

/* The path of a file of targets must be one of an NPY file. */
static nudge_status check_labels_path(const char *path, nudge_error *err)
{
    const nu_format *format;
    if (nu_format_of_output(&format, path, NULL) == NUDGE_OK && format == &nu_npy_format)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EARGUMENT, "the name of the file of targets, '%s', must end in "
                   ".npy", path != NULL ? path : "");
}

/* ---- Tables ---------------------------------------------------------------------------- */

/* Labels beyond 2^53 as the whole numbers that they are; for free(). NULL without memory. */
static uint64_t *exact_labels(const nudge_table *t, nu_array_type *type)
{
    uint64_t *y = nu_alloc(t->rows, sizeof *y), largest;
    const char *last = t->class_labels[t->n_classes - 1];
    *type = last[0] == '-' || nu_parse_whole(last, 0, INT64_MAX, &largest) ? NU_A_I64 : NU_A_U64;
    for (size_t r = 0; y != NULL && r < t->rows; r++) {
        const char *label = t->class_labels[t->classes[r]];
        y[r] = *type == NU_A_I64 ? (uint64_t)strtoll(label, NULL, 10) : strtoull(label, NULL, 10);
    }
    return y;
}

static nudge_status write_table(const nudge_table *t, const nu_format *format, const char *path,
                                const char *labels, nudge_error *err)
{
    nu_array_layout l = {
        .rows = t->rows, .features = t->features, .outputs = t->outputs,
        .x = type_of(t->element),
        .image_rows = t->pixel_rows > 1 ? t->pixel_rows : 0,
        .y = t->classes != NULL ? NU_A_I32 : type_of(t->y_element),
        .classes = t->n_classes, .target = t->target_name, .origin = t->source,
    };
    nu_array_files f NU_SCOPED(nu_array_files_abandon) = {0};
    const void *y = t->classes != NULL ? (const void *)t->classes : t->y;
    uint64_t *exact NU_FREED = NULL;
    if (t->class_values != NULL) {
        NU_NEED((exact = exact_labels(t, &l.y)) != NULL, t->rows * sizeof *exact, "labels", err);
        l.classes = 0;
        y = exact;
    }
    NU_TRY(format->start(&f, &l, path, labels, err));
    int error = nu_array_files_put(&f, &l, 0, l.rows, t->x, y);
    return error == 0 ? nu_array_files_commit(&f, err) : nu_array_files_failed(&f, error, err);
}

nudge_status nudge_table_write(const nudge_table *table, const char *path, nudge_error *err)
{
    const nu_format *format;
    NU_TRY(nu_format_of_output(&format, path, err));
    nu_rows rows = {.table = (nudge_table *)table}; /* not changed: there are no next rows */
    if (format->write != NULL)
        return format->write(&rows, path, err);
    if (table->n_columns > 0 && format == &nu_safetensors_format)
        return nu_stored_write(table, path, err);
    if (table->n_columns > 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: a table with named columns and texts is written "
                       "as .csv, .csv.gz or .safetensors, not to '%s'", table->source, path);
    return write_table(table, format, path, NULL, err);
}

nudge_status nudge_table_write_targets(const nudge_table *table, const char *path,
                                       nudge_error *err)
{
    NU_TRY(check_labels_path(path, err));
    if (table->n_columns > 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: a table with named columns has its targets among "
                       "them", table->source);
    if (table->outputs == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: it has no targets", table->source);
    return write_table(table, &nu_npy_format, NULL, path, err);
}

/* ---- Synthetic rows -------------------------------------------------------------------- */

/* Where rows have their places, every thread makes a chunk of rows in memory of its own and writes
 * it, then takes the next; as text, all threads make a chunk and one writes it.
 *
 * Bytes of a chunk, about: it stays in cache, and a write is long enough to hide its own cost. */
#define CHUNK ((size_t)512 << 10)

nudge_write_options nudge_write_defaults(void)
{
    return (nudge_write_options){.size = sizeof(nudge_write_options), .dtype = NUDGE_F32, .seed = 1,
                                 .progress_seconds = 0.2};
}

typedef struct writing {
    const nudge_write_options *options;
    nu_synth_maker maker;
    nu_array_layout layout;
    size_t chunk;          /* rows, a multiple of NU_BLOCK */
    double start, shown;   /* seconds of the clock */
    uint64_t done;         /* rows; atomic */
    int stopped;           /* by on_progress; atomic */

    nu_array_files files;
    char *buffer;          /* of each thread: a chunk's x, then its targets */
    uint64_t next;         /* chunk to take; atomic */
    int error;             /* errno of a write; atomic */
} writing;

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
        .all_rows = w->layout.rows,
        .seconds = now - w->start,
    };
    if (o->on_progress(&progress, o->user) != 0)
        __atomic_store_n(&w->stopped, 1, __ATOMIC_RELAXED);
}

/* ---- Rows at their places -------------------------------------------------------------- */

static size_t buffer_size(const writing *w)
{
    return w->chunk * (size_t)(nu_layout_x_row(&w->layout) + nu_layout_y_row(&w->layout));
}

static void write_chunk(writing *w, int thread, uint64_t first)
{
    const nu_array_layout *l = &w->layout;
    uint64_t rows = l->rows - first < w->chunk ? l->rows - first : w->chunk;
    char *x = w->buffer + (size_t)thread * buffer_size(w);
    char *y = x + w->chunk * nu_layout_x_row(l);
    nudge_table to = {
        .features = l->features,
        .element = nu_element_of(w->options->dtype),
        .x = x,
        .y = l->classes > 0 ? NULL : y,
        .classes = l->classes > 0 ? (int32_t *)(void *)y : NULL,
    };
    nu_synth_make(&w->maker, thread, first, rows, &to, 0);
    int error = nu_array_files_put(&w->files, l, first, rows, x, y);
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
        if (first >= w->layout.rows)
            return;
        write_chunk(w, thread, first);
        if (thread == 0)
            show(w);
    }
}

static nudge_status write_arrays(writing *w, const nu_format *format, const char *path,
                                 nudge_error *err)
{
    int threads = w->maker.threads;
    size_t size = buffer_size(w);
    NU_TRY(format->start(&w->files, &w->layout, path, w->options->labels, err));
    NU_TRY(nu_memory_check((uint64_t)size * (uint64_t)threads, "the blocks being written", err));
    char *buffer NU_FREED = w->buffer = nu_alloc((size_t)threads, size);
    NU_NEED(buffer != NULL, size * (size_t)threads, "the blocks being written", err);
    nu_team_run(threads, write_chunks, w);
    if (w->error != 0)
        return nu_array_files_failed(&w->files, w->error, err);
    return w->stopped ? nu_fail(err, NUDGE_ESTOPPED, "stopped")
                      : nu_array_files_commit(&w->files, err);
}

/* ---- Text ------------------------------------------------------------------------------ */

static nudge_status next_rows(nu_rows *rows, nudge_error *err)
{
    writing *w = rows->user;
    nudge_table *t = rows->table;
    w->done += t->rows;
    show(w);
    if (w->stopped)
        return nu_fail(err, NUDGE_ESTOPPED, "stopped");
    size_t left = w->layout.rows - w->done;
    t->rows = left < w->chunk ? left : w->chunk;
    if (left > 0)
        nu_synth_fill(t, &w->maker, w->done);
    return NUDGE_OK;
}

static nudge_status write_text(writing *w, const nu_format *format, const char *path,
                               nudge_error *err)
{
    size_t n = w->layout.rows < w->chunk ? w->layout.rows : w->chunk;
    nudge_table *t NU_SCOPED(nu_table_drop) = NULL;
    NU_NEW(t, calloc, 1, "a table", err);
    if ((t->source = strdup(w->layout.origin)) == NULL)
        return nu_no_memory(err, strlen(w->layout.origin), "a name");
    NU_TRY(nu_synth_allocate(t, &w->maker.synth, n, w->options->dtype, err));
    NU_TRY(nu_table_finish(t, err));
    nu_synth_fill(t, &w->maker, 0);
    nu_rows rows = {.table = t, .next = next_rows, .user = w};
    return format->write(&rows, path, err);
}

/* ---- All of it ------------------------------------------------------------------------- */

static nudge_status check_labels(const nu_format *format, const char *path, const char *labels,
                                 nudge_error *err)
{
    if (format->open != NULL && labels == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "'%s' holds the features alone; the targets need an "
                       ".npy file of their own, or both go into one .safetensors file", path);
    if (format->open == NULL && labels != NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "'%s' holds the targets too; a file of their own, "
                       "'%s', goes with an .npy file only", path, labels);
    return labels != NULL ? check_labels_path(labels, err) : NUDGE_OK;
}

static void end_writing(writing *w)
{
    nu_array_files_abandon(&w->files);
    nu_synth_end(&w->maker);
}

static nudge_status write_spec(writing *w, const nu_format *format, const char *spec,
                               const char *path, nudge_error *err)
{
    const nu_synth *s = &w->maker.synth;
    nu_array_type type = type_of(nu_element_of(w->options->dtype));
    w->layout = (nu_array_layout){
        .rows = s->rows, .features = s->features, .outputs = 1, .x = type,
        .y = s->classes > 0 ? NU_A_I32 : type, .classes = s->classes,
        .target = nu_synth_target(s), .origin = spec,
    };
    size_t row = (size_t)(nu_layout_x_row(&w->layout) + nu_layout_y_row(&w->layout)) * NU_BLOCK;
    w->chunk = (CHUNK / row > 0 ? CHUNK / row : 1) * NU_BLOCK;
    return format->start != NULL ? write_arrays(w, format, path, err)
                                 : write_text(w, format, path, err);
}

/* 0: it is no file. */
static nudge_status measure_file(uint64_t *bytes, const char *path, nudge_error *err)
{
    struct stat about;
    *bytes = 0;
    if (strcmp(path, "-") == 0)
        return NUDGE_OK;
    if (stat(path, &about) != 0)
        return nu_fail(err, NUDGE_EIO, "cannot tell the size of '%s': %s", path, strerror(errno));
    if (S_ISREG(about.st_mode))
        *bytes = (uint64_t)about.st_size;
    return NUDGE_OK;
}

nudge_status nudge_synth_write(nudge_written *written, const char *spec, const char *path,
                               const nudge_write_options *options, nudge_error *err)
{
    nudge_write_options own = nudge_write_defaults(), *o = &own;
    const nu_format *format;
    writing w NU_SCOPED(end_writing) = {.options = o, .start = nu_seconds()};
    w.shown = w.start;
    NU_TRY(nu_take_options(&own, options, err));
    if (spec == NULL || nu_format_of_spec(spec) == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "no generator was named; synth:NAME,... is right");
    NU_TRY(nu_format_of_output(&format, path, err));
    if (o->dtype != NUDGE_F32 && o->dtype != NUDGE_F64)
        return nu_fail(err, NUDGE_EARGUMENT, "dtype %d is neither f32 nor f64", (int)o->dtype);
    NU_TRY(check_labels(format, path, o->labels, err));
    NU_TRY(nu_synth_start(&w.maker, spec, o->seed, o->threads, err));
    NU_TRY(write_spec(&w, format, spec, path, err));
    uint64_t bytes = w.files.bytes;
    if (bytes == 0)
        NU_TRY(measure_file(&bytes, path, err));
    if (written != NULL)
        *written = (nudge_written){
            .rows = w.layout.rows, .features = w.layout.features, .targets = w.layout.outputs,
            .bytes = bytes,
            .seconds = nu_seconds() - w.start,
        };
    return NUDGE_OK;
}
