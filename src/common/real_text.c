#include "real_text.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Numbers that have their digits without an exponent, and few enough for one multiplication. */
#define LEAST 1e-4
#define MOST_DIGITS 9

static const double powers[] = {1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2,
                                1e3,  1e4,  1e5,  1e6,  1e7, 1e8, 1e9};
#define ONE 4 /* its place in powers */

/* The digits of size as a whole number, and the power of ten of the first one; 0 where rounding in
 * `long double` leaves open which whole number is next. */
static uint64_t digits_of(double size, int digits, int *power)
{
    int e = -ONE;
    while (size >= powers[ONE + e + 1])
        e++;
    long double scaled = size;
    for (int k = digits - 1 - e; k > 0; k -= 9)
        scaled *= (long double)powers[ONE + (k < 9 ? k : 9)];
    uint64_t whole = (uint64_t)scaled, one = (uint64_t)powers[ONE + digits];
    long double rest = scaled - (long double)whole - 0.5L;
    if (fabsl(rest) <= 8 * LDBL_EPSILON * scaled)
        return 0;
    whole += rest > 0;
    *power = whole == one ? e + 1 : e;
    return whole == one ? one / 10 : whole;
}

/* Writes `whole`, which has so many digits, without zeros at the end; the first is of 10^power. */
static char *put_digits(char *to, uint64_t whole, int digits, int power)
{
    char all[MOST_DIGITS];
    for (int k = digits; k-- > 0; whole /= 10)
        all[k] = (char)('0' + whole % 10);
    while (digits > power + 1 && digits > 1 && all[digits - 1] == '0')
        digits--;
    for (int k = power; k < 0; k++) {
        *to++ = '0';
        if (k == power)
            *to++ = '.';
    }
    for (int k = 0; k < digits; k++) {
        if (k == power + 1 && power >= 0)
            *to++ = '.';
        *to++ = all[k];
    }
    *to = '\0';
    return to;
}

int nu_real_text(char text[NU_REAL_TEXT], double x, int digits)
{
    int power;
    double size = fabs(x);
    if (digits <= MOST_DIGITS && size >= LEAST && size < powers[ONE + digits]) {
        uint64_t whole = digits_of(size, digits, &power);
        if (whole > 0 && power < digits) {
            text[0] = '-';
            return (int)(put_digits(text + (x < 0), whole, digits, power) - text);
        }
    }
    return snprintf(text, NU_REAL_TEXT, "%.*g", digits, x);
}
