/* Checkpoints: a model file with the trainer's state in it. Beside the model's texts its metadata
 * hold
 *   trainer   a JSON text: `settings`, what must be the same where training goes on; `position`;
 *             `epochs`, the records of those that are done. Of several trainers, a list of these
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
#include "json_dump.h"
#include "model/model_file.h"
#include "model/network_text.h"
#include "model/tensor.h"
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

/* The trainers of a file, which is that of their model. */
typedef struct trainers {
    nudge_trainer *const *all;
    size_t n;
} trainers;

/* Of a trainer, beside its weights: rooms, and the pairs of L-BFGS, the oldest first. */
enum { ROOMS = 6, MOST_BLOCKS = ROOMS + 2 * NU_LBFGS_PAIRS };

/* A block of trainer i's state: "trainer.average.", "trainer.members.1.average.". */
static nu_block state_block(const nudge_trainer *t, size_t i, const char *what, void *at)
{
    nu_block block = {.at = at, .net = &t->run.model->net};
    char member[NU_MEMBER_TEXT];
    snprintf(block.prefix, sizeof block.prefix, NU_STATE_PREFIX "%s%s.",
             nu_member_prefix(member, i), what);
    return block;
}

/* What the tensors of trainer i, if it is at this position, are of, without its weights. Returns
 * how many blocks. */
static size_t state_blocks(const nudge_trainer *t, size_t i, const nu_position *at,
                           nu_block block[MOST_BLOCKS])
{
    const struct {
        const char *what;
        void *block; /* NULL: there is none */
    } all[ROOMS] = {
        {"weights", t->own},
        {"state1", t->run.numeric->engine_state(t->engine, 0)},
        {"state2", t->run.numeric->engine_state(t->engine, 1)},
        {"average", t->run.numeric->engine_state(t->engine, 2)},
        {"best", at->best.epoch > 0 ? t->best : NULL},
        {"good", at->batch > 0 ? t->snapshot : NULL},
    };
    size_t n = 0;
    for (size_t k = 0; k < ROOMS; k++)
        if (all[k].block != NULL)
            block[n++] = state_block(t, i, all[k].what, all[k].block);
    for (size_t k = 0; k < 2 * at->lbfgs.pairs; k++) {
        const char what[] = {"sy"[k % 2], (char)('0' + k / 2), '\0'}; /* pairs are at most ten */
        block[n++] = state_block(t, i, what, nu_lbfgs_vector(t->lbfgs,
                                                             nu_lbfgs_slot(&at->lbfgs, k / 2),
                                                             (int)(k % 2)));
    }
    return n;
}

/* All blocks of a file. */
typedef struct block_list {
    nu_block *all; /* for free() */
    size_t n, tensors;
} block_list;

static void block_list_end(block_list *list)
{
    free(list->all);
}

/* at: where each trainer is; NULL: as they are now. */
static nudge_status list_blocks(block_list *list, trainers t, const nu_checkpoint_state *at,
                                nudge_error *err)
{
    const nudge_model *model = t.all[0]->run.whole;
    size_t members = nu_model_members(model);
    NU_NEW(list->all, calloc, members + t.n * MOST_BLOCKS, "a checkpoint", err);
    for (size_t k = 0; k < members; k++)
        list->all[list->n++] = nu_model_block(model, k);
    for (size_t i = 0; i < t.n; i++)
        list->n += state_blocks(t.all[i], i, at != NULL ? &at[i].at : &t.all[i]->at,
                                list->all + list->n);
    for (size_t b = 0; b < list->n; b++)
        list->tensors += nu_tensors(list->all[b].net);
    return NUDGE_OK;
}

static nudge_status check_trainers(trainers t, nudge_error *err)
{
    for (size_t i = 0; i < t.n; i++)
        if (t.all[i]->run.whole != t.all[0]->run.whole)
            return nu_fail(err, NUDGE_EARGUMENT, "trainer %zu: it has another model than the first",
                           i);
    return t.n > 0 ? NUDGE_OK : nu_fail(err, NUDGE_EARGUMENT, "no trainers");
}

