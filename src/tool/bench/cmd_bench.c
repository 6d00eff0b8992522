/* nudge bench: rates on this machine. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"
#include "support/commands.h"
#include "support/say.h"
#include "quantiles.h"
#include "support/data_options.h"

static const option own[] = {
    {"threads", "N", NULL, .help = "default: the cores this process may use; gemm measures 1 and N"},
    {"seconds", "S", NULL, .help = "measure each thing for so long, in at least 5 repeats; default: gemm "
                           "0.2, kernels 0.1, train and infer 2"},
    {"shape", "M,N,K", NULL, .help = "only the product of M x K and K x N; without it large squares and "
                             "the products of some usual networks"},
    {"kind", "nn|nt|tn", "nn", .help = "of --shape: A B (forward), A B^T (gradients of activations), "
                               "A^T B (gradients of weights)"},
    {"count", "N", NULL, .help = "elements per thread; without it 65536, which caches hold, and 4194304, "
                         "which they do not"},
    {"layers", "N,N,...", "784,128,10", .help = "inputs, units of the hidden layers, outputs"},
    {"activation", "NAME", .help = "of the hidden layers"},
    {"rows", "N", NULL, .help = "samples; default: up to 60000, fewer for large networks"},
    {"pixels", NULL, NULL, .help = "features are bytes, as images have them"},
    {"lr", "X", "1e-6", .help = "learning rate; tiny, so that training on random targets goes nowhere"},
    {0},
};

enum { GEMM, KERNELS, TRAIN, INFER, KINDS };

/* Options that not all benchmarks have, and those that have them, as bits. */
static const struct {
    const char *option;
    unsigned of;
} owners[] = {
    {"shape", 1 << GEMM},
    {"kind", 1 << GEMM},
    {"count", 1 << KERNELS},
    {"layers", 1 << TRAIN | 1 << INFER},
    {"activation", 1 << TRAIN | 1 << INFER},
    {"loss", 1 << TRAIN | 1 << INFER},
    {"rows", 1 << TRAIN | 1 << INFER},
    {"pixels", 1 << TRAIN | 1 << INFER},
    {"optimizer", 1 << TRAIN},
    {"momentum", 1 << TRAIN},
    {"lr", 1 << TRAIN},
    {"batch", 1 << TRAIN},
    {"explain", 1 << TRAIN},
};

static const struct {
    const char *name;
    double seconds;
    int (*run)(arguments *args, const bench_setup *setup);
} kinds[KINDS] = {
    [GEMM] = {"gemm", 0.2, bench_gemm},
    [KERNELS] = {"kernels", 0.1, bench_kernels},
    [TRAIN] = {"train", 2, bench_train},
    [INFER] = {"infer", 2, bench_infer},
};

/* Which benchmark the command line names. */
static int kind_of(arguments *args)
{
    for (int i = GEMM; args->words > 0 && i < KINDS; i++)
        if (strcmp(args->word[0], kinds[i].name) == 0)
            return i;
    if (args->words > 0)
        say(args->command->name, "there is no benchmark '%s'; there are gemm, kernels, train "
                                 "and infer", args->word[0]);
    else
        say(args->command->name, "a benchmark is needed: gemm, kernels, train or infer");
    args->failed = 1;
    return TRAIN;
}

static void refuse_others(arguments *args, int kind)
{
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        if (owners[i].of >> kind & 1)
            continue;
        char why[80] = "only";
        for (int k = GEMM, n = 0; k < KINDS; k++)
            if (owners[i].of >> k & 1)
                snprintf(why + strlen(why), sizeof why - strlen(why), "%s 'bench %s'",
                         n++ > 0 ? " and" : "", kinds[k].name);
        strcat(why, owners[i].of & (owners[i].of - 1) ? " have it" : " has it");
        refuse_given(args, owners[i].option, why);
    }
}

static int run(arguments *args)
{
    bench_setup setup = {.command = args->command->name, .json = given(args, "json")};
    int kind = kind_of(args);
    refuse_others(args, kind);
    setup.dtype = (nudge_dtype)choice_of(args, "dtype");
    setup.threads = nudge_threads(threads_of(args), &setup.why);
    setup.seconds = given(args, "seconds") ? real_of(args, "seconds", ABOVE_0)
                                           : kinds[kind].seconds;
    return args->failed ? EXIT_BAD_INPUT : kinds[kind].run(args, &setup);
}

/* ---- Shared ---------------------------------------------------------------------------- */

nudge_measurement bench_measurement(double *seconds, size_t n)
{
    nu_sort_reals(seconds, n);
    return (nudge_measurement){.repeats = n,
                               .median = nu_quantile(seconds, n, 0.5),
                               .low = nu_quantile(seconds, n, 0.25),
                               .high = nu_quantile(seconds, n, 0.75),
                               .best = seconds[0]};
}

static const char *blas_build(void)
{
    static const char *const build[] = {"serial", "pthread", "OpenMP"};
    int parallel = nudge_machine_info().blas_parallel;
    return parallel >= 0 && parallel <= 2 ? build[parallel] : "unknown";
}

const char *bench_machine(char buf[BENCH_TEXT], const bench_setup *setup)
{
    nudge_machine m = nudge_machine_info();
    snprintf(buf, BENCH_TEXT, "%d of %d core%s, OpenBLAS for %s, %s build%s%s", setup->threads,
             m.cores, m.cores == 1 ? "" : "s", m.blas_core, blas_build(),
             setup->why != NULL ? "; " : "", setup->why != NULL ? setup->why : "");
    return buf;
}

json_t *bench_json(const bench_setup *setup)
{
    nudge_machine m = nudge_machine_info();
    json_t *object = json_new(), *machine = json_new();
    json_put_text(object, "version", nudge_version());
    json_put_text(object, "dtype", nudge_dtype_name(setup->dtype));
    json_put_whole(object, "threads", (uint64_t)setup->threads);
    json_put_text(object, "threads_why", setup->why);
    json_put_whole(machine, "cores", (uint64_t)m.cores);
    json_put_text(machine, "blas", m.blas_config);
    json_put_text(machine, "blas_core", m.blas_core);
    json_put_text(machine, "blas_build", blas_build());
    json_put(object, "machine", machine);
    return object;
}

void bench_progress(const char *what, size_t done, size_t of)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s %zu of %zu", what, done + 1, of);
}

void bench_progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
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
             "infer: predictions and evaluations of random data in memory, whole calls in turn, and "
             "their share of the machine's ceiling; 2 rows sum(in out) operations a call.",
    .own = own,
    .options = "All benchmarks: threads dtype seconds json\n"
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
