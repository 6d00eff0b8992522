#include "model/match.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "model/model_file.h"
#include "model/network_text.h"
#include "model/tensor.h"

/* The tensors of a file that can be a layer's, in the natural order of their names. */
typedef struct candidates {
    const nu_st_tensor **all; /* n of them; those that a layer has taken become NULL */
    size_t n;
    int own;                  /* the file is a nudge model: its layers' names say their order, */
    const char *prefix;       /* behind this */
} candidates;

/* ---- Names ----------------------------------------------------------------------------- */

/* Numbers in names count as numbers: "fc2" before "fc10". */
static int compare_names(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        size_t n = strspn(a, "0123456789"), m = strspn(b, "0123456789");
        if (n > 0 && m > 0) {
            for (; n > 1 && *a == '0'; n--)
                a++;
            for (; m > 1 && *b == '0'; m--)
                b++;
            int order = n != m ? (n < m ? -1 : 1) : memcmp(a, b, n);
            if (order != 0)
                return order;
            a += n;
            b += m;
        } else if (*a != *b) {
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        } else {
            a++;
            b++;
        }
    }
    return *a == *b ? 0 : *a == '\0' ? -1 : 1;
}

static int by_natural_name(const void *a, const void *b)
{
    const char *s = (*(const nu_st_tensor *const *)a)->name;
    const char *t = (*(const nu_st_tensor *const *)b)->name;
    int order = compare_names(s, t);
    return order != 0 ? order : strcmp(s, t); /* "fc1", "fc01" */
}

/* Whether two names differ in their numbers alone, which then say an order. */
static int same_but_numbers(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            a += strspn(a, "0123456789");
            b += strspn(b, "0123456789");
        } else if (*a++ != *b++) {
            return 0;
        }
    }
    return *a == *b;
}

/* Whether the last word of a name is `word`; the length of what goes before it is in *stem. */
static int ends_in(const char *name, const char *word, size_t *stem)
{
    size_t n = strlen(name), m = strlen(word);
    if (n < m || strcmp(name + n - m, word) != 0 || (n > m && name[n - m - 1] != '.'))
        return 0;
    *stem = n - m;
    return 1;
}

/* ---- Candidates ------------------------------------------------------------------------ */

static int is_layers(const candidates *c, const nu_st_tensor *t)
{
    size_t n = strlen(c->prefix);
    return strncmp(t->name, c->prefix, n) == 0 && strncmp(t->name + n, "layers.", 7) == 0;
}

static int is_own(const nu_st_file *file)
{
    const char *format = nu_st_metadata(file, "format");
    return format != NULL && strcmp(format, NU_MODEL_FORMAT) == 0;
}

size_t nu_match_members(const nu_st_file *file)
{
    size_t most = 0, k;
    for (size_t i = 0; i < file->n_tensors && is_own(file); i++) {
        (void)nu_member_rest(file->tensors[i].name, &k);
        most = k > most ? k : most;
    }
    return most + 1;
}

static nudge_status find_candidates(candidates *c, const nu_st_file *file, nudge_error *err)
{
    c->own = is_own(file);
    NU_NEW(c->all, calloc, file->n_tensors > 0 ? file->n_tensors : 1, "tensors", err);
    for (size_t i = 0; i < file->n_tensors; i++)
        if (!c->own || is_layers(c, &file->tensors[i]))
            c->all[c->n++] = &file->tensors[i];
    qsort(c->all, c->n, sizeof *c->all, by_natural_name);
    return NUDGE_OK;
}

static int has_shape(const nu_st_tensor *t, size_t rank, const uint64_t *shape)
{
    return t->rank == rank && memcmp(t->shape, shape, rank * sizeof *shape) == 0;
}

/* The first of a rank from place `at` on, or n. */
static size_t next_of_rank(const candidates *c, size_t rank, size_t at)
{
    while (at < c->n && (c->all[at] == NULL || c->all[at]->rank != rank))
        at++;
    return at;
}

/* The first that has the shape and may be next: names that differ in numbers alone are taken in
 * their order, others as the shapes have it. n: none. */
