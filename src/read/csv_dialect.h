/* What a CSV file is like as text, and where its table begins. */
#ifndef NUDGE_READ_CSV_DIALECT_H
#define NUDGE_READ_CSV_DIALECT_H

#include "read/csv_scan.h"
#include "read/csv_text.h"
#include "read/source.h"
#include "table/notes.h"

/* The end of a text that is not in memory. */
typedef struct nu_csv_tail {
    const nu_source *source; /* NULL: there is none */
    uint64_t at;             /* it begins there */
} nu_csv_tail;

static inline uint64_t nu_csv_unread(const nu_csv_tail *tail)
{
    return tail->source != NULL ? tail->source->size - tail->at : 0;
}

typedef struct nu_csv_layout {
    const char *source;
    nudge_dialect dialect;
    nu_csv_reading how;
    char *bytes;        /* where the table begins, */
    size_t size;
    nu_csv_tail tail;   /* what is behind them */
    size_t line;        /* and its number; 0: the first */
    size_t skip;        /* lines below its first row that are left out */
    size_t notes;       /* lines above that begin with '#', */
    int has_row;        /* one of which could be a row */
    char *title;        /* the last of them, without its '#'; NULL: there is none */
    size_t title_size;
    size_t title_line;
} nu_csv_layout;

/* What the options say of a dialect, and for what they do not say, a model's data (options->like):
 * zeros where neither does. NUDGE_EARGUMENT. */
nudge_status nu_csv_said(nudge_dialect *dialect, const nudge_read_options *options,
                         nudge_error *err);

/* Finds out the rest, with a note for each thing. The layout has its source, what was said of the
 * dialect, `how` with its locale, and its text, of a large file the beginning.
 * NUDGE_EDATA (nothing but notes), NUDGE_EMEMORY. */
nudge_status nu_csv_find_layout(nu_csv_layout *l, const nudge_read_options *options,
                                nu_notes *notes, nudge_error *err);

/* Leaves out a line at the beginning. */
void nu_csv_pass_line(nu_csv_layout *l);

/* A walk over the table, but for the callbacks. */
nu_csv_scan nu_csv_scan_of(const nu_csv_layout *l, nudge_error *err);

#endif
