/* What Linux tells in /proc and /sys: small text files and what is in them. Functions that read a
 * text do not care where it is from, so that texts of other machines can be tested. */
#ifndef NUDGE_TOOL_PROC_H
#define NUDGE_TOOL_PROC_H

#include <sched.h>
#include <stddef.h>

/* The text of a file whose path is made as by printf, without white space at its end; for free().
 * NULL if it cannot be read. */
char *proc_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What follows the name of the first line that begins with it, after blanks and a colon, as in
 * "model name : X" and "throttled_usec 12"; for free(). NULL: there is none. */
char *proc_field(const char *text, const char *name);

/* Time of some CPUs since the system was started, in seconds. */
typedef struct proc_times {
    int cpus;     /* found in the text */
    double busy;  /* user + nice + system + irq + softirq */
    double steal; /* taken by the hypervisor */
    double total; /* with idle and iowait */
} proc_times;

/* From the text of /proc/stat, whose unit is 1/hz seconds. CPUs outside `set` are not counted. */
proc_times proc_stat_times(const char *stat, const cpu_set_t *set, double hz);

#endif
