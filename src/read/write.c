#include "read/write.h"

#include <inttypes.h>

#include "core/memory.h"
#include "core/status.h"
#include "read/formats.h"

nu_array_type nu_array_type_of(nu_element element)
{
    return element == NU_U8 ? NU_A_U8 : element == NU_F32 ? NU_A_F32 : NU_A_F64;
}

/* Keeps every size in range: rows x (features + outputs) x 8 bytes, and the header. */
static int countable(const nu_array_layout *l)
{
    uint64_t row, all;
    return !__builtin_add_overflow(l->features, l->outputs, &row) &&
           !__builtin_mul_overflow(row, (uint64_t)8, &row) &&
           !__builtin_mul_overflow(row, l->rows, &all) && all < (uint64_t)INT64_MAX / 2;
}

nudge_status nu_array_files_start(nu_array_files *f, const nu_format *format,
                                  const nu_array_layout *l, const char *path, const char *labels,
                                  nudge_error *err)
{
    if (!countable(l))
        return nu_fail(err, NUDGE_EARGUMENT, "%" PRIu64 " rows of %" PRIu64 " values are more "
                       "bytes than can be counted", l->rows, l->features + l->outputs);
    return format->start(f, l, path, labels, err);
}

static nudge_status write_arrays(const nudge_table *t, const nu_format *format, const char *path,
                                 const char *labels, nudge_error *err)
{
    nu_array_layout l = {
        .rows = t->rows, .features = t->features, .outputs = t->outputs,
        .x = nu_array_type_of(t->element),
        .image_rows = t->pixel_rows > 1 ? t->pixel_rows : 0,
        .y = t->classes != NULL ? NU_A_I32 : nu_array_type_of(t->y_element),
        .classes = t->n_classes, .target = t->target_name, .origin = t->source,
    };
    nu_array_files f NU_SCOPED(nu_array_files_abandon) = {0};
    const void *y = t->classes != NULL ? (const void *)t->classes : t->y;
    NU_TRY(nu_array_files_start(&f, format, &l, path, labels, err));
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
    if (table->n_columns > 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: a table with named columns and texts is written "
                       "as .csv or .csv.gz, not to '%s'", table->source, path);
    return write_arrays(table, format, path, NULL, err);
}

nudge_status nu_check_labels_path(const char *path, nudge_error *err)
{
    const nu_format *format;
    if (nu_format_of_output(&format, path, NULL) == NUDGE_OK && format == &nu_npy_format)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EARGUMENT, "the name of the file of targets, '%s', must end in "
                   ".npy", path != NULL ? path : "");
}

nudge_status nudge_table_write_targets(const nudge_table *table, const char *path,
                                       nudge_error *err)
{
    NU_TRY(nu_check_labels_path(path, err));
    if (table->n_columns > 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: a table with named columns has its targets among "
                       "them", table->source);
    if (table->outputs == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "%s: it has no targets", table->source);
    return write_arrays(table, &nu_npy_format, NULL, path, err);
}
