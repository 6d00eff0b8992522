/* Words of a text file, for formats of numbers between blanks. */
#ifndef NUDGE_READ_TEXT_WORDS_H
#define NUDGE_READ_TEXT_WORDS_H

#include <locale.h>

#include "read/source.h"

typedef struct nu_words {
    const char *source;    /* for messages; the caller's */
    const char *at, *end;  /* what is left of the text */
    size_t line;           /* being read, from 1 */
    char comment;          /* what follows it to the end of its line is none; 0: there is none */
    const char *word;      /* the one that was found, not ended by a NUL */
    size_t size;
    locale_t c;            /* the C locale */
} nu_words;

/* Begins with a loaded source's text, behind a byte order mark of UTF-8. Ended by nu_words_end() in
 * any case. NUDGE_EMEMORY. */
nudge_status nu_words_start(nu_words *w, const nu_source *s, char comment, nudge_error *err);
void nu_words_end(nu_words *w);

/* Again from the beginning. */
void nu_words_rewind(nu_words *w, const nu_source *s);

/* The next word of this line; 0: there is no more. */
int nu_words_next(nu_words *w);

/* On to the next line; 0: there is none. */
int nu_words_next_line(nu_words *w);

/* Whether `size` bytes are a finite number in decimal notation, which is then in *value; and a
 * whole one from 0 to `most`, without sign. */
int nu_words_number(const nu_words *w, const char *text, size_t size, double *value);
int nu_words_whole(const char *text, size_t size, uint64_t most, uint64_t *value);

/* "'WORD' is WHAT" with source and line: NUDGE_EDATA. */
nudge_status nu_words_bad(const nu_words *w, const char *what, nudge_error *err);

#endif
