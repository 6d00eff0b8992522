#include "support/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv_quote.h"
#include "support/say.h"
#include "support/text_table.h"

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
    if (json_object_set_new(object, key, need(value)) != 0)
        need(NULL);
}

void json_add(json_t *list, json_t *value)
{
    if (json_array_append_new(list, need(value)) != 0)
        need(NULL);
}

/* File names and labels may be no UTF-8; JSON must be. Such bytes become '?'. */
static json_t *text_value(const char *text)
{
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

void json_add_text(json_t *list, const char *text)
{
    json_add(list, text_value(text));
}

void json_put_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL)
        json_put(object, key, text_value(text));
}

void json_put_real(json_t *object, const char *key, double value)
{
    if (isfinite(value))
        json_put(object, key, json_real(value));
}

void json_put_whole(json_t *object, const char *key, uint64_t value)
{
    json_put(object, key, json_integer((json_int_t)value));
}

void json_put_flag(json_t *object, const char *key, int value)
{
    json_put(object, key, json_boolean(value));
}

void json_put_hash(json_t *object, const char *key, uint64_t hash)
{
    char text[20];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    json_put_text(object, key, text);
}

static json_t *json_classes(const nudge_metrics *m, const nudge_prep *prep)
{
    json_t *list = json_new_list();
    char name[NU_TEXT];
    for (size_t k = 0; k < m->classes; k++) {
        class_scores s = class_scores_of(m, k);
        json_t *class = json_new();
        json_put_text(class, "label", class_name(name, prep, k));
        json_put_real(class, "precision", s.precision);
        json_put_real(class, "recall", s.recall);
        json_put_whole(class, "rows", s.support);
        json_add(list, class);
    }
    return list;
}

static json_t *json_confusion(const nudge_metrics *m)
{
    json_t *rows = json_new_list();
    for (size_t i = 0; i < m->classes; i++) {
        json_t *row = json_new_list();
        for (size_t k = 0; k < m->classes; k++)
            json_add(row, json_integer((json_int_t)m->confusion[i * m->classes + k]));
        json_add(rows, row);
    }
    return rows;
}

json_t *json_metrics(const nudge_metrics *m, const nudge_prep *prep, int classes)
{
    json_t *object = json_new();
    json_put_whole(object, "rows", m->rows);
    json_put_real(object, "loss", m->loss);
    json_put_real(object, "accuracy", m->accuracy);
    json_put_real(object, "rmse", m->rmse);
    json_put_real(object, "mae", m->mae);
    json_put_real(object, "r2", m->r2);
    if (classes && m->confusion != NULL) {
        json_put(object, "classes", json_classes(m, prep));
        json_put(object, "confusion", json_confusion(m));
    }
    return object;
}

int json_print(json_t *value, int pretty, FILE *stream)
{
    int done = json_dumpf(value, stream, pretty ? JSON_INDENT(2) : 0) == 0;
    json_decref(value);
    return fputc('\n', stream) != EOF && done;
}

/* ---- CSV ------------------------------------------------------------------------------- */

static void put_value(const json_t *value, FILE *out)
{
    if (json_is_string(value))
        nu_csv_quote(out, json_string_value(value));
    else if (json_is_boolean(value))
        fputc(json_is_true(value) ? '1' : '0', out);
    else if (!json_is_null(value))
        json_dumpf(value, out, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
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
    for (int names = (*lines)++ == 0; names >= 0; names--) {
        int n = 0;
        put_cells(row, "", names, &n, out);
        fputc('\n', out);
    }
    json_decref(row);
}
