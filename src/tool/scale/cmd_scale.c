/* nudge scale: how training scales with threads, and with what else varies. */

#include "scale/analyse.h"
#include "scale/files.h"
#include "scale/laws.h"
#include "scale/peer.h"
#include "scale/points.h"
#include "scale/report.h"
#include "scale/results.h"
#include "signals.h"
#include "support/machine.h"
#include "support/options.h"
#include "support/say.h"

/* Writes and prints. Returns an exit_status. */
static int report(const scale_study *s, const scale_setup *setup)
{
    int status = setup->out != NULL ? scale_folder_write(s, setup->out) : EXIT_DONE;
    if (setup->json)
        scale_write_json(s, stdout);
    else
        scale_report(s, stdout);
    if (setup->out != NULL && status == EXIT_DONE && !setup->json && !setup->quiet)
        printf("\nresults are in %s: report.html to read, results.json and CSV for programs\n",
               setup->out);
    return status;
}

/* After measuring, to the end or to where it was interrupted. Returns an exit_status. */
static int finish(scale_study *s, const scale_setup *setup)
{
    size_t done = 0;
    for (size_t i = 0; i < s->n_points; i++)
        done += s->points[i].n;
    int stopped = s->ended == SCALE_INTERRUPTED ? 128 + nu_signal_caught() : EXIT_DONE;
    if (done == 0)
        give_up(stopped, "interrupted before the first run was done; there are no results");
    scale_analyse(s);
    scale_fit_laws(s);
    int status = report(s, setup);
    if (s->identical == 0)
        give_up(EXIT_RUN_FAILED, "the weights differ between runs that must give the same: see "
                "--json");
    if (stopped != EXIT_DONE)
        say("interrupted after %zu run%s; the results are of these", done, done == 1 ? "" : "s");
    return status != EXIT_DONE ? status : stopped;
}

static void measure(scale_study *s, const scale_setup *setup)
{
    scale_jobs jobs;
    scale_make_points(&jobs, s, setup);
    nu_signals_catch();
    s->facts = machine_facts();
    json_put(s->facts, "threads", json_text(jobs.cpus != NULL ? "each bound to a CPU of its own"
                                                              : "not bound"));
    if (!setup->quiet)
        fprintf(stderr, "%s scaling: %s\ndata: %s\n%zu point%s, measured in rounds\n",
                scale_mode_names[s->mode], s->title, s->data, s->n_points,
                s->n_points == 1 ? "" : "s");
    scale_measure(s, setup, &jobs);
    scale_jobs_end(&jobs);
}

static int run(arguments *args)
{
    scale_setup setup;
    const char *few;
    scale_study study = {.identical = -1, .cores = nudge_machine_info().cores};
    scale_setup_start(&setup, &study, args);
    if (nudge_threads(study.cores, &few) > 0 && few != NULL)
        scale_note(&study, "not all cores can be used: %s", few);
    study.command = scale_shell_line("nudge", args->argv, (size_t)args->argc);
    if (setup.out != NULL)
        scale_folder_check(setup.out);
    measure(&study, &setup);
    int status = finish(&study, &setup);
    scale_study_end(&study);
    scale_setup_end(&setup);
    return status;
}

const command command_scale = {
    .name = "scale",
    .synopsis = "[OPTION]...",
    .summary = "measure how training scales with threads, and with any option for training",
    .about = "Trains the same network on several numbers of threads, in rounds, and tells how much "
             "faster more threads are, how sure that is, where the rest of their time goes, and, "
             "if the measurements agree with one, what a law of scaling predicts for more.\n\n"
             "A round runs every point once, in random order, from the same initial weights. "
             "Speed-ups are compared within rounds, so that what slows the machine down for a "
             "while does not count. The weights afterwards must be the same for every thread "
             "count. Without options it measures a built-in network that keeps a machine of 16 "
             "cores busy, for about a minute.\n\n"
             "Ctrl-C ends the study after keeping all finished runs, and the exit status is "
             "130; a second Ctrl-C ends it at once.",
    .own = scale_options,
    .options = "Study: vary mode threads precision seconds repeat epochs to-loss level peer-base "
               "pin\nOutput: out json quiet\n"
               TRAIN_DATA_OPTIONS TRAIN_NETWORK_OPTIONS TRAIN_OPTIMIZER_OPTIONS,
    .examples =
        "  nudge scale\n"
        "  nudge scale --threads all --out study\n"
        "  nudge scale --mode weak --threads 1,2,4,8 --batch 128\n"
        "  nudge scale --vary batch=32,128,512 --hidden 128 --precision 1\n"
        "  nudge scale --vary hidden=64,64x64,64x64x64 --vary dtype=f32,f64\n"
        "  nudge scale --data letters.csv --target Letter --hidden 128,128 --to-loss 0.3\n",
    .run = run,
};
