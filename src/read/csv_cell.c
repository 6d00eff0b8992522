#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "read/csv.h"

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

nu_cell nu_csv_cell(const char *text, size_t size, locale_t c, double *value)
{
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
    char *end;
    double number = strtod_l(text, &end, c);
    if (end != text + size)
        return NU_CELL_TEXT;
    if (!isfinite(number))
        return NU_CELL_NOT_FINITE;
    *value = number;
    return NU_CELL_NUMBER;
}

const char *nu_csv_short(char buf[NU_SHORT], const char *text)
{
    size_t characters = 0, end = 0, cut = 0; /* cut: where 40 bytes of whole characters end */
    for (; text[end] != '\0' && end < NU_SHORT - 1; end++) {
        if (((unsigned char)text[end] & 0xc0) != 0x80) {
            if (end <= NU_SHORT - 4)
                cut = end;
            if (++characters > 40)
                break;
        }
    }
    if (text[end] == '\0') {
        memcpy(buf, text, end + 1);
    } else {
        memcpy(buf, text, cut);
        memcpy(buf + cut, "...", 4);
    }
    return buf;
}
