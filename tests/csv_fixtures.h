/* What the tests of CSV tables share. */
#ifndef NUDGE_TESTS_CSV_FIXTURES_H
#define NUDGE_TESTS_CSV_FIXTURES_H

#include <math.h>
#include <string.h>

#include "core/file.h"
#include "read_fixtures.h"

/* The table of a text, which must be right. */
static inline nudge_table *read_text(const char *text, const nudge_read_options *options)
{
    nudge_error err = {0};
    nudge_table *t = NULL;
    nudge_status status = read_memory(&t, &nu_csv_format, "data.csv", text, strlen(text), options,
                                      &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    return t;
}

/* A text that must be refused so; `words` are in the message. */
static inline void refuse_text(const char *text, const nudge_read_options *options,
                               nudge_status status, const char *words)
{
    nudge_error err = {0};
    nudge_table *t = NULL;
    nudge_status got = read_memory(&t, &nu_csv_format, "data.csv", text, strlen(text), options,
                                   &err);
    ck_assert_ptr_null(t);
    ck_assert_msg(got == status, "status %d: %s", got, err.text);
    ck_assert_msg(strstr(err.text, words) != NULL, "'%s' is not in '%s'", words, err.text);
}

/* "41 Oslo 1.5|-300 Bergen 0.25": all cells, a missing one as "-"; in one of two buffers. */
static inline const char *cells_text(const nudge_table *t)
{
    static char text[2][4096];
    static int turn;
    char *out = text[turn++ % 2];
    size_t at = 0;
    out[0] = '\0';
    for (size_t r = 0; r < t->rows; r++)
        for (size_t j = 0; j < t->n_columns; j++) {
            double v = t->columns[j].values != NULL ? nu_table_number(t, r, j)
                                                   : nu_table_cell(t, r, j);
            const char *end = j + 1 < t->n_columns ? " " : r + 1 < t->rows ? "|" : "";
            size_t room = sizeof text[0] - at;
            int n = isnan(v) ? snprintf(out + at, room, "-%s", end)
                    : t->columns[j].kind == NUDGE_COLUMN_CATEGORY
                        ? snprintf(out + at, room, "%s%s", t->columns[j].categories[(size_t)v], end)
                        : snprintf(out + at, room, "%.15g%s", v, end);
            at += (size_t)n;
            ck_assert_uint_lt(at, sizeof text[0]);
        }
    return out;
}

/* "age,city": names of the columns; a target in brackets, a category with "*". */
static inline const char *names_text(const nudge_table *t)
{
    static char text[2][4096];
    static int turn;
    char *out = text[turn++ % 2];
    size_t at = 0;
    for (size_t j = 0; j < t->n_columns; j++) {
        const nu_column *c = &t->columns[j];
        at += (size_t)snprintf(out + at, sizeof text[0] - at, "%s%s%s%s%s", j > 0 ? "," : "",
                               c->is_target ? "[" : "", c->name,
                               c->kind == NUDGE_COLUMN_CATEGORY ? "*" : "",
                               c->is_target ? "]" : "");
        ck_assert_uint_lt(at, sizeof text[0]);
    }
    return out;
}

/* "header: the first row is data": all notes, one a line, each with its setting ("" for none). */
static inline const char *notes_text(const nudge_table *t)
{
    static char text[4096];
    size_t n, at = 0;
    const nudge_note *note = nudge_table_notes(t, &n);
    text[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s: %s", i > 0 ? "\n" : "",
                               note[i].setting != NULL ? note[i].setting : "", note[i].text);
        ck_assert_uint_lt(at, sizeof text);
        ck_assert_str_eq(note[i].source, t->source);
    }
    return text;
}

static inline void assert_table(const nudge_table *t, const char *names, const char *cells)
{
    ck_assert_str_eq(names_text(t), names);
    ck_assert_str_eq(cells_text(t), cells);
}

#endif
