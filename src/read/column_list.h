/* Columns that an option names: by name, by position or by a pattern. */
#ifndef NUDGE_READ_COLUMN_LIST_H
#define NUDGE_READ_COLUMN_LIST_H

#include "nudge.h"

/* The columns that there are. */
typedef struct nu_columns {
    const char *source; /* begins messages */
    size_t n;
    const char *(*name)(const void *of, size_t j); /* of column j; NULL from n on */
    const void *of;
    /* Whether the header has that name several times, so that it could mean another; or NULL. */
    int (*is_shared)(const void *of, size_t j);
} nu_columns;

/* The columns of a list, in its order: *n numbers below columns->n, each once, for free().
 *
 * Entries are separated by commas, with blanks around them: a name; a name in double quotes, where
 * it has commas, blanks around it, or looks like one of the following (a quote in it is doubled);
 * N, N-M or N-, positions from 1; a pattern of fnmatch(3), with *, ? or [...], for all names that
 * match. A name goes before the others, and a list that is as a whole a name is that name.
 * `what` are the columns, for messages: "target"; `setting` as in nudge_error.
 * NUDGE_EARGUMENT (with similar names, and all), NUDGE_EMEMORY. */
nudge_status nu_columns_of_list(size_t **column, size_t *n, const nu_columns *columns,
                                const char *list, const char *what, const char *setting,
                                nudge_error *err);

/* " (did you mean 'price'?); columns are: price, rooms, ... (84 in all)", for a name that none has;
 * returns buf. */
#define NU_NAMES_TEXT 640
const char *nu_columns_text(char buf[NU_NAMES_TEXT], const nu_columns *columns, const char *name);

/* The texts of a list, in quotes or not: *n of them, 0 if quotes are broken; for free() as one
 * block. NULL without memory. */
char **nu_list_split(const char *list, size_t *n);

/* 1 if every entry of a list is one of n names; 0 also without memory. */
int nu_list_has_names(const char *list, char *const *names, size_t n);

#endif
