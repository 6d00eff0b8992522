#!/usr/bin/python3
"""Writes tests/files/import/networks.xz: 200 multilayer perceptrons in ONNX, as PyTorch and
skl2onnx write them, with rows of data and what each operator, computed in double, makes of them.
    python3 tests/import_networks.py tests/files/import/networks.xz
For each network: a line "NAME BYTES ROWS LABELS" (labels of classes with | between them, or -), the
ONNX file, and for each row a line of cells and, behind a cell "=", outputs, all ended by tabs."""
import lzma
import math
import sys

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

random = np.random.RandomState(7)
ROWS = 4
ML = "ai.onnx.ml"


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def normed(x, scale, shift, mean, variance):
    return (x - mean) / np.sqrt(variance + 1e-5) * scale + shift


OPERATORS = {
    "Relu": lambda x: np.maximum(x, 0), "Tanh": np.tanh, "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Softplus": lambda x: np.log1p(np.exp(x)), "Exp": np.exp, "Abs": np.abs, "Neg": np.negative,
    "Erf": np.vectorize(math.erf), "Identity": lambda x: x, "Dropout": lambda x: x,
    "Cast": lambda x: x, "Softsign": lambda x: x / (1 + np.abs(x)),
    "LeakyRelu": lambda x: np.where(x < 0, 0.01 * x, x),
    "Elu": lambda x: np.where(x < 0, np.expm1(np.minimum(x, 0)), x),
    "Selu": lambda x: 1.05070102214813232421875 * np.where(
        x < 0, 1.67326319217681884765625 * np.expm1(np.minimum(x, 0)), x),
    "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide, "MatMul": np.matmul,
    "Softmax": softmax, "LogSoftmax": lambda x: np.log(softmax(x)), "BatchNormalization": normed,
}


class Graph:
    """Nodes, with the value of each for the rows."""

    def __init__(self, style, real=np.float32):
        self.style, self.real = style, real
        self.type = TensorProto.FLOAT if real is np.float32 else TensorProto.DOUBLE
        self.nodes, self.initializers, self.inputs, self.value, self.number = [], [], [], {}, 0

    def name(self, what):
        self.number += 1
        return {"torch": "/%d/%s_output_0", "old": "%d", "sklearn": "%d_%s"}[self.style] % (
            (self.number, what) if self.style != "old" else self.number)

    def input(self, name, values, shape, type_=None):
        self.inputs.append(helper.make_tensor_value_info(name, type_ or self.type, shape))
        self.value[name] = values
        return name

    def constant(self, values, as_node=False, dtype=None):
        values = np.asarray(values, dtype or self.real)
        raw = random.rand() < 0.6
        name = self.name("const")
        tensor = numpy_helper.from_array(values, name) if raw else helper.make_tensor(
            name, {np.dtype("f4"): 1, np.dtype("f8"): 11, np.dtype("i8"): 7}[values.dtype],
            values.shape, values.flatten().tolist())
        if as_node:
            self.nodes.append(helper.make_node("Constant", [], [name], value=tensor))
        else:
            self.initializers.append(tensor)
        self.value[name] = values.astype(np.float64)
        return name

    def texts(self, values):
        name = self.name("texts")
        self.initializers.append(helper.make_tensor(name, TensorProto.STRING, [len(values)],
                                                    [v.encode() for v in values]))
        return name

    def node(self, op, *inputs, value=None, domain=None, outputs=1, **attributes):
        name = self.name(op)
        names = [name] + [self.name(op + "_mask") for _ in range(1, outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, op + "_%d" % len(self.nodes),
                                           domain=domain, **attributes))
        self.value[name] = OPERATORS[op](*[self.value[i] for i in inputs]) if value is None \
            else value
        return name

    def rename(self, wire, name):
        for node in self.nodes:
            for list_ in (node.input, node.output):
                for i, used in enumerate(list_):
                    list_[i] = name if used == wire else used
        self.value[name] = self.value[wire]
        return name

    def model(self, outputs, ir=7, opset=13):
        infos = [helper.make_tensor_value_info(n, t, s) for n, t, s in outputs]
        inputs = list(self.inputs)
        if ir < 4:
            inputs += [helper.make_tensor_value_info(t.name, t.data_type, t.dims)
                       for t in self.initializers]
        graph = helper.make_graph(self.nodes, "g", inputs, infos, self.initializers)
        opsets = [helper.make_opsetid("", opset)]
        if any(n.domain == ML for n in self.nodes):
            opsets.append(helper.make_opsetid(ML, 1))
        model = helper.make_model(graph, opset_imports=opsets, ir_version=ir)
        return model


