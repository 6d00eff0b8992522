/* What programs in Python have in common: networks, and from their outputs to predictions. */
#include "export/python_lines.h"

const nu_lines nu_python_functions[] = {
    {0, 0,
     "\n"
     "\n"
     "def dense(W, b, x):\n"
     "    \"\"\"W x + b\"\"\"\n"
     "    return [sum(w * v for w, v in zip(row, x)) + bias for row, bias in zip(W, b)]\n"},
    {NU_NORMED, 0,
     "\n"
     "\n"
     "def norm(x):\n"
     "    \"\"\"x with mean 0 and variance 1.\"\"\"\n"
     "    mean = sum(x) / len(x)\n"
     "    variance = sum((v - mean) ** 2 for v in x) / len(x)\n"
     "    return [(v - mean) / math.sqrt(variance + 1e-5) for v in x]\n"},
    {NU_RESIDUAL, 0,
     "\n"
     "\n"
     "def add(x, y):\n"
     "    return [v + w for v, w in zip(x, y)]\n"},
    {NU_EMBEDS, 0,
     "\n"
     "\n"
     "def embed(embeddings, x):\n"
     "    \"\"\"Some numbers become what a layer makes of their cosines and sines; other inputs "
     "stay.\"\"\"\n"
     "    y = [[v] for v in x]\n"
     "    for e in embeddings:\n"
     "        v, size = x[e[\"input\"]], len(e[\"bias\"])\n"
     "        phases = e.get(\"phases\", [0.0] * len(e[\"frequencies\"]))\n"
     "        angles = [2 * math.pi * f * v + phase for f, phase in zip(e[\"frequencies\"], "
     "phases)]\n"
     "        waves = [math.cos(angle) for angle in angles]\n"
     "        if \"phases\" not in e:\n"
     "            waves += [math.sin(angle) for angle in angles]\n"
     "        z = [bias + sum(weight * wave for weight, wave in zip(e[\"weight\"][k::size], "
     "waves))\n"
     "             for k, bias in enumerate(e[\"bias\"])]\n"
     "        y[e[\"input\"]] = [v] + z if \"phases\" in e else [max(value, 0.0) for value in z]\n"
     "    return [value for values in y for value in values]\n"},
    {0, 0, NULL},
};

const nu_lines nu_python_many[] = {
    {0, 0,
     "\n"
     "\n"
     "def networks(all_rows):\n"
     "    \"\"\"What the networks make of inputs of many rows, a list for each row.\"\"\"\n"
     "    try:\n"
     "        import numpy as np\n"
     "    except ImportError:\n"},
    {0, NU_MEMBERS,
     "        return [network(x) for x in all_rows]\n"},
    {NU_MEMBERS, 0,
     "        return [[network(x) for network in members] for x in all_rows]\n"},
    {0, 0,
     "\n"
     "    def dense(W, b, x):\n"
     "        return x @ np.array(W).T + np.array(b)\n"},
    {NU_NORMED, 0,
     "\n"
     "    def norm(x):\n"
     "        return (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5)\n"},
    {NU_RESIDUAL, 0,
     "\n"
     "    def add(x, y):\n"
     "        return x + y\n"},
    {NU_EMBEDS, 0,
     "\n"
     "    def embed(embeddings, x):\n"
     "        y = [x[:, i:i + 1] for i in range(x.shape[1])]\n"
     "        for e in embeddings:\n"
     "            v = y[e[\"input\"]]\n"
     "            angles = 2 * np.pi * np.array(e[\"frequencies\"]) * v + "
     "np.array(e.get(\"phases\", 0))\n"
     "            waves = np.cos(angles) if \"phases\" in e else np.hstack([np.cos(angles), "
     "np.sin(angles)])\n"
     "            z = waves @ np.reshape(e[\"weight\"], (waves.shape[1], -1)) + "
     "np.array(e[\"bias\"])\n"
     "            y[e[\"input\"]] = np.hstack([v, z]) if \"phases\" in e else np.maximum(z, 0)\n"
     "        return np.hstack(y)\n"},
    {0, 0, NULL},
};

