/* The work of a step that the library does not tell. */
#ifndef NUDGE_SCALE_WORK_H
#define NUDGE_SCALE_WORK_H

#include "scale/scale.h"

/* Bytes that a step of B samples must move at least, of numbers of `size` bytes: the packed batch
 * written and read; the weights read forward and, but for the first layer's, backward, and
 * written by the update; their gradient, and each of the optimizer's states, written and read;
 * each activation (outputs too) written and read. Caches may spare some of it where it is small. */
double scale_step_bytes(const scale_point *point, const nudge_optimizer *optimizer, size_t size);

#endif
