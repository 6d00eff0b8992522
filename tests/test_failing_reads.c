/* Failing calls while data is read, made and written. */
#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "failing/failing.h"
#include "model_fixtures.h"
#include "npy_fixtures.h"
#include "read/csv_sections.h"
#include "zip_fixtures.h"

static const char rows_text[] = "id;town;born;price;y\n"
                                "1;Bern;2001-02-03;1.5;yes\n"
                                "2;\"Genf \"\"x\"\"\";2001-02-04;2;no\n"
                                "3;;;4;no\n"
                                "4;Thun;2001-02-05;;yes\n";
static const char money_text[] = "id;town;price;y\n1;Bern;$1'500;yes\n2;NA;$2;no\n3;Thun;$4;no\n";
static const char arff_text[] = "@relation r\n@attribute a numeric\n@attribute 'b c' {x,'y z'}\n"
                                "@attribute d date \"yyyy-MM-dd\"\n@attribute y {no,yes}\n@data\n"
                                "1,x,2001-02-03,no\n2,'y z',2001-02-04,yes\n?,x,?,no\n";
static const char libsvm_text[] = "1 1:0.5 3:2 # first\n-1 2:1\n1 qid:3 1:3 2:4 3:5\n";
static const char fann_text[] = "3 2 1\n1 2\n0\n3 4\n1\n5 6\n0\n";

enum choice {
    PLAIN, LABELS, STREAM, SMALL_SECTIONS, CHOSEN, LATIN1, NO_TARGET, WEIGHT_FILE, WEIGHT_COLUMN,
    LIKE, ARRAY_LABELS
};

static nudge_prep *prep;    /* of rows.csv, for LIKE */
static nudge_table *csv_table, *made_table;
static nudge_error trouble; /* of what must work */

static nudge_table *table_of(const char *path, const nudge_read_options *options)
{
    nudge_table *t = NULL;
    ck_ok(nudge_table_read(&t, path, options, &trouble), &trouble);
    return t;
}

/* ---- The files --------------------------------------------------------------------------- */

static void copy_file(const char *from, const char *name)
{
    size_t size;
    unsigned char *bytes = read_bytes(from, &size);
    write_bytes(in_folder(name), bytes, size);
    free(bytes);
}

static void write_compressed(void)
{
    char packed[4096];
    size_t size = strlen(rows_text), used = 0;
    unsigned n = sizeof packed;
    gzFile gz = gzopen(in_folder("rows.csv.gz"), "wb");
    ck_assert_int_eq(gzwrite(gz, rows_text, (unsigned)size), (int)size);
    ck_assert_int_eq(gzclose(gz), Z_OK);
    ck_assert_int_eq(BZ2_bzBuffToBuffCompress(packed, &n, (char *)rows_text, (unsigned)size, 1, 0,
                                              0), BZ_OK);
    write_bytes(in_folder("rows.csv.bz2"), packed, n);
    ck_assert_int_eq(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, (const uint8_t *)rows_text,
                                             size, (uint8_t *)packed, &used, sizeof packed),
                     LZMA_OK);
    write_bytes(in_folder("rows.csv.xz"), packed, used);
    used = ZSTD_compress(packed, sizeof packed, rows_text, size, 1);
    ck_assert(!ZSTD_isError(used));
    write_bytes(in_folder("rows.csv.zst"), packed, used);
}

static void write_archives(void)
{
    static zip_file zip, npz;
    size_t x_size, y_size;
    memset(&zip, 0, sizeof zip);
    memset(&npz, 0, sizeof npz);
    zip_add(&zip, "a/rows.csv", rows_text, strlen(rows_text), 1);
    zip_end(&zip, 0, "");
    write_bytes(in_folder("rows.zip"), zip.bytes, zip.size);
    unsigned char *x = read_bytes(in_folder("x.npy"), &x_size);
    unsigned char *y = read_bytes(in_folder("y.npy"), &y_size);
    zip_add(&npz, "x.npy", x, x_size, 1);
    zip_add(&npz, "y.npy", y, y_size, 0);
    zip_end(&npz, 1, "");
    write_bytes(in_folder("xy.npz"), npz.bytes, npz.size);
    free(x);
    free(y);
}

static void write_text_labels(void)
{
    static const char words[6][4] = {"no", "yes", "no", "yes", "no", "yes"};
    uint32_t letters[6 * 3];
    for (size_t i = 0; i < 18; i++)
        letters[i] = (unsigned char)words[i / 3][i % 3];
    write_npy(in_folder("words.npy"), NPY("<U3", "(6,)"), letters, sizeof letters);
}

