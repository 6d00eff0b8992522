#include "train/checkpoint_json.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <xxhash.h>

#include "core/element.h"
#include "core/memory.h"
#include "core/status.h"
#include "json_dump.h"
#include "prep/json_list.h"
#include "table/dataset.h"
#include "train/engine.h"

/* ---- Settings ------------------------------------------------------------------------------ */

/* Of features that stay in their file, as they would be in memory. */
static uint64_t hash_streamed(const nu_store *s)
{
    enum { ROWS = 64 };
    nu_element real = nu_element_of(s->dtype);
    size_t size = nu_element_size(real), n = s->features;
    nu_store plain = *s; /* what is hashed is not encoded */
    plain.encoding.inputs = 0;
    const nudge_dataset all = {.store = &plain, .rows = s->rows};
    uint32_t numbers[ROWS];
    double *x NU_FREED = nu_alloc(ROWS * n, sizeof *x);
    char *reals NU_FREED = nu_alloc(ROWS * n, size);
    XXH64_state_t *state = XXH64_createState();
    uint64_t hash = 0;
    if (x != NULL && reals != NULL && state != NULL && XXH64_reset(state, 0) == XXH_OK) {
        for (size_t first = 0, rows; first < s->rows; first += rows) {
            rows = nu_smaller(s->rows - first, ROWS);
            nu_numeric_of(s->dtype)->as_doubles(&all, first, rows, numbers, x, NULL, NULL);
            (void)nu_keep(reals, real, 0, rows * n, x);
            (void)XXH64_update(state, reals, rows * n * size);
        }
        hash = XXH64_digest(state);
    }
    XXH64_freeState(state);
    return hash;
}

/* Of all that training reads of the data, the same where its features stay in their file. */
static uint64_t content_of(const nudge_dataset *data)
{
    const nu_store *s = data->store;
    const size_t number = nu_element_size(nu_element_of(s->dtype));
    const nu_encoding *e = &s->encoding;
    const struct {
        const void *at;
        size_t bytes;
    } parts[] = {
        {s->raw_shift == NULL ? s->x : NULL, s->rows * s->features * nu_element_size(s->element)},
        {s->shift, s->features * number},
        {s->factor, s->features * number},
        {e->low, e->inputs * number},
        {e->factor, e->inputs * number},
        {s->y, s->rows * s->outputs * number},
        {s->classes, s->rows * sizeof *s->classes},
        {data->index, data->rows * sizeof *data->index},
        {data->weights, data->rows * sizeof *data->weights},
    };
    uint64_t hash = s->raw_shift != NULL ? hash_streamed(s) : 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].at != NULL)
            hash = XXH64(parts[i].at, parts[i].bytes, hash);
    return hash;
}

static json_t *describe_data(const nudge_dataset *data, uint64_t hash)
{
    char text[17];
    if (data == NULL)
        return json_null();
    const nu_store *s = data->store;
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    return json_pack("{s:I, s:I, s:I, s:b, s:s}", "rows", (json_int_t)data->rows, "features",
                     (json_int_t)nu_store_inputs(s), "outputs", (json_int_t)s->outputs, "weighted",
                     data->weights != NULL, "content", text);
}

/* Numbers of the options that bits depend on. What the optimizer or schedule does not have is
 * compared, too: it has the same default everywhere. */
#define AT(name, field) {name, offsetof(nudge_train_options, field), 0}
#define WHOLE_AT(name, field) {name, offsetof(nudge_train_options, field), 1}
static const struct {
    const char *name;
    size_t at;
    int is_whole; /* a size_t; otherwise a double */
} option_numbers[] = {
    AT("lr", optimizer.lr), AT("momentum", optimizer.momentum),
    AT("weight_decay", optimizer.weight_decay), AT("l1", optimizer.l1),
    AT("beta1", optimizer.beta1), AT("beta2", optimizer.beta2), AT("alpha", optimizer.alpha),
    AT("eps", optimizer.eps), AT("warmup", schedule.warmup), WHOLE_AT("step", schedule.step),
    AT("gamma", schedule.gamma), AT("min_lr", schedule.min_lr), AT("power", schedule.power),
    AT("rise", schedule.rise), AT("div", schedule.div), AT("final_div", schedule.final_div),
    WHOLE_AT("plateau_patience", schedule.patience), AT("threshold", schedule.threshold),
    WHOLE_AT("batch", batch), WHOLE_AT("accumulate", accumulate), AT("clip_value", clip_value),
    AT("clip_norm", clip_norm), AT("max_norm", max_norm), AT("average", average),
    WHOLE_AT("patience", early_stop.patience), AT("min_change", early_stop.min_change),
};
/* A new one belongs above, or below among the names. */
_Static_assert(sizeof(nudge_optimizer) == 80 && sizeof(nudge_schedule) == 88 &&
               sizeof(nudge_early_stop) == 24, "options that a checkpoint does not compare");

