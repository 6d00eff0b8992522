/* All numbers of a table, one at a time for each thread. */
#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "prep/learning.h"

size_t nu_fit_cells(const nu_fit *fit, size_t column, double *cells)
{
    const nudge_table *t = fit->table;
    size_t present = 0;
    for (size_t i = 0; i < fit->n; i++) {
        size_t row = nu_fit_row(fit, i);
        double v = t->n_columns > 0 ? nu_table_cell(t, row, column)
                                    : nu_value(t->x, t->element, row * t->features + column);
        if (!isnan(v))
            cells[present++] = v;
    }
    return present;
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
    return w->learn(w->fit, number, room, nu_fit_cells(w->fit, number->column, room), err);
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

static void list_numbers(work *w)
{
    const nudge_table *t = w->fit->table;
    const nudge_prep *p = w->fit->prep;
    size_t columns = t->n_columns > 0 ? t->n_columns : t->features;
    for (size_t j = 0, column = 0, value = 0; j < columns; j++) {
        if (t->n_columns > 0 && !nu_column_is_feature(&t->columns[j]))
            continue;
        const nu_prep_column *like = t->n_columns > 0 ? &p->columns[column++] : NULL;
        if (like == NULL || like->kind != NUDGE_COLUMN_CATEGORY)
            w->numbers[w->n++] = (nu_fit_number){like, j, value};
        value += like != NULL ? nu_prep_width(like) : 1;
    }
}

nudge_status nu_fit_numbers(const nu_fit *fit, nu_learn *how, nudge_error *err)
{
    double *room NU_FREED = NULL;
    nu_fit_number *numbers NU_FREED = NULL;
    NU_NEW(numbers, nu_alloc, fit->prep->values, "columns of numbers", err);
    work w = {.fit = fit, .numbers = numbers, .learn = how, .bad = SIZE_MAX};
    list_numbers(&w);
    size_t threads = fit->n * w.n < 1 << 14
                         ? 1 : nu_smaller((size_t)nu_team_threads(0, 0, NULL), w.n);
    NU_TRY(nu_fit_room(&room, &threads, fit, err));
    w.room = room;
    nu_team_run((int)threads, learn_share, &w);
    return w.bad == SIZE_MAX ? NUDGE_OK : learn(&w, w.bad, room, err); /* again, for the message */
}
