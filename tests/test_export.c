/* Models as programs, by the library: which language, what is refused, models without
 * preprocessing. That programs predict as nudge does: cli_export.sh. */
#include <locale.h>

#include "folder_fixtures.h"
#include "model_fixtures.h"
#include "suite.h"

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
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in %s", part, text);
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
    o.language = (nudge_language)77;
    ck_status(nudge_model_export(m, in_folder("m.py"), &o, &err), NUDGE_EARGUMENT, &err);
    ck_status(nudge_model_export(m, in_folder("none/m.py"), NULL, &err), NUDGE_EOPEN, &err);
    ck_assert_uint_eq(files_in_folder(), 0);
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
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(export_suite)