def weights(*shape):
    return random.uniform(-1, 1, shape)


def dense(g, x, out, how):
    """One layer, in one of the ways that exporters have."""
    n = g.value[x].shape[1]
    w, b = weights(out, n), weights(out)
    if how == "gemm":
        attributes = {"alpha": 1.0, "beta": 1.0} if random.rand() < 0.7 else \
            {"alpha": 0.5, "beta": 2.0}
        wire, bias = g.constant(w), g.constant(b)
        value = attributes["alpha"] * g.value[x] @ g.value[wire].T + \
            attributes["beta"] * g.value[bias]
        return g.node("Gemm", x, wire, bias, value=value, transB=1, **attributes)
    if how == "plain gemm":
        wire = g.constant(w.T)
        return g.node("Gemm", x, wire, value=g.value[x] @ g.value[wire])
    if how == "transpose":
        wire = g.constant(w)
        turned = g.node("Transpose", wire, value=g.value[wire].T, perm=[1, 0])
        return g.node("Add", g.node("MatMul", x, turned), g.constant(b))
    z = g.node("MatMul", x, g.constant(w.T, as_node=how == "nodes"))
    if how == "no bias":
        return z
    bias = g.constant(b, as_node=how == "nodes")
    return g.node("Add", bias, z) if random.rand() < 0.5 else g.node("Add", z, bias)


def number(g, value):
    return g.constant(value, as_node=True)


def activate(g, z, kind):
    """As torch.onnx.export of opset 13 has them."""
    if kind == "gelu":
        e = g.node("Erf", g.node("Div", z, number(g, math.sqrt(2))))
        return g.node("Mul", g.node("Mul", z, g.node("Add", e, number(g, 1))), number(g, 0.5))
    if kind == "silu":
        return g.node("Mul", z, g.node("Sigmoid", z))
    if kind == "mish":
        return g.node("Mul", z, g.node("Tanh", g.node("Softplus", z)))
    if kind == "softsign" and random.rand() < 0.5:
        return g.node("Div", z, g.node("Add", g.node("Abs", z), number(g, 1)))
    if kind == "leaky-relu":
        return g.node("LeakyRelu", z, alpha=0.01)
    if kind == "elu":
        return g.node("Elu", z, alpha=1.0)
    return {"identity": lambda: z, "softsign": lambda: g.node("Softsign", z)}.get(
        kind, lambda: g.node(kind.capitalize(), z))()


ACTIVATIONS = ["relu", "leaky-relu", "elu", "tanh", "sigmoid", "softplus", "gelu", "silu", "selu",
               "mish", "softsign"]


