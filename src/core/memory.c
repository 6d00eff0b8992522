#include "core/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/status.h"

#define HUGE_PAGE ((size_t)2 << 20)

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
#ifdef MADV_HUGEPAGE
    if (align == HUGE_PAGE)
        (void)madvise(block, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE); /* only a hint */
#endif
    return block;
}

void *nu_alloc_zero(size_t count, size_t size)
{
    void *block = nu_alloc(count, size);
    if (block != NULL)
        memset(block, 0, count * size);
    return block;
}

/* A number after `key` in a file of "key number" lines (key "": the first word); 0 if not there. */
static uint64_t read_number(const char *path, const char *key)
{
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return 0;
    char line[256];
    uint64_t value = 0;
    while (fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, key, strlen(key)) == 0 &&
            sscanf(line + strlen(key), "%" SCNu64, &value) == 1)
            break;
    fclose(f);
    return value;
}

uint64_t nu_memory_available(void)
{
    uint64_t available = read_number("/proc/meminfo", "MemAvailable:") * 1024;
    if (available == 0) { /* not Linux, or no /proc */
        long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
        available = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UINT64_MAX;
    }
    /* A container's own limit, cgroup v2 then v1; "max" does not parse as a number. */
    uint64_t limit = read_number("/sys/fs/cgroup/memory.max", "");
    uint64_t used = read_number("/sys/fs/cgroup/memory.current", "");
    if (limit == 0) {
        limit = read_number("/sys/fs/cgroup/memory/memory.limit_in_bytes", "");
        used = read_number("/sys/fs/cgroup/memory/memory.usage_in_bytes", "");
    }
    if (limit > 0 && used <= limit && limit - used < available)
        available = limit - used;
    return available;
}

nudge_status nu_memory_check(uint64_t bytes, const char *what, nudge_error *err)
{
    uint64_t available = nu_memory_available();
    if (bytes <= available)
        return NUDGE_OK;
    char need[NU_TEXT], have[NU_TEXT];
    return nu_fail(err, NUDGE_EMEMORY, "%s needs %s of memory; %s is available", what,
                   nu_bytes_text(need, (double)bytes), nu_bytes_text(have, (double)available));
}
