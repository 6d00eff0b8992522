/* Tables and generated rows to files. */
#ifndef NUDGE_READ_WRITE_H
#define NUDGE_READ_WRITE_H

#include "read/format.h"

/* Creates the files of a format with places, for a layout; zeros become the files, which are
 * abandoned by the caller, on failure too.
 * NUDGE_EARGUMENT, NUDGE_EOPEN, NUDGE_EIO, NUDGE_EMEMORY. */
nudge_status nu_array_files_start(nu_array_files *f, const nu_format *format,
                                  const nu_array_layout *l, const char *path, const char *labels,
                                  nudge_error *err);

/* The path of a file of targets must be one of an NPY file. NUDGE_EARGUMENT. */
nudge_status nu_check_labels_path(const char *path, nudge_error *err);

/* How an array of elements is written. */
nu_array_type nu_array_type_of(nu_element element);

#endif
