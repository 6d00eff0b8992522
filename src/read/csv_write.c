#include "read/csv_write.h"

#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "core/status.h"
#include "csv_quote.h"

/* ---- Bytes out ------------------------------------------------------------------------- */

/* Text on its way to the stream, through zlib if gz is there. */
typedef struct sink {
    FILE *stream;
    gzFile gz;
    const char *path;
    nudge_error *err;
    nudge_status status;
    size_t used;
    char text[65536];
} sink;

static void flush(sink *s)
{
    int written = s->status != NUDGE_OK || s->used == 0;
    if (!written && s->gz != NULL)
        written = gzwrite(s->gz, s->text, (unsigned)s->used) == (int)s->used;
    else if (!written)
        written = fwrite(s->text, 1, s->used, s->stream) == s->used;
    s->used = 0;
    if (!written)
        s->status = nu_fail(s->err, NUDGE_EIO, "cannot write '%s': %s", s->path, strerror(errno));
}

static void put(void *to, const char *text, size_t size)
{
    sink *s = to;
    while (size > 0) {
        if (s->used == sizeof s->text)
            flush(s);
        size_t room = sizeof s->text - s->used, n = size < room ? size : room;
        memcpy(s->text + s->used, text, n);
        s->used += n;
        text += n;
        size -= n;
    }
}

/* ---- Cells ----------------------------------------------------------------------------- */

static void put_text(sink *s, const char *text)
{
    nu_csv_quote_to(put, s, text);
}

/* The shortest decimal number that is read back as v. With DBL_DIG (FLT_DIG) digits, printf's %g
 * drops the zeros at the end, so that shorter ones need no trial. */
static void put_f64(sink *s, double v)
{
    char text[32];
    int n = 0;
    for (int digits = DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
        n = snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    put(s, text, (size_t)n);
}

static void put_f32(sink *s, float v)
{
    char text[32];
    int n = 0;
    for (int digits = FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++) {
        n = snprintf(text, sizeof text, "%.*g", digits, (double)v);
        if (strtof(text, NULL) == v)
            break;
    }
    put(s, text, (size_t)n);
}

static void put_element(sink *s, const void *x, nu_element type, size_t i)
{
    char text[8];
    switch (type) {
    case NU_U8:
        put(s, text, (size_t)snprintf(text, sizeof text, "%u", ((const unsigned char *)x)[i]));
        break;
    case NU_F32: put_f32(s, ((const float *)x)[i]); break;
    case NU_F64: put_f64(s, ((const double *)x)[i]); break;
    }
}

/* ---- Tables ---------------------------------------------------------------------------- */

/* x1, x2, ... or p1, p2, ... for a matrix's features, then the targets' names. */
static void put_names(sink *s, const nudge_table *t)
{
    char text[NU_NAME_TEXT];
    for (size_t j = 0; j < t->n_columns; j++) {
        put(s, ",", j > 0);
        put_text(s, t->columns[j].name);
    }
    for (size_t j = 0; j < t->features; j++) {
        put(s, ",", j > 0);
        put_text(s, t->feature_names != NULL ? t->feature_names[j]
                                             : nu_matrix_name(text, t->pixel_rows > 0, j));
    }
    for (size_t k = 0; k < t->outputs; k++) {
        put(s, ",", t->features > 0 || k > 0);
        put_text(s, t->names[t->n_names - t->outputs + k]);
    }
    put(s, "\n", 1);
}

static void put_cell(sink *s, const nudge_table *t, size_t row, size_t j)
{
    const nu_column *column = &t->columns[j];
    double v = nu_table_cell(t, row, j);
    if (isnan(v)) /* missing; alone in its row it must not look like an empty line */
        put(s, "NA", t->n_columns == 1 ? 2 : 0);
    else if (column->kind == NUDGE_COLUMN_CATEGORY)
        put_text(s, column->categories[(size_t)v]);
    else
        put_f64(s, v);
}

static void put_row(sink *s, const nudge_table *t, size_t row)
{
    for (size_t j = 0; j < t->n_columns; j++) {
        put(s, ",", j > 0);
        put_cell(s, t, row, j);
    }
    for (size_t j = 0; j < t->features; j++) {
        put(s, ",", j > 0);
        put_element(s, t->x, t->element, row * t->features + j);
    }
    for (size_t k = 0; k < t->outputs; k++) {
        put(s, ",", t->features > 0 || k > 0);
        if (t->classes != NULL)
            put_text(s, t->class_labels[t->classes[row]]);
        else
            put_element(s, t->y, t->y_element, row * t->outputs + k);
    }
    put(s, "\n", 1);
}

static void put_rows(sink *s, nu_rows *rows)
{
    put_names(s, rows->table);
    do {
        for (size_t row = 0; row < rows->table->rows && s->status == NUDGE_OK; row++)
            put_row(s, rows->table, row);
        if (rows->next == NULL)
            break;
        if (s->status == NUDGE_OK)
            s->status = rows->next(rows, s->err);
    } while (s->status == NUDGE_OK && rows->table->rows > 0);
}

static nudge_status write_text(sink *s, nu_rows *rows)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return nu_no_memory(s->err, 1024, "the C locale");
    locale_t before = uselocale(c); /* of this thread only: printf's decimal point */
    put_rows(s, rows);
    flush(s);
    uselocale(before);
    freelocale(c);
    return s->status;
}

/* All of it to the stream, through zlib if the name says so. */
static nudge_status write_stream(sink *s, nu_rows *rows)
{
    size_t size = strlen(s->path);
    if (size < 3 || strcmp(s->path + size - 3, ".gz") != 0)
        return write_text(s, rows);
    int fd = dup(fileno(s->stream)); /* gzclose() closes its descriptor */
    s->gz = fd >= 0 ? gzdopen(fd, "wb") : NULL;
    if (s->gz == NULL) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return nu_fail(s->err, NUDGE_EIO, "cannot write '%s': %s", s->path, strerror(error));
    }
    nudge_status status = write_text(s, rows);
    if (gzclose(s->gz) != Z_OK && status == NUDGE_OK)
        status = nu_fail(s->err, NUDGE_EIO, "cannot write '%s': %s", s->path, strerror(errno));
    return status;
}

nudge_status nu_csv_write(nu_rows *rows, const char *path, nudge_error *err)
{
    nu_output out;
    NU_TRY(nu_output_open(&out, path, err));
    sink *s = malloc(sizeof *s);
    nudge_status status;
    if (s == NULL) {
        status = nu_no_memory(err, sizeof *s, "a write buffer");
    } else {
        s->stream = out.stream;
        s->gz = NULL;
        s->path = path;
        s->err = err;
        s->status = NUDGE_OK;
        s->used = 0;
        status = write_stream(s, rows);
    }
    free(s);
    if (status == NUDGE_OK)
        return nu_output_commit(&out, err);
    nu_output_abandon(&out);
    return status;
}
