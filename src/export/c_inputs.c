/* What programs in C have in common: from a row to the inputs of a network. */
#include "export/c_lines.h"

const nu_lines nu_c_about[] = {
    {0, 0,
     " *\n"
     " *   int predict(const double *numbers, const char *const *texts, double *out);\n"
     " *\n"},
    {NU_RECORDS, 0,
     " * takes one row. numbers[j] is the number in column j of PREDICT_COLUMNS, NAN where it "
     "is missing.\n"},
    {NU_RECORDS, NU_FILLED,
     " * None may be missing.\n"},
    {0, NU_RECORDS,
     " * takes one row of PREDICT_COLUMNS numbers.\n"},
    {NU_CATEGORIES, 0,
     " * In columns of categories texts[j] is the text instead, NULL where it is missing.\n"},
    {NU_DATES, 0,
     " * In columns of dates numbers[j] are days since 1970-01-01; where that is NAN, texts[j] "
     "may be the\n"
     " * date, such as \"2024-01-31\" or \"2024-01-31T12:30:00\", or NULL.\n"},
    {0, NU_CATEGORIES | NU_DATES,
     " * texts is not used: NULL.\n"},
    {NU_CLASSES, 0,
     " * out are PREDICT_RESULTS probabilities, those of the classes of predict_labels; the "
     "number of the\n"
     " * likeliest class is returned, -1 if a number is not finite or not what the column "
     "holds.\n"},
    {0, NU_CLASSES,
     " * out are PREDICT_RESULTS predictions. 0 is returned, -1 if a number is not finite or "
     "not what the\n"
     " * column holds.\n"},
    {NU_INTERVALS, 0,
     " * predict_interval() gives the interval around each prediction.\n"},
    {0, 0, NULL},
};

const nu_lines nu_c_declared[] = {
    {0, 0,
     "int predict(const double *numbers, const char *const *texts, double *out);\n"},
    {NU_CLASSES, 0,
     "extern const char *const predict_labels[PREDICT_RESULTS];\n"},
    {NU_INTERVALS, 0,
     "void predict_interval(const double *out, double *low, double *high);\n"},
    {0, 0, NULL},
};

const nu_lines nu_c_types[] = {
    {0, 0,
     "\n"
     "#include <math.h>\n"
     "#include <stddef.h>\n"},
    {NU_CATEGORIES, 0,
     "#include <string.h>\n"},
    {NU_RECORDS, 0,
     "\n"
     "struct column {\n"
     "    const char *name;\n"},
    {NU_DATES, 0,
     "    int date;\n"},
    {NU_CATEGORIES, 0,
     "    const char *const *categories;\n"
     "    size_t categories_count;\n"},
    {NU_ORDINALS, 0,
     "    int ordinal;\n"},
    {NU_OTHERS, 0,
     "    int other;\n"},
    {NU_SIGNED, 0,
     "    const double *sides;\n"
     "    size_t sides_count;\n"},
    {NU_WEIGHED, 0,
     "    const double *on, *off;\n"
     "    size_t on_count, off_count;\n"},
    {NU_RECORDS | NU_FILLED, 0,
     "    double fill;\n"},
    {NU_RECORDS | NU_SCALED, 0,
     "    double shift, factor;\n"},
    {NU_QUANTILES, 0,
     "    const double *quantiles;\n"
     "    size_t quantiles_count;\n"},
    {NU_BINS, 0,
     "    const double *bins;\n"
     "    size_t bins_count;\n"},
    {NU_WAVES, 0,
     "    const double *frequencies;\n"
     "    size_t frequencies_count;\n"},
    {NU_INDICATED, 0,
     "    int missing;\n"},
    {NU_RECORDS, 0,
     "};\n"},
    {NU_SCALED, NU_RECORDS,
     "\n"
     "struct column {\n"
     "    double shift, factor;\n"
     "};\n"},
    {0, 0,
     "\n"
     "struct target {\n"
     "    const char *name;\n"},
    {NU_UNSCALED, 0,
     "    double shift, factor;\n"},
    {NU_BOX_COX, 0,
     "    double lambda, most;\n"},
    {NU_INTERVALS, 0,
     "    double width;\n"},
    {0, 0,
     "};\n"},
    {NU_EMBEDS, 0,
     "\n"
     "struct embedding {\n"
     "    size_t input;\n"
     "    const double *frequencies, *phases, *weight, *bias;\n"
     "    size_t frequencies_count, phases_count, weight_count, bias_count;\n"
     "};\n"},
    {0, 0, NULL},
};

