/* Lines about a network, its memory and the engine, the same in every command. */
#ifndef NUDGE_TOOL_RUN_LINES_H
#define NUDGE_TOOL_RUN_LINES_H

#include <stdio.h>

#include "nudge.h"
#include "text.h"
#include "support/json.h"

/* Starts a line: "network     "; what follows stands LINE_INDENT columns from the left. */
#define LINE_INDENT 12
void line_start(FILE *stream, const char *head);

/* A whole line, on several lines of at most 80 columns if it is long. */
void line_print(FILE *stream, const char *head, const char *text);

/* Writes `before` and "huber delta 0.3", where the loss has a parameter that does something. */
void print_loss_parameter(FILE *stream, const nudge_model_info *m, const char *before);

/* What the network learns of its target. */
nudge_transform transform_of(const nudge_model_info *m);

/* "mse", or "mse of log target": its unit is then that of the transform. Returns buf. */
const char *loss_title(char buf[NU_TEXT], const nudge_model_info *m);

/* "784-128-10" */
void print_widths(FILE *stream, const nudge_model_info *m);

/* "network     784-128-10 relu, 101,770 parameters, f32; loss mse" */
void network_line(FILE *stream, const nudge_model *model);

/* Whether a metric is the mean of the model's loss, and says no more. */
int repeats_loss(nudge_metric metric, const nudge_model_info *m);

/* "memory      32 MB: data 24 MB, weights 84 kB, ..." and what loading the data takes, if that is
 * more. */
void memory_line(FILE *stream, const nudge_train_plan *plan, uint64_t loading);

/* "threads     2 of 4 cores, OpenBLAS for Haswell, pthread build"; why not more, or NULL. */
void threads_line(FILE *stream, int threads, const char *why);

/* {"dataset": BYTES, ..., "total": ..., "load": ..., "peak": ...} */
json_t *json_memory(const nudge_train_plan *plan, uint64_t loading);

#endif
