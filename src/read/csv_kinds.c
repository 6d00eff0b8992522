#include "read/csv_kinds.h"

#include <ctype.h>
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "date.h"

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
static void keep_numbers(const nu_csv_kinds *k, nu_csv_field *field, size_t rows)
{
    for (size_t row = 0; row < rows; row++) {
        double *cell = nu_csv_cell_at(k, field->column, row);
        if (!isnan(*cell))
            *cell = field->values[(size_t)*cell];
    }
    nu_dictionary_free(&field->words);
    free(NU_TAKE(field->values));
    field->as_written = 0;
}

/* A number of a target, which may turn out to be the label of a class: 007 is not 7. */
static nudge_status take_written(const nu_csv_kinds *k, nu_csv_field *field, const char *text,
                                 size_t size, size_t row, double *value)
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
    keep_numbers(k, field, row);
    *value = number;
    return NUDGE_OK;
}

/* Texts that say that a number is negative, as accountants write it: it would be taken for
 * positive. */
static int is_minus(const char *before, size_t n, const char *after, size_t m)
{
    while (m > 0 && after[m - 1] == ' ')
        m--;
    return (n > 0 && before[0] == '-') || memmem(before, n, "\xe2\x88\x92", 3) != NULL ||
           (m > 0 && ((after[0] == '-' && !isalpha((uint8_t)after[1])) || after[m - 1] == '-')) ||
           (memchr(before, '(', n) != NULL && memchr(after, ')', m) != NULL);
}

/* Where the number within a text begins and ends: digits, with a sign and a point, which is no part
 * of "Rs.5". */
static int find_number(const nu_csv_kinds *k, const char *text, size_t size, size_t *begin,
                       size_t *end)
{
    double value;
    size_t at = strcspn(text, "0123456789"), to = size;
    while (to > at && (text[to - 1] < '0' || text[to - 1] > '9'))
        to--;
    if (at >= to)
        return 0;
    if (at > 0 && text[at - 1] == k->how->decimal && (at == 1 || !isalpha((uint8_t)text[at - 2])))
        at--;
    if (at > 0 && (text[at - 1] == '+' || text[at - 1] == '-'))
        at--;
    if (to < size && text[to] == k->how->decimal &&
        nu_csv_cell(text + at, to - at + 1, k->how, &value) == NU_CELL_NUMBER)
        to++; /* "1. kg" */
    *begin = at;
    *end = to;
    return 1;
}

/* The number within a text, with what is before and behind it: in the first such cell of a column
 * anything without digits, then the same. */
static int take_around(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                       double *value)
{
    char number[NU_SHORT * 2];
    size_t begin, end;
    if (!find_number(k, text, size, &begin, &end) || end - begin >= sizeof number)
        return 0;
    const char *behind = text + end;
    size_t after = size - end, n = end - begin;
    memcpy(number, text + begin, n);
    number[n] = '\0';
    if (begin >= NU_AROUND_TEXT || after >= NU_AROUND_TEXT ||
        is_minus(text, begin, behind, after) ||
        nu_csv_cell(number, n, k->how, value) != NU_CELL_NUMBER)
        return 0;
    if (!field->has_around) {
        memcpy(field->around.before, text, begin);
        memcpy(field->around.after, behind, after);
        field->has_around = 1;
    }
    return strlen(field->around.before) == begin && strlen(field->around.after) == after &&
           memcmp(field->around.before, text, begin) == 0 &&
           memcmp(field->around.after, behind, after) == 0;
}

/* What a cell is, and its value if it is a number or a date. */
static nu_cell look_at(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                       double *value)
{
    nu_cell cell = nu_csv_cell(text, size, k->how, value);
    if (cell == NU_CELL_MISSING)
        return cell;
    if (field->want == NU_CATEGORIES)
        return NU_CELL_TEXT;
    if (cell == NU_CELL_TEXT && field->want != NU_NUMBERS && nu_date_parse(text, size, value))
        return NU_CELL_DATE;
    if (field->want != NU_NUMBERS || (cell != NU_CELL_TEXT && cell != NU_CELL_NUMBER))
        return cell;
    if (cell == NU_CELL_NUMBER && !nu_has_around(&field->around))
        field->has_around = 1; /* nothing */
    if (field->has_around && !nu_has_around(&field->around))
        return cell;
    return take_around(k, field, text, size, value) ? NU_CELL_NUMBER : NU_CELL_TEXT;
}

static nudge_status take(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         size_t line, size_t row)
{
    double *value = nu_csv_cell_at(k, field->column, row);
    nu_cell cell = look_at(k, field, text, size, value);
    if (cell == NU_CELL_MISSING) {
        *value = NAN;
        return NUDGE_OK;
    }
    nu_csv_seen *seen = &field->seen[cell];
    if (seen->count++ == 0) {
        seen->line = line;
        nu_csv_short(seen->text, text);
    }
    if (field->kind == NU_ANY_KIND)
        field->kind = cell == NU_CELL_NUMBER ? NU_NUMBERS
                      : cell == NU_CELL_DATE ? NU_DATES
                                             : NU_CATEGORIES;
    if (field->kind == NU_CATEGORIES && (cell == NU_CELL_TEXT || cell == NU_CELL_NOT_FINITE))
        return take_word(k, field, text, size, value);
    if (cell != (field->kind == NU_NUMBERS ? NU_CELL_NUMBER : NU_CELL_DATE)) {
        *value = NAN;
        return NUDGE_OK;
    }
    field->counts = seen->count == 1 ? *value == rint(*value)
                                     : field->counts && *value == field->last + 1;
    field->last = *value;
    return field->as_written && field->kind == NU_NUMBERS
               ? take_written(k, field, text, size, row, value)
               : NUDGE_OK;
}

