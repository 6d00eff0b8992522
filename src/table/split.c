#include "table/split.h"

#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "core/random.h"
#include "core/status.h"

enum part { TRAIN, VAL, TEST };

/* Permutations of the purpose NU_RANDOM_SPLIT. */
enum { PARTS, FOLDS };

static nudge_status check_rows(size_t rows, nudge_error *err)
{
    if (rows == 0 || rows > UINT32_MAX)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu rows to split; there must be from 1 to %u", rows,
                       UINT32_MAX);
    return NUDGE_OK;
}

/* Row numbers in the order of a permutation, some at a time. */
#define STRETCH 1024
static size_t next_rows(uint32_t rows[STRETCH], const nu_permutation *order, size_t first,
                        size_t end)
{
    size_t n = nu_smaller(end - first, STRETCH);
    nu_permutation_range(order, (uint32_t)first, n, rows);
    return n;
}

/* ---- Groups ---------------------------------------------------------------------------- */

static nudge_status count_groups(size_t **count, const nu_groups *g, size_t rows, nudge_error *err)
{
    NU_NEW(*count, calloc, g->n, "classes", err);
    for (size_t r = 0; r < rows; r++)
        (*count)[g->of[r]]++;
    return NUDGE_OK;
}

static const char *label_of(const nu_groups *g, size_t k, char text[24])
{
    if (g->labels != NULL)
        return g->labels[k];
    snprintf(text, 24, "%zu", k);
    return text;
}

/* A group, and how much of its share of a part was lost when it was rounded down. */
typedef struct lost_share {
    double lost;
    size_t group;
} lost_share;

static int largest_first(const void *a, const void *b)
{
    const lost_share *r = a, *s = b;
    if (r->lost != s->lost)
        return r->lost > s->lost ? -1 : 1;
    return r->group < s->group ? -1 : 1;
}

/* take[k] rows of left[k], of all groups `count` of `rows`; they are no longer left. */
static nudge_status share(size_t *take, size_t *left, size_t groups, size_t count, size_t rows,
                          nudge_error *err)
{
    lost_share *rest NU_FREED = NULL;
    size_t lacking = count;
    NU_NEW(rest, nu_alloc, groups, "classes", err);
    for (size_t k = 0; k < groups; k++) {
        /* Exact: both factors are below 2^32. */
        uint64_t product = (uint64_t)left[k] * count;
        take[k] = (size_t)(product / rows);
        rest[k] = (lost_share){(double)(product % rows), k};
        lacking -= take[k];
    }
    qsort(rest, groups, sizeof *rest, largest_first);
    for (size_t i = 0; i < lacking; i++)
        take[rest[i].group]++;
    for (size_t k = 0; k < groups; k++)
        left[k] -= take[k];
    return NUDGE_OK;
}

/* ---- Parts ----------------------------------------------------------------------------- */

static nudge_status count_part(size_t *count, size_t rows, double part, const char *what,
                               nudge_error *err)
{
    if (!(part >= 0 && part < 1))
        return nu_fail(err, NUDGE_EARGUMENT,
                       "%s part %g; it must be at least 0 and less than 1", what, part);
    size_t rounded = (size_t)floor(part * (double)rows + 0.5);
    *count = part > 0 && rounded == 0 ? 1 : rounded;
    return NUDGE_OK;
}

/* Marks `count` rows that the permutation has from place `first` on. */
static void mark(unsigned char *part_of, const nu_permutation *order, size_t first, size_t count,
                 enum part part)
{
    uint32_t rows[STRETCH];
    for (size_t at = first, n; at < first + count; at += n) {
        n = next_rows(rows, order, at, first + count);
        for (size_t i = 0; i < n; i++)
            part_of[rows[i]] = (unsigned char)part;
    }
}

/* Each group's rows in the order of the permutation: the first to test, the next to validate. */
static nudge_status mark_shares(unsigned char *part_of, const nu_permutation *order,
                                const nu_parts *s, const nu_split *split, nudge_error *err)
{
    const nu_groups *g = split->groups;
    size_t *left NU_FREED = NULL, *val NU_FREED = NULL, *test NU_FREED = NULL;
    uint32_t rows[STRETCH];
    char text[24];
    NU_TRY(count_groups(&left, g, split->rows, err));
    NU_NEW(val, calloc, g->n, "classes", err);
    NU_NEW(test, calloc, g->n, "classes", err);
    NU_TRY(share(test, left, g->n, s->n_test, split->rows, err));
    NU_TRY(share(val, left, g->n, s->n_val, split->rows - s->n_test, err));
    for (size_t k = 0; k < g->n; k++)
        if (left[k] == 0 && val[k] + test[k] > 0)
            return nu_fail(err, NUDGE_EDATA, "class '%s' of target '%s' has %zu row%s, %zu for "
                           "testing and %zu for validation: none left to train on",
                           label_of(g, k, text), g->target, val[k] + test[k],
                           val[k] + test[k] == 1 ? "" : "s", test[k], val[k]);
    for (size_t first = 0, n; first < split->rows; first += n) {
        n = next_rows(rows, order, first, split->rows);
        for (size_t i = 0; i < n; i++) {
            int32_t k = g->of[rows[i]];
            if (test[k] > 0) {
                test[k]--;
                part_of[rows[i]] = TEST;
            } else if (val[k] > 0) {
                val[k]--;
                part_of[rows[i]] = VAL;
            }
        }
    }
    return NUDGE_OK;
}

