#include "scale/procfs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/say.h"

/* ---- Files ----------------------------------------------------------------------------- */

/* These files have no size until they are read. */
static char *read_all(int file)
{
    size_t space = 4096, n = 0;
    char *text = need(malloc(space));
    for (;;) {
        ssize_t got = read(file, text + n, space - 1 - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(text);
            return NULL;
        }
        if (got == 0)
            break;
        n += (size_t)got;
        if (n + 1 == space)
            text = need(realloc(text, space *= 2));
    }
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        n--;
    text[n] = '\0';
    return text;
}

static char *text_at(const char *format, va_list args)
{
    char *path, *text = NULL;
    if (vasprintf(&path, format, args) < 0)
        need(NULL);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    free(path);
    if (file >= 0) {
        text = read_all(file);
        close(file);
    }
    return text;
}

char *proc_text(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = text_at(format, args);
    va_end(args);
    return text;
}

double proc_number(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = text_at(format, args), *end = text;
    va_end(args);
    double value = text != NULL ? strtod(text, &end) : NAN;
    if (text == NULL || end == text || *end != '\0')
        value = NAN;
    free(text);
    return value;
}

/* ---- Lists of CPUs --------------------------------------------------------------------- */

int proc_cpus(const char *text, cpu_set_t *set)
{
    CPU_ZERO(set);
    if (*text == '\0')
        return 0;
    for (;;) {
        char *end;
        if (!isdigit((unsigned char)*text))
            return 0;
        unsigned long first = strtoul(text, &end, 10), last = first;
        if (*end == '-') {
            if (!isdigit((unsigned char)end[1]))
                return 0;
            last = strtoul(end + 1, &end, 10);
        }
        for (unsigned long c = first; c <= last && c < CPU_SETSIZE; c++)
            CPU_SET(c, set);
        if (*end == '\0')
            return 1;
        if (*end != ',')
            return 0;
        text = end + 1;
    }
}

char *proc_cpus_text(const cpu_set_t *set)
{
    char *text = NULL;
    size_t size;
    FILE *stream = need(open_memstream(&text, &size));
    const char *comma = "";
    for (int c = 0; c < CPU_SETSIZE; c++) {
        if (!CPU_ISSET(c, set))
            continue;
        int last = c;
        while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, set))
            last++;
        fprintf(stream, last > c ? "%s%d-%d" : "%s%d", comma, c, last);
        comma = ",";
        c = last;
    }
    if (fclose(stream) != 0)
        need(NULL);
    return text;
}

/* ---- Contents -------------------------------------------------------------------------- */

static const char *next_line(const char *line)
{
    line = strchr(line, '\n');
    return line != NULL ? line + 1 : NULL;
}

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

/* What follows "name :" on this line; NULL: another line. */
static const char *value_on(const char *line, const char *name)
{
    size_t n = strlen(name);
    if (strncmp(line, name, n) != 0)
        return NULL;
    line += n;
    line += strspn(line, " \t");
    if (*line != ':')
        return NULL;
    line++;
    return line + strspn(line, " \t");
}

double proc_cpuinfo_mhz(const char *cpuinfo, const cpu_set_t *set)
{
    double sum = 0;
    int n = 0;
    long cpu = -1;
    for (const char *line = cpuinfo; line != NULL; line = next_line(line)) {
        const char *value = value_on(line, "processor");
        if (value != NULL)
            cpu = strtol(value, NULL, 10);
        value = value_on(line, "cpu MHz");
        if (value == NULL || cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET((size_t)cpu, set))
            continue;
        double mhz = strtod(value, NULL);
        if (mhz > 0) {
            sum += mhz;
            n++;
        }
    }
    return n > 0 ? sum / n : NAN;
}

char *proc_field(const char *text, const char *name)
{
    for (const char *line = text; line != NULL; line = next_line(line)) {
        const char *value = value_on(line, name);
        if (value != NULL)
            return need(strndup(value, strcspn(value, "\n")));
    }
    return NULL;
}

double proc_value(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = text; line != NULL; line = next_line(line)) {
        char *end;
        if (strncmp(line, name, n) != 0 || line[n] != ' ')
            continue;
        double value = strtod(line + n, &end);
        return end > line + n ? value : NAN;
    }
    return NAN;
}
