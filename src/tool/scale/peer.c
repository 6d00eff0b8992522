#include "scale/peer.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "signals.h"
#include "support/say.h"
#include "support/text_stream.h"

static void put_word(FILE *f, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_=+./,:@%";
    int as_it_is = *word != '\0' && word[strspn(word, plain)] == '\0';
    fputs(as_it_is ? " " : " '", f);
    for (; *word != '\0'; word++)
        fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, f);
    fputs(as_it_is ? "" : "'", f);
}

char *scale_shell_line(const char *first, char *const *word, size_t n)
{
    char *text = NULL;
    FILE *f = text_begin(&text);
    put_word(f, first);
    for (size_t i = 0; i < n; i++)
        put_word(f, word[i]);
    text_end(f);
    memmove(text, text + 1, strlen(text)); /* the blank before the first */
    return text;
}

static void put_option(FILE *f, const char *name, const char *value)
{
    char *word = value != NULL ? text_as("--%s=%s", name, value) : text_as("--%s", name);
    put_word(f, word);
    free(word);
}

/* After a blank: what the variant's command line gives, and what this command has initial values of
 * its own for. */
static char *peer_line(const char *program, const scale_variant *v, size_t epochs)
{
    char number[24], *line = NULL;
    snprintf(number, sizeof number, "%zu", epochs);
    const char *const own[][2] = {{"data", v->train.data.data},
                                  {"hidden", text_of(&v->args, "hidden")},
                                  {"batch", text_of(&v->args, "batch")}, {"epochs", number},
                                  {"threads", "1"}, {"json"}, {"quiet"}};
    FILE *f = text_begin(&line);
    put_word(f, program);
    put_word(f, "train");
    for (size_t i = 0; i < v->args.n; i++) {
        const argument *a = &v->args.all[i];
        if (a->given && scale_is_for_training(a->option.name))
            put_option(f, a->option.name, a->option.arg != NULL ? a->text : NULL);
    }
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) /* the last one counts */
        put_option(f, own[i][0], own[i][1]);
    text_end(f);
    return line;
}

static double number_in(const json_t *json, const char *object, const char *key)
{
    const json_t *value = json_object_get(json_object_get(json, object), key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

int scale_run_peer(double *seconds, double *step, const char *program,
                   const scale_variant *variant, size_t epochs)
{
    char *line = peer_line(program, variant, epochs);
    FILE *output = need(popen(line, "re"));
    json_t *json = json_loadf(output, 0, NULL);
    int ended = pclose(output);
    *seconds = number_in(json, "result", "train_seconds");
    *step = *seconds / (number_in(json, "result", "epochs") * number_in(json, "plan", "batches"));
    json_decref(json);
    int is_good = ended == 0 && *step > 0;
    if (!is_good && !nu_signal_caught())
        complain("--peer-base: it failed, or its --json does not tell result.train_seconds: %s",
                 line + 1);
    free(line);
    return is_good;
}
