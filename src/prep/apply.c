#include <math.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "prep/apply_target.h"
#include "prep/encode.h"

/* ---- Features of columns ---------------------------------------------------------------- */

/* How one raw feature column becomes values of the store. */
struct input {
    size_t column;              /* of the table */
    const char *name;
    const nu_prep_column *like;
    size_t first;               /* value of the store */
    int32_t *one;               /* CATEGORY: for each of the table's categories the value, counted
                                 * from `first`, that is 1; -1: none */
};

static nudge_status check_kind(const nudge_table *t, const nu_column *c, nudge_column_kind wanted,
                               nudge_error *err)
{
    if (c->kind == wanted || c->missing == t->rows) /* no values: of no kind */
        return NUDGE_OK;
    static const char *const takes[] = {
        [NUDGE_COLUMN_NUMBER] = "numbers", [NUDGE_COLUMN_CATEGORY] = "text",
        [NUDGE_COLUMN_DATE] = "dates"};
    return nu_fail(err, NUDGE_EMISMATCH, "%s: column '%s' holds %s; the model takes %s there",
                   t->source, c->name, takes[c->kind], takes[wanted]);
}

static nudge_status map_categories(const nudge_table *t, struct input *in, nudge_error *err)
{
    const nu_column *raw = &t->columns[in->column];
    size_t n = raw->kind == NUDGE_COLUMN_CATEGORY ? raw->n_categories : 0;
    NU_NEW(in->one, nu_alloc, n, "categories", err);
    for (size_t k = 0; k < n; k++)
        in->one[k] = nu_prep_category(in->like, raw->categories[k]);
    return NUDGE_OK;
}

/* What stands for a feature of a matrix: with nothing in place of a missing value. */
static const nu_prep_column plain_number = {.kind = NUDGE_COLUMN_NUMBER, .fill = NAN};

static nudge_status match_input(const nu_apply *apply, struct input *in, size_t hint,
                                nudge_error *err)
{
    const nudge_table *t = apply->table;
    in->column = nu_table_find(t, in->name, hint);
    if (in->column == SIZE_MAX)
        return nu_fail(err, NUDGE_EMISMATCH, "%s: no column '%s', which the model needs",
                       t->source, in->name);
    const nu_column *raw = &t->columns[in->column];
    NU_TRY(check_kind(t, raw, in->like->kind, err));
    if (in->like == &plain_number && raw->missing > 0)
        return nu_fail(err, NUDGE_EDATA, "%s: column '%s' has no value in data row %zu, and the "
                       "model, trained without missing values, has nothing to put there", t->source,
                       in->name, raw->first_missing + 1);
    return in->like->kind == NUDGE_COLUMN_CATEGORY ? map_categories(t, in, err) : NUDGE_OK;
}

/* inputs: one for each raw column of the prep, or each feature of its matrix. */
static nudge_status match_inputs(const nu_apply *apply, struct input *inputs, size_t n,
                                 nudge_error *err)
{
    const nudge_prep *p = apply->prep;
    for (size_t j = 0, first = 0; j < n; j++) {
        struct input *in = &inputs[j];
        in->like = p->n_columns > 0 ? &p->columns[j] : &plain_number;
        in->name = nudge_prep_column_name(p, j);
        in->first = first;
        NU_TRY(match_input(apply, in, j > 0 ? inputs[j - 1].column + 1 : 0, err));
        first += nu_prep_width(in->like);
    }
    return NUDGE_OK;
}

/* Returns 1, or 0 where a value is too large for the store; *row is then its row. Counts categories
 * that have no number. */
static int convert_numbers(const nu_apply *apply, const struct input *in, const double *cells,
                           size_t first_row, size_t rows, size_t *row, size_t *unknown)
{
    nu_store *s = apply->store;
    for (size_t r = 0; r < rows; r++) {
        int is_missing = isnan(cells[r]);
        double raw = is_missing ? in->like->fill
                     : in->one != NULL ? in->one[(size_t)cells[r]] : cells[r];
        double v = nu_prep_scaled(apply->prep, in->first, raw);
        *unknown += in->one != NULL && !is_missing && raw < 0;
        size_t at = (first_row + r) * s->features + in->first;
        *row = first_row + r;
        if (nu_keep(s->x, s->element, at, 1, &v) == 0)
            return 0;
        if (nu_prep_width(in->like) > 1)
            nu_put(s->x, s->element, at + 1, is_missing);
    }
    return 1;
}

