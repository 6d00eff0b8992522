/* Zip archives made by hand, by the APPNOTE. */
#ifndef NUDGE_TESTS_ZIP_FIXTURES_H
#define NUDGE_TESTS_ZIP_FIXTURES_H

#include <zlib.h>

#include "folder_fixtures.h"

typedef struct zip_file {
    unsigned char bytes[8192];
    size_t size;
    unsigned char directory[1024];
    size_t directory_size;
    unsigned members;
} zip_file;

static inline void zip_put(unsigned char *to, uint64_t value, size_t bytes)
{
    for (size_t k = 0; k < bytes; k++)
        to[k] = (unsigned char)(value >> 8 * k);
}

/* Appends a member. */
static inline void zip_add(zip_file *z, const char *name, const void *data, size_t size,
                           int deflated)
{
    unsigned char *header = z->bytes + z->size, *entry = z->directory + z->directory_size;
    size_t n = strlen(name), packed = size;
    unsigned char *to = header + 30 + n;
    if (deflated) {
        z_stream s = {.next_in = (unsigned char *)data, .avail_in = (unsigned)size,
                      .next_out = to, .avail_out = 4096};
        ck_assert_int_eq(deflateInit2(&s, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
        ck_assert_int_eq(deflate(&s, Z_FINISH), Z_STREAM_END);
        packed = s.total_out;
        deflateEnd(&s);
    } else {
        memcpy(to, data, size);
    }
    memset(header, 0, 30);
    memcpy(header, "PK\3\4\24", 5);
    zip_put(header + 8, deflated ? 8 : 0, 2);
    zip_put(header + 14, crc32(0, data, (unsigned)size), 4);
    zip_put(header + 18, packed, 4);
    zip_put(header + 22, size, 4);
    zip_put(header + 26, n, 2);
    memcpy(header + 30, name, n);
    memset(entry, 0, 46);
    memcpy(entry, "PK\1\2\24\0", 6);
    memcpy(entry + 6, header + 4, 26); /* from the version to the lengths of names */
    zip_put(entry + 42, z->size, 4);
    memcpy(entry + 46, name, n);
    z->size += 30 + n + packed;
    z->directory_size += 46 + n;
    z->members++;
}

/* Appends the directory and the end; wide: in zip64's way. */
static inline void zip_end(zip_file *z, int wide, const char *comment)
{
    size_t at = z->size;
    memcpy(z->bytes + at, z->directory, z->directory_size);
    z->size += z->directory_size;
    unsigned char *p = z->bytes + z->size;
    memset(p, 0, 98);
    if (wide) {
        memcpy(p, "PK\6\6\54", 5);
        zip_put(p + 24, z->members, 8);
        zip_put(p + 32, z->members, 8);
        zip_put(p + 40, z->directory_size, 8);
        zip_put(p + 48, at, 8);
        memcpy(p + 56, "PK\6\7", 4);
        zip_put(p + 64, z->size, 8);
        p += 76;
    }
    memcpy(p, "PK\5\6", 4);
    zip_put(p + 8, z->members, 2);
    zip_put(p + 10, z->members, 2);
    zip_put(p + 12, z->directory_size, 4);
    zip_put(p + 16, wide ? 0xffffffff : at, 4);
    zip_put(p + 20, strlen(comment), 2);
    memcpy(p + 22, comment, strlen(comment));
    z->size = (size_t)(p - z->bytes) + 22 + strlen(comment);
}

#endif
