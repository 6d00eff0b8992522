#include "read/csv_sections.h"

#include "core/memory.h"
#include "core/status.h"
#include "read/csv_encoding.h"

/* Its cells then fit a core's second cache. */
size_t nu_csv_section_size = (size_t)192 << 10;

/* ---- One section ----------------------------------------------------------------------- */

/* For all rows that the section can have: each has a line, and a delimiter or a line's end behind
 * each cell. An odd number of cache lines keeps the cells of a row from competing for a set. */
static nudge_status make_room(nu_csv_section *s)
{
    size_t columns = s->of->columns, rows = nu_csv_count_lines(s->scan.bytes, s->scan.size);
    rows = nu_smaller(rows, s->scan.size / columns + 1);
    s->stride = rows < 8 ? rows : (nu_ceil_div(rows, 8) | 1) * 8;
    if (columns * s->stride <= s->room)
        return NUDGE_OK;
    free(NU_TAKE(s->cells));
    s->room = 0;
    NU_NEW(s->cells, nu_alloc, columns * s->stride, "the cells of a CSV file", &s->err);
    s->room = columns * s->stride;
    return NUDGE_OK;
}

static int take_number(nu_csv_scan *scan, double value)
{
    nu_csv_section *s = scan->user;
    if (s->cell >= s->of->columns || !s->of->by_value[s->cell])
        return 0;
    s->cells[s->cell++ * s->stride + s->rows] = value;
    return 1;
}

static nudge_status copy_text(nu_csv_section *s, const char **text, size_t size)
{
    char **copies = realloc(s->copies, (s->n_copies + 1) * sizeof *copies);
    NU_NEED(copies != NULL, sizeof *copies, "a cell of a CSV file", s->scan.err);
    s->copies = copies;
    char *copy = malloc(size + 1);
    NU_NEED(copy != NULL, size, "a cell of a CSV file", s->scan.err);
    *text = copies[s->n_copies++] = memcpy(copy, *text, size);
    return NUDGE_OK;
}

static nudge_status take_text(nu_csv_scan *scan, const char *text, size_t size)
{
    nu_csv_section *s = scan->user;
    size_t j = s->cell++;
    if (j >= s->of->columns)
        return NUDGE_OK; /* too many: take_row() says so */
    if (s->n_pieces == s->piece_room) {
        size_t room = 2 * s->piece_room + 1024;
        nu_csv_piece *pieces = realloc(s->pieces, room * sizeof *pieces);
        NU_NEED(pieces != NULL, room * sizeof *pieces, "the cells of a CSV file", scan->err);
        s->pieces = pieces;
        s->piece_room = room;
    }
    if (text < scan->bytes || text >= scan->bytes + scan->size)
        NU_TRY(copy_text(s, &text, size));
    uint64_t bits = 0x7ff8000000000000 | s->n_pieces;
    memcpy(&s->cells[j * s->stride + s->rows], &bits, sizeof bits);
    s->pieces[s->n_pieces++] = (nu_csv_piece){text, size, scan->cell_line - scan->first_line};
    return NUDGE_OK;
}

static nudge_status take_row(nu_csv_scan *scan)
{
    nu_csv_section *s = scan->user;
    size_t cells = s->cell, columns = s->of->columns;
    s->cell = 0;
    if (s->rows == 0)
        s->row_line = scan->row_line - scan->first_line;
    if (cells == columns) {
        s->rows++;
        return NUDGE_OK;
    }
    if (columns == 1)
        return nu_fail_setting(scan->err, NUDGE_EDATA, "skip_rows", "%s:%zu: %zu cells where the "
                               "first row has 1; lines above the table can be left out",
                               scan->source, scan->row_line, cells);
    return nu_fail(scan->err, NUDGE_EDATA, "%s:%zu: %zu cell%s where the %s has %zu", scan->source,
                   scan->row_line, cells, cells == 1 ? "" : "s", s->of->first_row, columns);
}

static void forget(nu_csv_section *s)
{
    for (size_t i = 0; i < s->n_copies; i++)
        free(s->copies[i]);
    s->rows = s->n_pieces = s->n_copies = s->cell = s->scan.empty_rows = 0;
}

static nudge_status cut(nu_csv_section *s)
{
    const nu_csv_scan *scan = &s->scan;
    forget(s);
    s->scan.cell = take_text;
    s->scan.number = take_number;
    s->scan.row = take_row;
    s->scan.user = s;
    s->scan.err = &s->err;
    NU_TRY(make_room(s));
    if (s->of->tail.source != NULL)
        NU_TRY(nu_csv_check(scan->source, scan->bytes, scan->size, scan->first_line, s->before,
                            &s->err));
    return nu_csv_run(&s->scan);
}