/* Returns the number of cells with a category that has no input. */
static size_t convert_categories(const nu_apply *apply, const struct input *in, const double *cells,
                                 size_t first_row, size_t rows)
{
    nu_store *s = apply->store;
    size_t unknown = 0, width = nu_prep_width(in->like);
    for (size_t r = 0; r < rows; r++) {
        size_t at = (first_row + r) * s->features + in->first;
        int32_t one = isnan(cells[r]) ? -1 : in->one[(size_t)cells[r]];
        for (size_t k = 0; k < width; k++)
            nu_put(s->x, s->element, at + k,
                   nu_prep_indicated(apply->prep, in->like, in->first, k, one));
        unknown += one < 0 && !isnan(cells[r]);
    }
    return unknown;
}

/* Chunks of rows being converted, by all threads. */
struct chunks {
    nu_apply *apply;
    const struct input *inputs; /* n */
    size_t n;
    size_t bad;                 /* the first value that is too large: row * n + input; or
                                 * SIZE_MAX */
};

static void convert_chunk(struct chunks *work, size_t c)
{
    nudge_table *t = work->apply->table;
    size_t first = c * nu_chunk_rows(t), rows = nu_smaller(t->rows - first, nu_chunk_rows(t)), row;
    size_t unknown = 0;
    for (size_t j = 0; j < work->n; j++) {
        const struct input *in = &work->inputs[j];
        const double *cells = nu_cell_at(t, first, in->column);
        if (in->like->kind == NUDGE_COLUMN_CATEGORY && !in->like->is_ordinal)
            unknown += convert_categories(work->apply, in, cells, first, rows);
        else if (!convert_numbers(work->apply, in, cells, first, rows, &row, &unknown))
            nu_note_least(&work->bad, row * work->n + j);
    }
    (void)__atomic_add_fetch(&work->apply->unknown, unknown, __ATOMIC_RELAXED);
}

/* A chunk is freed as soon as it is converted: table and store together then take hardly more
 * memory than the larger one. */
static void convert_share(void *arg, int thread, int threads)
{
    struct chunks *work = arg;
    nudge_table *t = work->apply->table;
    size_t c, end;
    nu_team_share(nu_ceil_div(t->rows, nu_chunk_rows(t)), thread, threads, &c, &end);
    for (; c < end; c++) {
        convert_chunk(work, c);
        if (!work->apply->keep)
            nu_chunk_free(t, c);
    }
}

static nudge_status convert_chunks(nu_apply *apply, const struct input *inputs, size_t n,
                                   nudge_error *err)
{
    struct chunks work = {apply, inputs, n, SIZE_MAX};
    size_t values = apply->store->rows * apply->store->features;
    nu_team_run(values < 1 << 18 ? 1 : nu_team_threads(0, 0, NULL), convert_share, &work);
    if (work.bad == SIZE_MAX)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EDATA, "%s: column '%s', data row %zu: the value is too large for %s",
                   apply->table->source, inputs[work.bad % n].name, work.bad / n + 1,
                   nudge_dtype_name(apply->store->dtype));
}

/* Refuses what cannot fit, given that the table's memory comes back on the way. */
static nudge_status make_room(nu_apply *apply, nudge_error *err)
{
    nu_store *s = apply->store;
    size_t cells, bytes;
    int fits = nu_mul(s->rows, s->features, &cells) &&
               nu_mul(cells, nu_element_size(s->element), &bytes);
    NU_NEED(fits, SIZE_MAX, "features", err);
    uint64_t held = apply->keep ? 0 : nudge_table_describe(apply->table).bytes;
    if (bytes > held)
        NU_TRY(nu_memory_check(bytes - held, apply->table->source, err));
    s->x = nu_alloc(cells, nu_element_size(s->element));
    return s->x != NULL ? NUDGE_OK : nu_no_memory(err, bytes, "features");
}

static nudge_status apply_inputs(nu_apply *apply, struct input *inputs, size_t n, nudge_error *err)
{
    NU_TRY(match_inputs(apply, inputs, n, err));
    NU_TRY(make_room(apply, err));
    NU_TRY(nu_apply_target(apply, err));
    return convert_chunks(apply, inputs, n, err);
}

static nudge_status apply_columns(nu_apply *apply, nudge_error *err)
{
    const nudge_prep *p = apply->prep;
    size_t n = nudge_prep_columns(p);
    struct input *inputs NU_FREED = NULL;
    NU_NEW(inputs, calloc, n, "columns", err);
    nudge_status status = apply_inputs(apply, inputs, n, err);
    for (size_t j = 0; j < n; j++)
        free(inputs[j].one);
    return status;
}

