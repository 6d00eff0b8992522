/* Is a target classes or numbers? The rule, by every way in, and labels as they are written. */
#include <string.h>

#include "csv_fixtures.h"
#include "folder_fixtures.h"
#include "prep/prep.h"
#include "prep/task.h"
#include "table/dataset.h"
#include "table_fixtures.h"

static nudge_error err;

START_TEST(rule)
{
    static const struct {
        nu_values v;
        nudge_task task;
    } cases[] = {
        {{.rows = 4, .different = 2, .whole = 1, .zero_one = 1}, NUDGE_CLASSIFICATION},
        {{.rows = 200, .different = 20, .whole = 1}, NUDGE_CLASSIFICATION},
        {{.rows = 210, .different = 21, .whole = 1}, NUDGE_REGRESSION},
        {{.rows = 30, .different = 3, .whole = 1}, NUDGE_CLASSIFICATION},
        {{.rows = 29, .different = 3, .whole = 1}, NUDGE_REGRESSION},
        {{.rows = 900, .different = 3, .whole = 0}, NUDGE_REGRESSION},
        {{.rows = 5, .different = 4, .whole = 1, .of_images = 1}, NUDGE_CLASSIFICATION},
        {{.rows = 5, .different = 4, .whole = 0, .of_images = 1}, NUDGE_REGRESSION},
        {{.rows = 90000, .different = 1001, .whole = 1, .of_images = 1}, NUDGE_REGRESSION},
    };
    ck_assert_int_eq(nu_task_of(&cases[_i].v), cases[_i].task);
}
END_TEST

/* x,<target>: `different` labels in turn. */
static char *csv_of(const char *const *labels, size_t different, size_t rows)
{
    char *text = table_memory(rows + 1, 48), *at = text;
    at += sprintf(at, "x,t\n");
    for (size_t r = 0; r < rows; r++)
        at += sprintf(at, "%g,%s\n", (double)(r * 7 % 13) / 4, labels[r % different]);
    return text;
}

static nudge_prep *fit_text(const char *text, nudge_task task, nudge_loss loss)
{
    nudge_read_options read = nudge_read_defaults();
    nudge_prep_options options = {.size = sizeof options, .task = task, .loss = loss};
    nudge_prep *p = NULL;
    read.target = "t";
    nudge_table *t = read_text(text, &read);
    ck_ok(nudge_prep_fit(&p, t, NULL, 0, &options, &err), &err);
    nudge_table_free(t);
    return p;
}

/* "01|1|007|10" */
static void ck_labels(const nudge_prep *p, const char *labels)
{
    char text[200] = "";
    for (size_t k = 0; k < p->n_classes; k++)
        sprintf(text + strlen(text), "%s%s", k > 0 ? "|" : "", p->class_labels[k]);
    ck_assert_str_eq(text, labels);
}

static const struct {
    const char *labels[5];
    size_t n;
    nudge_task task;
    nudge_loss loss, chosen;
    const char *classes, *note;
} csv[] = {
    {{"5", "3", "4"}, 3, 0, 0, NUDGE_CROSS_ENTROPY, "3|4|5", "3 different whole numbers in 60"},
    {{"5", "3", "4"}, 3, NUDGE_REGRESSION, 0, NUDGE_MSE, "", NULL},
    {{"5", "3", "4"}, 3, 0, NUDGE_POISSON, NUDGE_POISSON, "", NULL},
    {{"010", "10", "9", "09"}, 4, 0, 0, NUDGE_CROSS_ENTROPY, "09|9|010|10", "taken as classes"},
    {{"9007199254740993", "9007199254740992"}, 2, 0, 0, NUDGE_CROSS_ENTROPY,
     "9007199254740992|9007199254740993", "taken as classes"},
    {{" 1 ", "0"}, 2, 0, 0, NUDGE_BCE, "0|1", "0 and 1: taken as two classes"},
    {{"1.0", "0.0"}, 2, 0, 0, NUDGE_BCE, "0.0|1.0", "two classes"},
    {{"1", "0"}, 2, 0, NUDGE_CROSS_ENTROPY, NUDGE_CROSS_ENTROPY, "0|1", NULL},
    {{"1", "0"}, 2, NUDGE_REGRESSION, 0, NUDGE_MSE, "", NULL},
    {{"1", "-1"}, 2, 0, 0, NUDGE_CROSS_ENTROPY, "-1|1", "2 different whole numbers"},
    {{"1.5", "0.5"}, 2, 0, 0, NUDGE_MSE, "", NULL},
    {{"1.5", "0.5"}, 2, NUDGE_CLASSIFICATION, 0, NUDGE_CROSS_ENTROPY, "0.5|1.5", NULL},
    {{"b", "a"}, 2, 0, 0, NUDGE_CROSS_ENTROPY, "a|b", NULL},
    {{"5", "3", "4"}, 3, NUDGE_REGRESSION, NUDGE_MAE, NUDGE_MAE, "", NULL},
    {{"5", "3", "4"}, 3, NUDGE_CLASSIFICATION, NUDGE_CROSS_ENTROPY, NUDGE_CROSS_ENTROPY, "3|4|5",
     NULL},
};

