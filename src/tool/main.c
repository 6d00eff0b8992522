/* nudge: the command line. */
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "nudge.h"
#include "signals.h"
#include "spell.h"
#include "support/help.h"
#include "support/options.h"
#include "support/say.h"
#include "temporary.h"

extern const command command_train, command_eval, command_predict, command_info, command_gen,
    command_convert, command_export, command_import,
    command_gradcheck, command_bench, command_plan, command_scale, command_plot;

static const command *const commands[] = {
    &command_train, &command_eval, &command_predict, &command_info,
    &command_gen, &command_convert, &command_export, &command_import,
    &command_gradcheck, &command_bench, &command_plan, &command_scale,
    &command_plot, NULL,
};

static const char *command_name(const void *of, size_t i)
{
    const command *const *list = of;
    return list[i] != NULL ? list[i]->name : NULL;
}

static const command *find_command(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    const char *near = nu_closest(name, command_name, commands);
    if (near != NULL)
        complain("there is no command '%s'; did you mean '%s'?", name, near);
    complain("there is no command '%s'; 'nudge --help' lists the commands", name);
}

static void print_commands(void)
{
    printf("Usage: nudge COMMAND [OPTION]...\n\n"
           "Trains multilayer perceptrons on CPUs.\n\nCommands:\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        printf("  %-12s%s\n", commands[i]->name, commands[i]->summary);
    printf("  %-12s%s\n", "help", "show the help of a command: nudge help COMMAND");
    printf("\nOptions:\n"
           "  -h, --help     show this help\n"
           "  -V, --version  show the version\n"
           "\n'nudge COMMAND --help' shows the options of a command. 'nudge train' alone\n"
           "trains on built-in synthetic data.\n"
           "\nExit status: 0 success; 1 the run failed (training diverged, reading or\n"
           "writing failed); 2 wrong usage or bad input; 128 + N ended by signal N.\n");
}

/* "help", "help NAME", and for those who install nudge "help --man [NAME]" and
 * "help --completion SHELL". */
static void help(int argc, char **argv)
{
    const char *first = argc > 0 ? argv[0] : "", *second = argc > 1 ? argv[1] : NULL;
    int manual = strcmp(first, "--man") == 0;
    const char *name = manual ? second : argc > 0 ? first : NULL;
    if (strcmp(first, "--completion") == 0) {
        if (second == NULL || !print_completion(second, commands))
            complain("--completion: there is completion for bash and zsh");
        return;
    }
    const command *c = name != NULL ? find_command(name) : NULL;
    if (manual)
        print_manual(c, commands);
    else if (c != NULL)
        print_help(c, 0);
    else
        print_commands();
}

static int run_command(const command *c, int argc, char **argv)
{
    arguments args;
    say_as(c->name);
    arguments_start(&args, c, argc, argv);
    int status = EXIT_DONE;
    if (given(&args, "help") || given(&args, "help-all"))
        print_help(c, given(&args, "help-all"));
    else if (given(&args, "version"))
        printf("nudge %s\n", nudge_version());
    else
        status = c->run(&args);
    arguments_end(&args);
    return finish_output(status);
}

/* What the library and the command itself are writing: each has names of its own. */
static void drop_unfinished(void)
{
    nudge_drop_unfinished();
    nu_temporary_drop_all();
}

/* Where memory ends within a text, jansson 2.14 aborts: the command ends before that. */
static void *json_memory(size_t size)
{
    return need(malloc(size));
}

int main(int argc, char **argv)
{
    json_set_alloc_funcs(json_memory, free);
    nu_signals_end(drop_unfinished);
    (void)atexit(drop_unfinished); /* give_up() ends the process while a file is written */
    /* A file at its size limit is an error of its write, not the end of the program. */
    signal(SIGXFSZ, SIG_IGN);
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "help") == 0)
        help(argc - 2, argv + 2);
    else if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        help(0, NULL);
    else if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        printf("nudge %s\n", nudge_version());
    else if (name[0] == '-')
        complain("a command must come before '%s'; 'nudge --help' lists them", name);
    else
        return run_command(find_command(name), argc - 1, argv + 1);
    return finish_output(EXIT_DONE);
}
