/* What programs in JavaScript have in common. */
#include "export/javascript_lines.h"

const nu_lines nu_js_about[] = {
    {NU_CLASSES, 0,
     "// predict(row) gives the likeliest of `classes`, predictProba(row) the probability of "
     "each.\n"},
    {0, NU_CLASSES | NU_SEVERAL,
     "// predict(row) gives the prediction.\n"},
    {NU_SEVERAL, NU_CLASSES,
     "// predict(row) gives an array of predictions, one for each target.\n"},
    {NU_INTERVALS, NU_SEVERAL,
     "// predictInterval(row) gives [low, high] around it.\n"},
    {NU_INTERVALS | NU_SEVERAL, 0,
     "// predictInterval(row) gives [low, high] around each.\n"},
    {NU_RECORDS, 0,
     "// A row is an object with a value for the name of each of `columns`, or an array in "
     "their order;\n"
     "// null, undefined, NaN and '' are missing values.\n"},
    {0, NU_RECORDS,
     "// A row is an array of numbers.\n"},
    {0, 0, NULL},
};

const nu_lines nu_js_numbers[] = {
    {NU_RECORDS, 0,
     "\n"
     "// The cell of a row in column j; undefined: it is missing.\n"
     "function cell(row, j) {\n"
     "  const name = columns[j].name;\n"
     "  if (!Array.isArray(row) && !Object.hasOwn(row, name))\n"
     "    throw new Error(`the row has no '${name}'`);\n"
     "  const value = Array.isArray(row) ? row[j] : row[name];\n"
     "  const none = value === null || Number.isNaN(value) || String(value).trim() === '';\n"
     "  return none ? undefined : value;\n"
     "}\n"},
    {NU_DATES, 0,
     "\n"
     "// Days since 1970-01-01; NaN: it is no date.\n"
     "function days(value) {\n"
     "  if (value instanceof Date) return value / 864e5;\n"
     "  const date = /^(\\d{4})-(\\d\\d)-(\\d\\d)(?:[T "
     "](\\d\\d):(\\d\\d)(?::(\\d\\d))?(?:[.,](\\d*))?(.*))?$/;\n"
     "  const zone = /^(?:Z?|([+-])(\\d\\d):?(\\d\\d)?)$/;\n"
     "  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction, rest = ''] =\n"
     "    date.exec(value) ?\? [];\n"
     "  const [all, sign, hours = 0, minutes = 0] = zone.exec(rest) ?\? [];\n"
     "  const midnight = new Date(0);\n"
     "  midnight.setUTCFullYear(year, month - 1, day);\n"
     "  if (all === undefined || midnight.getUTCMonth() !== month - 1 || hour > 23 || minute > "
     "59 ||\n"
     "      second > 60 || hours > 23 || minutes > 59)\n"
     "    return NaN;\n"
     "  const ahead = (sign === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);\n"
     "  const seconds = hour * 3600 + minute * 60 + Number(second) + Number(`0.${fraction ?\? "
     "0}`) - ahead;\n"
     "  return midnight / 864e5 + seconds / 86400;\n"
     "}\n"},
    {NU_RECORDS, 0,
     "\n"
     "// The number in a cell of a column.\n"
     "function number(column, value) {\n"},
    {NU_RECORDS, NU_DATES,
     "  const v = value === undefined ? column.fill : Number(value);\n"},
    {NU_DATES, 0,
     "  const is_text = typeof value === 'string' || value instanceof Date;\n"
     "  const v = value === undefined ? column.fill\n"
     "    : column.date && is_text ? days(value) : Number(value);\n"},
    {NU_RECORDS, 0,
     "  if (!Number.isFinite(v)) throw new Error(`'${value}' is no number for "
     "'${column.name}'`);\n"
     "  return v;\n"
     "}\n"},
    {NU_CATEGORIES, 0,
     "\n"
     "// The number of the category in a cell; that behind the last: another one; -1: none.\n"
     "function category(column, value) {\n"
     "  if (value === undefined) return -1;\n"
     "  const k = column.categories.indexOf(String(value));\n"},
    {NU_CATEGORIES, NU_OTHERS,
     "  return k;\n"
     "}\n"},
    {NU_OTHERS, 0,
     "  return k < 0 && column.other ? column.categories.length : k;\n"
     "}\n"},
    {NU_QUANTILES, 0,
     "\n"
     "// Of the standard normal distribution: Wichura 1988, algorithm AS 241.\n"
     "function normalQuantile(part) {\n"
     "  const polynomial = (c, r) => c.reduceRight((sum, v) => sum * r + v, 0);\n"
     "  const off = part - 0.5;\n"
     "  if (Math.abs(off) <= 0.425) {\n"
     "    const r = 0.180625 - off * off;\n"
     "    return off * polynomial([\n"
     "      3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,\n"
     "      1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,\n"
     "      3.3430575583588128105e4, 2.5090809287301226727e3], r) / polynomial([\n"
     "      1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,\n"
     "      2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,\n"
     "      5.2264952788528545610e3], r);\n"
     "  }\n"
     "  const r = Math.sqrt(-Math.log(off < 0 ? part : 1 - part));\n"
     "  const far = r <= 5 ? polynomial([\n"
     "    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,\n"
     "    3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,\n"
     "    2.27238449892691845833e-2, 7.74545014278341407640e-4], r - 1.6) / polynomial([\n"
     "    1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,\n"
     "    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,\n"
     "    1.05075007164441684324e-9], r - 1.6) : polynomial([\n"
     "    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,\n"
     "    2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,\n"
     "    2.71155556874348757815e-5, 2.01033439929228813265e-7], r - 5) / polynomial([\n"
     "    1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,\n"
     "    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,\n"
     "    2.04426310338993978564e-15], r - 5);\n"
     "  return off < 0 ? -far : far;\n"
     "}\n"
     "\n"
     "// The part of the training rows that are below v, as the normal distribution has it.\n"
     "function quantileScaled(q, v) {\n"
     "  const last = q.length - 1;\n"
     "  let part = v <= q[0] ? 0 : 1;\n"
     "  if (v > q[0] && v < q[last]) {\n"
     "    const first = q.findIndex(at => at >= v), end = q.findIndex(at => at > v);\n"
     "    const place = first < end ? (first + end - 1) / 2\n"
     "      : first - 1 + (v - q[first - 1]) / (q[first] - q[first - 1]);\n"
     "    part = place / last;\n"
     "  }\n"
     "  const least = 1e-7 - 2 ** -52;\n"
     "  return normalQuantile(Math.min(Math.max(part, least), 1 - least));\n"
     "}\n"},
    {NU_SCALED, 0,
     "\n"
     "function scaled(column, v) {\n"},
    {NU_QUANTILES, 0,
     "  if (column.quantiles) return quantileScaled(column.quantiles, v);\n"},
    {NU_SCALED, NU_ROBUST,
     "  return (v - column.shift) * column.factor;\n"
     "}\n"},
    {NU_ROBUST, 0,
     "  const z = (v - column.shift) * column.factor;\n"
     "  return z / Math.hypot(1, z / 3);\n"
     "}\n"},
    {0, 0, NULL},
};

