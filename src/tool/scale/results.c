#include "scale/results.h"

#include "quantiles.h"
#include "support/json.h"

/* ---- Columns --------------------------------------------------------------------------- */

/* What is not known is null. */
static json_t *real(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

static json_t *estimate(const stats_estimate *e)
{
    return json_of("value", real(e->value), "low", real(e->low), "high", real(e->high),
                   "level", real(e->level), NULL);
}

static json_t *phases(const double *phase)
{
    json_t *object = json_new();
    for (int k = 0; k < NUDGE_PHASES; k++)
        json_put(object, nudge_phase_name((nudge_phase)k), real(phase[k]));
    return object;
}

/* What a row of a setting begins with. */
static json_t *row_of(const scale_study *s, size_t setting)
{
    json_t *row = json_of("setting_name", json_text(s->settings[setting].name),
                          "setting", json_whole(setting), NULL);
    for (size_t i = 0; i < s->n_varied; i++) {
        char name[64];
        snprintf(name, sizeof name, "vary_%s", s->varied[i].option);
        json_put(row, name, json_text(s->settings[setting].values[i]));
    }
    return row;
}

/* And a row of a point. */
static json_t *point_row(const scale_study *s, const scale_point *p)
{
    json_t *row = row_of(s, p->setting);
    return json_put_all(row, "threads", json_whole((uint64_t)p->threads),
                        "peer", json_boolean(p->is_peer), NULL);
}

json_t *scale_point_columns(const scale_study *s, const scale_point *p)
{
    const scale_steps *one = &p->single;
    double flop_rate = p->flops / p->step.value;
    json_t *row = point_row(s, p);
    json_put_all(row, "base", json_boolean(p->is_base),
                 "oversubscribed", json_boolean(p->oversubscribed),
                 "precise", json_boolean(p->precise), "network", json_text(p->network),
                 "batch", json_whole(p->batch), "rows", json_whole(p->rows),
                 "epochs", json_whole(p->epochs), "steps", json_whole(p->steps),
                 "parameters", json_whole(p->parameters), "memory_bytes", json_whole(p->memory),
                 "runs", json_whole(p->n), NULL);
    json_put_all(row, "step_s", estimate(&p->step), "samples_per_s", estimate(&p->rate),
                 "speedup", estimate(&p->speedup), "efficiency", estimate(&p->efficiency),
                 "to_loss_s", estimate(&p->to_loss), "to_loss_epochs", real(p->to_loss_epochs),
                 "karp_flatt", real(p->karp_flatt), "flop", real(p->flops),
                 "flop_per_s", real(flop_rate), "of_gemm_peak", real(flop_rate / p->gemm_peak),
                 "phase_s", phases(p->phases), "lost", phases(p->lost),
                 "lost_rest", real(p->lost_rest), NULL);
    return json_put_all(
        row, "single_p50_s", real(one->p50), "single_p95_s", real(one->p95),
        "single_p99_s", real(one->p99),
        "single_longest_s", real(one->n > 0 ? one->seconds[one->n - 1] : NAN),
        "last_thread", real(one->n > 0 ? (double)one->last_thread : NAN),
        "last_share", real(one->last_share), "clock_cost", real(one->clock_cost), NULL);
}

static json_t *put_run(json_t *row, const scale_run *r)
{
    return json_put_all(
        row, "order", json_whole(r->order), "at_s", real(r->at), "train_s", real(r->seconds),
        "step_s", real(r->step), "to_loss_s", real(r->to_loss),
        "other_load_cores", real(r->watch.other_load), "steal_cores", real(r->watch.steal),
        "throttled_s", real(r->watch.throttled), "disturbed", json_boolean(r->disturbed),
        "outlier", json_boolean(r->outlier), "weights_hash", json_hash(r->hash), NULL);
}

json_t *scale_prediction_columns(json_t *row, const scale_prediction *p)
{
    return json_put_all(
        row, "threads", json_whole((uint64_t)p->threads), "step_s", estimate(&p->step),
        "speedup", estimate(&p->speedup), "measured_s", real(p->measured),
        "left_out", json_boolean(p->left_out), "within", json_boolean(p->within), NULL);
}

static json_t *parameter_json(const scale_parameter *p)
{
    return json_of("name", json_text(p->name), "meaning", json_text(p->meaning),
                   "unit", json_text(p->seconds ? "s" : NULL),
                   "at_bound", json_boolean(p->at_bound), "estimate", estimate(&p->estimate),
                   NULL);
}

static void put_study(json_t *row, const scale_study *s)
{
    static const char *const ends[] = {
        [SCALE_PRECISE] = "precise", [SCALE_TIME_UP] = "time", [SCALE_ROUNDS] = "rounds",
        [SCALE_INTERRUPTED] = "interrupted"};
    json_put_all(row, "mode", json_text(scale_mode_names[s->mode]), "title", json_text(s->title),
                 "command", json_text(s->command), "data", json_text(s->data),
                 "peer", json_text(s->peer), "started", json_text(s->started),
                 "took_s", real(s->seconds), "asked_s", real(s->seconds_asked),
                 "precision", real(s->precision), "level", real(s->level),
                 "target_loss", real(s->target_loss), "seed", json_whole(s->seed),
                 "cores", json_whole((uint64_t)s->cores), "rounds", json_whole(s->rounds),
                 "ended", json_text(ends[s->ended]), "identical_weights",
                 s->identical < 0 ? json_null() : json_boolean(s->identical), NULL);
}

/* ---- JSON ------------------------------------------------------------------------------ */

static json_t *point_json(const scale_study *s, const scale_point *p)
{
    json_t *point = scale_point_columns(s, p), *rounds = json_new_list();
    for (size_t k = 0; k < p->n; k++)
        json_add(rounds, put_run(json_new(), &p->runs[k]));
    json_put(point, "rounds", rounds);
    return point;
}

static json_t *law_json(const scale_study *s, const scale_law_fit *law)
{
    json_t *row = row_of(s, law->setting), *parameters = json_new_list();
    json_t *predictions = json_new_list();
    for (size_t i = 0; i < law->n_parameters; i++)
        json_add(parameters, parameter_json(&law->parameter[i]));
    for (size_t k = 0; k < law->n_predictions; k++)
        json_add(predictions, scale_prediction_columns(json_new(), &law->predictions[k]));
    return json_put_all(
        row, "name", json_text(law->name), "formula", json_text(law->formula),
        "source", json_text(law->source), "used", json_boolean(law->why_not[0] == '\0'),
        "why_not", json_text(law->why_not), "points", json_whole(law->n_points),
        "error", real(law->error), "scatter", real(law->scatter),
        "best_threads", estimate(&law->best_threads), "parameters", parameters,
        "predictions", predictions, NULL);
}

void scale_write_json(const scale_study *s, FILE *out)
{
    json_t *object = json_of("format", json_text("nudge-scale"), "format_version", json_whole(2),
                             "nudge", json_text(nudge_version()), NULL);
    json_t *notes = json_new_list(), *points = json_new_list(), *laws = json_new_list();
    put_study(object, s);
    for (size_t i = 0; i < s->n_notes; i++)
        json_add(notes, json_text(s->notes[i]));
    for (size_t i = 0; i < s->n_points; i++)
        json_add(points, point_json(s, &s->points[i]));
    for (size_t i = 0; i < s->n_laws; i++)
        json_add(laws, law_json(s, &s->laws[i]));
    json_print(json_put_all(object, "machine", json_incref(s->facts), "notes", notes,
                            "points", points, "laws", laws, NULL), 1, out);
}

/* ---- CSV ------------------------------------------------------------------------------- */

void scale_write_points(const scale_study *s, FILE *out)
{
    int lines = 0;
    for (size_t i = 0; i < s->n_points; i++)
        json_csv_line(scale_point_columns(s, &s->points[i]), &lines, out);
}

void scale_write_rounds(const scale_study *s, FILE *out)
{
    int lines = 0;
    for (size_t i = 0; i < s->n_points; i++)
        for (size_t k = 0; k < s->points[i].n; k++) {
            json_t *row = point_row(s, &s->points[i]);
            json_put(row, "round", json_whole(k));
            json_csv_line(put_run(row, &s->points[i].runs[k]), &lines, out);
        }
}

void scale_write_steps(const scale_study *s, FILE *out)
{
    enum { PARTS = 200 };
    int lines = 0;
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_steps *single = &s->points[i].single;
        for (int k = 0; single->n > 0 && k <= PARTS; k++) {
            json_t *row = point_row(s, &s->points[i]);
            double part = (double)k / PARTS, step = nu_quantile(single->seconds, single->n, part);
            json_csv_line(json_put_all(row, "part", real(part), "step_s", real(step),
                                       "of_median", real(step / single->p50), NULL),
                          &lines, out);
        }
    }
}

void scale_write_laws(const scale_study *s, FILE *out)
{
    int lines = 0;
    for (size_t i = 0; i < s->n_laws; i++)
        for (size_t k = 0; k < s->laws[i].n_predictions; k++) {
            json_t *row = row_of(s, s->laws[i].setting);
            json_put(row, "law", json_text(s->laws[i].name));
            json_csv_line(scale_prediction_columns(row, &s->laws[i].predictions[k]), &lines, out);
        }
}
