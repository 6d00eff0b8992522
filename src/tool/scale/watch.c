#include "scale/watch.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "scale/cgroup.h"
#include "scale/pinning.h"
#include "scale/procfs.h"
#include "support/say.h"

/* Standard error that is wanted of a load, in cores. */
#define ERROR_WANTED 0.02

typedef struct reading {
    double at;
    proc_times all;
    double own;       /* CPU seconds of this process */
    double throttled;
    double preempted;
} reading;

/* Readings that windows begin at: of the last two windows, a quarter of one apart. */
#define KEPT 8

typedef struct program {
    long pid;
    double seconds;
} program;

struct scale_watcher {
    cpu_set_t cpus;
    int known;       /* of them */
    double spare;    /* CPUs beyond the cores that a cgroup's limit leaves */
    double hz;
    double window;   /* seconds that loads are taken over, at least */
    cgroup group;
    reading started; /* by scale_watch_start() */
    reading kept[KEPT];
    size_t n_kept;   /* ever; the last KEPT are there */
    double since;
    program *programs; /* when the watcher was made */
    size_t n_programs;
};

/* ---- Readings -------------------------------------------------------------------------- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static reading read_now(const scale_watcher *w)
{
    reading r = {0};
    struct rusage own;
    char *stat = w->known > 0 ? proc_text("/proc/stat") : NULL;
    if (stat != NULL)
        r.all = proc_stat_times(stat, &w->cpus, w->hz);
    free(stat);
    r.at = now();
    getrusage(RUSAGE_SELF, &own);
    r.own = seconds_of(own.ru_utime) + seconds_of(own.ru_stime);
    r.preempted = (double)own.ru_nivcsw;
    r.throttled = cgroup_throttled(&w->group);
    return r;
}

static void keep(scale_watcher *w, const reading *r)
{
    if (w->n_kept > 0 && r->at - w->kept[(w->n_kept - 1) % KEPT].at < w->window / 4)
        return;
    w->kept[w->n_kept++ % KEPT] = *r;
}

/* The latest kept reading that is a whole window before `end`, or the oldest. */
static const reading *window_start(const scale_watcher *w, double end)
{
    size_t i = w->n_kept;
    size_t oldest = i > KEPT ? i - KEPT : 0;
    while (i > oldest + 1 && end - w->kept[(i - 1) % KEPT].at < w->window)
        i--;
    return &w->kept[(i - 1) % KEPT];
}

/* ---- Watching -------------------------------------------------------------------------- */

/* Five counts of 10 ms steps per CPU, rounded down at both ends: each has a variance of 1/6. */
static double window_for(int cpus, double hz)
{
    double window = sqrt(5.0 * cpus / 6) / hz / ERROR_WANTED;
    return window < 1 ? 1 : window;
}

static void note_programs(scale_watcher *w);

scale_watcher *scale_watcher_new(const cpu_set_t *cpus)
{
    scale_watcher *w = need(calloc(1, sizeof *w));
    int n = cpus != NULL ? CPU_COUNT(cpus) : scale_usable_cpus(&w->cpus);
    if (cpus != NULL)
        w->cpus = *cpus;
    w->known = n;
    w->hz = (double)sysconf(_SC_CLK_TCK);
    w->group = cgroup_own();
    double limit = cgroup_cores(&w->group);
    w->spare = limit < n ? n - limit : 0;
    w->window = window_for(n, w->hz);
    note_programs(w);
    reading r = read_now(w);
    w->since = r.at;
    w->started = r;
    keep(w, &r);
    return w;
}

void scale_watcher_free(scale_watcher *w)
{
    if (w == NULL)
        return;
    free(w->programs);
    free(w);
}

void scale_watch_start(scale_watcher *w)
{
    w->started = read_now(w);
    keep(w, &w->started);
}

static double above_0(double x)
{
    return x > 0 ? x : 0;
}

