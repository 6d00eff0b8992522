#include "support/progress.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"
#include "support/data_options.h"
#include "support/json.h"
#include "support/live_line.h"
#include "text.h"

/* Epochs shown as lines that stay. */
enum { MOST_LINES = 20 };

/* ---- Log ------------------------------------------------------------------------------- */

/* Opened with the first epoch, so that a run refused before it leaves no empty log. */
static int open_log(progress *p)
{
    if (p->log == NULL)
        p->log = is_standard(p->log_path) ? fdopen(dup(STDOUT_FILENO), "w")
                                          : fopen(p->log_path, "w");
    return p->log != NULL;
}

static int write_log(progress *p, const nudge_epoch *e)
{
    if (!open_log(p))
        return 0;
    json_t *line = json_of("epoch", json_whole(e->epoch), "train_loss", json_number(e->train_loss),
                           "train_accuracy", json_number(e->train_accuracy), NULL);
    if (e->has_val)
        json_put_all(line, "val_loss", json_number(e->val_loss),
                     "val_accuracy", json_number(e->val_accuracy),
                     "val_rmse", json_number(e->val_rmse), NULL);
    json_put_all(line, "seconds", json_number(e->seconds),
                 "samples_per_s", json_number(e->samples_per_s), NULL);
    return json_print(line, 0, p->log) && fflush(p->log) == 0;
}

/* ---- Lines ----------------------------------------------------------------------------- */

static void print_epoch(const nudge_epoch *e)
{
    char text[NU_TEXT];
    snprintf(text, sizeof text, "%zu", e->epochs);
    fprintf(stderr, "epoch %*zu/%s  loss %-10.5g", (int)strlen(text), e->epoch, text,
            e->train_loss);
    if (e->has_val)
        fprintf(stderr, "  val %-10.5g", e->val_loss);
    if (!isnan(e->val_accuracy))
        fprintf(stderr, "  val accuracy %.4f", e->val_accuracy);
    else if (!isnan(e->train_accuracy))
        fprintf(stderr, "  accuracy %.4f", e->train_accuracy);
    else if (!isnan(e->val_rmse))
        fprintf(stderr, "  val RMSE %-9.5g", e->val_rmse);
    fprintf(stderr, "  %s samples/s\n", nu_count_text(text, e->samples_per_s));
}

static int on_epoch(const nudge_epoch *e, void *user)
{
    progress *p = user;
    errno = 0;
    if (p->log_path != NULL && !write_log(p, e)) {
        p->log_error = errno != 0 ? errno : EIO;
        return 1;
    }
    /* Evenly spaced, the first and the last among them. */
    int show = e->epoch == 1 || e->epoch == e->epochs ||
               e->epoch * (MOST_LINES - 1) / e->epochs !=
                   (e->epoch - 1) * (MOST_LINES - 1) / e->epochs;
    if (!p->quiet && (e->epochs <= MOST_LINES || show)) {
        live_line_clear();
        print_epoch(e);
    }
    p->interrupted = nu_signal_caught();
    return p->interrupted;
}

static int on_progress(const nudge_progress *now, void *user)
{
    progress *p = user;
    p->interrupted = nu_signal_caught();
    if (p->interrupted || p->quiet)
        return p->interrupted;
    double part = (double)now->batch / (double)now->batches;
    double done = ((double)(now->epoch - 1) + part) / (double)now->epochs;
    char rate[NU_TEXT], left[NU_TEXT] = "?";
    if (done > 0)
        nu_seconds_text(left, ceil(now->seconds * (1 - done) / done));
    live_line("epoch %zu/%zu  %3.0f%%  loss %.4g  %s samples/s  %s left", now->epoch, now->epochs,
              100 * part, now->loss, nu_count_text(rate, now->samples_per_s), left);
    return 0;
}

void progress_start(progress *p, nudge_train_options *options, int quiet, const char *log)
{
    *p = (progress){.quiet = quiet, .log_path = log};
    options->on_epoch = on_epoch;
    options->on_progress = on_progress;
    options->user = p;
    nu_signals_catch();
}

void progress_end(progress *p, int ran)
{
    live_line_clear();
    errno = 0;
    int good = 1;
    if (ran && p->log_path != NULL)
        good = open_log(p);
    if (p->log != NULL)
        good = fclose(p->log) == 0 && good;
    if (!good && p->log_error == 0)
        p->log_error = errno != 0 ? errno : EIO;
    p->log = NULL;
}
