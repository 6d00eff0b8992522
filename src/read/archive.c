#include "read/archive.h"

#include <stdio.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/status.h"
#include "read/foreign.h"
#include "read/format.h"
#include "read/zip.h"

#define NPY_ENDING ".npy"

/* ---- Members --------------------------------------------------------------------------- */

/* "no array 'x'; it holds 'a.npy', 'b.npy', ..." */
static nudge_status no_member(const nu_zip *zip, const char *what, nudge_error *err)
{
    char list[200] = "";
    size_t used = 0, i = 0;
    for (; i < zip->n && i < 4; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s'%.30s'", i > 0 ? ", " : "",
                                 zip->member[i].name);
    return nu_fail(err, NUDGE_EDATA, "%s: no %s; it holds %s%s", zip->source->name, what,
                   i > 0 ? list : "nothing", i < zip->n ? ", ..." : "");
}

/* A member as a source of its own, `name` its name in messages. */
static nudge_status open_member(nu_source *s, const nu_zip *zip, const nu_zip_member *member,
                                const char *name, nudge_error *err)
{
    nu_bytes bytes = {0};
    NU_TRY(nu_zip_extract(&bytes, zip, member, err));
    *s = (nu_source){.name = name, .fd = -1, .bytes = bytes.bytes, .size = bytes.size};
    return NUDGE_OK;
}

/* Where the archive's path ends in "FILE.zip:NAME", or NULL: the path is a file's. */
static const char *end_of_archive(const char *path)
{
    if (access(path, F_OK) == 0)
        return NULL;
    const char *zip = strstr(path, ".zip:"), *npz = strstr(path, ".npz:");
    const char *found = zip != NULL ? zip : npz;
    return found != NULL ? found + 4 : NULL;
}

/* The source becomes the member that is wanted, if there is one. */
static nudge_status take_member(nu_source *s, const char *name, nudge_error *err)
{
    unsigned char head[NU_HEAD];
    size_t size;
    nu_zip zip NU_SCOPED(nu_zip_close) = {0};
    nu_source member;
    char what[80];
    NU_TRY(nu_source_head(s, head, &size, err));
    if (!nu_zip_looks_like(head, size))
        return name == NULL ? NUDGE_OK
                            : nu_fail(err, NUDGE_EDATA, "%s: it is no zip archive", s->name);
    NU_TRY(nu_zip_open(&zip, s, err));
    if (name == NULL && zip.n != 1)
        return NUDGE_OK;
    const nu_zip_member *m = name == NULL ? zip.member : nu_zip_find(&zip, name, NPY_ENDING);
    snprintf(what, sizeof what, "member '%.60s'", name != NULL ? name : "");
    if (m == NULL)
        return no_member(&zip, what, err);
    NU_TRY(open_member(&member, &zip, m, s->name, err));
    nu_source_close(s);
    *s = member;
    return NUDGE_OK;
}

nudge_status nu_archive_open(nu_source *source, const char *path, nudge_error *err)
{
    nu_source s NU_SCOPED(nu_source_close) = {.fd = -1};
    const char *end = end_of_archive(path);
    char *file NU_FREED = strndup(path, end != NULL ? (size_t)(end - path) : strlen(path));
    NU_NEED(file != NULL, strlen(path), "a name", err);
    NU_TRY(nu_source_open(&s, file, err));
    s.name = path;
    NU_TRY(take_member(&s, end != NULL ? end + 1 : NULL, err));
    *source = s;
    s = (nu_source){.fd = -1};
    return NUDGE_OK;
}

/* ---- NPZ ------------------------------------------------------------------------------- */

static nudge_status read_member(nudge_table *t, const nu_zip *zip, const nu_zip_member *member,
                                nudge_status (*read)(nudge_table *, const nu_array *,
                                                     nudge_error *), nudge_error *err)
{
    nu_source s NU_SCOPED(nu_source_close) = {.fd = -1};
    nu_array a;
    char name[NUDGE_ERROR_SIZE];
    snprintf(name, sizeof name, "%.400s: %.60s", zip->source->name, member->name);
    NU_TRY(open_member(&s, zip, member, name, err));
    NU_TRY(nu_npy_format.open(&a, &s, err));
    return read(t, &a, err);
}

static nudge_status read_arrays(nudge_table *t, nu_source *s, const nudge_read_options *options,
                                nudge_error *err)
{
    nu_zip zip NU_SCOPED(nu_zip_close) = {0};
    NU_TRY(nu_zip_open(&zip, s, err));
    NU_TRY(nu_foreign_check_archive(&zip, err));
    const nu_zip_member *x = nu_zip_find(&zip, "x", NPY_ENDING);
    const nu_zip_member *y = nu_zip_find(&zip, "y", NPY_ENDING);
    if (x == NULL)
        return no_member(&zip, "array 'x' (FILE.npz:NAME names one, FILE.zip:NAME a file)", err);
    if (y != NULL && options->labels != NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "%s holds targets, array y; it cannot have others in "
                       "'%s'", s->name, options->labels);
    NU_TRY(read_member(t, &zip, x, nu_array_read_features, err));
    return y != NULL ? read_member(t, &zip, y, nu_array_read_targets, err) : NUDGE_OK;
}

const nu_format nu_npz_format = {
    .name = "npz",
    .looks_like = nu_zip_looks_like,
    .read = read_arrays,
    .takes_labels = 1,
};
