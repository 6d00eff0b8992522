#include "read/formats.h"

#include <string.h>

#include "core/status.h"
#include "synth/rows.h"

static nudge_status read_synth(nudge_table *t, nu_source *s, const nudge_read_options *options,
                               nudge_error *err)
{
    return nu_synth_read(t, s->name, options->seed, options->threads, options->dtype, err);
}

static const nu_format synth_format = {.name = "synth", .prefix = "synth:", .read = read_synth};

static const nu_format *const formats[] = {
    &synth_format, &nu_npy_format, &nu_safetensors_format, &nu_idx_format, &nu_csv_format,
};

#define FORMATS (sizeof formats / sizeof *formats)

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static int has_ending(const nu_format *f, const char *path)
{
    for (size_t k = 0; k < 2; k++)
        if (f->ending[k] != NULL && ends_with(path, f->ending[k]))
            return 1;
    return 0;
}

const nu_format *nu_format_of_spec(const char *spec)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i]->prefix != NULL &&
            strncmp(spec, formats[i]->prefix, strlen(formats[i]->prefix)) == 0)
            return formats[i];
    return NULL;
}

const nu_format *nu_format_of_file(const nu_source *s, const nu_format *other)
{
    unsigned char head[NU_HEAD];
    size_t size = nu_source_head(s, head);
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i]->looks_like != NULL && formats[i]->looks_like(head, size))
            return formats[i];
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i]->by_ending && has_ending(formats[i], s->name))
            return formats[i];
    return other;
}

nudge_status nu_format_of_output(const nu_format **format, const char *path, nudge_error *err)
{
    int standard = path != NULL && strcmp(path, "-") == 0;
    for (size_t i = 0; path != NULL && i < FORMATS; i++)
        if (standard ? formats[i] == &nu_csv_format : has_ending(formats[i], path)) {
            *format = formats[i];
            return NUDGE_OK;
        }
    return nu_fail(err, NUDGE_EARGUMENT, "the name of the output file, '%s', must end in .csv, "
                   ".csv.gz, .npy or .safetensors", path != NULL ? path : "");
}
