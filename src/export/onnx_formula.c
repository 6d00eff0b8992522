/* Formulas as nodes. */
#include "export/onnx_graph.h"

#include <stdlib.h>
#include <string.h>

/* What formulas name: an operator of ONNX, or a short name of one with an attribute. */
typedef struct operator {
    const char *name;
    size_t arity;
    const char *op;        /* NULL: it is the name */
    const char *attribute; /* NULL: none */
    int64_t value;
    int is_list;           /* of that one value */
} operator;

static const operator operators[] = {
    {"Abs", .arity = 1},
    {"Add", .arity = 2},
    {"Cos", .arity = 1},
    {"Div", .arity = 2},
    {"Equal", .arity = 2},
    {"Erf", .arity = 1},
    {"Exp", .arity = 1},
    {"Greater", .arity = 2},
    {"IsNaN", .arity = 1},
    {"LessOrEqual", .arity = 2},
    {"Log", .arity = 1},
    {"MatMul", .arity = 2},
    {"Max", .arity = 2},
    {"Min", .arity = 2},
    {"Mul", .arity = 2},
    {"Neg", .arity = 1},
    {"Relu", .arity = 1},
    {"Sigmoid", .arity = 1},
    {"Sin", .arity = 1},
    {"Sqrt", .arity = 1},
    {"Sub", .arity = 2},
    {"Tanh", .arity = 1},
    {"Where", .arity = 3},
    {"Softmax", .arity = 1, .attribute = "axis", .value = 1},
    /* of each row, [N, 1] */
    {"Mean", 1, .op = "ReduceMean", .attribute = "axes", .value = 1, .is_list = 1},
    /* from a list at indices; of a matrix the column at an index of shape [1], [N, 1] */
    {"Take", 2, .op = "Gather", .attribute = "axis", .value = 0},
    {"Column", 2, .op = "Gather", .attribute = "axis", .value = 1},
    {"Double", 1, .op = "Cast", .attribute = "to", .value = NU_ONNX_DOUBLE},
    {"Whole", 1, .op = "Cast", .attribute = "to", .value = NU_ONNX_INT64},
    {"Real", 1, .op = "Cast", .attribute = "to" /* the network's type */},
};

static const operator *operator_of(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strlen(operators[i].name) == size && memcmp(operators[i].name, name, size) == 0)
            return &operators[i];
    return NULL;
}

static nu_wire apply(nu_onnx *g, const operator *o, const nu_wire *inputs)
{
    nu_wire value = nu_onnx_node(g, o->op != NULL ? o->op : o->name, o->arity, inputs);
    int64_t number = strcmp(o->name, "Real") == 0 ? (int64_t)g->real : o->value;
    if (o->attribute == NULL)
        return value;
    if (o->is_list)
        nu_onnx_set_wholes(g, o->attribute, &number, 1);
    else
        nu_onnx_set_whole(g, o->attribute, number);
    return value;
}

static nu_wire scalar(nu_onnx *g, const char *text)
{
    double number = strtod(text, NULL);
    return nu_onnx_numbers(g, &number, 0, 1);
}

nu_wire nu_onnx_formula(nu_onnx *g, const char *formula, const nu_wire *operands)
{
    nu_wire stack[8] = {""};
    size_t depth = 0;
    for (const char *at = formula; *at != '\0'; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        const operator *o = operator_of(at, size);
        if (o != NULL) {
            depth -= o->arity;
            stack[depth] = apply(g, o, stack + depth);
        } else {
            stack[depth] = *at >= 'a' ? operands[*at - 'a'] : scalar(g, at);
        }
        depth++;
        at += size;
    }
    return stack[0];
}

nu_wire nu_onnx_polynomial(nu_onnx *g, const double c[8], nu_wire x)
{
    nu_wire sum = nu_onnx_numbers(g, &c[7], 0, 1);
    for (size_t i = 7; i-- > 0;)
        sum = NU_FORMULA(g, "a b Mul c Add", sum, x, nu_onnx_numbers(g, &c[i], 0, 1));
    return sum;
}
