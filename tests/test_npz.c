/* Zip archives: NPZ files, one file zipped, damage of every kind; and files of other programs. */
#include <math.h>

#include "npy_fixtures.h"
#include "read_fixtures.h"
#include "zip_fixtures.h"

static char path[300];

static void setup(void)
{
    make_folder();
    snprintf(path, sizeof path, "%s/d.npz", folder);
}

static const float x[] = {1, 2, 3, 4, 5, 6};
static const double y[] = {0.5, -1, 1e300};

/* x and y under two names, not ended. */
static zip_file make_arrays(const char *x_name, const char *y_name, int deflated)
{
    zip_file z = {.size = 0};
    unsigned char file[512];
    zip_add(&z, x_name, file, make_npy(file, 1, NPY("<f4", "(3, 2)"), x, sizeof x), deflated);
    zip_add(&z, y_name, file, make_npy(file, 1, NPY("<f8", "(3,)"), y, sizeof y), deflated);
    return z;
}

static void assert_arrays(const nudge_table *t)
{
    ck_assert_uint_eq(t->rows, 3);
    ck_assert_mem_eq(t->x, x, sizeof x);
    ck_assert_uint_eq(t->outputs, 1);
    ck_assert_mem_eq(t->y, y, sizeof y);
}

/* The archive, ended, has the arrays; or it is refused, and the message has `text`. */
static void check_zip(const zip_file *z, const char *text)
{
    write_bytes(path, z->bytes, z->size);
    if (text != NULL) {
        read_bad(path, NULL, NUDGE_EDATA, text);
        return;
    }
    nudge_table *t = read_good(path, NULL);
    assert_arrays(t);
    nudge_table_free(t);
}

/* ---- Good ------------------------------------------------------------------------------ */

/* Loop: stored and deflated; 32-bit and zip64 directory, with a comment behind it. */
START_TEST(x_and_y)
{
    zip_file z = make_arrays("x.npy", "y.npy", _i % 2);
    zip_add(&z, "folder/", "", 0, 0);
    zip_end(&z, _i / 2, _i == 3 ? "PK\5\6 is said here" : "");
    write_bytes(path, z.bytes, z.size);
    nudge_table *t = read_good(path, NULL);
    ck_assert_str_eq(nudge_table_describe(t).format, "npz");
    assert_arrays(t);
    nudge_table_free(t);
}
END_TEST

START_TEST(other_names)
{
    char data[320], labels[320];
    zip_file z = make_arrays("train_x.npy", "train_y.npy", 1);
    zip_end(&z, 0, "");
    write_bytes(path, z.bytes, z.size);
    read_bad(path, NULL, NUDGE_EDATA, "no array 'x' (FILE.npz:NAME names one, FILE.zip:NAME a "
             "file); it holds 'train_x.npy', 'train_y.npy'");
    snprintf(data, sizeof data, "%s:train_x", path);
    snprintf(labels, sizeof labels, "%s:train_y.npy", path);
    nudge_table *t = read_good(data, labels);
    assert_arrays(t);
    nudge_table_free(t);
    snprintf(labels, sizeof labels, "%s:train", path);
    read_bad(data, labels, NUDGE_EDATA, "no member 'train'; it holds 'train_x.npy'");
    read_bad(data, path, NUDGE_EDATA, "a npz file; labels are an IDX or NPY file");
}
END_TEST

