#include "model/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/status.h"
#include "json_dump.h"
#include "prep/json_list.h"

#define LONGEST_HEADER 100000000 /* the reference implementation's limit */
#define JSON_MEMORY 64           /* bytes that a byte of JSON can take once it is parsed */

static const struct element_type {
    const char *name;
    unsigned bits;
} element_types[] = {
    {"F64", 64},     {"F32", 32},     {"F16", 16}, {"BF16", 16}, {"F8_E5M2", 8}, {"F8_E4M3", 8},
    {"F8_E8M0", 8},  {"F6_E2M3", 6},  {"F6_E3M2", 6}, {"F4", 4}, {"C64", 64},    {"I64", 64},
    {"I32", 32},     {"I16", 16},     {"I8", 8},   {"U64", 64},  {"U32", 32},    {"U16", 16},
    {"U8", 8},       {"BOOL", 8},
};

/* NULL for a name that is none. */
static const struct element_type *type_of(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof element_types / sizeof *element_types; i++)
        if (strcmp(name, element_types[i].name) == 0)
            return &element_types[i];
    return NULL;
}

/* ---- One tensor's entry ------------------------------------------------------------------ */

static nudge_status bad_tensor(const nu_st_tensor *t, const char *what, nudge_error *err)
{
    return nu_fail(err, NUDGE_EDATA, "tensor '%.80s': %s", t->name, what);
}

/* A non-negative integer and nothing else: no 2.0, no true. */
static int is_size(const json_t *json, uint64_t *value)
{
    if (!json_is_integer(json) || json_integer_value(json) < 0)
        return 0;
    *value = (uint64_t)json_integer_value(json);
    return 1;
}

static nudge_status parse_shape(nu_st_tensor *t, const json_t *json, nudge_error *err)
{
    if (!json_is_array(json))
        return bad_tensor(t, "'shape' must be an array", err);
    t->rank = json_array_size(json);
    t->shape = malloc((t->rank > 0 ? t->rank : 1) * sizeof *t->shape);
    NU_NEED(t->shape != NULL, t->rank * sizeof *t->shape, "a tensor's shape", err);
    t->elements = 1;
    for (size_t i = 0; i < t->rank; i++) {
        if (!is_size(json_array_get(json, i), &t->shape[i]))
            return bad_tensor(t, "'shape' must hold non-negative integers", err);
        if (__builtin_mul_overflow(t->elements, t->shape[i], &t->elements))
            return bad_tensor(t, "the product of 'shape' overflows", err);
    }
    return NUDGE_OK;
}

static nudge_status parse_offsets(nu_st_tensor *t, const json_t *json, unsigned bits,
                                  nudge_error *err)
{
    if (json_array_size(json) != 2 || !is_size(json_array_get(json, 0), &t->begin) ||
        !is_size(json_array_get(json, 1), &t->end) || t->begin > t->end)
        return bad_tensor(t, "'data_offsets' must be two integers, 0 <= begin <= end", err);
    uint64_t needed;
    char shape[NU_SHAPE_TEXT];
    if (__builtin_mul_overflow(t->elements, (uint64_t)bits, &needed) || needed % 8 != 0 ||
        needed / 8 != t->end - t->begin)
        return nu_fail(err, NUDGE_EDATA, "tensor '%.80s': shape %s of %s does not fill the %" PRIu64
                       " bytes of its data_offsets", t->name,
                       nu_shape_text(shape, t->shape, t->rank), t->dtype, t->end - t->begin);
    return NUDGE_OK;
}

/* On failure the caller frees what *t holds by then. */
static nudge_status parse_tensor(nu_st_tensor *t, const char *name, const json_t *json,
                                 nudge_error *err)
{
    NU_NEED((t->name = strdup(name)) != NULL, strlen(name), "a tensor's name", err);
    if (!json_is_object(json) || json_object_size(json) != 3)
        return bad_tensor(t, "it must have 'dtype', 'shape' and 'data_offsets' alone", err);
    const char *dtype = json_string_value(json_object_get(json, "dtype"));
    const struct element_type *type = type_of(dtype);
    if (dtype == NULL)
        return bad_tensor(t, "'dtype' must be a string such as \"F32\"", err);
    if (type == NULL)
        return nu_fail(err, NUDGE_EDATA, "tensor '%.80s': dtype '%.20s' is unknown", t->name,
                       dtype);
    t->dtype = type->name;
    NU_TRY(parse_shape(t, json_object_get(json, "shape"), err));
    return parse_offsets(t, json_object_get(json, "data_offsets"), type->bits, err);
}

/* ---- The header -------------------------------------------------------------------------- */

