#!/bin/sh
# nudge export: programs in C, JavaScript and Python predict what nudge does, of raw rows with missing
# and unknown values; names that are no identifiers, and would end a text or a comment, stay names.
. "$(dirname "$0")/setup.sh"

# ---- Data: training rows, and rows to predict as CSV and as JSON ---------------------------
awk -v csv=train.csv -v new=new.csv -v json=rows.json 'BEGIN {
    srand(3)
    header = "\"Gr\303\266\303\237e \"\"x\"\"\",c*/d</script>,when\\,it'\''s"
    print header ",y 1,y2,sort,yes" >csv
    print header >new
    n = split("*/ end|</script>|back\\slash|\303\251 \303\274|??/ tri|a b", text, "|")
    for (i = 0; i < 200; i++) {
        x = 4 * rand() - 2; c = rand() < 0.1 ? "" : int(9 * rand())
        day = rand() < 0.1 ? "" : sprintf("20%02d-0%d-1%dT0%d:30", 99 * rand(), 1 + 8 * rand(),
                                           9 * rand(), 9 * rand())
        k = rand() < 0.1 ? "" : text[1 + int(n * rand())]
        y = exp(x) + c / 3
        sort = y < 1 ? "lo\"w" : y < 2 ? "</script>" : "h\\i*/"
        gsub(/"/, "\"\"", sort)
        if (i < 160) {
            printf "%.3f,%s,%s,%s,%.4f,%.4f,\"%s\",%d\n", x, c, day, k, y, x + c + 3, sort, (y > 2) >csv
            continue
        }
        if (i % 5 == 0) k = "unseen"
        printf "%.3f,%s,%s,%s\n", x, c, day, k >new
        gsub(/\\/, "&&", k)
        printf "%s[%.3f,\"%s\",\"%s\",\"%s\"]", (i > 160 ? "," : "["), x, c, day, k >json
    }
    print "]" >json
}'
. "$TOP_SRCDIR/tests/sides_data.sh"
printf '0,0\n0,1\n1,0\n1,1\n' | sed '1i x1,x2' >or-new.csv
echo '[[0,0],[0,1],[1,0],[1,1]]' >or-rows.json

# train NAME OPTIONS...: NAME.safetensors, and what nudge predicts with it
train() {
    m=$1
    shift
    check "train $m" nudge train --quiet --threads 1 --seed 2 "$@" --out "$m.safetensors"
    [ -f "$m-new.csv" ] || cp new.csv "$m-new.csv"
    [ -f "$m-rows.json" ] || cp rows.json "$m-rows.json"
    check "predict $m" nudge predict --model "$m.safetensors" --data "$m-new.csv" --quiet
    cp "$out" "$m.csv"
    check "export $m" nudge export "$m.safetensors" -o "$m.c" -o "$m.cjs" -o "$m.mjs" -o "$m.py" \
        -o "$m.json" -o "$m.html"
}

t="--data train.csv --epochs 1 --hidden 9,9"
train or --data synth:or --hidden 3 --loss mse --scale none --target-scale none --dtype f64 \
    --embed plr --frequencies 2 --epochs 50
train bins $t --target sort --ignore "y*" --dtype f64 --encode piecewise --bins 5 --members 2 \
    --scale quantile --fill-indicator --min-count 25 --activation gelu --residual
train waves $t --target "y 1,y2" --ignore sort,yes --dtype f64 --encode fourier --frequencies 3 \
    --scale robust --category-code ordinal --layer-norm --activation mish --interval 0.8 \
    --val-split 0.2 --target-transform log1p --input-factor yes
train yes $t --target yes --ignore "y 1,y2,sort" --activation selu --embed pbld \
    --category-code signed
train box $t --target "y 1" --ignore y2,sort,yes --dtype f64 --target-transform box-cox \
    --scale minmax --scale-categories yes
cp sides-new.csv signed-new.csv
cp sides-rows.json signed-rows.json
train signed --data sides.csv --target y --epochs 3 --hidden 4 --dtype f64 --loss mse \
    --category-code signed --min-count 20
models="or bins waves yes box signed"

# same FILE NAME: the numbers of a file are near those of nudge, its labels are the same
same() {
    awk -F, -v most="$([ "$2" = yes ] && echo 1e-6 || echo 1e-12)" '
        NR == FNR { line[NR] = $0; lines = NR; next }
        { n = split(line[FNR], want, ","); if (n != NF) exit bad = 1 }
        { for (i = 1; i <= n; i++) {
            number = want[i] ~ /^-?[0-9.]+(e[-+][0-9]+)?$/ && $i ~ /^-?[0-9.]+(e[-+][0-9]+)?$/
            d = want[i] - $i; size = $i < 0 ? -$i : $i
            if (number ? d * d > (most * (1 + size)) ^ 2 : want[i] != $i) exit bad = 1
        } }
        END { exit bad || FNR != lines }' "$2.csv" "$1"
}

