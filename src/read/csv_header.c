/* Is the first row of a CSV file a header? Decided from the rows that follow it. */
#include "read/csv_header.h"

#include "core/memory.h"
#include "core/status.h"
#include "prep/prep.h"
#include "read/csv_scan.h"
#include "read/csv_text.h"
#include "table/dictionary.h"
#include "whole.h"

/* Rows and cells after the first row that are looked at. */
#define SAMPLE_ROWS 1000
#define SAMPLE_CELLS 500000

/* What a column of the sample holds below the first row. */
typedef struct below {
    size_t numbers, texts;
    nu_dictionary words;
} below;

typedef struct look {
    nu_csv_first *first;
    size_t room;    /* of its cells */
    int sampling;   /* 0: the first row is enough */
    locale_t c;
    below *columns; /* of each cell of the first row */
    size_t rows;    /* of the sample */
    size_t cell;    /* in the current row */
} look;

/* ---- Reading the sample ---------------------------------------------------------------- */

static nudge_status keep_first(look *l, const char *text, size_t size, nudge_error *err)
{
    nu_csv_first *first = l->first;
    if (first->n == l->room) {
        size_t room = l->room * 2 + 16;
        char **cells = realloc(first->cells, room * sizeof *cells);
        NU_NEED(cells != NULL, room * sizeof *cells, "the first row of a CSV file", err);
        first->cells = cells;
        l->room = room;
    }
    if ((first->cells[first->n] = strndup(text, size)) == NULL)
        return nu_no_memory(err, size, "a cell of a CSV file");
    first->n++;
    return NUDGE_OK;
}

static nudge_status take_cell(nu_csv_scan *scan, const char *text, size_t size)
{
    look *l = scan->user;
    double value;
    size_t j = l->cell++;
    if (l->columns == NULL)
        return keep_first(l, text, size, scan->err);
    if (j >= l->first->n)
        return NUDGE_OK; /* a ragged row: reading will say so */
    below *column = &l->columns[j];
    nu_cell cell = nu_csv_cell(text, size, l->c, &value);
    column->numbers += cell == NU_CELL_NUMBER;
    column->texts += cell == NU_CELL_TEXT;
    if (cell == NU_CELL_TEXT && nu_dictionary_add(&column->words, text, size) == NU_NOT_FOUND)
        return nu_no_memory(scan->err, size, "a cell of a CSV file");
    return NUDGE_OK;
}

static nudge_status take_row(nu_csv_scan *scan)
{
    look *l = scan->user;
    l->cell = 0;
    if (l->columns == NULL) {
        NU_NEW(l->columns, calloc, l->first->n, "the first row of a CSV file", scan->err);
        l->first->line = scan->row_line;
        scan->stop = !l->sampling;
    } else {
        l->rows++;
        scan->stop = l->rows >= SAMPLE_ROWS || l->rows >= SAMPLE_CELLS / l->first->n;
    }
    return NUDGE_OK;
}

/* ---- Deciding -------------------------------------------------------------------------- */

/* A header's names that are numbers are plain ones, such as years, and all different; a row of
 * data has -122.23, or 8 twice. *numbers: how many there are. */
static nudge_status numbers_could_be_names(const look *l, int *could, size_t *numbers,
                                           nudge_error *err)
{
    nu_dictionary seen NU_SCOPED(nu_dictionary_free) = {0};
    *could = 1;
    *numbers = 0;
    for (size_t j = 0; j < l->first->n && *could; j++) {
        const char *text = l->first->cells[j];
        size_t size = strlen(text);
        double value;
        if (nu_csv_cell(text, size, l->c, &value) != NU_CELL_NUMBER)
            continue;
        size_t number = nu_dictionary_add(&seen, text, size);
        NU_NEED(number != NU_NOT_FOUND, size, "a cell of a CSV file", err);
        *could = strspn(text, "0123456789") == size && number == (*numbers)++;
    }
    return NUDGE_OK;
}