static int by_offset(const void *a, const void *b)
{
    const nu_st_tensor *s = a, *t = b;
    if (s->begin != t->begin)
        return s->begin < t->begin ? -1 : 1;
    return s->end == t->end ? 0 : s->end < t->end ? -1 : 1;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const nu_st_tensor *)a)->name, ((const nu_st_tensor *)b)->name);
}

/* The tensors must cover the data exactly, each byte once. */
static nudge_status check_cover(nu_st_file *f, uint64_t data_size, nudge_error *err)
{
    uint64_t at = 0;
    qsort(f->tensors, f->n_tensors, sizeof *f->tensors, by_offset);
    for (size_t i = 0; i < f->n_tensors; i++) {
        const nu_st_tensor *t = &f->tensors[i];
        if (t->begin != at)
            return nu_fail(err, NUDGE_EDATA,
                           "tensor '%.80s' begins at byte %" PRIu64 " of the data, %s %" PRIu64,
                           t->name, t->begin,
                           t->begin < at ? "inside the one before it, which ends at"
                                         : "after a hole from",
                           at);
        at = t->end;
    }
    if (at != data_size)
        return nu_fail(err, NUDGE_EDATA, "the header describes %" PRIu64 " bytes of data; the file "
                       "has %" PRIu64, at, data_size);
    qsort(f->tensors, f->n_tensors, sizeof *f->tensors, by_name);
    return NUDGE_OK;
}

static nudge_status take_metadata(nu_st_file *f, json_t *json, nudge_error *err)
{
    const char *key;
    json_t *value;
    if (!json_is_object(json))
        return nu_fail(err, NUDGE_EDATA, "__metadata__ must be an object");
    json_object_foreach(json, key, value)
        if (!json_is_string(value))
            return nu_fail(err, NUDGE_EDATA, "__metadata__ '%.80s' must be a string", key);
    f->metadata = json_incref(json);
    return NUDGE_OK;
}

static nudge_status take_header(nu_st_file *f, json_t *root, uint64_t data_size, nudge_error *err)
{
    if (!json_is_object(root))
        return nu_fail(err, NUDGE_EDATA, "the header must be a JSON object");
    size_t entries = json_object_size(root);
    NU_NEW(f->tensors, calloc, entries > 0 ? entries : 1, "the list of tensors", err);
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) {
        if (strcmp(key, "__metadata__") == 0)
            NU_TRY(take_metadata(f, value, err));
        else
            NU_TRY(parse_tensor(&f->tensors[f->n_tensors++], key, value, err));
    }
    return check_cover(f, data_size, err);
}

/* ---- The file ---------------------------------------------------------------------------- */

static nudge_status read_at(const nu_st_file *f, uint64_t offset, void *out, size_t size,
                            nudge_error *err)
{
    int error = nu_read_at(f->fd, offset, out, size);
    if (error < 0)
        return nu_fail(err, NUDGE_EDATA, "became shorter while it was read");
    return error == 0 ? NUDGE_OK : nu_fail(err, NUDGE_EIO, "cannot read: %s", strerror(error));
}

/* *size is the file's. */
static nudge_status open_file(nu_st_file *f, const char *path, uint64_t *size, nudge_error *err)
{
    f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* O_NONBLOCK: a FIFO is refused */
    if (f->fd < 0)
        return nu_fail(err, NUDGE_EOPEN, "cannot open: %s", strerror(errno));
    struct stat about;
    if (fstat(f->fd, &about) != 0)
        return nu_fail(err, NUDGE_EIO, "cannot stat: %s", strerror(errno));
    if (!S_ISREG(about.st_mode))
        return nu_fail(err, NUDGE_EOPEN, "%s; a safetensors file is needed",
                       S_ISDIR(about.st_mode) ? "is a directory" : "is no regular file");
    *size = (uint64_t)about.st_size;
    return NUDGE_OK;
}

/* The header's length, checked against the file's. */
static nudge_status read_length(nu_st_file *f, uint64_t size, uint64_t *length, nudge_error *err)
{
    unsigned char bytes[8];
    if (size < sizeof bytes)
        return nu_fail(err, NUDGE_EDATA, "is no safetensors file: it has %" PRIu64
                       " bytes; the length of the header alone takes 8", size);
    NU_TRY(read_at(f, 0, bytes, sizeof bytes, err));
    *length = 0;
    for (size_t i = sizeof bytes; i-- > 0;)
        *length = *length << 8 | bytes[i];
    if (*length > size - sizeof bytes)
        return nu_fail(err, NUDGE_EDATA, "is no safetensors file, or cut short: its header would "
                       "have %" PRIu64 " bytes; the file has %" PRIu64, *length, size);
    if (*length > LONGEST_HEADER)
        return nu_fail(err, NUDGE_EDATA, "a header of %" PRIu64 " bytes; at most %d are allowed",
                       *length, LONGEST_HEADER);
    return NUDGE_OK;
}

