/* Parts of a dataset that are held out in turn. */
#include "core/memory.h"
#include "core/status.h"
#include "table/dataset.h"
#include "table/split.h"

static uint32_t store_row(const nudge_dataset *data, size_t row)
{
    return data->index != NULL ? data->index[row] : (uint32_t)row;
}

/* The class of a row; -1: it has none. */
static int32_t class_of(const nudge_dataset *data, size_t row)
{
    const nu_store *s = data->store;
    if (s->classes != NULL)
        return s->classes[store_row(data, row)];
    if (s->y == NULL || s->outputs != 1)
        return -1;
    double y = nu_value(s->y, nu_element_of(s->dtype), store_row(data, row));
    return y == 0 ? 0 : y == 1 ? 1 : -1;
}

/* groups->of are the classes, *of for free(). A class of one row joins the largest one, for it
 * cannot be in every part. n == 0: the rows have no classes. */
static nudge_status find_groups(nu_groups *groups, int32_t **of, const nudge_dataset *data,
                                nudge_error *err)
{
    size_t n = data->store->classes != NULL ? data->store->outputs : 2, largest = 0;
    size_t *count NU_FREED = NULL;
    NU_NEW(*of, nu_alloc, data->rows, "classes", err);
    NU_NEW(count, calloc, n, "classes", err);
    for (size_t i = 0; i < data->rows; i++) {
        (*of)[i] = class_of(data, i);
        if ((*of)[i] < 0)
            return NUDGE_OK;
        count[(*of)[i]]++;
    }
    for (size_t k = 1; k < n; k++)
        largest = count[k] > count[largest] ? k : largest;
    for (size_t i = 0; i < data->rows; i++)
        if (count[(*of)[i]] == 1)
            (*of)[i] = (int32_t)largest;
    *groups = (nu_groups){.of = *of, .n = count[largest] > 1 ? n : 0};
    return NUDGE_OK;
}

nudge_status nudge_dataset_hold_out(nudge_dataset **train, nudge_dataset **held,
                                    const nudge_dataset *data, size_t k, size_t parts,
                                    uint64_t seed, nudge_error *err)
{
    nudge_dataset *rest NU_SCOPED(nu_dataset_drop) = NULL;
    uint32_t *fold NU_FREED = NULL, *rows NU_FREED = NULL;
    int32_t *of NU_FREED = NULL;
    nu_groups groups = {0};
    size_t n[2] = {0, data->rows}; /* of the rest, from the front; of the part, from the back */
    if (k >= parts)
        return nu_fail(err, NUDGE_EARGUMENT, "part %zu of %zu", k, parts);
    NU_TRY(nu_dataset_has_values(data, err));
    NU_TRY(find_groups(&groups, &of, data, err));
    NU_TRY(nu_folds_make(&fold, data->rows, parts, groups.n > 0 ? &groups : NULL, seed, err));
    NU_NEW(rows, nu_alloc, data->rows, "row numbers", err);
    for (size_t i = 0; i < data->rows; i++)
        if (fold[i] != k)
            rows[n[0]++] = (uint32_t)i;
    for (size_t i = data->rows; i-- > 0;)
        if (fold[i] == k)
            rows[--n[1]] = (uint32_t)i;
    NU_TRY(nudge_dataset_subset(&rest, data, rows, n[0], err));
    NU_TRY(nudge_dataset_subset(held, data, rows + n[1], data->rows - n[1], err));
    *train = NU_TAKE(rest);
    return NUDGE_OK;
}
