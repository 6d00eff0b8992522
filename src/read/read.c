#include "read/read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "model/safetensors.h"
#include "read/formats.h"

nudge_read_options nudge_read_defaults(void)
{
    return (nudge_read_options){.header = -1, .dtype = NUDGE_F32, .seed = 1};
}

static nudge_status read_labels(nudge_table *t, const char *path, nudge_error *err)
{
    nu_source s;
    NU_TRY(nu_source_open(&s, path, err));
    const nu_format *format = nu_format_of_file(&s, &nu_idx_format);
    nudge_status status;
    if (format->read_labels != NULL)
        status = format->read_labels(t, &s, err);
    else
        status = nu_fail(err, NUDGE_EDATA, "%s: a %s file; labels are an IDX or NPY file, or "
                         "tensor y beside x in the file of the data", path, format->name);
    nu_source_close(&s);
    return status;
}

static nudge_status fill(nudge_table *t, nu_source *s, const nu_format *format,
                         const nudge_read_options *options, nudge_error *err)
{
    t->noise_floor = NAN;
    t->format = format->name;
    t->source = strdup(s->name);
    if (t->source == NULL)
        return nu_no_memory(err, strlen(s->name), "a name");
    if (options->labels != NULL && !format->takes_labels)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "target", "%s is not an IDX or NPY file, so "
                               "it cannot have its labels in '%s'; a CSV table's target is one of "
                               "its columns", s->name, options->labels);
    int chosen = options->target != NULL || options->ignore != NULL || options->category != NULL;
    if (format != &nu_csv_format && (options->header >= 0 || (chosen && options->like == NULL)))
        return nu_fail(err, NUDGE_EARGUMENT, "%s: %s data has no header and no columns to choose "
                       "by name, as CSV has", s->name, format->name);
    NU_TRY(format->read(t, s, options, err));
    t->read_bytes = nudge_table_describe(t).bytes + (s->bytes != NULL ? s->size : 0);
    if (options->labels != NULL)
        NU_TRY(read_labels(t, options->labels, err));
    return nu_table_finish(t, err);
}

nudge_status nu_read_source(nudge_table **table, nu_source *s, const nu_format *format,
                            const nudge_read_options *options, nudge_error *err)
{
    nudge_table *t;
    NU_NEW(t, calloc, 1, "a table", err);
    nudge_status status = fill(t, s, format, options, err);
    if (status != NUDGE_OK)
        nudge_table_free(t);
    else
        *table = t;
    return status;
}

nudge_status nudge_table_read(nudge_table **table, const char *spec,
                              const nudge_read_options *options, nudge_error *err)
{
    nudge_read_options defaults = nudge_read_defaults();
    if (options == NULL)
        options = &defaults;
    if (table == NULL || spec == NULL || spec[0] == '\0')
        return nu_fail(err, NUDGE_EARGUMENT, "no data was named: a path or synth:NAME,... was "
                       "expected");
    nu_source s = {.name = spec, .fd = -1};
    const nu_format *format = nu_format_of_spec(spec);
    if (format == NULL) {
        NU_TRY(nu_source_open(&s, spec, err));
        format = nu_format_of_file(&s, &nu_csv_format);
    }
    nudge_status status = nu_read_source(table, &s, format, options, err);
    nu_source_close(&s);
    return status;
}

int nudge_file_is_model(const char *path)
{
    nu_source s;
    const nu_format *named, *format;
    if (path == NULL)
        return 0;
    if (!nu_source_open_plain(&s, path))
        return nu_format_of_output(&named, path, NULL) == NUDGE_OK &&
               named == &nu_safetensors_format;
    format = nu_format_of_file(&s, NULL);
    nu_source_close(&s);
    int model = format == &nu_safetensors_format;
    nu_st_file f;
    if (!model || nu_st_open(&f, path, NULL) != NUDGE_OK)
        return model;
    const char *text = nu_st_metadata(&f, "format");
    model = (text != NULL && strcmp(text, "nudge") == 0) || nu_st_find(&f, "x") == NULL;
    nu_st_close(&f);
    return model;
}
