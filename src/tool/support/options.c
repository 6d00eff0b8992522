#include "support/options.h"

#include <inttypes.h>
#include <math.h>
#include <popt.h>
#include <string.h>

#include "spell.h"
#include "support/say.h"
#include "whole.h"

static argument *look_up(const arguments *args, const char *name)
{
    for (size_t i = 0; i < args->n; i++)
        if (strcmp(args->all[i].option.name, name) == 0)
            return &args->all[i];
    return NULL;
}

/* ---- Suggestions ----------------------------------------------------------------------- */

static const char *option_name(const void *of, size_t i)
{
    const arguments *args = of;
    return i >= args->n ? NULL : args->all[i].option.hidden ? "" : args->all[i].option.name;
}

static void unknown_option(const arguments *args, const char *bad)
{
    char word[64] = "", plain[64];
    bad += strspn(bad, "-");
    snprintf(word, sizeof word, "%.*s", (int)strcspn(bad, "="), bad);
    for (size_t i = 0; i < sizeof word; i++)
        plain[i] = word[i] == '_' ? '-' : word[i];
    const char *near = option_known_elsewhere(plain);
    if (near == NULL || look_up(args, near) == NULL)
        near = nu_closest(word, option_name, args);
    if (near != NULL)
        complain("unknown option --%s; did you mean --%s?", word, near);
    complain("unknown option --%s; 'nudge %s --help' lists the options", word,
             args->command->name);
}

/* ---- Reading --------------------------------------------------------------------------- */

static void bad_option(const arguments *args, poptContext context, int code)
{
    const char *bad = poptBadOption(context, POPT_BADOPTION_NOALIAS);
    if (code == POPT_ERROR_BADOPT)
        unknown_option(args, bad);
    if (code == POPT_ERROR_NOARG)
        complain("%s needs a value", bad);
    if (code == POPT_ERROR_UNWANTEDARG)
        complain("%.*s takes no value", (int)strcspn(bad, "="), bad);
    complain("%s: %s", bad, poptStrerror(code));
}

static void read_words(arguments *args, poptContext context)
{
    args->word = poptGetArgs(context);
    while (args->word != NULL && args->word[args->words] != NULL)
        args->words++;
    if (args->words > args->command->most_words)
        complain("'%s' is not expected here; 'nudge %s --help' shows the usage",
                 args->word[args->command->most_words], args->command->name);
}

/* All options without values from the command line. */
static void list_all(arguments *args)
{
    char buf[NU_TEXT];
    listed_option *list = list_options(args->command, &args->n);
    args->all = need(calloc(args->n + 1, sizeof *args->all));
    for (size_t i = 0; i < args->n; i++) {
        const char *text = initial_of(&list[i].option, buf);
        args->all[i].option = list[i].option;
        args->all[i].text = text != NULL ? need(strdup(text)) : NULL;
    }
    free(list);
}

/* For poptGetNextOpt(), which returns an option's place among all, from 1. */
static struct poptOption *popt_table(const arguments *args)
{
    struct poptOption *table = need(calloc(args->n + 1, sizeof *table));
    for (size_t i = 0; i < args->n; i++) {
        const option *o = &args->all[i].option;
        int kind = o->arg != NULL ? POPT_ARG_STRING : POPT_ARG_NONE;
        table[i] = (struct poptOption){o->name, o->letter, kind, NULL, (int)i + 1, NULL, NULL};
    }
    return table;
}

static void set(argument *a, char *text)
{
    char *before = a->text;
    a->text = text;
    if (a->option.repeats && a->given) {
        a->text = text_as("%s\n%s", before, text);
        free(text);
    }
    free(before);
    a->given = 1;
}

void arguments_start(arguments *args, const command *c, int argc, char **argv)
{
    *args = (arguments){.command = c, .argc = argc, .argv = argv};
    list_all(args);
    struct poptOption *table = popt_table(args);
    poptContext context = need(poptGetContext(NULL, argc, (const char **)argv, table, 0));
    int code;
    while ((code = poptGetNextOpt(context)) > 0) {
        argument *a = &args->all[code - 1];
        char *text = poptGetOptArg(context); /* NULL also where memory ends */
        set(a, need(a->option.arg != NULL ? text : strdup("yes")));
    }
    int help = given(args, "help") || given(args, "help-all");
    if (code < -1 && !help)
        bad_option(args, context, code);
    else if (!help && !given(args, "version"))
        read_words(args, context);
    args->popt = context;
    free(table);
}

void arguments_end(arguments *args)
{
    for (size_t i = 0; i < args->n; i++)
        free(args->all[i].text);
    free(args->all);
    poptFreeContext(args->popt);
}

/* ---- Values ---------------------------------------------------------------------------- */

static argument *find(const arguments *args, const char *name)
{
    argument *a = look_up(args, name);
    if (a == NULL)
        abort(); /* a command asked for an option that is not in its tables */
    return a;
}

void arguments_with(arguments *changed, const arguments *args, const char *name, const char *text)
{
    *changed = *args;
    changed->all = need(calloc(args->n + 1, sizeof *changed->all));
    changed->popt = NULL;
    for (size_t i = 0; i < args->n; i++) {
        changed->all[i] = args->all[i];
        if (args->all[i].text != NULL)
            changed->all[i].text = need(strdup(args->all[i].text));
    }
    set(find(changed, name), need(strdup(text)));
}

