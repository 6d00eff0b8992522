/* NPY files made by hand. */
#ifndef NUDGE_TESTS_NPY_FIXTURES_H
#define NUDGE_TESTS_NPY_FIXTURES_H

#include "folder_fixtures.h"

#define NPY(type, shape) "{'descr': '" type "', 'fortran_order': False, 'shape': " shape ", }\n"

/* A file of version `major`.0 with this header as it is, and these elements; its size. */
static inline size_t make_npy(unsigned char *file, int major, const char *header, const void *data,
                              size_t size)
{
    size_t length = strlen(header), at = major == 1 ? 10 : 12;
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (unsigned char)major;
    file[7] = 0;
    for (size_t i = 8; i < at; i++)
        file[i] = (unsigned char)(length >> 8 * (i - 8));
    memcpy(file + at, header, length);
    memcpy(file + at + length, data, size);
    return at + length + size;
}

static inline void write_npy(const char *path, const char *header, const void *data, size_t size)
{
    unsigned char file[4096];
    ck_assert_uint_lt(strlen(header) + size, sizeof file - 12);
    write_bytes(path, file, make_npy(file, 1, header, data, size));
}

#endif
