/* JSON for programs. Running out of memory ends the tool (see need()). */
#ifndef NUDGE_TOOL_JSON_OUT_H
#define NUDGE_TOOL_JSON_OUT_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "nudge.h"

/* Values, beside jansson's. NULL, which objects leave out, for a text that is NULL, and for NaN and
 * infinity, which JSON does not have. */
json_t *json_text(const char *text);
int is_utf8(const char *text);
json_t *json_number(double value);
json_t *json_whole(uint64_t value);
json_t *json_hash(uint64_t hash); /* 16 hexadecimal digits */

json_t *json_new(void);
json_t *json_new_list(void);

/* The members of an object, which is returned, or of a new one: keys and values, which it takes
 * over; NULL after the last. */
json_t *json_put_all(json_t *object, const char *key, json_t *value, ...) __attribute__((sentinel));
#define json_of(...) json_put_all(json_new(), __VA_ARGS__)
void json_put(json_t *object, const char *key, json_t *value);
void json_add(json_t *list, json_t *value);

/* Lists: of whole numbers; of reals; of n names that a preprocessing has; of its targets. */
json_t *json_wholes(size_t n, const size_t *values);
json_t *json_reals(size_t n, const double *values);
json_t *json_names(const nudge_prep *prep, size_t n,
                   const char *(*name)(const nudge_prep *prep, size_t i));
json_t *json_targets(const nudge_prep *prep);

/* Puts how a CSV file is written into an object; NULL: nothing. */
void json_put_dialect(json_t *object, const nudge_dialect *dialect);

/* {"coverage": ..., "width": [...]}; NULL where the model has no intervals. */
json_t *json_interval(const nudge_model_info *m);

/* A list of what was found out about data. */
json_t *json_notes(const nudge_note *notes, size_t n);

/* Puts the loss, and its parameter by its name, into an object. */
void json_put_loss(json_t *object, const nudge_model_info *m);

/* Likewise how numbers are embedded, in embed and embed_*; only the first where they are not. */
void json_put_embedding(json_t *object, const nudge_model_info *m);

/* "loss", and every other metric that has a value, of NUDGE_METRICS, `stride` from one to the
 * next. */
void json_put_metrics(json_t *object, const double *value, size_t stride);

/* One line, or several if `pretty`; frees the value. Returns 0 if the stream did not take it. */
int json_print(json_t *value, int pretty, FILE *stream);

/* An object as a line of CSV, with the names above it if *lines, which is counted up, is 0; frees
 * the row. Objects in it are several cells, NAME_KEY, but NAME for the key "value"; null is an
 * empty cell, and numbers have 15 digits. */
void json_csv_line(json_t *row, int *lines, FILE *out);

#endif
