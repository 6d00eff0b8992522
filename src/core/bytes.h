/* Bytes in memory that grow at their end. */
#ifndef NUDGE_CORE_BYTES_H
#define NUDGE_CORE_BYTES_H

#include <stddef.h>

#include "nudge.h"

/* Zeros: none. There is always room for a NUL behind `room` bytes. */
typedef struct nu_bytes {
    unsigned char *bytes; /* for free() */
    size_t size, room;
} nu_bytes;

/* Room for `room` bytes, or for twice as many as there is now. `what` is named in messages.
 * NUDGE_EMEMORY, also where the machine has less than a large block needs. */
nudge_status nu_bytes_reserve(nu_bytes *b, size_t room, const char *what, nudge_error *err);
nudge_status nu_bytes_grow(nu_bytes *b, const char *what, nudge_error *err);

void nu_bytes_free(nu_bytes *b);

#endif
