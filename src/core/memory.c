#include "core/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/status.h"

#define HUGE_PAGE ((size_t)2 << 20)

/* The question opens a dozen files, as long as a thousand steps of a small network. */
#define NOT_WORTH_ASKING ((uint64_t)1 << 20)

int nu_mul(size_t a, size_t b, size_t *product)
{
    if (!__builtin_mul_overflow(a, b, product))
        return 1;
    *product = SIZE_MAX;
    return 0;
}

void *nu_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (!nu_mul(count, size, &bytes) || bytes > SIZE_MAX - HUGE_PAGE)
        return NULL;
    size_t align = bytes >= 2 * HUGE_PAGE ? HUGE_PAGE : NU_ALIGN;
    bytes = (bytes + NU_ALIGN - 1) / NU_ALIGN * NU_ALIGN;
    void *block;
    if (posix_memalign(&block, align, bytes > 0 ? bytes : NU_ALIGN) != 0)
        return NULL;
    if (align == HUGE_PAGE)
        nu_huge(block, bytes / HUGE_PAGE * HUGE_PAGE);
    return block;
}

void nu_huge(const void *block, size_t bytes)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)block / page * page;
    size_t size = (size_t)((uintptr_t)block + bytes - first);
    (void)madvise((void *)first, (size_t)nu_ceil_div(size, page) * page, MADV_HUGEPAGE);
}

void *nu_alloc_zero(size_t count, size_t size)
{
    void *block = nu_alloc(count, size);
    if (block != NULL)
        memset(block, 0, count * size);
    return block;
}

uint64_t nu_memory_available(const nu_limits *limits)
{
    FILE *f = fopen("/proc/meminfo", "re");
    char line[256];
    uint64_t kilobytes = 0;
    while (f != NULL && kilobytes == 0 && fgets(line, sizeof line, f) != NULL)
        (void)sscanf(line, "MemAvailable: %" SCNu64, &kilobytes);
    if (f != NULL)
        fclose(f);
    uint64_t available = kilobytes > 0 ? kilobytes * 1024 : UINT64_MAX; /* not told: no /proc */
    return available < limits->memory_left ? available : limits->memory_left;
}

int nu_address_space_has(size_t bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return 1;
    void *room = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return 0;
    (void)munmap(room, bytes);
    return 1;
}

nudge_status nu_memory_check(uint64_t bytes, const char *what, nudge_error *err)
{
    if (bytes <= NOT_WORTH_ASKING)
        return NUDGE_OK;
    nu_limits limits = nu_cgroup_limits("");
    uint64_t available = nu_memory_available(&limits);
    if (bytes <= available)
        return NUDGE_OK;
    char need[NU_TEXT], have[NU_TEXT];
    return nu_fail(err, NUDGE_EMEMORY, "%s needs %s of memory; %s is available", what,
                   nu_bytes_text(need, (double)bytes), nu_bytes_text(have, (double)available));
}