void scale_watch_stop(scale_watcher *w, scale_watch *watch)
{
    reading end = read_now(w), *start = &w->started;
    watch->seconds = end.at - start->at;
    watch->throttled = end.throttled - start->throttled;
    watch->preempted = end.preempted - start->preempted;
    watch->other_load = watch->steal = NAN;
    watch->mhz = w->known > 0 ? scale_clock(&w->cpus) : NAN;

    const reading *from = watch->seconds < w->window ? window_start(w, end.at) : start;
    double seconds = end.at - from->at;
    if (end.all.cpus > 0 && end.all.cpus == from->all.cpus && seconds >= 10 / w->hz &&
        end.all.total > from->all.total) {
        double others = (end.all.busy - from->all.busy) - (end.own - from->own);
        watch->other_load = above_0(others / seconds - w->spare);
        watch->steal = above_0((end.all.steal - from->all.steal) / seconds);
    }
    keep(w, &end);
}

double scale_clock(const cpu_set_t *cpus)
{
    double sum = 0;
    int n = 0;
    for (int c = 0; c < CPU_SETSIZE; c++) {
        if (!CPU_ISSET(c, cpus))
            continue;
        double khz = proc_number("/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", c);
        if (!(khz > 0))
            break; /* all or none */
        sum += khz / 1000;
        n++;
    }
    if (n > 0 && n == CPU_COUNT(cpus))
        return sum / n;
    char *cpuinfo = proc_text("/proc/cpuinfo");
    double mhz = cpuinfo != NULL ? proc_cpuinfo_mhz(cpuinfo, cpus) : NAN;
    free(cpuinfo);
    return mhz;
}

/* ---- Other programs -------------------------------------------------------------------- */

/* "PID (NAME) S PPID ...": the name may have any characters, and fields 14 and 15 are its time. */
static double program_seconds(const char *stat, double hz, char **name)
{
    const char *open = strchr(stat, '('), *close = strrchr(stat, ')');
    unsigned long long user, system;
    if (open == NULL || close == NULL || close < open ||
        sscanf(close + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
               &system) != 2)
        return NAN;
    if (name != NULL)
        *name = need(strndup(open + 1, (size_t)(close - open - 1)));
    return (double)(user + system) / hz;
}

/* Calls what(context, pid, text of its stat) for every program but this one. */
static void each_program(void (*what)(void *context, long pid, const char *stat), void *context)
{
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        long pid = isdigit((unsigned char)entry->d_name[0]) ? strtol(entry->d_name, NULL, 10) : 0;
        if (pid <= 0 || pid == getpid())
            continue;
        char *stat = proc_text("/proc/%ld/stat", pid);
        if (stat != NULL)
            what(context, pid, stat);
        free(stat);
    }
    if (folder != NULL)
        closedir(folder);
}

static void add_program(void *context, long pid, const char *stat)
{
    scale_watcher *w = context;
    double seconds = program_seconds(stat, w->hz, NULL);
    if (isnan(seconds))
        return;
    w->programs = need(realloc(w->programs, (w->n_programs + 1) * sizeof *w->programs));
    w->programs[w->n_programs++] = (program){pid, seconds};
}

static void note_programs(scale_watcher *w)
{
    each_program(add_program, w);
}

typedef struct busiest {
    const scale_watcher *w;
    long pid;
    double seconds;
    char *name;
} busiest;

static void compare_program(void *context, long pid, const char *stat)
{
    busiest *b = context;
    char *name = NULL;
    double seconds = program_seconds(stat, b->w->hz, &name);
    for (size_t i = 0; i < b->w->n_programs; i++)
        if (b->w->programs[i].pid == pid && b->w->programs[i].seconds <= seconds)
            seconds -= b->w->programs[i].seconds;
    if (!(seconds > b->seconds)) {
        free(name);
        return;
    }
    free(b->name);
    b->name = name;
    b->pid = pid;
    b->seconds = seconds;
}

char *scale_busiest_other(const scale_watcher *w)
{
    busiest b = {.w = w, .seconds = 0.05 * (now() - w->since)};
    char *text = NULL;
    each_program(compare_program, &b);
    if (b.name != NULL && asprintf(&text, "%s (pid %ld)", b.name, b.pid) < 0)
        need(NULL);
    free(b.name);
    return text;
}
