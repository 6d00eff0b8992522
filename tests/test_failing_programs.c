/* Failing calls while a model is written as a program. */
#include "failing/failing.h"
#include "model_fixtures.h"

static nudge_error trouble; /* of what must work */
static nudge_model *model, *regression, *waves, *alone;

/* Category, date, indicator, bins and text around numbers. */
static const char csv[] = "age,town,born,price,y,class\n"
                          "31,Bern,2001-02-03,$1,1.5,no\n42,Genf,2001-02-04,$2,2.5,yes\n"
                          "45,Thun,2001-02-05,$3,9,no\n,Bern,2001-02-06,$4,4,maybe\n"
                          "23,,2001-02-07,$5,7,no\n61,Genf,,$6,3.25,yes\n"
                          "38,Thun,2001-02-09,$7,8,maybe\n29,Bern,2001-03-03,$8,2,yes\n";

/* Of the rows, with as many layers as m has: 1, or 2 with 3 units between. */
static nudge_model *make(nudge_read_options read, nudge_prep_options o, nudge_model_options m)
{
    nudge_table *t = NULL;
    nudge_prep *prep = NULL;
    nudge_model *made = NULL;
    read.threads = 1;
    ck_ok(nudge_table_read(&t, in_folder("rows.csv"), &read, &trouble), &trouble);
    ck_ok(nudge_prep_fit(&prep, t, NULL, 0, &o, &trouble), &trouble);
    nudge_prep_info info = nudge_prep_describe(prep);
    m.widths = (size_t[]){info.features, m.layers == 1 ? info.outputs : 3, info.outputs};
    m.loss = info.loss;
    ck_ok(nudge_model_create(&made, &m, prep, &trouble), &trouble);
    nudge_prep_free(prep);
    nudge_table_free(t);
    return made;
}

/* Numbers as waves, categories scaled, a transformed target; factors of inputs; what is missing as
 * told. */
static nudge_model *make_waves(void)
{
    nudge_read_options read = nudge_read_defaults();
    nudge_prep_options o = nudge_prep_defaults();
    nudge_model_options m = nudge_model_defaults();
    read.target = "y";
    read.ignore = "class,price,born";
    read.missing = "?";
    o.encode = NUDGE_ENCODE_FOURIER;
    o.frequencies = 2;
    o.scale_categories = 1;
    o.target_transform = NUDGE_TRANSFORM_BOX_COX;
    o.loss = NUDGE_MSE;
    m.layers = 1;
    m.input_factor = 1;
    return make(read, o, m);
}

static nudge_model *make_model(const char *of, nudge_encode encode, nudge_embed embed)
{
    nudge_read_options read = nudge_read_defaults();
    nudge_prep_options o = nudge_prep_defaults();
    nudge_model_options m = nudge_model_defaults();
    read.target = of;
    read.number = "price";
    read.ignore = strcmp(of, "y") == 0 ? "class" : "y";
    o.encode = encode;
    o.fill_indicator = encode != NUDGE_ENCODE_NONE;
    o.bins = encode == NUDGE_ENCODE_PIECEWISE ? 3 : 0;
    m.layers = 2;
    m.embed = embed;
    m.layer_norm = embed != NUDGE_EMBED_NONE;
    return make(read, o, m);
}

static void setup(void)
{
    make_quick_folder();
    write_in_folder("rows.csv", csv);
    model = make_model("class", NUDGE_ENCODE_PIECEWISE, NUDGE_EMBED_NONE);
    regression = make_model("y", NUDGE_ENCODE_NONE, NUDGE_EMBED_PBLD);
    waves = make_waves();
    alone = made_model(NUDGE_CROSS_ENTROPY, NUDGE_F32, 1, (size_t[]){2, 3}, NUDGE_IDENTITY,
                       NUDGE_IDENTITY, 1);
    ck_ok(nudge_model_add_members(model, model, &trouble), &trouble);
    ck_ok(nudge_model_add_members(regression, regression, &trouble), &trouble);
}

enum program { CLASSIFIER, REGRESSION, WAVES, ALONE, NETWORK }; /* the classifier's, without more */

static nudge_status write_program(const failing_row *row, nudge_error *err)
{
    const nudge_model *const models[] = {model, regression, waves, alone, model};
    nudge_export_options options = nudge_export_defaults();
    options.raw = row->choice == NETWORK;
    return nudge_model_export(models[row->choice], in_folder(row->output), &options, err);
}

/* Programs and graphs are hundreds of calls that are alike. */
static const failing_row rows[] = {
    {"C", write_program, .output = "m.c", .every = 7},
    {"C, regression", write_program, .output = "m.c", .choice = REGRESSION, .every = 7},
    {"C, waves", write_program, .output = "m.c", .choice = WAVES},
    {"C, network without more", write_program, .output = "m.c", .choice = ALONE},
    {"C header", write_program, .output = "m.h", .choice = REGRESSION, .every = 7},
    {"JavaScript", write_program, .output = "m.js", .every = 7},
    {"Python", write_program, .output = "m.py", .choice = REGRESSION, .every = 7},
    {"Python, waves", write_program, .output = "m.py", .choice = WAVES},
    {"JSON", write_program, .output = "m.json", .every = 7},
    {"JSON, regression", write_program, .output = "m.json", .choice = REGRESSION, .every = 7},
    {"HTML", write_program, .output = "m.html", .every = 7},
    {"ONNX", write_program, .output = "m.onnx", .every = 11},
    {"ONNX, regression", write_program, .output = "m.onnx", .choice = REGRESSION, .every = 5},
    {"ONNX, waves", write_program, .output = "m.onnx", .choice = WAVES},
    {"ONNX, network without more", write_program, .output = "m.onnx", .choice = ALONE},
    {"ONNX, network alone", write_program, .output = "m.onnx", .choice = NETWORK, .every = 11},
};

FAILING_SUITE("failing programs", rows, setup)