/* ---- Saving -------------------------------------------------------------------------------- */

/* For free(); NULL without memory. */
static char *trainers_text(trainers t)
{
    json_auto_t *list = json_array();
    for (size_t i = 0; i < t.n; i++)
        if (json_array_append_new(list, nu_checkpoint_json(t.all[i])) != 0)
            return NULL;
    return nu_json_dump(t.n == 1 ? json_array_get(list, 0) : list, JSON_COMPACT);
}

static nudge_status write_checkpoint(trainers t, FILE *stream, const char *note, nudge_error *err)
{
    block_list list NU_SCOPED(block_list_end) = {0};
    const nudge_model *model = t.all[0]->run.whole;
    NU_TRY(list_blocks(&list, t, NULL, err));
    XXH64_state_t state;
    XXH64_reset(&state, 0);
    for (size_t i = 0; i < list.n; i++)
        nu_model_hash_block(model, &list.all[i], &state);
    char *network NU_FREED = nu_network_text(model);
    char *trainer NU_FREED = trainers_text(t);
    json_auto_t *metadata = json_object();
    char checksum[CHECKSUM];
    NU_NEED(network != NULL && trainer != NULL, 1024, "a checkpoint", err);
    checksum_text(checksum, texts_hash((const char *const[]){network, trainer, note}),
                  XXH64_digest(&state));
    int failed = json_object_set_new(metadata, "trainer", json_string(trainer)) != 0 ||
                 json_object_set_new(metadata, "checksum", json_string(checksum)) != 0 ||
                 (note != NULL && json_object_set_new(metadata, "note", json_string(note)) != 0);
    NU_NEED(!failed, strlen(trainer), "a checkpoint", err);
    return nu_model_write(stream, model, list.all, list.n, metadata, err);
}

nudge_status nudge_trainers_save(nudge_trainer *const *all, size_t n, const char *path,
                                 const char *note, nudge_error *err)
{
    nu_output out NU_SCOPED(nu_atomic_abandon) = {0};
    NU_TRY(check_trainers((trainers){all, n}, err));
    for (size_t i = 0; i < n; i++)
        if (all[i]->at.batch == all[i]->run.batches)
            return nu_fail(err, NUDGE_EARGUMENT, "trainer %zu: the end of its epoch failed; it "
                           "must come first", i);
    NU_TRY(nu_output_open(&out, path, err));
    NU_TRY(write_checkpoint((trainers){all, n}, out.stream, note, err));
    out.keeps_previous = 1;
    return nu_output_commit(&out, err);
}

nudge_status nudge_trainer_save(const nudge_trainer *t, const char *path, const char *note,
                                nudge_error *err)
{
    return nudge_trainers_save(&(nudge_trainer *){(nudge_trainer *)t}, 1, path, note, err);
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
    trainers trainers;
    nu_checkpoint_state *state; /* of each */
    block_list list;            /* where it will go, */
    void **block;               /* and what: list.n of them */
} loaded;

static void loaded_end(loaded *l)
{
    for (size_t i = 0; l->block != NULL && i < l->list.n; i++)
        free(l->block[i]);
    for (size_t i = 0; l->state != NULL && i < l->trainers.n; i++)
        free(l->state[i].epochs);
    free(l->block);
    free(l->state);
    block_list_end(&l->list);
}

static nudge_status read_blocks(loaded *l, const nu_st_file *file, const char *checksum,
                                nudge_error *err)
{
    char found[CHECKSUM];
    const nudge_model *model = l->trainers.all[0]->run.whole;
    NU_TRY(list_blocks(&l->list, l->trainers, l->state, err));
    if (file->n_tensors != l->list.tensors)
        return nu_fail(err, NUDGE_EDATA, "has %zu tensors; it should have %zu", file->n_tensors,
                       l->list.tensors);
    NU_NEW(l->block, calloc, l->list.n, "a checkpoint", err);
    XXH64_state_t state;
    XXH64_reset(&state, 0);
    for (size_t i = 0; i < l->list.n; i++) {
        nu_block block = l->list.all[i];
        NU_TRY(nu_model_params(&l->block[i], block.net, model->dtype, err));
        block.at = l->block[i];
        NU_TRY(nu_model_read(file, model, &block, &state, err));
    }
    checksum_text(found, 0, XXH64_digest(&state));
    if (strcmp(found + 17, checksum + 17) != 0)
        return nu_fail(err, NUDGE_EDATA, "is damaged: its tensors have another checksum than it "
                       "says");
    return NUDGE_OK;
}

