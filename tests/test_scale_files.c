/* What "nudge scale" leaves in a folder: the numbers in its files, and which folders it takes. */
#include <ctype.h>
#include <jansson.h>
#include <sys/wait.h>

#include "scale/results.h"
#include "study_fixtures.h"
#include "suite.h"

/* ---- Numbers --------------------------------------------------------------------------- */

/* "nan" or "inf" as a word of its own. */
static void check_no_word(const char *name, const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = text; (at = strcasestr(at, word)) != NULL; at++)
        ck_assert_msg(isalpha((unsigned char)at[n]) ||
                      (at > text && isalpha((unsigned char)at[-1])), "%s: '%.30s'", name, at);
}

START_TEST(nothing_is_nan)
{
    static const char *const names[] = {"results.json", "points.csv", "rounds.csv", "steps.csv",
                                        "laws.csv", "report.md", "report.html"};
    without_pictures();
    scale_study s = fixture_of(_i);
    write_folder(&s);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (i >= 3 && i <= 4 && !exists(names[i]))
            continue; /* nothing to tell: no file */
        char *text = text_in_folder(names[i]);
        ck_assert_str_ne(text, "");
        check_no_word(names[i], text, "nan");
        check_no_word(names[i], text, "inf");
        free(text);
    }
    scale_study_end(&s);
}
END_TEST

/* The cells of a CSV line without quotes that hold commas; *n of them, pointing into `line`. */
static void split_line(char *line, char *cell[128], size_t *n)
{
    *n = 0;
    for (char *at = line; at != NULL; (*n)++) {
        ck_assert_uint_lt(*n, 128);
        cell[*n] = strsep(&at, ",");
    }
}

/* The JSON value of a CSV column: "step_s_low" is {"step_s": {"low": ...}}. */
static const json_t *value_of(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name), *part;
    const char *key;
    if (value != NULL && !json_is_object(value))
        return value;
    json_object_foreach((json_t *)row, key, value) {
        size_t n = strlen(key);
        part = NULL;
        if (json_is_object(value) && strcmp(name, key) == 0)
            part = json_object_get(value, "value");
        else if (json_is_object(value) && strncmp(name, key, n) == 0 && name[n] == '_')
            part = json_object_get(value, name + n + 1);
        if (part != NULL)
            return part;
    }
    return NULL;
}

static void check_cell(const json_t *value, const char *name, const char *cell)
{
    ck_assert_msg(value != NULL, "JSON has no %s", name);
    if (json_is_string(value))
        ck_assert_msg(strstr(cell, json_string_value(value)) != NULL, "%s: %s", name, cell);
    else if (json_is_null(value))
        ck_assert_msg(cell[0] == '\0', "%s: %s", name, cell);
    else if (json_is_boolean(value))
        ck_assert_str_eq(cell, json_is_true(value) ? "1" : "0");
    else
        ck_assert_double_eq_tol(strtod(cell, NULL), json_number_value(value),
                                1e-14 * fabs(json_number_value(value)) + 1e-300);
}

/* Rows of a file are those of the JSON, column by column, and there are as many. */
static void check_table(const char *file, const json_t *rows)
{
    char *text = text_in_folder(file), line[4000], head[4000], *cell[128], *name[128];
    size_t columns, n, i = 0;
    FILE *stream = fmemopen(text, strlen(text), "r");
    ck_assert_ptr_nonnull(stream);
    ck_assert_ptr_nonnull(fgets(head, sizeof head, stream));
    head[strcspn(head, "\n")] = '\0';
    split_line(head, name, &columns);
    for (; fgets(line, sizeof line, stream) != NULL; i++) {
        line[strcspn(line, "\n")] = '\0';
        split_line(line, cell, &n);
        ck_assert_uint_eq(n, columns);
        for (size_t j = 0; j < n; j++)
            check_cell(value_of(json_array_get(rows, i), name[j]), name[j], cell[j]);
    }
    ck_assert_uint_eq(i, json_array_size(rows));
    fclose(stream);
    free(text);
}

