/* What programs in C have in common: networks, and from their outputs to predictions. */
#include "export/c_lines.h"

const nu_lines nu_c_functions[] = {
    {0, NU_WIDE,
     "\n"
     "/* y = b + x W, where W has a row for each of n_x inputs. */\n"
     "static void dense(const real *x, size_t n_x, const real *W, const real *b, real *y, "
     "size_t n_y)\n"
     "{\n"
     "    for (size_t i = 0; i < n_y; i++)\n"
     "        y[i] = b[i];\n"
     "    for (size_t j = 0; j < n_x; j++, W += n_y)\n"
     "        if (x[j] != 0)\n"
     "            for (size_t i = 0; i < n_y; i++)\n"
     "                y[i] += x[j] * W[i];\n"
     "}\n"},
    {NU_WIDE, 0,
     "\n"
     "/* y = b + x W, where W has a row for each of n_x inputs. Of eights compilers make "
     "vectors. */\n"
     "static void dense(const real *x, size_t n_x, const real *W, const real *b, "
     "real *restrict y,\n"
     "                  size_t n_y)\n"
     "{\n"
     "    size_t eights = n_y / 8 * 8;\n"
     "    for (size_t i = 0; i < n_y; i++)\n"
     "        y[i] = b[i];\n"
     "    for (size_t j = 0; j < n_x; j++, W += n_y) {\n"
     "        if (x[j] == 0)\n"
     "            continue;\n"
     "        for (size_t i = 0; i < eights; i += 8)\n"
     "            for (size_t k = 0; k < 8; k++)\n"
     "                y[i + k] += x[j] * W[i + k];\n"
     "        for (size_t i = eights; i < n_y; i++)\n"
     "            y[i] += x[j] * W[i];\n"
     "    }\n"
     "}\n"},
    {NU_NORMED, 0,
     "\n"
     "/* y = x with mean 0 and variance 1. */\n"
     "static void norm(const real *x, size_t n, real *y)\n"
     "{\n"
     "    double mean = 0, variance = 0;\n"
     "    for (size_t i = 0; i < n; i++)\n"
     "        mean += (double)x[i] / (double)n;\n"
     "    for (size_t i = 0; i < n; i++)\n"
     "        variance += ((double)x[i] - mean) * ((double)x[i] - mean) / (double)n;\n"
     "    for (size_t i = 0; i < n; i++)\n"
     "        y[i] = (real)(((double)x[i] - mean) / sqrt(variance + 1e-5));\n"
     "}\n"},
    {NU_RESIDUAL, 0,
     "\n"
     "static void add(const real *x, size_t n, real *y)\n"
     "{\n"
     "    for (size_t i = 0; i < n; i++)\n"
     "        y[i] += x[i];\n"
     "}\n"},
    {NU_EMBEDS, 0,
     "\n"
     "/* Each of n numbers becomes what a layer makes of its cosines and sines; other inputs "
     "stay. */\n"
     "static void embed(const struct embedding *e, size_t n, const real *x, real *y)\n"
     "{\n"
     "    for (size_t i = 0; i < INPUTS; i++) {\n"
     "        if (n == 0 || e->input != i) {\n"
     "            *y++ = x[i];\n"
     "            continue;\n"
     "        }\n"
     "        if (e->phases != NULL)\n"
     "            *y++ = x[i];\n"
     "        for (size_t k = 0; k < e->bias_count; k++)\n"
     "            y[k] = (real)e->bias[k];\n"
     "        for (size_t j = 0; j < e->frequencies_count; j++) {\n"
     "            double angle = 2 * 3.14159265358979323846 * e->frequencies[j] * (double)x[i];\n"
     "            const double *W = e->weight + j * e->bias_count;\n"
     "            const double *V = W + e->frequencies_count * e->bias_count;\n"
     "            double wave = cos(angle + (e->phases != NULL ? e->phases[j] : 0));\n"
     "            for (size_t k = 0; k < e->bias_count; k++)\n"
     "                y[k] += (real)(wave * W[k]);\n"
     "            wave = sin(angle);\n"
     "            for (size_t k = 0; k < e->bias_count && e->phases == NULL; k++)\n"
     "                y[k] += (real)(wave * V[k]);\n"
     "        }\n"
     "        for (size_t k = 0; k < e->bias_count && e->phases == NULL; k++)\n"
     "            y[k] = y[k] < 0 ? 0 : y[k];\n"
     "        y += e->bias_count;\n"
     "        e++;\n"
     "        n--;\n"
     "    }\n"
     "}\n"},
    {0, 0, NULL},
};