/* A file in an archive is that file, and so is the only one. */
START_TEST(zipped_csv)
{
    static const char csv[] = "a,b\n1,2\n3,4\n";
    char name[320];
    zip_file z = {.size = 0};
    zip_add(&z, "t/a.csv", csv, strlen(csv), 1);
    zip_file both = z;
    zip_end(&z, 0, "");
    write_bytes(path, z.bytes, z.size);
    nudge_table *t = read_good(path, NULL);
    ck_assert_str_eq(nudge_table_describe(t).format, "csv");
    ck_assert_uint_eq(t->rows, 2);
    nudge_table_free(t);

    zip_add(&both, "b.csv", csv, strlen(csv) - 4, 0);
    zip_end(&both, 0, "");
    write_bytes(in_folder("d.zip"), both.bytes, both.size);
    snprintf(name, sizeof name, "%s/d.zip:b.csv", folder);
    t = read_good(name, NULL);
    ck_assert_uint_eq(t->rows, 1);
    nudge_table_free(t);
    snprintf(name, sizeof name, "%s/d.zip", folder);
    read_bad(name, NULL, NUDGE_EDATA, "it holds 't/a.csv', 'b.csv'");
}
END_TEST

START_TEST(targets_are_given_once)
{
    zip_file z = make_arrays("x.npy", "y.npy", 0);
    write_npy(in_folder("y.npy"), NPY("<f8", "(3,)"), y, sizeof y);
    zip_end(&z, 0, "");
    write_bytes(path, z.bytes, z.size);
    read_bad(path, in_folder("y.npy"), NUDGE_EARGUMENT, "holds targets, array y");
}
END_TEST

/* ---- Damage ---------------------------------------------------------------------------- */

START_TEST(cut_anywhere)
{
    zip_file z = make_arrays("x.npy", "y.npy", 1);
    zip_end(&z, _i, "");
    for (size_t cut = 0; cut < z.size; cut++) {
        write_bytes(path, z.bytes, cut);
        read_bad(path, NULL, NUDGE_EDATA, "");
    }
}
END_TEST

/* Refused, or of the very values: bits that mean nothing here (times, versions) may change. */
START_TEST(every_byte_changed)
{
    zip_file z = make_arrays("x.npy", "y.npy", _i % 2);
    size_t refused = 0;
    zip_end(&z, _i / 2, "");
    for (size_t at = 0; at < z.size; at++) {
        nudge_table *t = NULL;
        nudge_error err = {0};
        z.bytes[at] ^= (unsigned char)(1 + at * 5 % 255);
        nudge_status status = read_memory(&t, &nu_npz_format, path, z.bytes, z.size, NULL, &err);
        z.bytes[at] ^= (unsigned char)(1 + at * 5 % 255);
        if (status != NUDGE_OK)
            ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0 ||
                          status == NUDGE_EMEMORY, "%s", err.text);
        else if (t->outputs > 0)
            assert_arrays(t);
        else
            ck_assert_mem_eq(t->x, x, sizeof x); /* y's name is no longer y */
        refused += status != NUDGE_OK;
        nudge_table_free(t);
    }
    ck_assert_uint_gt(refused, z.size / 3);
}
END_TEST

/* What the directory can say that is not so; `at` is a place in x's entry. */
static const struct {
    size_t at, bytes;
    uint64_t value;
    const char *text;
} lies[] = {
    {8, 2, 1, "x.npy is encrypted"},
    {10, 2, 12, "x.npy is packed by method 12; stored and deflated members are read"},
    {10, 2, 0, "a member has another size than is said of it"},
    {16, 4, 7, "x.npy is damaged: its check sum is another"},
    {20, 4, 0xfffffff0, "it points beyond its end"},
    {20, 4, 30, "the deflate data is cut short"},
    {24, 4, 0xfffffff0, "a member has another size than is said of it"}, /* a bomb's claim */
    {24, 4, 50, "the deflate data is damaged (it is longer than is said of it)"},
    {24, 4, 300, "x.npy is damaged"},
    {28, 2, 900, "its directory is too short"},
    {42, 4, 5, "a member is not where it should be"},
    {42, 4, 0xffffff00, "it points beyond its end"},
    {0, 1, 'Q', "its directory has holes"},
};

START_TEST(directory_lies)
{
    zip_file z = make_arrays("x.npy", "y.npy", 1);
    zip_put(z.directory + lies[_i].at, lies[_i].value, lies[_i].bytes);
    zip_end(&z, 0, "");
    check_zip(&z, lies[_i].text);
}
END_TEST