/* Of every point in order: its keys and each of its rounds. */
static json_t *all_rounds(const json_t *points)
{
    json_t *rows = json_array(), *point, *run;
    size_t i, k;
    json_array_foreach(points, i, point)
        json_array_foreach(json_object_get(point, "rounds"), k, run) {
            json_t *row = json_copy(point);
            json_object_del(row, "rounds");
            json_object_update(row, run);
            json_object_set_new(row, "round", json_integer((json_int_t)k));
            json_array_append_new(rows, row);
        }
    return rows;
}

START_TEST(csv_and_json_hold_the_same)
{
    without_pictures();
    scale_study s = fixture_of(_i);
    write_folder(&s);
    json_t *study = json_load_file(in_folder("results.json"), 0, NULL), *rounds;
    ck_assert_ptr_nonnull(study);
    const json_t *points = json_object_get(study, "points");
    rounds = all_rounds(points);
    check_table("points.csv", points);
    check_table("rounds.csv", rounds);
    size_t runs = 0;
    for (size_t i = 0; i < s.n_points; i++)
        runs += s.points[i].n;
    ck_assert_uint_eq(json_array_size(rounds), runs);
    json_decref(rounds);
    json_decref(study);
    scale_study_end(&s);
}
END_TEST

/* Numbers of the study, by the paths that a reader takes. */
START_TEST(json_has_the_numbers)
{
    scale_study s = fixture_strong();
    double step, low, speedup, s_high = 0, error;
    int round = 0, threads, used, at_bound;
    const char *hash, *cpu;
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    scale_write_json(&s, stream);
    fclose(stream);
    json_t *study = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(study);
    const json_t *point = json_array_get(json_object_get(study, "points"), 3);
    const json_t *law = json_array_get(json_object_get(study, "laws"), 0);
    ck_assert_int_eq(json_unpack(json_object_get(study, "machine"), "{s:s}", "cpu", &cpu), 0);
    ck_assert_str_eq(cpu, json_string_value(json_object_get(s.facts, "cpu")));
    ck_assert_int_eq(json_unpack((json_t *)point, "{s:i, s:{s:f, s:f}, s:{s:f}, s:[{s:i, s:s}]}",
                                 "threads", &threads, "step_s", "value", &step, "low", &low,
                                 "speedup", "value", &speedup, "rounds", "order", &round,
                                 "weights_hash", &hash), 0);
    ck_assert_int_eq(threads, 4);
    ck_assert(step == s.points[3].step.value && low == s.points[3].step.low);
    ck_assert(speedup == s.points[3].speedup.value);
    ck_assert_uint_eq((size_t)round, s.points[3].runs[0].order);
    ck_assert_str_eq(hash, "0123456789abcdef");
    ck_assert_int_eq(json_unpack((json_t *)law, "{s:b, s:f, s:{s?f}, s:[{}, {}, {s:b}]}", "used",
                                 &used, "error", &error, "best_threads", "high", &s_high,
                                 "parameters", "at_bound", &at_bound), -1); /* high is null */
    ck_assert(used && error == s.laws[0].error);
    ck_assert(json_is_null(json_object_get(json_object_get(law, "best_threads"), "high")));
    json_decref(study);
    free(text);
    scale_study_end(&s);
}
END_TEST

/* ---- Folders --------------------------------------------------------------------------- */

/* Whether the program gives up on such a folder. */
static int folder_refused(const char *dir)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        atexit(leave_nobody); /* for the leak check */
        scale_folder_check(dir);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 2));
    return WEXITSTATUS(status) == 2;
}

/* A new name is taken and not made; a file, a folder in no folder, a foreign file of one of the
 * names and a name that is a folder are refused and left as they are. */
