/* A range of rows, columns, panels. */
#ifndef NUDGE_LINALG_SPAN_H
#define NUDGE_LINALG_SPAN_H

#include <stddef.h>

/* first .. end-1 */
typedef struct nu_span {
    size_t first, end;
} nu_span;

/* What is left of it from `at` on, but at most `most`. */
static inline nu_span nu_span_piece(nu_span of, size_t at, size_t most)
{
    return (nu_span){at, of.end - at < most ? of.end : at + most};
}

#endif