const nu_lines nu_c_numbers[] = {
    {NU_DATES, 0,
     "\n"
     "/* The number of n digits at *at, which moves behind them; -1: others are there. */\n"
     "static int digits(const char **at, int n)\n"
     "{\n"
     "    int value = 0;\n"
     "    for (; n > 0; n--, ++*at) {\n"
     "        if (**at < '0' || **at > '9')\n"
     "            return -1;\n"
     "        value = value * 10 + (**at - '0');\n"
     "    }\n"
     "    return value;\n"
     "}\n"
     "\n"
     "static int skip(const char **at, char c)\n"
     "{\n"
     "    int there = **at == c;\n"
     "    *at += there;\n"
     "    return there;\n"
     "}\n"
     "\n"
     "/* Seconds of a day: \"12:30:59.5+01:00\". 0: it is none. */\n"
     "static int seconds_of(const char **at, double *seconds)\n"
     "{\n"
     "    double unit = 1, sign;\n"
     "    int hour = digits(at, 2), minute = skip(at, ':') ? digits(at, 2) : -1;\n"
     "    int second = skip(at, ':') ? digits(at, 2) : 0, hours = 0, minutes = 0;\n"
     "    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)\n"
     "        return 0;\n"
     "    *seconds = hour * 3600 + minute * 60 + second;\n"
     "    if (skip(at, '.') || skip(at, ','))\n"
     "        for (; **at >= '0' && **at <= '9'; ++*at)\n"
     "            *seconds += (unit /= 10) * (**at - '0');\n"
     "    if (**at == '\\0' || skip(at, 'Z'))\n"
     "        return 1;\n"
     "    sign = skip(at, '+') ? 1 : skip(at, '-') ? -1 : 0;\n"
     "    hours = digits(at, 2);\n"
     "    (void)skip(at, ':');\n"
     "    minutes = **at != '\\0' ? digits(at, 2) : 0;\n"
     "    *seconds -= sign * (hours * 3600 + minutes * 60);\n"
     "    return sign != 0 && hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;\n"
     "}\n"
     "\n"
     "/* Days since 1970-01-01; infinity: it is no date. */\n"
     "static double days(const char *text)\n"
     "{\n"
     "    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};\n"
     "    const char *at = text;\n"
     "    double seconds = 0;\n"
     "    int year = digits(&at, 4), month = skip(&at, '-') ? digits(&at, 2) : -1;\n"
     "    int day = skip(&at, '-') ? digits(&at, 2) : -1, leap, era, of_year;\n"
     "    if (year < 0 || month < 1 || month > 12)\n"
     "        return INFINITY;\n"
     "    leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);\n"
     "    if (day < 1 || day > lengths[month - 1] + (month == 2 && leap))\n"
     "        return INFINITY;\n"
     "    if ((skip(&at, 'T') || skip(&at, ' ')) && !seconds_of(&at, &seconds))\n"
     "        return INFINITY;\n"
     "    year -= month <= 2; /* from here on years begin in March */\n"
     "    era = (year >= 0 ? year : year - 399) / 400;\n"
     "    of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;\n"
     "    year -= era * 400;\n"
     "    day = era * 146097 + year * 365 + year / 4 - year / 100 + of_year - 719468;\n"
     "    return *at == '\\0' ? day + seconds / 86400 : (double)INFINITY;\n"
     "}\n"},
    {NU_CATEGORIES, 0,
     "\n"
     "/* The number of the category; that behind the last: another one; -1: none. */\n"
     "static int category(const struct column *c, const char *text)\n"
     "{\n"
     "    for (size_t k = 0; text != NULL && k < c->categories_count; k++)\n"
     "        if (strcmp(text, c->categories[k]) == 0)\n"
     "            return (int)k;\n"},
    {NU_CATEGORIES, NU_OTHERS,
     "    return -1;\n"
     "}\n"},
    {NU_OTHERS, 0,
     "    return text != NULL && c->other ? (int)c->categories_count : -1;\n"
     "}\n"},
    {NU_QUANTILES, 0,
     "\n"
     "static double ratio(const double a[8], const double b[8], double r)\n"
     "{\n"
     "    double above = 0, below = 0;\n"
     "    for (int i = 7; i >= 0; i--) {\n"
     "        above = above * r + a[i];\n"
     "        below = below * r + b[i];\n"
     "    }\n"
     "    return above / below;\n"
     "}\n"
     "\n"
     "/* Of the standard normal distribution: Wichura 1988, algorithm AS 241. */\n"
     "static double normal_quantile(double part)\n"
     "{\n"
     "    static const double c[6][8] = {\n"
     "        {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,\n"
     "         1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,\n"
     "         3.3430575583588128105e4, 2.5090809287301226727e3},\n"
     "        {1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,\n"
     "         2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,\n"
     "         5.2264952788528545610e3},\n"
     "        {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,\n"
     "         3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,\n"
     "         2.27238449892691845833e-2, 7.74545014278341407640e-4},\n"
     "        {1, 2.05319162663775882187e0, 1.67638483018380384940e0, "
     "6.89767334985100004550e-1,\n"
     "         1.48103976427480074590e-1, 1.51986665636164571966e-2, "
     "5.47593808499534494600e-4,\n"
     "         1.05075007164441684324e-9},\n"
     "        {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,\n"
     "         2.96560571828504891230e-1, 2.65321895265761230930e-2, "
     "1.24266094738807843860e-3,\n"
     "         2.71155556874348757815e-5, 2.01033439929228813265e-7},\n"
     "        {1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, "
     "1.48753612908506148525e-2,\n"
     "         7.86869131145613259100e-4, 1.84631831751005468180e-5, "
     "1.42151175831644588870e-7,\n"
     "         2.04426310338993978564e-15}};\n"
     "    double off = part - 0.5, r;\n"
     "    if (fabs(off) <= 0.425)\n"
     "        return off * ratio(c[0], c[1], 0.180625 - off * off);\n"
     "    r = sqrt(-log(off < 0 ? part : 1 - part));\n"
     "    return copysign(r <= 5 ? ratio(c[2], c[3], r - 1.6) : ratio(c[4], c[5], r - 5), "
     "off);\n"
     "}\n"
     "\n"
     "/* The part of the training rows that are below v, as the normal distribution has it. */\n"
     "static double quantile_scaled(const double *q, size_t n, double v)\n"
     "{\n"
     "    const double least = 1e-7 - 0x1p-52;\n"
     "    size_t first = 0, end;\n"
     "    double part = v >= q[n - 1], last = (double)(n - 1);\n"
     "    while (first < n && q[first] < v)\n"
     "        first++;\n"
     "    for (end = first; end < n && q[end] == v;)\n"
     "        end++;\n"
     "    if (v > q[0] && v < q[n - 1])\n"
     "        part = first < end ? (double)(first + end - 1) / 2 / last\n"
     "                           : ((double)(first - 1) +\n"
     "                              (v - q[first - 1]) / (q[first] - q[first - 1])) / last;\n"
     "    return normal_quantile(fmin(fmax(part, least), 1 - least));\n"
     "}\n"},
    {NU_SCALED, 0,
     "\n"
     "static double scaled(const struct column *c, double v)\n"
     "{\n"},
    {NU_QUANTILES, 0,
     "    if (c->quantiles != NULL)\n"
     "        return isfinite(v) ? quantile_scaled(c->quantiles, c->quantiles_count, v) : v;\n"},
    {NU_SCALED, NU_ROBUST,
     "    return (v - c->shift) * c->factor;\n"
     "}\n"},
    {NU_ROBUST, 0,
     "    double z = (v - c->shift) * c->factor;\n"
     "    return isfinite(z) ? z / hypot(1, z / 3) : z;\n"
     "}\n"},
    {0, 0, NULL},
};

