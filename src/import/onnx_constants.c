/* ONNX: constants. */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/status.h"
#include "import/onnx_values.h"
#include "table/table.h"

#define TYPE(NAME) ONNX__TENSOR_PROTO__DATA_TYPE__##NAME

/* How many numbers the shape has; 0 where it is none that memory can hold. */
static int count_of(const Onnx__TensorProto *t, size_t *n)
{
    *n = 1;
    for (size_t i = 0; i < t->n_dims; i++)
        if (t->dims[i] < 0 || !nu_mul(*n, (size_t)t->dims[i], n))
            return 0;
    return t->n_dims <= NU_RANK;
}

nudge_status nu_graph_tensor(nu_graph *g, nu_symbol **value, const Onnx__TensorProto *t,
                             nudge_error *err)
{
    size_t n;
    if (t->n_external_data > 0 ||
        (t->has_data_location &&
         t->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL))
        return nu_graph_refuse(g, err, "tensor '%.80s': its data is in another file",
                               nu_text_of(t->name));
    if (!count_of(t, &n))
        return nu_graph_refuse(g, err, "tensor '%.80s' has no possible shape", nu_text_of(t->name));
    NU_TRY(nu_graph_symbol(g, value, NU_IS_CONSTANT, n, err));
    (*value)->tensor = t;
    (*value)->type = t->data_type;
    (*value)->rank = t->n_dims;
    for (size_t i = 0; i < t->n_dims; i++)
        (*value)->dim[i] = (size_t)t->dims[i];
    return NUDGE_OK;
}

/* ---- Decoding --------------------------------------------------------------------------- */

/* A type's numbers, in bytes and in a list of their own. ONNX is little-endian, as what nudge runs
 * on. */
#define NUMBERS(C_TYPE, list, n_list) do { \
    int is_raw_ = t->raw_data.len > 0; \
    if ((is_raw_ ? t->raw_data.len / sizeof(C_TYPE) : (n_list)) != v->n || \
        (is_raw_ && t->raw_data.len % sizeof(C_TYPE) != 0)) \
        return 0; \
    for (size_t i_ = 0; to != NULL && i_ < v->n; i_++) { \
        C_TYPE x_; \
        if (is_raw_) \
            memcpy(&x_, t->raw_data.data + i_ * sizeof x_, sizeof x_); \
        else \
            x_ = (C_TYPE)(list)[i_]; \
        to[i_] = (double)x_; \
    } \
    return 1; \
} while (0)

/* Whether the tensor has as many numbers as its shape says; they go to `to`, unless it is NULL. */
static int numbers_of(const nu_symbol *v, double *to)
{
    const Onnx__TensorProto *t = v->tensor;
    switch (t->data_type) {
    case TYPE(FLOAT): NUMBERS(float, t->float_data, t->n_float_data);
    case TYPE(DOUBLE): NUMBERS(double, t->double_data, t->n_double_data);
    case TYPE(INT64): NUMBERS(int64_t, t->int64_data, t->n_int64_data);
    case TYPE(INT32): NUMBERS(int32_t, t->int32_data, t->n_int32_data);
    case TYPE(INT8): NUMBERS(int8_t, t->int32_data, t->n_int32_data);
    case TYPE(BOOL):
    case TYPE(UINT8): NUMBERS(uint8_t, t->int32_data, t->n_int32_data);
    default: return 0;
    }
}

static int is_number(int32_t type)
{
    return type == TYPE(FLOAT) || type == TYPE(DOUBLE) || type == TYPE(INT64) ||
           type == TYPE(INT32) || type == TYPE(INT8) || type == TYPE(UINT8) || type == TYPE(BOOL);
}

static char *text_of(const void *data, size_t i)
{
    const ProtobufCBinaryData *text = &((const ProtobufCBinaryData *)data)[i];
    return strndup(text->data != NULL ? (const char *)text->data : "", text->len);
}

nudge_status nu_graph_decode(nu_graph *g, nu_symbol *v, nudge_error *err)
{
    const Onnx__TensorProto *t = v->tensor;
    if (v->numbers != NULL || v->texts != NULL || t == NULL)
        return NUDGE_OK;
    int is_text = t->data_type == TYPE(STRING);
    if (!is_text && !is_number(t->data_type))
        return nu_graph_refuse(g, err, "tensor '%.80s' has type %d: float, double, whole numbers "
                               "and texts are read", nu_text_of(t->name), (int)t->data_type);
    if (is_text ? t->n_string_data != v->n : !numbers_of(v, NULL))
        return nu_graph_refuse(g, err, "tensor '%.80s' has not the %zu values that its shape says",
                               nu_text_of(t->name), v->n);
    size_t n = v->n;
    if (is_text)
        return nu_strings_make(&v->texts, &v->n, n, text_of, t->string_data, "texts", err);
    NU_TRY(nu_chain_zeros(&v->numbers, n, err));
    (void)numbers_of(v, v->numbers);
    return NUDGE_OK;
}

