/* What a command line of "nudge scale" asks for. */
#ifndef NUDGE_SCALE_SETUP_H
#define NUDGE_SCALE_SETUP_H

#include "scale/study.h"
#include "support/options.h"
#include "support/train_setup.h"

/* One setting's options for training: those of the command line, and the varied ones. */
typedef struct scale_variant {
    arguments args;     /* what the setup below was read from */
    train_setup train;
    size_t rows;        /* to train on, the first ones; 0: all */
    size_t data;        /* the first variant that has the same data */
} scale_variant;

typedef struct scale_setup {
    size_t n_threads;
    size_t *threads;    /* ascending */
    size_t repeats;     /* rounds; 0: the study's precision and seconds say */
    size_t epochs;      /* of a run, with a target loss at most; 0: the study's seconds say */
    const char *out;    /* folder for the results, or NULL */
    int pin, json, quiet;
    char *data;         /* the specification of the built-in data; NULL: --data */
    size_t n_variants;  /* study->n_settings */
    scale_variant *variant;
} scale_setup;

/* What the command has beside, and instead of, the shared options. */
extern const option scale_options[];

/* Reads all options into the setup, and into the study what they say of it: mode, settings, limits.
 * Followed by scale_setup_end(). */
void scale_setup_start(scale_setup *setup, scale_study *study, arguments *args);
void scale_setup_end(scale_setup *setup);

/* ---- --vary OPTION=V1,V2,...: the settings of a study (vary.c) ------------------------- */

/* Whether an option says what is trained on what; validation is not measured. */
int scale_is_for_training(const char *name);

/* Reads all --vary into study->varied and study->settings; one setting, without a name, if there is
 * none. Refuses what is no option for training, or is on the command line too. */
void scale_read_varied(scale_study *study, arguments *args);

/* The command line with the values of a setting in the place of others, for arguments_end().
 * *rows: the value of 'rows', 0 if they do not vary. */
arguments scale_vary(const arguments *args, const scale_study *study, size_t setting, size_t *rows);

/* Whether two settings are about the same data set: no option that reads or makes data differs. */
int scale_same_data(const scale_study *study, size_t a, size_t b);

#endif
