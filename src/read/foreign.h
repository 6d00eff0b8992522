/* Files of other programs that are not read: what they are, and what to do. */
#ifndef NUDGE_READ_FOREIGN_H
#define NUDGE_READ_FOREIGN_H

#include "read/zip.h"

/* NUDGE_EDATA if a file begins so; `name` is the file's. */
nudge_status nu_foreign_check(const char *name, const unsigned char *head, size_t size,
                              nudge_error *err);

/* NUDGE_EDATA for an archive that such a program keeps its document in. */
nudge_status nu_foreign_check_archive(const nu_zip *zip, nudge_error *err);

#endif
