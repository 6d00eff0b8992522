/* --vary OPTION=V1,V2,...: the settings of a study. */
#ifndef NUDGE_SCALE_VARY_H
#define NUDGE_SCALE_VARY_H

#include "scale/study.h"
#include "support/options.h"

/* Whether an option says what is trained on what; validation is not measured. */
int scale_is_for_training(const char *name);

/* Reads all --vary into study->varied and study->settings; one setting, without a name, if there is
 * none. Refuses what is no option for training, or is on the command line too. */
void scale_read_varied(scale_study *study, arguments *args);

/* The command line with the values of a setting in the place of others, for arguments_end().
 * *rows: the value of 'rows', 0 if they do not vary. */
arguments scale_vary(const arguments *args, const scale_study *study, size_t setting, size_t *rows);

/* Whether two settings are about the same data set: no option that reads or makes data differs. */
int scale_same_data(const scale_study *study, size_t a, size_t b);

#endif
