#!/usr/bin/python3
"""Writes tests/files/import/graphs.xz: small ONNX graphs that differ in one thing from those that
are read. What makes the same of the data is read, and has ONNX Runtime's outputs (onnxruntime-node,
in NODE_PATH); what would be another function is refused, with these words.
    python3 tests/import_graphs.py tests/files/import/graphs.xz
The format is import_networks.py's; with 0 rows the words of the refusal stand for labels."""
import json
import lzma
import os
import struct
import subprocess
import sys
import tempfile

CASES = []
ML = "ai.onnx.ml"
FLOAT, INT64, BOOL = 1, 7, 9
ROWS = [[0.02, 0.5], [-1.5, 2], [3, 1], [0.0295, -0.01]]


# ---- Protocol buffers -----------------------------------------------------------------------
def varint(n):
    n &= (1 << 64) - 1
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def attribute(name, value):
    if not isinstance(value, list):
        number = {int: 3, float: 2, str: 4}[type(value)]
        kind = {int: 2, float: 1, str: 3}[type(value)]
        return field(5, field(1, name) + field(number, value) + field(20, kind))
    number, kind = {int: (8, 7), float: (7, 6), str: (9, 8)}[type(value[0])]
    return field(5, field(1, name) + b"".join(field(number, v) for v in value) + field(20, kind))


def node(op, inputs, output, domain="", **attributes):
    outputs = output.split()
    return (b"".join(field(1, x) for x in inputs.split(" ")) +
            b"".join(field(2, x) for x in outputs) + field(3, outputs[0]) + field(4, op) +
            b"".join(attribute(k, v) for k, v in attributes.items()) + field(7, domain))


def tensor(name, shape, numbers, kind=FLOAT):
    raw = struct.pack("<%d%s" % (len(numbers), {FLOAT: "f", INT64: "q"}[kind]), *numbers)
    return b"".join(field(1, d) for d in shape) + field(2, kind) + field(9, raw) + field(8, name)


def ints(name, *numbers):
    return tensor(name, [len(numbers)], numbers, INT64)


def one(name, number):
    return tensor(name, [], [number])


def value(name, shape, kind=FLOAT):
    axes = b"".join(field(1, field(2, "N") if d is None else field(1, d)) for d in shape)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, axes)))


def model(nodes, tensors, inputs, opset):
    graph = (b"".join(field(1, n) for n in nodes) + field(2, "g") +
             b"".join(field(5, t) for t in tensors) + b"".join(field(11, v) for v in inputs) +
             field(12, field(1, "y") + field(2, field(1, field(1, FLOAT)))))
    return (field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, opset)) +
            field(8, field(1, ML) + field(2, 2)))


# ---- Graphs ---------------------------------------------------------------------------------
def case(name, nodes, tensors, words=None, shape=(None, 2), rows=None, kind=FLOAT, opset=17,
         more=(), labels="-"):
    """words: of the refusal. rows: what x has. more: other inputs, for what is refused."""
    inputs = [value("x", shape, kind), *more]
    CASES.append((name, model(nodes, tensors, inputs, opset), words, rows or ROWS, shape, kind,
                  labels))


IDENTITY = tensor("W", [2, 2], [1, 0, 0, 1])
ONE = tensor("W", [2, 1], [1, 1])
H = node("Gemm", "x W", "h")
NO_ACTIVATION = "what it makes of layer 1 is no activation"
ROWS_LOST = "rows are no longer rows"
END = node("Gemm", "q W", "y")


