/* Failing calls while a model is written as a program, and networks of other programs are read. */
#include "core/file.h"
#include "failing/failing.h"
#include "model_fixtures.h"

static nudge_error trouble; /* of what must work */
static nudge_model *model, *regression;

/* Category, date, indicator, bins and text around numbers. */
static const char csv[] = "age,town,born,price,y,class\n"
                          "31,Bern,2001-02-03,$1,1.5,no\n42,Genf,2001-02-04,$2,2.5,yes\n"
                          "45,Thun,2001-02-05,$3,9,no\n,Bern,2001-02-06,$4,4,maybe\n"
                          "23,,2001-02-07,$5,7,no\n61,Genf,,$6,3.25,yes\n"
                          "38,Thun,2001-02-09,$7,8,maybe\n29,Bern,2001-03-03,$8,2,yes\n";

/* 20 of them are "NAME SIZE ROWS LABELS", a line, SIZE bytes of ONNX and lines of cells. */
enum { NETWORKS = 200, EACH = 20 };

static void write_networks(void)
{
    unsigned char *bytes;
    size_t size;
    ck_ok(nu_read_file(test_file("import/networks.xz"), &bytes, &size, &trouble), &trouble);
    char *at = (char *)bytes, name[40];
    for (int k = 0; k < NETWORKS; k++) {
        size_t onnx, lines;
        ck_assert_int_eq(sscanf(at, "%*s %zu %zu", &onnx, &lines), 2);
        at = strchr(at, '\n') + 1;
        snprintf(name, sizeof name, "%d.onnx", k);
        if (k % EACH == 0)
            write_bytes(in_folder(name), at, onnx);
        for (at += onnx; lines > 0; lines--)
            at = strchr(at, '\n') + 1;
    }
    free(bytes);
}

static nudge_model *make_model(const char *of, nudge_encode encode, nudge_embed embed)
{
    nudge_read_options options = nudge_read_defaults();
    nudge_prep_options o = nudge_prep_defaults();
    nudge_model_options m = nudge_model_defaults();
    nudge_table *t = NULL;
    nudge_prep *prep = NULL;
    nudge_model *made = NULL;
    options.threads = 1;
    options.target = of;
    options.number = "price";
    options.ignore = strcmp(of, "y") == 0 ? "class" : "y";
    ck_ok(nudge_table_read(&t, in_folder("rows.csv"), &options, &trouble), &trouble);
    o.encode = encode;
    o.fill_indicator = encode != NUDGE_ENCODE_NONE;
    o.bins = encode == NUDGE_ENCODE_PIECEWISE ? 3 : 0;
    ck_ok(nudge_prep_fit(&prep, t, NULL, 0, &o, &trouble), &trouble);
    nudge_prep_info info = nudge_prep_describe(prep);
    m.layers = 2;
    m.widths = (size_t[]){info.features, 3, info.outputs};
    m.loss = info.loss;
    m.embed = embed;
    m.layer_norm = embed != NUDGE_EMBED_NONE;
    ck_ok(nudge_model_create(&made, &m, prep, &trouble), &trouble);
    nudge_prep_free(prep);
    nudge_table_free(t);
    return made;
}

static void setup(void)
{
    nudge_export_options raw = nudge_export_defaults();
    nudge_model *plain;
    make_quick_folder();
    write_in_folder("rows.csv", csv);
    model = make_model("class", NUDGE_ENCODE_PIECEWISE, NUDGE_EMBED_NONE);
    regression = make_model("y", NUDGE_ENCODE_NONE, NUDGE_EMBED_PBLD);
    ck_ok(nudge_model_add_members(model, model, &trouble), &trouble);
    raw.raw = 1;
    plain = make_model("y", NUDGE_ENCODE_NONE, NUDGE_EMBED_NONE);
    ck_ok(nudge_model_export(plain, in_folder("raw.onnx"), &raw, &trouble), &trouble);
    nudge_model_free(plain);
    write_networks();
}

/* choice: 0 the classifier, 1 the regression, 2 the network alone. */
static nudge_status write_program(const failing_row *row, nudge_error *err)
{
    nudge_export_options options = nudge_export_defaults();
    options.raw = row->choice == 2;
    return nudge_model_export(row->choice == 1 ? regression : model, in_folder(row->output),
                              &options, err);
}

/* choice 1: from tests/files/import. */
static nudge_status import(const failing_row *row, nudge_error *err)
{
    nudge_model *m = NULL;
    const char *path = row->choice ? test_file(row->input) : in_folder(row->input);
    nudge_status status = nudge_model_import(&m, path, NULL, err);
    if (status != NUDGE_OK)
        return status;
    const nudge_prep *prep = nudge_model_describe(m).prep;
    for (size_t j = 0; prep != NULL && j < nudge_prep_columns(prep); j++)
        failing_result_text(nudge_prep_column_name(prep, j));
    for (size_t k = 0; prep != NULL && k < nudge_prep_describe(prep).classes; k++)
        failing_result_text(nudge_prep_class_label(prep, k));
    failing_result_model(m);
    return status;
}

/* Programs and graphs are hundreds of calls that are alike. */
static const failing_row rows[] = {
    {"C", write_program, .output = "m.c", .every = 7},
    {"C header", write_program, .output = "m.h", .choice = 1, .every = 7},
    {"JavaScript", write_program, .output = "m.js", .every = 7},
    {"Python", write_program, .output = "m.py", .choice = 1, .every = 7},
    {"JSON", write_program, .output = "m.json", .every = 7},
    {"HTML", write_program, .output = "m.html", .every = 7},
    {"ONNX", write_program, .output = "m.onnx", .every = 11},
    {"ONNX, regression", write_program, .output = "m.onnx", .choice = 1},
    {"ONNX, network alone", write_program, .output = "m.onnx", .choice = 2, .every = 11},
    {"ONNX is read, nudge's", import, .input = "raw.onnx", .every = 7},
    {"ONNX is read, 0", import, .input = "0.onnx", .every = 7},
    {"ONNX is read, 20", import, .input = "20.onnx", .every = 7},
    {"ONNX is read, 40", import, .input = "40.onnx", .every = 7},
    {"ONNX is read, 60", import, .input = "60.onnx", .every = 7},
    {"ONNX is read, 80", import, .input = "80.onnx", .every = 7},
    {"ONNX is read, 100", import, .input = "100.onnx", .every = 7},
    {"ONNX is read, 120", import, .input = "120.onnx", .every = 7},
    {"ONNX is read, 140", import, .input = "140.onnx", .every = 7},
    {"ONNX is read, 160", import, .input = "160.onnx", .every = 7},
    {"ONNX is read, 180", import, .input = "180.onnx", .every = 7},
    {"FANN is read, plain", import, .input = "import/plain.net", .choice = 1},
    {"FANN is read, scaled", import, .input = "import/scaled.net", .choice = 1},
    {"FANN is read, mixed", import, .input = "import/mixed.net", .choice = 1},
    {"FANN is read, sparse", import, .input = "import/sparse.net", .choice = 1},
};

FAILING_SUITE("failing programs", rows, setup)
