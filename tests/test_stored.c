/* Tables of named columns in safetensors files: what text gives comes back, damage is refused. */
#include <math.h>

#include "file_fixtures.h"
#include "read_fixtures.h"

static const char text[] =
    "day;x;town;code;money;w\n"
    "2024-02-01;1,5;Oslo;007;$1;1\n"
    "2024-02-03;;\"St; Père\";10;$3;0\n"
    "2024-02-02;-2,25;?;007;$2;2\n"
    "2024-02-05;0,125;Oslo;;$5;1\n"
    "2024-02-04;8;Oslo;1;;1\n";

static nudge_read_options options;

static void setup(void)
{
    st_setup();
    options = nudge_read_defaults();
    write_in_folder("t.csv", text);
}

static nudge_table *must_read(const char *path)
{
    nudge_table *t = NULL;
    nudge_error err = {0};
    nudge_status status = nudge_table_read(&t, path, &options, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    return t;
}

/* The table of the text, and written to st_path. */
static nudge_table *store(const char *target)
{
    nudge_error err = {0};
    options.target = target;
    options.number = "money";
    nudge_table *t = must_read(in_folder("t.csv"));
    nudge_status status = nudge_table_write(t, st_path, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    options = nudge_read_defaults();
    return t;
}

static void assert_same_column(const nudge_table *a, const nudge_table *b, size_t j)
{
    const nu_column *x = &a->columns[j], *y = &b->columns[j];
    ck_assert_str_eq(x->name, y->name);
    ck_assert_int_eq(x->kind, y->kind);
    ck_assert_int_eq(x->is_target, y->is_target);
    ck_assert_uint_eq(x->missing, y->missing);
    ck_assert_uint_eq(x->first_missing, y->first_missing);
    ck_assert_double_eq(x->min, y->min);
    ck_assert_double_eq(x->max, y->max);
    ck_assert_double_eq(x->sum, y->sum);
    ck_assert_str_eq(x->around.before, y->around.before);
    ck_assert_str_eq(x->around.after, y->around.after);
    ck_assert_uint_eq(x->n_categories, y->n_categories);
    ck_assert_int_eq(x->values != NULL, y->values != NULL);
    for (size_t k = 0; k < x->n_categories; k++) {
        ck_assert_str_eq(x->categories[k], y->categories[k]);
        if (x->values != NULL)
            ck_assert_double_eq(x->values[k], y->values[k]);
    }
    for (size_t r = 0; r < a->rows; r++) {
        double v = nu_table_cell(a, r, j), w = nu_table_cell(b, r, j);
        ck_assert(v == w || (isnan(v) && isnan(w)));
    }
}

START_TEST(all_comes_back)
{
    nudge_table *t = store("code");
    nudge_table *back = must_read(st_path);
    ck_assert_uint_eq(t->rows, 4); /* one has no code */
    ck_assert_uint_eq(back->rows, t->rows);
    ck_assert_uint_eq(back->n_columns, t->n_columns);
    for (size_t j = 0; j < t->n_columns; j++)
        assert_same_column(t, back, j);
    ck_assert_int_eq(back->dialect.delimiter, ';');
    ck_assert_int_eq(back->dialect.decimal, ',');
    ck_assert_int_eq(nudge_file_is_model(st_path), 0);
    nudge_table_free(t);
    nudge_table_free(back);
}
END_TEST

START_TEST(rows_in_several_chunks)
{
    FILE *f = fopen(in_folder("long.csv"), "w");
    ck_assert_ptr_nonnull(f);
    fputs("a,b\n", f);
    for (int i = 0; i < 10000; i++)
        fprintf(f, "%d.5,%c%s\n", i * 7 % 1000, 'a' + i % 5, i % 3 == 0 ? "x" : "");
    fclose(f);
    options.header = 1;
    nudge_table *t = must_read(in_folder("long.csv"));
    options = nudge_read_defaults();
    ck_assert_int_eq(nudge_table_write(t, st_path, NULL), NUDGE_OK);
    nudge_table *back = must_read(st_path);
    ck_assert_uint_eq(back->rows, 10000);
    for (size_t j = 0; j < 2; j++)
        assert_same_column(t, back, j);
    nudge_table_free(t);
    nudge_table_free(back);
}
END_TEST

/* Another target: its missing rows go; labels of the stored one are numbers again. */
START_TEST(columns_are_chosen)
{
    nudge_table_free(store("code"));
    options.target = "x";
    options.ignore = "town,day";
    options.weight = "w";
    nudge_table *t = must_read(st_path);
    ck_assert_uint_eq(t->rows, 3); /* 1.5, -2.25, 8 */
    ck_assert_uint_eq(t->n_columns, 3);
    ck_assert_str_eq(t->columns[1].name, "code");
    ck_assert_double_eq(nu_table_cell(t, 0, 1), 7);
    ck_assert_double_eq(nu_table_cell(t, 2, 1), 1);
    ck_assert_ptr_null(t->columns[1].categories);
    ck_assert_double_eq(nu_table_cell(t, 1, 0), -2.25);
    ck_assert_double_eq(t->weights[1], 2);
    size_t notes;
    const nudge_note *note = nudge_table_notes(t, &notes);
    ck_assert_uint_eq(notes, 1);
    ck_assert_str_eq(note->text, "1 row without a target is left out");
    nudge_table_free(t);
    options.ignore = options.weight = NULL;
    options.category = "code";
    t = must_read(st_path);
    size_t j = nu_table_find(t, "code", 0);
    ck_assert_int_eq(t->columns[j].kind, NUDGE_COLUMN_CATEGORY);
    ck_assert_str_eq(t->columns[j].categories[(size_t)nu_table_cell(t, 0, j)], "007");
    nudge_table_free(t);
}
END_TEST

static void refuse(nudge_status want, const char *why)
{
    nudge_table *t = NULL;
    nudge_error err = {0};
    ck_assert_int_eq(nudge_table_read(&t, st_path, &options, &err), want);
    ck_assert_ptr_null(t);
    ck_assert_msg(strstr(err.text, why) != NULL, "'%s' is not in: %s", why, err.text);
}

START_TEST(what_is_not_stored)
{
    nudge_table_free(store("code"));
    options.category = "x";
    refuse(NUDGE_EMISMATCH, "column 'x' is stored as numbers, and is asked for as a category");
    options = nudge_read_defaults();
    options.number = "town";
    refuse(NUDGE_EMISMATCH, "column 'town' is stored as a category, and is asked for as numbers");
    options = nudge_read_defaults();
    options.keep = "town";
    refuse(NUDGE_EARGUMENT, "the texts of its cells are not stored");
    options = nudge_read_defaults();
    options.labels = "y.npy";
    refuse(NUDGE_EARGUMENT, "cannot have its labels in 'y.npy'");
    options = nudge_read_defaults();
    options.weight = "town";
    refuse(NUDGE_EDATA, "column 'town': row 1 has no weight");
    options = nudge_read_defaults();
    options.target = "nope";
    refuse(NUDGE_EARGUMENT, "unknown target column 'nope'");
}
END_TEST

/* ---- Damage ---------------------------------------------------------------------------- */

#define FILE_OF(columns, tensors) "{\"__metadata__\":{\"format\":\"nudge-table\",\"table\":\"" \
    "{\\\"columns\\\":[" columns "]}\"}," tensors "}"
#define COLUMN(rest) "{\\\"name\\\":\\\"a\\\"," rest "}"
#define TWO "\"0\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}"
#define LABELS "\"0\":{\"dtype\":\"I32\",\"shape\":[4],\"data_offsets\":[0,16]}"

#define LONG "0123456789abcdef"
#define KIND(kind) "\\\"kind\\\":\\\"" kind "\\\""
#define X_ALONE ",\\\"labels\\\":[\\\"x\\\"]"

static const struct {
    const char *header, *why;
} bad[] = {
    {FILE_OF("", TWO), "it does not say what its columns are"},
    {"{\"__metadata__\":{\"format\":\"nudge-table\"}," TWO "}", "does not say what its columns"},
    {FILE_OF(COLUMN(KIND("colour")), TWO), "its kind is unknown"},
    {FILE_OF(COLUMN(KIND("pixels")), TWO), "its kind is unknown"},
    {FILE_OF(COLUMN("\\\"kind\\\":7"), TWO), "column 0 is damaged"},
    {FILE_OF("7", TWO), "column 0 is damaged"},
    {FILE_OF(COLUMN(KIND("category")), TWO), "labels and values do not go"},
    {FILE_OF(COLUMN(KIND("number") ",\\\"values\\\":[1]"), TWO), "labels and values"},
    {FILE_OF(COLUMN(KIND("category") ",\\\"labels\\\":[1]"), LABELS), "labels and"},
    {FILE_OF(COLUMN(KIND("category") X_ALONE), TWO), "its tensor is not there, or of another type"},
    {FILE_OF(COLUMN(KIND("category") X_ALONE), LABELS), "row 1 has label 5 of 1"},
    {FILE_OF(COLUMN(KIND("number")), LABELS), "its tensor is not there, or of"},
    {FILE_OF(COLUMN(KIND("number") ",\\\"target\\\":-1"), TWO), "a target's place"},
    {FILE_OF(COLUMN(KIND("number") ",\\\"size\\\":1"), TWO), "size"},
    {FILE_OF(COLUMN(KIND("number") ",\\\"around\\\":[\\\"$\\\",\\\"" LONG "\\\"]"), TWO),
     "the texts around numbers are impossible"},
    {FILE_OF(COLUMN(KIND("number") ",\\\"around\\\":[\\\"" LONG "\\\",\\\"$\\\"]"), TWO),
     "the texts around numbers are impossible"},
    {FILE_OF(COLUMN(KIND("category") ",\\\"labels\\\":7"), LABELS), "labels and values do"},
    {FILE_OF(COLUMN(KIND("date") X_ALONE), LABELS), "labels and values do not go with its kind"},
    {FILE_OF(COLUMN(KIND("number") X_ALONE ",\\\"values\\\":7"), LABELS), "labels and values do"},
    {FILE_OF(COLUMN(KIND("number") X_ALONE ",\\\"values\\\":[\\\"x\\\"]"), LABELS),
     "labels and values do not go with its kind"},
    {FILE_OF(COLUMN(KIND("number") X_ALONE ",\\\"values\\\":[1,2]"), LABELS), "labels and values"},
    {FILE_OF(COLUMN(KIND("number")) "," COLUMN(KIND("number")),
             "\"0\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
             "\"1\":{\"dtype\":\"F64\",\"shape\":[0],\"data_offsets\":[8,8]},"
             "\"2\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[8,16]}"),
     "column 1 is damaged: its tensor is not there"},
    {FILE_OF(COLUMN(KIND("number")),
             "\"0\":{\"dtype\":\"F64\",\"shape\":[2,1],\"data_offsets\":[0,16]}"),
     "its tensor is not there, or of another type or length"},
    {FILE_OF(COLUMN(KIND("number")) "," COLUMN(KIND("number")), TWO),
     "column 1 is damaged: its tensor is not there"},
};

START_TEST(damaged_descriptions)
{
    static const int32_t data[] = {5, 0, 0, 0};
    write_st(bad[_i].header, data, sizeof data);
    refuse(NUDGE_EDATA, bad[_i].why);
}
END_TEST

#define NAMED(name, rest) "{\\\"name\\\":\\\"" name "\\\"," KIND("number") rest "}"

/* Rows without a target, and weights that are all 0. */
START_TEST(rows_that_are_no_use)
{
    static const double data[] = {NAN, NAN, 0, 0, 1, NAN};
    static const char header[] = FILE_OF(
        NAMED("y", ",\\\"target\\\":1") "," NAMED("w", "") "," NAMED("x", ""),
        "\"0\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]},"
        "\"1\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[16,32]},"
        "\"2\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[32,48]}");
    write_st(header, data, sizeof data);
    refuse(NUDGE_EDATA, ": none of 2 rows has a target");
    options.target = "x";
    options.weight = "w";
    refuse(NUDGE_EDATA, ": column 'w': all 1 weights are 0; one at least must be above");
}
END_TEST

START_TEST(infinite_cells)
{
    static const double data[] = {1, INFINITY};
    write_st(FILE_OF(COLUMN(KIND("number")), TWO), data, sizeof data);
    refuse(NUDGE_EDATA, "column 'a': row 2 is infinite");
    static const double days[] = {2932896.5, 2932897}; /* 9999-12-31, and the day after */
    write_st(FILE_OF(COLUMN(KIND("date")), TWO), days, sizeof days);
    refuse(NUDGE_EDATA, "column 'a': row 2 has 2.9329e+06 days since 1970-01-01, which are beyond");
}
END_TEST

/* Cut anywhere refused; with a byte changed refused, or read with as many rows as there are. */
START_TEST(cut_and_changed)
{
    size_t size;
    nudge_table *t = store("code");
    unsigned char *bytes = read_bytes(st_path, &size);
    size_t rows = t->rows;
    nudge_table_free(t);
    for (size_t cut = 0; cut < size; cut += 1 + cut / 40) {
        write_bytes(st_path, bytes, cut);
        refuse(NUDGE_EDATA, "");
    }
    for (size_t at = 0; at < size; at++) {
        nudge_error err = {0};
        bytes[at] ^= (unsigned char)(1 + at * 11 % 255);
        write_bytes(st_path, bytes, size);
        bytes[at] ^= (unsigned char)(1 + at * 11 % 255);
        if (nudge_table_read(&t, st_path, NULL, &err) != NUDGE_OK)
            continue;
        ck_assert_uint_le(t->rows, rows);
        nudge_table_free(t);
    }
    free(bytes);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *make_suite(void)
{
    Suite *s = suite_create("stored tables");
    TCase *good = tcase_create("good"), *wrong = tcase_create("bad");
    tcase_add_checked_fixture(good, setup, remove_folder);
    tcase_add_test(good, all_comes_back);
    tcase_add_test(good, rows_in_several_chunks);
    tcase_add_test(good, columns_are_chosen);
    tcase_add_test(good, what_is_not_stored);
    suite_add_tcase(s, good);
    tcase_add_checked_fixture(wrong, setup, remove_folder);
    tcase_add_loop_test(wrong, damaged_descriptions, 0, COUNT(bad));
    tcase_add_test(wrong, infinite_cells);
    tcase_add_test(wrong, rows_that_are_no_use);
    tcase_add_test(wrong, cut_and_changed);
    suite_add_tcase(s, wrong);
    return s;
}

SUITE_MAIN(make_suite)
