#include "scale/results.h"

#include "quantiles.h"
#include "support/json.h"
#include "support/say.h"

/* ---- Columns --------------------------------------------------------------------------- */

/* A list of these ends without a name. */
typedef struct real_column {
    const char *name;
    double value;
} real_column;

static void put_real(json_t *row, const char *name, double v)
{
    json_put(row, name, isfinite(v) ? json_real(v) : json_null());
}

static void put_reals(json_t *row, const real_column *list)
{
    for (; list->name != NULL; list++)
        put_real(row, list->name, list->value);
}

static void put_estimate(json_t *row, const char *name, const scale_estimate *e)
{
    json_t *object = json_new();
    put_reals(object, (real_column[]){{"value", e->value}, {"low", e->low}, {"high", e->high},
                                      {"level", e->level}, {NULL, 0}});
    json_put(row, name, object);
}

static void put_phases(json_t *row, const char *name, const double *phase)
{
    json_t *object = json_new();
    for (int k = 0; k < SCALE_PHASES; k++)
        put_real(object, nudge_phase_name((nudge_phase)k), phase[k]);
    json_put(row, name, object);
}

/* What a row of a setting begins with. */
static json_t *row_of(const scale_study *s, size_t setting)
{
    json_t *row = json_new();
    json_put_text(row, "setting_name", s->settings[setting].name);
    json_put_whole(row, "setting", setting);
    for (size_t i = 0; i < s->n_varied; i++) {
        char name[64];
        snprintf(name, sizeof name, "vary_%s", s->varied[i].option);
        json_put_text(row, name, s->settings[setting].values[i]);
    }
    return row;
}

/* And a row of a point. */
static json_t *point_row(const scale_study *s, const scale_point *p)
{
    json_t *row = row_of(s, p->setting);
    json_put_whole(row, "threads", (uint64_t)p->threads);
    json_put_flag(row, "peer", p->is_peer);
    return row;
}

json_t *scale_point_columns(const scale_study *s, const scale_point *p)
{
    const scale_steps *one = &p->single;
    double flop_rate = p->flops / p->step.value;
    json_t *row = point_row(s, p);
    json_put_flag(row, "base", p->is_base);
    json_put_flag(row, "oversubscribed", p->oversubscribed);
    json_put_flag(row, "precise", p->precise);
    json_put_text(row, "network", p->network);
    json_put_whole(row, "batch", p->batch);
    json_put_whole(row, "rows", p->rows);
    json_put_whole(row, "epochs", p->epochs);
    json_put_whole(row, "steps", p->steps);
    json_put_whole(row, "parameters", p->parameters);
    json_put_whole(row, "memory_bytes", p->memory);
    json_put_whole(row, "runs", p->n);
    put_estimate(row, "step_s", &p->step);
    put_estimate(row, "samples_per_s", &p->rate);
    put_estimate(row, "speedup", &p->speedup);
    put_estimate(row, "efficiency", &p->efficiency);
    put_estimate(row, "to_loss_s", &p->to_loss);
    put_reals(row, (real_column[]){
        {"to_loss_epochs", p->to_loss_epochs}, {"karp_flatt", p->karp_flatt}, {"flop", p->flops},
        {"flop_per_s", flop_rate}, {"of_gemm_peak", flop_rate / p->gemm_peak}, {NULL, 0}});
    put_phases(row, "phase_s", p->phases);
    put_phases(row, "lost", p->lost);
    put_reals(row, (real_column[]){
        {"lost_rest", p->lost_rest}, {"single_p50_s", one->p50}, {"single_p95_s", one->p95},
        {"single_p99_s", one->p99},
        {"single_longest_s", one->n > 0 ? one->seconds[one->n - 1] : NAN},
        {"last_thread", one->n > 0 ? (double)one->last_thread : NAN},
        {"last_share", one->last_share}, {"clock_cost", one->clock_cost}, {NULL, 0}});
    return row;
}

static void put_run(json_t *row, const scale_run *r)
{
    json_put_whole(row, "order", r->order);
    put_reals(row, (real_column[]){
        {"at_s", r->at}, {"train_s", r->seconds}, {"step_s", r->step}, {"to_loss_s", r->to_loss},
        {"other_load_cores", r->watch.other_load}, {"steal_cores", r->watch.steal},
        {"throttled_s", r->watch.throttled}, {NULL, 0}});
    json_put_flag(row, "disturbed", r->disturbed);
    json_put_flag(row, "outlier", r->outlier);
    json_put_hash(row, "weights_hash", r->hash);
}

void scale_prediction_columns(json_t *row, const scale_prediction *p)
{
    json_put_whole(row, "threads", (uint64_t)p->threads);
    put_estimate(row, "step_s", &p->step);
    put_estimate(row, "speedup", &p->speedup);
    put_real(row, "measured_s", p->measured);
    json_put_flag(row, "left_out", p->left_out);
    json_put_flag(row, "within", p->within);
}

