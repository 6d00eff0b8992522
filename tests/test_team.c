/* The team: threads on the CPUs that the caller names, and what a program that has its own threads
 * and children sees of it. */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "core/team.h"
#include "linalg/blas.h"
#include "model_fixtures.h"
#include "suite.h"

enum { THREADS = 2 };

/* ---- Binding ----------------------------------------------------------------------------- */

/* Where each thread of a team may run. */
static void tell_mask(void *arg, int thread, int threads)
{
    cpu_set_t *mask = arg;
    (void)threads;
    ck_assert_int_eq(sched_getaffinity(0, sizeof *mask, &mask[thread]), 0);
}

/* Two CPUs of this process, the last one first; one twice where there is only one. */
static void two_cpus(int cpus[THREADS])
{
    cpu_set_t mine;
    tell_mask(&mine, 0, 1);
    cpus[0] = cpus[1] = -1;
    for (int c = 0; c < CPU_SETSIZE; c++)
        if (CPU_ISSET(c, &mine)) {
            cpus[1] = cpus[1] < 0 ? c : cpus[1];
            cpus[0] = c;
        }
}

/* Every thread is on its CPU and no other, and afterwards where it was before. */
START_TEST(bound_while_working)
{
    cpu_set_t mask[THREADS], before[THREADS], after[THREADS];
    int cpus[THREADS], threads = _i + 1;
    nudge_error err;
    two_cpus(cpus);
    memset(mask, 0, sizeof mask);
    nu_team_run(threads, tell_mask, before);
    ck_ok(nu_team_run_on(cpus, threads, tell_mask, mask, &err), &err);
    nu_team_run(threads, tell_mask, after);
    int ran = CPU_COUNT(&mask[1]) > 0 ? 2 : 1; /* without OpenMP there is one */
    for (int t = 0; t < ran; t++) {
        ck_assert_int_eq(CPU_COUNT(&mask[t]), 1);
        ck_assert(CPU_ISSET(cpus[t], &mask[t]));
        ck_assert(CPU_EQUAL(&before[t], &after[t]));
    }
}
END_TEST

/* A CPU that is not there: nothing has been done, and the message says which. */
START_TEST(not_a_cpu)
{
    static const struct {
        int cpu;
        const char *text;
    } bad[] = {{-1, "CPU -1"}, {CPU_SETSIZE - 1, "CPU 1023"}, {1 << 30, "CPU 1073741824"}};
    cpu_set_t mask[THREADS], before[THREADS], after[THREADS];
    int cpus[THREADS];
    nudge_error err;
    two_cpus(cpus);
    cpus[0] = bad[_i].cpu;
    memset(mask, 0, sizeof mask);
    nu_team_run(THREADS, tell_mask, before);
    ck_status(nu_team_run_on(cpus, THREADS, tell_mask, mask, &err), NUDGE_EARGUMENT, &err);
    ck_assert_msg(strstr(err.text, bad[_i].text) != NULL, "%s", err.text);
    ck_assert_int_eq(CPU_COUNT(&mask[0]), 0);
    ck_assert_int_eq(CPU_COUNT(&mask[1]), 0);
    nu_team_run(THREADS, tell_mask, after);
    ck_assert_mem_eq(before, after, sizeof before[0]);
}
END_TEST

/* 5 epochs. */
static nudge_train_options two_threads(const int *cpus)
{
    nudge_train_options options = small_options();
    options.threads = THREADS;
    options.oversubscribe = 1;
    options.cpus = cpus;
    return options;
}

