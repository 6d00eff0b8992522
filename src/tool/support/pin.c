#include "support/pin.h"

#include <sched.h>
#include <stdlib.h>

#include "nudge.h"
#include "support/say.h"

#ifdef HAVE_HWLOC
#include <hwloc.h>

/* The CPUs of `set` into list: the first of every core, then the second of those that have one,
 * and so on. Returns how many: 0 if the topology is not known. */
static int order_cpus(int *list, const cpu_set_t *set)
{
    hwloc_topology_t topology;
    int n = 0, cores = 0, most = 1;
    if (hwloc_topology_init(&topology) != 0)
        return 0;
    if (hwloc_topology_load(topology) == 0)
        cores = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE);
    for (int turn = 0; turn < most; turn++)
        for (int i = 0; i < cores; i++) {
            hwloc_obj_t core = hwloc_get_obj_by_type(topology, HWLOC_OBJ_CORE, (unsigned)i);
            int cpu, place = 0;
            hwloc_bitmap_foreach_begin(cpu, core->cpuset)
                if (cpu < CPU_SETSIZE && CPU_ISSET(cpu, set) && place++ == turn)
                    list[n++] = cpu;
            hwloc_bitmap_foreach_end();
            most = place > most ? place : most;
        }
    hwloc_topology_destroy(topology);
    return n;
}
#else
static int order_cpus(int *list, const cpu_set_t *set)
{
    (void)list, (void)set;
    return 0;
}
#endif

static int openmp_decides(void)
{
    static const char *const names[] = {"OMP_PLACES", "OMP_PROC_BIND", "GOMP_CPU_AFFINITY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0') /* empty is unset, for OpenMP too */
            return 1;
    }
    return 0;
}

int *pin_cpus(int threads, const char **why)
{
    cpu_set_t set;
    *why = NULL;
    if (openmp_decides())
        *why = "OMP_PLACES, OMP_PROC_BIND or GOMP_CPU_AFFINITY is set";
    else if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) == 0)
        *why = "the CPUs that this process may use are not known";
    else if (nudge_machine_info().cores < CPU_COUNT(&set))
        *why = "a limit allows fewer cores than there are CPUs, and any of them may be busy";
    if (*why != NULL)
        return NULL;
    int *list = need(calloc((size_t)threads + CPU_SETSIZE, sizeof *list));
    int n = order_cpus(list, &set);
    if (n != CPU_COUNT(&set)) {
        n = 0;
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
            if (CPU_ISSET(cpu, &set))
                list[n++] = cpu;
    }
    for (int i = n; i < threads; i++)
        list[i] = list[i % n];
    return list;
}

int *pin_option(arguments *args, int threads)
{
    const char *why = NULL;
    int *cpus = choice_of(args, "pin") == 1 ? pin_cpus(threads, &why) : NULL;
    if (why != NULL)
        refuse_given(args, "pin", why);
    return cpus;
}
