/* All numbers of a table, one at a time for each thread. */
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "prep/learning.h"

double nu_fit_cell(const nu_fit *fit, const nu_fit_number *number, size_t i)
{
    const nudge_table *t = fit->table;
    size_t row = nu_fit_row(fit, i), j = number->column;
    double v = t->n_columns > 0 ? nu_table_cell(t, row, j)
                                : nu_value(t->x, t->element, row * t->features + j);
    return number->codes == NULL ? v : isnan(v) ? -1 : number->codes[(size_t)v];
}

size_t nu_fit_cells(const nu_fit *fit, const nu_fit_number *number, double *cells)
{
    size_t present = 0;
    for (size_t i = 0; i < fit->n; i++) {
        double v = nu_fit_cell(fit, number, i);
        if (!isnan(v))
            cells[present++] = v;
    }
    return present;
}

nudge_status nu_fit_number_of(nu_fit_number *number, const nu_fit *fit, const nu_prep_column *like,
                              size_t column, size_t value, nudge_error *err)
{
    *number = (nu_fit_number){like, column, value, NULL};
    if (like == NULL || like->kind != NUDGE_COLUMN_CATEGORY)
        return NUDGE_OK;
    const nu_column *raw = &fit->table->columns[column];
    NU_NEW(number->codes, nu_alloc, raw->n_categories, "categories", err);
    for (size_t k = 0; k < raw->n_categories; k++)
        number->codes[k] = nu_prep_category(like, raw->categories[k]);
    return NUDGE_OK;
}

nudge_status nu_fit_room(double **room, size_t *threads, const nu_fit *fit, nudge_error *err)
{
    while (*threads > 1 &&
           nu_memory_check(*threads * fit->n * sizeof **room, "a column", NULL) != NUDGE_OK)
        *threads /= 2;
    NU_NEW(*room, nu_alloc, *threads * fit->n, "a column for each thread", err);
    return NUDGE_OK;
}

const char *nu_fit_name(char text[NU_NAME_TEXT], const nu_fit *fit, const nu_fit_number *number)
{
    return number->like != NULL ? number->like->name
                                : nu_matrix_name(text, fit->table->pixel_rows > 0, number->value);
}

typedef struct work {
    const nu_fit *fit;
    nu_fit_number *numbers; /* n */
    size_t n;
    nu_learn *learn;
    double *room;           /* threads x rows */
    size_t bad;             /* the first that cannot be learned, or SIZE_MAX */
} work;

static nudge_status learn(const work *w, size_t i, double *room, nudge_error *err)
{
    const nu_fit_number *number = &w->numbers[i];
    return w->learn(w->fit, number, room, nu_fit_cells(w->fit, number, room), err);
}

static void learn_share(void *arg, int thread, int threads)
{
    work *w = arg;
    size_t i, end;
    nu_team_share(w->n, thread, threads, &i, &end);
    for (; i < end; i++)
        if (learn(w, i, w->room + (size_t)thread * w->fit->n, NULL) != NUDGE_OK)
            nu_note_least(&w->bad, i);
}

static nudge_status list_numbers(work *w, nudge_error *err)
{
    const nudge_table *t = w->fit->table;
    const nudge_prep *p = w->fit->prep;
    size_t columns = t->n_columns > 0 ? t->n_columns : t->features;
    for (size_t j = 0, column = 0, value = 0; j < columns; j++) {
        if (t->n_columns > 0 && !nu_column_is_feature(&t->columns[j]))
            continue;
        const nu_prep_column *like = t->n_columns > 0 ? &p->columns[column++] : NULL;
        if (like == NULL || nu_prep_is_number(like))
            NU_TRY(nu_fit_number_of(&w->numbers[w->n++], w->fit, like, j, value, err));
        value += like != NULL ? nu_prep_width(like) : 1;
    }
    return NUDGE_OK;
}

static nudge_status learn_all(work *w, nudge_error *err)
{
    double *room NU_FREED = NULL;
    NU_TRY(list_numbers(w, err));
    size_t threads = w->fit->n * w->n < 1 << 14
                         ? 1 : nu_smaller((size_t)nu_team_threads(0, 0, NULL), w->n);
    NU_TRY(nu_fit_room(&room, &threads, w->fit, err));
    w->room = room;
    nu_team_run((int)threads, learn_share, w);
    return w->bad == SIZE_MAX ? NUDGE_OK : learn(w, w->bad, room, err); /* for the message */
}

nudge_status nu_fit_numbers(const nu_fit *fit, nu_learn *how, nudge_error *err)
{
    work w = {.fit = fit, .learn = how, .bad = SIZE_MAX};
    NU_NEW(w.numbers, calloc, fit->prep->values, "columns of numbers", err);
    nudge_status status = learn_all(&w, err);
    for (size_t i = 0; i < w.n; i++)
        free(w.numbers[i].codes);
    free(w.numbers);
    return status;
}
