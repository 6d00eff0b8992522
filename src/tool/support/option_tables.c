#include "support/command.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "nudge.h"

/* ---- What the library knows ------------------------------------------------------------ */

#define NAMES(family, type)                           \
    static const char *family##_names(size_t i)       \
    {                                                 \
        return nudge_##family##_name((type)i);        \
    }

NAMES(dtype, nudge_dtype)
NAMES(activation, nudge_activation)
NAMES(loss, nudge_loss)
NAMES(optimizer, nudge_optimizer_kind)
NAMES(fill, nudge_fill)
NAMES(transform, nudge_transform)
NAMES(encode, nudge_encode)
NAMES(bin_edges, nudge_bin_edges)
NAMES(embed, nudge_embed)
NAMES(category_code, nudge_category_code)
NAMES(schedule, nudge_schedule_kind)
NAMES(metric, nudge_metric)
NAMES(init, nudge_init)
NAMES(scale, nudge_scale)

static const char *target_scale_names(size_t i)
{
    return i < NUDGE_SCALE_ROBUST ? scale_names(i) : NULL;
}

/* The default of a parameter that is not the same for all optimizers: "0; adamw: 0.01". */
static const char *by_optimizer(char buf[NU_TEXT], size_t at)
{
    nudge_optimizer usual = nudge_train_defaults().optimizer;
    double x = *(const double *)((const char *)&usual + at);
    snprintf(buf, NU_TEXT, "%g", x);
    for (size_t i = 0; optimizer_names(i) != NULL; i++) {
        nudge_optimizer o = nudge_optimizer_defaults((nudge_optimizer_kind)i);
        double y = *(const double *)((const char *)&o + at);
        size_t used = strlen(buf);
        if (y != x && y > 0) /* 0: it has none */
            snprintf(buf + used, NU_TEXT - used, "; %s: %g", optimizer_names(i), y);
    }
    return buf;
}

const char *option_default(const char *name, char buf[NU_TEXT])
{
    nudge_train_options t = nudge_train_defaults();
    nudge_schedule s = t.schedule;
    nudge_model_options m = nudge_model_defaults();
    nudge_data_options d = nudge_data_defaults();
    const struct {
        const char *name, *text;
        double number;
    } known[] = {
        {"val-split", NULL, d.val_split},
        {"test-split", NULL, d.test_split},
        {"split", d.split_order == NUDGE_SPLIT_LAST ? "last" : "random", 0},
        {"header", d.read.header < 0 ? "auto" : d.read.header ? "yes" : "no", 0},
        {"task", "auto", 0},
        {"scale", nudge_scale_name(d.prep.scale), 0},
        {"target-scale", nudge_scale_name(d.prep.target_scale), 0},
        {"target-transform", nudge_transform_name(d.prep.target_transform), 0},
        {"fill", nudge_fill_name(d.prep.fill), 0},
        {"encode", nudge_encode_name(d.prep.encode), 0},
        {"bin-edges", nudge_bin_edges_name(d.prep.bin_edges), 0},
        {"embed", nudge_embed_name(m.embed), 0},
        {"category-code", nudge_category_code_name(d.prep.category_code), 0},
        {"frequencies", NULL, (double)d.prep.frequencies},
        {"frequency-scale", NULL, d.prep.frequency_scale},
        {"loss", nudge_loss_name(d.prep.loss), 0},
        {"huber-delta", NULL, nudge_loss_describe(NUDGE_HUBER).parameter_default},
        {"quantile", NULL, nudge_loss_describe(NUDGE_QUANTILE).parameter_default},
        {"focal-gamma", NULL, nudge_loss_describe(NUDGE_FOCAL).parameter_default},
        {"label-smoothing", NULL, nudge_loss_describe(NUDGE_CROSS_ENTROPY).parameter_default},
        {"init", nudge_init_name(m.init), 0},
        {"dtype", nudge_dtype_name(m.dtype), 0},
        {"optimizer", nudge_optimizer_name(t.optimizer.kind), 0},
        {"momentum", NULL, t.optimizer.momentum},
        {"beta1", NULL, t.optimizer.beta1},
        {"alpha", NULL, t.optimizer.alpha},
        {"schedule", nudge_schedule_name(s.kind), 0},
        {"decay-schedule", nudge_schedule_name(t.decay_schedule), 0},
        {"warmup", NULL, s.warmup},
        {"lr-min", NULL, s.min_lr},
        {"lr-power", NULL, s.power},
        {"lr-rise", NULL, s.rise},
        {"lr-div", NULL, s.div},
        {"lr-final-div", NULL, s.final_div},
        {"lr-patience", NULL, (double)s.patience},
        {"lr-threshold", NULL, s.threshold},
        {"bias-lr-factor", NULL, t.bias_lr_factor},
        {"batch", NULL, (double)t.batch},
        {"accumulate", NULL, (double)t.accumulate},
        {"shuffle", t.shuffle ? "yes" : "no", 0},
        {"seed", NULL, (double)t.seed},
        {"epochs", NULL, (double)t.epochs},
        {"stop-metric", nudge_metric_name(t.early_stop.metric), 0},
    };
    if (strcmp(name, "lr") == 0)
        return by_optimizer(buf, offsetof(nudge_optimizer, lr));
    if (strcmp(name, "eps") == 0)
        return by_optimizer(buf, offsetof(nudge_optimizer, eps));
    if (strcmp(name, "weight-decay") == 0)
        return by_optimizer(buf, offsetof(nudge_optimizer, weight_decay));
    if (strcmp(name, "beta2") == 0)
        return by_optimizer(buf, offsetof(nudge_optimizer, beta2));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0) {
            if (known[i].text != NULL)
                return known[i].text;
            snprintf(buf, NU_TEXT, "%g", known[i].number);
            return buf;
        }
    return NULL;
}

