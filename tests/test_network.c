#include <limits.h>
#include <math.h>
#include <string.h>

#include "net/network.h"
#include "suite.h"

static nudge_model_options options_of(size_t layers, const size_t *widths)
{
    nudge_model_options o = nudge_model_defaults();
    o.layers = layers;
    o.widths = widths;
    return o;
}

/* Offsets are multiples of 16, tensors do not overlap, each is followed by less than 16 reals of
 * padding, and without padding there are sum (in + 1) * out parameters. */
START_TEST(layout)
{
    static const size_t widths[] = {3, 16, 1, 17, 5};
    nudge_model_options o = options_of(4, widths);
    nu_network net;
    ck_assert_int_eq(nu_network_start(&net, &o, NULL), NUDGE_OK);
    size_t end = 0;
    uint64_t parameters = 0;
    for (size_t l = 0; l < 4; l++) {
        size_t weights = widths[l] * widths[l + 1], biases = widths[l + 1];
        ck_assert_uint_eq(net.weight_at[l], (end + 15) / 16 * 16);
        end = net.weight_at[l] + weights;
        ck_assert_uint_eq(net.bias_at[l], (end + 15) / 16 * 16);
        end = net.bias_at[l] + biases;
        parameters += weights + biases;
    }
    ck_assert_uint_eq(net.size, (end + 15) / 16 * 16);
    ck_assert_uint_eq(net.parameters, parameters);
    ck_assert_uint_eq(net.widest, 17);
    ck_assert_uint_eq(net.layers, 4);
    ck_assert_int_eq(net.loss, NUDGE_MSE);
    nu_network_end(&net);
}
END_TEST

START_TEST(owns_copies_and_defaults)
{
    size_t widths[] = {2, 3, 1};
    nudge_activation activations[] = {NUDGE_TANH, NUDGE_SIGMOID};
    nudge_model_options o = options_of(2, widths);
    nu_network net;
    ck_assert_int_eq(nu_network_start(&net, &o, NULL), NUDGE_OK);
    ck_assert_int_eq(net.activation[0], NUDGE_RELU);
    ck_assert_int_eq(net.activation[1], NUDGE_IDENTITY);
    nu_network_end(&net);

    o.activations = activations;
    o.loss = NUDGE_HUBER;
    o.loss_parameter = 2.5;
    ck_assert_int_eq(nu_network_start(&net, &o, NULL), NUDGE_OK);
    widths[0] = 9;
    activations[0] = NUDGE_ELU;
    ck_assert_uint_eq(net.width[0], 2);
    ck_assert_int_eq(net.activation[0], NUDGE_TANH);
    ck_assert_int_eq(net.activation[1], NUDGE_SIGMOID);
    ck_assert(net.loss_parameter == 2.5);
    nu_network_end(&net);
    nu_network_end(&net); /* harmless */
}
END_TEST

static void refused(const nudge_model_options *o, const char *message)
{
    nudge_error err;
    nu_network net = {.layers = 77};
    ck_assert_int_eq(nu_network_start(&net, o, &err), NUDGE_EARGUMENT);
    ck_assert_str_eq(err.text, message);
    ck_assert_uint_eq(net.layers, 77);
}

START_TEST(widths_are_checked)
{
    static const size_t big = (size_t)INT_MAX + 1;
    nudge_model_options o = options_of(0, NULL);
    refused(&o, "a network needs at least one layer");
    o.layers = 1;
    refused(&o, "a network needs at least one layer");
    o = options_of(1, (size_t[]){0, 1});
    refused(&o, "layer 0: it has no inputs (width 0)");
    o = options_of(3, (size_t[]){2, 3, 0, 1});
    refused(&o, "layer 1: width 0: at least 1 is needed");
    o = options_of(3, (size_t[]){784, 4000000000, 4000000000, 10});
    refused(&o, "layer 1: 4000000000 x 4000000000 weights overflow");
    o = options_of(1, (size_t[]){SIZE_MAX, 2});
    refused(&o, "layer 0: 2 x 18446744073709551615 weights overflow");
    o = options_of(2, (size_t[]){1, big, 1});
    refused(&o, "layer 0: width 2147483648: at most 2147483647 is possible");
    o = options_of(2, (size_t[]){big, 1, 1});
    refused(&o, "layer 0: width 2147483648: at most 2147483647 is possible");
    o = options_of(2, (size_t[]){1000000000, 1000000000, 1000000000}); /* each alone would do */
    refused(&o, "layer 1: 1000000000 x 1000000000 weights and those before them overflow");
    o.layers = SIZE_MAX;
    nudge_error err;
    nu_network net;
    ck_assert_int_eq(nu_network_start(&net, &o, &err), NUDGE_EARGUMENT);
}
END_TEST