static json_t *parameter_json(const scale_parameter *p)
{
    json_t *row = json_new();
    json_put_text(row, "name", p->name);
    json_put_text(row, "meaning", p->meaning);
    json_put_text(row, "unit", p->seconds ? "s" : NULL);
    json_put_flag(row, "at_bound", p->at_bound);
    put_estimate(row, "estimate", &p->estimate);
    return row;
}

static void put_study(json_t *row, const scale_study *s)
{
    static const char *const ends[] = {
        [SCALE_PRECISE] = "precise", [SCALE_TIME_UP] = "time", [SCALE_ROUNDS] = "rounds",
        [SCALE_INTERRUPTED] = "interrupted"};
    json_put_text(row, "mode", scale_mode_names[s->mode]);
    json_put_text(row, "title", s->title);
    json_put_text(row, "command", s->command);
    json_put_text(row, "data", s->data);
    json_put_text(row, "peer", s->peer);
    json_put_text(row, "started", s->started);
    put_reals(row, (real_column[]){
        {"took_s", s->seconds}, {"asked_s", s->seconds_asked}, {"precision", s->precision},
        {"level", s->level}, {"target_loss", s->target_loss}, {NULL, 0}});
    json_put_whole(row, "seed", s->seed);
    json_put_whole(row, "cores", (uint64_t)s->cores);
    json_put_whole(row, "rounds", s->rounds);
    json_put_text(row, "ended", ends[s->ended]);
    json_put(row, "identical_weights", s->identical < 0 ? json_null() : json_boolean(s->identical));
}

/* ---- JSON ------------------------------------------------------------------------------ */

static json_t *points_json(const scale_study *s)
{
    json_t *points = json_new_list();
    for (size_t i = 0; i < s->n_points; i++) {
        json_t *point = scale_point_columns(s, &s->points[i]), *rounds = json_new_list();
        for (size_t k = 0; k < s->points[i].n; k++) {
            json_t *run = json_new();
            put_run(run, &s->points[i].runs[k]);
            json_add(rounds, run);
        }
        json_put(point, "rounds", rounds);
        json_add(points, point);
    }
    return points;
}

static json_t *law_json(const scale_study *s, const scale_law_fit *law)
{
    json_t *row = row_of(s, law->setting), *parameters = json_new_list();
    json_t *predictions = json_new_list();
    json_put_text(row, "name", law->name);
    json_put_text(row, "formula", law->formula);
    json_put_text(row, "source", law->source);
    json_put_flag(row, "used", law->why_not[0] == '\0');
    json_put_text(row, "why_not", law->why_not);
    json_put_whole(row, "points", law->n_points);
    put_real(row, "error", law->error);
    put_real(row, "scatter", law->scatter);
    put_estimate(row, "best_threads", &law->best_threads);
    for (size_t i = 0; i < law->n_parameters; i++)
        json_add(parameters, parameter_json(&law->parameter[i]));
    for (size_t k = 0; k < law->n_predictions; k++) {
        json_t *prediction = json_new();
        scale_prediction_columns(prediction, &law->predictions[k]);
        json_add(predictions, prediction);
    }
    json_put(row, "parameters", parameters);
    json_put(row, "predictions", predictions);
    return row;
}

void scale_write_json(const scale_study *s, FILE *out)
{
    json_t *object = json_new(), *machine = json_new();
    json_t *notes = json_new_list(), *laws = json_new_list();
    json_put_text(object, "format", "nudge-scale");
    json_put_whole(object, "format_version", 2);
    json_put_text(object, "nudge", nudge_version());
    put_study(object, s);
    for (size_t i = 0; i < s->n_facts; i++)
        json_put_text(machine, s->facts[i].key, s->facts[i].text);
    for (size_t i = 0; i < s->n_notes; i++)
        json_add_text(notes, s->notes[i]);
    for (size_t i = 0; i < s->n_laws; i++)
        json_add(laws, law_json(s, &s->laws[i]));
    json_put(object, "machine", machine);
    json_put(object, "notes", notes);
    json_put(object, "points", points_json(s));
    json_put(object, "laws", laws);
    json_print(object, 1, out);
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
            json_put_whole(row, "round", k);
            put_run(row, &s->points[i].runs[k]);
            json_csv_line(row, &lines, out);
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
            put_reals(row, (real_column[]){{"part", part}, {"step_s", step},
                                           {"of_median", step / single->p50}, {NULL, 0}});
            json_csv_line(row, &lines, out);
        }
    }
}

void scale_write_laws(const scale_study *s, FILE *out)
{
    int lines = 0;
    for (size_t i = 0; i < s->n_laws; i++)
        for (size_t k = 0; k < s->laws[i].n_predictions; k++) {
            json_t *row = row_of(s, s->laws[i].setting);
            json_put_text(row, "law", s->laws[i].name);
            scale_prediction_columns(row, &s->laws[i].predictions[k]);
            json_csv_line(row, &lines, out);
        }
}
