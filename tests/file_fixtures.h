/* Safetensors files made by hand, well-formed or not, in a folder that the test removes. */
#ifndef NUDGE_TESTS_FILE_FIXTURES_H
#define NUDGE_TESTS_FILE_FIXTURES_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char st_folder[256];
static char st_path[300]; /* the one file that tests write over and over */

/* A checked fixture. */
static inline void st_setup(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(st_folder, sizeof st_folder, "%.200s/nudge-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(st_folder));
    snprintf(st_path, sizeof st_path, "%s/m.safetensors", st_folder);
}

static inline void st_teardown(void)
{
    unlink(st_path);
    rmdir(st_folder);
}

static inline void write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
    ck_assert_int_eq(fclose(f), 0);
}

/* For free(); a NUL follows. */
static inline unsigned char *read_bytes(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
    long end = ftell(f);
    ck_assert_int_ge(end, 0);
    rewind(f);
    unsigned char *bytes = malloc((size_t)end + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(fread(bytes, 1, (size_t)end, f), (size_t)end);
    bytes[end] = '\0';
    fclose(f);
    *size = (size_t)end;
    return bytes;
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
