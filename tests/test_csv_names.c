/* CSV tables: is there a header, which columns are read, and as what. */
#include "csv_fixtures.h"
#include "prep/prep.h"

/* ---- Headers --------------------------------------------------------------------------- */

static const struct header {
    const char *text;
    int header;
} headers[] = {
    {"a,b\n1,2\n3,4\n", 1},
    {"1,2\n3,4\n5,6\n", 0},
    {"name,age\nBo,3\n", 1},           /* one row is enough where a name breaks a column's kind */
    {"Bo,3\nAl,4\nBo,5\n", 0},
    {"x,y\nred,S\nblue,M\nred,M\n", 1}, /* texts only */
    {"red,S\nblue,M\nred,M\n", 0},      /* "red" is a value like others */
    {"name,2019,2020\nOslo,1,2\nOslo,3,4\nBergen,5,6\nBergen,1,1\n", 0}, /* cannot be told */
    {"a,?\n1,2\n3,4\n", 1},
    {"-1.5,abc,2\n3,4,5\n6,7,8\n", 0},  /* numbers like these are no names: 'abc' is an error */
    {"7,abc,7\n3,4,5\n6,7,8\n", 0},     /* nor are the same numbers twice */
    {"5,none,3\n1,2,3\n4,none,6\n7,8,9\n", 0},
    {"id,name\n1,Bo\n2,Al\n3,Cy\n", 1},
    {"2019,2020\nyes,no\nno,no\n", 1},  /* numbers above texts */
};

START_TEST(header_is_found)
{
    const struct header *h = &headers[_i];
    nudge_error err = {0};
    nudge_table *t = NULL;
    nudge_read_options o = nudge_read_defaults();
    nudge_status status = read_memory(&t, &nu_csv_format, "data.csv", h->text, strlen(h->text),
                                      &o, &err);
    if (status == NUDGE_OK) {
        ck_assert_int_eq(strcmp(t->columns[0].name, "c1") != 0, h->header);
        nudge_table_free(t);
    } else { /* then the first row is taken for data, and its text is refused */
        ck_assert_int_eq(h->header, 0);
        ck_assert_msg(strncmp(err.text, "data.csv:1: column 'c2': ", 25) == 0, "%s", err.text);
    }
}
END_TEST

START_TEST(header_as_told)
{
    nudge_read_options o = nudge_read_defaults();
    o.header = 1;
    nudge_table *t = read_text("1,2\n3,4\n", &o);
    assert_table(t, "1,2", "3 4");
    nudge_table_free(t);
    o.header = 0;
    t = read_text("a,b\nx,y\n", &o);
    assert_table(t, "c1*,c2*", "a b|x y");
    nudge_table_free(t);
    o.header = -1;
    o.target = "2"; /* a name that the user knows */
    t = read_text("1,2\n3,4\n", &o);
    assert_table(t, "1,[2]", "3 4");
    nudge_table_free(t);
}
END_TEST

/* Names that are numbers, above numbers: only "Letter", which is no value of its column, tells
 * that they are names. Loop: with and without that line. */
START_TEST(header_of_numbers)
{
    char *text = malloc(500 * 16), *at = text;
    nudge_read_options o = nudge_read_defaults();
    if (_i == 0)
        at += sprintf(at, "Letter,1,2,3\n");
    for (int r = 0; r < 500; r++)
        at += sprintf(at, "%c,%d,%d,%d\n", 'A' + r * 7 % 26, r % 11 + 1, r % 5 + 2, r % 3 + 3);
    o.target = _i == 0 ? "Letter" : "c1";
    nudge_table *t = read_text(text, &o);
    ck_assert_str_eq(names_text(t), _i == 0 ? "[Letter*],1,2,3" : "[c1*],c2,c3,c4");
    ck_assert_uint_eq(t->rows, 500);
    nudge_table_free(t);
    o.target = NULL;
    t = read_text(text, &o);
    ck_assert_str_eq(names_text(t), _i == 0 ? "Letter*,1,2,3" : "c1*,c2,c3,c4");
    nudge_table_free(t);
    free(text);
}
END_TEST

