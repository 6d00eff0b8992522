/* Choices of preprocessing: robust scaling, what stands for missing numbers, rare categories, a
 * scale of the target's own; and what rounding makes of constants. */
#include <stdio.h>

#include "dataset_fixtures.h"

static nudge_error err;

static nudge_prep *fit_as(const nudge_table *t, nudge_prep_options options)
{
    nudge_prep *p = NULL;
    options.size = sizeof options;
    options.loss = NUDGE_MSE;
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &options, &err), &err);
    return p;
}

/* The same from the model file's text. */
static nudge_prep *reread(nudge_prep *p)
{
    nudge_prep *back = NULL;
    char *text = prep_text(p);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_ok(nu_prep_from_json(&back, json, "m", &err), &err);
    free(text);
    json_decref(json);
    nudge_prep_free(p);
    return back;
}

/* scikit-learn 1.2's RobustScaler, then z / sqrt(1 + (z / 3)^2) by NumPy; to 1e-15. The second
 * column has no interquartile range: its z is (x - 5) * 2 / (9 - 5). */
static const double skewed[6] = {1, 2, 3, 4, 100, 7};
static const double robust[6] = {-0.6118627623360031, -0.3721042037676254, -0.124891634136544,
                                 0.124891634136544, 2.9770703360612623, 0.84};
static const double flat[6] = {5, 5, 5, 5, 5, 9};

static void check_robust(const nudge_dataset *d, double tolerance)
{
    for (size_t r = 0; r < 6; r++) {
        ck_assert_double_eq_tol(input(d, r, 0), robust[r], tolerance);
        ck_assert_double_eq_tol(input(d, r, 1), r == 5 ? 2 / sqrt(1 + 4 / 9.0) : 0, tolerance);
    }
}

