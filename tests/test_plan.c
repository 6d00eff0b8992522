/* The decomposition of a step: everything is done once, whoever shares it, and fairly shared. */
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
    ck_assert_int_eq(nu_plan_start(plan, net, batch, (nu_plan_wants){0}, NULL),
                     NUDGE_OK);
}

/* ---- What is visited ---- */

/* How often each thing is done in a step. */
typedef struct counts {
    const nu_network *net;
    const nu_plan *plan;
    unsigned char *parameters; /* net->size */
    size_t width;              /* of the next: panels of all layers */
    unsigned char *forward, *backward; /* rows x width */
    unsigned char *pack, *loss;        /* rows */
    unsigned char *partial;            /* rows x layers */
} counts;

static size_t column(const counts *c, size_t i, size_t q)
{
    size_t before = 0;
    for (size_t k = 0; k < i; k++)
        before += c->net->panels[k];
    return before + q;
}

static void count_tile(counts *c, const nu_tile *t)
{
    size_t out = c->net->width[t->layer + 1], width = c->net->panel[t->layer + 1];
    size_t left = t->panel * width, right = left + width < out ? left + width : out;
    ck_assert_uint_le((t->end - t->first) * (right - left), c->plan->tile_size);
    ck_assert_uint_eq(t->first / c->net->panel[t->layer],
                      (t->end - 1) / c->net->panel[t->layer]);
    for (size_t i = t->first; i < t->end; i++)
        for (size_t o = left; o < right; o++)
            c->parameters[nu_weight_at(c->net, t->layer, o, i)]++;
    for (size_t o = left; t->first == 0 && o < right; o++)
        c->parameters[c->net->bias_at[t->layer] + o]++;
}

static void count(void *arg, const nu_piece *p)
{
    counts *c = arg;
    if (p->tile != NULL) {
        count_tile(c, p->tile);
        return;
    }
    for (size_t r = p->rows.first; r < p->rows.end; r++)
        switch (p->operation) {
        case NU_PACK: c->pack[r]++; break;
        case NU_LOSS: c->loss[r]++; break;
        case NU_PARTIAL: c->partial[r * c->net->layers + p->layer]++; break;
        case NU_FORWARD:
            for (size_t q = p->panels.first; q < p->panels.end; q++)
                c->forward[r * c->width + column(c, p->layer + 1, q)]++;
            break;
        case NU_BACKWARD:
            for (size_t q = p->panels.first; q < p->panels.end; q++)
                c->backward[r * c->width + column(c, p->layer, q)]++;
            break;
        case NU_EMBED:
        case NU_GRADIENT:
        case NU_BOUND:
        case NU_UPDATE: break;
        }
}

static void assert_once(const unsigned char *seen, size_t n, size_t want, const char *what)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(seen[i] <= 1, "%s: %zu is done %d times", what, i, seen[i]);
        sum += seen[i];
    }
    ck_assert_msg(sum == want, "%s: %zu of %zu are done", what, sum, want);
}

/* All stages of a batch of `rows` rows by so many threads. */
static void count_step(const nu_network *net, const nu_plan *plan, size_t rows, int threads)
{
    counts c = {.net = net, .plan = plan, .width = column(&(counts){.net = net}, net->layers + 1, 0)};
    size_t privates = 0, cells = rows * c.width;
    for (size_t l = 0; l < net->layers; l++)
        privates += plan->is_private[l] != 0;
    c.parameters = calloc(net->size, 1);
    c.forward = calloc(cells, 1);
    c.backward = calloc(cells, 1);
    c.pack = calloc(rows, 1);
    c.loss = calloc(rows, 1);
    c.partial = calloc(rows, net->layers);
    for (size_t i = 0; i < plan->n_stages; i++) {
        const nu_stage *s = &plan->stages[i];
        size_t done = 0;
        for (int t = 0; t < threads; t++) {
            nu_span own = nu_plan_share(plan, s, rows, t, threads);
            for (size_t k = own.first; k < own.end; k++)
                nu_plan_visit(plan, s, rows, k, count, &c);
            ck_assert_uint_le(own.first, own.end);
            done += own.end - own.first;
        }
        ck_assert_uint_eq(done, nu_plan_pieces(plan, s, rows));
    }
    assert_once(c.parameters, net->size, (size_t)net->parameters, "parameter");
    assert_once(c.pack, rows, rows, "row to pack");
    assert_once(c.loss, rows, rows, "row's loss");
    assert_once(c.partial, rows * net->layers, rows * privates, "partial gradient");
    assert_once(c.forward, cells, rows * (c.width - net->panels[0]), "forward");
    assert_once(c.backward, cells, rows * (c.width - net->panels[0] - net->panels[net->layers]),
                "backward");
    free(c.parameters);
    free(c.forward);
    free(c.backward);
    free(c.pack);
    free(c.loss);
    free(c.partial);
}

