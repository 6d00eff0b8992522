/* In the place of functions that can fail: the linker's --wrap. Streams that failed say so
 * (ferror()), and what is closed is closed. Not for several threads. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <iconv.h>
#include <jansson.h>
#include <locale.h>
#include <lzma.h>
#include <bzlib.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>
#include <zlib.h>
#include <zstd.h>

#include "core/memory.h"
#include "core/status.h"
#include "failing/wrapped.h"

failing_state failing_now;

static int fails(const char *name, fault kind, int error)
{
    failing_state *f = &failing_now;
    if (f->on < 1 || f->mode == FAILING_INTERRUPTED || f->mode >= FAILING_SHORT)
        return 0;
    f->counted++;
    if (f->counted != f->n && !(f->mode == FAILING_FROM && f->counted > f->n))
        return 0;
    if (f->first == NULL)
        f->first = name;
    f->faults |= kind;
    errno = error;
    return 1;
}

/* A read or write: also how many bytes of it are done. */
static int transfer_fails(const char *name, int error, size_t *size)
{
    failing_state *f = &failing_now;
    if (f->on > 0 && f->mode == FAILING_SHORT)
        *size = *size / 2 + (*size == 1);
    if (f->on < 1 || f->mode != FAILING_INTERRUPTED)
        return fails(name, FAULT_FILE, error);
    if (++f->counted != f->n)
        return 0;
    f->first = name;
    errno = EINTR;
    return 1;
}

/* The declaration of the function that stands in for NAME and of NAME itself, and the head of the
 * definition of the former. */
#define WRAP(type, name, parameters) \
    type __real_##name parameters;   \
    type __wrap_##name parameters;   \
    type __wrap_##name parameters

