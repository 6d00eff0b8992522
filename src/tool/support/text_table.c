#include "support/text_table.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "support/say.h"
#include "whole.h"

/* A confusion matrix of more classes is wider than a screen. */
enum { MOST_MATRIX_CLASSES = 20, CONFUSED_PAIRS = 12 };

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
    va_list args;
    va_start(args, format);
    char *text;
    int n = vasprintf(&text, format, args);
    va_end(args);
    t->cell[t->cells++] = need(n < 0 ? NULL : text);
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

void table_print(const text_table *t, size_t left, FILE *stream)
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
}

void table_end(text_table *t)
{
    for (size_t i = 0; i < t->cells; i++)
        free(t->cell[i]);
    free(t->cell);
    *t = (text_table){0};
}

const char *class_name(char buf[NU_TEXT], const nudge_prep *prep, size_t k)
{
    if (prep != NULL && k < nudge_prep_describe(prep).classes)
        return nudge_prep_class_label(prep, k);
    snprintf(buf, NU_TEXT, "%zu", k);
    return buf;
}

class_scores class_scores_of(const nudge_metrics *m, size_t k)
{
    uint64_t right = m->confusion[k * m->classes + k], truly = 0, predicted = 0;
    for (size_t i = 0; i < m->classes; i++) {
        truly += m->confusion[k * m->classes + i];
        predicted += m->confusion[i * m->classes + k];
    }
    return (class_scores){
        .precision = predicted > 0 ? (double)right / (double)predicted : NAN,
        .recall = truly > 0 ? (double)right / (double)truly : NAN,
        .support = truly,
    };
}

static void print_matrix(const nudge_metrics *m, const nudge_prep *prep, FILE *stream)
{
    text_table t;
    char name[NU_TEXT];
    fprintf(stream, "\nconfusion (rows: the true class; columns: the predicted one)\n");
    table_start(&t, m->classes + 1);
    table_add(&t, "%s", "");
    for (size_t k = 0; k < m->classes; k++)
        table_add(&t, "%s", class_name(name, prep, k));
    for (size_t i = 0; i < m->classes; i++) {
        table_add(&t, "%s", class_name(name, prep, i));
        for (size_t k = 0; k < m->classes; k++)
            table_add(&t, "%llu", (unsigned long long)m->confusion[i * m->classes + k]);
    }
    table_print(&t, 0, stream);
    table_end(&t);
}

/* The pairs in the order of their counts, by repeated search: there are few to print. */
static void print_pairs(const nudge_metrics *m, const nudge_prep *prep, FILE *stream)
{
    size_t n = m->classes;
    text_table t;
    char name[NU_TEXT];
    char *used = need(calloc(n, n));
    table_start(&t, 3);
    table_add(&t, "true");
    table_add(&t, "predicted");
    table_add(&t, "rows");
    for (int pair = 0; pair < CONFUSED_PAIRS; pair++) {
        size_t best = 0;
        uint64_t most = 0;
        for (size_t i = 0; i < n * n; i++)
            if (i / n != i % n && !used[i] && m->confusion[i] > most) {
                best = i;
                most = m->confusion[i];
            }
        if (most == 0)
            break;
        used[best] = 1;
        table_add(&t, "%s", class_name(name, prep, best / n));
        table_add(&t, "%s", class_name(name, prep, best % n));
        table_add(&t, "%llu", (unsigned long long)most);
    }
    free(used);
    fprintf(stream, "\nmost often confused\n");
    table_print(&t, 2, stream);
    table_end(&t);
}

void report_classes(const nudge_metrics *m, const nudge_prep *prep, FILE *stream)
{
    text_table t;
    char name[NU_TEXT];
    table_start(&t, 4);
    table_add(&t, "class");
    table_add(&t, "precision");
    table_add(&t, "recall");
    table_add(&t, "rows");
    for (size_t k = 0; k < m->classes; k++) {
        class_scores s = class_scores_of(m, k);
        table_add(&t, "%s", class_name(name, prep, k));
        table_add_real(&t, "%.4f", s.precision);
        table_add_real(&t, "%.4f", s.recall);
        table_add(&t, "%llu", (unsigned long long)s.support);
    }
    fputc('\n', stream);
    table_print(&t, 0, stream);
    table_end(&t);
    if (m->classes <= MOST_MATRIX_CLASSES)
        print_matrix(m, prep, stream);
    else
        print_pairs(m, prep, stream);
}
