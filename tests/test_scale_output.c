/* The numbers that "nudge scale --out" leaves, read back. */
#include <inttypes.h>

#include "study_folder.h"
#include "suite.h"

/* ---- CSV ------------------------------------------------------------------------------- */

/* The next cell of a line without quotes; *at is moved behind it. */
static char *cell(char **at)
{
    char *start = *at;
    size_t n = strcspn(start, ",\n");
    int last = start[n] != ',';
    start[n] = '\0';
    *at = start + n + !last;
    return start;
}

/* Cell `column` of line `row` (0: the header), copied. */
static char *csv_cell(const char *text, size_t row, const char *column)
{
    static char value[256];
    char *copy = made_text(text), *at = copy;
    size_t j = 0;
    for (at = copy; strcmp(cell(&at), column) != 0; j++)
        ck_assert_msg(j < 100, "no column %s", column);
    strcpy(copy, text);
    at = copy;
    for (size_t i = 0; i < row; i++)
        at = strchr(at, '\n') + 1;
    at[strcspn(at, "\n")] = '\0';
    for (size_t i = 0; i < j; i++)
        cell(&at);
    snprintf(value, sizeof value, "%s", cell(&at));
    free(copy);
    return value;
}

/* The very number that was written; an empty cell for what is not known. */
static void cell_is(const char *text, size_t row, const char *column, double want)
{
    const char *value = csv_cell(text, row, column);
    if (!isfinite(want))
        ck_assert_msg(value[0] == '\0', "row %zu, %s: '%s', not empty", row, column, value);
    else
        ck_assert_msg(value[0] != '\0' && strtod(value, NULL) == want, "row %zu, %s: %s, not %.17g",
                      row, column, value, want);
}

START_TEST(repeats_read_back)
{
    scale_study s = study_of(_i);
    write_study(&s);
    char *text = read_all("results.csv");
    size_t row = 0;
    for (size_t i = 0; i < s.n_points; i++)
        for (size_t k = 0; k < s.points[i].n; k++) {
            const scale_point *p = &s.points[i];
            const scale_repeat *r = &p->repeats[k];
            row++;
            cell_is(text, row, "point", (double)i);
            cell_is(text, row, "threads", p->threads);
            cell_is(text, row, "value", s.mode == SCALE_STRONG ? NAN : (double)p->value);
            cell_is(text, row, "batch", (double)p->batch);
            cell_is(text, row, "repeat", (double)k);
            cell_is(text, row, "order", (double)r->order);
            cell_is(text, row, "at_s", r->at);
            cell_is(text, row, "train_s", r->seconds);
            cell_is(text, row, "step_us", 1e6 * r->step);
            cell_is(text, row, "samples_per_s", 60000.0 * 4 / r->seconds);
            cell_is(text, row, "outlier", r->outlier);
            cell_is(text, row, "disturbed", r->disturbed);
            cell_is(text, row, "pulse_us", 1e6 * r->pulse);
            cell_is(text, row, "other_load_cores", r->watch.other_load);
            cell_is(text, row, "throttled_s", r->watch.throttled);
            cell_is(text, row, "clock_mhz", r->watch.mhz);
            cell_is(text, row, "to_loss_s", r->to_loss);
            ck_assert_str_eq(csv_cell(text, row, "network"), "784-128-10");
            ck_assert_str_eq(csv_cell(text, row, "weights_hash"), "0123456789abcdef");
        }
    ck_assert_uint_eq(lines_of(text), row + 1);
    free(text);
    scale_study_end(&s);
}
END_TEST

