#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "core/memory.h"
#include "core/status.h"

/* ---- Output ---------------------------------------------------------------------------- */

/* Longest part of a file's own name that goes into the temporary one: NAME_MAX bounds both. */
#define NAME_PART 200

enum target { TARGET_FILE, TARGET_DIRECT, TARGET_FOLDER };

static enum target target_of(const char *path)
{
    struct stat st;
    const char *slash = strrchr(path, '/');
    if (slash != NULL && slash[1] == '\0')
        return TARGET_FOLDER;
    if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
        return TARGET_FILE;
    return S_ISDIR(st.st_mode) ? TARGET_FOLDER : TARGET_DIRECT;
}

static nudge_status cannot_create(nudge_error *err, const char *path, int error)
{
    return nu_fail(err, NUDGE_EOPEN, "cannot create '%s': %s", path, strerror(error));
}

static nudge_status cannot_write(nudge_error *err, const char *path, int error)
{
    return nu_fail(err, NUDGE_EIO, "cannot write '%s': %s", path, strerror(error));
}

/* Six letters that are unlikely to be taken; a clash is seen by O_EXCL. */
static void random_letters(char text[7])
{
    static const char letter[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    uint64_t bits;
    if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) != (ssize_t)sizeof bits) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        bits = (uint64_t)now.tv_nsec * 1000003 ^ (uint64_t)getpid();
    }
    for (int i = 0; i < 6; i++, bits /= sizeof letter - 1)
        text[i] = letter[bits % (sizeof letter - 1)];
    text[6] = '\0';
}

/* Creates DIR/.NAME.XXXXXX beside `path`; *name is for free(). open() and not mkstemp(), so that
 * the file gets the permissions that the user's umask gives any new file. -1 and errno. */
static int create_temporary(const char *path, char **name)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    size_t folder = (size_t)(base - path), room = folder + NAME_PART + 16;
    char *text = malloc(room), letters[7];
    if (text == NULL)
        return -1;
    int fd = -1;
    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        random_letters(letters);
        snprintf(text, room, "%.*s.%.*s.%s", (int)folder, path, NAME_PART, base, letters);
        fd = open(text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0) {
        int error = errno;
        free(text);
        errno = error;
        return -1;
    }
    *name = text;
    return fd;
}

/* The path that a rename should replace: behind a symbolic link, what it points to. For free(). */
static char *final_path(const char *path)
{
    struct stat st;
    if (strlen(path) < INT_MAX && lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
        char *real = realpath(path, NULL);
        if (real != NULL)
            return real;
    }
    return strdup(path);
}

nudge_status nu_output_open(nu_output *out, const char *path, nudge_error *err)
{
    enum target target = target_of(path);
    if (target == TARGET_FOLDER)
        return cannot_create(err, path, EISDIR);
    if (path[0] == '\0')
        return nu_fail(err, NUDGE_EOPEN, "the name of the output file is empty");

    nu_output o = {.path = final_path(path)};
    if (o.path == NULL)
        return nu_no_memory(err, strlen(path) + 1, "a file name");
    int fd = -1;
    if (target == TARGET_DIRECT)
        fd = open(path, O_WRONLY | O_CLOEXEC);
    else if (faccessat(AT_FDCWD, o.path, W_OK, AT_EACCESS) == 0 || errno == ENOENT)
        fd = create_temporary(o.path, &o.temporary); /* a write-protected file stays */
    if (fd >= 0)
        o.stream = fdopen(fd, "w");
    if (o.stream == NULL) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        if (o.temporary != NULL)
            unlink(o.temporary);
        free(o.temporary);
        free(o.path);
        return cannot_create(err, path, error);
    }
    *out = o;
    return NUDGE_OK;
}

/* 0, or the errno of the write that failed. stdio keeps only the fact that one did: then another
 * byte, into a file that is given up anyway, tells the reason. */