/* ---- Fields of 64 bits ----------------------------------------------------------------- */

/* Behind the last member's name, in the directory: a field of another kind, then one of so many
 * bytes by its own account, with what the entry says in 32 bits; those say 0xffffffff instead. */
static void widen(zip_file *z, size_t entry, const size_t *places, size_t n, size_t field)
{
    unsigned char *at = z->directory + z->directory_size;
    memcpy(at, "UT\5\0abcde\1\0", 11);
    zip_put(at + 11, field, 2);
    for (size_t i = 0; i < n; i++) {
        unsigned char *said = z->directory + entry + places[i];
        memcpy(at + 13 + 8 * i, said, 4);
        memset(at + 17 + 8 * i, 0, 4);
        memset(said, 0xff, 4);
    }
    zip_put(z->directory + entry + 30, 13 + 8 * n, 2);
    z->directory_size += 13 + 8 * n;
}

static const struct {
    size_t n, places[3]; /* of the size, the packed size, where it is */
    size_t field;
    const char *text;    /* NULL: good */
} wide_members[] = {
    {3, {24, 20, 42}, 24, NULL},
    {1, {42}, 8, NULL},
    {2, {24, 42}, 16, NULL},
    {3, {24, 20, 42}, 8, "it points beyond its end"},  /* one is there */
    {3, {24, 20, 42}, 25, "it points beyond its end"}, /* longer than the fields are */
};

START_TEST(wide_members_are_found)
{
    zip_file z = {.size = 0};
    unsigned char file[512];
    zip_add(&z, "y.npy", file, make_npy(file, 1, NPY("<f8", "(3,)"), y, sizeof y), 0);
    size_t entry = z.directory_size;
    zip_add(&z, "x.npy", file, make_npy(file, 1, NPY("<f4", "(3, 2)"), x, sizeof x), 1);
    widen(&z, entry, wide_members[_i].places, wide_members[_i].n, wide_members[_i].field);
    zip_end(&z, 1, "");
    check_zip(&z, wide_members[_i].text);
}
END_TEST

/* What the records at the end say; `back` is a place before the file's end, which is 22 bytes of
 * the last record after 20 of the locator and 56 of zip64's. */
static const struct {
    size_t back, bytes;
    uint64_t value;
    int wide;
    const char *text; /* NULL: good */
} ends[] = {
    {12, 2, 0xffff, 1, NULL},
    {10, 4, 0xffffffff, 1, NULL},
    {6, 4, 0xffffffff, 0, "it points beyond its end"}, /* where no locator is */
    {42, 1, 'Q', 1, "it has no directory"},
    {98, 1, 'Q', 1, "it has no directory"},
    {34, 8, 1 << 20, 1, "it points beyond its end"},
    {34, 8, UINT64_MAX, 1, "it points beyond its end"},
    {50, 8, UINT64_MAX - 4, 1, "its directory is not where it should be"},
    {58, 8, UINT64_MAX, 1, "its directory is not where it should be"},
    {66, 8, 1000, 1, "its directory is not where it should be"},
    {22, 1, 'Q', 1, "it has no directory"},
    {2, 2, 1, 1, "it has no directory"}, /* the comment is not as long */
};

START_TEST(ends_of_directories)
{
    zip_file z = make_arrays("x.npy", "y.npy", 1);
    zip_end(&z, ends[_i].wide, "");
    zip_put(z.bytes + z.size - ends[_i].back, ends[_i].value, ends[_i].bytes);
    check_zip(&z, ends[_i].text);
}
END_TEST

