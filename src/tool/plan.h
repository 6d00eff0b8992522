/* What "nudge plan" plans. */
#ifndef NUDGE_TOOL_PLAN_H
#define NUDGE_TOOL_PLAN_H

#include "support/train_setup.h"

/* All that is planned, and what that is made of. */
typedef struct planning {
    arguments *args;
    train_setup setup;
    size_t layers, *widths;  /* --layers; or 0 */
    size_t n_threads;
    int *threads;
    double seconds;

    nudge_data data;         /* --data that was read; or */
    nudge_dataset *shape;    /* data that is only a shape */
    uint64_t loading;        /* memory while data is loaded */
    nudge_model *model;
    nudge_train_plan plan;   /* for the most threads */
    nudge_forecast *forecast; /* n_threads */
} planning;

/* The data to train on, or its shape. */
static inline const nudge_dataset *plan_data(const planning *p)
{
    return p->shape != NULL ? p->shape : p->data.train;
}

/* On stdout. */
void plan_print(const planning *p);
void plan_print_json(const planning *p);

#endif
