/* The tables of report.html. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "html_parts.h"
#include "support/text_table.h"

/* ---- Cells ----------------------------------------------------------------------------- */

/* Headings, each a column; NULL ends them. Those of texts begin with a space. */
static void begin_table(FILE *out, const char *const *heading)
{
    fputs("<div class=\"wide\"><table>\n<thead><tr>", out);
    for (; *heading != NULL; heading++)
        html_put(out, **heading == ' ' ? "th class=\"text\"" : "th", "%s", *heading);
    fputs("</tr></thead>\n<tbody>\n", out);
}

static void end_table(FILE *out)
{
    fputs("</tbody></table></div>\n", out);
}

static void cell(FILE *out, double v)
{
    html_put(out, "td", "%s", scale_plain(v).text);
}

static void percent_cell(FILE *out, double part)
{
    html_put(out, "td", "%s", scale_format("%.0f %%", 100 * part).text);
}

static void estimate_cell(FILE *out, const scale_estimate *e, double factor)
{
    fprintf(out, "<td>%s", scale_plain(factor * e->value).text);
    if (e->level > 0 && isfinite(e->value) && isfinite(e->low) && isfinite(e->high))
        fprintf(out, "<small>%s \u2013 %s</small>", scale_plain(factor * e->low).text,
                scale_plain(factor * e->high).text);
    fputs("</td>\n", out);
}

/* ---- Points ---------------------------------------------------------------------------- */

/* The unit of all step times in a table. */
static scale_unit step_unit(const scale_study *s)
{
    double longest = 0;
    for (size_t i = 0; i < s->n_points; i++)
        longest = fmax(longest, s->points[i].step.value);
    return scale_unit_for(longest);
}

static void point_row(FILE *out, const scale_study *s, const scale_point *p, scale_unit unit,
                      int to_loss)
{
    size_t marked = 0;
    for (size_t k = 0; k < p->n; k++)
        marked += p->repeats[k].outlier || p->repeats[k].disturbed;
    fputs("<tr>", out);
    html_put(out, "td", "%d%s", p->threads, p->oversubscribed ? " *" : "");
    if (s->mode != SCALE_STRONG)
        html_put(out, "td", "%zu", p->value);
    if (s->mode != SCALE_BATCH)
        html_put(out, "td", "%zu", p->batch);
    if (marked > 0)
        html_put(out, "td", "%zu (%zu)", p->n, marked);
    else
        html_put(out, "td", "%zu", p->n);
    estimate_cell(out, &p->step, unit.per_second);
    cell(out, unit.per_second * p->predicted);
    estimate_cell(out, &p->rate, 1);
    estimate_cell(out, &p->speedup, 1);
    estimate_cell(out, &p->efficiency, 1);
    cell(out, p->karp_flatt);
    cell(out, 1e-9 * scale_flop_rate(p));
    percent_cell(out, scale_flop_rate(p) / p->gemm_peak);
    if (to_loss)
        estimate_cell(out, &p->to_loss, 1);
    fputs("</tr>\n", out);
}

void html_points(FILE *out, const scale_study *s)
{
    const char *heading[16];
    char step[SCALE_TEXT], forecast[SCALE_TEXT];
    int n = 0, to_loss = isfinite(s->target_loss);
    scale_unit unit = step_unit(s);
    snprintf(step, sizeof step, "step, %s", unit.name);
    snprintf(forecast, sizeof forecast, "fore\u00adcast, %s", unit.name);
    heading[n++] = "threads";
    if (s->mode != SCALE_STRONG)
        heading[n++] = s->value_name;
    if (s->mode != SCALE_BATCH)
        heading[n++] = "batch";
    heading[n++] = "repeats";
    heading[n++] = step;
    heading[n++] = forecast;
    heading[n++] = "samples/s";
    heading[n++] = "speed-up";
    heading[n++] = "effi\u00adciency";
    heading[n++] = "Karp\u2013Flatt";
    heading[n++] = "GFLOP/s";
    heading[n++] = "of GEMM peak";
    if (to_loss)
        heading[n++] = "to target loss, s";
    heading[n] = NULL;
    begin_table(out, heading);
    for (size_t i = 0; i < s->n_points; i++)
        point_row(out, s, &s->points[i], unit, to_loss);
    end_table(out);
}

