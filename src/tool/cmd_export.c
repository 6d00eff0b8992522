/* nudge export: a model as a program in another language. */
#include <string.h>

#include "support/data_options.h"
#include "support/options.h"
#include "support/say.h"
#include "whole.h"

static const char *language_names(size_t i)
{
    return nudge_language_name((nudge_language)i);
}

static const option own[] = {
    {"to", "NAME", .initial = "auto", .names = language_names,
     .help = "the language; auto: by the ending of the file's name, .c, .h, .js, .mjs, .cjs, .py, "
             ".json, .html or .onnx"},
    {"out", "FILE", .initial = "-", .repeats = 1,
     .help = "write there, several times for several files; - is standard output"},
    {"dtype", .initial = "model", .help = "C: numbers to compute with; model: as it has them"},
    {"raw", .help = "ONNX: the network alone, from X to Y, without preprocessing"},
    {0},
};

/* What is written to a file; gives up where nothing tells the language. */
static nudge_language language_of(arguments *args, const char *path)
{
    nudge_language asked = (nudge_language)choice_of(args, "to");
    if (asked == NUDGE_LANGUAGE_AUTO && is_standard(path))
        complain("the language is needed: --to c, js, python, json, html or onnx, or a file with "
                 "--out");
    if (asked != NUDGE_LANGUAGE_AUTO)
        return asked;
    asked = nudge_language_of(path);
    if (asked == NUDGE_LANGUAGE_AUTO)
        complain("--out: '%s' does not say in which language: names that end in .c, .h, .js, "
                 ".mjs, .cjs, .py, .json, .html or .onnx do, and --to", path);
    return asked;
}

/* Before the model is read: that each can be written, and is a file of its own. */
static void check_files(arguments *args, char *const *path, size_t n)
{
    nudge_error err;
    int has_c = 0, has_onnx = 0;
    for (size_t i = 0; i < n; i++) {
        has_c |= language_of(args, path[i]) == NUDGE_LANGUAGE_C;
        has_onnx |= language_of(args, path[i]) == NUDGE_LANGUAGE_ONNX;
        if (is_standard(path[i]))
            continue;
        for (size_t j = 0; j < i; j++)
            if (same_file(path[i], path[j]))
                complain("--out: '%s' is given twice", path[i]);
        if (same_file(path[i], args->word[0]))
            complain("--out: '%s' is the model", path[i]);
        if (nudge_check_output(path[i], &err) != NUDGE_OK)
            complain("--out: %s", err.text);
    }
    if (!has_c)
        refuse_given(args, "dtype", "it is for C, and no file is to be C");
    if (!has_onnx)
        refuse_given(args, "raw", "it is for ONNX, and no file is to be ONNX");
}

static void export_to(arguments *args, const nudge_model *model, const char *path)
{
    nudge_error err;
    nudge_export_options o = nudge_export_defaults();
    nudge_dtype dtype;
    o.language = language_of(args, path);
    if (o.language == NUDGE_LANGUAGE_C && given(args, "dtype")) {
        dtype = (nudge_dtype)choice_of(args, "dtype");
        o.dtype = &dtype;
    }
    o.raw = o.language == NUDGE_LANGUAGE_ONNX && given(args, "raw");
    must(nudge_model_export(model, path, &o, &err), &err);
}

static int run(arguments *args)
{
    nudge_model *model = NULL;
    nudge_error err;
    size_t n;
    if (args->words == 0)
        complain("a model file is needed");
    char **path = need(nu_split(text_of(args, "out"), '\n', &n));
    check_files(args, path, n);
    must(nudge_model_load(&model, args->word[0], &err), &err);
    for (size_t i = 0; i < n; i++)
        export_to(args, model, path[i]);
    free(path);
    nudge_model_free(model);
    return EXIT_DONE;
}

const command command_export = {
    .name = "export",
    .synopsis = "MODEL -o FILE [OPTION]...",
    .summary = "a model as a program in C, JavaScript or Python, as ONNX, or as a page",
    .about = "Writes a program that predicts as the model does, from raw rows: what was learned of "
             "numbers, missing values and categories is within. It needs no other file, and says "
             "how it is used.\n\n"
             "C is one file of C99, which needs libm alone; .h are its declarations. Compiled with "
             "-DPREDICT_MAIN it reads CSV. JavaScript is an ES module where the name ends in .mjs; "
             "otherwise require() takes it, and a page as a script. Python uses NumPy for many "
             "rows where it is there. ONNX takes a tensor for each column, by its name. JSON is "
             "what programs are made of, for those in other languages. HTML is a page with a form "
             "for a row, or a picture to draw, and the prediction.",
    .own = own,
    .options = "What: to dtype raw\nOutput: out\n",
    .examples = "  nudge export m.safetensors -o m.js\n"
                "  nudge export m.safetensors -o m.c -o m.h -o m.py\n"
                "  nudge export m.safetensors --to python\n"
                "  nudge export m.safetensors -o m.html\n",
    .most_words = 1,
    .run = run,
};