# ---- C ------------------------------------------------------------------------------------
cc=$(command -v cc || command -v gcc || command -v clang)
for m in $models; do
    if [ -z "$cc" ]; then
        skip "C: $m" "there is no compiler"
        continue
    fi
    check "C: $m compiles without a warning" "$cc" -std=c99 -Wall -Wextra -pedantic -Werror \
        -DPREDICT_MAIN "$m.c" -o "$m.run" -lm
    check "C: $m runs" sh -c "./$m.run <$m-new.csv"
    expect "C: $m predicts the same" same "$out" $m
done
# said WORDS NAME TEXT: or.run refuses a text
said() {
    printf "$3" | ./or.run >"$out" 2>"$err"
    expect "C: $2 is refused" grep -q "$1" "$err"
}
if [ -n "$cc" ]; then
    said "line 2: it has not 2 cells" "a row that is short" "x1,x2\n1\n"
    said "line 4: it has not 2 cells" "a row that is long" "x1,x2\n1, 0\n\n1,0,1\n"
    said "has 1 of the 2" "a column that comes twice" "x1,x1\n1,0\n"
fi

# ---- JavaScript ----------------------------------------------------------------------------
cat >all.js <<'END'
const fs = require('fs');
const quote = t => typeof t === 'string' && /[",]/.test(t) ? `"${t.replace(/"/g, '""')}"` : t;
for (const name of process.argv.slice(2)) {
  const m = require(`./${name}.cjs`);
  const header = fs.readFileSync(`${name}.csv`, 'utf8').split('\n')[0];
  const lines = JSON.parse(fs.readFileSync(`${name}-rows.json`, 'utf8')).map(cells => {
    const row = m.columns ? Object.fromEntries(m.columns.map((c, j) => [c.name, cells[j]])) : cells;
    if (String(m.predict(row)) !== String(m.predict(cells))) throw new Error('by name');
    if (m.columns) try { m.predict(cells.slice(1)); throw 'short'; } catch (e) {
      const n = cells.length;
      if (!e.message.includes(`a row has ${n} values, not ${n - 1}`)) throw e;
    }
    const some = [m.predict(row)].flat().concat(m.predictProba ? m.predictProba(row) : []);
    return some.concat(m.predictInterval ? m.predictInterval(row).flat() : []).map(quote).join(',');
  });
  fs.writeFileSync(`${name}.js.csv`, [header, ...lines, ''].join('\n'));
}
import('./bins.mjs').then(m => {
  if (m.classes.join() !== '</script>,h\\i*/,lo"w') throw new Error(m.classes);
});
END
if command -v node >/dev/null 2>&1; then
    check "JavaScript: all run" node all.js $models
    for m in $models; do
        expect "JavaScript: $m predicts the same" same $m.js.csv $m
    done
    expect "JavaScript: no </script> within" sh -c '! grep -q "</script>" *.cjs *.mjs'
else
    skip "JavaScript" "there is no node"
fi

# ---- Python --------------------------------------------------------------------------------
cat >all.py <<'END'
import csv, importlib, json, sys
sys.path.insert(0, ".")
sys.dont_write_bytecode = True
for name in sys.argv[1:]:
    m = importlib.import_module(name)
    cells = json.load(open(name + "-rows.json", encoding="utf-8"))
    json.load(open(name + ".json", encoding="utf-8"))
    rows = cells
    if hasattr(m, "columns"):
        rows = [{c["name"]: v for c, v in zip(m.columns, row)} for row in cells]
    for kind, found in ("one", [m.predict(row) for row in rows]), ("many", m.predict_many(cells)):
        with open("%s.%s.csv" % (name, kind), "w", newline="", encoding="utf-8") as file:
            file.write(open(name + ".csv", encoding="utf-8").readline())
            out = csv.writer(file, lineterminator="\n")
            for row, y in zip(rows, found):
                y = y if isinstance(y, list) else [y]
                if hasattr(m, "predict_proba"):
                    y += m.predict_proba(row)
                if hasattr(m, "predict_interval"):
                    y += sum(map(list, m.predict_interval(row)), [])
                out.writerow(y)
END
if [ -n "$python" ]; then
    check "Python: all run" "$python" all.py $models
    for m in $models; do
        expect "Python: $m predicts the same" same $m.one.csv $m
        expect "Python: ... of many rows" same $m.many.csv $m
    done
else
    skip "Python" "there is no python3"
fi

# ---- Pages ---------------------------------------------------------------------------------
# pictures NAME WIDTH: of two pictures, 2 pixels high
pictures() {
    printf "\\0\\0\\10\\3\\0\\0\\0\\2\\0\\0\\0\\2\\0\\0\\0\\$2%0$((4 * $2))d" 0 >"$1.idx"
    nudge train --data "$1.idx" --labels labels.idx --hidden 2 --epochs 1 --quiet \
        --out "$1.safetensors" >"$out"
}
printf '\0\0\10\1\0\0\0\2\0\1' >labels.idx
pictures square 2
pictures wide 6
check "a page to draw in" nudge export square.safetensors -o square.html
expect "has a picture" grep -q "const height = 2, width = 2;" square.html
refuse 2 "have 2 x 6 pixels" "wide pictures" nudge export wide.safetensors -o wide.html

cat >pages.py <<'END'
import sys
from html.parser import HTMLParser

class Page(HTMLParser):
    def handle_starttag(self, tag, attrs):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if [value for key, value in attrs if key in ("src", "href")]:
            sys.exit("it is not alone")

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            sys.exit("</%s> ends another" % tag)

    def handle_comment(self, data):
        sys.exit("a comment: " + data)

for name in sys.argv[1:]:
    page = Page()
    page.counts, page.open = {}, []
    page.feed(open(name + ".html", encoding="utf-8").read())
    page.close()
    if page.open or page.counts["script"] != 2 or page.counts["form"] != 1:
        sys.exit("%s: %s %s" % (name, page.open, page.counts))
END
if [ -n "$python" ]; then
    check "pages: well-formed, whatever the names" "$python" pages.py $models square
else
    skip "pages: well-formed" "there is no python3"
fi

# A page that types rows into the pages, as events of their fields, and prints what they say.
{
    echo '<!DOCTYPE html><meta charset="utf-8"><pre></pre>'
    for m in $models; do echo "<iframe id=\"$m\" src=\"$m.html\"></iframe>"; done
    echo '<script>const rows = {'
    for m in $models; do printf '%s: %s,\n' "$m" "$(sed 's,</,<\\/,g' "$m-rows.json")"; done
    cat <<'END'
};
const quote = t => /[",]/.test(t) ? `"${t.replace(/"/g, '""')}"` : t;
function typed(field, text) {
  const other = [...field.options ?? []].some(o => o.value === '\0') ? '\0' : '';
  field.value = text;
  if (field.options && field.selectedIndex < 0) field.value = other;
  field.dispatchEvent(new Event('input', {bubbles: true}));
}
onload = () => {
  for (const [name, all] of Object.entries(rows)) {
    const page = document.getElementById(name).contentDocument;
    for (const row of all) {
      row.forEach((text, j) => typed(page.getElementById(`column${j}`), text));
      const label = page.querySelector('output').textContent;
      const values = [...page.querySelectorAll('output data, ol data')].map(data => data.value);
      const some = label === '' || page.querySelector('output data') ? values : [label, ...values];
      document.querySelector('pre').append(`=${name}: ${some.map(quote).join(',')}\n`);
    }
  }
};
</script>
END
} >pages.html
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -n "$chromium" ] && timeout 20 "$chromium" --headless --no-sandbox --disable-gpu \
    --allow-file-access-from-files --user-data-dir="$scratch/chromium" --dump-dom \
    "file://$PWD/pages.html" >pages.txt 2>pages.err; then
    sed 's/<pre>//; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' pages.txt >pages.all
    for m in $models; do
        { head -n 1 "$m.csv" && sed -n "s/^.*=$m: //p" pages.all; } >"$m.page.csv"
        expect "pages: $m predicts the same" same "$m.page.csv" "$m"
    done
else
    skip "pages: what is typed" "there is no Chromium, or it is slow"
fi

# ---- What cannot be ------------------------------------------------------------------------
check "standard output" nudge export or.safetensors --to js
expect "is as the file" cmp "$out" or.cjs
check "C in float, with a header" nudge export or.safetensors -o f.c -o f.h --dtype f32
expect "has floats" grep -q "typedef float real" f.c
refuse 2 "the language is needed" "no language" nudge export or.safetensors
refuse 2 "does not say in which language" "another ending" nudge export or.safetensors -o or.rs
refuse 2 "did you mean 'python'" "another language" nudge export or.safetensors --to pyton
refuse 2 "it is for C" "--dtype for others" nudge export or.safetensors -o x.js --dtype f32
refuse 2 "is the model" "over the model" nudge export or.safetensors --to c -o or.safetensors
refuse 2 "given twice" "a file twice" nudge export or.safetensors -o x.js -o x.js
refuse 2 "or.c" "no model" nudge export or.c -o x.js

finish
