#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "prep/apply_columns.h"

/* ---- Features of a matrix -------------------------------------------------------------- */

/* rows x columns values: to = (from - shift) * factor; `to` may be `from` if of one type. */
struct scaling {
    void *to;
    const void *from;
    nu_element to_element, from_element;
    size_t rows, columns;
    const double *shift, *factor; /* columns */
    size_t bad;                   /* first value that is not finite in `to`; SIZE_MAX: none */
};

static void scale_rows(void *arg, int thread, int threads)
{
    struct scaling *s = arg;
    size_t row, end;
    nu_team_share(s->rows, thread, threads, &row, &end);
    double values[NU_CONVERT_BLOCK];
    for (; row < end; row++)
        for (size_t first = 0, n; first < s->columns; first += n) {
            n = s->columns - first < NU_CONVERT_BLOCK ? s->columns - first : NU_CONVERT_BLOCK;
            size_t at = row * s->columns + first;
            nu_load(values, s->from, s->from_element, at, n);
            for (size_t j = 0; j < n; j++)
                values[j] = (values[j] - s->shift[first + j]) * s->factor[first + j];
            size_t good = nu_keep(s->to, s->to_element, at, n, values);
            if (good < n)
                nu_note_least(&s->bad, at + good);
        }
}

/* Converted to the dataset's type and scaled, in place where the type is the same. */
static nudge_status take_scaled(nu_apply *apply, nudge_error *err)
{
    nu_store *store = apply->store;
    nudge_table *t = apply->table;
    struct scaling s = {.from = t->x, .to_element = store->element, .from_element = t->element,
                        .rows = store->rows, .columns = store->features,
                        .shift = apply->prep->shift, .factor = apply->prep->factor,
                        .bad = SIZE_MAX};
    size_t count = s.rows * s.columns, bytes = count * nu_element_size(s.to_element);
    if (s.from_element == s.to_element) {
        store->x = t->x;
        t->x = NULL;
    } else {
        NU_TRY(nu_memory_check(bytes, t->source, err));
        if ((store->x = nu_alloc(bytes, 1)) == NULL)
            return nu_no_memory(err, bytes, "features");
    }
    s.to = store->x;
    nu_team_run(count < 1 << 18 ? 1 : nu_team_threads(0, 0, NULL), scale_rows, &s);
    if (s.bad == SIZE_MAX)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EDATA, "%s: feature '%s' in data row %zu is not a finite number, or "
                   "too large for %s", t->source, apply->prep->feature_names[s.bad % s.columns],
                   s.bad / s.columns + 1, nudge_dtype_name(store->dtype));
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
    s->x = apply->table->x;
    apply->table->x = NULL;
    return NUDGE_OK;
}

static nudge_status apply_matrix(nu_apply *apply, nudge_error *err)
{
    const nudge_table *t = apply->table;
    const nudge_prep *p = apply->prep;
    if (t->features != p->features)
        return nu_fail(err, NUDGE_EMISMATCH, "the model takes %zu features, '%s' has %zu",
                       p->features, t->source, t->features);
    if (t->pixel_rows > 0 && p->pixel_rows > 0 && t->pixel_rows != p->pixel_rows)
        return nu_fail(err, NUDGE_EMISMATCH, "the model takes images of %zu x %zu pixels, '%s' has "
                       "%zu x %zu", p->pixel_rows, p->pixel_columns, t->source, t->pixel_rows,
                       t->pixel_columns);
    char text[NU_NAME_TEXT];
    for (size_t j = 0; j < t->features; j++) {
        const char *name = nu_matrix_name(text, t->pixel_rows > 0, j);
        if (strcmp(name, p->feature_names[j]) != 0)
            return nu_fail(err, NUDGE_EMISMATCH, "the model's feature %zu is '%s', that of '%s' is "
                           "'%s'", j + 1, p->feature_names[j], t->source, name);
    }
    NU_TRY(nu_apply_target(apply, err));
    return t->element == NU_U8 ? take_bytes(apply, err) : take_scaled(apply, err);
}

/* ---- All of it ------------------------------------------------------------------------- */

nudge_status nudge_dataset_pack(nudge_dataset **data, nudge_table **table, const nudge_prep *prep,
                                nudge_dtype dtype, size_t *unknown, nudge_error *err)
{
    nudge_table *t NU_SCOPED(nu_table_drop) = *table;
    nu_store *store NU_SCOPED(nu_store_drop) = NULL;
    *table = NULL;
    if (t->rows == 0 || t->rows > UINT32_MAX)
        return nu_fail(err, NUDGE_EDATA, "%s: %zu rows; there must be from 1 to %u", t->source,
                       t->rows, UINT32_MAX);
    NU_TRY(nu_dataset_check(t->rows, prep->features, prep->outputs, dtype, err));
    NU_TRY(nu_store_new(&store, t->rows, prep->features, 0, dtype, err));
    nu_apply apply = {.table = t, .prep = prep, .store = store};
    NU_TRY(t->n_columns > 0 ? nu_apply_columns(&apply, err) : apply_matrix(&apply, err));
    NU_TRY(nu_dataset_wrap(data, &store, err));
    if (unknown != NULL)
        *unknown = apply.unknown;
    return NUDGE_OK;
}
