#include "synth/spec.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "whole.h"

static const nu_generator *const generators[] = {
    &nu_synth_linear,  &nu_synth_teacher, &nu_synth_friedman1, &nu_synth_blobs,
    &nu_synth_moons,   &nu_synth_circles, &nu_synth_spirals,   &nu_synth_classification,
    &nu_synth_parity,  &nu_synth_or,      &nu_synth_xor,       &nu_synth_line,
};

#define GENERATORS (sizeof generators / sizeof *generators)

const nudge_synth_info *nudge_synth_list(size_t i)
{
    return i < GENERATORS ? &generators[i]->info : NULL;
}

#define VALUE_TEXT 64 /* longer than any number that someone means */

static const struct {
    const char *name;
    int whole;
    const char *min, *max; /* as texts, for messages in any locale */
} keys[NU_SYNTH_KEYS] = {
    [NU_ROWS] = {"rows", 1, "1", "4294967295"},
    [NU_FEATURES] = {"features", 1, "1", "65536"},
    [NU_HIDDEN] = {"hidden", 1, "1", "65536"},
    [NU_LAYERS] = {"layers", 1, "1", "64"},
    [NU_CLASSES] = {"classes", 1, "2", "1000"}, /* or zero_classes */
    [NU_TEMPERATURE] = {"temperature", 0, "0.001", "1000"},
    [NU_NOISE] = {"noise", 0, "0", "1000000"},
    [NU_SPREAD] = {"spread", 0, "0.001", "1000000"},
    [NU_FACTOR] = {"factor", 0, "0", "0.99"},
    [NU_TURNS] = {"turns", 0, "0", "1000"},
    [NU_BITS] = {"bits", 1, "1", "31"},
    [NU_INFORMATIVE] = {"informative", 1, "1", "65536"},
    [NU_CLUSTERS] = {"clusters", 1, "1", "1000"},
    [NU_SEP] = {"sep", 0, "0", "1000000"},
    [NU_FLIP] = {"flip", 0, "0", "1"},
};

/* One "key=value" of a comma-separated list. */
typedef struct item {
    char key[VALUE_TEXT], value[VALUE_TEXT];
    const char *next; /* NULL: it was the last */
} item;

/* A text that is too long ends in "...", so that it is no key and no number. */
static void copy_text(char to[VALUE_TEXT], const char *from, size_t size)
{
    if (size < VALUE_TEXT)
        snprintf(to, VALUE_TEXT, "%.*s", (int)size, from);
    else
        snprintf(to, VALUE_TEXT, "%.*s...", VALUE_TEXT - 4, from);
}

/* 0 if it is not of that form; key then holds all of it. */
static int take_item(item *it, const char *list)
{
    size_t size = strcspn(list, ",");
    size_t key = strcspn(list, "=,");
    it->next = list[size] == ',' ? list + size + 1 : NULL;
    copy_text(it->key, list, key);
    it->value[0] = '\0';
    if (key == size)
        return 0;
    copy_text(it->value, list + key + 1, size - key - 1);
    return 1;
}

/* 1 if the generator's list of defaults has the key. */
static int has_key(const nu_generator *kind, const char *key)
{
    item it;
    for (const char *at = kind->info.params; at != NULL; at = it.next) {
        take_item(&it, at);
        if (strcmp(it.key, key) == 0)
            return 1;
    }
    return 0;
}

static int key_number(const char *key)
{
    for (int k = 0; k < NU_SYNTH_KEYS; k++)
        if (strcmp(keys[k].name, key) == 0)
            return k;
    return -1;
}

/* A finite decimal number, as in the C locale whatever the program's is. */
static int read_number(double *value, const char *text)
{
    if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
        return 0; /* strtod would take spaces, hexadecimal numbers, "inf" */
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0)
        return 0;
    char *end;
    *value = strtod_l(text, &end, c);
    freelocale(c);
    return *end == '\0' && isfinite(*value);
}

static nudge_status set_seed(nu_synth *s, const char *text, nudge_error *err)
{
    if (nu_parse_whole(text, 0, UINT64_MAX, &s->seed))
        return NUDGE_OK;
    return nu_fail(err, NUDGE_EARGUMENT, "synth:%s: seed=%s: a whole number from 0 to "
                   "18446744073709551615 is right", s->kind->info.name, text);
}

