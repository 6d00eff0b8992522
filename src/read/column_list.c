#include "read/column_list.h"

#include <fnmatch.h>
#include <stdio.h>

#include "core/memory.h"
#include "core/status.h"
#include "read/csv_text.h"
#include "spell.h"
#include "whole.h"

/* ---- Entries --------------------------------------------------------------------------- */

typedef struct entry {
    char *text;    /* in a buffer of the list's size */
    int quoted;
    size_t number; /* from 1, for messages */
} entry;

/* The next entry of *at, which moves behind it; *at is NULL after the last. 0: quotes without end,
 * or something behind them. */
static int next_entry(entry *e, const char **at, char *buffer)
{
    const char *from = *at + strspn(*at, " \t");
    char *to = buffer;
    e->quoted = *from == '"';
    e->text = buffer;
    e->number++;
    if (e->quoted) {
        for (from++; *from != '\0' && (from[0] != '"' || from[1] == '"'); from++) {
            from += *from == '"';
            *to++ = *from;
        }
        if (*from++ != '"')
            return 0;
        from += strspn(from, " \t");
    } else {
        while (*from != '\0' && *from != ',')
            *to++ = *from++;
        while (to > buffer && (to[-1] == ' ' || to[-1] == '\t'))
            to--;
    }
    *to = '\0';
    *at = *from == ',' ? from + 1 : NULL;
    return *from == ',' || *from == '\0';
}

char **nu_list_split(const char *list, size_t *n)
{
    size_t most = 1, size = strlen(list) + 1;
    for (const char *at = list; *at != '\0'; at++)
        most += *at == ',';
    char **texts = malloc(most * sizeof *texts + size), *to;
    const char *at = list;
    *n = 0;
    if (texts == NULL)
        return NULL;
    to = (char *)(texts + most);
    for (entry e = {0}; at != NULL; (*n)++) {
        if (!next_entry(&e, &at, to)) {
            *n = 0;
            return texts;
        }
        texts[*n] = to;
        to += strlen(to) + 1;
    }
    return texts;
}

int nu_list_has_names(const char *list, char *const *names, size_t n)
{
    char *buffer NU_FREED = malloc(strlen(list) + 1);
    const char *at = list;
    entry e = {0};
    while (buffer != NULL && at != NULL) {
        size_t j = 0;
        if (!next_entry(&e, &at, buffer))
            return 0;
        while (j < n && strcmp(names[j], e.text) != 0)
            j++;
        if (j == n)
            return 0;
    }
    return buffer != NULL;
}

/* ---- Names in messages ----------------------------------------------------------------- */

const char *nu_columns_text(char buf[NU_NAMES_TEXT], const nu_columns *c, const char *name)
{
    char text[NU_SHORT];
    size_t at = 0, room = NU_NAMES_TEXT;
    const char *similar = nu_closest(name, c->name, c->of);
    if (similar != NULL)
        at += (size_t)snprintf(buf, room, " (did you mean '%s'?)", nu_csv_short(text, similar));
    at += (size_t)snprintf(buf + at, room - at, "; columns are: ");
    for (size_t j = 0; j < c->n; j++) {
        if (at + NU_SHORT + 32 > room) {
            snprintf(buf + at, room - at, "... (%zu in all)", c->n);
            break;
        }
        at += (size_t)snprintf(buf + at, room - at, "%s%s", nu_csv_short(text, c->name(c->of, j)),
                               j + 1 < c->n ? ", " : "");
    }
    return buf;
}

/* ---- Columns --------------------------------------------------------------------------- */

typedef struct chosen {
    const nu_columns *columns;
    const char *what, *setting;
    nudge_error *err;
    size_t *column; /* n of them so far, with room for all */
    size_t n;
    char *there;    /* by column: it is among them */
} chosen;

static size_t find_name(const nu_columns *c, const char *name)
{
    size_t j = 0;
    while (j < c->n && strcmp(c->name(c->of, j), name) != 0)
        j++;
    return j;
}

static void add(chosen *c, size_t j)
{
    if (!c->there[j])
        c->column[c->n++] = j;
    c->there[j] = 1;
}