static void write_made(void)
{
    nudge_read_options options = nudge_read_defaults();
    options.threads = 1;
    made_table = table_of("synth:moons,rows=6", &options);
    ck_ok(nudge_table_write(made_table, in_folder("x.npy"), &trouble), &trouble);
    ck_ok(nudge_table_write_targets(made_table, in_folder("y.npy"), &trouble), &trouble);
    ck_ok(nudge_table_write(made_table, in_folder("xy.safetensors"), &trouble), &trouble);
    options.target = "y";
    csv_table = table_of(in_folder("rows.csv"), &options);
    ck_ok(nudge_table_write(csv_table, in_folder("stored.safetensors"), &trouble), &trouble);
    ck_ok(nudge_prep_fit(&prep, csv_table, NULL, 0, NULL, &trouble), &trouble);
}

static void setup(void)
{
    make_quick_folder();
    write_in_folder("rows.csv", rows_text);
    write_in_folder("money.csv", money_text);
    write_in_folder("part-1.csv", "a,b,y\n1,x,0\n2,y,1\n");
    write_in_folder("part-2.csv", "a,b,y\n3,x,0\n4,z,1\n");
    write_in_folder("sep.csv", "sep=;\na;b;y\n1,5;x;1\n2,5;\"z\"\"q\";0\n;;\n3,5;x;1\n");
    write_in_folder("short.csv", "a b y\n1 1.5 2 0\n2 2.5 3 1\n3 3.5 9 1\n");
    write_in_folder("bare.csv", "1,2,0\n4,5,1\n7,8.5,0\n");
    write_in_folder("title.csv", "# towns\n# of 2001\na,b,a,y\n1,x,2,0\n3,x,4,1\n5,z,6,1\n");
    copy_file(test_file("good-utf16.csv"), "utf16.csv");
    copy_file(test_file("good-quotes.csv"), "quotes.csv");
    write_in_folder("latin1.csv", "a,y\nZ\xfcrich,1\nGen\xe8ve,0\nZ\xfcrich,0\n");
    write_in_folder("weighted.csv", "a,w,y\n1,2,x\n2,0.5,z\n3,1,x\n");
    write_in_folder("rows.arff", arff_text);
    write_in_folder("rows.svm", libsvm_text);
    write_in_folder("rows.fann", fann_text);
    copy_file(test_file("good-images.idx"), "images.idx");
    copy_file(test_file("good-labels.idx"), "labels.idx");
    write_compressed();
    write_made();
    write_archives();
    write_text_labels();
}

/* ---- Reading ----------------------------------------------------------------------------- */

static nudge_read_options options_of(enum choice choice)
{
    nudge_read_options o = nudge_read_defaults();
    o.threads = 1;
    o.labels = choice == LABELS ? in_folder("labels.idx")
               : choice == ARRAY_LABELS || choice == STREAM ? in_folder("words.npy") : NULL;
    o.stream = choice == STREAM;
    o.without_target = choice == NO_TARGET;
    o.like = choice == LIKE || choice == NO_TARGET ? prep : NULL;
    o.encoding = choice == LATIN1 ? "latin1" : NULL;
    o.weight = choice == WEIGHT_FILE ? in_folder("y.npy")
               : choice == WEIGHT_COLUMN ? "w" : NULL;
    if (choice == CHOSEN) {
        o.features = "town,price";
        o.category = "town";
        o.keep = "id";
        o.number = "price";
        o.missing = "NA,\"x,y\"";
        o.target = "y";
        o.delimiter = ';';
        o.thousands = '\'';
    }
    return o;
}

static nudge_status read_row(const failing_row *row, nudge_error *err)
{
    nudge_read_options options = options_of((enum choice)row->choice);
    size_t section = nu_csv_section_size;
    nudge_table *t = NULL;
    nu_csv_section_size = row->choice == SMALL_SECTIONS ? 16 : section;
    nudge_status status = nudge_table_read(
        &t, strncmp(row->input, "synth:", 6) == 0 ? row->input : in_folder(row->input), &options,
        err);
    nu_csv_section_size = section;
    ck_assert((t != NULL) == (status == NUDGE_OK));
    if (t != NULL)
        failing_result_table(t);
    nudge_table_free(t);
    return status;
}

/* ---- Writing ----------------------------------------------------------------------------- */

static nudge_status write_csv_table(const failing_row *row, nudge_error *err)
{
    return nudge_table_write(csv_table, in_folder(row->output), err);
}

