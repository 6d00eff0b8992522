/* Which models an average is made of. */
#ifndef NUDGE_TOOL_SELECTION_H
#define NUDGE_TOOL_SELECTION_H

#include <stddef.h>

/* The loss of the average in which model i counts times[i] times, `picks` in all. */
typedef double (*average_loss)(const size_t *times, size_t picks, void *user);

/* Greedy selection with repetition: Caruana, Niculescu-Mizil, Crew, Ksikes 2004, Ensemble Selection
 * from Libraries of Models, https://doi.org/10.1145/1015330.1015432. Of n models, whose losses are
 * `alone`, NaN for those that are left out, the best, and then again and again the one with which
 * the average has the least loss, of equally good ones the first, `most` in all; of these averages
 * the best stays, of equally good ones the smallest.
 * times: n, how often each is in it, all 0 where all are left out. Returns its loss; NaN. */
double select_models(size_t *times, const double *alone, size_t n, size_t most, average_loss loss,
                     void *user);

#endif
