/* JSON for programs. Running out of memory ends the tool (see need()). */
#ifndef NUDGE_TOOL_JSON_OUT_H
#define NUDGE_TOOL_JSON_OUT_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "nudge.h"

json_t *json_new(void);
json_t *json_new_list(void);
void json_put(json_t *object, const char *key, json_t *value); /* takes value over */
void json_add(json_t *list, json_t *value);
void json_add_text(json_t *list, const char *text);
/* Nothing for NULL. */
void json_put_text(json_t *object, const char *key, const char *text);
/* Nothing for NaN and infinity, which JSON does not have. */
void json_put_real(json_t *object, const char *key, double value);
void json_put_whole(json_t *object, const char *key, uint64_t value);
void json_put_flag(json_t *object, const char *key, int value);
/* 16 hexadecimal digits. */
void json_put_hash(json_t *object, const char *key, uint64_t hash);

/* {"rows": ..., "loss": ..., "accuracy" or "rmse", "mae", "r2"}; with per-class results and the
 * confusion matrix if `classes`. */
json_t *json_metrics(const nudge_metrics *m, const nudge_prep *prep, int classes);

/* One line, or several if `pretty`; frees the value. Returns 0 if the stream did not take it. */
int json_print(json_t *value, int pretty, FILE *stream);

/* An object as a line of CSV, with the names above it if *lines, which is counted up, is 0; frees
 * the row. Objects in it are several cells, NAME_KEY, but NAME for the key "value"; null is an empty
 * cell, and numbers have 15 digits. */
void json_csv_line(json_t *row, int *lines, FILE *out);

#endif