static int flush_error(FILE *stream)
{
    int failed = ferror(stream);
    if (fflush(stream) != 0)
        return errno;
    if (!failed)
        return 0;
    clearerr(stream);
    return fputc('\n', stream) == EOF || fflush(stream) != 0 ? errno : EIO;
}

/* Makes a rename durable. A folder that cannot be opened or synced is one of a file system that
 * has no such notion. */
static int sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t size = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    char *folder = slash == NULL ? strdup(".") : strndup(path, size);
    if (folder == NULL)
        return ENOMEM;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0)
        return 0;
    int error = fsync(fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
    close(fd);
    return error;
}

nudge_status nu_output_commit(nu_output *out, nudge_error *err)
{
    int error = flush_error(out->stream);
    if (error == 0 && out->temporary != NULL && fsync(fileno(out->stream)) != 0)
        error = errno;
    if (fclose(out->stream) != 0 && error == 0)
        error = errno;
    if (error == 0 && out->temporary != NULL && rename(out->temporary, out->path) != 0)
        error = errno;
    if (error == 0 && out->temporary != NULL)
        error = sync_folder(out->path);
    else if (out->temporary != NULL)
        unlink(out->temporary);
    nudge_status status = error == 0 ? NUDGE_OK : cannot_write(err, out->path, error);
    free(out->temporary);
    free(out->path);
    *out = (nu_output){0};
    return status;
}

void nu_output_abandon(nu_output *out)
{
    fclose(out->stream);
    if (out->temporary != NULL)
        unlink(out->temporary);
    free(out->temporary);
    free(out->path);
    *out = (nu_output){0};
}

nudge_status nudge_check_output(const char *path, nudge_error *err)
{
    if (path == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "no path of an output file was given");
    if (target_of(path) == TARGET_DIRECT) /* opening a pipe would wait for its reader */
        return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 ? NUDGE_OK
                                                                : cannot_create(err, path, errno);
    nu_output out;
    NU_TRY(nu_output_open(&out, path, err));
    nu_output_abandon(&out);
    return NUDGE_OK;
}

/* ---- Input ----------------------------------------------------------------------------- */

/* Bytes that grow at their end. */
typedef struct buffer {
    unsigned char *bytes;
    size_t size, room;
} buffer;

/* Below this nobody asks how much memory there is. */
#define SMALL ((size_t)64 << 20)

/* Room for `room` bytes and a NUL. */
static nudge_status buffer_reserve(buffer *b, size_t room, const char *path, nudge_error *err)
{
    if (room > SMALL)
        NU_TRY(nu_memory_check(room - b->room, path, err));
    unsigned char *grown = room < SIZE_MAX ? realloc(b->bytes, room + 1) : NULL;
    if (grown == NULL)
        return nu_no_memory(err, room, path);
    b->bytes = grown;
    b->room = room;
    return NUDGE_OK;
}

static nudge_status buffer_grow(buffer *b, const char *path, nudge_error *err)
{
    return buffer_reserve(b, b->room > SIZE_MAX / 2 ? SIZE_MAX : b->room * 2, path, err);
}

/* Everything from fd, which may be a pipe or a file that changes in size. */
static nudge_status read_all(int fd, buffer *b, const char *path, nudge_error *err)
{
    for (;;) {
        if (b->size == b->room) {
            unsigned char more;
            ssize_t n = read(fd, &more, 1); /* a file of the expected size ends here */
            if (n == 0)
                return NUDGE_OK;
            if (n > 0) {
                NU_TRY(buffer_grow(b, path, err));
                b->bytes[b->size++] = more;
            } else if (errno != EINTR) {
                return nu_fail(err, NUDGE_EIO, "cannot read '%s': %s", path, strerror(errno));
            }
            continue;
        }
        size_t want = b->room - b->size;
        ssize_t n = read(fd, b->bytes + b->size, want < SSIZE_MAX ? want : SSIZE_MAX);
        if (n == 0)
            return NUDGE_OK;
        if (n > 0)
            b->size += (size_t)n;
        else if (errno != EINTR)
            return nu_fail(err, NUDGE_EIO, "cannot read '%s': %s", path, strerror(errno));
    }
}

