#include <stdlib.h>

#include "core/status.h"
#include "prep/prep.h"
#include "table/split.h"
#include "table/table.h"

nudge_data_options nudge_data_defaults(void)
{
    return (nudge_data_options){.read = nudge_read_defaults(), .seed = 1};
}

void nudge_data_free(nudge_data *data)
{
    if (data == NULL)
        return;
    nudge_prep_free(data->prep);
    nudge_dataset_free(data->train);
    nudge_dataset_free(data->val);
    nudge_dataset_free(data->test);
    *data = (nudge_data){0};
}

/* ---- Memory ---------------------------------------------------------------------------- */

/* What loading holds. Datasets that share a store count it once. */
struct loading {
    const nudge_data_options *options;
    nudge_data data;     /* load_bytes: the most so far */
    uint64_t held;       /* by finished datasets */
};

static void note_use(struct loading *l, uint64_t more)
{
    if (l->held + more > l->data.load_bytes)
        l->data.load_bytes = l->held + more;
}

/* Asked before packing, which changes the table. */
struct shape {
    uint64_t table;    /* bytes */
    uint64_t extra;    /* held by packing beside the larger one of table and store */
    int both;          /* table and store are whole in memory together */
};

static struct shape shape_of(const nudge_table *t, nudge_dtype dtype)
{
    struct shape s = {.table = nudge_table_describe(t).bytes};
    if (t->n_columns > 0) /* a chunk is freed once it is converted */
        s.extra = (uint64_t)t->n_columns * NU_CHUNK_ROWS * sizeof(double);
    else if (t->element != NU_U8)
        s.both = (t->element == NU_F32) != (dtype == NUDGE_F32);
    if (t->classes != NULL)
        s.extra += t->rows * sizeof *t->classes;
    return s;
}

static nudge_status pack(struct loading *l, nudge_dataset **data, nudge_table **table,
                         const nudge_prep *prep, nudge_error *err)
{
    size_t unknown = 0;
    struct shape s = shape_of(*table, l->options->read.dtype);
    NU_TRY(nudge_dataset_pack(data, table, prep, l->options->read.dtype, &unknown, err));
    uint64_t store = nudge_dataset_describe(*data).bytes;
    note_use(l, s.extra + (s.both ? s.table + store : s.table > store ? s.table : store));
    l->data.unknown += unknown;
    return NUDGE_OK;
}

static nudge_status read_table(struct loading *l, nudge_table **table, const char *spec,
                               const nudge_read_options *options, nudge_error *err)
{
    NU_TRY(nudge_table_read(table, spec, options, err));
    uint64_t bytes = nudge_table_describe(*table).bytes;
    note_use(l, (*table)->read_bytes > bytes ? (*table)->read_bytes : bytes);
    return NUDGE_OK;
}

/* ---- The training data, and what is held out of it ------------------------------------- */

static nudge_status take_subset(struct loading *l, nudge_dataset **part, const nudge_dataset *all,
                                const uint32_t *rows, size_t n, nudge_error *err)
{
    if (n == 0)
        return NUDGE_OK;
    NU_TRY(nudge_dataset_subset(part, all, rows, n, err));
    l->held += n * sizeof *rows;
    return NUDGE_OK;
}

static nudge_status pack_parts(struct loading *l, nudge_table **table, const nu_parts *split,
                               nudge_error *err)
{
    nudge_dataset *all;
    NU_TRY(pack(l, &all, table, l->data.prep, err));
    l->held += nudge_dataset_describe(all).bytes;
    if (split->rows == NULL) {
        l->data.train = all;
        return NUDGE_OK;
    }
    nudge_status status = take_subset(l, &l->data.train, all, split->rows, split->n_train, err);
    if (status == NUDGE_OK)
        status = take_subset(l, &l->data.val, all, nu_parts_val(split), split->n_val, err);
    if (status == NUDGE_OK)
        status = take_subset(l, &l->data.test, all, nu_parts_test(split), split->n_test, err);
    note_use(l, (split->n_train + split->n_val + split->n_test) * sizeof *split->rows);
    nudge_dataset_free(all); /* the parts keep its store */
    return status;
}

