/* The folder that "nudge scale --out DIR" leaves.
 *
 *   results.json        the whole study; keys below
 *   results.csv         a row for each repeat        } tidy tables: a header, units in the names,
 *   points.csv          a row for each point         } an empty cell for what is not known,
 *   curves.csv          the loss on the way          } numbers that read back exactly
 *   environment.json    the machine and its settings
 *   results.extrap.txt  the repeats' step times for Extra-P (extrap --text)
 *   NAME.svg, NAME.png  the plots, if gnuplot is there: throughput, step, speedup, efficiency,
 *                       phases, roofline, loss; those that the study has numbers for
 *   report.html         all of it to read and print; needs no network and no other file
 *
 * Each file is replaced whole or not at all. Of these names, those that a study has nothing for
 * are removed if an earlier study left them; other files in the folder are not touched.
 *
 * Keys of results.json. What is not known is left out (null inside lists). An estimate is an
 * object {value, low, high, level}, or left out. Times are as their names say.
 *   format "nudge-scale", format_version 1, nudge (its version), mode, value_name, command, title,
 *   data, started, seconds, cores, repeats_asked, level, target_loss, interrupted,
 *   identical_weights, environment, notes[]
 *   points[]: threads, oversubscribed, value, batch, rows, widths[], network, epochs, steps, flops,
 *     bytes, parameters, memory_bytes, forecast_step_us, step_us, samples_per_s, speedup,
 *     efficiency, karp_flatt, to_loss_s, to_loss_epochs, phases_us{pack, forward, loss, backward,
 *     update, wait}, phases_step_us, lost{the same, rest}, gflops, gemm_peak_gflops,
 *     copy_peak_gb_per_s,
 *     repeats[]: order, at_s, train_s, step_us, samples_per_s, pulse_us, outlier, disturbed,
 *       weights_hash, to_loss_s, watch_s, other_load_cores, steal_cores, throttled_s, clock_mhz,
 *       preempted
 *     curve: train_s[], epoch[], loss[]
 *   models[]: name, formula, source, x, fixed, why_not, error, best_x,
 *     parameters[]: name, meaning, estimate
 *     predictions[]: x, kind ("fitted", "left out" or "prediction"), step_us, speedup,
 *       measured_step_us, within */
#ifndef NUDGE_SCALE_OUTPUT_H
#define NUDGE_SCALE_OUTPUT_H

#include "scale.h"

/* Before anything is measured: can the files be made in `dir`? It must be a folder that can be
 * written to, or a name for a new one in such a folder. A folder that holds a file of one of these
 * names is only taken if an earlier "nudge scale" made it. Returns EXIT_DONE, or EXIT_BAD_INPUT
 * after one line (`command` names the command in it). Leaves nothing behind. */
int scale_output_check(const char *command, const char *dir);

/* Makes the folder and all its files. Returns EXIT_DONE, or EXIT_RUN_FAILED after one line about
 * the first file that could not be written. `pictures` (`size` bytes): one line that says why
 * plots are missing which the study has numbers for, for the caller to say; empty if none are. */
int scale_output_write(const scale_study *study, const char *command, const char *dir,
                       char *pictures, size_t size);

#endif
