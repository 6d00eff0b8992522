#include "read/csv_text.h"

#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "whole.h"

/* ---- One cell -------------------------------------------------------------------------- */

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

char *const nu_usually_missing[NU_USUALLY_MISSING] = {
    "NA", "NaN", "nan", "N/A", "n/a", "NULL", "null", "None", "?", "<NA>", "#N/A", "#NA",
    "#N/A N/A", "-NaN", "-nan", "1.#IND", "1.#QNAN", "-1.#IND", "-1.#QNAN", "na", "\\N",
    "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"};

static int is_usually_missing(const char *text, size_t size)
{
    if (size == 0)
        return 1;
    if (size > 8 || strchr("Nn?<#-1\\", text[0]) == NULL)
        return 0;
    if (text[0] == '1' ? size < 6 || text[2] != '#' : text[0] == '-' && text[1] != 'N' &&
                                                         text[1] != 'n' && text[1] != '1')
        return 0; /* most numbers */
    for (size_t i = 0; i < NU_USUALLY_MISSING; i++)
        if (strlen(nu_usually_missing[i]) == size &&
            memcmp(nu_usually_missing[i], text, size) == 0)
            return 1;
    return 0;
}

static int is_missing(const char *text, size_t size, const nu_csv_reading *how)
{
    if (how->missing == NULL)
        return is_usually_missing(text, size);
    for (size_t i = 0; i < how->n_missing; i++)
        if (strlen(how->missing[i]) == size && memcmp(how->missing[i], text, size) == 0)
            return 1;
    return size == 0;
}

/* ---- Numbers --------------------------------------------------------------------------- */

/* Digits from *at on; returns how many. */
static size_t skip_digits(const char **at, const char *end)
{
    const char *from = *at;
    while (*at < end && **at >= '0' && **at <= '9')
        ++*at;
    return (size_t)(*at - from);
}

int nu_csv_has_thousands(const char *text, size_t size, char separator)
{
    const char *at = text, *end = text + size;
    size_t groups = 0;
    at += at < end && (*at == '+' || *at == '-');
    size_t n = skip_digits(&at, end);
    if (n < 1 || n > 3)
        return 0;
    for (; at < end && *at == separator; groups++) {
        at++;
        if (skip_digits(&at, end) != 3)
            return 0;
    }
    if (at < end && (*at == '.' || *at == ',') && *at != separator) {
        at++;
        skip_digits(&at, end);
    }
    return groups > 0 && at == end;
}

/* As strtod() reads it, with a decimal point and nothing between thousands; longer ones are no
 * numbers that anybody wrote. Returns the new size, or 0: no number. */
#define PLAIN_TEXT 128
static size_t plain_number(char out[PLAIN_TEXT], const char *text, size_t size,
                           const nu_csv_reading *how)
{
    int groups = how->thousands != '\0' && memchr(text, how->thousands, size) != NULL;
    size_t n = 0;
    if (size >= PLAIN_TEXT || (groups && !nu_csv_has_thousands(text, size, how->thousands)))
        return 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '.' && how->decimal == ',' && !groups)
            return 0;
        if (text[i] == ',' && how->decimal == ',' && (text[i + 1] < '0' || text[i + 1] > '9'))
            return 0; /* it ends a word */
        if (!groups || text[i] != how->thousands)
            out[n++] = text[i] == ',' && how->decimal == ',' ? '.' : text[i];
    }
    out[n] = '\0';
    return n;
}

/* A number that does not need strtod(). */
static int is_short(const char *text, size_t size, char point, double *value)
{
    double number;
    if (size == 0 || nu_scan_real(text, text + size, point, &number) != size)
        return 0;
    *value = number;
    return 1;
}

int nu_csv_numbers_are_plain(const nu_csv_reading *how, char delimiter)
{
    for (size_t i = 0; i < how->n_missing; i++)
        if (strpbrk(how->missing[i], "0123456789") != NULL)
            return 0;
    return how->decimal != delimiter;
}

nu_cell nu_csv_cell(const char *text, size_t size, const nu_csv_reading *how, double *value)
{
    char plain[PLAIN_TEXT];
    while (size > 0 && is_blank(text[0]))
        text++, size--;
    while (size > 0 && is_blank(text[size - 1]))
        size--;
    int listed = how->missing != NULL && is_missing(text, size, how);
    if (!listed && is_short(text, size, how->decimal, value))
        return NU_CELL_NUMBER;
    if (listed || is_missing(text, size, how))
        return NU_CELL_MISSING;
    if (memchr(text, 'x', size) != NULL || memchr(text, 'X', size) != NULL)
        return NU_CELL_TEXT; /* strtod would take hexadecimal numbers */
    if (strchr(" \f\n\r\v", text[0]) != NULL)
        return NU_CELL_TEXT; /* and skip these */
    if (how->decimal == ',' || how->thousands != '\0') {
        size = plain_number(plain, text, size, how);
        if (size == 0)
            return NU_CELL_TEXT;
        text = plain;
    }
    if (is_short(text, size, '.', value))
        return NU_CELL_NUMBER;
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
