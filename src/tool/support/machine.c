#include "support/machine.h"

#include <ctype.h>
#include <sched.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "support/say.h"
#include "text.h"

#ifdef HAVE_HWLOC
#include <hwloc.h>

static int load(hwloc_topology_t *topology)
{
    if (hwloc_topology_init(topology) != 0)
        return 0;
    if (hwloc_topology_load(*topology) == 0)
        return 1;
    hwloc_topology_destroy(*topology);
    return 0;
}

/* "2 usable; the machine: 1 package, 2 cores, ...", and caches: of the first core. */
static void put_topology(json_t *facts)
{
    hwloc_topology_t topology;
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
    if (!load(&topology))
        return;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        int n = hwloc_get_nbobjs_by_type(topology, parts[i].type);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%d %s", i > 0 ? ", " : "", n,
                                 n == 1 ? parts[i].one : parts[i].many);
    }
    json_put(facts, "topology", json_sprintf("%d usable; the machine: %s",
                                             nudge_machine_info().cores, text));
    used = 0;
    for (int i = 0; i < 3; i++) {
        hwloc_obj_t cache = hwloc_get_obj_by_type(topology, caches[i], 0);
        if (cache != NULL)
            used += (size_t)snprintf(text + used, sizeof text - used, "%sL%d %s",
                                     used > 0 ? ", " : "", i + 1,
                                     nu_bytes_text(size, (double)cache->attr->cache.size));
    }
    json_put(facts, "caches", json_text(used > 0 ? text : NULL));
    hwloc_topology_destroy(topology);
}

/* The CPUs of `set` into list: the first of every core, then the second of those that have one,
 * and so on. Returns how many: 0 if the topology is not known. */
static int order_cpus(int *list, const cpu_set_t *set)
{
    hwloc_topology_t topology;
    int n = 0, most = 1;
    if (!load(&topology))
        return 0;
    int cores = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE);
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
static void put_topology(json_t *facts)
{
    json_put(facts, "topology", json_sprintf("%d usable", nudge_machine_info().cores));
}

static int order_cpus(int *list, const cpu_set_t *set)
{
    (void)list, (void)set;
    return 0;
}
#endif

const char *blas_build(const nudge_machine *m)
{
    static const char *const builds[] = {"serial", "pthread", "OpenMP"};
    return m->blas_parallel >= 0 && m->blas_parallel < 3 ? builds[m->blas_parallel] : "unknown";
}

/* These files have no size until they are read. */
char *proc_text(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    FILE *f = fopen(path, "re");
    ssize_t n = f != NULL ? getdelim(&text, &room, '\0', f) : -1;
    if (f != NULL)
        fclose(f);
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
    if (n > 0)
        return text;
    free(text);
    return NULL;
}

/* The model, and how its clock is governed. */
static json_t *cpu_fact(const char *info)
{
    char *governor = proc_text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    const char *name = info != NULL ? strstr(info, "model name") : NULL;
    const char *model = name != NULL ? strstr(name, ": ") : NULL;
    json_t *cpu = NULL;
    if (model != NULL)
        cpu = json_sprintf("%.*s%s%s", (int)strcspn(model + 2, "\n"), model + 2,
                           governor != NULL ? ", governor " : "",
                           governor != NULL ? governor : "");
    free(governor);
    return cpu;
}

json_t *machine_facts(void)
{
    nudge_machine m = nudge_machine_info();
    struct utsname u;
    char *info = proc_text("/proc/cpuinfo"), memory[NU_TEXT];
    int virtual = info != NULL && strstr(info, " hypervisor") != NULL;
    json_t *facts = json_of("cpu", cpu_fact(info), NULL);
    put_topology(facts);
    nu_bytes_text(memory, (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE));
    json_put(facts, "memory", json_text(memory));
    if (uname(&u) == 0)
        json_put(facts, "system", json_sprintf("%s %s, %s%s", u.sysname, u.release, u.machine,
                                               virtual ? ", a virtual machine" : ""));
    json_put(facts, "blas", json_sprintf("%s, %s kernels, %s build", m.blas_config, m.blas_core,
                                         blas_build(&m)));
#ifdef __clang__
    json_put(facts, "compiler", json_text(__VERSION__));
#else
    json_put(facts, "compiler", json_text("gcc " __VERSION__));
#endif
    json_put(facts, "openmp", json_text(m.openmp ? "yes" : "built without"));
    free(info);
    return facts;
}

/* ---- Pinning --------------------------------------------------------------------------- */

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
