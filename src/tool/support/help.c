#include "support/help.h"

#include <string.h>

#include "support/say.h"

enum { INDENT = 26, WIDTH = 80 };

char *option_meaning(const option *o)
{
    char choices[CHOICES_TEXT] = "", buf[NU_TEXT];
    const char *initial = initial_of(o, buf);
    if (o->names != NULL)
        choices_text(o, choices);
    return text_as("%s%s%s%s%s%s", choices, *choices != '\0' ? "; " : "", o->help,
                   initial != NULL ? " [" : "", initial != NULL ? initial : "",
                   initial != NULL ? "]" : "");
}

static void print_option(const option *o)
{
    char *meaning = option_meaning(o);
    int n = o->letter != '\0' ? printf("  -%c, ", o->letter) : printf("  ");
    n += printf("--%s%s%s", o->name, o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "");
    if (n > INDENT - 2)
        printf("\n%*s", INDENT, "");
    else
        printf("%*s", INDENT - n, "");
    nu_print_wrapped(stdout, meaning, INDENT, INDENT, WIDTH);
    putchar('\n');
    free(meaning);
}

void print_help(const command *c, int all)
{
    size_t n, hidden = 0;
    listed_option *list = list_options(c, &n);
    printf("Usage: nudge %s %s\n\n", c->name, c->synopsis);
    nu_print_wrapped(stdout, c->about, 0, 0, WIDTH);
    putchar('\n');
    for (size_t i = 0; i < n; i++) {
        if (list[i].group != NULL)
            printf("\n%.*s:\n", list[i].group_length, list[i].group);
        hidden += list[i].option.hidden != 0;
        int needless = hidden == 0 && strcmp(list[i].option.name, "help-all") == 0;
        if (!needless && (all || !list[i].option.hidden))
            print_option(&list[i].option);
    }
    free(list);
    printf("\nExamples:\n%s", c->examples);
}
