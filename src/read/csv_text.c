#include "read/csv_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* ---- One cell -------------------------------------------------------------------------- */

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int is_missing(const char *text, size_t size)
{
    static const char *const sign[] = {"", "NA", "N/A", "null", "?"};
    for (size_t i = 0; i < sizeof sign / sizeof *sign; i++)
        if (strlen(sign[i]) == size && memcmp(sign[i], text, size) == 0)
            return 1;
    return 0;
}

/* As strtod() reads it with a decimal point; longer ones are no numbers that anybody wrote. */
#define POINT_TEXT 128
static int with_point(char out[POINT_TEXT], const char *text, size_t size)
{
    char *comma;
    if (size >= POINT_TEXT || memchr(text, '.', size) != NULL)
        return 0;
    memcpy(out, text, size);
    out[size] = '\0';
    if ((comma = memchr(out, ',', size)) == NULL)
        return 1;
    *comma = '.';
    return comma[1] >= '0' && comma[1] <= '9'; /* otherwise it ends a word */
}

nu_cell nu_csv_cell(const char *text, size_t size, const nu_csv_reading *how, double *value)
{
    char pointed[POINT_TEXT];
    while (size > 0 && is_blank(text[0]))
        text++, size--;
    while (size > 0 && is_blank(text[size - 1]))
        size--;
    if (is_missing(text, size))
        return NU_CELL_MISSING;
    if (memchr(text, 'x', size) != NULL || memchr(text, 'X', size) != NULL)
        return NU_CELL_TEXT; /* strtod would take hexadecimal numbers */
    if (strchr(" \f\n\r\v", text[0]) != NULL)
        return NU_CELL_TEXT; /* and skip these */
    if (how->decimal == ',') {
        if (!with_point(pointed, text, size))
            return NU_CELL_TEXT;
        text = pointed;
    }
    char *end;
    double number = strtod_l(text, &end, how->c);
    if (end != text + size)
        return NU_CELL_TEXT;
    if (!isfinite(number))
        return NU_CELL_NOT_FINITE;
    *value = number;
    return NU_CELL_NUMBER;
}

const char *nu_csv_short(char buf[NU_SHORT], const char *text)
{
    size_t n = strnlen(text, 41);
    while (n > 0 && (n > 40 || ((unsigned char)text[n] & 0xc0) == 0x80)) /* whole characters */
        n--;
    snprintf(buf, NU_SHORT, "%.*s%s", (int)n, text, text[n] != '\0' ? "..." : "");
    return buf;
}

int nu_csv_is_position(const char *name)
{
    return name[0] == 'c' && name[1] != '\0' && name[1 + strspn(name + 1, "0123456789")] == '\0';
}
