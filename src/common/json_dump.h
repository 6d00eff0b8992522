/* JSON as text, whole or not at all, and back. */
#ifndef NUDGE_COMMON_JSON_DUMP_H
#define NUDGE_COMMON_JSON_DUMP_H

#include <jansson.h>
#include <stdlib.h>

/* For free(); NULL without memory. Where memory ends, json_dumps() and json_dumpf() of jansson 2.14
 * leave out keys without a word: into room that is there already nothing can fail but the search
 * for circles, which is told. */
static inline char *nu_json_dump(const json_t *json, size_t flags)
{
    size_t size = json_dumpb(json, NULL, 0, flags);
    char *text = size > 0 ? malloc(size + 1) : NULL;
    if (text == NULL)
        return NULL;
    if (json_dumpb(json, text, size, flags) != size) {
        free(text);
        return NULL;
    }
    text[size] = '\0';
    return text;
}

/* Whether a text could not be read because memory ended: jansson 2.14 then says nothing. */
static inline int nu_json_lacks_memory(const json_error_t *why)
{
    return why->text[0] == '\0';
}

#endif
