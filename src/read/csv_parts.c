#include "read/csv_parts.h"

#include "core/memory.h"
#include "core/status.h"
#include "read/archive.h"
#include "read/csv_encoding.h"
#include "read/file_parts.h"
#include "table/dictionary.h"

static int same_names(const nu_csv_first *a, const nu_csv_first *b)
{
    size_t j = 0;
    while (j < a->n && j < b->n && strcmp(a->cells[j], b->cells[j]) == 0)
        j++;
    return j == a->n && j == b->n;
}

/* Columns are found by their names where their order is another one. */
static nudge_status find_order(nu_csv_part *part, const nu_csv_first *own, const char *path,
                               const nu_csv_first *first, const char *first_path,
                               nudge_error *err)
{
    nu_dictionary names NU_SCOPED(nu_dictionary_free) = {0};
    char name[NU_SHORT];
    size_t *has NU_FREED = NULL;
    NU_NEW(part->order, calloc, own->n, "columns", err);
    NU_NEW(has, calloc, first->n, "columns", err);
    for (size_t j = 0; j < first->n; j++)
        if (nu_dictionary_add(&names, first->cells[j], strlen(first->cells[j])) == NU_NOT_FOUND)
            return nu_no_memory(err, first->n, "columns");
    for (size_t j = 0; j < own->n; j++) {
        const char *text = own->cells[j];
        size_t at = nu_dictionary_find(&names, text, strlen(text));
        if (at == NU_NOT_FOUND || has[at]++ > 0 || names.n < first->n)
            return nu_fail(err, NUDGE_EDATA, "%s:%zu: column %zu, '%s', is %s of '%s'; the parts "
                           "of a dataset must have the same columns", path, own->line, j + 1,
                           nu_csv_short(name, text),
                           at == NU_NOT_FOUND ? "none" : "not at the place",
                           first_path);
        part->order[j] = at;
    }
    for (size_t j = 0; j < first->n; j++)
        if (has[j] == 0)
            return nu_fail(err, NUDGE_EDATA, "%s:%zu: it has no column '%s', as '%s' has; the "
                           "parts of a dataset must have the same columns", path, own->line,
                           nu_csv_short(name, first->cells[j]), first_path);
    return NUDGE_OK;
}

nudge_status nu_csv_part_open(nu_csv_part *part, nu_source *s, size_t i, size_t last,
                              const nu_csv_layout *layout, const nu_csv_first *first,
                              const nudge_read_options *options, nudge_error *err)
{
    nu_file_parts *parts = s->parts;
    nu_csv_layout *l = &part->layout;
    nu_csv_first own NU_SCOPED(nu_csv_first_free) = {0};
    nu_notes as_the_first NU_SCOPED(nu_notes_free) = {0};
    nudge_read_options said = *options;
    *part = (nu_csv_part){.layout = {.source = parts->part[i].path, .dialect = layout->dialect,
                                     .how = layout->how}};
    said.like = NULL;
    said.header = first->header;
    said.delimiter = layout->dialect.delimiter;
    said.skip_rows = layout->dialect.skip_rows;
    said.skip_after_header = layout->dialect.skip_after_header;
    nu_source_close(s);
    NU_TRY(nu_archive_open(s, l->source, err));
    s->parts = parts;
    NU_TRY(nu_source_load(s, err));
    parts->largest = s->size > parts->largest ? (size_t)s->size : parts->largest;
    NU_TRY(nu_csv_decode(s, &l->bytes, &l->size, l->dialect.encoding, options->encoding == NULL,
                         err));
    NU_TRY(nu_csv_find_layout(l, &said, &as_the_first, err));
    NU_TRY(nu_csv_look(&own, l, &said, &as_the_first, err));
    if (first->header && !same_names(&own, first))
        NU_TRY(find_order(part, &own, l->source, first, parts->part[0].path, err));
    part->header_line = own.skip > 0 ? own.skip + last : 0;
    l->source = layout->source;
    l->line += last;
    return NUDGE_OK;
}

void nu_csv_part_end(nu_csv_part *part)
{
    free(part->order);
    *part = (nu_csv_part){0};
}
