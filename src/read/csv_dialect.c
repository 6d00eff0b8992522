#include "read/csv_dialect.h"

#include <stdio.h>
#include <strings.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/prep.h"
#include "read/csv_encoding.h"
#include "read/csv_trial.h"

/* ---- What is said ---------------------------------------------------------------------- */

static nudge_status check_options(const nudge_read_options *o, nudge_error *err)
{
    char d = o->delimiter;
    if (d != '\0' && d != '\t' && (d < ' ' || d > '~' || strchr("\"'.+-", d) != NULL ||
                                   (d >= '0' && d <= '9') || ((d | 32) >= 'a' && (d | 32) <= 'z')))
        return nu_fail_setting(err, NUDGE_EARGUMENT, "delimiter", "a delimiter of cells is a "
                               "character that is no letter, digit, quote, point or sign");
    if (o->decimal != '\0' && o->decimal != '.' && o->decimal != ',')
        return nu_fail_setting(err, NUDGE_EARGUMENT, "decimal", "numbers have a decimal point or a "
                               "decimal comma");
    if (o->missing != NULL && strlen(o->missing) >= NUDGE_MISSING_SIZE)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "missing", "a list of less than %d bytes is "
                               "right", NUDGE_MISSING_SIZE);
    if (o->missing != NULL && !nu_is_utf8(o->missing))
        return nu_fail_setting(err, NUDGE_EARGUMENT, "missing", "the list is not UTF-8, which "
                               "cells are compared in, whatever the file is written in");
    if ((unsigned char)o->thousands > '~')
        return nu_fail_setting(err, NUDGE_EARGUMENT, "thousands", "an ASCII character is right "
                               "between thousands");
    if (o->encoding != NULL && strlen(o->encoding) >= NUDGE_ENCODING_SIZE)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "encoding", "'%s' is no encoding; latin1 is",
                               o->encoding);
    return NUDGE_OK;
}

nudge_status nu_csv_said(nudge_dialect *dialect, const nudge_read_options *o, nudge_error *err)
{
    NU_TRY(check_options(o, err));
    *dialect = o->like != NULL ? o->like->dialect : (nudge_dialect){0};
    if (o->delimiter != '\0')
        dialect->delimiter = o->delimiter;
    if (o->decimal != '\0')
        dialect->decimal = o->decimal;
    if (o->encoding != NULL)
        snprintf(dialect->encoding, sizeof dialect->encoding, "%s", o->encoding);
    if (o->thousands != '\0')
        dialect->thousands = o->thousands;
    if (o->missing != NULL) {
        snprintf(dialect->missing, sizeof dialect->missing, "%s", o->missing);
        dialect->has_missing = 1;
    }
    if (o->skip_rows != SIZE_MAX)
        dialect->skip_rows = o->skip_rows;
    if (o->skip_after_header != SIZE_MAX)
        dialect->skip_after_header = o->skip_after_header;
    return NUDGE_OK;
}

/* Lines that are left out because a model's data had such. */
static nudge_status say_skipped(const nu_csv_layout *l, size_t lines, size_t said,
                                const char *setting, const char *where, nu_notes *notes,
                                nudge_error *err)
{
    if (lines == 0 || said != SIZE_MAX)
        return NUDGE_OK;
    return nu_note(notes, l->source, setting, err, "%zu line%s %s %s left out, as in the data of "
                   "the model", lines, lines == 1 ? "" : "s", where, lines == 1 ? "is" : "are");
}

/* ---- Above the table ------------------------------------------------------------------- */

void nu_csv_pass_line(nu_csv_layout *l)
{
    size_t n = nu_csv_line_size(l->bytes, l->size);
    l->bytes += n;
    l->size -= n;
    l->line++;
}

