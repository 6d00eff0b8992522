#include "read/zip.h"

#include <stdio.h>
#include <zlib.h>

#include "core/decompress.h"
#include "core/memory.h"
#include "core/status.h"

#define END 22            /* bytes of the record that ends an archive, without its comment */
#define LONGEST_COMMENT 65535
#define ENTRY 46          /* bytes of a member's entry in the directory, without its texts */
#define HEADER 30         /* likewise of its own header */
#define ENCRYPTED 1       /* a flag */
#define DEFLATE_MOST 1032 /* a byte of DEFLATE gives no more than this */

static uint64_t number(const unsigned char *at, size_t bytes)
{
    uint64_t n = 0;
    while (bytes > 0)
        n = n << 8 | at[--bytes];
    return n;
}

int nu_zip_looks_like(const unsigned char *head, size_t size)
{
    return size >= 4 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0);
}

static nudge_status damaged(const nu_zip *zip, const char *why, nudge_error *err)
{
    return nu_fail(err, NUDGE_EDATA, "%s: the zip archive is cut short or damaged: %s",
                   zip->source->name, why);
}

/* Bytes of the archive, which must be there. */
static nudge_status fetch(const nu_zip *zip, uint64_t at, void *to, size_t size, nudge_error *err)
{
    if (at > zip->source->size || size > zip->source->size - at)
        return damaged(zip, "it points beyond its end", err);
    int error = nu_source_fetch(zip->source, at, to, size);
    return error == 0 ? NUDGE_OK : nu_fetch_failed(zip->source->name, error, err);
}

/* ---- The directory --------------------------------------------------------------------- */

typedef struct directory {
    uint64_t at, size, entries;
} directory;

/* The record at the end; *at: where it is. */
static nudge_status find_end(const nu_zip *zip, unsigned char end[END], uint64_t *at,
                             nudge_error *err)
{
    uint64_t size = zip->source->size;
    size_t n = size < END + LONGEST_COMMENT ? (size_t)size : END + LONGEST_COMMENT;
    unsigned char *tail NU_FREED = malloc(n + 1);
    NU_NEED(tail != NULL, n, zip->source->name, err);
    NU_TRY(fetch(zip, size - n, tail, n, err));
    for (size_t k = n; k >= END; k--) {
        const unsigned char *p = tail + k - END;
        if (memcmp(p, "PK\5\6", 4) == 0 && number(p + 20, 2) == n - k) {
            memcpy(end, p, END);
            *at = size - n + k - END;
            return NUDGE_OK;
        }
    }
    return damaged(zip, "it has no directory", err);
}

static nudge_status find_directory(const nu_zip *zip, directory *d, nudge_error *err)
{
    unsigned char end[END] = {0}, locator[20], wide[56];
    uint64_t at = 0;
    NU_TRY(find_end(zip, end, &at, err));
    *d = (directory){.entries = number(end + 10, 2), .size = number(end + 12, 4),
                     .at = number(end + 16, 4)};
    if (d->entries == 0xffff || d->size == 0xffffffff || d->at == 0xffffffff) { /* zip64 */
        if (at < sizeof locator)
            return damaged(zip, "it has no directory", err);
        NU_TRY(fetch(zip, at - sizeof locator, locator, sizeof locator, err));
        NU_TRY(fetch(zip, number(locator + 8, 8), wide, sizeof wide, err));
        if (memcmp(locator, "PK\6\7", 4) != 0 || memcmp(wide, "PK\6\6", 4) != 0)
            return damaged(zip, "it has no directory", err);
        *d = (directory){.entries = number(wide + 32, 8), .size = number(wide + 40, 8),
                         .at = number(wide + 48, 8)};
    }
    if (d->at > at || d->size > at - d->at || d->entries > d->size / ENTRY)
        return damaged(zip, "its directory is not where it should be", err);
    return NUDGE_OK;
}

/* Sizes and places that do not fit into 32 bits are in an extra field. */
static void take_wide(nu_zip_member *m, const unsigned char *extra, size_t size)
{
    uint64_t *const values[] = {&m->size, &m->packed, &m->at};
    while (size >= 4) {
        size_t field = (size_t)number(extra + 2, 2), used = 0;
        if (field > size - 4)
            return;
        for (size_t i = 0; number(extra, 2) == 1 && i < 3; i++)
            if (*values[i] == 0xffffffff && used + 8 <= field) {
                *values[i] = number(extra + 4 + used, 8);
                used += 8;
            }
        extra += 4 + field;
        size -= 4 + field;
    }
}

