/* Data in safetensors files: tensor x [rows, features] and, where there are targets, y. */
#include <inttypes.h>
#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "model/safetensors.h"
#include "read/array_map.h"
#include "read/stored_table.h"
#include "whole.h"

/* The length of the header (far below 2^40), then the header. No text, IDX or NPY file looks so. */
static int looks_like(const unsigned char *head, size_t size)
{
    return size >= 9 && head[5] == 0 && head[6] == 0 && head[7] == 0 && head[8] == '{';
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

/* An open file. */
typedef struct tensors {
    const nu_st_file *file;
    nu_source source;
    char name[NUDGE_ERROR_SIZE]; /* what the tensor being read is called in messages */
} tensors;

static nudge_status open_tensor(nu_array *a, tensors *in, const nu_st_tensor *t, nudge_error *err)
{
    snprintf(in->name, sizeof in->name, "%.900s: tensor %s", in->source.name, t->name);
    *a = (nu_array){.name = in->name, .source = &in->source, .at = in->file->data_at + t->begin};
    while (a->type < NU_A_TYPES && strcmp(t->dtype, nu_array_kinds[a->type].tensor) != 0)
        a->type++;
    if (a->type == NU_A_TYPES)
        return nu_fail(err, NUDGE_EDATA, "%s is of type %s; F16, BF16, F32, F64, BOOL and whole "
                       "numbers are right", a->name, t->dtype);
    return nu_array_shape(a, t->shape, t->rank, t->end - t->begin, err);
}

/* What nudge's own files say of their targets: the name, and the number of classes, which is more
 * than the rows have where the last ones happen to be absent. */
static nudge_status take_metadata(nudge_table *t, const nu_st_file *f, nudge_error *err)
{
    const char *name = nu_st_metadata(f, "target"), *classes = nu_st_metadata(f, "classes");
    uint64_t n;
    if (name != NULL && name[0] != '\0') {
        free(t->target_name);
        NU_NEED((t->target_name = strdup(name)) != NULL, strlen(name), "a name", err);
    }
    if (t->classes == NULL || classes == NULL)
        return NUDGE_OK;
    if (!nu_parse_whole(classes, t->n_classes, NU_MOST_CLASSES, &n))
        return nu_fail(err, NUDGE_EDATA, "%s: __metadata__ says '%.20s' classes; with its labels a "
                       "number from %zu to %d is right", t->source, classes, t->n_classes,
                       NU_MOST_CLASSES);
    t->n_classes = (size_t)n;
    return NUDGE_OK;
}

static nudge_status read_tensors(nudge_table *t, tensors *in, const nudge_read_options *options,
                                 nudge_error *err)
{
    const nu_st_file *f = in->file;
    const char *format = nu_st_metadata(f, "format");
    if (format != NULL && strcmp(format, "nudge") == 0)
        return nu_fail(err, NUDGE_EDATA, "%s: it is a model; data are a CSV, IDX, NPY or "
                       "safetensors file with tensors x and y, or synth:NAME,...", t->source);
    if (format != NULL && strcmp(format, NU_STORED_FORMAT) == 0)
        return nu_stored_read(t, f, options, err);
    const nu_st_tensor *x = nu_st_find(f, "x"), *y = nu_st_find(f, "y");
    if (x == NULL)
        return no_features(f, t->source, err);
    if (y != NULL && options->labels != NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "%s holds targets, tensor y; it cannot have others in "
                       "'%s'", t->source, options->labels);
    nu_array a;
    NU_TRY(open_tensor(&a, in, x, err));
    NU_TRY(nu_array_take_features(t, &a, options->stream, err));
    if (y == NULL)
        return NUDGE_OK;
    NU_TRY(open_tensor(&a, in, y, err));
    int numbered = nu_st_metadata(f, "classes") != NULL && nu_array_kinds[a.type].whole;
    NU_TRY((numbered ? nu_array_read_classes : nu_array_read_targets)(t, &a, err));
    return take_metadata(t, f, err);
}

static nudge_status read_table(nudge_table *t, nu_source *s, const nudge_read_options *options,
                               nudge_error *err)
{
    nu_st_file file NU_SCOPED(nu_st_close) = {.fd = -1};
    nudge_error inner;
    if (s->fd < 0)
        return nu_fail(err, NUDGE_EDATA, "%s: a safetensors file that is compressed, or a pipe; "
                       "it must be a plain file", s->name);
    nudge_status status = nu_st_open(&file, s->name, &inner);
    if (status != NUDGE_OK)
        return nu_fail(err, status, "%s: %s", s->name, inner.text);
    tensors in = {.file = &file, .source = {.name = s->name, .fd = file.fd}};
    return read_tensors(t, &in, options, err);
}

/* ---- Writing --------------------------------------------------------------------------- */

static nudge_status start(nu_array_files *f, const nu_array_layout *l, const char *path,
                          const char *labels, nudge_error *err)
{
    (void)labels;
    char x[] = "x", y[] = "y", classes[24];
    uint64_t x_shape[3], y_shape[] = {l->rows, l->outputs};
    size_t size = 0;
    nu_st_tensor both[] = {
        {.name = x, .dtype = nu_array_kinds[l->x].tensor, .rank = nu_layout_shape(x_shape, l),
         .shape = x_shape},
        {.name = y, .dtype = nu_array_kinds[l->y].tensor, .rank = l->outputs > 1 ? 2 : 1,
         .shape = y_shape},
    };
    snprintf(classes, sizeof classes, "%" PRIu64, l->classes);
    size_t texts = 2u + (l->outputs > 0 && l->target != NULL) + (l->classes > 0);
    json_auto_t *metadata = /* what the tensors do not say */
        json_pack("{s:s, s:s*, s:s*, s:s*}", "format", "nudge-data", "target",
                  l->outputs > 0 ? l->target : NULL, "classes", l->classes > 0 ? classes : NULL,
                  "origin", l->origin);
    char *header NU_FREED = NULL;
    if (json_object_size(metadata) == texts)
        header = nu_st_header(both, l->outputs > 0 ? 2 : 1, metadata, &size);
    NU_NEED(header != NULL, 4096, "a safetensors header", err);
    f->x_at = size;
    f->y_at = size + l->rows * nu_layout_x_row(l);
    f->x = &f->out[0];
    f->y = l->outputs > 0 ? &f->out[0] : NULL;
    return nu_array_files_add(f, path, header, size, f->y_at + l->rows * nu_layout_y_row(l), err);
}

const nu_format nu_safetensors_format = {
    .name = "safetensors",
    .ending = {".safetensors"},
    .by_ending = 1,
    .looks_like = looks_like,
    .read = read_table,
    .takes_labels = 1,
    .has_columns = 1,
    .start = start,
};
