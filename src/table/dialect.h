/* How a text file writes a table: what was said or found out when it was read. Kept with what is
 * learned from the table, so that other files are read alike. */
#ifndef NUDGE_TABLE_DIALECT_H
#define NUDGE_TABLE_DIALECT_H

#include <stddef.h>

#define NU_ENCODING_TEXT 32

typedef struct nu_dialect {
    char delimiter;                  /* between cells; ' ': runs of blanks. 0: of no text file */
    char decimal;                    /* '.' or ',' */
    char encoding[NU_ENCODING_TEXT]; /* as iconv has it; "": UTF-8, or what the file begins with
                                      * says */
    size_t skip_rows;                /* lines left out at the beginning, */
    size_t skip_after_header;        /* and below the header */
    int zero_based;                  /* LIBSVM: the first feature has index 0, not 1 */
} nu_dialect;

#endif