START_TEST(points_read_back)
{
    scale_study s = study_of(_i);
    write_study(&s);
    char *text = read_all("points.csv");
    for (size_t i = 0; i < s.n_points; i++) {
        const scale_point *p = &s.points[i];
        cell_is(text, i + 1, "threads", p->threads);
        cell_is(text, i + 1, "repeats", (double)p->n);
        cell_is(text, i + 1, "step_us", 1e6 * p->step.value);
        cell_is(text, i + 1, "step_us_high", 1e6 * p->step.high);
        cell_is(text, i + 1, "speedup_low", p->speedup.low);
        cell_is(text, i + 1, "efficiency", p->efficiency.value);
        cell_is(text, i + 1, "karp_flatt", p->karp_flatt);
        cell_is(text, i + 1, "forecast_step_us", 1e6 * p->predicted);
        cell_is(text, i + 1, "wait_us", 1e6 * p->phases.wait);
        cell_is(text, i + 1, "lost_wait", p->lost.wait);
        cell_is(text, i + 1, "lost_rest", p->lost_rest);
    }
    ck_assert_uint_eq(lines_of(text), s.n_points + 1);
    free(text);
    ck_assert_int_eq(exists("curves.csv"), _i < 2);
    if (_i == 0) {
        text = read_all("curves.csv");
        ck_assert_uint_eq(lines_of(text), 1 + 3 * 20 + 1);
        cell_is(text, 1, "loss", s.points[0].curve.loss[0]);
        cell_is(text, 61, "train_s", s.points[3].curve.seconds[0]);
        free(text);
    }
    scale_study_end(&s);
}
END_TEST

/* ---- JSON ------------------------------------------------------------------------------ */

static void real_is(const json_t *object, const char *key, double want)
{
    const json_t *value = json_object_get(object, key);
    if (!isfinite(want))
        ck_assert_msg(value == NULL, "%s is there", key);
    else
        ck_assert_msg(json_is_number(value) && json_number_value(value) == want,
                      "%s is %.17g, not %.17g", key, json_number_value(value), want);
}

static void estimate_is(const json_t *object, const char *key, const scale_estimate *want,
                        double factor)
{
    const json_t *e = json_object_get(object, key);
    ck_assert_int_eq(e != NULL, isfinite(want->value));
    if (e == NULL)
        return;
    real_is(e, "value", factor * want->value);
    real_is(e, "low", factor * want->low);
    real_is(e, "high", factor * want->high);
    real_is(e, "level", want->level);
}

static void check_json_models(const json_t *models, const scale_study *s)
{
    ck_assert_uint_eq(json_array_size(models), s->n_models);
    for (size_t i = 0; i < s->n_models; i++) {
        const scale_model *m = &s->models[i];
        const json_t *model = json_array_get(models, i);
        const json_t *predictions = json_object_get(model, "predictions");
        ck_assert_str_eq(json_string_value(json_object_get(model, "name")), m->name);
        ck_assert_int_eq(json_object_get(model, "why_not") != NULL, m->why_not != NULL);
        estimate_is(model, "best_x", &m->best_x, 1);
        for (size_t k = 0; k < m->n_parameters; k++)
            estimate_is(json_array_get(json_object_get(model, "parameters"), k), "estimate",
                        &m->parameter[k].estimate, 1);
        ck_assert_uint_eq(json_array_size(predictions), m->n_predictions);
        for (size_t k = 0; k < m->n_predictions; k++) {
            const scale_prediction *p = &m->predictions[k];
            const json_t *one = json_array_get(predictions, k);
            real_is(one, "x", p->x);
            estimate_is(one, "step_us", &p->step, 1e6);
            real_is(one, "measured_step_us", 1e6 * p->measured);
            ck_assert_str_eq(json_string_value(json_object_get(one, "kind")),
                             p->left_out ? "left out"
                             : isfinite(p->measured) ? "fitted" : "prediction");
        }
    }
}

