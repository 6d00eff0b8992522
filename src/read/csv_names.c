#include "read/csv_names.h"

#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"

typedef struct naming {
    nu_dictionary *names; /* so far */
    nu_dictionary all;    /* of the header */
    nu_dictionary so_far; /* of its columns before this one, with their counts */
    nudge_error *err;
} naming;

static void naming_end(naming *n)
{
    nu_dictionary_free(&n->all);
    nu_dictionary_free(&n->so_far);
}

/* nu_dictionary_add(), but for lack of memory. */
static nudge_status add(const naming *n, nu_dictionary *to, const char *text, size_t *number)
{
    *number = nu_dictionary_add(to, text, strlen(text));
    NU_NEED(*number != NU_NOT_FOUND, strlen(text), "a column's name", n->err);
    return NUDGE_OK;
}

static int is_taken(const naming *n, const char *text)
{
    return nu_dictionary_find(n->names, text, strlen(text)) != NU_NOT_FOUND ||
           nu_dictionary_find(&n->all, text, strlen(text)) != NU_NOT_FOUND;
}

/* "x.1", "x.2", ... from `k` on: the first that no other column has. */
static nudge_status add_another(const naming *n, const char *name, size_t k)
{
    size_t size = strlen(name) + 24, number;
    char *text NU_FREED = malloc(size);
    NU_NEED(text != NULL, size, "a column's name", n->err);
    do
        snprintf(text, size, "%s.%zu", name, k++);
    while (is_taken(n, text));
    return add(n, n->names, text, &number);
}

static nudge_status add_place(const naming *n, size_t j)
{
    char text[32];
    size_t number;
    snprintf(text, sizeof text, "c%zu", j + 1);
    return is_taken(n, text) ? add_another(n, text, 1) : add(n, n->names, text, &number);
}

/* Of a header. *before: the column with the same name, or j. */
static nudge_status add_cell(naming *n, size_t j, const char *name, size_t *before)
{
    size_t number;
    *before = nu_dictionary_find(n->names, name, strlen(name));
    NU_TRY(add(n, &n->so_far, name, &number));
    if (*before != NU_NOT_FOUND)
        return add_another(n, name, n->so_far.counts[number] - 1);
    *before = j;
    return add(n, n->names, name, &number);
}

static int is_blank(const char *name)
{
    return name[strspn(name, " \t")] == '\0';
}

nudge_status nu_csv_name_columns(nu_dictionary *names, nu_csv_naming *how, const char *source,
                                 const nu_csv_first *first, nu_notes *notes, nudge_error *err)
{
    naming n NU_SCOPED(naming_end) = {.names = names, .err = err};
    size_t again = 0, one = 0, other = 0, before;
    for (size_t j = 0; j < first->n && first->header; j++)
        NU_TRY(add(&n, &n.all, first->cells[j], &before));
    for (size_t j = 0; j < first->n; j++) {
        const char *name = first->cells[j];
        how[j] = first->header && is_blank(name) ? NU_UNNAMED : NU_NAMED;
        if (!first->header || is_blank(name)) {
            NU_TRY(add_place(&n, j));
            continue;
        }
        NU_TRY(add_cell(&n, j, name, &before));
        if (before == j)
            continue;
        how[before] = NU_NAMED_ALSO;
        if (again++ == 0) {
            one = before;
            other = j;
        }
    }
    char text[NU_SHORT], more[48] = "";
    if (again == 0)
        return NUDGE_OK;
    if (again > 1)
        snprintf(more, sizeof more, ", and %zu more likewise", again - 1);
    return nu_note(notes, source, NULL, err, "columns %zu and %zu are both named '%s'; the second "
                   "is called '%s'%s", one + 1, other + 1, nu_csv_short(text, names->texts[one]),
                   names->texts[other], more);
}
