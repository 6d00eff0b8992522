/* CSV tables: cells, kinds of columns, files that must be refused, writing and reading back. */
#include <locale.h>
#include <stdint.h>
#include <unistd.h>

#include "csv_fixtures.h"

/* ---- Good files ------------------------------------------------------------------------ */

static const struct good {
    const char *file, *names, *cells;
} good[] = {
    {"good-plain.csv", "age,city*,price", "41 Oslo 1.5|-300 Bergen 0.25|7 Oslo 0.001"},
    {"good-crlf.csv", "age,city*,price", "41 Oslo 1.5|-300 Bergen 0.25|7 Oslo 0.001"},
    {"good-cr.csv", "age,city*,price", "41 Oslo 1.5|-300 Bergen 0.25|7 Oslo 0.001"},
    {"good-bom.csv", "age,city*,price", "41 Oslo 1.5|-300 Bergen 0.25|7 Oslo 0.001"},
    {"good-blank-lines.csv", "age,city*,price", "41 Oslo 1.5|-300 Bergen 0.25|7 Oslo 0.001"},
    {"good-spaces.csv", "age,city*,price", "41 Oslo 1.5|-300 Bergen 0.25|7 Oslo 0.001"},
    {"good-gzip.csv.gz", "age,city*,price", "41 Oslo 1.5|-300 Bergen 0.25|7 Oslo 0.001"},
    {"good-quotes.csv", "age,ci\"ty*,pri,ce",
     "41 Oslo, Norway 1.5|-300 two\nlines 0.25|7 say \"hei\" 0.001"},
    {"good-missing.csv", "age,city*,price", "- - 1|- Oslo -|- - 3|- - -|5 Bergen -"},
    {"good-no-header.csv", "c1,c2*,c3", "41 Oslo 1.5|-300 Bergen 0.25|7 Oslo 0.001"},
    {"good-text-only.csv", "color*,size*,class*", "red S yes|blue M no|red M no|blue S yes"},
    {"good-duplicate-name.csv", "age,city*,age.1", "41 Oslo 1.5|7 Oslo 2"},
    {"good-empty-name.csv", "age,c2*,price", "41 Oslo 1.5|7 Oslo 2"},
    {"good-utf16.csv", "age,city*", "41 Oslo"},
    {"good-utf8.csv", "größe,stadt*", "1 Tromsø|2 東京|3 Zürich"},
};