/* ---- Features of a matrix -------------------------------------------------------------- */

/* rows x columns values, scaled; `to` may be `from` if of one type, or NULL: they are only looked
 * at. */
struct scaling {
    void *to;
    const void *from;
    nu_element to_element, from_element;
    size_t rows, columns;
    const nudge_prep *prep;
    size_t bad;                   /* first value that is not finite in `to`; SIZE_MAX: none */
};

static void scale_rows(void *arg, int thread, int threads)
{
    struct scaling *s = arg;
    size_t row, end;
    nu_team_share(s->rows, thread, threads, &row, &end);
    double values[NU_CONVERT_BLOCK], looked[NU_CONVERT_BLOCK];
    for (; row < end; row++)
        for (size_t first = 0, n; first < s->columns; first += n) {
            n = s->columns - first < NU_CONVERT_BLOCK ? s->columns - first : NU_CONVERT_BLOCK;
            size_t at = row * s->columns + first;
            nu_load(values, s->from, s->from_element, at, n);
            for (size_t j = 0; j < n; j++)
                values[j] = nu_prep_scaled(s->prep, first + j, values[j]);
            size_t good = s->to != NULL ? nu_keep(s->to, s->to_element, at, n, values)
                                        : nu_keep(looked, s->to_element, 0, n, values);
            if (good < n)
                nu_note_least(&s->bad, at + good);
        }
}

/* From `from`, a block or the mapped file, which the table may have lost by now. */
static nudge_status scale(const nu_apply *apply, const void *from, void *to, nudge_error *err)
{
    const nu_store *store = apply->store;
    const nudge_table *t = apply->table;
    struct scaling s = {.to = to, .from = from, .to_element = nu_element_of(store->dtype),
                        .from_element = t->element, .rows = store->rows,
                        .columns = store->features, .prep = apply->prep, .bad = SIZE_MAX};
    size_t count = s.rows * s.columns;
    nu_team_run(count < 1 << 18 ? 1 : nu_team_threads(0, 0, NULL), scale_rows, &s);
    if (s.bad == SIZE_MAX)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EDATA, "%s: feature '%s' in data row %zu is not a finite number, or "
                   "too large for %s", t->source,
                   nudge_prep_column_name(apply->prep, s.bad % s.columns),
                   s.bad / s.columns + 1, nudge_dtype_name(store->dtype));
}

/* Converted to the dataset's type and scaled, in place where the type is the same. */
static nudge_status take_scaled(nu_apply *apply, nudge_error *err)
{
    nu_store *store = apply->store;
    nudge_table *t = apply->table;
    const void *from = t->x;
    size_t bytes = store->rows * store->features * nu_element_size(store->element);
    if (!apply->keep && t->element == store->element) {
        store->x = NU_TAKE(t->x);
    } else {
        NU_TRY(nu_memory_check(bytes, t->source, err));
        NU_NEED((store->x = nu_alloc(bytes, 1)) != NULL, bytes, "features", err);
    }
    return scale(apply, from, store->x, err);
}

/* The store gets the table's own block, or borrows it. */
static void take_features(nu_apply *apply)
{
    nudge_table *t = apply->table;
    apply->store->borrows_x = apply->keep;
    apply->store->x = t->x;
    apply->store->map = t->map;
    if (apply->keep)
        return;
    t->x = NULL;
    t->map = (nu_mapping){0};
}

/* Bytes stay bytes; shift and factor go with them. */
static nudge_status take_bytes(nu_apply *apply, nudge_error *err)
{
    nu_store *s = apply->store;
    size_t size = nu_dtype_size(s->dtype);
    s->shift = nu_alloc(s->features, size);
    s->factor = nu_alloc(s->features, size);
    if (s->shift == NULL || s->factor == NULL)
        return nu_no_memory(err, 2 * s->features * size, "scales of features");
    (void)nu_keep(s->shift, s->element, 0, s->features, apply->prep->shift);
    (void)nu_keep(s->factor, s->element, 0, s->features, apply->prep->factor);
    s->element = NU_U8;
    take_features(apply);
    return NUDGE_OK;
}

