/* The control group that this process is in: what it limits, and how often it did. */
#ifndef NUDGE_SCALE_CGROUP_H
#define NUDGE_SCALE_CGROUP_H

#include <stddef.h>

typedef struct cgroup {
    int version;       /* 1 or 2; 0: not found */
    char folder[4096]; /* where its files are */
    size_t mount;      /* length of the mount point in `folder`: groups above end there */
} cgroup;

/* The group that has the cpu controller, from the texts of /proc/self/cgroup and
 * /proc/self/mountinfo. In a container the group's path may be one of the host that is not there:
 * the mount point is the group then. */
cgroup cgroup_find(const char *cgroups, const char *mounts);

/* Likewise, of this process. */
cgroup cgroup_own(void);

/* Cores that the group and those above it allow: the tightest limit; NaN: none. */
double cgroup_cores(const cgroup *g);

/* Seconds that the group and those above it were stopped by their limits so far; NaN: not told. */
double cgroup_throttled(const cgroup *g);

/* cpu.max of version 2, "200000 100000", as cores; NaN: "max", or no such text. */
double cgroup_max(const char *text);

#endif
