#include "prep/encode.h"

#include <float.h>
#include <math.h>

#include "core/memory.h"
#include "core/random.h"
#include "core/status.h"
#include "prep/tree_edges.h"
#include "quantiles.h"

/* Scaled edges are so far apart at most, that no place overflows in f32. */
#define WIDEST 1e37

/* ---- Learning --------------------------------------------------------------------------- */

nudge_status nu_encode_check(const nudge_prep_options *o, nudge_error *err)
{
    if (nudge_encode_name(o->encode) == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "encoding %d does not exist", (int)o->encode);
    if (nudge_bin_edges_name(o->bin_edges) == NULL)
        return nu_fail(err, NUDGE_EARGUMENT, "edges %d of bins do not exist", (int)o->bin_edges);
    if (o->bins == 1 || o->bins > NU_BINS_MOST)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "bins", "%zu bins; there must be from 2 to %d",
                               o->bins, NU_BINS_MOST);
    if (o->frequencies > NU_FREQUENCIES_MOST)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "frequencies", "%zu frequencies; there must "
                               "be from 1 to %d", o->frequencies, NU_FREQUENCIES_MOST);
    if (!(o->frequency_scale >= 0 && o->frequency_scale <= NU_FREQUENCY_SCALE_MOST))
        return nu_fail_setting(err, NUDGE_EARGUMENT, "frequency_scale", "%g is no scale of "
                               "frequencies; it must be above 0 and at most %g",
                               o->frequency_scale, NU_FREQUENCY_SCALE_MOST);
    return NUDGE_OK;
}

size_t nudge_prep_bins(size_t rows)
{
    size_t bins = NU_BINS_FEWEST;
    while (bins < NU_BINS_MOST_USUAL && 2 * bins * NU_BIN_ROWS <= rows)
        bins *= 2;
    return bins;
}

/* The width of a bin whose edges are not scaled yet, as a store has it. */
static double bin_width(const nudge_prep *p, size_t j, double lower, double upper)
{
    return (double)((float)nu_prep_scaled(p, j, upper) - (float)nu_prep_scaled(p, j, lower));
}

/* Leaves out edges that scaled f32 numbers cannot tell from the one before. */
static nudge_status keep_different(const nu_fit *fit, size_t j, double *edge, size_t *n,
                                   const char *name, nudge_error *err)
{
    size_t kept = 1;
    for (size_t k = 1; k < *n; k++) {
        double width = bin_width(fit->prep, j, edge[kept - 1], edge[k]);
        if (!(width <= WIDEST))
            return nu_fail_setting(err, NUDGE_EDATA, "scale", "%s: column '%s': values from %g to "
                                   "%g are too far apart to encode unless they are scaled",
                                   fit->table->source, name, edge[0], edge[*n - 1]);
        if (width >= (double)FLT_MIN)
            edge[kept++] = edge[k];
    }
    *n = kept;
    return NUDGE_OK;
}

/* Sorted values without those that are there already; returns how many are left. */
static size_t only_different(double *sorted, size_t n)
{
    size_t m = 1;
    for (size_t i = 1; i < n; i++)
        if (sorted[i] != sorted[m - 1])
            sorted[m++] = sorted[i];
    return m;
}

/* Up to bins + 1 edges, of which every other is a quantile of rows, which may be 0 for the most
 * part, and those between of different values. */
static size_t quantile_edges(double edge[NU_BINS_MOST + 1], size_t bins, double *values, size_t n)
{
    nu_sort_reals(values, n);
    for (size_t k = 0; k <= bins; k += 2)
        edge[k] = nu_quantile(values, n, (double)k / (double)bins);
    size_t m = only_different(values, n);
    if (m <= bins + 1) {
        memcpy(edge, values, m * sizeof *edge);
        return m;
    }
    for (size_t k = 1; k <= bins; k += 2)
        edge[k] = nu_quantile(values, m, (double)k / (double)bins);
    nu_sort_reals(edge, bins + 1);
    return bins + 1;
}

static nudge_status fit_edges(const nu_fit *fit, const nu_fit_number *number, double *cells,
                             size_t n, nudge_error *err)
{
    size_t bins = fit->asked.bins > 0 ? fit->asked.bins : nudge_prep_bins(fit->n);
    nu_prep_list *code = &fit->prep->codes[number->value];
    double edge[NU_BINS_MOST + 1];
    char text[NU_NAME_TEXT];
    size_t edges;
    if (fit->tree != NULL)
        NU_TRY(nu_tree_edges(edge, &edges, fit, number, fit->tree, bins, err));
    else
        edges = quantile_edges(edge, bins, cells, n);
    NU_TRY(keep_different(fit, number->value, edge, &edges, nu_fit_name(text, fit, number), err));
    return edges < NU_EDGES_LEAST ? NUDGE_OK : nu_prep_list_set(code, edge, edges, err);
}

