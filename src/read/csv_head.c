#include "read/csv_head.h"

#include "core/memory.h"
#include "core/status.h"
#include "read/csv_encoding.h"

/* Room for every row that the delimiter and the header are told by. */
size_t nu_csv_head_size = (size_t)16 << 20;

/* Whole lines, no quoted cell broken; 0: there are none. */
static size_t whole_lines(const char *bytes, size_t size)
{
    while (size > 0 && bytes[size - 1] != '\n')
        size--;
    return nu_csv_count(bytes, size, '"') % 2 == 0 ? size : 0;
}

/* *size becomes 0 where all of the file must be in memory. */
static nudge_status load_head(char **head, size_t *size, const nu_source *s,
                              const nudge_dialect *dialect, nudge_error *err)
{
    size_t n = nu_csv_head_size;
    *size = 0;
    if (s->fd < 0 || s->bytes != NULL || s->size / 2 < n || dialect->encoding[0] != '\0')
        return NUDGE_OK;
    NU_NEW(*head, nu_alloc, n, "the beginning of a file", err);
    int error = nu_source_fetch(s, 0, *head, n);
    if (error != 0)
        return nu_fetch_failed(s->name, error, err);
    if (strchr("\xff\xfe", (*head)[0]) == NULL) /* a mark of UTF-16 or UTF-32, or its NUL */
        *size = whole_lines(*head, n);
    return NUDGE_OK;
}

nudge_status nu_csv_load(nu_csv_layout *l, nu_source *s, char **head, int is_likely,
                         nudge_error *err)
{
    size_t size;
    NU_TRY(load_head(head, &size, s, &l->dialect, err));
    if (size == 0) {
        NU_TRY(nu_source_load(s, err));
        return nu_csv_decode(s, &l->bytes, &l->size, l->dialect.encoding, is_likely, err);
    }
    l->tail = (nu_csv_tail){s, size};
    nu_source top = {.name = s->name, .fd = -1, .bytes = (unsigned char *)*head, .size = size};
    return nu_csv_decode(&top, &l->bytes, &l->size, NULL, 0, err);
}
