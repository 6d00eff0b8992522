/* What the control groups of this process allow: its own, which containers, batch systems and
 * systemd nest, and all above it. */
#ifndef NUDGE_CORE_CGROUP_H
#define NUDGE_CORE_CGROUP_H

#include <stdint.h>

typedef struct nu_limits {
    double cores;             /* seconds of CPU time a second: the tightest quota; 0: none */
    double throttled_seconds; /* that quotas stopped the groups so far, added; NaN: not told */
    uint64_t memory;          /* bytes: the tightest limit; 0: none */
    uint64_t memory_left;     /* the least of limit - what is in use; UINT64_MAX: no limit */
} nu_limits;

/* From root/proc/self/cgroup and root/proc/self/mountinfo, versions 1 and 2, to the groups' files,
 * with `root` before every path: "" for this machine's. In a container the group's path may be one
 * of the host that is not there: the mount point is the group then. What cannot be read is no
 * limit. */
nu_limits nu_cgroup_limits(const char *root);

#endif
