#include "read/csv_kinds.h"

#include <math.h>

#include "core/memory.h"
#include "core/status.h"

/* A feature with more different texts than this, on more than half of the rows, is no category
 * but a name, a remark, a key: one-hot inputs for it would teach nothing and fill the memory. */
#define MANY_CATEGORIES 1000

static double *cell_at(const nu_csv_kinds *k, const nu_csv_field *field, size_t row)
{
    return &k->table->chunks[row / NU_CHUNK_ROWS][field->column * NU_CHUNK_ROWS +
                                                  row % NU_CHUNK_ROWS];
}

/* ---- Cells ----------------------------------------------------------------------------- */

static nudge_status take_word(const nu_csv_kinds *k, nu_csv_field *field, const char *text,
                              size_t size, double *value)
{
    size_t number = nu_dictionary_add(&field->words, text, size);
    NU_NEED(number != NU_NOT_FOUND, size, "the categories of a column", k->err);
    *value = (double)number;
    return NUDGE_OK;
}

/* So many different numbers are no classes: from here on numbers are kept, not how they are
 * written. */
static void keep_numbers(const nu_csv_kinds *k, nu_csv_field *field)
{
    for (size_t row = 0; row < k->table->rows; row++) {
        double *cell = cell_at(k, field, row);
        if (!isnan(*cell))
            *cell = field->values[(size_t)*cell];
    }
    nu_dictionary_free(&field->words);
    free(NU_TAKE(field->values));
    field->as_written = 0;
}

/* A number of a target, which may turn out to be the label of a class: 007 is not 7. */
static nudge_status take_written(const nu_csv_kinds *k, nu_csv_field *field, const char *text,
                                 size_t size, double *value)
{
    size_t blank = strspn(text, " \t");
    text += blank;
    size -= blank;
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    size_t known = field->words.n;
    double number = *value;
    if (field->values == NULL)
        NU_NEW(field->values, nu_alloc, NU_NUMERIC_CLASSES + 1, "the classes of a column", k->err);
    NU_TRY(take_word(k, field, text, size, value));
    if (field->words.n > known)
        field->values[known] = number;
    if (field->words.n <= NU_NUMERIC_CLASSES)
        return NUDGE_OK;
    keep_numbers(k, field);
    *value = number;
    return NUDGE_OK;
}

nudge_status nu_csv_take(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         size_t line, double *value)
{
    *value = NAN;
    nu_cell cell = nu_csv_cell(text, size, k->how, value);
    if (cell == NU_CELL_MISSING)
        return NUDGE_OK;
    if (field->want == NU_CATEGORIES)
        cell = NU_CELL_TEXT;
    nu_csv_seen *seen = &field->seen[cell];
    if (seen->count++ == 0) {
        seen->line = line;
        nu_csv_short(seen->text, text);
    }
    if (field->kind == NU_ANY_KIND)
        field->kind = cell == NU_CELL_NUMBER ? NU_NUMBERS : NU_CATEGORIES;
    if (field->kind == NU_CATEGORIES && cell != NU_CELL_NUMBER)
        return take_word(k, field, text, size, value);
    if (field->kind == NU_CATEGORIES || cell != NU_CELL_NUMBER)
        *value = NAN;
    else if (field->as_written)
        return take_written(k, field, text, size, value);
    return NUDGE_OK;
}

/* ---- Columns --------------------------------------------------------------------------- */

/* NUDGE_EDATA if the cells of a column are not of one kind. */
static nudge_status check_kind(const nu_csv_kinds *k, const nu_csv_field *field)
{
    const nu_csv_seen *number = &field->seen[NU_CELL_NUMBER], *text = &field->seen[NU_CELL_TEXT];
    const nu_csv_seen *odd = &field->seen[NU_CELL_NOT_FINITE];
    char name[NU_SHORT];
    nu_csv_short(name, field->name);
    if (field->want == NU_CATEGORIES)
        return NUDGE_OK;
    if (field->want == NU_NUMBERS && text->count > 0 && number->count == 0)
        return nu_fail(k->err, NUDGE_EMISMATCH, "%s:%zu: column '%s': '%s' is not a number; the "
                       "model was trained with numbers here", k->source, text->line, name,
                       text->text);
    if (number->count > 0 && text->count == 1 && text->line == k->first_line)
        return nu_fail_setting(k->err, NUDGE_EDATA, "skip_after_header", "%s:%zu: column '%s': "
                               "'%s' is not a number, but all %zu cells below it are; if line %zu "
                               "has units or the like, leave out that 1 line", k->source,
                               text->line, name, text->text, number->count, text->line);
    if (number->count > 0 && text->count > 0) {
        if (field->want == NU_NUMBERS || text->count <= number->count)
            return nu_fail_setting(k->err, NUDGE_EDATA,
                                   field->want == NU_NUMBERS ? NULL : "category", "%s:%zu: column "
                                   "'%s': '%s' is not a number (%zu other cell%s)%s", k->source,
                                   text->line, name, text->text, number->count,
                                   number->count == 1 ? " is" : "s are",
                                   field->want == NU_NUMBERS ? "" : "; as a category every cell "
                                                                    "is text");
        return nu_fail_setting(k->err, NUDGE_EDATA, "category", "%s:%zu: column '%s': '%s' is a "
                               "number, but %zu other cells are text; as a category every cell is "
                               "text", k->source, number->line, name, number->text, text->count);
    }
    if (odd->count > 0 && text->count == 0)
        return nu_fail(k->err, NUDGE_EDATA, "%s:%zu: column '%s': '%s' is not a finite number; "
                       "leave the cell empty if the value is missing", k->source, odd->line, name,
                       odd->text);
    return NUDGE_OK;
}

