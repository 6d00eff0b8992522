/* Sections of report.html. Private to src/scale. */
#ifndef NUDGE_SCALE_HTML_PARTS_H
#define NUDGE_SCALE_HTML_PARTS_H

#include <stdio.h>

#include "look.h"

/* What was found, in sentences (a list). */
void html_findings(FILE *out, const scale_study *study);

/* One row for each point. */
void html_points(FILE *out, const scale_study *study);
/* Fitted models: parameters, predictions, the test with points left out; why some were not. */
void html_models(FILE *out, const scale_study *study);
/* Time by phase, and where the efficiency went. */
void html_phases(FILE *out, const scale_study *study);
/* The environment's JSON, flattened. */
void html_environment(FILE *out, const json_t *environment);

#endif
