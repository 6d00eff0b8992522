/* Columns that are no features unless somebody asks for them, and what is said of columns. */
#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "read/csv_kinds.h"

#define FEW_TEXTS 20      /* more, on fewer than 2 rows each (mean), are names, not categories */
#define COUNTING_ROWS 20  /* fewer may count up by chance */

/* ---- The rules ------------------------------------------------------------------------- */

static nu_left_out judge(const nu_csv_field *field, size_t j, const nudge_table *t)
{
    const nu_column *c = &t->columns[field->column];
    size_t there = t->rows - c->missing;
    int texts = c->kind == NUDGE_COLUMN_CATEGORY;
    int all_different = texts ? c->n_categories == t->rows : field->counts && c->missing == 0;
    if (field->is_target || field->asked || t->rows < 2)
        return NU_USED;
    if (there == 0)
        return NU_EMPTY;
    if (field->naming == NU_UNNAMED && j == 0 && all_different)
        return NU_ROW_NAMES;
    if (texts && c->n_categories > FEW_TEXTS && c->n_categories > there / 2)
        return NU_TEXTS;
    if (there > 1 && c->missing == 0 && (texts ? c->n_categories == 1 : c->min == c->max))
        return NU_CONSTANT;
    int counts = c->kind == NUDGE_COLUMN_NUMBER && field->counts && c->missing == 0;
    return counts && t->rows >= COUNTING_ROWS ? NU_COUNTS : NU_USED;
}

/* Where no other feature is left, one that counts is better than none. */
static void keep_one(nudge_table *t)
{
    for (size_t j = 0; j < t->n_columns; j++)
        if (nu_column_is_feature(&t->columns[j]))
            return;
    for (size_t j = 0; j < t->n_columns; j++)
        if (t->columns[j].left_out == NU_COUNTS)
            t->columns[j].left_out = NU_USED;
}

/* ---- What is said ---------------------------------------------------------------------- */

/* The columns that a line is about: those of a reason; or with its `left_out` NU_USED, of dates; or
 * with single quotes. */
typedef struct line {
    nu_left_out left_out;
    int dates, quotes;
    const char *setting, *one, *several; /* what follows the names */
} line;

static const line lines[] = {
    {NU_ROW_NAMES, 0, 0, "features", "has no name, and counts or names the rows: left out", ""},
    {NU_COUNTS, 0, 0, "number", "counts up by one: left out", "count up by one: left out"},
    {NU_TEXTS, 0, 0, "category", "holds texts that are different in most rows: left out",
     "hold texts that are different in most rows: left out"},
    {NU_CONSTANT, 0, 0, "features", "holds one value only: left out",
     "hold one value only: left out"},
    {NU_EMPTY, 0, 0, "features", "holds no value: left out", "hold no value: left out"},
    {NU_USED, 1, 0, "category", "holds dates, taken as days since 1970-01-01",
     "hold dates, taken as days since 1970-01-01"},
    {NU_USED, 0, 1, NULL, "has cells in single quotes, which are taken off",
     "have cells in single quotes, which are taken off"},
};

static int is_about(const line *l, const nu_csv_field *field, const nu_column *c)
{
    if (l->quotes)
        return field->quoted > 0;
    return l->left_out == c->left_out && l->dates == (l->left_out == NU_USED &&
                                                      c->kind == NUDGE_COLUMN_DATE) &&
           (l->dates || l->left_out != NU_USED);
}

/* "columns 'a', 'b', 'c' and 9 more hold ..." */
static nudge_status say(const nu_csv_kinds *k, const nu_csv_fields *fields, const line *l)
{
    enum { NAMED = 6 };
    char names[NAMED * (NU_SHORT + 8) + 32] = "", name[NU_SHORT];
    size_t n = 0, at = 0;
    for (size_t j = 0; j < fields->n; j++) {
        const nu_csv_field *field = &fields->field[j];
        if (!field->used || !is_about(l, field, &k->table->columns[field->column]))
            continue;
        if (n++ < NAMED)
            at += (size_t)snprintf(names + at, sizeof names - at, "%s'%s'", n > 1 ? ", " : "",
                                   nu_csv_short(name, field->name));
    }
    if (n > NAMED)
        snprintf(names + at, sizeof names - at, " and %zu more", n - NAMED);
    if (n == 0)
        return NUDGE_OK;
    return nu_note(&k->table->notes, k->source, l->setting, k->err, "column%s %s %s",
                   n > 1 ? "s" : "", names, n > 1 ? l->several : l->one);
}

nudge_status nu_csv_leave_out(const nu_csv_kinds *k, const nu_csv_fields *fields)
{
    for (size_t j = 0; j < fields->n; j++)
        if (fields->field[j].used)
            k->table->columns[fields->field[j].column].left_out =
                judge(&fields->field[j], j, k->table);
    keep_one(k->table);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        NU_TRY(say(k, fields, &lines[i]));
    return NUDGE_OK;
}
