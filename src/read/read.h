/* The table of formats, and from a file to a table. */
#ifndef NUDGE_READ_READ_H
#define NUDGE_READ_READ_H

#include "read/format.h"

/* The format that a spec names by its prefix, or NULL: it is a path. */
const nu_format *nu_format_of_spec(const char *spec);

/* The format of a file to be written. NUDGE_EARGUMENT for an ending that none has. */
nudge_status nu_format_of_output(const nu_format **format, const char *path, nudge_error *err);

/* Reads a source of a format, with its labels. Statuses as of nudge_table_read(). */
nudge_status nu_read_source(nudge_table **table, nu_source *s, const nu_format *format,
                            const nudge_read_options *options, nudge_error *err);

/* As nu_take_options(), those within, too. *own needs no defaults. */
nudge_status nu_take_data_options(nudge_data_options *own, const nudge_data_options *given,
                                  nudge_error *err);

#endif
