/* The values of an ONNX graph, as far as a multilayer perceptron has them. A graph is gone through
 * once, in its order; each node makes a value of values. */
#ifndef NUDGE_IMPORT_ONNX_VALUES_H
#define NUDGE_IMPORT_ONNX_VALUES_H

#include <onnx.pb-c.h>

#include "import/imported.h"
#include "table/dictionary.h"

#define NU_RANK 8

#define NU_MOST_FEATURES (1 << 22) /* all values together: each node could copy them */

/* What a layer gives is followed by its value at so many places of what it gives before all
 * elementwise operators: what these make together is then seen. */
#define NU_PROBES 1025
double nu_probe(size_t i);

typedef enum nu_symbol_kind {
    NU_IS_NOTHING,   /* an output that nobody can use */
    NU_IS_CONSTANT,
    NU_IS_SHAPE,     /* some numbers of a shape: `numbers`, of which some are rows or not told */
    NU_IS_COLUMNS,   /* of the data, [N, n] */
    NU_IS_MISSING,   /* whether they are missing */
    NU_IS_UNITS,     /* of a layer, [N, n], through elementwise operators */
    NU_IS_CHANCES,   /* probabilities of classes */
    NU_IS_LABELS     /* of the likeliest class, or its number */
} nu_symbol_kind;

/* Units on their way to be normalised over a row, (x - mean) / sqrt(variance + 1e-5). */
typedef enum nu_norm_stage {
    NU_NORM_NONE,
    NU_NORM_MEAN,      /* of `of` */
    NU_NORM_CENTRED,   /* x - mean */
    NU_NORM_SQUARES,   /* of `of`, which is centred, as are the rest */
    NU_NORM_VARIANCE,
    NU_NORM_ABOVE_0,   /* + 1e-5 */
    NU_NORM_DEVIATION
} nu_norm_stage;

/* Whether a type of tensors has fractions. */
static inline int nu_is_real(int type)
{
    return type == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT ||
           type == ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE ||
           type == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16 ||
           type == ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16 ||
           type == ONNX__TENSOR_PROTO__DATA_TYPE__UNDEFINED;
}

/* A text of the file, which protobuf-c has as NULL where it is not there. */
static inline const char *nu_text_of(const char *text)
{
    return text != NULL ? text : "";
}

/* Something that a raw column becomes: (column - shift) * factor, of a number or of 1 where it is a
 * category and 0 where not. */
typedef struct nu_feature {
    uint32_t column;
    uint32_t category; /* counted from 1, in the list of the column; 0: a number, or the text */
    double shift, factor;
} nu_feature;

typedef struct nu_symbol {
    nu_symbol_kind kind;
    const Onnx__NodeProto *node; /* that made it; NULL: an input or initialiser */
    size_t n;                    /* columns, units; numbers or texts of a constant */

    const Onnx__TensorProto *tensor; /* CONSTANT: that is not decoded yet; */
    double *numbers;                 /* n, or */
    char **texts;                    /* n; */
    int is_borrowed;                 /* both are another value's, as feature and probe are */
    size_t rank, dim[NU_RANK];       /* and of COLUMNS, UNITS, CHANCES: dim[0], of rows, is 0, as
                                      * are sizes that the file does not tell */
    int type;                        /* CONSTANT, COLUMNS: as in a tensor */

    nu_feature *feature;         /* COLUMNS, MISSING: n; or NULL: as many columns of the only input
                                  * as what takes them says */
    size_t layer, version;       /* UNITS: of this layer, as it was then */
    double *probe;               /* NU_PROBES; NULL: what the layer gives, before or */
    int is_after;                /* after the activation, and what is pending in the chain */
    nu_norm_stage stage;
    const struct nu_symbol *of;
    struct nu_symbol *next;
} nu_symbol;

/* A raw column. */
typedef struct nu_graph_column {
    char *name;
    int is_text, is_whole, has_fill;
    double fill;
    char **categories; /* n_categories, in the order of the file; sorted: */
    size_t n_categories;
    uint32_t *place;   /* of each among the sorted ones */
} nu_graph_column;