/* n of them; none where `values` is NULL. */
static json_t *describe_list(const double *values, size_t n)
{
    return nu_json_numbers(values, values != NULL ? n : 0);
}

static json_t *describe_options(const nudge_train_options *o, const nu_network *net)
{
    char seed[21]; /* JSON's whole numbers are signed */
    snprintf(seed, sizeof seed, "%" PRIu64, o->seed);
    json_t *object = json_pack(
        "{s:s, s:b, s:s, s:s, s:s, s:s, s:b}", "optimizer", nudge_optimizer_name(o->optimizer.kind),
        "nesterov", o->optimizer.nesterov, "schedule", nudge_schedule_name(o->schedule.kind),
        "decay_schedule", nudge_schedule_name(o->decay_schedule), "stop_metric",
        nudge_metric_name(o->early_stop.metric), "seed", seed, "shuffle", o->shuffle);
    int bad = 0;
    for (size_t i = 0; i < sizeof option_numbers / sizeof *option_numbers; i++) {
        const char *at = (const char *)o + option_numbers[i].at;
        bad |= json_object_set_new(object, option_numbers[i].name,
                                   option_numbers[i].is_whole
                                       ? json_integer((json_int_t)*(const size_t *)at)
                                       : json_real(*(const double *)at));
    }
    bad |= json_object_set_new(object, "dropout", describe_list(o->dropout, net->layers - 1));
    bad |= json_object_set_new(object, "lr_factors",
                               describe_list(o->lr_factors, nu_run_lr_factors(net)));
    if (o->member > 0) /* files of before have none, nor these: */
        bad |= json_object_set_new(object, "member", json_integer((json_int_t)o->member));
    if (o->bias_lr_factor != 1)
        bad |= json_object_set_new(object, "bias_lr_factor", json_real(o->bias_lr_factor));
    if (o->ntk)
        bad |= json_object_set_new(object, "ntk", json_true());
    if (o->drop_last)
        bad |= json_object_set_new(object, "drop_last", json_true());
    if (bad == 0)
        return object;
    json_decref(object);
    return NULL;
}

/* What must be the same where training goes on. Epochs may become more, but not where the learning
 * rate depends on how many there are. */
static json_t *describe_settings(const nudge_trainer *t)
{
    const nudge_dataset *data[] = {t->run.job.data, t->run.val};
    nudge_trainer *cache = (nudge_trainer *)t; /* the data does not change while it lives */
    for (int i = 0; i < 2 && !t->is_hashed; i++)
        cache->content[i] = data[i] != NULL ? content_of(data[i]) : 0;
    cache->is_hashed = 1;
    json_t *options = describe_options(&t->options, t->run.job.net);
    int needs_epochs = nu_schedule_needs_epochs(t->options.schedule.kind) ||
                       nu_schedule_needs_epochs(t->options.decay_schedule);
    if (needs_epochs &&
        json_object_set_new(options, "epochs", json_integer((json_int_t)t->options.epochs)) != 0) {
        json_decref(options);
        return NULL;
    }
    return json_pack("{s:o, s:o, s:o}", "options", options, "data",
                     describe_data(data[0], t->content[0]), "val",
                     describe_data(data[1], t->content[1]));
}

/* ---- Differences --------------------------------------------------------------------------- */

/* Where two values differ first, into `place`, with both of them; 0: they are the same. */
static int differs(const json_t *a, const json_t *b, char *place, size_t size, const json_t **in_a,
                   const json_t **in_b)
{
    size_t used = strlen(place);
    *in_a = a;
    *in_b = b;
    if (json_is_object(a) && json_is_object(b)) {
        const char *key;
        json_t *value;
        json_object_foreach((json_t *)b, key, value) {
            snprintf(place + used, size - used, "%s%s", used > 0 ? "." : "", key);
            if (differs(json_object_get(a, key), value, place, size, in_a, in_b))
                return 1;
            place[used] = '\0';
        }
        *in_a = a;
        *in_b = b;
        return json_object_size(a) != json_object_size(b);
    }
    if (json_is_array(a) && json_is_array(b) && json_array_size(a) == json_array_size(b)) {
        for (size_t i = 0; i < json_array_size(a); i++) {
            snprintf(place + used, size - used, "[%zu]", i);
            if (differs(json_array_get(a, i), json_array_get(b, i), place, size, in_a, in_b))
                return 1;
            place[used] = '\0';
        }
        return 0;
    }
    return !json_equal((json_t *)a, (json_t *)b);
}

