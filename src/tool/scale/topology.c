#include "scale/topology.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scale/procfs.h"
#include "support/say.h"
#include "support/json.h"

#ifdef HAVE_HWLOC
#include <hwloc.h>
#endif

/* Counts nothing, if it is 0: no machine has no cores. */
static void put_count(json_t *object, const char *key, int n)
{
    if (n > 0)
        json_put_whole(object, key, (uint64_t)n);
    else
        json_put(object, key, json_null());
}

static void put_counts(json_t *object, const char *source, int sockets, int cores, int threads)
{
    json_put_text(object, "source", source);
    put_count(object, "sockets", sockets);
    put_count(object, "cores", cores);
    put_count(object, "hardware_threads", threads);
    json_put(object, "smt", cores > 0 && threads > 0 ? json_boolean(threads > cores) : json_null());
}

static int same_number(const json_t *a, const json_t *b, const char *key)
{
    return json_integer_value(json_object_get(a, key)) ==
           json_integer_value(json_object_get(b, key));
}

/* One more cache: counted if there is one like it, otherwise added. */
static void add_cache(json_t *caches, int level, const char *type, uint64_t bytes, int shared_by)
{
    json_t *cache = json_new(), *other;
    size_t i;
    json_put_whole(cache, "level", (uint64_t)level);
    json_put_text(cache, "type", type);
    json_put_whole(cache, "bytes", bytes);
    json_put_whole(cache, "shared_by", (uint64_t)shared_by);
    json_put_whole(cache, "count", 1);
    json_array_foreach(caches, i, other) {
        if (!same_number(cache, other, "level") || !same_number(cache, other, "bytes") ||
            !same_number(cache, other, "shared_by") ||
            !json_equal(json_object_get(cache, "type"), json_object_get(other, "type")))
            continue;
        json_t *count = json_object_get(other, "count");
        json_integer_set(count, json_integer_value(count) + 1);
        json_decref(cache);
        return;
    }
    json_add(caches, cache);
}

static void add_node(json_t *nodes, const char *cpus, double bytes)
{
    json_t *node = json_new();
    json_put_text(node, "cpus", cpus);
    json_put(node, "memory_bytes", bytes > 0 ? json_integer((json_int_t)bytes) : json_null());
    json_add(nodes, node);
}

/* ---- sysfs ----------------------------------------------------------------------------- */

/* Whether `cpu` is the first of the CPUs in that file: each thing is counted at its first CPU. */
static int is_first(const char *list, int cpu, int *n)
{
    cpu_set_t set;
    *n = 0;
    if (list == NULL || !proc_cpus(list, &set))
        return 0;
    *n = CPU_COUNT(&set);
    for (int c = 0; c < cpu; c++)
        if (CPU_ISSET(c, &set))
            return 0;
    return CPU_ISSET(cpu, &set) ? 1 : 0;
}

static int counts_here(const char *root, int cpu, const char *file)
{
    int n;
    char *list = proc_text("%s/sys/devices/system/cpu/cpu%d/topology/%s", root, cpu, file);
    int first = is_first(list, cpu, &n);
    free(list);
    return first;
}

/* "32K" */
static uint64_t size_in(const char *text)
{
    char *end;
    unsigned long long n = strtoull(text, &end, 10);
    return *end == 'K' ? n << 10 : *end == 'M' ? n << 20 : *end == 'G' ? n << 30 : n;
}

static void add_caches_at(json_t *caches, const char *root, int cpu)
{
    for (int i = 0;; i++) {
        char folder[64];
        int n;
        snprintf(folder, sizeof folder, "/sys/devices/system/cpu/cpu%d/cache/index%d", cpu, i);
        double level = proc_number("%s%s/level", root, folder);
        if (!(level > 0))
            return;
        char *type = proc_text("%s%s/type", root, folder);
        char *size = proc_text("%s%s/size", root, folder);
        char *list = proc_text("%s%s/shared_cpu_list", root, folder);
        if (type != NULL && size != NULL && is_first(list, cpu, &n)) {
            *type = (char)tolower((unsigned char)*type);
            add_cache(caches, (int)level, type, size_in(size), n);
        }
        free(type);
        free(size);
        free(list);
    }
}

