#include <string.h>

#include "scale/report.h"
#include "scale/results.h"
#include "support/json.h"

/* ", batch 64" */
static const char *setting_of(char buf[SCALE_POINT_TEXT], const scale_study *s, size_t setting)
{
    const char *name = s->settings[setting].name;
    snprintf(buf, SCALE_POINT_TEXT, "%s%s", *name != '\0' ? ", " : "", name);
    return buf;
}

static void tell_parameter(page *p, const scale_parameter *q, report_unit unit)
{
    char range[REPORT_TEXT];
    double factor = q->seconds ? unit.per_second : 1;
    report_range(range, " [%s, %s]", &q->estimate, factor, 3);
    page_say(p, PAGE_ITEM, "%s = %.3g%s%s%s: %s.", q->name, factor * q->estimate.value,
             q->at_bound ? ", the least that is possible" : range, q->seconds ? " " : "",
             q->seconds ? unit.name : "", q->meaning);
}

static void tell_test(page *p, const scale_law_fit *law)
{
    char range[REPORT_TEXT];
    size_t left_out = 0, within = 0;
    for (size_t i = 0; i < law->n_predictions; i++) {
        left_out += law->predictions[i].left_out != 0;
        within += law->predictions[i].left_out && law->predictions[i].within;
    }
    page_say(p, PAGE_ITEM, "Test: off by %.1f %% (standard error) at %zu points, where chance "
             "alone makes %.1f %%; of %zu points left out of the fit, %zu came as predicted.",
             100 * law->error, law->n_points, 100 * law->scatter, left_out, within);
    if (!isnan(law->best_threads.value))
        page_say(p, PAGE_ITEM, "Most samples/s on %.0f threads%s, if it holds that far.",
                 law->best_threads.value,
                 report_range(range, " [%s, %s]", &law->best_threads, 1, 2));
}

static void tell_predictions(const scale_study *s, page *p, const scale_law_fit *law)
{
    static const report_column columns[] = {
        {"threads", "threads", 1, 0}, {"step, ", "step_s", 0, 3}, {"speed-up", "speedup", 1, 3}};
    char heading[120];
    json_t *rows = json_new_list();
    for (size_t i = 0; i < law->n_predictions; i++)
        if (!law->predictions[i].left_out && isnan(law->predictions[i].measured))
            json_add(rows, scale_prediction_columns(json_new(), &law->predictions[i]));
    snprintf(heading, sizeof heading, "Predicted by %s, NOT measured:", law->name);
    report_table(s, p, PAGE_PARAGRAPH, heading, rows, columns, 3, 1);
}

/* A reason that several settings share is told once. */
static void tell_unused(const scale_study *s, page *p, size_t i)
{
    char setting[SCALE_POINT_TEXT] = "";
    size_t laws = s->n_laws / s->n_settings; /* of each setting */
    if (i >= laws && strcmp(s->laws[i].why_not, s->laws[i - laws].why_not) == 0)
        return;
    if (i >= laws)
        setting_of(setting, s, s->laws[i].setting);
    page_say(p, PAGE_ITEM, "%s%s: not used; %s.", s->laws[i].name, setting, s->laws[i].why_not);
}

void report_laws(const scale_study *s, page *p)
{
    char setting[SCALE_POINT_TEXT];
    page_say(p, PAGE_HEADING, "Laws");
    for (size_t i = 0; i < s->n_laws; i++) {
        const scale_law_fit *law = &s->laws[i];
        if (law->why_not[0] != '\0')
            continue;
        page_say(p, PAGE_PARAGRAPH, "%s%s: %s (%s)", law->name,
                 setting_of(setting, s, law->setting), law->formula, law->source);
        for (size_t k = 0; k < law->n_parameters; k++)
            tell_parameter(p, &law->parameter[k], report_unit_of(s));
        tell_test(p, law);
        tell_predictions(s, p, law);
    }
    for (size_t i = 0; i < s->n_laws; i++)
        if (s->laws[i].why_not[0] != '\0')
            tell_unused(s, p, i);
}
