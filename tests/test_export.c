/* Models as programs, by the library: which language, what is refused, models without
 * preprocessing. That programs predict as nudge does: cli_export.sh. */
#include <locale.h>

#include "export/known.h"
#include "folder_fixtures.h"
#include "model/model.h"
#include "prep/prep.h"
#include "suite.h"
#include "table_fixtures.h"

static nudge_error err;

START_TEST(languages_of_files)
{
    static const struct {
        const char *path;
        nudge_language language;
    } files[] = {
        {"m.c", NUDGE_LANGUAGE_C},         {"a.c/m.h", NUDGE_LANGUAGE_C_HEADER},
        {"m.js", NUDGE_LANGUAGE_JS},       {"m.mjs", NUDGE_LANGUAGE_JS},
        {"m.cjs", NUDGE_LANGUAGE_JS},      {"x.y/m.py", NUDGE_LANGUAGE_PYTHON},
        {"m.json", NUDGE_LANGUAGE_JSON},   {"m.html", NUDGE_LANGUAGE_HTML},
        {"m.onnx", NUDGE_LANGUAGE_ONNX},   {"m.on", NUDGE_LANGUAGE_AUTO},
        {"m.j", NUDGE_LANGUAGE_AUTO},      {"m.c.txt", NUDGE_LANGUAGE_AUTO},
        {"m.", NUDGE_LANGUAGE_AUTO},       {"folder.c/m", NUDGE_LANGUAGE_AUTO},
        {"-", NUDGE_LANGUAGE_AUTO},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        ck_assert_msg(nudge_language_of(files[i].path) == files[i].language, "%s",
                      files[i].path);
}
END_TEST

static void ck_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in %.2000s", part, text);
}

/* Numbers are written as the C locale has them, exactly; classes without labels are numbered. */
START_TEST(without_preprocessing)
{
    const size_t widths[] = {1, 2};
    const double weight[] = {0.1, -2}, bias[] = {1e-300, 123456789};
    nudge_model *m = made_model(NUDGE_CROSS_ENTROPY, NUDGE_F64, 1, widths, NUDGE_IDENTITY,
                                NUDGE_IDENTITY, 1);
    ck_ok(nudge_model_set_layer(m, 0, weight, bias, &err), &err);
    (void)setlocale(LC_ALL, "de_DE.UTF-8"); /* where there is one */
    ck_ok(nudge_model_export(m, in_folder("m.js"), NULL, &err), &err);
    char *text = text_in_folder("m.js");
    ck_has(text, "const classes = [\"0\", \"1\"];\n");
    ck_has(text, "const W1 = [\n  [0.1],\n  [-2]\n];\nconst b1 = [1e-300, 123456789];\n");
    free(text);
    ck_ok(nudge_model_export(m, in_folder("m.json"), NULL, &err), &err);
    text = text_in_folder("m.json");
    ck_has(text, "\"link\": \"softmax\",\n  \"transform\": \"none\",\n  \"targets\": [\n"
                 "    {\"name\": \"y1\"}\n  ],\n  \"classes\": [\"0\", \"1\"]\n");
    free(text);
    nudge_model_free(m);
}
END_TEST

/* Weights of f32 models have 9 digits where fewer are not exact. */
START_TEST(floats)
{
    const size_t widths[] = {2, 1};
    const double weight[] = {0.1, 0.25}, bias[] = {0};
    nudge_dtype dtype = NUDGE_F64;
    nudge_export_options o = nudge_export_defaults();
    nudge_model *m = made_model(NUDGE_MSE, NUDGE_F32, 1, widths, NUDGE_IDENTITY, NUDGE_IDENTITY, 1);
    ck_ok(nudge_model_set_layer(m, 0, weight, bias, &err), &err);
    ck_ok(nudge_model_export(m, in_folder("m.c"), NULL, &err), &err);
    char *text = text_in_folder("m.c");
    ck_has(text, "typedef float real;\n");
    ck_has(text, "static const real W1[2 * 1] = {\n    0.100000001,\n    0.25};\n");
    free(text);
    o.dtype = &dtype;
    ck_ok(nudge_model_export(m, in_folder("m.c"), &o, &err), &err);
    text = text_in_folder("m.c");
    ck_has(text, "typedef double real;\n");
    free(text);
    nudge_model_free(m);
}
END_TEST