static int is_gzip(const unsigned char *bytes, size_t size)
{
    return size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

/* zlib counts in unsigned int. */
static uInt piece(size_t n)
{
    return n < (size_t)1 << 30 ? (uInt)n : (uInt)1 << 30;
}

/* Inflates one gzip file, of one or more members, from `in` into `out`. */
static nudge_status inflate_members(z_stream *z, const buffer *in, buffer *out, const char *path,
                                    nudge_error *err)
{
    z->next_in = in->bytes;
    for (;;) {
        if (out->size == out->room)
            NU_TRY(buffer_grow(out, path, err));
        size_t left = in->size - (size_t)(z->next_in - in->bytes);
        uInt space = piece(out->room - out->size);
        z->avail_in = piece(left);
        z->next_out = out->bytes + out->size;
        z->avail_out = space;
        int result = inflate(z, Z_NO_FLUSH);
        out->size += space - z->avail_out;
        left = in->size - (size_t)(z->next_in - in->bytes);
        if (result == Z_STREAM_END) {
            if (left == 0)
                return NUDGE_OK;
            if (!is_gzip(z->next_in, left))
                return nu_fail(err, NUDGE_EDATA, "%s: %zu bytes that are no gzip data follow "
                               "the gzip data", path, left);
            inflateReset(z);
        } else if (result == Z_MEM_ERROR) {
            return nu_no_memory(err, 65536, path);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            return nu_fail(err, NUDGE_EDATA, "%s: the gzip data is damaged (%s)", path,
                           z->msg != NULL ? z->msg : "zlib");
        } else if (left == 0 && z->avail_out > 0) {
            return nu_fail(err, NUDGE_EDATA, "%s: the gzip data is cut short, after %zu bytes",
                           path, in->size);
        }
    }
}

/* Replaces gzip data by what it holds. */
static nudge_status decompress(buffer *b, const char *path, nudge_error *err)
{
    z_stream z = {0};
    if (inflateInit2(&z, 15 + 16) != Z_OK) /* 32 KB window; a gzip header */
        return nu_no_memory(err, 65536, path);
    buffer out = {0};
    size_t guess = b->size < SIZE_MAX / 8 ? b->size * 4 + 64 : b->size;
    nudge_status status = buffer_reserve(&out, guess, path, err);
    if (status == NUDGE_OK)
        status = inflate_members(&z, b, &out, path, err);
    inflateEnd(&z);
    if (status != NUDGE_OK) {
        free(out.bytes);
        return status;
    }
    free(b->bytes);
    *b = out;
    return NUDGE_OK;
}

static nudge_status read_descriptor(int fd, buffer *b, const char *path, nudge_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return nu_fail(err, NUDGE_EIO, "cannot read '%s': %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return nu_fail(err, NUDGE_EOPEN, "cannot read '%s': it is a directory; a file was expected",
                       path);
    int sized = S_ISREG(st.st_mode) && st.st_size > 0;
    NU_TRY(buffer_reserve(b, sized ? (size_t)st.st_size : 65536, path, err));
    NU_TRY(read_all(fd, b, path, err));
    return is_gzip(b->bytes, b->size) ? decompress(b, path, err) : NUDGE_OK;
}

nudge_status nu_read_file(const char *path, unsigned char **bytes, size_t *size, nudge_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return nu_fail(err, NUDGE_EOPEN, "cannot open '%s': %s", path, strerror(errno));
    buffer b = {0};
    nudge_status status = read_descriptor(fd, &b, path, err);
    close(fd);
    if (status != NUDGE_OK) {
        free(b.bytes);
        return status;
    }
    unsigned char *fitted = realloc(b.bytes, b.size + 1); /* hands back what was too much */
    if (fitted != NULL)
        b.bytes = fitted;
    b.bytes[b.size] = '\0';
    *bytes = b.bytes;
    *size = b.size;
    return NUDGE_OK;
}
