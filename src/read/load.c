#include "core/memory.h"
#include "core/status.h"
#include "prep/class_weights.h"
#include "prep/prep.h"
#include "prep/strata.h"
#include "read/read.h"
#include "table/dataset.h"
#include "table/split.h"

nudge_data_options nudge_data_defaults(void)
{
    return (nudge_data_options){.size = sizeof(nudge_data_options), .read = nudge_read_defaults(),
                                .prep = nudge_prep_defaults(), .seed = 1};
}

nudge_status nu_take_data_options(nudge_data_options *own, const nudge_data_options *given,
                                  nudge_error *err)
{
    *own = nudge_data_defaults();
    nudge_data_options all = *own;
    _Static_assert(sizeof own->read + NU_LATER <= sizeof own->read_room, "room for later members");
    NU_TRY(nu_take_options(&all, given, err));
    NU_TRY(nu_take_options(&own->read, &all.read, err));
    NU_TRY(nu_take_options(&own->prep, &all.prep, err));
    all.read = own->read;
    all.prep = own->prep;
    *own = all;
    return NUDGE_OK;
}

void nudge_data_free(nudge_data *data)
{
    if (data == NULL)
        return;
    nu_notes notes = {data->notes, data->n_notes};
    nu_notes_free(&notes);
    nudge_prep_free(data->prep);
    nudge_dataset_free(data->train);
    nudge_dataset_free(data->val);
    nudge_dataset_free(data->test);
    data->prep = NULL;
    data->train = data->val = data->test = NULL;
    data->notes = NULL;
    data->n_notes = 0;
}

/* What loading holds. Datasets that share a store count it once. */
struct loading {
    const nudge_data_options *options;
    nudge_data *data;    /* load_bytes: the most so far */
    uint64_t held;       /* by finished datasets */
};

static void note_use(struct loading *l, uint64_t more)
{
    if (l->held + more > l->data->load_bytes)
        l->data->load_bytes = l->held + more;
}

static nudge_status pack(struct loading *l, nudge_dataset **data, nudge_table **table,
                         nudge_error *err)
{
    const nudge_table *t = *table; /* asked before it is packed, which changes it */
    nudge_dtype dtype = l->options->read.dtype;
    uint64_t bytes = nudge_table_describe(t).bytes;
    int both = t->n_columns == 0 && t->element != NU_U8 && t->element != nu_element_of(dtype);
    /* Beside the larger one of table and store: a chunk, which is freed once it is converted. */
    uint64_t extra = (uint64_t)t->n_columns * nu_chunk_rows(t) * sizeof(double);
    extra += t->classes != NULL ? t->rows * sizeof *t->classes : 0;
    size_t unknown = 0;
    NU_TRY(nudge_dataset_pack(data, table, l->data->prep, dtype, &unknown, err));
    uint64_t store = nudge_dataset_describe(*data).bytes;
    note_use(l, extra + (both ? bytes + store : bytes > store ? bytes : store));
    l->held += store;
    l->data->unknown += unknown;
    return NUDGE_OK;
}

static nudge_status keep_notes(nudge_data *data, const nu_notes *more, nudge_error *err)
{
    nu_notes notes = {data->notes, data->n_notes};
    nudge_status status = nu_notes_add(&notes, more, err);
    data->notes = notes.note;
    data->n_notes = notes.n;
    return status;
}

