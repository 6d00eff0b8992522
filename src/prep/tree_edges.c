#include "prep/tree_edges.h"

#include "core/memory.h"
#include "core/status.h"
#include "prep/target.h"
#include "prep/transform.h"
#include "quantiles.h"
#include "whole.h"

/* ---- Targets ---------------------------------------------------------------------------- */

/* The class of a number that is one; their labels are sorted as numbers are. */
static uint32_t class_of_number(const nudge_prep *p, double value)
{
    size_t low = 0, high = p->n_classes - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        double label = 0;
        if (nu_parse_real(p->class_labels[middle], &label) && label < value)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* Trees are the same for targets that are moved and multiplied; gains are then not lost in rounding
 * and have one size. */
static void normalise(nu_tree_target *t, size_t n)
{
    double squares = 0;
    for (size_t k = 0; k < t->outputs; k++) {
        double mean = 0;
        for (size_t i = 0; i < n; i++)
            mean += (t->y[i * t->outputs + k] - mean) / (double)(i + 1);
        for (size_t i = 0; i < n; i++) {
            double *y = &t->y[i * t->outputs + k];
            *y -= mean;
            squares += *y * *y / (double)n;
        }
    }
    for (size_t i = 0; squares > 0 && i < n * t->outputs; i++)
        t->y[i] /= sqrt(squares);
}

static nudge_status get_target(nu_tree_target *t, const nu_target *raw, const nu_fit *fit,
                               nudge_error *err)
{
    const nudge_prep *p = fit->prep;
    int labels = nu_target_has_labels(raw);
    t->classes = p->n_classes == 0 ? 0 : labels ? raw->n_labels : p->n_classes;
    t->outputs = raw->n;
    if (t->classes > 0)
        NU_NEW(t->number, nu_alloc, fit->n, "classes of rows", err);
    else
        NU_NEW(t->y, nu_alloc, fit->n * raw->n, "targets of rows", err);
    for (size_t i = 0; i < fit->n; i++) {
        size_t row = nu_fit_row(fit, i);
        if (t->classes > 0)
            t->number[i] = labels ? (uint32_t)nu_target_label(raw, row)
                                  : class_of_number(p, nu_target_value(raw, row, 0));
        for (size_t k = 0; t->classes == 0 && k < raw->n; k++)
            t->y[i * raw->n + k] = p->target_factor[k] *
                (nu_transformed(p, k, nu_target_value(raw, row, k)) - p->target_shift[k]);
    }
    if (t->classes == 0)
        normalise(t, fit->n);
    return NUDGE_OK;
}

nudge_status nu_tree_target_get(nu_tree_target *target, const nu_fit *fit, nudge_error *err)
{
    nu_target raw NU_SCOPED(nu_target_end) = {0};
    NU_TRY(nu_target_find(&raw, fit->table, NULL, err));
    return get_target(target, &raw, fit, err);
}

void nu_tree_target_end(nu_tree_target *target)
{
    free(target->number);
    free(target->y);
    *target = (nu_tree_target){0};
}

/* ---- Trees ------------------------------------------------------------------------------ */

/* A row that has a value. */
typedef struct place {
    double value;
    size_t i; /* of training rows */
} place;

/* Rows begin ... end - 1 of the sorted ones, and their best split: before row `split`. Gains are
 * what the squared error falls by, of one-hot targets for classes, which is Gini's impurity. */
typedef struct leaf {
    size_t begin, end, split;
    double gain; /* 0: there is none */
} leaf;

typedef struct tree {
    const nu_tree_target *target;
    const place *at; /* sorted */
    size_t least;    /* rows of a leaf */
    size_t parts;    /* classes or outputs */
    double *left;    /* 2 x parts: sums of the targets left of a place, */
    double *right;   /* and right of it */
} tree;

/* Moves row r from the right to the left; squares: of the sums. */
static void move_row(const tree *t, size_t r, double *left2, double *right2)
{
    const nu_tree_target *target = t->target;
    size_t i = t->at[r].i, first = target->classes > 0 ? target->number[i] : 0;
    size_t end = target->classes > 0 ? first + 1 : t->parts;
    for (size_t k = first; k < end; k++) {
        double y = target->classes > 0 ? 1 : target->y[i * t->parts + k];
        *left2 += y * (2 * t->left[k] + y);
        *right2 -= y * (2 * t->right[k] - y);
        t->left[k] += y;
        t->right[k] -= y;
    }
}

static double half_way(const tree *t, size_t split)
{
    double low = t->at[split - 1].value, middle = low / 2 + t->at[split].value / 2;
    return middle < t->at[split].value ? middle : low;
}

static leaf best_split(const tree *t, size_t begin, size_t end)
{
    leaf found = {begin, end, begin, 0};
    double left2 = 0, right2 = 0, rows = (double)(end - begin), nothing = 0;
    memset(t->left, 0, 2 * t->parts * sizeof *t->left);
    for (size_t r = begin; r < end; r++) /* all to the left, */
        move_row(t, r, &left2, &nothing);
    for (size_t k = 0; k < t->parts; k++) { /* which becomes the right */
        t->right[k] = t->left[k];
        right2 += t->right[k] * t->right[k];
        t->left[k] = 0;
    }
    double whole = right2 / rows, least = 1e-9 * rows;
    left2 = 0;
    for (size_t r = begin + 1; r + t->least <= end; r++) {
        move_row(t, r - 1, &left2, &right2);
        if (r - begin < t->least || !(t->at[r].value > t->at[r - 1].value))
            continue;
        double gain = left2 / (double)(r - begin) + right2 / (double)(end - r) - whole;
        if (gain > found.gain && gain > least)
            found = (leaf){begin, end, r, gain};
    }
    return found;
}

/* Splits leaves[0] into up to `bins`; returns how many there are, in no order. */
static size_t grow(const tree *t, leaf *leaves, size_t bins)
{
    size_t n = 1;
    while (n < bins) {
        size_t best = 0;
        for (size_t k = 1; k < n; k++)
            if (leaves[k].gain > leaves[best].gain)
                best = k;
        leaf split = leaves[best];
        if (split.gain <= 0)
            break;
        leaves[best] = best_split(t, split.begin, split.split);
        leaves[n++] = best_split(t, split.split, split.end);
    }
    return n;
}

/* ---- Edges ------------------------------------------------------------------------------ */

static int by_value(const void *a, const void *b)
{
    const place *x = a, *y = b;
    return x->value != y->value ? (x->value > y->value) - (x->value < y->value)
                                : (x->i > y->i) - (x->i < y->i);
}

size_t nu_tree_leaf_rows(size_t n, size_t bins)
{
    return n / (4 * bins) + 1;
}

static size_t edges_of(double *edge, const tree *t, const leaf *leaves, size_t n, size_t rows)
{
    edge[0] = t->at[0].value;
    for (size_t k = 0, e = 1; k < n; k++)
        if (leaves[k].begin > 0)
            edge[e++] = half_way(t, leaves[k].begin);
    edge[n] = t->at[rows - 1].value;
    nu_sort_reals(edge, n + 1);
    return n + 1;
}

nudge_status nu_tree_edges(double *edge, size_t *edges, const nu_fit *fit,
                           const nu_fit_number *number, const nu_tree_target *target, size_t bins,
                           nudge_error *err)
{
    place *at NU_FREED = NULL;
    double *sums NU_FREED = NULL;
    leaf *leaves NU_FREED = NULL;
    size_t parts = target->classes > 0 ? target->classes : target->outputs, n = 0;
    NU_NEW(at, nu_alloc, fit->n, "a sorted column", err);
    NU_NEW(sums, nu_alloc, 2 * parts, "sums of targets", err);
    NU_NEW(leaves, nu_alloc, bins, "leaves", err);
    for (size_t i = 0; i < fit->n; i++) {
        double value = nu_fit_cell(fit, number, i);
        if (!isnan(value))
            at[n++] = (place){value, i};
    }
    qsort(at, n, sizeof *at, by_value);
    tree t = {target, at, nu_tree_leaf_rows(n, bins), parts, sums, sums + parts};
    leaves[0] = best_split(&t, 0, n);
    *edges = edges_of(edge, &t, leaves, grow(&t, leaves, bins), n);
    return NUDGE_OK;
}