def activations():
    def activation(name, nodes, words=None, **constants):
        case(name, [H, *nodes], [IDENTITY] + [one(k, v) for k, v in constants.items()], words)

    activation("threshold", [node("ThresholdedRelu", "h", "y", alpha=0.03)],
               "node 'y' (ThresholdedRelu): no operator")
    for c in (0.03, 1e-3, 1e-5, -0.01, 0, 50):
        activation("where%g" % c, [node("Greater", "h c", "g"), node("Where", "g h z", "y")],
                   None if c == 0 else "node 'g' (Greater): it bends at 50" if c == 50
                   else "node 'y' (Where): " + NO_ACTIVATION, c=c, z=0)
    for c in (6, 50):
        activation("relu%g" % c, [node("Relu", "h", "r"), node("Min", "r c", "y")],
                   "(Min): it bends at 50" if c == 50 else "(Min): " + NO_ACTIVATION, c=c)
    activation("max-100", [node("Max", "h c", "y")], "(Max): it bends at -100", c=-100)
    between = [node("Greater", "h a", "g"), node("Greater", "h b", "k"), node("Relu", "h", "r")]
    for a, b in ((0.0301, 0.0302), (0, 1e-7)):
        activation("notch%g" % a, between + [node("Where", "k r c", "w"),
                                             node("Where", "g w r", "y")],
                   "beside another bend at 0", a=a, b=b, c=1e6)
    activation("leaky", [node("Mul", "h c", "l"), node("Max", "h l", "y")], c=0.01)
    activation("softplus20", [node("Softplus", "h", "s"), node("Greater", "h c", "g"),
                              node("Where", "g h s", "y")], c=20)
    activation("silu", [node("Sigmoid", "h", "s"), node("Mul", "h s", "y")])
    activation("tanh", [node("Mul", "h c", "d"), node("Neg", "d", "n"), node("Exp", "n", "e"),
                        node("Add", "e o", "a"), node("Div", "c a", "s"),
                        node("Sub", "s o", "y")], c=2, o=1)
    activation("elu", [node("Greater", "h z", "g"), node("Exp", "h", "e"), node("Sub", "e o", "m"),
                       node("Where", "g h m", "y")], z=0, o=1)
    activation("steep", [node("Sub", "h c", "a"), node("Mul", "a k", "b"), node("Exp", "b", "e"),
                         node("Add", "e o", "f"), node("Div", "e f", "s"),
                         node("Mul", "h s", "y")], "(Mul): " + NO_ACTIVATION, c=0.03, k=16, o=1)
    activation("bias", [node("Sub", "h c", "r"), node("Relu", "r", "y")], c=0.03)
    for op, words, attributes in (
            ("Elu", 1, {"alpha": 0.5}), ("Celu", 1, {"alpha": 2.0}), ("Celu", 0, {"alpha": 1.0}),
            ("Selu", 1, {"gamma": 1.0}), ("Selu", 0, {}), ("LeakyRelu", 0, {}),
            ("LeakyRelu", 1, {"alpha": 0.011}), ("Softsign", 0, {}), ("Abs", 1, {})):
        activation("-".join([op, *map(str, attributes.values())]),
                   [node(op, "h", "y", **attributes)], NO_ACTIVATION if words else None)
    for op in "HardSigmoid", "HardSwish", "Clip":
        activation(op, [node(op, "h", "y")], "(%s): no operator" % op)
    for slope in 0.01, 0.25:
        activation("prelu%g" % slope, [node("PRelu", "h c", "y")],
                   None if slope == 0.01 else NO_ACTIVATION, c=slope)
    activation("square", [node("Pow", "h c", "y")], NO_ACTIVATION, c=2)
    case("prelu-each", [H, node("PRelu", "h c", "y")], [IDENTITY, tensor("c", [2], [0.01, 0.3])],
         "(PRelu): of a constant for each unit")