/* The files of ../shared/data where they are, whole and without their first line. */
START_TEST(header_of_real_files)
{
    static const struct {
        const char *file, *first;
        size_t rows, columns, category, categories;
    } real[] = {{"../../../shared/data/housing.csv", "longitude", 20640, 10, 9, 5},
                {"../../../shared/data/letter.csv", "Letter", 20000, 17, 0, 26}};
    unsigned char *bytes;
    size_t size;
    nudge_read_options o = nudge_read_defaults();
    if (nu_read_file(test_file(real[_i].file), &bytes, &size, NULL) != NUDGE_OK)
        return;
    for (int cut = 0; cut < 2; cut++) {
        const char *text = (char *)bytes;
        if (cut)
            text = strchr(text, '\n') + 1;
        nudge_table *t = NULL;
        ck_assert_int_eq(read_memory(&t, &nu_csv_format, "real.csv", text,
                                     size - (size_t)(text - (char *)bytes), &o, NULL), NUDGE_OK);
        ck_assert_str_eq(t->columns[0].name, cut ? "c1" : real[_i].first);
        ck_assert_uint_eq(t->rows, real[_i].rows);
        ck_assert_uint_eq(t->n_columns, real[_i].columns);
        for (size_t j = 0; j < t->n_columns; j++)
            ck_assert_uint_eq(t->columns[j].n_categories,
                              j == real[_i].category ? real[_i].categories : 0);
        nudge_table_free(t);
    }
    free(bytes);
}
END_TEST

/* ---- Columns by the options ------------------------------------------------------------ */

#define SIX "id,age,city,\"a,b\",zip,price\n1,41,Oslo,5,0150,1.5\n2,30,Bergen,6,5003,2.5\n"

static const struct option {
    const char *target, *ignore, *category, *names, *cells;
} options[] = {
    {NULL, NULL, NULL, "id,age,city*,a,b,zip,price", "1 41 Oslo 5 150 1.5|2 30 Bergen 6 5003 2.5"},
    {"price", "id", NULL, "age,city*,a,b,zip,[price]", "41 Oslo 5 150 1.5|30 Bergen 6 5003 2.5"},
    {"price,age", "id,city,zip", NULL, "[age],a,b,[price]", "41 5 1.5|30 6 2.5"},
    {"a,b", "id,age", NULL, "city*,[a,b],zip,price", "Oslo 5 150 1.5|Bergen 6 5003 2.5"},
    {"city", "a,b", "zip", "id,age,[city*],zip*,price", "1 41 Oslo 0150 1.5|2 30 Bergen 5003 2.5"},
    {NULL, "a,b", "id,zip,city", "id*,age,city*,zip*,price",
     "1 41 Oslo 0150 1.5|2 30 Bergen 5003 2.5"},
};

START_TEST(columns_chosen)
{
    nudge_read_options o = nudge_read_defaults();
    o.target = options[_i].target;
    o.ignore = options[_i].ignore;
    o.category = options[_i].category;
    nudge_table *t = read_text(SIX, &o);
    assert_table(t, options[_i].names, options[_i].cells);
    nudge_table_free(t);
}
END_TEST

