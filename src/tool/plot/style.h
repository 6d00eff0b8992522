/* How pictures look. */
#ifndef NUDGE_TOOL_PLOT_STYLE_H
#define NUDGE_TOOL_PLOT_STYLE_H

#include <stdio.h>

enum plot_kind { PLOT_TEXT, PLOT_SVG, PLOT_PNG };

/* Beyond so many, colours alone do not tell things apart. */
enum { PLOT_COLOURS = 7 };

/* The kind that a path's ending says; PLOT_TEXT for any other. */
enum plot_kind plot_kind_of(const char *path);

/* The terminal of a script, of so many pixels (or characters and lines), and how pictures look. */
void plot_write_terminal(FILE *script, enum plot_kind kind, int width, int height);
extern const char plot_picture_style[];

/* A user's text as a string of gnuplot's between two others. */
void plot_write_quoted(FILE *script, const char *before, const char *text, const char *after);

#endif
