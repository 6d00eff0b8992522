#include "temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Longest part of a file's own name that goes into the temporary one: NAME_MAX bounds both. */
#define NAME_PART 200

/* ---- For a signal handler -------------------------------------------------------------- */

/* State outside of objects: a signal handler can reach nothing else. More names are not known to
 * it. A name belongs to whom took it out of its place. */
static char *names[64];
enum { NAMES = sizeof names / sizeof *names };

/* Puts `to` where `from` is. */
static int exchange(char *from, char *to)
{
    for (size_t i = 0; i < NAMES; i++) {
        char *expected = from;
        if (__atomic_compare_exchange_n(&names[i], &expected, to, 0, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
            return 1;
    }
    return 0;
}

void nu_temporary_drop_all(void)
{
    for (size_t i = 0; i < NAMES; i++) {
        char *name = __atomic_exchange_n(&names[i], NULL, __ATOMIC_ACQ_REL);
        if (name != NULL)
            unlink(name); /* and free() is not for signal handlers */
    }
}

static void free_name(char *name)
{
    if (exchange(name, NULL)) /* otherwise a signal handler may be about to use it */
        free(name);
}

int nu_temporary_finish(char **name, const char *path)
{
    if (rename(*name, path) != 0)
        return errno;
    free_name(*name);
    *name = NULL;
    return 0;
}

void nu_temporary_drop(char *name)
{
    if (name == NULL)
        return;
    unlink(name);
    free_name(name);
}

/* ---- Names ----------------------------------------------------------------------------- */

/* Locks what the name stands for. 0: somebody took it for a dead process's and removed it, in the
 * moment before. A file system without locks is as good: nobody else gets one either. */
static int lock(int fd)
{
    struct stat st;
    (void)flock(fd, LOCK_EX);
    return fstat(fd, &st) != 0 || st.st_nlink > 0;
}

/* `fd`, or a new file's, which has the name then; -1 and errno. open() and not mkstemp(), for the
 * permissions, and so that a clash with another thread's file is seen. */
static int give_name(const char *name, int fd)
{
    char own[40];
    if (fd >= 0) {
        snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
        (void)flock(fd, LOCK_EX); /* nobody else can have it yet */
        return linkat(AT_FDCWD, own, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 ? fd : -1;
    }
    int made = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (made < 0 || lock(made))
        return made;
    close(made);
    errno = EEXIST;
    return -1;
}

int nu_temporary_name(const char *path, int fd, char **name)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    size_t folder = (size_t)(base - path), room = folder + NAME_PART + 40;
    char *text = malloc(room);
    int made = -1;
    for (int attempt = 0; text != NULL && attempt < 100 && made < 0; attempt++) {
        snprintf(text, room, "%.*s.%.*s.%ld-%d.tmp", (int)folder, path, NAME_PART, base,
                 (long)getpid(), attempt);
        made = give_name(text, fd);
        if (made < 0 && errno != EEXIST)
            break;
    }
    if (made >= 0) {
        (void)exchange(NULL, text);
        *name = text;
        return made;
    }
    int error = errno;
    free(text);
    errno = error;
    return -1;
}

/* ---- Dead processes' ------------------------------------------------------------------- */

/* Whether `name` is .BASE.PID-N.tmp. */
static int is_of(const char *name, const char *base)
{
    char start[NAME_PART + 3];
    int n = snprintf(start, sizeof start, ".%.*s.", NAME_PART, base);
    if (strncmp(name, start, (size_t)n) != 0)
        return 0;
    const char *pid = name + n;
    size_t digits = strspn(pid, "0123456789");
    const char *attempt = pid + digits + (pid[digits] == '-');
    size_t more = strspn(attempt, "0123456789");
    return digits > 0 && more > 0 && pid[digits] == '-' && strcmp(attempt + more, ".tmp") == 0;
}

static void remove_if_dead(int folder, const char *name)
{
    struct stat st, now;
    int fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    /* By now the name may be of another file of a process that lives. */
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        fstatat(folder, name, &now, AT_SYMLINK_NOFOLLOW) == 0 && now.st_ino == st.st_ino &&
        now.st_dev == st.st_dev)
        unlinkat(folder, name, 0);
    close(fd);
}

void nu_temporary_clear(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    DIR *d = folder != NULL ? opendir(folder) : NULL;
    const struct dirent *entry;
    while (d != NULL && (entry = readdir(d)) != NULL)
        if (is_of(entry->d_name, slash != NULL ? slash + 1 : path))
            remove_if_dead(dirfd(d), entry->d_name);
    if (d != NULL)
        closedir(d);
    free(folder);
}