/* ---- Models ---------------------------------------------------------------------------- */

static void model_title(FILE *out, const scale_study *s, const scale_model *m)
{
    char fixed[SCALE_TEXT] = "";
    if (strcmp(m->x, "threads") != 0)
        snprintf(fixed, sizeof fixed, ", %zu thread%s", m->fixed, m->fixed == 1 ? "" : "s");
    else if (s->mode == SCALE_BATCH)
        snprintf(fixed, sizeof fixed, ", batch %zu", m->fixed);
    else if (s->mode != SCALE_STRONG)
        snprintf(fixed, sizeof fixed, ", %zu %s", m->fixed, s->value_name);
    html_put(out, "h3", "%s%s", m->name, fixed);
}

static void parameter_table(FILE *out, const scale_model *m)
{
    static const char *const heading[] = {" parameter", "value", " meaning", NULL};
    begin_table(out, heading);
    for (size_t i = 0; i < m->n_parameters; i++) {
        const scale_parameter *p = &m->parameter[i];
        scale_unit unit = {"", "", 1};
        if (p->seconds)
            unit = scale_unit_for(fabs(p->estimate.value));
        fputs("<tr>", out);
        html_put(out, "td class=\"text\"", "%s%s%s", p->name, p->seconds ? ", " : "", unit.name);
        estimate_cell(out, &p->estimate, unit.per_second);
        html_put(out, "td class=\"text\"", "%s",
                 p->meaning != NULL ? p->meaning : "");
        fputs("</tr>\n", out);
    }
    end_table(out);
}

static const char *kind_of(const scale_prediction *p)
{
    if (p->left_out)
        return p->within ? "test: left out of the fit, within the interval"
                         : "test: left out of the fit, not within the interval";
    return isfinite(p->measured) ? "fitted" : "prediction, not measured";
}

static void prediction_row(FILE *out, const scale_prediction *p, scale_unit unit, int speedups)
{
    fputs(p->left_out ? "<tr>" : isfinite(p->measured) ? "<tr>" : "<tr class=\"prediction\">",
          out);
    html_put(out, "td", "%s", scale_format("%.12g", p->x).text);
    html_put(out, "td class=\"text\"", "%s", kind_of(p));
    estimate_cell(out, &p->step, unit.per_second);
    cell(out, unit.per_second * p->measured);
    html_put(out, "td", "%s", scale_format("%+.1f %%",
                                           100 * (p->step.value / p->measured - 1)).text);
    if (speedups)
        estimate_cell(out, &p->speedup, 1);
    fputs("</tr>\n", out);
}

/* Fitted points, then tests, then predictions. */
static void prediction_table(FILE *out, const scale_study *s, const scale_model *m)
{
    char step[SCALE_TEXT], measured[SCALE_TEXT];
    scale_unit unit = step_unit(s);
    int speedups = strcmp(m->x, "threads") == 0;
    const char *heading[] = {m->x, " what", step, measured, "difference",
                             speedups ? "speed-up" : NULL, NULL};
    snprintf(step, sizeof step, "step by the model, %s", unit.name);
    snprintf(measured, sizeof measured, "measured, %s", unit.name);
    begin_table(out, heading);
    for (int part = 0; part < 3; part++)
        for (size_t i = 0; i < m->n_predictions; i++) {
            const scale_prediction *p = &m->predictions[i];
            int own = p->left_out ? 1 : isfinite(p->measured) ? 0 : 2;
            if (own == part)
                prediction_row(out, p, unit, speedups);
        }
    end_table(out);
}

static void model_section(FILE *out, const scale_study *s, const scale_model *m)
{
    fputs("<section class=\"model\">\n", out);
    model_title(out, s, m);
    if (m->why_not != NULL) {
        html_put(out, "p", "Not fitted: %s.", m->why_not);
        fputs("</section>\n", out);
        return;
    }
    html_put(out, "p class=\"formula\"", "%s", m->formula);
    html_put(out, "p class=\"quiet\"", "%s. Root mean square of measured over fitted, less 1: %s",
             m->source, scale_format("%.1f %%", 100 * m->error).text);
    parameter_table(out, m);
    if (m->n_predictions > 0)
        prediction_table(out, s, m);
    fputs("</section>\n", out);
}

