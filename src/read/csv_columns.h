/* Which columns of a CSV file are stored, and as what. */
#ifndef NUDGE_READ_CSV_COLUMNS_H
#define NUDGE_READ_CSV_COLUMNS_H

#include "nudge.h"
#include "read/csv_names.h"
#include "read/csv_text.h"
#include "table/dictionary.h"
#include "table/table.h"

/* Cells of one sort in a column. */
typedef struct nu_csv_seen {
    size_t count;
    size_t line;         /* of the first, */
    char text[NU_SHORT]; /* and what it holds */
} nu_csv_seen;

typedef enum nu_csv_kind { NU_ANY_KIND, NU_NUMBERS, NU_CATEGORIES, NU_DATES } nu_csv_kind;

typedef struct nu_csv_field {
    const char *name;       /* belongs to `names` */
    nu_csv_naming naming;
    int used;               /* its cells are stored, */
    size_t column;          /* in this column of the table */
    int kept;               /* they are stored as text, too, */
    size_t kept_place;      /* among those kept, as they were asked for, */
    size_t kept_column;     /* in this column of the table, */
    nu_dictionary kept_words;
    int is_target, is_weight;
    size_t place;           /* among the targets, as they were asked for */
    int asked;              /* an option names it: it is not left out */
    nu_csv_kind want;       /* asked for */
    nu_csv_kind kind;       /* which the first cell decides otherwise; categories are cells that
                             * hold numbers of `words` */
    nu_csv_seen seen[NU_CELLS]; /* by nu_cell; of NU_CELL_MISSING nothing */
    nu_dictionary words;
    int as_written;         /* a target: numbers are stored as numbers of `words`, too, */
    double *values;         /* which have these values */
    int counts;             /* so far each number is the one before and 1, */
    double last;            /* which was this */
    int has_around;         /* of numbers it is known what is around them: of a model or a
                             * declaration, or from the first cell */
    nu_around around;
    size_t quoted;          /* cells in '...', which were taken off */
} nu_csv_field;

typedef struct nu_csv_fields {
    const char *source;
    size_t n;
    nu_csv_field *field; /* n */
    size_t used, kept;   /* so many are stored, and kept */
    nu_dictionary names; /* a field's name has its number */
} nu_csv_fields;

/* Names the columns, with a note where that is not what the file has, and decides, by the
 * options, which are stored, as what. Ended by
 * nu_csv_fields_free() in any case.
 * NUDGE_EDATA, NUDGE_EARGUMENT, NUDGE_EMISMATCH, NUDGE_EMEMORY. */
nudge_status nu_csv_choose(nu_csv_fields *fields, const char *source, const nu_csv_first *first,
                           const nudge_read_options *options, nu_notes *notes, nudge_error *err);
void nu_csv_fields_free(nu_csv_fields *fields);

#endif