const nu_lines nu_js_inputs[] = {
    {NU_RECORDS, 0,
     "\n"
     "// The network's inputs.\n"
     "function inputs(row) {\n"
     "  if (Array.isArray(row) && row.length !== columns.length)\n"
     "    throw new Error(`a row has ${columns.length} values, not ${row.length}`);\n"
     "  const x = [];\n"
     "  columns.forEach((column, j) => {\n"
     "    const value = cell(row, j);\n"},
    {NU_RECORDS, NU_CATEGORIES,
     "    const v = number(column, value);\n"},
    {NU_CATEGORIES, 0,
     "    const v = column.categories ? category(column, value) : number(column, value);\n"},
    {NU_SIGNED, 0,
     "    if (column.sides) {\n"
     "      x.push(column.sides[v < 0 ? 2 : v]);\n"
     "      return;\n"
     "    }\n"},
    {NU_ONE_HOTS, 0,
     "    if (column.categories && !column.ordinal) {\n"
     "      const width = column.categories.length + (column.other ? 1 : 0);\n"},
    {NU_ONE_HOTS, NU_WEIGHED,
     "      for (let k = 0; k < width; k++) x.push(k === v ? 1 : 0);\n"},
    {NU_WEIGHED, 0,
     "      for (let k = 0; k < width; k++) x.push(k === v ? column.on[k] : column.off[k]);\n"},
    {NU_ONE_HOTS, 0,
     "      return;\n"
     "    }\n"},
    {NU_RECORDS | NU_SCALED, NU_ROUNDED,
     "    const z = scaled(column, v);\n"},
    {NU_RECORDS | NU_SCALED | NU_ROUNDED, 0,
     "    const z = Math.fround(scaled(column, v));\n"},
    {NU_RECORDS | NU_ROUNDED, NU_SCALED,
     "    const z = Math.fround(v);\n"},
    {NU_RECORDS, NU_ROUNDED | NU_SCALED,
     "    const z = v;\n"},
    {NU_RECORDS, 0,
     "    x.push(z);\n"},
    {NU_BINS, 0,
     "    const edge = column.bins ?\? [];\n"
     "    for (let k = 1; k < edge.length; k++)\n"
     "      x.push(Math.min(Math.max((z - edge[k - 1]) / (edge[k] - edge[k - 1]), 0), 1));\n"},
    {NU_WAVES, 0,
     "    for (const f of column.frequencies ?\? [])\n"
     "      x.push(Math.cos(2 * Math.PI * f * z), Math.sin(2 * Math.PI * f * z));\n"},
    {NU_INDICATED, 0,
     "    if (column.missing) x.push(value === undefined ? 1 : 0);\n"},
    {NU_RECORDS, 0,
     "  });\n"
     "  return x;\n"
     "}\n"},
    {0, NU_RECORDS,
     "\n"
     "// The network's inputs.\n"
     "function inputs(row) {\n"
     "  if (row.length !== inputCount || !row.every(Number.isFinite))\n"
     "    throw new Error(`a row is ${inputCount} numbers`);\n"},
    {0, NU_RECORDS | NU_SCALED,
     "  return row;\n"
     "}\n"},
    {NU_SCALED, NU_RECORDS,
     "  return Array.from(row, v => scaled(column, v));\n"
     "}\n"},
    {0, 0, NULL},
};

