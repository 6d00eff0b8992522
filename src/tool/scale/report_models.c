#include "scale/report_models.h"

#include <stdlib.h>
#include <string.h>

#include "scale/look.h"
#include "support/say.h"

enum { WIDTH = 80, INDENT = 4 };

/* To the next space outside of brackets: an interval stays in one piece. */
static size_t word_length(const char *text)
{
    size_t n = strcspn(text, " ["), end;
    if (text[n] == '[') {
        end = n + strcspn(text + n, "]");
        n = end + strcspn(text + end, " ");
    }
    return n;
}

void scale_print_wrapped(const char *text, int indent, FILE *stream)
{
    size_t column = strspn(text, " ");
    fprintf(stream, "%.*s", (int)column, text);
    text += column;
    for (int first = 1; *text != '\0'; first = 0) {
        size_t word = word_length(text);
        if (!first && column + 1 + word > WIDTH) {
            fprintf(stream, "\n%*s", indent, "");
            column = (size_t)indent;
        } else if (!first) {
            column += (size_t)fprintf(stream, " ");
        }
        column += (size_t)fprintf(stream, "%.*s", (int)word, text);
        text += word;
        text += *text != '\0';
    }
    fputc('\n', stream);
}

FILE *scale_sentence_start(scale_sentence *s)
{
    *s = (scale_sentence){0};
    s->stream = need(open_memstream(&s->text, &s->size));
    return s->stream;
}

void scale_sentence_end(scale_sentence *s, int indent, FILE *stream)
{
    if (fclose(s->stream) != 0)
        need(NULL);
    scale_print_wrapped(s->text, indent, stream);
    free(s->text);
}

const char *scale_interval_text(char buf[SCALE_INTERVAL_TEXT], const char *format,
                                const scale_estimate *e, double factor)
{
    char low[24], high[24];
    if (isnan(e->low) || isnan(e->high) || !(e->level > 0)) {
        buf[0] = '\0';
        return buf;
    }
    snprintf(low, sizeof low, format, factor * e->low);
    snprintf(high, sizeof high, format, factor * e->high);
    /* Infinite: there is no upper end. */
    snprintf(buf, SCALE_INTERVAL_TEXT, " [%s, %s]", low, isinf(e->high) ? "no end" : high);
    return buf;
}

static void print_parameters(const scale_model *m, FILE *stream)
{
    char interval[SCALE_INTERVAL_TEXT];
    for (size_t i = 0; i < m->n_parameters; i++) {
        const scale_parameter *p = &m->parameter[i];
        scale_unit unit = {"", "", 1};
        scale_sentence s;
        if (p->seconds)
            unit = scale_unit_for(fabs(p->estimate.value));
        fprintf(scale_sentence_start(&s), "  %s = %.3g%s%s%s: %s", p->name,
                unit.per_second * p->estimate.value, p->seconds ? " " : "", unit.ascii,
                scale_interval_text(interval, "%.3g", &p->estimate, unit.per_second), p->meaning);
        scale_sentence_end(&s, INDENT, stream);
    }
}

static void print_quality(const scale_model *m, FILE *stream)
{
    char interval[SCALE_INTERVAL_TEXT];
    size_t fitted = 0, left_out = 0, within = 0;
    scale_sentence s;
    for (size_t i = 0; i < m->n_predictions; i++) {
        const scale_prediction *p = &m->predictions[i];
        fitted += !p->left_out && !isnan(p->measured);
        left_out += p->left_out != 0;
        within += p->left_out && p->within;
    }
    FILE *f = scale_sentence_start(&s);
    /* With a parameter at its bound even few points are missed. */
    if (fitted > m->n_parameters || m->error > 0.001)
        fprintf(f, "  off by %.*f %% (root mean square)", m->error < 0.1 ? 1 : 0, 100 * m->error);
    else
        fprintf(f, "  has as many parameters as points (%zu): nothing tests it", fitted);
    if (left_out > 0)
        fprintf(f, "; of %zu point%s left out of the fit, %zu came as predicted", left_out,
                left_out == 1 ? "" : "s", within);
    scale_sentence_end(&s, INDENT, stream);
    if (!isnan(m->best_x.value))
        fprintf(stream, "  most samples/s at %.3g %s%s, if it holds that far\n", m->best_x.value,
                m->x, scale_interval_text(interval, "%.3g", &m->best_x, 1));
}

static void print_predictions(const scale_model *m, FILE *stream)
{
    size_t told = 0;
    scale_sentence s;
    FILE *f = scale_sentence_start(&s);
    for (size_t i = 0; i < m->n_predictions; i++) {
        const scale_prediction *p = &m->predictions[i];
        char interval[SCALE_INTERVAL_TEXT];
        if (p->left_out || !isnan(p->measured) || isnan(p->speedup.value))
            continue;
        fprintf(f, "%s %.0f %s %.3g x%s", told++ == 0 ? "  predicted, not measured:" : ",", p->x,
                m->x, p->speedup.value, scale_interval_text(interval, "%.3g", &p->speedup, 1));
    }
    if (told == 0)
        fputs("  nothing is predicted beyond what was measured", f);
    scale_sentence_end(&s, INDENT, stream);
}

/* "Amdahl's law (batch 64)" */
static void print_name(const scale_study *s, const scale_model *m, FILE *stream)
{
    int over_threads = strcmp(m->x, "threads") == 0;
    fputs(m->name, stream);
    if (over_threads && s->value_name != NULL && s->mode != SCALE_WEAK)
        fprintf(stream, " (%s: %zu)", s->value_name, m->fixed);
    else if (!over_threads)
        fprintf(stream, " (%zu thread%s)", m->fixed, m->fixed == 1 ? "" : "s");
}

void scale_report_models(const scale_study *s, FILE *stream)
{
    for (size_t i = 0; i < s->n_models; i++) {
        const scale_model *m = &s->models[i];
        if (m->why_not != NULL)
            continue;
        fputc('\n', stream);
        scale_sentence sentence;
        FILE *f = scale_sentence_start(&sentence);
        print_name(s, m, f);
        fprintf(f, ": %s  (%s)", m->formula, m->source);
        scale_sentence_end(&sentence, 2, stream);
        print_parameters(m, stream);
        print_quality(m, stream);
        if (strcmp(m->x, "threads") == 0)
            print_predictions(m, stream);
    }
    for (size_t i = 0, first = 1; i < s->n_models; i++) {
        const scale_model *m = &s->models[i];
        if (m->why_not == NULL)
            continue;
        if (first)
            fputc('\n', stream);
        first = 0;
        scale_sentence sentence;
        FILE *f = scale_sentence_start(&sentence);
        print_name(s, m, f);
        fprintf(f, ": not fitted: %s", m->why_not);
        scale_sentence_end(&sentence, 2, stream);
    }
}
