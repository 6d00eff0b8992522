/* NPY, numpy's format for one array: "\x93NUMPY", a version, the length of the header, a header
 * that is a Python dictionary, the elements.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/status.h"
#include "read/array.h"

static const char magic[] = "\x93NUMPY";
#define MAGIC 6
#define LONGEST_HEADER 65536 /* of version 1; an array of numbers needs about a hundred bytes */
#define DTYPE_TEXT 24

int nu_npy_looks_like(const unsigned char *bytes, size_t size)
{
    return size >= MAGIC && memcmp(bytes, magic, MAGIC) == 0;
}

/* ---- The dictionary -------------------------------------------------------------------- */

/* A header being read: text from `at` to `end`. */
typedef struct header {
    const char *name; /* the file's */
    const char *at, *end;
    char descr[DTYPE_TEXT];
    int has_descr, has_order, has_shape;
    int fortran;
    uint64_t dim[NU_ARRAY_RANK];
    size_t rank; /* may be more than NU_ARRAY_RANK */
} header;

static nudge_status bad_header(const header *h, const char *what, nudge_error *err)
{
    return nu_fail(err, NUDGE_EDATA, "%s: the NPY header is damaged: %s", h->name, what);
}

static void skip_spaces(header *h)
{
    while (h->at < h->end && strchr(" \t\n\r", *h->at) != NULL && *h->at != '\0')
        h->at++;
}

/* Whether `c` is next, after spaces; then it is taken. */
static int take(header *h, char c)
{
    skip_spaces(h);
    if (h->at == h->end || *h->at != c)
        return 0;
    h->at++;
    return 1;
}

/* A quoted text without escapes; 0 if there is none, or none that fits. */
static int take_text(header *h, char text[DTYPE_TEXT])
{
    char quote = take(h, '\'') ? '\'' : '"';
    if (quote == '"' && !take(h, '"'))
        return 0;
    const char *end = memchr(h->at, quote, (size_t)(h->end - h->at));
    if (end == NULL || end - h->at >= DTYPE_TEXT || memchr(h->at, '\\', (size_t)(end - h->at)))
        return 0;
    memcpy(text, h->at, (size_t)(end - h->at));
    text[end - h->at] = '\0';
    h->at = end + 1;
    return 1;
}

static int take_word(header *h, const char *word)
{
    size_t n = strlen(word);
    skip_spaces(h);
    if ((size_t)(h->end - h->at) < n || memcmp(h->at, word, n) != 0)
        return 0;
    h->at += n;
    return 1;
}

/* A whole number; Python 2 ended long ones with an L. */
static int take_number(header *h, uint64_t *value)
{
    skip_spaces(h);
    const char *first = h->at;
    *value = 0;
    for (; h->at < h->end && *h->at >= '0' && *h->at <= '9'; h->at++)
        if (__builtin_mul_overflow(*value, (uint64_t)10, value) ||
            __builtin_add_overflow(*value, (uint64_t)(*h->at - '0'), value))
            return 0;
    if (h->at == first)
        return 0;
    if (h->at < h->end && *h->at == 'L')
        h->at++;
    return 1;
}

static nudge_status take_shape(header *h, nudge_error *err)
{
    uint64_t value;
    if (!take(h, '('))
        return bad_header(h, "'shape' is no tuple", err);
    while (!take(h, ')')) {
        if (!take_number(h, &value))
            return bad_header(h, "'shape' holds something else than whole numbers", err);
        if (h->rank < NU_ARRAY_RANK)
            h->dim[h->rank] = value;
        h->rank++;
        if (!take(h, ',')) {
            if (!take(h, ')') || h->rank == 1) /* (3) is a number in Python, (3,) a tuple */
                return bad_header(h, "'shape' is no tuple", err);
            break;
        }
    }
    h->has_shape = 1;
    return NUDGE_OK;
}

