/* What the machine did while something was measured: seen here, and told of made studies. */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "notes.h"
#include "scale/pinning.h"
#include "scale/procfs.h"
#include "scale/watch.h"
#include "suite.h"

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

static double seconds_of(int who)
{
    struct rusage r;
    getrusage(who, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           1e-6 * (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static double own_seconds(void)
{
    return seconds_of(RUSAGE_SELF);
}

/* Binds this process to the last CPU that it may use. */
static cpu_set_t one_cpu(void)
{
    cpu_set_t set;
    int last = 0;
    ck_assert_int_gt(scale_usable_cpus(&set), 0);
    for (int c = 0; c < CPU_SETSIZE; c++)
        if (CPU_ISSET(c, &set))
            last = c;
    CPU_ZERO(&set);
    CPU_SET(last, &set);
    ck_assert_int_eq(sched_setaffinity(0, sizeof set, &set), 0);
    return set;
}

/* A CPU on which a child is always ready to run is busy with others, whatever else runs on it:
 * load + steal is 1. 0.8: 1.5 s are counted in ticks. Not above 1.1: there is only that CPU. A
 * program that got less than 0.05 of a core has no name; 0.1 leaves room for ticks. */
START_TEST(sees_another_program)
{
    cpu_set_t set = one_cpu();
    scale_watcher *w = scale_watcher_new(&set);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        work(60);
        _exit(0);
    }
    scale_watch watch;
    scale_watch_start(w);
    usleep(1500000);
    scale_watch_stop(w, &watch);
    char *name = scale_busiest_other(w);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert_double_ge(watch.seconds, 1.5);
    if (!isnan(watch.other_load)) {
        ck_assert_double_ge(watch.other_load + watch.steal, 0.8);
        ck_assert_double_le(watch.other_load, 1.1);
        if (seconds_of(RUSAGE_CHILDREN) > 0.1 * watch.seconds)
            ck_assert_ptr_nonnull(name); /* the child, or something that uses even more */
    }
    free(name);
    scale_watcher_free(w);
}
END_TEST

/* On one CPU the others' load and the own one are 1 together at most (0.1: ticks); if the own one,
 * which is above 0.2 unless five other programs share that CPU, counted as the others', they were
 * more. */
START_TEST(own_work_is_not_others)
{
    cpu_set_t set = one_cpu();
    scale_watcher *w = scale_watcher_new(&set);
    scale_watch watch;
    double before = own_seconds();
    scale_watch_start(w);
    work(1.5);
    scale_watch_stop(w, &watch);
    double own = (own_seconds() - before) / watch.seconds;
    if (!isnan(watch.other_load))
        ck_assert_double_le(watch.other_load + own, 1.1);
    scale_watcher_free(w);
}
END_TEST

/* A short repeat is judged over the time before it, too. A pair of readings takes well below 1 ms
 * on an idle machine; 20 ms a pair leaves room for a loaded one and sanitizers. */
START_TEST(short_repeats)
{
    scale_watcher *w = scale_watcher_new(NULL);
    scale_watch watch;
    usleep(200000);
    double start = own_seconds();
    for (int i = 0; i < 100; i++) {
        scale_watch_start(w);
        scale_watch_stop(w, &watch);
    }
    ck_assert_double_lt(own_seconds() - start, 100 * 0.02);
    char *stat = proc_text("/proc/stat");
    if (stat != NULL && strncmp(stat, "cpu  0 0 0 0", 12) != 0)
        ck_assert(!isnan(watch.other_load) && watch.other_load >= 0);
    free(stat);
    scale_watcher_free(w);
}
END_TEST

/* ---- Sentences ------------------------------------------------------------------------- */

/* Two points of two quiet repeats. */
static void make_study(scale_study *s)
{
    *s = (scale_study){.mode = SCALE_BATCH, .value_name = "batch", .cores = 2, .n_points = 2};
    s->points = calloc(2, sizeof *s->points);
    for (int i = 0; i < 2; i++) {
        scale_point *p = &s->points[i];
        *p = (scale_point){.threads = i + 1, .value = 64, .n = 2};
        p->repeats = calloc(2, sizeof *p->repeats);
        for (int k = 0; k < 2; k++)
            p->repeats[k] = (scale_repeat){
                .pulse = 1e-3, .watch = {1, 0.01, 0, 0, 2000, 0}};
    }
}

START_TEST(quiet_study)
{
    scale_study s;
    make_study(&s);
    scale_judge_watches(&s, NULL);
    notes_are(&s, NULL, 0);
    ck_assert_int_eq(s.points[0].repeats[0].disturbed, 0);
    scale_study_end(&s);
}
END_TEST

START_TEST(troubled_study)
{
    static const char *const want[] = {
        "other programs used 0.75 of a core on average during 2 of 4 repeats "
        "(4 threads, batch 64)",
        "the hypervisor took 0.30 of a core away on average during 1 of 4 repeats "
        "(1 thread, batch 64)",
        "a cgroup's CPU limit stopped nudge for 1.5 s during 2 of 4 repeats "
        "(1 thread, batch 64; 4 threads, batch 64)",
        "the machine's speed varied by 8 % during the study (a fixed product took 1 to 1.08 ms)",
        "the cores' clock varied by 10 % during the study (2000 to 2200 MHz)",
        "4 threads on 2 cores: more threads than cores, which take turns; these points do not "
        "show how training scales"};
    scale_study s;
    make_study(&s);
    scale_repeat *a = s.points[0].repeats, *b = s.points[1].repeats;
    b[0].watch.other_load = 0.5;
    b[1].watch.other_load = 1.0;
    a[1].watch.steal = 0.3;
    a[0].watch.throttled = 0.5;
    b[1].watch.throttled = 1.0;
    a[0].pulse = 1.08e-3;
    b[0].watch.mhz = 2200;
    s.points[1].threads = 4;
    s.points[1].oversubscribed = 1;
    scale_judge_watches(&s, NULL);
    ck_assert_int_eq(a[0].disturbed, 0);
    ck_assert_int_eq(a[1].disturbed, 1);
    ck_assert_int_eq(b[0].disturbed, 1);
    notes_are(&s, want, 6);
    scale_study_end(&s);
}
END_TEST

START_TEST(unknown_study)
{
    static const char *const want[] = {
        "whether other programs ran meanwhile is not known: the system does not tell how busy the "
        "cores are, or the study was too short"};
    scale_study s;
    make_study(&s);
    for (int i = 0; i < 4; i++)
        s.points[i / 2].repeats[i % 2].watch = (scale_watch){1, NAN, NAN, NAN, NAN, NAN};
    scale_judge_watches(&s, NULL);
    notes_are(&s, want, 1);
    scale_study_end(&s);
}
END_TEST

static Suite *watch_suite(void)
{
    Suite *suite = suite_create("watch");
    TCase *here = tcase_create("here");
    TCase *notes = tcase_create("notes");
    tcase_add_test(here, sees_another_program);
    tcase_add_test(here, own_work_is_not_others);
    tcase_add_test(here, short_repeats);
    tcase_set_timeout(here, 30);
    tcase_add_test(notes, quiet_study);
    tcase_add_test(notes, troubled_study);
    tcase_add_test(notes, unknown_study);
    suite_add_tcase(suite, here);
    suite_add_tcase(suite, notes);
    return suite;
}

SUITE_MAIN(watch_suite)
