/* Edges of bins that trees choose, those that rows choose, and numbers that bins harm. */
#include <string.h>

#include "dataset_fixtures.h"

static nudge_error err;

enum { ROWS = 120 };

static double y_of(size_t i)
{
    double x = (double)((i * 37) % 101) * 0.25;
    return fabs(x - 9) + (double)((i * 29) % 17) / 16 + (x > 17 ? 3 : 0);
}

static double z_of(size_t i)
{
    double x = (double)((i * 37) % 101) * 0.25;
    return (x - 5) * (x - 5) / 8 + (double)((i * 13) % 7);
}

static double far_of(size_t i)
{
    return 1e9 + y_of(i) / 1024;
}

static double tiny_of(size_t i)
{
    return y_of(i) * 0x1p-40;
}

static double class_of(size_t i)
{
    return y_of(i) < 4 ? 0 : y_of(i) < 9 ? 1 : 2;
}

/* "x", of which each 11th is missing, and one or two targets of numbers, or classes. */
static nudge_table *sample(double (*y)(size_t), double (*z)(size_t), const char *const *labels)
{
    static const char *const names[] = {"a", "b", "c"};
    size_t n = z != NULL ? 2 : 1;
    nudge_table *t = table_columns(ROWS, 1 + n);
    double x[ROWS], target[2][ROWS];
    const char *cells[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        x[i] = i % 11 == 5 ? NAN : (double)((i * 37) % 101) * 0.25;
        target[0][i] = y(i);
        target[1][i] = z != NULL ? z(i) : 0;
        cells[i] = labels != NULL ? labels[(size_t)y(i)] : NULL;
    }
    table_numbers(t, 0, "x", x);
    for (size_t k = 0; k < n; k++) {
        if (labels != NULL)
            table_texts(t, 1 + k, "y", cells, names, 3);
        else
            table_numbers(t, 1 + k, k == 0 ? "y" : "z", target[k]);
        t->columns[1 + k].is_target = 1;
        t->columns[1 + k].place = k;
    }
    return t;
}

static void check_edges(const nudge_prep *p, const double *want, size_t n)
{
    ck_assert_uint_eq(p->codes[0].n, n);
    for (size_t k = 0; k < n; k++)
        ck_assert_double_eq_tol(p->codes[0].at[k], want[k], 1e-12);
}

/* Waves have no bins: where those would end is nothing to them. */
START_TEST(edges_of_no_bins)
{
    char *text[2];
    for (size_t i = 0; i < 2; i++) {
        nudge_table *t = sample(y_of, NULL, NULL);
        nudge_prep_options o = nudge_prep_defaults();
        nudge_prep *p = NULL;
        o.loss = NUDGE_MSE;
        o.encode = NUDGE_ENCODE_FOURIER;
        o.bin_edges = i == 0 ? NUDGE_EDGES_QUANTILE : NUDGE_EDGES_TREE;
        ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
        text[i] = prep_text(p);
        nudge_prep_free(p);
        nudge_table_free(t);
    }
    ck_assert_str_eq(text[0], text[1]);
    free(text[0]);
    free(text[1]);
}
END_TEST

