#include "support/train_setup.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "support/data_options.h"
#include "support/learning_options.h"
#include "support/machine.h"
#include "support/say.h"
#include "whole.h"

/* With no --data: data that every build can make, whose noise floor is known. */
#define BUILT_IN_DATA "synth:teacher,rows=400000,features=16,hidden=32"

/* Of that, and where early stopping needs one. */
#define VAL_SPLIT 0.1

/* Of a layer: BLAS counts in int. */
enum { MOST_UNITS = 2147483647 };

/* Networks of a model; what is said of each is one line. */
enum { MOST_MEMBERS = 1000 };

/* ---- Data --------------------------------------------------------------------------- */

static void read_data(train_setup *s, arguments *args)
{
    nudge_data_options *d = &s->data;
    *d = nudge_data_defaults();
    int built_in = !given(args, "data");
    if (built_in)
        refuse_all(args, "target labels task weight " COLUMN_OPTIONS " " READ_OPTIONS,
                   "it needs --data");
    d->data = built_in ? BUILT_IN_DATA : text_of(args, "data");
    d->val = text_of(args, "val");
    d->val_labels = text_of(args, "val-labels");
    if (d->val == NULL)
        refuse_given(args, "val-labels", "it needs --val");
    else
        refuse_given(args, "val-split", "it cannot be used together with --val");
    d->val_split = real_of(args, "val-split", FROM_0_BELOW_1);
    if (!given(args, "val-split") && d->val == NULL && !given(args, "val-folds") &&
        (built_in || (given(args, "early-stop") && !recipe_holds_out(args))))
        d->val_split = VAL_SPLIT;
    d->split_order = (nudge_split_order)choice_of(args, "split");
    d->stratify = given(args, "stratify");
    d->class_weight = text_of(args, "class-weight");
    read_data_options(&d->read, args);
    d->read.dtype = s->dtype;
    d->read.seed = d->seed = s->train.seed;
    d->read.threads = s->train.threads;
    d->prep.scale = (nudge_scale)choice_of(args, "scale");
    d->prep.target_scale = (nudge_scale)choice_of(args, "target-scale");
    d->prep.target_transform = (nudge_transform)choice_of(args, "target-transform");
    d->prep.fill = (nudge_fill)choice_of(args, "fill");
    d->prep.fill_indicator = given(args, "fill-indicator");
    if (given(args, "min-count"))
        d->prep.min_count = (size_t)whole_of(args, "min-count", 1, UINT32_MAX);
    d->prep.category_code = (nudge_category_code)choice_of(args, "category-code");
    d->prep.scale_categories = choice_of(args, "scale-categories");
    d->prep.two_outputs = choice_of(args, "two-outputs");
    d->prep.encode = (nudge_encode)choice_of(args, "encode");
    d->prep.seed = s->train.seed;
    if (d->prep.encode != NUDGE_ENCODE_PIECEWISE && d->prep.encode != NUDGE_ENCODE_AUTO)
        refuse_all(args, "bins bin-edges", "it needs --encode piecewise");
    d->prep.bin_edges = (nudge_bin_edges)choice_of(args, "bin-edges");
    if (given(args, "bins"))
        d->prep.bins = (size_t)whole_of(args, "bins", 2, 1024);
    if (d->prep.encode != NUDGE_ENCODE_FOURIER && s->embed.embed == NUDGE_EMBED_NONE)
        refuse_all(args, "frequencies frequency-scale", "it needs --encode fourier or --embed");
    if (given(args, "frequencies"))
        d->prep.frequencies = (size_t)whole_of(args, "frequencies", 1, 512);
    if (given(args, "frequency-scale"))
        d->prep.frequency_scale = real_of(args, "frequency-scale", ABOVE_0);
    d->prep.loss = (nudge_loss)choice_of(args, "loss");
    d->prep.task = (nudge_task)choice_of(args, "task");
    if (d->prep.loss != NUDGE_LOSS_AUTO && d->prep.two_outputs)
        refuse_given(args, "two-outputs", "it is for --loss auto");
}

static void read_test(nudge_data_options *d, arguments *args)
{
    d->test = text_of(args, "test");
    d->test_labels = text_of(args, "test-labels");
    if (d->test == NULL)
        refuse_given(args, "test-labels", "it needs --test");
    else
        refuse_given(args, "test-split", "it cannot be used together with --test");
    d->test_split = real_of(args, "test-split", FROM_0_BELOW_1);
    if (d->val_split + d->test_split >= 1)
        complain("--val-split %g and --test-split %g leave no rows to train on", d->val_split,
                 d->test_split);
}

