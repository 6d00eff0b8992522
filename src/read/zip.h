/* Zip archives: the directory, and the bytes of a member. Stored and deflated members, also beyond
 * 4 GB. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
#ifndef NUDGE_READ_ZIP_H
#define NUDGE_READ_ZIP_H

#include "core/bytes.h"
#include "read/source.h"

typedef struct nu_zip_member {
    char *name;
    uint64_t at;           /* where its own header begins */
    uint64_t packed, size; /* bytes in the archive, and unpacked */
    uint32_t sum;          /* CRC-32 */
    unsigned method;       /* 0 stored, 8 deflated */
    unsigned flags;
} nu_zip_member;

typedef struct nu_zip {
    const nu_source *source;
    nu_zip_member *member; /* n, folders left out */
    size_t n;
} nu_zip;

int nu_zip_looks_like(const unsigned char *head, size_t size);

/* Reads the directory. Ended by nu_zip_close() in any case. NUDGE_EDATA, NUDGE_EIO,
 * NUDGE_EMEMORY. */
nudge_status nu_zip_open(nu_zip *zip, const nu_source *source, nudge_error *err);
void nu_zip_close(nu_zip *zip);

/* The member of that name, or of that name with `ending` behind it; NULL: there is none. */
const nu_zip_member *nu_zip_find(const nu_zip *zip, const char *name, const char *ending);

/* The bytes of a member, followed by a NUL, into an empty `out`. NUDGE_EDATA (damaged, or packed
 * in another way), NUDGE_EIO, NUDGE_EMEMORY. */
nudge_status nu_zip_extract(nu_bytes *out, const nu_zip *zip, const nu_zip_member *member,
                            nudge_error *err);

#endif
