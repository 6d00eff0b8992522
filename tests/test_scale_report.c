/* What "nudge scale" prints, and what it leaves in a folder. */
#include <ctype.h>
#include <jansson.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scale/files.h"
#include "scale/report.h"
#include "scale/results.h"
#include "study_fixtures.h"
#include "suite.h"

static int gnuplot_found(void)
{
    return system("${GNUPLOT:-gnuplot} --version >/dev/null 2>&1") == 0;
}

static char folder[2000];

static void make_folder(void)
{
    const char *where = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/nudge-scale-XXXXXX", where != NULL ? where : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
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

enum { STUDIES = 4 };

static scale_study study_of(int i)
{
    return i == 0   ? fixture_strong()
           : i == 1 ? fixture_batches()
           : i == 2 ? fixture_two_threads()
                    : fixture_interrupted();
}

static void write_folder(const scale_study *s)
{
    scale_folder_check(folder);
    ck_assert_int_eq(scale_folder_write(s, folder), 0);
}

/* Pictures take time. */
static void without_pictures(void)
{
    ck_assert_int_eq(setenv("GNUPLOT", "/nowhere/gnuplot", 1), 0);
}

/* ---- Text ------------------------------------------------------------------------------ */

static char *text_of(const scale_study *s)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(stream);
    scale_report(s, stream);
    ck_assert_int_eq(fclose(stream), 0);
    return text;
}

/* The next line of a text, in a buffer; 0 after the last. */
static int next_line(const char **text, char line[400])
{
    size_t n = strcspn(*text, "\n");
    ck_assert_uint_lt(n, 400);
    memcpy(line, *text, n);
    line[n] = '\0';
    int more = **text != '\0';
    *text += n + (size_t)((*text)[n] == '\n');
    return more;
}

/* No line is longer than 80 columns, or ends with a blank. */
START_TEST(text_fits_a_terminal)
{
    scale_study s = study_of(_i);
    char *text = text_of(&s), line[400];
    size_t lines = 0;
    for (const char *at = text; next_line(&at, line); lines++) {
        ck_assert_msg(nu_text_width(line) <= 80, "%zu columns: '%s'", nu_text_width(line), line);
        ck_assert_msg(line[0] == '\0' || line[strlen(line) - 1] != ' ', "'%s'", line);
    }
    ck_assert_uint_gt(lines, 30);
    free(text);
    scale_study_end(&s);
}
END_TEST

/* A setting's name may be of any length. */
START_TEST(long_names_fit_a_terminal)
{
    static const char *const values[] = {"512,512,512,512,512,512,512,512,512,512,512,512,512,512,"
                                         "512,512,512,512,512", "64"};
    scale_study s = fixture_study(SCALE_STRONG, "hidden", 2, values);
    s.n_points = 2;
    s.points = fixture_memory(2, sizeof *s.points);
    for (size_t i = 0; i < 2; i++)
        s.points[i] = fixture_point(i, 2, 64, 9);
    char *text = text_of(&s), line[400];
    for (const char *at = text; next_line(&at, line);)
        ck_assert_msg(nu_text_width(line) <= 80 || strstr(line, values[0]) != NULL, "'%s'", line);
    free(text);
    scale_study_end(&s);
}
END_TEST

/* The columns where cells of a line end; of the first, where it starts. */
static size_t cell_ends(const char *line, size_t ends[32])
{
    size_t n = 0, at = 0;
    for (const char *c = line; *c != '\0'; c++) {
        at += ((unsigned char)*c & 0xc0) != 0x80;
        if (*c != ' ' && (c[1] == '\0' || (c[1] == ' ' && (c[2] == ' ' || c[2] == '\0'))))
            ends[n++] = at;
        ck_assert_uint_lt(n, 32);
    }
    return n;
}

/* Lines indented by four below a line indented by four are rows of a table (or facts, at the end):
 * numbers end in one column. */