/* ---- Options --------------------------------------------------------------------------- */

const option shared_options[] = {
    /* Data */
    {"model", "FILE", .help = "the model, as 'nudge train --out' writes it"},
    {"data", "SPEC", .help = "a file of any format (CSV, ARFF, LIBSVM, FANN, NPY, NPZ, IDX, "
                             "safetensors), compressed or not; FILE.zip:NAME or FILE.npz:NAME; "
                             "'part-*.csv' in quotes for CSV files that are parts of one dataset; "
                             "- for standard input; or synth:NAME,rows=N,...; without it a "
                             "built-in synthetic dataset, with "
                             "--val-split 0.1"},
    {"target", "COLUMNS", .help = "the CSV column to predict; several, separated by commas, for "
                                  "several outputs: numbers, or labels that are 0 and 1"},
    {"labels", "FILE", .help = "IDX or NPY file with the labels of the data"},
    {"val", "SPEC", .help = "validation data: its loss is shown after every epoch"},
    {"val-labels", "FILE", .help = "IDX or NPY file with the labels of --val"},
    {"val-split", "F", .help = "hold out this part of --data for validation"},
    {"val-folds", "K", .help = "instead of --val-split: each of the --members is validated on "
                               "another K-th of the rows, which it does not learn from"},
    {"test", "SPEC", .help = "test data: evaluated once, at the end"},
    {"test-labels", "FILE", .help = "IDX or NPY file with the labels of --test"},
    {"test-split", "F", .help = "hold out this part of --data for the test"},
    {"split", "random|last", .help = "which rows the splits take"},
    {"stratify", .help = "each class has its share of every split"},
    {"weight", "COLUMN|FILE", .help = "the CSV column with the weights of samples, which is no "
                                      "feature, or for other data an IDX or NPY file"},
    {"class-weight", "LABEL=X,...", .help = "weights of classes in training; balanced: all classes "
                                            "weigh the same"},
    {"folds", "K", .help = "cross-validation: train K networks, each on all of --data but one of K "
                           "parts, which it is tested on; stratified for classes"},
    {"task", "auto|classification|regression", .help = "what a target of whole numbers is; auto: "
     "classes where it is 0 and 1, or has at most 20 different values, with 10 rows for each, or "
     "belongs to images"},
    {"features", "COLUMNS", .help = "CSV columns that are features, and no others: names, \"names "
                                    "in quotes\", positions from 1 (2, 2-5, 7-), patterns (x*), "
                                    "separated by commas"},
    {"ignore", "COLUMNS", .help = "CSV columns to leave out, named as for --features"},
    {"category", "COLUMNS", .help = "CSV columns to take as categories, whatever they hold"},
    {"number", "COLUMNS", .help = "CSV columns to take as numbers, also where they count the rows "
                                  "or have the same text around each, such as $ or kg"},
    {"header", "no|yes|auto", .help = "whether the first CSV row holds names"},
    {"delimiter", "CHAR", .help = "what separates CSV cells: a character, tab, or blanks (any "
                                  "number of them) [found out]"},
    {"decimal", "CHAR", .help = "of numbers in CSV: . or , [found out]"},
    {"thousands", "CHAR", .help = "between the thousands of numbers in CSV: , in 1,234 [nothing]"},
    {"missing", "TEXT,...", .help = "CSV cells that mean a missing value, instead of NA, N/A, NaN, "
                                    "null, None, ? and the like; empty cells always do"},
    {"encoding", "NAME", .help = "of CSV text, such as latin1 or windows-1252 [utf-8, or what the "
                                 "file begins with says]"},
    {"skip-rows", "N", .help = "CSV lines to leave out at the beginning"},
    {"skip-after-header", "N", .help = "CSV lines to leave out below the header, such as units"},
    {"stream", .help = "leave NPY and safetensors data in their files, for more than memory holds"},
    {"scale", "HOW", .help = "of features; auto is standard, and pixels / 255; robust goes by "
                             "quartiles and holds outliers back, quantile makes any distribution "
                             "normal",
     .names = scale_names},
    {"target-scale", "HOW", .help = "of the target for mse, mae, huber, quantile and log-cosh; "
                                    "auto is standard",
     .names = target_scale_names},
    {"target-transform", "NAME", .help = "what the network learns of the target, before it is "
                                         "scaled, where --target-scale can be; predictions are in "
                                         "the target's own units",
     .names = transform_names},
    {"fill", "WITH", .help = "what stands for missing numbers", .names = fill_names},
    {"fill-indicator", .help = "a column with missing numbers has a second input, of 0 and 1, that "
                               "tells them"},
    {"min-count", "N", .help = "categories in fewer than N training rows share one input [1]"},
    {"category-code", "HOW", .help = "one-hot: an input for each category; ordinal: one input, the "
                                     "category's number among the sorted ones; signed: as one-hot, "
                                     "but two categories are one input of 1 and -1",
     .names = category_code_names},
    {"scale-categories", "no|yes", "no", .help = "scale the inputs of categories as numbers are"},
    {"two-outputs", "no|yes", "no",
     .help = "a target of 0 and 1 has an output for each: --loss auto is cross-entropy, not bce"},
    {"encode", "HOW", .help = "what numbers become beside themselves; piecewise: their places in "
                              "bins of about as many rows or values each, so that a network tells "
                              "their ranges apart; fourier: cosines and sines of random "
                              "frequencies; auto: piecewise, but none where most numbers are "
                              "counts of one range, as pixels are", .names = encode_names},
    {"bins", "N", .help = "of each number, at most, for --encode piecewise [16, from 8192 rows "
                           "32, from 16384 rows 64]"},
    {"bin-edges", "HOW", .help = "where bins end; quantile: about as many rows or values in each; "
                                 "tree: where a small decision tree of that number splits, which "
                                 "tells targets apart", .names = bin_edges_names},
    {"frequencies", "K", .help = "of each number, for --encode fourier and --embed (plr: 32)"},
    {"frequency-scale", "X", .help = "their standard deviation, for numbers as they are scaled; "
                                     "in the beginning of --embed (pbld: 0.1)"},
    /* Recipe */
    {"recipe", "plain|table|best|realmlp",
     .help = "a set of options, of which those that are given stay: table, of what serves most "
             "tables, is used where --target is given and nothing of how to learn; best tries "
             "changes to it, for ten minutes or --max-time by their operations, and keeps an "
             "average of those that are best together; realmlp is RealMLP-TD-S (Holzmueller et al. "
             "2024); plain is none"},
    {"trials", "N", .help = "how many trials --recipe best makes, at most, the recipe table "
                            "itself among them [20]"},
    /* Network */
    {"hidden", "N,N,...", "128,64",
     .help = "units of the hidden layers; none for a linear model"},
    {"activation", "NAME,...", "relu", "for all hidden layers, or one for each, or one more for "
                                       "the output layer (mse, mae, huber, quantile, log-cosh)",
     .names = activation_names},
    {"layer-norm", .help = "each layer but the first takes its input normalised over a row's "
                           "units"},
    {"residual", .help = "a hidden layer behind one of the same width adds that one's output to "
                         "its own"},
    {"input-factor", "no|yes", "no",
     .help = "multiply each input with a factor that is trained, too, and begins as 1; "
             "--lr-factors then has one number more, the last, for these"},
    {"embed", "HOW", .help = "what a network makes of each number before its first layer, and "
                             "trains as that: plr: a layer of relu of cosines and sines; pbld: a "
                             "linear layer of cosines, and the number. Instead of --encode; "
                             "--lr-factors then has one number more, behind those of layers",
     .names = embed_names},
    {"embed-size", "N", .help = "units of that layer, for each number [16 for plr, 3 for pbld]"},
    {"loss", "NAME", .help = "auto is cross-entropy for classes, bce for classes 0 and 1, "
                             "otherwise mse",
     .names = loss_names},
    {"huber-delta", "X", .help = "where huber turns from quadratic to linear"},
    {"quantile", "Q", .help = "what the loss quantile predicts: 0.9 lies above 9 of 10 targets"},
    {"focal-gamma", "X", .help = "how much less focal cares for what is right already"},
    {"label-smoothing", "F", .help = "cross-entropy spreads this part of each target over all "
                                     "classes"},
    {"init", "NAME|FILE", .help = "initial weights, or a .safetensors file with layers that fit, "
                             "from nudge or PyTorch",
     .names = init_names},
    {"dropout", "F,...", "0", .help = "part of the hidden units' outputs that each training step "
                                      "leaves out; for all hidden layers, or one for each"},
    {"dtype", "NAME", .help = "numbers of the network", .names = dtype_names},
    /* Training */
    {"optimizer", "NAME", .help = "how weights are updated", .names = optimizer_names},
    {"lr", "X", .help = "learning rate"},
    {"momentum", "X", .help = "of sgd and rmsprop"},
    {"nesterov", .help = "Nesterov momentum, with sgd"},
    {"weight-decay", "X", .help = "L2 penalty; decoupled in adamw and lion"},
    {"l1", "X", "0", .help = "L1 penalty, of biases too, as --weight-decay"},
    {"beta1", "X", .help = "of adam, adamw, radam and lion"},
    {"beta2", "X", .help = "of adam, adamw, radam and lion"},
    {"alpha", "X", .help = "smoothing constant of rmsprop"},
    {"eps", "X", .help = "of adam, adamw, rmsprop, adagrad and radam"},
    {"schedule", "NAME", .help = "how the learning rate changes", .names = schedule_names},
    {"decay-schedule", "NAME", .help = "how the weight decay of adamw and lion changes, beside the "
                                       "learning rate: a schedule without parameters",
     .names = schedule_names},
    {"warmup", "EPOCHS", .help = "the learning rate first rises from 0 for so long, with any "
                                 "schedule"},
    {"lr-factors", "F,F,...", .help = "for each layer, the last included, a factor on its learning "
                                      "rate; 0 leaves a layer as --init gave it"},
    {"bias-lr-factor", "F", .help = "a further factor on the learning rate of all layers' "
                                      "biases"},
    {"ntk", "no|yes", "no",
     .help = "learn weights times the square root of their layer's inputs, the neural tangent "
             "parametrisation; --init ntk goes with it"},
    {"lr-step", "EPOCHS", .help = "step multiplies by --lr-gamma every so often"},
    {"lr-gamma", "X", .help = "step, exponential (needed, for every epoch), plateau: the factor "
                              "[0.1]"},
    {"lr-min", "X", .help = "cosine, plateau: the lowest learning rate"},
    {"lr-power", "X", .help = "invscaling: update u has the learning rate lr / u^X"},
    {"lr-rise", "F", .help = "one-cycle rises to --lr for this part of the training"},
    {"lr-div", "X", .help = "one-cycle begins with --lr / X", .hidden = 1},
    {"lr-final-div", "X", .help = "one-cycle ends with its first learning rate / X",
     .hidden = 1},
    {"lr-patience", "EPOCHS", .help = "plateau bears so many epochs without progress of the "
                                      "validation loss (or training loss)"},
    {"lr-threshold", "F", .help = "plateau: what part the loss must fall by to be progress",
     .hidden = 1},
    {"batch", "N", .help = "samples per gradient; all rows with rprop and lbfgs"},
    {"drop-last", "no|yes", "no",
     .help = "leave rows that do not fill the last batch out of an epoch"},
    {"accumulate", "N", .help = "batches whose gradients make one update"},
    {"clip-norm", "X", .help = "scale an update's gradient down to this norm"},
    {"clip-value", "X", .help = "hold elements of an update's gradient within +-X, before its "
                                "norm"},
    {"max-norm", "X", .help = "hold the norm of the weights into each unit at X or less"},
    {"shuffle", "no|yes", .help = "a new order of samples in every epoch"},
    {"seed", "N", .help = "of synthetic data, splits, initial weights and order"},
    {"epochs", "N", .help = "passes over the training data"},
    {"early-stop", "N", .help = "end after N epochs in which validation did not get better; the "
                                "model has the weights of the best epoch. Without --val, "
                                "--val-folds or a recipe that holds rows out, --val-split is then "
                                "0.1"},
    {"stop-metric", "NAME", .help = "what --early-stop goes by", .names = metric_names},
    {"stop-change", "X", .help = "what --early-stop takes for better must be by more than X [0]"},
    {"max-time", "SECONDS", .help = "end after so long, in the midst of an epoch if need be"},
    {"average", "X", .help = "validate and save an average of the weights that keeps X of itself "
                             "in every update, such as 0.999"},
    {"members", "N", .help = "train N networks that differ in their seed, several at once, and "
                             "keep them in one model, which predicts their average: better, for N "
                             "times the work"},
    /* After training */
    {"calibrate", .help = "of classes: divide the last layer by the temperature that makes the "
                          "validation rows' log loss least, so that probabilities are as sure as "
                          "they should be"},
    {"interval", "F", .help = "of numbers: learn of the validation rows intervals that hold this "
                              "part of the targets, such as 0.9; 'nudge predict' writes them"},
    {"refit", .help = "of --val-folds with --early-stop: train each network once more, on all rows "
                      "for its best number of epochs"},
    /* Running */
    {"threads", "N", .help = "default: the cores this process may use; results do not depend on "
                             "it"},
    {"pin", "no|yes", "no", .help = "keep each thread on a CPU of its own: whole cores before "
                                    "their second hardware threads, neighbours first"},
    {"oversubscribe", .help = "use as many threads as --threads says even if there are fewer "
                              "cores: slower, with the same weights", .hidden = 1},
    /* Output */
    {"out", "FILE", .help = "write the model there (safetensors)", .letter = 'o'},
    {"log", "FILE", .help = "write one JSON object per epoch there; a table if it ends in .csv, "
                            "events for TensorBoard if its name contains tfevents"},
    {"checkpoint", "FILE", .help = "write all that a training needs to go on there, now and then "
                                   "and when it ends; a model too. The one before is "
                                   "FILE.previous; of --recipe best they are FILE.1, ..."},
    {"checkpoint-every", "N|Ns", "60s", .help = "epochs or seconds between checkpoints"},
    {"resume", "FILE", .help = "go on from that checkpoint, with the options of its run where none "
                               "are given here, and write checkpoints there"},
    {"config", "FILE", .help = "JSON file with more options: {\"hidden\": [64, 64], \"lr\": 0.01}"},
    {"save-config", "FILE", .help = "write the options of this run there, for --config"},
    {"json", .help = "results as one JSON object"},
    {"quiet", .help = "only results and errors", .letter = 'q'},
    {"explain", .help = "show how the engine arranges the work, and why"},
    /* Of every command */
    {"help", .help = "show this help", .letter = 'h'},
    {"help-all", .help = "show this help and options for experts"},
    {"version", .help = "show the version", .letter = 'V'},
    {0},
};

