/* What programs are told of columns: which numbers are likely, in pages; scales, categories and
 * what stands for missing cells. That they predict as nudge does: cli_export.sh, cli_onnx.sh. */
#include <jansson.h>

#include "folder_fixtures.h"
#include "prep/prep_json.h"
#include "suite.h"
#include "table_fixtures.h"

static nudge_error err;

/* One layer behind the inputs. */
static nudge_model *model_of(const nudge_prep *prep)
{
    nudge_prep_info info = nudge_prep_describe(prep);
    nudge_model *m = NULL;
    nudge_model_options o = nudge_model_defaults();
    o.layers = 1;
    o.widths = (size_t[]){info.features, info.outputs};
    o.loss = info.loss;
    o.dtype = NUDGE_F64;
    ck_ok(nudge_model_create(&m, &o, prep, &err), &err);
    return m;
}

/* Of the table, which is freed. */
static nudge_model *learned(nudge_table *t, nudge_prep_options o)
{
    nudge_prep *prep = NULL;
    o.size = sizeof o;
    ck_ok(nudge_prep_fit(&prep, t, NULL, 0, &o, &err), &err);
    nudge_model *m = model_of(prep);
    nudge_prep_free(prep);
    nudge_table_free(t);
    return m;
}

static nudge_table *table_of(const char *csv)
{
    nudge_read_options o = nudge_read_defaults();
    nudge_table *t = NULL;
    o.target = "y";
    o.threads = 1;
    write_in_folder("rows.csv", csv);
    ck_ok(nudge_table_read(&t, in_folder("rows.csv"), &o, &err), &err);
    return t;
}

/* The program of this name has that text. */
static void ck_program(const nudge_model *m, const char *name, const char *part)
{
    ck_ok(nudge_model_export(m, in_folder(name), NULL, &err), &err);
    char *text = text_in_folder(name);
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in %.2000s", part, text);
    free(text);
}

/* ---- Pages ------------------------------------------------------------------------------- */

/* Of one column; the model is freed. */
static void ck_ranges(nudge_model *m, const char *ranges)
{
    char part[300];
    snprintf(part, sizeof part, "const ranges = [\n  %s,\n];\n", ranges);
    ck_program(m, "m.html", part);
    nudge_model_free(m);
}

#define ODD "1,1\n3,2\n5,4\n7,3\n"
#define DAYS "2001-02-03,1\n2001-02-04,2\n2001-02-06,4\n,3\n" /* 11356, 11357, 11359 */
#define TIMES "2001-02-03T12:00,1\n2001-02-04,2\n2001-02-06,4\n,3\n"

