#include "read/csv_rows.h"

#include <stdio.h>
#include <sys/mman.h>

#include "core/barrier.h"
#include "core/denormal.h"
#include "core/status.h"
#include "core/team.h"

/* What the threads share while they read. */
typedef struct reading {
    nu_csv_rows *rows;
    nu_csv_sections sections;
    size_t new_rows;         /* of the sections */
    nu_csv_outcome *outcome; /* of each thread */
    nu_barrier barrier;
    int is_over;
    nudge_status status;
    nu_csv_outcome later;    /* what is wrong behind the new rows */
    nudge_error *err;
} reading;

/* ---- Room ------------------------------------------------------------------------------ */

/* Memory for `lines` rows more than the table has. */
static nudge_status make_room(nu_csv_rows *r, size_t lines, nudge_error *err)
{
    nudge_table *t = r->kinds->table;
    size_t rows = t->rows + lines, chunk, bytes;
    if (t->n_chunks == 0 && r->is_all && nu_csv_unread(&r->tail) == 0)
        nu_choose_chunks(t, rows);
    size_t chunks = rows / nu_chunk_rows(t) + 1;
    size_t page = nu_smaller(4096 / sizeof(double), nu_chunk_rows(t));
    int fits = nu_mul(t->n_columns, nu_chunk_rows(t) * sizeof(double), &chunk);
    fits = nu_mul(t->n_columns * sizeof(double), (lines / page + 1) * page, &bytes) && fits;
    char what[128], name[NU_SHORT];
    snprintf(what, sizeof what, "%s with %zu columns", nu_csv_short(name, r->kinds->source),
             t->n_columns);
    NU_NEED(fits, SIZE_MAX, what, err);
    NU_TRY(nu_memory_check(bytes, what, err));
    double **more = realloc(t->chunks, chunks * sizeof *more);
    NU_NEED(more != NULL, chunks * sizeof *more, what, err);
    t->chunks = more;
    for (size_t j = 0; j < r->fields->n; j++) {
        if (!r->fields->field[j].is_weight)
            continue; /* of pages that hold no rows memory is not taken, as of chunks */
        double *weights = realloc(t->weights, (rows + 1) * sizeof *weights);
        NU_NEED(weights != NULL, (rows + 1) * sizeof *weights, what, err);
        t->weights = weights;
    }
    r->room = rows;
    return NUDGE_OK;
}

/* Rows of the text, about: no more, if all of it is in memory. */
static size_t expected_rows(const nu_csv_rows *r)
{
    size_t lines = nu_csv_count_lines(r->scan.bytes, r->scan.size);
    double rest = (double)nu_csv_unread(&r->tail) / ((double)r->scan.size + 1);
    return lines + (size_t)(rest * (double)lines);
}

