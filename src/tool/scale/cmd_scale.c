/* nudge scale: how training scales with threads, batch, network and data. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/commands.h"
#include "support/say.h"
#include "support/json.h"
#include "support/option_tables.h"
#include "scale/complete.h"
#include "scale/environment.h"
#include "scale/fit.h"
#include "scale/live.h"
#include "scale/output.h"
#include "scale/pinning.h"
#include "scale/prepare.h"
#include "scale/report_text.h"
#include "scale/run.h"
#include "scale/setup.h"
#include "scale/weights.h"
#include "scale/write.h"

#define CONFIDENCE 0.95

/* The command line as a shell would take it. */
static char *command_line(const arguments *args)
{
    char *text = NULL;
    size_t size;
    FILE *f = need(open_memstream(&text, &size));
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_=+./,:@%";
    fputs("nudge", f);
    for (int i = 0; i < args->argc; i++) {
        const char *word = args->argv[i];
        fputc(' ', f);
        if (*word != '\0' && word[strspn(word, plain)] == '\0') {
            fputs(word, f);
            continue;
        }
        fputc('\'', f);
        for (; *word != '\0'; word++)
            fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, f);
        fputc('\'', f);
    }
    if (fclose(f) != 0)
        need(NULL);
    return need(text);
}

/* All options with the values that they have, given or not. */
static json_t *options_of(const arguments *args)
{
    json_t *object = json_new();
    for (size_t i = 0; i < args->n; i++)
        json_put_text(object, args->all[i].option.name, args->all[i].text);
    return object;
}

/* What will be measured, and on what. */
static void tell_plan(const scale_study *s, int quiet)
{
    scale_tell("%s scaling: %s", s->mode_name, s->title);
    scale_tell("data: %s", s->data);
    if (!quiet)
        scale_environment_summary(s->environment, stderr);
}

/* Writes and prints. Returns an exit_status. */
static int report(const scale_study *s, const scale_setup *setup)
{
    char pictures[NUDGE_ERROR_SIZE] = "";
    int status = EXIT_DONE;
    if (setup->out != NULL) {
        scale_live("writing %s", setup->out);
        status = scale_output_write(s, setup->command, setup->out, pictures, sizeof pictures);
        scale_live_clear();
    }
    if (setup->json)
        scale_write_json(s, stdout);
    else
        scale_report_text(s, stdout);
    if (pictures[0] != '\0')
        say(setup->command, "%s", pictures);
    if (setup->out != NULL && status == EXIT_DONE && !setup->json && !setup->quiet)
        printf("\nresults are in %s: report.html to read, results.json and CSV for programs\n",
               setup->out);
    return status;
}

/* After measuring, to the end or to where it was interrupted. */
static int finish(scale_study *s, const scale_setup *setup)
{
    char differ[NUDGE_ERROR_SIZE];
    scale_compare_weights(s, differ, sizeof differ);
    scale_environment_notes(s);
    scale_complete(s);
    scale_fit(s);
    int status = report(s, setup);
    if (s->identical == 0) {
        say(setup->command, "%s", differ);
        return EXIT_RUN_FAILED;
    }
    if (status != EXIT_DONE || !s->interrupted)
        return status;
    size_t done = 0;
    for (size_t i = 0; i < s->n_points; i++)
        done += s->points[i].n;
    say(setup->command, "interrupted after %zu repeat%s; the results are of these", done,
        done == 1 ? "" : "s");
    return EXIT_INTERRUPTED;
}

static int interrupted_early(const scale_setup *setup)
{
    say(setup->command, "interrupted before the first repeat was done; there are no results");
    return EXIT_INTERRUPTED;
}

static int measure(scale_study *s, const scale_setup *setup, scale_jobs *jobs)
{
    tell_plan(s, setup->quiet);
    int status = scale_run(s, setup, jobs);
    scale_tell("%s", ""); /* on a terminal the results follow */
    if (status != EXIT_DONE && status != EXIT_INTERRUPTED)
        return status;
    scale_live_end();
    return s->n_points > 0 ? finish(s, setup) : interrupted_early(setup);
}

static int prepare_and_measure(scale_study *s, const scale_setup *setup, const nudge_data *data)
{
    nudge_prep_info prep = nudge_prep_describe(data->prep);
    scale_jobs jobs = {0};
    int status = scale_setup_points(s, setup, nudge_dataset_describe(data->train).rows,
                                    prep.features, prep.outputs);
    scale_live_start(setup->quiet);
    if (status == EXIT_DONE)
        status = scale_prepare(&jobs, s, setup, data);
    if (status == EXIT_DONE)
        status = scale_interrupted() ? interrupted_early(setup) : measure(s, setup, &jobs);
    scale_live_end();
    scale_jobs_end(&jobs);
    return status;
}

/* What keeps the study from what it is for, known from the start. */
static void note_limits(scale_study *s)
{
    const char *few, *unpinned = scale_pin(); /* may start the program again */
    if (unpinned != NULL)
        scale_note(s, "threads are not pinned to cores: %s", unpinned);
    if (nudge_threads(nudge_machine_info().cores, &few) > 0 && few != NULL)
        scale_note(s, "not all cores can be used: %s", few);
}

static int run(arguments *args)
{
    scale_setup setup;
    scale_study study = {.level = CONFIDENCE, .identical = -1};
    nudge_data data = {0};
    nudge_error err;
    int status = EXIT_BAD_INPUT;
    scale_setup_start(&setup, args);
    if (!args->failed) {
        note_limits(&study);
        study.command = command_line(args);
        study.environment = scale_environment(study.command, options_of(args));
        status = setup.out != NULL ? scale_output_check(setup.command, setup.out) : EXIT_DONE;
        if (status == EXIT_DONE && nudge_data_load(&data, &setup.train.data, &err) != NUDGE_OK)
            status = fail(setup.command, &err);
        if (status == EXIT_DONE)
            status = prepare_and_measure(&study, &setup, &data);
    }
    nudge_data_free(&data);
    scale_study_end(&study);
    scale_setup_end(&setup);
    return status;
}

const command command_scale = {
    .name = "scale",
    .synopsis = "[OPTION]...",
    .summary = "measure how training scales with threads, batch, network and data",
    .about = "Trains the same network on several numbers of threads, several times each, and tells "
             "how much faster more threads are, how sure that is, where the rest of their time "
             "goes, and what simple laws predict for more.\n\n"
             "All runs are in one process, on threads that are kept on their cores (OMP_PLACES and "
             "OMP_PROC_BIND, unless they are set). The repeats come in random order, each from the "
             "same initial weights, and the weights afterwards are compared: they must be the same "
             "for every thread count. Without options it measures a built-in network that keeps a "
             "machine of 16 cores busy.\n\n"
             "Ctrl-C ends the study after keeping all finished repeats, and the exit status is "
             "130; a second Ctrl-C ends it at once.",
    .own = scale_options,
    .options = "Study: threads mode values repeat seconds epochs to-loss\n"
               "Output: out json quiet\n"
               TRAIN_DATA_OPTIONS TRAIN_NETWORK_OPTIONS TRAIN_OPTIMIZER_OPTIONS,
    .examples =
        "  nudge scale\n"
        "  nudge scale --threads all --out study\n"
        "  nudge scale --mode weak --threads 1,2,4,8 --batch 128\n"
        "  nudge scale --mode batch --values 32,128,512 --hidden 128 --seconds 2\n"
        "  nudge scale --data letters.csv --target Letter --hidden 128,128 --to-loss 0.3\n",
    .run = run,
};