def front(g, kind):
    """The network's input: some rows, and what is done before the first layer."""
    n = random.randint(1, 6)
    if kind in ("flatten", "view"):
        shape = [2, random.randint(2, 4)]
        x = random.uniform(-1, 1, (ROWS, *shape)).astype(np.float32).astype(float)
        n, flat = shape[0] * shape[1], None
        wire = g.input("input", x, ["N", 1, *shape] if kind == "flatten" else ["N", *shape, 1])
        flat = x.reshape(ROWS, n)
        if kind == "flatten":
            return flat, g.node("Flatten", wire, value=flat, axis=1)
        rows = g.node("Shape", wire, value=0)
        rows = g.node("Gather", rows, g.constant(0, True, np.int64), value=0, axis=0)
        rows = g.node("Unsqueeze", rows, g.constant([0], True, np.int64), value=0)
        shape = g.node("Concat", rows, g.constant([-1], True, np.int64), value=0, axis=0)
        return flat, g.node("Reshape", wire, shape, value=flat)
    x = random.uniform(-2, 2, (ROWS, n)).astype(np.float32).astype(float)
    wire = g.input("input", x, ["N", None if kind == "open" else n])
    if kind == "scaled":
        wire = g.node("Sub", wire, g.constant(weights(n)))
        wire = g.node("Div", wire, g.constant(weights(n) + 2))
    if kind == "cast":
        wire = g.node("Cast", wire, to=g.type)
    return x, wire


def torch_network(i):
    g = Graph("old" if i % 3 == 0 else "torch", np.float64 if i % 10 == 7 else np.float32)
    kind = ["plain", "plain", "flatten", "view", "scaled", "open", "cast"][i % 7]
    x, h = front(g, kind)
    ways = ["gemm", "matmul", "nodes", "transpose", "plain gemm", "no bias"]
    activation = ACTIVATIONS[i % len(ACTIVATIONS)]
    for _ in range(random.randint(0, 4)):
        h = dense(g, h, random.randint(1, 6), ways[random.randint(len(ways))])
        n = g.value[h].shape[1]
        norm = random.rand()
        statistics = [weights(n) + 2, weights(n), weights(n), weights(n) + 1.5]
        if norm < 0.15:
            h = g.node("BatchNormalization", h, *map(g.constant, statistics))
        h = activate(g, h, activation)
        if norm > 0.85:
            h = g.node("BatchNormalization", h, *map(g.constant, statistics))
        if random.rand() < 0.2:
            h = g.node("Identity", h)
    ends = ["numbers", "softmax", "log", "sigmoid", "scaled", "sigmoids", "exp", "temperature"]
    end = ends[i % 8]
    classes = end in ("softmax", "log", "temperature")
    n = random.randint(2, 5) if classes or end == "sigmoids" else 1 if end == "sigmoid" \
        else random.randint(1, 4)
    h = dense(g, h, n, ways[random.randint(5)])
    expected = g.value[h]
    if end == "temperature":
        h = g.node("Div", h, number(g, 2.5))
    if classes:
        h = g.node("LogSoftmax" if end == "log" else "Softmax", h, axis=1 if i % 2 else -1)
        expected = np.exp(g.value[h]) if end == "log" else g.value[h]
    elif end.startswith("sigmoid"):
        h = g.node("Sigmoid", h)
    elif end == "exp":
        h = g.node("Exp", h)
    elif end == "scaled":
        h = g.node("Add", g.node("Mul", h, g.constant(weights(n) + 2)), g.constant(weights(n)))
    if not classes:
        expected = g.value[h]
    g.rename(h, "output")
    labels = [str(k) for k in range(n)] if classes else ["0", "1"] if end == "sigmoid" else None
    model = g.model([("output", g.type, ["N", n])], ir=3 if i % 5 == 0 else 7)
    return "torch%d-%s-%s-%s" % (i, kind, activation, end), model, x.tolist(), expected, labels


# ---- skl2onnx --------------------------------------------------------------------------------

WORDS = ["green", "red", "blue", "a b", "\u00e9t\u00e9", "x=1", "Z"]


def sklearn_front(g, kind):
    n = random.randint(2, 6)
    if kind == "columns":
        return column_transformer(g)
    x = random.uniform(-2, 2, (ROWS, n)).astype(np.float32).astype(float)
    if kind == "imputer":
        x[random.rand(ROWS, n) < 0.3] = np.nan
    if kind == "whole":
        x = np.floor(x * 4)
        wire = g.node("Cast", g.input("X", x, [None, n], TensorProto.INT64), to=g.type)
    else:
        wire = g.input("float_input", x, [None, n])
    if kind == "imputer":
        fill = weights(n).astype(np.float32)
        wire = g.node("Imputer", wire, value=np.where(np.isnan(x), fill, x), domain=ML,
                      imputed_value_floats=fill.tolist(), replaced_value_float=math.nan)
    if kind != "plain":
        wire = scaler(g, wire)
    return [[v for v in row] for row in x.tolist()], wire


