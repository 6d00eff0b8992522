"""The work of cli_torch.sh: `nudge train --init FILE` from the weights of torch-reference.json, on
a CSV file of its data, must give PyTorch's weights. Knows nothing of nudge but its command line
and the safetensors layout. Prints TAP.

    cli_torch.py NUDGE torch-reference.json FOLDER
"""
import json
import math
import os
import struct
import subprocess
import sys

TOLERANCE = 1e-10  # relative, against max(|value|, 1e-3), as in test_torch.c


def write_safetensors(path, widths, flat):
    """The first of the numbers in `flat`, as many as the widths need."""
    header, at, start = {}, 0, 0
    for i, (n_in, n_out) in enumerate(zip(widths, widths[1:])):
        for name, shape in (("weight", [n_out, n_in]), ("bias", [n_out])):
            at = start + 8 * math.prod(shape)
            header[f"layers.{i}.{name}"] = {
                "dtype": "F64", "shape": shape, "data_offsets": [start, at]}
            start = at
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        f.write(struct.pack(f"<{start // 8}d", *flat[:start // 8]))


def read_safetensors(path, layers):
    """All tensors, flat, in the order layers.0.weight, layers.0.bias, ..."""
    with open(path, "rb") as f:
        raw = f.read()
    (size,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8:8 + size])
    flat = []
    for i in range(layers):
        for name in ("weight", "bias"):
            tensor = header[f"layers.{i}.{name}"]
            assert tensor["dtype"] == "F64", tensor
            start, end = tensor["data_offsets"]
            flat += struct.unpack_from(f"<{(end - start) // 8}d", raw, 8 + size + start)
    return flat


PARAMETERS = {"huber": "--huber-delta", "quantile": "--quantile", "focal": "--focal-gamma",
              "cross-entropy": "--label-smoothing"}


def write_csv(path, ref, kind):
    """Features x1 ... and targets y1 ..., or the classes as words. Returns the targets' names."""
    width, outputs, target = ref["widths"][0], ref["widths"][-1], ref["targets"][kind]
    names = ["label"] if kind == "class" else [f"y{k + 1}" for k in range(outputs)]
    with open(path, "w") as f:
        print(*(f"x{j + 1}" for j in range(width)), *names, "w", sep=",", file=f)
        for i in range(ref["rows"]):
            y = [f"class {target[i]}"] if kind == "class" else map(
                repr, target[i * outputs:(i + 1) * outputs])
            print(*map(repr, ref["x"][i * width:(i + 1) * width]), *y,
                  ref["weights"][i], sep=",", file=f)
    return ",".join(names)


def options(ref, case):
    """The command line for a case of torch-reference.json."""
    hidden = ref["widths"][1:-1]
    args = ["--hidden", ",".join(map(str, hidden)),
            "--activation", ",".join([case["hidden"]] * len(hidden) + [case["output"]]),
            "--loss", case["loss"], "--optimizer", case["optimizer"],
            "--epochs", str(case.get("epochs", ref["epochs"]))]
    if "batch" not in case:  # otherwise all rows, the default
        args += ["--batch", str(ref["batch"])]
    if case["loss_parameter"] is not None:
        args += [PARAMETERS[case["loss"]], repr(case["loss_parameter"])]
    for key, value in case["options"].items():
        if key == "nesterov":
            args.append("--nesterov")
        elif key == "betas":
            args += ["--beta1", repr(value[0]), "--beta2", repr(value[1])]
        else:
            args += ["--" + key.replace("_", "-"), repr(value)]
    for key, value in case["training"].items():
        if value > 0:
            args += ["--" + key.replace("_", "-"), str(value)]
    if "lr_factors" in case:
        args += ["--lr-factors", ",".join(map(repr, case["lr_factors"]))]
    if "bias_lr_factor" in case:
        args += ["--bias-lr-factor", repr(case["bias_lr_factor"])]
    for key in ("ntk", "drop_last"):
        args += ["--" + key.replace("_", "-"), "yes"] if key in case else []
    args += ["--weight", "w"] if "weighted" in case else ["--ignore", "w"]
    if "class_weights" in case:
        args += ["--class-weight", ",".join(
            f"class {k}={w}" for k, w in enumerate(case["class_weights"]))]
    if "decay_schedule" in case:
        args += ["--decay-schedule", case["decay_schedule"]]
    args += ["--" + key.replace("_", "-") for key, on in case.get("between", {}).items() if on]
    for key, value in case.get("schedule", {}).items():
        name = {"kind": "schedule", "warmup": "warmup", "min_lr": "lr-min"}.get(key, "lr-" + key)
        args += ["--" + name.replace("_", "-"), str(value)]
    return args


def run(args):
    done = subprocess.run(args, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def worst(ours, theirs):
    assert len(ours) == len(theirs), (len(ours), len(theirs))
    return max(abs(a - b) / max(abs(b), 1e-3) for a, b in zip(ours, theirs))


def linear(weights, row, n_in, n_out):
    return [sum(row[i] * weights[o * n_in + i] for i in range(n_in)) + weights[n_out * n_in + o]
            for o in range(n_out)]


def forward(widths, weights, row):
    """A network with tanh in its hidden layers, in plain Python."""
    at = 0
    for i, (n_in, n_out) in enumerate(zip(widths, widths[1:])):
        row = linear(weights[at:], row, n_in, n_out)
        at += (n_in + 1) * n_out
        if i < len(widths) - 2:
            row = [math.tanh(v) for v in row]
    return row


def compare_predictions(nudge, ref, case, model, data):
    """`nudge predict` against PyTorch's final weights: mse, or softmax for cross-entropy."""
    lines = run([nudge, "predict", "--model", model, "--data", data]).split("\n")[1:-1]
    width, ours, theirs = ref["widths"][0], [], []
    for i, line in enumerate(lines):
        cells = line.split(",")
        z = forward(ref["widths"], case["weights"], ref["x"][i * width:(i + 1) * width])
        if case["loss"] == "cross-entropy":
            largest = z.index(max(z))
            assert cells.pop(0) == f"class {largest}", line
            total = sum(math.exp(v) for v in z)
            z = [math.exp(v) / total for v in z]
        ours += map(float, cells)
        theirs += z
    assert len(lines) == ref["rows"], len(lines)
    return worst(ours, theirs)


def check(nudge, ref, folder, case):
    """The largest difference; of the predictions too, for the networks that forward() knows."""
    data = os.path.join(folder, case["target"] + ".csv")
    model = os.path.join(folder, "trained.safetensors")
    target = write_csv(data, ref, case["target"])
    ref = {**ref, "widths": case.get("widths", ref["widths"])}
    write_safetensors(os.path.join(folder, "initial.safetensors"), ref["widths"], ref["initial"])
    run([nudge, "train", "--data", data, "--target", target, "--dtype", "f64", "--scale", "none",
         "--target-scale", "none", "--shuffle", "no", "--init", os.path.join(folder, "initial.safetensors"),
         "--out", model] + options(ref, case))
    error = worst(read_safetensors(model, len(ref["widths"]) - 1), case["weights"])
    if (case["hidden"], case["output"]) == ("tanh", "identity") and case["loss"] in (
            "mse", "cross-entropy") and "between" not in case:
        error = max(error, compare_predictions(nudge, ref, case, model, data))
    return error


def main():
    nudge, reference, folder = sys.argv[1:]
    with open(reference) as f:
        ref = json.load(f)
    # A program with sanitizers takes a while to start, and test_torch checks all cases there.
    cases = ref["cases"][::8 if "-fsanitize" in os.environ.get("TEST_CFLAGS", "") else 1]
    print(f"1..{len(cases)}")
    for n, case in enumerate(cases, 1):
        name = " ".join([case["optimizer"], json.dumps(case["options"]),
                         json.dumps(case.get("schedule", {})), case["loss"],
                         case["hidden"], case["output"]])
        try:
            error = check(nudge, ref, folder, case)
            right = error <= TOLERANCE
            print("ok" if right else "not ok", n, "-", name, "" if right else f"differs by {error}")
        except (RuntimeError, AssertionError, KeyError, ValueError, OSError) as problem:
            print("not ok", n, "-", name, repr(problem))


if __name__ == "__main__":
    main()
