/* nudge: the command line. */
#include <stdio.h>
#include <string.h>

#include "support/commands.h"
#include "support/help.h"
#include "support/say.h"
#include "nudge.h"
#include "spell.h"

static const command *const commands[] = {
    &command_train, &command_eval, &command_predict, &command_info,
    &command_gen, &command_gradcheck, &command_bench, &command_plan, &command_scale, &command_plot, NULL,
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
        say(NULL, "there is no command '%s'; did you mean '%s'?", name, near);
    else
        say(NULL, "there is no command '%s'; 'nudge --help' lists the commands", name);
    return NULL;
}

static void print_version(void)
{
    printf("nudge %s\n", nudge_version());
}

static void print_commands(void)
{
    printf("Usage: nudge COMMAND [OPTION]...\n\n"
           "Trains multilayer perceptrons on CPUs.\n\nCommands:\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        printf("  %-12s%s\n", commands[i]->name, commands[i]->summary);
    printf("  %-12s%s\n", "help", "show the help of a command: nudge help COMMAND");
    printf("\nOptions:\n"
           "  --help      show this help\n"
           "  --version   show the version\n"
           "\n'nudge COMMAND --help' shows the options of a command. 'nudge train' alone\n"
           "trains on built-in synthetic data.\n"
           "\nExit status: 0 success; 1 the run failed (training diverged, reading or\n"
           "writing failed); 2 wrong usage or bad input; 130 training was interrupted.\n");
}

static int help_for(const char *name)
{
    const command *c = find_command(name);
    if (c == NULL)
        return EXIT_BAD_INPUT;
    print_help(c, 0);
    return EXIT_DONE;
}

static int run_command(const command *c, int argc, char **argv)
{
    arguments args;
    arguments_start(&args, c, argc, argv);
    int status = args.failed ? EXIT_BAD_INPUT : EXIT_DONE;
    if (args.help)
        print_help(c, args.help > 1);
    else if (args.version && !args.failed)
        print_version();
    else if (!args.failed)
        status = c->run(&args);
    arguments_end(&args);
    return finish_output(c->name, status);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        say(NULL, "a command is needed; 'nudge --help' lists them");
        return EXIT_BAD_INPUT;
    }
    const char *name = argv[1];
    int help = strcmp(name, "help") == 0;
    if (help && argc > 2)
        return finish_output(NULL, help_for(argv[2]));
    if (help || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_commands();
        return finish_output(NULL, EXIT_DONE);
    }
    if (strcmp(name, "--version") == 0) {
        print_version();
        return finish_output(NULL, EXIT_DONE);
    }
    if (name[0] == '-') {
        say(NULL, "a command must come before '%s'; 'nudge --help' lists them", name);
        return EXIT_BAD_INPUT;
    }
    const command *c = find_command(name);
    return c != NULL ? run_command(c, argc - 1, argv + 1) : EXIT_BAD_INPUT;
}
