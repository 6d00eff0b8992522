#include "read/csv_trial.h"

#include "core/memory.h"
#include "core/status.h"

/* ---- One of them ----------------------------------------------------------------------- */

/* Rows and cells that are looked at. */
#define SAMPLE_ROWS 1000
#define SAMPLE_CELLS 200000

void nu_csv_trial_free(nu_csv_trial *t)
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
    nu_csv_trial *t = scan->user;
    size_t j = t->cell++;
    double value;
    if (t->column == NULL || j > t->first)
        return NUDGE_OK;
    nu_csv_reading point = *t->how, comma = point;
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
    nu_csv_trial *t = scan->user;
    size_t cells = t->cell;
    t->cell = 0;
    if (t->column == NULL) {
        scan->stop = cells > NU_CSV_MOST_COLUMNS;
        if (scan->stop) /* whatever is between them, it is refused later */
            return NUDGE_OK;
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

int nu_csv_is_numeric(const nu_csv_tally *c)
{
    return c->texts == 0 && c->points + c->commas + c->either > 0;
}

nudge_status nu_csv_try(nu_csv_trial *t, nu_csv_scan scan, char delimiter,
                        const nu_csv_reading *how, nudge_error *err)
{
    nudge_error inner;
    *t = (nu_csv_trial){.how = how, .delimiter = delimiter};
    scan.delimiter = delimiter;
    scan.cell = take_cell;
    scan.row = take_row;
    scan.user = t;
    scan.err = &inner;
    nudge_status status = nu_csv_run(&scan);
    if (status == NUDGE_EMEMORY)
        return nu_fail(err, status, "%s", inner.text);
    int is_longer = t->rows > 0 && t->longer == t->rows;
    t->columns = t->first + is_longer;
    /* Two words below one are no table that R wrote, but texts. */
    t->fits = status == NUDGE_OK && t->columns >= 2 && (is_longer || t->same == t->rows) &&
              !(delimiter == ' ' && is_longer && t->columns == 2);
    for (size_t j = 0; j < t->columns && t->column != NULL; j++)
        t->numeric += nu_csv_is_numeric(&t->column[j]);
    return NUDGE_OK;
}

/* Whether `a` tells more of its columns than `b`. */
static int is_better(const nu_csv_trial *a, const nu_csv_trial *b)
{
    if (a->fits != b->fits)
        return a->fits;
    if (!a->fits)
        return a->same * (b->rows + 1) > b->same * (a->rows + 1);
    return a->numeric * b->columns > b->numeric * a->columns;
}

/* ---- All of them ----------------------------------------------------------------------- */

/* In this order where nothing else tells: a tab is hardly ever part of a cell. */
static const struct candidate {
    char delimiter;
    const char *name;
} candidates[] = {
    {'\t', "tabs"}, {'|', "'|'"}, {';', "semicolons"}, {',', "commas"}, {' ', "blanks"},
};
enum { CANDIDATES = sizeof candidates / sizeof *candidates };

int nu_csv_first_line_has(const char *bytes, size_t size, char delimiter)
{
    size_t n = nu_csv_line_size(bytes, size), blank = 0;
    while (blank < n && (bytes[blank] == ' ' || bytes[blank] == '\t') && delimiter == ' ')
        blank++; /* those at the beginning separate nothing */
    return memchr(bytes + blank, delimiter, n - blank) != NULL ||
           (delimiter == ' ' && memchr(bytes + blank, '\t', n - blank) != NULL);
}

typedef struct trials {
    nu_csv_trial of[CANDIDATES];
} trials;

static void trials_free(trials *t)
{
    for (size_t i = 0; i < CANDIDATES; i++)
        nu_csv_trial_free(&t->of[i]);
}


nudge_status nu_csv_try_all(nu_csv_trial *found, const char **name, const char **other,
                            nu_csv_scan scan, const nu_csv_reading *how, nudge_error *err)
{
    trials t NU_SCOPED(trials_free) = {0};
    const nu_csv_trial *best = NULL;
    *name = "commas";
    *other = NULL;
    for (size_t i = 0; i < CANDIDATES; i++) {
        nu_csv_trial *at = &t.of[i];
        char delimiter = candidates[i].delimiter;
        if (!nu_csv_first_line_has(scan.bytes, scan.size, delimiter))
            continue;
        NU_TRY(nu_csv_try(at, scan, delimiter, how, err));
        if (delimiter == ' ' && (!at->fits || at->numeric == 0))
            continue;
        int is_tab = best != NULL && best->delimiter == '\t' && delimiter == ' '; /* a blank, too */
        if (best != NULL && best->fits && at->fits && !is_better(best, at) && !is_tab)
            *other = candidates[i].name; /* until a better one comes */
        if (best != NULL && !is_better(at, best))
            continue;
        best = at;
        *name = candidates[i].name;
        *other = NULL;
    }
    if (best == NULL)
        return nu_csv_try(found, scan, ',', how, err);
    *found = *best;
    t.of[best - t.of].column = NULL; /* handed on */
    return NUDGE_OK;
}