static nudge_status take_value(header *h, const char *key, nudge_error *err)
{
    if (strcmp(key, "descr") == 0 && !h->has_descr) {
        skip_spaces(h);
        if (h->at < h->end && *h->at == '[')
            return nu_fail(err, NUDGE_EDATA, "%s: an array of records; one of plain numbers, such "
                           "as '<f4', is right", h->name);
        h->has_descr = take_text(h, h->descr);
        return h->has_descr ? NUDGE_OK : bad_header(h, "'descr' is no dtype", err);
    }
    if (strcmp(key, "fortran_order") == 0 && !h->has_order) {
        h->fortran = take_word(h, "True");
        h->has_order = h->fortran || take_word(h, "False");
        return h->has_order ? NUDGE_OK
                            : bad_header(h, "'fortran_order' is neither True nor False", err);
    }
    if (strcmp(key, "shape") == 0 && !h->has_shape)
        return take_shape(h, err);
    return bad_header(h, "a key other than descr, fortran_order and shape, once each", err);
}

static nudge_status take_dictionary(header *h, nudge_error *err)
{
    char key[DTYPE_TEXT];
    if (!take(h, '{'))
        return bad_header(h, "it is no dictionary", err);
    while (!take(h, '}')) {
        if (!take_text(h, key) || !take(h, ':'))
            return bad_header(h, "it is no dictionary of names", err);
        NU_TRY(take_value(h, key, err));
        if (!take(h, ',')) {
            if (!take(h, '}'))
                return bad_header(h, "the dictionary does not end", err);
            break;
        }
    }
    skip_spaces(h);
    if (h->at != h->end)
        return bad_header(h, "something follows the dictionary", err);
    if (!h->has_descr || !h->has_order || !h->has_shape)
        return bad_header(h, "it must hold descr, fortran_order and shape", err);
    return NUDGE_OK;
}

static nudge_status take_dtype(nu_array *a, const header *h, nudge_error *err)
{
    static const struct {
        const char *descr;
        nu_array_type type;
    } known[] = {
        {"<f4", NU_A_F32}, {"<f8", NU_A_F64}, {"|u1", NU_A_U8},  {"|i1", NU_A_I8},
        {"<i4", NU_A_I32}, {"<u4", NU_A_U32}, {"<i8", NU_A_I64}, {"<u8", NU_A_U64},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(h->descr, known[i].descr) == 0) {
            a->type = known[i].type;
            return NUDGE_OK;
        }
    if (h->descr[0] == '>')
        return nu_fail(err, NUDGE_EDATA, "%s: big-endian numbers ('%s'); little-endian ones are "
                       "right: numpy's a.astype('<%s')", a->name, h->descr, h->descr + 1);
    return nu_fail(err, NUDGE_EDATA, "%s: numbers of type '%s'; '<f4', '<f8' or '|u1' are right, "
                   "and for labels '<i4', '<i8', '<u4', '<u8', '|i1' too", a->name, h->descr);
}

/* ---- The file -------------------------------------------------------------------------- */

/* Bytes of an open file, or of memory: all `size` are there. */
static nudge_status bytes_at(const nu_array *a, uint64_t from, void *out, size_t size,
                             nudge_error *err)
{
    unsigned char *to = out;
    if (a->bytes != NULL) {
        memcpy(out, a->bytes + from, size);
        return NUDGE_OK;
    }
    while (size > 0) {
        ssize_t n = pread(a->fd, to, size, (off_t)from);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return nu_fail(err, NUDGE_EIO, "%s: cannot read: %s", a->name, strerror(errno));
        if (n == 0)
            return nu_fail(err, NUDGE_EDATA, "%s: it became shorter while it was read", a->name);
        to += n;
        from += (uint64_t)n;
        size -= (size_t)n;
    }
    return NUDGE_OK;
}

