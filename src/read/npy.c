/* NPY, numpy's format for one array: "\x93NUMPY", a version, the length of the header, a header
 * that is a Python dictionary, the elements.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/stat.h>

#include "core/memory.h"
#include "core/status.h"
#include "json_dump.h"
#include "read/format.h"
#include "whole.h"

static const char magic[] = "\x93NUMPY";
#define MAGIC 6
#define LONGEST_HEADER 65536 /* of version 1; an array of numbers needs about a hundred bytes */

static int looks_like(const unsigned char *head, size_t size)
{
    return size >= MAGIC && memcmp(head, magic, MAGIC) == 0;
}

/* ---- The dictionary -------------------------------------------------------------------- */

/* Rewrites, in place, a Python dictionary of texts, numbers, tuples and truths as JSON: ' becomes
 * ", tuples become arrays, True and False lose their capitals, Python 2's L behind numbers and a
 * comma before the end go. What is none of that stays, for the JSON parser to refuse. */
static void to_json(char *text, size_t length)
{
    char quote = 0;
    size_t comma = SIZE_MAX; /* nothing but spaces since */
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (quote != 0) {
            if (c == quote)
                quote = 0, text[i] = '"';
            continue;
        }
        if (c == '\'' || c == '"')
            quote = c, text[i] = '"';
        else if (c == '(')
            text[i] = '[';
        else if (c == 'T' || c == 'F')
            text[i] = (char)tolower(c);
        else if (c == 'L' && i > 0 && isdigit((unsigned char)text[i - 1]))
            text[i] = ' ';
        if ((c == ')' || c == '}') && comma != SIZE_MAX)
            text[comma] = ' ';
        if (c == ')')
            text[i] = ']';
        comma = c == ',' ? i : strchr(" \t\n\r", c) != NULL ? comma : SIZE_MAX;
    }
}

static nudge_status bad_header(const nu_array *a, const char *what, nudge_error *err)
{
    return nu_fail(err, NUDGE_EDATA, "%s: the NPY header is damaged: %s", a->name, what);
}

/* "<f4", ">i8", "|u1"; "<U12" for texts. */
static nudge_status take_dtype(nu_array *a, const char *descr, nudge_error *err)
{
    const char *name = descr[0] != '\0' && strchr("<>|", descr[0]) != NULL ? descr + 1 : "";
    uint64_t characters;
    a->big_endian = descr[0] == '>';
    for (a->type = 0; a->type < NU_A_TYPES; a->type++) {
        const char *type = nu_array_kinds[a->type].npy;
        if (nu_array_has_texts(a) ? name[0] == type[0] &&
                                        nu_parse_whole(name + 1, 1, UINT32_MAX, &characters)
                                  : type[0] != '\0' && strcmp(name, type) == 0) {
            a->characters = nu_array_has_texts(a) ? (size_t)characters : 0;
            return NUDGE_OK;
        }
    }
    if (name[0] == 'O')
        return nu_fail(err, NUDGE_EDATA, "%s: Python objects; numbers are right, numpy's "
                       "a.astype(float), or for labels texts, a.astype(str)", a->name);
    return nu_fail(err, NUDGE_EDATA, "%s: numbers of type '%.20s'; floats of 2, 4 or 8 bytes, "
                   "whole numbers and bool are right", a->name, descr);
}

static nudge_status take_shape(nu_array *a, const json_t *shape, uint64_t have, nudge_error *err)
{
    size_t rank = json_array_size(shape);
    uint64_t dim[NU_ARRAY_RANK] = {0};
    if (!json_is_array(shape))
        return bad_header(a, "'shape' is no tuple", err);
    for (size_t k = 0; k < rank; k++) {
        json_t *value = json_array_get(shape, k);
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return bad_header(a, "'shape' holds something else than whole numbers", err);
        if (k < NU_ARRAY_RANK)
            dim[k] = (uint64_t)json_integer_value(value);
    }
    return nu_array_shape(a, dim, rank, have, err);
}

static nudge_status take_dictionary(nu_array *a, json_t *root, uint64_t have, nudge_error *err)
{
    json_error_t at;
    json_t *shape;
    const char *descr;
    int fortran;
    if (json_is_array(json_object_get(root, "descr")))
        return nu_fail(err, NUDGE_EDATA, "%s: an array of records; one of plain numbers, such as "
                       "'<f4', is right", a->name);
    if (json_unpack_ex(root, &at, JSON_STRICT, "{s:s, s:b, s:o}", "descr", &descr, "fortran_order",
                       &fortran, "shape", &shape) != 0)
        return bad_header(a, at.text, err);
    NU_TRY(take_dtype(a, descr, err));
    a->by_columns = fortran;
    return take_shape(a, shape, have, err);
}

/* ---- The file -------------------------------------------------------------------------- */

