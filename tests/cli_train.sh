#!/bin/sh
# train, eval, predict, info, gen: what one writes the others read, and the numbers agree.
. "$(dirname "$0")/setup.sh"

has() {
    grep -q -e "$2" "$1"
}

lacks() {
    ! grep -q -e "$2" "$1"
}

lines() {
    [ "$(wc -l <"$2")" -eq "$1" ]
}

# rmse PREDICTED CSV: of the first columns of two files with headers, CSV's last
rmse() {
    awk -F, 'NR == FNR { p[FNR] = $1; next } FNR > 1 { d = p[FNR] - $NF; s += d * d; n++ }
        END { printf "%.12g\n", sqrt(s / n) }' "$1" "$2"
}

# ---- Regression ---------------------------------------------------------------------------
check "gen a regression" nudge gen friedman1 --rows 600 --seed 3 --out f.csv
check "gen once more" nudge gen friedman1 rows=600 seed=3 --out g.csv
expect "gen makes the same file" cmp f.csv g.csv
check "gen compressed" nudge gen friedman1 rows=600 seed=3 --out g.csv.gz
check "the same rows compressed" sh -c 'gzip -dc g.csv.gz | cmp - f.csv'
check "gen lists its generators" nudge gen --list
expect "... moons among them" has "$out" "^moons"
{ head -n 1 f.csv; tail -n 100 f.csv; } >test.csv

check "train" nudge train --data f.csv --target y --split last --test-split 0.16666667 \
    --val-split 0.1 --hidden 16 --epochs 5 --log run.jsonl --out f.safetensors
expect "train: the table has the test" has "$out" "test"
expect "train: the table has RMSE" has "$out" "^RMSE"
expect "train: the table has the file" has "$out" "f.safetensors"
expect "train: stderr says memory" has "$err" "^memory"
expect "train: stderr shows epoch 5" has "$err" "^epoch 5/5"
expect "train: nothing for a terminal in it" lacks "$err" "$(printf '\r')"
expect "log: a line per epoch" lines 5 run.jsonl
for key in train_loss val_loss val_rmse seconds samples_per_s; do
    expect "log: $key" has run.jsonl "\"epoch\": 5, .*\"$key\": [0-9]"
done

expect "log: no lr without a schedule" lacks run.jsonl '"lr"'

# The quantile 0.9 of y lies above nine of ten targets.
nudge train --data f.csv --target y --hidden 16 --epochs 60 --loss quantile --quantile 0.9 \
    --out q.safetensors --quiet --json >q.json 2>"$err"
expect "quantile: in --json" near "$(json q.json settings.quantile)" 0.9 1e-15
check "quantile: predict" nudge predict --model q.safetensors --data f.csv --out q.csv
expect "quantile: above nine of ten" awk -F, 'NR == FNR { p[FNR] = $1; next }
    FNR > 1 { above += p[FNR] > $NF; n++ } END { exit !(above > 0.85 * n && above < 0.95 * n) }' \
    q.csv f.csv
expect "quantile: info tells it" sh -c '"$NUDGE" info q.safetensors | grep -q "quantile, quantile 0.9"'

check "train with a schedule" nudge train --data f.csv --target y --hidden 4 --epochs 4 \
    --schedule step --lr-step 2 --lr-gamma 0.5 --warmup 1 --log lr.jsonl
expect "schedule: named" has "$err" "^schedule  *step, warm-up of 1 epoch$"
expect "schedule: the epoch tells the learning rate" has "$err" "^epoch 3/4 .* lr 0.0005 "
expect "schedule: so does the log" has lr.jsonl '"epoch": 3, .*"lr": 0.0005'
nudge train --data f.csv --target y --hidden 4 --epochs 1 --schedule plateau --lr-patience 3 \
    --quiet --json >lr.json 2>"$err"
expect "schedule: in --json" [ "$(json lr.json settings.schedule)" = plateau ]
expect "schedule: its parameters, too" [ "$(json lr.json settings.lr_patience)" = 3 ]
expect "schedule: and no other's" lacks lr.json lr_step

nudge train --data f.csv --target y --split last --test-split 0.16666667 --val-split 0.1 \
    --hidden 16 --epochs 5 --json --quiet >train.json 2>"$err"