def constants():
    for shape in ([2, 1], [1, 2], [2], [1, 1], [1], [], [1, 1, 2], [1, 1, 1], [2, 2]):
        n = 1
        for d in shape:
            n *= d
        c, name = tensor("c", shape, [10, 20, 30, 40][:n]), "x".join(map(str, shape))
        words = None if len(shape) < 2 or (len(shape) == 2 and shape[0] == 1) else \
            "a constant of shape [%s]" % ", ".join(map(str, shape))
        for where, nodes in (
                ("units", [H, node("Add", "h c", "y")]),
                ("after", [H, node("Relu", "h", "r"), node("Mul", "c r", "q"),
                           node("Gemm", "q V", "y")]),
                ("columns", [node("Sub", "x c", "q"), END]),
                ("bias", [node("Gemm", "x W c", "y")])):
            case("%s-%s" % (where, name), nodes, [IDENTITY, tensor("V", [2, 2], [1, 2, 3, 4]), c],
                 "2 biases" if where == "bias" and n == 4 else words, rows=ROWS[:2])
        if n == 1:
            case("unit-" + name, [H, node("Add", "h c", "y")], [ONE, c], words)
    both = tensor("c", [2], [10, 20])
    for axis in 0, 1:
        case("row-unsqueezed%d" % axis, [H, node("Unsqueeze", "c a", "u"), node("Add", "h u", "y")],
             [IDENTITY, both, ints("a", axis)],
             "a constant of shape [2, 1]" if axis else None, rows=ROWS[:2])
    case("weights-unsqueezed", [node("Unsqueeze", "c a", "u"), node("MatMul", "x u", "y")],
         [both, ints("a", -1)])
    case("one-unsqueezed", [H, node("Unsqueeze", "c a", "u"), node("Add", "h u", "y")],
         [ONE, one("c", 10), ints("a", 0, 1)])
    case("unsqueezed-before-13", [H, node("Unsqueeze", "c", "u", axes=[1]),
                                  node("Add", "h u", "y")], [IDENTITY, both],
         "a constant of shape [2, 1]", opset=11)
    case("row-reshaped", [H, node("Reshape", "c a", "u"), node("Add", "h u", "y")],
         [IDENTITY, both, ints("a", -1, 1)], "a constant of shape [2, 1]")
    case("weights-reshaped", [node("Reshape", "c a", "u"), node("MatMul", "x u", "y")],
         [tensor("c", [4], [1, 2, 3, 4]), ints("a", 2, -1)])
    case("weights-misshaped", [node("Reshape", "c a", "u"), node("MatMul", "x u", "y")],
         [tensor("c", [4], [1, 2, 3, 4]), ints("a", 3, -1)], "4 numbers have no such shape")
    for name, kind, number in (("int", INT64, 2.5), ("bool", BOOL, 2), ("half", 10, 0.1),
                               ("whole", INT64, 2)):
        case("constant-to-" + name, [node("Cast", "c", "i", to=kind), node("Cast", "i", "f", to=1),
                                     H, node("Mul", "h f", "y")],
             [IDENTITY, tensor("c", [1], [number])],
             None if name == "whole" else "to type %d, which changes" % kind)


def shapes():
    for to, shape, fine in (
            ((2, -1), (None, 2), 0), ((1, -1), (None, 2), 0), ((4, -1), (None, 2), 0),
            ((-1, 2), (None, 2), 1), ((0, -1), (None, 2), 1), ((0, 2), (None, 2), 1),
            ((-1, 1), (None, 2), 0), ((-1,), (None, 2), 0), ((0, 1, 2), (None, 2), 0),
            ((4, 2), (4, 2), 1), ((4, -1), (4, 2), 1), ((8, -1), (4, 2), 0), ((0, -2), (4, 2), 0)):
        name = "reshape%s-of-%s" % (",".join(map(str, to)), shape[0] or "any")
        case(name, [H, node("Reshape", "h s", "r"), node("Relu", "r", "y")],
             [IDENTITY, ints("s", *to)], None if fine else "(Reshape): " + ROWS_LOST, shape=shape)
    case("reshape-one-row", [node("Reshape", "x s", "q"), END], [IDENTITY, ints("s", 1, -1)],
         shape=(1, 2), rows=[[3, 1]])
    case("reshape-columns", [node("Reshape", "x s", "q"), END],
         [tensor("W", [8, 2], range(16)), ints("s", 1, -1)], ROWS_LOST, shape=(None, None))
    case("reshape-columns-to-rows", [node("Reshape", "x s", "q"), END],
         [IDENTITY, ints("s", -1, 2)], shape=(None, None))
    case("softmax-of-three-axes", [H, node("Unsqueeze", "h a", "u"),
                                   node("Softmax", "u", "y", axis=1)], [IDENTITY, ints("a", 1)],
         "(Unsqueeze): " + ROWS_LOST)
    case("squeezed", [H, node("Squeeze", "h a", "y")], [ONE, ints("a", -1)])
    case("squeezed-all", [H, node("Squeeze", "h", "y")], [ONE])
    case("squeezed-rows", [H, node("Squeeze", "h a", "y")], [IDENTITY, ints("a", 0)],
         "(Squeeze): axis 0: rows are no longer rows")
    case("squeezed-two", [H, node("Squeeze", "h a", "y")], [IDENTITY, ints("a", 1)],
         "(Squeeze): axis 1 has not the size 1")
    case("squeezed-sigmoid", [H, node("Squeeze", "h a", "q"), node("Sigmoid", "q", "y")],
         [ONE, ints("a", 1)], labels="0|1")
    case("row-by-column", [H, node("Sigmoid", "h", "s"), node("Squeeze", "s a", "q"),
                           node("Mul", "h q", "y")], [ONE, ints("a", 1)], "(Mul): " + ROWS_LOST)
    case("column-to-row", [H, node("Squeeze", "h a", "q"), node("Add", "q c", "y")],
         [ONE, ints("a", 1), tensor("c", [1, 1], [2])], "a constant of shape [1, 1]")
    case("squeezed-layer", [H, node("Squeeze", "h a", "q"), node("MatMul", "q w", "y")],
         [ONE, ints("a", 1), tensor("w", [1, 2], [1, 2])], "it takes rows, [N, n], and gets 1")
    for axis in 0, 1:
        case("back%d" % axis, [H, node("Squeeze", "h a", "q"), node("Unsqueeze", "q b", "u"),
                               node("Gemm", "u w", "y")],
             [ONE, ints("a", 1), ints("b", axis), tensor("w", [1, 2], [1, 2])],
             None if axis else "(Unsqueeze): axis 0: rows are no longer rows")
    for axis in 0, -1:
        case("flatten%d" % axis, [H, node("Flatten", "h", "y", axis=axis)], [IDENTITY],
             None if axis else "rows are put together")
    for name, parts, fine in ("view", "u m", 1), ("view-swapped", "m u", 0):
        case(name, [node("Shape", "x", "s"), node("Gather", "s z", "n", axis=0),
                    node("Unsqueeze", "n a", "u"), node("Concat", parts, "t", axis=0),
                    node("Reshape", "x t", "q"), END],
             [IDENTITY, tensor("z", [], [0], INT64), ints("a", 0), ints("m", -1)],
             None if fine else ROWS_LOST)
    case("view-of-columns", [node("Shape", "x", "s"), node("Gather", "s z", "n", axis=0),
                             node("Concat", "m n", "t", axis=0), node("Reshape", "x t", "q"), END],
         [IDENTITY, ints("z", 1), ints("m", -1)])
    case("shape-in-part", [node("Shape", "x", "s", start=1), node("Concat", "s m", "t", axis=0),
                           node("Reshape", "x t", "q"), END], [IDENTITY, ints("m", -1)],
         "(Shape): of columns or units")


