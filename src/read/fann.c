/* FANN's training files: the numbers of rows, inputs and outputs, then for each row its inputs and
 * its outputs. http://leenissen.dk/fann/html/files/fann_train-h.html */
#include <inttypes.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "prep/prep.h"
#include "read/format.h"
#include "read/text_words.h"

/* The next word, of this line or of one below; 0: there is none. */
static int next_word(nu_words *w)
{
    while (!nu_words_next(w))
        if (!nu_words_next_line(w))
            return 0;
    return 1;
}

/* Three whole numbers alone in the first line: rows, inputs, outputs. */
static int take_header(nu_words *w, uint64_t header[3])
{
    int found = next_word(w);
    for (int i = 0; i < 3; i++, found = nu_words_next(w))
        if (!found || !nu_words_whole(w->word, w->size, UINT32_MAX, &header[i]) || header[i] == 0)
            return 0;
    return !found;
}

/* Whether a line with words has `want` numbers, as far as the head goes. */
static int has_numbers(nu_words *w, uint64_t want, int cut)
{
    uint64_t n = 0;
    double value;
    for (int more = next_word(w); more; more = nu_words_next(w), n++) {
        if (cut && w->at == w->end)
            return n < want; /* the last word may be cut */
        if (!nu_words_number(w, w->word, w->size, &value))
            return 0;
    }
    return n == want || (cut && w->at == w->end && n < want); /* or a blank is the head's last */
}

/* 3 inputs and 3 outputs look like a table of 3 columns. */
static int looks_like(const unsigned char *head, size_t size)
{
    nu_source s = {.name = "", .fd = -1, .bytes = (unsigned char *)head, .size = size};
    nu_words w NU_SCOPED(nu_words_end) = {0};
    uint64_t header[3];
    int cut = size == NU_HEAD;
    return nu_words_start(&w, &s, '\0', NULL) == NUDGE_OK && take_header(&w, header) &&
           (header[1] != 3 || header[2] != 3) && has_numbers(&w, header[1], cut) &&
           (w.at == w.end || has_numbers(&w, header[2], cut));
}

/* ---- Reading --------------------------------------------------------------------------- */

static nudge_status take_numbers(nu_words *w, void *to, uint64_t at, uint64_t n, nudge_error *err)
{
    for (uint64_t i = at; i < at + n; i++) {
        if (!next_word(w))
            return nu_fail(err, NUDGE_EDATA, "%s: cut short: it ends in line %zu, before the "
                           "numbers that its first line promises", w->source, w->line);
        if (!nu_words_number(w, w->word, w->size, (double *)to + i))
            return nu_words_bad(w, "no finite number", err);
    }
    return NUDGE_OK;
}

static nudge_status make_block(void **block, uint64_t rows, uint64_t columns, const char *what,
                               nudge_error *err)
{
    size_t count, bytes;
    NU_NEED(nu_mul(rows, columns, &count) && nu_mul(count, sizeof(double), &bytes), SIZE_MAX, what,
            err);
    NU_TRY(nu_memory_check(bytes, what, err));
    NU_NEED((*block = nu_alloc(count, sizeof(double))) != NULL, bytes, what, err);
    return NUDGE_OK;
}

static nudge_status read_rows(nudge_table *t, nu_words *w, const nu_source *s, nudge_error *err)
{
    uint64_t n[3];
    if (!take_header(w, n))
        return nu_fail(err, NUDGE_EDATA, "%s:%zu: a FANN training file begins with three whole "
                       "numbers: rows, inputs and outputs", w->source, w->line);
    if (n[1] > NU_PREP_MAX_FEATURES || n[2] > NU_PREP_MAX_FEATURES ||
        n[0] > s->size / (n[1] + n[2])) /* a number takes two bytes at least, but the last */
        return nu_fail(err, NUDGE_EDATA, "%s: cut short: %" PRIu64 " rows of %" PRIu64 " inputs "
                       "and %" PRIu64 " outputs do not fit into %" PRIu64 " bytes", w->source, n[0],
                       n[1], n[2], s->size);
    t->rows = n[0];
    t->features = n[1];
    t->outputs = n[2];
    t->element = t->y_element = NU_F64;
    NU_TRY(make_block(&t->x, n[0], n[1], t->source, err));
    NU_TRY(make_block(&t->y, n[0], n[2], t->source, err));
    for (uint64_t row = 0; row < n[0]; row++) {
        NU_TRY(take_numbers(w, t->x, row * n[1], n[1], err));
        NU_TRY(take_numbers(w, t->y, row * n[2], n[2], err));
    }
    return next_word(w) ? nu_words_bad(w, "behind the numbers that the first line promises", err)
                        : NUDGE_OK;
}

static nudge_status read_table(nudge_table *t, nu_source *s, const nudge_read_options *options,
                               nudge_error *err)
{
    nu_words w NU_SCOPED(nu_words_end) = {0};
    (void)options;
    NU_TRY(nu_source_load(s, err));
    NU_TRY(nu_words_start(&w, s, '\0', err));
    return read_rows(t, &w, s, err);
}

const nu_format nu_fann_format = {
    .name = "fann",
    .ending = {".fann"},
    .by_ending = 1,
    .looks_like = looks_like,
    .read = read_table,
};
