#include "table/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "read/array.h"

nudge_read_options nudge_read_defaults(void)
{
    return (nudge_read_options){.header = -1, .dtype = NUDGE_F32, .seed = 1};
}

/* ---- Matrix tables: names and cells ---------------------------------------------------- */

static int is_image(const nudge_table *t)
{
    return t->n_columns == 0 && t->pixel_rows > 0;
}

/* Feature columns as described: an image is one. */
static size_t feature_columns(const nudge_table *t)
{
    return is_image(t) ? 1 : t->features;
}

static char *matrix_name(const nudge_table *t, size_t j)
{
    char text[32];
    size_t features = feature_columns(t);
    if (is_image(t) && j == 0)
        return strdup("pixels");
    if (j < features && t->feature_names != NULL)
        return strdup(t->feature_names[j]);
    if (j < features) {
        snprintf(text, sizeof text, "x%zu", j + 1);
        return strdup(text);
    }
    const char *target = t->target_name != NULL ? t->target_name : "y";
    if (t->outputs == 1)
        return strdup(target);
    size_t size = strlen(target) + 24;
    char *name = malloc(size);
    if (name != NULL)
        snprintf(name, size, "%s%zu", target, j - features + 1);
    return name;
}

#define NAME_BYTES (sizeof(char *) + 32) /* a pointer, and what malloc takes for a short text */

static nudge_status name_matrix(nudge_table *t, nudge_error *err)
{
    size_t n = feature_columns(t) + t->outputs;
    NU_TRY(nu_memory_check(n * NAME_BYTES, t->source, err));
    t->names = calloc(n, sizeof *t->names);
    if (t->names == NULL)
        return nu_no_memory(err, n * sizeof *t->names, "the names of columns");
    for (; t->n_names < n; t->n_names++) {
        t->names[t->n_names] = matrix_name(t, t->n_names);
        if (t->names[t->n_names] == NULL)
            return nu_no_memory(err, 32, "the name of a column");
    }
    return NUDGE_OK;
}

static double element(const void *x, nu_element type, size_t i)
{
    switch (type) {
    case NU_U8: return ((const unsigned char *)x)[i];
    case NU_F32: return ((const float *)x)[i];
    case NU_F64: break;
    }
    return ((const double *)x)[i];
}

/* min, max and mean of `width` neighbouring elements of every row. */
static void measure(nudge_column_info *info, const void *x, nu_element type, size_t rows,
                    size_t stride, size_t first)
{
    double min = INFINITY, max = -INFINITY, sum = 0;
    for (size_t r = 0; r < rows; r++)
        for (size_t j = first; j < first + info->width; j++) {
            double v = element(x, type, r * stride + j);
            min = v < min ? v : min;
            max = v > max ? v : max;
            sum += v;
        }
    if (rows == 0)
        return;
    info->min = min;
    info->max = max;
    info->mean = sum / ((double)rows * (double)info->width);
}

static uint64_t table_bytes(const nudge_table *t)
{
    uint64_t bytes = 0;
    for (size_t c = 0; c < t->n_chunks; c++)
        if (t->chunks[c] != NULL)
            bytes += (uint64_t)t->n_columns * NU_CHUNK_ROWS * sizeof(double);
    for (size_t j = 0; j < t->n_columns; j++)
        for (size_t k = 0; k < t->columns[j].n_categories; k++)
            bytes += strlen(t->columns[j].categories[k]) + 1 + sizeof(char *);
    if (t->x != NULL)
        bytes += (uint64_t)t->rows * t->features * nu_element_size(t->element);
    if (t->y != NULL)
        bytes += (uint64_t)t->rows * t->outputs * nu_element_size(t->y_element);
    if (t->classes != NULL)
        bytes += (uint64_t)t->rows * sizeof *t->classes;
    return bytes;
}

/* ---- Reading --------------------------------------------------------------------------- */

