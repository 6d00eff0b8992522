/* results.json and environment.json; the keys are in output.h. */
#include "look.h"
#include "support/say.h"
#include "support/json.h"
#include "write.h"

enum { FORMAT_VERSION = 1 };

/* ---- Parts ----------------------------------------------------------------------------- */

static void put_estimate(json_t *object, const char *key, const scale_estimate *e, double factor)
{
    if (!isfinite(e->value))
        return;
    json_t *json = json_new();
    json_put_real(json, "value", factor * e->value);
    json_put_real(json, "low", factor * e->low);
    json_put_real(json, "high", factor * e->high);
    json_put_real(json, "level", e->level);
    json_put(object, key, json);
}

static void put_phases(json_t *json, const nudge_phases *phases, double factor)
{
    scale_phase list[SCALE_PHASES];
    scale_phases_of(list, phases);
    for (int i = 0; i < SCALE_PHASES; i++)
        json_put_real(json, list[i].name, factor * list[i].value);
}

static json_t *reals(const double *values, size_t n)
{
    json_t *list = json_new_list();
    for (size_t i = 0; i < n; i++)
        json_add(list, isfinite(values[i]) ? json_real(values[i]) : json_null());
    return list;
}

/* ---- Points ---------------------------------------------------------------------------- */

static json_t *repeat_json(const scale_point *p, const scale_repeat *r)
{
    json_t *json = json_new();
    json_put_whole(json, "order", r->order);
    json_put_real(json, "at_s", r->at);
    json_put_real(json, "train_s", r->seconds);
    json_put_real(json, "step_us", 1e6 * r->step);
    json_put_real(json, "samples_per_s", scale_repeat_rate(p, r));
    json_put_real(json, "pulse_us", 1e6 * r->pulse);
    json_put_flag(json, "outlier", r->outlier);
    json_put_flag(json, "disturbed", r->disturbed);
    json_put_hash(json, "weights_hash", r->hash);
    json_put_real(json, "to_loss_s", r->to_loss);
    json_put_real(json, "watch_s", r->watch.seconds);
    json_put_real(json, "other_load_cores", r->watch.other_load);
    json_put_real(json, "steal_cores", r->watch.steal);
    json_put_real(json, "throttled_s", r->watch.throttled);
    json_put_real(json, "clock_mhz", r->watch.mhz);
    json_put_real(json, "preempted", r->watch.preempted);
    return json;
}

static void put_work(json_t *json, const scale_study *s, const scale_point *p)
{
    json_put_whole(json, "threads", (uint64_t)p->threads);
    json_put_flag(json, "oversubscribed", p->oversubscribed);
    if (s->mode != SCALE_STRONG)
        json_put_whole(json, "value", p->value);
    json_put_whole(json, "batch", p->batch);
    json_put_whole(json, "rows", p->rows);
    json_t *widths = json_new_list();
    for (size_t i = 0; p->widths != NULL && i <= p->layers; i++)
        json_add(widths, json_integer((json_int_t)p->widths[i]));
    json_put(json, "widths", widths);
    json_put_text(json, "network", p->network);
    json_put_whole(json, "epochs", p->epochs);
    json_put_whole(json, "steps", p->steps);
    json_put_real(json, "flops", p->flops);
    json_put_real(json, "bytes", p->bytes);
    json_put_whole(json, "parameters", p->parameters);
    json_put_whole(json, "memory_bytes", p->memory);
    json_put_real(json, "forecast_step_us", 1e6 * p->predicted);
}

static void put_found(json_t *json, const scale_point *p)
{
    json_t *phases = json_new(), *lost = json_new();
    put_estimate(json, "step_us", &p->step, 1e6);
    put_estimate(json, "samples_per_s", &p->rate, 1);
    put_estimate(json, "speedup", &p->speedup, 1);
    put_estimate(json, "efficiency", &p->efficiency, 1);
    json_put_real(json, "karp_flatt", p->karp_flatt);
    put_estimate(json, "to_loss_s", &p->to_loss, 1);
    json_put_real(json, "to_loss_epochs", p->to_loss_epochs);
    put_phases(phases, &p->phases, 1e6);
    json_put(json, "phases_us", phases);
    if (p->phases_step > 0)
        json_put_real(json, "phases_step_us", 1e6 * p->phases_step);
    put_phases(lost, &p->lost, 1);
    json_put_real(lost, "rest", p->lost_rest);
    json_put(json, "lost", lost);
    json_put_real(json, "gflops", 1e-9 * scale_flop_rate(p));
    json_put_real(json, "gemm_peak_gflops", 1e-9 * p->gemm_peak);
    json_put_real(json, "copy_peak_gb_per_s", 1e-9 * p->copy_peak);
}

