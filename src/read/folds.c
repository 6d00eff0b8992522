/* One table, several times over, with another part of its rows held out each time. */
#include "core/memory.h"
#include "core/status.h"
#include "prep/strata.h"
#include "table/dataset.h"
#include "table/split.h"

struct nudge_folds {
    nudge_table *table;
    size_t n;
    int stratified;
    uint32_t *fold;            /* of each row */
    nudge_prep_options prep;   /* for every fold: with the loss that all rows choose */
    nudge_dtype dtype;
};

void nudge_folds_free(nudge_folds *folds)
{
    if (folds == NULL)
        return;
    nudge_table_free(folds->table);
    free(folds->fold);
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
    if (o->val != NULL || o->test != NULL || o->val_split != 0 || o->test_split != 0)
        return nu_fail(err, NUDGE_EARGUMENT, "data for validation or testing beside folds, which "
                       "hold out every row once");
    return NUDGE_OK;
}

static nudge_status assign(nudge_folds *f, const nudge_data_options *o, nudge_error *err)
{
    nu_strata strata NU_SCOPED(nu_strata_end) = {0};
    NU_TRY(nu_strata_find(&strata, f->table, &o->prep, err));
    if (o->stratify)
        NU_TRY(nu_strata_need(&strata, f->table, err));
    f->stratified = strata.groups.n > 0;
    f->prep.loss = strata.prep->loss;
    return nu_folds_make(&f->fold, f->table->rows, f->n, f->stratified ? &strata.groups : NULL,
                         o->seed, err);
}

nudge_status nudge_folds_load(nudge_folds **folds, size_t n, const nudge_data_options *options,
                              nudge_error *err)
{
    nudge_folds *f NU_SCOPED(free_at) = NULL;
    NU_TRY(check_options(options, err));
    NU_NEW(f, calloc, 1, "folds", err);
    f->n = n;
    f->prep = options->prep;
    f->dtype = options->read.dtype;
    NU_TRY(nudge_table_read(&f->table, options->data, &options->read, err));
    NU_TRY(assign(f, options, err));
    *folds = NU_TAKE(f);
    return NUDGE_OK;
}

nudge_folds_info nudge_folds_describe(const nudge_folds *folds)
{
    return (nudge_folds_info){
        .folds = folds->n,
        .rows = folds->table->rows,
        .stratified = folds->stratified,
        .bytes = nudge_table_describe(folds->table).bytes +
                 folds->table->rows * sizeof *folds->fold,
    };
}

/* The rows of fold i, or of the others, ascending; *n of them. */
static nudge_status list_rows(uint32_t **rows, size_t *n, const nudge_folds *f, size_t i, int held,
                              nudge_error *err)
{
    uint32_t *list;
    NU_NEW(list, nu_alloc, f->table->rows, "row numbers", err);
    *n = 0;
    for (size_t r = 0; r < f->table->rows; r++)
        if ((f->fold[r] == i) == held)
            list[(*n)++] = (uint32_t)r;
    *rows = list;
    return NUDGE_OK;
}

nudge_status nudge_folds_data(nudge_data *data, const nudge_folds *folds, size_t i,
                              nudge_error *err)
{
    nudge_data d NU_SCOPED(nudge_data_free) = {0};
    nudge_dataset *all NU_SCOPED(nu_dataset_drop) = NULL; /* its parts keep the store */
    uint32_t *train NU_FREED = NULL, *val NU_FREED = NULL;
    size_t n_train, n_val;
    if (i >= folds->n)
        return nu_fail(err, NUDGE_EARGUMENT, "fold %zu of %zu", i, folds->n);
    NU_TRY(list_rows(&train, &n_train, folds, i, 0, err));
    NU_TRY(list_rows(&val, &n_val, folds, i, 1, err));
    NU_TRY(nudge_prep_fit(&d.prep, folds->table, train, n_train, &folds->prep, err));
    NU_TRY(nudge_dataset_pack_copy(&all, folds->table, d.prep, folds->dtype, &d.unknown, err));
    NU_TRY(nudge_dataset_subset(&d.train, all, train, n_train, err));
    NU_TRY(nudge_dataset_subset(&d.val, all, val, n_val, err));
    d.noise_floor = folds->table->noise_floor;
    uint64_t shared = all->store->borrows_x ? folds->table->rows * folds->table->features : 0;
    d.load_bytes = nudge_folds_describe(folds).bytes + nudge_dataset_describe(all).bytes - shared +
                   folds->table->rows * sizeof *train;
    *data = d;
    d = (nudge_data){0};
    return NUDGE_OK;
}