START_TEST(good_files)
{
    const struct good *g = &good[_i];
    nudge_table *t = NULL;
    nudge_error err = {0};
    nudge_status status = nudge_table_read(&t, test_file(g->file), NULL, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    assert_table(t, g->names, g->cells);
    nudge_table_info info = nudge_table_describe(t);
    ck_assert_str_eq(info.format, "csv");
    ck_assert_str_eq(info.source, test_file(g->file));
    ck_assert(isnan(info.noise_floor));
    nudge_table_free(t);
}
END_TEST

START_TEST(columns_are_described)
{
    nudge_read_options o = nudge_read_defaults();
    o.target = "city";
    nudge_table *t = read_text("age,city\n4,b\n,a\n-1,b\n8,\n0,b\n", &o);
    nudge_column_info age = nudge_table_column(t, 0), city = nudge_table_column(t, 1);
    ck_assert_str_eq(age.name, "age");
    ck_assert_int_eq(age.kind, NUDGE_COLUMN_NUMBER);
    ck_assert_int_eq(age.is_target, 0);
    ck_assert_uint_eq(age.missing, 1);
    ck_assert_uint_eq(age.width, 1);
    ck_assert(age.min == -1 && age.max == 4 && age.mean == 1);
    ck_assert_uint_eq(t->columns[0].first_missing, 1);
    ck_assert_int_eq(city.kind, NUDGE_COLUMN_CATEGORY);
    ck_assert_int_eq(city.is_target, 1);
    ck_assert_uint_eq(city.missing, 0); /* the row without a target is left out */
    ck_assert_uint_eq(t->rows, 4);
    ck_assert_uint_eq(city.categories, 2);
    ck_assert_str_eq(nudge_table_category(t, 1, 0), "a");
    ck_assert_str_eq(nudge_table_category(t, 1, 1), "b");
    ck_assert_uint_ge(nudge_table_describe(t).bytes, 2 * 4 * sizeof(double));
    nudge_table_free(t);
}
END_TEST

/* A file of many columns takes no memory for rows that it does not have. */
START_TEST(few_rows)
{
    char text[4 * 2 * 500 + 1], *at = text;
    for (int row = 0; row < 4; row++)
        for (int j = 0; j < 500; j++)
            at += sprintf(at, "%d%c", row + 1, j < 499 ? ',' : '\n');
    nudge_table *t = read_text(text, NULL);
    ck_assert_uint_eq(t->n_columns, 500);
    ck_assert_uint_eq(nudge_table_describe(t).bytes, 500 * 8 * sizeof(double));
    for (size_t j = 0; j < 500; j++)
        ck_assert(nu_table_cell(t, 0, j) == 1 && nu_table_cell(t, 3, j) == 4);
    nudge_table_free(t);
}
END_TEST

/* More rows than a chunk has, and categories that are found in another order than they sort. */
START_TEST(many_rows)
{
    size_t rows = 2 * NU_CHUNK_ROWS + 17;
    char *text = malloc(rows * 32), *at = text;
    at += sprintf(at, "n,label\n");
    for (size_t r = 0; r < rows; r++)
        at += sprintf(at, "%zu,L%03zu\n", r, (r * 7 + 500) % 600);
    nudge_table *t = read_text(text, NULL);
    free(text);
    ck_assert_uint_eq(t->rows, rows);
    ck_assert_uint_eq(t->n_chunks, 3);
    ck_assert_uint_eq(t->columns[1].n_categories, 600);
    for (size_t r = 0; r < rows; r++) {
        ck_assert_double_eq(nu_table_cell(t, r, 0), (double)r);
        ck_assert_double_eq(nu_table_cell(t, r, 1), (double)((r * 7 + 500) % 600));
    }
    for (size_t k = 1; k < 600; k++)
        ck_assert_int_lt(strcmp(t->columns[1].categories[k - 1], t->columns[1].categories[k]), 0);
    nudge_table_free(t);
}
END_TEST

START_TEST(numbers_in_another_locale)
{
    static const char *const name[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (setlocale(LC_ALL, name[i]) != NULL)
            break;
    nudge_table *t = read_text("a,b\n1.5,2\n0.25,3\n", NULL);
    ck_assert_double_eq(nu_table_cell(t, 0, 0), 1.5);
    ck_assert_double_eq(nu_table_cell(t, 1, 0), 0.25);
    ck_assert_int_eq(nudge_table_write(t, "test_csv-locale.csv", NULL), NUDGE_OK);
    setlocale(LC_ALL, "C");
    nudge_table *u = NULL;
    ck_assert_int_eq(nudge_table_read(&u, "test_csv-locale.csv", NULL, NULL), NUDGE_OK);
    assert_table(u, "a,b", cells_text(t));
    ck_assert_int_eq(unlink("test_csv-locale.csv"), 0);
    nudge_table_free(t);
    nudge_table_free(u);
}
END_TEST

/* nan in a text column is a text; -0 and the smallest and largest numbers are what they are. */
START_TEST(odd_cells_that_are_right)
{
    nudge_table *t = read_text("name,x\nNan,-0\nBo,4.9e-324\nAl,1.7976931348623157e308\n"
                               "Al,1e-999\n", NULL);
    ck_assert_str_eq(names_text(t), "name*,x");
    ck_assert(signbit(nu_table_cell(t, 0, 1)) && nu_table_cell(t, 0, 1) == 0);
    ck_assert_double_eq(nu_table_cell(t, 1, 1), 0x1p-1074);
    ck_assert_double_eq(nu_table_cell(t, 2, 1), 0x1.fffffffffffffp1023);
    ck_assert_double_eq(nu_table_cell(t, 3, 1), 0);
    nudge_table_free(t);
}
END_TEST

START_TEST(column_without_values)
{
    nudge_table *t = read_text("a,b\n1,\n2,NA\n3,?\n", NULL);
    assert_table(t, "a,b", "1 -|2 -|3 -");
    ck_assert_uint_eq(t->columns[1].missing, 3);
    ck_assert_double_eq(nudge_table_column(t, 1).mean, 0);
    nudge_table_free(t);
}
END_TEST

/* ---- Bad files ------------------------------------------------------------------------- */

static const struct bad {
    const char *file;
    const char *words; /* of the message, after the file's name */
} bad[] = {
    {"bad-ragged-short.csv", ":3: 2 cells where the header has 3"},
    {"bad-ragged-long.csv", ":3: 4 cells where the header has 3"},
    {"bad-ragged-no-header.csv", ":3: 2 cells where the first row has 3"},
    {"bad-ragged-after-lines.csv", ":4: 2 cells where the header has 3"},
    {"bad-text-in-numbers.csv", ":4: column 'price': 'abc' is not a number (4 other cells are)"},
    {"bad-text-first.csv", ":2: column 'age': 'under 3' is not a number, but all 2 cells below it are; "
                           "if line 2 has units or the like, leave out that 1 line"},
    {"bad-number-in-texts.csv", ":4: column 'city': '17' is a number, but 3 other cells are text; "
                                "as a category every cell is text"},
    {"bad-long-cell.csv", ":3: column 'price': 'abcdefghijabcdefghijabcdefghijabcdefghij...' is"},
    {"bad-hex.csv", ":3: column 'age': '0x10' is not a number (2 other cells are)"},
    {"bad-infinity.csv", ":4: column 'age': '-inf' is not a finite number; does it stand for"},
    {"bad-overflow.csv", ":3: column 'price': '1e999' is not a finite number"},
    {"bad-empty.csv", ": empty file; a CSV table with a header line was expected"},
    {"bad-blank.csv", ": empty file; a CSV table with a header line was expected"},
    {"bad-header-only.csv", ": a header but no rows"},
    {"bad-open-quote.csv", ":3: a quoted cell begins here and never ends"},
    {"bad-inner-quote.csv", ":3: broken quoting in the cell that begins here"},
    {"bad-after-quote.csv", ":3: broken quoting in the cell that begins here"},
    {"bad-nul.csv", ":3: the byte 0x00 is no text"},
    {"bad-control.csv", ":3: the byte 0x1B is no text"},
    {"bad-latin1.csv", ":3: byte 25 of the file, 0xF8, is not UTF-8; name the file's encoding, such "
                       "as latin1, or save it as UTF-8"},
    {"bad-cut.csv.gz", ": the gzip data is cut short"},
    {"bad-damaged.csv.gz", ": the gzip data is damaged"},
    {"bad-trailing.csv.gz", ": 7 bytes that are no gzip data follow"},
};

START_TEST(bad_csv_files)
{
    const struct bad *b = &bad[_i];
    const char *path = test_file(b->file);
    nudge_error err = {0};
    nudge_table *t = NULL;
    ck_assert_int_eq(nudge_table_read(&t, path, NULL, &err), NUDGE_EDATA);
    ck_assert_int_eq(err.status, NUDGE_EDATA);
    ck_assert_ptr_null(t);
    ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0, "%s", err.text);
    ck_assert_msg(strncmp(err.text + strlen(path), b->words, strlen(b->words)) == 0,
                  "'%s' does not follow the name in '%s'", b->words, err.text);
    ck_assert_int_eq(nudge_table_read(&t, path, NULL, NULL), NUDGE_EDATA);
}
END_TEST

START_TEST(arguments_refused)
{
    nudge_error err = {0};
    nudge_table *t = NULL;
    nudge_read_options o = nudge_read_defaults();
    ck_assert_int_eq(nudge_table_read(&t, NULL, NULL, &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_table_read(&t, "", NULL, &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_table_read(&t, "none.csv", NULL, &err), NUDGE_EOPEN);
    ck_assert_str_eq(err.text, "cannot open 'none.csv': No such file or directory");
    o.labels = "labels.idx";
    ck_assert_int_eq(nudge_table_read(&t, test_file("good-plain.csv"), &o, &err),
                     NUDGE_EARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "is not an IDX or NPY file"));
    ck_assert_ptr_null(t);
}
END_TEST

/* A message cuts a long text between characters, not within one. */
START_TEST(long_text_is_cut_between_characters)
{
    char text[256] = "a\n1\n2\nx";
    for (int i = 0; i < 30; i++)
        strcat(text, "é");
    strcat(text, "\n");
    refuse_text(text, NULL, NUDGE_EDATA, ":4: column 'a': 'xééééééééééééééééééé...' is not");
}
END_TEST

START_TEST(too_many_categories)
{
    char *text = malloc(3000 * 16), *at = text;
    nudge_read_options o = nudge_read_defaults();
    at += sprintf(at, "name,y\n");
    for (int r = 0; r < 2000; r++)
        at += sprintf(at, "N%d!,%d\n", r < 1001 ? r : 0, r * r);
    o.target = "name";
    refuse_text(text, &o, NUDGE_EDATA, "target column 'name' has 1001 different values in 2000 "
                                       "rows: too many classes");
    strcpy(at, "N0!,1\nN0!,2\n"); /* 1001 of 2002 are no more than half */
    nudge_table_free(read_text(text, &o));
    free(text);
}
END_TEST

/* ---- Writing --------------------------------------------------------------------------- */

static uint64_t scramble(uint64_t x) /* splitmix64 */
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static nudge_table *csv_matrix(size_t rows, size_t features, nu_element element)
{
    nudge_table *t = calloc(1, sizeof *t);
    t->rows = rows;
    t->features = features;
    t->element = element;
    t->source = strdup("made");
    t->format = "synth";
    t->x = calloc(rows * features, nu_element_size(element));
    t->target_name = strdup("label");
    return t;
}

static nudge_table *write_and_read(const nudge_table *t, const char *path)
{
    nudge_error err = {0};
    nudge_table *back = NULL;
    nudge_status status = nudge_table_write(t, path, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    status = nudge_table_read(&back, path, NULL, &err);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    return back;
}

/* Any finite f64 or f32 is read back with the same bits: random bit patterns, all exponents. */
START_TEST(write_reads_back_f64)
{
    size_t rows = 20000;
    nudge_table *t = csv_matrix(rows, 1, NU_F64);
    double *x = t->x;
    for (size_t i = 0; i < rows; i++) {
        uint64_t bits = scramble(i);
        memcpy(&x[i], &bits, sizeof bits);
        if (!isfinite(x[i]))
            x[i] = (double)i / 10;
    }
    nudge_table *back = write_and_read(t, "test_csv-f64.csv.gz");
    ck_assert_uint_eq(back->rows, rows);
    ck_assert_str_eq(back->columns[0].name, "x1");
    for (size_t i = 0; i < rows; i++) {
        double v = nu_table_cell(back, i, 0);
        ck_assert_mem_eq(&v, &x[i], sizeof v);
    }
    nudge_table_free(back);
    nudge_table_free(t);
}
END_TEST

START_TEST(write_reads_back_f32)
{
    size_t rows = 20000;
    nudge_table *t = csv_matrix(rows, 2, NU_F32);
    float *x = t->x;
    for (size_t i = 0; i < 2 * rows; i++) {
        uint32_t bits = (uint32_t)scramble(i);
        memcpy(&x[i], &bits, sizeof bits);
        if (!isfinite(x[i]) || i % 2 == 1)
            x[i] = (float)i / 10;
    }
    nudge_table *back = write_and_read(t, "test_csv-f32.csv");
    for (size_t i = 0; i < 2 * rows; i++) {
        float v = (float)nu_table_cell(back, i / 2, i % 2);
        ck_assert_mem_eq(&v, &x[i], sizeof v);
    }
    nudge_table_free(back);
    nudge_table_free(t);
}
END_TEST

START_TEST(write_is_short)
{
    nudge_table *t = csv_matrix(4, 1, NU_F32), *u = csv_matrix(4, 1, NU_F64);
    float *x = t->x;
    double *y = u->x;
    x[0] = 0.1f, x[1] = 5, x[2] = -1e-30f, x[3] = 16777216;
    y[0] = 0.1, y[1] = 0.1 + 0.2, y[2] = -1e300, y[3] = 123456789;
    ck_assert_int_eq(nudge_table_write(t, "test_csv-32.csv", NULL), NUDGE_OK);
    ck_assert_int_eq(nudge_table_write(u, "test_csv-64.csv", NULL), NUDGE_OK);
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(nu_read_file("test_csv-32.csv", &bytes, &size, NULL), NUDGE_OK);
    ck_assert_str_eq((char *)bytes, "x1\n0.1\n5\n-1e-30\n16777216\n");
    free(bytes);
    ck_assert_int_eq(nu_read_file("test_csv-64.csv", &bytes, &size, NULL), NUDGE_OK);
    ck_assert_str_eq((char *)bytes, "x1\n0.1\n0.30000000000000004\n-1e+300\n123456789\n");
    free(bytes);
    unlink("test_csv-32.csv");
    unlink("test_csv-64.csv");
    nudge_table_free(t);
    nudge_table_free(u);
}
END_TEST

START_TEST(write_pixels_and_labels)
{
    nudge_table *t = csv_matrix(3, 4, NU_U8);
    unsigned char *x = t->x;
    for (int i = 0; i < 12; i++)
        x[i] = (unsigned char)(i * 23);
    t->pixel_rows = t->pixel_columns = 2;
    t->outputs = 1;
    t->n_classes = 2;
    t->class_labels = calloc(2, sizeof *t->class_labels);
    t->class_labels[0] = strdup("cat, \"big\"");
    t->class_labels[1] = strdup(" dog");
    t->classes = calloc(3, sizeof *t->classes);
    t->classes[1] = 1;
    ck_assert_int_eq(nu_table_finish(t, NULL), NUDGE_OK);
    nudge_table *back = write_and_read(t, "test_csv-pixels.csv");
    assert_table(back, "p1,p2,p3,p4,label*", "0 23 46 69 cat, \"big\"|92 115 138 161  dog|"
                                             "184 207 230 253 cat, \"big\"");
    nudge_column_info pixels = nudge_table_column(t, 0), label = nudge_table_column(t, 1);
    ck_assert_uint_eq(nudge_table_describe(t).columns, 2);
    ck_assert_int_eq(pixels.kind, NUDGE_COLUMN_PIXELS);
    ck_assert_uint_eq(pixels.width, 4);
    ck_assert(pixels.min == 0 && pixels.max == 253 && pixels.mean == 126.5);
    ck_assert_int_eq(label.is_target, 1);
    ck_assert_uint_eq(label.categories, 2);
    ck_assert_str_eq(nudge_table_category(t, 1, 1), " dog");
    nudge_table_free(back);
    nudge_table_free(t);
}
END_TEST

START_TEST(write_columns)
{
    nudge_table *t = read_text("\"a,b\",city\n1,\"x\"\"y\"\n,\"two\nlines\"\n0.1,\n", NULL);
    nudge_table *back = write_and_read(t, "test_csv-columns.csv");
    assert_table(back, names_text(t), cells_text(t));
    nudge_table_free(back);
    nudge_table_free(t);
    t = read_text("a\n1\nNA\n3\n", NULL); /* a missing cell alone in its row */
    back = write_and_read(t, "test_csv-columns.csv.gz");
    assert_table(back, "a", "1|-|3");
    nudge_table_free(back);
    nudge_table_free(t);
}
END_TEST

START_TEST(write_refused)
{
    nudge_error err = {0};
    nudge_table *t = read_text("a\n1\n2\n", NULL);
    ck_assert_int_eq(nudge_table_write(t, "table.txt", &err), NUDGE_EARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "'table.txt', must end in .csv, .csv.gz, .npy or .safetensors"));
    ck_assert_int_eq(nudge_table_write(t, NULL, &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_table_write(t, "none/table.csv", &err), NUDGE_EOPEN);
    if (access("/dev/full", W_OK) == 0) {
        static const char *const link[] = {"test_csv-full.csv", "test_csv-full.csv.gz"};
        for (int i = 0; i < 2; i++) {
            ck_assert_int_eq(symlink("/dev/full", link[i]), 0);
            ck_assert_int_eq(nudge_table_write(t, link[i], &err), NUDGE_EIO);
            ck_assert_ptr_nonnull(strstr(err.text, "No space left on device"));
            ck_assert_int_eq(unlink(link[i]), 0);
        }
    }
    nudge_table_free(t);
}
END_TEST

static Suite *csv_suite(void)
{
    Suite *suite = suite_create("csv");
    TCase *right = tcase_create("good files");
    tcase_add_loop_test(right, good_files, 0, sizeof good / sizeof *good);
    tcase_add_test(right, columns_are_described);
    tcase_add_test(right, few_rows);
    tcase_add_test(right, many_rows);
    tcase_add_test(right, numbers_in_another_locale);
    tcase_add_test(right, odd_cells_that_are_right);
    tcase_add_test(right, column_without_values);
    suite_add_tcase(suite, right);
    TCase *wrong = tcase_create("bad files");
    tcase_add_loop_test(wrong, bad_csv_files, 0, sizeof bad / sizeof *bad);
    tcase_add_test(wrong, arguments_refused);
    tcase_add_test(wrong, long_text_is_cut_between_characters);
    tcase_add_test(wrong, too_many_categories);
    suite_add_tcase(suite, wrong);
    TCase *write = tcase_create("writing");
    tcase_set_timeout(write, 60);
    tcase_add_test(write, write_reads_back_f64);
    tcase_add_test(write, write_reads_back_f32);
    tcase_add_test(write, write_is_short);
    tcase_add_test(write, write_pixels_and_labels);
    tcase_add_test(write, write_columns);
    tcase_add_test(write, write_refused);
    suite_add_tcase(suite, write);
    return suite;
}

SUITE_MAIN(csv_suite)