expect "train --json" has train.json '"weights_hash"'
expect "train --quiet says nothing" lines 0 "$err"
nudge info f.safetensors --json >info.json
expect "the same run gives the same weights" \
    [ "$(json train.json weights_hash)" = "$(json info.json weights_hash)" ]
expect "the hash has 16 digits" has train.json '"weights_hash": "[0-9a-f]\{16\}"'

nudge eval --model f.safetensors --data test.csv --json >eval.json
expect "eval: RMSE of train's test rows" \
    near "$(json eval.json rmse)" "$(json train.json test.rmse)" 1e-9
check "predict" nudge predict --model f.safetensors --data test.csv --out p.csv
expect "predict: a row per sample and a header" lines 101 p.csv
expect "predict: RMSE from the raw file is train's" \
    near "$(rmse p.csv test.csv)" "$(json train.json test.rmse)" 1e-5
nudge predict --model f.safetensors --data test.csv >p2.csv
expect "predict to stdout is the same" cmp p.csv p2.csv
cut -d, -f1-10 test.csv >raw.csv
check "predict without the target column" nudge predict --model f.safetensors --data raw.csv \
    --out p3.csv
expect "... is the same" cmp p.csv p3.csv
refuse 2 "target" "eval without the target column" nudge eval --model f.safetensors --data raw.csv

check "info of a model" nudge info f.safetensors
expect "... says its layers" has "$out" "^1 .*identity"
check "info of a file" nudge info f.csv --target y
expect "... says its target" has "$out" "^y .*number, target"
check "info of synthetic data" nudge info synth:moons,rows=50

nudge train --data f.csv --target y --split last --test-split 0.16666667 --val-split 0.1 \
    --hidden 16 --epochs 5 --json --quiet --threads 3 >three.json
expect "three threads, the same weights" \
    [ "$(json three.json weights_hash)" = "$(json train.json weights_hash)" ]

# ---- Classes ------------------------------------------------------------------------------
check "gen classes" nudge gen blobs rows=400 seed=2 --out b.csv
target=$(sed -n 1p b.csv | sed 's/.*,//')
check "train on classes" nudge train --data b.csv --target "$target" --category "$target" \
    --hidden 8,8 --activation tanh,relu --epochs 20 --test-split 0.2 --quiet --out b.safetensors
expect "... accuracy is reported" has "$out" "^accuracy"
check "eval of classes" nudge eval --model b.safetensors --data b.csv
expect "... has precision" has "$out" "precision"
expect "... has the confusion matrix" has "$out" "^confusion"
nudge eval --model b.safetensors --data b.csv --json >eval.json
check "predict of classes" nudge predict --model b.safetensors --data b.csv --out p.csv
expect "... has probabilities" has p.csv "^$target,p("
share=$(awk -F, 'NR == FNR { p[FNR] = $1; next } FNR > 1 { n++; right += p[FNR] == $NF }
    END { printf "%.12g\n", right / n }' p.csv b.csv)
expect "predict's labels have eval's accuracy" near "$share" "$(json eval.json accuracy)" 1e-9
expect "... probabilities add up to 1" awk -F, 'NR > 1 { s = 0; for (i = 2; i <= NF; i++) s += $i
    if (s < 0.99999 || s > 1.00001) exit 1 }' p.csv

# ---- The first run, interruptions, gradients ----------------------------------------------
check "train with nothing but fewer epochs" nudge train --epochs 1
expect "... knows the noise floor" has "$out" "noise floor"
check "--explain" nudge train --data synth:line --epochs 1 --explain
expect "... says something of the engine" has "$err" "^engine"
check "gradcheck" nudge gradcheck
expect "... passed" has "$out" "passed"
check "gradcheck of a model" nudge gradcheck --model b.safetensors --data b.csv --limit 50
check "start from saved weights" nudge train --data b.csv --target "$target" \
    --category "$target" --hidden 8,8 --activation tanh,relu --epochs 1 --quiet \
    --init b.safetensors

# A script's background jobs ignore SIGINT, so the signals' effects are restored first.
if [ -n "$python" ]; then
    for s in INT TERM HUP; do
        rm -f c.jsonl c.safetensors
        "$python" - "$NUDGE" $s >"$out" 2>"$err" <<'PY'
