#include "dataset_fixtures.h"

static nudge_error err;

/* One prep of each sort: columns, bytes, a matrix, two text classes. */
static nudge_prep *sample(int which)
{
    double x[] = {0, 255, 10, 0, 51, 30, 1 / 3.0, 7, 1e-3, 9, 2, 77};
    nudge_table *t = which == 1 ? table_matrix(NU_U8, 4, 3, x)
                     : which == 2 ? table_matrix(NU_F64, 4, 3, x) : table_columns(4, 3);
    if (which == 1) {
        table_classes(t, 4, (int32_t[]){3, 1, 0, 2});
    } else if (which == 2) {
        table_values(t, 2, (double[]){1, 2, 3, 4, 5, 6, 7, 1 / 7.0});
    } else {
        table_numbers(t, 0, "age", (double[]){1, NAN, 3.3, 10});
        table_texts(t, 1, "town", (const char *[]){"Thun", "Bern", NULL, "Genf"}, towns, 3);
        if (which == 0)
            table_numbers(t, 2, "y", (double[]){1, 2, 3, 5});
        else
            table_texts(t, 2, "y", (const char *[]){"no", "yes", "yes", "no"},
                        (const char *[]){"no", "yes"}, 2);
        t->columns[2].is_target = 1;
    }
    nudge_prep *prep = NULL;
    nudge_prep_options options = {.size = sizeof options,
                                  .scale = which == 3 ? NUDGE_SCALE_MINMAX : NUDGE_SCALE_AUTO,
                                  .loss = which == 3 ? NUDGE_BCE : NUDGE_LOSS_AUTO};
    ck_ok(nudge_prep_fit(&prep, t, NULL, 0, &options, &err), &err);
    nudge_table_free(t);
    return prep;
}

static void same_doubles(const double *a, const double *b, size_t n)
{
    ck_assert_mem_eq(a, b, n * sizeof *a);
}

static void same_preps(const nudge_prep *a, const nudge_prep *b)
{
    char *x = prep_text(a), *y = prep_text(b);
    ck_assert_str_eq(x, y);
    free(x);
    free(y);
    ck_assert_uint_eq(a->features, b->features);
    ck_assert_uint_eq(a->outputs, b->outputs);
    same_doubles(a->shift, b->shift, a->features);
    same_doubles(a->factor, b->factor, a->features);
    same_doubles(a->target_shift, b->target_shift, a->outputs);
    same_doubles(a->target_factor, b->target_factor, a->outputs);
    for (size_t j = 0; j < a->features; j++)
        ck_assert_str_eq(a->feature_names[j], b->feature_names[j]);
}

/* Through text and back, every number has the same bits. */
START_TEST(json_is_faithful)
{
    nudge_prep *p = sample(_i), *back = NULL;
    char *text = prep_text(p);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(json);
    ck_ok(nu_prep_from_json(&back, json, "m", &err), &err);
    same_preps(p, back);
    nudge_prep *shared = nu_prep_share(p);
    nudge_prep_free(p);
    same_preps(back, shared);
    nudge_prep_free(shared);
    nudge_prep_free(back);
    json_decref(json);
    free(text);
}
END_TEST

/* Small: numbers that are all equal are written once. */
START_TEST(json_of_images_is_small)
{
    nudge_prep *p = sample(1);
    json_t *json = nu_prep_to_json(p);
    ck_assert(json_is_real(json_object_get(json, "factor")));
    json_decref(json);
    nudge_prep_free(p);
}
END_TEST

static void damaged(json_t *json, const char *what)
{
    nudge_prep *p = NULL;
    nudge_status status = nu_prep_from_json(&p, json, "m.safetensors", &err);
    ck_assert_msg(status == NUDGE_EDATA, "%s: %s", what, nudge_status_text(status));
    ck_assert_ptr_null(p);
    ck_assert_int_eq(strncmp(err.text, "m.safetensors: ", 15), 0);
}

