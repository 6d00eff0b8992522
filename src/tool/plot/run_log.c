#include "plot/run_log.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/say.h"

/* Far above the line of any epoch: a file of something else is not read as one line. */
enum { LONGEST_LINE = 1 << 16 };

typedef struct reader {
    const char *path;
    FILE *stream;
    char *text; /* the line, LONGEST_LINE bytes */
    size_t length, line;
    int whole; /* it ends with a newline */
    double seconds;
    char *why;
    size_t size;
} reader;

static int bad_line(reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Returns 0. */
static int bad_line(reader *r, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(r->why, r->size, "%s: line %zu: %s", r->path, r->line, text);
    return 0;
}

/* ---- Lines ----------------------------------------------------------------------------- */

/* 1: a line; 0: there are no more; -1: it is too long. */
static int next_line(reader *r)
{
    int c = '\0';
    r->length = 0;
    while (r->length < LONGEST_LINE && (c = getc(r->stream)) != EOF && c != '\n')
        r->text[r->length++] = (char)c;
    if (c == EOF && r->length == 0)
        return 0;
    r->whole = c == '\n';
    r->line++;
    if (r->length < LONGEST_LINE)
        return 1;
    bad_line(r, "it is longer than %d bytes; this is no log of 'nudge train --log'", LONGEST_LINE);
    return -1;
}

static int is_blank(const reader *r)
{
    size_t n = 0;
    while (n < r->length && strchr(" \t\r", r->text[n]) != NULL && r->text[n] != '\0')
        n++;
    return n == r->length;
}

/* ---- One epoch ------------------------------------------------------------------------- */

/* A number that may be absent (NaN then); 0 if there is something else. */
static int get_number(reader *r, const json_t *object, const char *key, double *value)
{
    const json_t *v = json_object_get(object, key);
    *value = v != NULL ? json_number_value(v) : NAN;
    if (v == NULL || json_is_number(v))
        return 1;
    return bad_line(r, "\"%s\" is not a number", key);
}

static int get_epoch_number(reader *r, const run_log *log, const json_t *object, double *value)
{
    const json_t *v = json_object_get(object, "epoch");
    if (v == NULL)
        return bad_line(r, "it has no \"epoch\", a whole number from 1 up");
    if (!json_is_integer(v) || json_integer_value(v) < 1)
        return bad_line(r, "\"epoch\" is not a whole number from 1 up");
    *value = (double)json_integer_value(v);
    if (log->n > 0 && *value <= log->epochs[log->n - 1].epoch)
        return bad_line(r, "epoch %.0f follows epoch %.0f; they must increase (is it the log of "
                        "one run?)", *value, log->epochs[log->n - 1].epoch);
    return 1;
}

static int get_time(reader *r, run_log *log, const json_t *object, double *time)
{
    double seconds;
    if (!get_number(r, object, "seconds", &seconds))
        return 0;
    if (seconds < 0)
        return bad_line(r, "\"seconds\" is %g, not a number from 0 up", seconds);
    if (isnan(seconds) && log->no_seconds == 0)
        log->no_seconds = r->line;
    *time = r->seconds += seconds;
    return 1;
}

static int get_epoch(reader *r, run_log *log, const json_t *object, run_epoch *e)
{
    static const char *const key[RUN_METRICS] = {
        [RUN_TRAIN_LOSS] = "train_loss",         [RUN_VAL_LOSS] = "val_loss",
        [RUN_TRAIN_ACCURACY] = "train_accuracy", [RUN_VAL_ACCURACY] = "val_accuracy",
        [RUN_VAL_RMSE] = "val_rmse",             [RUN_SPEED] = "samples_per_s",
    };
    if (!get_epoch_number(r, log, object, &e->epoch) || !get_time(r, log, object, &e->time))
        return 0;
    for (int i = 0; i < RUN_METRICS; i++)
        if (!get_number(r, object, key[i], &e->metric[i]))
            return 0;
    if (isnan(e->metric[RUN_TRAIN_LOSS]))
        return bad_line(r, "it has no \"train_loss\"; every line of 'nudge train --log' has one");
    return 1;
}

static void add_epoch(run_log *log, const run_epoch *e)
{
    /* Room for a power of two: full when n is one. */
    if ((log->n & (log->n - 1)) == 0)
        log->epochs = need(reallocarray(log->epochs, log->n > 0 ? 2 * log->n : 1,
                                        sizeof *log->epochs));
    log->epochs[log->n++] = *e;
}

/* ---- The file -------------------------------------------------------------------------- */

static int read_line(reader *r, run_log *log)
{
    json_error_t error;
    run_epoch epoch;
    json_t *object = json_loadb(r->text, r->length, 0, &error);
    if (object == NULL && !r->whole && log->n > 0) {
        log->cut = r->line;
        return 1;
    }
    int good = 0;
    if (!json_is_object(object))
        bad_line(r, "it is no JSON object%s%s%s; a line of 'nudge train --log' is one, such as "
                 "{\"epoch\": 1, \"train_loss\": 0.5}", object == NULL ? " (" : "",
                 object == NULL ? error.text : "", object == NULL ? ")" : "");
    else
        good = get_epoch(r, log, object, &epoch);
    if (good)
        add_epoch(log, &epoch);
    json_decref(object);
    return good;
}

static int read_lines(reader *r, run_log *log)
{
    int got;
    errno = 0;
    while ((got = next_line(r)) > 0)
        if (!is_blank(r) && !read_line(r, log))
            return EXIT_BAD_INPUT;
    if (got < 0)
        return EXIT_BAD_INPUT;
    if (ferror(r->stream)) {
        int error = errno;
        snprintf(r->why, r->size, "%s: %s", r->path, strerror(error));
        return error == EISDIR ? EXIT_BAD_INPUT : EXIT_RUN_FAILED;
    }
    if (log->n > 0)
        return EXIT_DONE;
    snprintf(r->why, r->size, "%s: it is empty; a log of 'nudge train --log' has a line per epoch",
             r->path);
    return EXIT_BAD_INPUT;
}

int run_log_read(run_log *log, const char *path, char *why, size_t size)
{
    reader r = {.path = path, .why = why, .size = size};
    *log = (run_log){0};
    r.stream = fopen(path, "r");
    if (r.stream == NULL) {
        snprintf(why, size, "%s: %s", path, strerror(errno));
        return EXIT_BAD_INPUT;
    }
    r.text = need(malloc(LONGEST_LINE));
    int status = read_lines(&r, log);
    free(r.text);
    fclose(r.stream);
    if (status != EXIT_DONE)
        run_log_end(log);
    return status;
}

void run_log_end(run_log *log)
{
    free(log->epochs);
    *log = (run_log){0};
}

int run_log_has(const run_log *log, run_metric metric)
{
    for (size_t i = 0; i < log->n; i++)
        if (!isnan(log->epochs[i].metric[metric]))
            return 1;
    return 0;
}
