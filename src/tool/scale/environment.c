#include "scale/environment.h"

#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "scale/cgroup.h"
#include "scale/pinning.h"
#include "scale/procfs.h"
#include "scale/topology.h"
#include "scale/watch.h"
#include "support/say.h"
#include "support/json.h"

extern char **environ;

/* ---- null for what is not known -------------------------------------------------------- */

static void put_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL && *text != '\0')
        json_put_text(object, key, text);
    else
        json_put(object, key, json_null());
}

static void put_own_text(json_t *object, const char *key, char *text)
{
    put_text(object, key, text);
    free(text);
}

static void put_real(json_t *object, const char *key, double value)
{
    json_put(object, key, isfinite(value) ? json_real(value) : json_null());
}

static void put_bytes(json_t *object, const char *key, double bytes)
{
    json_put(object, key, bytes > 0 ? json_integer((json_int_t)bytes) : json_null());
}

/* ---- System ---------------------------------------------------------------------------- */

static json_t *about_nudge(const char *command, json_t *options)
{
    json_t *object = json_new();
    char date[32] = "";
    time_t t = time(NULL);
    struct tm utc;
    if (gmtime_r(&t, &utc) != NULL)
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    put_text(object, "version", nudge_version());
    put_text(object, "date", date);
    put_text(object, "command", command);
    json_put(object, "options", options != NULL ? options : json_null());
    return object;
}

/* PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" */
static char *distribution(void)
{
    static const char key[] = "PRETTY_NAME=";
    char *text = proc_text("/etc/os-release"), *name = NULL;
    const char *at = text != NULL ? strstr(text, key) : NULL;
    if (at != NULL) {
        at += sizeof key - 1;
        at += strspn(at, "\"'");
        name = need(strndup(at, strcspn(at, "\"'\n")));
    }
    free(text);
    return name;
}

/* The name that Xen and others give, or that the CPU says there is one. */
static char *hypervisor(const char *cpuinfo)
{
    char *name = proc_text("/sys/hypervisor/type");
    char *flags = name == NULL && cpuinfo != NULL ? proc_field(cpuinfo, "flags") : NULL;
    if (flags != NULL && strstr(flags, " hypervisor") != NULL)
        name = need(strdup("yes"));
    free(flags);
    return name;
}

static char *container(void)
{
    char *name = proc_text("/run/systemd/container");
    if (name == NULL && access("/.dockerenv", F_OK) == 0)
        name = need(strdup("docker"));
    if (name == NULL && access("/run/.containerenv", F_OK) == 0)
        name = need(strdup("podman"));
    return name;
}

static json_t *about_system(const char *cpuinfo)
{
    json_t *object = json_new();
    struct utsname u;
    int known = uname(&u) == 0;
    put_text(object, "kernel", known ? u.sysname : NULL);
    put_text(object, "release", known ? u.release : NULL);
    put_text(object, "architecture", known ? u.machine : NULL);
    put_own_text(object, "distribution", distribution());
    put_own_text(object, "hypervisor", hypervisor(cpuinfo));
    put_own_text(object, "product", proc_text("/sys/class/dmi/id/product_name"));
    put_own_text(object, "container", container());
    json_t *libc = json_new();
    put_text(libc, "name", "glibc");
    put_text(libc, "version", gnu_get_libc_version());
    json_put(object, "libc", libc);
    return object;
}

static json_t *about_cgroup(void)
{
    json_t *object = json_new();
    cgroup g = cgroup_own();
    json_put(object, "version", g.version > 0 ? json_integer(g.version) : json_null());
    put_real(object, "cores", cgroup_cores(&g));
    put_own_text(object, "cpus",
                 g.version == 2 ? proc_text("%s/cpuset.cpus.effective", g.folder) : NULL);
    return object;
}

/* ---- CPU and memory -------------------------------------------------------------------- */

/* Arm tells numbers instead of a name. */
static char *cpu_model(const char *cpuinfo)
{
    char *model = cpuinfo != NULL ? proc_field(cpuinfo, "model name") : NULL, *maker, *part;
    if (model != NULL || cpuinfo == NULL)
        return model;
    maker = proc_field(cpuinfo, "CPU implementer");
    part = proc_field(cpuinfo, "CPU part");
    if (maker != NULL && part != NULL &&
        asprintf(&model, "implementer %s, part %s", maker, part) < 0)
        need(NULL);
    free(maker);
    free(part);
    return model;
}

static double cpufreq_mhz(int cpu, const char *file)
{
    return proc_number("/sys/devices/system/cpu/cpu%d/cpufreq/%s", cpu, file) / 1000;
}

/* 1, 0, or -1 for not known: two drivers, two files, one of them upside down. */
static int boost(void)
{
    double on = proc_number("/sys/devices/system/cpu/cpufreq/boost");
    double off = proc_number("/sys/devices/system/cpu/intel_pstate/no_turbo");
    return !isnan(on) ? on > 0 : !isnan(off) ? off <= 0 : -1;
}