/* Every key taken away (but those that may be missing), and every key with a value of no use. */
START_TEST(damaged_json_is_refused)
{
    static const char *const wrong[] = {"null", "true", "\"x\"", "[]", "{}", "[null]", "[[1]]",
                                        "[\"a\", \"a\"]", "[1e308, {}]", "\"a\\u0001\""};
    nudge_prep *p = sample(_i);
    json_t *json = nu_prep_to_json(p), *value;
    const char *key;
    json_object_foreach(json, key, value) {
        char what[128];
        if (strcmp(key, "csv") == 0)
            continue; /* test_csv_kept.c */
        json_t *less = json_copy(json);
        json_object_del(less, key);
        snprintf(what, sizeof what, "sample %d without %s", _i, key);
        int may_lack = strcmp(key, "pixels") == 0 ||
                       (strcmp(key, "classes") == 0 && p->loss == NUDGE_BCE);
        if (!may_lack)
            damaged(less, what);
        json_decref(less);
        for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
            json_t *changed = json_copy(json);
            json_object_set_new(changed, key, json_loads(wrong[w], JSON_DECODE_ANY, NULL));
            snprintf(what, sizeof what, "sample %d with %s %s", _i, key, wrong[w]);
            damaged(changed, what);
            json_decref(changed);
        }
    }
    damaged(NULL, "nothing");
    json_decref(json);
    nudge_prep_free(p);
}
END_TEST

