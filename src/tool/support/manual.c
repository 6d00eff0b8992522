#include "support/help.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "nudge.h"

/* Text as roff wants it: dashes that can be copied, no request at the start of a line. */
static void put_text(const char *text)
{
    int start = 1;
    for (; *text != '\0'; text++) {
        if (start && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        start = *text == '\n';
        if (*text == '-')
            fputs("\\-", stdout);
        else if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '\n' && text[1] == '\n')
            fputs("\n.PP", stdout);
        else
            putchar(*text);
    }
}

static void put_title(const char *name, const char *summary)
{
    printf(".TH NUDGE");
    for (const char *c = name + 5; *c != '\0'; c++)
        putchar(toupper((unsigned char)*c));
    printf(" 1 \"\" \"nudge %s\" \"User Commands\"\n.SH NAME\n%s \\- ", nudge_version(), name);
    put_text(summary);
    printf("\n.SH SYNOPSIS\n.B nudge");
}

static void put_option(const option *o)
{
    char *meaning = option_meaning(o);
    printf("\n.TP\n");
    if (o->letter != '\0')
        printf("\\fB\\-%c\\fR, ", o->letter);
    printf("\\fB\\-\\-");
    put_text(o->name);
    printf("\\fR");
    if (o->arg != NULL) {
        printf(" \\fI");
        put_text(o->arg);
        printf("\\fR");
    }
    putchar('\n');
    put_text(meaning);
    free(meaning);
}

static void put_options(const command *c)
{
    size_t n;
    listed_option *list = list_options(c, &n);
    printf("\n.SH OPTIONS");
    for (size_t i = 0; i < n; i++) {
        if (list[i].group != NULL)
            printf("\n.SS \"%.*s\"", list[i].group_length, list[i].group);
        put_option(&list[i].option);
    }
    free(list);
}

/* What all pages end with. */
static void put_rest(const command *c, const command *const *all)
{
    printf("\n.SH EXIT STATUS\n.TP\n.B 0\nsuccess\n.TP\n.B 1\nthe run failed: training diverged, "
           "reading or writing failed\n.TP\n.B 2\nwrong usage or bad input\n.TP\n.B 128 + N\n"
           "ended by signal N; training saves its model before\n"
           ".SH ENVIRONMENT\n.TP\n.B OMP_NUM_THREADS, OMP_THREAD_LIMIT\n"
           "most threads, as for other OpenMP programs\n"
           ".TP\n.B OPENBLAS_CORETYPE\nthe kernels that OpenBLAS uses; other kernels give other "
           "last bits\n.TP\n.B COLUMNS\nwidth of a terminal that does not tell it itself\n");
    if (c != NULL && (strcmp(c->name, "plot") == 0 || strcmp(c->name, "scale") == 0))
        printf(".TP\n.B GNUPLOT\nthe gnuplot to draw with\n");
    printf(".SH FILES\n.TP\n.I *.safetensors\nmodels and data: tensors with a JSON header, which "
           "other programs read\n.TP\n.I *.jsonl\nlogs: one JSON object per epoch\n"
           ".SH SEE ALSO\n");
    if (c != NULL)
        printf(".BR nudge (1)");
    for (size_t i = 0, n = c != NULL; all[i] != NULL; i++)
        if (all[i] != c)
            printf("%s.BR nudge\\-%s (1)", n++ > 0 ? ",\n" : "", all[i]->name);
    putchar('\n');
}

static void put_program(const command *const *all)
{
    put_title("nudge", "train multilayer perceptrons on CPUs");
    printf("\n.I COMMAND\n.RI [ OPTION ]...\n.SH DESCRIPTION\nTrains multilayer perceptrons on "
           "CPUs. The same options, data and seed give the same bits in every weight for any "
           "number of threads.\n.SH COMMANDS");
    for (size_t i = 0; all[i] != NULL; i++)
        printf("\n.TP\n.BR nudge\\-%s (1)\n%s", all[i]->name, all[i]->summary);
    printf("\n.SH OPTIONS");
    put_option(&(option){"help", .letter = 'h', .help = "list the commands"});
    put_option(&(option){"version", .letter = 'V', .help = "show the version"});
    printf("\n.SH EXAMPLES\n.nf\n");
    put_text(all[0]->examples);
    printf(".fi");
}

void print_manual(const command *c, const command *const *all)
{
    char name[NU_TEXT];
    if (c == NULL) {
        put_program(all);
    } else {
        snprintf(name, sizeof name, "nudge-%s", c->name);
        put_title(name, c->summary);
        printf(" %s\n", c->name);
        put_text(c->synopsis);
        printf("\n.SH DESCRIPTION\n");
        put_text(c->about);
        put_options(c);
        printf("\n.SH EXAMPLES\n.nf\n");
        put_text(c->examples);
        printf(".fi");
    }
    put_rest(c, all);
}
