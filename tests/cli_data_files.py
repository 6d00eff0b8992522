"""Files by numpy for cli_data_files.sh, and a look at nudge's with it.

check X.npy Y.npy D.safetensors: all hold the same rows.
make: np-*-x.npy with np-*-y.npy, good ones, and bad-np-*.npy.
"""
import json
import struct
import sys

import numpy as np


def check(x_path, y_path, st_path):
    x, y = np.load(x_path), np.load(y_path)
    assert x.dtype == np.float32 and y.dtype == np.float32
    assert x.shape == (3001, 6) and y.shape == (3001,)
    assert abs(x.mean()) < 0.05 and abs(x.std() - 1) < 0.05
    with open(st_path, "rb") as f:
        length = struct.unpack("<Q", f.read(8))[0]
        header = json.loads(f.read(length))
        data = f.read()
    assert (8 + length) % 8 == 0
    for name, want in ("x", x), ("y", y):
        begin, end = header[name]["data_offsets"]
        got = np.frombuffer(data[begin:end], "<f4").reshape(header[name]["shape"])
        assert np.array_equal(got, want), name


def save(path, array, version=(1, 0)):
    with open(path, "wb") as f:
        np.lib.format.write_array(f, array, version)


def make():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(20, 3))
    y = x @ [1, 2, 3]
    classes = np.arange(20) % 3
    for version in (1, 0), (2, 0), (3, 0):
        name = "np-v%d" % version[0]
        save(name + "-x.npy", x.astype("<f4"), version)
        save(name + "-y.npy", y.astype("<f4"), version)
    np.save("np-double-x.npy", x)
    np.save("np-double-y.npy", np.stack([y, -y], axis=1))
    for kind in "<i4", "<i8", "|i1", "|u1", "<u4", "<u8":
        name = "np-" + kind[1:]
        np.save(name + "-x.npy", x.astype("<f4"))
        np.save(name + "-y.npy", classes.astype(kind))
    for shape in (20, 12), (20, 3, 4), (20, 3, 2, 2):
        name = "np-image%d" % len(shape)
        np.save(name + "-x.npy", rng.integers(0, 256, shape).astype("|u1"))
        np.save(name + "-y.npy", classes)
    np.save("np-integers-x.npy", rng.integers(-9, 9, (20, 3)))
    np.save("np-integers-y.npy", classes)
    np.save("np-column-x.npy", x[:, 0])
    np.save("np-column-y.npy", y)
    np.save("np-order-x.npy", np.asfortranarray(x.astype(">f8")))
    np.save("np-order-y.npy", y.astype("<f2"))
    np.save("np-texts-x.npy", x.astype("<f2"))
    np.save("np-texts-y.npy", np.array(["ox", "ape", "é"])[classes])

    np.save("bad-np-complex.npy", x.astype("<c8"))
    np.save("bad-np-scalar.npy", np.float32(3))
    np.save("bad-np-empty.npy", np.zeros((0, 3)))
    np.save("bad-np-text.npy", np.array(["a", "b"]))
    np.save("bad-np-records.npy", np.zeros(3, [("a", "<f4"), ("b", "<i4")]))
    x[3, 1] = np.nan
    np.save("bad-np-nan.npy", x)


{"check": check, "make": make}[sys.argv[1]](*sys.argv[2:])