/* ---- Operators -------------------------------------------------------------------------- */

nudge_status nu_take_constant(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                              nudge_error *err)
{
    const Onnx__AttributeProto *a = g->node->n_attribute > 0 ? g->node->attribute[0] : NULL;
    (void)in, (void)n;
    if (a != NULL && a->t != NULL)
        return nu_graph_tensor(g, out, a->t, err);
    int is_list = a != NULL && (a->n_floats > 0 || a->n_ints > 0);
    if (a == NULL || (!is_list && !a->has_f && !a->has_i))
        return nu_graph_refuse(g, err, "a constant without tensor or numbers");
    size_t count = !is_list ? 1 : a->n_floats > 0 ? a->n_floats : a->n_ints;
    NU_TRY(nu_graph_symbol(g, out, NU_IS_CONSTANT, count, err));
    NU_TRY(nu_chain_zeros(&(*out)->numbers, count, err));
    for (size_t i = 0; i < count; i++)
        (*out)->numbers[i] = !is_list ? (a->has_f ? (double)a->f : (double)a->i)
                             : a->n_floats > 0 ? (double)a->floats[i] : (double)a->ints[i];
    (*out)->type = a->n_floats > 0 || (!is_list && a->has_f) ? TYPE(FLOAT) : TYPE(INT64);
    (*out)->rank = (size_t)is_list;
    (*out)->dim[0] = count;
    return NUDGE_OK;
}

/* Whether a constant has a number for each of a row, or one for all. */
static int fits(const nu_symbol *c, const nu_symbol *v)
{
    if (c->rank > v->rank)
        return 0;
    for (size_t k = 1; c->n != 1 && k <= c->rank; k++)
        if (c->dim[c->rank - k] != (k == v->rank ? 1 : v->dim[v->rank - k]))
            return 0;
    return c->n == 1 || c->n == v->n;
}

nudge_status nu_need_fit(const nu_graph *g, const nu_symbol *c, const nu_symbol *v,
                         nudge_error *err)
{
    char shape[NU_RANK * 24] = "";
    if (fits(c, v))
        return NUDGE_OK;
    for (size_t i = 0, used = 0; i < c->rank; i++)
        used += (size_t)sprintf(shape + used, i == 0 ? "%zu" : ", %zu", c->dim[i]);
    return nu_graph_refuse(g, err, "a constant of shape [%s], for rows of %zu", shape, v->n);
}

nudge_status nu_need_each(nu_graph *g, nu_symbol **in, size_t n, nudge_error *err)
{
    for (size_t k = 1; k < n; k++) {
        if (in[k] == NULL || in[k]->kind != NU_IS_CONSTANT || in[k]->n != in[0]->n ||
            in[k]->rank != 1)
            return nu_graph_refuse(g, err, "%zu constants are needed", in[0]->n);
        NU_TRY(nu_graph_decode(g, in[k], err));
        if (in[k]->numbers == NULL)
            return nu_graph_refuse(g, err, "constants are numbers");
    }
    return NUDGE_OK;
}

nudge_status nu_take_transpose(nu_graph *g, nu_symbol **in, size_t n, nu_symbol **out,
                               nudge_error *err)
{
    nu_symbol *v = in[0];
    (void)n;
    if (v->kind != NU_IS_CONSTANT || v->rank != 2)
        return nu_graph_refuse(g, err, "nothing but a matrix of weights can be transposed");
    const Onnx__AttributeProto *perm = nu_graph_attribute(g, "perm");
    if (perm != NULL && (perm->n_ints != 2 || perm->ints[0] != !perm->ints[1] ||
                         perm->ints[1] != !perm->ints[0]))
        return nu_graph_refuse(g, err, "a matrix has two axes, which can change places");
    if (perm != NULL && perm->ints[0] == 0) { /* as it is */
        *out = v;
        return NUDGE_OK;
    }
    NU_TRY(nu_graph_decode(g, v, err));
    if (v->numbers == NULL || v->n == 0)
        return nu_graph_refuse(g, err, "nothing but a matrix of weights can be transposed");
    NU_TRY(nu_graph_afford(g, v->n, err));
    NU_TRY(nu_graph_symbol(g, out, NU_IS_CONSTANT, v->n, err));
    NU_TRY(nu_chain_zeros(&(*out)->numbers, v->n, err));
    (*out)->type = v->type;
    (*out)->rank = 2;
    (*out)->dim[0] = v->dim[1];
    (*out)->dim[1] = v->dim[0];
    for (size_t i = 0; i < v->dim[0]; i++)
        for (size_t j = 0; j < v->dim[1]; j++)
            (*out)->numbers[j * v->dim[0] + i] = v->numbers[i * v->dim[1] + j];
    return NUDGE_OK;
}