/* A short form of a value, for free(). */
static char *short_text(const json_t *value)
{
    char *text = value == NULL ? strdup("nothing")
                               : nu_json_dump(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(10));
    if (text != NULL && strlen(text) > 60)
        strcpy(text + 57, "...");
    return text;
}

static nudge_status compare(const char *what, const json_t *file, const json_t *here,
                            nudge_error *err)
{
    char place[200] = "";
    const json_t *a, *b;
    if (!differs(file, here, place, sizeof place, &a, &b))
        return NUDGE_OK;
    char *there NU_FREED = short_text(a), *ours NU_FREED = short_text(b);
    return nu_fail(err, NUDGE_EMISMATCH, "%s%s%s is %s in the checkpoint and %s here", what,
                   place[0] != '\0' ? ": " : "", place, there != NULL ? there : "?",
                   ours != NULL ? ours : "?");
}

nudge_status nu_checkpoint_compare(const char *what, const char *file, const char *here,
                                   nudge_error *err)
{
    json_error_t why_a, why_b;
    json_auto_t *a = json_loads(file, JSON_DECODE_ANY, &why_a);
    json_auto_t *b = json_loads(here, JSON_DECODE_ANY, &why_b);
    NU_NEED((a != NULL || !nu_json_lacks_memory(&why_a)) &&
                (b != NULL || !nu_json_lacks_memory(&why_b)),
            strlen(file) + strlen(here), "a checkpoint", err);
    return compare(what, a, b, err);
}

/* ---- Numbers of a structure ---------------------------------------------------------------- */

/* Records of epochs are lists of numbers in this order; null: NaN. */
static const size_t epoch_numbers[] = {
    offsetof(nudge_epoch, train_loss), offsetof(nudge_epoch, train_accuracy),
    offsetof(nudge_epoch, val_loss), offsetof(nudge_epoch, val_accuracy),
    offsetof(nudge_epoch, val_rmse), offsetof(nudge_epoch, val_stop), offsetof(nudge_epoch, lr),
    offsetof(nudge_epoch, seconds), offsetof(nudge_epoch, samples_per_s),
};
#define NUMBERS (sizeof epoch_numbers / sizeof *epoch_numbers)

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *number_item(const void *epoch, size_t i)
{
    return number(*(const double *)((const char *)epoch + epoch_numbers[i]));
}

static json_t *epoch_item(const void *epochs, size_t i)
{
    return nu_json_list(NUMBERS, number_item, (const nudge_epoch *)epochs + i);
}

static int parse_epoch(nudge_epoch *e, const json_t *list)
{
    if (json_array_size(list) != NUMBERS)
        return 0;
    for (size_t i = 0; i < NUMBERS; i++) {
        const json_t *value = json_array_get(list, i);
        if (!json_is_real(value) && !json_is_null(value))
            return 0;
        *(double *)((char *)e + epoch_numbers[i]) = json_is_null(value) ? NAN
                                                                        : json_real_value(value);
    }
    return 1;
}

/* ---- The text ------------------------------------------------------------------------------ */

static json_t *inverse_item(const void *memory, size_t i)
{
    const nu_lbfgs_memory *m = memory;
    return json_real(m->inverse[nu_lbfgs_slot(m, i)]);
}

json_t *nu_checkpoint_json(const nudge_trainer *t)
{
    const nu_position *at = &t->at;
    json_t *epochs = t->options.keep_history
                         ? nu_json_list(at->epoch, epoch_item, t->history)
                         : nu_json_list(at->epoch > 0, epoch_item, &t->result.last);
    json_t *inverse = nu_json_list(at->lbfgs.pairs, inverse_item, &at->lbfgs);
    return json_pack(
        "{s:o, s:{s:I, s:I, s:f, s:f, s:f, s:f, s:{s:o, s:I, s:f}, s:{s:I, s:f, s:I, s:f}, "
        "s:{s:f, s:o}}, s:o}",
        "settings", describe_settings(t), "position", "epoch", (json_int_t)at->epoch, "batch",
        (json_int_t)at->batch, "weight", at->weight, "loss", at->loss, "correct", at->correct,
        "seconds", at->seconds, "plateau", "best", number(at->plateau.best), "bad_epochs",
        (json_int_t)at->plateau.bad_epochs, "factor", at->plateau.factor, "best", "epoch",
        (json_int_t)at->best.epoch, "value", at->best.value, "mark_epoch",
        (json_int_t)at->best.mark_epoch, "mark", at->best.mark, "lbfgs", "scale", at->lbfgs.scale,
        "inverse", inverse, "epochs", epochs);
}

