/* One row, as it comes. */
#include <string.h>

#include "date.h"
#include "prep/prep.h"

static void category_values(const nudge_prep *p, const nu_prep_column *c, size_t first,
                            const char *text, double *values)
{
    int32_t one = nu_prep_category(c, text);
    for (size_t k = 0; k < nu_prep_width(c); k++)
        values[first + k] = nu_prep_indicated(p, c, first, k, one);
}

void nu_prep_row(const nudge_prep *p, const double *numbers, const char *const *texts,
                 double *values)
{
    for (size_t j = 0; p->n_columns == 0 && j < p->values; j++)
        values[j] = nu_prep_scaled(p, j, numbers[j]);
    for (size_t c = 0, j = 0; c < p->n_columns; j += nu_prep_width(&p->columns[c++])) {
        const nu_prep_column *column = &p->columns[c];
        const char *text = texts != NULL ? texts[c] : NULL;
        if (column->is_ordinal) {
            values[j] = nu_prep_scaled(p, j, nu_prep_category(column, text));
            continue;
        }
        if (column->kind == NUDGE_COLUMN_CATEGORY) {
            category_values(p, column, j, text, values);
            continue;
        }
        double v = numbers[c];
        if (column->kind == NUDGE_COLUMN_DATE && isnan(v) && text != NULL &&
            !nu_date_parse(text, strlen(text), &v))
            v = INFINITY; /* refused */
        int is_missing = isnan(v);
        values[j] = nu_prep_scaled(p, j, is_missing ? column->fill : v);
        if (column->has_more)
            values[j + 1] = is_missing;
    }
}
