#include "read/csv_scan.h"

#include "core/clones.h"
#include "core/memory.h"
#include "core/status.h"
#include "whole.h"

/* Where the walk is. */
typedef struct walk {
    nu_csv_scan *scan;
    const char *end;
    char *at;
    unsigned char ends[256]; /* 1: a cell without quotes goes no further than this byte */
    char *room;              /* for a cell that must be copied */
    size_t room_size;
} walk;

/* ---- Lines ----------------------------------------------------------------------------- */

size_t nu_csv_line_size(const char *bytes, size_t size)
{
    size_t n = 0;
    while (n < size && bytes[n] != '\n' && bytes[n] != '\r')
        n++;
    if (n < size && bytes[n++] == '\r' && n < size && bytes[n] == '\n')
        n++;
    return n;
}

NU_CLONES size_t nu_csv_count(const char *bytes, size_t size, char c)
{
    size_t n = 0, at = 0;
    for (; size - at >= 128; at += 128) {
        unsigned char some = 0; /* a loop for vectors */
        for (size_t i = 0; i < 128; i++)
            some = (unsigned char)(some + (bytes[at + i] == c));
        n += some;
    }
    for (; at < size; at++)
        n += bytes[at] == c;
    return n;
}

size_t nu_csv_count_lines(const char *bytes, size_t size)
{
    const char *end = bytes + size;
    if (size == 0)
        return 0;
    size_t lines = nu_csv_count(bytes, size, '\n');
    for (const char *cr = bytes; (cr = memchr(cr, '\r', (size_t)(end - cr))) != NULL; cr++)
        lines += cr + 1 == end || cr[1] != '\n';
    return lines + (end[-1] != '\n' && end[-1] != '\r');
}

static int is_line_end(const walk *w)
{
    return w->at == w->end || *w->at == '\n' || *w->at == '\r';
}

static void end_line(walk *w)
{
    if (w->at < w->end && *w->at++ == '\r' && w->at < w->end && *w->at == '\n')
        w->at++;
    w->scan->line++;
}

/* ---- Cells ----------------------------------------------------------------------------- */

static void pass_blanks(walk *w)
{
    char other = w->scan->delimiter == '\t' ? ' ' : '\t';
    while (w->at < w->end && (*w->at == ' ' || *w->at == other))
        w->at++;
}

/* Copies to the end of what the room holds already. */
static nudge_status copy(walk *w, size_t *used, const char *text, size_t size)
{
    if (*used + size + 1 > w->room_size) {
        size_t more = 2 * (*used + size) + 64;
        char *room = realloc(w->room, more);
        NU_NEED(room != NULL, more, "a cell of a CSV file", w->scan->err);
        w->room = room;
        w->room_size = more;
    }
    memcpy(w->room + *used, text, size);
    *used += size;
    w->room[*used] = '\0';
    return NUDGE_OK;
}

/* A cell as it stands in the bytes. */
static nudge_status hand_on(walk *w, char *text, size_t size)
{
    size_t used = 0;
    if (text + size == w->end) { /* there is no place for its NUL */
        NU_TRY(copy(w, &used, text, size));
        return w->scan->cell(w->scan, w->room, size);
    }
    char after = text[size];
    text[size] = '\0';
    nudge_status status = w->scan->cell(w->scan, text, size);
    text[size] = after;
    return status;
}

static nudge_status broken(const walk *w)
{
    return nu_fail(w->scan->err, NUDGE_EDATA, "%s:%zu: broken quoting in the cell that begins "
                   "here: a cell that holds a quote must be in quotes, and the quotes in it "
                   "doubled", w->scan->source, w->scan->cell_line);
}

static nudge_status plain_cell(walk *w)
{
    char *text = w->at, *at = text;
    while (at < w->end && !w->ends[(unsigned char)*at])
        at++;
    w->at = at;
    if (at < w->end && *at == '"')
        return broken(w);
    while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
        at--;
    return hand_on(w, text, (size_t)(at - text));
}