START_TEST(folders_are_checked)
{
    char path[5000];
    snprintf(path, sizeof path, "%s/new", folder);
    ck_assert(!folder_refused(path));
    ck_assert(!exists("new"));
    ck_assert(folder_refused(""));
    snprintf(path, sizeof path, "%s/none/new", folder);
    ck_assert(folder_refused(path));
    write_in_folder("file", "here\n");
    snprintf(path, sizeof path, "%s/file", folder);
    ck_assert(folder_refused(path));
    ck_assert(!folder_refused(folder));
    write_in_folder("points.csv", "mine\n");
    ck_assert(folder_refused(folder));
    char *text = text_in_folder("points.csv");
    ck_assert_str_eq(text, "mine\n");
    free(text);
    write_in_folder("results.json", "{\"format\": \"nudge-scale\"}");
    ck_assert(!folder_refused(folder));
    ck_assert_int_eq(mkdir(in_folder("rounds.csv"), 0777), 0);
    ck_assert(folder_refused(folder));
}
END_TEST

/* Not even root makes folders in /proc; permissions are for others, and root tests as one. */
START_TEST(unwritable_folders_are_refused)
{
    char path[5000];
    ck_assert(folder_refused("/proc/self/new"));
    become_nobody(folder);
    ck_assert_int_eq(chmod(folder, 0555), 0);
    ck_assert(folder_refused(folder));
    snprintf(path, sizeof path, "%s/new", folder);
    ck_assert(folder_refused(path));
    leave_nobody();
}
END_TEST

/* A second study replaces the first one's files, drops pictures that it has nothing for, and leaves
 * what is not of this program. */
START_TEST(results_are_replaced)
{
    scale_study full = fixture_strong(), poor = fixture_interrupted();
    write_folder(&full);
    ck_assert(exists("speedup.png") == gnuplot_found());
    write_in_folder("mine.txt", "mine\n");
    write_in_folder("speedup.svg", "<svg>old</svg>");
    write_folder(&poor);
    ck_assert(!exists("speedup.png") && !exists("speedup.svg"));
    char *text = text_in_folder("mine.txt");
    ck_assert_str_eq(text, "mine\n");
    free(text);
    text = text_in_folder("rounds.csv");
    ck_assert_uint_eq(count_of(text, "\n"), 2);
    free(text);
    scale_study_end(&full);
    scale_study_end(&poor);
}
END_TEST

/* What cannot be written ends with status 1, and leaves no temporary files. */
START_TEST(failed_writes_are_told)
{
    char path[5000];
    scale_study s = fixture_interrupted();
    snprintf(path, sizeof path, "%s/none/new", folder);
    ck_assert_int_eq(scale_folder_write(&s, path), 1);
    ck_assert_int_eq(mkdir(in_folder("results.json"), 0777), 0);
    ck_assert_int_eq(scale_folder_write(&s, folder), 1);
    ck_assert_int_eq(rmdir(in_folder("results.json")), 0);
    ck_assert_int_eq(rmdir(folder), 0); /* nothing else in it */
    make_folder();
    scale_study_end(&s);
}
END_TEST

static Suite *scale_files_suite(void)
{
    Suite *suite = suite_create("scale_files");
    TCase *left = tcase_create("Left");
    tcase_set_timeout(left, 120);
    tcase_add_checked_fixture(left, make_folder, remove_folder);
    tcase_add_test(left, json_has_the_numbers);
    tcase_add_loop_test(left, nothing_is_nan, 0, STUDIES);
    tcase_add_loop_test(left, csv_and_json_hold_the_same, 0, STUDIES);
    tcase_add_test(left, folders_are_checked);
    tcase_add_test(left, unwritable_folders_are_refused);
    tcase_add_test(left, results_are_replaced);
    tcase_add_test(left, failed_writes_are_told);
    suite_add_tcase(suite, left);
    return suite;
}

SUITE_MAIN(scale_files_suite)
