/* Data in zip archives: one member, or the arrays of an NPZ file. */
#ifndef NUDGE_READ_ARCHIVE_H
#define NUDGE_READ_ARCHIVE_H

#include "read/source.h"

/* Opens a path as nu_source_open() does. "FILE.zip:NAME", and "FILE.npz:NAME" likewise, is the
 * member NAME or NAME.npy of an archive; an archive of one member stands for it. Statuses as there,
 * and NUDGE_EDATA for a damaged archive or a member that is not there. */
nudge_status nu_archive_open(nu_source *s, const char *path, nudge_error *err);

#endif
