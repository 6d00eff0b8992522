#include "support/help.h"

#include <stdlib.h>
#include <string.h>

/* What differs between shells: how words and files are offered, and which words there are. */
static const struct {
    const char *name, *start, *end;
} shells[] = {
    {"bash",
     "_nudge_words() { COMPREPLY=($(compgen -W \"$1\" -- \"$current\")); }\n"
     "_nudge_files() { compopt -o filenames 2>/dev/null; "
     "COMPREPLY=($(compgen -f -- \"$current\")); }\n"
     "_nudge() {\n"
     "    local current=${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD command=${COMP_WORDS[1]}\n"
     "    local last=${COMP_WORDS[COMP_CWORD-1]}\n"
     "    COMPREPLY=()\n",
     "complete -F _nudge nudge\n"},
    {"zsh",
     "#compdef nudge\n"
     "_nudge_words() { compadd -- ${=1}; }\n"
     "_nudge_files() { _files; }\n"
     "_nudge() {\n"
     "    local current=$PREFIX at=$((CURRENT-1)) command=$words[2] last=$words[CURRENT-1]\n",
     "_nudge \"$@\"\n"},
};

static int takes_file(const option *o)
{
    return strstr(o->arg, "FILE") != NULL || strcmp(o->arg, "SPEC") == 0 ||
           strcmp(o->arg, "DIR") == 0;
}

/* Values of the command's options: names, files, or nothing that could be known. */
static void print_values(const command *c, const listed_option *list, size_t n)
{
    char buf[NU_TEXT];
    for (size_t i = 0; i < n; i++) {
        const option *o = &list[i].option;
        const char *choice;
        if (o->arg == NULL)
            continue;
        printf("    '%s --%s'", c->name, o->name);
        if (o->letter != '\0')
            printf("|'%s -%c'", c->name, o->letter);
        printf(") ");
        if (choice_at(o, 0, buf) != NULL && !takes_file(o)) {
            printf("_nudge_words '");
            for (size_t k = 0; (choice = choice_at(o, k, buf)) != NULL; k++)
                printf("%s%s", k > 0 ? " " : "", choice);
            printf("'; ");
        } else if (takes_file(o)) {
            printf("_nudge_files; ");
        }
        printf("return;;\n");
    }
}

static void print_names(const command *c, const listed_option *list, size_t n)
{
    printf("    %s) _nudge_words '", c->name);
    for (size_t i = 0; i < n; i++)
        if (!list[i].option.hidden)
            printf("--%s ", list[i].option.name);
    printf("';;\n");
}

int print_completion(const char *shell, const command *const *all)
{
    size_t s = 0, n;
    while (s < sizeof shells / sizeof *shells && strcmp(shell, shells[s].name) != 0)
        s++;
    if (s == sizeof shells / sizeof *shells)
        return 0;
    printf("%s    if [ $at -eq 1 ]; then\n        _nudge_words 'help --help --version",
           shells[s].start);
    for (size_t i = 0; all[i] != NULL; i++)
        printf(" %s", all[i]->name);
    printf("'\n        return\n    fi\n    case \"$command $last\" in\n");
    for (int names = 0; names < 2; names++) {
        if (names)
            printf("    esac\n    case $current in\n    -*) ;;\n    *) _nudge_files; return;;\n"
                   "    esac\n    case $command in\n");
        for (size_t i = 0; all[i] != NULL; i++) {
            listed_option *list = list_options(all[i], &n);
            if (names)
                print_names(all[i], list, n);
            else
                print_values(all[i], list, n);
            free(list);
        }
    }
    printf("    esac\n}\n%s", shells[s].end);
    return 1;
}
