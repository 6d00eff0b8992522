#include "atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "temporary.h"

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

/* Opens the folder that holds `path`, with more flags than O_CLOEXEC; -1 and errno. */
static int open_folder(const char *path, int flags)
{
    const char *slash = strrchr(path, '/');
    size_t size = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    char *folder = slash == NULL ? strdup(".") : strndup(path, size);
    int fd = folder == NULL ? -1 : open(folder, flags | O_CLOEXEC, 0666);
    int error = errno;
    free(folder);
    errno = error;
    return fd;
}

/* A file in the folder of `path` that has no name: whatever ends the process, nothing is left. -1
 * where the system has none such, or could not give it a name later. */
static int open_unnamed(const char *path)
{
    return access("/proc/self/fd", X_OK) == 0 ? open_folder(path, O_TMPFILE | O_RDWR) : -1;
}

/* Where a symbolic link points to, from where this process is; NULL and errno. For free(). */
static char *behind(const char *link)
{
    char to[PATH_MAX], *path;
    const char *slash = strrchr(link, '/');
    ssize_t n = readlink(link, to, sizeof to);
    if (n < 0)
        return NULL;
    int folder = slash == NULL || to[0] == '/' ? 0 : (int)(slash - link) + 1;
    return asprintf(&path, "%.*s%.*s", folder, link, (int)n, to) < 0 ? NULL : path;
}

/* The path that a rename should replace: behind symbolic links, what they point to, which need not
 * be there. NULL and errno. For free(). */
static char *final_path(const char *path)
{
    struct stat st;
    char *final = strdup(path);
    for (int links = 0; final != NULL && lstat(final, &st) == 0 && S_ISLNK(st.st_mode); links++) {
        char *next = links < 40 ? behind(final) : NULL; /* as many as Linux follows */
        int error = links < 40 ? errno : ELOOP;
        free(final);
        errno = error;
        final = next;
    }
    return final;
}

/* Is there no file, or one that is not write-protected? Otherwise errno. */
static int may_replace(const char *path)
{
    return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 || errno == ENOENT;
}

/* The descriptor for `o`, whose path is set; -1 and errno. */
static int open_target(nu_atomic_file *o, const char *path, enum target target)
{
    struct stat old;
    if (target == TARGET_DIRECT)
        return open(path, O_WRONLY | O_CLOEXEC);
    if (!may_replace(o->path))
        return -1;
    nu_temporary_clear(o->path);
    int fd = open_unnamed(o->path);
    if (fd < 0)
        fd = nu_temporary_name(o->path, -1, &o->temporary);
    o->replaces = 1;
    if (fd >= 0 && stat(o->path, &old) == 0)
        (void)fchmod(fd, old.st_mode & 07777); /* a file system without permissions has none */
    return fd;
}

int nu_atomic_open(nu_atomic_file *out, const char *path)
{
    enum target target = target_of(path);
    if (target == TARGET_FOLDER)
        return EISDIR;
    if (path[0] == '\0')
        return ENOENT;
    int standard = strcmp(path, "-") == 0;
    nu_atomic_file o = {.path = standard ? strdup(path) : final_path(path)};
    if (o.path == NULL)
        return errno;
    int fd = standard ? dup(STDOUT_FILENO) : open_target(&o, path, target);
    if (fd >= 0)
        o.stream = fdopen(fd, "w");
    if (o.stream != NULL) {
        *out = o;
        return 0;
    }
    int error = errno;
    nu_temporary_drop(o.temporary);
    if (fd >= 0)
        close(fd);
    free(o.path);
    return error;
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
    int fd = open_folder(path, O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return errno == ENOMEM ? ENOMEM : 0;
    int error = fsync(fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
    close(fd);
    return error;
}

static void forget(nu_atomic_file *out)
{
    nu_temporary_drop(out->temporary);
    free(out->path);
    *out = (nu_atomic_file){0};
}

/* At no moment there is no file at PATH, but on file systems that know no links. */
static int keep_previous(const char *path)
{
    char *previous;
    if (asprintf(&previous, "%s.previous", path) < 0)
        return ENOMEM;
    unlink(previous);
    int failed = link(path, previous) != 0 && errno != ENOENT && rename(path, previous) != 0;
    int error = failed && errno != ENOENT ? errno : 0;
    free(previous);
    return error;
}

/* The finished file takes the place of what is there. */
static int replace(nu_atomic_file *out)
{
    int fd = fileno(out->stream), error = fsync(fd) != 0 ? errno : 0;
    if (error == 0 && out->temporary == NULL &&
        nu_temporary_name(out->path, fd, &out->temporary) < 0)
        error = errno;
    if (error == 0 && out->keeps_previous)
        error = keep_previous(out->path);
    if (error == 0)
        error = nu_temporary_finish(&out->temporary, out->path);
    return error != 0 ? error : sync_folder(out->path);
}

int nu_atomic_commit(nu_atomic_file *out)
{
    int error = flush_error(out->stream);
    if (error == 0 && out->replaces)
        error = replace(out);
    FILE *stream = out->stream;
    forget(out);
    return fclose(stream) != 0 && error == 0 ? errno : error;
}

void nu_atomic_abandon(nu_atomic_file *out)
{
    if (out->stream == NULL)
        return;
    FILE *stream = out->stream;
    forget(out);
    fclose(stream);
}

int nu_atomic_check(const char *path)
{
    if (target_of(path) == TARGET_DIRECT)
        return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 ? 0 : errno;
    nu_atomic_file out;
    int error = nu_atomic_open(&out, path);
    if (error == 0)
        nu_atomic_abandon(&out);
    return error;
}
