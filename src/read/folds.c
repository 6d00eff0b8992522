/* One table, several times over, with another part of its rows held out each time. */
#include "core/memory.h"
#include "core/status.h"
#include "prep/class_weights.h"
#include "prep/strata.h"
#include "read/read.h"
#include "table/dataset.h"
#include "table/split.h"

struct nudge_folds {
    nudge_table *table;
    size_t n;
    uint32_t *fold;            /* of each row */
    nu_strata strata;          /* groups.n == 0: not stratified */
    double val_split;          /* of each fold's training rows */
    uint64_t seed;
    nudge_prep_options prep;   /* for every fold: with the loss that all rows choose */
    nudge_dtype dtype;
    char *class_weight;        /* as in nudge_data_options */
};

void nudge_folds_free(nudge_folds *folds)
{
    if (folds == NULL)
        return;
    nudge_table_free(folds->table);
    nu_strata_end(&folds->strata);
    free(folds->fold);
    free(folds->class_weight);
    free(folds);
}

static void free_at(nudge_folds **folds)
{
    nudge_folds_free(*folds);
}

static nudge_status check_options(const nudge_data_options *o, nudge_error *err)
{
    if (o->data == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "no data; name a file or synth:NAME");
    if (o->val != NULL || o->test != NULL || o->test_split != 0)
        return nu_fail(err, NUDGE_EARGUMENT, "files or parts of held-out data beside folds, which "
                       "hold out every row once");
    return NUDGE_OK;
}

static nudge_status assign(nudge_folds *f, const nudge_data_options *o, nudge_error *err)
{
    NU_TRY(nu_strata_find(&f->strata, f->table, &o->prep, err));
    if (o->stratify)
        NU_TRY(nu_strata_need(&f->strata, f->table, err));
    NU_TRY(nu_notes_add(&f->table->notes, &f->strata.prep->notes, err));
    f->prep.loss = f->strata.prep->loss;
    return nu_folds_make(&f->fold, f->table->rows, f->n,
                         f->strata.groups.n > 0 ? &f->strata.groups : NULL, f->seed, err);
}

nudge_status nudge_folds_load(nudge_folds **folds, size_t n, const nudge_data_options *options,
                              nudge_error *err)
{
    nudge_folds *f NU_SCOPED(free_at) = NULL;
    nudge_data_options own, *o = &own;
    NU_TRY(nu_take_data_options(&own, options, err));
    NU_TRY(check_options(o, err));
    NU_NEW(f, calloc, 1, "folds", err);
    f->n = n;
    f->prep = o->prep;
    f->dtype = o->read.dtype;
    f->val_split = o->val_split;
    f->seed = o->seed;
    if (o->class_weight != NULL)
        NU_NEED((f->class_weight = strdup(o->class_weight)) != NULL,
                strlen(o->class_weight), "folds", err);
    NU_TRY(nudge_table_read(&f->table, o->data, &o->read, err));
    NU_TRY(assign(f, o, err));
    *folds = NU_TAKE(f);
    return NUDGE_OK;
}

nudge_folds_info nudge_folds_describe(const nudge_folds *folds)
{
    return (nudge_folds_info){
        .folds = folds->n,
        .rows = folds->table->rows,
        .stratified = folds->strata.groups.n > 0,
        .bytes = nudge_table_describe(folds->table).bytes +
                 folds->table->rows * (sizeof *folds->fold +
                                       (folds->strata.of != NULL ? sizeof(int32_t) : 0)),
    };
}

const nudge_note *nudge_folds_notes(const nudge_folds *folds, size_t *n)
{
    return nudge_table_notes(folds->table, n);
}

/* A fold's rows: those of `train` from 0 to n_train - 1 and of val behind them, and of test, each
 * part ascending. */
typedef struct fold_rows {
    uint32_t *train, *test;
    size_t n_train, n_val, n_test;
} fold_rows;

static void rows_free(fold_rows *r)
{
    free(r->train);
    free(r->test);
}

