#include "support/text_table.h"

#include <math.h>

#include "support/say.h"
#include "text.h"
#include "whole.h"

void table_start(text_table *t, size_t columns)
{
    *t = (text_table){.columns = columns};
}

void table_heads(text_table *t, const char *heads)
{
    size_t n;
    char **head = need(nu_split(heads, '|', &n));
    table_start(t, n);
    for (size_t i = 0; i < n; i++)
        table_add(t, "%s", head[i]);
    free(head);
}

void table_add(text_table *t, const char *format, ...)
{
    if (t->cells == t->space) {
        t->space = t->space * 2 + 64;
        t->cell = need(realloc(t->cell, t->space * sizeof *t->cell));
    }
    va_list values;
    va_start(values, format);
    t->cell[t->cells] = text_of_values(format, values);
    nu_one_line(t->cell[t->cells++]);
    va_end(values);
}

void table_add_real(text_table *t, const char *format, double value)
{
    char text[64];
    if (isnan(value))
        snprintf(text, sizeof text, "-");
    else
        snprintf(text, sizeof text, format, value);
    table_add(t, "%s", text);
}

void table_print(text_table *t, size_t left, FILE *stream)
{
    size_t *width = need(calloc(t->columns, sizeof *width));
    for (size_t i = 0; i < t->cells; i++) {
        size_t w = nu_text_width(t->cell[i]);
        if (w > width[i % t->columns])
            width[i % t->columns] = w;
    }
    for (size_t i = 0; i < t->cells; i++) {
        size_t j = i % t->columns;
        int pad = (int)(width[j] - nu_text_width(t->cell[i]));
        int last = j + 1 == t->columns;
        if (j == 0 || j < left)
            fprintf(stream, "%s%*s", t->cell[i], last ? 0 : pad, "");
        else
            fprintf(stream, "%*s%s", pad, "", t->cell[i]);
        fputs(last ? "\n" : "  ", stream);
    }
    free(width);
    table_end(t);
}

void table_end(text_table *t)
{
    for (size_t i = 0; i < t->cells; i++)
        free(t->cell[i]);
    free(t->cell);
    *t = (text_table){0};
}
