/* What a reader needs to know of the machine, the system and the build to judge a study or to
 * repeat it. Left out on purpose: the host's name, users, addresses and serial numbers. */
#ifndef NUDGE_SCALE_ENVIRONMENT_H
#define NUDGE_SCALE_ENVIRONMENT_H

#include <jansson.h>
#include <stdio.h>

#include "scale/scale.h"

/* An object of objects; what the system does not tell is null.
 *   nudge    version, command (the text passed), options (taken over; may be NULL), date (UTC)
 *   system   kernel, release, architecture, distribution, hypervisor, product, container, libc
 *   cgroup   version, cores (limit), cpus (its cpuset)
 *   cpu      model, usable (cores, as nudge_machine_info()), usable_cpus ("0-3"), topology (of
 *            topology.h), clock {governor, driver, min_mhz, max_mhz, now_mhz, boost}
 *   memory   total_bytes, available_bytes, huge_pages
 *   build    compiler, command, flags
 *   openmp   enabled, version (_OPENMP's date), pinned_by, pinning, settings {variables set}
 *   blas     config, core, build */
json_t *scale_environment(const char *command, json_t *options);

/* A few lines of at most 80 columns. */
void scale_environment_summary(const json_t *environment, FILE *stream);

/* Notes for study->environment: what makes measurements on this machine less certain than they
 * look. Nothing for an ordinary machine. Called once. */
void scale_environment_notes(scale_study *study);

/* What this program was compiled with; made by make (src/scale/build.c). */
extern const char scale_build_command[], scale_build_flags[];

#endif