static nudge_status read_file(nudge_table **table, const char *path,
                              const nudge_read_options *options, nudge_error *err)
{
    unsigned char *bytes;
    size_t size;
    int done;
    NU_TRY(nu_array_file_read(table, path, options, &done, err));
    if (done)
        return NUDGE_OK;
    NU_TRY(nu_read_file(path, &bytes, &size, err));
    nudge_status status;
    if (nu_npy_looks_like(bytes, size)) /* compressed, or from a pipe */
        status = nu_npy_read(table, path, -1, bytes, size, options, err);
    else if (nu_st_looks_like(bytes, size))
        status = nu_fail(err, NUDGE_EDATA, "%s: a safetensors file that is compressed, or a pipe; "
                         "it must be a plain file", path);
    else if (nu_idx_looks_like(bytes, size))
        status = nu_idx_read(table, path, &bytes, size, options, err);
    else if (options->labels != NULL)
        status = nu_fail(err, NUDGE_EARGUMENT, "%s is not an IDX or NPY file, so it cannot have "
                         "its labels in '%s'; a CSV table's target is one of its columns "
                         "(--target)",
                         path, options->labels);
    else
        status = nu_csv_read(table, path, (const char *)bytes, size, options, err);
    if (status == NUDGE_OK) /* an IDX file's bytes may have become the table's */
        (*table)->read_bytes = table_bytes(*table) + (bytes != NULL ? size : 0);
    free(bytes);
    return status;
}

nudge_status nudge_table_read(nudge_table **table, const char *spec,
                              const nudge_read_options *options, nudge_error *err)
{
    nudge_read_options defaults = nudge_read_defaults();
    if (options == NULL)
        options = &defaults;
    if (table == NULL || spec == NULL || spec[0] == '\0')
        return nu_fail(err, NUDGE_EARGUMENT, "no data was named: a path or synth:NAME,... was "
                       "expected");
    nudge_table *t = NULL;
    NU_TRY(strncmp(spec, "synth:", 6) == 0 ? nu_synth_read(&t, spec, options, err)
                                           : read_file(&t, spec, options, err));
    nudge_status status = t->n_columns == 0 && t->names == NULL ? name_matrix(t, err) : NUDGE_OK;
    if (status != NUDGE_OK)
        nudge_table_free(t);
    else
        *table = t;
    return status;
}

static void free_texts(char **texts, size_t n)
{
    for (size_t i = 0; texts != NULL && i < n; i++)
        free(texts[i]);
    free(texts);
}

void nudge_table_free(nudge_table *table)
{
    if (table == NULL)
        return;
    for (size_t j = 0; table->columns != NULL && j < table->n_columns; j++) {
        free(table->columns[j].name);
        free_texts(table->columns[j].categories, table->columns[j].n_categories);
    }
    free(table->columns);
    for (size_t c = 0; table->chunks != NULL && c < table->n_chunks; c++)
        free(table->chunks[c]);
    free(table->chunks);
    free(table->x);
    free(table->y);
    free(table->classes);
    free_texts(table->class_labels, table->n_classes);
    free_texts(table->feature_names, table->features);
    free_texts(table->names, table->n_names);
    free(table->target_name);
    free(table->source);
    free(table);
}

/* ---- Describing ------------------------------------------------------------------------ */

nudge_table_info nudge_table_describe(const nudge_table *table)
{
    return (nudge_table_info){
        .source = table->source,
        .format = table->format,
        .rows = table->rows,
        .columns = table->n_columns > 0 ? table->n_columns
                                        : feature_columns(table) + table->outputs,
        .bytes = table_bytes(table),
        .noise_floor = table->noise_floor,
    };
}

static nudge_column_info describe_column(const nudge_table *t, const nu_column *column)
{
    nudge_column_info info = {.name = column->name, .kind = column->kind, .width = 1,
                              .is_target = column->is_target, .missing = column->missing,
                              .categories = column->n_categories};
    if (column->kind == NUDGE_COLUMN_NUMBER && t->rows > column->missing) {
        info.min = column->min;
        info.max = column->max;
        info.mean = column->sum / (double)(t->rows - column->missing);
    }
    return info;
}

nudge_column_info nudge_table_column(const nudge_table *table, size_t j)
{
    const nudge_table *t = table;
    if (t->n_columns > 0)
        return describe_column(t, &t->columns[j]);
    size_t features = feature_columns(t);
    nudge_column_info info = {.name = t->names != NULL ? t->names[j] : "", .width = 1,
                              .kind = NUDGE_COLUMN_NUMBER, .is_target = j >= features};
    if (is_image(t) && j == 0) {
        info.kind = NUDGE_COLUMN_PIXELS;
        info.width = t->features;
    }
    if (info.is_target && t->classes != NULL) {
        info.kind = NUDGE_COLUMN_CATEGORY;
        info.categories = t->n_classes;
    } else if (info.is_target) {
        measure(&info, t->y, t->y_element, t->rows, t->outputs, j - features);
    } else {
        measure(&info, t->x, t->element, t->rows, t->features, j);
    }
    return info;
}

const char *nudge_table_category(const nudge_table *table, size_t j, size_t k)
{
    return table->n_columns > 0 ? table->columns[j].categories[k] : table->class_labels[k];
}