/* Every row is held out once, and no network is kept. */
static void read_folds(train_setup *s, arguments *args)
{
    if (!given(args, "folds"))
        return;
    s->folds = (size_t)whole_of(args, "folds", 2, UINT32_MAX);
    if (!given(args, "val-split") && !given(args, "early-stop"))
        s->data.val_split = 0; /* of the built-in data */
    refuse_all(args, "val val-labels val-folds test test-labels test-split split",
               "--folds holds out every row once");
    if (given(args, "recipe") && choice_of(args, "recipe") != 0)
        refuse_given(args, "recipe", "--folds trains networks whose options are given");
    refuse_all(args, "out log checkpoint resume calibrate interval refit",
               "--folds trains several networks and keeps none");
}

/* ---- Network --------------------------------------------------------------------------- */

static void read_activations(train_setup *s, arguments *args)
{
    nudge_error err;
    if (s->hidden == 0 && !given(args, "activation"))
        return;
    char **part = need(nu_split(text_of(args, "activation"), ',', &s->activations));
    s->activation = need(calloc(s->activations, sizeof *s->activation));
    for (size_t i = 0; i < s->activations; i++)
        if (nudge_activation_parse(&s->activation[i], part[i], &err) != NUDGE_OK)
            complain("--activation: %s", err.text);
    free(part);
    size_t n = s->activations;
    if (n != 1 && n != s->hidden && n != s->hidden + 1)
        complain("--activation: %zu names for %zu hidden layer%s; give 1, %zu or %zu (the "
                 "last for the output layer)", n, s->hidden, s->hidden == 1 ? "" : "s", s->hidden,
                 s->hidden + 1);
}

static void read_dropout(train_setup *s, arguments *args)
{
    const char *wrong = "a part from 0 up and below 1, or one for each hidden layer";
    size_t n;
    if (!given(args, "dropout"))
        return;
    if (s->hidden == 0)
        refuse_given(args, "dropout", "there is no hidden layer");
    double *part = reals_of(args, "dropout", 1, wrong, &n);
    if (n != 1 && n != s->hidden)
        complain("--dropout: %zu parts for %zu hidden layer%s; give 1 or %zu", n, s->hidden,
                 s->hidden == 1 ? "" : "s", s->hidden);
    s->dropout = need(calloc(s->hidden, sizeof *s->dropout));
    for (size_t i = 0; i < s->hidden; i++)
        s->dropout[i] = part[n == 1 ? 0 : i];
    free(part);
    s->train.dropout = s->dropout;
}

/* A file if it has the ending of one or exists, otherwise the name of a scheme. */
static void read_init(train_setup *s, arguments *args)
{
    const char *text = text_of(args, "init");
    struct stat file;
    if (nudge_init_parse(&s->init, text, NULL) == NUDGE_OK)
        return;
    s->init = nudge_model_defaults().init;
    s->init_file = text;
    if (text_of(args, "resume") != NULL)
        return; /* the checkpoint has the weights that came of it */
    s->taken = need(calloc(1, sizeof *s->taken));
    if (ends_with(text, ".safetensors") || stat(text, &file) == 0)
        return;
    char names[CHOICES_TEXT], what[CHOICES_TEXT + 40];
    snprintf(what, sizeof what, "%s or a .safetensors file",
             choices_text(option_of(args, "init"), names));
    refuse(args, "init", what);
}

uint64_t member_seed(const train_setup *s, size_t k)
{
    return s->train.seed + (uint64_t)k * 1000000;
}

static nudge_status add_member(nudge_model *model, const train_setup *s, nudge_model_options o,
                               size_t k, const nudge_prep *prep, nudge_error *err)
{
    nudge_model *member = NULL;
    o.seed = member_seed(s, k);
    nudge_status status = nudge_model_create(&member, &o, prep, err);
    if (status == NUDGE_OK)
        status = nudge_model_add_members(model, member, err);
    nudge_model_free(member);
    return status;
}

