#include "prep/json_list.h"

json_t *nu_json_list(size_t n, json_t *(*item)(const void *of, size_t i), const void *of)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(array, item(of, i)) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *text_item(const void *of, size_t i)
{
    return json_string(((char *const *)of)[i]);
}

json_t *nu_json_texts(char *const *texts, size_t n)
{
    return nu_json_list(n, text_item, texts);
}

static json_t *number_item(const void *of, size_t i)
{
    return json_real(((const double *)of)[i]);
}

json_t *nu_json_numbers(const double *values, size_t n)
{
    return nu_json_list(n, number_item, values);
}
