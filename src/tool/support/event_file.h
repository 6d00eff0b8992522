/* Event files, which TensorBoard reads if their names contain "tfevents": TFRecords, each with an
 * Event message of TensorFlow's in protocol buffers' encoding.
 * https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details,
 * tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto */
#ifndef NUDGE_TOOL_EVENT_FILE_H
#define NUDGE_TOOL_EVENT_FILE_H

#include <stdint.h>
#include <stdio.h>

/* The first record, which says what the file is. seconds: since 1970, as below. Both return 0 if
 * the stream did not take it. */
int event_file_begin(FILE *file, double seconds);

typedef struct event_scalar {
    const char *tag; /* its name; what is before a '/' groups them */
    double value;    /* kept as float */
} event_scalar;

/* An event with n scalars, at most 32 with tags of at most 64 bytes. */
int event_file_scalars(FILE *file, double seconds, uint64_t step, size_t n,
                       const event_scalar *scalars);

#endif
