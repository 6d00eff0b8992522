#include "support/proc.h"

#include <ctype.h>
#include <math.h>
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

double proc_number(const char *text, const char *name)
{
    char *field = proc_field(text, name), *end = field;
    double value = field != NULL ? strtod(field, &end) : NAN;
    if (end == field)
        value = NAN;
    free(field);
    return value;
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

/* ---- Limits of cgroups ----------------------------------------------------------------- */

/* Whether "3:cpu,cpuacct:/path" is of version 1's CPU controller. */
static int has_cpu(const char *line, const char *end)
{
    for (const char *at = line; at < end; at += strcspn(at, ",:") + 1)
        if (strncmp(at, "cpu", 3) == 0 && (at[3] == ',' || at[3] == ':'))
            return 1;
    return 0;
}

/* Over `path` below a mount, and all folders above it that are there. */
static double throttled_from(const char *mount, const char *path, const char *field, double unit)
{
    double sum = NAN;
    char *folder = need(strdup(path));
    for (char *slash = folder; slash != NULL;) {
        char *text = proc_text("%s%s/cpu.stat", mount, folder);
        double one = text != NULL ? unit * proc_number(text, field) : NAN;
        if (!isnan(one))
            sum = isnan(sum) ? one : sum + one;
        free(text);
        if ((slash = strrchr(folder, '/')) != NULL)
            *slash = '\0';
    }
    free(folder);
    return sum;
}

double proc_throttled(const char *cgroups, const char *mount)
{
    double found = NAN;
    char cpu[4096];
    snprintf(cpu, sizeof cpu, "%s/cpu", mount);
    for (const char *line = cgroups; line != NULL && isnan(found); line = next_line(line)) {
        const char *first = strchr(line, ':');
        const char *path = first != NULL ? strchr(first + 1, ':') : NULL;
        if (path == NULL)
            break;
        char *folder = need(strndup(path + 1, strcspn(path + 1, "\n")));
        if (strcmp(folder, "/") == 0)
            *folder = '\0';
        if (path == first + 1)
            found = throttled_from(mount, folder, "throttled_usec", 1e-6);
        else if (has_cpu(first + 1, path))
            found = throttled_from(cpu, folder, "throttled_time", 1e-9);
        free(folder);
    }
    return found;
}
