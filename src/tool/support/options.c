#include "support/options.h"

#include <errno.h>
#include <math.h>
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spell.h"
#include "support/say.h"
#include "whole.h"

/* What poptGetNextOpt() returns for an option: its place in the table, after these. */
enum { OPTION_HELP = 1, OPTION_VERSION, OPTION_FIRST };

static int is_last(const option *o)
{
    return o->name == NULL && o->help == NULL;
}

/* The command's own version of an option from a shared table. */
static const option *own_version(const command *c, const option *shared)
{
    if (shared->name != NULL && c->instead != NULL)
        for (const option *o = c->instead; !is_last(o); o++)
            if (strcmp(o->name, shared->name) == 0)
                return o;
    return shared;
}

const option *option_at(const command *c, size_t i)
{
    const option *o = c->options;
    size_t table = 0;
    for (;; o++, i--) {
        while (is_last(o) && table < sizeof c->more / sizeof *c->more && c->more[table] != NULL)
            o = c->more[table++];
        if (i == 0 || is_last(o))
            return own_version(c, o);
    }
}

char option_letter_of(const command *c, const char *name)
{
    const option_letter *l = c->letters, *end = l + sizeof c->letters / sizeof *c->letters;
    for (; l < end && l->name != NULL; l++)
        if (strcmp(l->name, name) == 0)
            return l->letter;
    return '\0';
}

static size_t count_options(const command *c)
{
    size_t n = 0;
    while (!is_last(option_at(c, n)))
        n++;
    return n;
}

/* ---- Suggestions ----------------------------------------------------------------------- */

static const char *option_name(const void *of, size_t i)
{
    const command *c = of;
    size_t n = count_options(c);
    if (i > n)
        return NULL;
    if (i == n)
        return "help";
    const option *o = option_at(c, i);
    return o->name != NULL ? o->name : "";
}

/* ---- Reading --------------------------------------------------------------------------- */

static void unknown_option(arguments *args, const char *bad)
{
    char word[64];
    bad += strspn(bad, "-");
    snprintf(word, sizeof word, "%.*s", (int)strcspn(bad, "="), bad);
    const char *near = nu_closest(word, option_name, args->command);
    if (near != NULL)
        say(args->command->name, "unknown option --%s; did you mean --%s?", word, near);
    else
        say(args->command->name, "unknown option --%s; 'nudge %s --help' lists the options", word,
            args->command->name);
}

static void bad_option(arguments *args, poptContext context, int code)
{
    const char *bad = poptBadOption(context, POPT_BADOPTION_NOALIAS);
    switch (code) {
    case POPT_ERROR_BADOPT:
        unknown_option(args, bad);
        break;
    case POPT_ERROR_NOARG:
        say(args->command->name, "%s needs a value", bad);
        break;
    case POPT_ERROR_UNWANTEDARG:
        say(args->command->name, "%.*s takes no value", (int)strcspn(bad, "="), bad);
        break;
    default:
        say(args->command->name, "%s: %s", bad, poptStrerror(code));
    }
    args->failed = 1;
}

static void read_words(arguments *args, poptContext context)
{
    const char **rest = poptGetArgs(context);
    size_t n = 0;
    while (rest != NULL && rest[n] != NULL)
        n++;
    if (n > args->command->most_words) {
        say(args->command->name, "'%s' is not expected here; 'nudge %s --help' shows the usage",
            rest[args->command->most_words], args->command->name);
        args->failed = 1;
        return;
    }
    args->word = need(calloc(n + 1, sizeof *args->word));
    for (size_t i = 0; i < n; i++)
        args->word[args->words++] = need(strdup(rest[i]));
}

void arguments_start(arguments *args, const command *c, int argc, char **argv)
{
    size_t n = count_options(c);
    *args = (arguments){.command = c, .argc = argc, .argv = argv};
    args->value = need(calloc(n + 1, sizeof *args->value));
    struct poptOption *table = need(calloc(n + 3, sizeof *table));
    table[0] = (struct poptOption){"help", 'h', POPT_ARG_NONE, NULL, OPTION_HELP, NULL, NULL};
    table[1] = (struct poptOption){"version", 0, POPT_ARG_NONE, NULL, OPTION_VERSION, NULL, NULL};
    size_t entries = 2;
    for (size_t i = 0; i < n; i++) {
        const option *o = option_at(c, i);
        if (o->name != NULL)
            table[entries++] = (struct poptOption){
                o->name, option_letter_of(c, o->name),
                o->arg != NULL ? POPT_ARG_STRING : POPT_ARG_NONE, NULL, OPTION_FIRST + (int)i,
                NULL, NULL};
    }

    poptContext context = need(poptGetContext(NULL, argc, (const char **)argv, table, 0));
    int code;
    while ((code = poptGetNextOpt(context)) > 0) {
        if (code == OPTION_HELP) {
            args->help = 1;
        } else if (code == OPTION_VERSION) {
            args->version = 1;
        } else {
            size_t i = (size_t)(code - OPTION_FIRST);
            free(args->value[i]);
            char *text = poptGetOptArg(context);
            args->value[i] = option_at(c, i)->arg != NULL ? text : need(strdup("yes"));
        }
    }
    if (code < -1 && !args->help)
        bad_option(args, context, code);
    else if (!args->help && !args->version)
        read_words(args, context);
    poptFreeContext(context);
    free(table);
}