typedef struct nu_graph {
    nu_imported *im;
    const nudge_import_options *options;
    const Onnx__GraphProto *graph;
    const Onnx__NodeProto *node; /* that is being taken, for messages; NULL: none */
    nu_dictionary names;
    nu_symbol **value;            /* of each name */
    size_t n_values;
    size_t file_size;
    uint64_t made;                /* numbers, by all nodes together */
    nu_symbol *all;               /* for freeing */
    nu_graph_column *column;
    size_t n_columns;
    int has_names;               /* columns have names of the file's */
    size_t rows;                 /* that the file says the data has; 0: any number */
    size_t features;             /* made so far */
    size_t version;              /* of the last layer: another whenever it changes, */
    int has_bias, has_activation; /* whether it has these, */
    int is_exp;                  /* and exp() follows it */
    const nu_symbol *from;       /* what it takes, before it is normalised; NULL: with factors */
    const nu_symbol *normed;     /* what was normalised, and is not taken yet; NULL: nothing */
    double bend[NU_PROBES];      /* where operators bend between a probe and the next; NAN: none */
    size_t bends_version;        /* for this version */
} nu_graph;

/* "PATH: node 'NAME' (OPERATOR): ...": NUDGE_EDATA. */
nudge_status nu_graph_refuse(const nu_graph *g, nudge_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A value that the node in turn makes; it is the graph's. NUDGE_EMEMORY. */
nudge_status nu_graph_symbol(nu_graph *g, nu_symbol **value, nu_symbol_kind kind, size_t n,
                             nudge_error *err);

/* A node is about to make n numbers, or go through them. NUDGE_EDATA: all nodes together make far
 * more than a file of that size has, as many do of one tensor. */
nudge_status nu_graph_afford(nu_graph *g, size_t n, nudge_error *err);

/* Gives a value its name. NUDGE_EDATA: another has it; NUDGE_EMEMORY. */
nudge_status nu_graph_name(nu_graph *g, const char *name, nu_symbol *v, nudge_error *err);

/* The node's attribute of that name; NULL: it has none. */
const Onnx__AttributeProto *nu_graph_attribute(const nu_graph *g, const char *name);
int64_t nu_graph_int(const nu_graph *g, const char *name, int64_t otherwise);
double nu_graph_float(const nu_graph *g, const char *name, double otherwise);

/* ---- Constants: onnx_constants.c -------------------------------------------------------- */

/* A tensor as a value, which is decoded once it is used. */
nudge_status nu_graph_tensor(nu_graph *g, nu_symbol **value, const Onnx__TensorProto *t,
                             nudge_error *err);

/* Sees to it that numbers or texts are there. NUDGE_EDATA (a shape that its data has not, external
 * data, a type that is none of numbers or texts), NUDGE_EMEMORY. */
nudge_status nu_graph_decode(nu_graph *g, nu_symbol *v, nudge_error *err);

/* A constant with columns or units has a number for each of a row, or one for all; where not,
 * NUDGE_EDATA. */
nudge_status nu_need_fit(const nu_graph *g, const nu_symbol *constant, const nu_symbol *v,
                         nudge_error *err);

/* in[1] to in[n - 1] are constants, with a number for each unit of in[0], which are decoded.
 * NUDGE_EDATA: they are not; as nu_graph_decode(). */
nudge_status nu_need_each(nu_graph *g, nu_symbol **in, size_t n, nudge_error *err);

/* The operators. `in` are n values, NULL where an input is left out; the first is always there. */
typedef nudge_status nu_graph_take(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                                   nudge_error *err);
nu_graph_take nu_take_constant;  /* a Constant */
nu_graph_take nu_take_transpose; /* of a constant */

/* ---- Shapes: onnx_shapes.c -------------------------------------------------------------- */

/* v in another shape or of another type; v itself where nothing changes. NUDGE_EDATA: rows of units
 * or probabilities are no longer rows, NUDGE_EMEMORY. */
nudge_status nu_graph_view(nu_graph *g, nu_symbol *v, size_t rank, const size_t *dim, int type,
                           nu_symbol **out, nudge_error *err);

/* Whether the axis is the last one, and rows are along another. */
int nu_is_along_row(const nu_symbol *v, int64_t axis);

nu_graph_take nu_take_reshape, nu_take_squeeze, nu_take_unsqueeze, nu_take_flatten, nu_take_shape;

/* Numbers of shapes, and constants, one after another. */
nu_graph_take nu_shape_concat;

/* Those numbers of the shape in[0] that in[1] says. */
nudge_status nu_shape_gather(nu_graph *g, nu_symbol **in, nu_symbol **out, nudge_error *err);

/* ---- Columns: onnx_columns.c ------------------------------------------------------------ */

/* The graph's inputs. */
nudge_status nu_graph_inputs(nu_graph *g, nudge_error *err);

/* v has n columns, or gets them if nobody said how many it has. */
nudge_status nu_columns_need(nu_graph *g, nu_symbol *v, size_t n, nudge_error *err);

/* in[0] op in[1] where one are columns and the other is a constant. */
nudge_status nu_columns_arithmetic(nu_graph *g, nu_symbol **in, nu_symbol **out,
                                   nudge_error *err);

/* Where(missing, constant, columns), of which the last may be NULL. */
nudge_status nu_columns_fill(nu_graph *g, nu_symbol **in, nu_symbol **out, nudge_error *err);

nudge_status nu_columns_concat(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                               nudge_error *err);

/* Columns `of` by numbers that are a constant. */
nudge_status nu_columns_select(nu_graph *g, nu_symbol *of, nu_symbol *numbers, nu_symbol **out,
                               nudge_error *err);

nu_graph_take nu_take_is_nan, nu_take_scaler, nu_take_imputer;

/* ---- What the first layer takes: onnx_inputs.c ------------------------------------------ */

nu_graph_take nu_take_one_hot;

/* Weights (out x v->n) of what the first layer takes become those of preprocessing's values, which
 * im is told: *weight is another then, and biases are added to. */
nudge_status nu_columns_end(nu_graph *g, nu_symbol *v, size_t out, double **weight,
                            double *bias, nudge_error *err);

/* ---- Outputs: onnx_outputs.c ------------------------------------------------------------ */

nu_graph_take nu_take_softmax, nu_take_argmax, nu_take_binarizer, nu_take_zip_map;

/* Units [1 - p, p] as probabilities of two classes; in[0] are units. */
nudge_status nu_units_pair(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                           nudge_error *err);

/* Constants, numbers or texts, as the labels of classes. */
nudge_status nu_take_labels(nu_graph *g, nu_symbol *constants, nu_symbol **out,
                            nudge_error *err);

/* What the graph's outputs are. */
nudge_status nu_graph_outputs(nu_graph *g, nudge_error *err);

/* ---- Layers: onnx_layers.c -------------------------------------------------------------- */

nu_graph_take nu_take_gemm, nu_take_matmul, nu_take_batch_norm;

/* Elementwise operators of one or two values, and Where. */
nu_graph_take nu_take_elementwise, nu_take_where;

/* v is what the last layer gives now. NUDGE_EDATA: it has been passed on, which is a branch. */
nudge_status nu_units_check(const nu_graph *g, const nu_symbol *v, nudge_error *err);

/* Units of the last layer as they are now, in the shape of `like` (NULL: [N, n]). NUDGE_EMEMORY. */
nudge_status nu_units_value(nu_graph *g, const nu_symbol *like, nu_symbol **out,
                            nudge_error *err);

/* in[0] op in[1], of which one are units and the other is a constant for each. */
nudge_status nu_units_arithmetic(nu_graph *g, nu_symbol **in, nu_symbol **out,
                                 nudge_error *err);

/* Makes factor y + shift, which v is, of its layer. */
nudge_status nu_units_straighten(nu_graph *g, nu_symbol **v, nudge_error *err);

/* factor v + shift, lists for each unit; each may be NULL. */
nudge_status nu_units_scale(nu_graph *g, nu_symbol *v, const double *factor, const double *shift,
                            nu_symbol **out, nudge_error *err);

/* ---- Between layers: onnx_between.c ----------------------------------------------------- */

nu_graph_take nu_take_mean, nu_take_layer_norm;

/* An operator of `n` values that is part of a norm, or adds a layer's input to what it gives. *out
 * stays NULL where it is neither. */
nu_graph_take nu_take_between;

/* Whether there is such an elementwise operator. */
int nu_is_elementwise(const char *op);

/* What v does to its layer, whose units it has, as that layer's activation: nothing else can be
 * done to it then. *found_exp: it is exp. NUDGE_EDATA: nudge has none such. */
nudge_status nu_units_end(nu_graph *g, nu_symbol *v, int *found_exp, nudge_error *err);

#endif
