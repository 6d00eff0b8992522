"""Reads and writes safetensors files with nothing but the format's description:

  check FILE DTYPE WIDTH...   FILE is a model of these widths: layout, names, shapes, network text
  make FILE DTYPE WIDTH...    writes weights as another program would: no metadata, tensors sorted
                              by name, one more tensor than the network has
  torch FILE DTYPE WIDTH...   likewise, as safetensors.torch writes a torch.nn.Sequential with
                              activations between: "0.weight", "2.weight", ..., sorted as texts
  same FILE FILE              both hold the same values in layers.*, or in their other layers by
                              number
"""
import json
import struct
import sys

CODES = {"F32": ("f", 4), "F64": ("d", 8)}


def read(path):
    with open(path, "rb") as file:
        whole = file.read()
    (length,) = struct.unpack("<Q", whole[:8])
    header = whole[8 : 8 + length]
    assert length % 8 == 0, "the data begin at byte %d" % (8 + length)
    assert header[:1] == b"{" and header.rstrip(b" ")[-1:] == b"}", "padding must be spaces"
    entries = json.loads(header.decode("utf-8"))
    metadata = entries.pop("__metadata__", {})
    assert all(isinstance(value, str) for value in metadata.values())
    data = whole[8 + length :]
    tensors, at = {}, 0
    for name, entry in sorted(entries.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        count = 1
        for size in entry["shape"]:
            count *= size
        code, width = CODES[entry["dtype"]]
        assert begin == at and end == begin + count * width, "%s: %d to %d" % (name, begin, end)
        values = struct.unpack("<%d%s" % (count, code), data[begin:end])
        tensors[name] = (entry["dtype"], entry["shape"], values)
        at = end
    assert at == len(data), "%d bytes of data, %d described" % (len(data), at)
    return metadata, tensors


def shapes(widths):
    for layer, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        yield "layers.%d.weight" % layer, [outputs, inputs]
        yield "layers.%d.bias" % layer, [outputs]


def check(path, dtype, *widths):
    widths = [int(width) for width in widths]
    metadata, tensors = read(path)
    assert metadata["format"] == "nudge" and metadata["version"] == "1", metadata
    network = json.loads(metadata["network"])
    assert network["widths"] == widths and network["dtype"] == dtype.lower(), network
    assert len(network["activations"]) == len(widths) - 1
    assert network["preprocessing"]["targets"] == ["y"]
    expected = dict(shapes(widths))
    assert list(tensors) == list(expected), list(tensors)
    for name, (kind, shape, values) in tensors.items():
        assert kind == dtype and shape == expected[name], (name, kind, shape)
        assert all(abs(value) < 10 for value in values) and any(values), (name, values)


def make(path, dtype, *widths):
    tensors = sorted(shapes([int(w) for w in widths])) + [("optimizer.step", [1])]
    write(path, dtype, tensors, {})


def torch(path, dtype, *widths):
    tensors = sorted(("%d.%s" % (2 * int(name.split(".")[1]), name.split(".")[2]), shape)
                     for name, shape in shapes([int(w) for w in widths]))
    write(path, dtype, tensors, {"__metadata__": {"format": "pt"}})


def write(path, dtype, tensors, header):
    code, width = CODES[dtype]
    data = b""
    for name, shape in tensors:
        count = shape[0] * (shape[1] if len(shape) == 2 else 1)
        values = [((i * 7 + len(data)) % 19 * 2 - 19) / 16 for i in range(count)]  # none is 0
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [len(data), len(data) + count * width]}
        data += struct.pack("<%d%s" % (count, code), *values)
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def same(*paths):
    first, second = (layers(read(path)[1]) for path in paths)
    assert first and first == second, (first, second)


def layers(tensors):
    """The values in the order of the numbers in names."""
    named = [name.split(".") for name in tensors if any(map(str.isdigit, name.split(".")))]
    return [tensors[".".join(name)][2]
            for name in sorted(named, key=lambda name: (int(name[-2]), name[-1]))]


if __name__ == "__main__":
    {"check": check, "make": make, "torch": torch, "same": same}[sys.argv[1]](*sys.argv[2:])
