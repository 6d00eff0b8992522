/* LIBSVM's files (SVMlight's, too): a line is a target and the features that are not 0, "1 3:0.5
 * 7:-2 # a note". https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/ */
#include <inttypes.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/prep.h"
#include "read/format.h"
#include "read/text_words.h"

/* "3:0.5" at a word of the text; 0: it is no such pair. */
static int take_pair(const nu_words *w, uint64_t *index, double *value)
{
    const char *colon = memchr(w->word, ':', w->size);
    if (colon == NULL)
        return 0;
    size_t n = (size_t)(colon - w->word);
    return nu_words_whole(w->word, n, UINT32_MAX, index) &&
           nu_words_number(w, colon + 1, w->size - n - 1, value);
}

static int is_query(const nu_words *w)
{
    return w->size > 4 && memcmp(w->word, "qid:", 4) == 0;
}

/* ---- By content ------------------------------------------------------------------------ */

/* How many pairs a line has behind its target; -1: it is no such line. The last word of a head that
 * is cut may be cut, too. */
static int count_pairs(nu_words *w, int cut)
{
    uint64_t index, last = 0;
    double value;
    int pairs = 0;
    if (!nu_words_next(w))
        return 0;
    if (!nu_words_number(w, w->word, w->size, &value))
        return -1;
    while (nu_words_next(w)) {
        if (cut && w->at == w->end)
            break;
        if (pairs == 0 && is_query(w))
            continue;
        if (!take_pair(w, &index, &value) || (pairs > 0 && index <= last))
            return -1;
        last = index;
        pairs++;
    }
    return pairs;
}

static int looks_like(const unsigned char *head, size_t size)
{
    nu_source s = {.name = "", .fd = -1, .bytes = (unsigned char *)head, .size = size};
    nu_words w NU_SCOPED(nu_words_end) = {0};
    int pairs = 0, more;
    if (nu_words_start(&w, &s, '#', NULL) != NUDGE_OK)
        return 0;
    do {
        more = count_pairs(&w, size == NU_HEAD);
        pairs += more;
    } while (more >= 0 && nu_words_next_line(&w));
    return more >= 0 && pairs > 0;
}

/* ---- Reading --------------------------------------------------------------------------- */

/* What the first walk over the text finds. */
typedef struct shape {
    size_t rows, targets;      /* rows; those that have a target */
    uint64_t least, most;      /* index */
    int queries;               /* groups of rows, for ranking */
} shape;

typedef struct reading {
    nu_words words;
    nudge_table *table;
    shape shape;
    size_t over;               /* values of features that a model does not have, */
    size_t over_line;          /* the first of them here */
    nudge_error *err;
} reading;

static void reading_end(reading *r)
{
    nu_words_end(&r->words);
}

static nudge_status pair_of(reading *r, uint64_t *index, double *value)
{
    nu_words *w = &r->words;
    if (!take_pair(w, index, value))
        return nu_words_bad(w, "no feature; INDEX:VALUE, two finite numbers, is right", r->err);
    if (*index > NU_PREP_MAX_FEATURES)
        return nu_words_bad(w, "of too large an index; 16777216 is the last", r->err);
    return NUDGE_OK;
}

/* The target, if the line has one; the word is then the one behind it. */
static nudge_status take_target(reading *r, int *has, double *target)
{
    nu_words *w = &r->words;
    *has = memchr(w->word, ':', w->size) == NULL;
    if (!*has)
        return NUDGE_OK;
    if (!nu_words_number(w, w->word, w->size, target))
        return nu_words_bad(w, memchr(w->word, ',', w->size) != NULL
                                   ? "several targets; one number is right"
                                   : "no target; a finite number is right", r->err);
    if (!nu_words_next(w))
        w->size = 0; /* all features are 0 */
    return NUDGE_OK;
}

/* One line, measured; `row` is where its features go, or NULL. */
static nudge_status take_line(reading *r, double *row, double *target, int *has)
{
    nu_words *w = &r->words;
    shape *s = &r->shape;
    uint64_t index, last = 0, first = s->least;
    double value;
    NU_TRY(take_target(r, has, target));
    if (w->size > 0 && is_query(w)) {
        s->queries = 1;
        if (!nu_words_next(w))
            w->size = 0;
    }
    for (int any = 0; w->size > 0; any = 1) {
        NU_TRY(pair_of(r, &index, &value));
        if (any && index <= last)
            return nu_words_bad(w, "out of order; indices must increase along a line", r->err);
        last = index;
        if (row == NULL) {
            s->least = index < s->least ? index : s->least;
            s->most = index > s->most ? index : s->most;
        } else if (index - first < r->table->features) {
            row[index - first] = value;
        } else if (r->over++ == 0) {
            r->over_line = w->line;
        }
        if (!nu_words_next(w))
            break;
    }
    return NUDGE_OK;
}

