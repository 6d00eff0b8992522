/* What the machine did while something was measured: from texts and folders of other machines, and
 * here. */
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"
#include "support/machine.h"
#include "support/watch.h"

/* ---- Texts ----------------------------------------------------------------------------- */

/* Only the asked CPUs count, guest time not twice, and lines of old kernels are short. */
START_TEST(stat_text)
{
    static const char text[] = "cpu  999 999 999 999 999 999 999 999 999 999\n"
                               "cpu0 100 20 30 400 50 6 7 8 90 0\n"
                               "cpu1 1000 200 300 4000 500 60 70 80 0 0\n"
                               "cpu3 10 20 30 40\n"
                               "intr 1 2 3\n";
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    CPU_SET(3, &set);
    watch_times t = watch_stat_times(text, &set, 100);
    ck_assert_int_eq(t.cpus, 2);
    ck_assert_double_eq_tol(t.busy, (100 + 20 + 30 + 6 + 7 + 10 + 20 + 30) / 100.0, 1e-12);
    ck_assert_double_eq_tol(t.steal, 0.08, 1e-12);
    ck_assert_double_eq_tol(t.total, (163 + 400 + 50 + 8 + 100) / 100.0, 1e-12);
    CPU_ZERO(&set);
    CPU_SET(2, &set);
    ck_assert_int_eq(watch_stat_times(text, &set, 100).cpus, 0);
}
END_TEST

/* ---- This machine ---------------------------------------------------------------------- */

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void work(double seconds)
{
    double end = seconds_now() + seconds;
    while (seconds_now() < end)
        ;
}

static double own_seconds(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           1e-6 * (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

/* Binds this process to the last CPU that it may use. */
static void take_one_cpu(void)
{
    cpu_set_t set;
    int last = 0;
    ck_assert_int_eq(sched_getaffinity(0, sizeof set, &set), 0);
    for (int c = 0; c < CPU_SETSIZE; c++)
        if (CPU_ISSET(c, &set))
            last = c;
    CPU_ZERO(&set);
    CPU_SET(last, &set);
    ck_assert_int_eq(sched_setaffinity(0, sizeof set, &set), 0);
}

/* A CPU on which a child is always ready to run is busy with others, whatever else runs on it:
 * load + steal is 1. 0.8: 0.8 s are counted in ticks. Not above 1.1: there is only that CPU. */
START_TEST(sees_another_program)
{
    take_one_cpu();
    watcher *w = watcher_new();
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        work(60);
        _exit(0);
    }
    watch_start(w);
    usleep(800000);
    watch_result seen = watch_stop(w);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    if (!isnan(seen.other_load)) {
        ck_assert_double_ge(seen.other_load + seen.steal, 0.8);
        ck_assert_double_le(seen.other_load, 1.1);
    }
    free(w);
}
END_TEST

/* On one CPU the others' load and the own one are 1 together at most (0.1: ticks); if the own one,
 * which is above 0.2 unless five other programs share that CPU, counted as the others', they were
 * more. */
START_TEST(own_work_is_not_others)
{
    take_one_cpu();
    watcher *w = watcher_new();
    double before = own_seconds(), begin = seconds_now();
    watch_start(w);
    work(0.8);
    watch_result seen = watch_stop(w);
    double own = (own_seconds() - before) / (seconds_now() - begin);
    if (!isnan(seen.other_load))
        ck_assert_double_le(seen.other_load + own, 1.1);
    free(w);
}
END_TEST

/* A short run is judged over the time before it, too. A pair of readings takes well below 1 ms
 * on an idle machine; 20 ms a pair leaves room for a loaded one and sanitizers. */
START_TEST(short_runs)
{
    watcher *w = watcher_new();
    watch_result seen = {0};
    usleep(200000);
    double start = own_seconds();
    for (int i = 0; i < 100; i++) {
        watch_start(w);
        seen = watch_stop(w);
    }
    ck_assert_double_lt(own_seconds() - start, 100 * 0.02);
    char *stat = proc_text("/proc/stat");
    if (stat != NULL && strncmp(stat, "cpu  0 0 0 0", 12) != 0)
        ck_assert(!isnan(seen.other_load) && seen.other_load >= 0);
    free(stat);
    free(w);
}
END_TEST

/* ---- Pinning --------------------------------------------------------------------------- */

/* Every CPU that the process may use comes once before any comes again. */
START_TEST(cpus_take_turns)
{
    cpu_set_t set, seen;
    const char *why;
    unsetenv("OMP_PLACES");
    unsetenv("OMP_PROC_BIND");
    unsetenv("GOMP_CPU_AFFINITY");
    ck_assert_int_eq(sched_getaffinity(0, sizeof set, &set), 0);
    int n = CPU_COUNT(&set), *cpus = pin_cpus(2 * n, &why);
    ck_assert((cpus != NULL) == (why == NULL));
    if (cpus == NULL) /* a CPU limit */
        return;
    CPU_ZERO(&seen);
    for (int i = 0; i < n; i++) {
        ck_assert(CPU_ISSET(cpus[i], &set));
        CPU_SET(cpus[i], &seen);
        ck_assert_int_eq(cpus[i + n], cpus[i]);
    }
    ck_assert_int_eq(CPU_COUNT(&seen), n);
    free(cpus);
}
END_TEST

START_TEST(openmp_decides)
{
    const char *why;
    setenv("OMP_PLACES", "cores", 1);
    ck_assert_ptr_null(pin_cpus(1, &why));
    ck_assert_ptr_nonnull(strstr(why, "OMP_PLACES"));
}
END_TEST

static Suite *watch_suite(void)
{
    Suite *suite = suite_create("watch");
    TCase *c = tcase_create("Texts");
    tcase_add_test(c, stat_text);
    suite_add_tcase(suite, c);
    c = tcase_create("Watching");
    tcase_add_test(c, sees_another_program);
    tcase_add_test(c, own_work_is_not_others);
    tcase_add_test(c, short_runs);
    suite_add_tcase(suite, c);
    c = tcase_create("Pinning");
    tcase_add_test(c, cpus_take_turns);
    tcase_add_test(c, openmp_decides);
    suite_add_tcase(suite, c);
    return suite;
}

SUITE_MAIN(watch_suite)
