/* compare-fann N,N,... ROWS SECONDS: times FANN's batch epochs over ROWS random rows on a network
 * of these widths, and prints a JSON object. scripts/compare compiles it; DOUBLE is for FANN in
 * double precision. FANN_LINEAR_PIECE is the nearest that FANN has to ReLU, and its cheapest. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef DOUBLE
#include <doublefann.h>
#else
#include <floatfann.h>
#endif

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double run(struct fann *net, struct fann_train_data *data, long n)
{
    double start = now();
    for (long i = 0; i < n; i++)
        fann_train_epoch(net, data);
    return now() - start;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 1;
    unsigned layers[16], count = 0, rows = (unsigned)atoi(argv[2]);
    double seconds = atof(argv[3]), repeats[1000], total = 0.0;
    for (char *s = argv[1]; *s != '\0' && count < 16; s += *s == ',')
        layers[count++] = (unsigned)strtoul(s, &s, 10);
    struct fann *net = fann_create_standard_array(count, layers);
    struct fann_train_data *data = fann_create_train(rows, layers[0], layers[count - 1]);
    if (net == NULL || data == NULL) {
        fputs("not enough memory\n", stderr);
        return 1;
    }
    for (unsigned i = 0; i < rows; i++) {
        for (unsigned j = 0; j < layers[0]; j++)
            data->input[i][j] = (fann_type)rand() / (fann_type)RAND_MAX;
        for (unsigned j = 0; j < layers[count - 1]; j++)
            data->output[i][j] = (fann_type)rand() / (fann_type)RAND_MAX;
    }
    fann_set_training_algorithm(net, FANN_TRAIN_BATCH);
    fann_set_learning_rate(net, 0.001f);
    fann_set_activation_function_hidden(net, FANN_LINEAR_PIECE);
    fann_set_activation_function_output(net, FANN_LINEAR);
    long n = 1;
    while (run(net, data, n) < 0.2)
        n *= 2;
    int done = 0;
    while ((total < seconds || done < 3) && done < 1000)
        total += repeats[done++] = run(net, data, n);
    qsort(repeats, (size_t)done, sizeof repeats[0], ascending);
    double median = (repeats[(done - 1) / 2] + repeats[done / 2]) / 2;
    printf("{\"step_us\": %.9g, \"repeats\": %d}\n", median / (double)n * 1e6, done);
    return 0;
}