/* Settings are those of the first usable CPU. */
static json_t *about_clock(const cpu_set_t *cpus, int known)
{
    json_t *object = json_new();
    int cpu = 0, turbo = boost();
    while (known && !CPU_ISSET(cpu, cpus))
        cpu++;
    put_own_text(object, "governor",
                 proc_text("/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", cpu));
    put_own_text(object, "driver",
                 proc_text("/sys/devices/system/cpu/cpu%d/cpufreq/scaling_driver", cpu));
    put_real(object, "min_mhz", cpufreq_mhz(cpu, "cpuinfo_min_freq"));
    put_real(object, "max_mhz", cpufreq_mhz(cpu, "cpuinfo_max_freq"));
    put_real(object, "now_mhz", known ? scale_clock(cpus) : NAN);
    json_put(object, "boost", turbo < 0 ? json_null() : json_boolean(turbo));
    return object;
}

static json_t *about_cpu(const char *cpuinfo)
{
    json_t *object = json_new();
    cpu_set_t cpus;
    int known = scale_usable_cpus(&cpus) > 0;
    put_own_text(object, "model", cpu_model(cpuinfo));
    json_put_whole(object, "usable", (uint64_t)nudge_machine_info().cores);
    put_own_text(object, "usable_cpus", known ? proc_cpus_text(&cpus) : NULL);
    json_put(object, "topology", scale_topology());
    json_put(object, "clock", about_clock(&cpus, known));
    return object;
}

/* "always [madvise] never": the word in brackets. */
static char *huge_pages(void)
{
    char *text = proc_text("/sys/kernel/mm/transparent_hugepage/enabled"), *word = NULL;
    const char *open = text != NULL ? strchr(text, '[') : NULL;
    if (open != NULL)
        word = need(strndup(open + 1, strcspn(open + 1, "]")));
    free(text);
    return word;
}

static json_t *about_memory(void)
{
    json_t *object = json_new();
    char *text = proc_text("/proc/meminfo");
    char *total = text != NULL ? proc_field(text, "MemTotal") : NULL; /* "5466292 kB" */
    put_bytes(object, "total_bytes", total != NULL ? 1024 * strtod(total, NULL) : 0);
    put_bytes(object, "available_bytes", (double)nudge_machine_info().memory_available);
    put_own_text(object, "huge_pages", huge_pages());
    free(total);
    free(text);
    return object;
}

/* ---- Programs -------------------------------------------------------------------------- */

static json_t *about_build(void)
{
    json_t *object = json_new();
#ifdef __clang__
    put_text(object, "compiler", __VERSION__);
#else
    put_text(object, "compiler", "gcc " __VERSION__);
#endif
    put_text(object, "command", scale_build_command);
    put_text(object, "flags", scale_build_flags);
    return object;
}

/* Variables that OpenMP and OpenBLAS read. */
static json_t *settings(void)
{
    static const char *const prefixes[] = {"OMP_", "GOMP_", "OPENBLAS_", "GOTO_"};
    json_t *object = json_new();
    for (char **e = environ; *e != NULL; e++) {
        size_t n = strspn(*e, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
            if ((*e)[n] == '=' && strncmp(*e, prefixes[i], strlen(prefixes[i])) == 0) {
                char *name = need(strndup(*e, n));
                json_put_text(object, name, *e + n + 1);
                free(name);
            }
    }
    return object;
}

static json_t *about_openmp(void)
{
    static const char *const by[] = {
        [SCALE_PINNED_NOT] = NULL,
        [SCALE_PINNED_BY_USER] = "user",
        [SCALE_PINNED_BY_NUDGE] = "nudge",
    };
    json_t *object = json_new();
    char text[SCALE_PINNING_TEXT];
    json_put_flag(object, "enabled", nudge_machine_info().openmp);
#ifdef _OPENMP
    json_put_whole(object, "version", _OPENMP);
#else
    json_put(object, "version", json_null());
#endif
    put_text(object, "pinned_by", by[scale_pinning()]);
    put_text(object, "pinning", scale_pinning_text(text));
    json_put(object, "settings", settings());
    return object;
}

static json_t *about_blas(void)
{
    static const char *const builds[] = {"serial", "pthread", "OpenMP"};
    json_t *object = json_new();
    nudge_machine m = nudge_machine_info();
    put_text(object, "config", m.blas_config);
    put_text(object, "core", m.blas_core);
    put_text(object, "build",
             m.blas_parallel >= 0 && m.blas_parallel < 3 ? builds[m.blas_parallel] : NULL);
    return object;
}

json_t *scale_environment(const char *command, json_t *options)
{
    json_t *object = json_new();
    char *cpuinfo = proc_text("/proc/cpuinfo");
    json_put(object, "nudge", about_nudge(command, options));
    json_put(object, "system", about_system(cpuinfo));
    json_put(object, "cgroup", about_cgroup());
    json_put(object, "cpu", about_cpu(cpuinfo));
    json_put(object, "memory", about_memory());
    json_put(object, "build", about_build());
    json_put(object, "openmp", about_openmp());
    json_put(object, "blas", about_blas());
    free(cpuinfo);
    return object;
}
