/* ARFF, Weka's and OpenML's format: declarations of columns, then rows as in CSV. They are written
 * anew as CSV text, line for line, for the reader of that; what is declared is checked here.
 * https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/ */
#include <stdio.h>
#include <strings.h>

#include "core/bytes.h"
#include "core/memory.h"
#include "core/status.h"
#include "read/csv.h"
#include "read/csv_encoding.h"
#include "read/format.h"

/* A column's declaration. */
typedef struct attribute {
    nu_csv_kind kind;
    int nominal;          /* its cells are among these: */
    nu_dictionary values;
} attribute;

typedef struct reading {
    const char *source;
    const char *at, *end;  /* of the line being read, without its end */
    size_t line;
    attribute *attribute;  /* n */
    size_t n, room;
    nu_bytes word;         /* the last word read, without its quotes, and a NUL */
    int quoted;            /* it was in quotes */
    nu_bytes csv;          /* what is made of the file */
    nudge_error *err;
} reading;

static void reading_end(reading *r)
{
    for (size_t j = 0; j < r->n; j++)
        nu_dictionary_free(&r->attribute[j].values);
    free(r->attribute);
    nu_bytes_free(&r->word);
    nu_bytes_free(&r->csv);
}

static nudge_status bad(const reading *r, const char *what)
{
    return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: %s", r->source, r->line, what);
}

/* ---- Words ----------------------------------------------------------------------------- */

static nudge_status put(const reading *r, nu_bytes *to, char c)
{
    if (to->size == to->room)
        NU_TRY(nu_bytes_grow(to, r->source, r->err));
    to->bytes[to->size++] = (unsigned char)c;
    to->bytes[to->size] = '\0';
    return NUDGE_OK;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(reading *r)
{
    while (r->at < r->end && is_blank(*r->at))
        r->at++;
}

/* A word in '...' or "...", in which a backslash goes before what would end it, or up to one of the
 * characters `stop`, without the blanks before that. */
static nudge_status take_word(reading *r, const char *stop)
{
    nu_bytes *w = &r->word;
    w->size = 0;
    skip_blanks(r);
    char quote = r->at < r->end && (*r->at == '\'' || *r->at == '"') ? *r->at++ : '\0';
    r->quoted = quote != '\0';
    NU_TRY(put(r, w, ' ')); /* there are bytes, whatever comes */
    w->size = 0;
    for (; r->at < r->end && (r->quoted ? *r->at != quote : strchr(stop, *r->at) == NULL);
         r->at++) {
        if (r->quoted && *r->at == '\\' && r->at + 1 < r->end)
            r->at++;
        NU_TRY(put(r, w, *r->at));
    }
    if (r->quoted && r->at++ == r->end)
        return bad(r, "a quote that is not closed in its line");
    while (!r->quoted && w->size > 0 && is_blank((char)w->bytes[w->size - 1]))
        w->size--;
    w->bytes[w->size] = '\0';
    skip_blanks(r);
    return NUDGE_OK;
}

/* The word as a cell: in quotes unless it is a number or a question mark. */
static nudge_status put_cell(reading *r, int first)
{
    nu_bytes *to = &r->csv;
    if (!first)
        NU_TRY(put(r, to, ','));
    int plain = !r->quoted && r->word.size > 0 &&
                strspn((char *)r->word.bytes, "0123456789+-.eE?") == r->word.size;
    for (size_t i = 0; plain && i < r->word.size; i++)
        NU_TRY(put(r, to, (char)r->word.bytes[i]));
    if (plain)
        return NUDGE_OK;
    NU_TRY(put(r, to, '"'));
    for (size_t i = 0; i < r->word.size; i++) {
        if (r->word.bytes[i] == '"')
            NU_TRY(put(r, to, '"'));
        NU_TRY(put(r, to, (char)r->word.bytes[i]));
    }
    return put(r, to, '"');
}

/* ---- Declarations ---------------------------------------------------------------------- */

static nudge_status take_values(reading *r, attribute *a)
{
    a->nominal = 1;
    a->kind = NU_CATEGORIES;
    for (r->at++; ; r->at++) { /* behind the brace, and behind each comma */
        NU_TRY(take_word(r, ",}"));
        if (r->at == r->end)
            return bad(r, "the list of values is not closed by '}' in its line");
        if (nu_dictionary_add(&a->values, (char *)r->word.bytes, r->word.size) == NU_NOT_FOUND)
            return nu_no_memory(r->err, r->word.size, r->source);
        if (*r->at == '}')
            return NUDGE_OK;
        if (*r->at != ',')
            return bad(r, "values must be separated by commas");
    }
}

static nudge_status take_type(reading *r, attribute *a)
{
    static const struct {
        const char *name;
        nu_csv_kind kind;
    } types[] = {{"numeric", NU_NUMBERS}, {"real", NU_NUMBERS}, {"integer", NU_NUMBERS},
                 {"string", NU_ANY_KIND}, {"date", NU_ANY_KIND}};
    if (r->at < r->end && *r->at == '{')
        return take_values(r, a);
    NU_TRY(take_word(r, " \t"));
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        if (strcasecmp((char *)r->word.bytes, types[k].name) == 0) {
            a->kind = types[k].kind;
            return NUDGE_OK;
        }
    return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: an attribute of type '%.40s'; numeric, real, "
                   "integer, string, date and {VALUE,...} are right", r->source, r->line,
                   (char *)r->word.bytes);
}

