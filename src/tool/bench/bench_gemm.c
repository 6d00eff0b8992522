/* nudge bench gemm: matrix products. */
#include <math.h>

#include "bench/bench.h"
#include "support/run_lines.h"
#include "support/say.h"

enum { MOST_SIZE = 2147483647 };

static const size_t squares[] = {512, 1024, 2048};

/* Layers of usual networks with their batches. A first layer needs no gradient of its input. */
static const struct {
    size_t batch, in, out;
    int first;
} layers[] = {
    {256, 64, 64, 0},     /* tables */
    {64, 784, 128, 1},    /* images */
    {128, 784, 512, 1},
    {128, 512, 512, 0},
    {256, 128, 128, 0},   /* deep */
    {1024, 2048, 2048, 0} /* wide */
};

static const char *const kind_names[] = {"nn", "nt", "tn", NULL};

typedef struct product {
    char name[48];
    nudge_gemm_kind kind;
    size_t m, n, k;
    int square; /* counts for the peak */
    int threads;
    nudge_measurement rate;
} product;

/* Of each square and the three products of each layer, on one thread and on all. */
enum { MOST = 2 * (sizeof squares / sizeof *squares + 3 * sizeof layers / sizeof *layers) };

typedef struct products {
    product item[MOST];
    size_t count;
} products;

static product *add(products *list, int threads, nudge_gemm_kind kind, const size_t size[3])
{
    product *p = &list->item[list->count++];
    *p = (product){"product", kind, size[0], size[1], size[2], .threads = threads};
    return p;
}

static void add_defaults(products *list, int threads)
{
    static const char *const part[] = {[NUDGE_GEMM_NN] = "forward", [NUDGE_GEMM_NT] = "dA",
                                       [NUDGE_GEMM_TN] = "dW"};
    for (size_t i = 0; i < sizeof squares / sizeof *squares; i++) {
        size_t n = squares[i];
        product *p = add(list, threads, NUDGE_GEMM_NN, (size_t[]){n, n, n});
        p->square = 1;
        snprintf(p->name, sizeof p->name, "square");
    }
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        size_t b = layers[i].batch, in = layers[i].in, out = layers[i].out;
        const size_t size[][3] = {[NUDGE_GEMM_NN] = {b, out, in}, [NUDGE_GEMM_NT] = {b, in, out},
                                  [NUDGE_GEMM_TN] = {in, out, b}};
        for (int kind = 0; kind < 3; kind++) {
            if (kind == NUDGE_GEMM_NT && layers[i].first)
                continue;
            product *p = add(list, threads, (nudge_gemm_kind)kind, size[kind]);
            snprintf(p->name, sizeof p->name, "%zu-%zu, batch %zu, %s", in, out, b, part[kind]);
        }
    }
}

/* The best square at a number of threads; NaN without squares. */
static double peak_of(const products *list, int threads)
{
    double peak = NAN;
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i].square && list->item[i].threads == threads)
            peak = fmax(peak, list->item[i].rate.median); /* of a NaN and a number: the number */
    return peak;
}

void bench_peak(double *peak, const bench_setup *setup, double seconds)
{
    nudge_error err;
    for (size_t i = 1; i < sizeof squares / sizeof *squares; i++) {
        size_t n = squares[i];
        double operations = 2 * (double)n * (double)n * (double)n * setup->threads;
        if (*peak > 0 && operations / *peak > 2 * seconds)
            break;
        nudge_measurement rate;
        must(nudge_bench_gemm(&rate, setup->dtype, NUDGE_GEMM_NN, n, n, n, setup->threads,
                              setup->cpus, seconds, &err), &err);
        *peak = fmax(*peak, rate.median);
    }
}

static void print_products(const products *list, const bench_setup *setup)
{
    text_table t;
    threads_line(stdout, setup->threads, setup->why);
    putchar('\n');
    table_heads(&t, "product|kind|m x n x k|threads|GFLOP/s|quartiles||best|of peak");
    for (size_t i = 0; i < list->count; i++) {
        const product *p = &list->item[i];
        table_add(&t, "%s", p->name);
        table_add(&t, "%s", kind_names[p->kind]);
        table_add(&t, "%zu x %zu x %zu", p->m, p->n, p->k);
        table_add(&t, "%d", p->threads);
        bench_cells(&t, &p->rate, 1e-9);
        table_add_real(&t, "%.0f %%", 100 * p->rate.median / peak_of(list, p->threads));
    }
    table_print(&t, 2, stdout);
}

static void print_json(const products *list, const bench_setup *setup)
{
    json_t *object = bench_json(setup), *items = json_new_list();
    json_put(object, "gemm_peak_gflops", json_number(1e-9 * peak_of(list, setup->threads)));
    for (size_t i = 0; i < list->count; i++) {
        const product *p = &list->item[i];
        json_t *item = json_of("name", json_text(p->name), "kind", json_text(kind_names[p->kind]),
                               "m", json_whole(p->m), "n", json_whole(p->n),
                               "k", json_whole(p->k), "threads", json_whole((uint64_t)p->threads),
                               NULL);
        bench_put(item, "gflops", &p->rate, 1e-9);
        json_put(item, "of_peak", json_number(p->rate.median / peak_of(list, p->threads)));
        json_add(items, item);
    }
    json_put(object, "products", items);
    json_print(object, 1, stdout);
}

static void measure(products *list, const bench_setup *setup)
{
    nudge_error err;
    for (size_t i = 0; i < list->count; i++) {
        product *p = &list->item[i];
        live_line("product %zu of %zu", i + 1, list->count);
        must(nudge_bench_gemm(&p->rate, setup->dtype, p->kind, p->m, p->n, p->k, p->threads,
                              setup->cpus, setup->seconds, &err), &err);
    }
    live_line_clear();
}

void bench_gemm(arguments *args, const bench_setup *setup)
{
    products list = {0};
    size_t *size = NULL, n = 0;
    nudge_gemm_kind kind = (nudge_gemm_kind)choice_of(args, "kind");
    if (given(args, "shape")) {
        size = wholes_of(args, "shape", MOST_SIZE, "three ", &n);
        if (n != 3)
            refuse(args, "shape", "three whole numbers, separated by commas");
    } else
        refuse_given(args, "kind", "it needs --shape");
    int counts[] = {1, setup->threads};
    for (int i = 0; i < (setup->threads > 1 ? 2 : 1); i++)
        if (size != NULL)
            add(&list, counts[i], kind, size);
        else
            add_defaults(&list, counts[i]);
    measure(&list, setup);
    (setup->json ? print_json : print_products)(&list, setup);
    free(size);
}