static nudge_status read_header(nu_st_file *f, const char *path, nudge_error *err)
{
    uint64_t size = 0, length = 0;
    json_error_t at;
    NU_TRY(open_file(f, path, &size, err));
    NU_TRY(read_length(f, size, &length, err));
    NU_TRY(nu_memory_check(length * JSON_MEMORY, "a safetensors header", err));
    char *text NU_FREED = malloc(length + 1);
    NU_NEED(text != NULL, length, "a safetensors header", err);
    f->data_at = 8 + length;
    NU_TRY(read_at(f, 8, text, length, err));
    if (length == 0 || text[0] != '{')
        return nu_fail(err, NUDGE_EDATA, "is no safetensors file: its header must begin with {");
    json_auto_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &at);
    if (root == NULL)
        return nu_json_lacks_memory(&at)
                   ? nu_no_memory(err, length, "a safetensors header")
                   : nu_fail(err, NUDGE_EDATA, "the header is no valid JSON: %s at byte %d",
                             at.text, at.position);
    return take_header(f, root, size - f->data_at, err);
}

nudge_status nu_st_open(nu_st_file *file, const char *path, nudge_error *err)
{
    nu_st_file f NU_SCOPED(nu_st_close) = {.fd = -1};
    NU_TRY(read_header(&f, path, err));
    *file = f;
    f = (nu_st_file){.fd = -1};
    return NUDGE_OK;
}

void nu_st_close(nu_st_file *file)
{
    for (size_t i = 0; i < file->n_tensors; i++) {
        free(file->tensors[i].name);
        free(file->tensors[i].shape);
    }
    free(file->tensors);
    json_decref(file->metadata);
    if (file->fd >= 0)
        close(file->fd); /* it was only read */
    *file = (nu_st_file){.fd = -1};
}

nudge_status nu_st_use(const char *path, nudge_status (*take)(void *to, const nu_st_file *file,
                                                              nudge_error *err),
                       void *to, nudge_error *err)
{
    nu_st_file file NU_SCOPED(nu_st_close) = {.fd = -1};
    nudge_error inner;
    nudge_status status = nu_st_open(&file, path, &inner);
    if (status == NUDGE_OK)
        status = take(to, &file, &inner);
    return status == NUDGE_OK ? status : nu_fail(err, status, "%s: %s", path, inner.text);
}

const nu_st_tensor *nu_st_find(const nu_st_file *file, const char *name)
{
    const nu_st_tensor key = {.name = (char *)name};
    return file->n_tensors > 0 ? bsearch(&key, file->tensors, file->n_tensors, sizeof key, by_name)
                               : NULL;
}

const char *nu_st_metadata(const nu_st_file *file, const char *key)
{
    return json_string_value(json_object_get(file->metadata, key));
}

nudge_status nu_st_read(const nu_st_file *file, const nu_st_tensor *tensor, uint64_t from,
                        size_t size, void *out, nudge_error *err)
{
    return read_at(file, file->data_at + tensor->begin + from, out, size, err);
}

/* ---- Writing ----------------------------------------------------------------------------- */

static json_t *size_item(const void *sizes, size_t i)
{
    return json_integer((json_int_t)((const uint64_t *)sizes)[i]);
}

static json_t *tensor_entry(const nu_st_tensor *t, uint64_t *at)
{
    uint64_t bits = type_of(t->dtype)->bits, begin = *at;
    for (size_t i = 0; i < t->rank; i++)
        bits *= t->shape[i];
    *at += bits / 8;
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", t->dtype, "shape",
                     nu_json_list(t->rank, size_item, t->shape), "data_offsets", (json_int_t)begin,
                     (json_int_t)*at);
}

char *nu_st_header(const nu_st_tensor *tensors, size_t n, json_t *metadata, size_t *size)
{
    json_auto_t *root = json_object();
    uint64_t at = 0;
    int failed = metadata != NULL && json_object_set(root, "__metadata__", metadata) != 0;
    for (size_t i = 0; i < n && !failed; i++)
        failed = json_object_set_new(root, tensors[i].name, tensor_entry(&tensors[i], &at)) != 0;
    char *text NU_FREED = failed ? NULL : nu_json_dump(root, JSON_COMPACT);
    if (text == NULL)
        return NULL;
    size_t used = strlen(text), length = (used + 7) / 8 * 8; /* the data begin aligned */
    char *bytes = malloc(8 + length);
    if (bytes == NULL)
        return NULL;
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (char)(length >> 8 * i & 0xff);
    memcpy(bytes + 8, text, used);
    memset(bytes + 8 + used, ' ', length - used);
    *size = 8 + length;
    return bytes;
}
