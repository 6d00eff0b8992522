/* A command's help, from its table of options. The layout is one that help2man understands. */
#include <stdio.h>
#include <string.h>

#include "support/options.h"
#include "text.h"

enum { INDENT = 26, WIDTH = 80 };

static void print_option(const option *o, char letter)
{
    int n = letter != '\0' ? printf("  -%c, ", letter) : printf("  ");
    n += printf("--%s%s%s", o->name, o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "");
    if (n > INDENT - 2)
        printf("\n%*s", INDENT, "");
    else
        printf("%*s", INDENT - n, "");
    char text[600];
    if (o->initial != NULL)
        snprintf(text, sizeof text, "%s [%s]", o->help, o->initial);
    else
        snprintf(text, sizeof text, "%s", o->help);
    nu_print_wrapped(stdout, text, INDENT, INDENT, WIDTH);
    putchar('\n');
}

void print_help(const command *c)
{
    printf("Usage: nudge %s %s\n\n", c->name, c->synopsis);
    nu_print_wrapped(stdout, c->about, 0, 0, WIDTH);
    putchar('\n');
    const option *o;
    for (size_t i = 0; (o = option_at(c, i))->name != NULL || o->help != NULL; i++) {
        if (o->name == NULL)
            printf("\n%s:\n", o->help);
        else
            print_option(o, option_letter_of(c, o->name));
    }
    printf("\nOther options:\n");
    print_option(&(option){.name = "help", .help = "show this help"}, '\0');
    print_option(&(option){.name = "version", .help = "show the version"}, '\0');
    printf("\nExamples:\n%s", c->examples);
}
