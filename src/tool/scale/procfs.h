/* What Linux tells in /proc and /sys: small text files and what is in them. Functions that read a
 * text do not care where it is from, so that texts of other machines can be tested. */
#ifndef NUDGE_SCALE_PROCFS_H
#define NUDGE_SCALE_PROCFS_H

#include <sched.h>
#include <stddef.h>

/* The text of a file whose path is made as by printf, without white space at its end; for free().
 * NULL if it cannot be read. */
char *proc_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A file that holds one number; NaN if it does not. */
double proc_number(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "0-3,8" as a set and back. proc_cpus() returns 0 if the text is no such list; CPUs from
 * CPU_SETSIZE (1024) on are left out. proc_cpus_text() is for free(). */
int proc_cpus(const char *text, cpu_set_t *set);
char *proc_cpus_text(const cpu_set_t *set);

/* Time of some CPUs since the system was started, in seconds. */
typedef struct proc_times {
    int cpus;     /* found in the text */
    double busy;  /* user + nice + system + irq + softirq */
    double steal; /* taken by the hypervisor */
    double total; /* with idle and iowait */
} proc_times;

/* From the text of /proc/stat, whose unit is 1/hz seconds. CPUs outside `set` are not counted. */
proc_times proc_stat_times(const char *stat, const cpu_set_t *set, double hz);

/* Mean of "cpu MHz" in the text of /proc/cpuinfo over the CPUs in `set`; NaN if there is none, as
 * on Arm. */
double proc_cpuinfo_mhz(const char *cpuinfo, const cpu_set_t *set);

/* The first value of a "name : value" text such as /proc/cpuinfo or /proc/meminfo, for free();
 * NULL: not there. */
char *proc_field(const char *text, const char *name);

/* A "name value" text such as cpu.stat: the number; NaN if it is not there. */
double proc_value(const char *text, const char *name);

#endif
