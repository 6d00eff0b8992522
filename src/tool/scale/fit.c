#include "scale/fit.h"

#include <stdlib.h>

#include "scale/drift.h"
#include "scale/fitted.h"
#include "support/say.h"

enum { AHEAD = 8, LEAST_AHEAD = 64 };

/* ---- Why not --------------------------------------------------------------------------- */

static const char *why_not(const scale_law *law, size_t have, int over_threads)
{
    static const char *const threads[2][3] = {
        {"needs 2 thread counts of no more than the cores; there is none",
         "needs 2 thread counts of no more than the cores; there is 1", NULL},
        {"needs 3 thread counts of no more than the cores; there is none",
         "needs 3 thread counts of no more than the cores; there is 1",
         "needs 3 thread counts of no more than the cores; there are 2"}};
    static const char *const values[2] = {"needs 2 values; there is none",
                                          "needs 2 values; there is 1"};
    if (have >= law->n)
        return NULL;
    return over_threads ? threads[law->n - 2][have] : values[have];
}

/* ---- Predictions ----------------------------------------------------------------------- */

static void add_prediction(scale_model *m, scale_prediction p)
{
    m->predictions = need(realloc(m->predictions, (m->n_predictions + 1) * sizeof p));
    m->predictions[m->n_predictions++] = p;
}

static void predict_measured(scale_model *m, const scale_fitted *f)
{
    const scale_series *s = f->series;
    for (size_t i = 0; i < s->n; i++) {
        scale_prediction p = scale_fitted_predict(f, s->x[i], s->work[i]);
        p.measured = s->step[i];
        add_prediction(m, p);
    }
}

static void predict_ahead(scale_model *m, const scale_fitted *f, int weak)
{
    const scale_series *s = f->series;
    double most = s->x[s->n - 1], end = fmax(AHEAD * most, LEAST_AHEAD);
    for (double x = 1; x <= end; x *= 2)
        if (x > most)
            add_prediction(m, scale_fitted_predict(f, x, weak ? x * s->work_1 : 1));
}

/* A point that was left out is one more measurement, which the interval is made for. Not done if
 * there is no interval: one repeat each and no point to spare. */
static void leave_out(scale_model *m, const scale_law *law, const scale_series *s)
{
    for (size_t i = 1; i < s->n && s->n > law->n; i++) {
        scale_fitted f = scale_fitted_make(law, s, i);
        scale_prediction p = scale_fitted_predict(&f, s->x[i], s->work[i]);
        p.measured = s->step[i];
        p.left_out = 1;
        p.within = p.step.low <= p.measured && p.measured <= p.step.high;
        if (p.step.level > 0)
            add_prediction(m, p);
        scale_fitted_end(&f);
    }
}

/* ---- Models ---------------------------------------------------------------------------- */

static const char *const x_names[] = {[SCALE_BATCH] = "batch", [SCALE_WIDTH] = "units",
                                      [SCALE_DEPTH] = "layers", [SCALE_ROWS] = "rows"};

static void fit_law(scale_study *study, const scale_law *law, const scale_series *s, size_t fixed)
{
    scale_model m = {.name = law->name,
                     .formula = law->formula,
                     .source = law->source,
                     .x = s->over_threads ? "threads" : x_names[study->mode],
                     .fixed = fixed,
                     .why_not = why_not(law, s->n, s->over_threads),
                     .n_parameters = law->n,
                     .best_x = SCALE_UNKNOWN,
                     .error = NAN};
    for (size_t j = 0; j < law->n; j++)
        m.parameter[j] = (scale_parameter){law->parameter[j].name, law->parameter[j].meaning,
                                           law->parameter[j].seconds, SCALE_UNKNOWN};
    if (m.why_not == NULL) {
        scale_fitted f = scale_fitted_make(law, s, s->n);
        for (size_t j = 0; j < law->n; j++)
            m.parameter[j].estimate = scale_fitted_parameter(&f, j);
        m.best_x = scale_fitted_best(&f);
        m.error = scale_fitted_error(&f);
        predict_measured(&m, &f);
        if (s->over_threads)
            predict_ahead(&m, &f, study->mode == SCALE_WEAK);
        leave_out(&m, law, s);
        scale_fitted_end(&f);
    }
    study->models = need(realloc(study->models, (study->n_models + 1) * sizeof m));
    study->models[study->n_models++] = m;
}

/* ---- Which points ---------------------------------------------------------------------- */

static int is_usable(const scale_point *p)
{
    return p->n > 0 && !p->oversubscribed;
}

/* What points that are fitted together share. */
static size_t key(const scale_point *p, int over_threads)
{
    return over_threads ? p->value : (size_t)p->threads;
}

/* Those with `fixed` threads, or that value, into `list`; a configuration counts once. */
static size_t gather(const scale_study *study, int over_threads, size_t fixed,
                     const scale_point **list)
{
    size_t n = 0;
    for (size_t i = 0; i < study->n_points; i++) {
        const scale_point *p = &study->points[i];
        if (!is_usable(p) || key(p, over_threads) != fixed)
            continue;
        if (n == 0 || p->value != list[n - 1]->value || p->threads != list[n - 1]->threads)
            list[n++] = p;
    }
    return n;
}

/* Whether no point before the i-th has its value (over threads) or its threads. */
static int is_first(const scale_study *study, size_t i, int over_threads)
{
    for (size_t j = 0; j < i; j++)
        if (key(&study->points[j], over_threads) == key(&study->points[i], over_threads))
            return 0;
    return 1;
}

static void fit_group(scale_study *study, int over_threads, size_t fixed)
{
    int weak = study->mode == SCALE_WEAK;
    const scale_point **list = need(calloc(study->n_points, sizeof *list));
    size_t n = gather(study, over_threads, fixed, list);
    scale_series s = scale_series_make(list, n, over_threads, weak, study->level,
                                      scale_stretch(study->persistence));
    if (over_threads) {
        fit_law(study, weak ? &scale_gustafson : &scale_amdahl, &s, fixed);
        fit_law(study, &scale_usl, &s, fixed);
    } else {
        fit_law(study, scale_law_of_values(study->mode), &s, fixed);
    }
    scale_series_end(&s);
    free(list);
}

static int threads_vary(const scale_study *study)
{
    for (size_t i = 1; i < study->n_points; i++)
        if (study->points[i].threads != study->points[0].threads)
            return 1;
    return 0;
}

void scale_fit(scale_study *study)
{
    int about_threads = study->mode == SCALE_STRONG || study->mode == SCALE_WEAK;
    for (size_t i = 0; i < study->n_models; i++)
        free(study->models[i].predictions);
    free(study->models);
    study->models = NULL;
    study->n_models = 0;
    for (size_t i = 0; i < study->n_points; i++)
        if ((about_threads || threads_vary(study)) && is_first(study, i, 1))
            fit_group(study, 1, study->points[i].value);
    for (size_t i = 0; i < study->n_points; i++)
        if (!about_threads && !study->points[i].oversubscribed && is_first(study, i, 0))
            fit_group(study, 0, (size_t)study->points[i].threads);
}