START_TEST(tables_are_aligned)
{
    scale_study s = study_of(_i);
    char *text = text_of(&s), line[400], *facts = strstr(text, "\nWhat was measured\n");
    size_t head[32], columns = 0, rows = 0;
    ck_assert_ptr_nonnull(facts);
    *facts = '\0';
    for (const char *at = text; next_line(&at, line);) {
        size_t ends[32], n = strncmp(line, "    ", 4) == 0 ? cell_ends(line, ends) : 0;
        if (n == 0 || columns == 0) {
            memcpy(head, ends, n * sizeof *head);
            columns = n;
            continue;
        }
        ck_assert_msg(n == columns, "%zu cells of %zu: '%s'", n, columns, line);
        for (size_t j = s.n_settings > 1 ? 2 : 1; j < n; j++)
            ck_assert_msg(ends[j] == head[j], "cell %zu: '%s'", j, line);
        rows++;
    }
    ck_assert_uint_ge(rows, s.n_points);
    free(text);
    scale_study_end(&s);
}
END_TEST

static size_t count_of(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        n++;
    return n;
}

/* What the reader must be told is there: by its numbers. */
START_TEST(text_tells_the_findings)
{
    const char *key;
    json_t *fact;
    scale_study s = fixture_strong();
    char *text = text_of(&s), *laws = strstr(text, "\nLaws\n");
    ck_assert_ptr_nonnull(strstr(text, "6.05"));              /* speed-up on 8 threads */
    ck_assert_ptr_nonnull(strstr(text, "5.93–6.23"));
    ck_assert_ptr_nonnull(strstr(text, "96.1 % confidence"));
    ck_assert_ptr_nonnull(strstr(text, "0123456789abcdef"));
    ck_assert_ptr_nonnull(strstr(text, "9 (2)"));             /* runs, and marked ones */
    ck_assert_ptr_nonnull(strstr(text, "16*"));
    ck_assert_ptr_nonnull(laws);
    ck_assert_ptr_nonnull(strstr(laws, "NOT measured"));
    ck_assert_ptr_nonnull(strstr(laws, "off by 23 %"));       /* why one is not used */
    ck_assert_ptr_null(strstr(laws, "s = "));                 /* and so has no parameters */
    json_object_foreach(s.facts, key, fact)
        ck_assert_ptr_nonnull(strstr(text, json_string_value(fact)));
    ck_assert_ptr_null(strstr(text, "e+0"));
    free(text);
    scale_study_end(&s);
    s = fixture_batches();
    text = text_of(&s);
    ck_assert_uint_eq(count_of(text, "Amdahl's law: not used"), 1); /* one reason, told once */
    free(text);
    scale_study_end(&s);
}
END_TEST

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
    scale_study s = study_of(_i);
    write_folder(&s);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (i >= 3 && i <= 4 && !exists(names[i]))
            continue; /* nothing to tell: no file */
        char *text = read_all(names[i]);
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
    char *text = read_all(file), line[4000], head[4000], *cell[128], *name[128];
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
    scale_study s = study_of(_i);
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

/* ---- HTML ------------------------------------------------------------------------------ */

static int is_void(const char *tag)
{
    return strcmp(tag, "meta") == 0;
}

/* The end of the tag, comment or the like that starts at `at`, which has its own end. */
static const char *tag_end(const char *at)
{
    const char *end = strncmp(at, "<!--", 4) == 0        ? "-->"
                      : strncmp(at, "<![CDATA[", 9) == 0 ? "]]>"
                                                         : ">";
    const char *found = strstr(at, end);
    ck_assert_msg(found != NULL, "no end: %.30s", at);
    return found + strlen(end) - 1;
}

