/* The fixed lines of pages for a browser, by traits, in the order of the file: of a form, fields;
 * of a picture to draw, canvas. */
#ifndef NUDGE_EXPORT_HTML_LINES_H
#define NUDGE_EXPORT_HTML_LINES_H

#include "export/writer.h"

extern const char nu_html_head[], nu_html_start[], nu_html_canvas[];
extern const nu_lines nu_html_fields[], nu_html_results[];

#endif