/* "@attribute NAME TYPE", behind its first word. */
static nudge_status take_attribute(reading *r)
{
    if (r->n == r->room) {
        size_t room = r->room * 2 + 16;
        attribute *more = realloc(r->attribute, room * sizeof *more);
        NU_NEED(more != NULL, room * sizeof *more, r->source, r->err);
        r->attribute = more;
        r->room = room;
    }
    r->attribute[r->n++] = (attribute){0};
    NU_TRY(take_word(r, " \t{"));
    if (r->word.size == 0)
        return bad(r, "an attribute without a name");
    r->quoted = 1; /* a name that looks like a number is one, too */
    NU_TRY(put_cell(r, r->n == 1));
    return take_type(r, &r->attribute[r->n - 1]);
}

static nudge_status take_declaration(reading *r, int *data)
{
    NU_TRY(take_word(r, " \t"));
    const char *word = (char *)r->word.bytes;
    *data = strcasecmp(word, "@data") == 0;
    if (strcasecmp(word, "@attribute") == 0)
        return take_attribute(r);
    if (*data && r->n == 0)
        return bad(r, "@data, but no @attribute above it");
    if (*data || strcasecmp(word, "@relation") == 0)
        return NUDGE_OK;
    return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: '%.40s' where @attribute or @data was expected",
                   r->source, r->line, word);
}

/* ---- Rows ------------------------------------------------------------------------------ */

static nudge_status check_cell(const reading *r, size_t j)
{
    const attribute *a = &r->attribute[j];
    const char *text = (char *)r->word.bytes;
    if (r->word.size == 0 && !r->quoted)
        return bad(r, "an empty cell; a missing value is '?'");
    int is_mark = strcmp(text, "?") == 0;
    if (a->nominal && (r->quoted || !is_mark) &&
        nu_dictionary_find(&a->values, text, r->word.size) == NU_NOT_FOUND)
        return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: '%.40s' is none of the %zu values that are "
                       "declared for attribute %zu", r->source, r->line, text, a->values.n, j + 1);
    if (r->quoted && is_mark)
        return bad(r, "a '?' in quotes, a value that is not told from a missing one; rename it");
    return NUDGE_OK;
}