/* Where a field starts, its step and, where they are known, the least and the most. */
static const struct {
    const char *rows; /* of a and y */
    nudge_prep_options options;
    const char *range;
} pages[] = {
    {ODD, {.scale = NUDGE_SCALE_NONE}, "[4, 0]"},
    {ODD, {.scale = NUDGE_SCALE_MINMAX}, "[4, 0.05, 1, 7]"},
    /* Two standard deviations around the mean, sqrt 5 and 4: not below 0 where most is above. */
    {ODD, {.scale = NUDGE_SCALE_STANDARD}, "[4, 0.05, 0, 8.5]"},
    {"101,1\n103,2\n105,4\n107,3\n", {.scale = NUDGE_SCALE_STANDARD}, "[104, 0.05, 99.5, 108.5]"},
    {"-1,1\n-3,2\n-5,4\n-7,3\n", {.scale = NUDGE_SCALE_STANDARD}, "[-4, 0.05, -8.5, 0.5]"},
    /* Quantiles: steps are whole where numbers are. */
    {ODD, {.scale = NUDGE_SCALE_QUANTILE}, "[4, 1, 1, 7]"},
    {"1,1\n3,2\n5.5,4\n7,3\n", {.scale = NUDGE_SCALE_QUANTILE}, "[4.25, 0.05, 1, 7]"},
    {"1,1\n3,2\n5,4\n3000,3\n", {.scale = NUDGE_SCALE_QUANTILE}, "[0, 20, 0, 3000]"},
    {"5,1\n6,2\n8,4\n,3\n", {.encode = NUDGE_ENCODE_PIECEWISE}, "[6, 1, 5, 8]"},
    {"5,1\n6,2\n8,4\n9,3\n", {.encode = NUDGE_ENCODE_FOURIER}, "[7, 0.05, 3.8, 10.2]"},
    /* One value has no quantiles: around it. */
    {"5,1\n5,2\n5,4\n,3\n", {.scale = NUDGE_SCALE_QUANTILE}, "[5, 0.02, 3, 7]"},
    /* What stands for missing numbers. */
    {"5,1\n6,2\n5,4\n,3\n", {.scale = NUDGE_SCALE_MINMAX, .fill = NUDGE_FILL_ZERO},
     "[0, 0.05, 0, 6]"},
    {"5,1\n6,2\n5,4\n,3\n", {.scale = NUDGE_SCALE_NONE, .fill = NUDGE_FILL_ZERO}, "[0, 0]"},
    {"100,1\n101,2\n100,4\n101,3\n100,1\n101,1\n,2\n", {.scale = NUDGE_SCALE_STANDARD,
     .fill = NUDGE_FILL_ZERO}, "[86, 1, 15, 157]"}, /* 0 is no likely number */
    {"-100,1\n-101,2\n-100,4\n-101,3\n-100,1\n-101,1\n,2\n", {.scale = NUDGE_SCALE_STANDARD,
     .fill = NUDGE_FILL_ZERO}, "[-86, 1, -157, -15]"},
    {"-2,1\n2,2\n2,4\n-2,3\n", {.scale = NUDGE_SCALE_STANDARD}, "[0, 0.05, -4, 4]"},
    /* Steps of 1, 2, 5 and 10 times a power of 10. */
    {"0,1\n200,2\n150,4\n30,3\n", {.scale = NUDGE_SCALE_MINMAX}, "[90, 1, 0, 200]"},
    {"0,1\n300,2\n150,4\n30,3\n", {.scale = NUDGE_SCALE_MINMAX}, "[90, 2, 0, 300]"},
    {"0,1\n1000,2\n200,4\n300,3\n", {.scale = NUDGE_SCALE_MINMAX}, "[250, 5, 0, 1000]"},
    {"0,1\n1800,2\n200,4\n300,3\n", {.scale = NUDGE_SCALE_MINMAX}, "[250, 10, 0, 1800]"},
    {"-1e308,1\n3,2\n5,4\n7e307,3\n", {.scale = NUDGE_SCALE_MINMAX},
     "[0, 1e+306, -1.01e+308, 7e+307]"},
    /* Dates start at the median; a step of 1 says that they have no times. */
    {DAYS, {.scale = NUDGE_SCALE_STANDARD}, "[11357, 1]"},
    {DAYS, {.scale = NUDGE_SCALE_QUANTILE}, "[11357, 1]"},
    {TIMES, {.scale = NUDGE_SCALE_QUANTILE}, "[11357, 0]"},
    {TIMES, {.scale = NUDGE_SCALE_STANDARD, .fill = NUDGE_FILL_MEAN}, "[11357.5, 0]"},
    {"x,1\nz,2\nx,4\nz,3\n", {.scale = NUDGE_SCALE_STANDARD}, "[0, 0]"},
};

START_TEST(ranges_of_columns)
{
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        char csv[100];
        nudge_prep_options o = pages[i].options;
        o.loss = NUDGE_MSE;
        snprintf(csv, sizeof csv, "a,y\n%s", pages[i].rows);
        ck_ranges(learned(table_of(csv), o), pages[i].range);
    }
}
END_TEST

/* As a file may have it: the least and the most are further apart than numbers go. */
START_TEST(range_that_is_none)
{
    nudge_prep *p = NULL, *wide = NULL;
    nudge_prep_options o = {.size = sizeof o, .scale = NUDGE_SCALE_STANDARD, .loss = NUDGE_MSE};
    nudge_table *t = table_of("a,y\n" ODD);
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
    json_t *json = nu_prep_to_json(p);
    json_object_set_new(json, "factor", json_real(1e-310));
    ck_ok(nu_prep_from_json(&wide, json, "m", &err), &err);
    ck_ranges(model_of(wide), "[4, 0]");
    json_decref(json);
    nudge_prep_free(p);
    nudge_prep_free(wide);
    nudge_table_free(t);
}
END_TEST

static nudge_table *matrix_of(nu_element element, size_t features, const double *x)
{
    nudge_table *t = table_matrix(element, 4, features, x);
    table_values(t, 1, (double[]){1, 2, 4, 3});
    return t;
}