START_TEST(choices_are_checked)
{
    size_t widths[] = {2, 3, 1};
    nudge_activation activations[] = {NUDGE_RELU, NUDGE_SIGMOID};
    nudge_model_options o = options_of(2, widths);
    nu_network net;
    o.loss = NUDGE_LOSS_AUTO;
    refused(&o, "a network needs a loss of its own, not 'auto'");
    o.loss = (nudge_loss)42;
    refused(&o, "a network needs a loss of its own, not 'unknown'");
    static const struct {
        nudge_loss loss;
        double value;
        const char *message;
    } bad[] = {
        {NUDGE_HUBER, 0, "huber_delta 0 is not a positive number"},
        {NUDGE_HUBER, -1, "huber_delta -1 is not a positive number"},
        {NUDGE_HUBER, INFINITY, "huber_delta inf is not a positive number"},
        {NUDGE_QUANTILE, 0, "quantile 0 is not a number above 0 and below 1"},
        {NUDGE_QUANTILE, 1, "quantile 1 is not a number above 0 and below 1"},
        {NUDGE_FOCAL, -0.5, "focal_gamma -0.5 is not a number from 0 up"},
        {NUDGE_FOCAL, INFINITY, "focal_gamma inf is not a number from 0 up"},
        {NUDGE_CROSS_ENTROPY, -0.1, "label_smoothing -0.1 is not a number from 0 up and below 1"},
        {NUDGE_CROSS_ENTROPY, 1, "label_smoothing 1 is not a number from 0 up and below 1"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        o.loss = bad[i].loss;
        o.loss_parameter = bad[i].value;
        refused(&o, bad[i].message);
    }
    o.loss_parameter = 0; /* of no use elsewhere, so not looked at */
    o.loss = NUDGE_MAE;
    ck_assert_int_eq(nu_network_start(&net, &o, NULL), NUDGE_OK);
    ck_assert(isnan(net.loss_parameter));
    nu_network_end(&net);
    o.loss = NUDGE_FOCAL;
    o.loss_parameter = NAN;
    ck_assert_int_eq(nu_network_start(&net, &o, NULL), NUDGE_OK);
    ck_assert(net.loss_parameter == 2); /* its default */
    nu_network_end(&net);

    o.activations = activations;
    static const nudge_loss fused[] = {NUDGE_CROSS_ENTROPY, NUDGE_BCE, NUDGE_POISSON};
    for (size_t i = 0; i < 3; i++) {
        char message[120];
        o.loss = fused[i];
        snprintf(message, sizeof message,
                 "output activation sigmoid: with loss %s it must be identity (the loss has its "
                 "own)",
                 nudge_loss_name(fused[i]));
        refused(&o, message);
    }
    o.loss = NUDGE_MSE;
    ck_assert_int_eq(nu_network_start(&net, &o, NULL), NUDGE_OK);
    nu_network_end(&net);
    activations[0] = (nudge_activation)99;
    refused(&o, "layer 0: activation 99 is unknown");
}
END_TEST

static Suite *network_suite(void)
{
    Suite *s = suite_create("network");
    TCase *tc = tcase_create("network");
    tcase_add_test(tc, layout);
    tcase_add_test(tc, owns_copies_and_defaults);
    tcase_add_test(tc, widths_are_checked);
    tcase_add_test(tc, choices_are_checked);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(network_suite)
