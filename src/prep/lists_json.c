#include "prep/lists_json.h"

#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/json_list.h"

/* The raw columns that are numbers, one after the other. */
typedef struct numbers {
    const nudge_prep *prep;
    size_t column, value; /* next ones */
    const char *name;     /* of the last one; in text, of a matrix */
    char text[NU_NAME_TEXT];
} numbers;

/* The value of the next one; SIZE_MAX at the end. */
static size_t next_number(numbers *n)
{
    const nudge_prep *p = n->prep;
    for (; n->column < nudge_prep_columns(p); n->column++) {
        const nu_prep_column *c = p->n_columns > 0 ? &p->columns[n->column] : NULL;
        size_t value = n->value;
        n->value += c != NULL ? nu_prep_width(c) : 1;
        if (c != NULL && !nu_prep_is_number(c))
            continue;
        n->column++;
        n->name = c != NULL ? c->name : nu_matrix_name(n->text, p->pixel_rows > 0, value);
        return value;
    }
    return SIZE_MAX;
}

json_t *nu_lists_to_json(const nudge_prep *p, const nu_prep_list *lists)
{
    json_t *json = json_object();
    numbers all = {.prep = p};
    for (size_t j; (j = next_number(&all)) != SIZE_MAX;) {
        const nu_prep_list *l = &lists[j];
        if (l->n > 0 && json_object_set_new(json, all.name, nu_json_numbers(l->at, l->n)) != 0) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

static nudge_status read_list(nu_prep_list *list, const char *key, const char *name,
                              const json_t *json, size_t least, size_t most, nudge_error *err)
{
    size_t n = json_array_size(json); /* 0 for anything else */
    if (n < least || n > most)
        return nu_fail(err, NUDGE_EDATA, "'%s' of '%s' must be an array of %zu to %zu numbers", key,
                       name, least, most);
    NU_NEW(list->at, nu_alloc, n, key, err);
    list->n = n;
    for (size_t k = 0; k < n; k++) {
        const json_t *number = json_array_get(json, k);
        list->at[k] = json_is_number(number) ? json_number_value(number) : NAN;
        if (!isfinite(list->at[k]))
            return nu_fail(err, NUDGE_EDATA, "'%s' of '%s' must hold finite numbers", key, name);
    }
    return NUDGE_OK;
}

nudge_status nu_lists_from_json(nu_prep_list **lists, const nudge_prep *p, const char *key,
                                const json_t *json, size_t least, size_t most,
                                nu_list_check *check, nudge_error *err)
{
    size_t found = 0;
    NU_NEW(*lists, calloc, p->values, key, err);
    numbers all = {.prep = p};
    for (size_t j; (j = next_number(&all)) != SIZE_MAX;) {
        const json_t *list = json_object_get(json, all.name);
        if (list == NULL)
            continue;
        NU_TRY(read_list(&(*lists)[j], key, all.name, list, least, most, err));
        NU_TRY(check(p, j, &(*lists)[j], key, all.name, err));
        found++;
    }
    if (!json_is_object(json) || found != json_object_size(json))
        return nu_fail(err, NUDGE_EDATA, "'%s' must be an object with arrays of numbers, of "
                       "columns of numbers, each by its name", key);
    return NUDGE_OK;
}
