#include "read/csv_kinds.h"

#include <ctype.h>
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "date.h"

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

/* Texts that say that a number is negative, as accountants write it: it would be taken for
 * positive. */
static int is_minus(const char *before, size_t n, const char *after, size_t m)
{
    while (m > 0 && after[m - 1] == ' ')
        m--;
    return (n > 0 && before[0] == '-') || memmem(before, n, "\xe2\x88\x92", 3) != NULL ||
           (m > 0 && (after[0] == '-' || after[m - 1] == '-')) ||
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

static int has_texts_around(const nu_csv_field *field)
{
    return field->around.before[0] != '\0' || field->around.after[0] != '\0';
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
    if (cell == NU_CELL_NUMBER && !has_texts_around(field))
        field->has_around = 1; /* nothing */
    if (field->has_around && !has_texts_around(field))
        return cell;
    return take_around(k, field, text, size, value) ? NU_CELL_NUMBER : NU_CELL_TEXT;
}

static nudge_status take(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         size_t line, double *value)
{
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
               ? take_written(k, field, text, size, value)
               : NUDGE_OK;
}

nudge_status nu_csv_take(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         size_t line, double *value)
{
    if (size < 2 || text[0] != '\'' || text[size - 1] != '\'')
        return take(k, field, text, size, line, value);
    char *inner NU_FREED = strndup(text + 1, size - 2);
    NU_NEED(inner != NULL, size, "a cell of a CSV file", k->err);
    field->quoted++;
    return take(k, field, inner, size - 2, line, value);
}

nudge_status nu_csv_keep(const nu_csv_kinds *k, nu_csv_field *field, const char *text, size_t size,
                         double *value)
{
    size_t number = nu_dictionary_add(&field->kept_words, text, size);
    NU_NEED(number != NU_NOT_FOUND, size, "the cells of a column", k->err);
    *value = (double)number;
    return NUDGE_OK;
}

/* ---- Cells of the wrong kind ----------------------------------------------------------- */

/* Cells that are not what all of the column were to be. */
static nudge_status check_wanted(const nu_csv_kinds *k, const nu_csv_field *field)
{
    const char *what = field->want == NU_DATES ? "date" : "number";
    const nu_csv_seen *odd = NULL;
    char name[NU_SHORT];
    for (nu_cell c = NU_CELL_NUMBER; c < NU_CELLS; c++) {
        nu_cell right = field->want == NU_DATES ? NU_CELL_DATE : NU_CELL_NUMBER;
        if (c != right && c != NU_CELL_NOT_FINITE && field->seen[c].count > 0)
            odd = &field->seen[c];
    }
    if (odd == NULL)
        return NUDGE_OK;
    nu_csv_short(name, field->name);
    if (k->by_model && field->want == NU_NUMBERS && has_texts_around(field))
        return nu_fail(k->err, NUDGE_EMISMATCH, "%s:%zu: column '%s': '%s' is not a number with "
                       "'%s' before and '%s' behind it, as those the model was trained with",
                       k->source, odd->line, name, odd->text, field->around.before,
                       field->around.after);
    if (k->by_model)
        return nu_fail(k->err, NUDGE_EMISMATCH, "%s:%zu: column '%s': '%s' is not a %s; the model "
                       "was trained with %ss here", k->source, odd->line, name, odd->text, what,
                       what);
    if (has_texts_around(field))
        return nu_fail_setting(k->err, NUDGE_EDATA, "number", "%s:%zu: column '%s': '%s' is not a "
                               "number with '%s' before and '%s' behind it, as the first",
                               k->source, odd->line, name, odd->text, field->around.before,
                               field->around.after);
    return nu_fail_setting(k->err, NUDGE_EDATA, "number", "%s:%zu: column '%s': '%s' is not a "
                           "number", k->source, odd->line, name, odd->text);
}

/* Two kinds in one column: the rarer one is what is wrong, texts in doubt. */
static nudge_status check_mixed(const nu_csv_kinds *k, const nu_csv_field *field)
{
    const nu_csv_seen *number = &field->seen[NU_CELL_NUMBER], *text = &field->seen[NU_CELL_TEXT];
    const nu_csv_seen *date = &field->seen[NU_CELL_DATE], *most = date->count > number->count
                                                                      ? date : number;
    char name[NU_SHORT];
    nu_csv_short(name, field->name);
    if (number->count > 0 && text->count == 1 && text->line == k->first_line)
        return nu_fail_setting(k->err, NUDGE_EDATA, "skip_after_header", "%s:%zu: column '%s': "
                               "'%s' is not a number, but all %zu cells below it are; if line %zu "
                               "has units or the like, leave out that 1 line", k->source,
                               text->line, name, text->text, number->count, text->line);
    if (text->count > most->count)
        return nu_fail_setting(k->err, NUDGE_EDATA, "category", "%s:%zu: column '%s': '%s' is a "
                               "%s, but %zu other cells are text; as a category every cell is "
                               "text", k->source, most->line, name, most->text,
                               most == date ? "date" : "number", text->count);
    const nu_csv_seen *odd = text->count > 0 ? text : most == date ? number : date;
    int word = strpbrk(odd->text, "0123456789") == NULL; /* no code: it stands for something */
    return nu_fail_setting(k->err, NUDGE_EDATA, word ? "missing" : "category", "%s:%zu: column "
                           "'%s': '%s' is not a %s (%zu other cell%s); %s", k->source, odd->line,
                           name, odd->text, most == date ? "date" : "number", most->count,
                           most->count == 1 ? " is" : "s are",
                           word ? "does it stand for a missing value?"
                                : "as a category every cell is text");
}

/* NUDGE_EDATA if the cells of a column are not of one kind. */
static nudge_status check_kind(const nu_csv_kinds *k, const nu_csv_field *field)
{
    const nu_csv_seen *odd = &field->seen[NU_CELL_NOT_FINITE];
    char name[NU_SHORT];
    if (field->want == NU_CATEGORIES)
        return NUDGE_OK;
    size_t texts = field->seen[NU_CELL_TEXT].count, kinds = texts > 0;
    kinds += (field->seen[NU_CELL_NUMBER].count > 0) + (field->seen[NU_CELL_DATE].count > 0);
    if (field->want != NU_ANY_KIND)
        NU_TRY(check_wanted(k, field));
    if (kinds > 1)
        return check_mixed(k, field);
    if (odd->count > 0 && texts == 0)
        return nu_fail_setting(k->err, NUDGE_EDATA, "missing", "%s:%zu: column '%s': '%s' is not a "
                               "finite number; does it stand for a missing value?", k->source,
                               odd->line, nu_csv_short(name, field->name), odd->text);
    return NUDGE_OK;
}

/* The texts of a column that are numbers with something around or in them, one for most cells: not
 * taken as categories without a word. */
static int is_like_number(const char *text, int *thousands)
{
    size_t size = strlen(text), digits = strcspn(text, "0123456789");
    size_t after = strspn(text + digits, "0123456789.,");
    const char *rest = text + digits + after;
    *thousands = nu_csv_has_thousands(text, size, ',');
    if (*thousands || after == 0)
        return *thousands;
    for (size_t i = digits, points = 0; i < digits + after; i++)
        if ((points += text[i] == '.' || text[i] == ',') > 1)
            return 0; /* "1.2.3" */
    for (size_t i = 0; i < digits; i++)
        if ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z'))
            return 0; /* "Person 12" */
    return digits <= 4 && strlen(rest) <= 6 && strpbrk(rest, "0123456789") == NULL;
}

static nudge_status check_texts(const nu_csv_kinds *k, const nu_csv_field *field)
{
    size_t n = field->words.n, cells = field->seen[NU_CELL_TEXT].count, like = 0;
    char name[NU_SHORT], text[NU_SHORT];
    int thousands = 0;
    nu_csv_short(name, field->name);
    if (k->by_model || field->want == NU_CATEGORIES || n <= cells / 2 || n < 5)
        return NUDGE_OK;
    while (like < n && is_like_number(field->words.texts[like], &thousands))
        like++;
    if (like == n)
        return nu_fail_setting(k->err, NUDGE_EDATA, thousands ? "thousands" : "number", "%s:%zu: "
                               "column '%s': '%s' is text, but looks like a number %s", k->source,
                               field->seen[NU_CELL_TEXT].line, name,
                               nu_csv_short(text, field->seen[NU_CELL_TEXT].text),
                               thousands ? "with thousands apart" : "with more around it");
    if (field->is_target && n > NU_NUMERIC_CLASSES)
        return nu_fail(k->err, NUDGE_EDATA, "%s: target column '%s' has %zu different values in "
                       "%zu rows: too many classes", k->source, name, n, k->table->rows);
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
        if (isnan(v) || column->kind == NUDGE_COLUMN_CATEGORY)
            continue;
        v = column->values != NULL ? column->values[(size_t)v] : v;
        column->min = found == 0 || v < column->min ? v : column->min;
        column->max = found == 0 || v > column->max ? v : column->max;
        column->sum += v;
        found++;
    }
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
    NU_TRY(check_kind(k, field));
    column->around = field->around;
    column->kind = field->kind == NU_DATES        ? NUDGE_COLUMN_DATE
                   : field->kind == NU_CATEGORIES ? NUDGE_COLUMN_CATEGORY
                                                  : NUDGE_COLUMN_NUMBER;
    if (field->kind == NU_CATEGORIES)
        NU_TRY(check_texts(k, field));
    if (field->kind == NU_CATEGORIES || (field->as_written && field->words.n > 0))
        NU_TRY(sort_words(k, field, column));
    measure(k, field, column);
    return NUDGE_OK;
}
