/* What programs in Python have in common: from a row to the inputs of a network. */
#include "export/python_lines.h"

const nu_lines nu_python_about[] = {
    {NU_CLASSES, 0,
     "predict(row) gives the likeliest of classes, predict_proba(row) the probability of each.\n"},
    {0, NU_CLASSES | NU_SEVERAL,
     "predict(row) gives the prediction.\n"},
    {NU_SEVERAL, NU_CLASSES,
     "predict(row) gives a list of predictions, one for each target.\n"},
    {NU_INTERVALS, NU_SEVERAL,
     "predict_interval(row) gives (low, high) around it.\n"},
    {NU_INTERVALS | NU_SEVERAL, 0,
     "predict_interval(row) gives (low, high) around each.\n"},
    {NU_RECORDS, 0,
     "A row is a dict with a value for the name of each of columns, or a list in their order; "
     "None, NaN\n"
     "and \"\" are missing values.\n"},
    {0, NU_RECORDS,
     "A row is a list of numbers.\n"},
    {NU_CLASSES, 0,
     "predict_many(rows) and predict_proba_many(rows) take a list of rows, or a pandas "
     "DataFrame, and use\n"
     "NumPy where it is there.\n"
     "\"\"\"\n"},
    {0, NU_CLASSES,
     "predict_many(rows) takes a list of rows, or a pandas DataFrame, and uses NumPy where it "
     "is there.\n"
     "\"\"\"\n"},
    {0, 0,
     "\n"
     "import math\n"},
    {NU_DATES, 0,
     "import datetime\n"
     "import re\n"},
    {NU_QUANTILES, 0,
     "import bisect\n"
     "import statistics\n"},
    {NU_ROUNDED, 0,
     "import struct\n"},
    {0, 0, NULL},
};

const char nu_python_exponential[] =
    "\n"
    "\n"
    "def exp(z):\n"
    "    return math.exp(z) if z < 709.7 else math.inf\n";

const nu_lines nu_python_numbers[] = {
    {NU_RECORDS, 0,
     "\n"
     "\n"
     "def cell(row, j):\n"
     "    \"\"\"The cell of a row in column j; None: it is missing.\"\"\"\n"
     "    value = row[columns[j][\"name\"]] if hasattr(row, \"keys\") else row[j]\n"
     "    return None if value is None or value == \"\" or value != value else value\n"},
    {NU_DATES, 0,
     "\n"
     "\n"
     "def days(text):\n"
     "    \"\"\"Days since 1970-01-01; NaN: it is no date.\"\"\"\n"
     "    part = re.fullmatch(r\"(\\d{4})-(\\d\\d)-(\\d\\d)(?:[T "
     "](\\d\\d):(\\d\\d)(?::(\\d\\d))?(?:[.,](\\d*))?\"\n"
     "                        r\"(?:Z|([+-])(\\d\\d):?(\\d\\d)?)?)?\", text, re.ASCII)\n"
     "    if part is None:\n"
     "        return math.nan\n"
     "    hour, minute, second, hours, minutes = (int(part[k] or 0) for k in (4, 5, 6, 9, 10))\n"
     "    if hour > 23 or minute > 59 or second > 60 or hours > 23 or minutes > 59:\n"
     "        return math.nan\n"
     "    try:\n"
     "        day = datetime.date(int(part[1]), int(part[2]), int(part[3])).toordinal() - "
     "719163\n"
     "    except ValueError:\n"
     "        return math.nan\n"
     "    seconds = hour * 3600 + minute * 60 + second + float(\"0.\" + (part[7] or \"0\"))\n"
     "    ahead = (-1 if part[8] == \"-\" else 1) * (hours * 3600 + minutes * 60)\n"
     "    return day + (seconds - ahead) / 86400\n"},
    {NU_RECORDS, 0,
     "\n"
     "\n"
     "def number(column, value):\n"
     "    \"\"\"The number in a cell of a column.\"\"\"\n"
     "    try:\n"},
    {NU_RECORDS, NU_DATES,
     "        v = column.get(\"fill\", math.nan) if value is None else float(value)\n"},
    {NU_DATES, 0,
     "        if value is None:\n"
     "            v = column.get(\"fill\", math.nan)\n"
     "        elif \"date\" in column and not isinstance(value, (int, float)):\n"
     "            v = days(str(value))\n"
     "        else:\n"
     "            v = float(value)\n"},
    {NU_RECORDS, 0,
     "    except (TypeError, ValueError):\n"
     "        v = math.nan\n"
     "    if not math.isfinite(v):\n"
     "        raise ValueError(\"%r is no number for %r\" % (value, column[\"name\"]))\n"
     "    return v\n"},
    {NU_CATEGORIES, 0,
     "\n"
     "\n"
     "def category(column, value):\n"
     "    \"\"\"The number of the category in a cell; that behind the last: another one; -1: "
     "none.\"\"\"\n"
     "    if value is None:\n"
     "        return -1\n"
     "    text = str(value)\n"
     "    if text not in column[\"categories\"] and isinstance(value, float):\n"
     "        text = \"%.17g\" % value  # 1.0 as 1: pandas makes such numbers of a column with "
     "missing "
     "ones\n"
     "    if text in column[\"categories\"]:\n"
     "        return column[\"categories\"].index(text)\n"},
    {NU_CATEGORIES, NU_OTHERS,
     "    return -1\n"},
    {NU_OTHERS, 0,
     "    return len(column[\"categories\"]) if \"other\" in column else -1\n"},
    {NU_QUANTILES, 0,
     "\n"
     "\n"
     "def quantile_scaled(q, v):\n"
     "    \"\"\"The part of the training rows that are below v, as the normal distribution has "
     "it.\"\"\"\n"
     "    first, end = bisect.bisect_left(q, v), bisect.bisect_right(q, v)\n"
     "    if v <= q[0] or v >= q[-1]:\n"
     "        part = float(v >= q[-1])\n"
     "    elif first < end:\n"
     "        part = (first + end - 1) / 2 / (len(q) - 1)\n"
     "    else:\n"
     "        part = (first - 1 + (v - q[first - 1]) / (q[first] - q[first - 1])) / (len(q) - "
     "1)\n"
     "    least = 1e-7 - 2**-52\n"
     "    return statistics.NormalDist().inv_cdf(min(max(part, least), 1 - least))\n"},
    {NU_SCALED, 0,
     "\n"
     "\n"
     "def scaled(column, v):\n"},
    {NU_QUANTILES, 0,
     "    if \"quantiles\" in column:\n"
     "        return quantile_scaled(column[\"quantiles\"], v)\n"},
    {NU_SCALED, NU_ROBUST,
     "    return (v - column[\"shift\"]) * column[\"factor\"]\n"},
    {NU_ROBUST, 0,
     "    z = (v - column[\"shift\"]) * column[\"factor\"]\n"
     "    return z / math.hypot(1, z / 3)\n"},
    {NU_ROUNDED, 0,
     "\n"
     "\n"
     "def rounded(z):\n"
     "    return struct.unpack(\"f\", struct.pack(\"f\", z))[0]\n"},
    {0, 0, NULL},
};