START_TEST(columns_refused)
{
    nudge_read_options o = nudge_read_defaults();
    o.target = "prise";
    refuse_text(SIX, &o, NUDGE_EARGUMENT, "data.csv: unknown target column 'prise' (did you mean "
                                          "'price'?); columns are: id, age, city, a,b, zip, price");
    o.target = "height";
    refuse_text(SIX, &o, NUDGE_EARGUMENT, "unknown target column 'height'; columns are: id, age");
    o.target = "price,heigth";
    refuse_text(SIX, &o, NUDGE_EARGUMENT, "unknown target column 'heigth'; columns are");
    o.target = "price,";
    refuse_text(SIX, &o, NUDGE_EARGUMENT, "unknown target column ''; columns are");
    o.target = "price,price";
    refuse_text(SIX, &o, NUDGE_EARGUMENT, "the target column 'price' is named twice");
    o.target = "price";
    o.ignore = "price";
    refuse_text(SIX, &o, NUDGE_EARGUMENT, "column 'price' is both a target and ignored");
    o.ignore = "Age";
    refuse_text(SIX, &o, NUDGE_EARGUMENT, "unknown ignored column 'Age' (did you mean 'age'?)");
    o.ignore = NULL;
    o.category = "zap";
    refuse_text(SIX, &o, NUDGE_EARGUMENT, "unknown category column 'zap' (did you mean 'zip'?)");
    o.category = o.number = "age";
    refuse_text(SIX, &o, NUDGE_EARGUMENT, "column 'age' is both a category and a number");
    o = nudge_read_defaults();
    o.ignore = "a,b";
    refuse_text("a,b\n1,2\n3,4\n", &o, NUDGE_EARGUMENT, "every column is ignored");
}
END_TEST