static int are_whole(const double *cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cells[i] != rint(cells[i]))
            return 0;
    return 1;
}

static nudge_status fit_code(const nu_fit *fit, const nu_fit_number *number, double *cells,
                             size_t n, nudge_error *err)
{
    const nudge_prep_options *o = &fit->asked;
    double frequency[NU_FREQUENCIES_MOST];
    size_t count = o->frequencies > 0 ? o->frequencies : NU_FREQUENCIES_USUAL, differs = 1;
    double scale = o->frequency_scale > 0 ? o->frequency_scale : NU_FREQUENCY_SCALE_USUAL;
    while (differs < n && cells[differs] == cells[0])
        differs++;
    if (number->codes != NULL || differs == n)
        return NUDGE_OK;
    fit->is_whole[number->value] = (unsigned char)are_whole(cells, n);
    if (o->encode != NUDGE_ENCODE_FOURIER)
        return fit_edges(fit, number, cells, n, err);
    uint64_t stream = nu_stream(NU_RANDOM_FREQUENCIES, (uint32_t)number->value);
    for (size_t k = 0; k < count; k++)
        frequency[k] = scale * nu_random_normal(o->seed, stream, k);
    return nu_prep_list_set(&fit->prep->codes[number->value], frequency, count, err);
}

/* ---- Counts ------------------------------------------------------------------------------ */

#define COUNTS_LEAST 16
#define COUNTS_SPAN 255

/* Adds value j, if it is a count; a span is the least and the most of several. */
static size_t add_count(double span[2], const nu_fit *fit, size_t j)
{
    const nu_prep_list *edges = &fit->prep->codes[j];
    if (edges->n == 0 || !fit->is_whole[j])
        return 0;
    span[0] = fmin(span[0], edges->at[0]);
    span[1] = fmax(span[1], edges->at[edges->n - 1]);
    return 1;
}

/* Bins harm counts, as pixels are: see NUDGE_ENCODE_AUTO. */
static int are_counts(const nu_fit *fit)
{
    const nudge_prep *p = fit->prep;
    double all[2] = {INFINITY, -INFINITY};
    size_t encoded = 0, counts = 0, wide = 0;
    for (size_t j = 0; j < p->values; j++) {
        encoded += p->codes[j].n > 0;
        counts += add_count(all, fit, j);
    }
    for (size_t j = 0; j < p->values; j++) {
        double own[2] = {INFINITY, -INFINITY};
        wide += add_count(own, fit, j) && 2 * (own[1] - own[0]) >= all[1] - all[0];
    }
    return encoded >= COUNTS_LEAST && 4 * counts >= 3 * encoded && 2 * wide >= counts &&
           all[1] - all[0] <= COUNTS_SPAN;
}

/* ---- All of it -------------------------------------------------------------------------- */

static nudge_status encode_none(nudge_prep *p, const nu_fit *fit, const char *why,
                                nudge_error *err)
{
    nu_prep_lists_free(NU_TAKE(p->codes), p->values);
    p->encode = NUDGE_ENCODE_NONE;
    return nu_note(&p->notes, fit->table->source, "encode", err, "%s", why);
}

nudge_status nu_fit_codes(nu_fit *fit, nudge_error *err)
{
    nudge_prep *p = fit->prep;
    unsigned char *is_whole NU_FREED = NULL;
    nu_tree_target tree NU_SCOPED(nu_tree_target_end) = {0};
    size_t encoded = 0;
    int is_auto = fit->asked.encode == NUDGE_ENCODE_AUTO;
    if (fit->asked.encode == NUDGE_ENCODE_NONE)
        return NUDGE_OK;
    p->encode = is_auto ? NUDGE_ENCODE_PIECEWISE : fit->asked.encode;
    NU_NEW(p->codes, calloc, p->values, "encodings", err);
    NU_NEW(is_whole, calloc, p->values, "encodings", err);
    fit->is_whole = is_whole;
    if (fit->asked.bin_edges == NUDGE_EDGES_TREE && p->encode == NUDGE_ENCODE_PIECEWISE) {
        NU_TRY(nu_tree_target_get(&tree, fit, err));
        fit->tree = &tree;
    }
    NU_TRY(nu_fit_numbers(fit, fit_code, err));
    for (size_t j = 0; j < p->values; j++)
        encoded += p->codes[j].n > 0;
    if (encoded == 0)
        return encode_none(p, fit, "no number has enough different values: none is encoded", err);
    return !is_auto || !are_counts(fit) ? NUDGE_OK
           : encode_none(p, fit, "most numbers are counts of one range, which bins harm: none is "
                         "encoded", err);
}

