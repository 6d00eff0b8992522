/* Reading tables from files and from memory. */
#ifndef NUDGE_TESTS_READ_FIXTURES_H
#define NUDGE_TESTS_READ_FIXTURES_H

#include <stdlib.h>
#include <string.h>

#include "read/read.h"
#include "suite.h"

/* The table of a file that must be right, with its labels or NULL. */
static inline nudge_table *read_good(const char *path, const char *labels)
{
    nudge_read_options options = nudge_read_defaults();
    options.labels = labels;
    nudge_table *t = NULL;
    nudge_error err = {0};
    nudge_status status = nudge_table_read(&t, path, &options, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    return t;
}

/* A file, or its labels, must be refused: the message is one line, begins with the path of one of
 * the two, and holds `text`; the table pointer stays as it was. */
static inline void read_bad(const char *path, const char *labels, nudge_status want,
                            const char *text)
{
    nudge_read_options options = nudge_read_defaults();
    options.labels = labels;
    nudge_table *t = NULL;
    nudge_error err = {0};
    nudge_status status = nudge_table_read(&t, path, &options, &err);
    ck_assert_msg(status == want, "status %d: %s", (int)status, err.text);
    ck_assert_int_eq(err.status, want);
    ck_assert_ptr_null(t);
    ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0 ||
                      (labels != NULL && strncmp(err.text, labels, strlen(labels)) == 0),
                  "%s", err.text);
    ck_assert_msg(strstr(err.text, text) != NULL, "'%s' is not in: %s", text, err.text);
    ck_assert_ptr_null(strchr(err.text, '\n'));
}

/* Reads bytes in memory, from a block that is exactly as long, so that the sanitizer build sees
 * any reading beyond. */
static inline nudge_status read_memory(nudge_table **t, const nu_format *format, const char *name,
                                       const void *bytes, size_t size,
                                       const nudge_read_options *options, nudge_error *err)
{
    nudge_read_options defaults = nudge_read_defaults();
    nu_source s = {.name = name, .fd = -1, .bytes = malloc(size > 0 ? size : 1), .size = size};
    ck_assert_ptr_nonnull(s.bytes);
    memcpy(s.bytes, bytes, size);
    nudge_status status = nu_read_source(t, &s, format, options != NULL ? options : &defaults,
                                         err);
    nu_source_close(&s);
    return status;
}

#endif
