/* Tables to CSV files. */
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
#include "read/array.h"

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

static void put_columns(sink *s, const nudge_table *t)
{
    for (size_t j = 0; j < t->n_columns; j++) {
        put(s, ",", j > 0);
        nu_csv_quote_to(put, s, t->columns[j].name);
    }
    put(s, "\n", 1);
    for (size_t row = 0; row < t->rows && s->status == NUDGE_OK; row++) {
        for (size_t j = 0; j < t->n_columns; j++) {
            const nu_column *column = &t->columns[j];
            double v = nu_table_cell(t, row, j);
            put(s, ",", j > 0);
            if (isnan(v)) /* missing; alone in its row it must not look like an empty line */
                put(s, "NA", t->n_columns == 1 ? 2 : 0);
            else if (column->kind == NUDGE_COLUMN_CATEGORY)
                nu_csv_quote_to(put, s, column->categories[(size_t)v]);
            else
                put_f64(s, v);
        }
        put(s, "\n", 1);
    }
}

/* x1, x2, ... or p1, p2, ... for the features, then the targets' names. */
static void put_matrix_names(sink *s, const nudge_table *t)
{
    char text[32];
    for (size_t j = 0; j < t->features; j++) {
        put(s, ",", j > 0);
        if (t->feature_names != NULL)
            nu_csv_quote_to(put, s, t->feature_names[j]);
        else
            put(s, text, (size_t)snprintf(text, sizeof text, "%c%zu",
                                          t->pixel_rows > 0 ? 'p' : 'x', j + 1));
    }
    const char *target = t->target_name != NULL ? t->target_name : "y";
    for (size_t k = 0; k < t->outputs; k++) {
        put(s, ",", t->features > 0 || k > 0);
        if (t->outputs == 1)
            nu_csv_quote_to(put, s, target);
        else
            nu_csv_quote_to(put, s, t->names[t->n_names - t->outputs + k]);
    }
    put(s, "\n", 1);
}

static void put_matrix(sink *s, const nudge_table *t)
{
    put_matrix_names(s, t);
    for (size_t row = 0; row < t->rows && s->status == NUDGE_OK; row++) {
        for (size_t j = 0; j < t->features; j++) {
            put(s, ",", j > 0);
            put_element(s, t->x, t->element, row * t->features + j);
        }
        for (size_t k = 0; k < t->outputs; k++) {
            put(s, ",", t->features > 0 || k > 0);
            if (t->classes != NULL)
                nu_csv_quote_to(put, s, t->class_labels[t->classes[row]]);
            else
                put_element(s, t->y, t->y_element, row * t->outputs + k);
        }
        put(s, "\n", 1);
    }
}

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static nudge_status write_text(sink *s, const nudge_table *t)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return nu_no_memory(s->err, 1024, "the C locale");
    locale_t before = uselocale(c); /* of this thread only: printf's decimal point */
    if (t->n_columns > 0)
        put_columns(s, t);
    else
        put_matrix(s, t);
    flush(s);
    uselocale(before);
    freelocale(c);
    return s->status;
}

static nudge_status write_gzip(sink *s, const nudge_table *t)
{
    int fd = dup(fileno(s->stream)); /* gzclose() closes its descriptor */
    s->gz = fd >= 0 ? gzdopen(fd, "wb") : NULL;
    if (s->gz == NULL) {
        nudge_status status = nu_fail(s->err, NUDGE_EIO, "cannot write '%s': %s", s->path,
                                      strerror(errno));
        if (fd >= 0)
            close(fd);
        return status;
    }
    nudge_status status = write_text(s, t);
    if (gzclose(s->gz) != Z_OK && status == NUDGE_OK)
        status = nu_fail(s->err, NUDGE_EIO, "cannot write '%s': %s", s->path, strerror(errno));
    return status;
}

nudge_status nu_check_ending(const char *path, nudge_error *err)
{
    if (path != NULL && (nu_is_npy_path(path) || nu_is_st_path(path) || ends_with(path, ".csv") ||
                         ends_with(path, ".csv.gz")))
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EARGUMENT, "the name of the output file, '%s', must end in .csv, "
                   ".csv.gz, .npy or .safetensors", path != NULL ? path : "");
}

nudge_status nudge_table_write(const nudge_table *table, const char *path, nudge_error *err)
{
    NU_TRY(nu_check_ending(path, err));
    if (nu_is_npy_path(path) || nu_is_st_path(path))
        return nu_table_write_arrays(table, path, err);
    int gzip = ends_with(path, ".csv.gz");
    nu_output out;
    NU_TRY(nu_output_open(&out, path, err));
    sink *s = malloc(sizeof *s);
    nudge_status status = NUDGE_OK;
    if (s == NULL) {
        status = nu_no_memory(err, sizeof *s, "a write buffer");
    } else {
        s->stream = out.stream;
        s->gz = NULL;
        s->path = path;
        s->err = err;
        s->status = NUDGE_OK;
        s->used = 0;
        status = gzip ? write_gzip(s, table) : write_text(s, table);
    }
    free(s);
    if (status == NUDGE_OK)
        return nu_output_commit(&out, err);
    nu_output_abandon(&out);
    return status;
}
