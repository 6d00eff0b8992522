#include "scale/scale.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/say.h"

void scale_note(scale_study *s, const char *format, ...)
{
    va_list args;
    char *text;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        need(NULL);
    va_end(args);
    s->notes = need(realloc(s->notes, (s->n_notes + 1) * sizeof *s->notes));
    s->notes[s->n_notes++] = text;
}

static void point_end(scale_point *p)
{
    free(p->widths);
    free(p->network);
    free(p->repeats);
    free(p->curve.seconds);
    free(p->curve.epochs);
    free(p->curve.loss);
}

void scale_remove_point(scale_study *s, size_t i)
{
    point_end(&s->points[i]);
    s->n_points--;
    memmove(&s->points[i], &s->points[i + 1], (s->n_points - i) * sizeof *s->points);
}

void scale_study_end(scale_study *s)
{
    for (size_t i = 0; i < s->n_points; i++)
        point_end(&s->points[i]);
    for (size_t i = 0; i < s->n_models; i++)
        free(s->models[i].predictions);
    for (size_t i = 0; i < s->n_notes; i++)
        free(s->notes[i]);
    free(s->points);
    free(s->models);
    free(s->notes);
    free(s->command);
    free(s->title);
    free(s->data);
    json_decref(s->environment);
    *s = (scale_study){0};
}
