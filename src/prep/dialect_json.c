#include "prep/dialect_json.h"

#include <stdio.h>
#include <string.h>

#include "core/status.h"

json_t *nu_dialect_to_json(const nudge_dialect *d)
{
    json_t *json = json_object();
    const char delimiter[] = {d->delimiter, '\0'}, decimal[] = {d->decimal, '\0'};
    const char thousands[] = {d->thousands, '\0'};
    int bad = json == NULL;
    if (d->delimiter != ',')
        bad |= json_object_set_new(json, "delimiter", json_string(delimiter));
    if (d->decimal != '.')
        bad |= json_object_set_new(json, "decimal", json_string(decimal));
    if (d->encoding[0] != '\0')
        bad |= json_object_set_new(json, "encoding", json_string(d->encoding));
    if (d->thousands != '\0')
        bad |= json_object_set_new(json, "thousands", json_string(thousands));
    if (d->has_missing)
        bad |= json_object_set_new(json, "missing", json_string(d->missing));
    if (d->skip_rows > 0)
        bad |= json_object_set_new(json, "skip_rows", json_integer((json_int_t)d->skip_rows));
    if (d->skip_after_header > 0)
        bad |= json_object_set_new(json, "skip_after_header",
                                   json_integer((json_int_t)d->skip_after_header));
    if (!bad)
        return json;
    json_decref(json);
    return NULL;
}

nudge_status nu_dialect_from_json(nudge_dialect *d, json_t *json, nudge_error *err)
{
    const char *delimiter = ",", *decimal = ".", *encoding = "", *thousands = "", *missing = NULL;
    json_int_t rows = 0, after = 0;
    json_error_t at;
    if (json != NULL &&
        json_unpack_ex(json, &at, JSON_STRICT, "{s?s, s?s, s?s, s?s, s?s, s?I, s?I}", "delimiter",
                       &delimiter, "decimal", &decimal, "encoding", &encoding, "thousands",
                       &thousands, "missing", &missing, "skip_rows", &rows, "skip_after_header",
                       &after) != 0)
        return nu_fail(err, NUDGE_EDATA, "'csv': %s", at.text);
    if (strlen(thousands) > 1 || (missing != NULL && strlen(missing) >= sizeof d->missing))
        return nu_fail(err, NUDGE_EDATA, "'csv' must have at most one character as 'thousands', "
                       "and a list 'missing' of less than %zu bytes", sizeof d->missing);
    int unknown = delimiter[0] == '\0' && decimal[0] == '\0'; /* of a program's table */
    if ((strlen(delimiter) != 1 && !unknown) || strlen(encoding) >= sizeof d->encoding ||
        rows < 0 || after < 0 ||
        (strcmp(decimal, ".") != 0 && strcmp(decimal, ",") != 0 && !unknown))
        return nu_fail(err, NUDGE_EDATA, "'csv' must have a delimiter of one character, the "
                       "decimal '.' or ',', the name of an encoding, numbers of lines from 0");
    *d = (nudge_dialect){.delimiter = delimiter[0], .decimal = decimal[0],
                         .skip_rows = (size_t)rows, .skip_after_header = (size_t)after,
                         .thousands = thousands[0], .has_missing = missing != NULL};
    snprintf(d->missing, sizeof d->missing, "%s", missing != NULL ? missing : "");
    snprintf(d->encoding, sizeof d->encoding, "%s", encoding);
    return NUDGE_OK;
}
