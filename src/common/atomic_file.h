/* Output files that are there whole or not at all. */
#ifndef NUDGE_COMMON_ATOMIC_FILE_H
#define NUDGE_COMMON_ATOMIC_FILE_H

#include <stdio.h>

/* A file being written. Write to `stream`, then commit or abandon. The path keeps what it held
 * until nu_atomic_commit() has renamed a temporary file of the same folder over it, which has no
 * name until then where the file system allows that: a killed process leaves nothing. Otherwise the
 * next nu_atomic_open() of that path removes what it left. A symbolic link stays, and so do the
 * permissions of a file that was there. A path that is no regular file (a device, a pipe) is
 * written directly, and so is standard output, which "-" stands for. */
typedef struct nu_atomic_file {
    FILE *stream;    /* its descriptor can be read, too, where `replaces` is set */
    char *path;
    int replaces;    /* what is at `path`; 0: it is written directly */
    char *temporary; /* the file's name until then, or NULL */
    int keeps_previous; /* set before nu_atomic_commit(): a file that is there becomes
                         * PATH.previous; behind a symbolic link, that of what
                         * it points to */
} nu_atomic_file;

/* All return 0 or an errno. Without success from nu_atomic_open() there is nothing to end. */
int nu_atomic_open(nu_atomic_file *out, const char *path);

/* Checks the stream, flushes, syncs, closes, renames. On failure nothing is left behind. Either
 * way `out` is finished. */
int nu_atomic_commit(nu_atomic_file *out);

/* Closes and removes what was written, unless it is finished or never began (zeros). */
void nu_atomic_abandon(nu_atomic_file *out);

/* Whether nu_atomic_open() would succeed; leaves nothing. A pipe is not opened: that would wait
 * for its reader. */
int nu_atomic_check(const char *path);

#endif
