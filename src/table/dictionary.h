/* Texts to numbers: every different text gets the next number, from 0. */
#ifndef NUDGE_TABLE_DICTIONARY_H
#define NUDGE_TABLE_DICTIONARY_H

#include <stddef.h>
#include <stdint.h>

/* Zeros are an empty dictionary. */
typedef struct nu_dictionary {
    char **texts;     /* n */
    uint32_t *counts; /* n: how often each was added */
    size_t n, room;
    uint32_t *slots;  /* hash table of numbers + 1; 0 is a free slot */
    size_t n_slots;   /* a power of two, or 0 */
} nu_dictionary;

#define NU_NOT_FOUND SIZE_MAX

/* The number of a text, which is added if it is new; NU_NOT_FOUND: no memory. */
size_t nu_dictionary_add(nu_dictionary *d, const char *text, size_t size);

/* The number of a text, or NU_NOT_FOUND. */
size_t nu_dictionary_find(const nu_dictionary *d, const char *text, size_t size);

/* Sorts the texts by byte value; rank[old number] = new number, for n. Only for reading the texts
 * afterwards: nothing is found any more. 0 without memory. */
int nu_dictionary_sort(nu_dictionary *d, uint32_t *rank);

void nu_dictionary_free(nu_dictionary *d);

#endif
