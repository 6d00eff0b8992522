/* Between the functions that stand in for others (wrapped.c) and the loop (failing.c). */
#ifndef NUDGE_TESTS_FAILING_WRAPPED_H
#define NUDGE_TESTS_FAILING_WRAPPED_H

#include <stddef.h>

typedef enum fault { FAULT_MEMORY = 1, FAULT_FILE = 2 } fault;
typedef enum failing_mode {
    FAILING_ONCE,
    FAILING_FROM,        /* and all that come later */
    FAILING_INTERRUPTED, /* reads and writes alone, with EINTR */
    FAILING_SHORT,       /* none: all reads and writes are of half of the bytes */
    FAILING_NONE
} failing_mode;

typedef struct failing_state {
    int on;              /* above 0: calls are counted */
    failing_mode mode;
    size_t n;            /* the call that fails, from 1 */
    size_t counted;
    long milliseconds;   /* that went by, one between two looks at the clock; 0: its own time */
    unsigned faults;     /* a set of kinds that came */
    const char *first;   /* the function that failed first; NULL: none did */
} failing_state;

extern failing_state failing_now;

/* Blocks that were had since the last call of this, and not given back. */
size_t failing_blocks(size_t *bytes);

#endif