/* There is no number between the two that a split is between: the lower one is the edge. */
START_TEST(neighbours)
{
    enum { N = 6 };
    const double low = 1 + 0x1p-52, high = 1 + 0x1p-51; /* half way rounds to the higher one */
    nudge_prep_options o = nudge_prep_defaults();
    nudge_prep *p = NULL;
    nudge_table *t = table_columns(N, 2);
    table_numbers(t, 0, "x", (double[N]){0, low, low, high, high, 2});
    table_numbers(t, 1, "y", (double[N]){0, 0, 0, 1, 1, 1});
    t->columns[1].is_target = 1;
    o.loss = NUDGE_MSE;
    o.scale = NUDGE_SCALE_NONE;
    o.encode = NUDGE_ENCODE_PIECEWISE;
    o.bins = 2;
    o.bin_edges = NUDGE_EDGES_TREE;
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
    ck_assert_uint_eq(p->codes[0].n, 3);
    ck_assert(p->codes[0].at[1] == low);
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

/* scikit-learn 1.2: the thresholds of DecisionTreeRegressor, of standardised targets where there
 * are two, and of DecisionTreeClassifier, max_leaf_nodes=6, min_samples_leaf=5. */
START_TEST(as_scikit_learn)
{
    static const char *const labels[] = {"a", "b", "c"};
    static const struct {
        double (*y)(size_t), (*z)(size_t);
        const char *const *labels;
        nudge_loss loss;
        size_t n;
        double edges[7];
    } cases[] = {
        {y_of, NULL, NULL, NUDGE_MSE, 7, {0, 3.375, 5.375, 13.375, 17.125, 20.375, 25}},
        {far_of, NULL, NULL, NUDGE_MSE, 7, {0, 3.375, 5.375, 13.375, 17.125, 20.375, 25}},
        {tiny_of, NULL, NULL, NUDGE_MSE, 7, {0, 3.375, 5.375, 13.375, 17.125, 20.375, 25}},
        {y_of, z_of, NULL, NUDGE_MSE, 7, {0, 4.625, 13.625, 17.125, 20.875, 23.25, 25}},
        {class_of, NULL, labels, NUDGE_CROSS_ENTROPY, 6, {0, 1, 5.375, 11.875, 17.125, 25}},
        {class_of, NULL, NULL, NUDGE_CROSS_ENTROPY, 6, {0, 1, 5.375, 11.875, 17.125, 25}},
    };
    nudge_table *t = sample(cases[_i].y, cases[_i].z, cases[_i].labels);
    nudge_prep_options o = nudge_prep_defaults();
    nudge_prep *p = NULL, *back = NULL;
    o.loss = cases[_i].loss;
    if (cases[_i].loss == NUDGE_MSE && cases[_i].z == NULL) /* trees are the same */
        o.target_scale = NUDGE_SCALE_NONE;
    o.encode = NUDGE_ENCODE_PIECEWISE;
    o.bins = 6;
    o.bin_edges = NUDGE_EDGES_TREE;
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
    check_edges(p, cases[_i].edges, cases[_i].n);
    char *text = prep_text(p);
    json_t *json = json_loads(text, 0, NULL);
    ck_ok(nu_prep_from_json(&back, json, "m", &err), &err);
    check_edges(back, cases[_i].edges, cases[_i].n);
    json_decref(json);
    free(text);
    nudge_prep_free(back);
    nudge_prep_free(p);
    nudge_table_free(t);
}
END_TEST

START_TEST(bins_by_rows)
{
    static const size_t rows[][2] = {{1, 16},     {8191, 16},  {8192, 32},
                                     {16383, 32}, {16384, 64}, {1000000, 64}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        ck_assert_uint_eq(nudge_prep_bins(rows[k][0]), rows[k][1]);
}
END_TEST

/* Levels 0 ... top of each of n numbers, plus 1/2 in the last `broken` of them. */
static nudge_table *levels(size_t n, size_t top, size_t broken)
{
    nudge_table *t = table_columns(ROWS, n + 1);
    double x[ROWS];
    char name[8];
    for (size_t j = 0; j <= n; j++) {
        for (size_t i = 0; i < ROWS; i++)
            x[i] = (double)((i * (j % 5 + 1) + j) % (top + 1)) +
                   (j < n && j >= n - broken ? 0.5 : 0);
        snprintf(name, sizeof name, "x%zu", j);
        table_numbers(t, j, name, x);
    }
    t->columns[n].is_target = 1;
    return t;
}

START_TEST(counts_have_no_bins)
{
    static const struct {
        size_t n, top, broken;
        int none;
    } cases[] = {{16, 16, 0, 1}, {20, 16, 5, 1}, {20, 16, 6, 0}, {15, 16, 0, 0}, {16, 300, 0, 0}};
    nudge_table *t = levels(cases[_i].n, cases[_i].top, cases[_i].broken);
    nudge_prep_options o = nudge_prep_defaults();
    size_t n;
    for (int piecewise = 0; piecewise < 2; piecewise++) {
        nudge_prep *p = NULL;
        int none = cases[_i].none && !piecewise;
        o.loss = NUDGE_MSE;
        o.encode = piecewise ? NUDGE_ENCODE_PIECEWISE : NUDGE_ENCODE_AUTO;
        ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
        ck_assert_int_eq(nudge_prep_describe(p).encode,
                         none ? NUDGE_ENCODE_NONE : NUDGE_ENCODE_PIECEWISE);
        const nudge_note *note = nudge_prep_notes(p, &n);
        ck_assert_int_eq(n > 0 && strcmp(note[0].setting, "encode") == 0, none);
        nudge_prep_free(p);
    }
    nudge_table_free(t);
}
END_TEST

static Suite *tree_edges_suite(void)
{
    Suite *s = suite_create("tree_edges");
    TCase *c = tcase_create("edges");
    tcase_add_test(c, neighbours);
    tcase_add_test(c, edges_of_no_bins);
    tcase_add_loop_test(c, as_scikit_learn, 0, 6);
    tcase_add_test(c, bins_by_rows);
    tcase_add_loop_test(c, counts_have_no_bins, 0, 5);
    suite_add_tcase(s, c);
    return s;
}

SUITE_MAIN(tree_edges_suite)
