/* The table of formats, and from a file to a table. */
#include "read/read.h"

#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "model/safetensors.h"
#include "read/archive.h"
#include "read/array_map.h"
#include "read/file_parts.h"
#include "read/foreign.h"
#include "read/stored_table.h"
#include "synth/rows.h"

/* ---- Formats --------------------------------------------------------------------------- */

static nudge_status read_synth(nudge_table *t, nu_source *s, const nudge_read_options *options,
                               nudge_error *err)
{
    return nu_synth_read(t, s->name, options->seed, options->threads, options->dtype, err);
}

static const nu_format synth_format = {.name = "synth", .prefix = "synth:", .read = read_synth};

static const nu_format *const formats[] = {
    &synth_format, &nu_npy_format, &nu_npz_format, &nu_safetensors_format, &nu_idx_format,
    &nu_arff_format, &nu_libsvm_format, &nu_fann_format, &nu_csv_format,
};

#define FORMATS (sizeof formats / sizeof *formats)

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static int has_ending(const nu_format *f, const char *path)
{
    for (size_t k = 0; k < 2; k++)
        if (f->ending[k] != NULL && ends_with(path, f->ending[k]))
            return 1;
    return 0;
}

const nu_format *nu_format_of_spec(const char *spec)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i]->prefix != NULL &&
            strncmp(spec, formats[i]->prefix, strlen(formats[i]->prefix)) == 0)
            return formats[i];
    return NULL;
}

/* By its content, or its ending; `other` if nothing tells. NUDGE_EDATA: it is one that is not
 * read. */
static nudge_status find_format(const nu_format **format, const nu_source *s,
                                const nu_format *other, nudge_error *err)
{
    unsigned char head[NU_HEAD];
    size_t size;
    NU_TRY(nu_source_head(s, head, &size, err));
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i]->looks_like != NULL && formats[i]->looks_like(head, size)) {
            *format = formats[i];
            return NUDGE_OK;
        }
    *format = other;
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i]->by_ending && has_ending(formats[i], s->name))
            *format = formats[i];
    return nu_foreign_check(s->name, head, size, err);
}

static nudge_status open_file(nu_source *s, const nu_format **format, const char *path,
                              const nu_format *other, nudge_error *err)
{
    NU_TRY(nu_archive_open(s, path, err));
    return find_format(format, s, other, err);
}

nudge_status nu_format_of_output(const nu_format **format, const char *path, nudge_error *err)
{
    int standard = path != NULL && strcmp(path, "-") == 0;
    for (size_t i = 0; path != NULL && i < FORMATS; i++)
        if (standard ? formats[i] == &nu_csv_format
                     : has_ending(formats[i], path) &&
                           (formats[i]->write != NULL || formats[i]->start != NULL)) {
            *format = formats[i];
            return NUDGE_OK;
        }
    return nu_fail(err, NUDGE_EARGUMENT, "the name of the output file, '%s', must end in .csv, "
                   ".csv.gz, .npy or .safetensors", path != NULL ? path : "");
}

/* ---- Reading --------------------------------------------------------------------------- */

nudge_read_options nudge_read_defaults(void)
{
    return (nudge_read_options){.size = sizeof(nudge_read_options), .header = -1,
                                .skip_rows = SIZE_MAX, .skip_after_header = SIZE_MAX,
                                .dtype = NUDGE_F32, .seed = 1};
}

static nudge_status read_labels(nudge_table *t, const char *path, nudge_error *err)
{
    nu_source s NU_SCOPED(nu_source_close) = {.fd = -1};
    nu_array a;
    const nu_format *format;
    NU_TRY(open_file(&s, &format, path, &nu_idx_format, err));
    if (format->open == NULL)
        return nu_fail(err, NUDGE_EDATA, "%s: a %s file; labels are an IDX or NPY file, or "
                       "tensor y beside x in the file of the data", path, format->name);
    NU_TRY(format->open(&a, &s, err));
    return nu_array_read_targets(t, &a, err);
}

