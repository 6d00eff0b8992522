/* ONNX models being made: protobuf-c's structs of onnx.proto, whose memory is one chain of blocks.
 * What fails for want of memory is told once, at the end: nu_onnx_write(). */
#ifndef NUDGE_EXPORT_ONNX_GRAPH_H
#define NUDGE_EXPORT_ONNX_GRAPH_H

#include <stdio.h>

#include <onnx.pb-c.h>

#include "nudge.h"

typedef enum nu_onnx_type {
    NU_ONNX_FLOAT = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT,
    NU_ONNX_DOUBLE = ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE,
    NU_ONNX_INT64 = ONNX__TENSOR_PROTO__DATA_TYPE__INT64,
    NU_ONNX_STRING = ONNX__TENSOR_PROTO__DATA_TYPE__STRING
} nu_onnx_type;

typedef struct nu_onnx {
    Onnx__ModelProto model;
    Onnx__GraphProto graph;
    nu_onnx_type real;  /* of the network's numbers */
    nu_onnx_type type;  /* of the constants that are made now */
    char scope[32];     /* names of what is made now are "/scope/what_1" */
    size_t named;       /* how many */
    int failed;         /* there was no memory */
    struct nu_onnx_block *blocks;
} nu_onnx;

/* The name of a value; "" once something failed. It is valid until nu_onnx_end(). */
typedef const char *nu_wire;

typedef struct nu_wires {
    size_t n;
    char **name;
} nu_wires;

/* Opset 13, ai.onnx.ml 2, IR 7; `real` float or double. Followed by nu_onnx_end(). */
void nu_onnx_start(nu_onnx *g, nu_onnx_type real);
void nu_onnx_end(nu_onnx *g);

/* NUDGE_EARGUMENT (an input's name that no value can have; 2 GB or more, which is protobuf's
 * limit), NUDGE_EMEMORY. */
nudge_status nu_onnx_write(nu_onnx *g, FILE *stream, nudge_error *err);

void nu_onnx_scope(nu_onnx *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
void nu_onnx_metadata(nu_onnx *g, const char *key, const char *value);

/* [N, columns]; columns 0: [N]. The output is what `value` has, which no other may have. */
nu_wire nu_onnx_input(nu_onnx *g, const char *name, nu_onnx_type type, size_t columns);
void nu_onnx_output(nu_onnx *g, const char *name, nu_onnx_type type, size_t columns,
                    nu_wire value);

/* Constants of the type that g has now: [rows, columns]; rows 0: [columns]. Texts: [n]. */
nu_wire nu_onnx_numbers(nu_onnx *g, const double *values, size_t rows, size_t columns);
nu_wire nu_onnx_whole(nu_onnx *g, int64_t value); /* [1], int64 */
nu_wire nu_onnx_texts(nu_onnx *g, char *const *texts, size_t n);

void nu_onnx_add(nu_onnx *g, nu_wires *values, nu_wire value);

/* A node; the nu_onnx_set functions are for the last one's attributes. */
nu_wire nu_onnx_node(nu_onnx *g, const char *op, size_t n, const nu_wire *inputs);
void nu_onnx_set_domain(nu_onnx *g, const char *domain);
void nu_onnx_set_whole(nu_onnx *g, const char *name, int64_t value);
void nu_onnx_set_wholes(nu_onnx *g, const char *name, const int64_t *values, size_t n);
void nu_onnx_set_texts(nu_onnx *g, const char *name, char *const *texts, size_t n);

/* Nodes for a formula in postfix: "a 0.01 Mul a Max" is max(0.01 a, a). a, b, ... are the operands
 * in their order, numbers are constants, the others names of operators (onnx_formula.c). */
#define NU_FORMULA(g, formula, ...) \
    nu_onnx_formula((g), (formula), (const nu_wire[]){__VA_ARGS__})
nu_wire nu_onnx_formula(nu_onnx *g, const char *formula, const nu_wire *operands);

/* c[0] + c[1] x + ... + c[7] x^7 */
nu_wire nu_onnx_polynomial(nu_onnx *g, const double c[8], nu_wire x);

#endif
