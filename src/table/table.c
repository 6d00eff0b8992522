#include "table/table.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <sys/mman.h>

#include "core/memory.h"
#include "core/status.h"
#include "date.h"
#include "real_text.h"

/* ---- Texts ----------------------------------------------------------------------------- */

void nu_strings_free(char **strings, size_t n)
{
    for (size_t i = 0; strings != NULL && i < n; i++)
        free(strings[i]);
    free(strings);
}

nudge_status nu_strings_make(char ***strings, size_t *count, size_t n, nu_string_item *item,
                             const void *of, const char *what, nudge_error *err)
{
    char **made;
    NU_NEW(made, calloc, n + 1, what, err);
    for (size_t i = 0; i < n; i++)
        if ((made[i] = item(of, i)) == NULL) {
            nu_strings_free(made, i);
            return nu_no_memory(err, n * sizeof *made, what);
        }
    *strings = made;
    *count = n;
    return NUDGE_OK;
}

char *nu_string_copy(const void *strings, size_t i)
{
    return strdup(((char *const *)strings)[i]);
}

char *nu_string_number(const void *of, size_t i)
{
    (void)of;
    char text[NU_NAME_TEXT];
    snprintf(text, sizeof text, "%zu", i);
    return strdup(text);
}

const char *nu_matrix_name(char text[NU_NAME_TEXT], int pixels, size_t j)
{
    snprintf(text, NU_NAME_TEXT, "%c%zu", pixels ? 'p' : 'x', j + 1);
    return text;
}

/* ---- Matrix tables: names and cells ---------------------------------------------------- */

/* Feature columns as described: an image is one. */
static size_t feature_columns(const nudge_table *t)
{
    return t->pixel_rows > 0 ? 1 : t->features;
}

static char *column_name(const void *table, size_t j)
{
    const nudge_table *t = table;
    char text[NU_NAME_TEXT];
    size_t features = feature_columns(t);
    if (t->pixel_rows > 0 && j == 0)
        return strdup("pixels");
    if (j < features)
        return strdup(nu_matrix_name(text, 0, j));
    if (t->outputs == 1)
        return strdup(t->target_name);
    size_t size = strlen(t->target_name) + NU_NAME_TEXT;
    char *name = malloc(size);
    if (name != NULL)
        snprintf(name, size, "%s%zu", t->target_name, j - features + 1);
    return name;
}

#define NAME_BYTES (sizeof(char *) + 32) /* a pointer, and what malloc takes for a short text */

nudge_status nu_table_finish(nudge_table *t, nudge_error *err)
{
    if (t->n_columns > 0)
        return NUDGE_OK;
    if (t->target_name == NULL)
        t->target_name = strdup(t->classes != NULL ? "label" : "y");
    NU_NEED(t->target_name != NULL, sizeof "label", "a name", err);
    if (t->classes != NULL && t->class_labels == NULL)
        NU_TRY(nu_strings_make(&t->class_labels, &t->n_classes, t->n_classes, nu_string_number,
                               NULL, "class labels", err));
    size_t n = feature_columns(t) + t->outputs;
    NU_TRY(nu_memory_check(n * NAME_BYTES, t->source, err));
    return nu_strings_make(&t->names, &t->n_names, n, column_name, t, "the names of columns", err);
}

size_t nu_table_find(const nudge_table *t, const char *name, size_t hint)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        size_t j = (hint + i) % t->n_columns;
        if (strcmp(t->columns[j].name, name) == 0 && !t->columns[j].is_kept)
            return j;
    }
    return SIZE_MAX;
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
            bytes += (uint64_t)t->n_columns * nu_chunk_rows(t) * sizeof(double);
    for (size_t j = 0; j < t->n_columns; j++)
        for (size_t k = 0; k < t->columns[j].n_categories; k++)
            bytes += strlen(t->columns[j].categories[k]) + 1 + sizeof(char *);
    if (t->x != NULL && t->map.base == NULL)
        bytes += (uint64_t)t->rows * t->features * nu_element_size(t->element);
    if (t->y != NULL)
        bytes += (uint64_t)t->rows * t->outputs * nu_element_size(t->y_element);
    if (t->classes != NULL)
        bytes += (uint64_t)t->rows * sizeof *t->classes;
    if (t->weights != NULL)
        bytes += (uint64_t)t->rows * sizeof *t->weights;
    return bytes;
}

void nu_features_free(void *x, nu_mapping map)
{
    if (map.base != NULL)
        (void)munmap(map.base, map.size);
    else
        free(x);
}

