/* The decomposition of a step: it covers every parameter once, whoever shares it. */
#include <stdlib.h>
#include <string.h>

#include "net/network.h"
#include "suite.h"
#include "train/plan.h"

static const size_t shapes[][5] = {/* layers, widths */
                                   {2, 2, 3, 1},        {2, 784, 128, 10}, {3, 1024, 2048, 2048, 1},
                                   {1, 1, 1},           {1, 5000, 3},      {1, 3, 5000},
                                   {3, 16, 64, 64, 1},  {2, 100, 1500, 10}};
static const size_t batches[] = {1, 4, 64, 100, 1024};

static void start(nu_network *net, nu_plan *plan, const size_t *shape, size_t batch)
{
    nudge_model_options o = nudge_model_defaults();
    o.layers = shape[0];
    o.widths = shape + 1;
    ck_assert_int_eq(nu_network_start(net, &o, NULL), NUDGE_OK);
    ck_assert_int_eq(nu_plan_start(plan, net, batch, NULL), NUDGE_OK);
}

/* Every weight is in exactly one tile, every bias belongs to exactly one, for any sharing. */
START_TEST(covers_all_parameters_once)
{
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
        nu_network net;
        nu_plan plan;
        start(&net, &plan, shapes[_i], batches[b]);
        for (int threads = 1; threads <= 7; threads += 3) {
            unsigned char *seen = calloc(net.size, 1);
            size_t next = 0;
            for (int t = 0; t < threads; t++) {
                size_t first, end;
                nu_plan_share(&plan, t, threads, &first, &end);
                ck_assert_uint_eq(first, next);
                ck_assert_uint_le(first, end);
                next = end;
                for (size_t i = first; i < end; i++) {
                    nu_tile tile = plan.tiles[i];
                    size_t out = net.width[tile.layer + 1];
                    ck_assert_uint_le((tile.end - tile.first) * (tile.right - tile.left),
                                      plan.tile_size);
                    for (size_t r = tile.first; r < tile.end; r++)
                        for (size_t c = tile.left; c < tile.right; c++)
                            seen[net.weight_at[tile.layer] + r * out + c]++;
                    for (size_t c = tile.left; tile.first == 0 && c < tile.right; c++)
                        seen[net.bias_at[tile.layer] + c]++;
                }
            }
            ck_assert_uint_eq(next, plan.n_tiles);
            uint64_t count = 0;
            for (size_t i = 0; i < net.size; i++) {
                if (seen[i] > 1)
                    ck_abort_msg("parameter %zu is in %d tiles", i, seen[i]);
                count += seen[i];
            }
            ck_assert_uint_eq(count, net.parameters);
            free(seen);
        }
        ck_assert_uint_ge(plan.blocks * plan.block_rows, plan.batch);
        ck_assert_uint_lt((plan.blocks - 1) * plan.block_rows, plan.batch);
        nu_plan_end(&plan);
        nu_network_end(&net);
    }
}
END_TEST

/* Where tiles are many, two threads get shares whose costs differ by less than a tenth. */
START_TEST(shares_are_balanced)
{
    nu_network net;
    nu_plan plan;
    static const size_t wide[] = {3, 1024, 2048, 2048, 1024};
    start(&net, &plan, wide, 1024);
    double total = plan.tiles[plan.n_tiles - 1].cost;
    size_t first, end;
    nu_plan_share(&plan, 0, 2, &first, &end);
    double half = plan.tiles[end - 1].cost;
    ck_assert_double_eq_tol(half / total, 0.5, 0.05);
    nu_plan_end(&plan);
    nu_network_end(&net);
}
END_TEST

/* A network too small for two threads says so; a large one can use many. */
START_TEST(small_networks_use_one_thread)
{
    nu_network net;
    nu_plan plan;
    start(&net, &plan, shapes[0], 4);
    ck_assert_int_eq(plan.useful_threads, 1);
    nu_plan_end(&plan);
    nu_network_end(&net);
    start(&net, &plan, shapes[2], 1024);
    ck_assert_int_ge(plan.useful_threads, 8);
    nu_plan_end(&plan);
    nu_network_end(&net);
}
END_TEST

static Suite *plan_suite(void)
{
    Suite *s = suite_create("plan");
    TCase *tc = tcase_create("tiles");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, covers_all_parameters_once, 0, sizeof shapes / sizeof *shapes);
    tcase_add_test(tc, shares_are_balanced);
    tcase_add_test(tc, small_networks_use_one_thread);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(plan_suite)
