#include "date.h"

#include <math.h>
#include <stdio.h>

/* n digits at *at, which moves behind them; -1: others are there. */
static int take_digits(const char **at, const char *end, int n)
{
    int value = 0;
    if (end - *at < n)
        return -1;
    for (; n > 0; n--, ++*at) {
        if (**at < '0' || **at > '9')
            return -1;
        value = value * 10 + (**at - '0');
    }
    return value;
}

static int take(const char **at, const char *end, char c)
{
    int there = *at < end && **at == c;
    *at += there;
    return there;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01, by Hinnant's days_from_civil: years begin in March, so that the day that
 * a leap year has more is the last. */
static long days_of(int year, int month, int day)
{
    long y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
    long of_era = y - era * 400, of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* "+01:00", "-0530", "Z", or nothing; *seconds is taken off. */
static int take_zone(const char **at, const char *end, double *seconds)
{
    if (*at == end || take(at, end, 'Z'))
        return 1;
    double sign = take(at, end, '+') ? 1 : take(at, end, '-') ? -1 : 0;
    int hours = take_digits(at, end, 2);
    (void)take(at, end, ':');
    int minutes = *at < end ? take_digits(at, end, 2) : 0;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return sign != 0 && hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

/* "12:30", "12:30:59.25" and the zone, in seconds. */
static int take_time(const char **at, const char *end, double *seconds)
{
    double zone = 0, fraction = 0, unit = 1;
    int hour = take_digits(at, end, 2), second = 0;
    if (!take(at, end, ':'))
        return 0;
    int minute = take_digits(at, end, 2);
    if (take(at, end, ':'))
        second = take_digits(at, end, 2);
    if (take(at, end, '.') || take(at, end, ','))
        for (; *at < end && **at >= '0' && **at <= '9'; ++*at)
            fraction += (unit /= 10) * (**at - '0');
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return 0;
    *seconds = hour * 3600 + minute * 60 + second + fraction;
    if (!take_zone(at, end, &zone))
        return 0;
    *seconds -= zone;
    return 1;
}

int nu_date_parse(const char *text, size_t size, double *days)
{
    const char *at = text, *end = text + size;
    double seconds = 0;
    int year = take_digits(&at, end, 4), first = take(&at, end, '-');
    int month = take_digits(&at, end, 2), second = take(&at, end, '-');
    int day = take_digits(&at, end, 2);
    if (!first || !second || year < 0 || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month))
        return 0;
    if (at < end && ((!take(&at, end, 'T') && !take(&at, end, ' ')) ||
                     !take_time(&at, end, &seconds)))
        return 0;
    *days = (double)days_of(year, month, day) + seconds / 86400;
    return at == end && nu_is_date(*days);
}

#define ROUNDING 1e-4 /* seconds: what a day's fraction as a double lacks, and more */

int nu_is_date(double days)
{
    return days >= (double)days_of(0, 1, 1) &&
           days < (double)days_of(10000, 1, 1) - ROUNDING / 86400;
}

const char *nu_date_text(char buf[NU_DATE_TEXT], double days)
{
    long whole = (long)floor(days), seconds = (long)((days - floor(days)) * 86400 + ROUNDING);
    if (seconds == 86400) { /* midnight, but for rounding */
        whole++;
        seconds = 0;
    }
    long z = whole + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    long of = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * of + of / 4 - of / 100), mp = (5 * of_year + 2) / 153;
    long month = mp < 10 ? mp + 3 : mp - 9, day = of_year - (153 * mp + 2) / 5 + 1;
    int used = snprintf(buf, NU_DATE_TEXT, "%04ld-%02ld-%02ld", era * 400 + of + (month <= 2),
                        month, day);
    if (seconds > 0)
        snprintf(buf + used, NU_DATE_TEXT - (size_t)used, "T%02ld:%02ld:%02ld", seconds / 3600,
                 seconds / 60 % 60, seconds % 60);
    return buf;
}