START_TEST(robust_columns)
{
    nudge_table *t = table_columns(6, 3);
    table_numbers(t, 0, "a", skewed);
    table_numbers(t, 1, "b", flat);
    table_numbers(t, 2, "y", skewed);
    t->columns[2].is_target = 1;
    nudge_prep *p = reread(fit_as(t, (nudge_prep_options){.scale = NUDGE_SCALE_ROBUST}));
    nudge_dataset *d = pack(t, p, NUDGE_F64, NULL);
    check_robust(d, 1e-15);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

/* A matrix, of numbers and of bytes, which then become numbers. */
START_TEST(robust_matrix)
{
    double values[12];
    for (size_t r = 0; r < 6; r++) {
        values[2 * r] = skewed[r];
        values[2 * r + 1] = flat[r];
    }
    nudge_table *t = table_matrix(_i == 0 ? NU_F64 : NU_U8, 6, 2, values);
    table_values(t, 1, skewed);
    nudge_prep *p = fit_as(t, (nudge_prep_options){.scale = NUDGE_SCALE_ROBUST});
    nudge_dataset *d = pack(t, p, NUDGE_F64, NULL);
    check_robust(d, 1e-15);
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

/* Mean of 1 3 6 10 is 5, their median 4.5. An indicator for the column that has missing cells. */
START_TEST(missing_numbers)
{
    static const double stands[] = {4.5, 5, 0};
    nudge_table *t = table_columns(6, 3);
    table_numbers(t, 0, "age", (double[]){1, NAN, 3, 10, NAN, 6});
    table_numbers(t, 1, "x", skewed);
    table_numbers(t, 2, "y", skewed);
    t->columns[2].is_target = 1;
    nudge_prep *p = reread(fit_as(t, (nudge_prep_options){
        .scale = NUDGE_SCALE_NONE, .fill = (nudge_fill)_i, .fill_indicator = 1}));
    ck_assert_uint_eq(nudge_prep_describe(p).features, 3);
    ck_assert_str_eq(nudge_prep_feature_name(p, 1), "age missing");
    ck_assert_str_eq(nudge_prep_feature_name(p, 2), "x");
    nudge_dataset *d = pack(t, p, NUDGE_F64, NULL);
    for (size_t r = 0; r < 6; r++) {
        int is_missing = r == 1 || r == 4;
        ck_assert_double_eq(input(d, r, 1), is_missing);
        if (is_missing)
            ck_assert_double_eq(input(d, r, 0), stands[_i]);
    }
    nudge_dataset_free(d);
    nudge_prep_free(p);
}
END_TEST

/* Genf, which is in one row, is among the others, and so is what was never seen; a missing cell is
 * not. */
START_TEST(rare_categories)
{
    nudge_table *t = table_columns(6, 2), *other;
    table_texts(t, 0, "town", (const char *[]){"Thun", "Bern", NULL, "Thun", "Genf", "Bern"},
                towns, 3);
    table_numbers(t, 1, "y", skewed);
    t->columns[1].is_target = 1;
    nudge_prep *p = fit_as(t, (nudge_prep_options){.min_count = 2});
    p = reread(p);
    ck_assert_uint_eq(nudge_prep_describe(p).features, 3);
    ck_assert_str_eq(nudge_prep_feature_name(p, 0), "town=Bern");
    ck_assert_str_eq(nudge_prep_feature_name(p, 1), "town=Thun");
    ck_assert_str_eq(nudge_prep_feature_name(p, 2), "town other");
    other = table_columns(4, 1);
    table_texts(other, 0, "town", (const char *[]){"Genf", "Wil", NULL, "Bern"},
                (const char *const[]){"Bern", "Genf", "Wil"}, 3);
    size_t unknown = 7;
    nudge_dataset *d = pack(other, p, NUDGE_F32, &unknown);
    static const double expected[4][3] = {{0, 0, 1}, {0, 0, 1}, {0, 0, 0}, {1, 0, 0}};
    for (size_t r = 0; r < 4; r++)
        for (size_t j = 0; j < 3; j++)
            ck_assert_double_eq(input(d, r, j), expected[r][j]);
    ck_assert_uint_eq(unknown, 0);
    nudge_dataset_free(d);
    nudge_prep_free(p);
    nudge_prep_options none = {.size = sizeof none, .min_count = 3};
    ck_says(nudge_prep_fit(&p, t, NULL, 0, &none, &err), NUDGE_EDATA,
            "none of its 3 categories is in 3 training rows", &err);
    ck_assert_str_eq(err.setting, "min_count");
    nudge_table_free(t);
}
END_TEST

/* 0.1 + 0.2 and 0.3 differ in the last bit: that is no information, and 1 / their difference is
 * 1.8e16. In f32 a difference of one in 1e7 is as little. */
START_TEST(rounding_is_constant)
{
    double a[2] = {0.1 + 0.2, 0.3}, small[2] = {1, 1 + 1e-12};
    const double b[2] = {1, 1.0000001};
    ck_assert_double_ne(a[0], a[1]);
    nudge_table *t = table_columns(2, 3);
    table_numbers(t, 0, "a", a);
    table_numbers(t, 1, "small", small);
    table_numbers(t, 2, "y", skewed);
    t->columns[2].is_target = 1;
    nudge_table *m = table_matrix(NU_F32, 2, 1, b);
    table_values(m, 1, skewed);
    for (int scale = NUDGE_SCALE_STANDARD; scale <= NUDGE_SCALE_ROBUST; scale++) {
        nudge_prep *p = fit_as(t, (nudge_prep_options){.scale = (nudge_scale)scale});
        nudge_prep *q = fit_as(m, (nudge_prep_options){.scale = (nudge_scale)scale});
        ck_assert_double_eq(p->factor[0], scale != NUDGE_SCALE_ROBUST);
        ck_assert_double_eq(q->factor[0], scale != NUDGE_SCALE_ROBUST);
        ck_assert(scale == NUDGE_SCALE_NONE || p->factor[1] > 1e11);
        nudge_prep_free(p);
        nudge_prep_free(q);
    }
    nudge_table_free(t);
    nudge_table_free(m);
}
END_TEST

/* Values that are far away are held at +-3, however far; those that cannot be scaled are refused. */
START_TEST(outliers)
{
    static const double far[4] = {1e300, -1e200, 1e100, 50}, held[4] = {3, -3, 3, 0};
    double x[5] = {0, 50, 100, 25, 75};
    nudge_table *t = table_columns(5, 2), *other = table_columns(4, 1);
    table_numbers(t, 0, "x", x);
    table_numbers(t, 1, "y", skewed);
    t->columns[1].is_target = 1;
    table_numbers(other, 0, "x", far);
    nudge_prep *p = fit_as(t, (nudge_prep_options){.scale = NUDGE_SCALE_ROBUST});
    nudge_dataset *d = pack(other, p, NUDGE_F32, NULL);
    for (size_t r = 0; r < 4; r++)
        ck_assert_double_eq_tol(input(d, r, 0), held[r], 1e-6);
    nudge_dataset_free(d);
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

/* Sums, differences or their inverses are no numbers. */
START_TEST(too_far_apart)
{
    static const struct {
        nudge_scale scale;
        double x[4];
    } cases[] = {
        {NUDGE_SCALE_STANDARD, {1.7e308, 1.7e308, 1.6e308, 1}},
        {NUDGE_SCALE_MINMAX, {-1.7e308, 1.7e308, 0, 1}},
        {NUDGE_SCALE_MINMAX, {0, 1e-320, 0, 0}},
        {NUDGE_SCALE_QUANTILE, {-1.7e308, 1.7e308, 0, 1}},
        {NUDGE_SCALE_ROBUST, {-1.7e308, 1.7e308, -1.7e308, 1.7e308}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nudge_prep *p = NULL;
        nudge_prep_options o = {.size = sizeof o, .scale = cases[i].scale, .loss = NUDGE_MSE};
        nudge_table *t = table_columns(4, 2);
        table_numbers(t, 0, "x", cases[i].x);
        table_numbers(t, 1, "y", skewed);
        t->columns[1].is_target = 1;
        ck_says(nudge_prep_fit(&p, t, NULL, 0, &o, &err), NUDGE_EDATA, "column 'x': values from",
                &err);
        ck_assert_ptr_nonnull(strstr(err.text, "too far apart or too close together to scale"));
        ck_assert_str_eq(err.setting, "scale");
        nudge_table_free(t);
    }
}
END_TEST

/* A column of one value, or none: it says nothing, unless the indicator tells the two apart. */
START_TEST(one_value_or_none)
{
    nudge_table *t = table_columns(4, 2);
    table_numbers(t, 0, "x", (double[]){5, NAN, 5, 5});
    table_numbers(t, 1, "y", skewed);
    t->columns[1].is_target = 1;
    for (int indicator = 0; indicator < 2; indicator++) {
        nudge_prep *p = fit_as(t, (nudge_prep_options){.fill_indicator = indicator});
        size_t n;
        const nudge_note *note = nudge_prep_notes(p, &n);
        ck_assert_uint_eq(n, indicator ? 0 : 1);
        if (!indicator)
            ck_assert_ptr_nonnull(strstr(note[0].text, "column 'x' holds one value or none"));
        nudge_prep_free(p);
    }
    nudge_table_free(t);
}
END_TEST

/* What has no effect is refused, and what does not exist. */
START_TEST(refused)
{
    const double x[4] = {1, 2, 3, 4};
    nudge_table *m = table_matrix(NU_F64, 4, 1, x), *classes = table_columns(6, 2);
    table_values(m, 1, x);
    table_numbers(classes, 0, "x", skewed);
    table_texts(classes, 1, "y", (const char *[]){"Thun", "Bern", "Bern", "Thun", "Bern", "Bern"},
                towns, 3);
    classes->columns[1].is_target = 1;
    static const struct {
        int classes;
        nudge_prep_options options;
        const char *setting;
    } cases[] = {
        {0, {.fill = NUDGE_FILL_ZERO}, "fill"},
        {0, {.fill_indicator = 1}, "fill_indicator"},
        {0, {.min_count = 2}, "min_count"},
        {0, {.category_code = NUDGE_ORDINAL}, "category_code"},
        {1, {.scale_categories = 1, .scale = NUDGE_SCALE_NONE}, "scale_categories"},
        {1, {.scale_categories = 1, .scale = NUDGE_SCALE_QUANTILE}, "scale_categories"},
        {1, {.target_scale = NUDGE_SCALE_MINMAX}, "target_scale"},
        {1, {.scale = (nudge_scale)77}, ""},
        {1, {.target_scale = (nudge_scale)77}, ""},
        {1, {.fill = (nudge_fill)9}, ""},
        {1, {.category_code = (nudge_category_code)9}, ""},
        {1, {.task = (nudge_task)9}, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nudge_prep *p = NULL;
        nudge_prep_options o = cases[i].options;
        o.size = sizeof o;
        ck_status(nudge_prep_fit(&p, cases[i].classes ? classes : m, NULL, 0, &o, &err),
                  NUDGE_EARGUMENT, &err);
        ck_assert_str_eq(err.setting != NULL ? err.setting : "", cases[i].setting);
    }
    nudge_table_free(m);
    nudge_table_free(classes);
}
END_TEST

/* The target's scale is not that of features. */
START_TEST(scale_of_the_target)
{
    nudge_table *t = table_columns(6, 2);
    table_numbers(t, 0, "x", skewed);
    table_numbers(t, 1, "y", flat);
    t->columns[1].is_target = 1;
    nudge_prep *p = fit_as(t, (nudge_prep_options){.scale = NUDGE_SCALE_NONE});
    ck_assert_double_eq(p->factor[0], 1);
    ck_assert_double_ne(p->target_factor[0], 1);
    nudge_prep_free(p);
    p = fit_as(t, (nudge_prep_options){.target_scale = NUDGE_SCALE_NONE});
    ck_assert_double_ne(p->factor[0], 1);
    ck_assert_double_eq(p->target_factor[0], 1);
    nudge_prep_free(p);
    p = fit_as(t, (nudge_prep_options){.target_scale = NUDGE_SCALE_MINMAX});
    ck_assert_double_eq(p->target_factor[0], 0.25);
    nudge_prep_free(p);
    nudge_prep_options robust_target = {.size = sizeof robust_target,
                                        .target_scale = NUDGE_SCALE_ROBUST};
    ck_says(nudge_prep_fit(&p, t, NULL, 0, &robust_target, &err), NUDGE_EARGUMENT,
            "robust is no scaling of a target", &err);
    nudge_table_free(t);
}
END_TEST

/* The number among the training rows' categories, as a number is scaled: Bern 0, Genf 1; Thun,
 * which is rare, has its own behind them, with those that are new; none is -1, as new ones are where
 * all have their own. */
START_TEST(ordinal_categories)
{
    static const char *const cells[6] = {"Genf", "Bern", "Thun", NULL, "Genf", "Bern"};
    static const char *const later[3] = {"Bern", "Zug", NULL}, *const known[] = {"Bern", "Zug"};
    nudge_prep_options o = {.category_code = NUDGE_ORDINAL, .scale = (nudge_scale)_i};
    for (size_t least = 1; least <= 2; least++) {
        nudge_table *t = table_columns(6, 3), *next = table_columns(3, 3);
        table_numbers(t, 0, "a", flat);
        table_texts(t, 1, "town", cells, towns, 3);
        table_numbers(t, 2, "y", skewed);
        t->columns[2].is_target = 1;
        table_numbers(next, 0, "a", flat);
        table_texts(next, 1, "town", later, known, 2);
        table_numbers(next, 2, "y", skewed);
        o.min_count = least;
        nudge_prep *p = reread(fit_as(t, o)), *numbers;
        ck_assert_uint_eq(p->features, 2);
        ck_assert_str_eq(p->feature_names[1], "town");
        ck_assert_int_eq(nudge_prep_describe(p).category_code, NUDGE_ORDINAL);
        /* What a column of these numbers would give. */
        static const double codes[6] = {1, 0, 2, -1, 1, 0};
        nudge_table *same = table_columns(6, 2);
        table_numbers(same, 0, "town", codes);
        table_numbers(same, 1, "y", skewed);
        same->columns[1].is_target = 1;
        numbers = fit_as(same, (nudge_prep_options){.scale = o.scale});
        nudge_dataset *d = pack(t, p, NUDGE_F64, NULL), *e = pack(same, numbers, NUDGE_F64, NULL);
        for (size_t r = 0; r < 6; r++)
            ck_assert_double_eq(input(d, r, 1), input(e, r, 0));
        size_t unknown;
        nudge_dataset *f = pack(next, p, NUDGE_F64, &unknown);
        ck_assert_uint_eq(unknown, least == 1);
        ck_assert_double_eq(input(f, 0, 1), input(d, 1, 1));
        ck_assert_double_eq(input(f, 1, 1), input(d, least == 1 ? 3 : 2, 1));
        ck_assert_double_eq(input(f, 2, 1), input(d, 3, 1));
        double row[2];
        nu_prep_row(p, (double[]){5, 0}, (const char *[]){NULL, "Zug"}, row);
        ck_assert_double_eq(row[1], input(f, 1, 1));
        nu_prep_row(p, (double[]){5, 0}, NULL, row);
        ck_assert_double_eq(row[1], input(f, 2, 1));
        nudge_dataset_free(d);
        nudge_dataset_free(e);
        nudge_dataset_free(f);
        nudge_prep_free(p);
        nudge_prep_free(numbers);
    }
}
END_TEST

static Suite *prep_choices_suite(void)
{
    Suite *s = suite_create("prep_choices");
    TCase *tc = tcase_create("choices");
    tcase_add_test(tc, robust_columns);
    tcase_add_loop_test(tc, robust_matrix, 0, 2);
    tcase_add_loop_test(tc, missing_numbers, NUDGE_FILL_MEDIAN, NUDGE_FILL_ZERO + 1);
    tcase_add_test(tc, rare_categories);
    tcase_add_loop_test(tc, ordinal_categories, NUDGE_SCALE_STANDARD, NUDGE_SCALE_QUANTILE + 1);
    tcase_add_test(tc, rounding_is_constant);
    tcase_add_test(tc, outliers);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, too_far_apart);
    tcase_add_test(tc, one_value_or_none);
    tcase_add_test(tc, scale_of_the_target);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(prep_choices_suite)