/* A first row that is longer than a table can have would be looked at again and again. */
static nudge_status check_line(const nu_csv_layout *l, nudge_error *err)
{
    size_t size = nu_csv_line_size(l->bytes, l->size);
    if (size <= NU_CSV_MOST_COLUMNS * (size_t)64)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EDATA, "%s:%zu: a line of %zu bytes, too long for the first row of a "
                   "table", l->source, l->line, size);
}

/* Excel's first line "sep=;", which it fills up with delimiters. */
static nudge_status take_sep_line(nu_csv_layout *l, int is_said, nu_notes *notes, nudge_error *err)
{
    size_t n = nu_csv_line_size(l->bytes, l->size);
    size_t quote = n > 0 && l->bytes[0] == '"';
    const char *line = l->bytes + quote;
    if (n < quote + 5 || strncasecmp(line, "sep=", 4) != 0)
        return NUDGE_OK;
    char c = line[4];
    for (size_t i = quote + 5; i < n; i++)
        if (strchr("\"\r\n", l->bytes[i]) == NULL && l->bytes[i] != c)
            return NUDGE_OK;
    nudge_read_options said = {.delimiter = c};
    if (c == '\n' || c == '\r' || check_options(&said, NULL) != NUDGE_OK)
        return NUDGE_OK;
    nu_csv_pass_line(l);
    if (is_said)
        return NUDGE_OK;
    l->dialect.delimiter = c;
    const char name[] = {'\'', c, '\'', '\0'};
    return nu_note(notes, l->source, "delimiter", err, "the first line says that %s separates "
                   "cells", c == '\t' ? "a tab" : name);
}

/* Lines that begin with '#', and blank ones among them; but a first column can be called '#'. */
static nudge_status pass_notes(nu_csv_layout *l, nudge_error *err)
{
    while (l->size > 0) {
        size_t n = nu_csv_line_size(l->bytes, l->size), blank = 0;
        while (blank < n && strchr(" \t\r\n", l->bytes[blank]) != NULL)
            blank++;
        if (blank < n && (l->bytes[blank] != '#' ||
                          (blank + 1 < n && strchr(",;\t|", l->bytes[blank + 1]) != NULL)))
            return NUDGE_OK;
        if (blank < n) {
            l->title = l->bytes + blank + 1;
            l->title_size = n - blank - 1;
            l->title_line = l->line;
            l->notes++;
        }
        nu_csv_pass_line(l);
    }
    return nu_fail(err, NUDGE_EDATA, "%s: no table: %s", l->source,
                   l->notes > 0 ? "every line begins with '#', as notes do"
                              : "nothing is left behind the lines that are left out");
}

/* ---- The delimiter --------------------------------------------------------------------- */

/* Lines above a table that are looked at. */
#define MOST_TITLES 10

/* *same: the first line has so many cells with that delimiter: it belongs to that table. */
static nudge_status has_cells(int *same, const nu_csv_layout *l, char delimiter, size_t cells,
                              nudge_error *err)
{
    nu_csv_trial t NU_SCOPED(nu_csv_trial_free) = {0};
    NU_TRY(nu_csv_try(&t, nu_csv_scan_of(l, err), delimiter, &l->how, err));
    *same = t.first == cells;
    return NUDGE_OK;
}

/* Where the first lines keep all delimiters from fitting, which the rest has. NUDGE_EDATA. */
static nudge_status refuse_titles(const nu_csv_layout *l, nudge_error *err)
{
    nu_csv_layout below = *l;
    for (size_t lines = 1; lines <= MOST_TITLES; lines++) {
        nu_csv_trial t NU_SCOPED(nu_csv_trial_free) = {0};
        const char *name, *other;
        nu_csv_pass_line(&below);
        if (below.size == 0)
            return NUDGE_OK;
        NU_TRY(nu_csv_try_all(&t, &name, &other, nu_csv_scan_of(&below, err), &l->how, err));
        if (!t.fits || t.rows < 2 || t.same < t.rows || t.numeric == 0)
            continue;
        int same;
        NU_TRY(has_cells(&same, l, t.delimiter, t.columns, err));
        if (same)
            return NUDGE_OK;
        return nu_fail_setting(err, NUDGE_EDATA, "skip_rows", "%s:%zu: the table seems to begin in "
                               "line %zu, with %zu cells separated by %s; lines above it can be "
                               "left out", l->source, l->line, below.line, t.columns, name);
    }
    return NUDGE_OK;
}

