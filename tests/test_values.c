/* Columns of original tables have the values that pandas reads: ../shared beside the sources, as
 * tests/files/pandas-reference.json has them (scripts/pandas-reference). */
#include <jansson.h>
#include <math.h>

#include "read_fixtures.h"

static json_t *reference;
static char folder_of_data[4096];

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The values of a column that are there, sorted; their number in *n. For free(). */
static double *sorted_values(const nudge_table *t, size_t j, size_t *n)
{
    double *values = malloc((t->rows + 1) * sizeof *values);
    ck_assert_ptr_nonnull(values);
    *n = 0;
    for (size_t r = 0; r < t->rows; r++)
        if (!isnan(nu_table_number(t, r, j)))
            values[(*n)++] = nu_table_number(t, r, j);
    qsort(values, *n, sizeof *values, ascending);
    return values;
}

static double want(const json_t *column, const char *key)
{
    return json_number_value(json_object_get(column, key));
}

/* Read alike to the last bit: the least, the greatest, and quantiles that are a cell; 4e-16 where
 * one lies between two cells; 1e-12 for means, which are sums in another order. */
static void check_numbers(const nudge_table *t, size_t j, const json_t *column)
{
    static const double at[] = {0.1, 0.25, 0.5, 0.75, 0.9};
    nudge_column_info c = nudge_table_column(t, j);
    size_t n;
    double *values = sorted_values(t, j, &n);
    ck_assert_msg(c.kind == NUDGE_COLUMN_NUMBER, "%s: %s: a %s", t->source, c.name,
                  nudge_column_kind_name(c.kind));
    ck_assert_msg(c.min == want(column, "min") && c.max == want(column, "max"),
                  "%s: %s: from %.17g to %.17g", t->source, c.name, c.min, c.max);
    double mean = want(column, "mean"), size = fmax(fabs(c.min), fabs(c.max));
    ck_assert_msg(fabs(c.mean - mean) <= 1e-12 * size, "%s: %s: mean %.17g, not %.17g", t->source,
                  c.name, c.mean, mean);
    for (size_t q = 0; q < 5; q++) {
        double place = at[q] * (double)(n - 1);
        size_t k = (size_t)place;
        double low = values[k], high = values[k + 1 < n ? k + 1 : k];
        double got = low + (high - low) * (place - (double)k);
        double expected = json_number_value(json_array_get(json_object_get(column, "quantiles"), q));
        ck_assert_msg(fabs(got - expected) <= 4e-16 * (fabs(low) + fabs(high)),
                      "%s: %s: quantile %g is %.17g, not %.17g", t->source, c.name, at[q], got,
                      expected);
    }
    free(values);
}

static void check_texts(const nudge_table *t, size_t j, const json_t *counts)
{
    nudge_column_info c = nudge_table_column(t, j);
    size_t *count = calloc(c.categories + 1, sizeof *count);
    ck_assert_msg(c.categories == json_object_size(counts), "%s: %s: %zu categories, not %zu",
                  t->source, c.name, c.categories, json_object_size(counts));
    for (size_t r = 0; r < t->rows; r++)
        if (!isnan(nu_table_cell(t, r, j)))
            count[(size_t)nu_table_cell(t, r, j)]++;
    for (size_t k = 0; k < c.categories; k++) {
        const char *text = nudge_table_category(t, j, k);
        ck_assert_msg((json_int_t)count[k] == json_integer_value(json_object_get(counts, text)),
                      "%s: %s: %zu cells '%s'", t->source, c.name, count[k], text);
    }
    free(count);
}

START_TEST(columns_as_pandas_reads_them)
{
    void *at = json_object_iter(reference);
    for (int i = 0; i < _i; i++)
        at = json_object_iter_next(reference, at);
    const json_t *table = json_object_iter_value(at);
    json_t *columns = json_object_get(table, "columns"), *column;
    char path[4200];
    const char *name;
    size_t j = 0;
    snprintf(path, sizeof path, "%s/../%s", folder_of_data, json_object_iter_key(at));
    nudge_table *t = read_good(path, NULL);
    ck_assert_int_eq((json_int_t)t->rows, json_integer_value(json_object_get(table, "rows")));
    ck_assert_uint_eq(t->n_columns, json_object_size(columns));
    json_object_foreach(columns, name, column) {
        nudge_column_info c = nudge_table_column(t, j);
        const json_t *counts = json_object_get(column, "counts");
        ck_assert_str_eq(c.name, name);
        ck_assert_int_eq((json_int_t)c.missing,
                         json_integer_value(json_object_get(column, "missing")));
        if (counts != NULL)
            check_texts(t, j, counts);
        else
            check_numbers(t, j, column);
        j++;
    }
    nudge_table_free(t);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("values");
    TCase *tc = tcase_create("values");
    tcase_add_loop_test(tc, columns_as_pandas_reads_them, 0, (int)json_object_size(reference));
    suite_add_tcase(s, tc);
    return s;
}

/* Where the tables are not at hand there is nothing to test. */
static int have_tables(void)
{
    const char *data = getenv("NUDGE_DATA"), *top = getenv("TOP_SRCDIR");
    char path[4200];
    snprintf(folder_of_data, sizeof folder_of_data, "%s%s", data != NULL ? data : top,
             data != NULL ? "" : "/../shared/data");
    snprintf(path, sizeof path, "%s/../tables/choose/adult.csv.gz", folder_of_data);
    reference = json_load_file(test_file("pandas-reference.json"), 0, NULL);
    return access(path, R_OK) == 0;
}

static Suite *suite_or_nothing(void)
{
    if (have_tables())
        return make_suite();
    printf("1..0 # SKIP no tables at %s/../tables\n", folder_of_data);
    exit(EXIT_SUCCESS);
}

SUITE_MAIN(suite_or_nothing)