/* Of a table that is no CSV table, whose weights are a column. */
static nudge_status read_weights(nudge_table *t, const char *path, const nu_format *of,
                                 nudge_error *err)
{
    nu_source s NU_SCOPED(nu_source_close) = {.fd = -1};
    nu_array a;
    if (of->read == read_synth)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "weight", "%s: synthetic rows have no weights",
                               t->source);
    const nu_format *format;
    NU_TRY(open_file(&s, &format, path, &nu_idx_format, err));
    if (format->open == NULL)
        return nu_fail_setting(err, NUDGE_EDATA, "weight", "%s: a %s file; weights of %s data are "
                               "an IDX or NPY file", path, format->name, of->name);
    NU_TRY(format->open(&a, &s, err));
    return nu_array_read_weights(t, &a, err);
}

static nudge_status read_array(nudge_table *t, nu_source *s, const nu_format *format,
                               const nudge_read_options *options, nudge_error *err)
{
    nu_array a;
    NU_TRY(format->open(&a, s, err));
    if (a.rank < format->least_rank)
        return nu_fail_setting(err, NUDGE_EDATA, "labels", "%s: an array of %zu dimension, which "
                               "is labels; the data is the file of the images", s->name, a.rank);
    return nu_array_take_features(t, &a, options->stream, err);
}

static void drop_target(nudge_table *t)
{
    free(NU_TAKE(t->y));
    free(NU_TAKE(t->classes));
    free(NU_TAKE(t->class_values));
    nu_strings_free(NU_TAKE(t->class_labels), t->n_classes);
    t->n_classes = t->outputs = 0;
}

/* The first setting that only text tables have, of those that say how they are written; or NULL. */
static const char *written_setting(const nudge_read_options *o)
{
    return o->header >= 0                     ? "header"
           : o->delimiter != '\0'             ? "delimiter"
           : o->decimal != '\0'               ? "decimal"
           : o->thousands != '\0'             ? "thousands"
           : o->missing != NULL               ? "missing"
           : o->skip_rows != SIZE_MAX         ? "skip_rows"
           : o->skip_after_header != SIZE_MAX ? "skip_after_header"
                                              : NULL;
}

/* Likewise of those for tables with columns; a model says what most of them say. */
static const char *column_setting(const nudge_read_options *o)
{
    return o->encoding != NULL   ? "encoding"
           : o->keep != NULL     ? "keep"
           : o->like != NULL     ? NULL
           : o->target != NULL   ? "target"
           : o->features != NULL ? "features"
           : o->ignore != NULL   ? "ignore"
           : o->category != NULL ? "category"
           : o->number != NULL   ? "number"
                                 : NULL;
}

static nudge_status has_no_columns(const nu_source *s, const nu_format *format,
                                   const char *setting, nudge_error *err)
{
    return nu_fail_setting(err, NUDGE_EARGUMENT, setting, "%s: %s data has no columns to choose by "
                           "name and no encoding, as CSV has", s->name, format->name);
}

nudge_status nu_read_source(nudge_table **table, nu_source *s, const nu_format *format,
                            const nudge_read_options *options, nudge_error *err)
{
    nudge_table *t NU_SCOPED(nu_table_drop) = NULL;
    NU_NEW(t, calloc, 1, "a table", err);
    t->noise_floor = NAN;
    t->format = format->name;
    const char *name = s->parts != NULL ? s->parts->spec : s->name;
    NU_NEED((t->source = strdup(name)) != NULL, strlen(name), "a name", err);
    if (options->labels != NULL && !format->takes_labels)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "target", "%s is not an IDX or NPY file, so "
                               "it cannot have its labels in '%s'; a CSV table's target is one of "
                               "its columns", s->name, options->labels);
    const char *written = written_setting(options), *chosen = column_setting(options);
    if (written != NULL && format != &nu_csv_format)
        return nu_fail_setting(err, NUDGE_EARGUMENT, written, "%s: %s data has no header, no "
                               "delimiter, decimal sign or other ways of writing to tell, as CSV "
                               "has", s->name, format->name);
    if (chosen != NULL && !format->has_columns)
        return has_no_columns(s, format, chosen, err);
    NU_TRY(format->open != NULL ? read_array(t, s, format, options, err)
                                : format->read(t, s, options, err));
    if (chosen != NULL && t->n_columns == 0)
        return has_no_columns(s, format, chosen, err);
    if (options->stream && t->map.base == NULL)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "stream", "%s: %s data cannot stay in its "
                               "file; NPY and safetensors can", s->name, format->name);
    if (options->without_target && t->n_columns == 0)
        drop_target(t);
    t->read_bytes = nudge_table_describe(t).bytes +
                    (s->parts != NULL ? s->parts->largest : s->bytes != NULL ? s->size : 0);
    if (options->labels != NULL)
        NU_TRY(read_labels(t, options->labels, err));
    if (options->weight != NULL && t->n_columns == 0)
        NU_TRY(read_weights(t, options->weight, format, err));
    NU_TRY(nu_table_finish(t, err));
    *table = NU_TAKE(t);
    return NUDGE_OK;
}

