/* Options in files: JSON objects with options' names as keys. */
#ifndef NUDGE_TOOL_CONFIG_H
#define NUDGE_TOOL_CONFIG_H

#include "nudge.h"
#include "support/options.h"

/* The options given, but for those whose names are in `without` with blanks between them; pretty or
 * in one line. For free(). */
char *config_text(const arguments *args, const char *without, int pretty);

/* Gives the options of a text that the command line does not give: texts, numbers, true for flags,
 * lists of these. Gives up, naming `source`, the line or the key, and what would be right. */
void config_take(arguments *args, const char *text, const char *source);

/* Likewise of a file. */
void config_read(arguments *args, const char *path);

/* Gives the options that files hold: of the configuration that --config names, and of the run that
 * the checkpoint of --resume is of (of --recipe best its first trial, FILE.1). Before any option is
 * read. */
void config_from_files(arguments *args);

/* As must(), after reading a checkpoint: names the one before a damaged one. */
void must_load(const char *checkpoint, nudge_status status, const nudge_error *err);

/* The options given, to a file that another run can read; gives up if that fails. */
void config_save(const arguments *args, const char *without, const char *path);

#endif
