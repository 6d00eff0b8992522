#include "table/dictionary.h"

#include <xxhash.h>

#include "core/memory.h"

/* The slot that holds the text, or the free one where it would go. */
static size_t slot_of(const nu_dictionary *d, const char *text, size_t size)
{
    size_t s = (size_t)XXH64(text, size, 0) & (d->n_slots - 1);
    while (d->slots[s] != 0) {
        const char *other = d->texts[d->slots[s] - 1];
        if (strncmp(other, text, size) == 0 && other[size] == '\0')
            break;
        s = (s + 1) & (d->n_slots - 1);
    }
    return s;
}

size_t nu_dictionary_find(const nu_dictionary *d, const char *text, size_t size)
{
    if (d->n_slots == 0)
        return NU_NOT_FOUND;
    uint32_t number = d->slots[slot_of(d, text, size)];
    return number == 0 ? NU_NOT_FOUND : number - 1;
}

/* Twice the room, and a table of slots that stays at most half full. */
static int grow(nu_dictionary *d)
{
    size_t room = d->room == 0 ? 16 : d->room * 2, n_slots = room * 2, bytes;
    if (room >= UINT32_MAX || !nu_mul(room, sizeof *d->texts, &bytes))
        return 0;
    char **texts = realloc(d->texts, bytes);
    if (texts == NULL)
        return 0;
    d->texts = texts;
    uint32_t *counts = realloc(d->counts, room * sizeof *counts);
    if (counts == NULL)
        return 0;
    d->counts = counts;
    uint32_t *slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL)
        return 0;
    free(d->slots);
    d->slots = slots;
    d->n_slots = n_slots;
    d->room = room;
    for (size_t i = 0; i < d->n; i++)
        d->slots[slot_of(d, d->texts[i], strlen(d->texts[i]))] = (uint32_t)i + 1;
    return 1;
}

size_t nu_dictionary_add(nu_dictionary *d, const char *text, size_t size)
{
    size_t number = nu_dictionary_find(d, text, size);
    if (number != NU_NOT_FOUND) {
        d->counts[number]++;
        return number;
    }
    if (d->n == d->room && !grow(d))
        return NU_NOT_FOUND;
    char *copy = strndup(text, size);
    if (copy == NULL)
        return NU_NOT_FOUND;
    d->slots[slot_of(d, text, size)] = (uint32_t)d->n + 1;
    d->texts[d->n] = copy;
    d->counts[d->n] = 1;
    return d->n++;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int nu_dictionary_sort(nu_dictionary *d, uint32_t *rank)
{
    char **sorted = malloc((d->n + 1) * sizeof *sorted);
    if (sorted == NULL)
        return 0;
    memcpy(sorted, d->texts, d->n * sizeof *sorted);
    qsort(sorted, d->n, sizeof *sorted, by_text);
    for (size_t i = 0; i < d->n; i++) {
        char **place = bsearch(&d->texts[i], sorted, d->n, sizeof *sorted, by_text);
        rank[i] = (uint32_t)(place - sorted);
    }
    free(d->texts);
    d->texts = sorted;
    free(d->slots);
    d->slots = NULL;
    d->n_slots = 0;
    return 1;
}

void nu_dictionary_free(nu_dictionary *d)
{
    for (size_t i = 0; i < d->n; i++)
        free(d->texts[i]);
    free(d->texts);
    free(d->counts);
    free(d->slots);
    *d = (nu_dictionary){0};
}
