/* Is the first row of a CSV file a header? Decided from the rows that follow it. */
#include "read/csv_header.h"

#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/prep.h"
#include "read/column_list.h"
#include "table/dictionary.h"
#include "whole.h"

/* Rows and cells after the first row that are looked at. */
#define SAMPLE_ROWS 1000
#define SAMPLE_CELLS 500000

/* What a column takes while its file is read, its name and all that is counted: about. */
#define COLUMN_BYTES 2048

/* What a column of the sample holds below the first row. */
typedef struct below {
    size_t numbers, texts;
    size_t fractions; /* numbers that are not written as whole ones */
    nu_dictionary words;
} below;

typedef struct look {
    nu_csv_first *first;
    size_t room;       /* of its cells */
    const nu_csv_reading *how;
    below *columns;    /* n: of each cell of the first row */
    size_t n;
    size_t rows;       /* of the sample, */
    size_t longer;     /* and how many of them have one cell more than the first row, */
    size_t longer_end; /* the last of which holds nothing */
    size_t cell;       /* in the current row */
    int is_empty;      /* the cell before this one */
} look;

/* ---- Reading the sample ---------------------------------------------------------------- */

static nudge_status keep_first(look *l, const nu_csv_scan *scan, const char *text, size_t size,
                               nudge_error *err)
{
    nu_csv_first *first = l->first;
    if (first->n == NU_CSV_MOST_COLUMNS)
        return nu_fail(err, NUDGE_EDATA, "%s:%zu: more than %d cells in a row", scan->source,
                       scan->line, NU_CSV_MOST_COLUMNS);
    if (first->n == l->room) {
        size_t room = l->room + l->room / 2 + 16;
        NU_TRY(nu_memory_check(room * COLUMN_BYTES, "the columns of a CSV file", err));
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
    l->is_empty = size == 0;
    if (l->columns == NULL)
        return keep_first(l, scan, text, size, scan->err);
    if (j >= l->first->n)
        return NUDGE_OK; /* a ragged row: reading will say so */
    below *column = &l->columns[j];
    nu_cell cell = nu_csv_cell(text, size, l->how, &value);
    column->fractions += cell == NU_CELL_NUMBER && strpbrk(text, ".,eE") != NULL;
    column->numbers += cell == NU_CELL_NUMBER;
    column->texts += cell == NU_CELL_TEXT;
    if (cell == NU_CELL_TEXT && nu_dictionary_add(&column->words, text, size) == NU_NOT_FOUND)
        return nu_no_memory(scan->err, size, "a cell of a CSV file");
    return NUDGE_OK;
}

static nudge_status take_row(nu_csv_scan *scan)
{
    look *l = scan->user;
    size_t cells = l->cell;
    l->cell = 0;
    if (l->columns == NULL) {
        NU_NEW(l->columns, calloc, l->first->n, "the first row of a CSV file", scan->err);
        l->n = l->first->n;
        l->first->line = scan->row_line;
    } else {
        l->rows++;
        l->longer += cells == l->first->n + 1;
        l->longer_end += cells == l->first->n + 1 && l->is_empty;
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
        if (nu_csv_cell(text, size, l->how, &value) != NU_CELL_NUMBER)
            continue;
        size_t number = nu_dictionary_add(&seen, text, size);
        NU_NEED(number != NU_NOT_FOUND, size, "a cell of a CSV file", err);
        *could = strspn(text, "0123456789") == size && number == (*numbers)++;
    }
    return NUDGE_OK;
}

/* Whether the first cell of a column is a name: 1 yes, -1 no, 0 cannot be told. */
static int vote(const char *text, const below *column, const nu_csv_reading *how)
{
    size_t size = strlen(text);
    double value;
    nu_cell cell = nu_csv_cell(text, size, how, &value);
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

/* The numbers of the first row are 0, 1, 2, ..., which pandas calls columns without names, or
 * years, or four or more in order, and not written like those below: as data they would be whole
 * numbers above others. */
static int counts_up(const look *l)
{
    size_t numbers = 0, fractions = 0;
    double first = 0, value;
    for (size_t j = 0; j < l->first->n; j++) {
        const char *cell = l->first->cells[j];
        if (nu_csv_cell(cell, strlen(cell), l->how, &value) != NU_CELL_NUMBER)
            continue;
        first = numbers == 0 ? value : first;
        if (value != first + (double)numbers++)
            return 0;
        fractions += l->columns[j].fractions * 2 > l->columns[j].numbers;
    }
    int is_usual = first == 0 || (first >= 1900 && first <= 2100) || numbers >= 4;
    return numbers >= 2 && is_usual && (fractions > 0 || numbers >= 8);
}

/* What the first row is by itself: *header, and whether that is `sure`. */
static nudge_status looks_like_header(const look *l, int *header, int *sure, nudge_error *err)
{
    size_t numbers, yes = 0, no = 0;
    NU_TRY(numbers_could_be_names(l, header, &numbers, err));
    for (size_t j = 0; j < l->first->n && *header; j++) {
        int v = vote(l->first->cells[j], &l->columns[j], l->how);
        yes += v > 0;
        no += v < 0;
    }
    *sure = yes > no;
    if (yes > 0 || no > 0)
        *header = yes > no;
    else if (numbers > 0) /* otherwise texts only, and nothing that speaks against it */
        *header = counts_up(l);
    return NUDGE_OK;
}

static int has_name(const nu_csv_first *first, const char *name)
{
    size_t j = 0;
    while (j < first->n && strcmp(first->cells[j], name) != 0)
        j++;
    return j < first->n;
}

/* 1 if the place of c1, c2, ... is a cell that a header leaves empty. */
static int is_unnamed(const nu_csv_first *first, const char *name)
{
    uint64_t place;
    return nu_parse_whole(name + 1, 1, first->n, &place) && first->cells[place - 1][0] == '\0';
}

/* For a model's columns: the row that names them is a header. So is one that lacks some (the
 * message then tells which), unless the model was trained on a file without header. *all: it has
 * all of them. */
static nudge_status is_header_for(const nu_csv_first *first, const nudge_prep *like, int *header,
                                  int *all, nudge_error *err)
{
    nu_dictionary names NU_SCOPED(nu_dictionary_free) = {0};
    size_t n = nudge_prep_columns(like), places = 0;
    for (size_t j = 0; j < first->n; j++)
        if (nu_dictionary_add(&names, first->cells[j], strlen(first->cells[j])) == NU_NOT_FOUND)
            return nu_no_memory(err, first->n, "the first row of a CSV file");
    for (size_t j = 0; j < n; j++)
        places += nu_csv_is_position(nudge_prep_column_name(like, j)) != 0;
    *header = *all = 1;
    for (size_t j = 0; j < n; j++) {
        const char *name = nudge_prep_column_name(like, j);
        int is_place = nu_csv_is_position(name);
        int has = nu_dictionary_find(&names, name, strlen(name)) != NU_NOT_FOUND ||
                  (is_place && places < n && is_unnamed(first, name));
        *all &= has;
        *header &= has || !is_place;
    }
    return NUDGE_OK;
}

static void look_free(look *l)
{
    for (size_t j = 0; j < l->n; j++)
        nu_dictionary_free(&l->columns[j].words);
    free(l->columns);
}

/* ---- A header above, or one that is too short ------------------------------------------ */

/* A line above that begins with '#' and has a cell for each column: NumPy's savetxt() writes names
 * so. *cells: they, or NULL. */
static nudge_status read_title(char ***cells, const nu_csv_layout *layout, size_t n,
                               nudge_error *err)
{
    nu_csv_first title NU_SCOPED(nu_csv_first_free) = {0};
    look l NU_SCOPED(look_free) = {.first = &title, .how = &layout->how};
    nudge_error inner;
    nu_csv_scan scan = nu_csv_scan_of(layout, &inner);
    *cells = NULL;
    if (layout->title == NULL)
        return NUDGE_OK;
    scan.bytes = layout->title;
    scan.size = layout->title_size;
    scan.first_line = layout->title_line;
    scan.cell = take_cell;
    scan.row = take_row;
    scan.user = &l;
    nudge_status status = nu_csv_run(&scan); /* broken quoting: it is a sentence */
    if (status == NUDGE_EMEMORY)
        return nu_fail(err, status, "%s", inner.text);
    if (status == NUDGE_OK && title.n == n)
        *cells = NU_TAKE(title.cells);
    return NUDGE_OK;
}

/* A column without a name, before the others or behind them. */
static nudge_status widen(nu_csv_first *first, int at_end, nudge_error *err)
{
    char **cells = realloc(first->cells, (first->n + 1) * sizeof *cells), *empty = strdup("");
    first->cells = cells != NULL ? cells : first->cells;
    if (cells == NULL || empty == NULL) {
        free(empty);
        return nu_no_memory(err, first->n * sizeof *cells, "the first row of a CSV file");
    }
    if (!at_end)
        memmove(cells + 1, cells, first->n * sizeof *cells);
    cells[at_end ? first->n : 0] = empty;
    first->n++;
    return NUDGE_OK;
}

/* The line above becomes the header. */
static void take_title(nu_csv_first *first, nu_csv_layout *layout, char ***title)
{
    nu_strings_free(first->cells, first->n);
    first->cells = NU_TAKE(*title);
    first->line = layout->title_line;
    first->header = 1;
    layout->notes--;
    layout->title = NULL;
    for (size_t i = 0; i < layout->skip && layout->size > 0; i++)
        nu_csv_pass_line(layout);
    layout->skip = 0;
}

/* ---- All of it ------------------------------------------------------------------------- */

/* By the names that are asked for, or else by itself; `sure`: it says so. */
static nudge_status judge(const look *l, nu_csv_first *first, const nudge_read_options *o,
                          int *sure, nudge_error *err)
{
    *sure = 1;
    if (o->like != NULL)
        return is_header_for(first, o->like, &first->header, sure, err);
    first->header = o->target != NULL && (has_name(first, o->target) ||
                                          nu_list_has_names(o->target, first->cells, first->n));
    return first->header ? NUDGE_OK : looks_like_header(l, &first->header, sure, err);
}

/* Decides what is not said; the title, if there is one, is taken where it is more of a header. */
static nudge_status find_header(const look *l, nu_csv_layout *layout, char ***title,
                                const nudge_read_options *o, nu_notes *notes, nudge_error *err)
{
    nu_csv_first *first = l->first, above = {.cells = *title, .n = first->n};
    int sure, header, above_is = *title != NULL;
    NU_TRY(judge(l, first, o, &sure, err));
    size_t numbers;
    const look over = {.first = &above, .how = l->how};
    if (above_is && o->like == NULL)
        NU_TRY(numbers_could_be_names(&over, &above_is, &numbers, err));
    if (above_is && o->like != NULL)
        NU_TRY(is_header_for(&above, o->like, &header, &above_is, err));
    if (above_is && (!first->header || !sure)) {
        take_title(first, layout, title);
        return o->like != NULL ? NUDGE_OK
               : nu_note(notes, layout->source, "header", err, "line %zu, which begins with '#', "
                         "is the header", first->line);
    }
    if (o->like != NULL || (first->header && sure))
        return NUDGE_OK;
    if (first->header)
        return nu_note(notes, layout->source, "header", err, "the first row, '%s%s, is taken as "
                       "the header", first->cells[0], first->n > 1 ? "', ..." : "'");
    return nu_note(notes, layout->source, "header", err, "the first row is data, not a header; "
                   "columns are called c1, c2, ...");
}

/* All rows have one cell more than the first. */
static nudge_status take_short_header(const look *l, const nu_csv_layout *layout, nu_notes *notes,
                                      nudge_error *err)
{
    int at_end = l->longer_end == l->longer;
    l->first->header = 1;
    NU_TRY(widen(l->first, at_end, err));
    return nu_note(notes, layout->source, "header", err, "the header has a name less than there "
                   "are columns: the %s has none", at_end ? "last" : "first");
}

static nudge_status choose_header(const look *l, nu_csv_layout *layout,
                                  const nudge_read_options *o, nu_notes *notes, nudge_error *err)
{
    nu_csv_first *first = l->first;
    nu_csv_first title NU_SCOPED(nu_csv_first_free) = {.n = first->n};
    NU_TRY(read_title(&title.cells, layout, first->n, err));
    if (o->header != 0 && l->rows > 0 && l->longer == l->rows && first->n > 1)
        NU_TRY(take_short_header(l, layout, notes, err));
    else if (o->header < 0 || (o->header > 0 && title.cells != NULL))
        NU_TRY(find_header(l, layout, &title.cells, o, notes, err));
    else
        first->header = o->header;
    if (layout->skip > 0 && !first->header)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "skip_after_header", "%s: there is no header "
                               "that lines could be left out after", layout->source);
    if (layout->notes == 0)
        return NUDGE_OK;
    const char *setting = layout->has_row ? "header" : NULL;
    return nu_note(notes, layout->source, setting, err, "%zu line%s above the table that begin%s "
                   "with '#' %s left out", layout->notes, layout->notes == 1 ? "" : "s",
                   layout->notes == 1 ? "s" : "", layout->notes == 1 ? "is" : "are");
}

nudge_status nu_csv_look(nu_csv_first *first, nu_csv_layout *layout,
                         const nudge_read_options *options, nu_notes *notes, nudge_error *err)
{
    look l NU_SCOPED(look_free) = {.first = first, .how = &layout->how};
    nu_csv_scan scan = nu_csv_scan_of(layout, err);
    *first = (nu_csv_first){0};
    scan.cell = take_cell;
    scan.row = take_row;
    scan.user = &l;
    NU_TRY(nu_csv_run(&scan));
    if (first->n == 0)
        return nu_fail(err, NUDGE_EDATA, "%s: no table: no row has a cell that holds something",
                       layout->source);
    NU_TRY(choose_header(&l, layout, options, notes, err));
    if (first->header && first->line >= layout->line)
        first->skip = first->line;
    return NUDGE_OK;
}

void nu_csv_first_free(nu_csv_first *first)
{
    nu_strings_free(first->cells, first->n);
    *first = (nu_csv_first){0};
}