void html_models(FILE *out, const scale_study *s)
{
    for (size_t i = 0; i < s->n_models; i++)
        model_section(out, s, &s->models[i]);
}

/* ---- Phases ---------------------------------------------------------------------------- */

static double phase_sum(const scale_phase list[SCALE_PHASES])
{
    double sum = 0;
    for (int i = 0; i < SCALE_PHASES; i++)
        sum += list[i].value;
    return sum;
}

static void phase_row(FILE *out, const scale_study *s, const scale_point *p)
{
    scale_phase list[SCALE_PHASES], lost[SCALE_PHASES];
    scale_phases_of(list, &p->phases);
    scale_phases_of(lost, &p->lost);
    double sum = phase_sum(list);
    fputs("<tr>", out);
    html_put(out, "td", "%d", p->threads);
    if (s->mode != SCALE_STRONG)
        html_put(out, "td", "%zu", p->value);
    for (int i = 0; i < SCALE_PHASES; i++) {
        fprintf(out, "<td>%s", scale_format("%.1f %%", 100 * list[i].value / sum).text);
        if (isfinite(lost[i].value))
            fprintf(out, "<small>%+.1f</small>", 100 * lost[i].value);
        fputs("</td>\n", out);
    }
    html_put(out, "td", "%s", scale_seconds(sum).text);
    html_put(out, "td", "%s", scale_format("%+.1f", 100 * p->lost_rest).text);
    fputs("</tr>\n", out);
}

void html_phases(FILE *out, const scale_study *s)
{
    const char *heading[SCALE_PHASES + 5];
    scale_phase list[SCALE_PHASES];
    int n = 0;
    scale_phases_of(list, &(nudge_phases){0});
    heading[n++] = "threads";
    if (s->mode != SCALE_STRONG)
        heading[n++] = s->value_name;
    for (int i = 0; i < SCALE_PHASES; i++)
        heading[n++] = list[i].name;
    heading[n++] = "thread time of a step";
    heading[n++] = "in no phase";
    heading[n] = NULL;
    begin_table(out, heading);
    for (size_t i = 0; i < s->n_points; i++) {
        scale_phases_of(list, &s->points[i].phases);
        if (phase_sum(list) > 0)
            phase_row(out, s, &s->points[i]);
    }
    end_table(out);
}

/* ---- Environment ----------------------------------------------------------------------- */

static void value_row(FILE *out, const char *path, const json_t *value)
{
    fputs("<tr>", out);
    html_put(out, "td class=\"text\"", "%s", path);
    if (json_is_string(value)) {
        html_put(out, "td class=\"text\"", "%s", json_string_value(value));
    } else if (json_is_null(value)) {
        html_put(out, "td class=\"text\"", "\u2013");
    } else {
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
        html_put(out, "td class=\"text\"", "%s", text != NULL ? text : "");
        free(text);
    }
    fputs("</tr>\n", out);
}

static int is_leaf(const json_t *value)
{
    const json_t *item;
    size_t i;
    if (json_is_object(value))
        return json_object_size(value) == 0;
    if (json_is_array(value))
        json_array_foreach(value, i, item)
            if (json_is_object(item) || json_is_array(item))
                return 0;
    return 1;
}

/* Lists of plain values in one cell; what is deeper in rows of its own. */
static void value_rows(FILE *out, const char *path, const json_t *value)
{
    char inner[256];
    const char *key;
    json_t *item;
    size_t i;
    if (is_leaf(value)) {
        value_row(out, path, value);
    } else if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, item) {
            snprintf(inner, sizeof inner, "%s%s%s", path, *path != '\0' ? " \u203a " : "", key);
            value_rows(out, inner, item);
        }
    } else {
        json_array_foreach(value, i, item) {
            snprintf(inner, sizeof inner, "%s %zu", path, i + 1);
            value_rows(out, inner, item);
        }
    }
}

void html_environment(FILE *out, const json_t *environment)
{
    fputs("<table class=\"plain\"><tbody>\n", out);
    if (environment != NULL)
        value_rows(out, "", environment);
    fputs("</tbody></table>\n", out);
}
