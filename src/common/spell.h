/* "Did you mean": the closest of several names. */
#ifndef NUDGE_COMMON_SPELL_H
#define NUDGE_COMMON_SPELL_H

#include <stddef.h>

/* The name that `word` was probably meant to be, or NULL. name(of, i) gives the names, NULL after
 * the last; names of no use may be "". The nearest counts, if fewer than half of its letters and
 * about a third of the word's are wrong. Case does not matter, and '_' and ' ' are '-'. */
const char *nu_closest(const char *word, const char *(*name)(const void *of, size_t i),
                       const void *of);

#endif