/* Lines from `start` to the table that begin with '#', but no blank, and have as many cells are
 * rows where it is said that there is no header. */
static nudge_status find_rows_above(nu_csv_layout *l, const nu_csv_layout *start, int header,
                                    nudge_error *err)
{
    nu_csv_trial t NU_SCOPED(nu_csv_trial_free) = {0};
    nu_csv_layout at = *l;
    NU_TRY(nu_csv_try(&t, nu_csv_scan_of(l, err), l->dialect.delimiter, &l->how, err));
    at.bytes = start->bytes;
    at.size = start->size;
    at.line = start->line;
    for (at.notes = 0; t.first >= 2 && at.bytes < l->bytes; nu_csv_pass_line(&at)) {
        nu_csv_layout one = at;
        one.size = nu_csv_line_size(at.bytes, at.size);
        int is_note = at.bytes[0] == '#';
        if (is_note && strchr(" \t\r\n", at.bytes[1]) == NULL)
            NU_TRY(has_cells(&l->has_row, &one, l->dialect.delimiter, t.first, err));
        if (l->has_row) {
            at.has_row = 0;
            at.title = NULL;
            *l = header == 0 ? at : *l;
            return NUDGE_OK;
        }
        at.notes += is_note;
    }
    return NUDGE_OK;
}

static nudge_status find_delimiter(nu_csv_layout *l, nu_csv_trial *best, nu_notes *notes,
                                   nudge_error *err)
{
    const char *name, *other;
    NU_TRY(nu_csv_try_all(best, &name, &other, nu_csv_scan_of(l, err), &l->how, err));
    if (!best->fits)
        NU_TRY(refuse_titles(l, err));
    l->dialect.delimiter = best->delimiter;
    if (best->delimiter == ',' && other == NULL)
        return NUDGE_OK;
    return nu_note(notes, l->source, "delimiter", err, "cells are separated by %s%s%s%s", name,
                   other != NULL ? ", though " : "", other != NULL ? other : "",
                   other != NULL ? " would fit as well" : "");
}

/* ---- The decimal sign ------------------------------------------------------------------ */

/* A comma where a column has numbers with one and nothing else, and no column has a point; or where
 * the point is between thousands. */
static nudge_status find_decimal(nu_csv_layout *l, const nu_csv_trial *t, nu_notes *notes,
                                 nudge_error *err)
{
    size_t commas = 0, points = 0;
    for (size_t j = 0; j < t->columns && t->column != NULL; j++) {
        commas += nu_csv_is_numeric(&t->column[j]) && t->column[j].commas > 0;
        points += nu_csv_is_numeric(&t->column[j]) && t->column[j].pointed > 0;
    }
    char thousands = l->dialect.thousands;
    int comma = thousands == '.' || (thousands != ',' && commas > 0 && points == 0);
    l->dialect.decimal = comma ? ',' : '.';
    if (!comma)
        return NUDGE_OK;
    return nu_note(notes, l->source, "decimal", err, "numbers have a decimal comma");
}

/* 1 if the whole first line is a cell of the model's only column: its name, or a number. */
static int is_cell_of(const nu_csv_layout *l, const nudge_prep *like)
{
    const char *text = l->bytes;
    size_t size = nu_csv_line_size(text, l->size), n = like != NULL ? nudge_prep_columns(like) : 0;
    nu_csv_reading how = l->how;
    double value;
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL)
        size--;
    if (size >= 2 && text[0] == '"' && text[size - 1] == '"') {
        text++;
        size -= 2;
    }
    char *cell NU_FREED = n == 1 ? strndup(text, size) : NULL;
    how.decimal = l->dialect.decimal;
    return cell != NULL && (strcmp(cell, nudge_prep_column_name(like, 0)) == 0 ||
                            nu_csv_cell(cell, size, &how, &value) == NU_CELL_NUMBER);
}

