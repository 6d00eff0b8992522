#!/bin/sh
# nudge export --to onnx: onnxruntime predicts what nudge does, of raw rows with missing and unknown
# values. NODE_PATH tells where node finds onnxruntime-node; python3-onnx checks the files.
. "$(dirname "$0")/setup.sh"

# Numbers that a float holds exactly, texts, and days: of all some are missing.
awk -v csv=train.csv -v new=new.csv -v json=rows.json 'BEGIN {
    srand(3)
    header = "\"Gr\303\266\303\237e \"\"x\"\"\",c,when,\"a,b\""
    print header ",y 1,y2,sort,yes" >csv
    print header >new
    n = split("*/ end|back\\slash|\303\251 \303\274|a b|c", text, "|")
    for (i = 0; i < 200; i++) {
        x = int(256 * rand()) / 64 - 2; c = rand() < 0.1 ? "" : int(9 * rand())
        d = rand() < 0.1 ? "" : int(28 * rand()); k = rand() < 0.1 ? "" : text[1 + int(n * rand())]
        y = exp(x) + c / 3
        sort = y < 1 ? "lo\"\"w" : y < 2 ? "mid" : "h\\i"
        row = x "," c "," (d == "" ? "" : sprintf("1970-01-%02dT06:00", d + 1)) ","
        if (i < 160) {
            printf "%s%s,%.4f,%.4f,\"%s\",%d\n", row, k, y, x - c, sort, (y > 2) >csv
            continue
        }
        if (i % 5 == 0) k = "unseen"
        print row k >new
        gsub(/\\/, "&&", k)
        printf "%s[%s,%s,%s,\"%s\"]", (i > 160 ? "," : "["), x, (c == "" ? "null" : c),
            (d == "" ? "null" : d + 0.25), k >json
    }
    print "]" >json
}'
. "$TOP_SRCDIR/tests/sides_data.sh"
printf '0,0\n0,1\n1,0\n1,1\n' | sed '1i x1,x2' >matrix-new.csv
echo '[[0,0],[0,1],[1,0],[1,1]]' >matrix-rows.json
cp matrix-new.csv raw-new.csv
cp matrix-rows.json raw-rows.json
for m in scaled placed; do
    printf 'x1,x2\n0.25,-1\n-0.5,0.75\n1.5,0.125\n9,-9\n' >$m-new.csv
    echo '[[0.25,-1],[-0.5,0.75],[1.5,0.125],[9,-9]]' >$m-rows.json
done
for m in signed counts; do
    [ -f $m-new.csv ] || cp sides-new.csv $m-new.csv
    cp sides-rows.json $m-rows.json
done

train() {
    m=$1
    shift
    check "train $m" nudge train --quiet --threads 1 --seed 2 "$@" --out "$m.safetensors"
    [ -f "$m-new.csv" ] || cp new.csv "$m-new.csv"
    [ -f "$m-rows.json" ] || cp rows.json "$m-rows.json"
    check "predict $m" nudge predict --model "$m.safetensors" --data "$m-new.csv" --quiet
    cp "$out" "$m.csv"
    check "export $m" nudge export "$m.safetensors" -o "$m.onnx"
}

t="--data train.csv --epochs 1 --hidden 5,5"
train matrix --data synth:or --hidden 3 --loss mse --dtype f64 --epochs 20
train bins $t --target sort --ignore "y*" --dtype f64 --encode piecewise --bins 5 --members 2 \
    --scale quantile --fill-indicator --min-count 25 --activation gelu,elu --residual
train waves $t --target "y 1" --ignore y2,sort,yes --dtype f64 --encode fourier --frequencies 3 \
    --scale robust --category-code ordinal --layer-norm --activation mish --interval 0.8 \
    --val-split 0.2 --target-transform log1p
train two $t --target "y 1,y2" --ignore sort,yes --dtype f64 --activation selu --input-factor yes \
    --embed plr
train yes $t --target yes --ignore "y 1,y2,sort" --activation gelu
train box $t --target "y 1" --ignore y2,sort,yes --dtype f64 --target-transform box-cox \
    --scale minmax --scale-categories yes --interval 0.8 --val-split 0.2
train logs $t --target "y 1" --ignore y2,sort,yes --dtype f64 --target-transform log --scale none \
    --encode piecewise --bins 4
sides="--data sides.csv --target y --epochs 3 --hidden 4 --dtype f64"
train signed $sides --loss mse --category-code signed --min-count 20
train counts $sides --loss poisson --target-transform none --interval 0.9 --val-split 0.2
train scaled --data synth:moons --hidden 3 --dtype f64 --epochs 2
train placed --data synth:moons --hidden 3 --dtype f64 --epochs 2 --scale quantile \
    --encode fourier --frequencies 2
