#include "core/cgroup.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Version 1 says "no limit" with a number near 2^63. */
#define NO_MEMORY_LIMIT 0x1p62

typedef struct group {
    int version;           /* 1 or 2; 0: not found */
    char folder[PATH_MAX]; /* where its files are */
    size_t mount;          /* length of the mount point in `folder`: groups above end there */
} group;

/* ---- Where it is ----------------------------------------------------------------------- */

/* Whether `word` is among the words of a list with commas. */
static int among(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += n)
        if ((at == list || at[-1] == ',') && (at[n] == '\0' || at[n] == ',' || at[n] == '\n'))
            return 1;
    return 0;
}

static FILE *open_in(const char *folder, const char *name)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    return n > 0 && (size_t)n < sizeof path ? fopen(path, "re") : NULL;
}

/* Looks through "0::/path" and "4:cpu,cpuacct:/path" lines, of which the second counts if both are
 * there. Returns the version, 0 if there is neither. */
static int find_path(char path[PATH_MAX], const char *root, const char *controller)
{
    FILE *f = open_in(root, "proc/self/cgroup");
    char *line = NULL;
    size_t space = 0;
    int version = 0;
    while (f != NULL && version != 1 && getline(&line, &space, f) > 0) {
        char *list = strchr(line, ':'), *at = list != NULL ? strchr(list + 1, ':') : NULL;
        if (at == NULL)
            continue;
        *at++ = '\0';
        at[strcspn(at, "\n")] = '\0';
        int v = among(list + 1, controller) ? 1 : list[1] == '\0' ? 2 : 0;
        if (v == 0 || strlen(at) >= PATH_MAX)
            continue;
        version = v;
        strcpy(path, at);
    }
    free(line);
    if (f != NULL)
        fclose(f);
    return version;
}

/* Whether a line "31 30 0:28 ROOT POINT rw,relatime shared:1 - TYPE SOURCE OPTIONS" is the mount
 * of that hierarchy; of what part of it, and where. */
static int is_mount(const char *line, int version, const char *controller, char top[PATH_MAX],
                    char point[PATH_MAX])
{
    char type[16], options[512];
    const char *kind = strstr(line, " - ");
    return kind != NULL && sscanf(kind, " - %15s %*s %511s", type, options) == 2 &&
           (version == 2 ? strcmp(type, "cgroup2") == 0
                         : strcmp(type, "cgroup") == 0 && among(options, controller)) &&
           sscanf(line, "%*s %*s %*s %4095s %4095s", top, point) == 2; /* PATH_MAX - 1 */
}

static group find(const char *root, const char *controller)
{
    group g = {0};
    char path[PATH_MAX], top[PATH_MAX], point[PATH_MAX], *line = NULL;
    size_t space = 0;
    int version = find_path(path, root, controller);
    FILE *f = version != 0 ? open_in(root, "proc/self/mountinfo") : NULL;
    while (f != NULL && g.version == 0 && getline(&line, &space, f) > 0) {
        if (!is_mount(line, version, controller, top, point))
            continue;
        size_t n = strcmp(top, "/") != 0 ? strlen(top) : 0;
        const char *below = strncmp(path, top, n) == 0 ? path + n : path;
        int length = snprintf(g.folder, sizeof g.folder, "%s%s%s", root, point,
                              strcmp(below, "/") == 0 ? "" : below);
        if (length < 0 || (size_t)length >= sizeof g.folder)
            break;
        g.version = version;
        g.mount = strlen(root) + strlen(point);
        if (access(g.folder, R_OK) != 0)
            g.folder[g.mount] = '\0';
    }
    free(line);
    if (f != NULL)
        fclose(f);
    return g;
}

/* To the group above; 0 if there is none. */
static int go_up(group *g)
{
    char *slash = strrchr(g->folder, '/');
    if (strlen(g->folder) <= g->mount || slash == NULL)
        return 0;
    *slash = '\0';
    return 1;
}

/* ---- What it says ---------------------------------------------------------------------- */

/* The number after `key` in a file of "key number" lines (key "": the first word); NaN if it is
 * not there. */
static double number(const group *g, const char *file, const char *key)
{
    FILE *f = open_in(g->folder, file);
    char line[256];
    double value = NAN;
    while (f != NULL && isnan(value) && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, key, strlen(key)) == 0 && sscanf(line + strlen(key), "%lf", &value) != 1)
            value = NAN;
    if (f != NULL)
        fclose(f);
    return value;
}

static double quota_of(const group *g)
{
    double quota = NAN, period = NAN;
    if (g->version == 1) {
        quota = number(g, "cpu.cfs_quota_us", ""); /* -1: no limit */
        period = number(g, "cpu.cfs_period_us", "");
    } else {
        FILE *f = open_in(g->folder, "cpu.max"); /* "200000 100000", "max 100000": no limit */
        if (f != NULL && fscanf(f, "%lf %lf", &quota, &period) != 2)
            quota = NAN;
        if (f != NULL)
            fclose(f);
    }
    return quota > 0 && period > 0 ? quota / period : NAN;
}

static void add_cpu(nu_limits *limits, const group *g)
{
    double cores = quota_of(g);
    double throttled = g->version == 1 ? 1e-9 * number(g, "cpu.stat", "throttled_time ")
                                       : 1e-6 * number(g, "cpu.stat", "throttled_usec ");
    if (!isnan(cores) && (limits->cores == 0 || cores < limits->cores))
        limits->cores = cores;
    if (!isnan(throttled))
        limits->throttled_seconds = throttled + (isnan(limits->throttled_seconds)
                                                     ? 0 : limits->throttled_seconds);
}

/* Files that the system keeps in memory and can drop at once are counted as in use there. */
static void add_memory(nu_limits *limits, const group *g)
{
    int v1 = g->version == 1;
    double limit = number(g, v1 ? "memory.limit_in_bytes" : "memory.max", "");
    if (!(limit < NO_MEMORY_LIMIT)) /* "max" is no number */
        return;
    double used = number(g, v1 ? "memory.usage_in_bytes" : "memory.current", "");
    double files = number(g, "memory.stat", v1 ? "total_inactive_file " : "inactive_file ");
    double left = fmax(0, limit - fmax(0, (isnan(used) ? 0 : used) - (isnan(files) ? 0 : files)));
    if (limits->memory == 0 || limit < (double)limits->memory)
        limits->memory = (uint64_t)limit;
    if (left < (double)limits->memory_left)
        limits->memory_left = (uint64_t)left;
}

nu_limits nu_cgroup_limits(const char *root)
{
    nu_limits limits = {.throttled_seconds = NAN, .memory_left = UINT64_MAX};
    group cpu = find(root, "cpu"), memory = find(root, "memory");
    if (cpu.version != 0)
        do
            add_cpu(&limits, &cpu);
        while (go_up(&cpu));
    if (memory.version != 0)
        do
            add_memory(&limits, &memory);
        while (go_up(&memory));
    return limits;
}
