/* Names of files that are not finished: DIR/.NAME.PID-N.tmp, which become DIR/NAME. */
#ifndef NUDGE_COMMON_TEMPORARY_H
#define NUDGE_COMMON_TEMPORARY_H

/* A name beside `path`, into *name, for one of the next two functions: for the open file `fd`,
 * which has none yet; or, where that is -1, of a file that is created, with the permissions that
 * the umask gives any new file. The file is locked, which shows that somebody writes it. The
 * descriptor, or -1 and errno. */
int nu_temporary_name(const char *path, int fd, char **name);

/* The finished file takes the place of what is at `path`; its temporary name is freed. An errno, or
 * 0. */
int nu_temporary_finish(char **name, const char *path);

/* Or it is removed, while it is open. NULL: nothing. */
void nu_temporary_drop(char *name);

/* Removes what a process that was killed left beside `path`: what nobody has locked. Where files
 * cannot be locked or the folder cannot be read, nothing. */
void nu_temporary_clear(const char *path);

/* Removes all files that have such a name from this process, but those beyond 64 at the same time.
 * For a signal handler that ends it; or where it ends otherwise. */
void nu_temporary_drop_all(void);

#endif
