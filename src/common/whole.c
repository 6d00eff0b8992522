#include "whole.h"

#include <errno.h>
#include <float.h>
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

/* ---- Numbers --------------------------------------------------------------------------- */

static int is_digit(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/* Eight digits, the first in the lowest byte, as a number: neighbours are joined three times, 1 and
 * 1 digit, 2 and 2, 4 and 4. Bytes of zeros are digits, too. */
static inline uint64_t eight_digits(uint64_t word)
{
    word = (word & 0x0f0f0f0f0f0f0f0f) * (256 * 10 + 1) >> 8;
    word = (word & 0x00ff00ff00ff00ff) * (65536 * 100 + 1) >> 16;
    return (word & 0x0000ffff0000ffff) * (((uint64_t)10000 << 32) + 1) >> 32;
}

/* How many of the bytes from the lowest on are digits, without a branch for each. */
static inline unsigned leading_digits(uint64_t word)
{
    uint64_t other = word ^ 0x3030303030303030; /* 0 to 9 are digits */
    other = (((other & 0x7f7f7f7f7f7f7f7f) + 0x7676767676767676) | other) & 0x8080808080808080;
    return other == 0 ? 8 : (unsigned)__builtin_ctzll(other) / 8;
}

#endif

/* Digits from `at` on, behind those that *whole has already; it overflows silently. Returns their
 * end. */
static inline const char *take_digits(const char *at, const char *end, uint64_t *whole)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    static const uint64_t ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    for (uint64_t word; end - at >= 8;) {
        memcpy(&word, at, 8);
        unsigned n = leading_digits(word);
        if (n == 0)
            return at;
        *whole = *whole * ten[n] + eight_digits(word << (64 - 8 * n));
        at += n;
        if (n < 8)
            return at;
    }
#endif
    for (; is_digit(at, end); at++)
        *whole = *whole * 10 + (uint64_t)(*at - '0');
    return at;
}

/* whole * 10^power where one rounding gives it; 0: not here. Up to 2^53 and 10^22 both are doubles
 * (Clinger 1990). Up to 2^64 and 10^27 both are numbers of x87's format, with 64 bits: what is
 * rounded to them is rounded rightly to 53 then, unless it seems to lie between two doubles. */
static int scaled(uint64_t whole, long power, double *value)
{
    static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (whole <= (uint64_t)1 << 53 && power >= -22 && power <= 22) {
        *value = power < 0 ? (double)whole / ten[-power] : (double)whole * ten[power];
        return 1;
    }
#if LDBL_MANT_DIG == 64
    static const long double long_ten[] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,
                                           1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
                                           1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L,
                                           1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
    if (power >= -27 && power <= 27) {
        long double x = (long double)whole;
        uint64_t bits;
        x = power < 0 ? x / long_ten[-power] : x * long_ten[power];
        memcpy(&bits, &x, sizeof bits);
        *value = (double)x;
        return (bits & 0x7ff) != 0x400;
    }
#endif
    return 0;
}

/* "e-5" at `at`, added to *power. Returns its end; NULL: digits are missing, or too many. */
static const char *take_power(const char *at, const char *end, long *power)
{
    uint64_t size = 0;
    int negative = ++at < end && *at == '-';
    at += negative || (at < end && *at == '+');
    const char *behind = take_digits(at, end, &size);
    if (behind == at || behind - at > 8)
        return NULL;
    *power += negative ? -(long)size : (long)size;
    return behind;
}

size_t nu_scan_real(const char *text, const char *end, char point, double *value)
{
    uint64_t whole = 0;
    long power = 0;
    int negative = text < end && *text == '-';
    const char *first = text + (negative || (text < end && *text == '+'));
    const char *at = take_digits(first, end, &whole);
    long digits = at - first;
    if (at < end && *at == point && (point == '.' || is_digit(at + 1, end))) {
        const char *behind = at + 1;
        at = take_digits(behind, end, &whole);
        power = behind - at;
        digits += at - behind;
    }
    if (digits == 0)
        return 0;
    for (const char *zero = first; digits > 19 && (*zero == '0' || *zero == point); zero++)
        digits -= *zero == '0';
    if (at < end && (*at == 'e' || *at == 'E'))
        at = take_power(at, end, &power);
    if (at == NULL || digits > 19 || !scaled(whole, power, value))
        return 0;
    *value = negative ? -*value : *value;
    return (size_t)(at - text);
}

int nu_parse_real(const char *text, double *value)
{
    size_t size = strlen(text);
    if (size > 0 && nu_scan_real(text, text + size, '.', value) == size)
        return 1;
    if (size == 0 || text[strspn(text, "0123456789+-.eE")] != '\0')
        return 0; /* strtod would take spaces, hexadecimal numbers, "inf" */
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return 0;
    char *end;
    *value = strtod_l(text, &end, c);
    freelocale(c);
    return *end == '\0' && isfinite(*value);
}
