/* The report and the plots of "nudge scale --out", and the folder itself. */
#include <ctype.h>
#include <sys/stat.h>

#include "study_folder.h"
#include "suite.h"

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
    ck_assert_ptr_nonnull(strstr(text, "-10 &lt;b&gt;, adam &amp; &quot;batch&quot; &#39;x&#39;"));
    ck_assert_int_eq(strstr(text, "was interrupted") != NULL, s.interrupted);
    ck_assert_int_eq(strstr(text, "Too little was measured") != NULL, _i == 2);
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
    ck_assert_int_eq(scale_output_write(&s, "scale", made_dir, pictures, sizeof pictures), 0);
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

/* A new name is taken and not made; a file, a folder in no folder, a foreign results.csv, a name
 * that is a folder are refused and left as they are. */
START_TEST(folders_are_checked)
{
    char path[5000];
    snprintf(path, sizeof path, "%s/new", made_dir);
    ck_assert_int_eq(scale_output_check("scale", path), 0);
    ck_assert(!exists("new"));
    ck_assert(refused(""));
    snprintf(path, sizeof path, "%s/none/new", made_dir);
    ck_assert(refused(path));
    write_text("file", "here\n");
    snprintf(path, sizeof path, "%s/file", made_dir);
    ck_assert(refused(path));
    ck_assert_int_eq(scale_output_check("scale", made_dir), 0);
    write_text("results.csv", "mine\n");
    ck_assert(refused(made_dir));
    char *text = read_all("results.csv");
    ck_assert_str_eq(text, "mine\n");
    free(text);
    write_text("results.json", "{\"format\": \"nudge-scale\"}");
    ck_assert_int_eq(scale_output_check("scale", made_dir), 0);
    ck_assert_int_eq(mkdir(in_folder("points.csv"), 0777), 0);
    ck_assert(refused(made_dir));
}
END_TEST

START_TEST(unwritable_folder)
{
    ck_assert(refused("/proc/self/new")); /* not even root makes folders there */
    if (geteuid() == 0)
        return;
    ck_assert_int_eq(chmod(made_dir, 0555), 0);
    ck_assert(refused(made_dir));
    char path[5000];
    snprintf(path, sizeof path, "%s/new", made_dir);
    ck_assert(refused(path));
}
END_TEST

/* A second study replaces the first one's files, drops those it has nothing for, and leaves what
 * is not of this program. */
START_TEST(results_are_replaced)
{
    scale_study full = made_strong(), poor = made_interrupted();
    write_study(&full);
    ck_assert(exists("curves.csv"));
    ck_assert(exists("speedup.png") == (system("gnuplot --version >/dev/null 2>&1") == 0));
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
    snprintf(path, sizeof path, "%s/none/new", made_dir);
    ck_assert_int_eq(scale_output_write(&s, "scale", path, pictures, sizeof pictures), 1);
    ck_assert_int_eq(mkdir(in_folder("report.html"), 0777), 0);
    ck_assert_int_eq(scale_output_write(&s, "scale", made_dir, pictures, sizeof pictures), 1);
    scale_study_end(&s);
}
END_TEST

static Suite *scale_report_suite(void)
{
    Suite *suite = suite_create("scale_report");
    TCase *files = tcase_create("Core");
    tcase_set_timeout(files, 120);
    tcase_add_checked_fixture(files, begin, end);
    tcase_add_loop_test(files, report_is_well_formed, 0, 3);
    tcase_add_loop_test(files, no_nan_anywhere, 0, 3);
    if (system("gnuplot --version >/dev/null 2>&1") == 0)
        tcase_add_loop_test(files, plots_are_drawn, 0, 3);
    tcase_add_test(files, without_gnuplot);
    tcase_add_test(files, folders_are_checked);
    tcase_add_test(files, unwritable_folder);
    tcase_add_test(files, results_are_replaced);
    tcase_add_test(files, write_fails);
    suite_add_tcase(suite, files);
    return suite;
}

SUITE_MAIN(scale_report_suite)