START_TEST(refused)
{
    const size_t widths[] = {1, 1};
    nudge_dtype dtype = NUDGE_F64;
    nudge_export_options o = nudge_export_defaults();
    nudge_model *m = made_model(NUDGE_MSE, NUDGE_F64, 1, widths, NUDGE_IDENTITY, NUDGE_IDENTITY, 1);
    ck_status(nudge_model_export(m, in_folder("m.rs"), NULL, &err), NUDGE_EARGUMENT, &err);
    ck_assert_str_eq(err.setting, "language");
    o.dtype = &dtype;
    ck_status(nudge_model_export(m, in_folder("m.py"), &o, &err), NUDGE_EARGUMENT, &err);
    ck_assert_str_eq(err.setting, "dtype");
    o = nudge_export_defaults();
    o.size = 3;
    ck_status(nudge_model_export(m, in_folder("m.py"), &o, &err), NUDGE_EARGUMENT, &err);
    o = nudge_export_defaults();
    o.language = (nudge_language)77;
    ck_status(nudge_model_export(m, in_folder("m.py"), &o, &err), NUDGE_EARGUMENT, &err);
    ck_status(nudge_model_export(m, in_folder("none/m.py"), NULL, &err), NUDGE_EOPEN, &err);
    ck_assert_uint_eq(files_in_folder(), 0);
    nudge_model_free(m);
}
END_TEST

/* What it computes with beside layers: numbers that are embedded. */
START_TEST(embeddings_that_are_not_finite)
{
    nudge_model_options o = nudge_model_defaults();
    nudge_model *m = NULL;
    o.layers = 1;
    o.widths = (size_t[]){2, 1};
    o.loss = NUDGE_MSE;
    o.embed = NUDGE_EMBED_PBLD;
    ck_ok(nudge_model_create(&m, &o, NULL, &err), &err);
    memset((float *)m->params + m->net.embed.at[NU_EMBED_WEIGHT], 0xff, sizeof(float));
    ck_says(nudge_model_export(m, in_folder("m.py"), NULL, &err), NUDGE_EDATA,
            "weights of the embedding are not finite", &err);
    ck_assert_uint_eq(files_in_folder(), 0);
    nudge_model_free(m);
}
END_TEST

static const char *const programs[] = {"m.c", "m.js", "m.py", "m.json", "m.html", "m.onnx"};
#define PROGRAMS (sizeof programs / sizeof *programs)

/* Nothing is written where a weight is no number, be it only with the factor of its input, which is
 * no float though it is a double. */
START_TEST(weights_that_are_not_finite)
{
    const size_t widths[] = {2, 1};
    const nudge_dtype dtype = _i == 0 ? NUDGE_F64 : NUDGE_F32;
    const double weight[] = {1, _i == 0 ? 1e300 : 1e30}, factor[] = {1, _i == 0 ? -1e9 : -1e30};
    nudge_model_options o = nudge_model_defaults();
    nudge_model *m = NULL;
    o.dtype = dtype;
    o.layers = 1;
    o.widths = widths;
    o.loss = NUDGE_MSE;
    o.input_factor = 1;
    ck_ok(nudge_model_create(&m, &o, NULL, &err), &err);
    ck_ok(nudge_model_set_layer(m, 0, weight, NULL, &err), &err);
    ck_ok(nudge_model_set_tensor(m, "input_factor", factor, &err), &err);
    const char *words = _i == 0 ? "a weight of layer 0 times the factor of its input is -inf, no "
                                  "finite f64 number"
                                : "is -1e+60, no finite f32 number";
    for (size_t i = 0; i < PROGRAMS; i++)
        ck_says(nudge_model_export(m, in_folder(programs[i]), NULL, &err), NUDGE_EDATA, words,
                &err);
    memset(m->params, 0xff, sizeof(double)); /* NaN, of whatever type */
    for (size_t i = 0; i < PROGRAMS; i++)
        ck_says(nudge_model_export(m, in_folder(programs[i]), NULL, &err), NUDGE_EDATA,
                "weights of layer 0 are not finite", &err);
    ck_assert_uint_eq(files_in_folder(), 0);
    nudge_model_free(m);
}
END_TEST

/* In C a network of doubles can be one of floats, unless they do not hold a weight. */
START_TEST(weights_too_large)
{
    const size_t widths[] = {1, 1};
    const nudge_dtype dtype = NUDGE_F32;
    const double large = -1e39, small = 1;
    nudge_export_options o = nudge_export_defaults();
    nudge_model *m = made_model(NUDGE_MSE, NUDGE_F64, 1, widths, NUDGE_IDENTITY, NUDGE_IDENTITY, 1);
    o.dtype = &dtype;
    for (int bias = 0; bias < 2; bias++) {
        ck_ok(nudge_model_set_layer(m, 0, bias ? &small : &large, bias ? &large : &small, &err),
              &err);
        ck_says(nudge_model_export(m, in_folder("m.c"), &o, &err), NUDGE_EDATA,
                "a weight is -1e+39, which is too large for f32", &err);
        ck_assert_str_eq(err.setting, "dtype");
    }
    ck_ok(nudge_model_export(m, in_folder("m.c"), NULL, &err), &err);
    nudge_model_free(m);
}
END_TEST