const nu_lines nu_python_after[] = {
    {NU_SOFTMAX, 0,
     "\n"
     "\n"
     "def link(z):\n"
     "    \"\"\"Probabilities.\"\"\"\n"
     "    most = max(z)\n"
     "    e = [exp(v - most) for v in z]\n"
     "    return [v / sum(e) for v in e]\n"},
    {NU_SIGMOID, 0,
     "\n"
     "\n"
     "def link(z):\n"
     "    \"\"\"Probabilities.\"\"\"\n"
     "    return [1 / (1 + exp(-v)) for v in z]\n"},
    {NU_EXP, 0,
     "\n"
     "\n"
     "def link(z):\n"
     "    return [exp(v) for v in z]\n"},
    {NU_LOG, 0,
     "\n"
     "\n"
     "def untransformed(v, k):\n"
     "    return exp(v)\n"},
    {NU_LOG1P, 0,
     "\n"
     "\n"
     "def untransformed(v, k):\n"
     "    return math.expm1(v) if v < 709.7 else math.inf\n"},
    {NU_BOX_COX, 0,
     "\n"
     "\n"
     "def untransformed(y, k):\n"
     "    \"\"\"The inverse of (v ** lambda - 1) / lambda.\"\"\"\n"
     "    power = targets[k][\"lambda\"]\n"
     "    if power == 0:\n"
     "        return exp(y)\n"
     "    if power * y <= -1:\n"
     "        return 0.0 if power > 0 else targets[k][\"most\"]\n"
     "    return min(exp(math.log1p(power * y) / power), targets[k].get(\"most\", math.inf))\n"},
    {0, 0,
     "\n"
     "\n"
     "def finished(y):\n"
     "    \"\"\"From what the network gives to the prediction.\"\"\"\n"},
    {NU_MEMBERS | NU_LINKED, 0,
     "    all_y = [link(z) for z in y]\n"
     "    y = [sum(some) / len(all_y) for some in zip(*all_y)]\n"},
    {NU_MEMBERS, NU_LINKED,
     "    y = [sum(some) / len(y) for some in zip(*y)]\n"},
    {NU_LINKED, NU_MEMBERS,
     "    y = link(y)\n"},
    {NU_UNSCALED, 0,
     "    y = [v / target[\"factor\"] + target[\"shift\"] for v, target in zip(y, targets)]\n"},
    {NU_TRANSFORMED, 0,
     "    y = [untransformed(v, k) for k, v in enumerate(y)]\n"},
    {NU_TWO, 0,
     "    y = [1 - y[0], y[0]]\n"},
    {0, NU_SEVERAL | NU_CLASSES,
     "    return y[0]\n"},
    {NU_CLASSES, 0,
     "    return y\n"},
    {NU_SEVERAL, NU_CLASSES,
     "    return y\n"},
    {0, 0, NULL},
};

const nu_lines nu_python_predict[] = {
    {0, NU_CLASSES | NU_MEMBERS,
     "\n"
     "\n"
     "def predict(row):\n"
     "    return finished(network(inputs(row)))\n"},
    {NU_MEMBERS, NU_CLASSES,
     "\n"
     "\n"
     "def predict(row):\n"
     "    x = inputs(row)\n"
     "    return finished([network(x) for network in members])\n"},
    {0, NU_CLASSES,
     "\n"
     "\n"
     "def predict_many(rows):\n"
     "    if hasattr(rows, \"to_dict\"):\n"
     "        rows = rows.to_dict(\"records\")\n"
     "    return [finished(y) for y in networks([inputs(row) for row in rows])]\n"},
    {NU_CLASSES, NU_MEMBERS,
     "\n"
     "\n"
     "def predict_proba(row):\n"
     "    return finished(network(inputs(row)))\n"},
    {NU_CLASSES | NU_MEMBERS, 0,
     "\n"
     "\n"
     "def predict_proba(row):\n"
     "    x = inputs(row)\n"
     "    return finished([network(x) for network in members])\n"},
    {NU_CLASSES, 0,
     "\n"
     "\n"
     "def predict_proba_many(rows):\n"
     "    if hasattr(rows, \"to_dict\"):\n"
     "        rows = rows.to_dict(\"records\")\n"
     "    return [finished(y) for y in networks([inputs(row) for row in rows])]\n"
     "\n"
     "\n"
     "def likeliest(p):\n"
     "    return classes[p.index(max(p))]\n"
     "\n"
     "\n"
     "def predict(row):\n"
     "    return likeliest(predict_proba(row))\n"
     "\n"
     "\n"
     "def predict_many(rows):\n"
     "    return [likeliest(p) for p in predict_proba_many(rows)]\n"},
    {NU_INTERVALS | NU_LOG, 0,
     "\n"
     "\n"
     "def transformed(v, k):\n"
     "    return math.log(v) if v > 0 else -math.inf\n"},
    {NU_INTERVALS | NU_LOG1P, 0,
     "\n"
     "\n"
     "def transformed(v, k):\n"
     "    return math.log1p(v) if v > -1 else -math.inf\n"},
    {NU_INTERVALS | NU_BOX_COX, 0,
     "\n"
     "\n"
     "def transformed(v, k):\n"
     "    power, log = targets[k][\"lambda\"], math.log(v) if v > 0 else -math.inf\n"
     "    return log if power == 0 else math.expm1(power * log) / power\n"},
    {NU_INTERVALS, 0,
     "\n"
     "\n"
     "def ends(v, k):\n"
     "    \"\"\"Of the interval around prediction k.\"\"\"\n"},
    {NU_INTERVALS | NU_TRANSFORMED, 0,
     "    y, width = transformed(v, k), targets[k][\"width\"]\n"
     "    return untransformed(y - width, k), untransformed(y + width, k)\n"},
    {NU_INTERVALS, NU_TRANSFORMED | NU_EXP,
     "    return v - targets[k][\"width\"], v + targets[k][\"width\"]\n"},
    {NU_INTERVALS | NU_EXP, NU_TRANSFORMED,
     "    return max(v - targets[k][\"width\"], 0.0), v + targets[k][\"width\"]\n"},
    {NU_INTERVALS, 0,
     "\n"
     "\n"
     "def predict_interval(row):\n"},
    {NU_INTERVALS, NU_SEVERAL,
     "    return ends(predict(row), 0)\n"},
    {NU_INTERVALS | NU_SEVERAL, 0,
     "    return [ends(v, k) for k, v in enumerate(predict(row))]\n"},
    {0, 0, NULL},
};
