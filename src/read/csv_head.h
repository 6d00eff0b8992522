/* The text of a CSV file: all of it, or of a large one the beginning. */
#ifndef NUDGE_READ_CSV_HEAD_H
#define NUDGE_READ_CSV_HEAD_H

#include "read/csv_dialect.h"

/* The layout's text from a source; the dialect that is said tells the encoding, as is_likely of
 * nu_csv_decode(). Of a large plain file of UTF-8 it is whole lines that what is found out of a
 * table is found in, *head is them, for free(), and the layout has a tail; otherwise the source has
 * loaded all. NUDGE_EIO, NUDGE_EMEMORY, and what nu_csv_decode() returns. */
nudge_status nu_csv_load(nu_csv_layout *l, nu_source *s, char **head, int is_likely,
                         nudge_error *err);

/* Bytes of the beginning; tests make it small. */
extern size_t nu_csv_head_size;

#endif