static int in_range(int k, double value)
{
    double min, max;
    return read_number(&min, keys[k].min) && read_number(&max, keys[k].max) && value >= min &&
           value <= max;
}

static nudge_status set_value(nu_synth *s, int k, const char *text, nudge_error *err)
{
    double value;
    int zero = k == NU_CLASSES && s->kind->zero_classes;
    if (!read_number(&value, text) || (keys[k].whole && value != floor(value)) ||
        (!in_range(k, value) && !(zero && value == 0)))
        return nu_fail(err, NUDGE_EARGUMENT, "synth:%s: %s=%s: a %snumber from %s to %s%s is right",
                       s->kind->info.name, keys[k].name, text, keys[k].whole ? "whole " : "",
                       keys[k].min, keys[k].max, zero ? ", or 0 for a numeric target," : "");
    s->value[k] = value;
    return NUDGE_OK;
}

static nudge_status set_item(nu_synth *s, const item *it, nudge_error *err)
{
    if (strcmp(it->key, "seed") == 0)
        return set_seed(s, it->value, err);
    return set_value(s, key_number(it->key), it->value, err);
}

/* The defaults are the ones that the generator's description shows. */
static nudge_status set_defaults(nu_synth *s, nudge_error *err)
{
    item it;
    for (const char *at = s->kind->info.params; at != NULL; at = it.next) {
        take_item(&it, at);
        if (strcmp(it.key, "seed") != 0 && strcmp(it.value, "2^bits") != 0)
            NU_TRY(set_item(s, &it, err));
    }
    return NUDGE_OK;
}

static nudge_status unknown_name(const char *name, size_t size, nudge_error *err)
{
    char list[256] = "";
    size_t n = 0;
    for (size_t i = 0; i < GENERATORS && n < sizeof list; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i > 0 ? ", " : "",
                              generators[i]->info.name);
    return nu_fail(err, NUDGE_EARGUMENT, "synth:%.*s: there is no such generator; there are %s",
                   (int)(size < VALUE_TEXT ? size : VALUE_TEXT), name, list);
}

static nudge_status unknown_key(const nu_generator *kind, const char *key, nudge_error *err)
{
    return nu_fail(err, NUDGE_EARGUMENT, "synth:%s: there is no '%s'; its parameters are %s",
                   kind->info.name, key, kind->info.params);
}

nudge_status nu_synth_parse(nu_synth *s, const char *spec, uint64_t default_seed,
                            nudge_error *err)
{
    static const char prefix[] = "synth:";
    const char *name = spec;
    if (strncmp(name, prefix, sizeof prefix - 1) == 0)
        name += sizeof prefix - 1;
    size_t size = strcspn(name, ",");
    *s = (nu_synth){.seed = default_seed};
    for (size_t i = 0; i < GENERATORS; i++)
        if (strlen(generators[i]->info.name) == size &&
            strncmp(generators[i]->info.name, name, size) == 0)
            s->kind = generators[i];
    if (s->kind == NULL)
        return unknown_name(name, size, err);
    NU_TRY(set_defaults(s, err));

    item it = {.next = name[size] == ',' ? name + size + 1 : NULL};
    unsigned given = 0; /* a bit for each key, and the highest for the seed */
    while (it.next != NULL) {
        int complete = take_item(&it, it.next);
        if (!has_key(s->kind, it.key))
            return unknown_key(s->kind, it.key, err);
        if (!complete)
            return nu_fail(err, NUDGE_EARGUMENT, "synth:%s: '%s' has no value; %s=VALUE is right",
                           s->kind->info.name, it.key, it.key);
        int k = key_number(it.key);
        unsigned bit = 1u << (k >= 0 ? k : NU_SYNTH_KEYS);
        if (given & bit)
            return nu_fail(err, NUDGE_EARGUMENT, "synth:%s: %s is given twice",
                           s->kind->info.name, it.key);
        given |= bit;
        NU_TRY(set_item(s, &it, err));
    }
    s->rows = (size_t)s->value[NU_ROWS];
    s->features = s->value[NU_FEATURES] > 0 ? (size_t)s->value[NU_FEATURES] : s->kind->features;
    s->classes = s->value[NU_CLASSES] > 0 ? (size_t)s->value[NU_CLASSES] : s->kind->classes;
    s->n_work = s->kind->n_work;
    return s->kind->size != NULL ? s->kind->size(s, err) : NUDGE_OK;
}
