/* The notes of a study. */
#ifndef NUDGE_TESTS_NOTES_H
#define NUDGE_TESTS_NOTES_H

#include "scale/scale.h"
#include "suite.h"

/* Exactly these, in this order. */
static inline void notes_are(const scale_study *s, const char *const *want, size_t n)
{
    for (size_t i = 0; i < s->n_notes && i < n; i++)
        ck_assert_str_eq(s->notes[i], want[i]);
    ck_assert_msg(s->n_notes == n, "%zu notes; the first too many: %s", s->n_notes,
                  s->n_notes > n ? s->notes[n] : "none");
}

#endif
