#include "scale/report_models.h"

#include <string.h>

enum { WIDTH = 80 };

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

/* Prints a piece of a line, on a new one if it would not fit. */
static void print_piece(size_t *column, const char *separator, const char *piece, FILE *stream)
{
    size_t length = strlen(separator) + strlen(piece);
    if (*column + length >= WIDTH) {
        fprintf(stream, "%.1s\n    %s", separator, piece);
        *column = 4 + strlen(piece);
    } else {
        fprintf(stream, "%s%s", separator, piece);
        *column += length;
    }
}

static void print_parameters(const scale_model *m, FILE *stream)
{
    char interval[SCALE_INTERVAL_TEXT];
    for (size_t i = 0; i < m->n_parameters; i++) {
        const scale_parameter *p = &m->parameter[i];
        fprintf(stream, "  %s = %.3g%s: %s\n", p->name, p->estimate.value,
                scale_interval_text(interval, "%.3g", &p->estimate, 1), p->meaning);
    }
}

static void print_quality(const scale_model *m, FILE *stream)
{
    char interval[SCALE_INTERVAL_TEXT];
    size_t left_out = 0, within = 0;
    for (size_t i = 0; i < m->n_predictions; i++)
        if (m->predictions[i].left_out) {
            left_out++;
            within += m->predictions[i].within != 0;
        }
    fprintf(stream, "  off by %.2g %% (root mean square)", 100 * m->error);
    if (left_out > 0)
        fprintf(stream, "; of %zu point%s left out of the fit, %zu came as predicted", left_out,
                left_out == 1 ? "" : "s", within);
    fputc('\n', stream);
    if (!isnan(m->best_x.value))
        fprintf(stream, "  most samples/s at %.3g %s%s, if it holds that far\n", m->best_x.value,
                m->x, scale_interval_text(interval, "%.3g", &m->best_x, 1));
}

static void print_predictions(const scale_model *m, FILE *stream)
{
    size_t column = 0;
    for (size_t i = 0; i < m->n_predictions; i++) {
        const scale_prediction *p = &m->predictions[i];
        char interval[SCALE_INTERVAL_TEXT], piece[120];
        if (p->left_out || !isnan(p->measured) || isnan(p->speedup.value))
            continue;
        if (column == 0)
            column = (size_t)fprintf(stream, "  predicted, not measured: ");
        snprintf(piece, sizeof piece, "%.0f %s %.3g x%s", p->x, m->x, p->speedup.value,
                 scale_interval_text(interval, "%.3g", &p->speedup, 1));
        print_piece(&column, column > 28 ? ", " : "", piece, stream);
    }
    if (column > 0)
        fputc('\n', stream);
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
        print_name(s, m, stream);
        fprintf(stream, ": %s  (%s)\n", m->formula, m->source);
        print_parameters(m, stream);
        print_quality(m, stream);
        print_predictions(m, stream);
    }
    for (size_t i = 0, first = 1; i < s->n_models; i++) {
        const scale_model *m = &s->models[i];
        if (m->why_not == NULL)
            continue;
        if (first)
            fputc('\n', stream);
        first = 0;
        print_name(s, m, stream);
        fprintf(stream, ": not fitted: %s\n", m->why_not);
    }
}
