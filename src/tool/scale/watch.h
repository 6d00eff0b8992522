/* What the machine did while something was measured, and what the reader of a study must know
 * about it. */
#ifndef NUDGE_SCALE_WATCH_H
#define NUDGE_SCALE_WATCH_H

#include <sched.h>

#include "scale/scale.h"

/* A repeat is disturbed if other programs, or the hypervisor, used more than this many cores
 * meanwhile. Above what an idle system and the counters' resolution show (see
 * scale_watch_stop()). */
#define SCALE_DISTURBING 0.08

typedef struct scale_watcher scale_watcher;

/* Watches the CPUs in `cpus`; NULL: those that this process may use. Free with
 * scale_watcher_free(). */
scale_watcher *scale_watcher_new(const cpu_set_t *cpus);
void scale_watcher_free(scale_watcher *w);

/* Before and after something is measured. Each takes a few reads of /proc, well below 1 ms on
 * machines with up to some tens of CPUs, and none while the measurement runs.
 *
 * other_load is the CPUs' busy time less that of all threads of this process, steal what the
 * hypervisor reports. The system counts both in steps of 10 ms per CPU and kind, so they are taken
 * over the time measured or, if that is too short for a standard error of 0.02 core, over a longer
 * time that ends with it: about 1 s on up to 5 CPUs, growing with the root of their number. At the
 * very beginning of the watcher's life that time may not be there; what was measured within its
 * first 0.1 s has NaN.
 *
 * In a container /proc/stat is usually that of the whole host, and so is other_load. If a cgroup's
 * limit leaves this process fewer cores than it has CPUs, only what did not fit on the others
 * counts. Where /proc/stat is missing, empty or frozen: NaN. throttled: NaN without a cgroup that
 * tells. mhz: from cpufreq, otherwise /proc/cpuinfo, which in a virtual machine mostly repeats the
 * nominal clock; NaN on most Arm machines without cpufreq. */
void scale_watch_start(scale_watcher *w);
void scale_watch_stop(scale_watcher *w, scale_watch *watch);

/* Mean clock of some CPUs now in MHz; NaN: not told. */
double scale_clock(const cpu_set_t *cpus);

/* The program that used most CPU time since the watcher was made, beside this one: "python3 (pid
 * 123)", for free(); NULL if none used 0.05 of a core on average. Programs that have ended, or that
 * a container does not show, are not known. */
char *scale_busiest_other(const scale_watcher *w);

/* Marks the repeats that were disturbed, and notes what the reader must know: other programs,
 * steal, throttling, a drifting clock or pulse, more threads than cores. Called once, when all is
 * measured. The watcher may be NULL: no names then. */
void scale_judge_watches(scale_study *study, const scale_watcher *w);

#endif
