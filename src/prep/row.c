/* One row, as it comes. */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "prep/prep.h"

static int by_text(const void *key, const void *category)
{
    return strcmp(key, *(char *const *)category);
}

int32_t nu_prep_category(const nu_prep_column *c, const char *text)
{
    char **found = bsearch(text, c->categories, c->n_categories, sizeof *found, by_text);
    return found != NULL ? (int32_t)(found - c->categories) : -1;
}

static void category_values(const nu_prep_column *c, const char *text, double *values)
{
    int32_t one = text != NULL ? nu_prep_category(c, text) : -1;
    if (text != NULL && one < 0 && c->has_more)
        one = (int32_t)c->n_categories;
    for (size_t k = 0; k < nu_prep_width(c); k++)
        values[k] = (int32_t)k == one;
}

void nu_prep_row(const nudge_prep *p, const double *numbers, const char *const *texts,
                 double *values)
{
    for (size_t j = 0; p->n_columns == 0 && j < p->values; j++)
        values[j] = nu_prep_scaled(p, j, numbers[j]);
    for (size_t c = 0, j = 0; c < p->n_columns; j += nu_prep_width(&p->columns[c++])) {
        const nu_prep_column *column = &p->columns[c];
        if (column->kind == NUDGE_COLUMN_CATEGORY) {
            category_values(column, texts != NULL ? texts[c] : NULL, values + j);
            continue;
        }
        double v = numbers[c];
        if (column->kind == NUDGE_COLUMN_DATE && isnan(v) && texts != NULL && texts[c] != NULL &&
            !nu_date_parse(texts[c], strlen(texts[c]), &v))
            v = INFINITY; /* refused */
        int is_missing = isnan(v);
        values[j] = nu_prep_scaled(p, j, is_missing ? column->fill : v);
        if (column->has_more)
            values[j + 1] = is_missing;
    }
}
