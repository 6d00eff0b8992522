#include "whole.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int nu_parse_whole(const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return 0;
    errno = 0;
    unsigned long long v = strtoull(text, NULL, 10);
    if (errno != 0 || v < least || v > most)
        return 0;
    *value = v;
    return 1;
}

char **nu_split(const char *text, char separator, size_t *n)
{
    size_t parts = 1;
    for (const char *c = text; *c != '\0'; c++)
        parts += *c == separator;
    *n = parts;
    char **part = malloc(parts * sizeof *part + strlen(text) + 1);
    if (part == NULL)
        return NULL;
    char *copy = strcpy((char *)(part + parts), text);
    const char stop[] = {separator, '\0'};
    for (size_t i = 0; i < parts; i++) {
        part[i] = copy;
        copy += strcspn(copy, stop);
        *copy++ = '\0';
    }
    return part;
}

int nu_parse_real(const char *text, double *value)
{
    if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
        return 0; /* strtod would take spaces, hexadecimal numbers, "inf" */
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return 0;
    char *end;
    *value = strtod_l(text, &end, c);
    freelocale(c);
    return *end == '\0' && isfinite(*value);
}