train raw --data synth:or --hidden 3 --loss mse --scale none --target-scale none --dtype f64 \
    --epochs 20
check "a network alone" nudge export raw.safetensors --raw -o raw.onnx
models="matrix bins waves two yes box logs signed counts scaled placed raw"

# ---- onnxruntime ---------------------------------------------------------------------------
cat >all.js <<'END'
const fs = require('fs');
const ort = require('onnxruntime-node');
const number = text => text !== '' && isFinite(text) ? Number(text) : text;
function cells(line) {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, -1).map(m =>
    number(m[1].startsWith('"') ? m[1].slice(1, -1).replace(/""/g, '"') : m[1]));
}
async function test(name) {
  const session = await ort.InferenceSession.create(`${name}.onnx`, {logSeverityLevel: 3});
  const rows = JSON.parse(fs.readFileSync(`${name}-rows.json`, 'utf8'));
  const feeds = {};
  session.inputMetadata.forEach((input, j) => {
    const texts = input.type === 'string', width = input.shape[1];
    const column = rows.flatMap(row => session.inputNames.length > 1 ? [row[j]] : row);
    const filled = column.map(v => texts ? String(v === null ? '' : v) : v === null ? NaN : v);
    const Numbers = input.type === 'float64' ? Float64Array : Float32Array;
    const data = texts ? filled : Numbers.from(filled);
    feeds[input.name] = new ort.Tensor(input.type, data, [rows.length, width]);
  });
  const found = await session.run(feeds);
  const parts = ['label', 'probabilities', 'variable', 'low', 'high', 'Y'].filter(k => found[k]);
  const lines = fs.readFileSync(`${name}.csv`, 'utf8').trim().split('\n').slice(1);
  const most = name === 'yes' ? 1e-6 : 1e-12;
  let worst = 0;
  if (lines.length !== rows.length) throw new Error(`${name}: ${lines.length} lines`);
  lines.forEach((line, i) => {
    const got = parts.filter(k => k !== 'low' && k !== 'high').flatMap(k => {
      const width = found[k].dims[1] || 1;
      return [...found[k].data.slice(i * width, (i + 1) * width)];
    });
    if (found.low) got.push(found.low.data[i], found.high.data[i]);
    const want = cells(line);
    if (want.length !== got.length) throw new Error(`${name}: ${line}: ${got}`);
    want.forEach((v, k) => {
      if (typeof v === 'number' && typeof got[k] === 'number') {
        const off = Math.abs(v - got[k]) / (1 + Math.abs(v));
        worst = !(off <= worst) ? off : worst;
        if (!(off <= most)) throw new Error(`${name}: ${line}: ${got}`);
      } else if (String(v) !== String(got[k])) {
        throw new Error(`${name}: ${line}: ${got}`);
      }
    });
  });
  console.log(`${name}: within ${worst}`);
}
(async () => {
  for (const name of process.argv.slice(2)) await test(name);
})().catch(e => { console.error(e.message); process.exit(1); });
END
if command -v node >/dev/null 2>&1 && node -e 'require("onnxruntime-node")' 2>/dev/null; then
    check "onnxruntime predicts the same" node all.js $models
    expect "with each model" test "$(grep -c within "$out")" = 12
else
    skip "onnxruntime" "node has no onnxruntime-node"
fi

# ---- onnx.checker --------------------------------------------------------------------------
cat >all.py <<'END'
import sys
import onnx
for name in sys.argv[1:]:
    model = onnx.load(name)
    onnx.checker.check_model(model, full_check=True)
    assert (model.ir_version, model.opset_import[0].version) == (7, 13)
    keys = [p.key for p in model.metadata_props]
    assert keys == ["nudge_version", "feature_names", "class_names"]
END
python_onnx=
for p in "$python" /usr/bin/python3; do
    [ -z "$python_onnx" ] && [ -n "$p" ] && "$p" -c 'import onnx' 2>/dev/null && python_onnx=$p
done
if [ -n "$python_onnx" ]; then
    check "another one" nudge export two.safetensors --raw -o two-raw.onnx
    check "onnx.checker takes all" "$python_onnx" all.py matrix.onnx bins.onnx waves.onnx two.onnx \
        yes.onnx raw.onnx two-raw.onnx
else
    skip "onnx.checker" "there is no python3-onnx"
fi

# ---- What cannot be ------------------------------------------------------------------------
printf 'variable,y\n1,2\n2,3\n3,5\n' >variable.csv
check "train on a column named variable" nudge train --quiet --data variable.csv --target y \
    --hidden 2 --epochs 1 --loss mse --out variable.safetensors
refuse 2 "column 'variable'" "an output is" nudge export variable.safetensors -o v.onnx
refuse 2 "it is for ONNX" "--raw for others" nudge export two.safetensors --raw -o two.js

finish