def scaler(g, wire):
    n = g.value[wire].shape[1]
    offset, scale = weights(n).astype(np.float32), (weights(n) + 1.5).astype(np.float32)
    value = (g.value[wire] - offset.astype(float)) * scale.astype(float)
    return g.node("Scaler", wire, value=value, domain=ML, offset=offset.tolist(),
                  scale=scale.tolist())


def column_transformer(g):
    """Numbers are put together, filled and scaled; each text becomes one-hot."""
    numbers, texts = random.randint(1, 4), random.randint(1, 3)
    order = random.permutation(["n"] * numbers + ["t"] * texts)
    rows, wires, parts, hots = [[] for _ in range(ROWS)], {"n": [], "t": []}, [], []
    for j, what in enumerate(order):
        if what == "n":
            v = random.uniform(-2, 2, (ROWS, 1)).astype(np.float32).astype(float)
            v[random.rand(ROWS, 1) < 0.2] = np.nan
            wires["n"].append(g.input("number %d" % j, v, [None, 1]))
        else:
            words = random.permutation(WORDS)[:random.randint(2, 6)].tolist()
            v = np.array([[words[random.randint(len(words))] if random.rand() < 0.8 else "other"]
                          for _ in range(ROWS)], dtype=object)
            wires["t"].append((g.input("text%d" % j, v, [None, 1], TensorProto.STRING), words))
        for r in range(ROWS):
            rows[r].append(v[r, 0])
    together = np.concatenate([g.value[w] for w in wires["n"]], axis=1)
    wire = wires["n"][0] if numbers == 1 else g.node("Concat", *wires["n"], value=together, axis=1)
    fill = weights(numbers).astype(np.float32)
    wire = g.node("Imputer", wire, value=np.where(np.isnan(together), fill, together), domain=ML,
                  imputed_value_floats=fill.tolist(), replaced_value_float=math.nan)
    parts.append(scaler(g, wire))
    beside = random.rand() < 0.5 and texts > 1
    if beside: # in one matrix of texts, whose columns are then taken out
        all_texts = np.concatenate([g.value[w] for w, _ in wires["t"]], axis=1)
        matrix = g.node("Concat", *[w for w, _ in wires["t"]], value=all_texts, axis=1)
    for k, (w, words) in enumerate(wires["t"]):
        values = g.value[w]
        if beside:
            w = g.node("ArrayFeatureExtractor", matrix, g.constant([k], dtype=np.int64),
                       value=values, domain=ML)
        hot = (values == np.array([words], dtype=object)).astype(float)
        w = g.node("OneHotEncoder", w, value=hot, domain=ML, cats_strings=words, zeros=1)
        if beside: # [N, 1, categories] each, as one encoder of several columns gives
            hots.append(w)
        else:
            parts.append(g.node("Reshape", w, g.constant([-1, len(words)], dtype=np.int64),
                                value=hot))
    if beside:
        hot = np.concatenate([g.value[w] for w in hots], axis=1)
        w = g.node("Concat", *hots, value=hot, axis=2)
        parts.append(g.node("Reshape", w, g.constant([-1, hot.shape[1]], dtype=np.int64),
                            value=hot))
    parts = [parts[k] for k in random.permutation(len(parts))]
    value = np.concatenate([g.value[p] for p in parts], axis=1)
    return rows, g.node("Concat", *parts, value=value, axis=1)


