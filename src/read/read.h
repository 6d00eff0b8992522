/* From a source to a table; nudge_table_read() of an open file. */
#ifndef NUDGE_READ_READ_H
#define NUDGE_READ_READ_H

#include "read/format.h"

/* Reads a source of a format, with its labels. Statuses as of nudge_table_read(). */
nudge_status nu_read_source(nudge_table **table, nu_source *s, const nu_format *format,
                            const nudge_read_options *options, nudge_error *err);

#endif
