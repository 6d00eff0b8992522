/* What the readers of files find, and the model that is made of it. */
#ifndef NUDGE_IMPORT_IMPORTED_H
#define NUDGE_IMPORT_IMPORTED_H

#include <jansson.h>

#include "import/chain.h"
#include "table/notes.h"

typedef struct nu_imported {
    const char *path;       /* the file's, for messages */
    nu_chain chain;         /* what is pending behind its last layer makes predictions of outputs */

    /* What the raw columns become before the first layer. */
    json_t *columns;        /* as in model files: prep/prep_json.c; NULL: a matrix of numbers, */
    size_t pixels[2];       /* of images, whose rows and columns these are */
    double *factor, *shift; /* of values: (raw - shift) * factor. NULL: 1, and 0 */

    nudge_loss loss;        /* cross-entropy, bce, poisson: their functions end the network; mse */
    char **labels;          /* n_labels: of classes; 0: it has none, or none with names */
    size_t n_labels;
    nu_notes notes;
} nu_imported;

void nu_imported_end(nu_imported *im);

/* A name or label is to be UTF-8, which model files are. NUDGE_EDATA. */
nudge_status nu_imported_check_text(const nu_imported *im, const char *text, nudge_error *err);

/* The model, whose weights are taken from the chain. NUDGE_EARGUMENT, NUDGE_EDATA,
 * NUDGE_EMEMORY. */
nudge_status nu_imported_model(nudge_model **model, nu_imported *im,
                               const nudge_import_options *options, nudge_error *err);

/* The readers, of `size` bytes with a NUL behind them, which they may change. Errors name the path
 * and the place. NUDGE_EDATA, NUDGE_EMEMORY. */
nudge_status nu_import_fann(nu_imported *im, unsigned char *bytes, size_t size,
                            nudge_error *err);

nudge_status nu_import_onnx(nu_imported *im, const unsigned char *bytes, size_t size,
                            const nudge_import_options *options, nudge_error *err);

#endif
