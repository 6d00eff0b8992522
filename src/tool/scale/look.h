/* Looking at a study: what several of the files that tell it need. Private to src/scale. */
#ifndef NUDGE_SCALE_LOOK_H
#define NUDGE_SCALE_LOOK_H

#include "scale.h"

enum { SCALE_PHASES = 6 };

typedef struct scale_phase {
    const char *name;    /* "pack" */
    const char *meaning; /* "order, gather and convert a batch" */
    double value;
} scale_phase;

void scale_phases_of(scale_phase list[SCALE_PHASES], const nudge_phases *p);

#define SCALE_TEXT 128

/* How a study is drawn: x is the threads, with a series for each value; or, where the mode changes
 * something else (a sweep), x is the value, with a series for each count of threads. */
typedef struct scale_axes {
    int sweep;
    const char *x;   /* "threads", or study->value_name */
    size_t n_series;
    size_t *series;  /* ascending: values, or counts of threads; for free() */
} scale_axes;

scale_axes scale_axes_of(const scale_study *study);
double scale_x(const scale_axes *axes, const scale_point *p);
size_t scale_key(const scale_axes *axes, const scale_point *p);
/* "batch 64", "200 units" */
const char *scale_value_text(char buf[SCALE_TEXT], const scale_study *study, size_t value);
/* "8 threads", "batch 64", "200 units"; "measured" in strong mode. */
const char *scale_key_text(char buf[SCALE_TEXT], const scale_study *study,
                              const scale_axes *axes, size_t series);

/* "8 threads", "8 threads, batch 64" */
const char *scale_point_text(char buf[SCALE_TEXT], const scale_study *study, const scale_point *p);

/* Flops/s of training at a point; NaN: not known. */
double scale_flop_rate(const scale_point *p);
/* Samples/s of one repeat; NaN: not known. */
double scale_repeat_rate(const scale_point *p, const scale_repeat *r);

/* Whether the model is over x of these axes; of this series. */
int scale_model_is_of(const scale_model *m, const scale_axes *axes, size_t series);

/* The shortest decimal number that is read back as v; nothing for NaN and infinity. */
#define SCALE_REAL 32
const char *scale_real(char buf[SCALE_REAL], double v);

/* Numbers for people, in texts that last as long as the expression they are made in. */
typedef struct scale_number {
    char text[32];
} scale_number;
typedef struct scale_text {
    char text[160];
} scale_text;

/* Four digits that count, without an exponent where that is readable; an en dash for NaN and
 * infinity. */
scale_number scale_plain(double v);
/* Likewise through printf's format for one double. */
scale_number scale_format(const char *format, double v);

/* The unit that `seconds` are best read in. */
typedef struct scale_unit {
    const char *name;  /* "ns", "\u00b5s", "ms", "s" */
    const char *ascii; /* likewise, "us" */
    double per_second;
} scale_unit;
scale_unit scale_unit_for(double seconds);
/* "1.234 ms" */
scale_text scale_seconds(double seconds);

#endif
