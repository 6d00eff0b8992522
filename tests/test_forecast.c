/* The cost model, with costs that are known: it must count every piece of a step once. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/forecast.h"
#include "suite.h"
#include "train/run.h"

/* A product costs 2^-40 s a multiply-add and a pass nothing. */
static double per_flop(void *arg, enum nu_kernel_operation operation, size_t layer, size_t m,
                       size_t n, size_t k)
{
    (void)arg;
    (void)operation;
    (void)layer;
    return 0x1p-40 * (double)m * (double)n * (double)k;
}

/* A pass of the operation that is counted, *arg, costs 2^-40 s an element; all else nothing. */
static double per_element(void *arg, enum nu_kernel_operation operation, size_t layer, size_t m,
                          size_t n, size_t k)
{
    (void)layer;
    (void)k;
    return operation == *(enum nu_kernel_operation *)arg ? 0x1p-40 * (double)m * (double)n : 0;
}

typedef struct made {
    nudge_model *model;
    nudge_dataset *data;
    nu_run run;
    nudge_train_options options;
} made;

static void make(made *m, size_t layers, const size_t *widths, size_t batch, nudge_loss loss)
{
    nudge_model_options o = nudge_model_defaults();
    *m = (made){.options = nudge_train_defaults()};
    o.layers = layers;
    o.widths = widths;
    o.loss = loss;
    o.init = NUDGE_INIT_ZEROS;
    m->options.batch = batch;
    ck_assert_int_eq(nudge_model_create(&m->model, &o, NULL, NULL), NUDGE_OK);
    ck_assert_int_eq(nudge_dataset_shape(&m->data, NUDGE_F32, 4 * batch, widths[0], widths[layers],
                                         loss == NUDGE_CROSS_ENTROPY, 0, NULL), NUDGE_OK);
    ck_assert_int_eq(nu_run_start(&m->run, m->model, m->data, NULL, &m->options, NULL), NUDGE_OK);
}

static void end(made *m)
{
    nu_run_end(&m->run);
    nudge_model_free(m->model);
    nudge_dataset_free(m->data);
}

static nudge_forecast forecast(const made *m, int threads, const nu_costs *costs)
{
    return nu_forecast(&m->model->net, &m->run.plan, sizeof(float), threads, costs);
}

static double sum(const nudge_phases *p)
{
    double all = 0;
    for (int i = 0; i < NUDGE_PHASES; i++)
        all += p->seconds[i];
    return all;
}

/* Networks of each arrangement: one block; blocks with partial gradients; blocks with a layer whose
 * product is whole; a grid with transposed weights; a grid without, odd sizes. */
static const struct {
    size_t layers, widths[5], batch;
    nudge_loss loss;
} nets[] = {
    {2, {2, 3, 1}, 4, NUDGE_MSE},
    {3, {16, 64, 64, 1}, 256, NUDGE_MSE},
    {2, {784, 128, 10}, 64, NUDGE_CROSS_ENTROPY},
    {3, {784, 512, 512, 10}, 128, NUDGE_CROSS_ENTROPY},
    {4, {1024, 2048, 2048, 2048, 1024}, 1024, NUDGE_MSE},
    {3, {301, 777, 903, 17}, 333, NUDGE_CROSS_ENTROPY},
};
enum { NETS = sizeof nets / sizeof *nets };

/* One thread, products alone: the step is half of the flops that the plan counts (a multiply-add is
 * two), 6 B sum(in out) - 2 B in_0 out_0. The sums are exact: tolerance 1e-12 relative. */
START_TEST(products_are_the_flops)
{
    made m;
    make(&m, nets[_i].layers, nets[_i].widths, nets[_i].batch, nets[_i].loss);
    nu_costs costs = {.piece = per_flop};
    nudge_forecast f = forecast(&m, 1, &costs);
    double want = 0x1p-40 * m.run.plan.flops / 2;
    ck_assert_double_eq_tol(f.step / want, 1, 1e-12);
    end(&m);
}
END_TEST

/* One thread: each pass covers its elements once. Packing B in_0; activations B sum(out); loss
 * B out; update sum(in out). Biases are not counted (under 1 % of these). Relative, 1e-12. */
START_TEST(passes_cover_their_elements)
{
    made m;
    make(&m, nets[_i].layers, nets[_i].widths, nets[_i].batch, nets[_i].loss);
    const size_t *width = nets[_i].widths;
    double batch = (double)nets[_i].batch, outputs = 0, weights = 0;
    for (size_t l = 0; l < nets[_i].layers; l++) {
        outputs += (double)width[l + 1];
        weights += (double)width[l] * (double)width[l + 1];
    }
    const struct {
        enum nu_kernel_operation operation;
        double elements;
    } want[] = {{NU_KERNEL_PACK, batch * (double)width[0]},
                {NU_KERNEL_FORWARD, batch * outputs},
                {NU_KERNEL_BACKWARD, batch * (outputs - (double)width[nets[_i].layers])},
                {NU_KERNEL_LOSS, batch * (double)width[nets[_i].layers]},
                {NU_KERNEL_SUMS, batch * outputs},
                {NU_KERNEL_UPDATE, weights}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        enum nu_kernel_operation operation = want[i].operation;
        nu_costs costs = {.arg = &operation, .piece = per_element};
        nudge_forecast f = forecast(&m, 1, &costs);
        ck_assert_double_eq_tol(f.step / (0x1p-40 * want[i].elements), 1, 1e-12);
    }
    end(&m);
}
END_TEST

