#include "support/machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "nudge.h"
#include "support/proc.h"
#include "support/say.h"
#include "text.h"

#ifdef HAVE_HWLOC
#include <hwloc.h>
#endif

typedef struct receiver {
    void (*add)(void *to, const char *key, char *text);
    void *to;
} receiver;

static void tell(const receiver *r, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void tell(const receiver *r, const char *key, const char *format, ...)
{
    va_list args;
    char *text;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        need(NULL);
    va_end(args);
    r->add(r->to, key, text);
}

#ifdef HAVE_HWLOC
/* "2 usable; 1 package, 2 cores, 2 hardware threads, 1 NUMA node", and caches: of the first
 * core. */
static void describe_topology(const receiver *r, hwloc_topology_t topology)
{
    static const struct {
        hwloc_obj_type_t type;
        const char *one, *many;
    } parts[] = {{HWLOC_OBJ_PACKAGE, "package", "packages"}, {HWLOC_OBJ_CORE, "core", "cores"},
                 {HWLOC_OBJ_PU, "hardware thread", "hardware threads"},
                 {HWLOC_OBJ_NUMANODE, "NUMA node", "NUMA nodes"}};
    static const hwloc_obj_type_t caches[] = {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE,
                                              HWLOC_OBJ_L3CACHE};
    char text[200] = "", size[NU_TEXT];
    size_t used = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        int n = hwloc_get_nbobjs_by_type(topology, parts[i].type);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%d %s", i > 0 ? ", " : "", n,
                                 n == 1 ? parts[i].one : parts[i].many);
    }
    tell(r, "topology", "%d usable; the machine: %s", nudge_machine_info().cores, text);
    used = 0;
    for (int i = 0; i < 3; i++) {
        hwloc_obj_t cache = hwloc_get_obj_by_type(topology, caches[i], 0);
        if (cache != NULL)
            used += (size_t)snprintf(text + used, sizeof text - used, "%sL%d %s",
                                     used > 0 ? ", " : "", i + 1,
                                     nu_bytes_text(size, (double)cache->attr->cache.size));
    }
    if (used > 0)
        tell(r, "caches", "%s", text);
}
#endif

static void tell_topology(const receiver *r)
{
#ifdef HAVE_HWLOC
    hwloc_topology_t topology;
    if (hwloc_topology_init(&topology) != 0)
        return;
    if (hwloc_topology_load(topology) == 0)
        describe_topology(r, topology);
    hwloc_topology_destroy(topology);
#else
    tell(r, "topology", "%d usable", nudge_machine_info().cores);
#endif
}

const char *blas_build(const nudge_machine *m)
{
    static const char *const builds[] = {"serial", "pthread", "OpenMP"};
    return m->blas_parallel >= 0 && m->blas_parallel < 3 ? builds[m->blas_parallel] : "unknown";
}

void machine_facts(void (*add)(void *to, const char *key, char *text), void *to)
{
    const receiver r = {add, to};
    nudge_machine m = nudge_machine_info();
    struct utsname u;
    char *info = proc_text("/proc/cpuinfo"), memory[NU_TEXT];
    char *model = info != NULL ? proc_field(info, "model name") : NULL;
    char *flags = info != NULL ? proc_field(info, "flags") : NULL;
    char *governor = proc_text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    if (model != NULL)
        tell(&r, "cpu", "%s%s%s", model, governor != NULL ? ", governor " : "",
            governor != NULL ? governor : "");
    tell_topology(&r);
    tell(&r, "memory", "%s", nu_bytes_text(memory, (double)sysconf(_SC_PHYS_PAGES) *
                                                 (double)sysconf(_SC_PAGESIZE)));
    if (uname(&u) == 0)
        tell(&r, "system", "%s %s, %s%s", u.sysname, u.release, u.machine,
            flags != NULL && strstr(flags, " hypervisor") != NULL ? ", a virtual machine" : "");
    tell(&r, "blas", "%s, %s kernels, %s build", m.blas_config, m.blas_core, blas_build(&m));
#ifdef __clang__
    tell(&r, "compiler", "%s", __VERSION__);
#else
    tell(&r, "compiler", "gcc %s", __VERSION__);
#endif
    tell(&r, "openmp", "%s", m.openmp ? "yes" : "built without");
    free(info);
    free(model);
    free(flags);
    free(governor);
}