/* The first walk: how large the table is. */
static nudge_status measure(reading *r)
{
    nu_words *w = &r->words;
    double target;
    int has;
    do {
        if (!nu_words_next(w))
            continue;
        NU_TRY(take_line(r, NULL, &target, &has));
        if (r->shape.rows++ > 0 && has != (r->shape.targets > 0))
            return nu_fail(r->err, NUDGE_EDATA, "%s:%zu: %s", w->source, w->line,
                           has ? "a target, but rows above have none"
                               : "no target, but rows above have one");
        r->shape.targets += has;
    } while (nu_words_next_line(w));
    if (r->shape.rows == 0)
        return nu_fail(r->err, NUDGE_EDATA, "%s: no rows", w->source);
    return NUDGE_OK;
}

/* The second one. */
static nudge_status fill(reading *r)
{
    nu_words *w = &r->words;
    nudge_table *t = r->table;
    size_t row = 0;
    do {
        double target = 0;
        int has;
        if (!nu_words_next(w))
            continue;
        NU_TRY(take_line(r, (double *)t->x + row * t->features, &target, &has));
        if (has)
            ((double *)t->y)[row] = target;
        row++;
    } while (nu_words_next_line(w));
    return NUDGE_OK;
}

static nudge_status make_table(reading *r, const nudge_prep *like)
{
    nudge_table *t = r->table;
    shape *s = &r->shape;
    size_t count, bytes;
    int matrix = like != NULL && like->n_columns == 0;
    if (matrix && s->least == 0 && !like->dialect.zero_based)
        return nu_fail(r->err, NUDGE_EMISMATCH, "%s: an index 0; those of the model's data count "
                       "from 1", t->source);
    t->dialect.zero_based = matrix ? like->dialect.zero_based : s->least == 0;
    s->least = !t->dialect.zero_based;
    t->rows = s->rows;
    t->features = s->most < s->least ? 1 : (size_t)(s->most - s->least + 1);
    if (matrix)
        t->features = like->features;
    t->element = t->y_element = NU_F64;
    t->outputs = s->targets > 0;
    NU_NEED(nu_mul(t->rows, t->features, &count) && nu_mul(count, sizeof(double), &bytes),
            SIZE_MAX, t->source, r->err);
    NU_TRY(nu_memory_check(bytes, t->source, r->err));
    NU_NEED((t->x = nu_alloc_zero(count, sizeof(double))) != NULL, bytes, t->source, r->err);
    if (t->outputs > 0)
        NU_NEED((t->y = nu_alloc(t->rows, sizeof(double))) != NULL, t->rows * sizeof(double),
                t->source, r->err);
    return NUDGE_OK;
}

static nudge_status add_notes(const reading *r)
{
    nu_notes *notes = &r->table->notes;
    const char *source = r->words.source;
    if (r->shape.least == 0)
        NU_TRY(nu_note(notes, source, NULL, r->err, "indices count from 0; index 0 is x1"));
    if (r->shape.queries)
        NU_TRY(nu_note(notes, source, NULL, r->err, "qid, the groups for ranking, is left out"));
    if (r->over > 0)
        NU_TRY(nu_note(notes, source, NULL, r->err, "%zu value%s of features beyond the model's "
                       "%zu %s left out, the first in line %zu", r->over, r->over > 1 ? "s" : "",
                       r->table->features, r->over > 1 ? "are" : "is", r->over_line));
    return NUDGE_OK;
}

static nudge_status read_table(nudge_table *t, nu_source *s, const nudge_read_options *options,
                               nudge_error *err)
{
    reading r NU_SCOPED(reading_end) = {.table = t, .shape = {.least = UINT64_MAX}, .err = err};
    NU_TRY(nu_source_load(s, err));
    NU_TRY(nu_words_start(&r.words, s, '#', err));
    NU_TRY(measure(&r));
    NU_TRY(make_table(&r, options->like));
    nu_words_rewind(&r.words, s);
    NU_TRY(fill(&r));
    return add_notes(&r);
}

const nu_format nu_libsvm_format = {
    .name = "libsvm",
    .ending = {".svm", ".libsvm"},
    .by_ending = 1,
    .looks_like = looks_like,
    .read = read_table,
};
