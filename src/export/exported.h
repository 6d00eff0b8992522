/* What a model is for those who write it as a program: traits, which decide what they write of
 * functions; records of its columns and targets; its layers. */
#ifndef NUDGE_EXPORT_EXPORTED_H
#define NUDGE_EXPORT_EXPORTED_H

#include "model/model.h"
#include "prep/prep.h"

/* Inputs are made so: */
enum nu_trait {
    NU_RECORDS = 1 << 0,    /* of columns, each in its own way: nu_exported_column(). Otherwise all
                             * are numbers, made in the same way, and have no names */
    NU_FILLED = 1 << 1,     /* missing numbers have something in their place */
    NU_INDICATED = 1 << 2,  /* some numbers have an input that tells missing ones */
    NU_CATEGORIES = 1 << 3, /* records of texts: */
    NU_DATES = 1 << 4,      /* numbers that are texts, too */
    NU_ONE_HOTS = 1 << 5,   /* an input for each category, */
    NU_ORDINALS = 1 << 6,   /* its number, */
    NU_SIGNED = 1 << 7,     /* or one of three numbers; */
    NU_WEIGHED = 1 << 8,    /* inputs for categories are other numbers than 0 and 1 */
    NU_OTHERS = 1 << 9,     /* of which some share what stands for all others */
    NU_SCALED = 1 << 10,    /* not all numbers are taken as they are: each has a scale */
    NU_ROBUST = 1 << 11,    /* what is scaled is held within +-3 */
    NU_QUANTILES = 1 << 12, /* some numbers are scaled by those */
    NU_BINS = 1 << 13,      /* some numbers have places in bins as inputs, */
    NU_WAVES = 1 << 14,     /* or sines */
    NU_ROUNDED = 1 << 15,   /* such numbers are rounded to f32 before */

    /* Networks: */
    NU_MEMBERS = 1 << 16,   /* several, whose predictions are averaged */
    NU_NORMED = 1 << 17,    /* layers normalise their input, */
    NU_RESIDUAL = 1 << 18,  /* or add it to what they give */
    NU_EMBEDS = 1 << 19,    /* some embed numbers */

    /* Outputs become predictions: */
    NU_CLASSES = 1 << 20,   /* probabilities of classes, which have labels; otherwise numbers */
    NU_SOFTMAX = 1 << 21,
    NU_SIGMOID = 1 << 22,
    NU_TWO = 1 << 23,       /* the one output is for the second of two classes */
    NU_EXP = 1 << 24,       /* nor are ends of intervals below 0 */
    NU_LINKED = 1 << 25,    /* one of these three functions */
    NU_UNSCALED = 1 << 26,  /* y / factor + shift of its target */
    NU_LOG = 1 << 27,       /* then the inverse of a transform */
    NU_LOG1P = 1 << 28,
    NU_BOX_COX = 1 << 29,
    NU_INTERVALS = 1 << 30,
    NU_SEVERAL = 1ull << 31, /* outputs */
    NU_TRANSFORMED = 1ull << 32, /* one of the three transforms */
    NU_WIDE = 1ull << 33,   /* some layers have 8 outputs or more */
};

typedef struct nu_exported {
    const nudge_model *model;
    uint64_t traits;        /* of nu_trait */
    unsigned activations;   /* 1 << nudge_activation for each that layers have */
    size_t columns, inputs; /* raw ones, and the network's */
    size_t outputs;         /* the network's */
    size_t results;         /* numbers of a prediction: probabilities of all classes, or outputs */
    size_t networks;
    double shift, factor;   /* without NU_RECORDS */
    int is_f32;             /* weights are */
    char **labels;          /* n_labels: of classes; 0 without NU_CLASSES */
    size_t n_labels;
    char **own_labels;      /* they are these: "0", "1", ...; NULL: the prep's */
} nu_exported;

/* Followed by nu_exported_end() in any case. NUDGE_EARGUMENT (it has something that is not here),
 * NUDGE_EMEMORY. */
nudge_status nu_exported_start(nu_exported *e, const nudge_model *model, nudge_error *err);
void nu_exported_end(nu_exported *e);

/* ---- Records ---------------------------------------------------------------------------- */

typedef enum nu_field_kind { NU_TEXT_FIELD, NU_NUMBER_FIELD, NU_YES_FIELD, NU_NUMBERS_FIELD,
                             NU_TEXTS_FIELD } nu_field_kind;

/* Something that a column or target has. */
typedef struct nu_field {
    const char *key;
    nu_field_kind kind;
    const char *text;
    double number;
    size_t n;               /* of a list, */
    int is_f32;             /* of weights, which are */
    const double *numbers;
    char *const *texts;
} nu_field;