START_TEST(archives_of_nothing)
{
    static const char long_name[] = "a-name-as-long-as-a-second-entry-of-the-directory-is.npy";
    zip_file z = {.size = 0}, lone = {.size = 0};
    char name[320];
    zip_end(&z, 0, "");
    check_zip(&z, "it holds nothing");
    zip_put(z.bytes + 16, 0xffffffff, 4); /* a directory of 64 bits, for which no room is */
    check_zip(&z, "it has no directory");

    zip_add(&lone, long_name, "1,2", 3, 0);
    lone.members = 2;
    zip_end(&lone, 0, "");
    check_zip(&lone, "its directory has holes");

    z = make_arrays("a.npy", "b.npy", 0);
    for (int i = 0; i < 3; i++)
        zip_add(&z, i == 0 ? "" : i == 1 ? "c" : "d", "", 0, 0); /* one without a name is none */
    zip_file four = z;
    zip_end(&four, 0, "");
    check_zip(&four, "it holds 'a.npy', 'b.npy', 'c', 'd'");
    zip_add(&z, "e", "", 0, 0);
    zip_end(&z, 0, "");
    check_zip(&z, "it holds 'a.npy', 'b.npy', 'c', 'd', ...");

    write_bytes(path, "a,b\n1,2\n", 8);
    snprintf(name, sizeof name, "%s:x", path);
    read_bad(name, NULL, NUDGE_EDATA, "it is no zip archive");
}
END_TEST

/* ---- None of ours ---------------------------------------------------------------------- */

static const struct {
    const char *begin;
    size_t size;
    const char *text;
} foreign[] = {
    {"PAR1", 4, "a Parquet file: save it as CSV"},
    {"Rar!", 4, "a RAR archive: unpack it"},
    {"\x89HDF\r\n\x1a\n", 8, "an HDF5 file: save its arrays as NPZ"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "an old Excel workbook"},
    {"SQLite format 3", 16, "an SQLite database"},
    {"[{\"a\": 1}]", 10, "JSON"},
    {"<!DOCTYPE html>", 15, "a web page"},
};

START_TEST(foreign_files)
{
    unsigned char bytes[300] = {0};
    char name[320];
    memcpy(bytes, foreign[_i].begin, foreign[_i].size);
    write_bytes(path, bytes, sizeof bytes);
    read_bad(path, NULL, NUDGE_EDATA, foreign[_i].text);
    snprintf(name, sizeof name, "%s/labels", folder);
    write_bytes(name, bytes, sizeof bytes);
    read_bad(test_file("good-images.idx"), name, NUDGE_EDATA, foreign[_i].text);
}
END_TEST

START_TEST(workbooks)
{
    zip_file z = {.size = 0};
    zip_add(&z, "[Content_Types].xml", "<Types/>", 8, 1);
    zip_add(&z, "xl/workbook.xml", "<workbook/>", 11, 1);
    zip_end(&z, 0, "");
    check_zip(&z, "an Excel workbook: save it as CSV");
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *make_suite(void)
{
    Suite *s = suite_create("npz");
    TCase *good = tcase_create("good"), *bad = tcase_create("bad");
    tcase_add_checked_fixture(good, setup, remove_folder);
    tcase_add_loop_test(good, x_and_y, 0, 4);
    tcase_add_test(good, other_names);
    tcase_add_test(good, zipped_csv);
    tcase_add_test(good, targets_are_given_once);
    suite_add_tcase(s, good);
    tcase_add_checked_fixture(bad, setup, remove_folder);
    tcase_add_loop_test(bad, cut_anywhere, 0, 2);
    tcase_add_loop_test(bad, every_byte_changed, 0, 4);
    tcase_add_loop_test(bad, directory_lies, 0, COUNT(lies));
    tcase_add_loop_test(bad, wide_members_are_found, 0, COUNT(wide_members));
    tcase_add_loop_test(bad, ends_of_directories, 0, COUNT(ends));
    tcase_add_test(bad, archives_of_nothing);
    tcase_add_loop_test(bad, foreign_files, 0, COUNT(foreign));
    tcase_add_test(bad, workbooks);
    suite_add_tcase(s, bad);
    return s;
}

SUITE_MAIN(make_suite)