static nudge_status take_row(reading *r)
{
    if (*r->at == '{')
        return bad(r, "a sparse row, {INDEX VALUE, ...}; rows with all their cells are read: "
                   "Weka's SparseToNonSparse makes them");
    for (size_t j = 0; ; j++, r->at++) { /* behind each comma */
        NU_TRY(take_word(r, ","));
        if (j == r->n)
            return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: more cells than the %zu attributes",
                           r->source, r->line, r->n);
        NU_TRY(check_cell(r, j));
        NU_TRY(put_cell(r, j == 0));
        if (r->at < r->end && *r->at == ',')
            continue;
        if (r->at < r->end)
            return bad(r, "cells must be separated by commas");
        if (j + 1 == r->n)
            return NUDGE_OK;
        return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: %zu cell%s for %zu attributes", r->source,
                       r->line, j + 1, j == 0 ? "" : "s", r->n);
    }
}

/* ---- The file -------------------------------------------------------------------------- */

/* The next line into at and end, without blanks before it; 0: there is none. */
static int next_line(reading *r, const char **text, const char *end)
{
    if (*text == end)
        return 0;
    const char *stop = memchr(*text, '\n', (size_t)(end - *text));
    r->at = *text;
    r->end = stop != NULL ? stop : end;
    *text = stop != NULL ? stop + 1 : end;
    while (r->end > r->at && (r->end[-1] == '\r' || is_blank(r->end[-1])))
        r->end--;
    skip_blanks(r);
    r->line++;
    return 1;
}

/* *first: the line of "@data", where the CSV text begins. */
static nudge_status rewrite(reading *r, const char *text, size_t size, size_t *first)
{
    const char *end = text + size;
    int data = 0;
    while (next_line(r, &text, end)) {
        int empty = r->at == r->end || *r->at == '%';
        if (data) {
            if (!empty)
                NU_TRY(take_row(r));
            NU_TRY(put(r, &r->csv, '\n'));
        } else if (!empty) {
            NU_TRY(take_declaration(r, &data));
            if (data)
                NU_TRY(put(r, &r->csv, '\n'));
            *first = r->line;
        }
    }
    if (!data)
        return nu_fail(r->err, NUDGE_EDATA, "%s: cut short: an ARFF file without @data", r->source);
    return NUDGE_OK;
}

static nudge_status read_table(nudge_table *t, nu_source *s, const nudge_read_options *options,
                               nudge_error *err)
{
    reading r NU_SCOPED(reading_end) = {.source = s->name, .err = err};
    nu_csv_kind *declared NU_FREED = NULL;
    char *text;
    size_t size, first = 0;
    NU_TRY(nu_source_load(s, err));
    NU_TRY(nu_csv_decode(s, &text, &size, options->encoding, 0, err));
    NU_TRY(nu_bytes_reserve(&r.csv, size + size / 8, s->name, err));
    NU_TRY(rewrite(&r, text, size, &first));
    free(NU_TAKE(s->bytes)); /* the other text is in memory now */
    NU_NEW(declared, calloc, r.n, s->name, err);
    for (size_t j = 0; j < r.n; j++)
        declared[j] = r.attribute[j].kind;
    return nu_csv_read_declared(t, (char *)r.csv.bytes, r.csv.size, first, declared, options, err);
}

/* Behind notes, "@relation" or "@attribute". */
static int looks_like(const unsigned char *head, size_t size)
{
    reading r = {.source = ""};
    const char *text = (const char *)head, *end = text + size;
    while (next_line(&r, &text, end))
        if (r.at < r.end && *r.at != '%')
            return (r.end - r.at > 9 && strncasecmp(r.at, "@relation", 9) == 0) ||
                   (r.end - r.at > 10 && strncasecmp(r.at, "@attribute", 10) == 0);
    return 0;
}

const nu_format nu_arff_format = {
    .name = "arff",
    .ending = {".arff"},
    .by_ending = 1,
    .looks_like = looks_like,
    .read = read_table,
    .has_columns = 1,
};
