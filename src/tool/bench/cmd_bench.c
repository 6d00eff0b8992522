/* nudge bench: rates on this machine. */
#include <string.h>

#include "bench/bench.h"
#include "support/data_options.h"
#include "support/machine.h"
#include "support/options.h"
#include "support/say.h"
#include "support/watch.h"

static const option own[] = {
    {"threads", "N", .help = "default: the cores this process may use; gemm measures 1 and N"},
    {"seconds", "S", .help = "measure each thing for so long, in at least 5 repeats; default: gemm "
                             "0.2, kernels 0.1, train and infer 2"},
    {"shape", "M,N,K", .help = "only the product of M x K and K x N; without it large squares and "
                               "the products of some usual networks"},
    {"kind", "nn|nt|tn", "nn", .help = "of --shape: A B (forward), A B^T (gradients of "
                                       "activations), A^T B (gradients of weights)"},
    {"count", "N", .help = "elements per thread; without it 65536, which caches hold, and 4194304, "
                           "which they do not"},
    {"layers", "N,N,...", "784,128,10", .help = "inputs, units of the hidden layers, outputs"},
    {"activation", "NAME", .help = "of the hidden layers"},
    {"rows", "N", .help = "samples; default: up to 60000, fewer for large networks"},
    {"pixels", .help = "features are bytes, as images have them"},
    {"lr", "X", "1e-6", .help = "learning rate; tiny, so that training on random targets goes "
                                "nowhere"},
    {0},
};

enum { GEMM, KERNELS, TRAIN, INFER, KINDS };

static const struct {
    const char *name;
    double seconds;
    void (*run)(arguments *args, const bench_setup *setup);
} kinds[KINDS] = {
    [GEMM] = {"gemm", 0.2, bench_gemm},
    [KERNELS] = {"kernels", 0.1, bench_kernels},
    [TRAIN] = {"train", 2, bench_network},
    [INFER] = {"infer", 2, bench_network},
};

/* Which benchmark the command line names. */
static int kind_of(arguments *args)
{
    for (int i = GEMM; args->words > 0 && i < KINDS; i++)
        if (strcmp(args->word[0], kinds[i].name) == 0)
            return i;
    if (args->words > 0)
        complain("there is no benchmark '%s'; there are gemm, kernels, train and infer",
                 args->word[0]);
    complain("a benchmark is needed: gemm, kernels, train or infer");
}

/* Options that other benchmarks have, but not this one. */
static void refuse_others(arguments *args, int kind)
{
    if (kind != GEMM)
        refuse_all(args, "shape kind", "only 'bench gemm' has it");
    if (kind != KERNELS)
        refuse_all(args, "count", "only 'bench kernels' has it");
    if (kind != TRAIN && kind != INFER)
        refuse_all(args, "layers activation loss rows pixels",
                   "only 'bench train' and 'bench infer' have it");
    if (kind != TRAIN)
        refuse_all(args, "optimizer momentum lr batch explain", "only 'bench train' has it");
}

/* Runs the benchmark, and says below its table if others slowed it down. */
static void watched(arguments *args, const bench_setup *setup, int kind)
{
    watcher *w = watcher_new();
    watch_start(w);
    kinds[kind].run(args, setup);
    watch_result seen = watch_stop(w);
    double others = seen.other_load + seen.steal;
    if (!setup->json && others > WATCH_DISTURBING)
        printf("\nnote: others used %.2f of a core meanwhile, which makes figures lower\n", others);
    free(w);
}

static int run(arguments *args)
{
    int kind = kind_of(args);
    bench_setup setup = {.json = given(args, "json"), .training = kind == TRAIN};
    refuse_others(args, kind);
    setup.dtype = (nudge_dtype)choice_of(args, "dtype");
    setup.threads = nudge_threads(threads_of(args), &setup.why);
    setup.seconds = given(args, "seconds") ? real_of(args, "seconds", ABOVE_0)
                                           : kinds[kind].seconds;
    setup.cpus = pin_option(args, setup.threads);
    watched(args, &setup, kind);
    free(setup.cpus);
    return EXIT_DONE;
}

/* ---- Shared ---------------------------------------------------------------------------- */

json_t *bench_json(const bench_setup *setup)
{
    nudge_machine m = nudge_machine_info();
    json_t *machine = machine_facts();
    json_put_all(machine, "cores", json_whole((uint64_t)m.cores), "blas", json_text(m.blas_config),
                 "blas_core", json_text(m.blas_core), "blas_build", json_text(blas_build(&m)),
                 NULL);
    return json_of("version", json_text(nudge_version()),
                   "dtype", json_text(nudge_dtype_name(setup->dtype)),
                   "threads", json_whole((uint64_t)setup->threads),
                   "threads_why", json_text(setup->why), "machine", machine, NULL);
}

void bench_cells(text_table *t, const nudge_measurement *m, double factor)
{
    table_add(t, "%.1f", factor * m->median);
    table_add(t, "%.1f", factor * m->low);
    table_add(t, "%.1f", factor * m->high);
    table_add(t, "%.1f", factor * m->best);
}

void bench_put(json_t *object, const char *key, const nudge_measurement *m, double factor)
{
    static const char *const endings[] = {"", "_low", "_high", "_best"};
    const double values[] = {m->median, m->low, m->high, m->best};
    char name[40];
    json_put(object, "repeats", json_whole(m->repeats));
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s%s", key, endings[i]);
        json_put(object, name, json_number(factor * values[i]));
    }
}

const command command_bench = {
    .name = "bench",
    .synopsis = "gemm|kernels|train|infer [OPTION]...",
    .summary = "rates on this machine",
    .about = "Measures how fast this machine computes. Every figure is the median of repeats, with "
             "the quartiles beside it; other programs that run meanwhile make it lower.\n\n"
             "gemm: matrix products, the machine's ceiling, in GFLOP/s; each thread computes "
             "products of its own.\n\n"
             "kernels: all that is not a product (packing, activations, losses, updates), in GB/s "
             "that must be read and written, beside a copy.\n\n"
             "train: whole training steps on random data in memory, with shuffling, packing and "
             "update; the step's share of the machine's ceiling, and where its time goes.\n\n"
             "infer: predictions and evaluations of random data in memory, whole calls in turn, "
             "and their share of the machine's ceiling; 2 rows sum(in out) operations a call.",
    .own = own,
    .options = "All benchmarks: threads pin dtype seconds json\n"
               "bench gemm: shape kind\n"
               "bench kernels: count\n"
               "bench train, bench infer: layers activation loss rows pixels\n"
               "bench train: optimizer momentum lr batch explain\n",
    .examples =
        "  nudge bench gemm\n"
        "  nudge bench gemm --shape 64,128,784 --kind nn --threads 1\n"
        "  nudge bench kernels --count 1000000\n"
        "  nudge bench train --layers 784,128,10 --optimizer sgd --momentum 0.9 --pixels\n"
        "  nudge bench train --layers 16,64,64,1 --batch 256 --rows 200000 --json\n"
        "  nudge bench infer --layers 1024,2048,2048,2048,1024 --loss mse --rows 10240\n",
    .most_words = 1,
    .run = run,
};
