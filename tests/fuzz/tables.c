/* Readers of data. */
#include <ctype.h>
#include <string.h>

#include "core/memory.h"
#include "fuzz.h"
#include "read/read.h"
#include "whole.h"

/* What a line of options may say: a member of nudge_read_options, or one of what comes behind. */
typedef struct setup {
    nudge_read_options read;
    int like;          /* read as the data of a model */
    int fit;           /* learn from it, and pack it */
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

void read_data(const reader *r, const unsigned char *bytes, size_t size)
{
    setup s = {.read = nudge_read_defaults()};
    nudge_error err = {0};
    nudge_table *t = NULL;
    s.read.threads = 1;
    char **parts = take_options(&s, &bytes, &size);
    s.read.labels = take_file(1, bytes, &size, s.labels_size);
    const char *weight = take_file(2, bytes, &size, s.weight_size);
    s.read.weight = weight != NULL ? weight : s.read.weight;
    s.read.like = s.like ? known_prep() : NULL;
    nudge_status status =
        r->format != NULL ? read_bytes(&t, r->format, bytes, size, &s.read, &err)
                          : nudge_table_read(&t, r->file(bytes, size), &s.read, &err);
    check_outcome(status, t != NULL, &err);
    if (t != NULL)
        look_at(t);
    if (t != NULL && s.fit)
        learn_from(t);
    nudge_table_free(t);
    free(parts);
}
