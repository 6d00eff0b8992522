/* Trained models as programs that need nothing of nudge.
 * Part of nudge.h, which is the header to include. */
#ifndef NUDGE_EXPORT_H
#define NUDGE_EXPORT_H

#include "model.h"

NUDGE_BEGIN

/* What a model can be written as. Each takes raw rows, as nudge_predict_row() does: preprocessing
 * is within. auto: by the ending of the file's name.
 *   c       .c: one file, C99, that needs libm alone and allocates nothing
 *   js      .js (for require(), and as a script of a page: its functions are then global),
 *           .cjs (require()), .mjs (an ES module)
 *   python  .py: Python 3.8 and later; NumPy makes many rows faster where it is there
 *   json    .json: what the others are made of, for programs in other languages
 *   c-header  .h: the declarations of what c writes
 *   html    .html: a page with a form for a row, or a picture to draw, and js within
 *   onnx    .onnx: opset 13, ai.onnx.ml 2, IR 7. An input [N, 1] for each column, by its name:
 *           string for categories ("": missing), otherwise float, or double for f64 models and for
 *           dates, which are days since 1970-01-01 (NaN: missing); or one input X, [N, columns],
 *           for a matrix. Outputs: label and probabilities for classes, otherwise variable, with
 *           low and high for models with intervals */
typedef enum nudge_language {
    NUDGE_LANGUAGE_AUTO,
    NUDGE_LANGUAGE_C,
    NUDGE_LANGUAGE_JS,
    NUDGE_LANGUAGE_PYTHON,
    NUDGE_LANGUAGE_JSON,
    NUDGE_LANGUAGE_C_HEADER,
    NUDGE_LANGUAGE_HTML,
    NUDGE_LANGUAGE_ONNX
} nudge_language;

/* As those of other choices: see nudge/base.h. */
NUDGE_API const char *nudge_language_name(nudge_language v);
NUDGE_API NUDGE_CHECKED nudge_status nudge_language_parse(nudge_language *v, const char *name,
                                                          nudge_error *err);

/* The language that a file of this name is written in; auto: its ending tells none. */
NUDGE_API nudge_language nudge_language_of(const char *path);

typedef struct nudge_export_options {
    size_t size;             /* of this structure: see nudge.h */
    nudge_language language;
    const nudge_dtype *dtype; /* c: that it computes in; NULL: the model's. Others have doubles */
    int raw;                 /* onnx: the network alone, from X to Y, without what is before and
                              * behind it; links, such as softmax, and members' average are in */
} nudge_export_options;

/* Language auto, the model's type. */
NUDGE_GIVES(nudge_export_options, nudge_export_defaults, it.size = sizeof it;)

/* Writes a program that predicts as the model does: the same labels, and numbers but for rounding.
 * It says how it is used. Numbers of an f32 model are written with 9 digits, others so that they
 * read back exactly. Atomic, as nudge_model_save(); "-" is standard output. options may be NULL.
 * NUDGE_EARGUMENT (auto, and the path tells no language; a setting that the language has not; html
 * of pictures that are not grey ones; a column's name that no input of ONNX can have; a model with
 * something that no program has as yet),
 * NUDGE_EDATA (weights that are not finite), NUDGE_EOPEN, NUDGE_EIO, NUDGE_EMEMORY. */
NUDGE_API NUDGE_CHECKED nudge_status nudge_model_export(const nudge_model *model, const char *path,
                                                        const nudge_export_options *options,
                                                        nudge_error *err);

NUDGE_END

#endif