/* From its first quote on. */
static nudge_status quoted_cell(walk *w)
{
    char *text = w->at + 1, *quote = text;
    size_t used = 0;
    int doubled = 0;
    while ((quote = memchr(quote, '"', (size_t)(w->end - quote))) != NULL &&
           quote + 1 < w->end && quote[1] == '"') {
        NU_TRY(copy(w, &used, text, (size_t)(quote + 1 - text)));
        text = quote += 2;
        doubled = 1;
    }
    if (quote == NULL)
        return nu_fail(w->scan->err, NUDGE_EDATA, "%s:%zu: a quoted cell begins here and never "
                       "ends", w->scan->source, w->scan->cell_line);
    char *begin = w->at + 1;
    w->at = quote + 1;
    int blank = w->at < w->end && (*w->at == ' ' || *w->at == '\t');
    pass_blanks(w);
    int ended = w->scan->delimiter == ' ' ? blank : w->at < w->end && *w->at == w->scan->delimiter;
    if (!ended && !is_line_end(w))
        return broken(w);
    size_t size = (size_t)(quote - text);
    if (doubled)
        NU_TRY(copy(w, &used, text, size));
    NU_TRY(doubled ? w->scan->cell(w->scan, w->room, used) : hand_on(w, text, size));
    size_t lines = nu_csv_count_lines(begin, (size_t)(quote - begin) + 1);
    w->scan->line += lines - 1;
    return NUDGE_OK;
}

/* A number to be handed on as such; 0: the cell is something else, or a text is wanted. */
static int number_cell(walk *w)
{
    nu_csv_scan *scan = w->scan;
    double value;
    const char *end = w->at + nu_scan_real(w->at, w->end, scan->point, &value);
    if (end == w->at || (end < w->end && (!w->ends[(unsigned char)*end] || *end == '"')) ||
        !scan->number(scan, value))
        return 0;
    w->at += end - w->at;
    return 1;
}

/* ---- Rows ------------------------------------------------------------------------------ */

/* Passes a line that holds nothing; 0: it is not such a one. */
static int pass_empty(walk *w)
{
    char *begin = w->at;
    int delimited = 0;
    for (pass_blanks(w); w->at < w->end && *w->at == w->scan->delimiter; pass_blanks(w)) {
        w->at++;
        delimited = 1;
    }
    if (!is_line_end(w)) {
        w->at = begin;
        return 0;
    }
    w->scan->empty_rows += delimited;
    end_line(w);
    return 1;
}

/* Passes what separates cells; 0: the row is at its end. */
static int next_cell(walk *w)
{
    if (w->scan->delimiter == ' ') {
        pass_blanks(w);
        return !is_line_end(w);
    }
    if (is_line_end(w))
        return 0;
    w->at++;
    return 1;
}

static nudge_status one_row(walk *w)
{
    nu_csv_scan *scan = w->scan;
    scan->row_line = scan->line;
    do {
        pass_blanks(w);
        scan->cell_line = scan->line;
        if (scan->number != NULL && number_cell(w))
            continue;
        NU_TRY(w->at < w->end && *w->at == '"' ? quoted_cell(w) : plain_cell(w));
        if (scan->stop)
            return NUDGE_OK;
    } while (next_cell(w));
    end_line(w);
    return scan->row(scan);
}

static void walk_free(walk *w)
{
    free(w->room);
}

nudge_status nu_csv_run(nu_csv_scan *scan)
{
    walk w NU_SCOPED(walk_free) = {.scan = scan, .at = scan->bytes,
                                   .end = scan->bytes + scan->size};
    size_t rows = 0;
    for (const char *c = scan->delimiter == ' ' ? "\n\r\" \t" : "\n\r\""; *c != '\0'; c++)
        w.ends[(unsigned char)*c] = 1;
    w.ends[(unsigned char)scan->delimiter] = 1;
    scan->line = scan->first_line;
    scan->stop = 0;
    while (w.at < w.end && !scan->stop) {
        if (pass_empty(&w))
            continue;
        NU_TRY(one_row(&w));
        for (size_t i = 0; rows == 0 && i < scan->skip && w.at < w.end; i++) {
            w.at += nu_csv_line_size(w.at, (size_t)(w.end - w.at));
            scan->line++;
        }
        rows++;
    }
    scan->walked = (size_t)(w.at - scan->bytes);
    return NUDGE_OK;
}
