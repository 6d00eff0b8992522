/* Numbers as text, many times as fast as printf. */
#ifndef NUDGE_COMMON_REAL_TEXT_H
#define NUDGE_COMMON_REAL_TEXT_H

#define NU_REAL_TEXT 40

/* What printf's "%.*g" writes in the C locale, 1 to 17 digits; returns its length. */
int nu_real_text(char text[NU_REAL_TEXT], double x, int digits);

#endif
