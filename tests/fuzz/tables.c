/* Readers of data. */
#include <ctype.h>
#include <string.h>

#include "core/memory.h"
#include "fuzz.h"
#include "read/csv_head.h"
#include "read/csv_sections.h"
#include "read/read.h"
#include "whole.h"

/* What a line of options may say: a member of nudge_read_options, or one of what comes behind. */
typedef struct setup {
    nudge_read_options read;
    int like;          /* read as the data of a model */
    int fit;           /* learn from it, and pack it */
    int write;         /* write it and read that: 1 as safetensors, 2 as CSV */
    int section;       /* CSV: in sections of so many bytes it gives the same; */
    size_t head;       /* what it is is told by so many */
    int part_size;     /* CSV: the last bytes are a second file, as pattern "..." has both */
    int labels_size;   /* the last bytes are a file of labels, */
    int weight_size;   /* those before a file of weights */
} setup;

typedef enum kind { TEXT, LETTER, WHOLE, SIZE } kind;

static const struct {
    const char *name;
    kind kind;
    size_t at;
} keys[] = {
    {"target", TEXT, offsetof(setup, read.target)},
    {"features", TEXT, offsetof(setup, read.features)},
    {"ignore", TEXT, offsetof(setup, read.ignore)},
    {"category", TEXT, offsetof(setup, read.category)},
    {"number", TEXT, offsetof(setup, read.number)},
    {"keep", TEXT, offsetof(setup, read.keep)},
    {"missing", TEXT, offsetof(setup, read.missing)},
    {"weight", TEXT, offsetof(setup, read.weight)},
    {"encoding", TEXT, offsetof(setup, read.encoding)},
    {"delimiter", LETTER, offsetof(setup, read.delimiter)},
    {"decimal", LETTER, offsetof(setup, read.decimal)},
    {"thousands", LETTER, offsetof(setup, read.thousands)},
    {"header", WHOLE, offsetof(setup, read.header)},
    {"stream", WHOLE, offsetof(setup, read.stream)},
    {"without_target", WHOLE, offsetof(setup, read.without_target)},
    {"skip_rows", SIZE, offsetof(setup, read.skip_rows)},
    {"skip_after_header", SIZE, offsetof(setup, read.skip_after_header)},
    {"like", WHOLE, offsetof(setup, like)},
    {"fit", WHOLE, offsetof(setup, fit)},
    {"write", WHOLE, offsetof(setup, write)},
    {"section", WHOLE, offsetof(setup, section)},
    {"head", SIZE, offsetof(setup, head)},
    {"part_size", WHOLE, offsetof(setup, part_size)},
    {"labels_size", WHOLE, offsetof(setup, labels_size)},
    {"weight_size", WHOLE, offsetof(setup, weight_size)},
};

static void set_key(setup *s, size_t key, const char *value)
{
    void *to = (char *)s + keys[key].at;
    switch (keys[key].kind) {
    case TEXT: *(const char **)to = value; break;
    case LETTER: *(char *)to = value[0]; break;
    case WHOLE: *(int *)to = atoi(value); break;
    case SIZE: *(size_t *)to = strtoul(value, NULL, 10); break;
    }
}

/* Takes a first line of options, of printable characters with a '=' among them, off the bytes.
 * Returns its parts, which the options point into, for free(); NULL: there is no such line. */
static char **take_options(setup *s, const unsigned char **bytes, size_t *size)
{
    size_t n = 0, parts, has_equals = 0;
    while (n < *size && isprint((*bytes)[n]))
        has_equals |= (*bytes)[n++] == '=';
    if (n == *size || (*bytes)[n] != '\n' || !has_equals)
        return NULL;
    char *line NU_FREED = strndup((const char *)*bytes, n);
    char **part = nu_split(line, '|', &parts);
    HOLDS(part != NULL);
    for (size_t i = 0; i < parts; i++) {
        char *equals = strchr(part[i], '=');
        for (size_t k = 0; equals != NULL && k < sizeof keys / sizeof *keys; k++)
            if (strncmp(part[i], keys[k].name, (size_t)(equals - part[i])) == 0 &&
                keys[k].name[equals - part[i]] == '\0')
                set_key(s, k, equals + 1);
    }
    *bytes += n + 1;
    *size -= n + 1;
    return part;
}

/* Bytes at the end as a file of their own. */
static const char *take_file(int slot, const unsigned char *bytes, size_t *size, int part)
{
    size_t n = nu_smaller(part > 0 ? (size_t)part : 0, *size);
    *size -= n;
    return n == 0 ? NULL : file_of(slot, bytes + *size, n);
}