static nudge_status make_chunks(reading *r, size_t rows)
{
    nudge_table *t = r->rows->kinds->table;
    size_t most = (size_t)UINT32_MAX / NU_CHUNK_ROWS * NU_CHUNK_ROWS;
    if (rows > most)
        return nu_fail(r->err, NUDGE_EDATA, "%s: too many rows; at most %zu can be read",
                       r->rows->kinds->source, most);
    if (rows > r->rows->room) /* the lines become shorter */
        NU_TRY(make_room(r->rows, rows - t->rows + rows / 4, r->err));
    size_t full = r->rows->room / 10 * 9 / nu_chunk_rows(t);
    t->chunk_bytes = t->n_columns * nu_chunk_rows(t) * sizeof(double); /* make_room() asked */
    while (t->n_chunks < nu_ceil_div(rows, nu_chunk_rows(t)) || t->n_chunks < full) {
        /* Only pages that hold rows become real: of the last one this counts. The others are
         * neighbours, so that huge pages reach over their ends. */
        void *chunk = mmap(NULL, t->chunk_bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        NU_NEED(chunk != MAP_FAILED, t->chunk_bytes, "rows of a table", r->err);
        if (t->n_chunks < full)
            nu_huge(chunk, t->chunk_bytes);
        t->chunks[t->n_chunks++] = chunk;
    }
    return NUDGE_OK;
}

/* Those that were expected and did not come. */
static void drop_chunks(nudge_table *t)
{
    while (t->n_chunks > nu_ceil_div(t->rows, nu_chunk_rows(t)))
        nu_chunk_free(t, --t->n_chunks);
}

/* ---- Rows without a target ------------------------------------------------------------- */

/* lacks[i] becomes 1 for new row i if one of its targets is missing; returns how many do. */
static size_t find_lacking(const reading *r, char *lacks)
{
    const nudge_table *t = r->rows->kinds->table;
    size_t found = 0;
    for (size_t j = 0; j < t->n_columns; j++)
        for (size_t i = 0; t->columns[j].is_target && i < r->new_rows; i++)
            if (isnan(*nu_csv_cell_at(r->rows->kinds, j, t->rows + i)))
                lacks[i] = 1;
    for (size_t i = 0; i < r->new_rows; i++)
        found += lacks[i] != 0;
    return found;
}

/* Moves new rows to the places of those that lack something before them. */
static void close_gaps(const reading *r, const char *lacks)
{
    const nu_csv_kinds *k = r->rows->kinds;
    nudge_table *t = k->table;
    for (size_t j = 0; j < t->n_columns; j++)
        for (size_t i = 0, to = t->rows; i < r->new_rows; i++)
            if (!lacks[i])
                *nu_csv_cell_at(k, j, to++) = *nu_csv_cell_at(k, j, t->rows + i);
    for (size_t i = 0, to = t->rows; t->weights != NULL && i < r->new_rows; i++)
        if (!lacks[i])
            t->weights[to++] = t->weights[t->rows + i];
}

/* ---- Sections -------------------------------------------------------------------------- */

/* Before the columns are filled: room for the rows, and what is wrong behind them. */
static nudge_status prepare(reading *r)
{
    nu_csv_sections *s = &r->sections;
    nu_csv_kinds *k = r->rows->kinds;
    r->later.status = nu_csv_sections_check(s, &r->later.err);
    r->new_rows = 0;
    for (int i = 0; i < s->n; i++) {
        if (k->first_line == 0 && r->rows->is_named && s->section[i].rows > 0)
            k->first_line = s->section[i].line + s->section[i].row_line;
        r->new_rows += s->section[i].rows;
    }
    return make_chunks(r, k->table->rows + r->new_rows);
}

/* The first row that stays and has no weight, which is then NaN. */
static nudge_status check_weights(const reading *r, const char *lacks)
{
    const nudge_table *t = r->rows->kinds->table;
    size_t row = t->rows;
    for (int i = 0; t->weights != NULL && i < r->sections.n; i++)
        for (size_t k = 0; k < r->sections.section[i].rows; k++, row++)
            if (isnan(t->weights[row]) && !lacks[row - t->rows])
                return nu_csv_refuse_weight(r->rows->kinds, r->rows->fields, r->rows->order,
                                            &r->sections.section[i], k, r->err);
    return NUDGE_OK;
}

/* Afterwards: the table has them. */
static nudge_status add_rows(reading *r)
{
    char *lacks NU_FREED = NULL;
    NU_TRY(nu_csv_outcome_of(r->outcome, r->sections.threads, r->err));
    NU_NEW(lacks, calloc, r->new_rows + 1, "rows of a table", r->err);
    size_t lacking = find_lacking(r, lacks);
    NU_TRY(check_weights(r, lacks));
    if (r->later.status != NUDGE_OK)
        return nu_fail_setting(r->err, r->later.status, r->later.err.setting, "%s",
                               r->later.err.text);
    if (lacking > 0)
        close_gaps(r, lacks);
    r->rows->dropped += lacking;
    r->rows->kinds->table->rows += r->new_rows - lacking;
    nu_csv_choose_values(&r->sections, r->rows->kinds, r->rows->fields, r->rows->order);
    return NUDGE_OK;
}

/* All threads cut sections, then all fill columns; what is between is the first's. */
static void read_some(void *arg, int thread, int threads)
{
    reading *r = arg;
    uint64_t before = nu_denormals_on(); /* they are numbers like others */
    for (;;) {
        if (thread == 0) {
            if (r->status == NUDGE_OK)
                r->status = nu_csv_sections_choose(&r->sections, r->err);
            r->is_over = r->status != NUDGE_OK || r->sections.n == 0;
        }
        nu_barrier_wait(&r->barrier, threads);
        if (r->is_over)
            break;
        nu_csv_sections_cut(&r->sections, thread, threads);
        nu_barrier_wait(&r->barrier, threads);
        if (thread == 0)
            r->status = prepare(r);
        nu_barrier_wait(&r->barrier, threads);
        if (r->status != NUDGE_OK)
            break;
        nu_csv_fill(&r->outcome[thread], r->rows->kinds, r->rows->fields, r->rows->order,
                    &r->sections, thread, threads);
        nu_barrier_wait(&r->barrier, threads);
        if (thread == 0) /* the others wait above, where it tells them whether to go on */
            r->status = add_rows(r);
    }
    nu_denormals_restore(before);
}

/* ---- All of it ------------------------------------------------------------------------- */

static nudge_status pass_cell(nu_csv_scan *scan, const char *text, size_t size)
{
    (void)scan, (void)text, (void)size;
    return NUDGE_OK;
}

static nudge_status pass_row(nu_csv_scan *scan)
{
    scan->stop = 1;
    return NUDGE_OK;
}

/* The header, and what is left out below it. */
static nudge_status pass_header(nu_csv_scan *scan)
{
    scan->cell = pass_cell;
    scan->row = pass_row;
    NU_TRY(nu_csv_run(scan));
    scan->bytes += scan->walked;
    scan->size -= scan->walked;
    scan->first_line = scan->line;
    scan->skip = 0;
    return NUDGE_OK;
}

static void reading_end(reading *r)
{
    nu_csv_sections_free(&r->sections);
    free(r->outcome);
}

/* A thread is worth its while for several sections. */
#define SECTIONS_OF_A_THREAD 4

nudge_status nu_csv_read_rows(nu_csv_rows *rows, nudge_error *err)
{
    reading r NU_SCOPED(reading_end) = {.rows = rows, .err = err};
    size_t lines = expected_rows(rows);
    uint64_t size = rows->scan.size + nu_csv_unread(&rows->tail);
    uint64_t most = size / nu_csv_section_size / SECTIONS_OF_A_THREAD + 1;
    int threads = most < (uint64_t)rows->threads ? (int)most : rows->threads;
    NU_TRY(make_room(rows, lines, err));
    if (rows->has_header)
        NU_TRY(pass_header(&rows->scan));
    NU_NEW(r.outcome, calloc, (size_t)threads, "the columns of a CSV file", err);
    NU_TRY(nu_csv_sections_begin(&r.sections, &rows->scan, &rows->tail, rows->fields->n, threads,
                                 err));
    r.sections.first_row = rows->is_named ? "header" : "first row";
    nu_csv_choose_values(&r.sections, rows->kinds, rows->fields, rows->order);
    nu_barrier_start(&r.barrier, threads);
    nu_team_run(threads, read_some, &r);
    rows->empty += r.sections.rest.empty_rows;
    rows->scan.line = r.sections.rest.first_line;
    drop_chunks(rows->kinds->table);
    return r.status;
}
