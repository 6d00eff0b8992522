/* The loop over calls that fail, and what is looked at after each. */
#include "failing/failing.h"

#include <errno.h>
#include <fcntl.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "table/table.h"
#include "failing/wrapped.h"

static const char *const mode_name[] = {"once", "from it on", "interrupted", "halves", "no fault"};

typedef struct outcome {
    nudge_status status;
    nudge_error err;
    uint64_t result;       /* of what failing_result() was told */
    size_t blocks, bytes;  /* left */
    int files_open;        /* left */
} outcome;

/* What a row is compared with. */
static struct {
    outcome right;
    int files_open;
    size_t files;                  /* in the folder, without a fault */
    unsigned char *before, *after; /* bytes of the output; NULL: there is none */
    size_t before_size, after_size;
} known;

static struct {
    char text[6000]; /* what was wrong, a line each, as much as there is room for */
    size_t used, n;
} wrong;

/* ---- Results ----------------------------------------------------------------------------- */

static uint64_t result;

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
void failing_result(const void *bytes, size_t size)
{
    const unsigned char *b = bytes;
    for (size_t i = 0; i < size; i++)
        result = (result ^ b[i]) * 0x100000001b3u;
}

void failing_result_text(const char *text)
{
    failing_result(text, text != NULL ? strlen(text) + 1 : 0);
}

static void result_number(double value)
{
    failing_result(&value, sizeof value);
}

void failing_result_table(const nudge_table *t)
{
    nudge_table_info info = nudge_table_describe(t);
    char cell[NUDGE_CELL_SIZE];
    size_t n;
    const nudge_note *note = nudge_table_notes(t, &n);
    failing_pause();
    for (size_t i = 0; i < n; i++)
        failing_result_text(note[i].text);
    if (t->x != NULL)
        failing_result(t->x, info.rows * t->features * nu_element_size(t->element));
    if (t->y != NULL)
        failing_result(t->y, info.rows * t->outputs * nu_element_size(t->y_element));
    if (t->weights != NULL)
        failing_result(t->weights, info.rows * sizeof *t->weights);
    if (t->classes != NULL)
        failing_result(t->classes, info.rows * sizeof *t->classes);
    result_number((double)info.rows);
    for (size_t j = 0; j < info.columns; j++) {
        nudge_column_info column = nudge_table_column(t, j);
        failing_result_text(column.name);
        for (size_t k = 0; k < column.categories; k++)
            failing_result_text(nudge_table_category(t, j, k));
        for (size_t r = 0; r < info.rows; r++)
            failing_result_text(nudge_table_text(t, r, j, cell));
    }
    failing_go_on();
}

void failing_result_model(nudge_model *m)
{
    uint64_t hash = m != NULL ? nudge_model_hash(m) : 0;
    failing_result(&hash, sizeof hash);
    nudge_model_free(m);
}

void failing_pause(void)
{
    failing_now.on--;
}

void failing_go_on(void)
{
    failing_now.on++;
}

/* ---- One try ----------------------------------------------------------------------------- */