static nudge_status take_entries(nu_zip *zip, const unsigned char *at, size_t left, size_t entries,
                                 nudge_error *err)
{
    while (entries-- > 0) {
        if (left < ENTRY || memcmp(at, "PK\1\2", 4) != 0)
            return damaged(zip, "its directory has holes", err);
        size_t name = (size_t)number(at + 28, 2), extra = (size_t)number(at + 30, 2);
        size_t size = ENTRY + name + extra + (size_t)number(at + 32, 2);
        if (size > left)
            return damaged(zip, "its directory is too short", err);
        nu_zip_member m = {.flags = (unsigned)number(at + 8, 2),
                           .method = (unsigned)number(at + 10, 2),
                           .sum = (uint32_t)number(at + 16, 4), .packed = number(at + 20, 4),
                           .size = number(at + 24, 4), .at = number(at + 42, 4)};
        take_wide(&m, at + ENTRY + name, extra);
        if (name > 0 && at[ENTRY + name - 1] != '/') {
            m.name = strndup((const char *)at + ENTRY, name);
            NU_NEED(m.name != NULL, name, zip->source->name, err);
            zip->member[zip->n++] = m;
        }
        at += size;
        left -= size;
    }
    return NUDGE_OK;
}

nudge_status nu_zip_open(nu_zip *zip, const nu_source *source, nudge_error *err)
{
    directory d = {0};
    *zip = (nu_zip){.source = source};
    NU_TRY(find_directory(zip, &d, err));
    NU_TRY(nu_memory_check(d.size * 3, source->name, err));
    unsigned char *bytes NU_FREED = malloc(d.size + 1);
    NU_NEED(bytes != NULL, d.size, source->name, err);
    NU_NEW(zip->member, calloc, d.entries + 1, source->name, err);
    NU_TRY(fetch(zip, d.at, bytes, d.size, err));
    return take_entries(zip, bytes, d.size, d.entries, err);
}

void nu_zip_close(nu_zip *zip)
{
    for (size_t i = 0; i < zip->n; i++)
        free(zip->member[i].name);
    free(zip->member);
    *zip = (nu_zip){0};
}

/* ---- Members --------------------------------------------------------------------------- */

const nu_zip_member *nu_zip_find(const nu_zip *zip, const char *name, const char *ending)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < zip->n; i++) {
        const char *member = zip->member[i].name;
        if (strncmp(member, name, n) == 0 &&
            (member[n] == '\0' || strcmp(member + n, ending) == 0))
            return &zip->member[i];
    }
    return NULL;
}

/* The packed bytes as they are in the archive. */
static nudge_status fetch_packed(nu_bytes *to, const nu_zip *zip, const nu_zip_member *m,
                                 nudge_error *err)
{
    unsigned char header[HEADER];
    NU_TRY(fetch(zip, m->at, header, HEADER, err));
    if (memcmp(header, "PK\3\4", 4) != 0)
        return damaged(zip, "a member is not where it should be", err);
    uint64_t at = m->at + HEADER + number(header + 26, 2) + number(header + 28, 2);
    if (at > zip->source->size || m->packed > zip->source->size - at)
        return damaged(zip, "it points beyond its end", err);
    NU_TRY(nu_bytes_reserve(to, m->packed, zip->source->name, err));
    to->size = m->packed;
    return fetch(zip, at, to->bytes, m->packed, err);
}

static uint32_t sum_of(const nu_bytes *b)
{
    return (uint32_t)crc32_z(crc32_z(0, NULL, 0), b->bytes, b->size);
}

nudge_status nu_zip_extract(nu_bytes *out, const nu_zip *zip, const nu_zip_member *m,
                            nudge_error *err)
{
    nu_bytes packed NU_SCOPED(nu_bytes_free) = {0}, plain NU_SCOPED(nu_bytes_free) = {0};
    char what[256];
    snprintf(what, sizeof what, "%.120s: %.120s", zip->source->name, m->name);
    if (m->flags & ENCRYPTED)
        return nu_fail(err, NUDGE_EDATA, "%s is encrypted", what);
    if (m->method != 0 && m->method != 8)
        return nu_fail(err, NUDGE_EDATA, "%s is packed by method %u; stored and deflated members "
                       "are read", what, m->method);
    if (m->size / DEFLATE_MOST > m->packed || (m->method == 0 && m->size != m->packed))
        return damaged(zip, "a member has another size than is said of it", err);
    NU_TRY(fetch_packed(&packed, zip, m, err));
    if (m->method == 8) {
        NU_TRY(nu_bytes_reserve(&plain, m->size + 1, what, err));
        NU_TRY(nu_decompress(&nu_codec_deflate, packed.bytes, packed.size, &plain, m->size, what,
                             err));
    } else {
        plain = packed;
        packed = (nu_bytes){0};
    }
    if (plain.size != m->size || sum_of(&plain) != m->sum)
        return nu_fail(err, NUDGE_EDATA, "%s is damaged: its check sum is another", what);
    plain.bytes[plain.size] = '\0';
    *out = plain;
    plain = (nu_bytes){0};
    return NUDGE_OK;
}
