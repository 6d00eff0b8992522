/* JSON arrays. */
#ifndef NUDGE_PREP_JSON_LIST_H
#define NUDGE_PREP_JSON_LIST_H

#include <jansson.h>
#include <stddef.h>

/* An array of n items, item(of, i) each. A new reference, NULL without memory. */
json_t *nu_json_list(size_t n, json_t *(*item)(const void *of, size_t i), const void *of);

/* Of n numbers. Likewise. */
json_t *nu_json_numbers(const double *values, size_t n);

/* Of n texts in UTF-8. Likewise. */
json_t *nu_json_texts(char *const *texts, size_t n);

#endif
