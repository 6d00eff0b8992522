/* Readers as targets for fuzzing: one row each in the table of fuzz.c. */
#ifndef NUDGE_TESTS_FUZZ_H
#define NUDGE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "nudge.h"

struct nu_format;

typedef struct reader {
    const char *name; /* of its folder of the corpus, and of its program */
    void (*read)(const struct reader *r, const unsigned char *bytes, size_t size);
    const struct nu_format *format; /* of read_data(), which takes it from memory; NULL: */
    const char *(*file)(const unsigned char *bytes, size_t size); /* it reads this file */
} reader;

/* Aborts, which is a finding. */
#define HOLDS(condition)                                                            \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                \
        }                                                                           \
    } while (0)

/* The path of a file that holds the bytes, for as long as the same slot is not used again. */
enum { FILE_SLOTS = 3 };
const char *file_of(int slot, const unsigned char *bytes, size_t size);
const char *plain_file(const unsigned char *bytes, size_t size);

/* A safetensors file. Bytes that begin with '{' get the length of their header in front, which few
 * changes would leave right; it ends before the first zero byte. */
const char *file_of_header(const unsigned char *bytes, size_t size);

/* The path of a file of this ending that may be written, and is to be removed. */
const char *scratch_path(const char *ending);

/* Whether a call gave what its status says: a result, or one line of text. */
void check_outcome(nudge_status status, int has_result, const nudge_error *err);

/* Calls work(of), which may say something and end the program: it goes on here then, and what was
 * allocated is freed. */
void survive(void (*work)(void *of), void *of);

/* tables.c. The bytes may begin with a line of options: "target=y|header=1", see there. */
void read_data(const reader *r, const unsigned char *bytes, size_t size);

/* models.c */
void read_model(const reader *r, const unsigned char *bytes, size_t size);
void read_import(const reader *r, const unsigned char *bytes, size_t size);
void read_weights(const reader *r, const unsigned char *bytes, size_t size);
void read_checkpoint(const reader *r, const unsigned char *bytes, size_t size);

/* texts.c */
void read_synth(const reader *r, const unsigned char *bytes, size_t size);
void read_number(const reader *r, const unsigned char *bytes, size_t size);
void read_list(const reader *r, const unsigned char *bytes, size_t size);
void read_log(const reader *r, const unsigned char *bytes, size_t size);
void read_config(const reader *r, const unsigned char *bytes, size_t size);

/* As libFuzzer calls them. The reader is the one that the program is called like, or, set before,
 * this one. */
extern const reader *fuzz_reader;
const reader *reader_named(const char *name); /* NULL: there is none */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

#endif
