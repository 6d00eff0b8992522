/* Preprocessing, inside the library. */
#ifndef NUDGE_PREP_PREP_H
#define NUDGE_PREP_PREP_H

#include <math.h>

#include "table/dataset.h"
#include "table/table.h"
#include "nudge.h"

/* A raw feature column. Its values, in the order of columns, are a number and perhaps whether it is
 * missing, or categories (one-hot) and perhaps all others. Values are what a store holds; a network
 * input is a value or, behind a number, its place in one of its bins. */
typedef struct nu_prep_column {
    char *name;
    nudge_column_kind kind;
    double fill;        /* stands for a missing number; of a CATEGORY -1, if it is ordinal */
    nu_around around;   /* NUMBER */
    int is_ordinal;     /* CATEGORY: the value is the category's number, scaled; -1: it has none */
    int is_signed;      /* CATEGORY: the only value is 1, -1 or 0; there are two, with others */
    char **categories;  /* CATEGORY, sorted */
    size_t n_categories;
    int has_more;       /* the last value is "missing" or "other"; of an ordinal one, others have
                         * the last number */
} nu_prep_column;

/* What was learned of a number, in the column's own units. */
typedef struct nu_prep_list {
    size_t n;
    double *at;
} nu_prep_list;
void nu_prep_lists_free(nu_prep_list *lists, size_t n); /* NULL: nothing */
#define NU_EDGES_LEAST 3 /* the place in a single bin is the number itself, scaled */

/* How the cells of a target are written in text files, where its values are numbers. */
typedef struct nu_prep_target {
    nudge_column_kind kind; /* NUMBER or DATE; CATEGORY of classes */
    nu_around around;       /* NUMBER */
} nu_prep_target;

/* Immutable once it is made: a model shares the caller's. */
struct nudge_prep {
    nudge_dialect dialect;        /* of the text file that it was learned from, or zeros */
    int sharers;               /* owners but one; changed with __atomic builtins */
    nudge_loss loss;
    nudge_scale scale;

    size_t n_columns;          /* 0 for a matrix table: its features are used as they come */
    nu_prep_column *columns;
    size_t pixel_rows, pixel_columns; /* images, else 0; inputs are bytes */

    size_t values;
    int scales_categories;     /* their values are scaled, too */
    double *shift, *factor;    /* values: of nu_prep_scaled(). Those that are not scaled: 0 and 1.
                                * Pixels: 0 and 1/255 */
    nu_prep_list *quantiles;   /* values, of a quantile scale: none where they are constant; or
                                * NULL */
    nudge_encode encode;
    nu_prep_list *codes;       /* values: edges of bins, increasing; n is 0 or NU_EDGES_LEAST and
                                * more; or frequencies. NULL: encode none */
    uint32_t *first;           /* of values, and one more: its network inputs; NULL: value j is
                                * input j */
    size_t features;           /* network inputs */
    char **feature_names;      /* features: "age", "age[1]", "ocean=INLAND", "p17" */

    size_t outputs;
    size_t n_targets;          /* raw target columns: outputs, or 1 for classes */
    char **target_names;       /* n_targets */
    nu_prep_target *target_cells; /* n_targets; NULL: numbers alone, or classes */
    nudge_transform transform;
    double *target_lambda, *target_most; /* outputs, of Box-Cox: see prep/transform.h; or NULL */
    double *target_shift, *target_factor; /* outputs: network target = (transformed raw - shift) *
                                           * factor; 0 and 1 unless the target is standardised */
    size_t n_classes;          /* cross-entropy; bce of a two-category target: 2; else 0 */
    char **class_labels;       /* n_classes */

    nu_notes notes;            /* on what was chosen while learning; not in the model file */
};

/* More values or network inputs than this are refused: a model file could otherwise name any number
 * of them in a few bytes and have memory taken for it. */
#define NU_PREP_MAX_FEATURES ((size_t)1 << 24)

