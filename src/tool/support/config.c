#include "support/config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "atomic_file.h"
#include "json_dump.h"
#include "support/json.h"
#include "support/say.h"
#include "whole.h"

/* ---- Writing --------------------------------------------------------------------------- */

static int is_among(const char *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = names; (at = strstr(at, name)) != NULL; at += length)
        if ((at == names || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return 1;
    return 0;
}

char *config_text(const arguments *args, const char *without, int pretty)
{
    json_t *object = json_new();
    for (size_t i = 0; i < args->n; i++) {
        const argument *a = &args->all[i];
        if (a->given && !is_among(without, a->option.name)) {
            if (a->text != NULL && !is_utf8(a->text))
                complain("--%s: '%s' is not UTF-8, which a saved configuration needs",
                         a->option.name, a->text);
            json_put(object, a->option.name,
                     a->option.arg == NULL ? json_boolean(1) : json_text(a->text));
        }
    }
    char *text = need(nu_json_dump(object, pretty ? JSON_INDENT(2) : JSON_COMPACT));
    json_decref(object);
    return text;
}

void config_save(const arguments *args, const char *without, const char *path)
{
    nu_atomic_file file;
    char *text = config_text(args, without, 1);
    int error = nu_atomic_open(&file, path);
    if (error == 0) {
        fprintf(file.stream, "%s\n", text);
        error = nu_atomic_commit(&file);
    }
    if (error != 0)
        give_up(EXIT_RUN_FAILED, "--save-config: %s: %s", path, strerror(error));
    free(text);
}

/* ---- Reading --------------------------------------------------------------------------- */

/* A value's text as the command line would have it, for free(); NULL: it has none. */
static char *text_of_value(const json_t *value)
{
    if (json_is_string(value))
        return need(strdup(json_string_value(value)));
    if (json_is_number(value))
        return need(nu_json_dump(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17)));
    return NULL;
}

/* The parts of a list with commas between them. */
static void take_list(arguments *args, const argument *a, const json_t *list, const char *source)
{
    char *all = NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        char *part = text_of_value(json_array_get(list, i));
        if (part == NULL)
            complain("%s: '%s': a list holds texts or numbers", source, a->option.name);
        char *before = all;
        all = before == NULL ? need(strdup(part))
                             : text_as("%s,%s", before, part);
        free(before);
        free(part);
    }
    arguments_put(args, a->option.name, all != NULL ? all : need(strdup("")));
}

static void take(arguments *args, const char *key, const json_t *value, const char *source)
{
    const argument *a = argument_named(args, key);
    if (a == NULL)
        complain("%s: '%s' is no option of 'nudge %s'", source, key, args->command->name);
    if (a->given)
        return;
    char *text = text_of_value(value);
    int is_flag = a->option.arg == NULL;
    if (is_flag && !json_is_boolean(value))
        complain("%s: '%s' must be true or false", source, key);
    if (!is_flag && text == NULL && !json_is_array(value))
        complain("%s: '%s' must be a text, a number or a list of these", source, key);
    if (json_is_array(value))
        take_list(args, a, value, source);
    else if (!is_flag || json_is_true(value))
        arguments_put(args, key, is_flag ? need(strdup("yes")) : text);
}

void config_take(arguments *args, const char *text, const char *source)
{
    json_error_t error;
    const char *key;
    json_t *value, *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        complain("%s:%d: %s", source, error.line, error.text);
    if (!json_is_object(root))
        complain("%s: it must be a JSON object, such as {\"hidden\": [64, 64]}", source);
    json_object_foreach(root, key, value)
        take(args, key, value, source);
    json_decref(root);
}

void config_read(arguments *args, const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = fopen(path, "r");
    if (f == NULL || getdelim(&text, &size, '\0', f) < 0)
        complain("--config: %s: %s", path, f == NULL || ferror(f) ? strerror(errno)
                                                                  : "the file is empty");
    fclose(f);
    config_take(args, text, path);
    free(text);
}

void must_load(const char *checkpoint, nudge_status status, const nudge_error *err)
{
    char *previous = text_as("%s.previous", checkpoint);
    if (status == NUDGE_EDATA && access(previous, R_OK) == 0)
        give_up(EXIT_BAD_INPUT, "%s; the checkpoint before it is %s", err->text, previous);
    must(status, err);
    free(previous);
}

void config_from_files(arguments *args)
{
    nudge_error err;
    char *note;
    int has_init = given(args, "init"); /* on the command line */
    if (given(args, "config"))
        config_read(args, text_of(args, "config"));
    const char *path = text_of(args, "resume");
    if (path == NULL)
        return;
    char *first = text_as("%s.1", path); /* of the trials of --recipe best */
    if (access(path, F_OK) != 0 && access(first, R_OK) == 0)
        path = first;
    if (has_init)
        refuse_given(args, "init", "the checkpoint of --resume has the weights");
    must_load(path, nudge_checkpoint_note(&note, path, &err), &err);
    if (note != NULL)
        config_take(args, note, path);
    free(note);
    free(first);
}
