/* The folder of "nudge scale --out": every file read back, and refused folders. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "made_study.h"
#include "scale/output.h"
#include "suite.h"
#include "tool/gnuplot.h"

static char folder[2000];
static char pictures[1024];

/* ---- Files ----------------------------------------------------------------------------- */

static void begin(void)
{
    const char *where = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/nudge-scale-XXXXXX", where != NULL ? where : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void end(void)
{
    char command[5000];
    snprintf(command, sizeof command, "chmod -R u+w '%s' && rm -rf '%s'", folder, folder);
    ck_assert_int_eq(system(command), 0);
}

static const char *in_folder(const char *name)
{
    static char path[5000];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int exists(const char *name)
{
    return access(in_folder(name), F_OK) == 0;
}

/* All of a file, for free(). */
static char *read_all(const char *name)
{
    FILE *file = fopen(in_folder(name), "r");
    ck_assert_msg(file != NULL, "%s is not there", name);
    char *text = NULL;
    size_t size = 0;
    if (getdelim(&text, &size, '\0', file) < 0)
        text[0] = '\0';
    fclose(file);
    return text;
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void write_study(scale_study *s)
{
    ck_assert_int_eq(scale_output_check("scale", folder), 0);
    ck_assert_int_eq(scale_output_write(s, "scale", folder, pictures, sizeof pictures), 0);
    ck_assert(gnuplot_found() == (pictures[0] == '\0'));
}

static scale_study study_of(int i)
{
    return i == 0 ? made_strong() : i == 1 ? made_batch() : made_interrupted();
}

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

static size_t lines_of(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
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

/* ---- HTML ------------------------------------------------------------------------------ */

static int is_void(const char *tag)
{
    return strcmp(tag, "meta") == 0 || strcmp(tag, "img") == 0;
}

/* Every tag is closed in order, every & begins an entity, no < is left. */
static void check_nesting(const char *text)
{
    char open[64][16];
    int depth = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '&') {
            size_t n = strcspn(at, "; <\n");
            ck_assert_msg(at[n] == ';' && n <= 6, "no entity: %.20s", at);
        } else if (*at == '<' && at[1] != '!') {
            char tag[16] = "";
            const char *name = at + 1 + (at[1] == '/');
            size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789");
            ck_assert_msg(n > 0 && n < sizeof tag, "no tag: %.20s", at);
            memcpy(tag, name, n);
            if (at[1] == '/') {
                ck_assert_msg(depth > 0 && strcmp(open[depth - 1], tag) == 0,
                              "</%s> closes <%s>", tag, depth > 0 ? open[depth - 1] : "");
                depth--;
            } else if (!is_void(tag)) {
                ck_assert_int_lt(depth, 64);
                strcpy(open[depth++], tag);
            }
            at = strchr(at, '>');
            ck_assert_ptr_nonnull(at);
        }
    }
    ck_assert_int_eq(depth, 0);
}

/* "nan" or "inf" as a word of its own. */
static void check_no_word(const char *name, const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = text; (at = strcasestr(at, word)) != NULL; at++) {
        int before = at > text && (isalnum((unsigned char)at[-1]) || strchr("+/", at[-1]) != NULL);
        int after = isalnum((unsigned char)at[n]) || strchr("+/=", at[n]) != NULL;
        ck_assert_msg(before || after, "%s: '%.30s'", name, at);
    }
}

static size_t count_of(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        n++;
    return n;
}

START_TEST(report_is_well_formed)
{
    scale_study s = study_of(_i);
    write_study(&s);
    char *text = read_all("report.html");
    check_nesting(text);
    ck_assert_ptr_null(strstr(text, "http"));
    ck_assert_ptr_null(strstr(text, "<script"));
    ck_assert_ptr_null(strstr(text, "url("));
    ck_assert_ptr_nonnull(strstr(text, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    ck_assert_ptr_nonnull(strstr(text, "784-128-10 &lt;b&gt;, adam &amp; &quot;batch&quot; &#39;x"));
    ck_assert_int_eq(strstr(text, "was interrupted") != NULL, s.interrupted);
    ck_assert_int_eq(strstr(text, "<tr class=\"prediction\">") != NULL, _i == 0);
    ck_assert_int_eq(strstr(text, "The clock fell by 7 %") != NULL, _i == 0);
    ck_assert_int_eq(strstr(text, "the same bits") != NULL, s.identical == 1);
    ck_assert_int_eq(strstr(text, "Not fitted: it needs 5 points &amp; there are 4.") != NULL,
                     _i == 0);
    ck_assert_ptr_nonnull(strstr(text, "Xeon &lt;Gold&gt; &amp; &quot;co&quot;"));
    if (_i == 0) {
        ck_assert_ptr_nonnull(strstr(text, "8 threads train 6.051 times as fast as 1"));
        ck_assert_ptr_nonnull(strstr(text, "(95 % interval 5.930 to 6.172): 76 % of ideal"));
    }
    free(text);
    scale_study_end(&s);
}
END_TEST

START_TEST(no_nan_anywhere)
{
    static const char *const names[] = {
        "results.csv", "points.csv", "results.json", "results.extrap.txt", "environment.json",
        "report.html"};
    scale_study s = study_of(_i);
    write_study(&s);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *text = read_all(names[i]);
        check_no_word(names[i], text, "nan");
        check_no_word(names[i], text, "inf");
        free(text);
    }
    scale_study_end(&s);
}
END_TEST

/* ---- Plots ----------------------------------------------------------------------------- */

static const char *const plots[] = {"throughput", "speedup", "efficiency", "step", "phases",
                                    "roofline", "loss"};
enum { PLOTS = sizeof plots / sizeof *plots };

/* Seven of full studies; none of one without a number: not one empty plot. */
START_TEST(plots_are_drawn)
{
    scale_study s = study_of(_i);
    size_t wanted = _i < 2 ? PLOTS : 0;
    write_study(&s);
    for (size_t i = 0; i < PLOTS; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s.svg", plots[i]);
        ck_assert_msg(exists(name) == (wanted > 0), "%s", name);
        if (wanted > 0) {
            char *svg = read_all(name);
            ck_assert_msg(count_of(svg, "<path") > 5, "%s is empty", name);
            ck_assert_ptr_nonnull(strstr(svg, "</svg>"));
            free(svg);
        }
        snprintf(name, sizeof name, "%s.png", plots[i]);
        ck_assert_msg(exists(name) == (wanted > 0), "%s", name);
    }
    char *text = read_all("report.html");
    ck_assert_uint_eq(count_of(text, "src=\"data:image/svg+xml;base64,"), wanted);
    ck_assert_int_eq(strstr(text, "Not drawn") != NULL, wanted == 0);
    free(text);
    scale_study_end(&s);
}
END_TEST

/* Everything but pictures, and what to do about them in the report. */
START_TEST(without_gnuplot)
{
    ck_assert_int_eq(setenv("GNUPLOT", "/nowhere/gnuplot", 1), 0);
    scale_study s = made_strong();
    ck_assert_int_eq(scale_output_write(&s, "scale", folder, pictures, sizeof pictures), 0);
    ck_assert_ptr_nonnull(strstr(pictures, "gnuplot"));
    ck_assert_ptr_null(strchr(pictures, '\n'));
    ck_assert(exists("results.csv") && exists("report.html") && !exists("speedup.svg"));
    char *text = read_all("report.html");
    check_nesting(text);
    ck_assert_ptr_nonnull(strstr(text, "Plots are missing"));
    ck_assert_ptr_nonnull(strstr(text, "gnuplot-nox"));
    ck_assert_ptr_null(strstr(text, "<img"));
    free(text);
    scale_study_end(&s);
}
END_TEST

/* ---- Folders --------------------------------------------------------------------------- */

static int refused(const char *dir)
{
    return scale_output_check("scale", dir) == 2;
}

/* A new name is taken and not made; a file, a folder of no folder, a foreign results.csv, a name
 * that is a folder are refused and left as they are. */
START_TEST(folders_are_checked)
{
    char path[5000];
    snprintf(path, sizeof path, "%s/new", folder);
    ck_assert_int_eq(scale_output_check("scale", path), 0);
    ck_assert(!exists("new"));
    ck_assert(refused(""));
    snprintf(path, sizeof path, "%s/none/new", folder);
    ck_assert(refused(path));
    write_text("file", "here\n");
    snprintf(path, sizeof path, "%s/file", folder);
    ck_assert(refused(path));
    ck_assert_int_eq(scale_output_check("scale", folder), 0);
    write_text("results.csv", "mine\n");
    ck_assert(refused(folder));
    char *text = read_all("results.csv");
    ck_assert_str_eq(text, "mine\n");
    free(text);
    write_text("results.json", "{\"format\": \"nudge-scale\"}");
    ck_assert_int_eq(scale_output_check("scale", folder), 0);
    ck_assert_int_eq(mkdir(in_folder("points.csv"), 0777), 0);
    ck_assert(refused(folder));
}
END_TEST

START_TEST(unwritable_folder)
{
    ck_assert(refused("/proc/self/new")); /* not even root makes folders there */
    if (geteuid() == 0)
        return;
    ck_assert_int_eq(chmod(folder, 0555), 0);
    ck_assert(refused(folder));
    char path[5000];
    snprintf(path, sizeof path, "%s/new", folder);
    ck_assert(refused(path));
}
END_TEST

/* A second study replaces the first one's files, drops those it has nothing for, and leaves what
 * is not of this program. */
START_TEST(results_are_replaced)
{
    scale_study full = made_strong(), poor = made_interrupted();
    write_study(&full);
    ck_assert(exists("curves.csv") && exists("speedup.png") == gnuplot_found());
    write_text("mine.txt", "mine\n");
    write_study(&poor);
    ck_assert(!exists("curves.csv") && !exists("speedup.png") && !exists("speedup.svg"));
    char *text = read_all("mine.txt");
    ck_assert_str_eq(text, "mine\n");
    free(text);
    text = read_all("results.csv");
    ck_assert_uint_eq(lines_of(text), 2);
    free(text);
    scale_study_end(&full);
    scale_study_end(&poor);
}
END_TEST

/* What cannot be written ends with status 1. */
START_TEST(write_fails)
{
    char path[5000];
    scale_study s = made_interrupted();
    snprintf(path, sizeof path, "%s/none/new", folder);
    ck_assert_int_eq(scale_output_write(&s, "scale", path, pictures, sizeof pictures), 1);
    ck_assert_int_eq(mkdir(in_folder("report.html"), 0777), 0);
    ck_assert_int_eq(scale_output_write(&s, "scale", folder, pictures, sizeof pictures), 1);
    scale_study_end(&s);
}
END_TEST

static Suite *scale_output_suite(void)
{
    Suite *suite = suite_create("scale_output");
    TCase *files = tcase_create("Files"), *folders = tcase_create("Folders");
    tcase_set_timeout(files, 120);
    tcase_set_timeout(folders, 120);
    tcase_add_checked_fixture(files, begin, end);
    tcase_add_checked_fixture(folders, begin, end);
    tcase_add_loop_test(files, repeats_read_back, 0, 3);
    tcase_add_loop_test(files, points_read_back, 0, 3);
    tcase_add_loop_test(files, json_has_everything, 0, 3);
    tcase_add_loop_test(files, extrap_line_by_line, 0, 3);
    tcase_add_loop_test(files, report_is_well_formed, 0, 3);
    tcase_add_loop_test(files, no_nan_anywhere, 0, 3);
    if (gnuplot_found())
        tcase_add_loop_test(files, plots_are_drawn, 0, 3);
    tcase_add_test(files, without_gnuplot);
    tcase_add_test(folders, folders_are_checked);
    tcase_add_test(folders, unwritable_folder);
    tcase_add_test(folders, results_are_replaced);
    tcase_add_test(folders, write_fails);
    suite_add_tcase(suite, files);
    suite_add_tcase(suite, folders);
    return suite;
}

SUITE_MAIN(scale_output_suite)
