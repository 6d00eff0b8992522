/* Tables to datasets: what was learned from a table, and what the engine gets. */
#ifndef NUDGE_TESTS_DATASET_FIXTURES_H
#define NUDGE_TESTS_DATASET_FIXTURES_H

#include "prep/prep.h"
#include "prep/prep_json.h"
#include "suite.h"
#include "table/dataset.h"
#include "table_fixtures.h"

static const char *const towns[] = {"Bern", "Genf", "Thun"};

/* Learned from the `n` rows; all if n is 0. The target is scaled alike, where a loss is named that
 * takes it. */
static inline nudge_prep *fit_rows(const nudge_table *t, const uint32_t *rows, size_t n,
                                   nudge_scale scale, nudge_loss loss)
{
    nudge_error err;
    nudge_prep *prep = NULL;
    int both = loss != NUDGE_LOSS_AUTO && nudge_loss_describe(loss).power > 0;
    nudge_prep_options options = {.size = sizeof options, .scale = scale, .loss = loss,
                                  .target_scale = both ? scale : NUDGE_SCALE_AUTO};
    ck_ok(nudge_prep_fit(&prep, t, rows, n, &options, &err), &err);
    return prep;
}

static inline nudge_prep *fit(const nudge_table *t, nudge_scale scale, nudge_loss loss)
{
    return fit_rows(t, NULL, 0, scale, loss);
}

/* What a model file says of it; for free(). */
static inline char *prep_text(const nudge_prep *prep)
{
    json_t *json = nu_prep_to_json(prep);
    ck_assert_ptr_nonnull(json);
    char *text = json_dumps(json, JSON_REAL_PRECISION(17) | JSON_SORT_KEYS);
    ck_assert_ptr_nonnull(text);
    json_decref(json);
    return text;
}

static inline nudge_dataset *pack(nudge_table *t, const nudge_prep *prep, nudge_dtype dtype,
                                  size_t *unknown)
{
    nudge_error err;
    nudge_dataset *d = NULL;
    ck_ok(nudge_dataset_pack(&d, &t, prep, dtype, unknown, &err), &err);
    ck_assert_ptr_null(t);
    return d;
}

static inline void pack_refused(nudge_table *t, const nudge_prep *prep, nudge_status status,
                                const char *part)
{
    nudge_error err;
    nudge_dataset *d = NULL;
    size_t unknown = 77;
    ck_says(nudge_dataset_pack(&d, &t, prep, NUDGE_F32, &unknown, &err), status, part, &err);
    ck_assert_ptr_null(t); /* consumed all the same */
    ck_assert_ptr_null(d);
    ck_assert_uint_eq(unknown, 77);
}

/* Input j of row r, as the engine gets it but in double. */
static inline double input(const nudge_dataset *d, size_t r, size_t j)
{
    const nu_store *s = d->store;
    size_t at = (d->index != NULL ? d->index[r] : r) * s->features + j;
    if (s->element == NU_U8) {
        double shift = s->dtype == NUDGE_F32 ? ((float *)s->shift)[j] : ((double *)s->shift)[j];
        double factor = s->dtype == NUDGE_F32 ? ((float *)s->factor)[j] : ((double *)s->factor)[j];
        return (((unsigned char *)s->x)[at] - shift) * factor;
    }
    return s->element == NU_F32 ? ((float *)s->x)[at] : ((double *)s->x)[at];
}

static inline double target(const nudge_dataset *d, size_t r, size_t k)
{
    const nu_store *s = d->store;
    size_t row = d->index != NULL ? d->index[r] : r;
    if (s->classes != NULL)
        return s->classes[row];
    size_t at = row * s->outputs + k;
    return s->dtype == NUDGE_F32 ? ((float *)s->y)[at] : ((double *)s->y)[at];
}

#endif
