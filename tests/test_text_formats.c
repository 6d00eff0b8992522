/* LIBSVM's and FANN's text files: what they give, by content and by name, and what is refused. */
#include <math.h>

#include "folder_fixtures.h"
#include "read_fixtures.h"

static nudge_table *read_text(const char *name, const char *text, const nudge_prep *like)
{
    nudge_read_options options = nudge_read_defaults();
    nudge_table *t = NULL;
    nudge_error err = {0};
    options.like = like;
    write_in_folder(name, text);
    nudge_status status = nudge_table_read(&t, in_folder(name), &options, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    return t;
}

/* Format, rows, features, outputs, and all values, row by row. */
static void assert_table(const nudge_table *t, const char *format, size_t rows, size_t features,
                         size_t outputs, const double *x, const double *y)
{
    ck_assert_str_eq(t->format, format);
    ck_assert_uint_eq(t->rows, rows);
    ck_assert_uint_eq(t->features, features);
    ck_assert_uint_eq(t->outputs, outputs);
    for (size_t i = 0; i < rows * features; i++)
        ck_assert_double_eq(((double *)t->x)[i], x[i]);
    for (size_t i = 0; i < rows * outputs; i++)
        ck_assert_double_eq(((double *)t->y)[i], y[i]);
}

static const char *note_of(const nudge_table *t)
{
    size_t n;
    const nudge_note *note = nudge_table_notes(t, &n);
    ck_assert_uint_le(n, 1);
    return n == 0 ? "" : note->text;
}

/* ---- LIBSVM ---------------------------------------------------------------------------- */

static const char sparse[] =
    "# made by hand\n+1 1:0.5 3:-2 # a note\r\n\n-1\n1.5e1\t2:1e-3   3:7  \n";
static const double sparse_x[] = {0.5, 0, -2, 0, 0, 0, 0, 1e-3, 7}, sparse_y[] = {1, -1, 15};

START_TEST(sparse_rows)
{
    static const char *const names[] = {"a9a", "d.svm", "d.csv"};
    for (size_t i = 0; i < 3; i++) {
        nudge_table *t = read_text(names[i], sparse, NULL);
        assert_table(t, "libsvm", 3, 3, 1, sparse_x, sparse_y);
        ck_assert_str_eq(note_of(t), "");
        nudge_table_free(t);
    }
}
END_TEST

START_TEST(rows_without_targets)
{
    nudge_table *t = read_text("d.svm", "1:2 2:3\n2:1\n", NULL);
    assert_table(t, "libsvm", 2, 2, 0, (double[]){2, 3, 0, 1}, NULL);
    nudge_table_free(t);
}
END_TEST

START_TEST(queries_are_left_out)
{
    nudge_table *t = read_text("d", "3 qid:1 1:1 2:0.5\n2 qid:1 1:0 2:0.25\n", NULL);
    assert_table(t, "libsvm", 2, 2, 1, (double[]){1, 0.5, 0, 0.25}, (double[]){3, 2});
    ck_assert_str_eq(note_of(t), "qid, the groups for ranking, is left out");
    nudge_table_free(t);
}
END_TEST

/* A model of 3 features, whose data counted from `base`. */
static nudge_prep *model_of(const char *text)
{
    nudge_table *t = read_text("train.svm", text, NULL);
    nudge_prep *prep = NULL;
    nudge_error err = {0};
    nudge_status status = nudge_prep_fit(&prep, t, NULL, 0, NULL, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    nudge_table_free(t);
    return prep;
}

/* A file has the features of its model, whatever the largest index is. */
START_TEST(features_of_a_model)
{
    nudge_prep *like = model_of("1.5 1:1 3:1\n2.5 2:1\n");
    nudge_table *t = read_text("d.svm", "1 1:4\n", like);
    assert_table(t, "libsvm", 1, 3, 1, (double[]){4, 0, 0}, (double[]){1});
    nudge_table_free(t);
    t = read_text("d.svm", "1 1:4\n2 2:1 4:1 9:3\n", like);
    assert_table(t, "libsvm", 2, 3, 1, (double[]){4, 0, 0, 0, 1, 0}, (double[]){1, 2});
    ck_assert_str_eq(note_of(t), "2 values of features beyond the model's 3 are left out, the "
                     "first in line 2");
    nudge_table_free(t);
    nudge_read_options options = nudge_read_defaults();
    nudge_error err = {0};
    options.like = like;
    write_in_folder("d.svm", "1 0:4\n");
    ck_assert_int_eq(nudge_table_read(&t, in_folder("d.svm"), &options, &err), NUDGE_EMISMATCH);
    ck_assert_ptr_nonnull(strstr(err.text, "an index 0; those of the model's data count from 1"));
    nudge_prep_free(like);
}
END_TEST

START_TEST(indices_from_0)
{
    nudge_prep *like = model_of("1.5 0:1 2:1\n2.5 1:1\n");
    nudge_table *t = read_text("d.svm", "1.5 0:1 2:1\n2.5 1:1\n", NULL);
    assert_table(t, "libsvm", 2, 3, 1, (double[]){1, 0, 1, 0, 1, 0}, (double[]){1.5, 2.5});
    ck_assert_str_eq(note_of(t), "indices count from 0; index 0 is x1");
    nudge_table_free(t);
    t = read_text("d.svm", "2 1:7\n", like); /* without one of 0 */
    assert_table(t, "libsvm", 1, 3, 1, (double[]){0, 7, 0}, (double[]){2});
    nudge_table_free(t);
    nudge_prep_free(like);
}
END_TEST

/* ---- FANN ------------------------------------------------------------------------------ */

static const char xor[] = "4 2 1\n-1 -1\n-1\n-1 1\n1\n1 -1\n1\n1 1\n-1\n";
static const double xor_x[] = {-1, -1, -1, 1, 1, -1, 1, 1}, xor_y[] = {-1, 1, 1, -1};

START_TEST(training_files)
{
    nudge_table *t = read_text("xor.data", xor, NULL);
    assert_table(t, "fann", 4, 2, 1, xor_x, xor_y);
    nudge_table_free(t);
    t = read_text("d.fann", "1 3 3\n1 2\n3\n\n4 5\t6\n", NULL);
    assert_table(t, "fann", 1, 3, 3, (double[]){1, 2, 3}, (double[]){4, 5, 6});
    nudge_table_free(t);
}
END_TEST

/* ---- Not of these formats -------------------------------------------------------------- */

START_TEST(tables_stay_tables)
{
    static const char *const texts[] = {
        "a,b\n1,2\n3,4\n", "1,12:30\n2,12:45\n", "12:30\n12:45\n12:50\n", "a:1,b\n1,2\n2,3\n",
        "1 2 3\n4 5 6\n7 8 9\n", "3 3 3\n4 5 6\n7 8 9\n", "x,y\n1,1:2\n2,2:3\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        nudge_table *t = read_text("d", texts[i], NULL);
        ck_assert_msg(strcmp(t->format, "csv") == 0, "%s", texts[i]);
        nudge_table_free(t);
    }
}
END_TEST

/* What a file is, is told by its first 4096 bytes, which end anywhere in a line or number. */
START_TEST(longer_than_what_tells)
{
    static char text[40000];
    for (size_t k = 0; k < 12; k++) {
        char *at = text + sprintf(text, "#%.*s\n", (int)k, "............");
        for (int i = 0; i < 500; i++)
            at += sprintf(at, "1 1:0.25 12:2\n");
        nudge_table *t = read_text("d", text, NULL);
        ck_assert_str_eq(t->format, "libsvm");
        ck_assert_uint_eq(t->rows, 500);
        ck_assert_uint_eq(t->features, 12);
        nudge_table_free(t);

        size_t inputs = k % 2 == 0 ? 3000 : 2, outputs = 3002 - inputs;
        at = text + sprintf(text, "1 %zu %zu\n0.5%.*s", inputs, outputs, (int)k, "111111111111");
        for (size_t i = 1; i < 3002; i++)
            at += sprintf(at, "%c0.25", i == inputs ? '\n' : ' ');
        t = read_text("d", text, NULL);
        ck_assert_str_eq(t->format, "fann");
        ck_assert_uint_eq(t->features, inputs);
        ck_assert_uint_eq(t->outputs, outputs);
        nudge_table_free(t);
    }
}
END_TEST

/* ---- Refused --------------------------------------------------------------------------- */

static const struct {
    const char *name, *text, *why;
} bad[] = {
    {"d.svm", "", "no rows"},
    {"d.svm", "# nothing\n\n", "no rows"},
    {"d.svm", "1 1:2\nhot 1:3\n", ":2: 'hot' is no target; a finite number is right"},
    {"d.svm", "1,3 1:2\n", ":1: '1,3' is several targets; one number is right"},
    {"d.svm", "nan 1:2\n", "'nan' is no target"},
    {"d.svm", "1 1:2\n1 2:inf\n", ":2: '2:inf' is no feature; INDEX:VALUE, two finite numbers"},
    {"d.svm", "1 1:0x1\n", "'1:0x1' is no feature"},
    {"d.svm", "1 1:2 2\n", "'2' is no feature"},
    {"d.svm", "1 -1:2\n", "'-1:2' is no feature"},
    {"d.svm", "1 1:2 :3\n", "':3' is no feature"},
    {"d.svm", "1 1:\n", "'1:' is no feature"},
    {"d.svm", "1 3:1 2:1\n", "'2:1' is out of order; indices must increase along a line"},
    {"d.svm", "1 3:1 3:1\n", "'3:1' is out of order"},
    {"d.svm", "1 16777217:1\n", "'16777217:1' is of too large an index; 16777216 is the last"},
    {"d.svm", "1 99999999999999999999:1\n", "is no feature"},
    {"d.svm", "1 1:2\n1:3\n", ":2: no target, but rows above have one"},
    {"d.svm", "1:2\n1 1:3\n", ":2: a target, but rows above have none"},
    {"d.svm", "1 1:2 qid:3\n", "'qid:3' is no feature"},
    {"d.fann", "4 2\n1 2\n", ":1: a FANN training file begins with three whole numbers"},
    {"d.fann", "0 2 1\n", "begins with three whole numbers"},
    {"d.fann", "1 2 1 7\n1 2\n1\n", "begins with three whole numbers"},
    {"d.fann", "", "begins with three whole numbers"},
    {"d.fann", "4000000000 2 1\n1 2\n1\n", "cut short: 4000000000 rows of 2 inputs and 1 outputs"},
    {"d.fann", "1 4000000000 4000000000\n1 2\n1\n", "cut short: 1 rows of 4000000000 inputs"},
    {"d.fann", "2 2 1\n1 2\n1\n1 2\n", "cut short: it ends in line 5"},
    {"d.fann", "1 2 1\n1 x\n1\n", ":2: 'x' is no finite number"},
    {"d.fann", "1 2 1\n1 2\n1\n5\n", ":4: '5' is behind the numbers that the first line promises"},
};

START_TEST(refused)
{
    write_in_folder(bad[_i].name, bad[_i].text);
    read_bad(in_folder(bad[_i].name), NULL, NUDGE_EDATA, bad[_i].why);
}
END_TEST

/* A few kB of gzip unpack to as many cells as this; each would take some 100 bytes. */
START_TEST(too_many_columns)
{
    enum { CELLS = 1000001 };
    char *text = malloc(2 * CELLS);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < CELLS; i++)
        memcpy(text + 2 * i, i + 1 < CELLS ? "a," : "a\n", 2);
    write_bytes(in_folder("d.csv"), text, 2 * CELLS);
    read_bad(in_folder("d.csv"), NULL, NUDGE_EDATA, ":1: more than 1000000 cells in a row");
    free(text);
}
END_TEST

/* Cut anywhere, and with any byte changed: refused in one line, or a table whose sizes are sane. */
static void try_text(const nu_format *format, const char *text, size_t size)
{
    nudge_table *t = NULL;
    nudge_error err = {0};
    if (read_memory(&t, format, "d", text, size, NULL, &err) == NUDGE_OK)
        ck_assert_uint_le(t->rows, 5);
    else
        ck_assert_msg(strncmp(err.text, "d", 1) == 0 || err.status == NUDGE_EMEMORY, "%s",
                      err.text);
    nudge_table_free(t);
}

START_TEST(damaged)
{
    const nu_format *format = _i == 0 ? &nu_libsvm_format : &nu_fann_format;
    char text[128];
    size_t size = strlen(_i == 0 ? sparse : xor);
    strcpy(text, _i == 0 ? sparse : xor);
    for (size_t cut = 0; cut <= size; cut++) {
        ck_assert_int_ge(format->looks_like((unsigned char *)text, cut), 0);
        try_text(format, text, cut);
    }
    static const char other[] = "0:9 \n-.e#\xff\x01z";
    for (size_t at = 0; at < size; at++)
        for (size_t k = 0; k < sizeof other; k++) { /* a NUL, too */
            char was = text[at];
            text[at] = other[k];
            try_text(format, text, size);
            text[at] = was;
        }
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *make_suite(void)
{
    Suite *s = suite_create("text formats");
    TCase *good = tcase_create("good"), *wrong = tcase_create("bad");
    tcase_add_checked_fixture(good, make_folder, remove_folder);
    tcase_add_test(good, sparse_rows);
    tcase_add_test(good, rows_without_targets);
    tcase_add_test(good, queries_are_left_out);
    tcase_add_test(good, features_of_a_model);
    tcase_add_test(good, indices_from_0);
    tcase_add_test(good, training_files);
    tcase_add_test(good, tables_stay_tables);
    tcase_add_test(good, longer_than_what_tells);
    suite_add_tcase(s, good);
    tcase_add_checked_fixture(wrong, make_folder, remove_folder);
    tcase_add_loop_test(wrong, refused, 0, COUNT(bad));
    tcase_add_test(wrong, too_many_columns);
    tcase_add_loop_test(wrong, damaged, 0, 2);
    suite_add_tcase(s, wrong);
    return s;
}

SUITE_MAIN(make_suite)
