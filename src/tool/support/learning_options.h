/* The options of optimizers, schedules and losses, and of the end of training. */
#ifndef NUDGE_TOOL_LEARNING_OPTIONS_H
#define NUDGE_TOOL_LEARNING_OPTIONS_H

#include <jansson.h>

#include "nudge.h"
#include "support/options.h"

/* Reads --optimizer, --lr and those of the optimizers' other parameters that the command has. */
void read_optimizer_options(nudge_optimizer *o, arguments *args);

/* Reads --schedule and its parameters; lr is the optimizer's. */
void read_schedule_options(nudge_schedule *s, arguments *args, double lr);

/* Reads what training ends by and with: --early-stop and its like, --max-time, --average. */
void read_stop_options(nudge_train_options *o, arguments *args);

/* The parameter of the chosen loss; NaN: not given, or it has none. */
double read_loss_parameter(arguments *args, nudge_loss chosen);

/* Whether the learning rate changes. */
int has_schedule(const nudge_schedule *s);

/* "cosine" or, with a warm-up, "cosine, warm-up of 2 epochs"; for free(). */
char *schedule_text(const nudge_schedule *s);

/* Puts the schedule and the parameters that it has into an object. */
void json_put_schedule(json_t *object, const nudge_schedule *s);

/* Those of embeddings, and no others. */
void read_embed_options(nudge_model_options *o, arguments *args);

#endif
