/* Pieces of HTML. Every text is escaped here and nowhere else. Private to src/scale. */
#ifndef NUDGE_SCALE_HTML_H
#define NUDGE_SCALE_HTML_H

#include <stddef.h>
#include <stdio.h>

/* & < > " ' as entities; control characters but newline as spaces; bytes that are no UTF-8 as
 * '?'. */
void html_text(FILE *out, const char *text);

/* <tag>text</tag> with the text made as by printf and escaped. `tag` may have attributes:
 * "p class=\"note\"". */
void html_put(FILE *out, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* <img> of an SVG within the file (a data: URL, RFC 2397), so that no two pictures share ids. */
void html_svg(FILE *out, const char *svg, const char *description);

#endif
