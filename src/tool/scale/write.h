/* The writers of single files; see output.h. The stream keeps errors for its owner. */
#ifndef NUDGE_SCALE_WRITE_H
#define NUDGE_SCALE_WRITE_H

#include <stdio.h>

#include "plots.h"
#include "scale.h"

void scale_write_json(const scale_study *study, FILE *stream);
void scale_write_environment(const scale_study *study, FILE *stream);
void scale_write_repeats(const scale_study *study, FILE *stream);
void scale_write_points(const scale_study *study, FILE *stream);
void scale_write_curves(const scale_study *study, FILE *stream);

/* Extra-P's text format (docs/file-formats.md of github.com/extra-p/extrap): parameter p, the
 * threads, and in sweeps the value; a parameter that never changes is left out, as Extra-P cannot
 * model it. Points without repeats are left out. Step times in seconds without exponents. */
void scale_write_extrap(const scale_study *study, FILE *stream);

/* `left`: names of the other files, for the list at the end; NULL ends it. */
void scale_write_report(const scale_study *study, const scale_plot plots[SCALE_PLOTS],
                        const char *no_pictures, const char *const *left, FILE *stream);

#endif