/* Well-formed values that contradict each other. */
START_TEST(lying_json_is_refused)
{
    static const struct {
        int sample;
        const char *change; /* merged into the sample */
    } lies[] = {
        {0, "{\"loss\": \"auto\"}"},
        {0, "{\"loss\": \"cross-entropy\"}"},
        {0, "{\"loss\": \"bce\"}"}, /* a scaled target */
        {0, "{\"scale\": \"auto\"}"},
        {0, "{\"shift\": [1, 2, 3]}"},
        {0, "{\"factor\": 0}"},
        {0, "{\"factor\": [1, 1, 1, 0]}"},
        {0, "{\"target_factor\": 0.0}"},
        {0, "{\"classes\": [\"a\", \"b\"]}"},
        {0, "{\"targets\": [\"a\", \"b\"], \"loss\": \"cross-entropy\", \"classes\": [\"a\"]}"},
        {0, "{\"features\": 4}"},
        {0, "{\"columns\": [{\"name\": \"a\", \"kind\": \"number\"}]}"},
        {0, "{\"columns\": [{\"name\": \"a\", \"kind\": \"number\", \"median\": \"1\"}]}"},
        {0, "{\"columns\": [{\"name\": \"a\", \"kind\": \"date\", \"median\": 1}]}"},
        {0, "{\"columns\": [{\"name\": \"a\", \"kind\": \"category\", \"categories\": []}]}"},
        {0, "{\"columns\": [{\"name\": \"a\", \"kind\": \"category\", "
            "\"categories\": [\"b\", \"a\", \"c\", \"d\"]}]}"},
        {0, "{\"columns\": [{\"name\": \"a\", \"kind\": \"number\", \"median\": 1}, "
            "{\"name\": \"a\", \"kind\": \"category\", \"categories\": [\"a\", \"b\", \"c\"]}]}"},
        {1, "{\"features\": 4}"},
        {1, "{\"features\": 0}"},
        {1, "{\"features\": -3}"},
        {1, "{\"features\": 3.0}"},
        {1, "{\"features\": 16777217}"},
        {1, "{\"features\": 9223372036854775807}"},
        {1, "{\"pixels\": [3, 1, 1]}"},
        {1, "{\"pixels\": [3, \"1\"]}"},
        {0, "{\"pixels\": [4, 1]}"}, /* beside columns */
        {1, "{\"pixels\": [4294967296, 4294967296]}"},
        {1, "{\"something\": 1}"}, /* of a newer version */
        {1, "{\"classes\": [\"0\"]}"},
        {1, "{\"loss\": \"mse\"}"},
        {1, "{\"targets\": [\"a\", \"b\"]}"},
        {3, "{\"classes\": [\"a\", \"b\", \"c\"]}"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        nudge_prep *p = sample(lies[i].sample);
        json_t *json = nu_prep_to_json(p), *change = json_loads(lies[i].change, 0, NULL);
        ck_assert_ptr_nonnull(change);
        json_object_update(json, change);
        damaged(json, lies[i].change);
        json_decref(change);
        json_decref(json);
        nudge_prep_free(p);
    }
}
END_TEST

#define AGE "{\"name\": \"age\", \"kind\": \"number\", \"median\": 1"
#define TOWN "{\"name\": \"town\", \"kind\": \"category\", \"categories\": [\"a\", \"b\", \"c\"]"
#define SIXTEEN "\"0123456789abcdef\""

/* Columns and targets that say what such have not, and the message. */
START_TEST(lies_of_columns_are_named)
{
    static const struct {
        const char *change, *words;
    } lies[] = {
        {"{\"columns\": [{\"name\": \"a\", \"kind\": \"pixels\", \"median\": 1}]}",
         "column 'a' has kind 'pixels'; it must be number, date or category"},
        {"{\"columns\": [" AGE ", \"other\": true}]}", "column 'age': 'missing' is for numbers"},
        {"{\"columns\": [" AGE ", \"ordinal\": true}]}", "column 'age': 'missing' is for numbers"},
        {"{\"columns\": [" AGE ", \"signed\": true}]}", "column 'age': 'missing' is for numbers"},
        {"{\"columns\": [" AGE ", \"before\": " SIXTEEN "}]}", "column 'age' has texts around its"},
        {"{\"columns\": [" AGE ", \"after\": " SIXTEEN "}]}", "numbers of more than 15 bytes"},
        {"{\"columns\": [" TOWN ", \"missing\": true}]}", "column 'town': 'missing' is for "
         "numbers"},
        {"{\"columns\": [" TOWN ", \"signed\": true}]}", "column 'town': 'signed' is for two"},
        {"{\"columns\": [" TOWN ", \"signed\": true, \"ordinal\": true}]}", "'signed' is for two"},
        {"{\"target_cells\": []}", "'target_cells' must be an array of 1, as targets"},
        {"{\"target_cells\": [7]}", "'target_cells': "},
        {"{\"target_cells\": [{\"kind\": 7}]}", "'target_cells': "},
        {"{\"target_cells\": [{\"kind\": \"colour\"}]}", "target 'y' has kind 'colour'; it must "
         "be"},
        {"{\"target_cells\": [{\"kind\": \"category\"}]}", "target 'y' has kind 'category'; it"},
        {"{\"target_cells\": [{\"before\": " SIXTEEN "}]}", "column 'y' has texts around its"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        nudge_prep *p = sample(0);
        json_t *json = nu_prep_to_json(p), *change = json_loads(lies[i].change, 0, NULL);
        ck_assert_msg(change != NULL, "%s", lies[i].change);
        json_object_update(json, change);
        damaged(json, lies[i].change);
        ck_assert_msg(strstr(err.text, lies[i].words) != NULL, "'%s' is not in '%s'", lies[i].words,
                      err.text);
        json_decref(change);
        json_decref(json);
        nudge_prep_free(p);
    }
}
END_TEST

static Suite *prep_json_suite(void)
{
    Suite *suite = suite_create("prep_json");
    TCase *json = tcase_create("json");
    tcase_set_timeout(json, 60);
    tcase_add_loop_test(json, json_is_faithful, 0, 4);
    tcase_add_test(json, json_of_images_is_small);
    tcase_add_loop_test(json, damaged_json_is_refused, 0, 4);
    tcase_add_test(json, lying_json_is_refused);
    tcase_add_test(json, lies_of_columns_are_named);
    suite_add_tcase(suite, json);
    return suite;
}

SUITE_MAIN(prep_json_suite)
