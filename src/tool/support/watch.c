#include "support/watch.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "nudge.h"
#include "support/machine.h"
#include "support/say.h"

/* Standard error that is wanted of a load, in cores. */
#define ERROR_WANTED 0.02

typedef struct reading {
    double at;
    watch_times all;
    double own; /* CPU seconds of this process and of its children that have ended */
    double throttled;
} reading;

struct watcher {
    cpu_set_t cpus;
    double spare;  /* CPUs beyond the cores that a cgroup's limit leaves */
    double hz;
    double window; /* seconds that loads are taken over, at least */
    reading start; /* by watch_start() */
    reading mark[2]; /* the first is a window old at least, the second becomes it when it is */
};

watch_times watch_stat_times(const char *stat, const cpu_set_t *set, double hz)
{
    watch_times t = {0};
    for (const char *line = stat; *line != '\0'; line += strcspn(line, "\n")) {
        line += *line == '\n';
        /* user nice system idle iowait irq softirq steal; guest time is within user and nice. The
         * next line begins with a letter, which ends a short one. */
        double v[8] = {0};
        unsigned cpu;
        if (strncmp(line, "cpu", 3) != 0 || !isdigit((unsigned char)line[3]) ||
            sscanf(line, "cpu%u %lf %lf %lf %lf %lf %lf %lf %lf", &cpu, &v[0], &v[1], &v[2], &v[3],
                   &v[4], &v[5], &v[6], &v[7]) < 5 || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, set))
            continue;
        double busy = v[0] + v[1] + v[2] + v[5] + v[6];
        t.cpus++;
        t.busy += busy / hz;
        t.steal += v[7] / hz;
        t.total += (busy + v[3] + v[4] + v[7]) / hz;
    }
    return t;
}

static double cpu_seconds(int who)
{
    struct rusage r;
    getrusage(who, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           1e-6 * (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

double watch_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static reading read_now(const watcher *w)
{
    reading r = {.throttled = nudge_machine_info().throttled_seconds};
    char *stat = proc_text("/proc/stat");
    if (stat != NULL)
        r.all = watch_stat_times(stat, &w->cpus, w->hz);
    r.at = watch_now();
    r.own = cpu_seconds(RUSAGE_SELF) + cpu_seconds(RUSAGE_CHILDREN);
    free(stat);
    return r;
}

watcher *watcher_new(void)
{
    watcher *w = need(calloc(1, sizeof *w));
    if (sched_getaffinity(0, sizeof w->cpus, &w->cpus) != 0)
        CPU_ZERO(&w->cpus);
    int cpus = CPU_COUNT(&w->cpus), cores = nudge_machine_info().cores;
    w->spare = cpus > cores ? cpus - cores : 0;
    w->hz = (double)sysconf(_SC_CLK_TCK);
    /* Five counts of 10 ms steps per CPU, rounded down at both ends: each has a variance of 1/6. */
    w->window = fmax(sqrt(5.0 * cpus / 6) / w->hz / ERROR_WANTED, 1);
    w->start = w->mark[0] = w->mark[1] = read_now(w);
    return w;
}

void watch_start(watcher *w)
{
    w->start = read_now(w);
}

watch_result watch_stop(watcher *w)
{
    reading end = read_now(w);
    const reading *from = end.at - w->start.at < w->window ? &w->mark[0] : &w->start;
    double seconds = end.at - from->at;
    watch_result result = {NAN, NAN, end.throttled - w->start.throttled};
    if (end.all.cpus > 0 && end.all.cpus == from->all.cpus && seconds >= 10 / w->hz &&
        end.all.total > from->all.total) {
        double others = (end.all.busy - from->all.busy) - (end.own - from->own);
        result.other_load = fmax(others / seconds - w->spare, 0);
        result.steal = fmax((end.all.steal - from->all.steal) / seconds, 0);
    }
    if (end.at - w->mark[1].at >= w->window) {
        w->mark[0] = w->mark[1];
        w->mark[1] = end;
    }
    return result;
}