const nu_lines nu_js_functions[] = {
    {0, 0,
     "\n"
     "// W x + b\n"
     "function dense(W, b, x) {\n"
     "  return b.map((bias, i) => {\n"
     "    let sum = bias;\n"
     "    for (let j = 0; j < x.length; j++) sum += W[i][j] * x[j];\n"
     "    return sum;\n"
     "  });\n"
     "}\n"},
    {NU_NORMED, 0,
     "\n"
     "// x with mean 0 and variance 1.\n"
     "function norm(x) {\n"
     "  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;\n"
     "  const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length;\n"
     "  return x.map(v => (v - mean) / Math.sqrt(variance + 1e-5));\n"
     "}\n"},
    {NU_RESIDUAL, 0,
     "\n"
     "const add = (x, y) => x.map((v, i) => v + y[i]);\n"},
    {NU_EMBEDS, 0,
     "\n"
     "// Some numbers become what a layer makes of their cosines and sines; other inputs stay.\n"
     "function embed(embeddings, x) {\n"
     "  const y = x.map(v => [v]);\n"
     "  for (const {input, frequencies, phases, weight, bias} of embeddings) {\n"
     "    const v = x[input];\n"
     "    const angles = frequencies.map((f, k) => 2 * Math.PI * f * v + (phases ? phases[k] : "
     "0));\n"
     "    const waves = angles.map(Math.cos).concat(phases ? [] : angles.map(Math.sin));\n"
     "    const z = bias.map((b, k) =>\n"
     "      waves.reduce((sum, wave, j) => sum + wave * weight[j * bias.length + k], b));\n"
     "    y[input] = phases ? [v, ...z] : z.map(v => Math.max(v, 0));\n"
     "  }\n"
     "  return y.flat();\n"
     "}\n"},
    {0, 0, NULL},
};