/* The sums of partial gradients of B blocks are B - 1 additions of every element, whoever makes them:
 * 16-64-64-1 at batch 256 in 4 blocks, its 5184 weights (1e-12 relative). */
START_TEST(sums_of_partials)
{
    made m;
    enum nu_kernel_operation operation = NU_KERNEL_COPY;
    make(&m, nets[1].layers, nets[1].widths, nets[1].batch, nets[1].loss);
    ck_assert_uint_eq(m.run.plan.blocks, 4);
    nu_costs costs = {.arg = &operation, .piece = per_element};
    for (int threads = 1; threads <= 4; threads *= 2) {
        nudge_forecast f = forecast(&m, threads, &costs);
        double all = sum(&f.phases) - f.phases.seconds[NUDGE_WAIT];
        ck_assert_double_eq_tol(all / (0x1p-40 * 3 * 5184), 1, 1e-12);
    }
    end(&m);
}
END_TEST

/* Plain SGD updates within its products: only layers with partial gradients have a pass for it. */
START_TEST(sgd_has_no_update_of_its_own)
{
    made m;
    enum nu_kernel_operation operation = NU_KERNEL_UPDATE;
    make(&m, nets[_i].layers, nets[_i].widths, nets[_i].batch, nets[_i].loss);
    double want = 0;
    for (size_t l = 0; l < nets[_i].layers; l++)
        if (m.run.plan.is_private[l])
            want += (double)nets[_i].widths[l] * (double)nets[_i].widths[l + 1];
    nu_costs costs = {.arg = &operation, .piece = per_element,
                      .update_is_product = 1};
    ck_assert_double_eq_tol(forecast(&m, 1, &costs).step, 0x1p-40 * want, 0x1p-40 * 1e-6);
    end(&m);
}
END_TEST

/* T threads, free exchange: the phases sum to T steps (1e-12 relative), the work in them is that of
 * one thread, and so the step is at least a T-th of one thread's and at most all of it. */
START_TEST(threads_share_the_work)
{
    static const int counts[] = {2, 3, 8};
    made m;
    make(&m, nets[_i].layers, nets[_i].widths, nets[_i].batch, nets[_i].loss);
    nu_costs costs = {.piece = per_flop};
    nudge_forecast one = forecast(&m, 1, &costs);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        int t = counts[i];
        nudge_forecast f = forecast(&m, t, &costs);
        ck_assert_double_eq_tol(sum(&f.phases) / (t * f.step), 1, 1e-12);
        ck_assert_double_eq_tol((sum(&f.phases) - f.phases.seconds[NUDGE_WAIT]) / one.step, 1, 1e-12);
        ck_assert_double_ge(f.step, one.step / t * (1 - 1e-12));
        ck_assert_double_le(f.step, one.step * (1 + 1e-12));
    }
    end(&m);
}
END_TEST

/* What threads exchange and barriers make a step of two threads longer, not one of one. */
START_TEST(exchange_counts_for_several_threads)
{
    made m;
    make(&m, nets[_i].layers, nets[_i].widths, nets[_i].batch, nets[_i].loss);
    nu_costs costs = {.piece = per_flop}, dear = costs;
    dear.exchange = (nu_exchange){.byte = 1e-9, .barrier = 1e-6};
    ck_assert_double_eq(forecast(&m, 1, &dear).step, forecast(&m, 1, &costs).step);
    nudge_forecast f = forecast(&m, 2, &dear);
    ck_assert_double_gt(f.step, forecast(&m, 2, &costs).step + 2e-6 * (1 - 1e-12));
    ck_assert_double_eq_tol(sum(&f.phases) / (2 * f.step), 1, 1e-12);
    end(&m);
}
END_TEST

/* Measured costs: a forecast of this machine is a positive time, split into its phases (sum 1e-9
 * relative), for every optimizer, both precisions' kernels being there. */
START_TEST(this_machine)
{
    made m;
    static const size_t widths[] = {12, 40, 3};
    make(&m, 2, widths, 32, NUDGE_CROSS_ENTROPY);
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
    make(&m, 1, widths, 1, NUDGE_CROSS_ENTROPY);
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
    TCase *t = tcase_create("pieces");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, products_are_the_flops, 0, NETS);
    tcase_add_loop_test(t, passes_cover_their_elements, 0, NETS);
    tcase_add_test(t, sums_of_partials);
    tcase_add_loop_test(t, sgd_has_no_update_of_its_own, 0, NETS);
    tcase_add_loop_test(t, threads_share_the_work, 0, NETS);
    tcase_add_loop_test(t, exchange_counts_for_several_threads, 1, NETS);
    tcase_add_loop_test(t, this_machine, NUDGE_SGD, NUDGE_ADAGRAD + 1);
    tcase_add_test(t, a_shape_is_only_a_shape);
    suite_add_tcase(s, t);
    return s;
}

SUITE_MAIN(forecast_suite)