static json_t *nodes_of_sysfs(const char *root)
{
    json_t *nodes = json_new_list();
    cpu_set_t set;
    char *online = proc_text("%s/sys/devices/system/node/online", root);
    for (int i = 0; online != NULL && proc_cpus(online, &set) && i < CPU_SETSIZE; i++) {
        char name[32];
        if (!CPU_ISSET(i, &set))
            continue;
        char *cpus = proc_text("%s/sys/devices/system/node/node%d/cpulist", root, i);
        char *memory = proc_text("%s/sys/devices/system/node/node%d/meminfo", root, i);
        snprintf(name, sizeof name, "Node %d MemTotal", i);
        char *total = memory != NULL ? proc_field(memory, name) : NULL;
        if (cpus != NULL)
            add_node(nodes, cpus, total != NULL ? 1024 * strtod(total, NULL) : 0);
        free(cpus);
        free(memory);
        free(total);
    }
    free(online);
    return nodes;
}

json_t *scale_topology_of_sysfs(const char *root)
{
    json_t *object = json_new(), *caches = json_new_list();
    int sockets = 0, cores = 0, threads = 0;
    cpu_set_t set;
    char *online = proc_text("%s/sys/devices/system/cpu/online", root);
    if (online == NULL || !proc_cpus(online, &set))
        CPU_ZERO(&set);
    free(online);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &set))
            continue;
        threads++;
        sockets += counts_here(root, cpu, "core_siblings_list");
        cores += counts_here(root, cpu, "thread_siblings_list");
        add_caches_at(caches, root, cpu);
    }
    put_counts(object, "sysfs", sockets, cores, threads);
    json_put(object, "numa_nodes", nodes_of_sysfs(root));
    json_put(object, "caches", caches);
    return object;
}

/* ---- hwloc ----------------------------------------------------------------------------- */

#ifdef HAVE_HWLOC
static void add_caches_of_hwloc(json_t *caches, hwloc_topology_t t)
{
    static const char *const types[] = {[HWLOC_OBJ_CACHE_UNIFIED] = "unified",
                                        [HWLOC_OBJ_CACHE_DATA] = "data",
                                        [HWLOC_OBJ_CACHE_INSTRUCTION] = "instruction"};
    for (hwloc_obj_type_t type = HWLOC_OBJ_L1CACHE; type <= HWLOC_OBJ_L3ICACHE; type++)
        for (hwloc_obj_t o = NULL; (o = hwloc_get_next_obj_by_type(t, type, o)) != NULL;)
            if (o->attr->cache.size > 0)
                add_cache(caches, (int)o->attr->cache.depth, types[o->attr->cache.type],
                          o->attr->cache.size, hwloc_bitmap_weight(o->cpuset));
}

static void add_nodes_of_hwloc(json_t *nodes, hwloc_topology_t t)
{
    const hwloc_obj_type_t type = HWLOC_OBJ_NUMANODE;
    for (hwloc_obj_t o = NULL; (o = hwloc_get_next_obj_by_type(t, type, o)) != NULL;) {
        char *cpus;
        if (hwloc_bitmap_list_asprintf(&cpus, o->cpuset) < 0)
            need(NULL);
        add_node(nodes, cpus, (double)o->attr->numanode.local_memory);
        free(cpus);
    }
}

static json_t *topology_of_hwloc(void)
{
    hwloc_topology_t t;
    json_t *object = NULL;
    unsigned version = hwloc_get_api_version();
    char source[64];
    if (hwloc_topology_init(&t) != 0)
        return NULL;
    if (hwloc_topology_set_flags(t, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) == 0 &&
        hwloc_topology_set_icache_types_filter(t, HWLOC_TYPE_FILTER_KEEP_ALL) == 0 &&
        hwloc_topology_load(t) == 0) {
        json_t *caches = json_new_list(), *nodes = json_new_list();
        object = json_new();
        snprintf(source, sizeof source, "hwloc (API %u.%u)", version >> 16, (version >> 8) & 0xff);
        put_counts(object, source, hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_PACKAGE),
                   hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_CORE),
                   hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_PU));
        add_nodes_of_hwloc(nodes, t);
        add_caches_of_hwloc(caches, t);
        json_put(object, "numa_nodes", nodes);
        json_put(object, "caches", caches);
    }
    hwloc_topology_destroy(t);
    return object;
}
#endif

json_t *scale_topology(void)
{
#ifdef HAVE_HWLOC
    json_t *object = topology_of_hwloc();
    if (object != NULL)
        return object;
#endif
    return scale_topology_of_sysfs("");
}
