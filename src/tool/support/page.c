#include "support/page.h"

#include <string.h>

#include "support/json.h"
#include "support/say.h"
#include "support/text_stream.h"

enum { WIDTH = 80, INDENT = 4, FACT_INDENT = 16 };

static const struct {
    const char *tag, *list; /* HTML: of a piece, and around neighbours; NULL: none */
    const char *mark;       /* text: before it */
    char line;              /* text: drawn below it */
} roles[] = {
    [PAGE_TITLE] = {"h1", NULL, "", '='},
    [PAGE_LEAD] = {"p class=\"lead\"", NULL, "", 0},
    [PAGE_HEADING] = {"h2", NULL, "", '-'},
    [PAGE_PARAGRAPH] = {"p", NULL, "", 0},
    [PAGE_ITEM] = {"li", "ul", "- ", 0},
    [PAGE_NOTE] = {"li", "ul class=\"notes\"", "- ", 0},
    [PAGE_FACT] = {"dd", "dl", "    ", 0},
    [PAGE_BLOCK] = {NULL, NULL, "", 0},
};

/* HTML: up to the title, and from there to the first words. */
static const char page_html_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";

static const char page_html_style[] =
    "<style>\n"
    ":root{color-scheme:light dark;--ink:#1c1c1a;--soft:#5f5e5a;--paper:#fff;"
    "--rule:#dddcd7;--mark:#0072b2;--bad:#d55e00}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--ink:#e8e6e1;--soft:#a8a69f;"
    "--paper:#1b1b1d;--rule:#3b3b40;--mark:#56b4e9;--bad:#e69f00}}\n"
    "body{font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;"
    "color:var(--ink);background:var(--paper);margin:0}\n"
    "main{max-width:54rem;margin:0 auto;padding:2.2rem 1.2rem 4rem}\n"
    "h1{font-size:1.65rem;line-height:1.25;margin:0 0 1rem;text-wrap:balance}\n"
    "h2{font-size:1.2rem;margin:2.6rem 0 .7rem;padding-top:.9rem;border-top:1px solid "
    "var(--rule)}\n"
    "p{font-size:.95rem}p,ul,dl{margin:.6rem 0}ul{padding-left:1.2rem}li{margin:.3rem 0}\n"
    ".lead{font-size:1.15rem;border-left:.25rem solid var(--mark);padding-left:.9rem}\n"
    ".notes{border-left:.25rem solid var(--bad);padding:.1rem 0 .1rem 1.9rem}\n"
    ".wide{overflow-x:auto;margin:.9rem 0}\n"
    "table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.32rem .7rem;text-align:right;white-space:nowrap;border-bottom:1px solid "
    "var(--rule)}\n"
    "th{color:var(--soft);font-weight:600;border-bottom:1.5px solid var(--soft)}\n"
    "th:first-child,td:first-child{padding-left:0}.key{text-align:left}td.key{font-weight:600}"
    ".range{color:var(--soft)}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;font-size:.92rem}\n"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n"
    "figure{margin:1.6rem 0;overflow-x:auto}svg{display:block;width:100%;min-width:30rem;"
    "max-width:46rem;height:auto;background:#fff;border-radius:4px}\n"
    "figcaption{color:var(--soft);font-size:.9rem;margin-top:.4rem}\n"
    "@media(max-width:34rem){main{padding:1.2rem .9rem 3rem}dl{display:block}"
    "dd{margin:0 0 .6rem}}\n"
    "@page{size:A4;margin:15mm}\n"
    "@media print{:root{font-size:10pt}body{font-size:10pt}main{max-width:none;padding:0}"
    "h2{margin-top:1.4rem;break-after:avoid}figure,.wide,li,dd{break-inside:avoid}"
    ".wide{overflow:visible}th,td{padding:.2rem .5rem}svg{min-width:0;max-height:78mm}}\n"
    "</style>\n</head>\n<body>\n<main>\n";

/* ---- Texts ----------------------------------------------------------------------------- */

/* A text as it must stand in a page, for free(): control characters are blanks. */
static char *safe_text(const char *text, int html)
{
    char *safe = NULL;
    int utf8 = is_utf8(text);
    FILE *stream = text_begin(&safe);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (html && strchr("&<>\"'", c) != NULL)
            fprintf(stream, "&#%d;", c);
        else
            fputc(c < ' ' || c == 0x7f ? ' ' : c >= 0x80 && !utf8 ? '?' : c, stream);
    }
    text_end(stream);
    return safe;
}

/* HTML: <TAG>text</TAG>; the tag may have attributes. */
static void put_tagged(page *p, const char *tag, const char *text)
{
    char *safe = safe_text(text, 1);
    fprintf(p->out, "<%s>%s</%.*s>", tag, safe, (int)strcspn(tag, " "), tag);
    free(safe);
}

static void put_wrapped(page *p, const char *mark, size_t indent, const char *text)
{
    char *safe = safe_text(text, 0);
    fputs(mark, p->out);
    nu_print_wrapped(p->out, safe, nu_text_width(mark), indent, WIDTH);
    fputc('\n', p->out);
    free(safe);
}

/* ---- Pieces ---------------------------------------------------------------------------- */