/* A layer of the table's one column, called so, that is not y; the table is freed. */
static nudge_model *model_of(nudge_table *t)
{
    nudge_prep_options o = {.size = sizeof o, .loss = NUDGE_MSE};
    nudge_model_options options = nudge_model_defaults();
    nudge_prep *p = NULL;
    nudge_model *m = NULL;
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
    options.layers = 1;
    options.widths = (size_t[]){1, 1};
    options.loss = NUDGE_MSE;
    ck_ok(nudge_model_create(&m, &options, p, &err), &err);
    nudge_prep_free(p);
    nudge_table_free(t);
    return m;
}

static nudge_model *model_of_column(const char *name)
{
    nudge_table *t = table_columns(2, 2);
    table_numbers(t, 0, name, (double[]){1, 2});
    table_numbers(t, 1, "y", (double[]){1, 2});
    t->columns[1].is_target = 1;
    return model_of(t);
}

/* What a later version adds, and no program has: a kind of each family behind the last that they
 * know. */
START_TEST(what_is_new)
{
    nudge_model *m = model_of_column("x");
    int *const kinds[] = {(int *)&m->net.embed.kind, (int *)&m->net.loss,
                          (int *)m->net.activation, (int *)&m->prep->scale,
                          (int *)&m->prep->encode, (int *)&m->prep->transform,
                          (int *)&m->prep->columns[0].kind};
    const char *const words[] = {"has embedding '", "has loss '", "has activation '",
                                 "has scale '", "has encoding '", "has transform '",
                                 "has a column of kind '"};
    ck_ok(nu_check_known(m, &err), &err);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int known = *kinds[i];
        *kinds[i] = 99;
        ck_says(nu_check_known(m, &err), NUDGE_EARGUMENT, words[i], &err);
        if (i >= 3)
            ck_says(nudge_model_export(m, in_folder("m.c"), NULL, &err), NUDGE_EARGUMENT, words[i],
                    &err);
        *kinds[i] = known;
        ck_ok(nu_check_known(m, &err), &err);
    }
    nudge_model_free(m);
}
END_TEST

/* A cell of these is no value. A list that a model's file should not have is none. */
START_TEST(missing_cells)
{
    static const char *const lists[][2] = {{"?,-", "missing[] = {\n    \"?\", \"-\", NULL};\n"},
                                           {"", "missing[] = {\n    \"\", NULL};\n"},
                                           {"\"?", "missing[] = {\n    NULL};\n"}};
    nudge_read_options read = nudge_read_defaults();
    nudge_table *t = NULL;
    read.target = "y";
    read.missing = _i < 2 ? lists[_i][0] : "";
    write_in_folder("rows.csv", "a,y\n1,2\n3,4\n");
    ck_ok(nudge_table_read(&t, in_folder("rows.csv"), &read, &err), &err);
    nudge_model *m = model_of(t);
    strcpy(m->prep->dialect.missing, lists[_i][0]);
    ck_ok(nudge_model_export(m, in_folder("m.c"), NULL, &err), &err);
    char *text = text_in_folder("m.c");
    ck_has(text, lists[_i][1]);
    free(text);
    nudge_model_free(m);
}
END_TEST

/* Inputs and outputs of ONNX share their names, and others begin with /. */
START_TEST(names_of_onnx)
{
    static const char *const names[][2] = {
        {"variable", "column 'variable': an output of ONNX models is named so"},
        {"/a", "column '/a': inputs of ONNX models cannot have no name, nor one with /"},
        {"", "column '': inputs of ONNX models cannot have no name"}};
    nudge_export_options raw = nudge_export_defaults();
    nudge_model *m = model_of_column(names[_i][0]);
    ck_says(nudge_model_export(m, in_folder("m.onnx"), NULL, &err), NUDGE_EARGUMENT, names[_i][1],
            &err);
    ck_assert_uint_eq(files_in_folder(), 0);
    raw.raw = 1;
    ck_ok(nudge_model_export(m, in_folder("m.onnx"), &raw, &err), &err);
    ck_status(nudge_model_export(m, in_folder("m.json"), &raw, &err), NUDGE_EARGUMENT, &err);
    ck_assert_str_eq(err.setting, "raw");
    nudge_model_free(m);
}
END_TEST

static Suite *export_suite(void)
{
    Suite *s = suite_create("export");
    TCase *tc = tcase_create("export");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, languages_of_files);
    tcase_add_test(tc, without_preprocessing);
    tcase_add_test(tc, floats);
    tcase_add_test(tc, refused);
    tcase_add_loop_test(tc, weights_that_are_not_finite, 0, 2);
    tcase_add_test(tc, embeddings_that_are_not_finite);
    tcase_add_test(tc, weights_too_large);
    tcase_add_test(tc, what_is_new);
    tcase_add_loop_test(tc, missing_cells, 0, 3);
    tcase_add_loop_test(tc, names_of_onnx, 0, 3);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(export_suite)
