#include "support/proc.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/say.h"

/* ---- Texts ----------------------------------------------------------------------------- */

/* These files have no size until they are read. */
char *proc_text(const char *format, ...)
{
    va_list args;
    char *path, *text = NULL;
    size_t room = 0;
    va_start(args, format);
    if (vasprintf(&path, format, args) < 0)
        need(NULL);
    va_end(args);
    FILE *f = fopen(path, "re");
    free(path);
    if (f == NULL)
        return NULL;
    ssize_t n = getdelim(&text, &room, '\0', f);
    fclose(f);
    if (n < 0) {
        free(text);
        return NULL;
    }
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        n--;
    text[n] = '\0';
    return text;
}

static const char *next_line(const char *line)
{
    line = strchr(line, '\n');
    return line != NULL ? line + 1 : NULL;
}

char *proc_field(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = text; line != NULL; line = next_line(line)) {
        const char *at = line + n, *colon = strchr(line, ':');
        if (strncmp(line, name, n) != 0)
            continue;
        at += strspn(at, " \t");
        if (colon != NULL && colon < line + strcspn(line, "\n")) {
            if (at != colon) /* another name, which begins like this one */
                continue;
            at += 1 + strspn(at + 1, " \t");
        }
        if (at > line + n)
            return need(strndup(at, strcspn(at, "\n")));
    }
    return NULL;
}

/* ---- /proc/stat ------------------------------------------------------------------------ */

proc_times proc_stat_times(const char *stat, const cpu_set_t *set, double hz)
{
    proc_times t = {0};
    for (const char *line = stat; line != NULL; line = next_line(line)) {
        if (strncmp(line, "cpu", 3) != 0 || !isdigit((unsigned char)line[3]))
            continue;
        /* user nice system idle iowait irq softirq steal; guest time is within user and nice. The
         * next line begins with a letter, which ends a short one. */
        double v[8] = {0};
        char *at;
        unsigned long cpu = strtoul(line + 3, &at, 10);
        int n = 0;
        for (char *end; n < 8; n++, at = end) {
            v[n] = strtod(at, &end);
            if (end == at)
                break;
        }
        if (n < 4 || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, set))
            continue;
        double busy = v[0] + v[1] + v[2] + v[5] + v[6];
        t.cpus++;
        t.busy += busy / hz;
        t.steal += v[7] / hz;
        t.total += (busy + v[3] + v[4] + v[7]) / hz;
    }
    return t;
}