const nu_lines nu_c_after[] = {
    {NU_SOFTMAX, 0,
     "\n"
     "/* Probabilities. */\n"
     "static void link(double *y)\n"
     "{\n"
     "    double most = y[0], sum = 0;\n"
     "    for (size_t k = 1; k < OUTPUTS; k++)\n"
     "        most = fmax(most, y[k]);\n"
     "    for (size_t k = 0; k < OUTPUTS; k++)\n"
     "        sum += y[k] = exp(y[k] - most);\n"
     "    for (size_t k = 0; k < OUTPUTS; k++)\n"
     "        y[k] /= sum;\n"
     "}\n"},
    {NU_SIGMOID, 0,
     "\n"
     "/* Probabilities. */\n"
     "static void link(double *y)\n"
     "{\n"
     "    for (size_t k = 0; k < OUTPUTS; k++)\n"
     "        y[k] = 1 / (1 + exp(-y[k]));\n"
     "}\n"},
    {NU_EXP, 0,
     "\n"
     "static void link(double *y)\n"
     "{\n"
     "    for (size_t k = 0; k < OUTPUTS; k++)\n"
     "        y[k] = exp(y[k]);\n"
     "}\n"},
    {0, 0,
     "\n"
     "/* What a network makes of inputs, in double. */\n"
     "static void run(void (*one)(const real *x, real *y), const real *x, double *out)\n"
     "{\n"
     "    real y[OUTPUTS];\n"
     "    one(x, y);\n"
     "    for (size_t k = 0; k < OUTPUTS; k++)\n"
     "        out[k] = (double)y[k];\n"},
    {NU_LINKED, 0,
     "    link(out);\n"},
    {0, 0,
     "}\n"},
    {NU_LOG, 0,
     "\n"
     "static double untransformed(double v, size_t k)\n"
     "{\n"
     "    (void)k;\n"
     "    return exp(v);\n"
     "}\n"},
    {NU_LOG1P, 0,
     "\n"
     "static double untransformed(double v, size_t k)\n"
     "{\n"
     "    (void)k;\n"
     "    return expm1(v);\n"
     "}\n"},
    {NU_BOX_COX, 0,
     "\n"
     "/* The inverse of (v^lambda - 1) / lambda. */\n"
     "static double untransformed(double y, size_t k)\n"
     "{\n"
     "    double lambda = targets[k].lambda, power = lambda * y, v;\n"
     "    if (lambda == 0)\n"
     "        return exp(y);\n"
     "    if (power <= -1)\n"
     "        return lambda > 0 ? 0 : targets[k].most;\n"
     "    v = exp(log1p(power) / lambda);\n"
     "    return lambda < 0 ? fmin(v, targets[k].most) : v;\n"
     "}\n"},
    {NU_INTERVALS | NU_LOG, 0,
     "\n"
     "static double transformed(double v, size_t k)\n"
     "{\n"
     "    (void)k;\n"
     "    return log(v);\n"
     "}\n"},
    {NU_INTERVALS | NU_LOG1P, 0,
     "\n"
     "static double transformed(double v, size_t k)\n"
     "{\n"
     "    (void)k;\n"
     "    return log1p(v);\n"
     "}\n"},
    {NU_INTERVALS | NU_BOX_COX, 0,
     "\n"
     "static double transformed(double v, size_t k)\n"
     "{\n"
     "    double lambda = targets[k].lambda;\n"
     "    return lambda == 0 ? log(v) : expm1(lambda * log(v)) / lambda;\n"
     "}\n"},
    {NU_INTERVALS, 0,
     "\n"
     "void predict_interval(const double *out, double *low, double *high)\n"
     "{\n"
     "    for (size_t k = 0; k < PREDICT_RESULTS; k++) {\n"},
    {NU_INTERVALS, NU_TRANSFORMED,
     "        low[k] = out[k] - targets[k].width;\n"
     "        high[k] = out[k] + targets[k].width;\n"},
    {NU_INTERVALS | NU_TRANSFORMED, 0,
     "        double y = transformed(out[k], k), width = targets[k].width;\n"
     "        low[k] = untransformed(y - width, k);\n"
     "        high[k] = untransformed(y + width, k);\n"},
    {NU_INTERVALS | NU_EXP, 0,
     "        low[k] = fmax(low[k], 0);\n"},
    {NU_INTERVALS, 0,
     "    }\n"
     "}\n"},
    {0, 0, NULL},
};

const nu_lines nu_c_predict[] = {
    {0, 0,
     "\n"
     "int predict(const double *numbers, const char *const *texts, double *out)\n"
     "{\n"
     "    real x[INPUTS];\n"},
    {NU_MEMBERS, 0,
     "    double y[OUTPUTS];\n"},
    {NU_CLASSES, 0,
     "    int best = 0;\n"},
    {0, 0,
     "    if (!inputs(numbers, texts, x))\n"
     "        return -1;\n"},
    {0, NU_MEMBERS,
     "    run(network, x, out);\n"},
    {NU_MEMBERS, 0,
     "    for (size_t k = 0; k < OUTPUTS; k++)\n"
     "        out[k] = 0;\n"
     "    for (size_t m = 0; m < MEMBERS; m++) {\n"
     "        run(members[m], x, y);\n"
     "        for (size_t k = 0; k < OUTPUTS; k++)\n"
     "            out[k] += y[k] / MEMBERS;\n"
     "    }\n"},
    {NU_UNSCALED, 0,
     "    for (size_t k = 0; k < OUTPUTS; k++)\n"
     "        out[k] = out[k] / targets[k].factor + targets[k].shift;\n"},
    {NU_TRANSFORMED, 0,
     "    for (size_t k = 0; k < OUTPUTS; k++)\n"
     "        out[k] = untransformed(out[k], k);\n"},
    {NU_TWO, 0,
     "    out[1] = out[0];\n"
     "    out[0] = 1 - out[1];\n"},
    {NU_CLASSES, 0,
     "    for (int k = 1; k < PREDICT_RESULTS; k++)\n"
     "        if (out[k] > out[best])\n"
     "            best = k;\n"
     "    return best;\n"
     "}\n"},
    {0, NU_CLASSES,
     "    return 0;\n"
     "}\n"},
    {0, 0, NULL},
};