START_TEST(json_has_everything)
{
    scale_study s = study_of(_i);
    write_study(&s);
    json_t *json = json_load_file(in_folder("results.json"), 0, NULL);
    ck_assert_ptr_nonnull(json);
    ck_assert_str_eq(json_string_value(json_object_get(json, "command")), MADE_COMMAND);
    ck_assert_str_eq(json_string_value(json_object_get(json, "title")), MADE_TITLE);
    ck_assert(json_equal(json_object_get(json, "environment"), s.environment));
    ck_assert_uint_eq(json_array_size(json_object_get(json, "notes")), s.n_notes);
    ck_assert_int_eq(json_is_true(json_object_get(json, "interrupted")), s.interrupted);
    ck_assert_int_eq(json_object_get(json, "identical_weights") != NULL, s.identical >= 0);
    const json_t *points = json_object_get(json, "points");
    ck_assert_uint_eq(json_array_size(points), s.n_points);
    for (size_t i = 0; i < s.n_points; i++) {
        const scale_point *p = &s.points[i];
        const json_t *point = json_array_get(points, i);
        const json_t *repeats = json_object_get(point, "repeats");
        ck_assert_uint_eq(json_array_size(json_object_get(point, "widths")), 3);
        estimate_is(point, "samples_per_s", &p->rate, 1);
        estimate_is(point, "speedup", &p->speedup, 1);
        real_is(json_object_get(point, "phases_us"), "wait", 1e6 * p->phases.wait);
        real_is(point, "phases_step_us", p->phases_step > 0 ? 1e6 * p->phases_step : NAN);
        real_is(json_object_get(point, "lost"), "rest", p->lost_rest);
        ck_assert_uint_eq(json_array_size(repeats), p->n);
        for (size_t k = 0; k < p->n; k++) {
            const json_t *r = json_array_get(repeats, k);
            real_is(r, "order", (double)p->repeats[k].order);
            real_is(r, "at_s", p->repeats[k].at);
            real_is(r, "step_us", 1e6 * p->repeats[k].step);
            real_is(r, "throttled_s", p->repeats[k].watch.throttled);
        }
        ck_assert_uint_eq(json_array_size(json_object_get(json_object_get(point, "curve"), "loss")),
                          p->curve.n);
    }
    check_json_models(json_object_get(json, "models"), &s);
    json_decref(json);
    json = json_load_file(in_folder("environment.json"), 0, NULL);
    ck_assert(json_equal(json, s.environment));
    json_decref(json);
    scale_study_end(&s);
}
END_TEST

/* ---- Extra-P --------------------------------------------------------------------------- */

static void next_line(char **at, const char *want)
{
    size_t n = strcspn(*at, "\n");
    ck_assert_msg(n == strlen(want) && strncmp(*at, want, n) == 0, "'%.*s', not '%s'", (int)n, *at,
                  want);
    *at += n + 1;
}

START_TEST(extrap_line_by_line)
{
    static const char *const parameter[] = {"PARAMETER p", "PARAMETER p batch", "PARAMETER p"};
    static const char *const points[] = {
        "POINTS (1) (2) (4) (8)",
        "POINTS (1 16) (4 16) (8 16) (1 64) (4 64) (8 64) (1 256) (4 256) (8 256) (1 1024) "
        "(4 1024) (8 1024)", "POINTS (1)"};
    scale_study s = study_of(_i);
    write_study(&s);
    char *text = read_all("results.extrap.txt"), *at = text;
    next_line(&at, "# nudge scale: seconds of a training step; p is threads");
    next_line(&at, parameter[_i]);
    next_line(&at, points[_i]);
    next_line(&at, "REGION nudge->train->step");
    next_line(&at, "METRIC time");
    for (size_t i = 0; i < s.n_points; i++) {
        if (s.points[i].n == 0)
            continue;
        ck_assert_int_eq(strncmp(at, "DATA ", 5), 0);
        at += 4;
        for (size_t k = 0; k < s.points[i].n; k++) {
            size_t n = strspn(at + 1, "0123456789.");
            ck_assert(at[0] == ' ' && strchr(" \n", at[1 + n]) != NULL);
            ck_assert(strtod(at, &at) == s.points[i].repeats[k].step);
        }
        ck_assert_int_eq(*at++, '\n');
    }
    ck_assert_int_eq(*at, '\0');
    free(text);
    scale_study_end(&s);
}
END_TEST

/* Pictures have their tests in test_scale_report. */
static void begin_without_gnuplot(void)
{
    ck_assert_int_eq(setenv("GNUPLOT", "/nonexistent/gnuplot", 1), 0);
    begin();
}

static Suite *scale_output_suite(void)
{
    Suite *suite = suite_create("scale_output");
    TCase *files = tcase_create("Core");
    tcase_set_timeout(files, 120);
    tcase_add_checked_fixture(files, begin_without_gnuplot, end);
    tcase_add_loop_test(files, repeats_read_back, 0, 3);
    tcase_add_loop_test(files, points_read_back, 0, 3);
    tcase_add_loop_test(files, json_has_everything, 0, 3);
    tcase_add_loop_test(files, extrap_line_by_line, 0, 3);
    suite_add_tcase(suite, files);
    return suite;
}

SUITE_MAIN(scale_output_suite)
