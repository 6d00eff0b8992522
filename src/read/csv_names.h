/* Names for the columns of a CSV file. */
#ifndef NUDGE_READ_CSV_NAMES_H
#define NUDGE_READ_CSV_NAMES_H

#include "read/csv_header.h"
#include "table/dictionary.h"

typedef enum nu_csv_naming {
    NU_NAMED,
    NU_UNNAMED,   /* the header has no name for it: it is called by its place, c4 */
    NU_NAMED_ALSO /* one of several with that name: the others have .1, .2, ... behind it */
} nu_csv_naming;

/* Adds a name for each of first->n columns, all different: column j has number j; how[j] tells
 * where it comes from. Names that a header has twice are noted. NUDGE_EMEMORY. */
nudge_status nu_csv_name_columns(nu_dictionary *names, nu_csv_naming *how, const char *source,
                                 const nu_csv_first *first, nu_notes *notes, nudge_error *err);

#endif