def columns():
    three, four = (None, 2, 2), [[1, 2, 3, 4], [5, 6, 7, 9]]
    case("matrices", [node("MatMul", "x W", "y")], [IDENTITY], "it takes rows, [N, n], and gets 3",
         shape=three, rows=four)
    case("one-of-matrices", [node("Gather", "x i", "p", axis=1), node("Flatten", "p", "q"), END],
         [IDENTITY, ints("i", 1)], "columns by their numbers", shape=three, rows=four)
    case("matrices-less", [node("Sub", "x c", "p"), node("Flatten", "p", "q"), END],
         [tensor("W", [4, 2], range(8)), tensor("c", [2, 2], [1, 2, 3, 4])],
         shape=(None, 1, 2, 2), rows=four)
    case("pictures-less-rows", [node("Sub", "x c", "p"), node("Flatten", "p", "q"), END],
         [tensor("W", [4, 2], range(8)), tensor("c", [2, 2], [1, 2, 3, 4])],
         "a constant of shape [2, 2], for rows of 4", shape=(None, 2, 1, 2), rows=four)
    case("matrices-less-a-row", [node("Sub", "x c", "p"), node("Flatten", "p", "q"), END],
         [tensor("W", [4, 2], range(8)), tensor("c", [4], [1, 2, 3, 4])],
         "a constant of shape [4], for rows of 4", shape=(None, 4, 1), rows=four)
    for axis in 0, 1:
        case("gather%d" % axis, [node("Gather", "x i", "q", axis=axis), END],
             [IDENTITY, ints("i", 1, -2 * axis)], None if axis else "columns by their numbers")
    numbers = [tensor("i", [], [1], INT64), tensor("j", [], [0], INT64)]
    case("gather-numbers", [node("Gather", "x i", "p", axis=1), node("Gather", "x j", "r", axis=1),
                            node("Concat", "p r", "t", axis=-1), node("Reshape", "t s", "q"), END],
         [IDENTITY, ints("s", -1, 2), *numbers], "(Concat): along axis -1, not along a row")
    case("gather-number", [node("Gather", "x j", "p", axis=1), node("Unsqueeze", "p a", "q"), END],
         [tensor("W", [1, 2], [1, 2]), ints("a", 1), *numbers], shape=(None, 1), rows=[[3], [-2]])
    case("extract", [node("ArrayFeatureExtractor", "x i", "q", ML), END], [IDENTITY,
                                                                           ints("i", 1, 0)])
    for scale, offset in ([2.0, 3.0], [1.0, 2.0]), ([2.0], [1.0]):
        case("scaler%d" % len(scale), [node("Scaler", "x", "q", ML, offset=offset, scale=scale),
                                       END], [IDENTITY])
    case("vectorizer", [node("FeatureVectorizer", "x", "q", ML, inputdimensions=[1]), END],
         [IDENTITY], "its inputs have other sizes than it says")
    whole = dict(kind=INT64, rows=[[7, 5], [-3, 2]])
    case("whole-divided", [node("Div", "x c", "d"), node("Cast", "d", "q", to=1), END],
         [IDENTITY, ints("c", 2)], "whole numbers are computed with", **whole)
    case("whole-cast", [node("Cast", "x", "d", to=1), node("Div", "d c", "q"), END],
         [IDENTITY, one("c", 2)], **whole)
    case("whole-weights", [node("MatMul", "x W", "d"), node("Cast", "d", "y", to=1)],
         [tensor("W", [2, 2], [1, 0, 0, 1], INT64)], "of whole numbers that", **whole)
    case("texts-cast", [node("Cast", "x", "q", to=1), END], [IDENTITY],
         "to type 1, which changes values", kind=8, rows=[[1, 2]])
    for shape in [2, 1], [2]:
        case("filled-%d" % len(shape), [node("IsNaN", "x", "m"), node("Where", "m c x", "q"), END],
             [IDENTITY, tensor("c", shape, [1, 2])],
             "a constant of shape [2, 1]" if len(shape) > 1 else None,
             rows=[[float("nan"), 3], [4, float("nan")]])
    case("one-hot-of-three-axes", [node("OneHotEncoder", "x", "q", ML, cats_int64s=[1, 2]), END],
         [IDENTITY], "it takes rows, [N, n], and gets 3", shape=(None, 1), kind=INT64, rows=[[1]])
    case("transposed", [node("Transpose", "x", "q"), END], [IDENTITY], "nothing but a matrix")