/* The first of several files, which knows the others. */
static nudge_status read_parts(nudge_table **table, nu_file_parts *parts,
                               const nudge_read_options *options, nudge_error *err)
{
    nu_source s NU_SCOPED(nu_source_close) = {.fd = -1};
    const nu_format *format;
    nudge_error own;
    NU_TRY(open_file(&s, &format, parts->part[0].path, &nu_csv_format, err));
    if (format != &nu_csv_format)
        return nu_fail(err, NUDGE_EDATA, "%s: a %s file, of those that fit '%s'; only CSV files "
                       "can be parts of one dataset", s.name, format->name, parts->spec);
    NU_TRY(nu_source_load(&s, err));
    s.parts = parts;
    parts->begun = 1;
    parts->largest = (size_t)s.size;
    err = err != NULL ? err : &own;
    nudge_status status = nu_read_source(table, &s, format, options, err);
    if (status != NUDGE_OK)
        nu_file_parts_place(parts, err);
    return status;
}

nudge_status nudge_table_read(nudge_table **table, const char *spec,
                              const nudge_read_options *options, nudge_error *err)
{
    nudge_read_options own = nudge_read_defaults();
    NU_TRY(nu_take_options(&own, options, err));
    if (table == NULL || spec == NULL || spec[0] == '\0')
        return nu_fail(err, NUDGE_EARGUMENT, "no data was named: a path or synth:NAME,... was "
                       "expected");
    nu_source s NU_SCOPED(nu_source_close) = {.name = spec, .fd = -1};
    const nu_format *format = nu_format_of_spec(spec);
    if (format != NULL)
        return nu_read_source(table, &s, format, &own, err);
    nu_file_parts parts NU_SCOPED(nu_file_parts_free) = {0};
    NU_TRY(nu_file_parts_find(&parts, spec, err));
    if (parts.n > 0)
        return read_parts(table, &parts, &own, err);
    NU_TRY(open_file(&s, &format, spec, &nu_csv_format, err));
    return nu_read_source(table, &s, format, &own, err);
}

int nudge_file_is_model(const char *path)
{
    nu_source s NU_SCOPED(nu_source_close) = {.fd = -1};
    nu_st_file f NU_SCOPED(nu_st_close) = {.fd = -1};
    const nu_format *named;
    if (path == NULL)
        return 0;
    if (nu_source_open_plain(&s, path, NULL) != NUDGE_OK || s.fd < 0)
        return nu_format_of_output(&named, path, NULL) == NUDGE_OK &&
               named == &nu_safetensors_format;
    if (find_format(&named, &s, NULL, NULL) != NUDGE_OK || named != &nu_safetensors_format)
        return 0;
    if (nu_st_open(&f, path, NULL) != NUDGE_OK)
        return 1;
    const char *text = nu_st_metadata(&f, "format");
    if (text != NULL && (strcmp(text, "nudge") == 0 || strcmp(text, NU_STORED_FORMAT) == 0))
        return strcmp(text, NU_STORED_FORMAT) != 0;
    return nu_st_find(&f, "x") == NULL;
}
