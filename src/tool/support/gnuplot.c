/* gnuplot's stdin, stdout and stderr are temporary files without a name: no pipe can fill up or
 * break, and what it drew is complete before anything of it is used. */
#include "support/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/say.h"
#include "atomic_file.h"

/* ---- The program ----------------------------------------------------------------------- */

/* What the environment names, or NULL. */
static const char *named(void)
{
    const char *name = getenv("GNUPLOT");
    return name != NULL && *name != '\0' ? name : NULL;
}

static const char *program(void)
{
    return named() != NULL ? named() : "gnuplot";
}

static int runnable(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 && S_ISREG(file.st_mode) && access(path, X_OK) == 0;
}

int gnuplot_found(void)
{
    const char *name = program(), *folder = getenv("PATH");
    if (strchr(name, '/') != NULL)
        return runnable(name);
    int found = 0;
    while (folder != NULL && !found) {
        size_t n = strcspn(folder, ":");
        char *path;
        /* An empty part is the current folder. */
        if (asprintf(&path, "%.*s%s%s", (int)n, folder, n > 0 ? "/" : "./", name) < 0)
            need(NULL);
        found = runnable(path);
        free(path);
        folder = folder[n] == ':' ? folder + n + 1 : NULL;
    }
    return found;
}

static void not_run(int error, char *why, size_t size)
{
    if (named() != NULL)
        snprintf(why, size, "gnuplot is not there: the environment variable GNUPLOT is '%s': %s "
                 "(Debian: gnuplot-nox)", named(), strerror(error));
    else if (error == ENOENT)
        snprintf(why, size, "gnuplot is not installed (Debian: gnuplot-nox)");
    else
        snprintf(why, size, "gnuplot could not be run: %s", strerror(error));
}

/* This process's environment with LC_ALL=C; for free(). */
static char **c_locale(void)
{
    static char locale[] = "LC_ALL=C";
    size_t n = 0, kept = 0;
    while (environ[n] != NULL)
        n++;
    char **copy = need(malloc((n + 2) * sizeof *copy));
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "LC_ALL=", 7) != 0)
            copy[kept++] = environ[i];
    copy[kept++] = locale;
    copy[kept] = NULL;
    return copy;
}

/* ---- Running it ------------------------------------------------------------------------ */

enum { FILES = 3 }; /* stdin, stdout, stderr */