/* That the tests below have two threads, where there can be two. */
START_TEST(work_for_two)
{
    nudge_dataset *data = wide_data(100, 1);
    nudge_model *model = wide_model();
    nudge_train_options options = two_threads(NULL);
    nudge_train_plan plan;
    nudge_machine machine = nudge_machine_info();
    nudge_error err;
    ck_ok(nudge_train_plan_make(&plan, model, data, NULL, &options, &err), &err);
    ck_assert_int_eq(plan.threads, machine.openmp && machine.blas_parallel != 0 ? 2 : 1);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* Bound training, with validation, gives the same bits; a wrong CPU leaves the weights alone. */
START_TEST(bound_training)
{
    nudge_dataset *data = wide_data(100, 1), *val = wide_data(600, 5);
    int cpus[THREADS], wrong[THREADS] = {-1, -1};
    nudge_error err;
    two_cpus(cpus);
    uint64_t hash[2];
    for (int bound = 0; bound < 2; bound++) {
        nudge_model *model = wide_model();
        nudge_train_options options = two_threads(bound ? cpus : NULL);
        ck_ok(nudge_train(model, data, val, &options, NULL, &err), &err);
        hash[bound] = nudge_model_hash(model);
        options.cpus = wrong;
        ck_status(nudge_train(model, data, val, &options, NULL, &err), NUDGE_EARGUMENT, &err);
        ck_assert_uint_eq(nudge_model_hash(model), hash[bound]);
        nudge_model_free(model);
    }
    ck_assert_uint_eq(hash[0], hash[1]);
    nudge_dataset_free(val);
    nudge_dataset_free(data);
}
END_TEST

/* The same numbers, bound or not. */
START_TEST(bound_evaluation)
{
    enum { ROWS = 600 };
    static double free_out[ROWS * WIDE_OUTPUTS], bound_out[ROWS * WIDE_OUTPUTS];
    nudge_dataset *data = wide_data(ROWS, 1);
    nudge_model *model = wide_model();
    nudge_metrics m, bound;
    nudge_error err;
    int cpus[THREADS], wrong[THREADS] = {-1, -1};
    two_cpus(cpus);
    ck_ok(nudge_evaluate(model, data, THREADS, &m, &err), &err);
    ck_ok(nudge_evaluate_on(model, data, THREADS, cpus, NUDGE_METRICS_ALL, &bound, &err), &err);
    ck_assert_mem_eq(m.value, bound.value, sizeof m.value);
    ck_ok(nudge_predict(model, data, THREADS, free_out, &err), &err);
    ck_ok(nudge_predict_on(model, data, THREADS, cpus, bound_out, &err), &err);
    ck_assert_mem_eq(free_out, bound_out, sizeof free_out);
    ck_status(nudge_evaluate_on(model, data, THREADS, wrong, NUDGE_METRICS_ALL, &m, &err),
              NUDGE_EARGUMENT, &err);
    ck_status(nudge_predict_on(model, data, THREADS, wrong, free_out, &err), NUDGE_EARGUMENT, &err);
    nudge_metrics_free(&m);
    nudge_metrics_free(&bound);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

START_TEST(bound_benchmarks)
{
    nudge_measurement rate = {0};
    nudge_error err;
    int cpus[THREADS], wrong[THREADS] = {-1, -1};
    two_cpus(cpus);
    ck_ok(nudge_bench_gemm(&rate, NUDGE_F32, NUDGE_GEMM_NT, 9, 9, 9, 1, cpus, 1e-3, &err), &err);
    ck_assert_double_gt(rate.median, 0);
    ck_ok(nudge_bench_kernel(&rate, 0, NUDGE_F32, 99, 1, cpus, 1e-3, &err), &err);
    ck_assert_double_gt(rate.median, 0);
    ck_status(nudge_bench_gemm(&rate, NUDGE_F32, NUDGE_GEMM_NT, 9, 9, 9, 1, wrong, 1e-3, &err),
              NUDGE_EARGUMENT, &err);
    ck_status(nudge_bench_kernel(&rate, 0, NUDGE_F32, 99, 1, wrong, 1e-3, &err), NUDGE_EARGUMENT,
              &err);
}
END_TEST

/* ---- The caller's program ---------------------------------------------------------------- */

/* The hash after training a fresh model on two threads; 0 if that failed. */
static uint64_t trained_hash(const nudge_dataset *data)
{
    nudge_model *model = wide_model();
    nudge_train_options options = two_threads(NULL);
    uint64_t hash = 0;
    if (nudge_train(model, data, NULL, &options, NULL, NULL) == NUDGE_OK)
        hash = nudge_model_hash(model);
    nudge_model_free(model);
    return hash;
}

#ifndef NUDGE_TSAN /* which does not follow a child of a process that has threads */

static void note_threads(void *arg, int thread, int threads)
{
    (void)thread;
    *(int *)arg = threads;
}

/* Asking how many threads there can be makes them, which a child does not have. */
START_TEST(forked_after_asking)
{
    int status, threads = 0;
    ck_assert_int_ge(nu_team_threads(2, 1, NULL), 1);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        alarm(60);
        nu_team_run(2, note_threads, &threads);
        _exit(threads == 1 ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
}
END_TEST

/* A child of a process that has trained, and a child of that, train the same with one thread. */
START_TEST(forked)
{
    nudge_dataset *data = wide_data(100, 1);
    uint64_t hash = trained_hash(data);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        const char *why = NULL;
        pid_t grandchild = fork();
        alarm(60); /* of a hang, which it once was */
        int same = nudge_threads(2, &why) == 1 && why != NULL && trained_hash(data) == hash, status;
        if (grandchild != 0)
            same = waitpid(grandchild, &status, 0) == grandchild && status == 0 && same;
        _exit(same ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
    ck_assert_uint_eq(trained_hash(data), hash); /* and the parent is as it was */
    nudge_dataset_free(data);
}
END_TEST

#endif

#ifdef _OPENMP

/* Whatever OpenBLAS it is (tests/cli_threads.sh runs this with another), and whatever is called. */
START_TEST(number_of_threads_kept)
{
    static double out[100 * WIDE_OUTPUTS];
    nudge_dataset *data = wide_data(100, 1);
    nudge_model *model = wide_model();
    nudge_metrics metrics;
    nudge_measurement rate;
    nudge_gradcheck_result check;
    nudge_error err;
    omp_set_num_threads(3);
    trained_hash(data);
    ck_assert_int_eq(omp_get_max_threads(), 3);
    ck_ok(nudge_evaluate(model, data, 1, &metrics, &err), &err);
    ck_assert_int_eq(omp_get_max_threads(), 3);
    ck_ok(nudge_predict(model, data, 2, out, &err), &err);
    ck_assert_int_eq(omp_get_max_threads(), 3);
    ck_ok(nudge_gradcheck(model, data, 5, &check, &err), &err);
    ck_assert_int_eq(omp_get_max_threads(), 3);
    ck_ok(nudge_bench_kernel(&rate, 0, NUDGE_F32, 99, 1, NULL, 1e-3, &err), &err);
    ck_assert_int_eq(omp_get_max_threads(), 3);
    nudge_metrics_free(&metrics);
    nudge_model_free(model);
    nudge_dataset_free(data);
}
END_TEST

/* "All cores" are those that the program wants used; a number that is asked for is another
 * thing. */
START_TEST(number_of_threads_obeyed)
{
    const char *why = "";
    int most = nudge_threads(2, NULL);
    omp_set_num_threads(1);
    ck_assert_int_eq(nudge_threads(0, &why), 1);
    ck_assert_msg((why != NULL) == (nudge_machine_info().cores > 1), "%s", why);
    ck_assert_int_eq(nudge_threads(2, NULL), most);
    omp_set_num_threads(1000);
    ck_assert_int_le(nudge_threads(0, &why), nudge_machine_info().cores);
    ck_assert_ptr_null(why);
}
END_TEST

#ifndef __SANITIZE_ADDRESS__ /* which takes all address space there is */

/* What OpenMP cannot have it must not ask for: it would end the process. */
START_TEST(no_more_threads_than_the_system_gives)
{
    const char *why = "";
    nudge_error err;
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL)
        return;
    ck_assert_int_eq(fscanf(f, "%lu", &pages), 1);
    fclose(f);
    struct rlimit limit = {.rlim_max = RLIM_INFINITY};
    limit.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE) + NU_THREAD_SPACE * 3 / 2;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    ck_assert_int_eq(nu_team_threads(2, 1, &why), 1);
    ck_assert_ptr_nonnull(strstr(why, "the system gives no more"));
    ck_assert_int_eq(nu_blas_start(&err), NUDGE_OK);
    ck_assert_int_eq(nu_team_threads(2, 2, &why), 2); /* for a plan */
    ck_assert_ptr_null(why);
}
END_TEST

#ifndef NUDGE_TSAN /* which ends where it has no room itself */

/* Where there is no room for a third the two that are there stay. */
START_TEST(threads_that_are_there_stay)
{
    struct rlimit limit = {.rlim_cur = 1, .rlim_max = RLIM_INFINITY};
    ck_assert_int_eq(nu_team_threads(2, 1, NULL), 2);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    ck_assert_int_eq(nu_team_threads(3, 1, NULL), 2);
    ck_assert_int_eq(nu_team_threads(2, 1, NULL), 2);
}
END_TEST

#endif
#endif
#endif

static Suite *team_suite(void)
{
    Suite *suite = suite_create("team");
    TCase *binding = tcase_create("binding");
    tcase_add_loop_test(binding, bound_while_working, 0, 2);
    tcase_add_loop_test(binding, not_a_cpu, 0, 3);
    tcase_add_test(binding, work_for_two);
    tcase_add_test(binding, bound_training);
    tcase_add_test(binding, bound_evaluation);
    tcase_add_test(binding, bound_benchmarks);
    suite_add_tcase(suite, binding);
    TCase *caller = tcase_create("caller");
#ifndef NUDGE_TSAN
    tcase_add_test(caller, forked);
    tcase_add_test(caller, forked_after_asking);
#endif
#ifdef _OPENMP
    tcase_add_test(caller, number_of_threads_kept);
    tcase_add_test(caller, number_of_threads_obeyed);
#ifndef __SANITIZE_ADDRESS__
    tcase_add_test(caller, no_more_threads_than_the_system_gives);
#ifndef NUDGE_TSAN
    tcase_add_test(caller, threads_that_are_there_stay);
#endif
#endif
#endif
    suite_add_tcase(suite, caller);
    return suite;
}

SUITE_MAIN(team_suite)
