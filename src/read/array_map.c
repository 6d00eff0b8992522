#include "read/array_map.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include "core/memory.h"
#include "core/status.h"
#include "core/team.h"
#include "table/notes.h"

/* Whether the elements stand in a plain file as the engine could read them. */
static int is_mappable(const nu_array *a)
{
    const struct nu_array_kind *kind = &nu_array_kinds[a->type];
    size_t size = nu_element_size(kind->element);
    return a->source->fd >= 0 && !a->by_columns && !nu_array_has_texts(a) && kind->size == size &&
           (size == 1 ? a->type == NU_A_U8 : !kind->whole && !a->big_endian) && a->at % size == 0;
}

/* Pieces of values that must be finite. */
struct checking {
    const nudge_table *table;
    size_t bad; /* SIZE_MAX: none */
};

static void check_share(void *arg, int thread, int threads)
{
    struct checking *c = arg;
    const nudge_table *t = c->table;
    size_t row, end;
    nu_team_share(t->rows, thread, threads, &row, &end);
    for (; row < end; row++) {
        size_t good = nu_array_first_bad((const char *)t->x + row * t->features *
                                         nu_element_size(t->element), t->element, t->features);
        if (good == t->features)
            continue;
        nu_note_least(&c->bad, row * t->features + good);
        return;
    }
}

static nudge_status map_features(nudge_table *t, const nu_array *a, nudge_error *err)
{
    nu_array_describe_features(t, a);
    size_t size = a->at + t->rows * t->features * nu_element_size(t->element);
    void *base = mmap(NULL, size, PROT_READ, MAP_SHARED, a->source->fd, 0);
    if (base == MAP_FAILED)
        return nu_fail(err, NUDGE_EIO, "%s: cannot be mapped: %s", a->name, strerror(errno));
    t->map = (nu_mapping){base, size};
    t->x = (char *)base + a->at;
    struct checking c = {t, SIZE_MAX};
    if (t->element != NU_U8)
        nu_team_run(nu_team_threads(0, 0, NULL), check_share, &c);
    if (c.bad == SIZE_MAX)
        return NUDGE_OK;
    return nu_array_not_finite(a, c.bad, nu_value(t->x, t->element, c.bad), err);
}

nudge_status nu_array_take_features(nudge_table *t, const nu_array *a, int stream,
                                    nudge_error *err)
{
    int can = is_mappable(a);
    if (stream && !can)
        return nu_fail_setting(err, NUDGE_EDATA, "stream", "%s cannot stay in its file: only F32, "
                               "F64 and U8, little-endian, row by row, in a plain file, can; "
                               "convert it first", a->name);
    size_t bytes = a->dim[0] * a->width * nu_array_kinds[a->type].size;
    if (!stream && (!can || nu_memory_check(bytes, a->name, NULL) == NUDGE_OK))
        return nu_array_read_features(t, a, err);
    if (!stream)
        NU_TRY(nu_note(&t->notes, a->name, "stream", err, "larger than memory: its %.1f GB stay in "
                       "the file", (double)bytes / 1e9));
    return map_features(t, a, err);
}