/* ---- Stores ----------------------------------------------------------------------------- */

/* Value j: a part of its own, or of the last one. */
static void add_part(nu_encoding *e, const nudge_prep *p, size_t j)
{
    nu_encoded *last = e->n > 0 ? &e->parts[e->n - 1] : NULL;
    uint32_t inputs = p->first[j + 1] - p->first[j];
    if (last != NULL && inputs == 1 && last->inputs == last->values && j % NU_CONVERT_BLOCK > 0) {
        last->values++;
        last->inputs++;
    } else {
        e->parts[e->n++] = (nu_encoded){(uint32_t)j, 1, p->first[j], inputs};
    }
}

static void put_bins(nu_encoding *e, const nudge_prep *p, size_t j, nu_element real)
{
    for (size_t k = 0; k + 1 < p->codes[j].n; k++) {
        size_t i = p->first[j] + 1 + k;
        const double *edge = p->codes[j].at + k;
        nu_put(e->low, real, i, nu_prep_scaled(p, j, edge[0]));
        nu_put(e->factor, real, i, nu_prep_scaled(p, j, edge[1]));
        double width = nu_value(e->factor, real, i) - nu_value(e->low, real, i);
        nu_put(e->factor, real, i, 1 / width);
    }
}

/* cos(2 pi c x) = sin(2 pi c x + pi / 2), then the sine. */
static void put_waves(nu_encoding *e, const nudge_prep *p, size_t j, nu_element real)
{
    for (size_t k = 0; k < 2 * p->codes[j].n; k++) {
        size_t i = p->first[j] + 1 + k;
        nu_put(e->low, real, i, k % 2 == 0 ? M_PI_2 : 0);
        nu_put(e->factor, real, i, 2 * M_PI * p->codes[j].at[k / 2]);
    }
}

nudge_status nu_encode_store(const nudge_prep *p, nu_store *store, nudge_error *err)
{
    nu_encoding *e = &store->encoding;
    if (p->codes == NULL)
        return NUDGE_OK;
    size_t bytes = p->features * nu_dtype_size(store->dtype);
    NU_NEW(e->parts, nu_alloc, p->values, "an encoding", err);
    NU_NEED((e->low = nu_alloc_zero(bytes, 1)) != NULL, bytes, "an encoding", err);
    NU_NEED((e->factor = nu_alloc_zero(bytes, 1)) != NULL, bytes, "an encoding", err);
    e->inputs = p->features;
    e->is_waves = p->encode == NUDGE_ENCODE_FOURIER;
    for (size_t j = 0; j < p->values; j++) {
        add_part(e, p, j);
        (e->is_waves ? put_waves : put_bins)(e, p, j, nu_element_of(store->dtype));
    }
    return NUDGE_OK;
}

nudge_status nu_check_frequencies(const nudge_prep *p, size_t j, const nu_prep_list *list,
                                  const char *key, const char *name, nudge_error *err)
{
    (void)p;
    (void)j;
    for (size_t k = 0; k < list->n; k++)
        if (fabs(list->at[k]) > 100 * NU_FREQUENCY_SCALE_MOST)
            return nu_fail(err, NUDGE_EDATA, "'%s' of '%s': %g is too high", key, name,
                           list->at[k]);
    return NUDGE_OK;
}

/* ---- JSON ------------------------------------------------------------------------------- */

nudge_status nu_check_edges(const nudge_prep *p, size_t j, const nu_prep_list *edges,
                            const char *key, const char *name, nudge_error *err)
{
    for (size_t k = 1; k < edges->n; k++) {
        double width = bin_width(p, j, edges->at[k - 1], edges->at[k]);
        if (!(width >= (double)FLT_MIN && width <= WIDEST))
            return nu_fail(err, NUDGE_EDATA, "'%s' of '%s': %.17g behind %.17g; they must "
                           "increase, by no more than numbers of the network can tell", key, name,
                           edges->at[k], edges->at[k - 1]);
    }
    return NUDGE_OK;
}
