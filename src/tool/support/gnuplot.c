#include "support/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "atomic_file.h"
#include "support/json.h"
#include "support/say.h"

enum { MOST_SECONDS = 60 };

/* In the child: becomes gnuplot. Files are passed on through copies above 2, as a file's own
 * number is 0, 1 or 2 where nudge was started without these. */
static void become_gnuplot(const int file[3])
{
    const char *named = getenv("GNUPLOT");
    const char *name = named != NULL && *named != '\0' ? named : "gnuplot";
    int copy[3];
    for (int i = 0; i < 3; i++)
        copy[i] = fcntl(file[i], F_DUPFD_CLOEXEC, 3);
    for (int i = 0; i < 3; i++)
        if (copy[i] < 0 || dup2(copy[i], i) < 0)
            _exit(EXIT_FAILURE);
    setenv("LC_ALL", "C", 1);
    alarm(MOST_SECONDS);
    execlp(name, name, "--default-settings", (char *)NULL);
    if (name == named)
        dprintf(STDERR_FILENO, "the environment variable GNUPLOT is '%s': %s (Debian: "
                "gnuplot-nox)\n", name, strerror(errno));
    else
        dprintf(STDERR_FILENO, "it is not installed (Debian: gnuplot-nox)\n");
    _exit(EXIT_FAILURE);
}

/* Says what there is to say about a gnuplot that ended; 1 if nothing. The last line of what it
 * complained is about what stopped it. */
static int judge(int status, FILE *messages)
{
    char line[400], last[400] = "it failed without a message";
    rewind(messages);
    while (fgets(line, sizeof line, messages) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[strspn(line, " ^")] != '\0')
            strcpy(last, line + strspn(line, " "));
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 1;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        say("gnuplot took longer than %d s and was stopped", MOST_SECONDS);
    else if (WIFSIGNALED(status))
        say("gnuplot was stopped by a signal: %s", strsignal(WTERMSIG(status)));
    else
        say("gnuplot: %s", last);
    return 0;
}

/* Temporary files instead of pipes: none can fill up or break. */
int gnuplot_run(const char *script, FILE *drawn)
{
    FILE *commands = tmpfile(), *messages = tmpfile();
    int status = 0;
    pid_t pid = -1;
    if (commands != NULL && messages != NULL && fputs(script, commands) >= 0 &&
        fseek(commands, 0, SEEK_SET) == 0) {
        int file[3] = {fileno(commands), fileno(drawn != NULL ? drawn : messages),
                       fileno(messages)};
        pid = fork();
        if (pid == 0)
            become_gnuplot(file);
    }
    if (pid < 0)
        say("gnuplot could not be run: %s", strerror(errno));
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    int good = pid > 0 && judge(status, messages);
    if (commands != NULL)
        fclose(commands);
    if (messages != NULL)
        fclose(messages);
    return good;
}

/* Whether a picture has its end: gnuplot does not notice a full disk. */
static int is_whole(int picture)
{
    enum { TAIL = 12 };
    char tail[TAIL + 1] = "";
    off_t size = lseek(picture, 0, SEEK_END);
    return size >= TAIL && pread(picture, tail, TAIL, size - TAIL) == TAIL &&
           (memcmp(tail + 4, "IEND\xae\x42\x60\x82", 8) == 0 || strstr(tail, "</svg>") != NULL);
}

int gnuplot_file(const char *script, const char *path)
{
    nu_atomic_file out;
    int error = nu_atomic_open(&out, path), good = 0;
    if (error == 0) {
        good = gnuplot_run(script, out.stream);
        if (good && out.replaces && !is_whole(fileno(out.stream))) {
            say("gnuplot's picture is not complete; is the disk full?");
            good = 0;
        }
        if (good)
            error = nu_atomic_commit(&out);
        else
            nu_atomic_abandon(&out);
    }
    if (error != 0)
        say("%s: %s", path, strerror(error));
    return good && error == 0;
}

void gnuplot_quote(FILE *script, const char *text)
{
    int utf8 = is_utf8(text);
    fputc('\'', script); /* between single quotes only these themselves mean something */
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '\'')
            fputs("''", script);
        else if (strncmp(text, "]]>", 3) == 0) { /* would end the CDATA that gnuplot puts it in */
            fputs("]] >", script);
            text += 2;
        } else
            fputc(c < ' ' || c == 0x7f ? ' ' : c >= 0x80 && !utf8 ? '?' : c, script);
    }
    fputc('\'', script);
}