START_TEST(pages_of_matrices)
{
    const double x[] = {1, 0, 3, 8, 5, 2, 7, 8};
    nudge_model *m = made_model(NUDGE_MSE, NUDGE_F64, 1, (size_t[]){2, 1}, NUDGE_IDENTITY,
                                NUDGE_IDENTITY, 1);
    ck_ranges(m, "[0, 0],\n  [0, 0]");
    m = learned(matrix_of(NU_F64, 2, x), (nudge_prep_options){.scale = NUDGE_SCALE_MINMAX});
    ck_program(m, "m.html", "const letter = 'x';\n");
    ck_ranges(m, "[4, 0.05, 1, 7],\n  [4, 0.05, 0, 8]");
    m = learned(matrix_of(NU_U8, 2, x), (nudge_prep_options){.scale = NUDGE_SCALE_AUTO});
    ck_program(m, "m.html", "const letter = 'p';\n");
    ck_ranges(m, "[0, 1, 0, 255],\n  [0, 1, 0, 255]");
}
END_TEST

/* Of as many rows and columns of pixels. */
static nudge_model *pictures(size_t rows, size_t columns)
{
    static const double x[24] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    nudge_table *t = matrix_of(NU_U8, rows * columns, x);
    t->pixel_rows = rows;
    t->pixel_columns = columns;
    return learned(t, (nudge_prep_options){.scale = NUDGE_SCALE_AUTO});
}

START_TEST(pages_of_pictures)
{
    nudge_model *m = pictures(3, 2);
    ck_program(m, "m.html", "const height = 3, width = 2;\n");
    nudge_model_free(m);
    const size_t odd[2][2] = {{2, 3}, {3, 1}};
    m = pictures(odd[_i][0], odd[_i][1]);
    if (_i == 0)
        ck_program(m, "m.html", "const height = 2, width = 3;\n");
    else
        ck_says(nudge_model_export(m, in_folder("n.html"), NULL, &err), NUDGE_EARGUMENT,
                "the model's have 3 x 1 pixels", &err);
    ck_assert(!exists("n.html"));
    nudge_model_free(m);
}
END_TEST

/* ---- Records ----------------------------------------------------------------------------- */

/* The columns of a model, as JSON has them; it is freed. */
static void ck_columns(nudge_model *m, const char *columns)
{
    ck_program(m, "m.json", columns);
    nudge_model_free(m);
}

/* Two columns of one shift are scaled by factors of their own, those of one factor from shifts of
 * their own, and a matrix where both are the same by one scale. */
START_TEST(scales_of_matrices)
{
    const double factors[] = {0, 0, 2, 8, 1, 2, 1, 4}, shifts[] = {0, 1, 4, 5, 1, 2, 1, 4};
    const double same[] = {0, 4, 4, 0, 1, 2, 1, 2};
    const nudge_prep_options o = {.scale = NUDGE_SCALE_MINMAX};
    ck_columns(learned(matrix_of(NU_F64, 2, factors), o),
               "\"columns\": [\n    {\"name\": \"x1\", \"shift\": 0, \"factor\": 0.5},\n"
               "    {\"name\": \"x2\", \"shift\": 0, \"factor\": 0.125}\n  ],\n");
    ck_columns(learned(matrix_of(NU_F64, 2, shifts), o),
               "\"columns\": [\n    {\"name\": \"x1\", \"shift\": 0, \"factor\": 0.25},\n"
               "    {\"name\": \"x2\", \"shift\": 1, \"factor\": 0.25}\n  ],\n");
    nudge_model *m = learned(matrix_of(NU_F64, 2, same), o);
    ck_program(m, "m.c", "static const struct column column = {.shift = 0, .factor = 0.25};\n");
    ck_columns(m, "\"column_count\": 2,\n  \"column\": {\"shift\": 0, \"factor\": 0.25},\n");
    m = learned(matrix_of(NU_F64, 2, same), (nudge_prep_options){.scale = NUDGE_SCALE_QUANTILE});
    ck_columns(m, "{\"name\": \"x2\", \"quantiles\": [\n        0, ");
}
END_TEST

/* Mean and deviation of the three rows with a, or without: signed categories are 1 and -1. */
START_TEST(categories)
{
    const char *csv = "a,y\nl,1\nl,2\nr,3\n,4\n";
    nudge_prep_options o = {.scale = NUDGE_SCALE_NONE, .category_code = NUDGE_SIGNED};
    o.loss = NUDGE_MSE;
    ck_columns(learned(table_of(csv), o), "\"categories\": [\"l\", \"r\"], \"sides\": [\n"
                                          "        1, -1, 0]}\n");
    o.min_count = 2;
    ck_columns(learned(table_of(csv), o), "\"categories\": [\"l\"], \"other\": true, \"sides\": [\n"
                                          "        1, -1, 0]}\n");
    o = (nudge_prep_options){.scale = NUDGE_SCALE_MINMAX, .category_code = NUDGE_ONE_HOT,
                             .loss = NUDGE_MSE, .scale_categories = 1};
    ck_columns(learned(table_of(csv), o), "\"on\": [\n        1, 1], \"off\": [\n        0, 0]}\n");
    o.category_code = NUDGE_ORDINAL;
    ck_columns(learned(table_of(csv), o), "\"ordinal\": true, \"shift\": -1, \"factor\": 0.5}\n");
}
END_TEST

