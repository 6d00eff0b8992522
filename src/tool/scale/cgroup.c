#include "scale/cgroup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scale/procfs.h"
#include "support/say.h"

/* ---- Where it is ----------------------------------------------------------------------- */

/* Whether `word` is among the words of a list with commas. */
static int among(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += n)
        if ((at == list || at[-1] == ',') && (at[n] == '\0' || at[n] == ','))
            return 1;
    return 0;
}

/* Looks through "0::/path" and "4:cpu,cpuacct:/path" lines, of which the second counts if both are
 * there. Returns the version, 0 if there is neither; *path for free(). */
static int find_path(char *cgroups, char **path)
{
    int version = 0;
    char *rest = NULL;
    *path = NULL;
    for (char *line = strtok_r(cgroups, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char *controllers = strchr(line, ':');
        char *at = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
        if (at == NULL)
            continue;
        *at++ = '\0';
        controllers++;
        int v = among(controllers, "cpu") ? 1 : *controllers == '\0' ? 2 : 0;
        if (v == 0 || version == 1)
            continue;
        version = v;
        free(*path);
        *path = need(strdup(at));
    }
    return version;
}

/* "31 30 0:28 ROOT POINT rw,relatime shared:1 - TYPE SOURCE OPTIONS": the first that is it. */
static int find_mount(char *mounts, int version, const char **root, const char **point)
{
    char *rest = NULL;
    for (char *line = strtok_r(mounts, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char *word = NULL, *kind = strstr(line, " - "), *field[5], type[32], options[512];
        if (kind == NULL || sscanf(kind, " - %31s %*s %511s", type, options) != 2)
            continue;
        if (version == 2 ? strcmp(type, "cgroup2") != 0
                         : strcmp(type, "cgroup") != 0 || !among(options, "cpu"))
            continue;
        size_t n = 0;
        for (char *f = strtok_r(line, " ", &word); f != NULL && n < 5;
             f = strtok_r(NULL, " ", &word))
            field[n++] = f;
        if (n < 5)
            continue;
        *root = field[3];
        *point = field[4];
        return 1;
    }
    return 0;
}

cgroup cgroup_find(const char *cgroups, const char *mounts)
{
    cgroup g = {0};
    char *groups = need(strdup(cgroups)), *table = need(strdup(mounts)), *path;
    const char *root = NULL, *point = NULL, *below;
    int version = find_path(groups, &path);
    if (version != 0 && find_mount(table, version, &root, &point)) {
        size_t n = strcmp(root, "/") != 0 ? strlen(root) : 0;
        below = strncmp(path, root, n) == 0 ? path + n : path;
        if (strcmp(below, "/") == 0)
            below = "";
        if (strlen(point) + strlen(below) < sizeof g.folder) {
            g.version = version;
            g.mount = strlen(point);
            snprintf(g.folder, sizeof g.folder, "%s%s", point, below);
            if (access(g.folder, R_OK) != 0)
                g.folder[g.mount] = '\0';
        }
    }
    free(path);
    free(groups);
    free(table);
    return g;
}

cgroup cgroup_own(void)
{
    char *groups = proc_text("/proc/self/cgroup"), *mounts = proc_text("/proc/self/mountinfo");
    cgroup g = {0};
    if (groups != NULL && mounts != NULL)
        g = cgroup_find(groups, mounts);
    free(groups);
    free(mounts);
    return g;
}

/* ---- What it says ---------------------------------------------------------------------- */

double cgroup_max(const char *text)
{
    double quota, period;
    if (text == NULL || sscanf(text, "%lf %lf", &quota, &period) != 2 || !(quota > 0) ||
        !(period > 0))
        return NAN;
    return quota / period;
}

static double cores_at(int version, const char *folder)
{
    if (version == 1) {
        double quota = proc_number("%s/cpu.cfs_quota_us", folder);
        double period = proc_number("%s/cpu.cfs_period_us", folder);
        return quota > 0 && period > 0 ? quota / period : NAN; /* -1: no limit */
    }
    char *text = proc_text("%s/cpu.max", folder);
    double cores = cgroup_max(text);
    free(text);
    return cores;
}

static double throttled_at(int version, const char *folder)
{
    char *text = proc_text("%s/cpu.stat", folder);
    double seconds = NAN;
    if (text != NULL)
        seconds = version == 1 ? 1e-9 * proc_value(text, "throttled_time")
                               : 1e-6 * proc_value(text, "throttled_usec");
    free(text);
    return seconds;
}

static double smaller(double a, double b)
{
    return fmin(a, b); /* the other one if one is NaN */
}

static double added(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : a + b;
}

/* Puts the values of the group and of all above it together. */
static double over_groups(const cgroup *g, double (*value)(int version, const char *folder),
                          double (*join)(double a, double b))
{
    double result = NAN;
    if (g->version == 0)
        return NAN;
    char *folder = need(strdup(g->folder));
    for (;;) {
        result = join(result, value(g->version, folder));
        char *slash = strrchr(folder, '/');
        if (strlen(folder) <= g->mount || slash == NULL)
            break;
        *slash = '\0';
    }
    free(folder);
    return result;
}

double cgroup_cores(const cgroup *g)
{
    return over_groups(g, cores_at, smaller);
}

double cgroup_throttled(const cgroup *g)
{
    return over_groups(g, throttled_at, added);
}
