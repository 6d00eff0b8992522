#include "support/training.h"

#include <stdint.h>

#include "signals.h"
#include "support/config.h"
#include "support/members.h"
#include "support/run_lines.h"
#include "support/say.h"

/* Options that a checkpoint does not hand on. */
#define NOT_OF_A_RUN "resume checkpoint config save-config"

/* Where it cannot be written, training goes on: the one before is still there. */
static void write_checkpoint(train_progress *p, const char *note)
{
    nudge_error err;
    nudge_status status = nudge_trainers_save(p->trainers, p->setup->members,
                                              p->setup->checkpoint, note, &err);
    p->checkpoint_failed = status != NUDGE_OK;
    if (p->checkpoint_failed)
        say("--checkpoint: %s; training goes on", err.text);
    progress_checkpoint(p);
}

/* The last checkpoint is written only where training has gone on since the one before, and not
 * where it failed: at the end of an epoch that could not be validated nothing can go on. */
static nudge_status train_on(train_progress *p, const char *note, nudge_error *err)
{
    uint64_t written = UINT64_MAX; /* updates */
    nudge_status status;
    int ended;
    do {
        status = members_run(p->setup, p->trainers, err);
        ended = status != NUDGE_ESTOPPED || !p->checkpoint_due || nu_signal_caught() != 0;
        uint64_t updates = 0;
        for (size_t k = 0; k < p->setup->members; k++)
            updates += nudge_trainer_where(p->trainers[k]).updates;
        if (note != NULL && (status == NUDGE_OK || status == NUDGE_ESTOPPED) &&
            (updates != written || p->checkpoint_failed)) {
            write_checkpoint(p, note);
            written = updates;
        }
    } while (!ended);
    return status;
}

nudge_status training_run(train_progress *p, const arguments *args, nudge_error *err)
{
    char *note = p->setup->checkpoint != NULL ? config_text(args, NOT_OF_A_RUN, 0) : NULL;
    nu_signals_catch();
    nudge_status status = train_on(p, note, err);
    live_line_clear();
    progress_show_rest(p);
    free(note);
    if (status != NUDGE_ESTOPPED && status != NUDGE_EDIVERGED)
        must(status, err);
    return status;
}

void training_resume(const train_setup *s, nudge_trainer **trainers)
{
    nudge_error err;
    must_load(s->resume, nudge_trainers_load(trainers, s->members, s->resume, &err), &err);
    nudge_trainer_position at = {.epochs = SIZE_MAX};
    for (size_t k = 0; k < s->members; k++) { /* that of the one that is most behind */
        nudge_trainer_position one = nudge_trainer_where(trainers[k]);
        if (one.epochs < at.epochs || (one.epochs == at.epochs && one.batch < at.batch))
            at = one;
    }
    char line[NUDGE_ERROR_SIZE];
    snprintf(line, sizeof line, "%s: epoch %zu, batch %zu", s->resume, at.epochs + 1, at.batch + 1);
    if (at.epochs == s->train.epochs)
        say("%s has all %zu epochs; a larger --epochs goes on", s->resume, at.epochs);
    else if (!s->quiet)
        line_print(stderr, "resumed", line);
}