/* Reads bytes in memory, from a block that is exactly as long, so that any reading beyond is
 * seen. */
static nudge_status read_bytes(nudge_table **t, const nu_format *format, const unsigned char *bytes,
                               size_t size, const nudge_read_options *options, nudge_error *err)
{
    nu_source s = {.name = "data", .fd = -1, .bytes = malloc(size > 0 ? size : 1), .size = size};
    memcpy(s.bytes, bytes, size);
    nudge_status status = nu_read_source(t, &s, format, options, err);
    nu_source_close(&s);
    return status;
}

/* What was learned from a small table. */
static const nudge_prep *known_prep(void)
{
    static const char text[] = "age,town,born,price,y\n1,Bern,2001-02-03,$1.5,yes\n"
                               "2,Thun,2001-02-04,$2,no\n3,,2001-02-05,$-3,yes\n";
    static nudge_prep *prep;
    nudge_read_options options = nudge_read_defaults();
    nudge_error err = {0};
    nudge_table *t = NULL;
    options.target = "y";
    options.number = "price";
    if (prep == NULL) {
        HOLDS(read_bytes(&t, &nu_csv_format, (const unsigned char *)text, sizeof text - 1,
                         &options, &err) == NUDGE_OK);
        HOLDS(nudge_prep_fit(&prep, t, NULL, 3, NULL, &err) == NUDGE_OK);
        nudge_table_free(t);
    }
    return prep;
}

/* Asks for all that a table says. */
static void look_at(const nudge_table *t)
{
    char cell[NUDGE_CELL_SIZE];
    nudge_table_info info = nudge_table_describe(t);
    size_t bytes = strlen(info.source), n;
    const nudge_note *notes = nudge_table_notes(t, &n);
    for (size_t i = 0; i < n; i++)
        bytes += strlen(notes[i].text);
    HOLDS(info.rows > 0);
    for (size_t j = 0; j < info.columns && j < 1000; j++) {
        nudge_column_info c = nudge_table_column(t, j);
        HOLDS(c.missing <= info.rows && !(c.min > c.max));
        bytes += strlen(c.name);
        for (size_t k = 0; k < c.categories; k++)
            bytes += strlen(nudge_table_category(t, j, k));
        for (size_t r = 0; r < info.rows && r < 1000; r++) {
            const char *text = nudge_table_text(t, r, j, cell);
            bytes += text != NULL ? strlen(text) : 0;
        }
    }
    HOLDS(bytes > 0);
}

static void learn_from(nudge_table *t)
{
    nudge_prep *prep = NULL;
    nudge_dataset *data = NULL;
    nudge_error err = {0};
    size_t rows = nudge_table_describe(t).rows, unknown;
    nudge_status status = nudge_prep_fit(&prep, t, NULL, rows, NULL, &err);
    check_outcome(status, prep != NULL, &err);
    if (status == NUDGE_OK) {
        status = nudge_dataset_pack_copy(&data, t, prep, NUDGE_F32, &unknown, &err);
        check_outcome(status, data != NULL, &err);
    }
    nudge_dataset_free(data);
    nudge_prep_free(prep);
}

/* The cells of column `a` of a table are those of the column of this name of another. */
static void compare_column(const nudge_table *t, size_t a, const nudge_table *other)
{
    char cell[NUDGE_CELL_SIZE], same[NUDGE_CELL_SIZE];
    nudge_column_info c = nudge_table_column(t, a);
    size_t n = nudge_table_describe(other).columns, i = 0, b = a % n; /* or before it */
    while (i < n && strcmp(nudge_table_column(other, b).name, c.name) != 0)
        b = (a + n * 2 - ++i) % n;
    HOLDS(i < n && nudge_table_column(other, b).kind == c.kind);
    for (size_t r = 0; r < nudge_table_describe(t).rows; r++) {
        const char *was = nudge_table_text(t, r, a, cell);
        const char *is = nudge_table_text(other, r, b, same);
        HOLDS(is == NULL ? was == NULL : was != NULL && strcmp(is, was) == 0);
    }
}

/* Two tables are the same, but for columns that are not written. */
static void compare(const nudge_table *t, const nudge_table *other, int written)
{
    HOLDS(nudge_table_describe(t).rows == nudge_table_describe(other).rows);
    for (size_t j = 0; j < nudge_table_describe(t).columns; j++) {
        nudge_column_info c = nudge_table_column(t, j);
        int is_class = c.kind == NUDGE_COLUMN_CATEGORY && nudge_table_dialect(t) == NULL;
        if (!written || (c.left_out == NULL && !c.is_kept && !is_class)) /* y has no labels */
            compare_column(t, j, other);
    }
}