void nu_chunk_free(nudge_table *t, size_t c)
{
    double *chunk = NU_TAKE(t->chunks[c]);
    if (t->chunk_bytes == 0)
        free(chunk);
    else if (chunk != NULL)
        (void)munmap(chunk, t->chunk_bytes);
}

void nudge_table_free(nudge_table *table)
{
    if (table == NULL)
        return;
    for (size_t j = 0; table->columns != NULL && j < table->n_columns; j++) {
        free(table->columns[j].name);
        nu_strings_free(table->columns[j].categories, table->columns[j].n_categories);
        free(table->columns[j].values);
    }
    free(table->columns);
    for (size_t c = 0; table->chunks != NULL && c < table->n_chunks; c++)
        nu_chunk_free(table, c);
    free(table->chunks);
    nu_features_free(table->x, table->map);
    free(table->y);
    free(table->classes);
    free(table->class_values);
    free(table->weights);
    nu_strings_free(table->class_labels, table->n_classes);
    nu_strings_free(table->names, table->n_names);
    free(table->target_name);
    nu_notes_free(&table->notes);
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

const nudge_dialect *nudge_table_dialect(const nudge_table *table)
{
    return table->dialect.delimiter != '\0' ? &table->dialect : NULL;
}

const nudge_note *nudge_table_notes(const nudge_table *table, size_t *n)
{
    *n = table->notes.n;
    return table->notes.note;
}

const char *nu_left_out_text(nu_left_out why)
{
    static const char *const texts[] = {
        [NU_ROW_NAMES] = "counts or names the rows", [NU_COUNTS] = "counts up by one",
        [NU_TEXTS] = "most texts differ", [NU_CONSTANT] = "one value only",
        [NU_EMPTY] = "no value",
    };
    return texts[why];
}

static nudge_column_info describe_column(const nudge_table *t, const nu_column *column)
{
    nudge_column_info info = {.name = column->name, .kind = column->kind, .width = 1,
                              .is_target = column->is_target, .missing = column->missing};
    info.left_out = nu_left_out_text(column->left_out);
    info.is_kept = column->is_kept;
    if (column->kind == NUDGE_COLUMN_CATEGORY)
        info.categories = column->n_categories;
    else if (t->rows > column->missing) {
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
    if (t->pixel_rows > 0 && j == 0) {
        info.kind = NUDGE_COLUMN_PIXELS;
        info.width = t->features;
    }
    if (info.is_target && nu_table_has_classes(t)) {
        info.kind = NUDGE_COLUMN_CATEGORY;
        info.categories = t->n_classes;
    } else if (info.is_target) {
        measure(&info, t->y, t->y_element, t->rows, t->outputs, j - features);
    } else {
        measure(&info, t->x, t->element, t->rows, t->features, j);
    }
    return info;
}

const char *nu_number_text(char buf[NUDGE_CELL_SIZE], double v, nu_element type)
{
    int wide = type == NU_F64, most = wide ? DBL_DECIMAL_DIG : FLT_DECIMAL_DIG;
    for (int digits = wide ? DBL_DIG : FLT_DIG; digits <= most; digits++) {
        nu_real_text(buf, v, digits);
        if (wide ? strtod(buf, NULL) == v : strtof(buf, NULL) == (float)v)
            break;
    }
    return buf;
}

static const char *matrix_text(const nudge_table *t, size_t row, size_t j,
                               char buf[NUDGE_CELL_SIZE])
{
    size_t features = feature_columns(t);
    if (t->pixel_rows > 0 && j == 0)
        return NULL;
    if (j >= features && t->classes != NULL)
        return t->class_labels[t->classes[row]];
    if (j < features)
        return nu_number_text(buf, nu_value(t->x, t->element, row * t->features + j), t->element);
    return nu_number_text(buf, nu_value(t->y, t->y_element, row * t->outputs + j - features),
                          t->y_element);
}

const char *nudge_table_text(const nudge_table *table, size_t row, size_t j,
                             char buf[NUDGE_CELL_SIZE])
{
    const nudge_table *t = table;
    if (t->n_columns == 0)
        return matrix_text(t, row, j, buf);
    const nu_column *c = &t->columns[j];
    double v = nu_table_cell(t, row, j);
    if (isnan(v))
        return NULL;
    if (c->kind == NUDGE_COLUMN_CATEGORY || c->values != NULL)
        return c->categories[(size_t)v];
    return c->kind == NUDGE_COLUMN_DATE ? nu_date_text(buf, v) : nu_number_text(buf, v, NU_F64);
}

const char *nudge_table_category(const nudge_table *table, size_t j, size_t k)
{
    return table->n_columns > 0 ? table->columns[j].categories[k] : table->class_labels[k];
}
