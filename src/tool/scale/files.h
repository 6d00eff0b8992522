/* The folder that "nudge scale --out DIR" leaves.
 *
 *   report.html, report.md   all of it to read and to print; the text on the terminal
 *   results.json             the whole study; its columns: scale/results.h
 *   points.csv, rounds.csv   a row for each point, for each run
 *   steps.csv, laws.csv      quantiles of single steps; what laws predict
 *   plots.gp                 draws the plots from these; to be changed and run again
 *   speedup, step, phases, single: .svg and .png, if gnuplot is there */
#ifndef NUDGE_SCALE_FILES_H
#define NUDGE_SCALE_FILES_H

#include "scale/study.h"

/* Before anything is measured: can the files be made in `dir`? It must be a folder that can be
 * written to, or a name for a new one in such a folder. A folder that holds a file of one of these
 * names is only taken if an earlier "nudge scale" made it. Otherwise it gives up. Leaves nothing
 * behind. */
void scale_folder_check(const char *dir);

/* Makes the folder and its files, each whole or not at all, and removes the pictures of an earlier
 * study. Returns EXIT_DONE, or EXIT_RUN_FAILED after one line about the first file that could not
 * be written. Says why there are no plots, if there are none. */
int scale_folder_write(const scale_study *s, const char *dir);

#endif