/* What stands between the last piece and one of this role. */
static void enter(page *p, page_role role)
{
    const char *list = roles[role].list, *old = roles[p->last].list;
    if (role == p->last && list != NULL)
        return;
    if (p->html && old != NULL)
        fprintf(p->out, "</%.*s>\n", (int)strcspn(old, " "), old);
    if (p->html && list != NULL)
        fprintf(p->out, "<%s>\n", list);
    if (!p->html && role != PAGE_TITLE)
        fputc('\n', p->out);
    p->last = role;
}

static void put_piece(page *p, page_role role, const char *text)
{
    enter(p, role);
    if (p->html) {
        put_tagged(p, roles[role].tag, text);
        fputc('\n', p->out);
        return;
    }
    put_wrapped(p, roles[role].mark, strlen(roles[role].mark), text);
    size_t columns = nu_text_width(text) < WIDTH ? nu_text_width(text) : WIDTH;
    for (size_t i = 0; roles[role].line != 0 && i <= columns; i++)
        fputc(i < columns ? roles[role].line : '\n', p->out);
}

void page_say(page *p, page_role role, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char *text = text_of_values(format, values);
    va_end(values);
    put_piece(p, role, text);
    free(text);
}

void page_begin(page *p, const char *title)
{
    if (p->html) {
        fputs(page_html_head, p->out);
        put_tagged(p, "title", title);
        fputs(page_html_style, p->out);
    }
    put_piece(p, PAGE_TITLE, title);
}

void page_end(page *p)
{
    if (p->html) {
        enter(p, PAGE_BLOCK);
        fputs("</main>\n</body>\n</html>\n", p->out);
    }
}

void page_fact(page *p, const char *name, const char *text)
{
    char mark[64];
    enter(p, PAGE_FACT);
    if (p->html) {
        put_tagged(p, "dt", name);
        put_tagged(p, "dd", text);
        fputc('\n', p->out);
    } else {
        snprintf(mark, sizeof mark, "%*s%-*.40s", INDENT, "", FACT_INDENT - INDENT, name);
        put_wrapped(p, mark, FACT_INDENT, text);
    }
}

/* ---- Tables ---------------------------------------------------------------------------- */

static size_t column_width(const text_table *t, size_t column)
{
    size_t most = 0;
    for (size_t i = column; i < t->cells; i += t->columns)
        if (nu_text_width(t->cell[i]) > most)
            most = nu_text_width(t->cell[i]);
    return most;
}

/* The key columns and those from `first` on that fit beside them; returns the next. */
static size_t print_columns(FILE *out, const text_table *t, size_t keys, size_t first)
{
    size_t width = INDENT, end = first;
    text_table part;
    for (size_t j = 0; j < keys; j++)
        width += column_width(t, j) + 2;
    do
        width += column_width(t, end++) + 2;
    while (end < t->columns && width + column_width(t, end) <= WIDTH);
    table_start(&part, keys + end - first);
    for (size_t i = 0; i < t->cells; i++) {
        size_t j = i % t->columns;
        if (j < keys || (j >= first && j < end))
            table_add(&part, "%*s%s", j == 0 ? INDENT : 0, "", t->cell[i]);
    }
    table_print(&part, keys, out);
    return end;
}

static void put_html_table(page *p, const text_table *t, size_t keys)
{
    fputs("<div class=\"wide\"><table>\n", p->out);
    for (size_t i = 0; i < t->cells; i++) {
        size_t j = i % t->columns;
        int range = strncmp(t->cell[j], "interval", strlen("interval")) == 0;
        const char *class = j < keys ? " class=\"key\"" : range ? " class=\"range\"" : "";
        char tag[32];
        snprintf(tag, sizeof tag, "t%c%s", i < t->columns ? 'h' : 'd', class);
        fputs(j == 0 ? "<tr>" : "", p->out);
        put_tagged(p, tag, t->cell[i]);
        fputs(j + 1 == t->columns ? "</tr>\n" : "", p->out);
    }
    fputs("</table></div>\n", p->out);
}

void page_table(page *p, const text_table *t, size_t keys)
{
    enter(p, PAGE_BLOCK);
    if (p->html) {
        put_html_table(p, t, keys);
        return;
    }
    for (size_t first = keys; first < t->columns;) {
        if (first > keys)
            fputc('\n', p->out);
        first = print_columns(p->out, t, keys, first);
    }
}

/* ---- Figures --------------------------------------------------------------------------- */

void page_figure(page *p, const char *name, const char *caption)
{
    char *text = NULL;
    size_t size = 0;
    if (!p->html || p->folder == NULL)
        return;
    char *path = text_as("%s/%s.svg", p->folder, name);
    FILE *svg = fopen(path, "r");
    free(path);
    if (svg == NULL)
        return;
    /* What is before <svg belongs to a file of its own. */
    const char *start = getdelim(&text, &size, '\0', svg) > 0 ? strstr(text, "<svg") : NULL;
    if (start != NULL) {
        enter(p, PAGE_BLOCK);
        fprintf(p->out, "<figure>\n%s", start);
        put_tagged(p, "figcaption", caption);
        fputs("</figure>\n", p->out);
    }
    free(text);
    fclose(svg);
}
