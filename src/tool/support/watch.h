/* What the machine did while something was measured. */
#ifndef NUDGE_TOOL_WATCH_H
#define NUDGE_TOOL_WATCH_H

#include <sched.h>

typedef struct watch_result {
    double other_load; /* cores that other programs used, on average */
    double steal;      /* cores that the hypervisor took away, on average */
    double throttled;  /* seconds that a cgroup's limit stopped this process */
} watch_result;

/* Cores of other load or steal that disturb: above what an idle system shows. */
#define WATCH_DISTURBING 0.08

/* Seconds by a clock that is never set. */
double watch_now(void);

typedef struct watcher watcher;

/* Watches the CPUs that this process may use; for free(). */
watcher *watcher_new(void);

/* Before and after something is measured. Each takes a few reads of /proc, well below 1 ms on
 * machines with up to some tens of CPUs, and none while the measurement runs.
 *
 * other_load is the CPUs' busy time less that of all threads of this process and of its
 * children that have ended, steal what the hypervisor reports. The system counts both in steps
 * of 10 ms per CPU and kind, so they are taken over the time measured or, if that is too short
 * for a standard error of 0.02 core, over a longer time that ends with it: 1 to 2 s on up to 5
 * CPUs, growing with the root of their number. What was measured within the watcher's first 0.1
 * s has NaN.
 *
 * In a container /proc/stat is usually that of the whole host, and so is other_load. If a
 * cgroup's limit leaves this process fewer cores than it has CPUs, only what did not fit on the
 * others counts. Where /proc/stat is missing, empty or frozen: NaN. */
void watch_start(watcher *w);
watch_result watch_stop(watcher *w);

/* Time of some CPUs since the system was started, in seconds. */
typedef struct watch_times {
    int cpus;     /* found in the text */
    double busy;  /* user + nice + system + irq + softirq */
    double steal; /* taken by the hypervisor */
    double total; /* with idle and iowait */
} watch_times;

/* From the text of /proc/stat, whose unit is 1/hz seconds. CPUs outside `set` are not counted. */
watch_times watch_stat_times(const char *stat, const cpu_set_t *set, double hz);

#endif
