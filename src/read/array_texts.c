/* Labels that are texts: each different one is a class. */
#include "core/memory.h"
#include "core/status.h"
#include "read/array.h"
#include "read/csv_encoding.h"
#include "table/dictionary.h"

/* A text being read: its bytes as they are in the file, and as UTF-8. */
typedef struct words {
    const nu_array *array;
    unsigned char *raw;
    char *text; /* up to 4 bytes for each character */
    nu_dictionary dictionary;
} words;

static void words_end(words *w)
{
    free(w->raw);
    free(w->text);
    nu_dictionary_free(&w->dictionary);
}

/* A character as UTF-8 (RFC 3629); returns the number of bytes, 0 for what is none. */
static size_t put_character(char *to, uint32_t c)
{
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t k = n - 1; k > 0; k--, c >>= 6)
        to[k] = (char)(0x80 | (c & 0x3F));
    to[0] = (char)(lead[n] | c);
    return n;
}

/* The text at w->raw into w->text; returns its size, SIZE_MAX if it is none. */
static size_t decode(const words *w)
{
    const nu_array *a = w->array;
    size_t width = nu_array_kinds[a->type].size, n = 0, ended = 0;
    for (size_t i = 0; i < a->characters; i++) {
        uint32_t c = 0;
        for (size_t k = 0; k < width; k++)
            c |= (uint32_t)w->raw[i * width + (a->big_endian ? width - 1 - k : k)] << 8 * k;
        if (c == 0) {
            ended = 1;
            continue;
        }
        size_t put = width == 4 ? put_character(w->text + n, c) : 1;
        if (put == 0 || ended)
            return SIZE_MAX;
        if (width == 1)
            w->text[n] = (char)c;
        n += put;
    }
    return nu_is_any_utf8(w->text, n) ? n : SIZE_MAX;
}

static nudge_status take_labels(nudge_table *t, words *w, nudge_error *err)
{
    const nu_array *a = w->array;
    size_t size = a->characters * nu_array_kinds[a->type].size;
    for (size_t i = 0; i < t->rows; i++) {
        int error = nu_source_fetch(a->source, a->at + i * size, w->raw, size);
        if (error != 0)
            return nu_fetch_failed(a->name, error, err);
        size_t n = decode(w);
        if (n == 0 || n == SIZE_MAX)
            return nu_fail(err, NUDGE_EDATA, "%s: label %zu is %s", a->name, i + 1,
                           n == 0 ? "empty" : "no text: it must be UTF-8 without NULs");
        size_t number = nu_dictionary_add(&w->dictionary, w->text, n);
        NU_NEED(number != NU_NOT_FOUND, n, a->name, err);
        if (number >= NU_MOST_CLASSES)
            return nu_fail(err, NUDGE_EDATA, "%s: more than %d different texts, too many for "
                           "classes", a->name, NU_MOST_CLASSES);
        t->classes[i] = (int32_t)number;
    }
    return NUDGE_OK;
}

static nudge_status read_texts(nudge_table *t, const nu_array *a, nudge_error *err)
{
    words w NU_SCOPED(words_end) = {.array = a};
    uint32_t *rank NU_FREED = NULL;
    if (a->width != 1)
        return nu_fail(err, NUDGE_EDATA, "%s: texts in %zu columns; labels are one for each row",
                       a->name, a->width);
    w.raw = malloc(a->characters * nu_array_kinds[a->type].size);
    w.text = malloc(a->characters * 4);
    NU_NEED(w.raw != NULL && w.text != NULL, a->characters * 8, a->name, err);
    NU_TRY(nu_memory_check((uint64_t)t->rows * sizeof *t->classes, a->name, err));
    NU_NEW(t->classes, nu_alloc, t->rows, a->name, err);
    t->outputs = 1;
    NU_TRY(take_labels(t, &w, err));
    NU_NEW(rank, calloc, w.dictionary.n, a->name, err);
    NU_NEED(nu_dictionary_sort(&w.dictionary, rank), w.dictionary.n, a->name, err);
    for (size_t i = 0; i < t->rows; i++)
        t->classes[i] = (int32_t)rank[t->classes[i]];
    return nu_strings_make(&t->class_labels, &t->n_classes, w.dictionary.n, nu_string_copy,
                           w.dictionary.texts, a->name, err);
}

nudge_status nu_array_read_targets(nudge_table *t, const nu_array *a, nudge_error *err)
{
    if (!nu_array_has_texts(a)) {
        NU_TRY(nu_array_read_numbers(t, a, err));
        return nu_array_keep_labels(t, a, err);
    }
    NU_TRY(nu_array_check_targets(t, a, err));
    return read_texts(t, a, err);
}