const argument *argument_named(const arguments *args, const char *name)
{
    return look_up(args, name);
}

void arguments_put(arguments *args, const char *name, char *text)
{
    set(find(args, name), text);
}

const option *option_of(const arguments *args, const char *name)
{
    return &find(args, name)->option;
}

int given(const arguments *args, const char *name)
{
    const argument *a = look_up(args, name);
    return a != NULL && a->given;
}

const char *text_of(const arguments *args, const char *name)
{
    const argument *a = look_up(args, name);
    return a != NULL ? a->text : NULL;
}

void refuse(const arguments *args, const char *name, const char *what)
{
    complain("--%s: '%s' is not %s", name, text_of(args, name), what);
}

void refuse_given(const arguments *args, const char *name, const char *why)
{
    if (given(args, name))
        complain("--%s: %s", name, why);
}

int any_given(const arguments *args, const char *names)
{
    size_t n;
    int any = 0;
    char **name = need(nu_split(names, ' ', &n));
    for (size_t i = 0; i < n; i++)
        any |= given(args, name[i]);
    free(name);
    return any;
}

void refuse_all(const arguments *args, const char *names, const char *why)
{
    size_t n;
    char **name = need(nu_split(names, ' ', &n));
    for (size_t i = 0; i < n; i++)
        refuse_given(args, name[i], why);
    free(name);
}

const char *required(const arguments *args, const char *name)
{
    const argument *a = find(args, name);
    if (a->text == NULL)
        complain("--%s %s is needed", name, a->option.arg);
    return a->text;
}

uint64_t whole_of(const arguments *args, const char *name, uint64_t least, uint64_t most)
{
    char what[80];
    uint64_t value;
    if (nu_parse_whole(text_of(args, name), least, most, &value))
        return value;
    snprintf(what, sizeof what, "a whole number from %" PRIu64 " to %" PRIu64, least, most);
    refuse(args, name, what);
}

size_t *whole_list(const char *text, char separator, uint64_t least, uint64_t most, size_t *n)
{
    char **part = need(nu_split(text, separator, n));
    size_t *list = need(calloc(*n, sizeof *list));
    for (size_t i = 0; i < *n && list != NULL; i++) {
        uint64_t value;
        if (nu_parse_whole(part[i], least, most, &value)) {
            list[i] = (size_t)value;
        } else {
            free(list);
            list = NULL;
        }
    }
    free(part);
    return list;
}

size_t *wholes_of(const arguments *args, const char *name, size_t most, const char *or, size_t *n)
{
    char what[120];
    size_t *list = whole_list(text_of(args, name), ',', 1, most, n);
    snprintf(what, sizeof what, "%swhole numbers from 1 to %zu, separated by commas", or, most);
    if (list == NULL)
        refuse(args, name, what);
    return list;
}

double real_in(const arguments *args, const char *name, double least, double most, int above,
               int below, const char *what)
{
    double v;
    if (nu_parse_real(text_of(args, name), &v) && (above ? v > least : v >= least) &&
        (below ? v < most : v <= most))
        return v;
    refuse(args, name, what);
}

double *reals_of(const arguments *args, const char *name, double most, const char *what, size_t *n)
{
    char **part = need(nu_split(text_of(args, name), ',', n));
    double *list = need(calloc(*n, sizeof *list));
    for (size_t i = 0; i < *n; i++)
        if (!nu_parse_real(part[i], &list[i]) || !(list[i] >= 0 && list[i] < most))
            refuse(args, name, what);
    free(part);
    return list;
}

double real_of(const arguments *args, const char *name, enum range range)
{
    static const struct {
        double least, most;
        int above, below;
        const char *what;
    } ranges[] = {
        [ABOVE_0] = {0, INFINITY, 1, 0, "a positive number"},
        [ABOVE_0_TO_1] = {0, 1, 1, 0, "a number above 0, up to 1"},
        [FROM_0] = {0, INFINITY, 0, 0, "a number from 0 up"},
        [FROM_0_TO_1] = {0, 1, 0, 0, "a number from 0 to 1"},
        [FROM_0_BELOW_1] = {0, 1, 0, 1, "a number from 0 up and below 1"},
        [FROM_1] = {1, INFINITY, 0, 0, "a number from 1 up"},
    };
    return real_in(args, name, ranges[range].least, ranges[range].most, ranges[range].above,
                   ranges[range].below, ranges[range].what);
}

void read_real(const arguments *args, const char *name, enum range range, double *value)
{
    if (given(args, name))
        *value = real_of(args, name, range);
}

static const char *library_name(const void *of, size_t i)
{
    return ((const option *)of)->names(i);
}

int choice_of(const arguments *args, const char *name)
{
    const argument *a = find(args, name);
    char what[CHOICES_TEXT + 100], all[CHOICES_TEXT], buf[NU_TEXT];
    const char *choice;
    for (size_t i = 0; (choice = choice_at(&a->option, i, buf)) != NULL; i++)
        if (strcmp(a->text, choice) == 0)
            return (int)i;
    choice = a->option.names != NULL ? nu_closest(a->text, library_name, &a->option) : NULL;
    snprintf(what, sizeof what, "one of %s%s%s%s", choices_text(&a->option, all),
             choice != NULL ? " (did you mean '" : "", choice != NULL ? choice : "",
             choice != NULL ? "'?)" : "");
    refuse(args, name, what);
}