nudge_status nu_csv_take(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         size_t line, size_t row)
{
    if (size < 2 || text[0] != '\'' || text[size - 1] != '\'')
        return take(k, field, text, size, line, row);
    char *inner NU_FREED = strndup(text + 1, size - 2);
    NU_NEED(inner != NULL, size, "a cell of a CSV file", k->err);
    field->quoted++;
    return take(k, field, inner, size - 2, line, row);
}

int nu_csv_takes_values(const nu_csv_field *field)
{
    return field->kind == NU_NUMBERS && field->seen[NU_CELL_NUMBER].count > 0 &&
           !field->as_written && !nu_has_around(&field->around);
}

size_t nu_csv_take_values(const nu_csv_kinds *k, nu_csv_field *field, const double *cells,
                          size_t n, size_t row)
{
    size_t i = 0, numbers = 0, chunk = nu_chunk_rows(k->table);
    while (numbers < n && !isnan(cells[numbers]))
        numbers++;
    for (size_t some; i < numbers; i += some) {
        some = nu_smaller(numbers - i, chunk - (row + i) % chunk);
        memcpy(nu_csv_cell_at(k, field->column, row + i), cells + i, some * sizeof *cells);
    }
    for (i = 0; i < numbers && field->counts; i++) {
        field->counts = cells[i] == field->last + 1;
        field->last = cells[i];
    }
    field->seen[NU_CELL_NUMBER].count += numbers;
    return numbers;
}

nudge_status nu_csv_keep(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         size_t row)
{
    size_t number = nu_dictionary_add(&field->kept_words, text, size);
    NU_NEED(number != NU_NOT_FOUND, size, "the cells of a column", k->err);
    *nu_csv_cell_at(k, field->kept_column, row) = (double)number;
    return NUDGE_OK;
}

/* ---- Columns --------------------------------------------------------------------------- */

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

/* Sorts the words, numbers by their values, and renumbers the cells. Words of rows that were left
 * out, as they had no target, are forgotten. */
static nudge_status sort_words(const nu_csv_kinds *k, nu_csv_field *field, nu_column *column)
{
    size_t n = 0;
    word *words NU_FREED = NULL;
    uint32_t *rank NU_FREED = NULL;
    NU_NEW(words, nu_alloc, field->words.n + 1, "the categories of a column", k->err);
    NU_NEW(rank, calloc, field->words.n + 1, "the categories of a column", k->err);
    for (size_t row = 0; row < k->table->rows; row++)
        if (!isnan(*nu_csv_cell_at(k, field->column, row)))
            rank[(size_t)*nu_csv_cell_at(k, field->column, row)] = 1; /* it is there */
    for (size_t i = 0; i < field->words.n; i++)
        if (rank[i])
            words[n++] = (word){field->words.texts[i],
                                field->values != NULL ? field->values[i] : 0, (uint32_t)i};
        else
            free(field->words.texts[i]);
    qsort(words, n, sizeof *words, compare_words);
    for (size_t i = 0; i < n; i++) {
        rank[words[i].number] = (uint32_t)i;
        field->words.texts[i] = words[i].text;
        if (field->values != NULL)
            field->values[i] = words[i].value;
    }
    for (size_t row = 0; row < k->table->rows; row++) {
        double *cell = nu_csv_cell_at(k, field->column, row);
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
    double min = INFINITY, max = -INFINITY, sum = 0;
    size_t chunk = nu_chunk_rows(k->table);
    for (size_t first = 0; first < k->table->rows; first += chunk) {
        const double *cells = nu_csv_cell_at(k, field->column, first);
        size_t n = nu_smaller(k->table->rows - first, chunk);
        for (size_t i = 0; i < n; i++) {
            double v = cells[i];
            if (isnan(v)) {
                if (column->missing++ == 0)
                    column->first_missing = first + i;
                continue;
            }
            v = column->values != NULL ? column->values[(size_t)v] : v;
            min = v < min ? v : min;
            max = v > max ? v : max;
            sum += v;
        }
    }
    if (column->kind == NUDGE_COLUMN_CATEGORY || min > max)
        return;
    column->min = min;
    column->max = max;
    column->sum = sum;
}

/* Kept cells stay in the order of their words. */
static void end_kept(const nu_csv_kinds *k, nu_csv_field *field)
{
    nu_column *column = &k->table->columns[field->kept_column];
    column->kind = NUDGE_COLUMN_CATEGORY;
    column->categories = NU_TAKE(field->kept_words.texts);
    column->n_categories = field->kept_words.n;
    field->kept_words.n = 0;
}

nudge_status nu_csv_end_column(const nu_csv_kinds *k, nu_csv_field *field)
{
    nu_column *column = &k->table->columns[field->column];
    if (field->kept)
        end_kept(k, field);
    if (!field->used)
        return NUDGE_OK;
    NU_TRY(nu_csv_check_kind(k, field));
    column->around = field->around;
    column->kind = field->kind == NU_DATES        ? NUDGE_COLUMN_DATE
                   : field->kind == NU_CATEGORIES ? NUDGE_COLUMN_CATEGORY
                                                  : NUDGE_COLUMN_NUMBER;
    if (field->kind == NU_CATEGORIES || (field->as_written && field->words.n > 0))
        NU_TRY(sort_words(k, field, column));
    if (field->kind == NU_CATEGORIES)
        NU_TRY(nu_csv_check_texts(k, field, column));
    measure(k, field, column);
    return NUDGE_OK;
}