START_TEST(weights_refused)
{
    static const struct {
        const char *text, *target, *ignore, *category, *weight;
        nudge_status status;
        const char *words;
    } cases[] = {
        {"w,a,y\n1,1,1\n", "y", NULL, NULL, "w,a", NUDGE_EARGUMENT, "weights are in one column, "
         "not in 2"},
        {"w,a,y\n1,1,1\n", "y", NULL, NULL, "y", NUDGE_EARGUMENT, "column 'y' is both the target "
         "and the weight"},
        {"w,a,y\n1,1,1\n", "y", "w", NULL, "w", NUDGE_EARGUMENT, "column 'w' is both ignored and "
         "the weight"},
        {"w,a,y\n1,1,1\n", "y", NULL, "w", "w", NUDGE_EARGUMENT, "column 'w' is both a category "
         "and the weight"},
        {"w,a,y\n0,1,1\n0,2,1\n", "y", NULL, NULL, "w", NUDGE_EDATA, "column 'w': all 2 weights "
         "are 0; one at least must be above"},
        {"w,a,y\n1,1,\n2,2,\n", "y", NULL, NULL, "w", NUDGE_EDATA, "none of 2 rows has a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nudge_read_options o = nudge_read_defaults();
        o.target = cases[i].target;
        o.ignore = cases[i].ignore;
        o.category = cases[i].category;
        o.weight = cases[i].weight;
        refuse_text(cases[i].text, &o, cases[i].status, cases[i].words);
    }
}
END_TEST

/* A wrong cell in a column that is left out does not matter, nor does a number in a category. */
START_TEST(cells_of_unused_columns)
{
    nudge_read_options o = nudge_read_defaults();
    o.ignore = "note";
    o.category = "code";
    nudge_table *t = read_text("note,code,y\n1,7,1\nabc,A7,2\nnan,inf,3\n", &o);
    assert_table(t, "code*,y", "7 1|A7 2|inf 3");
    nudge_table_free(t);
}
END_TEST

/* A message stays one readable line however many columns there are. */
START_TEST(many_columns)
{
    size_t n = 3000;
    char *text = malloc(n * 16), *at = text;
    nudge_read_options o = nudge_read_defaults();
    for (size_t j = 0; j < n; j++)
        at += sprintf(at, "%sp%zu", j > 0 ? "," : "", j + 1);
    for (int row = 0; row < 2; row++)
        for (size_t j = 0; j < n; j++)
            at += sprintf(at, "%s%zu", j > 0 ? "," : "\n", j);
    o.target = "label";
    refuse_text(text, &o, NUDGE_EARGUMENT, "... (3000 in all)");
    o.target = "p3000";
    nudge_table *t = read_text(text, &o);
    ck_assert_uint_eq(t->n_columns, n);
    ck_assert_uint_eq(t->rows, 2);
    ck_assert_double_eq(nu_table_number(t, 1, n - 1), (double)(n - 1));
    ck_assert_int_eq(t->columns[n - 1].is_target, 1);
    nudge_table_free(t);
    free(text);
}
END_TEST

/* ---- Columns by a model ---------------------------------------------------------------- */

static char *city_labels[] = {"Bergen", "Oslo"}, *yes_labels[] = {"no", "yes"},
            *digit_labels[] = {"0", "1", "7"};
static nu_prep_column model_columns[] = {
    {.name = "city", .kind = NUDGE_COLUMN_CATEGORY, .categories = city_labels, .n_categories = 2},
    {.name = "age", .kind = NUDGE_COLUMN_NUMBER},
};
static char *model_target[] = {"bought"};

static nudge_prep model_prep(void)
{
    return (nudge_prep){.n_columns = 2, .columns = model_columns, .n_targets = 1, .outputs = 1,
                        .target_names = model_target};
}

START_TEST(like_takes_what_the_model_needs)
{
    nudge_prep prep = model_prep();
    nudge_read_options o = nudge_read_defaults();
    o.like = &prep;
    o.target = "not used";
    nudge_table *t = read_text("age,note,bought,city\n41,x,1.5,7\n30,5,2,Oslo\n", &o);
    assert_table(t, "age,[bought],city*", "41 1.5 7|30 2 Oslo");
    nudge_table_free(t);

    t = read_text("age,city\n41,Oslo\n", &o); /* no target: to predict */
    assert_table(t, "age,city*", "41 Oslo");
    nudge_table_free(t);

    prep.n_classes = 2;
    prep.class_labels = yes_labels;
    t = read_text("age,city,bought\n41,Oslo,yes\n3,Oslo,maybe\n4,Oslo,1\n", &o);
    assert_table(t, "age,city*,[bought*]", "41 Oslo yes|3 Oslo maybe|4 Oslo 1");
    nudge_table_free(t);

    prep.n_classes = 3; /* labels that are whole numbers stay numbers */
    prep.class_labels = digit_labels;
    t = read_text("age,city,bought\n41,Oslo,1.0\n3,Oslo,7\n", &o);
    assert_table(t, "age,city*,[bought]", "41 Oslo 1|3 Oslo 7");
    nudge_table_free(t);
}
END_TEST

START_TEST(like_refuses_other_columns)
{
    nudge_prep prep = model_prep();
    nudge_read_options o = nudge_read_defaults();
    o.like = &prep;
    refuse_text("aged,city\n41,Oslo\n", &o, NUDGE_EMISMATCH,
                "data.csv: no column 'age', which the model needs (did you mean 'aged'?); "
                "columns are: aged, city");
    refuse_text("41,Oslo\n42,Oslo\n", &o, NUDGE_EMISMATCH, "no column 'city', which the model");
    refuse_text("age,city\nold,Oslo\nyoung,Oslo\n", &o, NUDGE_EMISMATCH,
                ":2: column 'age': 'old' is not a number; the model was trained with numbers");
    refuse_text("age,city\n3,Oslo\nold,Oslo\n", &o, NUDGE_EMISMATCH,
                ":3: column 'age': 'old' is not a number; the model was trained with numbers");
    refuse_text("age,city\n-inf,Oslo\n", &o, NUDGE_EDATA, "'-inf' is not a finite number");
    refuse_text("age,city,bought\n3,Oslo,yes\n", &o, NUDGE_EMISMATCH,
                ":2: column 'bought': 'yes' is not a number");
    refuse_text("age,city,bought\n", &o, NUDGE_EDATA, "a header but no rows");
}
END_TEST

/* Several targets are read when all are there. */
START_TEST(like_with_some_targets)
{
    static char *targets[] = {"u", "v"};
    nudge_prep prep = model_prep();
    nudge_read_options o = nudge_read_defaults();
    o.like = &prep;
    prep.n_targets = prep.outputs = 2;
    prep.target_names = targets;
    nudge_table *t = read_text("v,age,city,u\n1,2,Oslo,3\n", &o);
    assert_table(t, "[v],age,city*,[u]", "1 2 Oslo 3");
    nudge_table_free(t);
    t = read_text("v,age,city\n1,2,Oslo\n", &o);
    assert_table(t, "age,city*", "2 Oslo");
    nudge_table_free(t);
}
END_TEST

/* A model trained without a header finds its columns by place. */
START_TEST(like_without_header)
{
    static nu_prep_column columns[] = {{.name = "c2", .kind = NUDGE_COLUMN_NUMBER},
                                       {.name = "c3", .kind = NUDGE_COLUMN_NUMBER}};
    static char *target[] = {"c1"};
    nudge_prep prep = {.n_columns = 2, .columns = columns, .n_targets = 1, .target_names = target,
                       .n_classes = 2, .class_labels = yes_labels};
    nudge_read_options o = nudge_read_defaults();
    o.like = &prep;
    nudge_table *t = read_text("yes,1,2\nno,3,4\n", &o);
    assert_table(t, "[c1*],c2,c3", "yes 1 2|no 3 4");
    nudge_table_free(t);
    t = read_text("c3,c2\n1,2\n", &o);
    assert_table(t, "c3,c2", "1 2");
    nudge_table_free(t);
}
END_TEST

/* One of its columns had no name: this file's may have none either. */
START_TEST(like_with_a_column_without_name)
{
    nudge_prep *p = NULL;
    nudge_error err = {0};
    nudge_read_options o = nudge_read_defaults();
    o.target = "y";
    o.number = "c1";
    nudge_table *t = read_text(",age,y\n1.5,2,3\n2.5,7,1\n", &o);
    ck_assert_int_eq(nudge_prep_fit(&p, t, NULL, 0, NULL, &err), NUDGE_OK);
    nudge_table_free(t);
    o = nudge_read_defaults();
    o.like = p;
    t = read_text(",age\n1,2\n", &o);
    assert_table(t, "c1,age", "1 2");
    o.weight = "age";
    refuse_text(",age\n1,2\n", &o, NUDGE_EARGUMENT, "column 'age' is both an input of the model");
    nudge_table_free(t);
    nudge_prep_free(p);
}
END_TEST

/* A model of a matrix table (an image, synthetic rows) has features and no columns. */
START_TEST(like_of_a_matrix)
{
    static char *features[] = {"x1", "x2"}, *target[] = {"y"};
    nudge_prep prep = {.values = 2, .features = 2, .feature_names = features, .n_targets = 1,
                       .outputs = 1, .target_names = target};
    nudge_read_options o = nudge_read_defaults();
    o.like = &prep;
    nudge_table *t = read_text("x1,x2,y\n1,2,3\n", &o);
    assert_table(t, "x1,x2,[y]", "1 2 3");
    nudge_table_free(t);
    refuse_text("x1,y\n1,2\n", &o, NUDGE_EMISMATCH, "no column 'x2', which the model needs");
}
END_TEST

static Suite *csv_names_suite(void)
{
    Suite *suite = suite_create("csv names");
    TCase *header = tcase_create("header");
    tcase_set_timeout(header, 60);
    tcase_add_loop_test(header, header_is_found, 0, sizeof headers / sizeof *headers);
    tcase_add_test(header, header_as_told);
    tcase_add_loop_test(header, header_of_numbers, 0, 2);
    tcase_add_loop_test(header, header_of_real_files, 0, 2);
    suite_add_tcase(suite, header);
    TCase *chosen = tcase_create("options");
    tcase_add_loop_test(chosen, columns_chosen, 0, sizeof options / sizeof *options);
    tcase_add_test(chosen, columns_refused);
    tcase_add_test(chosen, weights_refused);
    tcase_add_test(chosen, cells_of_unused_columns);
    tcase_add_test(chosen, many_columns);
    suite_add_tcase(suite, chosen);
    TCase *like = tcase_create("like");
    tcase_add_test(like, like_takes_what_the_model_needs);
    tcase_add_test(like, like_refuses_other_columns);
    tcase_add_test(like, like_with_some_targets);
    tcase_add_test(like, like_without_header);
    tcase_add_test(like, like_with_a_column_without_name);
    tcase_add_test(like, like_of_a_matrix);
    suite_add_tcase(suite, like);
    return suite;
}

SUITE_MAIN(csv_names_suite)