#define BITS "a,y\n0,1\n1,0\n2,0\n3,1\n4,1\n"
#define COUNTS "a,y\n0,0\n1,2\n2,4\n3,2\n4,1\n"
#define SKEWED "a,y\n0,0.161\n1,0.304\n2,0.176\n3,0.475\n4,1.886\n5,0.244\n"

/* What links outputs and predictions, and what is known of targets. The lambda is where Box and
 * Cox's likelihood of the six numbers is largest, by another program. */
START_TEST(targets)
{
    static const struct {
        const char *csv;
        nudge_prep_options options;
        const char *part;
    } all[] = {
        {BITS, {.loss = NUDGE_BCE}, "\"link\": \"sigmoid\",\n  \"transform\": \"none\",\n"
         "  \"targets\": [\n    {\"name\": \"y\"}\n  ],\n  \"classes\": [\"0\", \"1\"]\n"},
        {BITS, {.two_outputs = 1}, "\"link\": \"softmax\",\n  \"transform\": \"none\",\n"
         "  \"targets\": [\n    {\"name\": \"y\"}\n  ],\n  \"classes\": [\"0\", \"1\"]\n"},
        {"a,y\n0,p\n1,n\n2,n\n", {.loss = NUDGE_BCE}, "\"classes\": [\"n\", \"p\"]\n"},
        {COUNTS, {.loss = NUDGE_POISSON}, "\"link\": \"exp\",\n  \"transform\": \"none\",\n"
         "  \"targets\": [\n    {\"name\": \"y\"}\n  ],\n"},
        {COUNTS, {.loss = NUDGE_MSE, .target_scale = NUDGE_SCALE_MINMAX}, "\"targets\": [\n"
         "    {\"name\": \"y\", \"shift\": 0, \"factor\": 0.25}\n"},
        {SKEWED, {.loss = NUDGE_MSE, .target_transform = NUDGE_TRANSFORM_LOG},
         "\"link\": \"identity\",\n  \"transform\": \"log\",\n"},
        {SKEWED, {.loss = NUDGE_MSE, .target_transform = NUDGE_TRANSFORM_BOX_COX,
                  .target_scale = NUDGE_SCALE_NONE},
         "\"transform\": \"box-cox\",\n  \"targets\": [\n    {\"name\": \"y\", "
         "\"lambda\": -0.8518415"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ck_columns(learned(table_of(all[i].csv), all[i].options), all[i].part);
}
END_TEST

/* Control characters are written as each language has them. */
START_TEST(control_characters)
{
    static const char *const programs[][2] = {
        {"m.c", "{\"a\\011b\", \"a\\1770\"}"}, {"m.py", "[\"a\\x09b\", \"a\\x7f0\"]"},
        {"m.json", "[\"a\\u0009b\", \"a\\u007f0\"]"}, {"m.js", "[\"a\\x09b\", \"a\\x7f0\"]"}};
    const char *const texts[] = {"a\tb", "a\x7f" "0"};
    nudge_table *t = table_columns(2, 2);
    table_texts(t, 0, "x", texts, texts, 2);
    table_numbers(t, 1, "y", (double[]){1, 2});
    t->columns[1].is_target = 1;
    nudge_model *m = learned(t, (nudge_prep_options){.loss = NUDGE_MSE});
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        ck_program(m, programs[i][0], programs[i][1]);
    nudge_model_free(m);
}
END_TEST

static Suite *export_columns_suite(void)
{
    Suite *s = suite_create("export_columns");
    TCase *tc = tcase_create("columns");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, ranges_of_columns);
    tcase_add_test(tc, range_that_is_none);
    tcase_add_test(tc, pages_of_matrices);
    tcase_add_loop_test(tc, pages_of_pictures, 0, 2);
    tcase_add_test(tc, scales_of_matrices);
    tcase_add_test(tc, categories);
    tcase_add_test(tc, targets);
    tcase_add_test(tc, control_characters);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(export_columns_suite)