START_TEST(labels_as_written)
{
    char *text = csv_of(csv[_i].labels, csv[_i].n, 60);
    nudge_prep *p = fit_text(text, csv[_i].task, csv[_i].loss);
    ck_assert_int_eq(p->loss, csv[_i].chosen);
    ck_labels(p, csv[_i].classes);
    ck_assert_uint_eq(p->notes.n, csv[_i].note != NULL);
    if (csv[_i].note != NULL) {
        ck_assert_ptr_nonnull(strstr(p->notes.note[0].text, csv[_i].note));
        ck_assert_str_eq(p->notes.note[0].setting, "task");
    }
    nudge_prep_free(p);
    free(text);
}
END_TEST

/* More different numbers than can be classes: they are kept as numbers, all of them. */
START_TEST(many_numbers_stay_numbers)
{
    size_t rows = 3 * NU_NUMERIC_CLASSES;
    nudge_read_options read = nudge_read_defaults();
    char *text = malloc(rows * 16 + 8), *at = text;
    read.target = "t";
    at += sprintf(at, "x,t\n");
    for (size_t r = 0; r < rows; r++)
        at += r == 5 ? sprintf(at, "1,0%d\n", 4) : sprintf(at, "1,%zu\n", r / 2);
    nudge_table *t = read_text(text, &read);
    ck_assert_ptr_null(t->columns[1].values);
    for (size_t r = 0; r < rows; r++)
        ck_assert_double_eq(nu_table_number(t, r, 1), r == 5 ? 4 : (double)(r / 2));
    ck_assert(t->columns[1].max == (double)(rows / 2 - 1) && t->columns[1].min == 0);
    free(text);
    nudge_table_free(t);
}
END_TEST