/* A table that is written is read to the same cells, or from CSV, which has no kinds, to as many
 * rows. */
static void write_and_read(const nudge_table *t, int csv)
{
    nudge_error err = {0};
    nudge_table *again = NULL;
    nudge_read_options options = nudge_read_defaults();
    const char *path = scratch_path(csv ? ".csv" : ".safetensors");
    nudge_status status = nudge_table_write(t, path, &err);
    check_outcome(status, status == NUDGE_OK, &err);
    if (status != NUDGE_OK)
        return;
    options.threads = 1;
    options.header = csv ? 1 : -1;
    options.delimiter = csv ? ',' : 0;
    options.category = csv ? "1-" : NULL; /* a text and a number in a column could be a mistake */
    status = nudge_table_read(&again, path, &options, &err);
    check_outcome(status, again != NULL, &err);
    if (status != NUDGE_OK)
        fprintf(stderr, "%s\n", err.text);
    HOLDS(status == NUDGE_OK && nudge_table_describe(again).rows == nudge_table_describe(t).rows);
    if (!csv)
        compare(t, again, 1);
    nudge_table_free(again);
    remove(path);
}

/* The second of two files of one pattern, which is returned. */
static const char *pattern_of(const unsigned char *bytes, size_t size, int part)
{
    static char pattern[64];
    size_t second = nu_smaller((size_t)part, size);
    const unsigned char *piece[] = {bytes, bytes + size - second};
    size_t n[] = {size - second, second};
    for (int i = 0; i < 2; i++) {
        FILE *f = fopen(scratch_path(i == 0 ? ".1" : ".2"), "wb");
        HOLDS(f != NULL && fwrite(piece[i], 1, n[i], f) == n[i]);
        HOLDS(fclose(f) == 0);
    }
    snprintf(pattern, sizeof pattern, "%s", scratch_path(".[12]"));
    return pattern;
}

static nudge_status read_as(const setup *s, const reader *r, const unsigned char *bytes,
                            size_t size, nudge_table **t, nudge_error *err)
{
    nudge_status status =
        s->part_size > 0    ? nudge_table_read(t, pattern_of(bytes, size, s->part_size), &s->read,
                                               err)
        : r->format != NULL ? read_bytes(t, r->format, bytes, size, &s->read, err)
                            : nudge_table_read(t, r->file(bytes, size), &s->read, err);
    check_outcome(status, *t != NULL, err);
    return status;
}

/* What a CSV file gives does not depend on how much of it is looked at together, but for which of
 * two faults it is: bytes that no text has are looked for first. */
static void read_in_sections(const setup *s, const reader *r, const unsigned char *bytes,
                             size_t size, const nudge_table *whole, const nudge_error *outcome)
{
    nudge_table *t = NULL;
    nudge_error err = {0};
    size_t section = nu_csv_section_size;
    nu_csv_section_size = (size_t)s->section;
    nudge_status status = read_as(s, r, bytes, size, &t, &err);
    nu_csv_section_size = section;
    HOLDS((t == NULL) == (whole == NULL));
    HOLDS(t != NULL || (status == outcome->status && (strcmp(err.text, outcome->text) == 0 ||
                                                      strstr(err.text, " byte ") != NULL ||
                                                      strstr(outcome->text, " byte ") != NULL)));
    if (t != NULL)
        compare(whole, t, 0);
    nudge_table_free(t);
}

void read_data(const reader *r, const unsigned char *bytes, size_t size)
{
    static size_t head;
    head = head != 0 ? head : nu_csv_head_size;
    setup s = {.read = nudge_read_defaults(), .head = head};
    nudge_error err = {0};
    nudge_table *t = NULL;
    s.read.threads = 1;
    char **parts = take_options(&s, &bytes, &size);
    s.read.labels = take_file(1, bytes, &size, s.labels_size);
    const char *weight = take_file(2, bytes, &size, s.weight_size);
    s.read.weight = weight != NULL ? weight : s.read.weight;
    s.read.like = s.like ? known_prep() : NULL;
    nu_csv_head_size = s.head > 16 ? s.head : 16;
    nudge_status status = read_as(&s, r, bytes, size, &t, &err);
    if (s.section > 0)
        read_in_sections(&s, r, bytes, size, t, &err);
    if (status == NUDGE_OK)
        look_at(t);
    if (status == NUDGE_OK && s.fit)
        learn_from(t);
    if (status == NUDGE_OK && s.write)
        write_and_read(t, s.write == 2);
    nudge_table_free(t);
    if (s.part_size > 0) {
        remove(scratch_path(".1"));
        remove(scratch_path(".2"));
    }
    free(parts);
}