static size_t find_shape(const candidates *c, size_t rank, const uint64_t *shape)
{
    const nu_st_tensor *before = NULL;
    for (size_t i = next_of_rank(c, rank, 0); i < c->n; i = next_of_rank(c, rank, i + 1)) {
        int later = before != NULL && (c->own || same_but_numbers(before->name, c->all[i]->name));
        if (!later && has_shape(c->all[i], rank, shape))
            return i;
        before = c->all[i];
    }
    return c->n;
}

/* ---- Layers ---------------------------------------------------------------------------- */

nudge_status nu_match_dtype(const nu_st_tensor *t, nudge_error *err)
{
    if (strcmp(t->dtype, "F32") == 0 || strcmp(t->dtype, "F64") == 0)
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EDATA, "tensor '%.80s' is %s; nudge reads F32 and F64", t->name,
                   t->dtype);
}

static nudge_status missing(const char *name, const uint64_t *shape, size_t rank, nudge_error *err)
{
    char needed[NU_SHAPE_TEXT];
    return nu_fail(err, NUDGE_EMISMATCH, "tensor '%.80s' of shape %s is missing", name,
                   nu_shape_text(needed, shape, rank));
}

static nudge_status misfit(const nu_st_tensor *t, const uint64_t *shape, size_t rank,
                           nudge_error *err)
{
    char found[NU_SHAPE_TEXT], needed[NU_SHAPE_TEXT];
    NU_TRY(nu_match_dtype(t, err));
    return nu_fail(err, NUDGE_EMISMATCH, "tensor '%.80s' has shape %s; the network needs %s",
                   t->name, nu_shape_text(found, t->shape, t->rank),
                   nu_shape_text(needed, shape, rank));
}

static nudge_status take(nu_match *m, candidates *c, size_t tensor, size_t at, nudge_error *err)
{
    NU_TRY(nu_match_dtype(c->all[at], err));
    m->of[tensor] = c->all[at];
    c->all[at] = NULL;
    return NUDGE_OK;
}

/* The place of the bias that goes with "fc1.weight", which is "fc1.bias"; with "W1", whose name
 * says nothing, it is found like the weights. n: none. */
static size_t find_bias(const candidates *c, const nu_st_tensor *weight, const uint64_t *shape)
{
    size_t stem, other;
    if (!ends_in(weight->name, "weight", &stem))
        return find_shape(c, 1, shape);
    for (size_t i = 0; i < c->n; i++)
        if (c->all[i] != NULL && ends_in(c->all[i]->name, "bias", &other) && other == stem &&
            strncmp(c->all[i]->name, weight->name, stem) == 0)
            return i;
    return c->n;
}

static nudge_status take_bias(nu_match *m, candidates *c, const nu_tensor *t, nudge_error *err)
{
    uint64_t shape[NU_RANK_MOST];
    size_t rank = nu_tensor_shape(shape, t), stem = 0;
    const nu_st_tensor *weight = m->of[2 * t->layer];
    size_t at = find_bias(c, weight, shape);
    if (at < c->n)
        return has_shape(c->all[at], rank, shape) ? take(m, c, 2 * t->layer + 1, at, err)
                                                  : misfit(c->all[at], shape, rank, err);
    char name[100];
    if (!ends_in(weight->name, "weight", &stem))
        stem = 0;
    snprintf(name, sizeof name, "%.*sbias", (int)nu_smaller(stem, 80), weight->name);
    return missing(name, shape, rank, err);
}

/* Leaves the last layer as it is where the file's own takes the same inputs. */
static int keeps_last(nu_match *m, candidates *c, const nu_tensor *t, size_t at)
{
    size_t bias;
    if (t->layer == 0 || c->all[at]->shape[1] != t->columns ||
        next_of_rank(c, 2, at + 1) < c->n)
        return 0;
    bias = find_bias(c, c->all[at], c->all[at]->shape);
    m->other_last = c->all[at];
    c->all[at] = NULL;
    if (bias < c->n)
        c->all[bias] = NULL;
    return 1;
}