/* Every tag is closed in order, every & begins an entity, no < is left. */
static void check_nesting(const char *text)
{
    char open[64][24];
    int depth = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '&') {
            size_t n = strcspn(at, "; <\n");
            ck_assert_msg(at[n] == ';' && n <= 6, "no entity: %.20s", at);
        }
        if (*at != '<')
            continue;
        const char *end = tag_end(at), *name = at + 1 + (at[1] == '/');
        size_t n = strcspn(name, " \t\n/>");
        if (at[1] != '!') {
            ck_assert_msg(n > 0 && n < sizeof open[0], "no tag: %.20s", at);
            if (at[1] == '/') {
                ck_assert_msg(depth > 0 && strlen(open[depth - 1]) == n &&
                              strncmp(open[depth - 1], name, n) == 0, "</%.*s> closes <%s>", (int)n,
                              name, depth > 0 ? open[depth - 1] : "");
                depth--;
            } else if (end[-1] != '/') {
                ck_assert_int_lt(depth, 64);
                snprintf(open[depth], sizeof open[0], "%.*s", (int)n, name);
                depth += !is_void(open[depth]);
            }
        }
        at = end;
    }
    ck_assert_int_eq(depth, 0);
}

/* Nothing is fetched from anywhere: addresses are names of XML only. */
static void check_contained(const char *text)
{
    static const char *const ways[] = {"src=", "<script", "<link", "@import", "<iframe", "<object"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        ck_assert_msg(strstr(text, ways[i]) == NULL, "%s", ways[i]);
    for (const char *at = text; (at = strstr(at, "http")) != NULL; at++)
        ck_assert_msg(at - text > 20 && memmem(at - 14, 14, "xmlns", 5) != NULL, "%.40s", at - 20);
    for (const char *at = text; (at = strstr(at, "url(")) != NULL; at++)
        ck_assert_msg(strncmp(at, "url(#", 5) == 0, "%.40s", at);
}

/* Text that the user typed is text; there are as many figures as asked. */
static void check_html(size_t figures)
{
    char *text = read_all("report.html");
    check_nesting(text);
    check_contained(text);
    ck_assert_ptr_null(strstr(text, "<b>"));
    ck_assert_ptr_nonnull(strstr(text, "&#60;script&#62;alert(1)&#60;/script&#62;"));
    ck_assert_uint_eq(count_of(text, "<svg"), figures);
    ck_assert_uint_eq(count_of(text, "<figure"), figures);
    free(text);
}

/* ---- Plots ----------------------------------------------------------------------------- */

static const char *const plots[] = {"speedup", "step", "phases", "single"};
enum { PLOTS = sizeof plots / sizeof *plots };

/* Pictures are there, or none; those that are have lines and are whole. Removes them. */
static void check_pictures(int drawn)
{
    for (size_t i = 0; i < PLOTS; i++) {
        char name[64], png[64];
        snprintf(name, sizeof name, "%s.svg", plots[i]);
        snprintf(png, sizeof png, "%s.png", plots[i]);
        ck_assert_msg(exists(name) == drawn && exists(png) == drawn, "%s", name);
        if (!drawn)
            continue;
        char *svg = read_all(name);
        ck_assert_msg(count_of(svg, "<path") > 8, "%s is empty", name);
        ck_assert_ptr_nonnull(strstr(svg, "</svg>"));
        free(svg);
        unlink(in_folder(name));
        unlink(in_folder(png));
    }
}

/* Every plot of a full study is drawn, none of one without a number; the script draws them again
 * without a word. */
START_TEST(plots_are_drawn)
{
    scale_study s = study_of(_i);
    char command[5000];
    write_folder(&s);
    check_html(_i < 3 ? PLOTS : 0);
    check_pictures(_i < 3);
    snprintf(command, sizeof command, "cd '%s' && gnuplot plots.gp >said 2>&1", folder);
    ck_assert_int_eq(system(command), 0);
    check_pictures(_i < 3);
    char *said = read_all("said");
    ck_assert_str_eq(said, "");
    free(said);
    scale_study_end(&s);
}
END_TEST

/* Everything but pictures, and one line that says so. */
START_TEST(without_gnuplot)
{
    scale_study s = study_of(_i);
    without_pictures();
    ck_assert_ptr_nonnull(freopen(in_folder("said"), "w", stderr));
    write_folder(&s);
    ck_assert_int_eq(fclose(stderr), 0);
    char *said = read_all("said");
    ck_assert_ptr_nonnull(strstr(said, "gnuplot"));
    ck_assert_uint_eq(count_of(said, "\n"), 1);
    free(said);
    ck_assert(exists("points.csv") && exists("plots.gp"));
    check_html(0);
    check_pictures(0);
    scale_study_end(&s);
}
END_TEST

/* ---- Folders --------------------------------------------------------------------------- */

/* Whether the program gives up on such a folder. */
static int refused(const char *dir)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
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
    ck_assert(!refused(path));
    ck_assert(!exists("new"));
    ck_assert(refused(""));
    snprintf(path, sizeof path, "%s/none/new", folder);
    ck_assert(refused(path));
    write_text("file", "here\n");
    snprintf(path, sizeof path, "%s/file", folder);
    ck_assert(refused(path));
    ck_assert(!refused(folder));
    write_text("points.csv", "mine\n");
    ck_assert(refused(folder));
    char *text = read_all("points.csv");
    ck_assert_str_eq(text, "mine\n");
    free(text);
    write_text("results.json", "{\"format\": \"nudge-scale\"}");
    ck_assert(!refused(folder));
    ck_assert_int_eq(mkdir(in_folder("rounds.csv"), 0777), 0);
    ck_assert(refused(folder));
}
END_TEST