nudge_status train_setup_network(nudge_model **model, const train_setup *s, size_t features,
                                 size_t outputs, nudge_loss loss, const nudge_prep *prep,
                                 nudge_error *err)
{
    size_t layers = s->hidden + 1;
    size_t *widths = need(calloc(layers + 1, sizeof *widths));
    nudge_activation *activations = need(calloc(layers, sizeof *activations));
    widths[0] = features;
    for (size_t i = 0; i < s->hidden; i++) {
        widths[i + 1] = s->units[i];
        activations[i] = s->activation[s->activations == 1 ? 0 : i];
    }
    widths[layers] = outputs;
    activations[layers - 1] = s->activations == layers ? s->activation[layers - 1]
                                                       : NUDGE_IDENTITY;
    nudge_model_options o = {.size = sizeof o, .dtype = s->dtype, .layers = layers,
                             .widths = widths, .activations = activations,
                             .layer_norm = s->layer_norm, .residual = s->residual,
                             .input_factor = s->input_factor,
                             .embed = s->embed.embed, .embed_size = s->embed.embed_size,
                             .embed_frequencies = s->embed.embed_frequencies,
                             .embed_scale = s->embed.embed_scale,
                             .loss = loss, .init = s->init,
                             .loss_parameter = s->loss_parameter, .seed = s->train.seed};
    nudge_status status = nudge_model_create(model, &o, prep, err);
    for (size_t k = 1; k < s->members && status == NUDGE_OK; k++)
        status = add_member(*model, s, o, k, prep, err);
    if (status == NUDGE_OK && s->taken != NULL)
        status = nudge_model_load_weights(*model, s->init_file, s->taken, err);
    free(widths);
    free(activations);
    return status;
}

nudge_status train_setup_model(nudge_model **model, const train_setup *s, const nudge_prep *prep,
                               nudge_error *err)
{
    nudge_prep_info info = nudge_prep_describe(prep);
    if (s->data.prep.loss == NUDGE_LOSS_AUTO && !isnan(s->loss_parameter) &&
        info.loss != NUDGE_CROSS_ENTROPY)
        complain("--label-smoothing: it needs --loss cross-entropy; for this target auto is %s",
                 nudge_loss_name(info.loss));
    return train_setup_network(model, s, info.features, info.outputs, info.loss, prep, err);
}

/* ---- Output ---------------------------------------------------------------------------- */

/* Options that name files which are read. */
#define INPUTS "data labels weight val val-labels test test-labels config"

/* "5": epochs, "60s": seconds. */
static void read_every(train_setup *s, arguments *args)
{
    const char *text = text_of(args, "checkpoint-every");
    char *end;
    uint64_t epochs = 0;
    s->every_seconds = strtod(text, &end);
    int is_time = strcmp(end, "s") == 0 && s->every_seconds > 0 && isfinite(s->every_seconds) &&
                  strspn(text, "0123456789.") == (size_t)(end - text);
    if (!is_time && !nu_parse_whole(text, 1, UINT32_MAX, &epochs))
        refuse(args, "checkpoint-every", "a number of epochs from 1, or of seconds such as 60s");
    s->every_epochs = (size_t)epochs;
}

/* A run that is resumed goes on writing where it came from. */
static void read_checkpoint(train_setup *s, arguments *args)
{
    const char *path = text_of(args, "checkpoint"), *previous = ".previous";
    s->resume = text_of(args, "resume");
    if (path == NULL)
        path = s->resume;
    if (path == NULL) {
        refuse_given(args, "checkpoint-every", "it needs --checkpoint");
        return;
    }
    size_t length = strlen(path);
    if (!given(args, "checkpoint") && ends_with(path, previous))
        length -= strlen(previous);
    s->checkpoint = need(strndup(path, length));
    if (is_standard(s->checkpoint))
        refuse(args, given(args, "checkpoint") ? "checkpoint" : "resume", "a file");
    read_every(s, args);
    check_output(args, "checkpoint", INPUTS " init out log");
    struct stat st; /* what is there then keeps a name, too */
    char *kept = text_as("%s%s", s->checkpoint, previous);
    if (lstat(kept, &st) == 0 && S_ISDIR(st.st_mode))
        complain("--%s: cannot replace '%s': %s",
                 given(args, "checkpoint") ? "checkpoint" : "resume", kept, strerror(EISDIR));
    free(kept);
}

static void read_output(train_setup *s, arguments *args)
{
    s->out = text_of(args, "out");
    s->log = text_of(args, "log");
    s->json = given(args, "json");
    if (s->out != NULL && is_standard(s->out))
        refuse(args, "out", "a file: standard output has the results");
    if (s->json && s->log != NULL && is_standard(s->log))
        refuse_given(args, "log", "with --json standard output has the results");
    s->quiet = given(args, "quiet");
    s->explain = given(args, "explain");
    check_output(args, "out", INPUTS " resume log");
    read_checkpoint(s, args);
    check_output(args, "save-config", INPUTS " init resume out log checkpoint");
    check_output(args, "log", INPUTS " init resume");
}

