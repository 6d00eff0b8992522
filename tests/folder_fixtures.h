/* A folder of its own for every test, and plain files in it. */
#ifndef NUDGE_TESTS_FOLDER_FIXTURES_H
#define NUDGE_TESTS_FOLDER_FIXTURES_H

#include <check.h>
#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[256];

/* A checked fixture: this, and remove_folder(). */
static inline void make_folder(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.200s/nudge-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static inline int folder_open(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)at;
    return kind == FTW_D || kind == FTW_DNR ? chmod(path, 0700) : 0;
}

static inline int folder_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static inline void remove_folder(void)
{
    ck_assert_int_eq(nftw(folder, folder_open, 16, FTW_PHYS), 0);
    ck_assert_int_eq(nftw(folder, folder_remove, 16, FTW_PHYS | FTW_DEPTH), 0);
}

/* A path in the folder, in one of four buffers used in turn. */
static inline const char *in_folder(const char *name)
{
    static char paths[4][600];
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static inline int exists(const char *name)
{
    return access(in_folder(name), F_OK) == 0;
}

static inline size_t files_in_folder(void)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n - 2; /* "." and ".." */
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
    ck_assert_msg(f != NULL, "%s cannot be read", path);
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

static inline void write_in_folder(const char *name, const char *text)
{
    write_bytes(in_folder(name), text, strlen(text));
}

/* For free(). */
static inline char *text_in_folder(const char *name)
{
    size_t size;
    return (char *)read_bytes(in_folder(name), &size);
}

/* From now on no file may grow beyond so many bytes (RLIM_INFINITY: any), which stands for a disk
 * that becomes full. */
static inline void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

#endif
