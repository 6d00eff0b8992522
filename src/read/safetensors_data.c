/* Data in safetensors files: tensor x [rows, features] and, where there are targets, y. */
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/status.h"
#include "read/array.h"
#include "model/safetensors.h"

/* The length of the header (far below 2^40), then the header. No text, IDX or NPY file looks so. */
int nu_st_looks_like(const unsigned char *bytes, size_t size)
{
    return size >= 9 && bytes[5] == 0 && bytes[6] == 0 && bytes[7] == 0 && bytes[8] == '{';
}

/* ---- Tensors --------------------------------------------------------------------------- */

/* "no tensor 'x'" and the names of the first few that there are. */
static nudge_status no_features(const nu_st_file *f, const char *path, nudge_error *err)
{
    char list[200] = "";
    size_t used = 0, i = 0;
    for (; i < f->n_tensors && i < 4; i++) {
        int n = snprintf(list + used, sizeof list - used, "%s'%.30s'", i > 0 ? ", " : "",
                         f->tensors[i].name);
        used += (size_t)n;
    }
    return nu_fail(err, NUDGE_EDATA, "%s: no tensor 'x'; data are x [rows, features] and y [rows] "
                   "or [rows, outputs]%s%s%s", path, i > 0 ? "; it holds " : "", list,
                   i < f->n_tensors ? ", ..." : "");
}

static int take_type(nu_array_type *type, const char *dtype, const char *const *names,
                     const nu_array_type *types, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(dtype, names[i]) == 0) {
            *type = types[i];
            return 1;
        }
    return 0;
}

static nudge_status open_tensor(nu_array *a, const nu_st_file *f, const nu_st_tensor *t,
                                const char *name, int is_target, nudge_error *err)
{
    static const char *const names[] = {"F32", "F64", "U8", "I32", "I64"};
    static const nu_array_type types[] = {NU_A_F32, NU_A_F64, NU_A_U8, NU_A_I32, NU_A_I64};
    *a = (nu_array){.name = name, .fd = f->fd, .at = f->data_at + t->begin};
    if (!take_type(&a->type, t->dtype, names, types, is_target ? 5 : 3))
        return nu_fail(err, NUDGE_EDATA, "%s is of type %s; %s", name, t->dtype,
                       is_target ? "F32 and F64 are values, I32, I64 and U8 classes"
                                 : "F32, F64 and U8 are right");
    return nu_array_shape(a, t->shape, t->rank, t->end - t->begin, err);
}

/* ---- What nudge's own files say about themselves --------------------------------------- */

static nudge_status take_target_name(nudge_table *t, const nu_st_file *f, nudge_error *err)
{
    const char *name = nu_st_metadata(f, "target");
    if (name == NULL || name[0] == '\0')
        return NUDGE_OK;
    t->target_name = strdup(name);
    return t->target_name != NULL ? NUDGE_OK : nu_no_memory(err, strlen(name), "a name");
}

/* More classes than the rows have: the last ones happen to be absent. */
static nudge_status take_class_count(nudge_table *t, const nu_st_file *f, const char *path,
                                     nudge_error *err)
{
    const char *text = nu_st_metadata(f, "classes");
    if (text == NULL)
        return NUDGE_OK;
    char *end;
    unsigned long long n = text[0] >= '0' && text[0] <= '9' ? strtoull(text, &end, 10) : 0;
    if (n < t->n_classes || n > NU_MOST_CLASSES || *end != '\0')
        return nu_fail(err, NUDGE_EDATA, "%s: __metadata__ says '%.20s' classes; with its labels a "
                       "number from %zu to %d is right", path, text, t->n_classes,
                       NU_MOST_CLASSES);
    t->n_classes = (size_t)n;
    return NUDGE_OK;
}

/* ---- The file -------------------------------------------------------------------------- */

static nudge_status read_y(nudge_table *t, const nu_st_file *f, const nu_st_tensor *y,
                           const char *path, const char *name, const char *x_name,
                           nudge_error *err)
{
    nu_array a;
    NU_TRY(open_tensor(&a, f, y, name, 1, err));
    NU_TRY(take_target_name(t, f, err));
    NU_TRY(nu_array_read_targets(t, &a, x_name, err));
    if (t->classes == NULL)
        return NUDGE_OK;
    NU_TRY(take_class_count(t, f, path, err));
    return nu_table_number_classes(t, err);
}