static void read_lr_factors(train_setup *s, arguments *args)
{
    size_t n;
    if (!given(args, "lr-factors"))
        return;
    s->train.lr_factors = s->lr_factors = reals_of(args, "lr-factors", INFINITY,
                                                     "numbers from 0 up, separated by commas", &n);
    s->n_lr_factors = n;
    int embeds = s->embed.embed != NUDGE_EMBED_NONE;
    if (n != s->hidden + 1 + (size_t)embeds + (size_t)s->input_factor)
        complain("--lr-factors: %zu number%s for %zu layer%s%s%s", n, n == 1 ? "" : "s",
                 s->hidden + 1, s->hidden == 0 ? "" : "s, the last included",
                 embeds ? ", and one for the embedding" : "",
                 s->input_factor ? ", and one for the factors of inputs" : "");
}

void train_setup_shared(train_setup *s, arguments *args, int threads)
{
    *s = (train_setup){.train = nudge_train_defaults(), .members = 1};
    s->train.threads = threads;
    s->dtype = (nudge_dtype)choice_of(args, "dtype");
    s->train.batch = (size_t)whole_of(args, "batch", 1, UINT32_MAX);
    s->train.accumulate = (size_t)whole_of(args, "accumulate", 1, UINT32_MAX);
    read_real(args, "clip-norm", ABOVE_0, &s->train.clip_norm);
    read_real(args, "max-norm", ABOVE_0, &s->train.max_norm);
    read_real(args, "clip-value", ABOVE_0, &s->train.clip_value);
    s->train.seed = whole_of(args, "seed", 0, UINT64_MAX);
    s->train.shuffle = choice_of(args, "shuffle");
    read_optimizer_options(&s->train.optimizer, args);
    if (nudge_optimizer_takes_all_rows(s->train.optimizer.kind) && !given(args, "batch"))
        s->train.batch = UINT32_MAX;
    read_embed_options(&s->embed, args);
    read_data(s, args);
    if (strcmp(text_of(args, "hidden"), "none") != 0)
        s->units = wholes_of(args, "hidden", MOST_UNITS, "'none' or ", &s->hidden);
    read_activations(s, args);
    s->layer_norm = given(args, "layer-norm");
    s->residual = given(args, "residual");
    s->input_factor = choice_of(args, "input-factor");
    if (s->input_factor && (given(args, "clip-norm") || given(args, "clip-value")))
        refuse_given(args, "input-factor", "it cannot be used together with --clip-norm and "
                     "--clip-value");
    read_init(s, args);
    read_dropout(s, args);
    s->loss_parameter = read_loss_parameter(args, s->data.prep.loss);
}

void train_setup_start(train_setup *s, arguments *args, int threads)
{
    train_setup_shared(s, args, threads);
    read_test(&s->data, args);
    read_folds(s, args);
    s->train.epochs = (size_t)whole_of(args, "epochs", 1, UINT32_MAX);
    s->train.drop_last = choice_of(args, "drop-last");
    read_stop_options(&s->train, args);
    read_schedule_options(&s->train.schedule, args, s->train.optimizer.lr);
    s->train.decay_schedule = (nudge_schedule_kind)choice_of(args, "decay-schedule");
    read_lr_factors(s, args);
    read_real(args, "bias-lr-factor", FROM_0, &s->train.bias_lr_factor);
    s->train.ntk = choice_of(args, "ntk");
    s->train.oversubscribe = given(args, "oversubscribe");
    if (given(args, "members"))
        s->members = (size_t)whole_of(args, "members", 1, MOST_MEMBERS);
    if (s->members > 1 && choice_of(args, "pin"))
        refuse_given(args, "pin", "members trained at the same time are not bound to CPUs");
    if (given(args, "val-folds")) {
        refuse_given(args, "val", "--val-folds holds other rows out for each network");
        refuse_given(args, "val-split", "--val-folds holds other rows out for each network");
        s->val_folds = (size_t)whole_of(args, "val-folds", s->members > 2 ? s->members : 2,
                                        MOST_MEMBERS);
    }
    int most = nudge_threads(threads, NULL);
    s->train.cpus = s->cpus = pin_option(args, threads > most ? threads : most);
    s->calibrate = given(args, "calibrate");
    if (given(args, "interval"))
        s->interval = real_in(args, "interval", 0, 1, 1, 1, "a number above 0 and below 1");
    s->refit = given(args, "refit");
    if (s->refit)
        refuse_all(args, "checkpoint resume calibrate interval",
                   "--refit begins anew when training has ended, and holds no rows out");
    read_output(s, args);
}

void train_setup_fit(train_setup *s, arguments *args, const recipe_data *data, int threads)
{
    if (!recipe_fit(args, data, s->units, s->hidden, s->quiet))
        return;
    train_setup_end(s);
    train_setup_start(s, args, threads);
}

void train_setup_end(train_setup *s)
{
    free(s->units);
    free(s->activation);
    free(s->cpus);
    free(s->dropout);
    free(s->lr_factors);
    free(s->checkpoint);
    free(s->taken);
}