const nu_lines nu_c_inputs[] = {
    {0, 0,
     "\n"
     "/* The network's inputs. 0: a number is not finite. */\n"},
    {NU_RECORDS, 0,
     "static int inputs(const double *numbers, const char *const *texts, real *x)\n"
     "{\n"},
    {NU_RECORDS, NU_CATEGORIES | NU_DATES,
     "    (void)texts;\n"},
    {NU_RECORDS, 0,
     "    for (size_t j = 0; j < PREDICT_COLUMNS; j++) {\n"
     "        const struct column *c = &columns[j];\n"
     "        double z = numbers[j];\n"},
    {NU_DATES, 0,
     "        if (c->date && isnan(z) && texts != NULL && texts[j] != NULL)\n"
     "            z = days(texts[j]);\n"},
    {NU_INDICATED, 0,
     "        int is_missing = isnan(z);\n"},
    {NU_RECORDS | NU_FILLED, NU_CATEGORIES,
     "        if (isnan(z))\n"
     "            z = c->fill;\n"},
    {NU_CATEGORIES, 0,
     "        if (c->categories != NULL)\n"
     "            z = category(c, texts != NULL ? texts[j] : NULL);\n"
     "        else if (isnan(z))\n"
     "            z = c->fill;\n"},
    {NU_SIGNED, 0,
     "        if (c->sides != NULL) {\n"
     "            *x++ = (real)c->sides[z < 0 ? 2 : z > 0];\n"
     "            continue;\n"
     "        }\n"},
    {NU_ONE_HOTS, NU_ORDINALS,
     "        if (c->categories != NULL) {\n"},
    {NU_ONE_HOTS | NU_ORDINALS, 0,
     "        if (c->categories != NULL && !c->ordinal) {\n"},
    {NU_ONE_HOTS, NU_OTHERS,
     "            for (size_t k = 0; k < c->categories_count; k++)\n"},
    {NU_ONE_HOTS | NU_OTHERS, 0,
     "            for (size_t k = 0; k < c->categories_count + (c->other != 0); k++)\n"},
    {NU_ONE_HOTS, NU_WEIGHED,
     "                *x++ = (double)k == z;\n"},
    {NU_WEIGHED, 0,
     "                *x++ = (real)((double)k == z ? c->on[k] : c->off[k]);\n"},
    {NU_ONE_HOTS, 0,
     "            continue;\n"
     "        }\n"},
    {NU_RECORDS | NU_SCALED, 0,
     "        z = scaled(c, z);\n"},
    {NU_ROUNDED, 0,
     "        z = (float)z;\n"},
    {NU_RECORDS, 0,
     "        if (!isfinite((real)z))\n"
     "            return 0;\n"
     "        *x++ = (real)z;\n"},
    {NU_BINS, 0,
     "        for (size_t k = 1; k < c->bins_count; k++) {\n"
     "            const double *edge = c->bins + k - 1;\n"
     "            *x++ = (real)fmin(fmax((z - edge[0]) / (edge[1] - edge[0]), 0), 1);\n"
     "        }\n"},
    {NU_WAVES, 0,
     "        for (size_t k = 0; k < c->frequencies_count; k++) {\n"
     "            double turn = 2 * 3.14159265358979323846 * c->frequencies[k] * z;\n"
     "            *x++ = (real)cos(turn);\n"
     "            *x++ = (real)sin(turn);\n"
     "        }\n"},
    {NU_INDICATED, 0,
     "        if (c->missing)\n"
     "            *x++ = (real)is_missing;\n"},
    {NU_RECORDS, 0,
     "    }\n"
     "    return 1;\n"
     "}\n"},
    {0, NU_RECORDS,
     "static int inputs(const double *numbers, const char *const *texts, real *x)\n"
     "{\n"
     "    (void)texts;\n"
     "    for (size_t j = 0; j < PREDICT_COLUMNS; j++) {\n"},
    {NU_SCALED, NU_RECORDS,
     "        x[j] = (real)scaled(&column, numbers[j]);\n"},
    {0, NU_RECORDS | NU_SCALED,
     "        x[j] = (real)numbers[j];\n"},
    {0, NU_RECORDS,
     "        if (!isfinite(x[j]))\n"
     "            return 0;\n"
     "    }\n"
     "    return 1;\n"
     "}\n"},
    {0, 0, NULL},
};
