/* Writing data files, NPY, safetensors and text: what is written reads back to the same bits, for
 * every number of threads. */
#include <errno.h>

#include "core/memory.h"
#include "file_fixtures.h"
#include "read_fixtures.h"

static char npy_path[320], labels_path[320];

static void write_setup(void)
{
    st_setup();
    snprintf(npy_path, sizeof npy_path, "%s/x.npy", folder);
    snprintf(labels_path, sizeof labels_path, "%s/y.npy", folder);
}

static double target_of(const nudge_table *t, size_t row)
{
    return t->classes != NULL ? t->classes[row] : nu_value(t->y, t->y_element, row);
}

/* The same rows, features and targets, to the bit; names may differ. */
static void same_values(const nudge_table *a, const nudge_table *b)
{
    size_t size = nu_element_size(a->element);
    ck_assert_uint_eq(a->rows, b->rows);
    ck_assert_uint_eq(a->features, b->features);
    ck_assert_uint_eq(a->outputs, b->outputs);
    ck_assert_uint_eq(a->pixel_rows, b->pixel_rows);
    ck_assert_int_eq(a->element, b->element);
    ck_assert_mem_eq(a->x, b->x, a->rows * a->features * size);
    ck_assert_int_eq(a->outputs > 0, a->y != NULL || a->classes != NULL);
    if (a->y != NULL && b->y != NULL)
        ck_assert_mem_eq(a->y, b->y, a->rows * a->outputs * nu_element_size(a->y_element));
    else if (a->classes != NULL && b->classes != NULL)
        ck_assert_mem_eq(a->classes, b->classes, a->rows * sizeof *a->classes);
    else if (a->outputs > 0) /* whole numbers of a file that does not say that they are classes */
        for (size_t i = 0; i < a->rows; i++)
            ck_assert_double_eq(target_of(a, i), target_of(b, i));
}

/* Rows that end inside a block of 64, and inside a chunk; numbers and classes; one feature; a
 * number of rows that the generator sets. */
static const char *const specs[] = {
    "synth:teacher,rows=20001,features=5,seed=7",
    "synth:teacher,rows=20001,features=5,classes=4,seed=7",
    "synth:linear,rows=100003,features=1",
    "synth:blobs,rows=63",
    "synth:line",
    "synth:parity,bits=9",
    "synth:or",
};

static nudge_table *generated(const char *spec, nudge_dtype dtype)
{
    nudge_read_options options = nudge_read_defaults();
    nudge_table *t = NULL;
    nudge_error err = {0};
    options.dtype = dtype;
    options.threads = 1;
    nudge_status status = nudge_table_read(&t, spec, &options, &err);
    ck_assert_msg(status == NUDGE_OK, "%s", err.text);
    return t;
}

/* Identity: the file read back = the table of the generator, for 1, 2, 3 and 7 threads, in both
 * formats and both types; and the bytes of the files do not depend on the threads. */
START_TEST(files_are_the_generator)
{
    static const int threads[] = {1, 2, 3, 7};
    const char *spec = specs[_i / 2];
    nudge_dtype dtype = _i % 2 == 0 ? NUDGE_F32 : NUDGE_F64;
    nudge_table *made = generated(spec, dtype);
    unsigned char *first = NULL;
    size_t first_size = 0;
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        nudge_write_options options = nudge_write_defaults();
        nudge_written written;
        nudge_error err = {0};
        options.dtype = dtype;
        options.threads = threads[i];
        ck_assert_msg(nudge_synth_write(&written, spec, st_path, &options, &err) == NUDGE_OK, "%s",
                      err.text);
        size_t size;
        unsigned char *bytes = read_bytes(st_path, &size);
        ck_assert_uint_eq(written.rows, made->rows);
        ck_assert_uint_eq(written.features, made->features);
        ck_assert_uint_eq(written.targets, 1);
        ck_assert_uint_eq(written.bytes, size);
        nudge_table *t = read_good(st_path, NULL);
        same_values(made, t);
        ck_assert_uint_eq(made->n_classes, t->n_classes);
        ck_assert_str_eq(made->target_name, t->target_name);
        nudge_table_free(t);
        if (first == NULL) {
            first = bytes;
            first_size = size;
        } else {
            ck_assert_uint_eq(size, first_size);
            ck_assert_mem_eq(bytes, first, size);
            free(bytes);
        }

        options.labels = labels_path;
        ck_assert_msg(nudge_synth_write(&written, spec, npy_path, &options, &err) == NUDGE_OK,
                      "%s", err.text);
        t = read_good(npy_path, labels_path);
        same_values(made, t);
        nudge_table_free(t);
    }
    ck_assert_uint_eq(files_in_folder(), 3);
    free(first);
    nudge_table_free(made);
}
END_TEST