static int open_files(void)
{
    int n = 0;
    for (int fd = 0; fd < 12; fd++) /* each takes a microsecond, and new ones are the lowest */
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static outcome try_once(const failing_row *row, failing_mode mode, size_t n)
{
    outcome o = {0};
    result = 0xcbf29ce484222325u;
    failing_now = (failing_state){.on = 1, .mode = mode, .n = n, .milliseconds = 1};
    o.status = row->call(row, &o.err);
    failing_now.on = 0;
    failing_now.milliseconds = 0;
    o.result = o.status == NUDGE_OK ? result : 0;
    o.blocks = failing_blocks(&o.bytes);
    o.files_open = open_files() - known.files_open;
    return o;
}

static void complain(const failing_row *row, const outcome *o, const char *format, size_t number)
{
    const failing_state *f = &failing_now;
    char what[200];
    snprintf(what, sizeof what, format, number);
    if (wrong.n++ < 15)
        wrong.used += (size_t)snprintf(wrong.text + wrong.used, sizeof wrong.text - wrong.used,
                                       "\n%s, %s %s of call %zu: %s: %.100s: %.120s", row->name,
                                       f->first != NULL ? f->first : "-", mode_name[f->mode], f->n,
                                       what, nudge_status_text(o->status), o->err.text);
}

/* ---- What is allowed --------------------------------------------------------------------- */

/* Without control characters, U+0080 to U+009F included. */
static int is_one_line(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
        if (*c < ' ' || *c == 127 || (*c == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0))
            return 0;
    return text[0] != '\0';
}

/* A failed call may not be told as damaged data, nor as somebody's wrong choice. */
static int says_so(const outcome *o)
{
    return (failing_now.faults & FAULT_MEMORY && (o->status == NUDGE_EMEMORY ||
                                        strstr(o->err.text, strerror(ENOMEM)) != NULL)) ||
           (failing_now.faults & FAULT_FILE && (o->status == NUDGE_EIO ||
                                                o->status == NUDGE_EOPEN));
}

static int output_is(const unsigned char *now, size_t size, const unsigned char *want,
                     size_t want_size)
{
    return size == want_size && memcmp(now, want, size) == 0;
}

/* The output is whole, and what it was before the next try. */
static void look_at_output(const failing_row *row, const outcome *o)
{
    size_t size;
    unsigned char *now = read_bytes(in_folder(row->output), &size);
    int is_old = output_is(now, size, known.before, known.before_size);
    if (!output_is(now, size, known.after, known.after_size) && (o->status == NUDGE_OK || !is_old))
        complain(row, o, "the output has %zu bytes that are neither the old nor the new", size);
    free(now);
    if (!is_old)
        write_bytes(in_folder(row->output), known.before, known.before_size);
}

static void look_at(const failing_row *row, const outcome *o)
{
    if (o->status == NUDGE_OK && o->result != known.right.result)
        complain(row, o, "another result", 0);
    if (o->status != NUDGE_OK && failing_now.faults == 0)
        complain(row, o, "this is no failure", 0);
    else if (o->status != NUDGE_OK && !says_so(o))
        complain(row, o, "this says something else", 0);
    if (o->status != NUDGE_OK && (!is_one_line(o->err.text) || o->err.status != o->status))
        complain(row, o, "no line of text", 0);
    if (o->blocks > 0)
        complain(row, o, "blocks are left: %zu", o->blocks);
    if (o->files_open != 0)
        complain(row, o, "files are left open: %zu", (size_t)o->files_open);
    if (row->output != NULL)
        look_at_output(row, o);
    if (files_in_folder() > known.files) {
        complain(row, o, "files in the folder: %zu", files_in_folder());
        known.files = files_in_folder();
    }
}

/* ---- All of them ------------------------------------------------------------------------- */

static void learn(const failing_row *row)
{
    memset(&known, 0, sizeof known);
    known.files_open = open_files();
    if (row->output != NULL && !exists(row->output))
        write_in_folder(row->output, "before");
    if (row->output != NULL)
        known.before = read_bytes(in_folder(row->output), &known.before_size);
    for (int i = 0; i < 2; i++) { /* what the library keeps for ever it has after the first */
        known.right = try_once(row, FAILING_NONE, 0);
        ck_assert_msg(known.right.status == NUDGE_OK, "%s: %s", row->name, known.right.err.text);
    }
    known.files = files_in_folder();
    if (row->output == NULL)
        return;
    known.after = read_bytes(in_folder(row->output), &known.after_size);
    ck_assert_msg(!output_is(known.after, known.after_size, known.before, known.before_size),
                  "%s: nothing was written", row->name);
}

static void try_row(const failing_row *row)
{
    size_t tried = 0, refused = 0;
    size_t every = row->every == 0 || getenv("FAILING_EACH") != NULL ? 1 : row->every;
    printf("# %s: ", row->name); /* the last of these is whose crash it is */
    fflush(stdout);
    learn(row);
    look_at(row, &known.right);
    for (failing_mode mode = FAILING_ONCE; mode <= FAILING_INTERRUPTED; mode++)
        for (size_t n = 1 + mode % every;; n += every) { /* others than in the mode before */
            outcome o = try_once(row, mode, n);
            if (failing_now.first == NULL)
                break;
            look_at(row, &o);
            tried++;
            refused += o.status != NUDGE_OK;
        }
    outcome o = try_once(row, FAILING_SHORT, 0);
    look_at(row, &o);
    printf("%zu faults, %zu refused\n", tried, refused);
    free(known.before);
    free(known.after);
    if (row->output != NULL)
        unlink(in_folder(row->output));
}

void failing_try(const failing_row *rows, size_t n, const char *in)
{
    snprintf(folder, sizeof folder, "%s", in);
#ifdef _OPENMP
    omp_set_num_threads(1);
#endif
    for (size_t i = 0; i < n; i++)
        try_row(&rows[i]);
    fflush(stdout);
    ck_assert_msg(wrong.n == 0, "%zu wrong:%s", wrong.n, wrong.text);
}