static nudge_status fit_and_pack(struct loading *l, nudge_table **table, nu_parts *split,
                                 nudge_error *err)
{
    const nudge_data_options *o = l->options;
    size_t rows = (*table)->rows, lists = 0;
    l->data.noise_floor = (*table)->noise_floor;
    if (o->val_split != 0 || o->test_split != 0) { /* a NaN is refused there */
        NU_TRY(nu_parts_make(split, rows, o->val_split, o->test_split, o->split_order, o->seed,
                             err));
        lists = rows * sizeof *split->rows;
    }
    size_t n = split->rows != NULL ? split->n_train : rows;
    NU_TRY(nudge_prep_fit(&l->data.prep, *table, split->rows, n, &o->prep, err));
    note_use(l, nudge_table_describe(*table).bytes + lists + n * sizeof(double));
    return pack_parts(l, table, split, err);
}

static nudge_status load_train(struct loading *l, nudge_error *err)
{
    nudge_table *table;
    nu_parts split = {0};
    NU_TRY(read_table(l, &table, l->options->data, &l->options->read, err));
    nudge_status status = fit_and_pack(l, &table, &split, err);
    nu_parts_free(&split);
    nudge_table_free(table);
    return status;
}

/* ---- Files of held-out data ------------------------------------------------------------ */

static nudge_status load_other(struct loading *l, nudge_dataset **data, const char *spec,
                               const char *labels, const char *what, nudge_error *err)
{
    if (spec == NULL)
        return NUDGE_OK;
    nudge_read_options read = l->options->read;
    read.like = l->data.prep;
    read.labels = labels;
    nudge_table *table;
    NU_TRY(read_table(l, &table, spec, &read, err));
    int matrix = table->n_columns == 0;
    NU_TRY(pack(l, data, &table, l->data.prep, err));
    l->held += nudge_dataset_describe(*data).bytes;
    if (nudge_dataset_describe(*data).outputs > 0)
        return NUDGE_OK;
    if (matrix)
        return nu_fail(err, NUDGE_EMISMATCH, "%s: %s data without labels; name their file with "
                       "--%s-labels", spec, what, what);
    return nu_fail(err, NUDGE_EMISMATCH, "%s: %s data without the target column '%s'", spec, what,
                   nudge_prep_target_name(l->data.prep, 0));
}

/* ---- All of it ------------------------------------------------------------------------- */

static nudge_status check_given(const char *spec, const char *labels, double part,
                                const char *what, nudge_error *err)
{
    if (spec != NULL && part != 0)
        return nu_fail(err, NUDGE_EARGUMENT, "both --%s '%s' and --%s-split %g; one of them is "
                       "enough", what, spec, what, part);
    if (spec == NULL && labels != NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "--%s-labels '%s' without the data they belong to; "
                       "name them with --%s", what, labels, what);
    return NUDGE_OK;
}

static nudge_status load_all(struct loading *l, nudge_error *err)
{
    const nudge_data_options *o = l->options;
    if (o->data == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "no data; name a file or synth:NAME");
    NU_TRY(check_given(o->val, o->val_labels, o->val_split, "val", err));
    NU_TRY(check_given(o->test, o->test_labels, o->test_split, "test", err));
    NU_TRY(load_train(l, err));
    NU_TRY(load_other(l, &l->data.val, o->val, o->val_labels, "val", err));
    return load_other(l, &l->data.test, o->test, o->test_labels, "test", err);
}

nudge_status nudge_data_load(nudge_data *data, const nudge_data_options *options,
                             nudge_error *err)
{
    struct loading l = {.options = options};
    nudge_status status = load_all(&l, err);
    if (status != NUDGE_OK) {
        nudge_data_free(&l.data);
        return status;
    }
    *data = l.data;
    return NUDGE_OK;
}
