/* CSV tables are the same however their text is cut into sections, and whether all of it is in
 * memory; numbers are those that strtod() reads. */
#include <float.h>
#include <unistd.h>

#include "csv_fixtures.h"
#include "folder_fixtures.h"
#include "model_fixtures.h"
#include "read/csv_head.h"
#include "read/csv_sections.h"
#include "whole.h"

/* ---- Tables ---------------------------------------------------------------------------- */

typedef struct made {
    char *text;
    size_t size, room;
    uint64_t state;
} made;

static uint64_t draw(made *m, uint64_t n)
{
    m->state ^= m->state << 13;
    m->state ^= m->state >> 7;
    m->state ^= m->state << 17;
    return m->state * 2685821657736338717u % n;
}

static void put(made *m, const char *text)
{
    m->size += (size_t)snprintf(m->text + m->size, m->room - m->size, "%s", text);
    ck_assert_uint_lt(m->size, m->room);
}

/* What the cells of a table are like: each row of such a character, separated by `delimiter`.
 * n, N: short and long numbers; c: numbers that count; w: a weight; o: a word out of a few; q: in
 * quotes, with line ends, delimiters and quotes; d: a date; m: a number that is missing now and
 * then; t: likewise a whole number of few; T: numbers of more than 1000 values; e: mostly empty. */
typedef struct kind {
    const char *cells;
    char delimiter;
    const char *end, *target, *weight, *keep;
    const char *odd;    /* a line in the middle, or NULL */
} kind;

static void put_cell(made *m, char c, size_t row)
{
    static const char *const words[] = {"red", "green", "'blue'", "light blue", "x", "n\303\266"};
    char text[64];
    double value = (double)(int64_t)draw(m, 1 << 20) / 1024 - 100;
    int missing = draw(m, 20) == 0;
    if (c == 'q')
        snprintf(text, sizeof text, "\"a,;\n%s\"\"%d\"", missing ? "\r\n" : "", (int)draw(m, 9));
    else if (c == 'd')
        snprintf(text, sizeof text, "2024-0%d-1%d", (int)draw(m, 9) + 1, (int)draw(m, 9));
    else if (c == 'o')
        snprintf(text, sizeof text, "%s", words[draw(m, 6)]);
    else if (c == 'e' || (missing && (c == 'm' || c == 't')))
        snprintf(text, sizeof text, "%s", draw(m, 2) > 0 || c == 'e' ? "" : "NA");
    else if (c == 'c' || c == 't' || c == 'w')
        snprintf(text, sizeof text, "%d", c == 'c' ? (int)row : (int)draw(m, 7));
    else
        snprintf(text, sizeof text, "%.*g", c == 'N' ? 17 : 4, value / (c == 'N' ? 3 : 1));
    put(m, text);
}

static made make(const kind *k, size_t rows, uint64_t seed)
{
    made m = {.room = rows * strlen(k->cells) * 40 + 1000, .state = seed};
    ck_assert_ptr_nonnull(m.text = malloc(m.room));
    for (size_t row = 0; row <= rows; row++) {
        if (row == rows / 2 && k->odd != NULL)
            put(&m, k->odd);
        for (size_t j = 0; k->cells[j] != '\0'; j++) {
            char name[24], separator[] = {j > 0 ? k->delimiter : '\0', '\0'};
            put(&m, separator);
            snprintf(name, sizeof name, "%c%zu", k->cells[j], j);
            if (row == 0)
                put(&m, name);
            else
                put_cell(&m, k->cells[j], row);
        }
        if (row < rows || draw(&m, 2) > 0)
            put(&m, draw(&m, 50) > 0 ? k->end : "\r\n");
    }
    return m;
}

static const kind kinds[] = {
    {"TnN", ' ', "\r", "T0", NULL, NULL, NULL},
    {"nNn", ',', "\n", "n2", NULL, NULL, NULL},
    {"cnoqt", ',', "\n", "t4", NULL, NULL, NULL},
    {"Nqeodm", ';', "\r\n", "m5", NULL, "q1,m5", NULL},
    {"nmtwo", '\t', "\n", "t2,m1", "w3", "o4", "\t\t\t\t\n \t\t\t\t\n"},
    {"Tt", ',', "\n", "T0", NULL, "T0", "7,8\n\n"},
    {"nnot", ',', "\n", "t3", NULL, NULL, "1,2,3\n"},          /* a cell is missing */
    {"nnot", ',', "\n", "t3", NULL, NULL, "1,2,3,4,5\n"},      /* or one too many */
    {"nqt", ',', "\n", "t2", NULL, NULL, "1,5\" disk,3\n"},    /* broken quoting */
    {"nqt", ',', "\n", "t2", NULL, NULL, "1,\"2,3\n"},
    {"nwt", ',', "\n", "t2", "w1", NULL, "1,-2,3\n1,2\n"},     /* no weight, before a short row */
    {"nwt", ',', "\n", "t2", "w1", NULL, "1,-2,\n1,x,3\n"},    /* likewise without a target */
    {"nnt", ',', "\n", "t2", NULL, NULL, "1,fish,3\n1,2,3\n"}, /* a word among numbers */
    {"nnt", ',', "\n", "t2", NULL, NULL, "1,1e999,3\n"},
    {"not", ',', "\n", "t2", NULL, NULL, "1,\377,3\n"},        /* not UTF-8 */
};
enum { KINDS = sizeof kinds / sizeof *kinds, LONG_KINDS = 2 };

