/* The forecast: a replay of a step's pieces by threads that are not there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "train/run.h"

typedef struct made {
    nudge_model *model;
    nudge_dataset *data;
    nudge_train_options options;
} made;

static void make(made *m, size_t layers, const size_t *widths, size_t batch, nudge_loss loss,
                 nudge_embed embed)
{
    nudge_model_options o = nudge_model_defaults();
    *m = (made){.options = nudge_train_defaults()};
    o.layers = layers;
    o.widths = widths;
    o.loss = loss;
    o.embed = embed;
    o.init = NUDGE_INIT_ZEROS;
    m->options.batch = batch;
    ck_assert_int_eq(nudge_model_create(&m->model, &o, NULL, NULL), NUDGE_OK);
    ck_assert_int_eq(nudge_dataset_shape(&m->data, NUDGE_F32, 4 * batch, widths[0], widths[layers],
                                         loss == NUDGE_CROSS_ENTROPY, 0, NULL), NUDGE_OK);
}

static void end(made *m)
{
    nudge_model_free(m->model);
    nudge_dataset_free(m->data);
}

static nudge_forecast forecast(made *m, int threads)
{
    nudge_forecast f;
    nudge_error err;
    m->options.threads = threads;
    ck_assert_msg(nudge_train_forecast(&f, m->model, m->data, &m->options, 0.002, &err) == NUDGE_OK,
                  "%s", err.text);
    return f;
}

static double sum(const nudge_phases *p)
{
    double all = 0;
    for (int i = 0; i < NUDGE_PHASES; i++)
        all += p->seconds[i];
    return all;
}

/* Networks of each arrangement: one block; blocks with partial gradients; a wide layer and a narrow
 * one; wide layers, odd sizes; an embedding. */
static const struct {
    size_t layers, widths[5], batch;
    nudge_loss loss;
    nudge_embed embed;
} nets[] = {
    {2, {2, 3, 1}, 4, NUDGE_MSE, NUDGE_EMBED_NONE},
    {3, {16, 64, 64, 1}, 256, NUDGE_MSE, NUDGE_EMBED_NONE},
    {2, {784, 128, 10}, 64, NUDGE_CROSS_ENTROPY, NUDGE_EMBED_NONE},
    {3, {301, 777, 903, 17}, 333, NUDGE_CROSS_ENTROPY, NUDGE_EMBED_NONE},
    {2, {5, 40, 1}, 64, NUDGE_MSE, NUDGE_EMBED_PBLD},
};
enum { NETS = sizeof nets / sizeof *nets };

/* The phases of T threads sum to T steps (1e-9 relative): every moment of every thread is told. No
 * thread waits where there is one. Threads are those asked for, but no more than have work. */
START_TEST(phases_are_threads_times_the_step)
{
    static const int counts[] = {1, 2, 5, 64};
    made m;
    make(&m, nets[_i].layers, nets[_i].widths, nets[_i].batch, nets[_i].loss,
         nets[_i].embed);
    nu_plan plan;
    ck_assert_int_eq(nu_plan_start(&plan, &m.model->net, nets[_i].batch, (nu_plan_wants){0}, NULL),
                     NUDGE_OK);
    int most = plan.useful_threads;
    nu_plan_end(&plan);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        nudge_forecast f = forecast(&m, counts[i]);
        ck_assert_int_eq(f.threads, counts[i] < most ? counts[i] : most);
        ck_assert_double_gt(f.step, 0);
        ck_assert_double_eq_tol(sum(&f.phases) / (f.threads * f.step), 1, 1e-9);
        if (f.threads == 1)
            ck_assert_double_le(f.phases.seconds[NUDGE_WAIT], 1e-9 * f.step);
    }
    end(&m);
}
END_TEST

/* A replay changes weights, but not the caller's. */
START_TEST(the_model_stays)
{
    made m;
    make(&m, nets[1].layers, nets[1].widths, nets[1].batch, nets[1].loss, NUDGE_EMBED_NONE);
    uint64_t before = nudge_model_hash(m.model);
    forecast(&m, 2);
    ck_assert_uint_eq(nudge_model_hash(m.model), before);
    end(&m);
}
END_TEST

/* Every optimizer; and a time that is none is refused. */
START_TEST(this_machine)
{
    made m;
    static const size_t widths[] = {12, 40, 3};
    make(&m, 2, widths, 32, NUDGE_CROSS_ENTROPY, NUDGE_EMBED_NONE);
    m.options.optimizer = nudge_optimizer_defaults((nudge_optimizer_kind)_i);
    nudge_forecast f;
    nudge_error err;
    ck_assert_int_eq(nudge_train_forecast(&f, m.model, m.data, &m.options, 0.001, &err), NUDGE_OK);
    ck_assert_double_gt(f.step, 0);
    ck_assert_int_ge(f.threads, 1);
    ck_assert_double_eq_tol(sum(&f.phases) / (f.threads * f.step), 1, 1e-9);
    ck_assert_int_eq(nudge_train_forecast(&f, m.model, m.data, &m.options, 0, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_train_forecast(&f, m.model, m.data, &m.options, NAN, &err),
                     NUDGE_EARGUMENT);
    end(&m);
}
END_TEST

/* A shape has no values to train on, to evaluate or to predict from. */
START_TEST(a_shape_is_only_a_shape)
{
    made m;
    static const size_t widths[] = {3, 2};
    double out[8];
    nudge_metrics metrics;
    nudge_gradcheck_result check;
    make(&m, 1, widths, 1, NUDGE_CROSS_ENTROPY, NUDGE_EMBED_NONE);
    ck_assert_int_eq(nudge_train(m.model, m.data, NULL, &m.options, NULL, NULL), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_evaluate(m.model, m.data, 1, &metrics, NULL), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_predict(m.model, m.data, 1, out, NULL), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_gradcheck(m.model, m.data, 0, &check, NULL), NUDGE_EARGUMENT);
    nudge_dataset *none = NULL;
    ck_assert_int_eq(nudge_dataset_shape(&none, NUDGE_F32, 0, 1, 1, 0, 0, NULL), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_dataset_shape(&none, NUDGE_F32, 1, 0, 1, 0, 0, NULL), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_dataset_shape(&none, NUDGE_F32, (size_t)UINT32_MAX + 1, 1, 1, 0, 0,
                                         NULL), NUDGE_EARGUMENT);
    ck_assert_ptr_null(none);
    end(&m);
}
END_TEST

static Suite *forecast_suite(void)
{
    Suite *s = suite_create("forecast");
    TCase *t = tcase_create("replay");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, phases_are_threads_times_the_step, 0, NETS);
    tcase_add_test(t, the_model_stays);
    tcase_add_loop_test(t, this_machine, NUDGE_SGD, NUDGE_LION + 1);
    tcase_add_test(t, a_shape_is_only_a_shape);
    suite_add_tcase(s, t);
    return s;
}

SUITE_MAIN(forecast_suite)
