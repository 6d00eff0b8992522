/* nudge bench kernels: all that is not a matrix product. */

#include "bench/bench.h"
#include "support/run_lines.h"
#include "support/say.h"

/* Elements per thread that the caches of a core hold, and that those of a machine do not. */
enum { IN_CACHE = 1 << 16, OUT_OF_CACHE = 1 << 22 };
enum { MOST_SIZES = 2 };

typedef struct kernels {
    size_t kernels, sizes;
    size_t count[MOST_SIZES];
    nudge_measurement *rate; /* kernels x sizes */
} kernels;

static double of_copy(const kernels *k, size_t i, size_t j)
{
    return k->rate[i * k->sizes + j].median / k->rate[j].median;
}

static void print_kernels(const kernels *k, const bench_setup *setup)
{
    text_table t;
    threads_line(stdout, setup->threads, setup->why);
    for (size_t j = 0; j < k->sizes; j++) {
        printf("\n%zu elements per thread, %s\n", k->count[j], nudge_dtype_name(setup->dtype));
        table_heads(&t, "kernel|GB/s|quartiles||best|of copy");
        for (size_t i = 0; i < k->kernels; i++) {
            table_add(&t, "%s", nudge_bench_kernel_name(i));
            bench_cells(&t, &k->rate[i * k->sizes + j], 1e-9);
            table_add(&t, "%.2f", of_copy(k, i, j));
        }
        table_print(&t, 1, stdout);
    }
}

static void print_json(const kernels *k, const bench_setup *setup)
{
    json_t *object = bench_json(setup), *items = json_new_list();
    for (size_t i = 0; i < k->kernels; i++)
        for (size_t j = 0; j < k->sizes; j++) {
            json_t *item = json_of("name", json_text(nudge_bench_kernel_name(i)),
                                   "count", json_whole(k->count[j]), NULL);
            bench_put(item, "gb_per_s", &k->rate[i * k->sizes + j], 1e-9);
            json_put(item, "of_copy", json_number(of_copy(k, i, j)));
            json_add(items, item);
        }
    json_put(object, "kernels", items);
    json_print(object, 1, stdout);
}

static void measure(kernels *k, const bench_setup *setup)
{
    nudge_error err;
    for (size_t i = 0; i < k->kernels; i++)
        for (size_t j = 0; j < k->sizes; j++) {
            live_line("kernel %zu of %zu", i + 1, k->kernels);
            must(nudge_bench_kernel(&k->rate[i * k->sizes + j], i, setup->dtype, k->count[j],
                                    setup->threads, setup->cpus, setup->seconds, &err), &err);
        }
    live_line_clear();
}

void bench_kernels(arguments *args, const bench_setup *setup)
{
    kernels k = {.sizes = MOST_SIZES, .count = {IN_CACHE, OUT_OF_CACHE}};
    if (given(args, "count")) {
        k.sizes = 1;
        k.count[0] = (size_t)whole_of(args, "count", 1, UINT32_MAX);
    }
    while (nudge_bench_kernel_name(k.kernels) != NULL)
        k.kernels++;
    k.rate = need(calloc(k.kernels * k.sizes, sizeof *k.rate));
    measure(&k, setup);
    (setup->json ? print_json : print_kernels)(&k, setup);
    free(k.rate);
}
