#include "read/csv_dialect.h"

#include <stdio.h>
#include <strings.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/prep.h"

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
    if (o->skip_rows > 0)
        dialect->skip_rows = o->skip_rows;
    if (o->skip_after_header > 0)
        dialect->skip_after_header = o->skip_after_header;
    return NUDGE_OK;
}

/* ---- Above the table ------------------------------------------------------------------- */

void nu_csv_pass_line(nu_csv_layout *l)
{
    size_t n = nu_csv_line_size(l->bytes, l->size);
    l->bytes += n;
    l->size -= n;
    l->line++;
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
    return nu_note(notes, l->source, "delimiter", err, "the first line says that '%c' separates "
                   "cells", c);
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

/* ---- One delimiter on trial ------------------------------------------------------------ */

/* Rows and cells that are looked at. */
#define SAMPLE_ROWS 1000
#define SAMPLE_CELLS 200000

/* What a column holds below the first row. */
typedef struct tally {
    size_t points;  /* numbers with a decimal point, or whole ones, */
    size_t pointed; /* of these with a point */
    size_t commas;  /* numbers with a decimal comma that cannot be one between thousands, */
    size_t either;  /* or can */
    size_t texts;
} tally;

typedef struct trial {
    const nu_csv_layout *layout;
    char delimiter;
    size_t first;  /* cells of the first row, */
    size_t rows;   /* and rows below it: */
    size_t same;   /* with as many, */
    size_t longer; /* or one more */
    size_t cell;
    tally *column; /* first + 1 */
    int fits;      /* all rows have the same number of cells, but a header can have one less */
    size_t columns, numeric;
} trial;

static void trial_free(trial *t)
{
    free(t->column);
}

/* 1,500 or 12,345: what can be thousands. */
static int could_be_thousands(const char *text, size_t size)
{
    size_t sign = text[0] == '-' || text[0] == '+', comma = 0;
    while (comma < size && text[comma] != ',')
        comma++;
    return comma > sign && comma <= sign + 3 && size == comma + 4 && text[sign] != '0' &&
           strspn(text + comma + 1, "0123456789") == 3;
}

static nudge_status take_cell(nu_csv_scan *scan, const char *text, size_t size)
{
    trial *t = scan->user;
    size_t j = t->cell++;
    double value;
    if (t->column == NULL || j > t->first)
        return NUDGE_OK;
    nu_csv_reading point = t->layout->how, comma = point;
    point.decimal = '.';
    comma.decimal = ',';
    nu_cell cell = nu_csv_cell(text, size, &point, &value);
    if (cell == NU_CELL_MISSING)
        return NUDGE_OK;
    if (cell != NU_CELL_TEXT) {
        t->column[j].points++;
        t->column[j].pointed += memchr(text, '.', size) != NULL;
    } else if (nu_csv_cell(text, size, &comma, &value) == NU_CELL_TEXT) {
        t->column[j].texts++;
    } else if (could_be_thousands(text, size)) {
        t->column[j].either++;
    } else {
        t->column[j].commas++;
    }
    return NUDGE_OK;
}

static nudge_status take_row(nu_csv_scan *scan)
{
    trial *t = scan->user;
    size_t cells = t->cell;
    t->cell = 0;
    if (t->column == NULL) {
        t->first = cells;
        NU_TRY(nu_memory_check((cells + 1) * sizeof *t->column, "the columns of a CSV file",
                               scan->err));
        NU_NEW(t->column, calloc, cells + 1, "the first row of a CSV file", scan->err);
        return NUDGE_OK;
    }
    t->rows++;
    t->same += cells == t->first;
    t->longer += cells == t->first + 1;
    scan->stop = t->rows >= SAMPLE_ROWS || t->rows >= SAMPLE_CELLS / (t->first + 1);
    return NUDGE_OK;
}

static int is_numeric(const tally *c)
{
    return c->texts == 0 && c->points + c->commas + c->either > 0;
}

/* Broken quoting is only a delimiter that does not fit. NUDGE_EMEMORY. */
static nudge_status try_delimiter(trial *t, const nu_csv_layout *l, char delimiter,
                                  nudge_error *err)
{
    nudge_error inner;
    *t = (trial){.layout = l, .delimiter = delimiter};
    nu_csv_scan scan = nu_csv_scan_of(l, &inner);
    scan.delimiter = delimiter;
    scan.cell = take_cell;
    scan.row = take_row;
    scan.user = t;
    nudge_status status = nu_csv_run(&scan);
    if (status == NUDGE_EMEMORY)
        return nu_fail(err, status, "%s", inner.text);
    int is_longer = t->rows > 0 && t->longer == t->rows;
    t->columns = t->first + is_longer;
    /* Of texts with blanks in them not all have the same number by chance alone, unless it is 2. */
    t->fits = status == NUDGE_OK && t->columns >= 2 && (is_longer || t->same == t->rows) &&
              !(delimiter == ' ' && is_longer && t->columns == 2);
    for (size_t j = 0; j < t->columns && t->column != NULL; j++)
        t->numeric += is_numeric(&t->column[j]);
    return NUDGE_OK;
}

/* Whether `a` tells more of its columns than `b`. */
static int is_better(const trial *a, const trial *b)
{
    if (a->fits != b->fits)
        return a->fits;
    if (!a->fits)
        return a->same * (b->rows + 1) > b->same * (a->rows + 1);
    return a->numeric * b->columns > b->numeric * a->columns;
}

/* ---- The delimiter --------------------------------------------------------------------- */

/* In this order where nothing else tells: a tab is hardly ever part of a cell. */
static const struct candidate {
    char delimiter;
    const char *name;
} candidates[] = {
    {'\t', "tabs"}, {'|', "'|'"}, {';', "semicolons"}, {',', "commas"}, {' ', "blanks"},
};
enum { CANDIDATES = sizeof candidates / sizeof *candidates };

static int first_line_has(const nu_csv_layout *l, char delimiter)
{
    size_t n = nu_csv_line_size(l->bytes, l->size), blank = 0;
    while (blank < n && (l->bytes[blank] == ' ' || l->bytes[blank] == '\t') && delimiter == ' ')
        blank++; /* those at the beginning separate nothing */
    return memchr(l->bytes + blank, delimiter, n - blank) != NULL ||
           (delimiter == ' ' && memchr(l->bytes + blank, '\t', n - blank) != NULL);
}

static nudge_status note_delimiter(const nu_csv_layout *l, const char *name, const char *other,
                                   nu_notes *notes, nudge_error *err)
{
    return nu_note(notes, l->source, "delimiter", err, "cells are separated by %s%s%s%s", name,
                   other != NULL ? ", though " : "", other != NULL ? other : "",
                   other != NULL ? " would fit as well" : "");
}

typedef struct trials {
    trial of[CANDIDATES];
} trials;

static void trials_free(trials *t)
{
    for (size_t i = 0; i < CANDIDATES; i++)
        trial_free(&t->of[i]);
}

/* *found: the trial of the one that is best; of commas, if the first line has none of all. */
static nudge_status find_delimiter(nu_csv_layout *l, trial *found, nu_notes *notes,
                                   nudge_error *err)
{
    trials t NU_SCOPED(trials_free) = {0};
    const trial *best = NULL;
    const char *name = "commas", *other = NULL;
    for (size_t i = 0; i < CANDIDATES; i++) {
        trial *at = &t.of[i];
        if (!first_line_has(l, candidates[i].delimiter))
            continue;
        NU_TRY(try_delimiter(at, l, candidates[i].delimiter, err));
        int is_tab = best != NULL && best->delimiter == '\t' && best->fits; /* a blank, too */
        if (at->delimiter == ' ' && (!at->fits || at->numeric == 0 || is_tab))
            continue;
        if (best != NULL && best->fits && at->fits && !is_better(best, at))
            other = candidates[i].name; /* until a better one comes */
        if (best != NULL && !is_better(at, best))
            continue;
        best = at;
        name = candidates[i].name;
        other = NULL;
    }
    l->dialect.delimiter = best != NULL ? best->delimiter : ',';
    if (best == NULL)
        return try_delimiter(found, l, ',', err);
    *found = *best;
    t.of[best - t.of].column = NULL;
    return found->delimiter == ',' && other == NULL ? NUDGE_OK
                                                    : note_delimiter(l, name, other, notes, err);
}

/* ---- The decimal sign ------------------------------------------------------------------ */

/* A comma where a column has numbers with one and nothing else, and no column has a point; or where
 * the point is between thousands. */
static nudge_status find_decimal(nu_csv_layout *l, const trial *t, nu_notes *notes,
                                 nudge_error *err)
{
    size_t commas = 0, points = 0;
    for (size_t j = 0; j < t->columns && t->column != NULL; j++) {
        commas += is_numeric(&t->column[j]) && t->column[j].commas > 0;
        points += is_numeric(&t->column[j]) && t->column[j].pointed > 0;
    }
    char thousands = l->dialect.thousands;
    int comma = thousands == '.' || (thousands != ',' && commas > 0 && points == 0);
    l->dialect.decimal = comma ? ',' : '.';
    if (!comma)
        return NUDGE_OK;
    return nu_note(notes, l->source, "decimal", err, "numbers have a decimal comma");
}

/* ---- All of it ------------------------------------------------------------------------- */

nu_csv_scan nu_csv_scan_of(const nu_csv_layout *l, nudge_error *err)
{
    return (nu_csv_scan){.source = l->source, .bytes = l->bytes, .size = l->size,
                         .first_line = l->line, .delimiter = l->dialect.delimiter,
                         .skip = l->skip, .err = err};
}

nudge_status nu_csv_find_layout(nu_csv_layout *l, const nudge_read_options *o, nu_notes *notes,
                                nudge_error *err)
{
    trial t NU_SCOPED(trial_free) = {0};
    l->line = l->line > 0 ? l->line : 1;
    l->skip = l->dialect.skip_after_header;
    for (size_t i = 0; i < l->dialect.skip_rows && l->size > 0; i++)
        nu_csv_pass_line(l);
    NU_TRY(take_sep_line(l, o->delimiter != '\0', notes, err));
    NU_TRY(pass_notes(l, err));
    /* A model's delimiter holds unless the file has none such. */
    if (o->delimiter == '\0' && l->dialect.delimiter != '\0' &&
        !first_line_has(l, l->dialect.delimiter))
        l->dialect.delimiter = '\0';
    if (l->dialect.delimiter == '\0')
        NU_TRY(find_delimiter(l, &t, notes, err));
    else if (l->dialect.decimal == '\0')
        NU_TRY(try_delimiter(&t, l, l->dialect.delimiter, err));
    if (l->dialect.decimal == '\0')
        NU_TRY(find_decimal(l, &t, notes, err));
    l->how.decimal = l->dialect.decimal;
    return NUDGE_OK;
}
