#include "train/schedule.h"

#include <math.h>

#include "core/status.h"

/* Updates before this one, as a part of all. */
static double done(nu_moment at)
{
    return (double)(at.update - 1) / (double)at.updates;
}

static double epochs_before(nu_moment at)
{
    return (double)((at.update - 1) / at.per_epoch);
}

/* From `start` to `end` along half a wave of the cosine; part: 0 .. 1. */
static double half_wave(double start, double end, double part)
{
    return end + (start - end) / 2 * (1 + cos(M_PI * part));
}

static double step(const nudge_schedule *s, double lr, nu_moment at)
{
    (void)lr;
    return pow(s->gamma, floor(epochs_before(at) / (double)s->step));
}

static double exponential(const nudge_schedule *s, double lr, nu_moment at)
{
    (void)lr;
    return pow(s->gamma, epochs_before(at));
}

static double cosine(const nudge_schedule *s, double lr, nu_moment at)
{
    return half_wave(1, s->min_lr / lr, done(at));
}

static double one_cycle(const nudge_schedule *s, double lr, nu_moment at)
{
    (void)lr;
    double i = (double)(at.update - 1), last = (double)(at.updates - 1);
    double top = s->rise * (double)at.updates - 1, first = 1 / s->div;
    if (i < top)
        return half_wave(first, 1, i / top);
    return half_wave(1, first / s->final_div, last > top ? (i - top) / (last - top) : 0);
}

static double inverse_scaling(const nudge_schedule *s, double lr, nu_moment at)
{
    (void)lr;
    return pow((double)at.update, -s->power);
}

static double coslog4(const nudge_schedule *s, double lr, nu_moment at)
{
    (void)s;
    (void)lr;
    return 0.5 - 0.5 * cos(2 * M_PI * log2(1 + 15 * done(at)));
}

static double flat_cosine(const nudge_schedule *s, double lr, nu_moment at)
{
    (void)s;
    (void)lr;
    return half_wave(1, 0, fmax(2 * done(at) - 1, 0));
}

/* A row: the factor without warm-up; NULL: 1. */
static const struct {
    double (*factor)(const nudge_schedule *s, double lr, nu_moment at);
    int has_step, has_gamma;
    int needs_epochs; /* to know how many there are in all */
} kinds[] = {
    [NUDGE_SCHEDULE_CONSTANT] = {NULL},
    [NUDGE_SCHEDULE_STEP] = {step, .has_step = 1, .has_gamma = 1},
    [NUDGE_SCHEDULE_EXPONENTIAL] = {exponential, .has_gamma = 1},
    [NUDGE_SCHEDULE_COSINE] = {cosine, .needs_epochs = 1},
    [NUDGE_SCHEDULE_ONE_CYCLE] = {one_cycle, .needs_epochs = 1},
    [NUDGE_SCHEDULE_INVSCALING] = {inverse_scaling},
    [NUDGE_SCHEDULE_COSLOG4] = {coslog4, .needs_epochs = 1},
    [NUDGE_SCHEDULE_FLAT_COSINE] = {flat_cosine, .needs_epochs = 1},
    [NUDGE_SCHEDULE_PLATEAU] = {NULL, .has_gamma = 1},
};

nudge_schedule nudge_schedule_defaults(nudge_schedule_kind kind)
{
    return (nudge_schedule){.kind = kind,
                            .gamma = kind == NUDGE_SCHEDULE_EXPONENTIAL ? 0 : 0.1,
                            .power = 0.5,
                            .rise = 0.3,
                            .div = 25,
                            .final_div = 1e4,
                            .patience = 10,
                            .threshold = 1e-4};
}

/* Each test is written so that a NaN fails it. */
nudge_status nu_schedule_check(const nudge_schedule *s, double lr, nudge_error *err)
{
    const struct {
        const char *name;
        double value;
        int good;
        const char *range;
    } rules[] = {
        {"warmup", s->warmup, s->warmup >= 0 && isfinite(s->warmup), "a number >= 0"},
        {"min_lr", s->min_lr, s->min_lr >= 0 && s->min_lr <= lr,
         "from 0 to the learning rate itself"},
        {"power", s->power, s->power >= 0 && isfinite(s->power), "a number >= 0"},
        {"rise", s->rise, s->rise >= 0 && s->rise <= 1, "in [0, 1]"},
        {"div", s->div, s->div >= 1 && isfinite(s->div), "a number >= 1"},
        {"final_div", s->final_div, s->final_div >= 1 && isfinite(s->final_div), "a number >= 1"},
        {"threshold", s->threshold, s->threshold >= 0 && s->threshold < 1, "in [0, 1)"},
    };
    if ((unsigned)s->kind >= sizeof kinds / sizeof *kinds)
        return nu_fail(err, NUDGE_EARGUMENT, "schedule %d does not exist", (int)s->kind);
    if (kinds[s->kind].has_step && s->step == 0)
        return nu_fail(err, NUDGE_EARGUMENT, "step 0 of the schedule: at least 1 epoch is needed");
    if (kinds[s->kind].has_gamma && !(s->gamma > 0 && s->gamma <= 1))
        return nu_fail(err, NUDGE_EARGUMENT, "gamma %g of the schedule is not in (0, 1]",
                       s->gamma);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!rules[i].good)
            return nu_fail(err, NUDGE_EARGUMENT, "%s %g of the schedule is not %s", rules[i].name,
                           rules[i].value, rules[i].range);
    return NUDGE_OK;
}

int nu_schedule_needs_epochs(nudge_schedule_kind kind)
{
    return kinds[kind].needs_epochs;
}

double nu_schedule_factor(const nudge_schedule *s, double lr, nu_moment at)
{
    double factor = kinds[s->kind].factor != NULL ? kinds[s->kind].factor(s, lr, at) : 1;
    if (s->warmup > 0)
        factor *= fmin((double)at.update / (s->warmup * (double)at.per_epoch), 1);
    return factor;
}

nu_plateau nu_plateau_start(void)
{
    return (nu_plateau){.best = INFINITY, .factor = 1};
}

void nu_plateau_update(nu_plateau *p, const nudge_schedule *s, double lr, double loss)
{
    if (s->kind != NUDGE_SCHEDULE_PLATEAU)
        return;
    if (loss < p->best * (1 - s->threshold)) {
        p->best = loss;
        p->bad_epochs = 0;
    } else if (++p->bad_epochs > s->patience) {
        p->factor = fmax(p->factor * s->gamma, s->min_lr / lr);
        p->bad_epochs = 0;
    }
}
