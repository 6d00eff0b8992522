/* What Linux tells in /proc and /sys: small text files and what is in them. Functions that read a
 * text do not care where it is from, so that texts of other machines can be tested. */
#ifndef NUDGE_TOOL_PROC_H
#define NUDGE_TOOL_PROC_H

#include <sched.h>
#include <stddef.h>

/* The text of a file, without white space at its end; for free(). NULL if it cannot be read. */
char *proc_text(const char *path);

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