static nudge_status read_tensors(nudge_table *t, const nu_st_file *f, const char *path,
                                 const char *names[2], const nudge_read_options *options,
                                 nudge_error *err)
{
    const char *format = nu_st_metadata(f, "format");
    if (format != NULL && strcmp(format, "nudge") == 0)
        return nu_fail(err, NUDGE_EDATA, "%s: it is a model; data are a CSV, IDX, NPY or "
                       "safetensors file with tensors x and y, or synth:NAME,...", path);
    const nu_st_tensor *x = nu_st_find(f, "x"), *y = nu_st_find(f, "y");
    if (x == NULL)
        return no_features(f, path, err);
    if (y != NULL && options->labels != NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "%s holds targets, tensor y; it cannot have others in "
                       "'%s'", path, options->labels);
    nu_array a;
    NU_TRY(open_tensor(&a, f, x, names[0], 0, err));
    NU_TRY(nu_array_read_features(t, &a, err));
    if (y != NULL)
        return read_y(t, f, y, path, names[1], names[0], err);
    return options->labels != NULL ? nu_labels_read(t, options->labels, path, err) : NUDGE_OK;
}

static nudge_status read_table(nudge_table *t, const char *path,
                               const nudge_read_options *options, nudge_error *err)
{
    nu_st_file f;
    nudge_error inner;
    nudge_status status = nu_st_open(&f, path, &inner);
    if (status != NUDGE_OK)
        return nu_fail(err, status, "%s: %s", path, inner.text);
    size_t size = strlen(path) + 16;
    char *x = malloc(size), *y = malloc(size);
    t->source = strdup(path);
    if (x == NULL || y == NULL || t->source == NULL) {
        status = nu_no_memory(err, 3 * size, "names");
    } else {
        const char *names[2] = {x, y};
        snprintf(x, size, "%s: tensor x", path);
        snprintf(y, size, "%s: tensor y", path);
        status = read_tensors(t, &f, path, names, options, err);
    }
    free(x);
    free(y);
    nu_st_close(&f);
    return status;
}

nudge_status nu_st_data_read(nudge_table **table, const char *path,
                             const nudge_read_options *options, nudge_error *err)
{
    nudge_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return nu_no_memory(err, sizeof *t, "a table");
    t->format = "safetensors";
    t->noise_floor = NAN;
    nudge_status status = read_table(t, path, options, err);
    if (status != NUDGE_OK) {
        nudge_table_free(t);
        return status;
    }
    *table = t;
    return NUDGE_OK;
}

/* ---- Which kind of file ---------------------------------------------------------------- */

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

int nu_is_npy_path(const char *path)
{
    return ends_with(path, ".npy");
}

int nu_is_st_path(const char *path)
{
    return ends_with(path, ".safetensors");
}

/* An open regular file's first bytes: -1 if it is none, and is for others to open or refuse. */
static int open_regular(const char *path, unsigned char head[9], size_t *got, uint64_t *size)
{
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -1;
    ssize_t n = fstat(fd, &about) == 0 && S_ISREG(about.st_mode) ? pread(fd, head, 9, 0) : -1;
    if (n < 0) {
        close(fd);
        return -1;
    }
    *got = (size_t)n;
    *size = (uint64_t)about.st_size;
    return fd;
}

static int is_gzip(const unsigned char *head, size_t got)
{
    return got >= 2 && head[0] == 0x1f && head[1] == 0x8b;
}

nudge_status nu_array_file_read(nudge_table **table, const char *path,
                                const nudge_read_options *options, int *done, nudge_error *err)
{
    unsigned char head[9];
    size_t got;
    uint64_t size;
    int fd = open_regular(path, head, &got, &size);
    *done = 0;
    if (fd < 0)
        return NUDGE_OK;
    nudge_status status = NUDGE_OK;
    int plain = !is_gzip(head, got);
    if (nu_npy_looks_like(head, got) || (plain && nu_is_npy_path(path))) {
        *done = 1;
        status = nu_npy_read(table, path, fd, NULL, size, options, err);
    } else if (nu_st_looks_like(head, got) || nu_is_st_path(path)) {
        *done = 1;
        status = nu_st_data_read(table, path, options, err);
    }
    close(fd);
    return status;
}

int nudge_file_is_model(const char *path)
{
    unsigned char head[9];
    size_t got;
    uint64_t size;
    int fd = path != NULL ? open_regular(path, head, &got, &size) : -1;
    if (fd < 0)
        return path != NULL && nu_is_st_path(path);
    close(fd);
    if (!nu_st_looks_like(head, got) && !nu_is_st_path(path))
        return 0;
    nu_st_file f;
    if (nu_st_open(&f, path, NULL) != NUDGE_OK)
        return 1;
    const char *format = nu_st_metadata(&f, "format");
    int model = (format != NULL && strcmp(format, "nudge") == 0) || nu_st_find(&f, "x") == NULL;
    nu_st_close(&f);
    return model;
}
