/* Further CSV files of a dataset in parts. */
#ifndef NUDGE_READ_CSV_PARTS_H
#define NUDGE_READ_CSV_PARTS_H

#include "read/csv_header.h"
#include "read/source.h"

typedef struct nu_csv_part {
    nu_csv_layout layout; /* its lines are counted through all parts */
    size_t header_line;   /* which is no row; 0: there is none */
    size_t *order;        /* cell j of a row belongs to column order[j]; NULL: to column j */
} nu_csv_part;

/* Opens part i in place of the one before, written as the first part is, with its columns; its
 * lines follow line `last`. Ended by nu_csv_part_end() in any case.
 * NUDGE_EDATA (other columns), and as of nu_archive_open(), nu_csv_decode(), nu_csv_look(). */
nudge_status nu_csv_part_open(nu_csv_part *part, nu_source *s, size_t i, size_t last,
                              const nu_csv_layout *layout, const nu_csv_first *first,
                              const nudge_read_options *options, nudge_error *err);
void nu_csv_part_end(nu_csv_part *part);

#endif
