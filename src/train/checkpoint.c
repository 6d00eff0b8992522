/* Checkpoints: a model file with the trainer's state in it. Beside the model's texts its metadata
 * hold
 *   trainer   a JSON text: `settings`, what must be the same where training goes on; `position`;
 *             `epochs`, the records of those that are done
 *   note      the caller's text
 *   checksum  two XXH64: of the texts, and of all tensors' bytes
 * and its tensors, beside the model's weights, those under training where these are others, the
 * optimizer's state or pairs, averages, the best weights, and in the midst of an epoch those that
 * were good at its beginning. Nothing in a file is trusted. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#define XXH_STATIC_LINKING_ONLY /* for a state on the stack */
#include <xxhash.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/status.h"
#include "model/model_file.h"
#include "model/network_text.h"
#include "table/dataset.h"
#include "train/checkpoint_json.h"
#include "train/trainer_run.h"

/* ---- Texts --------------------------------------------------------------------------------- */

/* The texts of a file in the order of their checksum. */
static const char *const texts[] = {"network", "trainer", "note"};
enum { TEXTS = 3, CHECKSUM = 34 };

static uint64_t texts_hash(const char *const text[TEXTS])
{
    XXH64_state_t state;
    XXH64_reset(&state, 0);
    for (size_t i = 0; i < TEXTS; i++)
        if (text[i] != NULL)
            XXH64_update(&state, text[i], strlen(text[i]) + 1);
    return XXH64_digest(&state);
}

static void checksum_text(char text[CHECKSUM], uint64_t of_texts, uint64_t of_tensors)
{
    snprintf(text, CHECKSUM, "%016" PRIx64 " %016" PRIx64, of_texts, of_tensors);
}

/* ---- Blocks -------------------------------------------------------------------------------- */

enum { BLOCKS = 7, MOST_BLOCKS = BLOCKS + 2 * NU_LBFGS_PAIRS };

/* The pairs of L-BFGS, the oldest first: their s, then their y. */
#define PAIR(i) {NU_STATE_PREFIX "s" i ".", NU_STATE_PREFIX "y" i "."}
static const char *const pair_prefixes[NU_LBFGS_PAIRS][2] = {
    PAIR("0"), PAIR("1"), PAIR("2"), PAIR("3"), PAIR("4"),
    PAIR("5"), PAIR("6"), PAIR("7"), PAIR("8"), PAIR("9"),
};

/* What the tensors of a trainer at this position are of, the model's weights first. Returns how
 * many blocks. */
static size_t blocks_of(const nudge_trainer *t, const nu_position *at, nu_block block[MOST_BLOCKS])
{
    const struct {
        const char *prefix;
        void *block; /* NULL: there is none */
    } all[BLOCKS] = {
        {"", t->run.model->params},
        {NU_STATE_PREFIX "weights.", t->own},
        {NU_STATE_PREFIX "state1.", t->run.numeric->engine_state(t->engine, 0)},
        {NU_STATE_PREFIX "state2.", t->run.numeric->engine_state(t->engine, 1)},
        {NU_STATE_PREFIX "average.", t->run.numeric->engine_state(t->engine, 2)},
        {NU_STATE_PREFIX "best.", at->best.epoch > 0 ? t->best : NULL},
        {NU_STATE_PREFIX "good.", at->batch > 0 ? t->snapshot : NULL},
    };
    size_t n = 0;
    for (size_t i = 0; i < BLOCKS; i++)
        if (all[i].block != NULL)
            block[n++] = (nu_block){all[i].prefix, all[i].block};
    for (size_t i = 0; i < 2 * at->lbfgs.pairs; i++)
        block[n++] = (nu_block){pair_prefixes[i / 2][i % 2],
                                nu_lbfgs_vector(t->lbfgs, nu_lbfgs_slot(&at->lbfgs, i / 2),
                                                (int)(i % 2))};
    return n;
}

/* ---- Saving -------------------------------------------------------------------------------- */

static nudge_status write_checkpoint(const nudge_trainer *t, FILE *stream, const char *note,
                                     nudge_error *err)
{
    nu_block block[MOST_BLOCKS];
    size_t n = blocks_of(t, &t->at, block);
    XXH64_state_t state;
    XXH64_reset(&state, 0);
    for (size_t i = 0; i < n; i++)
        nu_model_hash_block(t->run.model, block[i].at, &state);
    char *network NU_FREED = nu_network_text(t->run.model);
    char *trainer NU_FREED = nu_checkpoint_text(t);
    json_auto_t *metadata = json_object();
    char checksum[CHECKSUM];
    NU_NEED(network != NULL && trainer != NULL, 1024, "a checkpoint", err);
    checksum_text(checksum, texts_hash((const char *const[]){network, trainer, note}),
                  XXH64_digest(&state));
    int failed = json_object_set_new(metadata, "trainer", json_string(trainer)) != 0 ||
                 json_object_set_new(metadata, "checksum", json_string(checksum)) != 0 ||
                 (note != NULL && json_object_set_new(metadata, "note", json_string(note)) != 0);
    NU_NEED(!failed, strlen(trainer), "a checkpoint", err);
    return nu_model_write(stream, t->run.model, block, n, metadata, err);
}

nudge_status nudge_trainer_save(const nudge_trainer *t, const char *path, const char *note,
                                nudge_error *err)
{
    nu_output out NU_SCOPED(nu_atomic_abandon) = {0};
    NU_TRY(nu_output_open(&out, path, err));
    NU_TRY(write_checkpoint(t, out.stream, note, err));
    out.keeps_previous = 1;
    return nu_output_commit(&out, err);
}

