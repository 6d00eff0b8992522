#include "scale/setup.h"

#include <stdio.h>
#include <string.h>

#include "support/say.h"
#include "support/text_stream.h"
#include "whole.h"

/* Not an option but a number of rows. */
#define ROWS "rows"

/* Whether a name is in a group of options: "HEADING: NAME NAME\n". */
static int is_in(const char *group, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = group; n > 0 && (at = strstr(at, name)) != NULL; at += n)
        if (at > group && at[-1] == ' ' && (at[n] == ' ' || at[n] == '\n'))
            return 1;
    return 0;
}

int scale_is_for_training(const char *name)
{
    return strncmp(name, "val", 3) != 0 &&
           is_in(TRAIN_DATA_OPTIONS TRAIN_NETWORK_OPTIONS TRAIN_OPTIMIZER_OPTIONS, name);
}

static int is_of_data(const char *name)
{
    return is_in(TRAIN_DATA_OPTIONS "Also: dtype loss seed\n", name);
}

/* ---- Reading --------------------------------------------------------------------------- */

static void refuse_vary(const char *name, const char *why)
{
    complain("--vary: '%s' %s", name, why);
}

static void check_name(arguments *args, const scale_study *s, const char *name)
{
    int is_rows = strcmp(name, ROWS) == 0;
    if (!is_rows && !scale_is_for_training(name))
        refuse_vary(name, "is neither 'rows' nor an option for data, network or training; "
                                "'nudge scale --help' lists these");
    else if (is_rows && s->mode == SCALE_WEAK)
        refuse_vary(name, "cannot vary in weak mode, where they grow with the threads");
    else if (!is_rows && given(args, name))
        refuse_vary(name, "is on the command line too; its values belong here");
    for (size_t i = 0; i < s->n_varied; i++)
        if (strcmp(s->varied[i].option, name) == 0)
            refuse_vary(name, "is there twice");
}

/* One --vary. Layers of 'hidden' are "64x64" here, as commas separate the values. */
static void read_one(scale_study *s, arguments *args, const char *text)
{
    const char *equal = strchr(text, '=');
    if (equal == NULL || equal == text || equal[1] == '\0')
        refuse_vary(text, "is not OPTION=V1,V2,...");
    scale_varied v = {.option = need(strndup(text, (size_t)(equal - text)))};
    check_name(args, s, v.option);
    char **part = need(nu_split(equal + 1, strchr(equal, ';') != NULL ? ';' : ',', &v.n_values));
    v.values = need(calloc(v.n_values, sizeof *v.values));
    for (size_t i = 0; i < v.n_values; i++) {
        v.values[i] = need(strdup(part[i]));
        for (char *c = v.values[i]; strcmp(v.option, "hidden") == 0 && *c != '\0'; c++)
            *c = *c == 'x' ? ',' : *c;
        for (size_t j = 0; j < i; j++)
            if (strcmp(v.values[i], v.values[j]) == 0)
                refuse_vary(text, "has a value twice");
    }
    free(part);
    s->varied = need(realloc(s->varied, (s->n_varied + 1) * sizeof *s->varied));
    s->varied[s->n_varied++] = v;
}

/* Values, and the name made of them, as "batch 64, dtype f64". */
static void name_setting(scale_setting *setting, const scale_study *s, size_t i)
{
    size_t rest = i;
    FILE *f = text_begin(&setting->name);
    setting->values = need(calloc(s->n_varied + 1, sizeof *setting->values));
    for (size_t j = s->n_varied; j-- > 0; rest /= s->varied[j].n_values)
        setting->values[j] = s->varied[j].values[rest % s->varied[j].n_values];
    for (size_t j = 0; j < s->n_varied; j++)
        fprintf(f, "%s%s %s", j > 0 ? ", " : "", s->varied[j].option, setting->values[j]);
    text_end(f);
}

/* Where all values of the one option are numbers: that of setting i. */
static double number_of(const scale_study *s, size_t i)
{
    double x = NAN;
    for (size_t k = 0; s->n_varied == 1 && k < s->n_settings; k++) {
        char *end;
        double value = strtod(s->varied[0].values[k], &end);
        if (end == s->varied[0].values[k] || *end != '\0')
            return NAN;
        x = k == i ? value : x;
    }
    return x;
}

void scale_read_varied(scale_study *s, arguments *args)
{
    const char *text = text_of(args, "vary");
    size_t n = 0;
    char **each = text != NULL ? need(nu_split(text, '\n', &n)) : NULL;
    for (size_t i = 0; i < n; i++)
        read_one(s, args, each[i]);
    free(each);
    s->n_settings = 1;
    for (size_t j = 0; j < s->n_varied; j++)
        s->n_settings *= s->varied[j].n_values;
    s->settings = need(calloc(s->n_settings, sizeof *s->settings));
    for (size_t i = 0; i < s->n_settings; i++) {
        name_setting(&s->settings[i], s, i);
        s->settings[i].x = number_of(s, i);
    }
}

/* ---- Using ----------------------------------------------------------------------------- */

/* One value in the place of another; a flag's is yes or no. */
static void change(arguments *args, const char *name, const char *value)
{
    int is_flag = option_of(args, name)->arg == NULL;
    arguments changed;
    if (is_flag && strcmp(value, "no") == 0)
        return;
    if (is_flag && strcmp(value, "yes") != 0)
        refuse_vary(value, "is neither yes nor no, which a flag is");
    arguments_with(&changed, args, name, value);
    arguments_end(args);
    *args = changed;
}

arguments scale_vary(const arguments *args, const scale_study *s, size_t setting, size_t *rows)
{
    arguments varied;
    arguments_with(&varied, args, "mode", scale_mode_names[s->mode]); /* a copy: it is that */
    *rows = 0;
    for (size_t j = 0; j < s->n_varied; j++) {
        const char *name = s->varied[j].option, *value = s->settings[setting].values[j];
        uint64_t number;
        if (strcmp(name, ROWS) != 0)
            change(&varied, name, value);
        else if (nu_parse_whole(value, 1, UINT32_MAX, &number))
            *rows = (size_t)number;
        else
            refuse_vary(value, "is not a whole number of rows, 1 or more");
    }
    return varied;
}

int scale_same_data(const scale_study *s, size_t a, size_t b)
{
    for (size_t j = 0; j < s->n_varied; j++)
        if (is_of_data(s->varied[j].option) &&
            strcmp(s->settings[a].values[j], s->settings[b].values[j]) != 0)
            return 0;
    return 1;
}