/* An integral value as the label of a class: "7", "-1"; returns text. */
#define NU_LABEL_TEXT 320
const char *nu_label_text(char text[NU_LABEL_TEXT], double value);

/* Values of a column. */
static inline size_t nu_prep_width(const nu_prep_column *c)
{
    if (c->is_ordinal || c->is_signed)
        return 1;
    return (c->kind == NUDGE_COLUMN_CATEGORY ? c->n_categories : 1) + (size_t)c->has_more;
}

/* Its first value is scaled. */
static inline int nu_prep_is_number(const nu_prep_column *c)
{
    return c->kind != NUDGE_COLUMN_CATEGORY || c->is_ordinal;
}

/* By the 2 or more quantiles of a number; NaN of what is not finite. */
double nu_quantile_scaled(const nu_prep_list *quantiles, double x);

/* Value j, which is a number, from its raw one. */
static inline double nu_prep_scaled(const nudge_prep *p, size_t j, double raw)
{
    if (p->quantiles != NULL && p->quantiles[j].n > 0)
        return nu_quantile_scaled(&p->quantiles[j], raw);
    double z = (raw - p->shift[j]) * p->factor[j];
    return p->scale == NUDGE_SCALE_ROBUST ? nu_smooth_clip(z) : z;
}

/* Value k of those of a column's categories, from value `first` on, of a row with category `one`
 * (-1: none), before it is scaled; and after. */
static inline double nu_prep_indicator(const nu_prep_column *c, size_t k, int32_t one)
{
    return c->is_signed ? (one == 0) - (one == 1) : (int32_t)k == one;
}

static inline double nu_prep_indicated(const nudge_prep *p, const nu_prep_column *c, size_t first,
                                       size_t k, int32_t one)
{
    double raw = nu_prep_indicator(c, k, one);
    return p->scales_categories ? nu_prep_scaled(p, first + k, raw) : raw;
}

/* Its first network input, which has the name of a column of numbers. */
static inline size_t nu_prep_input(const nudge_prep *p, size_t value)
{
    return p->first != NULL ? p->first[value] : value;
}

/* Network inputs of value j beside itself. */
static inline size_t nu_prep_code_inputs(const nudge_prep *p, size_t j)
{
    size_t n = p->codes != NULL ? p->codes[j].n : 0;
    return p->encode == NUDGE_ENCODE_FOURIER ? 2 * n : n > 0 ? n - 1 : 0;
}

/* A copy of n numbers, into an empty list. NUDGE_EMEMORY. */
nudge_status nu_prep_list_set(nu_prep_list *list, const double *numbers, size_t n,
                              nudge_error *err);

/* Sets values from the columns; a matrix has them already. NUDGE_EDATA (none, or too many; `where`
 * begins the message). */
nudge_status nu_prep_count_values(nudge_prep *prep, const char *where, nudge_error *err);

/* Sets features, first and feature_names, of values and their codes; those of a matrix are "x1",
 * "x2", ... or "p1", "p2", ... NUDGE_EDATA (too many; `where` begins the message),
 * NUDGE_EMEMORY. */
nudge_status nu_prep_name_features(nudge_prep *prep, const char *where, nudge_error *err);

/* One raw row as values: numbers[j] (NaN: missing) and texts[j] (NULL: missing) of raw column j,
 * whichever its kind is; texts may be NULL. */
void nu_prep_row(const nudge_prep *prep, const double *numbers, const char *const *texts,
                 double *values);

/* The number of a text among a column's sorted categories; of others, where they share one, that
 * behind them; or -1. NULL: missing. */
int32_t nu_prep_category(const nu_prep_column *c, const char *text);

/* For NU_SCOPED. */
static inline void nu_prep_drop(nudge_prep **prep)
{
    nudge_prep_free(*prep);
}

/* Another owner, who frees it too. */
nudge_prep *nu_prep_share(const nudge_prep *prep);

#endif
