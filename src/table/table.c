#include "table/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"

/* ---- Texts ----------------------------------------------------------------------------- */

void nu_strings_free(char **strings, size_t n)
{
    for (size_t i = 0; strings != NULL && i < n; i++)
        free(strings[i]);
    free(strings);
}

char **nu_strings_copy(char *const *strings, size_t n)
{
    char **copy = calloc(n > 0 ? n : 1, sizeof *copy);
    if (copy == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if ((copy[i] = strdup(strings[i])) == NULL) {
            nu_strings_free(copy, n);
            return NULL;
        }
    return copy;
}

const char *nu_matrix_name(char text[NU_NAME_TEXT], int pixels, size_t j)
{
    snprintf(text, NU_NAME_TEXT, "%c%zu", pixels ? 'p' : 'x', j + 1);
    return text;
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

static char *column_name(const nudge_table *t, size_t j)
{
    char text[NU_NAME_TEXT];
    size_t features = feature_columns(t);
    if (is_image(t) && j == 0)
        return strdup("pixels");
    if (j < features)
        return strdup(t->feature_names != NULL ? t->feature_names[j] : nu_matrix_name(text, 0, j));
    if (t->outputs == 1)
        return strdup(t->target_name);
    size_t size = strlen(t->target_name) + NU_NAME_TEXT;
    char *name = malloc(size);
    if (name != NULL)
        snprintf(name, size, "%s%zu", t->target_name, j - features + 1);
    return name;
}

#define NAME_BYTES (sizeof(char *) + 32) /* a pointer, and what malloc takes for a short text */

static nudge_status name_columns(nudge_table *t, nudge_error *err)
{
    size_t n = feature_columns(t) + t->outputs;
    NU_TRY(nu_memory_check(n * NAME_BYTES, t->source, err));
    NU_NEW(t->names, calloc, n, "the names of columns", err);
    for (; t->n_names < n; t->n_names++)
        if ((t->names[t->n_names] = column_name(t, t->n_names)) == NULL)
            return nu_no_memory(err, 32, "the name of a column");
    return NUDGE_OK;
}

static nudge_status number_classes(nudge_table *t, nudge_error *err)
{
    NU_NEW(t->class_labels, calloc, t->n_classes, "class labels", err);
    for (size_t k = 0; k < t->n_classes; k++) {
        char text[24];
        snprintf(text, sizeof text, "%zu", k);
        if ((t->class_labels[k] = strdup(text)) == NULL)
            return nu_no_memory(err, sizeof text, "class labels");
    }
    return NUDGE_OK;
}

nudge_status nu_table_finish(nudge_table *t, nudge_error *err)
{
    if (t->n_columns > 0)
        return NUDGE_OK;
    if (t->target_name == NULL)
        t->target_name = strdup(t->classes != NULL ? "label" : "y");
    if (t->target_name == NULL)
        return nu_no_memory(err, sizeof "label", "a name");
    if (t->classes != NULL && t->class_labels == NULL)
        NU_TRY(number_classes(t, err));
    return name_columns(t, err);
}

/* min, max and mean of `width` neighbouring elements of every row. */
static void measure(nudge_column_info *info, const void *x, nu_element type, size_t rows,
                    size_t stride, size_t first)
{
    double min = INFINITY, max = -INFINITY, sum = 0;
    for (size_t r = 0; r < rows; r++)
        for (size_t j = first; j < first + info->width; j++) {
            double v = nu_value(x, type, r * stride + j);
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

void nudge_table_free(nudge_table *table)
{
    if (table == NULL)
        return;
    for (size_t j = 0; table->columns != NULL && j < table->n_columns; j++) {
        free(table->columns[j].name);
        nu_strings_free(table->columns[j].categories, table->columns[j].n_categories);
    }
    free(table->columns);
    for (size_t c = 0; table->chunks != NULL && c < table->n_chunks; c++)
        free(table->chunks[c]);
    free(table->chunks);
    free(table->x);
    free(table->y);
    free(table->classes);
    nu_strings_free(table->class_labels, table->n_classes);
    nu_strings_free(table->feature_names, table->features);
    nu_strings_free(table->names, table->n_names);
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
