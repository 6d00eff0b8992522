#include "read/text_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"

#define NUMBER_TEXT 64 /* nobody writes a longer number */

void nu_words_rewind(nu_words *w, const nu_source *s)
{
    w->at = (const char *)s->bytes;
    w->end = w->at + s->size;
    w->line = 1;
    if (s->size >= 3 && memcmp(w->at, "\xef\xbb\xbf", 3) == 0)
        w->at += 3;
}

nudge_status nu_words_start(nu_words *w, const nu_source *s, char comment, nudge_error *err)
{
    *w = (nu_words){.source = s->name, .comment = comment};
    nu_words_rewind(w, s);
    w->c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    NU_NEED(w->c != (locale_t)0, 1024, "the C locale", err);
    return NUDGE_OK;
}

void nu_words_end(nu_words *w)
{
    if (w->c != (locale_t)0)
        freelocale(w->c);
    *w = (nu_words){0};
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

int nu_words_next(nu_words *w)
{
    while (w->at < w->end && is_blank(*w->at))
        w->at++;
    w->word = w->at;
    while (w->at < w->end && !is_blank(*w->at) && *w->at != '\n' &&
           (w->comment == '\0' || *w->at != w->comment))
        w->at++;
    w->size = (size_t)(w->at - w->word);
    return w->size > 0;
}

int nu_words_next_line(nu_words *w)
{
    const char *end = w->at < w->end ? memchr(w->at, '\n', (size_t)(w->end - w->at)) : NULL;
    w->at = end != NULL ? end + 1 : w->end;
    w->line++;
    return w->at < w->end;
}

int nu_words_number(const nu_words *w, const char *text, size_t size, double *value)
{
    char copy[NUMBER_TEXT], *end;
    if (size == 0 || size >= sizeof copy)
        return 0;
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (strspn(copy, "0123456789+-.eE") != size) /* no "nan", no hexadecimal numbers */
        return 0;
    *value = strtod_l(copy, &end, w->c);
    return end == copy + size && isfinite(*value);
}

int nu_words_whole(const char *text, size_t size, uint64_t most, uint64_t *value)
{
    uint64_t n = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9' || n > most / 10)
            return 0;
        n = n * 10 + (uint64_t)(text[i] - '0');
    }
    *value = n;
    return size > 0 && n <= most;
}

nudge_status nu_words_bad(const nu_words *w, const char *what, nudge_error *err)
{
    return nu_fail(err, NUDGE_EDATA, "%s:%zu: '%.*s' is %s", w->source, w->line,
                   (int)(w->size < 40 ? w->size : 40), w->word, what);
}
