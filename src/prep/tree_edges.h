/* Edges of bins that tell targets apart: those at which a decision tree of one number splits. */
#ifndef NUDGE_PREP_TREE_EDGES_H
#define NUDGE_PREP_TREE_EDGES_H

#include "prep/learning.h"

/* What the trees of all numbers learn, of each training row. */
typedef struct nu_tree_target {
    size_t classes;     /* > 0: number[i] is the class of row i; else */
    uint32_t *number;   /* n */
    size_t outputs;     /* y is n x outputs, as the network learns them, but for one factor and
                         * shifts */
    double *y;
} nu_tree_target;

/* Once targets are learned. Ended by nu_tree_target_end() in any case. NUDGE_EDATA,
 * NUDGE_EMEMORY. */
nudge_status nu_tree_target_get(nu_tree_target *target, const nu_fit *fit, nudge_error *err);
void nu_tree_target_end(nu_tree_target *target);

/* The least value of a number, the thresholds of a tree of at most `bins` leaves, and the most; in
 * order; sets *edges, how many, at most bins + 1. The tree is that of scikit-learn's
 * DecisionTreeClassifier (Gini) or DecisionTreeRegressor (squared error) with max_leaf_nodes = bins
 * and min_samples_leaf = nu_tree_leaf_rows(): the leaf whose best split gains most is split next,
 * half way between two values. Rows without a value do not count, and weights of rows neither.
 * NUDGE_EMEMORY. */
nudge_status nu_tree_edges(double *edge, size_t *edges, const nu_fit *fit,
                           const nu_fit_number *number, const nu_tree_target *target, size_t bins,
                           nudge_error *err);

/* Rows that a leaf has at least: a quarter of its share of n. */
size_t nu_tree_leaf_rows(size_t n, size_t bins);

#endif
