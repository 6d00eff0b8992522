#include "support/command.h"

#include <ctype.h>
#include <string.h>

#include "support/say.h"

static const option *find_in(const option *table, const char *name, size_t length)
{
    for (; table != NULL && table->name != NULL; table++)
        if (strncmp(table->name, name, length) == 0 && table->name[length] == '\0')
            return table;
    return NULL;
}

/* What the command says of an option, and otherwise what is said for all commands. */
static option find_option(const command *c, const char *name, size_t length)
{
    const option *own = find_in(c->own, name, length);
    const option *shared = find_in(shared_options, name, length);
    if (own == NULL && shared == NULL)
        abort(); /* a name that no table has */
    option o = shared != NULL ? *shared : *own;
    if (own != NULL && shared != NULL) {
        o.arg = own->arg != NULL ? own->arg : o.arg;
        o.initial = own->initial != NULL ? own->initial : o.initial;
        o.help = own->help != NULL ? own->help : o.help;
        if (o.arg != NULL && *o.arg == '\0')
            o.arg = NULL;
        o.names = own->names != NULL ? own->names : o.names;
        o.repeats |= own->repeats;
    }
    return o;
}

/* Adds the options of groups to the list. */
static void add_groups(listed_option **list, size_t *n, const command *c, const char *line)
{
    while (*line != '\0') {
        listed_option next = {.group = line, .group_length = (int)strcspn(line, ":")};
        line += next.group_length + 1;
        for (; *line == ' '; next.group = NULL) {
            size_t length = strcspn(++line, " \n");
            next.option = find_option(c, line, length);
            *list = need(realloc(*list, (*n + 1) * sizeof **list));
            (*list)[(*n)++] = next;
            line += length;
        }
        line += *line == '\n';
    }
}

listed_option *list_options(const command *c, size_t *n)
{
    listed_option *list = NULL;
    *n = 0;
    add_groups(&list, n, c, c->options);
    add_groups(&list, n, c, "Other options: help help-all version\n");
    return list;
}

const char *initial_of(const option *o, char buf[NU_TEXT])
{
    return o->initial == NULL && o->arg != NULL ? option_default(o->name, buf) : o->initial;
}

const char *choice_at(const option *o, size_t i, char buf[NU_TEXT])
{
    const char *part = o->arg;
    if (o->names != NULL || part == NULL)
        return o->names != NULL ? o->names(i) : NULL;
    if (strchr(part, '|') == NULL || isupper((unsigned char)*part))
        return NULL;
    for (; i > 0 && part != NULL; i--)
        if ((part = strchr(part, '|')) != NULL)
            part++;
    if (part != NULL)
        snprintf(buf, NU_TEXT, "%.*s", (int)strcspn(part, "|"), part);
    return part != NULL ? buf : NULL;
}

const char *choices_text(const option *o, char buf[CHOICES_TEXT])
{
    char name[NU_TEXT];
    const char *choice;
    size_t used = 0;
    *buf = '\0';
    for (size_t i = 0; used < CHOICES_TEXT && (choice = choice_at(o, i, name)) != NULL; i++)
        used += (size_t)snprintf(buf + used, CHOICES_TEXT - used, "%s%s", i > 0 ? ", " : "",
                                 choice);
    return buf;
}