void arguments_end(arguments *args)
{
    size_t n = count_options(args->command);
    for (size_t i = 0; i < n; i++)
        free(args->value[i]);
    free(args->value);
    for (size_t i = 0; i < args->words; i++)
        free(args->word[i]);
    free(args->word);
}

/* ---- Values ---------------------------------------------------------------------------- */

/* The place of an option, or of the end of the tables. */
static size_t look_up(const arguments *args, const char *name)
{
    size_t i = 0;
    const option *o;
    while (!is_last(o = option_at(args->command, i)) &&
           (o->name == NULL || strcmp(o->name, name) != 0))
        i++;
    return i;
}

static size_t find(const arguments *args, const char *name)
{
    size_t i = look_up(args, name);
    if (is_last(option_at(args->command, i)))
        abort(); /* a command asked for an option that is not in its tables */
    return i;
}

int has_option(const arguments *args, const char *name)
{
    return !is_last(option_at(args->command, look_up(args, name)));
}

int given(const arguments *args, const char *name)
{
    return args->value[find(args, name)] != NULL;
}

const char *text_of(const arguments *args, const char *name)
{
    size_t i = find(args, name);
    return args->value[i] != NULL ? args->value[i] : option_at(args->command, i)->initial;
}

void refuse(arguments *args, const char *name, const char *what)
{
    if (!args->failed)
        say(args->command->name, "--%s: '%s' is not %s", name, text_of(args, name), what);
    args->failed = 1;
}

void refuse_given(arguments *args, const char *name, const char *why)
{
    if (!given(args, name))
        return;
    if (!args->failed)
        say(args->command->name, "--%s: %s", name, why);
    args->failed = 1;
}

const char *required(arguments *args, const char *name)
{
    const char *text = text_of(args, name);
    if (text == NULL && !args->failed) {
        say(args->command->name, "--%s %s is needed", name,
            option_at(args->command, find(args, name))->arg);
        args->failed = 1;
    }
    return text != NULL ? text : "";
}

uint64_t whole_of(arguments *args, const char *name, uint64_t least, uint64_t most)
{
    char what[80];
    uint64_t value;
    if (nu_parse_whole(text_of(args, name), least, most, &value))
        return value;
    snprintf(what, sizeof what, "a whole number from %llu to %llu", (unsigned long long)least,
             (unsigned long long)most);
    refuse(args, name, what);
    return least;
}

double real_of(arguments *args, const char *name, enum range range)
{
    static const char *const what[] = {
        [ABOVE_0] = "a positive number",
        [FROM_0] = "a number from 0 up",
        [FROM_0_BELOW_1] = "a number from 0 up and below 1",
    };
    const char *text = text_of(args, name);
    char *end;
    double v = strtod(text, &end);
    int good = *text != '\0' && *end == '\0' && text[strspn(text, "0123456789.eE+-")] == '\0' &&
               isfinite(v);
    good = good && (range == ABOVE_0 ? v > 0 : v >= 0) && (range != FROM_0_BELOW_1 || v < 1);
    if (good)
        return v;
    refuse(args, name, what[range]);
    return 0.5;
}

int choice_of(arguments *args, const char *name, const char *const *choices)
{
    char what[200] = "one of ";
    const char *text = text_of(args, name);
    for (int i = 0; choices[i] != NULL; i++) {
        if (strcmp(text, choices[i]) == 0)
            return i;
        size_t used = strlen(what);
        snprintf(what + used, sizeof what - used, "%s%s", i > 0 ? ", " : "", choices[i]);
    }
    refuse(args, name, what);
    return 0;
}

char **split_commas(const char *text, size_t *n)
{
    return need(nu_split(text, ',', n));
}
