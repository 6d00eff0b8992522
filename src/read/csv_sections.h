/* The rows of a CSV table, cut into cells by several threads at the same time: its text is taken
 * in sections of whole rows, so many at once as there are threads. */
#ifndef NUDGE_READ_CSV_SECTIONS_H
#define NUDGE_READ_CSV_SECTIONS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "read/csv_dialect.h"

/* A cell that is not handed on as a number. */
typedef struct nu_csv_piece {
    const char *text; /* no NUL behind it */
    size_t size;
    size_t line;      /* where it begins; the section's first is 0 */
} nu_csv_piece;

typedef struct nu_csv_section {
    nu_csv_scan scan;
    const struct nu_csv_sections *of;
    uint64_t before;   /* bytes of the file */
    double *cells;     /* columns x stride: a number, or a NaN that tells which piece */
    size_t rows, stride, room; /* room: for so many cells */
    nu_csv_piece *pieces;
    size_t n_pieces, piece_room;
    char **copies;     /* of texts that are not in the bytes as they are */
    size_t n_copies;
    size_t cell;       /* next of the row */
    size_t row_line;   /* where its first row begins, as pieces have it */
    size_t line;       /* its first, in the file */
    nudge_status status;
    nudge_error err;
} nu_csv_section;

typedef struct nu_csv_sections {
    nu_csv_scan rest;         /* what is in memory and has not been cut yet, without callbacks */
    nu_csv_tail tail;
    char *buffer;             /* which is read here */
    size_t buffer_size;
    size_t columns;
    const char *first_row;    /* what it is called: "header" */
    unsigned char *by_value;  /* columns: 1 where numbers are to be handed on as such */
    nu_csv_section *section;  /* so many are allocated as there are threads, */
    int threads;
    int n;                    /* and these hold rows now */
    int begun;                /* the first are short: their rows tell what is a number */
} nu_csv_sections;

/* The piece that a cell stands for; NULL: it is a number. */
static inline const nu_csv_piece *nu_csv_piece_of(const nu_csv_section *s, double cell)
{
    uint64_t bits;
    if (!isnan(cell))
        return NULL;
    memcpy(&bits, &cell, sizeof bits);
    return &s->pieces[bits & 0xffffffffffff];
}

/* For rows of so many cells, from where the walk would begin. Ended by nu_csv_sections_free() in
 * any case. NUDGE_EMEMORY. */
nudge_status nu_csv_sections_begin(nu_csv_sections *s, const nu_csv_scan *scan,
                                   const nu_csv_tail *tail, size_t columns, int threads,
                                   nudge_error *err);
void nu_csv_sections_free(nu_csv_sections *s);

/* The next sections are chosen by one thread, none at the end; then cut by all. NUDGE_EMEMORY,
 * NUDGE_EIO, NUDGE_EDATA (the file became shorter). */
nudge_status nu_csv_sections_choose(nu_csv_sections *s, nudge_error *err);
void nu_csv_sections_cut(nu_csv_sections *s, int thread, int threads);

/* Then one thread asks how that went. What is wrong in one of them makes it the last; its rows
 * before that are good. NUDGE_EDATA (quoting; a row of another number of cells; bytes that are no
 * text), NUDGE_EMEMORY. */
nudge_status nu_csv_sections_check(nu_csv_sections *s, nudge_error *err);

/* Bytes of a section; tests make it small. */
extern size_t nu_csv_section_size;

#endif
