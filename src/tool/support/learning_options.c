#include "support/learning_options.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "support/json.h"
#include "support/say.h"

/* The name of an option from that of a setting, or back. */
static void translate(char *to, size_t size, const char *name, char from, char into)
{
    snprintf(to, size, "%s", name);
    for (char *c = to; *c != '\0'; c++)
        *c = *c == from ? into : *c;
}

/* Gives up if an option is given that belongs to other members of a family, such as the optimizers.
 * has: a bit for each member that has it. */
static void check_belongs(const arguments *args, const char *name, unsigned has, size_t chosen,
                          const char *family, const char *(*member)(size_t))
{
    if (!given(args, name) || has & 1u << chosen)
        return;
    char list[200] = "";
    size_t used = 0, n = 0;
    for (size_t i = 0; member(i) != NULL; i++) {
        if (!(has & 1u << i))
            continue;
        const char *between = n++ == 0 ? "" : has >> (i + 1) != 0 ? ", " : " and ";
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", between, member(i));
    }
    complain("--%s: only %s ha%s it (the %s is %s)", name, list, n == 1 ? "s" : "ve", family,
             member(chosen));
}

/* ---- Optimizers ------------------------------------------------------------------------ */

static const char *optimizer_name(size_t i)
{
    return nudge_optimizer_name((nudge_optimizer_kind)i);
}

void read_optimizer_options(nudge_optimizer *o, arguments *args)
{
    enum { SGD = 1 << NUDGE_SGD, ADAM = 1 << NUDGE_ADAM, ADAMW = 1 << NUDGE_ADAMW,
           RMSPROP = 1 << NUDGE_RMSPROP, ADAGRAD = 1 << NUDGE_ADAGRAD,
           RADAM = 1 << NUDGE_RADAM, LION = 1 << NUDGE_LION, ALL = -1 };
    static const struct {
        const char *option;
        int has;
        enum range range;
        size_t at;
    } rows[] = {
        {"momentum", SGD | RMSPROP, FROM_0, offsetof(nudge_optimizer, momentum)},
        {"weight-decay", ALL, FROM_0, offsetof(nudge_optimizer, weight_decay)},
        {"l1", ALL, FROM_0, offsetof(nudge_optimizer, l1)},
        {"beta1", ADAM | ADAMW | RADAM | LION, FROM_0_BELOW_1, offsetof(nudge_optimizer, beta1)},
        {"beta2", ADAM | ADAMW | RADAM | LION, FROM_0_BELOW_1, offsetof(nudge_optimizer, beta2)},
        {"alpha", RMSPROP, FROM_0_BELOW_1, offsetof(nudge_optimizer, alpha)},
        {"eps", ADAM | ADAMW | RMSPROP | ADAGRAD | RADAM, ABOVE_0, offsetof(nudge_optimizer, eps)},
    };
    size_t kind = (size_t)choice_of(args, "optimizer");
    *o = nudge_optimizer_defaults((nudge_optimizer_kind)kind);
    if (option_of(args, "lr")->initial != NULL || given(args, "lr"))
        o->lr = real_of(args, "lr", ABOVE_0);
    check_belongs(args, "nesterov", SGD, kind, "optimizer", optimizer_name);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_belongs(args, rows[i].option, (unsigned)rows[i].has, kind, "optimizer",
                      optimizer_name);
        read_real(args, rows[i].option, rows[i].range, (double *)((char *)o + rows[i].at));
    }
    o->nesterov = given(args, "nesterov");
    if (o->nesterov && !(o->momentum > 0))
        refuse_given(args, "nesterov", "it needs a --momentum above 0");
}

/* ---- The end --------------------------------------------------------------------------- */

void read_stop_options(nudge_train_options *o, arguments *args)
{
    nudge_early_stop *s = &o->early_stop;
    if (given(args, "early-stop"))
        s->patience = (size_t)whole_of(args, "early-stop", 1, UINT32_MAX);
    else
        refuse_all(args, "stop-metric stop-change", "it needs --early-stop");
    s->metric = (nudge_metric)choice_of(args, "stop-metric");
    read_real(args, "stop-change", FROM_0, &s->min_change);
    read_real(args, "max-time", ABOVE_0, &o->max_seconds);
    if (given(args, "average"))
        o->average = real_in(args, "average", 0, 1, 1, 1, "a number above 0 and below 1");
}

/* ---- Losses ---------------------------------------------------------------------------- */

double read_loss_parameter(arguments *args, nudge_loss chosen)
{
    double value = NAN;
    nudge_loss_info loss;
    for (int i = 0; (loss = nudge_loss_describe((nudge_loss)i)).name != NULL; i++) {
        if (loss.parameter == NULL)
            continue;
        char name[40], why[80];
        translate(name, sizeof name, loss.parameter, '_', '-');
        snprintf(why, sizeof why, "it needs --loss %s", loss.name);
        int may_be = chosen == NUDGE_LOSS_AUTO && i == NUDGE_CROSS_ENTROPY; /* the data decides */
        if ((nudge_loss)i != chosen && !may_be)
            refuse_given(args, name, why);
        else if (given(args, name))
            value = real_in(args, name, loss.parameter_least, loss.parameter_most,
                            loss.parameter_above_least, 1, loss.parameter_takes);
    }
    return value;
}

