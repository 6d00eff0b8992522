#include "export/writer.h"

#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "real_text.h"
#include "table/table.h"

#define COLUMNS 100 /* lines of lists are not longer, but for what does not fit */

void nu_write_lines(const nu_writer *w, const nu_lines *lines)
{
    uint64_t traits = w->e->traits;
    for (; lines->text != NULL; lines++)
        if ((traits & lines->needs) == lines->needs && (traits & lines->unless) == 0)
            fputs(lines->text, w->stream);
}

/* Before item i of a list, which takes `size` columns: a comma, and a new line where it does not
 * fit behind `at`. Returns where it begins. */
static size_t separate(FILE *stream, size_t i, size_t size, size_t indent, size_t at)
{
    int fits = at + size + 3 <= COLUMNS;
    if (i == 0)
        return at;
    fprintf(stream, fits ? ", " : ",\n%*s", fits ? 0 : (int)indent, "");
    return fits ? at + 2 : indent;
}

/* ---- Numbers ---------------------------------------------------------------------------- */

/* Returns its length. */
static size_t real_text(char buf[NUDGE_CELL_SIZE], double value, int is_f32)
{
    if (is_f32)
        return (size_t)nu_real_text(buf, value, 9);
    return strlen(nu_number_text(buf, value, NU_F64));
}

void nu_write_real(FILE *stream, double value, int is_f32)
{
    char buf[NUDGE_CELL_SIZE];
    real_text(buf, value, is_f32);
    fputs(buf, stream);
}

void nu_write_reals(FILE *stream, const double *values, size_t n, int is_f32, size_t indent,
                    size_t at)
{
    char buf[NUDGE_CELL_SIZE];
    for (size_t i = 0; i < n; i++) {
        size_t used = real_text(buf, values[i], is_f32);
        at = used + separate(stream, i, used, indent, at);
        fputs(buf, stream);
    }
}

void nu_write_rows(const nu_writer *w, const double *values, size_t rows, size_t columns,
                   size_t indent)
{
    const char *const *around = w->syntax->numbers;
    for (size_t i = 0; i < rows; i++) {
        fprintf(w->stream, "%*s%s", (int)indent, "", around[0]);
        nu_write_reals(w->stream, values + i * columns, columns, w->e->is_f32, indent + 1,
                       indent + 1);
        fprintf(w->stream, "%s%s\n", around[1], i + 1 < rows ? "," : "");
    }
}

const char *nu_network_prefix(char buf[NU_PREFIX], const nu_exported *e, size_t k)
{
    snprintf(buf, NU_PREFIX, e->networks > 1 ? "m%zu_" : "", k + 1);
    return buf;
}

/* ---- Texts ------------------------------------------------------------------------------ */

/* What stands for the first of a text's characters, where it may not meet the next; or NULL. */
static const char *apart(const nu_syntax *s, const char *at)
{
    for (size_t i = 0; i < sizeof s->apart / sizeof *s->apart && s->apart[i].pair != NULL; i++)
        if (strncmp(at, s->apart[i].pair, strlen(s->apart[i].pair)) == 0)
            return s->apart[i].first;
    return NULL;
}

/* In double quotes. */
static void write_quoted(const nu_writer *w, const char *text)
{
    putc('"', w->stream);
    for (; *text != '\0'; text++) {
        const char *first = apart(w->syntax, text);
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            fprintf(w->stream, w->syntax->escape, (unsigned)(unsigned char)*text);
        else if (first != NULL)
            fputs(first, w->stream);
        else
            fprintf(w->stream, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    }
    putc('"', w->stream);
}

void nu_write_texts(const nu_writer *w, char *const *texts, size_t n, size_t indent, size_t at)
{
    for (size_t i = 0; i < n; i++) {
        size_t size = strlen(texts[i]) + 2;
        at = size + separate(w->stream, i, size, indent, at);
        write_quoted(w, texts[i]);
    }
}

/* ---- Records ---------------------------------------------------------------------------- */

/* The value of a field. */
static void write_value(const nu_writer *w, const nu_field *f, size_t indent)
{
    FILE *stream = w->stream;
    const nu_syntax *s = w->syntax;
    switch (f->kind) {
    case NU_TEXT_FIELD:
        write_quoted(w, f->text);
        break;
    case NU_NUMBER_FIELD:
        nu_write_real(stream, f->number, 0);
        break;
    case NU_YES_FIELD:
        fputs(s->yes, stream);
        break;
    case NU_NUMBERS_FIELD:
        fprintf(stream, "%s\n%*s", s->numbers[0], (int)indent, "");
        nu_write_reals(stream, f->numbers, f->n, f->is_f32, indent, indent);
        fputs(s->numbers[1], stream);
        break;
    case NU_TEXTS_FIELD:
        fputs(s->texts[0], stream);
        nu_write_texts(w, f->texts, f->n, indent, COLUMNS / 2);
        fputs(s->texts[1], stream);
        break;
    }
}

void nu_write_fields(const nu_writer *w, const nu_record *r, size_t indent)
{
    const nu_syntax *s = w->syntax;
    fputs(s->record[0], w->stream);
    for (size_t i = 0; i < r->n; i++) {
        const nu_field *f = &r->field[i];
        fputs(i > 0 ? ", " : "", w->stream);
        fprintf(w->stream, s->key, f->key);
        write_value(w, f, indent + 4);
        if (s->count != NULL && f->n > 0)
            fprintf(w->stream, s->count, f->key, f->n);
    }
    fputs(s->record[1], w->stream);
}

void nu_write_record(const nu_writer *w, const nu_record *r, size_t indent, int is_last)
{
    fprintf(w->stream, "%*s", (int)indent, "");
    nu_write_fields(w, r, indent);
    fputs(is_last ? "\n" : ",\n", w->stream);
}

nudge_status nu_write_columns(const nu_writer *w, size_t indent, nudge_error *err)
{
    for (size_t j = 0, value = 0; j < w->e->columns; j++) {
        nu_record record NU_SCOPED(nu_record_end) = {0};
        NU_TRY(nu_exported_column(w->e, j, &value, &record, err));
        nu_write_record(w, &record, indent, j + 1 == w->e->columns);
    }
    return NUDGE_OK;
}

void nu_write_targets(const nu_writer *w, size_t indent)
{
    size_t n = nu_exported_targets(w->e);
    for (size_t k = 0; k < n; k++) {
        nu_record record;
        nu_exported_target(w->e, k, &record);
        nu_write_record(w, &record, indent, k + 1 == n);
    }
}