/* Every row of every panel of every layer goes forward once and back once (but for the first
 * layer's inputs), every parameter is updated once, for any sharing and a short last batch. */
START_TEST(does_everything_once)
{
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
        nu_network net;
        nu_plan plan;
        start(&net, &plan, shapes[_i], batches[b]);
        for (int threads = 1; threads <= 7; threads += 3)
            count_step(&net, &plan, batches[b], threads);
        count_step(&net, &plan, (batches[b] + 2) / 3, 2);
        ck_assert_uint_ge(plan.blocks * plan.block_rows, plan.batch);
        ck_assert_uint_lt((plan.blocks - 1) * plan.block_rows, plan.batch);
        nu_plan_end(&plan);
        nu_network_end(&net);
    }
}
END_TEST

/* ---- Who does it ---- */

/* The products of a thread's pieces, in multiply-adds. */
typedef struct work {
    const nu_network *net;
    double sum;
} work;

static void add_work(void *arg, const nu_piece *p)
{
    work *w = arg;
    const nu_network *net = w->net;
    size_t in = net->width[p->layer], out = net->width[p->layer + 1], high = in;
    int back = p->operation == NU_BACKWARD;
    nu_span q = p->panels;
    if (p->operation == NU_UPDATE) {
        q = (nu_span){p->tile->panel, p->tile->panel + 1};
        high = p->tile->end - p->tile->first;
    } else if (p->operation != NU_FORWARD && !back) {
        return;
    }
    size_t i = back ? p->layer : p->layer + 1, end = q.end * net->panel[i];
    size_t columns = (end < net->width[i] ? end : net->width[i]) - q.first * net->panel[i];
    w->sum += (double)(p->rows.end - p->rows.first) * (double)columns * (double)(back ? out : high);
}

/* 1024-2048-2048-2048-1024 at batch 1024: what the slowest thread multiplies in each stage, summed
 * over the stages, is at most 5 % more than a fair share, for up to 64 threads. (With the kernels
 * that like large products the tiles are larger: 8 threads there.) */
START_TEST(shares_are_balanced)
{
    nu_network net;
    nu_plan plan;
    static const size_t wide[] = {4, 1024, 2048, 2048, 2048, 1024};
    nudge_model_options o = nudge_model_defaults();
    o.layers = wide[0];
    o.widths = wide + 1;
    ck_assert_int_eq(nu_network_start(&net, &o, NULL), NUDGE_OK);
    ck_assert_int_eq(nu_plan_start(&plan, &net, 1024, (nu_plan_wants){0}, NULL),
                     NUDGE_OK);
    int most = net.panel[1] <= 64 ? 64 : 8;
    for (int threads = 1; threads <= most; threads *= 2) {
        double all = 0, slowest = 0;
        for (size_t i = 0; i < plan.n_stages; i++) {
            double longest = 0;
            for (int t = 0; t < threads; t++) {
                work w = {.net = &net};
                nu_span own = nu_plan_share(&plan, &plan.stages[i], 1024, t, threads);
                for (size_t k = own.first; k < own.end; k++)
                    nu_plan_visit(&plan, &plan.stages[i], 1024, k, add_work, &w);
                longest = w.sum > longest ? w.sum : longest;
                all += w.sum;
            }
            slowest += longest;
        }
        ck_assert_double_eq_tol(2 * all / plan.flops, 1, 1e-12);
        ck_assert_msg(slowest * threads <= 1.05 * all, "%d threads: %.3f of a fair share", threads,
                      slowest * threads / all);
    }
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
    tcase_add_loop_test(tc, does_everything_once, 0, sizeof shapes / sizeof *shapes);
    tcase_add_test(tc, shares_are_balanced);
    tcase_add_test(tc, small_networks_use_one_thread);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(plan_suite)
