#include "bench/bench_network.h"

#include <inttypes.h>
#include <stdlib.h>

#include "support/say.h"
#include "whole.h"

enum { MOST_UNITS = 2147483647 };

static void read_layers(bench_network *net, arguments *args)
{
    size_t n;
    char **part = split_commas(text_of(args, "layers"), &n);
    net->widths = need(calloc(n, sizeof *net->widths));
    net->layers = n - 1;
    int good = n >= 2;
    for (size_t i = 0; good && i < n; i++) {
        uint64_t units = 0;
        good = nu_parse_whole(part[i], 1, MOST_UNITS, &units);
        net->widths[i] = (size_t)units;
    }
    if (!good)
        refuse(args, "layers", "two or more whole numbers from 1 to 2147483647, separated by "
                               "commas");
    free(part);
}

void bench_network_read(bench_network *n, arguments *args)
{
    read_layers(n, args);
    n->activation = (nudge_activation)choice_of(args, "activation");
    n->loss = (nudge_loss)choice_of(args, "loss");
    if (n->loss == NUDGE_LOSS_AUTO)
        n->loss = n->widths[n->layers] > 1 ? NUDGE_CROSS_ENTROPY : NUDGE_MSE;
    n->pixels = given(args, "pixels");
}

void bench_network_end(bench_network *n)
{
    free(n->widths);
    n->widths = NULL;
}

double bench_network_weights(const bench_network *n)
{
    double weights = 0;
    for (size_t i = 0; i < n->layers; i++)
        weights += (double)n->widths[i] * (double)n->widths[i + 1];
    return weights;
}

static nudge_status make_model(nudge_model **model, const bench_network *n, nudge_dtype dtype,
                               nudge_error *err)
{
    nudge_model_options o = nudge_model_defaults();
    nudge_activation *activations = need(calloc(n->layers, sizeof *activations));
    for (size_t i = 0; i + 1 < n->layers; i++)
        activations[i] = n->activation;
    activations[n->layers - 1] = NUDGE_IDENTITY;
    o.dtype = dtype;
    o.layers = n->layers;
    o.widths = n->widths;
    o.activations = activations;
    o.loss = n->loss;
    nudge_status status = nudge_model_create(model, &o, NULL, err);
    free(activations);
    return status;
}

nudge_status bench_network_make(nudge_model **model, nudge_dataset **data, const bench_network *n,
                                nudge_dtype dtype, size_t rows, uint64_t seed, nudge_error *err)
{
    nudge_status status = make_model(model, n, dtype, err);
    if (status == NUDGE_OK)
        status = nudge_dataset_random(data, dtype, rows, n->widths[0], n->widths[n->layers],
                                      n->loss == NUDGE_CROSS_ENTROPY, n->pixels, seed, err);
    return status;
}

void bench_network_print(const bench_network *n, nudge_dtype dtype, uint64_t parameters)
{
    printf("network     ");
    for (size_t i = 0; i <= n->layers; i++)
        printf("%s%zu", i > 0 ? "-" : "", n->widths[i]);
    if (n->layers > 1)
        printf(" %s", nudge_activation_name(n->activation));
    printf(", %" PRIu64 " parameters, %s; loss %s", parameters, nudge_dtype_name(dtype),
           nudge_loss_name(n->loss));
}

void bench_network_json(json_t *object, const bench_network *n)
{
    json_t *widths = json_new_list();
    for (size_t i = 0; i <= n->layers; i++)
        json_add(widths, json_integer((json_int_t)n->widths[i]));
    json_put(object, "layers", widths);
    json_put_text(object, "activation", nudge_activation_name(n->activation));
    json_put_text(object, "loss", nudge_loss_name(n->loss));
}