/* A mapped matrix stays in its file; what is learned of it goes with it. */
static nudge_status take_mapped(nu_apply *apply, nudge_error *err)
{
    nu_store *s = apply->store;
    NU_TRY(scale(apply, apply->table->x, NULL, err)); /* what does not fit is refused in any case */
    NU_NEW(s->raw_shift, nu_alloc, s->features, "scales of features", err);
    NU_NEW(s->raw_factor, nu_alloc, s->features, "scales of features", err);
    memcpy(s->raw_shift, apply->prep->shift, s->features * sizeof *s->raw_shift);
    memcpy(s->raw_factor, apply->prep->factor, s->features * sizeof *s->raw_factor);
    s->clips = apply->prep->scale == NUDGE_SCALE_ROBUST;
    s->element = apply->table->element;
    take_features(apply);
    return NUDGE_OK;
}

static nudge_status apply_matrix(nu_apply *apply, nudge_error *err)
{
    const nudge_table *t = apply->table;
    const nudge_prep *p = apply->prep;
    if (t->features != p->values)
        return nu_fail(err, NUDGE_EMISMATCH, "the model takes %zu features, '%s' has %zu",
                       p->values, t->source, t->features);
    if (t->pixel_rows > 0 && p->pixel_rows > 0 && t->pixel_rows != p->pixel_rows)
        return nu_fail(err, NUDGE_EMISMATCH, "the model takes images of %zu x %zu pixels, '%s' has "
                       "%zu x %zu", p->pixel_rows, p->pixel_columns, t->source, t->pixel_rows,
                       t->pixel_columns);
    char text[NU_NAME_TEXT];
    for (size_t j = 0; j < t->features; j++) {
        const char *name = nu_matrix_name(text, t->pixel_rows > 0, j);
        const char *own = nudge_prep_column_name(p, j);
        if (strcmp(name, own) != 0)
            return nu_fail(err, NUDGE_EMISMATCH, "the model's feature %zu is '%s', that of '%s' is "
                           "'%s'", j + 1, own, t->source, name);
    }
    NU_TRY(nu_apply_target(apply, err));
    int stays = t->element == NU_U8 && p->scale < NUDGE_SCALE_ROBUST; /* the store scales */
    if (t->map.base != NULL && p->scale == NUDGE_SCALE_QUANTILE)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "scale", "%s: features that stay in their "
                               "file cannot be scaled by quantiles", t->source);
    return stays                ? take_bytes(apply, err)
           : t->map.base != NULL ? take_mapped(apply, err)
                                 : take_scaled(apply, err);
}

/* ---- All of it ------------------------------------------------------------------------- */

static nudge_status pack(nudge_dataset **data, nudge_table *t, int keep, const nudge_prep *prep,
                         nudge_dtype dtype, size_t *unknown, nudge_error *err)
{
    nu_store *store NU_SCOPED(nu_store_drop) = NULL;
    nudge_dataset *made NU_SCOPED(nu_dataset_drop) = NULL;
    if (t->rows == 0 || t->rows > UINT32_MAX)
        return nu_fail(err, NUDGE_EDATA, "%s: %zu rows; there must be from 1 to %u", t->source,
                       t->rows, UINT32_MAX);
    NU_TRY(nu_dataset_check(t->rows, prep->values, prep->outputs, dtype, err));
    NU_TRY(nu_store_new(&store, t->rows, prep->values, 0, dtype, err));
    NU_TRY(nu_encode_store(prep, store, err));
    nu_apply apply = {.table = t, .keep = keep, .prep = prep, .store = store};
    NU_TRY(t->n_columns > 0 ? apply_columns(&apply, err) : apply_matrix(&apply, err));
    NU_TRY(nu_dataset_wrap(&made, &store, err));
    if (t->weights != NULL && keep)
        NU_TRY(nudge_dataset_set_weights(made, t->weights, err));
    else if (t->weights != NULL)
        nu_dataset_take_weights(made, NU_TAKE(t->weights));
    *data = NU_TAKE(made);
    if (unknown != NULL)
        *unknown = apply.unknown;
    return NUDGE_OK;
}

nudge_status nudge_dataset_pack(nudge_dataset **data, nudge_table **table, const nudge_prep *prep,
                                nudge_dtype dtype, size_t *unknown, nudge_error *err)
{
    nudge_table *t NU_SCOPED(nu_table_drop) = *table;
    *table = NULL;
    return pack(data, t, 0, prep, dtype, unknown, err);
}

nudge_status nudge_dataset_pack_copy(nudge_dataset **data, const nudge_table *table,
                                     const nudge_prep *prep, nudge_dtype dtype, size_t *unknown,
                                     nudge_error *err)
{
    return pack(data, (nudge_table *)table, 1, prep, dtype, unknown, err); /* not changed */
}