const nu_lines nu_js_after[] = {
    {NU_SOFTMAX, 0,
     "\n"
     "// Probabilities.\n"
     "function link(z) {\n"
     "  const most = Math.max(...z);\n"
     "  const e = z.map(v => Math.exp(v - most));\n"
     "  const sum = e.reduce((all, v) => all + v, 0);\n"
     "  return e.map(v => v / sum);\n"
     "}\n"},
    {NU_SIGMOID, 0,
     "\n"
     "// Probabilities.\n"
     "const link = z => z.map(v => 1 / (1 + Math.exp(-v)));\n"},
    {NU_EXP, 0,
     "\n"
     "const link = z => z.map(v => Math.exp(v));\n"},
    {NU_MEMBERS, 0,
     "\n"
     "// The mean of several predictions.\n"
     "const mean = all => all[0].map((_, k) => all.reduce((sum, y) => sum + y[k], 0) / "
     "all.length);\n"},
    {NU_LOG, 0,
     "\n"
     "const untransformed = v => Math.exp(v);\n"},
    {NU_LOG1P, 0,
     "\n"
     "const untransformed = v => Math.expm1(v);\n"},
    {NU_BOX_COX, 0,
     "\n"
     "// The inverse of (v ** lambda - 1) / lambda.\n"
     "function untransformed(y, k) {\n"
     "  const {lambda, most} = targets[k];\n"
     "  if (lambda === 0) return Math.exp(y);\n"
     "  const power = lambda * y; // v ** lambda - 1\n"
     "  if (power <= -1) return lambda > 0 ? 0 : most;\n"
     "  const v = Math.exp(Math.log1p(power) / lambda);\n"
     "  return lambda < 0 ? Math.min(v, most) : v;\n"
     "}\n"},
    {0, 0, NULL},
};

const nu_lines nu_js_outputs[] = {
    {0, NU_UNSCALED | NU_TRANSFORMED,
     "}\n"},
    {NU_UNSCALED, NU_TRANSFORMED,
     "  return y.map((v, k) => v / targets[k].factor + targets[k].shift);\n"
     "}\n"},
    {NU_UNSCALED | NU_TRANSFORMED, 0,
     "  return y.map((v, k) => untransformed(v / targets[k].factor + targets[k].shift, k));\n"
     "}\n"},
    {NU_TRANSFORMED, NU_UNSCALED,
     "  return y.map(untransformed);\n"
     "}\n"},
    {0, 0, NULL},
};

const nu_lines nu_js_predict[] = {
    {NU_CLASSES, NU_TWO,
     "\n"
     "const predictProba = outputs;\n"},
    {NU_TWO, 0,
     "\n"
     "function predictProba(row) {\n"
     "  const [p] = outputs(row);\n"
     "  return [1 - p, p];\n"
     "}\n"},
    {NU_CLASSES, 0,
     "\n"
     "function predict(row) {\n"
     "  const p = predictProba(row);\n"
     "  return classes[p.indexOf(Math.max(...p))];\n"
     "}\n"},
    {NU_SEVERAL, NU_CLASSES,
     "\n"
     "const predict = outputs;\n"},
    {0, NU_SEVERAL | NU_CLASSES,
     "\n"
     "const predict = row => outputs(row)[0];\n"},
    {NU_INTERVALS | NU_LOG, 0,
     "\n"
     "const transformed = v => Math.log(v);\n"},
    {NU_INTERVALS | NU_LOG1P, 0,
     "\n"
     "const transformed = v => Math.log1p(v);\n"},
    {NU_INTERVALS | NU_BOX_COX, 0,
     "\n"
     "function transformed(v, k) {\n"
     "  const {lambda} = targets[k];\n"
     "  return lambda === 0 ? Math.log(v) : Math.expm1(lambda * Math.log(v)) / lambda;\n"
     "}\n"},
    {NU_INTERVALS, 0,
     "\n"
     "function predictInterval(row) {\n"
     "  const ends = outputs(row).map((v, k) => {\n"},
    {NU_INTERVALS | NU_TRANSFORMED, 0,
     "    const y = transformed(v, k), width = targets[k].width;\n"
     "    return [untransformed(y - width, k), untransformed(y + width, k)];\n"},
    {NU_INTERVALS, NU_TRANSFORMED | NU_EXP,
     "    return [v - targets[k].width, v + targets[k].width];\n"},
    {NU_INTERVALS | NU_EXP, NU_TRANSFORMED,
     "    return [Math.max(v - targets[k].width, 0), v + targets[k].width];\n"},
    {NU_INTERVALS, 0,
     "  });\n"},
    {NU_INTERVALS, NU_SEVERAL,
     "  return ends[0];\n"
     "}\n"},
    {NU_INTERVALS | NU_SEVERAL, 0,
     "  return ends;\n"
     "}\n"},
    {0, 0, NULL},
};

const nu_lines nu_js_exported[] = {
    {0, 0,
     "predict, "},
    {NU_CLASSES, 0,
     "predictProba, classes, "},
    {NU_INTERVALS, 0,
     "predictInterval, "},
    {NU_RECORDS, 0,
     "columns, "},
    {0, 0,
     "targets"},
    {0, 0, NULL},
};