/* ---- Sections -------------------------------------------------------------------------- */

static nudge_status read_made(nudge_table **t, const char *path, const kind *k, int threads,
                              size_t section, size_t head, nudge_error *err)
{
    nudge_read_options o = nudge_read_defaults();
    o.target = k->target;
    o.weight = k->weight;
    o.keep = k->keep;
    o.threads = threads;
    nu_csv_section_size = section;
    nu_csv_head_size = head;
    return nudge_table_read(t, path, &o, err);
}

static void assert_same(const nudge_table *a, const nudge_table *b)
{
    char text[2][NUDGE_CELL_SIZE];
    ck_assert_uint_eq(a->rows, b->rows);
    ck_assert_uint_eq(a->n_chunks, b->n_chunks);
    ck_assert_str_eq(names_text(a), names_text(b));
    char *notes = strdup(notes_text(a));
    ck_assert_str_eq(notes, notes_text(b));
    free(notes);
    for (size_t j = 0; j < a->n_columns; j++) {
        nudge_column_info x = nudge_table_column(a, j), y = nudge_table_column(b, j);
        ck_assert(x.min == y.min && x.max == y.max && x.mean == y.mean);
        ck_assert(x.missing == y.missing && x.left_out == y.left_out);
        for (size_t r = 0; r < a->rows; r++) {
            const char *s = nudge_table_text(a, r, j, text[0]);
            const char *u = nudge_table_text(b, r, j, text[1]);
            ck_assert_msg(s == NULL ? u == NULL : u != NULL && strcmp(s, u) == 0,
                          "row %zu, column %zu: '%s', '%s'", r, j, s, u);
        }
    }
    for (size_t r = 0; a->weights != NULL && r < a->rows; r++)
        ck_assert_double_eq(a->weights[r], b->weights[r]);
}

/* One section by one thread, against many sections, by two, of a text in memory or behind its
 * beginning. The larger table has more rows than a chunk. */
START_TEST(the_same_however_cut)
{
    static const size_t sections[] = {1, 40, 900};
    size_t whole = nu_csv_section_size, head = nu_csv_head_size, rows = _i < KINDS ? 60 : 4500;
    const kind *k = &kinds[_i % KINDS];
    made m = make(k, rows, (uint64_t)_i + 1);
    char path[300];
    snprintf(path, sizeof path, "%s/a.csv", folder);
    write_bytes(path, m.text, m.size);
    nudge_error want = {0}, err = {0};
    nudge_table *a = NULL, *b = NULL;
    nudge_status status = read_made(&a, path, k, 1, (size_t)1 << 30, head, &want);
    ck_assert(k->odd != NULL || status == NUDGE_OK);
    for (size_t s = _i < KINDS ? 0 : 2; s < sizeof sections / sizeof *sections; s++)
        for (int turn = 0; turn < 2; turn++) {
            ck_assert_int_eq(read_made(&b, path, k, 2, sections[s], turn ? m.size / 3 : head,
                                       &err), status);
            ck_assert_str_eq(err.text, want.text);
            if (status == NUDGE_OK)
                assert_same(a, b);
            nudge_table_free(b);
            b = NULL;
        }
    nudge_table_free(a);
    free(m.text);
    nu_csv_section_size = whole;
    nu_csv_head_size = head;
}
END_TEST

/* A file that becomes shorter while it is read: all threads learn of it. */
START_TEST(the_end_is_gone)
{
    size_t whole = nu_csv_section_size, head = nu_csv_head_size;
    made m = make(&kinds[1], 4500, 3);
    nudge_read_options o = nudge_read_defaults();
    char path[300];
    o.threads = 2;
    snprintf(path, sizeof path, "%s/a.csv", folder);
    nu_csv_section_size = 900;
    nu_csv_head_size = m.size / 3;
    for (int i = 0; i < 10; i++) {
        nu_source s;
        nudge_table *t = NULL;
        nudge_error err = {0};
        write_bytes(path, m.text, m.size);
        ck_ok(nu_source_open(&s, path, &err), &err);
        ck_assert_int_eq(truncate(path, (off_t)(m.size / 3 * 2)), 0);
        ck_assert_int_eq(nu_read_source(&t, &s, &nu_csv_format, &o, &err), NUDGE_EDATA);
        ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0, "%s", err.text);
        nu_source_close(&s);
    }
    free(m.text);
    nu_csv_section_size = whole;
    nu_csv_head_size = head;
}
END_TEST

