/* Tables to CSV files. */
#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>
#include <zlib.h>

#include "core/memory.h"
#include "core/status.h"
#include "csv_quote.h"
#include "date.h"
#include "read/csv_encoding.h"
#include "read/format.h"

/* Text on its way to the file, compressed or not: zlib does both, and buffers. */
typedef struct sink {
    gzFile gz;
    int error; /* errno of the first write that failed */
} sink;

static void put(void *to, const char *text, size_t size)
{
    sink *s = to;
    if (size > 0 && s->error == 0 && gzwrite(s->gz, text, (unsigned)size) != (int)size)
        s->error = errno != 0 ? errno : EIO;
}

/* ---- Cells ----------------------------------------------------------------------------- */

static void put_text(sink *s, const char *text)
{
    nu_csv_quote_to(put, s, text);
}

static void put_number(sink *s, double v, nu_element type)
{
    char text[NUDGE_CELL_SIZE];
    nu_number_text(text, v, type);
    put(s, text, strlen(text));
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
        put_text(s, nu_matrix_name(text, t->pixel_rows > 0, j));
    }
    for (size_t k = 0; k < t->outputs; k++) {
        put(s, ",", t->features > 0 || k > 0);
        put_text(s, t->names[t->n_names - t->outputs + k]);
    }
    put(s, "\n", 1);
}

/* A row without values must not look like an empty line. */
static int is_empty_row(const nudge_table *t, size_t row)
{
    size_t j = 0;
    while (j < t->n_columns && isnan(nu_table_cell(t, row, j)))
        j++;
    return j == t->n_columns;
}

static void put_cell(sink *s, const nudge_table *t, size_t row, size_t j)
{
    const nu_column *column = &t->columns[j];
    double v = nu_table_cell(t, row, j);
    char date[NU_DATE_TEXT];
    if (isnan(v)) /* missing */
        put(s, "NA", j == 0 && is_empty_row(t, row) ? 2 : 0);
    else if (column->kind == NUDGE_COLUMN_CATEGORY || column->values != NULL)
        put_text(s, column->categories[(size_t)v]);
    else if (column->kind == NUDGE_COLUMN_DATE)
        put_text(s, nu_date_text(date, v));
    else
        put_number(s, v, NU_F64);
}

static void put_row(sink *s, const nudge_table *t, size_t row)
{
    for (size_t j = 0; j < t->n_columns; j++) {
        put(s, ",", j > 0);
        put_cell(s, t, row, j);
    }
    for (size_t j = 0; j < t->features; j++) {
        put(s, ",", j > 0);
        put_number(s, nu_value(t->x, t->element, row * t->features + j), t->element);
    }
    for (size_t k = 0; k < t->outputs; k++) {
        put(s, ",", t->features > 0 || k > 0);
        if (t->classes != NULL)
            put_text(s, t->class_labels[t->classes[row]]);
        else
            put_number(s, nu_value(t->y, t->y_element, row * t->outputs + k), t->y_element);
    }
    put(s, "\n", 1);
}

/* In the C locale, which is this thread's alone: printf's decimal point. */
static nudge_status put_rows(sink *s, nu_rows *rows, nudge_error *err)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    NU_NEED(c != (locale_t)0, 1024, "the C locale", err);
    locale_t before = uselocale(c);
    nudge_status status = NUDGE_OK;
    put_names(s, rows->table);
    do {
        for (size_t row = 0; row < rows->table->rows && s->error == 0; row++)
            put_row(s, rows->table, row);
        if (rows->next == NULL || s->error != 0)
            break;
        status = rows->next(rows, err);
    } while (status == NUDGE_OK && rows->table->rows > 0);
    uselocale(before);
    freelocale(c);
    return status;
}

/* NPY files and models may hold texts that no CSV file can. */
static nudge_status check_text(const nudge_table *t, const char *text, nudge_error *err)
{
    return nu_is_utf8(text) ? NUDGE_OK
                            : nu_fail(err, NUDGE_EDATA, "%s: the text '%s' holds a byte that no "
                                      "CSV file does", t->source, text);
}

static nudge_status check_texts(const nudge_table *t, nudge_error *err)
{
    for (size_t j = 0; j < t->n_columns; j++) {
        const nu_column *c = &t->columns[j];
        NU_TRY(check_text(t, c->name, err));
        for (size_t k = 0; c->categories != NULL && k < c->n_categories; k++)
            NU_TRY(check_text(t, c->categories[k], err));
    }
    for (size_t k = 0; t->class_labels != NULL && k < t->n_classes; k++)
        NU_TRY(check_text(t, t->class_labels[k], err));
    return NUDGE_OK;
}

nudge_status nu_csv_write(nu_rows *rows, const char *path, nudge_error *err)
{
    nu_output out NU_SCOPED(nu_atomic_abandon) = {0};
    NU_TRY(check_texts(rows->table, err));
    NU_TRY(nu_output_open(&out, path, err));
    size_t size = strlen(path);
    int gzip = size > 3 && strcmp(path + size - 3, ".gz") == 0;
    int fd = dup(fileno(out.stream)); /* gzclose() closes its descriptor */
    sink s = {.gz = fd >= 0 ? gzdopen(fd, gzip ? "wb" : "wbT") : NULL};
    if (s.gz == NULL) {
        s.error = errno;
        if (fd >= 0)
            close(fd);
    } else {
        gzbuffer(s.gz, 65536);
        nudge_status status = put_rows(&s, rows, err);
        errno = 0;
        if (gzclose(s.gz) != Z_OK && s.error == 0)
            s.error = errno != 0 ? errno : EIO;
        NU_TRY(status);
    }
    if (s.error != 0)
        return nu_fail(err, NUDGE_EIO, "cannot write '%s': %s", path, strerror(s.error));
    return nu_output_commit(&out, err);
}
