/* Memory: checked sizes, aligned blocks; with what <stdlib.h> and <string.h> have for it. */
#ifndef NUDGE_CORE_MEMORY_H
#define NUDGE_CORE_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/cgroup.h"
#include "nudge.h"

/* Before a variable's value: end(&variable) is called where its scope is left, also by a return in
 * the middle, such as NU_TRY's. What is handed on is taken from the variable first. */
#define NU_SCOPED(end) __attribute__((cleanup(end)))

/* The pointer, which then is NULL. */
#define NU_TAKE(pointer) ({ __typeof__(pointer) taken_ = (pointer); (pointer) = NULL; taken_; })

/* Likewise, for a pointer that free() ends. */
#define NU_FREED NU_SCOPED(nu_free_at)
static inline void nu_free_at(void *pointer)
{
    void *block;
    memcpy(&block, pointer, sizeof block);
    free(block);
}

static inline size_t nu_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* a / b, rounded up. */
static inline size_t nu_ceil_div(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

/* A cache line and a full vector register. */
#define NU_ALIGN 64

/* a * b into *product; 0 if it overflows (and *product is then SIZE_MAX). */
int nu_mul(size_t a, size_t b, size_t *product);

/* A block of count * size bytes aligned to NU_ALIGN, rounded up to it, contents undefined, for
 * free(). NULL if there is no memory or the product overflows. Never NULL for a zero count.
 * Large blocks are backed by huge pages where the system offers them on request. */
void *nu_alloc(size_t count, size_t size);

/* Likewise, zeroed. */
void *nu_alloc_zero(size_t count, size_t size);

/* Asks for huge pages behind a block that nothing has been written to, for those parts that will
 * be: of a large one, or of many that are neighbours. A page of 4 kB takes 0.5 microseconds to get,
 * in a virtual machine 20: longer than reading 500 numbers into it from text. */
void nu_huge(const void *block, size_t bytes);

/* p = alloc(n, sizeof *p), which is calloc or one of the above; or returns NUDGE_EMEMORY from the
 * function. `what` as for nu_no_memory(). With core/status.h. */
#define NU_NEW(p, alloc, n, what, err) \
    NU_NEED(((p) = alloc((n), sizeof *(p))) != NULL, (n) * sizeof *(p), (what), (err))

/* Bytes that this process can have without swapping: MemAvailable and its control groups' limits,
 * which nu_cgroup_limits() found. */
uint64_t nu_memory_available(const nu_limits *limits);

/* Whether so much address space is left of what the process may have (ulimit -v). */
int nu_address_space_has(size_t bytes);

/* NUDGE_EMEMORY, with the sizes, if `bytes` for `what` are more than that.
 * Linux overcommits: without this question the refusal would be a kill in the middle. */
nudge_status nu_memory_check(uint64_t bytes, const char *what, nudge_error *err);

#endif