/* Tables in memory to the same formats; images keep their shape. */
START_TEST(tables_are_written)
{
    nudge_error err = {0};
    nudge_table *tables[] = {
        generated("synth:teacher,rows=100,features=3", NUDGE_F32),
        generated("synth:blobs,rows=100", NUDGE_F64),
        read_good(test_file("good-images.idx"), test_file("good-labels.idx")),
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        ck_assert_msg(nudge_table_write(tables[i], st_path, &err) == NUDGE_OK, "%s", err.text);
        nudge_table *t = read_good(st_path, NULL);
        same_values(tables[i], t);
        nudge_table_free(t);
        ck_assert_msg(nudge_table_write(tables[i], npy_path, &err) == NUDGE_OK, "%s", err.text);
        ck_assert_msg(nudge_table_write_targets(tables[i], labels_path, &err) == NUDGE_OK, "%s",
                      err.text);
        t = read_good(npy_path, labels_path);
        same_values(tables[i], t);
        nudge_table_free(t);
        nudge_table_free(tables[i]);
    }
}
END_TEST

START_TEST(refused_tables)
{
    nudge_error err = {0};
    nudge_table *t = read_good(test_file("good-plain.csv"), NULL);
    ck_assert_int_eq(nudge_table_write(t, npy_path, &err), NUDGE_EARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "is written as .csv, .csv.gz or .safetensors"));
    ck_assert_int_eq(nudge_table_write_targets(t, labels_path, &err), NUDGE_EARGUMENT);
    nudge_table_free(t);
    t = read_good(test_file("good-images.idx"), NULL);
    ck_assert_int_eq(nudge_table_write_targets(t, labels_path, &err), NUDGE_EARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "it has no targets"));
    ck_assert_int_eq(nudge_table_write_targets(t, "y.csv", &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_table_write_targets(t, NULL, &err), NUDGE_EARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "the file of targets, '', must end in .npy"));
    nudge_table_free(t);
    ck_assert_uint_eq(files_in_folder(), 0);
}
END_TEST

/* ---- Writing that fails ---------------------------------------------------------------- */

static int stop_at_half(const nudge_write_progress *now, void *user)
{
    int *calls = user;
    ++*calls;
    ck_assert_uint_le(now->rows, now->all_rows);
    return now->rows >= now->all_rows / 2;
}

/* What was there stays, and nothing is beside it. */
START_TEST(stopped)
{
    nudge_write_options options = nudge_write_defaults();
    nudge_error err = {0};
    int calls = 0;
    write_bytes(st_path, "before", 6);
    options.on_progress = stop_at_half;
    options.progress_seconds = 0;
    options.user = &calls;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:linear,rows=200000", st_path, &options, &err),
                     NUDGE_ESTOPPED);
    ck_assert_int_gt(calls, 0);
    size_t size;
    unsigned char *bytes = read_bytes(st_path, &size);
    ck_assert_uint_eq(size, 6);
    ck_assert_mem_eq(bytes, "before", 6);
    free(bytes);
    ck_assert_uint_eq(files_in_folder(), 1);
}
END_TEST