/* Checks magic number and version; where the header is. */
static nudge_status find_header(nu_array *a, uint64_t size, uint64_t *at, size_t *length,
                                nudge_error *err)
{
    unsigned char b[MAGIC + 6] = {0};
    size_t head = size < sizeof b ? (size_t)size : sizeof b;
    NU_TRY(bytes_at(a, 0, b, head, err));
    if (!nu_npy_looks_like(b, head))
        return nu_fail(err, NUDGE_EDATA, "%s: not an NPY file, or cut short: it must begin with "
                       "\\x93NUMPY and a version", a->name);
    *at = b[MAGIC] == 1 ? MAGIC + 4 : MAGIC + 6;
    if (size < *at)
        return nu_fail(err, NUDGE_EDATA, "%s: cut short: %" PRIu64 " bytes, less than an NPY "
                       "header", a->name, size);
    if (b[MAGIC] < 1 || b[MAGIC] > 3 || b[MAGIC + 1] != 0)
        return nu_fail(err, NUDGE_EDATA, "%s: NPY version %d.%d; versions 1.0, 2.0 and 3.0 are "
                       "read", a->name, b[MAGIC], b[MAGIC + 1]);
    *length = (size_t)b[MAGIC + 2] | (size_t)b[MAGIC + 3] << 8;
    if (b[MAGIC] > 1)
        *length |= (size_t)b[MAGIC + 4] << 16 | (size_t)b[MAGIC + 5] << 24;
    if (*length > size - *at)
        return nu_fail(err, NUDGE_EDATA, "%s: cut short: its NPY header would have %zu bytes; the "
                       "file has %" PRIu64, a->name, *length, size);
    if (*length > LONGEST_HEADER)
        return nu_fail(err, NUDGE_EDATA, "%s: an NPY header of %zu bytes; an array of numbers has "
                       "a short one", a->name, *length);
    return NUDGE_OK;
}

/* `text` is the header. */
static nudge_status understand(nu_array *a, const char *text, size_t length, uint64_t have,
                               nudge_error *err)
{
    header h = {.name = a->name, .at = text, .end = text + length};
    NU_TRY(take_dictionary(&h, err));
    NU_TRY(take_dtype(a, &h, err));
    if (h.fortran && h.rank > 1)
        return nu_fail(err, NUDGE_EDATA, "%s: columns one after the other (fortran_order); rows "
                       "are right: numpy's np.ascontiguousarray(a)", a->name);
    return nu_array_shape(a, h.dim, h.rank, have, err);
}

nudge_status nu_npy_open(nu_array *array, const char *path, int fd, const unsigned char *bytes,
                         uint64_t size, nudge_error *err)
{
    nu_array a = {.name = path, .fd = fd, .bytes = bytes};
    uint64_t at = 0;
    size_t length = 0;
    NU_TRY(find_header(&a, size, &at, &length, err));
    char *text = malloc(length + 1);
    if (text == NULL)
        return nu_no_memory(err, length, "an NPY header");
    nudge_status status = bytes_at(&a, at, text, length, err);
    if (status == NUDGE_OK)
        status = understand(&a, text, length, size - at - length, err);
    free(text);
    if (status != NUDGE_OK)
        return status;
    a.at = at + length;
    if (bytes != NULL)
        a.bytes = bytes + a.at;
    *array = a;
    return NUDGE_OK;
}

/* ---- Features -------------------------------------------------------------------------- */

static nudge_status read_table(nudge_table *t, const nu_array *a,
                               const nudge_read_options *options, nudge_error *err)
{
    t->source = strdup(a->name);
    if (t->source == NULL)
        return nu_no_memory(err, strlen(a->name), "a name");
    NU_TRY(nu_array_read_features(t, a, err));
    return options->labels != NULL ? nu_labels_read(t, options->labels, a->name, err) : NUDGE_OK;
}

nudge_status nu_npy_read(nudge_table **table, const char *path, int fd,
                         const unsigned char *bytes, uint64_t size,
                         const nudge_read_options *options, nudge_error *err)
{
    nu_array a;
    NU_TRY(nu_npy_open(&a, path, fd, bytes, size, err));
    nudge_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return nu_no_memory(err, sizeof *t, "a table");
    t->format = "npy";
    t->noise_floor = NAN;
    nudge_status status = read_table(t, &a, options, err);
    if (status != NUDGE_OK) {
        nudge_table_free(t);
        return status;
    }
    *table = t;
    return NUDGE_OK;
}
