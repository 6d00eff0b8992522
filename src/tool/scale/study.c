#include "scale/study.h"

#include <stdio.h>
#include <string.h>

#include "support/say.h"

const char *const scale_mode_names[] = {"strong", "weak", NULL};

void scale_note(scale_study *s, const char *format, ...)
{
    va_list values;
    s->notes = need(realloc(s->notes, (s->n_notes + 1) * sizeof *s->notes));
    va_start(values, format);
    s->notes[s->n_notes++] = text_of_values(format, values);
    va_end(values);
}

const char *scale_point_text(char buf[SCALE_POINT_TEXT], const scale_study *s,
                             const scale_point *p)
{
    const char *setting = s->settings[p->setting].name, *comma = *setting != '\0' ? ", " : "";
    if (p->is_peer)
        snprintf(buf, SCALE_POINT_TEXT, "1 thread of %.80s%s%.60s", s->peer, comma, setting);
    else
        snprintf(buf, SCALE_POINT_TEXT, "%d thread%s%s%.100s", p->threads,
                 p->threads == 1 ? "" : "s", comma, setting);
    return buf;
}

const scale_point *scale_base(const scale_study *s, size_t i)
{
    for (size_t j = 0; j < s->n_points; j++)
        if (s->points[j].is_base && s->points[j].setting == s->points[i].setting)
            return &s->points[j];
    return NULL;
}

static void point_end(scale_point *p)
{
    free(p->network);
    free(p->single.seconds);
    free(p->runs);
}

void scale_remove_point(scale_study *s, size_t i)
{
    point_end(&s->points[i]);
    s->n_points--;
    memmove(&s->points[i], &s->points[i + 1], (s->n_points - i) * sizeof *s->points);
}

void scale_study_end(scale_study *s)
{
    for (size_t i = 0; i < s->n_varied; i++) {
        for (size_t j = 0; j < s->varied[i].n_values; j++)
            free(s->varied[i].values[j]);
        free(s->varied[i].values);
        free(s->varied[i].option);
    }
    for (size_t i = 0; i < s->n_settings; i++) {
        free(s->settings[i].name);
        free(s->settings[i].values);
    }
    for (size_t i = 0; i < s->n_points; i++)
        point_end(&s->points[i]);
    for (size_t i = 0; i < s->n_laws; i++)
        free(s->laws[i].predictions);
    for (size_t i = 0; i < s->n_notes; i++)
        free(s->notes[i]);
    free(s->varied);
    free(s->settings);
    free(s->points);
    free(s->laws);
    json_decref(s->facts);
    free(s->notes);
    free(s->command);
    free(s->title);
    free(s->data);
    free(s->peer);
    *s = (scale_study){0};
}