static nudge_status write_made_table(const failing_row *row, nudge_error *err)
{
    return row->choice == LABELS
               ? nudge_table_write_targets(made_table, in_folder(row->output), err)
               : nudge_table_write(made_table, in_folder(row->output), err);
}

static nudge_status write_synth(const failing_row *row, nudge_error *err)
{
    nudge_write_options options = nudge_write_defaults();
    nudge_written written = {0};
    options.threads = 1;
    options.labels = row->choice == LABELS ? in_folder("y.npy") : NULL;
    nudge_status status = nudge_synth_write(&written, row->input, in_folder(row->output), &options,
                                            err);
    failing_result(&written.bytes, sizeof written.bytes);
    return status;
}

static nudge_status check_output(const failing_row *row, nudge_error *err)
{
    return nudge_check_output(in_folder(row->input), err);
}

static const failing_row rows[] = {
    {"CSV", read_row, .input = "rows.csv"},
    {"CSV in small sections", read_row, .input = "rows.csv", .choice = SMALL_SECTIONS},
    {"CSV, columns chosen", read_row, .input = "money.csv", .choice = CHOSEN},
    {"CSV, sep=", read_row, .input = "sep.csv"},
    {"CSV, short header", read_row, .input = "short.csv"},
    {"CSV, no header", read_row, .input = "bare.csv"},
    {"CSV, lines above", read_row, .input = "title.csv"},
    {"CSV, UTF-16", read_row, .input = "utf16.csv"},
    {"CSV, quotes", read_row, .input = "quotes.csv", .choice = SMALL_SECTIONS},
    {"CSV, latin1", read_row, .input = "latin1.csv", .choice = LATIN1},
    {"CSV, as a model's", read_row, .input = "rows.csv", .choice = LIKE},
    {"CSV, without target", read_row, .input = "rows.csv", .choice = NO_TARGET},
    {"CSV, column of weights", read_row, .input = "weighted.csv", .choice = WEIGHT_COLUMN},
    {"CSV, pattern", read_row, .input = "part-*.csv"},
    {"CSV, gzip", read_row, .input = "rows.csv.gz"},
    {"CSV, bzip2", read_row, .input = "rows.csv.bz2"},
    {"CSV, xz", read_row, .input = "rows.csv.xz"},
    {"CSV, zstd", read_row, .input = "rows.csv.zst"},
    {"CSV, zip", read_row, .input = "rows.zip"},
    {"CSV, zip and name", read_row, .input = "rows.zip:a/rows.csv"},
    {"ARFF", read_row, .input = "rows.arff"},
    {"LIBSVM", read_row, .input = "rows.svm"},
    {"FANN", read_row, .input = "rows.fann"},
    {"IDX", read_row, .input = "images.idx", .choice = LABELS},
    {"NPY", read_row, .input = "x.npy"},
    {"NPY, labels", read_row, .input = "x.npy", .choice = ARRAY_LABELS},
    {"NPY, file of weights", read_row, .input = "x.npy", .choice = WEIGHT_FILE},
    {"NPY, from its file", read_row, .input = "x.npy", .choice = STREAM},
    {"NPZ", read_row, .input = "xy.npz"},
    {"NPZ, one array", read_row, .input = "xy.npz:x"},
    {"safetensors", read_row, .input = "xy.safetensors"},
    {"stored table", read_row, .input = "stored.safetensors"},
    {"synth, line", read_row, .input = "synth:line,rows=6"},
    {"synth, teacher", read_row, .input = "synth:teacher,rows=6,hidden=2"},
    {"synth, classification", read_row, .input = "synth:classification,rows=6", .every = 5},
    {"synth, friedman1", read_row, .input = "synth:friedman1,rows=6"},
    {"CSV is written", write_csv_table, .output = "out.csv"},
    {"gzip is written", write_csv_table, .output = "out.csv.gz"},
    {"stored table is written", write_csv_table, .output = "out.safetensors"},
    {"NPY is written", write_made_table, .output = "out.npy"},
    {"labels are written", write_made_table, .output = "out-labels.npy", .choice = LABELS},
    {"safetensors is written", write_made_table, .output = "out.safetensors"},
    {"CSV is made", write_synth, .input = "synth:line,rows=6", .output = "out.csv"},
    {"gzip is made", write_synth, .input = "synth:line,rows=6", .output = "out.csv.gz"},
    {"NPY is made", write_synth, .input = "synth:line,rows=6", .output = "out.npy",
     .choice = LABELS},
    {"safetensors is made", write_synth, .input = "synth:line,rows=6", .output = "out.safetensors"},
    {"output is checked", check_output, .input = "new.csv"},
};

FAILING_SUITE("failing reads", rows, setup)