/* Text has no places: it is stopped between chunks. */
START_TEST(stopped_text)
{
    nudge_write_options options = nudge_write_defaults();
    nudge_error err = {0};
    int calls = 0;
    char path[320];
    snprintf(path, sizeof path, "%s/x.csv.gz", folder);
    options.on_progress = stop_at_half;
    options.progress_seconds = 0;
    options.user = &calls;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:linear,rows=30000", path, &options, &err),
                     NUDGE_ESTOPPED);
    ck_assert_int_gt(calls, 1);
    ck_assert_uint_eq(files_in_folder(), 0);
}
END_TEST

/* Chunk by chunk gives the bytes of the whole table, and a number of threads that no machine has
 * is none that is used. */
START_TEST(text_is_the_table)
{
    nudge_error err = {0};
    nudge_write_options options = nudge_write_defaults();
    nudge_written written;
    char one[320], other[320];
    size_t size[2];
    snprintf(one, sizeof one, "%s/1.csv", folder);
    snprintf(other, sizeof other, "%s/2.csv", folder);
    options.threads = 1 << 20;
    ck_assert_msg(nudge_synth_write(&written, "synth:blobs,rows=50001,features=3", one, &options,
                                    &err) == NUDGE_OK, "%s", err.text);
    ck_assert_uint_eq(written.rows, 50001);
    nudge_table *t = read_good("synth:blobs,rows=50001,features=3", NULL);
    ck_assert_msg(nudge_table_write(t, other, &err) == NUDGE_OK, "%s", err.text);
    unsigned char *a = read_bytes(one, &size[0]), *b = read_bytes(other, &size[1]);
    ck_assert_uint_eq(size[0], size[1]);
    ck_assert_uint_eq(written.bytes, size[0]);
    ck_assert_mem_eq(a, b, size[0]);
    nudge_table_free(t);
    free(a);
    free(b);
}
END_TEST

/* The first file fits, the second does not, or the only one does not. */
START_TEST(write_errors)
{
    nudge_write_options options = nudge_write_defaults();
    nudge_error err = {0};
    limit_file_size(100000);
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:linear,rows=50000", st_path, &options, &err),
                     NUDGE_EIO);
    ck_assert_msg(strstr(err.text, strerror(EFBIG)) != NULL, "%s", err.text);
    options.labels = labels_path;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:linear,rows=50000,features=1", npy_path,
                                       &options, &err),
                     NUDGE_EIO);
    limit_file_size(RLIM_INFINITY);
    ck_assert_uint_eq(files_in_folder(), 0);
}
END_TEST

/* A petabyte is refused at once. */
START_TEST(no_space)
{
    nudge_error err = {0};
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:linear,rows=4294967295,features=65536", st_path,
                                       NULL, &err),
                     NUDGE_EIO);
    ck_assert_msg(strstr(err.text, "is free there") != NULL, "%s", err.text);
    ck_assert_uint_eq(files_in_folder(), 0);
}
END_TEST

START_TEST(refused_writes)
{
    nudge_error err = {0};
    nudge_write_options options = nudge_write_defaults();
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", npy_path, NULL, &err), NUDGE_EARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "the targets need an .npy file of their own"));
    options.labels = labels_path;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", st_path, &options, &err),
                     NUDGE_EARGUMENT);
    options.labels = st_path;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", npy_path, &options, &err),
                     NUDGE_EARGUMENT);
    options.labels = npy_path;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", npy_path, &options, &err),
                     NUDGE_EARGUMENT);
    options.labels = NULL;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", "x.txt", &options, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_synth_write(NULL, "line", st_path, &options, &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_synth_write(NULL, NULL, st_path, &options, &err), NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", NULL, &options, &err), NUDGE_EARGUMENT);
    options.dtype = (nudge_dtype)7;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", st_path, &options, &err),
                     NUDGE_EARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.text, "dtype 7 is neither f32 nor f64"));
    options.dtype = NUDGE_F32;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:nosuch", st_path, &options, &err),
                     NUDGE_EARGUMENT);
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:line", "no/such/x.safetensors", &options, &err),
                     NUDGE_EOPEN);
    ck_assert_uint_eq(files_in_folder(), 0);
}
END_TEST

