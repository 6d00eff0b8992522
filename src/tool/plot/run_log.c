#include "plot/plot.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "support/data_options.h"
#include "support/say.h"

static const char *const keys[RUN_VALUES] = {
    [RUN_EPOCH] = "epoch",
    [RUN_TIME] = "seconds",
    [RUN_TRAIN_LOSS] = "train_loss",
    [RUN_VAL_LOSS] = "val_loss",
    [RUN_TRAIN_ACCURACY] = "train_accuracy",
    [RUN_VAL_ACCURACY] = "val_accuracy",
    [RUN_VAL_RMSE] = "val_rmse",
    [RUN_SPEED] = "samples_per_s",
};

/* Where a log is read, for messages. */
typedef struct place {
    const char *path;
    size_t line;
} place;

/* Gives up because of a line. */
#define BAD(at, format, ...) \
    complain("%s: line %zu: " format, (at)->path, (at)->line, ##__VA_ARGS__)

/* The values of an epoch after `last` (NULL: the first one). */
static void read_epoch(run_epoch *e, const json_t *object, const run_epoch *last, const place *at)
{
    double *epoch = &e->value[RUN_EPOCH], *time = &e->value[RUN_TIME];
    for (int i = 0; i < RUN_VALUES; i++) {
        const json_t *value = json_object_get(object, keys[i]);
        e->value[i] = value != NULL ? json_number_value(value) : NAN;
        if (value != NULL && !json_is_number(value))
            BAD(at, "\"%s\" is not a number", keys[i]);
    }
    if (!(*epoch >= 1 && *epoch == floor(*epoch)))
        BAD(at, "\"epoch\" must be there and a whole number from 1 up");
    if (last != NULL && *epoch <= last->value[RUN_EPOCH])
        BAD(at, "epoch %.0f follows epoch %.0f; they must increase (is it the log of one run?)",
            *epoch, last->value[RUN_EPOCH]);
    if (*time < 0)
        BAD(at, "\"seconds\" is %g, not a number from 0 up", *time);
    if (isnan(e->value[RUN_TRAIN_LOSS]))
        BAD(at, "it has no \"train_loss\"; every line of 'nudge train --log' has one");
    *time += last != NULL ? last->value[RUN_TIME] : 0;
}

/* An epoch of another member that is there by now: its values become means, but for the time, which
 * goes on from epoch to epoch. */
static int add_to_mean(run_log *log, const json_t *object, const place *at)
{
    size_t i = 0;
    double epoch = json_number_value(json_object_get(object, keys[RUN_EPOCH]));
    while (i < log->n && log->epochs[i].value[RUN_EPOCH] != epoch)
        i++;
    if (json_object_get(object, "member") == NULL || i == log->n)
        return 0;
    run_epoch one, *mean = &log->epochs[i];
    read_epoch(&one, object, NULL, at);
    mean->members++;
    for (int k = 0; k < RUN_VALUES; k++)
        if (k != RUN_EPOCH && k != RUN_TIME)
            mean->value[k] += (one.value[k] - mean->value[k]) / mean->members;
    return 1;
}

/* Adds the epoch of a line. The last line may have no end yet: it is half written then. */
static void read_line(run_log *log, const char *text, size_t length, const place *at)
{
    json_error_t error;
    json_t *object = json_loadb(text, length, 0, &error);
    if (object == NULL && text[length - 1] != '\n' && log->n > 0) {
        log->cut = at->line;
        return;
    }
    if (!json_is_object(object))
        BAD(at, "it is no JSON object (%s); a line of 'nudge train --log' is one, such as "
            "{\"epoch\": 1, \"train_loss\": 0.5}", object == NULL ? error.text : "but JSON");
    if (add_to_mean(log, object, at)) {
        json_decref(object);
        return;
    }
    log->epochs = need(reallocarray(log->epochs, log->n + 1, sizeof *log->epochs));
    run_epoch *e = &log->epochs[log->n];
    read_epoch(e, object, log->n++ > 0 ? e - 1 : NULL, at);
    e->members = 1;
    json_decref(object);
    for (int i = 0; i < RUN_VALUES; i++)
        log->has[i] |= !isnan(e->value[i]);
}

void run_log_read(run_log *log, const char *path)
{
    place at = {path, 0};
    char *text = NULL;
    size_t size = 0;
    ssize_t length;
    *log = (run_log){0};
    errno = 0;
    FILE *stream = is_standard(path) ? stdin : fopen(path, "r");
    while (stream != NULL && (length = getline(&text, &size, stream)) > 0) {
        at.line++;
        if ((size_t)length > strspn(text, " \t\r\n"))
            read_line(log, text, (size_t)length, &at);
    }
    if (stream == NULL || ferror(stream))
        give_up(errno == EIO ? EXIT_RUN_FAILED : EXIT_BAD_INPUT, "%s: %s", path, strerror(errno));
    if (log->n == 0)
        complain("%s: it is empty; a log of 'nudge train --log' has a line per epoch", path);
    if (stream != stdin)
        fclose(stream);
    free(text);
}
