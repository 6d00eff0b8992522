/* nudge import: a network of another program as a model. */
#include "support/data_options.h"
#include "support/options.h"
#include "support/run_lines.h"
#include "support/say.h"
#include "support/text_stream.h"
#include "whole.h"

static const option own[] = {
    {"out", "FILE", .help = "the model file that is written"},
    {"task", .help = "what plain outputs are: numbers, or what softmax (of one: sigmoid) makes "
                     "probabilities of classes of; auto: numbers, unless the network ends so"},
    {"names", "LIST", .help = "the columns' names, separated by commas, where the file has none"},
    {"classes", "LIST", .help = "the labels of classes, separated by commas, in the order of the "
                                "outputs; of one output first that of 0, then that of 1"},
    {"quiet", .help = "no lines on what was concluded and written"},
    {0},
};

static char **list_of(const arguments *args, const char *name, size_t *n)
{
    *n = 0;
    return given(args, name) ? need(nu_split(text_of(args, name), ',', n)) : NULL;
}

static void say_written(const nudge_model *model, const char *path)
{
    nudge_model_info info = nudge_model_describe(model);
    char *widths;
    FILE *f = text_begin(&widths);
    print_widths(f, &info);
    text_end(f);
    say("%s: %s, %s", path, widths, nudge_dtype_name(info.dtype));
    free(widths);
}

static int run(arguments *args)
{
    nudge_model *model = NULL;
    nudge_error err;
    nudge_import_options o = nudge_import_defaults();
    size_t notes;
    if (args->words == 0)
        complain("a file is needed, of ONNX or FANN");
    const char *out = required(args, "out");
    if (same_file(args->word[0], out))
        complain("--out: '%s' is the file that is read", out);
    check_output(args, "out", "");
    char **names = list_of(args, "names", &o.n_names);
    char **classes = list_of(args, "classes", &o.n_classes);
    o.names = (const char *const *)names;
    o.classes = (const char *const *)classes;
    o.task = (nudge_task)choice_of(args, "task");
    must(nudge_model_import(&model, args->word[0], &o, &err), &err);
    must(nudge_model_save(model, out, &err), &err);
    const nudge_note *note = nudge_prep_notes(nudge_model_describe(model).prep, &notes);
    say_notes(note, notes, given(args, "quiet"));
    if (!given(args, "quiet"))
        say_written(model, out);
    free(names);
    free(classes);
    nudge_model_free(model);
    return EXIT_DONE;
}

const command command_import = {
    .name = "import",
    .synopsis = "FILE -o MODEL [OPTION]...",
    .summary = "a network of PyTorch, scikit-learn or FANN as a model",
    .about = "Reads a multilayer perceptron and writes it as a model, which predicts the same and "
             "can be trained further: ONNX as PyTorch, scikit-learn (skl2onnx) and nudge export "
             "--raw write it, with scales, what stands for missing numbers, categories and labels, "
             "or a network that FANN saved. What is no such network is refused by its place in the "
             "file, such as a node's name; what is not said there is concluded, with a line each.",
    .own = own,
    .options = "What: task names classes\nOutput: out quiet\n",
    .examples = "  nudge import net.onnx -o net.safetensors --names length,width\n"
                "  nudge import logits.onnx -o m.safetensors --task classification\n"
                "  nudge import xor.net -o xor.safetensors\n",
    .most_words = 1,
    .run = run,
};