/* ---- Below the header ------------------------------------------------------------------ */

/* A model's data had lines below the header to leave out. Here they stay if they are rows as the
 * others: no column has fewer numbers with them (the first row is not looked at, so it must be the
 * header). */
static nudge_status find_lines_below(nu_csv_layout *l, const nudge_read_options *o,
                                     nu_notes *notes, nudge_error *err)
{
    nu_csv_trial with NU_SCOPED(nu_csv_trial_free) = {0};
    nu_csv_trial without NU_SCOPED(nu_csv_trial_free) = {0};
    nu_csv_scan scan = nu_csv_scan_of(l, err);
    if (l->skip == 0 || o->skip_after_header != SIZE_MAX)
        return NUDGE_OK;
    NU_TRY(nu_csv_try(&without, scan, l->dialect.delimiter, &l->how, err));
    scan.skip = 0;
    NU_TRY(nu_csv_try(&with, scan, l->dialect.delimiter, &l->how, err));
    if (with.numeric == 0 || with.numeric < without.numeric || l->title != NULL)
        return say_skipped(l, l->skip, SIZE_MAX, "skip_after_header", "below the header", notes,
                           err);
    l->skip = l->dialect.skip_after_header = 0;
    return nu_note(notes, l->source, "skip_after_header", err, "what is below the header is read "
                   "as a row; in the data of the model it was left out");
}

/* ---- All of it ------------------------------------------------------------------------- */

nu_csv_scan nu_csv_scan_of(const nu_csv_layout *l, nudge_error *err)
{
    return (nu_csv_scan){.source = l->source, .bytes = l->bytes, .size = l->size,
                         .first_line = l->line, .delimiter = l->dialect.delimiter,
                         .point = l->how.decimal, .skip = l->skip, .err = err};
}

nudge_status nu_csv_find_layout(nu_csv_layout *l, const nudge_read_options *o, nu_notes *notes,
                                nudge_error *err)
{
    nu_csv_trial t NU_SCOPED(nu_csv_trial_free) = {0};
    l->line = l->line > 0 ? l->line : 1;
    l->skip = l->dialect.skip_after_header;
    NU_TRY(say_skipped(l, l->dialect.skip_rows, o->skip_rows, "skip_rows", "at the beginning",
                       notes, err));
    for (size_t i = 0; i < l->dialect.skip_rows && l->size > 0; i++)
        nu_csv_pass_line(l);
    NU_TRY(take_sep_line(l, o->delimiter != '\0', notes, err));
    const nu_csv_layout start = *l;
    NU_TRY(pass_notes(l, err));
    NU_TRY(check_line(l, err));
    /* A model's delimiter holds unless the file has none such, though it has several cells. */
    if (o->delimiter == '\0' && l->dialect.delimiter != '\0' &&
        !nu_csv_first_line_has(l->bytes, l->size, l->dialect.delimiter) &&
        !is_cell_of(l, o->like))
        l->dialect.delimiter = '\0';
    if (l->dialect.delimiter == '\0')
        NU_TRY(find_delimiter(l, &t, notes, err));
    else if (l->dialect.decimal == '\0')
        NU_TRY(nu_csv_try(&t, nu_csv_scan_of(l, err), l->dialect.delimiter, &l->how, err));
    if (l->dialect.decimal == '\0')
        NU_TRY(find_decimal(l, &t, notes, err));
    l->how.decimal = l->dialect.decimal;
    NU_TRY(find_lines_below(l, o, notes, err));
    return l->notes > 0 ? find_rows_above(l, &start, o->header, err) : NUDGE_OK;
}
