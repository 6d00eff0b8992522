/* A study in JSON and CSV. Both are written from the same columns, named "NAME_UNIT" such as
 * "step_s"; units are s, bytes, flop and the like, never ms. What is not known is null, or an empty
 * cell. An estimate is {value, low, high, level} (high null: no upper end), or four cells: NAME,
 * NAME_low, NAME_high, NAME_level. What each column means: scale/study.h has them by these names.
 *
 * JSON: format "nudge-scale", format_version, nudge, the study's columns, machine{}, notes[],
 * points[] {columns, rounds[]}, laws[] {columns, parameters[], predictions[]}. */
#ifndef NUDGE_SCALE_RESULTS_H
#define NUDGE_SCALE_RESULTS_H

#include <jansson.h>
#include <stdio.h>

#include "scale/study.h"

/* The columns of a point; those of a law's prediction, added to `row`, which
 * is returned. */
json_t *scale_point_columns(const scale_study *s, const scale_point *p);
json_t *scale_prediction_columns(json_t *row, const scale_prediction *p);

void scale_write_json(const scale_study *s, FILE *out);

/* A row for each point, run, one of 200 quantiles of single steps, and law's prediction. Rows begin
 * with the setting's name, number (from 0) and varied options. */
void scale_write_points(const scale_study *s, FILE *out);
void scale_write_rounds(const scale_study *s, FILE *out);
void scale_write_steps(const scale_study *s, FILE *out);
void scale_write_laws(const scale_study *s, FILE *out);

#endif