/* The rows of each part, ascending: in this order gathering them walks forward in memory. */
static void list_rows(nu_parts *s, const unsigned char *part_of, size_t rows)
{
    size_t at[] = {[TRAIN] = 0, [VAL] = s->n_train, [TEST] = s->n_train + s->n_val};
    for (size_t r = 0; r < rows; r++)
        s->rows[at[part_of[r]]++] = (uint32_t)r;
}

static nudge_status mark_parts(unsigned char *part_of, const nu_parts *s, const nu_split *split,
                               nudge_error *err)
{
    nu_permutation random;
    if (split->order == NUDGE_SPLIT_LAST) {
        if (split->groups != NULL)
            return nu_fail_setting(err, NUDGE_EARGUMENT, "stratify", "the last rows are held out, "
                                   "whatever their classes are; a stratified split is random");
        memset(part_of + s->n_train, VAL, s->n_val);
        memset(part_of + s->n_train + s->n_val, TEST, s->n_test);
        return NUDGE_OK;
    }
    nu_permutation_start(&random, (uint32_t)split->rows, split->seed, NU_RANDOM_SPLIT, PARTS);
    if (split->groups != NULL)
        return mark_shares(part_of, &random, s, split, err);
    mark(part_of, &random, 0, s->n_test, TEST);
    mark(part_of, &random, s->n_test, s->n_val, VAL);
    return NUDGE_OK;
}

nudge_status nu_parts_make(nu_parts *parts, const nu_split *split, nudge_error *err)
{
    nu_parts s NU_SCOPED(nu_parts_free) = {0};
    unsigned char *part_of NU_FREED = NULL;
    size_t rows = split->rows;
    NU_TRY(check_rows(rows, err));
    NU_TRY(count_part(&s.n_test, rows, split->test, "test", err));
    NU_TRY(count_part(&s.n_val, rows, split->val, "validation", err));
    if (s.n_test + s.n_val >= rows)
        return nu_fail(err, NUDGE_EARGUMENT, "%zu rows for testing and %zu for validation leave "
                       "none of %zu to train on", s.n_test, s.n_val, rows);
    s.n_train = rows - s.n_test - s.n_val;
    NU_NEW(s.rows, nu_alloc, rows, "row numbers", err);
    NU_NEW(part_of, calloc, rows, "row numbers", err); /* TRAIN everywhere */
    NU_TRY(mark_parts(part_of, &s, split, err));
    list_rows(&s, part_of, rows);
    s.val = s.rows + s.n_train;
    s.test = s.val + s.n_val;
    *parts = s;
    s.rows = NULL;
    return NUDGE_OK;
}

void nu_parts_free(nu_parts *parts)
{
    free(parts->rows);
    *parts = (nu_parts){0};
}

/* ---- Folds ----------------------------------------------------------------------------- */

/* Where each group's rows begin in a list sorted by groups. */
static nudge_status group_starts(size_t **start, const nu_groups *g, size_t rows, nudge_error *err)
{
    char text[24];
    NU_TRY(count_groups(start, g, rows, err));
    for (size_t k = 0, before = 0; k < g->n; k++) {
        size_t count = (*start)[k];
        if (count == 1)
            return nu_fail(err, NUDGE_EDATA, "class '%s' of target '%s' has one row: the fold that "
                           "holds it out has none to train on", label_of(g, k, text), g->target);
        (*start)[k] = before;
        before += count;
    }
    return NUDGE_OK;
}

nudge_status nu_folds_make(uint32_t **fold, size_t rows, size_t folds, const nu_groups *groups,
                           uint64_t seed, nudge_error *err)
{
    uint32_t *made NU_FREED = NULL, number[STRETCH];
    size_t *next NU_FREED = NULL, all = 0; /* of a group: its next row's place in a sorted list */
    NU_TRY(check_rows(rows, err));
    if (folds < 2 || folds > rows)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "folds", "%zu folds of %zu rows; there must "
                               "be from 2 to as many as rows", folds, rows);
    if (groups != NULL)
        NU_TRY(group_starts(&next, groups, rows, err));
    NU_NEW(made, nu_alloc, rows, "folds", err);
    nu_permutation random;
    nu_permutation_start(&random, (uint32_t)rows, seed, NU_RANDOM_SPLIT, FOLDS);
    for (size_t first = 0, n; first < rows; first += n) {
        n = next_rows(number, &random, first, rows);
        for (size_t i = 0; i < n; i++) {
            size_t *place = groups != NULL ? &next[groups->of[number[i]]] : &all;
            made[number[i]] = (uint32_t)((*place)++ % folds);
        }
    }
    *fold = NU_TAKE(made);
    return NUDGE_OK;
}