def layers():
    c, v = tensor("c", [2], [1, 2]), tensor("V", [2, 2], [1, 2, 3, 4])
    case("gemm-factors", [node("Gemm", "x V c", "y", alpha=2.0, beta=0.5, transB=1)], [v, c])
    case("gemm-beta-0", [node("Gemm", "x V c", "y", beta=0.0)], [v, c])
    case("gemm-transposed", [node("Gemm", "x V", "y", transA=1)], [v], "transA is 1")
    case("weights-first", [node("MatMul", "V x", "y")], [v], "times a matrix of constants")
    case("vector", [node("MatMul", "x c", "y")], [c], "times a matrix of constants")
    case("unbatched", [node("MatMul", "x V", "y")], [v], shape=(2,), rows=[[3, 1]])
    norm = [tensor(k, [2], [1, 2]) for k in "sbmv"]
    for name, out, opset, words, attributes in (
            ("batch-norm", "y", 17, None, {"epsilon": 0.1}), ("", "y a b", 13, "for inference", {}),
            ("", "y a b", 15, "for inference", {"training_mode": 1})):
        case(name or "training%d" % opset, [H, node("BatchNormalization", "h s b m v", out,
                                                    **attributes)], [IDENTITY, *norm], words,
             opset=opset)
    for axis, shape in (0, [2]), (1, [2, 1]):
        case("layer-norm%d" % axis, [H, node("LayerNormalization", "h s", "n", axis=axis),
                                     node("Gemm", "n W", "y")],
             [IDENTITY, tensor("s", shape, [1, 1])],
             "2 constants" if axis else "nudge's is of units of a row")
    for name, attributes in ("rows", {"axes": [0]}), ("flat", {"axes": [1], "keepdims": 0}), \
            ("all", {}):
        case("mean-" + name, [H, node("ReduceMean", "h", "m", **attributes),
                              node("Sub", "h m", "q"), END], [IDENTITY],
             "it is not the mean of each row")
    case("residual", [H, node("Relu", "h", "r"), node("Gemm", "r V", "k"), node("Relu", "k", "l"),
                      node("Add", "r l", "q"), END], [IDENTITY, v])
    for opset, axis in (17, {}), (17, {"axis": 0}), (11, {}), (11, {"axis": 0}), (17, {"axis": 2}):
        case("softmax%d-%s" % (opset, axis.get("axis", "")), [H, node("Softmax", "h", "y", **axis)],
             [IDENTITY], "(Softmax): along axis %d" % axis["axis"] if axis else None, opset=opset,
             labels="0|1")
    case("argmax", [H, node("ArgMax", "h", "y")], [IDENTITY], "(ArgMax): along axis 0")
    case("argmax-last", [H, node("ArgMax", "h", "y", axis=1, select_last_index=1)], [IDENTITY],
         "(ArgMax): of equal ones the last")
    case("pair", [H, node("Sigmoid", "h", "p"), node("Sub", "o p", "q"),
                  node("Concat", "q p", "y", axis=0)], [ONE, one("o", 1)], "(Concat): along axis 0")
    case("dropout-by-an-input", [H, node("Dropout", "h r t", "y")], [IDENTITY, one("r", 0.5)],
         "it draws at random", more=[value("t", [1, 1], BOOL)])
    case("binarizer", [H, node("Sigmoid", "h", "p"), node("Binarizer", "p", "y", ML,
                                                          threshold=0.25)], [IDENTITY],
         "it is of probabilities, at a half")
    case("exp", [H, node("Exp", "h", "y")], [IDENTITY])
    case("two-outputs", [H, node("Exp", "h", "e"), node("Relu", "h", "r"),
                         node("Gemm", "e W", "y")], [IDENTITY], "exp is no activation")
    case("old", [H, node("Add", "h c", "y", broadcast=1, axis=0)], [IDENTITY, c],
         "operators as in opset 6", opset=6)


