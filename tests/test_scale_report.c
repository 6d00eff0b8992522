/* What "nudge scale" tells: on the terminal, in a page, in plots. */
#include <jansson.h>

#include "scale/report.h"
#include "study_fixtures.h"
#include "suite.h"
#include "text.h"

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
    scale_study s = fixture_of(_i);
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
    scale_study s = fixture_of(_i);
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
    char *text = text_in_folder("report.html");
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
        char *svg = text_in_folder(name);
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
    scale_study s = fixture_of(_i);
    char command[5000];
    write_folder(&s);
    check_html(_i < 3 ? PLOTS : 0);
    check_pictures(_i < 3);
    snprintf(command, sizeof command, "cd '%s' && LC_ALL=C.UTF-8 gnuplot plots.gp >said 2>&1", folder);
    ck_assert_int_eq(system(command), 0);
    check_pictures(_i < 3);
    char *said = text_in_folder("said");
    ck_assert_str_eq(said, "");
    free(said);
    scale_study_end(&s);
}
END_TEST

/* Everything but pictures, and one line that says so. */
START_TEST(without_gnuplot)
{
    scale_study s = fixture_of(_i);
    without_pictures();
    ck_assert_ptr_nonnull(freopen(in_folder("said"), "w", stderr));
    write_folder(&s);
    ck_assert_int_eq(fclose(stderr), 0);
    char *said = text_in_folder("said");
    ck_assert_ptr_nonnull(strstr(said, "gnuplot"));
    ck_assert_uint_eq(count_of(said, "\n"), 1);
    free(said);
    ck_assert(exists("points.csv") && exists("plots.gp"));
    check_html(0);
    check_pictures(0);
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
    suite_add_tcase(suite, told);
    tcase_set_timeout(left, 120);
    tcase_add_checked_fixture(left, make_folder, remove_folder);
    if (gnuplot_found())
        tcase_add_loop_test(left, plots_are_drawn, 0, STUDIES);
    else
        printf("# plots_are_drawn: skipped, there is no gnuplot\n");
    tcase_add_loop_test(left, without_gnuplot, 0, STUDIES);
    suite_add_tcase(suite, left);
    return suite;
}

SUITE_MAIN(scale_report_suite)