void nu_csv_sections_cut(nu_csv_sections *s, int thread, int threads)
{
    for (int i = thread; i < s->n; i += threads)
        s->section[i].status = cut(&s->section[i]);
}

/* ---- All of them ----------------------------------------------------------------------- */

nudge_status nu_csv_sections_begin(nu_csv_sections *s, const nu_csv_scan *scan,
                                   const nu_csv_tail *tail, size_t columns, int threads,
                                   nudge_error *err)
{
    *s = (nu_csv_sections){.rest = *scan, .tail = *tail, .columns = columns, .threads = threads};
    NU_NEW(s->by_value, calloc, columns, "the columns of a CSV file", err);
    NU_NEW(s->section, calloc, (size_t)threads, "sections of a CSV file", err);
    return NUDGE_OK;
}

void nu_csv_sections_free(nu_csv_sections *s)
{
    for (int i = 0; s->section != NULL && i < s->threads; i++) {
        forget(&s->section[i]);
        free(s->section[i].cells);
        free(s->section[i].pieces);
        free(s->section[i].copies);
    }
    free(s->section);
    free(s->by_value);
    free(s->buffer);
}

/* Reads on until `size` bytes are in memory, or all there are. */
static nudge_status read_on(nu_csv_sections *s, size_t size, nudge_error *err)
{
    size_t have = s->rest.size, more = size > have ? size - have : 0;
    more = more < nu_csv_unread(&s->tail) ? more : (size_t)nu_csv_unread(&s->tail);
    if (more == 0)
        return NUDGE_OK;
    if (have + more > s->buffer_size) {
        NU_TRY(nu_memory_check(have + more, "a row of a CSV file", err));
        char *buffer = malloc(have + more);
        NU_NEED(buffer != NULL, have + more, "a row of a CSV file", err);
        memcpy(buffer, s->rest.bytes, have);
        free(s->buffer);
        s->buffer = buffer;
        s->buffer_size = have + more;
    } else {
        memmove(s->buffer, s->rest.bytes, have);
    }
    int error = nu_source_fetch(s->tail.source, s->tail.at, s->buffer + have, more);
    if (error != 0)
        return nu_fetch_failed(s->rest.source, error, err);
    s->rest.bytes = s->buffer;
    s->rest.size += more;
    s->tail.at += more;
    return NUDGE_OK;
}

/* Bytes of whole rows, about `size`; 0: `left` bytes, behind which there are more, have no row's
 * end. A quote is wherever it stands the beginning or the end of a quoted part, or else quoting is
 * broken, and then nothing behind it counts. */
static size_t section_bytes(const char *bytes, size_t left, size_t size, int more)
{
    if (size >= left && !more)
        return left;
    size_t at = nu_smaller(size, left), quotes = nu_csv_count(bytes, at, '"');
    while (at < left) {
        char c = bytes[at++];
        quotes += c == '"';
        if (quotes % 2 == 0 && (c == '\n' || (c == '\r' && at < left && bytes[at] != '\n')))
            return at;
    }
    return more ? 0 : left;
}

nudge_status nu_csv_sections_choose(nu_csv_sections *s, nudge_error *err)
{
    size_t size = s->begun ? nu_csv_section_size : nu_csv_section_size / 16 + 1;
    size_t want = (size_t)s->threads * size + size / 2;
    s->begun = 1;
    s->n = 0;
    do {
        NU_TRY(read_on(s, want, err));
        while (s->n < s->threads && s->rest.size > 0) {
            size_t bytes = section_bytes(s->rest.bytes, s->rest.size, size,
                                         nu_csv_unread(&s->tail) > 0);
            if (bytes == 0)
                break;
            nu_csv_section *section = &s->section[s->n++];
            section->of = s;
            section->before = s->tail.at - s->rest.size;
            section->scan = s->rest;
            section->scan.size = bytes;
            s->rest.bytes += bytes;
            s->rest.size -= bytes;
        }
        want = 2 * s->rest.size + size; /* one row at least */
    } while (s->n == 0 && nu_csv_unread(&s->tail) > 0);
    return NUDGE_OK;
}

nudge_status nu_csv_sections_check(nu_csv_sections *s, nudge_error *err)
{
    for (int i = 0; i < s->n; i++) {
        nu_csv_section *section = &s->section[i];
        section->line = s->rest.first_line;
        if (section->status != NUDGE_OK) { /* once more: now its lines have their numbers */
            section->scan.first_line = section->line;
            s->n = i + 1;
            (void)cut(section);
            return nu_fail_setting(err, section->status, section->err.setting, "%s",
                                   section->err.text);
        }
        s->rest.first_line += section->scan.line - section->scan.first_line;
        s->rest.empty_rows += section->scan.empty_rows;
    }
    return NUDGE_OK;
}
