/* What the writers of all languages share: lines that depend on traits; numbers, lists, records. */
#ifndef NUDGE_EXPORT_WRITER_H
#define NUDGE_EXPORT_WRITER_H

#include <stdio.h>

#include "export/exported.h"

/* How a language writes values. */
typedef struct nu_syntax {
    const char *record[2];  /* around the fields of a record: "{", "}" */
    const char *key;        /* before the value of a field, with %s for its key */
    const char *yes;        /* the value of one that is there or not */
    const char *count;      /* behind a list, with %s for its key and %zu for how many; or NULL */
    const char *numbers[2], *texts[2]; /* around lists of these */
    const char *escape;     /* of a control character, an unsigned */
    struct {
        const char *pair, *first;
    } apart[2];             /* characters that may not meet, and what the first becomes */
    /* Of languages that nu_write_constants() and nu_write_weights() are for: */
    const char *declare, *end; /* around a constant: "const ", ";" */
    const char *input_count;   /* its name */
    size_t indent;             /* blanks before a line of a list */
} nu_syntax;

typedef struct nu_writer {
    FILE *stream;
    const nu_exported *e;
    const nu_syntax *syntax;
    nudge_dtype dtype;      /* c: that it computes in */
    int is_module;          /* js: with export */
    int is_raw;             /* onnx: the networks alone */
} nu_writer;

/* A language: the endings of its files with a blank behind each, and what writes them. NUDGE_EDATA,
 * NUDGE_EMEMORY; what the stream refuses is seen when it ends. */
typedef struct nu_language {
    const char *endings;
    nudge_status (*write)(const nu_writer *w, nudge_error *err);
} nu_language;

extern const nu_language nu_language_c, nu_language_js, nu_language_python, nu_language_json,
    nu_language_c_header, nu_language_html, nu_language_onnx;

/* Text that is written where the model has all of some traits and none of others; the last of
 * several is NULL. */
typedef struct nu_lines {
    uint64_t needs, unless;
    const char *text;
} nu_lines;
void nu_write_lines(const nu_writer *w, const nu_lines *lines);

/* So that it reads back exactly; is_f32: with 9 digits, so that a float does. */
void nu_write_real(FILE *stream, double value, int is_f32);

/* Numbers, or texts, with commas between them; new lines, `indent` blanks in, where they are many:
 * the first stands behind `at` columns. */
void nu_write_reals(FILE *stream, const double *values, size_t n, int is_f32, size_t indent,
                    size_t at);
void nu_write_texts(const nu_writer *w, char *const *texts, size_t n, size_t indent, size_t at);

/* Rows of a matrix, each between the syntax's brackets of numbers. */
void nu_write_rows(const nu_writer *w, const double *values, size_t rows, size_t columns,
                   size_t indent);

/* What goes before the names of network k's weights: "", or "m2_" where there are several. */
#define NU_PREFIX 24
const char *nu_network_prefix(char buf[NU_PREFIX], const nu_exported *e, size_t k);

/* A list of a record for each column or target, in lines `indent` blanks in. */
nudge_status nu_write_columns(const nu_writer *w, size_t indent, nudge_error *err);
void nu_write_targets(const nu_writer *w, size_t indent);

/* A record; in a line of its own, which a comma ends unless it is the last. */
void nu_write_fields(const nu_writer *w, const nu_record *record, size_t indent);
void nu_write_record(const nu_writer *w, const nu_record *record, size_t indent, int is_last);

/* The record of every column where all are scaled alike, without NU_RECORDS. */
void nu_write_common_column(const nu_writer *w);

/* A list of records of the inputs that a network embeds: nu_exported_embedding(). NUDGE_EDATA,
 * NUDGE_EMEMORY. */
nudge_status nu_write_embeddings(const nu_writer *w, size_t network, size_t indent,
                                 nudge_error *err);

/* All that predictions need but the networks: columns, or how many inputs there are and the one
 * column that they all are; targets; classes. Of network k its weights: mK_E, the embeddings;
 * W1, b1, ... Where a list holds lists. NUDGE_EDATA, NUDGE_EMEMORY. */
nudge_status nu_write_constants(const nu_writer *w, nudge_error *err);
nudge_status nu_write_weights(const nu_writer *w, size_t k, nudge_error *err);

#endif
