/* A report that is told once and printed in two ways: as text of 80 columns, which is Markdown as
 * well (tables and facts are indented by four), and as HTML in one file that needs no network. */
#ifndef NUDGE_TOOL_PAGE_H
#define NUDGE_TOOL_PAGE_H

#include "support/text_table.h"

typedef enum page_role {
    PAGE_TITLE,
    PAGE_LEAD,      /* what the reader must not miss */
    PAGE_HEADING,
    PAGE_PARAGRAPH,
    PAGE_ITEM,      /* of a list */
    PAGE_NOTE,      /* of a list of troubles */
    PAGE_FACT,      /* of a list of names and texts */
    PAGE_BLOCK      /* a table or a figure */
} page_role;

typedef struct page {
    FILE *out;
    int html;
    const char *folder; /* HTML: has the figures, NAME.svg; NULL: there are none */
    page_role last;     /* of what was printed last */
} page;

/* Everything up to the title, and what comes after all. Texts may be any bytes. */
void page_begin(page *p, const char *title);
void page_end(page *p);

/* A piece of text with its role, as printf. */
void page_say(page *p, page_role role, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void page_fact(page *p, const char *name, const char *text);

/* The first row is the head; the first `keys` columns tell what a row is. What is too wide for a
 * line becomes several tables below each other, which repeat these. */
void page_table(page *p, const text_table *t, size_t keys);

/* The figure NAME.svg, if it is there; nothing in text. */
void page_figure(page *p, const char *name, const char *caption);

#endif