/* ---- Schedules ------------------------------------------------------------------------- */

static const char *schedule_name(size_t i)
{
    return nudge_schedule_name((nudge_schedule_kind)i);
}

enum { STEP = 1 << NUDGE_SCHEDULE_STEP, EXPONENTIAL = 1 << NUDGE_SCHEDULE_EXPONENTIAL,
       COSINE = 1 << NUDGE_SCHEDULE_COSINE, ONE_CYCLE = 1 << NUDGE_SCHEDULE_ONE_CYCLE,
       INVSCALING = 1 << NUDGE_SCHEDULE_INVSCALING, PLATEAU = 1 << NUDGE_SCHEDULE_PLATEAU,
       ALL = -1 };

#define AT(field) offsetof(nudge_schedule, field)

/* Parameters: whole numbers (size_t) of epochs, or reals in a range. */
static const struct {
    const char *option;
    int has, needed; /* bits: by schedules that have it, and by those that have no default */
    size_t at;
    int is_whole;
    enum range range;
} parameters[] = {
    {"warmup", ALL, 0, AT(warmup), 0, FROM_0},
    {"lr-step", STEP, STEP, AT(step), 1, ABOVE_0},
    {"lr-gamma", STEP | EXPONENTIAL | PLATEAU, EXPONENTIAL, AT(gamma), 0, ABOVE_0_TO_1},
    {"lr-min", COSINE | PLATEAU, 0, AT(min_lr), 0, FROM_0},
    {"lr-power", INVSCALING, 0, AT(power), 0, FROM_0},
    {"lr-rise", ONE_CYCLE, 0, AT(rise), 0, FROM_0_TO_1},
    {"lr-div", ONE_CYCLE, 0, AT(div), 0, FROM_1},
    {"lr-final-div", ONE_CYCLE, 0, AT(final_div), 0, FROM_1},
    {"lr-patience", PLATEAU, 0, AT(patience), 1, FROM_0},
    {"lr-threshold", PLATEAU, 0, AT(threshold), 0, FROM_0_BELOW_1},
};
enum { PARAMETERS = sizeof parameters / sizeof *parameters };

void read_schedule_options(nudge_schedule *s, arguments *args, double lr)
{
    size_t kind = (size_t)choice_of(args, "schedule");
    *s = nudge_schedule_defaults((nudge_schedule_kind)kind);
    for (size_t i = 0; i < PARAMETERS; i++) {
        const char *name = parameters[i].option;
        void *value = (char *)s + parameters[i].at;
        check_belongs(args, name, (unsigned)parameters[i].has, kind, "schedule", schedule_name);
        if (parameters[i].needed & 1 << kind && !given(args, name))
            complain("--schedule: %s needs --%s %s", schedule_name(kind), name,
                     option_of(args, name)->arg);
        if (!parameters[i].is_whole)
            read_real(args, name, parameters[i].range, value);
        else if (given(args, name))
            *(size_t *)value = (size_t)whole_of(args, name, parameters[i].range == ABOVE_0,
                                                UINT32_MAX);
    }
    if (s->min_lr > lr)
        complain("--lr-min: '%s' is above the learning rate (--lr %g)", text_of(args, "lr-min"),
                 lr);
}

int has_schedule(const nudge_schedule *s)
{
    return s->kind != NUDGE_SCHEDULE_CONSTANT || s->warmup > 0;
}

char *schedule_text(const nudge_schedule *s)
{
    if (s->warmup > 0)
        return text_as("%s, warm-up of %g epoch%s", nudge_schedule_name(s->kind), s->warmup,
                       s->warmup == 1 ? "" : "s");
    return text_as("%s", nudge_schedule_name(s->kind));
}

void json_put_schedule(json_t *object, const nudge_schedule *s)
{
    json_put(object, "schedule", json_text(nudge_schedule_name(s->kind)));
    for (size_t i = 0; i < PARAMETERS; i++) {
        char key[40];
        const void *value = (const char *)s + parameters[i].at;
        translate(key, sizeof key, parameters[i].option, '-', '_');
        if (parameters[i].has & 1 << s->kind)
            json_put(object, key, parameters[i].is_whole ? json_whole(*(const size_t *)value)
                                                         : json_number(*(const double *)value));
    }
}

void read_embed_options(nudge_model_options *o, arguments *args)
{
    o->embed = (nudge_embed)choice_of(args, "embed");
    if (o->embed == NUDGE_EMBED_NONE) {
        refuse_given(args, "embed-size", "it needs --embed");
        return;
    }
    if (choice_of(args, "encode") != NUDGE_ENCODE_NONE)
        refuse_given(args, "embed", "it cannot be used together with --encode");
    if (given(args, "embed-size"))
        o->embed_size = (size_t)whole_of(args, "embed-size", 1, 256);
    if (given(args, "frequencies"))
        o->embed_frequencies = (size_t)whole_of(args, "frequencies", 1, 512);
    if (given(args, "frequency-scale"))
        o->embed_scale = real_of(args, "frequency-scale", ABOVE_0);
}