#define NU_FIELDS 10

typedef struct nu_record {
    size_t n;
    nu_field field[NU_FIELDS];
    double *list;           /* what a field's numbers are, where nothing else has them */
    char name[NU_NAME_TEXT]; /* likewise its text */
} nu_record;

/* Column j < columns of a model with NU_RECORDS; they are taken in turn, and carry *value along:
 * how many values those before have. Fields in this order, those that it has:
 *   name                the raw column's
 *   date: yes           a text is a date, whose number are days since 1970-01-01
 *   categories: texts   sorted; the column's cells are texts
 *   ordinal: yes        the number of the category, from 0, is taken as a number; -1: none
 *   other: yes          one-hot: an input behind those of the categories is 1 for all others, which
 *                       an ordinal gives the number behind the last; without it they are as missing
 *                       ones, 0 for all, or -1
 *   sides: numbers      the input is the first for the first category, the second for the other
 *                       one, the third for none
 *   on, off: numbers    one-hot: an input is its own number of `on`, not 1, and of `off`, not 0
 *   fill: number        stands for a missing number; a column of a matrix has none: none may be
 *                       missing
 *   shift, factor       NU_SCALED: z = (number - shift) * factor; NU_ROBUST: then
 *                       z / sqrt(1 + (z / 3)^2)
 *   quantiles: numbers  2 or more, instead of those two: nu_quantile_scaled()
 *   bins: numbers       3 or more edges, of z; inputs behind z are the place in each,
 *                       clamp((z - edge) / (next edge - edge), 0, 1)
 *   frequencies: numbers  inputs behind z are cos(2 pi f z) and sin(2 pi f z) of each f
 *   missing: yes        the last input is 1 if the number is missing, otherwise 0
 * Followed by nu_record_end(). NUDGE_EMEMORY. */
nudge_status nu_exported_column(const nu_exported *e, size_t j, size_t *value,
                                nu_record *record, nudge_error *err);

/* Target k, of as many as nu_exported_targets(), which is 1 for classes:
 *   name
 *   shift, factor       NU_UNSCALED: prediction = output / factor + shift
 *   lambda              NU_BOX_COX: of each
 *   most                likewise: no prediction is larger; of those with a lambda below 0
 *   width               NU_INTERVALS: half of it, of what is not transformed back yet
 * It has no list of its own: nothing is to be freed. */
void nu_exported_target(const nu_exported *e, size_t k, nu_record *record);
size_t nu_exported_targets(const nu_exported *e);
void nu_record_end(nu_record *record);

/* What of a record is there; NULL: it is not. */
const nu_field *nu_record_field(const nu_record *record, const char *key);

/* 'p' of pixels, or 'x': before the number, from 1, of a column without NU_RECORDS. */
char nu_exported_letter(const nu_exported *e);

/* ---- Layers ----------------------------------------------------------------------------- */

typedef struct nu_exported_layer {
    size_t in, out;
    nudge_activation activation;
    int normed, adds; /* NU_NORMED, NU_RESIDUAL */
} nu_exported_layer;

size_t nu_exported_layers(const nu_exported *e, size_t network);
nu_exported_layer nu_exported_layer_of(const nu_exported *e, size_t network, size_t l);

/* Its weights, out x in (those of a network with factors of its inputs have them in its first
 * layer), and biases, for free(). NUDGE_EDATA (not finite), NUDGE_EMEMORY. */
nudge_status nu_exported_weights(const nu_exported *e, size_t network, size_t l, double **weight,
                                 double **bias, nudge_error *err);

/* How many inputs of a network are embedded; 0: it takes them as they are. */
size_t nu_exported_embeddings(const nu_exported *e, size_t network);

/* Of these, in the order of inputs, the j-th:
 *   input               its number, from 0: in its place come, for angles 2 pi f x + phase,
 *   frequencies, phases the cosines; without phases (of which all are 0) cosines, then sines,
 *   weight, bias        of these waves a dense layer, whose weights have a row for each wave. With
 *                       phases the input itself goes before; without, what is below 0 becomes 0
 * Followed by nu_record_end(). NUDGE_EDATA, NUDGE_EMEMORY. */
nudge_status nu_exported_embedding(const nu_exported *e, size_t network, size_t j, nu_record *r,
                                   nudge_error *err);

/* NUDGE_EDATA: some of n weights are not. whose: "of layer 2". */
nudge_status nu_exported_check_finite(const double *values, size_t n, const char *whose,
                                      nudge_error *err);

#endif