import os, signal, subprocess, sys, time
number = getattr(signal, "SIG" + sys.argv[2])
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
p = subprocess.Popen([sys.argv[1], "train", "--data", "synth:line", "--epochs", "100000000",
                      "--quiet", "--log", "c.jsonl", "--out", "c.safetensors"])
for _ in range(1000):
    if os.path.exists("c.jsonl"):
        break
    time.sleep(0.01)
p.send_signal(number)
sys.exit(0 if p.wait(20) == 128 + number else 1)
PY
        expect "SIG$s: exit status 128 and its number" [ $? -eq 0 ]
        check "SIG$s: the model is there" nudge info c.safetensors
    done
    # One batch takes seconds: only the second signal ends it at once.
    if built_with =thread; then
        skip "a second signal ends it at once" "ThreadSanitizer holds signals back"
    else
        "$python" - "$NUDGE" >"$out" 2>"$err" <<'PY'
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
p = subprocess.Popen([sys.argv[1], "train", "--data", "synth:teacher,rows=8000", "--threads", "1",
                      "--batch", "8000", "--hidden", "2048,2048", "--epochs", "100"],
                     stderr=subprocess.PIPE)
for line in p.stderr:
    if line.startswith(b"threads"):
        break
time.sleep(0.3)
p.send_signal(signal.SIGINT)
time.sleep(0.2)
p.send_signal(signal.SIGINT)
sys.exit(0 if p.wait(10) == -signal.SIGINT else 1)
PY
        expect "a second signal ends it at once" [ $? -eq 0 ]
    fi
    # Interrupted while it writes: nothing is left.
    check "a model of many outputs" nudge train --data synth:friedman1,rows=100 --epochs 1 --quiet \
        --out big.safetensors
    "$python" - "$NUDGE" >"$out" 2>"$err" <<'PY'
import os, signal, subprocess, sys, time
def writing(p): # it has a file with something in it open in the folder, which may have no name yet
    try:
        for f in [e.path for e in os.scandir(f"/proc/{p.pid}/fd")]:
            name, size = os.readlink(f), os.stat(f).st_size
            # The same file before and after: its number may have become another file's.
            if size > 0 and os.path.dirname(name) == os.path.abspath("sub") and name == os.readlink(f):
                return True
    except OSError: # gone meanwhile
        pass
    return False
os.mkdir("sub")
for attempt in range(10): # on a busy machine it may be done before we see that it writes
    p = subprocess.Popen([sys.argv[1], "predict", "--model", "big.safetensors", "--out", "sub/p.csv",
                          "--data", "synth:friedman1,rows=1500000"])
    while not writing(p) and p.poll() is None:
        pass
    p.send_signal(signal.SIGTERM)
    if p.wait() != 0:
        break
    os.unlink("sub/p.csv")
print(p.returncode, os.listdir("sub"))
sys.exit(p.returncode != 128 + signal.SIGTERM or os.listdir("sub") != [])
PY
    expect "predict interrupted while it writes leaves nothing" [ $? -eq 0 ]
else
    skip "signals" "no python3"
fi

# ---- Standard input and output ------------------------------------------------------------
nudge gen moons rows=40 seed=5 --out m.csv --quiet
nudge gen moons rows=40 seed=5 --out - >m2.csv 2>"$err"
expect "gen to standard output" cmp m.csv m2.csv
trained() {
    nudge train --target class --epochs 1 --json --quiet "$@" >"$out" 2>"$err" && json "$out" weights_hash
}
expect "data from standard input" [ "$(trained --data - <m.csv)" = "$(trained --data m.csv)" ]
check "a log on standard output" nudge train --data m.csv --target class --epochs 3 --quiet --log -
expect "... and nothing else" lines 3 "$out"
check "predict to -" nudge predict --model big.safetensors --data synth:friedman1,rows=9 --out -
expect "... makes no file" [ ! -e ./- ]
expect "... has the rows" lines 10 "$out"
expect "--json names the target" [ "$(trained --data m.csv --ignore x2 >/dev/null
    json "$out" settings.target)" = class ]
expect "... and what is ignored" [ "$(json "$out" settings.ignore)" = x2 ]
check "info of data without a column" nudge info m.csv --ignore x2 --json
expect "... says so" grep -q '"ignore": "x2"' "$out"
finish
