/* Tables to CSV files. */
#ifndef NUDGE_READ_CSV_WRITE_H
#define NUDGE_READ_CSV_WRITE_H

#include "read/format.h"

/* Through gzip where the path ends so. NUDGE_EOPEN, NUDGE_EIO, NUDGE_EMEMORY, or what rows->next()
 * returns. */
nudge_status nu_csv_write(nu_rows *rows, const char *path, nudge_error *err);

#endif