static nudge_status list_rows(fold_rows *rows, const nudge_folds *f, size_t i, nudge_error *err)
{
    NU_NEW(rows->train, nu_alloc, f->table->rows, "row numbers", err);
    NU_NEW(rows->test, nu_alloc, f->table->rows, "row numbers", err);
    for (size_t r = 0; r < f->table->rows; r++)
        if (f->fold[r] == i)
            rows->test[rows->n_test++] = (uint32_t)r;
        else
            rows->train[rows->n_train++] = (uint32_t)r;
    return NUDGE_OK;
}

/* Holds validation rows out of the training rows. */
static nudge_status split_rows(fold_rows *rows, const nudge_folds *f, nudge_error *err)
{
    nu_parts parts NU_SCOPED(nu_parts_free) = {0};
    int32_t *of NU_FREED = NULL;
    nu_groups groups = f->strata.groups;
    nu_split split = {.rows = rows->n_train, .val = f->val_split, .seed = f->seed};
    if (groups.n > 0) {
        NU_NEW(of, nu_alloc, rows->n_train, "classes", err);
        for (size_t i = 0; i < rows->n_train; i++)
            of[i] = groups.of[rows->train[i]];
        groups.of = of;
        split.groups = &groups;
    }
    NU_TRY(nu_parts_make(&parts, &split, err));
    for (size_t i = 0; i < rows->n_train; i++)
        parts.rows[i] = rows->train[parts.rows[i]];
    memcpy(rows->train, parts.rows, rows->n_train * sizeof *rows->train);
    rows->n_train = parts.n_train;
    rows->n_val = parts.n_val;
    return NUDGE_OK;
}

static nudge_status pack(nudge_data *d, const nudge_folds *f, const fold_rows *rows,
                         nudge_error *err)
{
    nudge_dataset *all NU_SCOPED(nu_dataset_drop) = NULL; /* its parts keep the store */
    NU_TRY(nudge_prep_fit(&d->prep, f->table, rows->train, rows->n_train, &f->prep, err));
    NU_TRY(nudge_dataset_pack_copy(&all, f->table, d->prep, f->dtype, &d->unknown, err));
    NU_TRY(nudge_dataset_subset(&d->train, all, rows->train, rows->n_train, err));
    NU_TRY(nu_class_weights_apply(d->train, d->prep, f->class_weight, err));
    if (rows->n_val > 0)
        NU_TRY(nudge_dataset_subset(&d->val, all, rows->train + rows->n_train, rows->n_val, err));
    NU_TRY(nudge_dataset_subset(&d->test, all, rows->test, rows->n_test, err));
    int is_counted = all->store->borrows_x && all->store->map.base == NULL;
    uint64_t shared = is_counted ? f->table->rows * f->table->features : 0;
    nu_notes notes = {0}; /* the table's are told once, by nudge_folds_notes() */
    NU_TRY(nu_notes_add(&notes, &d->prep->notes, err));
    d->notes = notes.note;
    d->n_notes = notes.n;
    int own_units = d->prep->transform == NUDGE_TRANSFORM_NONE;
    d->noise_floor = own_units ? f->table->noise_floor : NAN;
    d->load_bytes = nudge_folds_describe(f).bytes + nudge_dataset_describe(all).bytes - shared +
                    2 * f->table->rows * sizeof *rows->train;
    return NUDGE_OK;
}

nudge_status nudge_folds_data(nudge_data *data, const nudge_folds *folds, size_t i,
                              nudge_error *err)
{
    nudge_data d NU_SCOPED(nudge_data_free) = {0};
    fold_rows rows NU_SCOPED(rows_free) = {0};
    if (i >= folds->n)
        return nu_fail(err, NUDGE_EARGUMENT, "fold %zu of %zu", i, folds->n);
    NU_TRY(list_rows(&rows, folds, i, err));
    if (folds->val_split != 0) /* a NaN is refused there */
        NU_TRY(split_rows(&rows, folds, err));
    NU_TRY(pack(&d, folds, &rows, err));
    *data = d;
    d = (nudge_data){0};
    return NUDGE_OK;
}
