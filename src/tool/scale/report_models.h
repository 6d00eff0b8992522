/* Parts of report_text.h: models, and what the report's files share. */
#ifndef NUDGE_SCALE_REPORT_MODELS_H
#define NUDGE_SCALE_REPORT_MODELS_H

#include <stdio.h>

#include "scale/scale.h"

/* Each model with its parameters, its error, how it did on points that it had not seen, and what it
 * predicts beyond what was measured. Nothing if there are none. */
void scale_report_models(const scale_study *study, FILE *stream);

/* Words of `text` in lines of at most 80 columns, those after the first indented by `indent`. */
void scale_print_wrapped(const char *text, int indent, FILE *stream);

/* Starts and ends such a text that is made with fprintf() to what the first returns. Out of memory
 * ends the program. */
typedef struct scale_sentence {
    char *text;
    size_t size;
    FILE *stream;
} scale_sentence;
FILE *scale_sentence_start(scale_sentence *sentence);
void scale_sentence_end(scale_sentence *sentence, int indent, FILE *stream);

/* " [low, high]" with `format` for both, a printf format of one double; "" if not known. */
#define SCALE_INTERVAL_TEXT 64
const char *scale_interval_text(char buf[SCALE_INTERVAL_TEXT], const char *format,
                                const scale_estimate *e, double factor);

#endif
