#include "plot/run_log.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Says what is wrong with a line; 0. */
#define BAD(at, format, ...) \
    (say("%s: line %zu: " format, (at)->path, (at)->line, ##__VA_ARGS__), 0)

/* The values of an epoch after `last` (NULL: the first one). */
static int read_epoch(run_epoch *e, const json_t *object, const run_epoch *last, const place *at)
{
    double *epoch = &e->value[RUN_EPOCH], *time = &e->value[RUN_TIME];
    for (int i = 0; i < RUN_VALUES; i++) {
        const json_t *value = json_object_get(object, keys[i]);
        e->value[i] = value != NULL ? json_number_value(value) : NAN;
        if (value != NULL && !json_is_number(value))
            return BAD(at, "\"%s\" is not a number", keys[i]);
    }
    if (!(*epoch >= 1 && *epoch == floor(*epoch)))
        return BAD(at, "\"epoch\" must be there and a whole number from 1 up");
    if (last != NULL && *epoch <= last->value[RUN_EPOCH])
        return BAD(at, "epoch %.0f follows epoch %.0f; they must increase (is it the log of one "
                       "run?)", *epoch, last->value[RUN_EPOCH]);
    if (*time < 0)
        return BAD(at, "\"seconds\" is %g, not a number from 0 up", *time);
    if (isnan(e->value[RUN_TRAIN_LOSS]))
        return BAD(at, "it has no \"train_loss\"; every line of 'nudge train --log' has one");
    *time += last != NULL ? last->value[RUN_TIME] : 0;
    return 1;
}

/* Adds the epoch of a line. The last line may have no end yet: it is half written then. */
static int read_line(run_log *log, const char *text, size_t length, const place *at)
{
    json_error_t error;
    json_t *object = json_loadb(text, length, 0, &error);
    if (object == NULL && text[length - 1] != '\n' && log->n > 0) {
        log->cut = at->line;
        return 1;
    }
    log->epochs = need(reallocarray(log->epochs, log->n + 1, sizeof *log->epochs));
    run_epoch *e = &log->epochs[log->n];
    int good = json_is_object(object)
                   ? read_epoch(e, object, log->n > 0 ? e - 1 : NULL, at)
                   : BAD(at, "it is no JSON object (%s); a line of 'nudge train --log' is one, "
                             "such as {\"epoch\": 1, \"train_loss\": 0.5}",
                         object == NULL ? error.text : "but JSON");
    json_decref(object);
    for (int i = 0; good && i < RUN_VALUES; i++)
        log->has[i] |= !isnan(e->value[i]);
    log->n += (size_t)good;
    return good;
}

static int read_lines(run_log *log, FILE *stream, place *at)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t length;
    int good = 1;
    while (good && (length = getline(&text, &size, stream)) > 0) {
        at->line++;
        if ((size_t)length > strspn(text, " \t\r\n"))
            good = read_line(log, text, (size_t)length, at);
    }
    free(text);
    return good;
}

int run_log_read(run_log *log, const char *path)
{
    place at = {path, 0};
    *log = (run_log){0};
    errno = 0;
    FILE *stream = is_standard(path) ? stdin : fopen(path, "r");
    int good = stream != NULL && read_lines(log, stream, &at), error = 0;
    if (stream == NULL || ferror(stream)) {
        error = errno;
        say("%s: %s", path, strerror(error));
    } else if (good && log->n == 0) {
        say("%s: it is empty; a log of 'nudge train --log' has a line per epoch", path);
        good = 0;
    }
    if (stream != NULL && stream != stdin)
        fclose(stream);
    return error == EIO ? EXIT_RUN_FAILED : error != 0 || !good ? EXIT_BAD_INPUT : EXIT_DONE;
}

void run_log_end(run_log *log)
{
    free(log->epochs);
    *log = (run_log){0};
}