const nu_lines nu_python_inputs[] = {
    {NU_RECORDS, 0,
     "\n"
     "\n"
     "def inputs(row):\n"
     "    \"\"\"The network's inputs.\"\"\"\n"
     "    if not hasattr(row, \"keys\") and len(row) != len(columns):\n"
     "        raise ValueError(\"a row has %d values, not %d\" % (len(columns), len(row)))\n"
     "    x = []\n"
     "    for j, column in enumerate(columns):\n"
     "        value = cell(row, j)\n"},
    {NU_RECORDS, NU_CATEGORIES,
     "        v = number(column, value)\n"},
    {NU_CATEGORIES, 0,
     "        v = category(column, value) if \"categories\" in column else number(column, "
     "value)\n"},
    {NU_SIGNED, 0,
     "        if \"sides\" in column:\n"
     "            x.append(column[\"sides\"][v])  # -1: none, the last\n"
     "            continue\n"},
    {NU_ONE_HOTS, 0,
     "        if \"categories\" in column and \"ordinal\" not in column:\n"
     "            width = len(column[\"categories\"]) + (\"other\" in column)\n"},
    {NU_ONE_HOTS, NU_WEIGHED,
     "            x += [float(k == v) for k in range(width)]\n"},
    {NU_WEIGHED, 0,
     "            x += [column[\"on\" if k == v else \"off\"][k] for k in range(width)]\n"},
    {NU_ONE_HOTS, 0,
     "            continue\n"},
    {NU_RECORDS | NU_SCALED, NU_ROUNDED,
     "        z = scaled(column, v)\n"},
    {NU_RECORDS | NU_SCALED | NU_ROUNDED, 0,
     "        z = rounded(scaled(column, v))\n"},
    {NU_RECORDS | NU_ROUNDED, NU_SCALED,
     "        z = rounded(v)\n"},
    {NU_RECORDS, NU_ROUNDED | NU_SCALED,
     "        z = v\n"},
    {NU_RECORDS, 0,
     "        x.append(z)\n"},
    {NU_BINS, 0,
     "        edges = column.get(\"bins\", [])\n"
     "        for low, high in zip(edges, edges[1:]):\n"
     "            x.append(min(max((z - low) / (high - low), 0.0), 1.0))\n"},
    {NU_WAVES, 0,
     "        for f in column.get(\"frequencies\", []):\n"
     "            x += [math.cos(2 * math.pi * f * z), math.sin(2 * math.pi * f * z)]\n"},
    {NU_INDICATED, 0,
     "        if \"missing\" in column:\n"
     "            x.append(float(value is None))\n"},
    {NU_RECORDS, 0,
     "    return x\n"},
    {0, NU_RECORDS,
     "\n"
     "\n"
     "def inputs(row):\n"
     "    \"\"\"The network's inputs.\"\"\"\n"
     "    if len(row) != input_count or not all(math.isfinite(v) for v in row):\n"
     "        raise ValueError(\"a row is %d numbers\" % input_count)\n"},
    {0, NU_RECORDS | NU_SCALED,
     "    return row\n"},
    {NU_SCALED, NU_RECORDS,
     "    return [scaled(column, v) for v in row]\n"},
    {0, 0, NULL},
};
