#include "support/epoch_log.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/data_options.h"
#include "support/event_file.h"
#include "support/json.h"

/* By the names that lines and columns have, and those for TensorBoard. */
static const struct {
    const char *name, *tag;
    size_t at;
} numbers[] = {
    {"train_loss", "loss/train", offsetof(nudge_epoch, train_loss)},
    {"train_accuracy", "accuracy/train", offsetof(nudge_epoch, train_accuracy)},
    {"val_loss", "loss/val", offsetof(nudge_epoch, val_loss)},
    {"val_accuracy", "accuracy/val", offsetof(nudge_epoch, val_accuracy)},
    {"val_rmse", "rmse/val", offsetof(nudge_epoch, val_rmse)},
    {"val_stop", "early-stop/val", offsetof(nudge_epoch, val_stop)},
    {"lr", "lr", offsetof(nudge_epoch, lr)},
    {"seconds", "time/seconds", offsetof(nudge_epoch, seconds)},
    {"samples_per_s", "time/samples_per_s", offsetof(nudge_epoch, samples_per_s)},
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static double number_of(const epoch_log *log, const nudge_epoch *e, size_t i)
{
    if (log->no_rmse && numbers[i].at == offsetof(nudge_epoch, val_rmse))
        return NAN;
    return *(const double *)((const char *)e + numbers[i].at);
}

/* ---- Kinds ----------------------------------------------------------------------------- */

/* What a line begins with. */
static json_t *line_of(const epoch_log *log, const nudge_epoch *e)
{
    json_t *line = json_new();
    if (log->member > 0)
        json_put(line, "member", json_whole(log->member));
    json_put(line, "epoch", json_whole(e->epoch));
    return line;
}

static int write_object(epoch_log *log, const nudge_epoch *e, double now)
{
    (void)now;
    json_t *line = line_of(log, e);
    for (size_t i = 0; i < NUMBERS; i++)
        if (log->with_lr || numbers[i].at != offsetof(nudge_epoch, lr))
            json_put(line, numbers[i].name, json_number(number_of(log, e, i)));
    return json_print(line, 0, log->file);
}

/* A table needs a cell for what has no value. */
static int write_row(epoch_log *log, const nudge_epoch *e, double now)
{
    (void)now;
    json_t *line = line_of(log, e);
    for (size_t i = 0; i < NUMBERS; i++) {
        json_t *number = json_number(number_of(log, e, i));
        json_put(line, numbers[i].name, number != NULL ? number : json_null());
    }
    json_csv_line(line, &log->lines, log->file);
    return !ferror(log->file);
}

static int write_events(epoch_log *log, const nudge_epoch *e, double now)
{
    event_scalar scalars[NUMBERS];
    char tags[NUMBERS][NU_TEXT];
    size_t n = 0;
    for (size_t i = 0; i < NUMBERS; i++)
        if (!isnan(number_of(log, e, i))) {
            int used = log->member > 0 ? snprintf(tags[n], NU_TEXT, "member%zu/", log->member) : 0;
            snprintf(tags[n] + used, NU_TEXT - (size_t)used, "%s", numbers[i].tag);
            scalars[n] = (event_scalar){tags[n], number_of(log, e, i)};
            n++;
        }
    return (log->lines++ > 0 || event_file_begin(log->file, now)) &&
           event_file_scalars(log->file, now, e->epoch, n, scalars);
}

/* The first whose mark the name has: ends with, or contains, as TensorBoard looks for it. */
static const struct log_kind {
    const char *mark;
    int at_end;
    int (*write)(epoch_log *log, const nudge_epoch *e, double now);
} kinds[] = {
    {".csv", 1, write_row},
    {"tfevents", 0, write_events},
    {"", 0, write_object},
};

static const struct log_kind *kind_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    const struct log_kind *k = kinds;
    while (k->at_end ? !ends_with(name, k->mark) : strstr(name, k->mark) == NULL)
        k++;
    return k;
}

/* ---- Any ------------------------------------------------------------------------------- */

static double seconds_since_1970(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int epoch_log_open(epoch_log *log, const char *path)
{
    log->kind = kind_of(path);
    log->file = is_standard(path) ? fdopen(dup(STDOUT_FILENO), "w") : fopen(path, "w");
    return log->file != NULL;
}

int epoch_log_past(epoch_log *log, const nudge_trainer *trainer, size_t finished)
{
    const nudge_epoch *e;
    double now = seconds_since_1970(); /* of an epoch before: as if all had run without a break */
    for (size_t i = 0; i < finished && (e = nudge_trainer_history(trainer, i)) != NULL; i++)
        now -= e->seconds;
    for (size_t i = 0; i < finished && (e = nudge_trainer_history(trainer, i)) != NULL; i++)
        if (!log->kind->write(log, e, now += e->seconds))
            return 0;
    return 1;
}

int epoch_log_write(epoch_log *log, const nudge_epoch *e)
{
    return log->kind->write(log, e, seconds_since_1970()) && fflush(log->file) == 0;
}

int epoch_log_close(epoch_log *log)
{
    return fclose(log->file) == 0;
}