def sklearn_network(i):
    g = Graph("sklearn")
    kind = ["plain", "scaler", "imputer", "columns", "whole", "columns"][i % 6]
    rows, h = sklearn_front(g, kind)
    activation = ["relu", "tanh", "sigmoid", "identity"][i % 4]
    for _ in range(random.randint(1, 4)):
        h = activate(g, dense(g, h, random.randint(2, 6), "matmul"), activation)
    end = ["binary", "multi", "numbers", "binary texts", "multi texts"][i % 5]
    n = 1 if end.startswith("binary") else random.randint(3, 5) if end != "numbers" \
        else 1 + i % 2
    h = dense(g, h, n, "matmul")
    name = "sklearn%d-%s-%s-%s" % (i, kind, activation, end)
    if end == "numbers":
        value = g.value[h]
        h = g.rename(g.node("Reshape", h, g.constant([-1, n], dtype=np.int64), value=value),
                     "variable")
        return name, g.model([(h, g.type, [None, n])]), rows, value, None
    if end == "multi" and i % 3 == 0: # several labels at once
        h = g.rename(g.node("Sigmoid", h), "probabilities")
        label = g.node("Binarizer", h, value=0, domain=ML, threshold=0.5)
        label = g.rename(g.node("Cast", label, value=0, to=TensorProto.INT64), "label")
        return name, g.model([(label, TensorProto.INT64, [None, n]), (h, g.type, [None, n])]), \
            rows, g.value[h], None
    h = g.node("Softmax", h, axis=1) if n > 1 else g.node("Sigmoid", h)
    expected = g.value[h]
    if n == 1:
        other = g.node("Sub", g.constant([1]), h)
        value = np.concatenate([g.value[other], g.value[h]], axis=1)
        h = g.node("Concat", other, h, value=value, axis=1)
    count = max(n, 2)
    is_text = end.endswith("texts")
    labels = WORDS[:count] if is_text else [str(3 * k - 1) for k in range(count)]
    constant = g.texts(labels) if is_text else \
        g.constant([int(v) for v in labels], dtype=np.int64)
    likeliest = g.node("ArgMax", h, value=0, axis=1)
    label = g.node("ArrayFeatureExtractor", constant, likeliest, value=0, domain=ML)
    if not is_text:
        label = g.node("Cast", label, value=0, to=TensorProto.INT64)
    label = g.rename(g.node("Reshape", label, g.constant([-1], dtype=np.int64), value=0),
                     "output_label")
    if i % 2:
        h = g.rename(g.node("ZipMap", h, value=0, domain=ML,
                            **({"classlabels_strings": labels} if is_text else
                               {"classlabels_int64s": [int(v) for v in labels]})),
                     "output_probability")
    else:
        h = g.rename(h, "probabilities")
    outputs = [(label, TensorProto.STRING if is_text else TensorProto.INT64, [None]),
               (h, g.type, [None, count])]
    model = g.model(outputs)
    if i % 2: # a list of maps
        model.graph.output[1].ClearField("type")
        of = model.graph.output[1].type.sequence_type.elem_type.map_type
        of.key_type = TensorProto.STRING if is_text else TensorProto.INT64
        of.value_type.tensor_type.elem_type = TensorProto.FLOAT
    return name, model, rows, expected, labels


def cell(value):
    if isinstance(value, str):
        return value
    return "" if value is None or math.isnan(value) else repr(float(value))


def main():
    with lzma.open(sys.argv[1], "wb", preset=9) as out:
        for i in range(200):
            name, model, rows, expected, labels = (torch_network if i < 100 else sklearn_network)(i)
            checker.check_model(model)
            data = model.SerializeToString()
            out.write(("%s %d %d %s\n" % (name.replace(" ", "-"), len(data), ROWS, "|".join(
                labels or ["-"]))).encode())
            out.write(data)
            for row, outputs in zip(rows, expected):
                cells = [cell(v) for v in np.ravel(np.array(row, dtype=object))]
                cells += ["="] + ["%.17g" % v for v in outputs]
                out.write(("\t".join(cells) + "\t\n").encode())


main()
