/* Texts written as files are. */
#ifndef NUDGE_TOOL_TEXT_STREAM_H
#define NUDGE_TOOL_TEXT_STREAM_H

#include <stdio.h>

/* A stream whose text is in *text, for free(), when text_end() has closed it. Where memory ends
 * the program does: that of open_memstream() goes on without what had no room (glibc 2.36). */
FILE *text_begin(char **text);
void text_end(FILE *stream);

#endif