static nudge_status take_layer(nu_match *m, candidates *c, const nu_network *net, size_t layer,
                               int partial, nudge_error *err)
{
    char name[NU_TENSOR_NAME];
    uint64_t shape[NU_RANK_MOST];
    nu_tensor weight = nu_tensor_of(net, NULL, NUDGE_F32, 2 * layer);
    nu_tensor bias = nu_tensor_of(net, NULL, NUDGE_F32, 2 * layer + 1);
    size_t rank = nu_tensor_shape(shape, &weight), at = find_shape(c, rank, shape);
    if (at == c->n) {
        at = next_of_rank(c, rank, 0);
        if (at == c->n)
            return missing(nu_tensor_name(name, &weight, ""), shape, rank, err);
        if (partial && layer + 1 == net->layers && keeps_last(m, c, &weight, at))
            return NUDGE_OK;
        return misfit(c->all[at], shape, rank, err);
    }
    NU_TRY(take(m, c, 2 * layer, at, err));
    return take_bias(m, c, &bias, err);
}

/* What is left must be nothing that a network computes with: with it the file's network would be
 * another one. */
static nudge_status check_rest(const candidates *c, const nu_network *net, nudge_error *err)
{
    char shape[NU_SHAPE_TEXT];
    for (size_t i = 0; i < c->n; i++) {
        const nu_st_tensor *t = c->all[i];
        size_t stem;
        if (t != NULL && (t->rank > 1 || is_layers(c, t) || ends_in(t->name, "weight", &stem) ||
                          ends_in(t->name, "bias", &stem)))
            return nu_fail(err, NUDGE_EMISMATCH, "tensor '%.80s' of shape %s is none of the "
                           "network's, which has layers 0 to %zu", t->name,
                           nu_shape_text(shape, t->shape, t->rank), net->layers - 1);
    }
    return NUDGE_OK;
}

/* A tensor of network `member`, before its first layer, that no tensor of ours takes. */
static int is_foreign(const nu_match *m, const nu_st_tensor *t, const nu_network *net,
                      size_t member)
{
    size_t k, i = 2 * net->layers;
    const char *rest = nu_member_rest(t->name, &k);
    if (k != member || (strcmp(rest, "input_factor") != 0 && strncmp(rest, "embedding.", 10) != 0))
        return 0;
    while (i < nu_tensors(net) && m->of[i] != t)
        i++;
    return i == nu_tensors(net);
}

/* Tensors before the first layer, of a nudge model: a network without them would be another one. */
static nudge_status take_others(nu_match *m, const nu_st_file *file, const nu_network *net,
                                const char *prefix, size_t member, nudge_error *err)
{
    char name[NU_TENSOR_NAME];
    for (size_t i = 2 * net->layers; i < nu_tensors(net); i++) {
        uint64_t shape[NU_RANK_MOST];
        nu_tensor own = nu_tensor_of(net, NULL, NUDGE_F32, i);
        const nu_st_tensor *t = nu_st_find(file, nu_tensor_name(name, &own, prefix));
        size_t rank = nu_tensor_shape(shape, &own);
        if (t == NULL)
            continue;
        if (!has_shape(t, rank, shape))
            return misfit(t, shape, rank, err);
        m->of[i] = t;
        NU_TRY(nu_match_dtype(t, err));
    }
    for (size_t i = 0; i < file->n_tensors; i++)
        if (is_foreign(m, &file->tensors[i], net, member))
            return nu_fail(err, NUDGE_EMISMATCH, "tensor '%.80s' is none of the network's",
                           file->tensors[i].name);
    return NUDGE_OK;
}

nudge_status nu_match_layers(nu_match *match, const nu_st_file *file, size_t member,
                             const nu_network *net, int partial, nudge_error *err)
{
    char prefix[NU_MEMBER_TEXT];
    candidates c = {.prefix = nu_member_prefix(prefix, member)};
    *match = (nu_match){0};
    NU_NEW(match->of, calloc, nu_tensors(net), "tensors", err);
    nudge_status status = find_candidates(&c, file, err);
    for (size_t l = 0; l < net->layers && status == NUDGE_OK; l++)
        status = take_layer(match, &c, net, l, partial, err);
    if (status == NUDGE_OK)
        status = check_rest(&c, net, err);
    if (status == NUDGE_OK && c.own)
        status = take_others(match, file, net, c.prefix, member, err);
    free(c.all);
    return status;
}

void nu_match_end(nu_match *match)
{
    free(match->of);
}
