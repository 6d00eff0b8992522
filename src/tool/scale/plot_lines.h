/* One way to draw the throughput, the step, the speed-up and the efficiency. Private to
 * src/scale. */
#ifndef NUDGE_SCALE_PLOT_LINES_H
#define NUDGE_SCALE_PLOT_LINES_H

#include "plot_parts.h"

/* An estimate of each point over x, with fitted models. */
typedef struct plot_lines {
    const char *label;   /* of y */
    double factor;       /* from the study's unit */
    scale_estimate (*at_point)(const scale_point *p);
    /* Of a model; `like`: a point of the same series. */
    scale_estimate (*at_prediction)(const scale_study *s, const scale_point *like,
                                    const scale_prediction *p);
    /* At x threads if all went well from the point `base` on, which has the series' fewest
     * threads; NaN: not drawn. */
    double (*ideal)(const scale_study *s, const scale_point *base, double x);
    int forecasts;       /* the cost model's forecasts are drawn */
    int log;             /* y may be logarithmic where values differ by much */
    int own_log;         /* whatever x is; otherwise as x, over threads */
} plot_lines;

/* As scale_drawer. */
const char *plot_lines_draw(FILE *script, const plot_lines *l, const scale_study *study,
                            const scale_axes *axes);

#endif