/* ---- Loading ------------------------------------------------------------------------------- */

/* The file is a checkpoint and its texts are whole; *of_tensors is what it says of the others. */
static nudge_status check_texts(const nu_st_file *file, const char *text[TEXTS],
                                char checksum[CHECKSUM], nudge_error *err)
{
    const char *written = nu_st_metadata(file, "checksum");
    NU_TRY(nu_model_network(&text[0], file, err));
    for (size_t i = 1; i < TEXTS; i++)
        text[i] = nu_st_metadata(file, texts[i]);
    if (text[1] == NULL || written == NULL || strlen(written) != CHECKSUM - 1)
        return nu_fail(err, NUDGE_EDATA, "is no checkpoint, but a model: __metadata__ lacks "
                       "'trainer' or 'checksum'");
    checksum_text(checksum, texts_hash(text), 0);
    if (strncmp(checksum, written, 17) != 0)
        return nu_fail(err, NUDGE_EDATA, "is damaged: its texts have another checksum than it "
                       "says");
    memcpy(checksum, written, CHECKSUM);
    return NUDGE_OK;
}

/* Everything of a checkpoint, until all of it is known to be good. */
typedef struct loaded {
    nu_checkpoint_state state;
    void *block[MOST_BLOCKS];
} loaded;

static void loaded_end(loaded *l)
{
    for (size_t i = 0; i < MOST_BLOCKS; i++)
        free(l->block[i]);
    free(l->state.epochs);
}

static nudge_status read_blocks(loaded *l, const nudge_trainer *t, const nu_st_file *file,
                                const char *checksum, nudge_error *err)
{
    nu_block block[MOST_BLOCKS];
    char found[CHECKSUM];
    size_t n = blocks_of(t, &l->state.at, block);
    if (file->n_tensors != n * 2 * t->run.model->net.layers)
        return nu_fail(err, NUDGE_EDATA, "has %zu tensors; it should have %zu", file->n_tensors,
                       n * 2 * t->run.model->net.layers);
    XXH64_state_t state;
    XXH64_reset(&state, 0);
    for (size_t i = 0; i < n; i++) {
        NU_TRY(nu_model_params(&l->block[i], &t->run.model->net, t->run.model->dtype, err));
        block[i].at = l->block[i];
        NU_TRY(nu_model_read(file, t->run.model, &block[i], &state, err));
    }
    checksum_text(found, 0, XXH64_digest(&state));
    if (strcmp(found + 17, checksum + 17) != 0)
        return nu_fail(err, NUDGE_EDATA, "is damaged: its tensors have another checksum than it "
                       "says");
    return NUDGE_OK;
}

/* Cannot fail: the trainer is changed whole or not at all. */
static void take(nudge_trainer *t, loaded *l)
{
    nu_block block[MOST_BLOCKS];
    size_t bytes = t->plan.weights;
    t->at = l->state.at;
    size_t n = blocks_of(t, &t->at, block);
    for (size_t i = 0; i < n; i++)
        memcpy(block[i].at, l->block[i], bytes);
    if (t->at.batch == 0)
        memcpy(t->snapshot, t->run.job.params, bytes);
    t->run.numeric->engine_refresh(t->engine, 0, 1);
    if (t->lbfgs != NULL)
        nu_lbfgs_forget(t->lbfgs);
    t->timed_out = 0;
    t->result = (nudge_train_result){.epochs = t->at.epoch,
                                     .best_epoch = t->at.best.epoch,
                                     .best_value = nu_trainer_best(t)};
    if (l->state.n_epochs > 0)
        t->result.last = l->state.epochs[l->state.n_epochs - 1];
    nu_trainer_publish(t);
    t->diverged_batch = 0;
    t->samples = 0;
    if (t->options.keep_history) {
        free(t->history);
        t->history = NU_TAKE(l->state.epochs);
        t->history_room = t->at.epoch;
    }
}

static nudge_status load(void *trainer, const nu_st_file *file, nudge_error *err)
{
    nudge_trainer *t = trainer;
    loaded l NU_SCOPED(loaded_end) = {0};
    const char *text[TEXTS];
    char checksum[CHECKSUM];
    NU_TRY(check_texts(file, text, checksum, err));
    char *network NU_FREED = nu_network_text(t->run.model);
    NU_NEED(network != NULL, 1024, "a checkpoint", err);
    NU_TRY(nu_checkpoint_compare("network", text[0], network, err));
    NU_TRY(nu_checkpoint_parse(&l.state, t, text[1], err));
    NU_TRY(read_blocks(&l, t, file, checksum, err));
    take(t, &l);
    return NUDGE_OK;
}

nudge_status nudge_trainer_load(nudge_trainer *t, const char *path, nudge_error *err)
{
    return nu_st_use(path, load, t, err);
}

static nudge_status take_note(void *note, const nu_st_file *file, nudge_error *err)
{
    const char *text[TEXTS];
    char checksum[CHECKSUM], *copy = NULL;
    NU_TRY(check_texts(file, text, checksum, err));
    if (text[2] != NULL)
        NU_NEED((copy = strdup(text[2])) != NULL, strlen(text[2]), "a checkpoint's note", err);
    *(char **)note = copy;
    return NUDGE_OK;
}

nudge_status nudge_checkpoint_note(char **note, const char *path, nudge_error *err)
{
    return nu_st_use(path, take_note, note, err);
}
