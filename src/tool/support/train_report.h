/* What "nudge train" tells before and after. */
#ifndef NUDGE_TOOL_TRAIN_REPORT_H
#define NUDGE_TOOL_TRAIN_REPORT_H

#include "nudge.h"
#include "support/json.h"
#include "support/train_setup.h"
#include "support/trial_table.h"

/* All that is known when a run has ended. */
typedef struct train_report {
    const train_setup *setup;
    const nudge_data *data;
    nudge_data *parts;             /* as members_parts() has them */
    const nudge_model *model;
    nudge_train_plan plan;         /* of all members */
    nudge_trainer *const *trainers; /* theirs, */
    nudge_train_result result;     /* and as members_result() has it */
    int refitted;                  /* the model is of refit(), and not of these */
    nudge_metrics val, test;   /* rows 0: none */
    const trial_list *trials;  /* whose average the model is; NULL: there was one training */
    nudge_calibration calibration; /* temperature 0: none was asked for, or not yet learned */
    int saved;                 /* the model is in setup->out */
} train_report;

/* Data, network, memory and threads, on stderr. */
void report_start(const train_report *r);

/* The metrics of data held out that the result tells: the main ones, and in JSON all. */
uint64_t report_wants(const train_setup *setup);

/* What was asked for and found out, as --json has it. */
json_t *train_settings(const train_report *r);

/* The result. */
void report_result(const train_report *r, FILE *stream);
void report_json(const train_report *r);

#endif