static nudge_status check_categories(const nu_csv_kinds *k, const nu_csv_field *field)
{
    size_t n = field->words.n, rows = k->table->rows;
    char name[NU_SHORT];
    nu_csv_short(name, field->name);
    if (n <= MANY_CATEGORIES || n <= rows / 2)
        return NUDGE_OK;
    if (field->is_target)
        return nu_fail(k->err, NUDGE_EDATA, "%s: target column '%s' has %zu different values in "
                       "%zu rows: too many classes", k->source, name, n, rows);
    return nu_fail_setting(k->err, NUDGE_EDATA, "ignore", "%s: text column '%s' has %zu different "
                           "values in %zu rows, too many for categories; leave it out", k->source,
                           name, n, rows);
}

/* A word of a column, for sorting. */
typedef struct word {
    char *text;
    double value; /* 0, or the number that the text is */
    uint32_t number;
} word;

static int compare_words(const void *a, const void *b)
{
    const word *x = a, *y = b;
    return x->value < y->value ? -1 : x->value > y->value ? 1 : strcmp(x->text, y->text);
}

/* Sorts the words, numbers by their values, and renumbers the cells. */
static nudge_status sort_words(const nu_csv_kinds *k, nu_csv_field *field, nu_column *column)
{
    size_t n = field->words.n;
    word *words NU_FREED = NULL;
    uint32_t *rank NU_FREED = NULL;
    NU_NEW(words, nu_alloc, n + 1, "the categories of a column", k->err);
    NU_NEW(rank, nu_alloc, n + 1, "the categories of a column", k->err);
    for (size_t i = 0; i < n; i++)
        words[i] = (word){field->words.texts[i], field->values != NULL ? field->values[i] : 0,
                          (uint32_t)i};
    qsort(words, n, sizeof *words, compare_words);
    for (size_t i = 0; i < n; i++) {
        rank[words[i].number] = (uint32_t)i;
        field->words.texts[i] = words[i].text;
        if (field->values != NULL)
            field->values[i] = words[i].value;
    }
    for (size_t row = 0; row < k->table->rows; row++) {
        double *cell = cell_at(k, field, row);
        if (!isnan(*cell))
            *cell = rank[(size_t)*cell];
    }
    column->categories = field->words.texts;
    column->n_categories = n;
    column->values = NU_TAKE(field->values);
    field->words.texts = NULL;
    field->words.n = 0;
    return NUDGE_OK;
}

/* Missing cells, and the range of numbers. */
static void measure(const nu_csv_kinds *k, const nu_csv_field *field, nu_column *column)
{
    size_t found = 0;
    for (size_t row = 0; row < k->table->rows; row++) {
        double v = *cell_at(k, field, row);
        if (isnan(v) && column->missing++ == 0)
            column->first_missing = row;
        if (isnan(v) || column->kind != NUDGE_COLUMN_NUMBER)
            continue;
        v = column->values != NULL ? column->values[(size_t)v] : v;
        column->min = found == 0 || v < column->min ? v : column->min;
        column->max = found == 0 || v > column->max ? v : column->max;
        column->sum += v;
        found++;
    }
}

nudge_status nu_csv_end_column(const nu_csv_kinds *k, nu_csv_field *field, int check)
{
    nu_column *column = &k->table->columns[field->column];
    NU_TRY(check_kind(k, field));
    if (field->kind == NU_CATEGORIES) {
        column->kind = NUDGE_COLUMN_CATEGORY;
        if (check)
            NU_TRY(check_categories(k, field));
    }
    if (field->kind == NU_CATEGORIES || (field->as_written && field->words.n > 0))
        NU_TRY(sort_words(k, field, column));
    measure(k, field, column);
    return NUDGE_OK;
}
