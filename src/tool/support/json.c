#include "support/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "csv_quote.h"
#include "json_dump.h"
#include "support/say.h"
#include "support/text_stream.h"
#include "text.h"

/* ---- Values ---------------------------------------------------------------------------- */

/* jansson takes nothing else as a string. */
int is_utf8(const char *text)
{
    json_t *string = json_string(text);
    json_decref(string);
    return string != NULL;
}

/* File names and labels may be no UTF-8; JSON must be. Such bytes become '?'. */
json_t *json_text(const char *text)
{
    if (text == NULL)
        return NULL;
    json_t *value = json_string(text);
    if (value != NULL)
        return value;
    char *copy = need(strdup(text));
    for (char *c = copy; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    value = need(json_string(copy));
    free(copy);
    return value;
}

json_t *json_number(double value)
{
    return isfinite(value) ? need(json_real(value)) : NULL;
}

json_t *json_whole(uint64_t value)
{
    return need(json_integer((json_int_t)value));
}

json_t *json_hash(uint64_t hash)
{
    return need(json_sprintf("%016" PRIx64, hash));
}

/* ---- Objects and lists ----------------------------------------------------------------- */

json_t *json_new(void)
{
    return need(json_object());
}

json_t *json_new_list(void)
{
    return need(json_array());
}

void json_put(json_t *object, const char *key, json_t *value)
{
    if (value != NULL && json_object_set_new(object, key, value) != 0)
        need(NULL);
}

json_t *json_put_all(json_t *object, const char *key, json_t *value, ...)
{
    va_list more;
    json_put(object, key, value);
    va_start(more, value);
    while ((key = va_arg(more, const char *)) != NULL)
        json_put(object, key, va_arg(more, json_t *));
    va_end(more);
    return object;
}

void json_add(json_t *list, json_t *value)
{
    if (json_array_append_new(list, need(value)) != 0)
        need(NULL);
}

json_t *json_wholes(size_t n, const size_t *values)
{
    json_t *list = json_new_list();
    for (size_t i = 0; i < n; i++)
        json_add(list, json_whole(values[i]));
    return list;
}

json_t *json_reals(size_t n, const double *values)
{
    json_t *list = json_new_list();
    for (size_t i = 0; i < n; i++)
        json_add(list, json_number(values[i]));
    return list;
}

json_t *json_names(const nudge_prep *prep, size_t n,
                   const char *(*name)(const nudge_prep *prep, size_t i))
{
    json_t *list = json_new_list();
    for (size_t i = 0; i < n; i++)
        json_add(list, json_text(name(prep, i)));
    return list;
}

json_t *json_targets(const nudge_prep *prep)
{
    nudge_prep_info p = nudge_prep_describe(prep);
    return json_names(prep, p.classes > 0 ? 1 : p.outputs, nudge_prep_target_name);
}

/* "roc-auc" has the key "roc_auc". */
void json_put_metrics(json_t *object, const double *value, size_t stride)
{
    for (size_t i = 0; i < NUDGE_METRICS; i++) {
        char key[NU_TEXT];
        snprintf(key, sizeof key, "%s", nudge_metric_name((nudge_metric)i));
        for (char *c = key; (c = strchr(c, '-')) != NULL;)
            *c = '_';
        json_put(object, key, json_number(value[i * stride]));
    }
}

void json_put_dialect(json_t *object, const nudge_dialect *d)
{
    if (d == NULL)
        return;
    const char delimiter[] = {d->delimiter, '\0'}, decimal[] = {d->decimal, '\0'};
    const char thousands[] = {d->thousands, '\0'};
    json_put_all(object, "delimiter", json_text(delimiter), "decimal", json_text(decimal),
                 "encoding", json_text(d->encoding[0] != '\0' ? d->encoding : NULL),
                 "thousands", json_text(d->thousands != '\0' ? thousands : NULL),
                 "missing", json_text(d->has_missing ? d->missing : NULL),
                 "skip_rows", json_whole(d->skip_rows),
                 "skip_after_header", json_whole(d->skip_after_header), NULL);
}

json_t *json_interval(const nudge_model_info *m)
{
    return m->interval_coverage > 0
               ? json_of("coverage", json_number(m->interval_coverage), "width",
                         json_reals(m->widths[m->layers], m->interval_width), NULL)
               : NULL;
}

json_t *json_notes(const nudge_note *notes, size_t n)
{
    json_t *list = json_new_list();
    for (size_t i = 0; i < n; i++)
        json_add(list, json_of("source", json_text(notes[i].source), "text",
                               json_text(notes[i].text), "setting", json_text(notes[i].setting),
                               NULL));
    return list;
}

void json_put_embedding(json_t *object, const nudge_model_info *m)
{
    json_put(object, "embed", json_text(nudge_embed_name(m->embed)));
    if (m->embed != NUDGE_EMBED_NONE)
        json_put_all(object, "embed_size", json_whole(m->embed_size), "embed_frequencies",
                     json_whole(m->embed_frequencies), "embed_numbers",
                     json_whole(m->embed_numbers), "embed_outputs",
                     json_whole(m->embed_outputs), NULL);
}

void json_put_loss(json_t *object, const nudge_model_info *m)
{
    nudge_loss_info loss = nudge_loss_describe(m->loss);
    json_put(object, "loss", json_text(loss.name));
    if (loss.parameter != NULL)
        json_put(object, loss.parameter, json_number(m->loss_parameter));
}

int json_print(json_t *value, int pretty, FILE *stream)
{
    char *text = need(nu_json_dump(value, pretty ? JSON_INDENT(2) : 0));
    json_decref(value);
    int done = fprintf(stream, "%s\n", text) >= 0;
    free(text);
    return done;
}

/* ---- CSV ------------------------------------------------------------------------------- */

static void put_value(const json_t *value, FILE *out)
{
    if (json_is_string(value))
        nu_csv_quote(out, json_string_value(value));
    else if (json_is_boolean(value))
        fputc(json_is_true(value) ? '1' : '0', out);
    else if (!json_is_null(value)) {
        char *text = need(nu_json_dump(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)));
        fputs(text, out);
        free(text);
    }
}

/* The cells of a row, or their names: PREFIX_KEY in an object, but PREFIX for "value". */
static void put_cells(json_t *row, const char *prefix, int names, int *n, FILE *out)
{
    const char *key;
    json_t *value;
    json_object_foreach(row, key, value) {
        char name[128];
        snprintf(name, sizeof name, "%s%s%s", prefix, *prefix != '\0' ? "_" : "", key);
        if (json_is_object(value)) {
            put_cells(value, name, names, n, out);
            continue;
        }
        fputs((*n)++ > 0 ? "," : "", out);
        if (names)
            fputs(strcmp(key, "value") == 0 ? prefix : name, out);
        else
            put_value(value, out);
    }
}

void json_csv_line(json_t *row, int *lines, FILE *out)
{
    char *text; /* whole, before a byte of it is written */
    FILE *line = text_begin(&text);
    for (int names = (*lines)++ == 0; names >= 0; names--) {
        int n = 0;
        put_cells(row, "", names, &n, line);
        fputc('\n', line);
    }
    text_end(line);
    fputs(text, out);
    free(text);
    json_decref(row);
}
