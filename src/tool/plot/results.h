/* Pictures of how good a model is on data. */
#ifndef NUDGE_TOOL_PLOT_RESULTS_H
#define NUDGE_TOOL_PLOT_RESULTS_H

#include "nudge.h"
#include "plot/style.h"

typedef struct plot_results {
    enum plot_kind kind;          /* svg or png */
    const char *title;
    nudge_target target;          /* what the model's loss takes */
    const nudge_metrics *metrics; /* all of them */
    const double *predictions;    /* as nudge_predict() gives them, rows x outputs, */
    const double *targets;        /* and nudge_targets() */
    const char *const *outputs;   /* names of the outputs; of one probability: of what is true */
    const char *const *classes;   /* metrics->classes names, where there is a confusion matrix */
} plot_results;

/* More numbers than that are not drawn; of more classes or labels neither matrix nor curves. */
enum { PLOT_MOST_NUMBERS = 6, PLOT_MOST_CLASSES = 100 };

/* The script for gnuplot, which draws to stdout what fits; for free(). Classes: the confusion
 * matrix, ROC curves and calibration; labels: the latter two; numbers: predicted against true for
 * each output. */
char *plot_results_script(const plot_results *r);

#endif