/* "7", "2-5", "3-": 1 if the text is such, from *first to *last. */
static int is_range(const char *text, size_t n, uint64_t *first, uint64_t *last)
{
    char left[24];
    const char *dash = strchr(text, '-');
    size_t size = dash != NULL ? (size_t)(dash - text) : strlen(text);
    if (size == 0 || size >= sizeof left)
        return 0;
    memcpy(left, text, size);
    left[size] = '\0';
    if (!nu_parse_whole(left, 0, UINT64_MAX, first))
        return 0;
    *last = dash == NULL ? *first : n;
    return dash == NULL || dash[1] == '\0' || nu_parse_whole(dash + 1, 0, UINT64_MAX, last);
}

static nudge_status add_range(chosen *c, const char *text, uint64_t first, uint64_t last)
{
    if (first < 1 || last < first || last > c->columns->n)
        return nu_fail_setting(c->err, NUDGE_EARGUMENT, c->setting, "%s: %s columns '%s': there "
                               "are columns 1 to %zu", c->columns->source, c->what, text,
                               c->columns->n);
    for (uint64_t j = first - 1; j < last; j++)
        add(c, (size_t)j);
    return NUDGE_OK;
}

/* Returns how many match. */
static size_t add_pattern(chosen *c, const char *pattern)
{
    size_t matching = 0;
    for (size_t j = 0; j < c->columns->n; j++) {
        if (fnmatch(pattern, c->columns->name(c->columns->of, j), 0) != 0)
            continue;
        matching++;
        add(c, j);
    }
    return matching;
}

static nudge_status add_entry(chosen *c, const entry *e)
{
    char text[NU_SHORT], list[NU_NAMES_TEXT];
    uint64_t first, last;
    size_t j = find_name(c->columns, e->text);
    if (j < c->columns->n && c->there[j])
        return nu_fail_setting(c->err, NUDGE_EARGUMENT, c->setting, "%s: the %s column '%s' is "
                               "named twice", c->columns->source, c->what,
                               nu_csv_short(text, e->text));
    int shared = c->columns->is_shared != NULL && j < c->columns->n &&
                 c->columns->is_shared(c->columns->of, j);
    if (shared)
        return nu_fail_setting(c->err, NUDGE_EARGUMENT, c->setting, "%s: the header has several "
                               "columns '%s'; name it by its position, from 1: %zu is the first",
                               c->columns->source, nu_csv_short(text, e->text), j + 1);
    if (j < c->columns->n) {
        add(c, j);
        return NUDGE_OK;
    }
    if (!e->quoted && is_range(e->text, c->columns->n, &first, &last))
        return add_range(c, e->text, first, last);
    if (!e->quoted && strpbrk(e->text, "*?[") != NULL && add_pattern(c, e->text) > 0)
        return NUDGE_OK;
    return nu_fail_setting(c->err, NUDGE_EARGUMENT, c->setting, "%s: unknown %s column '%s'%s",
                           c->columns->source, c->what, nu_csv_short(text, e->text),
                           nu_columns_text(list, c->columns, e->text));
}

static nudge_status add_list(chosen *c, const char *list)
{
    char *buffer NU_FREED = malloc(strlen(list) + 1);
    const char *at = list;
    NU_NEED(buffer != NULL, strlen(list), "names of columns", c->err);
    for (entry e = {0}; at != NULL;) {
        if (!next_entry(&e, &at, buffer))
            return nu_fail_setting(c->err, NUDGE_EARGUMENT, c->setting, "entry %zu of the %s "
                                   "columns: a quoted name ends with a quote, before a comma or "
                                   "the end", e.number, c->what);
        NU_TRY(add_entry(c, &e));
    }
    return NUDGE_OK;
}

nudge_status nu_columns_of_list(size_t **column, size_t *n, const nu_columns *columns,
                                const char *list, const char *what, const char *setting,
                                nudge_error *err)
{
    chosen c = {.columns = columns, .what = what, .setting = setting, .err = err};
    size_t *numbers NU_FREED = NULL;
    char *there NU_FREED = NULL;
    NU_NEW(numbers, nu_alloc, columns->n + 1, "names of columns", err);
    NU_NEW(there, calloc, columns->n + 1, "names of columns", err);
    c.column = numbers;
    c.there = there;
    size_t whole = find_name(columns, list);
    if (whole < columns->n && strchr(list, ',') != NULL)
        numbers[c.n++] = whole;
    else
        NU_TRY(add_list(&c, list));
    *column = NU_TAKE(numbers);
    *n = c.n;
    return NUDGE_OK;
}