/* Starts gnuplot with `file` as its standard streams; 0 or an errno. */
static int start(FILE *const file[FILES], pid_t *pid)
{
    static char defaults[] = "--default-settings";
    char *const argv[] = {(char *)program(), defaults, NULL};
    posix_spawn_file_actions_t actions;
    int fd[FILES] = {-1, -1, -1}, error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    /* Through copies above 2, as a file's own number is 0, 1 or 2 where nudge itself was started
     * without these. */
    for (int i = 0; i < FILES && error == 0; i++) {
        fd[i] = fcntl(fileno(file[i]), F_DUPFD_CLOEXEC, FILES);
        error = fd[i] < 0 ? errno : posix_spawn_file_actions_adddup2(&actions, fd[i], i);
    }
    if (error == 0) {
        char **environment = c_locale();
        error = posix_spawnp(pid, program(), &actions, NULL, argv, environment);
        free(environment);
    }
    for (int i = 0; i < FILES; i++)
        if (fd[i] >= 0)
            close(fd[i]);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* gnuplot's first message that is no warning, without the line of the script, which it does not
 * know ("line 0: invalid command"), else its first line. */
static void own_message(FILE *stream, char *why, size_t size)
{
    char line[400], first[400] = "", *found = NULL;
    rewind(stream);
    while (found == NULL && fgets(line, sizeof line, stream) != NULL) {
        size_t n = strlen(line), digits;
        while (n > 0 && strchr(" \r\n", line[n - 1]) != NULL)
            line[--n] = '\0';
        char *text = line + strspn(line, " ");
        if (*first == '\0')
            strcpy(first, text);
        char *number = strstr(text, "line ");
        if (number == NULL)
            continue;
        digits = strspn(number + 5, "0123456789");
        if (digits > 0 && strncmp(number + 5 + digits, ": ", 2) == 0 &&
            strncmp(number + 5 + digits, ": warning", 9) != 0)
            found = number + 5 + digits + 2;
    }
    if (found == NULL)
        found = first;
    snprintf(why, size, "gnuplot: %s", *found != '\0' ? found : "it failed without a message");
}

/* Waits for it to end; 1 if all went well. */
static int finish(pid_t pid, FILE *messages, char *why, size_t size)
{
    int status;
    pid_t got;
    while ((got = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
        ;
    if (got < 0)
        snprintf(why, size, "waiting for gnuplot: %s", strerror(errno));
    else if (WIFSIGNALED(status))
        snprintf(why, size, "gnuplot was stopped by a signal: %s", strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) == 127) /* where posix_spawn notices too late */
        not_run(ENOENT, why, size);
    else if (WEXITSTATUS(status) != 0)
        own_message(messages, why, size);
    else
        return 1;
    return 0;
}

/* A file without a name that gnuplot does not inherit by its number. */
static FILE *nameless(void)
{
    FILE *file = tmpfile();
    if (file != NULL && fcntl(fileno(file), F_SETFD, FD_CLOEXEC) != 0) {
        fclose(file);
        return NULL;
    }
    return file;
}

static int run_with(const char *script, FILE *const file[FILES], char *why, size_t size)
{
    pid_t pid;
    for (int i = 0; i < FILES; i++)
        if (file[i] == NULL) {
            snprintf(why, size, "a temporary file for gnuplot: %s", strerror(errno));
            return 0;
        }
    errno = 0;
    if (fputs(script, file[0]) < 0 || fflush(file[0]) != 0 || fseek(file[0], 0, SEEK_SET) != 0) {
        snprintf(why, size, "writing gnuplot's commands: %s", strerror(errno));
        return 0;
    }
    int error = start(file, &pid);
    if (error != 0) {
        not_run(error, why, size);
        return 0;
    }
    return finish(pid, file[2], why, size);
}

FILE *gnuplot_stream(const char *script, char *why, size_t size)
{
    FILE *file[FILES] = {NULL, NULL, NULL};
    errno = 0;
    for (int i = 0; i < FILES && (i == 0 || file[i - 1] != NULL); i++)
        file[i] = nameless();
    int good = run_with(script, file, why, size);
    for (int i = 0; i < FILES; i++)
        if (file[i] != NULL && !(good && i == 1))
            fclose(file[i]);
    if (!good)
        return NULL;
    rewind(file[1]);
    return file[1];
}

/* ---- What it drew ---------------------------------------------------------------------- */

int gnuplot_run(const char *script, char **text, char *why, size_t size)
{
    FILE *drawn = gnuplot_stream(script, why, size);
    struct stat file;
    if (drawn == NULL)
        return 0;
    int good = 1;
    if (text != NULL) {
        errno = 0;
        good = fstat(fileno(drawn), &file) == 0;
        size_t n = good ? (size_t)file.st_size : 0;
        *text = need(malloc(n + 1));
        good = good && fread(*text, 1, n, drawn) == n;
        (*text)[good ? n : 0] = '\0';
        if (!good) {
            snprintf(why, size, "reading what gnuplot drew: %s",
                     errno != 0 ? strerror(errno) : "it is shorter than it was");
            free(*text);
            *text = NULL;
        }
    }
    fclose(drawn);
    return good;
}

/* Whether a picture has its end: gnuplot does not notice a full disk. Other kinds than PNG and SVG
 * must only not be empty. */
static int is_whole(FILE *picture)
{
    static const char svg_end[] = "</svg>", png_end[] = "IEND\xae\x42\x60\x82";
    char head[8] = "", tail[8] = "";
    const char *end = "";
    size_t n = fread(head, 1, sizeof head, picture);
    if (n == sizeof head && memcmp(head, "\x89PNG", 4) == 0)
        end = png_end;
    else if (n == sizeof head && (memcmp(head, "<?xml", 5) == 0 || memcmp(head, "<svg", 4) == 0))
        end = svg_end;
    int good = n > 0 && fseek(picture, -(long)(n < sizeof tail ? n : sizeof tail), SEEK_END) == 0 &&
               fread(tail, 1, sizeof tail, picture) > 0 &&
               memmem(tail, sizeof tail, end, strlen(end)) != NULL;
    rewind(picture);
    return good;
}

/* All of `from` to `to`, whose errors are left for nu_atomic_commit(); 0 if reading failed. */
static int copy(FILE *from, FILE *to)
{
    char block[1 << 14];
    size_t n;
    while ((n = fread(block, 1, sizeof block, from)) > 0)
        fwrite(block, 1, n, to);
    return !ferror(from);
}

int gnuplot_file(const char *script, const char *path, char *why, size_t size)
{
    nu_atomic_file out;
    FILE *drawn = gnuplot_stream(script, why, size);
    if (drawn == NULL)
        return 0;
    if (!is_whole(drawn)) {
        snprintf(why, size, "gnuplot's picture is not complete; is the disk with temporary files "
                 "full?");
        fclose(drawn);
        return 0;
    }
    int error = nu_atomic_open(&out, path);
    if (error != 0) {
        snprintf(why, size, "%s: %s", path, strerror(error));
        fclose(drawn);
        return 0;
    }
    int good = copy(drawn, out.stream);
    fclose(drawn);
    if (!good) {
        nu_atomic_abandon(&out);
        snprintf(why, size, "reading what gnuplot drew: %s", strerror(EIO));
        return 0;
    }
    error = nu_atomic_commit(&out);
    if (error == 0)
        return 1;
    snprintf(why, size, "%s: %s", path, strerror(error));
    return 0;
}