/* Not even root makes folders in /proc; permissions are for others, and root tests as one. */
START_TEST(unwritable_folders_are_refused)
{
    char path[5000];
    ck_assert(refused("/proc/self/new"));
    become_nobody(folder);
    ck_assert_int_eq(chmod(folder, 0555), 0);
    ck_assert(refused(folder));
    snprintf(path, sizeof path, "%s/new", folder);
    ck_assert(refused(path));
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
    write_text("mine.txt", "mine\n");
    write_text("speedup.svg", "<svg>old</svg>");
    write_folder(&poor);
    ck_assert(!exists("speedup.png") && !exists("speedup.svg"));
    char *text = read_all("mine.txt");
    ck_assert_str_eq(text, "mine\n");
    free(text);
    text = read_all("rounds.csv");
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

static Suite *scale_report_suite(void)
{
    Suite *suite = suite_create("scale_report");
    TCase *told = tcase_create("Told"), *left = tcase_create("Left");
    tcase_add_loop_test(told, text_fits_a_terminal, 0, STUDIES);
    tcase_add_loop_test(told, tables_are_aligned, 0, STUDIES);
    tcase_add_test(told, long_names_fit_a_terminal);
    tcase_add_test(told, text_tells_the_findings);
    tcase_add_test(told, json_has_the_numbers);
    suite_add_tcase(suite, told);
    tcase_set_timeout(left, 120);
    tcase_add_checked_fixture(left, make_folder, remove_folder);
    tcase_add_loop_test(left, nothing_is_nan, 0, STUDIES);
    tcase_add_loop_test(left, csv_and_json_hold_the_same, 0, STUDIES);
    if (gnuplot_found())
        tcase_add_loop_test(left, plots_are_drawn, 0, STUDIES);
    else
        printf("# plots_are_drawn: skipped, there is no gnuplot\n");
    tcase_add_loop_test(left, without_gnuplot, 0, STUDIES);
    tcase_add_test(left, folders_are_checked);
    tcase_add_test(left, unwritable_folders_are_refused);
    tcase_add_test(left, results_are_replaced);
    tcase_add_test(left, failed_writes_are_told);
    suite_add_tcase(suite, left);
    return suite;
}

SUITE_MAIN(scale_report_suite)
