#include "read/csv_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "read/csv_scan.h"

/* ---- Text ------------------------------------------------------------------------------ */

static int is_blank_line(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n')
            return 0;
    return 1;
}

/* Length of the UTF-8 character at `b` (RFC 3629), 0 if there is none. */
static size_t character_size(const unsigned char *b, size_t size)
{
    if (b[0] < 0x80)
        return 1;
    size_t n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || n > size)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((b[i] & 0xc0) != 0x80)
            return 0;
    if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) || /* overlong, surrogate */
        (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f))   /* overlong, too large */
        return 0;
    return n;
}

/* The first byte that no text has: a control character, or one that is not UTF-8; or `size`. */
static size_t first_odd_byte(const unsigned char *bytes, size_t size)
{
    size_t at = 0;
    while (at < size) {
        unsigned char b = bytes[at];
        if (b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f')
            return at;
        size_t n = character_size(bytes + at, size - at);
        if (n == 0)
            return at;
        at += n;
    }
    return size;
}

nudge_status nu_csv_check_text(const char *source, char **bytes, size_t *size,
                               nudge_error *err)
{
    if (*size >= 2 && (memcmp(*bytes, "\xff\xfe", 2) == 0 || memcmp(*bytes, "\xfe\xff", 2) == 0))
        return nu_fail(err, NUDGE_EDATA, "%s: UTF-16 text; save the file as UTF-8", source);
    if (*size >= 3 && memcmp(*bytes, "\xef\xbb\xbf", 3) == 0) {
        *bytes += 3;
        *size -= 3;
    }
    if (is_blank_line(*bytes, *size))
        return nu_fail(err, NUDGE_EDATA,
                       "%s: empty file; a CSV table with a header line was expected", source);
    size_t odd = first_odd_byte((const unsigned char *)*bytes, *size);
    if (odd == *size)
        return NUDGE_OK;
    unsigned char byte = (unsigned char)(*bytes)[odd];
    size_t line = nu_csv_count_lines(*bytes, odd);
    if (odd == 0 || strchr("\r\n", (*bytes)[odd - 1]) != NULL)
        line++;
    if (byte < ' ')
        return nu_fail(err, NUDGE_EDATA, "%s:%zu: the byte 0x%02X is no text; an IDX file or a "
                       "CSV table was expected", source, line, byte);
    return nu_fail(err, NUDGE_EDATA, "%s:%zu: the byte 0x%02X is not UTF-8; save the file as "
                   "UTF-8", source, line, byte);
}

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