/* Whether the first cell of a column is a name: 1 yes, -1 no, 0 cannot be told. */
static int vote(const char *text, const below *column, locale_t c)
{
    size_t size = strlen(text);
    double value;
    nu_cell cell = nu_csv_cell(text, size, c, &value);
    if (cell == NU_CELL_MISSING || cell == NU_CELL_NOT_FINITE ||
        column->numbers + column->texts == 0)
        return 0;
    if (cell == NU_CELL_TEXT && nu_dictionary_find(&column->words, text, size) != NU_NOT_FOUND)
        return -1; /* it is a value like others */
    int numeric = column->numbers > column->texts;
    if (numeric != (cell == NU_CELL_NUMBER))
        return 1; /* it breaks its column's kind */
    if (numeric)
        return 0;
    /* A text that no other row has. In a column where s of n values occur once, a row's value is
     * such a one with a chance of about s/n (Good 1953): where that is small, it is a name. */
    size_t once = 0;
    for (size_t i = 0; i < column->words.n; i++)
        once += column->words.counts[i] == 1;
    return (once + 1) * 20 <= column->texts + 1;
}

static nudge_status looks_like_header(const look *l, int *header, nudge_error *err)
{
    size_t numbers, yes = 0, no = 0;
    NU_TRY(numbers_could_be_names(l, header, &numbers, err));
    for (size_t j = 0; j < l->first->n && *header; j++) {
        int v = vote(l->first->cells[j], &l->columns[j], l->c);
        yes += v > 0;
        no += v < 0;
    }
    if (yes > 0 || no > 0)
        *header = yes > no;
    else if (numbers > 0) /* otherwise texts only, and nothing that speaks against it */
        *header = 0;
    return NUDGE_OK;
}

static int has_name(const nu_csv_first *first, const char *name)
{
    size_t j = 0;
    while (j < first->n && strcmp(first->cells[j], name) != 0)
        j++;
    return j < first->n;
}

/* Whether the first row has all names of a list, or the list as one name. */
static nudge_status has_names(const nu_csv_first *first, const char *list, int *has,
                              nudge_error *err)
{
    size_t n = 0;
    *has = list != NULL && has_name(first, list);
    if (list == NULL || *has)
        return NUDGE_OK;
    char **name NU_FREED = nu_split(list, ',', &n);
    NU_NEED(name != NULL, strlen(list), "names of columns", err);
    *has = 1;
    for (size_t i = 0; i < n && *has; i++)
        *has = has_name(first, name[i]);
    return NUDGE_OK;
}

/* For a model's columns: the row that names them is a header. So is one that lacks some (the
 * message then tells which), unless the model was trained on a file without header. */
static int is_header_for(const nu_csv_first *first, const nudge_prep *like)
{
    size_t n = nu_prep_raw_columns(like);
    for (size_t j = 0; j < n; j++) {
        const char *name = nu_prep_raw_column(like, j);
        if (nu_csv_is_position(name) && !has_name(first, name))
            return 0;
    }
    return 1;
}

static void look_free(look *l)
{
    for (size_t j = 0; l->columns != NULL && j < l->first->n; j++)
        nu_dictionary_free(&l->columns[j].words);
    free(l->columns);
}

nudge_status nu_csv_look(nu_csv_first *first, const char *source, char *bytes, size_t size,
                         const nudge_read_options *options, locale_t c, nudge_error *err)
{
    int sampling = options->header < 0 && options->like == NULL;
    look l NU_SCOPED(look_free) = {.first = first, .sampling = sampling, .c = c};
    nu_csv_scan scan = {.source = source, .bytes = bytes, .size = size, .first_line = 1,
                        .delimiter = ',', .cell = take_cell, .row = take_row, .user = &l,
                        .err = err};
    *first = (nu_csv_first){0};
    NU_TRY(nu_csv_run(&scan));
    if (options->header >= 0)
        first->header = options->header;
    else if (options->like != NULL)
        first->header = is_header_for(first, options->like);
    else
        NU_TRY(has_names(first, options->target, &first->header, err));
    return sampling && !first->header ? looks_like_header(&l, &first->header, err) : NUDGE_OK;
}

void nu_csv_first_free(nu_csv_first *first)
{
    nu_strings_free(first->cells, first->n);
    *first = (nu_csv_first){0};
}