/* All of it, where failing is no more than a value and an errno. */
#define FAILS(type, name, parameters, arguments, kind, error, value)                   \
    WRAP(type, name, parameters)                                                       \
    {                                                                                  \
        return fails(#name, kind, error) ? (value) : __real_##name arguments;          \
    }

/* ---- Memory ------------------------------------------------------------------------------ */

static int no_memory(const char *name)
{
    return fails(name, FAULT_MEMORY, ENOMEM);
}

#define MEMORY_FAILS(type, name, parameters, arguments, value) \
    FAILS(type, name, parameters, arguments, FAULT_MEMORY, ENOMEM, value)

/* The blocks that are had: a table by address, with linear probing. */
enum { ROOM = 1 << 15 };
static struct {
    void *block;
    size_t size;
} blocks[ROOM];
static size_t n_blocks;

static size_t place_of(const void *block)
{
    return (size_t)(((uintptr_t)block >> 4) * 0x9e3779b97f4a7c15u >> 49);
}

static void *had(void *block, size_t size)
{
    size_t at = place_of(block);
    if (failing_now.on < 1 || block == NULL)
        return block;
    while (blocks[at].block != NULL)
        at = (at + 1) % ROOM;
    blocks[at].block = block;
    blocks[at].size = size;
    if (++n_blocks > ROOM / 2)
        abort(); /* too many for the table */
    return block;
}

static void given_back(const void *block)
{
    size_t at = place_of(block), next;
    while (blocks[at].block != NULL && blocks[at].block != block)
        at = (at + 1) % ROOM;
    if (block == NULL || blocks[at].block == NULL)
        return; /* from before, or from another library */
    n_blocks--;
    for (next = (at + 1) % ROOM; blocks[next].block != NULL; next = (next + 1) % ROOM)
        if ((next - place_of(blocks[next].block)) % ROOM >= (next - at) % ROOM) {
            blocks[at] = blocks[next];
            at = next;
        }
    blocks[at].block = NULL;
}

size_t failing_blocks(size_t *bytes)
{
    size_t n = n_blocks;
    *bytes = 0;
    if (n == 0)
        return 0;
    for (size_t i = 0; i < ROOM; i++)
        *bytes += blocks[i].block != NULL ? blocks[i].size : 0;
    memset(blocks, 0, sizeof blocks);
    n_blocks = 0;
    return n;
}

/* A function that gives a block of so many bytes. */
#define GIVES_BLOCK(type, name, parameters, arguments, bytes)                     \
    WRAP(type, name, parameters)                                                  \
    {                                                                             \
        return no_memory(#name) ? NULL : had(__real_##name arguments, bytes);     \
    }
GIVES_BLOCK(void *, malloc, (size_t size), (size), size)
GIVES_BLOCK(void *, calloc, (size_t n, size_t size), (n, size), n * size)
GIVES_BLOCK(char *, strdup, (const char *text), (text), strlen(text) + 1)
GIVES_BLOCK(char *, strndup, (const char *text, size_t n), (text, n), n)

WRAP(void *, realloc, (void *block, size_t size))
{
    if (no_memory("realloc"))
        return NULL;
    given_back(block);
    return had(__real_realloc(block, size), size);
}

WRAP(int, posix_memalign, (void **block, size_t align, size_t size))
{
    int error = no_memory("posix_memalign") ? ENOMEM : __real_posix_memalign(block, align, size);
    if (error == 0)
        had(*block, size);
    return error;
}

WRAP(void, free, (void *block))
{
    given_back(block);
    __real_free(block);
}

int __wrap_asprintf(char **text, const char *format, ...);
int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = no_memory("asprintf") ? -1 : vasprintf(text, format, list);
    va_end(list);
    if (n >= 0)
        had(*text, (size_t)n);
    return n;
}

FAILS(int, pthread_create, (pthread_t *thread, const pthread_attr_t *attributes,
                            void *(*work)(void *), void *of),
      (thread, attributes, work, of), FAULT_MEMORY, EAGAIN, EAGAIN)
MEMORY_FAILS(void *, mmap, (void *to, size_t size, int protect, int flags, int fd, off_t at),
             (to, size, protect, flags, fd, at), MAP_FAILED)
MEMORY_FAILS(locale_t, newlocale, (int mask, const char *name, locale_t base), (mask, name, base),
             (locale_t)0)
MEMORY_FAILS(iconv_t, iconv_open, (const char *to, const char *from), (to, from), (iconv_t)-1)
MEMORY_FAILS(int, glob, (const char *pattern, int flags, int (*tell)(const char *, int),
                         glob_t *found), (pattern, flags, tell, found), GLOB_NOSPACE)
MEMORY_FAILS(int, inflateInit2_, (z_streamp z, int bits, const char *version, int size),
             (z, bits, version, size), Z_MEM_ERROR)
MEMORY_FAILS(int, BZ2_bzDecompressInit, (bz_stream *s, int verbosity, int small),
             (s, verbosity, small), BZ_MEM_ERROR)
MEMORY_FAILS(lzma_ret, lzma_stream_decoder, (lzma_stream *s, uint64_t most, uint32_t flags),
             (s, most, flags), LZMA_MEM_ERROR)
MEMORY_FAILS(ZSTD_DStream *, ZSTD_createDStream, (void), (), NULL)
MEMORY_FAILS(XXH64_state_t *, XXH64_createState, (void), (), NULL)
MEMORY_FAILS(gzFile, gzdopen, (int fd, const char *how), (fd, how), NULL)

/* Where it is only asked whether there is room for another way, there is. */
WRAP(nudge_status, nu_memory_check, (uint64_t bytes, const char *what, nudge_error *err))
{
    return err != NULL && no_memory("nu_memory_check") ? nu_no_memory(err, (size_t)bytes, what)
                                                       : __real_nu_memory_check(bytes, what, err);
}

/* ---- jansson, whose own calls must not fail: it aborts ------------------------------------ */

static void *json_block(size_t size)
{
    return had(__real_malloc(size), size);
}

static __attribute__((constructor)) void json_blocks(void)
{
    json_set_alloc_funcs(json_block, __wrap_free);
}

#define JSON_FAILS(name, parameters, arguments) \
    MEMORY_FAILS(json_t *, name, parameters, arguments, NULL)
JSON_FAILS(json_array, (void), ())
JSON_FAILS(json_object, (void), ())
JSON_FAILS(json_copy, (json_t *of), (of))
JSON_FAILS(json_integer, (json_int_t value), (value))
JSON_FAILS(json_real, (double value), (value))
JSON_FAILS(json_string, (const char *text), (text))
JSON_FAILS(json_stringn, (const char *text, size_t size), (text, size))
MEMORY_FAILS(char *, json_dumps, (const json_t *json, size_t flags), (json, flags), NULL)

/* These take what they are given, also where they fail. */
#define JSON_TAKES(name, parameters, arguments)        \
    WRAP(int, name, parameters)                        \
    {                                                  \
        if (!no_memory(#name))                         \
            return __real_##name arguments;            \
        json_decref(value);                            \
        return -1;                                     \
    }
JSON_TAKES(json_object_set_new, (json_t *object, const char *key, json_t *value),
           (object, key, value))
JSON_TAKES(json_array_append_new, (json_t *array, json_t *value), (array, value))

json_t *__wrap_json_pack(const char *format, ...);
json_t *__wrap_json_pack(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    json_t *json = json_vpack_ex(NULL, 0, format, list);
    va_end(list);
    if (!no_memory("json_pack"))
        return json;
    json_decref(json);
    return NULL;
}

/* Without memory it does not say what is wrong. */
static json_t *nothing_loaded(json_error_t *error)
{
    if (error != NULL)
        memset(error, 0, sizeof *error);
    return NULL;
}

WRAP(json_t *, json_loadb, (const char *text, size_t size, size_t flags, json_error_t *error))
{
    return no_memory("json_loadb") ? nothing_loaded(error)
                                   : __real_json_loadb(text, size, flags, error);
}

WRAP(json_t *, json_loads, (const char *text, size_t flags, json_error_t *error))
{
    return no_memory("json_loads") ? nothing_loaded(error) : __real_json_loads(text, flags, error);
}

/* ---- Files ------------------------------------------------------------------------------- */

#define FILE_FAILS(type, name, parameters, arguments, error, value) \
    FAILS(type, name, parameters, arguments, FAULT_FILE, error, value)
FILE_FAILS(int, access, (const char *path, int how), (path, how), EACCES, -1)
FILE_FAILS(int, faccessat, (int folder, const char *path, int how, int flags),
           (folder, path, how, flags), EACCES, -1)
FILE_FAILS(int, stat, (const char *path, struct stat *about), (path, about), EACCES, -1)
FILE_FAILS(int, lstat, (const char *path, struct stat *about), (path, about), EACCES, -1)
FILE_FAILS(int, fstat, (int fd, struct stat *about), (fd, about), EIO, -1)
FILE_FAILS(int, fstatat, (int folder, const char *path, struct stat *about, int flags),
           (folder, path, about, flags), EIO, -1)
FILE_FAILS(int, fstatvfs, (int fd, struct statvfs *about), (fd, about), EIO, -1)
FILE_FAILS(ssize_t, readlink, (const char *path, char *to, size_t size), (path, to, size), EIO, -1)
FILE_FAILS(DIR *, opendir, (const char *path), (path), EMFILE, NULL)
FILE_FAILS(int, dup, (int fd), (fd), EMFILE, -1)
FILE_FAILS(FILE *, fopen, (const char *path, const char *how), (path, how), EMFILE, NULL)
FILE_FAILS(FILE *, fdopen, (int fd, const char *how), (fd, how), ENOMEM, NULL)
FILE_FAILS(int, rename, (const char *from, const char *to), (from, to), EIO, -1)
FILE_FAILS(int, link, (const char *from, const char *to), (from, to), ENOSPC, -1)
FILE_FAILS(int, linkat, (int f, const char *from, int t, const char *to, int flags),
           (f, from, t, to, flags), ENOSPC, -1)
FILE_FAILS(int, ftruncate, (int fd, off_t size), (fd, size), ENOSPC, -1)
FILE_FAILS(int, gzwrite, (gzFile gz, const void *bytes, unsigned size), (gz, bytes, size), ENOSPC,
           0)

/* Takes milliseconds, and cannot be seen. */
WRAP(int, fsync, (int fd))
{
    (void)fd;
    return fails("fsync", FAULT_FILE, EIO) ? -1 : 0;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    mode_t mode = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE
                      ? va_arg(list, mode_t) : 0;
    va_end(list);
    return fails("open", FAULT_FILE, EMFILE) ? -1 : __real_open(path, flags, mode);
}

WRAP(ssize_t, read, (int fd, void *to, size_t size))
{
    return transfer_fails("read", EIO, &size) ? -1 : __real_read(fd, to, size);
}

WRAP(ssize_t, pread, (int fd, void *to, size_t size, off_t at))
{
    return transfer_fails("pread", EIO, &size) ? -1 : __real_pread(fd, to, size, at);
}

WRAP(ssize_t, pwrite, (int fd, const void *from, size_t size, off_t at))
{
    return transfer_fails("pwrite", ENOSPC, &size) ? -1 : __real_pwrite(fd, from, size, at);
}

/* What is closed is closed, whatever it says: but for the errors of writing that come late. */
WRAP(int, close, (int fd))
{
    int result = __real_close(fd);
    return fails("close", FAULT_FILE, EIO) ? -1 : result;
}

WRAP(int, gzclose, (gzFile gz))
{
    int result = __real_gzclose(gz);
    return fails("gzclose", FAULT_FILE, EIO) ? Z_ERRNO : result;
}

/* ---- The clock, so that what tells times is the same --------------------------------------- */

WRAP(int, clock_gettime, (clockid_t clock, struct timespec *now))
{
    if (failing_now.milliseconds == 0)
        return __real_clock_gettime(clock, now);
    long ms = ++failing_now.milliseconds;
    *now = (struct timespec){.tv_sec = 1000 + ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    return 0;
}

/* ---- Streams ----------------------------------------------------------------------------- */

static FILE *failed; /* the stream that did */

static int stream_fails(FILE *stream, const char *name)
{
    int result = fails(name, FAULT_FILE, ENOSPC);
    failed = result ? stream : failed;
    return result;
}

WRAP(size_t, fwrite, (const void *from, size_t size, size_t n, FILE *stream))
{
    return stream_fails(stream, "fwrite") ? 0 : __real_fwrite(from, size, n, stream);
}

#define STREAM_FAILS(name, type)                                                   \
    WRAP(int, name, (type what, FILE *stream))                                     \
    {                                                                              \
        return stream_fails(stream, #name) ? EOF : __real_##name(what, stream);    \
    }
STREAM_FAILS(fputs, const char *)
STREAM_FAILS(fputc, int)
STREAM_FAILS(putc, int)

int __wrap_fprintf(FILE *stream, const char *format, ...);
int __wrap_fprintf(FILE *stream, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = stream_fails(stream, "fprintf") ? -1 : vfprintf(stream, format, list);
    va_end(list);
    return n;
}

WRAP(int, fflush, (FILE *stream))
{
    return stream_fails(stream, "fflush") ? EOF : __real_fflush(stream);
}

WRAP(int, ferror, (FILE *stream))
{
    return stream == failed || __real_ferror(stream);
}

WRAP(void, clearerr, (FILE *stream))
{
    failed = stream == failed ? NULL : failed;
    __real_clearerr(stream);
}

WRAP(int, fclose, (FILE *stream))
{
    failed = stream == failed ? NULL : failed;
    int result = __real_fclose(stream);
    return fails("fclose", FAULT_FILE, EIO) ? EOF : result;
}
