#include "read/file_parts.h"

#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>

#include "core/memory.h"
#include "core/status.h"

static int by_path(const void *a, const void *b)
{
    return strcmp(((const nu_file_part *)a)->path, ((const nu_file_part *)b)->path);
}

static nudge_status take_paths(nu_file_parts *parts, const glob_t *found, nudge_error *err)
{
    NU_NEW(parts->part, calloc, found->gl_pathc, "the names of files", err);
    for (; parts->n < found->gl_pathc; parts->n++)
        NU_NEED((parts->part[parts->n].path = strdup(found->gl_pathv[parts->n])) != NULL,
                strlen(found->gl_pathv[parts->n]), "the name of a file", err);
    qsort(parts->part, parts->n, sizeof *parts->part, by_path); /* the same in any locale */
    return NUDGE_OK;
}

nudge_status nu_file_parts_find(nu_file_parts *parts, const char *spec, nudge_error *err)
{
    struct stat about;
    glob_t found NU_SCOPED(globfree) = {0};
    *parts = (nu_file_parts){.spec = spec};
    if (strpbrk(spec, "*?[") == NULL || lstat(spec, &about) == 0 || strstr(spec, ".zip:") != NULL ||
        strstr(spec, ".npz:") != NULL)
        return NUDGE_OK;
    int failed = glob(spec, GLOB_ERR | GLOB_NOSORT, NULL, &found);
    if (failed == GLOB_NOSPACE)
        return nu_no_memory(err, strlen(spec), "the names of files");
    if (failed != 0)
        return nu_fail(err, NUDGE_EOPEN, failed == GLOB_NOMATCH
                           ? "%s: no file has that name, and none fits it as a pattern"
                           : "%s: a folder of the pattern cannot be read", spec);
    return take_paths(parts, &found, err);
}

void nu_file_parts_free(nu_file_parts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        free(parts->part[i].path);
    free(parts->part);
    *parts = (nu_file_parts){0};
}

void nu_file_parts_place(const nu_file_parts *parts, nudge_error *err)
{
    size_t n = strlen(parts->spec), i = parts->begun, line, digits;
    nudge_error whole = *err;
    if (i == 0 || strncmp(err->text, parts->spec, n) != 0 || err->text[n] != ':' ||
        (digits = strspn(err->text + n + 1, "0123456789")) == 0)
        return;
    line = strtoul(err->text + n + 1, NULL, 10);
    while (i > 1 && parts->part[i - 1].lines_before >= line)
        i--;
    const nu_file_part *part = &parts->part[i - 1];
    snprintf(err->text, sizeof err->text, "%.500s:%zu%s", part->path, line - part->lines_before,
             whole.text + n + 1 + digits);
}

/* Parts that the note names. */
#define NAMED 6

nudge_status nu_file_parts_note(const nu_file_parts *parts, nu_notes *notes, nudge_error *err)
{
    char list[NUDGE_ERROR_SIZE] = "";
    size_t used = 0, rows = 0;
    for (size_t i = 0; i < parts->n; i++) {
        rows += parts->part[i].rows;
        if (i < NAMED)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%.100s (%zu row%s)",
                                     i > 0 ? ", " : "", parts->part[i].path, parts->part[i].rows,
                                     parts->part[i].rows == 1 ? "" : "s");
    }
    return nu_note(notes, parts->spec, NULL, err, "%zu rows of %zu file%s: %s%s", rows, parts->n,
                   parts->n == 1 ? "" : "s", list, parts->n > NAMED ? ", ..." : "");
}
