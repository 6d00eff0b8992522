#include "support/proc.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* These files have no size until they are read. */
char *proc_text(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    FILE *f = fopen(path, "re");
    ssize_t n = f != NULL ? getdelim(&text, &room, '\0', f) : -1;
    if (f != NULL)
        fclose(f);
    if (n < 0) {
        free(text);
        return NULL;
    }
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
    return text;
}

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
