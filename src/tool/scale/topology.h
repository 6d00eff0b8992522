/* Sockets, cores, hardware threads, caches and memories of the machine. */
#ifndef NUDGE_SCALE_TOPOLOGY_H
#define NUDGE_SCALE_TOPOLOGY_H

#include <jansson.h>

/* {"source": "hwloc 2.9.0" or "sysfs", "sockets", "cores", "hardware_threads": online,
 *  "smt": more hardware threads than cores,
 *  "numa_nodes": [{"cpus": "0-15", "memory_bytes"}],
 *  "caches": [{"level", "type": "data", "instruction" or "unified", "bytes", "shared_by": hardware
 *              threads, "count"}]}
 * A number that the system does not tell is null, a list empty. From hwloc if nudge was built with
 * it, otherwise from /sys. */
json_t *scale_topology(void);

/* From the files below `root` ("" for this machine's): what scale_topology() does without hwloc. */
json_t *scale_topology_of_sysfs(const char *root);

#endif