/* Checks magic number and version; the header begins at a->at. */
static nudge_status find_header(nu_array *a, size_t *length, nudge_error *err)
{
    unsigned char b[MAGIC + 6] = {0};
    uint64_t size = a->source->size;
    size_t head = size < sizeof b ? (size_t)size : sizeof b;
    int error = nu_source_fetch(a->source, 0, b, head);
    if (error != 0)
        return nu_fetch_failed(a->name, error, err);
    if (!looks_like(b, head))
        return nu_fail(err, NUDGE_EDATA, "%s: not an NPY file, or cut short: it must begin with "
                       "\\x93NUMPY and a version", a->name);
    a->at = b[MAGIC] == 1 ? MAGIC + 4 : MAGIC + 6;
    if (size < a->at)
        return nu_fail(err, NUDGE_EDATA, "%s: cut short: %" PRIu64 " bytes, less than an NPY "
                       "header", a->name, size);
    if (b[MAGIC] < 1 || b[MAGIC] > 3 || b[MAGIC + 1] != 0)
        return nu_fail(err, NUDGE_EDATA, "%s: NPY version %d.%d; versions 1.0, 2.0 and 3.0 are "
                       "read", a->name, b[MAGIC], b[MAGIC + 1]);
    *length = (size_t)b[MAGIC + 2] | (size_t)b[MAGIC + 3] << 8;
    if (b[MAGIC] > 1)
        *length |= (size_t)b[MAGIC + 4] << 16 | (size_t)b[MAGIC + 5] << 24;
    if (*length > size - a->at)
        return nu_fail(err, NUDGE_EDATA, "%s: cut short: its NPY header would have %zu bytes; the "
                       "file has %" PRIu64, a->name, *length, size);
    if (*length > LONGEST_HEADER)
        return nu_fail(err, NUDGE_EDATA, "%s: an NPY header of %zu bytes; an array of numbers has "
                       "a short one", a->name, *length);
    return NUDGE_OK;
}

static nudge_status open_array(nu_array *a, nu_source *s, nudge_error *err)
{
    size_t length = 0;
    json_error_t at;
    *a = (nu_array){.name = s->name, .source = s};
    NU_TRY(find_header(a, &length, err));
    char *text NU_FREED = malloc(length + 1);
    NU_NEED(text != NULL, length, "an NPY header", err);
    int error = nu_source_fetch(s, a->at, text, length);
    if (error != 0)
        return nu_fetch_failed(a->name, error, err);
    a->at += length;
    to_json(text, length);
    json_auto_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &at);
    NU_NEED(root != NULL || !nu_json_lacks_memory(&at), length, "an NPY header", err);
    return root != NULL ? take_dictionary(a, root, s->size - a->at, err)
                        : bad_header(a, at.text, err);
}

/* ---- Writing --------------------------------------------------------------------------- */

#define HEADER 128 /* magic number, version and dictionary; elements are then aligned */

/* A file of rows of `shape`, `row` bytes each; version 1.0. */
static nudge_status add_file(nu_array_files *f, const char *path, nu_array_type type,
                             const uint64_t *shape, size_t rank, uint64_t row, nudge_error *err)
{
    char text[HEADER] = "\x93NUMPY\x01\x00\x76\x00", dims[NU_SHAPE_TEXT]; /* 0x76: HEADER - 10 */
    int dims_size = (int)strlen(nu_shape_text(dims, shape, rank)) - 2; /* without its brackets */
    memset(text + 10, ' ', HEADER - 10);
    int n = snprintf(text + 10, HEADER - 10,
                     "{'descr': '%c%s', 'fortran_order': False, 'shape': (%.*s%s), }",
                     nu_array_kinds[type].size > 1 ? '<' : '|', nu_array_kinds[type].npy,
                     dims_size, dims + 1, rank == 1 ? "," : "");
    text[10 + n] = ' ';
    text[HEADER - 1] = '\n';
    return nu_array_files_add(f, path, text, HEADER, HEADER + shape[0] * row, err);
}

/* Whether two files to be made are one: the same name in the same folder. */
static int same_place(const char *a, const char *b)
{
    const char *a_slash = strrchr(a, '/'), *b_slash = strrchr(b, '/');
    if (strcmp(a_slash != NULL ? a_slash + 1 : a, b_slash != NULL ? b_slash + 1 : b) != 0)
        return 0;
    char *x NU_FREED = strdup(a), *y NU_FREED = strdup(b);
    struct stat s, t;
    return x == NULL || y == NULL || /* without memory nothing is written anyway */
           (stat(dirname(x), &s) == 0 && stat(dirname(y), &t) == 0 && s.st_dev == t.st_dev &&
            s.st_ino == t.st_ino);
}

static nudge_status start(nu_array_files *f, const nu_array_layout *l, const char *path,
                          const char *labels, nudge_error *err)
{
    uint64_t shape[3], y_shape[] = {l->rows, l->outputs};
    f->x_at = f->y_at = HEADER;
    if (path != NULL) {
        NU_TRY(add_file(f, path, l->x, shape, nu_layout_shape(shape, l), nu_layout_x_row(l), err));
        f->x = &f->out[0];
    }
    if (labels == NULL)
        return NUDGE_OK;
    NU_TRY(add_file(f, labels, l->y, y_shape, l->outputs > 1 ? 2 : 1, nu_layout_y_row(l), err));
    f->y = &f->out[f->n - 1];
    if (f->x != NULL && same_place(f->out[0].path, f->out[1].path))
        return nu_fail(err, NUDGE_EARGUMENT, "features and targets cannot both go to '%s'", labels);
    return NUDGE_OK;
}

const nu_format nu_npy_format = {
    .name = "npy",
    .ending = {".npy"},
    .by_ending = 1,
    .looks_like = looks_like,
    .open = open_array,
    .takes_labels = 1,
    .start = start,
};