/* A table that was read takes further columns. */
START_TEST(columns_are_added)
{
    static double more[4500];
    nudge_error err = {0};
    nudge_table *t = NULL;
    made m = make(&kinds[0], 4500, 9);
    ck_ok(read_memory(&t, &nu_csv_format, "a.csv", m.text, m.size, NULL, &err), &err);
    double last = nu_table_cell(t, 4499, 2);
    for (size_t r = 0; r < 4500; r++)
        more[r] = (double)r;
    ck_ok(nudge_table_add_numbers(t, "more", more, &err), &err);
    ck_assert_double_eq(nu_table_cell(t, 4499, 2), last);
    ck_assert_double_eq(nu_table_cell(t, 4498, 3), 4498);
    nudge_table_free(t);
    free(m.text);
}
END_TEST

/* ---- Numbers --------------------------------------------------------------------------- */

/* Digits with a point anywhere, a power, and often few different digits, whose products lie near
 * half-way between two doubles more often; of these numbers nothing else is told. */
static size_t number_text(made *m, char text[64])
{
    size_t n = 0, digits = draw(m, 22) + 1, point = draw(m, 2) ? draw(m, digits + 1) : 99;
    const char *from = draw(m, 2) > 0 ? "0123456789" : "0050905990";
    if (draw(m, 3) == 0)
        text[n++] = "+-"[draw(m, 2)];
    for (size_t i = 0; i < digits; i++) {
        if (i == point)
            text[n++] = '.';
        text[n++] = from[draw(m, 10)];
    }
    if (draw(m, 3) == 0)
        n += (size_t)snprintf(text + n, 16, "%c%d", "eE"[draw(m, 2)],
                              (int)draw(m, draw(m, 4) > 0 ? 61 : 701) -
                                  (int)(draw(m, 2) > 0 ? 30 : 350));
    text[n] = '\0';
    return n;
}

START_TEST(numbers_are_exact)
{
    made m = {.state = 5};
    size_t read = 0;
    for (size_t i = 0; i < 200000; i++) {
        char text[64];
        double value = 7, want;
        size_t n = number_text(&m, text), used = nu_scan_real(text, text + n, '.', &value);
        if (used == 0)
            continue;
        read++;
        want = strtod(text, NULL);
        ck_assert_msg(used == n && memcmp(&value, &want, sizeof want) == 0, "%s: %.17g", text,
                      value);
    }
    ck_assert_uint_gt(read, LDBL_MANT_DIG == 64 ? 120000 : 50000);
}
END_TEST

/* Where a number ends, and what is none. */
static const struct reach {
    const char *text;
    char point;
    size_t bytes;
} reaches[] = {
    {"1.5,2", '.', 3}, {"1,5;2", ',', 3}, {"1.5;2", ',', 1}, {"5,x", ',', 1},  {"5.", '.', 2},
    {".5", '.', 2},    {"-", '.', 0},     {"+.", '.', 0},    {"", '.', 0},     {"x1", '.', 0},
    {"1e5 ", '.', 3},  {"1e", '.', 0},    {"1e+", '.', 0},   {"0x10", '.', 1}, {"--1", '.', 0},
    {"1-2", '.', 1},   {"0.0000000000000000000000001", '.', 27}, {"12345678901234567890", '.', 0},
    {"00000000000000000000000000000012", '.', 32}, {"1e99", '.', 0}, {"inf", '.', 0},
};

START_TEST(numbers_end)
{
    const struct reach *r = &reaches[_i];
    double value;
    ck_assert_uint_eq(nu_scan_real(r->text, r->text + strlen(r->text), r->point, &value),
                      r->bytes);
}
END_TEST

static Suite *csv_sections_suite(void)
{
    Suite *suite = suite_create("csv_sections");
    TCase *cut = tcase_create("cut");
    tcase_add_checked_fixture(cut, make_folder, remove_folder);
    tcase_add_loop_test(cut, the_same_however_cut, 0, KINDS + LONG_KINDS);
    tcase_add_test(cut, the_end_is_gone);
    tcase_add_test(cut, columns_are_added);
    suite_add_tcase(suite, cut);
    TCase *numbers = tcase_create("numbers");
    tcase_add_test(numbers, numbers_are_exact);
    tcase_add_loop_test(numbers, numbers_end, 0, sizeof reaches / sizeof *reaches);
    suite_add_tcase(suite, numbers);
    return suite;
}

SUITE_MAIN(csv_sections_suite)