START_TEST(contradictions_are_refused)
{
    static const struct {
        const char *labels[3];
        nudge_task task;
        nudge_loss loss;
        const char *setting, *text;
    } bad[] = {
        {{"a", "b", "c"}, NUDGE_REGRESSION, 0, "task", "target 't' holds classes"},
        {{"1", "2", "3"}, NUDGE_REGRESSION, NUDGE_CROSS_ENTROPY, "task",
         "loss cross-entropy is for classes, the task asked for is regression"},
        {{"1", "2", "3"}, NUDGE_CLASSIFICATION, NUDGE_MAE, "task",
         "loss mae is for numbers, the task asked for is classification"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        nudge_read_options read = nudge_read_defaults();
        nudge_prep_options options = {.size = sizeof options, .task = bad[i].task, .loss = bad[i].loss};
        nudge_prep *p = NULL;
        char *text = csv_of(bad[i].labels, 3, 30);
        read.target = "t";
        nudge_table *t = read_text(text, &read);
        ck_says(nudge_prep_fit(&p, t, NULL, 0, &options, &err), NUDGE_EARGUMENT, bad[i].text, &err);
        ck_assert_str_eq(err.setting, bad[i].setting);
        nudge_table_free(t);
        free(text);
    }
}
END_TEST

/* A model's labels are found as they are written, or else by their value where one has it. */
START_TEST(labels_are_found)
{
    static const char *const written[] = {"7", "007", "10"}, *const plain[] = {"3.0", "4.0"};
    nudge_read_options read = nudge_read_defaults();
    char *text = csv_of(written, 3, 30), *other = csv_of(plain, 2, 30);
    nudge_prep *p = fit_text(text, 0, 0), *q = fit_text(other, 0, 0);
    nudge_dataset *d = NULL;
    read.like = p;
    nudge_table *t = read_text("x,t\n1,10.0\n2,007\n3,7\n", &read);
    ck_ok(nudge_dataset_pack(&d, &t, p, NUDGE_F32, NULL, &err), &err);
    ck_labels(p, "007|7|10");
    ck_assert_mem_eq(d->store->classes, ((int32_t[]){2, 0, 1}), 12);
    nudge_dataset_free(d);
    t = read_text("x,t\n1,0007\n", &read); /* which of the two? */
    ck_says(nudge_dataset_pack(&d, &t, p, NUDGE_F32, NULL, &err), NUDGE_EMISMATCH, "'0007'", &err);
    read.like = q;
    t = read_text("x,t\n1,4\n2,3\n", &read);
    ck_ok(nudge_dataset_pack(&d, &t, q, NUDGE_F32, NULL, &err), &err);
    ck_assert_mem_eq(d->store->classes, ((int32_t[]){1, 0}), 8);
    nudge_dataset_free(d);
    nudge_prep_free(p);
    nudge_prep_free(q);
    free(text);
    free(other);
}
END_TEST

/* Several targets are numbers, or all of zeros and ones, which then are classes. */
START_TEST(several_targets)
{
    static const struct {
        const char *rows;
        nudge_task task;
        nudge_loss loss; /* NUDGE_LOSS_AUTO: refused */
    } all[] = {
        {"1,0,1\n2,1,1\n3,0,0\n", NUDGE_TASK_AUTO, NUDGE_BCE},
        {"1,0,1\n2,1,1\n3,0,0\n", NUDGE_CLASSIFICATION, NUDGE_BCE},
        {"1,0,1\n2,1,1\n3,0,0\n", NUDGE_REGRESSION, NUDGE_MSE},
        {"1,0,1\n2,2,1\n3,0,0\n", NUDGE_TASK_AUTO, NUDGE_MSE},
        {"1,0,1\n2,2,1\n3,0,0\n", NUDGE_CLASSIFICATION, NUDGE_LOSS_AUTO},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        nudge_read_options read = nudge_read_defaults();
        nudge_prep_options o = {.size = sizeof o, .task = all[i].task};
        nudge_prep *p = NULL;
        char text[100];
        read.target = "t,u";
        snprintf(text, sizeof text, "x,t,u\n%s", all[i].rows);
        nudge_table *t = read_text(text, &read);
        if (all[i].loss == NUDGE_LOSS_AUTO) {
            ck_says(nudge_prep_fit(&p, t, NULL, 0, &o, &err), NUDGE_EARGUMENT, "target 't' and "
                    "others: several targets that are classes must all be zeros and ones", &err);
            ck_assert_str_eq(err.setting, "task");
        } else {
            ck_ok(nudge_prep_fit(&p, t, NULL, 0, &o, &err), &err);
            ck_assert_int_eq(p->loss, all[i].loss);
            ck_assert_uint_eq(p->outputs, 2);
        }
        nudge_prep_free(p);
        nudge_table_free(t);
    }
}
END_TEST

static const uint32_t first_20[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
                                    10, 11, 12, 13, 14, 15, 16, 17, 18, 19};

/* The last class, or two, are in the rows held out alone. */
START_TEST(classes_without_training_rows)
{
    nudge_read_options read = nudge_read_defaults();
    nudge_prep *p = NULL;
    char text[400] = "x,t\n", *at = text + 4;
    for (int r = 0; r < 30 + 10 * _i; r++)
        at += sprintf(at, "%d,%c\n", r * r, "abcd"[r / 10]);
    read.target = "t";
    nudge_table *t = read_text(text, &read);
    ck_ok(nudge_prep_fit(&p, t, first_20, 20, NULL, &err), &err);
    ck_assert_uint_eq(p->notes.n, 1);
    ck_assert_str_eq(p->notes.note[0].text,
                     _i == 0 ? "class 'c' of target 't' is in none of the 20 training rows: no "
                               "model can learn it"
                             : "class 'c' of target 't' and others are in none of the 20 training "
                               "rows: no model can learn it");
    nudge_prep_free(p);
    ck_says(nudge_prep_fit(&p, t, first_20, 10, NULL, &err), NUDGE_EDATA, "only one class ('a')",
            &err);
    nudge_table_free(t);
}
END_TEST

/* Zeros and ones are the same task as text, as numbers and as the classes of a generator. */
START_TEST(the_same_task_from_every_source)
{
    static const char *const specs[] = {"synth:moons,rows=40", "synth:blobs,rows=40,classes=3"};
    for (size_t i = 0; i < 2; i++) {
        char path[2][320];
        nudge_prep *made = NULL;
        nudge_table *t = NULL;
        snprintf(path[0], sizeof path[0], "%s/d.csv", folder);
        snprintf(path[1], sizeof path[1], "%s/d.safetensors", folder);
        ck_ok(nudge_table_read(&t, specs[i], NULL, &err), &err);
        ck_ok(nudge_prep_fit(&made, t, NULL, 0, NULL, &err), &err);
        for (size_t k = 0; k < 2; k++) {
            nudge_read_options read = nudge_read_defaults();
            nudge_prep *p = NULL;
            nudge_table *u = NULL;
            ck_ok(nudge_table_write(t, path[k], &err), &err);
            read.target = k == 0 ? "class" : NULL;
            ck_ok(nudge_table_read(&u, path[k], &read, &err), &err);
            ck_ok(nudge_prep_fit(&p, u, NULL, 0, NULL, &err), &err);
            ck_assert_int_eq(p->loss, made->loss);
            ck_assert_uint_eq(p->n_classes, made->n_classes);
            nudge_prep_free(p);
            nudge_table_free(u);
        }
        nudge_prep_free(made);
        nudge_table_free(t);
    }
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static Suite *task_suite(void)
{
    Suite *suite = suite_create("task");
    TCase *tc = tcase_create("task");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_loop_test(tc, rule, 0, 9);
    tcase_add_loop_test(tc, labels_as_written, 0, COUNT(csv));
    tcase_add_test(tc, many_numbers_stay_numbers);
    tcase_add_test(tc, contradictions_are_refused);
    tcase_add_test(tc, labels_are_found);
    tcase_add_test(tc, several_targets);
    tcase_add_loop_test(tc, classes_without_training_rows, 0, 2);
    tcase_add_test(tc, the_same_task_from_every_source);
    suite_add_tcase(suite, tc);
    return suite;
}

SUITE_MAIN(task_suite)