# ---- Outputs --------------------------------------------------------------------------------
RUN = """
const ort = require('onnxruntime-node'), jobs = JSON.parse(require('fs').readFileSync(0, 'utf8'));
(async () => {
    const all = [];
    for (const j of jobs) try {
        const s = await ort.InferenceSession.create(j.file, {logSeverityLevel: 4});
        const x = j.data.map(v => v === null ? NaN : v);
        const t = j.whole ? new ort.Tensor('int64', x.map(BigInt), j.shape)
                          : new ort.Tensor('float32', x, j.shape);
        all.push(Array.from((await s.run({x: t})).y.data));
    } catch (e) {
        throw j.file + ': ' + e.message;
    }
    console.log(JSON.stringify(all));
})();
"""


def outputs(folder):
    jobs = []
    for name, graph, words, rows, shape, kind, _ in CASES:
        if words is not None:
            continue
        path = os.path.join(folder, name.replace("/", "_") + ".onnx")
        with open(path, "wb") as f:
            f.write(graph)
        sizes = [len(rows), *shape[1:]] if len(shape) > 1 else [*shape]
        jobs.append({"file": path, "whole": kind == INT64,
                     "data": [None if v != v else v for r in rows for v in r],
                     "shape": [len(rows[0]) if d is None else d for d in sizes]})
    return iter(json.loads(subprocess.run(["node", "-e", RUN], input=json.dumps(jobs), text=True,
                                          stdout=subprocess.PIPE, check=True).stdout))


for make in activations, constants, shapes, columns, layers:
    make()
archive = b""
with tempfile.TemporaryDirectory() as folder:
    made = outputs(folder)
    for name, graph, words, rows, shape, kind, labels in CASES:
        if words is not None:
            archive += ("%s %d 0 %s\n" % (name, len(graph), words)).encode() + graph
            continue
        out = next(made)
        n = len(out) // len(rows)
        archive += ("%s %d %d %s\n" % (name, len(graph), len(rows), labels)).encode() + graph
        for r, row in enumerate(rows):
            cells = ["" if v != v else repr(v) for v in row] + ["="]
            cells += ["%.9g" % v for v in out[r * n:(r + 1) * n]]
            archive += ("\t".join(cells) + "\t\n").encode()
with open(sys.argv[1], "wb") as f:
    f.write(lzma.compress(archive, preset=9))
print(len(CASES), "graphs,", sum(c[2] is None for c in CASES), "of them read")
