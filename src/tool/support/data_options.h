/* What commands that read data and write files have in common. */
#ifndef NUDGE_TOOL_DATA_OPTIONS_H
#define NUDGE_TOOL_DATA_OPTIONS_H

#include "nudge.h"
#include "support/options.h"

/* Reads those of --target, --labels, --weight, COLUMN_OPTIONS and READ_OPTIONS that the command
 * has. */
void read_data_options(nudge_read_options *read, arguments *args);

/* Says on stderr what was found out about data, each line with the option that decides otherwise;
 * nothing if `quiet`. */
void say_notes(const nudge_note *notes, size_t n, int quiet);

/* --threads, or 0 for all cores. */
int threads_of(arguments *args);

/* 1 for "-": standard input or output. */
int is_standard(const char *path);

int ends_with(const char *text, const char *end);

/* 1 if two paths are equal or lead to the same regular file. */
int same_file(const char *a, const char *b);

/* Refuses a path for option `name` where no file can be made, or that is a file which one of the
 * options `others` ("data val") names. Nothing if the option is not
 * given or is "-". */
void check_output(arguments *args, const char *name, const char *others);

/* For eval and gradcheck: the model of --model, and --data (read with READ_OPTIONS) packed as it
 * wants them, with the targets, for which --labels is asked too. The caller frees both, and *table,
 * which stays where it is asked for: not NULL. */
void load_model_and_data(arguments *args, nudge_model **model, nudge_dataset **data,
                         nudge_table **table);

/* For predict: likewise without targets, whatever stands there. *kept: the table with the columns
 * of --keep, or NULL; the caller frees it last. */
void load_model_and_rows(arguments *args, nudge_model **model, nudge_dataset **data,
                         nudge_table **kept);

#endif