/* Features and targets of one name in two folders are two files; a pipe is none. */
/* Names of columns with which files of other formats begin: they are read, and written so that they
 * are. */
static const char *const names[] = {
    "PAR1", "ARROW1", "FEA1", "ORCID", "Rar!", "MATLAB 5.0 MAT-file", "$FL2@(#)", "@relation", "[{",
    "<?xml", "<!DOCTYPE", "<html", "<stata_dta>", "%PDF-", "2 3:4", "{\"", "SQLite format 3",
};

START_TEST(names_of_columns)
{
    nudge_error err;
    char text[80], other[320];
    snprintf(text, sizeof text, _i < 7 ? "%s,y\n1,2\n3,5\n" : "\"%s\",y\n1,2\n3,5\n", names[_i]);
    if (strcmp(names[_i], "{\"") == 0)
        strcpy(text, "\"{\"\"\",y\n1,2\n3,5\n");
    write_in_folder("a.csv", text);
    nudge_table *t = read_good(in_folder("a.csv"), NULL);
    ck_assert_str_eq(nudge_table_column(t, 0).name, names[_i]);
    snprintf(other, sizeof other, "%s/b.csv", folder);
    ck_assert_msg(nudge_table_write(t, other, &err) == NUDGE_OK, "%s", err.text);
    nudge_table *again = read_good(other, NULL);
    ck_assert_str_eq(nudge_table_column(again, 0).name, names[_i]);
    ck_assert_uint_eq(nudge_table_describe(again).rows, 2);
    nudge_table_free(again);
    nudge_table_free(t);
}
END_TEST

START_TEST(names_of_files)
{
    char x[700], y[700];
    nudge_error err = {0};
    nudge_write_options options = nudge_write_defaults();
    snprintf(x, sizeof x, "%s/a.npy", folder);
    ck_assert_int_eq(mkfifo(x, 0600), 0);
    options.labels = labels_path;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:or", x, &options, &err), NUDGE_EOPEN);
    ck_assert_msg(strstr(err.text, "it is a pipe; .npy and .safetensors files are not"), "%s",
                  err.text);
    ck_assert_int_eq(mkdir(in_folder("a"), 0700), 0);
    ck_assert_int_eq(mkdir(in_folder("b"), 0700), 0);
    snprintf(x, sizeof x, "%s/a/d.npy", folder);
    snprintf(y, sizeof y, "%s/b/../a/d.npy", folder);
    options.labels = y;
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:or", x, &options, &err), NUDGE_EARGUMENT);
    ck_assert_msg(strstr(err.text, "features and targets cannot both go to"), "%s", err.text);
    snprintf(y, sizeof y, "%s/b/d.npy", folder);
    ck_assert_int_eq(nudge_synth_write(NULL, "synth:or", x, &options, &err), NUDGE_OK);
    nudge_table *t = read_good(x, y);
    ck_assert_uint_eq(t->features, 2);
    ck_assert_uint_eq(t->outputs, 1);
    nudge_table_free(t);
}
END_TEST

static Suite *written_suite(void)
{
    Suite *s = suite_create("written");
    TCase *tc = tcase_create("writing");
    tcase_add_checked_fixture(tc, write_setup, remove_folder);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, files_are_the_generator, 0, 2 * (int)(sizeof specs / sizeof *specs));
    tcase_add_test(tc, tables_are_written);
    tcase_add_test(tc, refused_tables);
    tcase_add_test(tc, stopped);
    tcase_add_test(tc, stopped_text);
    tcase_add_test(tc, text_is_the_table);
    tcase_add_test(tc, write_errors);
    tcase_add_test(tc, no_space);
    tcase_add_test(tc, refused_writes);
    tcase_add_test(tc, names_of_files);
    tcase_add_loop_test(tc, names_of_columns, 0, sizeof names / sizeof *names);
    suite_add_tcase(s, tc);
    return s;
}

SUITE_MAIN(written_suite)