/* ---- Names from elsewhere -------------------------------------------------------------- */

const char *option_known_elsewhere(const char *name)
{
    /* scikit-learn, Keras, PyTorch and the programs that people write with them. */
    static const char *const known[][2] = {
        {"learning-rate", "lr"}, {"learning-rate-init", "lr"}, {"batch-size", "batch"},
        {"clipnorm", "clip-norm"}, {"clipvalue", "clip-value"}, {"max-grad-norm", "clip-norm"},
        {"gradient-accumulation-steps", "accumulate"},
        {"hidden-layer-sizes", "hidden"}, {"hidden-size", "hidden"}, {"units", "hidden"},
        {"hidden-layers", "hidden"}, {"layers", "hidden"}, {"max-iter", "epochs"},
        {"early-stopping", "early-stop"}, {"n-iter-no-change", "early-stop"},
        {"patience", "early-stop"}, {"min-delta", "stop-change"},
        {"tol", "stop-change"}, {"ema", "average"}, {"ema-momentum", "average"},
        {"max-seconds", "max-time"}, {"ensemble", "members"}, {"n-ens", "members"},
        {"n-epochs", "epochs"}, {"num-epochs", "epochs"}, {"random-state", "seed"},
        {"random-seed", "seed"}, {"validation-split", "val-split"},
        {"validation-fraction", "val-split"}, {"validation-data", "val"},
        {"test-size", "test-split"}, {"solver", "optimizer"}, {"optim", "optimizer"},
        {"criterion", "loss"}, {"l2", "weight-decay"}, {"epsilon", "eps"}, {"rho", "alpha"},
        {"kernel-initializer", "init"}, {"precision", "dtype"}, {"n-jobs", "threads"},
        {"jobs", "threads"}, {"workers", "threads"}, {"input", "data"}, {"output", "out"},
        {"save", "out"}, {"cv", "folds"}, {"n-splits", "folds"},
        {"cross-validation", "folds"}, {"kfold", "folds"},
        {"sep", "delimiter"}, {"separator", "delimiter"}, {"delim", "delimiter"},
        {"skiprows", "skip-rows"}, {"skip-lines", "skip-rows"}, {"skip", "skip-rows"},
        {"usecols", "features"}, {"columns", "features"}, {"drop", "ignore"},
        {"na-values", "missing"},
        {"categorical", "category"}, {"numeric", "number"},
        {"sample-weight", "weight"}, {"weights", "weight"}, {"class-weights", "class-weight"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(name, known[i][0]) == 0)
            return known[i][1];
    return NULL;
}
