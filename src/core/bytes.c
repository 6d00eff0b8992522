#include "core/bytes.h"

#include "core/memory.h"
#include "core/status.h"

/* Below this nobody asks how much memory there is, or for huge pages. */
#define SMALL ((size_t)64 << 20)

nudge_status nu_bytes_reserve(nu_bytes *b, size_t room, const char *what, nudge_error *err)
{
    if (room > SMALL)
        NU_TRY(nu_memory_check(room - b->room, what, err));
    unsigned char *grown = room < SIZE_MAX ? realloc(b->bytes, room + 1) : NULL;
    NU_NEED(grown != NULL, room, what, err);
    if (room > SMALL)
        nu_huge(grown + b->size, room - b->size);
    b->bytes = grown;
    b->room = room;
    return NUDGE_OK;
}

nudge_status nu_bytes_grow(nu_bytes *b, const char *what, nudge_error *err)
{
    return nu_bytes_reserve(b, b->room > SIZE_MAX / 2 ? SIZE_MAX : b->room * 2 + 64, what, err);
}

void nu_bytes_free(nu_bytes *b)
{
    free(b->bytes);
    *b = (nu_bytes){0};
}
