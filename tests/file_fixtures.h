/* Safetensors files made by hand, well-formed or not, in the folder of a test. */
#ifndef NUDGE_TESTS_FILE_FIXTURES_H
#define NUDGE_TESTS_FILE_FIXTURES_H

#include "folder_fixtures.h"

static char st_path[300]; /* the one file that tests write over and over */

/* A checked fixture: this, and remove_folder(). */
static inline void st_setup(void)
{
    make_folder();
    snprintf(st_path, sizeof st_path, "%s/m.safetensors", folder);
}

/* Writes st_path: 8 bytes of length, the header as it is, the data. */
static inline void write_st(const char *header, const void *data, size_t data_size)
{
    size_t length = strlen(header);
    unsigned char *bytes = malloc(8 + length + data_size);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(length >> 8 * i);
    memcpy(bytes + 8, header, length);
    if (data_size > 0)
        memcpy(bytes + 8 + length, data, data_size);
    write_bytes(st_path, bytes, 8 + length + data_size);
    free(bytes);
}

/* `text` with the first `from` in it, which must be there, replaced by `to`; for free(). */
static inline char *replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    ck_assert_msg(at != NULL, "'%s' is not in %s", from, text);
    size_t head = (size_t)(at - text), size = strlen(text) - strlen(from) + strlen(to) + 1;
    char *made = malloc(size);
    ck_assert_ptr_nonnull(made);
    snprintf(made, size, "%.*s%s%s", (int)head, text, to, at + strlen(from));
    return made;
}

#endif
