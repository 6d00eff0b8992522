/* Dates as texts. */
#ifndef NUDGE_COMMON_DATE_H
#define NUDGE_COMMON_DATE_H

#include <stddef.h>

/* ISO 8601, "2024-02-29", with a time or without: "2024-02-29T23:59:59.5+01:00", a blank for the T,
 * "Z", no seconds. 1 if the whole text is one, with the days since 1970-01-01 in *days: of UTC
 * where the text tells the zone; of the years 0 to 9999. */
int nu_date_parse(const char *text, size_t size, double *days);

/* Whether days since 1970-01-01 are in these years, which texts have. */
int nu_is_date(double days);

/* The other way round, of such days: the date, with a time down to seconds where it is not
 * midnight. Returns buf. */
#define NU_DATE_TEXT 40 /* NUDGE_CELL_SIZE */
const char *nu_date_text(char buf[NU_DATE_TEXT], double days);

#endif
