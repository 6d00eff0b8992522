/* Delimiters of cells on trial: how the beginning of a table looks with them. */
#ifndef NUDGE_READ_CSV_TRIAL_H
#define NUDGE_READ_CSV_TRIAL_H

#include "read/csv_scan.h"
#include "read/csv_text.h"

/* What a column holds below the first row. */
typedef struct nu_csv_tally {
    size_t points;  /* numbers with a decimal point, or whole ones, */
    size_t pointed; /* of these with a point */
    size_t commas;  /* numbers with a decimal comma that cannot be one between thousands, */
    size_t either;  /* or can */
    size_t texts;
} nu_csv_tally;

typedef struct nu_csv_trial {
    const nu_csv_reading *how;
    char delimiter;
    size_t first;  /* cells of the first row, */
    size_t rows;   /* and rows below it: */
    size_t same;   /* with as many, */
    size_t longer; /* or one more */
    size_t cell;   /* next of the row */
    nu_csv_tally *column; /* first + 1 */
    int fits;      /* all rows have the same number of cells, but a header can have one less */
    size_t columns, numeric;
} nu_csv_trial;

/* Of one delimiter, for a walk over the table that lacks its callbacks; broken quoting is only a
 * delimiter that does not fit. `how` stays the
 * caller's. Ended by nu_csv_trial_free() in any case. NUDGE_EMEMORY. */
nudge_status nu_csv_try(nu_csv_trial *t, nu_csv_scan scan, char delimiter,
                        const nu_csv_reading *how, nudge_error *err);
void nu_csv_trial_free(nu_csv_trial *t);

/* 1 if a column has numbers and nothing else. */
int nu_csv_is_numeric(const nu_csv_tally *column);

/* 1 if the first line has the delimiter, elsewhere than at its beginning. */
int nu_csv_first_line_has(const char *bytes, size_t size, char delimiter);

/* The best of tabs, '|', semicolons, commas and blanks for a walk, whose delimiter does not count;
 * of commas, if the first line has none of all. *name: of it, "commas"; *other: of another that
 * fits as well, or NULL. Ended by nu_csv_trial_free() in any case. NUDGE_EMEMORY. */
nudge_status nu_csv_try_all(nu_csv_trial *best, const char **name, const char **other,
                            nu_csv_scan scan, const nu_csv_reading *how, nudge_error *err);

#endif
