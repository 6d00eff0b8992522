/* Models as programs: one table of languages. */
#include <locale.h>
#include <string.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/status.h"
#include "export/writer.h"

static const nu_language *const languages[] = {
    [NUDGE_LANGUAGE_C] = &nu_language_c,
    [NUDGE_LANGUAGE_JS] = &nu_language_js,
    [NUDGE_LANGUAGE_PYTHON] = &nu_language_python,
    [NUDGE_LANGUAGE_JSON] = &nu_language_json,
    [NUDGE_LANGUAGE_C_HEADER] = &nu_language_c_header,
    [NUDGE_LANGUAGE_HTML] = &nu_language_html,
    [NUDGE_LANGUAGE_ONNX] = &nu_language_onnx,
};
#define LANGUAGES (sizeof languages / sizeof *languages)

nudge_language nudge_language_of(const char *path)
{
    const char *name = strrchr(path, '/'), *end = strrchr(name != NULL ? name : path, '.');
    for (size_t i = 1; end != NULL && i < LANGUAGES; i++) {
        const char *at = strstr(languages[i]->endings, end);
        if (at != NULL && at[strlen(end)] == ' ')
            return (nudge_language)i;
    }
    return NUDGE_LANGUAGE_AUTO;
}

nudge_export_options nudge_export_defaults(void)
{
    return (nudge_export_options){.size = sizeof(nudge_export_options)};
}

/* ---- Writing ---------------------------------------------------------------------------- */

static nudge_status check(nudge_export_options *o, const char *path, nudge_error *err)
{
    if (nudge_language_name(o->language) == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "language %d does not exist", (int)o->language);
    if (o->language == NUDGE_LANGUAGE_AUTO)
        o->language = nudge_language_of(path);
    if (o->language == NUDGE_LANGUAGE_AUTO)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "language", "'%s' does not say in which "
                               "language: names that end in .c, .h, .js, .mjs, .cjs, .py, .json, "
                               ".html or .onnx do", path);
    if (o->language != NUDGE_LANGUAGE_C && o->dtype != NULL)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "dtype", "that is for C, and '%s' will be %s",
                               path, nudge_language_name(o->language));
    if (o->language != NUDGE_LANGUAGE_ONNX && o->raw)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "raw", "that is for onnx, and '%s' will be %s",
                               path, nudge_language_name(o->language));
    return NUDGE_OK;
}

/* In the C locale, which is this thread's alone: printf's decimal point. */
static nudge_status write_file(nu_writer *w, const nu_language *language, const char *path,
                               nudge_error *err)
{
    nu_output out NU_SCOPED(nu_atomic_abandon) = {0};
    NU_TRY(nu_output_open(&out, path, err));
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    NU_NEED(c != (locale_t)0, 1024, "the C locale", err);
    locale_t before = uselocale(c);
    w->stream = out.stream;
    nudge_status status = language->write(w, err);
    uselocale(before);
    freelocale(c);
    NU_TRY(status);
    return nu_output_commit(&out, err);
}

nudge_status nudge_model_export(const nudge_model *model, const char *path,
                                const nudge_export_options *options, nudge_error *err)
{
    nudge_export_options o = nudge_export_defaults();
    nu_exported exported NU_SCOPED(nu_exported_end) = {0};
    NU_TRY(nu_take_options(&o, options, err));
    NU_TRY(check(&o, path, err));
    NU_TRY(nu_exported_start(&exported, model, err));
    size_t size = strlen(path);
    nu_writer w = {.e = &exported,
                   .dtype = o.dtype != NULL ? *o.dtype : model->dtype,
                   .is_raw = o.raw,
                   .is_module = size > 4 && strcmp(path + size - 4, ".mjs") == 0};
    return write_file(&w, languages[o.language], path, err);
}