/* What a position has of L-BFGS, the oldest pair first. */
static int parse_pairs(nu_lbfgs_memory *m, const nudge_trainer *t, const json_t *inverse)
{
    m->pairs = json_array_size(inverse);
    m->first = 0;
    if (m->pairs > (t->lbfgs != NULL ? NU_LBFGS_PAIRS : 0))
        return 0;
    for (size_t i = 0; i < m->pairs; i++)
        m->inverse[i] = json_real_value(json_array_get(inverse, i));
    return 1;
}

static int parse_position(nu_position *at, const nudge_trainer *t, const json_t *json)
{
    json_int_t epoch, batch, bad, best_epoch, mark_epoch;
    json_t *best, *inverse;
    if (json_unpack((json_t *)json, "{s:I, s:I, s:F, s:F, s:F, s:F, s:{s:o, s:I, s:F}, "
                    "s:{s:I, s:F, s:I, s:F}, s:{s:F, s:o}}", "epoch", &epoch, "batch", &batch,
                    "weight", &at->weight, "loss", &at->loss, "correct", &at->correct, "seconds",
                    &at->seconds, "plateau", "best", &best, "bad_epochs", &bad, "factor",
                    &at->plateau.factor, "best", "epoch", &best_epoch, "value", &at->best.value,
                    "mark_epoch", &mark_epoch, "mark", &at->best.mark, "lbfgs", "scale",
                    &at->lbfgs.scale, "inverse", &inverse) != 0 ||
        !parse_pairs(&at->lbfgs, t, inverse))
        return 0;
    at->epoch = (size_t)epoch;
    at->batch = (size_t)batch;
    at->best.epoch = (size_t)best_epoch;
    at->best.mark_epoch = (size_t)mark_epoch;
    at->plateau.bad_epochs = (uint64_t)bad;
    at->plateau.best = json_is_null(best) ? INFINITY : json_number_value(best);
    return epoch >= 0 && epoch <= UINT32_MAX && batch >= 0 && (size_t)batch < t->run.batches &&
           (size_t)batch % t->run.job.accumulate == 0 && bad >= 0 &&
           at->weight >= 0 && at->correct >= 0 &&
           best_epoch >= 0 && best_epoch <= epoch && (best_epoch == 0 || t->best != NULL) &&
           mark_epoch >= 0 && mark_epoch <= epoch &&
           at->plateau.factor >= 0 && at->seconds >= 0;
}

/* The records; one that is not the last may be missing where no history is wanted. */
static nudge_status parse_epochs(nu_checkpoint_state *state, const nudge_trainer *t,
                                 const json_t *list, nudge_error *err)
{
    size_t n = json_array_size(list), epoch = state->at.epoch;
    if (t->options.keep_history && n < epoch)
        return nu_fail(err, NUDGE_EMISMATCH, "was saved without the history of epochs");
    if (!json_is_array(list) || (n != epoch && n != (epoch > 0)))
        return nu_fail(err, NUDGE_EDATA, "is no checkpoint of nudge: 'epochs' are %zu for %zu", n,
                       epoch);
    NU_NEW(state->epochs, calloc, n > 0 ? n : 1, "the history of epochs", err);
    state->n_epochs = n;
    for (size_t i = 0; i < n; i++) {
        state->epochs[i].epoch = epoch - n + i + 1;
        state->epochs[i].epochs = t->options.epochs;
        state->epochs[i].has_val = t->run.val != NULL;
        if (!parse_epoch(&state->epochs[i], json_array_get(list, i)))
            return nu_fail(err, NUDGE_EDATA, "is no checkpoint of nudge: epoch %zu of 'epochs'",
                           i + 1);
    }
    return NUDGE_OK;
}

nudge_status nu_checkpoint_parse(nu_checkpoint_state *state, const nudge_trainer *t,
                                 const json_t *root, nudge_error *err)
{
    json_auto_t *here = describe_settings(t);
    NU_NEED(here != NULL, 1024, "a checkpoint", err);
    if (!json_is_object(json_object_get(root, "settings")))
        return nu_fail(err, NUDGE_EDATA, "is no checkpoint of nudge: no 'settings' in 'trainer'");
    NU_TRY(compare("training", json_object_get(root, "settings"), here, err));
    if (!parse_position(&state->at, t, json_object_get(root, "position")))
        return nu_fail(err, NUDGE_EDATA, "is no checkpoint of nudge: 'position' in 'trainer'");
    if (state->at.epoch + (state->at.batch > 0) > t->options.epochs)
        return nu_fail(err, NUDGE_EMISMATCH, "is in epoch %zu; %zu epochs are asked for",
                       state->at.epoch + (state->at.batch > 0), t->options.epochs);
    return parse_epochs(state, t, json_object_get(root, "epochs"), err);
}