static json_t *point_json(const scale_study *s, const scale_point *p)
{
    json_t *json = json_new(), *repeats = json_new_list(), *curve = json_new();
    put_work(json, s, p);
    put_found(json, p);
    for (size_t k = 0; k < p->n; k++)
        json_add(repeats, repeat_json(p, &p->repeats[k]));
    json_put(json, "repeats", repeats);
    json_put(curve, "train_s", reals(p->curve.seconds, p->curve.n));
    json_put(curve, "epoch", reals(p->curve.epochs, p->curve.n));
    json_put(curve, "loss", reals(p->curve.loss, p->curve.n));
    json_put(json, "curve", curve);
    return json;
}

/* ---- Models ---------------------------------------------------------------------------- */

static json_t *prediction_json(const scale_prediction *p)
{
    json_t *json = json_new();
    json_put_real(json, "x", p->x);
    json_put_text(json, "kind", p->left_out ? "left out"
                                : isfinite(p->measured) ? "fitted" : "prediction");
    put_estimate(json, "step_us", &p->step, 1e6);
    put_estimate(json, "speedup", &p->speedup, 1);
    json_put_real(json, "measured_step_us", 1e6 * p->measured);
    if (p->left_out)
        json_put_flag(json, "within", p->within);
    return json;
}

static json_t *model_json(const scale_model *m)
{
    json_t *json = json_new(), *parameters = json_new_list(), *predictions = json_new_list();
    json_put_text(json, "name", m->name);
    json_put_text(json, "formula", m->formula);
    json_put_text(json, "source", m->source);
    json_put_text(json, "x", m->x);
    json_put_whole(json, "fixed", m->fixed);
    json_put_text(json, "why_not", m->why_not);
    json_put_real(json, "error", m->error);
    put_estimate(json, "best_x", &m->best_x, 1);
    for (size_t i = 0; i < m->n_parameters; i++) {
        json_t *parameter = json_new();
        json_put_text(parameter, "name", m->parameter[i].name);
        json_put_text(parameter, "meaning", m->parameter[i].meaning);
        put_estimate(parameter, "estimate", &m->parameter[i].estimate, 1);
        json_add(parameters, parameter);
    }
    json_put(json, "parameters", parameters);
    for (size_t i = 0; i < m->n_predictions; i++)
        json_add(predictions, prediction_json(&m->predictions[i]));
    json_put(json, "predictions", predictions);
    return json;
}

/* ---- The study ------------------------------------------------------------------------- */

static void put_study(json_t *json, const scale_study *s)
{
    json_put_text(json, "format", "nudge-scale");
    json_put_whole(json, "format_version", FORMAT_VERSION);
    json_put_text(json, "nudge", nudge_version());
    json_put_text(json, "mode", s->mode_name);
    json_put_text(json, "value_name", s->value_name);
    json_put_text(json, "command", s->command);
    json_put_text(json, "title", s->title);
    json_put_text(json, "data", s->data);
    json_put_text(json, "started", s->started);
    json_put_real(json, "seconds", s->seconds);
    json_put_whole(json, "cores", (uint64_t)s->cores);
    json_put_whole(json, "repeats_asked", s->repeats);
    json_put_real(json, "level", s->level);
    json_put_real(json, "persistence", s->persistence);
    json_put_real(json, "target_loss", s->target_loss);
    json_put_flag(json, "interrupted", s->interrupted);
    if (s->identical >= 0)
        json_put_flag(json, "identical_weights", s->identical);
}

/* The stream keeps its own errors; what else can fail is memory. */
static void print(json_t *json, FILE *stream)
{
    if (!json_print(json, 1, stream) && !ferror(stream))
        need(NULL);
}

void scale_write_json(const scale_study *s, FILE *stream)
{
    json_t *json = json_new(), *notes = json_new_list();
    json_t *points = json_new_list(), *models = json_new_list();
    put_study(json, s);
    if (s->environment != NULL)
        json_put(json, "environment", json_incref(s->environment));
    for (size_t i = 0; i < s->n_notes; i++)
        json_add_text(notes, s->notes[i]);
    json_put(json, "notes", notes);
    for (size_t i = 0; i < s->n_points; i++)
        json_add(points, point_json(s, &s->points[i]));
    json_put(json, "points", points);
    for (size_t i = 0; i < s->n_models; i++)
        json_add(models, model_json(&s->models[i]));
    json_put(json, "models", models);
    print(json, stream);
}

void scale_write_environment(const scale_study *s, FILE *stream)
{
    print(s->environment != NULL ? json_incref(s->environment) : json_new(), stream);
}