/* The trainer's blocks are those of the file. */
static void take_state(nudge_trainer *t, nu_checkpoint_state *s)
{
    t->at = s->at;
    if (t->at.batch == 0)
        memcpy(t->snapshot, t->run.job.params, t->plan.weights);
    t->run.numeric->engine_refresh(t->engine, 0, 1);
    if (t->lbfgs != NULL)
        nu_lbfgs_forget(t->lbfgs);
    t->timed_out = 0;
    t->result = (nudge_train_result){.epochs = t->at.epoch,
                                     .best_epoch = t->at.best.epoch,
                                     .best_value = nu_trainer_best(t)};
    if (s->n_epochs > 0)
        t->result.last = s->epochs[s->n_epochs - 1];
    nu_trainer_publish(t);
    t->diverged_batch = 0;
    t->samples = 0;
    if (t->options.keep_history) {
        free(t->history);
        t->history = NU_TAKE(s->epochs);
        t->history_room = t->at.epoch;
    }
}

/* Cannot fail: the trainers are changed whole or not at all. */
static void take(loaded *l)
{
    size_t size = nu_dtype_size(l->trainers.all[0]->run.whole->dtype);
    for (size_t i = 0; i < l->list.n; i++)
        memcpy(l->list.all[i].at, l->block[i], l->list.all[i].net->size * size);
    nu_interval_forget(&l->trainers.all[0]->run.whole->interval);
    for (size_t i = 0; i < l->trainers.n; i++)
        take_state(l->trainers.all[i], &l->state[i]);
}

static nudge_status parse_trainers(loaded *l, const json_t *root, nudge_error *err)
{
    size_t n = l->trainers.n;
    NU_NEW(l->state, calloc, n, "a checkpoint", err);
    for (size_t i = 0; i < n; i++)
        NU_TRY(nu_checkpoint_parse(&l->state[i], l->trainers.all[i],
                                   n == 1 ? root : json_array_get(root, i), err));
    return NUDGE_OK;
}

static nudge_status load(void *to, const nu_st_file *file, nudge_error *err)
{
    const trainers *t = to;
    loaded l NU_SCOPED(loaded_end) = {.trainers = *t};
    const char *text[TEXTS];
    char checksum[CHECKSUM];
    NU_TRY(check_texts(file, text, checksum, err));
    json_error_t why;
    json_auto_t *root = json_loads(text[1], 0, &why);
    NU_NEED(root != NULL || !nu_json_lacks_memory(&why), strlen(text[1]), "a checkpoint", err);
    size_t n = json_is_array(root) ? json_array_size(root) : 1;
    if (n != t->n)
        return nu_fail(err, NUDGE_EMISMATCH, "has the training of %zu member%s; here it is of %zu",
                       n, n == 1 ? "" : "s", t->n);
    char *network NU_FREED = nu_network_text(t->all[0]->run.whole);
    NU_NEED(network != NULL, 1024, "a checkpoint", err);
    NU_TRY(nu_checkpoint_compare("network", text[0], network, err));
    NU_TRY(parse_trainers(&l, root, err));
    NU_TRY(read_blocks(&l, file, checksum, err));
    take(&l);
    return NUDGE_OK;
}

nudge_status nudge_trainers_load(nudge_trainer *const *all, size_t n, const char *path,
                                 nudge_error *err)
{
    trainers t = {all, n};
    NU_TRY(check_trainers(t, err));
    return nu_st_use(path, load, &t, err);
}

nudge_status nudge_trainer_load(nudge_trainer *t, const char *path, nudge_error *err)
{
    return nudge_trainers_load(&t, 1, path, err);
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
