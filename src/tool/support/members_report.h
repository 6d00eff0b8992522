/* What "nudge train --members" tells of the members, beside what is told of any run. */
#ifndef NUDGE_TOOL_MEMBERS_REPORT_H
#define NUDGE_TOOL_MEMBERS_REPORT_H

#include <stdio.h>

#include "support/json.h"
#include "support/train_setup.h"

/* How they are trained, on stderr. These do nothing if there is one network. */
void members_line(const train_setup *setup);

/* A table of what each of them does alone. */
void members_table(const train_setup *setup, nudge_trainer *const *trainers, FILE *stream);

/* Likewise, as --json has it; NULL of one network. */
json_t *members_json(const train_setup *setup, nudge_trainer *const *trainers);

#endif
