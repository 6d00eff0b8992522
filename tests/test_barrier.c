/* The barrier: no thread passes before all have come, whether they spin or sleep. */
#include <pthread.h>

#include "core/barrier.h"
#include "suite.h"

enum { THREADS = 5, ROUNDS = 2000 };

typedef struct crossing {
    nu_barrier barrier;
    int threads, next;
    int crossed[THREADS][2]; /* of each thread, in even and odd rounds: the last that it came to */
    int early;               /* times that a thread passed before another came */
} crossing;

/* Crosses the barrier again and again, at another pace than the others. Rounds are written plainly:
 * that the barrier orders them is what is tested. */
static void *cross(void *arg)
{
    crossing *c = arg;
    int me = __atomic_fetch_add(&c->next, 1, __ATOMIC_RELAXED);
    for (int round = 1; round <= ROUNDS; round++) {
        for (volatile int wait = (round * (me + 3) % 7) * 20; wait > 0; wait--)
            ;
        c->crossed[me][round % 2] = round;
        nu_barrier_wait(&c->barrier, c->threads);
        for (int t = 0; t < c->threads; t++)
            if (c->crossed[t][round % 2] != round)
                __atomic_add_fetch(&c->early, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

/* With one thread, with as many as cores, and with more, which sleep at once; early == 0, and every
 * round is crossed by all: a missed wake-up would hang. */
START_TEST(all_have_come)
{
    crossing c = {.threads = _i + 1};
    pthread_t thread[THREADS];
    nu_barrier_start(&c.barrier, c.threads);
    for (int t = 0; t < c.threads; t++)
        ck_assert_int_eq(pthread_create(&thread[t], NULL, cross, &c), 0);
    for (int t = 0; t < c.threads; t++)
        ck_assert_int_eq(pthread_join(thread[t], NULL), 0);
    ck_assert_int_eq(c.early, 0);
    ck_assert_uint_eq(c.barrier.arrived, 0);
    ck_assert_uint_eq(c.barrier.sleepers, 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("barrier");
    TCase *t = tcase_create("crossing");
    tcase_add_loop_test(t, all_have_come, 0, THREADS);
    suite_add_tcase(s, t);
    return s;
}

SUITE_MAIN(make_suite)