static nudge_status read_table(struct loading *l, nudge_table **table, const char *spec,
                               const nudge_read_options *options, nudge_error *err)
{
    NU_TRY(nudge_table_read(table, spec, options, err));
    uint64_t bytes = nudge_table_describe(*table).bytes;
    note_use(l, (*table)->read_bytes > bytes ? (*table)->read_bytes : bytes);
    return keep_notes(l->data, &(*table)->notes, err);
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

static nudge_status split_rows(struct loading *l, nu_parts *parts, const nudge_table *table,
                               nudge_error *err)
{
    const nudge_data_options *o = l->options;
    nu_strata strata NU_SCOPED(nu_strata_end) = {0};
    nu_split split = {.rows = table->rows, .val = o->val_split, .test = o->test_split,
                      .order = o->split_order, .seed = o->seed};
    if (o->stratify) {
        NU_TRY(nu_strata_find(&strata, table, &o->prep, err));
        NU_TRY(nu_strata_need(&strata, table, err));
        split.groups = &strata.groups;
        note_use(l, nudge_table_describe(table).bytes + table->rows * sizeof *strata.of);
    }
    return nu_parts_make(parts, &split, err);
}

static nudge_status load_train(struct loading *l, nudge_error *err)
{
    const nudge_data_options *o = l->options;
    nudge_table *table NU_SCOPED(nu_table_drop) = NULL;
    nudge_dataset *all NU_SCOPED(nu_dataset_drop) = NULL; /* its parts keep the store */
    nu_parts parts NU_SCOPED(nu_parts_free) = {0};
    NU_TRY(read_table(l, &table, o->data, &o->read, err));
    size_t n = table->rows, lists = 0;
    l->data->noise_floor = table->noise_floor;
    if (o->val_split != 0 || o->test_split != 0) { /* a NaN is refused there */
        NU_TRY(split_rows(l, &parts, table, err));
        lists = n * sizeof *parts.rows;
        n = parts.n_train;
    }
    NU_TRY(nudge_prep_fit(&l->data->prep, table, parts.rows, n, &o->prep, err));
    if (o->prep.target_transform != NUDGE_TRANSFORM_NONE)
        l->data->noise_floor = NAN; /* it is in the target's own units */
    NU_TRY(keep_notes(l->data, &l->data->prep->notes, err));
    note_use(l, nudge_table_describe(table).bytes + lists + n * sizeof(double));
    NU_TRY(pack(l, &all, &table, err));
    if (parts.rows == NULL) {
        l->data->train = NU_TAKE(all);
        return nu_class_weights_apply(l->data->train, l->data->prep, o->class_weight, err);
    }
    NU_TRY(take_subset(l, &l->data->train, all, parts.rows, parts.n_train, err));
    NU_TRY(take_subset(l, &l->data->val, all, parts.val, parts.n_val, err));
    NU_TRY(take_subset(l, &l->data->test, all, parts.test, parts.n_test, err));
    note_use(l, lists);
    return nu_class_weights_apply(l->data->train, l->data->prep, o->class_weight, err);
}

/* ---- Files of held-out data ------------------------------------------------------------ */

typedef struct held_out {
    const char *what;      /* for messages */
    const char *spec, *labels;
    const char *setting;   /* what the labels are called in the options */
    double part;
    nudge_dataset **data;
} held_out;

static nudge_status check_given(const held_out *h, nudge_error *err)
{
    if (h->spec != NULL && h->part != 0)
        return nu_fail(err, NUDGE_EARGUMENT, "both a file of %s data, '%s', and a part, %g, of the "
                       "training data; one of them is enough", h->what, h->spec, h->part);
    if (h->spec == NULL && h->labels != NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "labels of %s data, '%s', without the data that they "
                       "belong to", h->what, h->labels);
    return NUDGE_OK;
}

static nudge_status load_held_out(struct loading *l, const held_out *h, nudge_error *err)
{
    if (h->spec == NULL)
        return NUDGE_OK;
    nudge_read_options read = l->options->read;
    read.like = l->data->prep;
    read.labels = h->labels;
    if (l->data->prep->n_columns == 0) /* a file of the training data's rows */
        read.weight = NULL;
    nudge_table *table NU_SCOPED(nu_table_drop) = NULL;
    NU_TRY(read_table(l, &table, h->spec, &read, err));
    int matrix = table->n_columns == 0;
    NU_TRY(pack(l, h->data, &table, err));
    if (nudge_dataset_describe(*h->data).outputs > 0)
        return NUDGE_OK;
    if (matrix)
        return nu_fail_setting(err, NUDGE_EMISMATCH, h->setting, "%s: %s data without labels; name "
                               "their file", h->spec, h->what);
    const nudge_prep *prep = l->data->prep;
    if (prep->n_targets > 1)
        return nu_fail(err, NUDGE_EMISMATCH, "%s: %s data must have all %zu target columns, '%s' "
                       "to '%s'", h->spec, h->what, prep->n_targets, prep->target_names[0],
                       prep->target_names[prep->n_targets - 1]);
    return nu_fail(err, NUDGE_EMISMATCH, "%s: %s data without the target column '%s'", h->spec,
                   h->what, prep->target_names[0]);
}

/* ---- All of it ------------------------------------------------------------------------- */

nudge_status nudge_data_load(nudge_data *data, const nudge_data_options *options,
                             nudge_error *err)
{
    nudge_data_options own, *o = &own;
    NU_TRY(nu_take_data_options(&own, options, err));
    nudge_data d NU_SCOPED(nudge_data_free) = {0};
    struct loading l = {.options = o, .data = &d};
    const held_out val = {"validation", o->val, o->val_labels, "val_labels", o->val_split, &d.val};
    const held_out test = {"test", o->test, o->test_labels, "test_labels", o->test_split, &d.test};
    if (o->data == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "no data; name a file or synth:NAME");
    if (o->stratify && o->val_split == 0 && o->test_split == 0)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "stratify", "nothing is held out of the data, "
                               "so nothing can be stratified");
    NU_TRY(check_given(&val, err));
    NU_TRY(check_given(&test, err));
    NU_TRY(load_train(&l, err));
    NU_TRY(load_held_out(&l, &val, err));
    NU_TRY(load_held_out(&l, &test, err));
    *data = d;
    d = (nudge_data){0};
    return NUDGE_OK;
}
