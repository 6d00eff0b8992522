#!/bin/sh
# Large data files on the command line: gen writes NPY and safetensors; train, eval, predict and
# info read them; the same rows give the same weights from a generator, a file of it and CSV.
. "${TOP_SRCDIR:-$(dirname "$0")/..}/tests/setup.sh"

# ---- gen ----------------------------------------------------------------------------------
check "gen writes safetensors" nudge gen teacher rows=3001 features=6 --threads 1 \
    --out one.safetensors
expect "... says what" \
    grep -q '^3,001 rows, 6 features, 84 kB in .* values/s, .*B/s$' "$err"
expect "... one line on stderr" [ "$(wc -l <"$err")" -eq 1 ]
expect "... nothing on stdout" [ ! -s "$out" ]
for threads in 2 3 7; do
    check "gen on $threads threads" nudge gen teacher rows=3001 features=6 --threads $threads \
        --quiet --out more.safetensors
    expect "... the same file" cmp -s one.safetensors more.safetensors
    expect "... --quiet is quiet" [ ! -s "$err" ]
done
check "gen writes NPY" nudge gen teacher rows=3001 features=6 --out x.npy --labels-out y.npy
expect "... the features" [ "$(wc -c <x.npy)" -eq $((128 + 3001 * 6 * 4)) ]
expect "... the targets" [ "$(wc -c <y.npy)" -eq $((128 + 3001 * 4)) ]
check "gen in f64" nudge gen teacher rows=3001 features=6 --dtype f64 --out double.safetensors
check "gen writes classes" nudge gen blobs rows=500 classes=3 --out blobs.safetensors
check "... and NPY" nudge gen blobs rows=500 classes=3 --out bx.npy --labels-out by.npy
check "... over what is there" nudge gen blobs rows=500 classes=3 --out bx.npy --labels-out by.npy
check "gen writes CSV" nudge gen teacher rows=3001 features=6 --out d.csv
expect "... says what" grep -q '^3,001 rows, 6 features, ' "$err"

# ---- info ---------------------------------------------------------------------------------
check "info of NPY" nudge info x.npy --labels y.npy
expect "... its size" grep -q '^x.npy: npy, 3001 rows, 7 columns, ' "$out"
check "info of safetensors" nudge info blobs.safetensors --json
expect "... kind" [ "$(json "$out" kind)" = data ]
expect "... format" [ "$(json "$out" format)" = safetensors ]
expect "... rows" [ "$(json "$out" rows)" = 500 ]
expect "... the target" grep -q '"name": "class"' "$out"

# ---- The same values, the same weights ----------------------------------------------------
weights() {
    nudge train --quiet --epochs 2 --hidden 5 --json "$@" >"$scratch/json" &&
        json "$scratch/json" weights_hash
}
same() {
    name=$1
    shift
    got=$(weights "$@") || got="failed"
    expect "$name" [ "$got" = "$want" ]
}
want=$(weights --data synth:teacher,rows=3001,features=6)
expect "a hash of weights" [ ${#want} -eq 16 ]
same "regression: safetensors as the generator" --data one.safetensors
same "regression: NPY as the generator" --data x.npy --labels y.npy
want=$(weights --data synth:blobs,rows=500,classes=3)
same "classes: safetensors as the generator" --data blobs.safetensors
same "classes: NPY as the generator" --data bx.npy --labels by.npy
want=$(weights --dtype f64 --data synth:teacher,rows=3001,features=6)
same "f64: safetensors as the generator" --dtype f64 --data double.safetensors
want=$(weights --data synth:teacher,rows=3001,features=6 --val-split 0.2 --threads 1)
same "with a split, on 2 threads" --data x.npy --labels y.npy --val-split 0.2 --threads 2

# ---- eval, predict ------------------------------------------------------------------------
check "train" nudge train --quiet --epochs 2 --hidden 5 --data one.safetensors --out m.safetensors
check "train with validation and test files" nudge train --quiet --epochs 1 --data x.npy \
    --labels y.npy --val x.npy --val-labels y.npy --test one.safetensors
check "info of the model" nudge info m.safetensors
expect "... is of a model" grep -q '^parameters' "$out"
check "eval on safetensors" nudge eval --model m.safetensors --data one.safetensors --json
loss=$(json "$out" loss)
check "eval on NPY" nudge eval --model m.safetensors --data x.npy --labels y.npy --json
expect "... the same loss" [ "$(json "$out" loss)" = "$loss" ]
check "eval on the generator" nudge eval --model m.safetensors --json \
    --data synth:teacher,rows=3001,features=6
expect "... the same loss" [ "$(json "$out" loss)" = "$loss" ]
check "predict from safetensors" nudge predict --model m.safetensors --data one.safetensors \
    --out p1.csv
check "predict from NPY" nudge predict --model m.safetensors --data x.npy --out p2.csv
expect "... the same predictions" cmp -s p1.csv p2.csv
expect "... one a row" [ "$(wc -l <p1.csv)" -eq 3002 ]
gzip -c x.npy >x.npy.gz
check "predict from compressed NPY" nudge predict --model m.safetensors --data x.npy.gz --out p3.csv
expect "... the same predictions" cmp -s p1.csv p3.csv
check "NPY from a pipe" sh -c 'cat x.npy | "$1" predict --model m.safetensors --data /dev/stdin \
    --out p4.csv' sh "$NUDGE"
expect "... the same predictions" cmp -s p1.csv p4.csv

# ---- Refused input ------------------------------------------------------------------------
refuse 2 "(--labels)" "NPY without labels" nudge train --data x.npy
refuse 2 "--val-labels" "validation without labels" nudge train --data x.npy --labels y.npy \
    --val x.npy
refuse 2 "has 500 rows, but x.npy has 3001" "labels of other rows" nudge train --data x.npy \
    --labels by.npy
nudge gen moons rows=3 --quiet --out mx.npy --labels-out my.npy
printf 'a,b\n1,2\n' >small.csv
refuse 2 "it cannot have its labels in 'my.npy'" "labels for CSV" nudge info small.csv \
    --labels my.npy
refuse 2 "holds targets, tensor y" "labels beside a file with targets" nudge train \
    --data one.safetensors --labels y.npy
refuse 2 "m.safetensors: it is a model" "a model as data" nudge train --data m.safetensors
refuse 2 "one.safetensors" "data as a model" nudge predict --model one.safetensors --data x.npy
refuse 2 "takes 6 features, 'bx.npy' has 2" "data of another model" nudge predict \
    --model m.safetensors --data bx.npy
refuse 2 "a safetensors file; labels are" "safetensors as labels" nudge train --data x.npy \
    --labels one.safetensors
gzip -c one.safetensors >one.safetensors.gz
refuse 2 "a plain file" "compressed safetensors" nudge info one.safetensors.gz
survived=0
for file in one.safetensors x.npy; do
    for size in 0 1 5 7 8 9 10 50 100 127 128 129 500 70000; do
        head -c $size $file >cut-$file
        status=0
        nudge info cut-$file >"$out" 2>"$err" || status=$?
        [ $status -eq 2 ] && one_line_with "cut-$file" || survived=$((survived + 1))
    done
done
expect "files cut short are refused" [ $survived -eq 0 ]

# ---- Refused output -----------------------------------------------------------------------
refuse 2 "--labels-out" "NPY without a file for the targets" nudge gen moons rows=9 --out a.npy
refuse 2 "goes with --out FILE.npy only" "... and one that is not needed" nudge gen moons rows=9 \
    --out a.safetensors --labels-out b.npy
refuse 2 "--labels-out: 'b.csv'" "... of another format" nudge gen moons rows=9 --out a.npy \
    --labels-out b.csv
refuse 2 "also given as --out" "both in one file" nudge gen moons rows=9 --out a.npy \
    --labels-out a.npy
refuse 2 "cannot both go to" "... by another name" nudge gen moons rows=9 --out a.npy \
    --labels-out "./../${PWD##*/}/a.npy"
refuse 2 "must end in .csv, .csv.gz, .npy or .safetensors" "another ending" nudge gen moons \
    rows=9 --out a.txt
refuse 2 "no/such" "no folder" nudge gen moons rows=9 --out no/such.safetensors
refuse 2 "no/such" "no folder for the targets" nudge gen moons rows=9 --out a.npy \
    --labels-out no/such.npy
refuse 2 "--threads" "no threads" nudge gen moons rows=9 --threads 0 --out a.safetensors
refuse 1 "is free there" "more than the disk has" nudge gen linear rows=4294967295 \
    features=65536 --out a.safetensors
mkfifo pipe.safetensors
refuse 2 "it is a pipe" "a pipe" nudge gen moons rows=9 --out pipe.safetensors
rm pipe.safetensors
if [ -w /dev/full ]; then
    ln -s /dev/full full.npy
    ln -s /dev/full full.safetensors
    refuse 1 "full.safetensors" "full disk: safetensors" nudge gen moons --out full.safetensors
    refuse 1 "No space left" "full disk: features" nudge gen moons --out full.npy \
        --labels-out left.npy
    refuse 1 "No space left" "full disk: targets" nudge gen moons --out left.npy \
        --labels-out full.npy
    rm full.npy full.safetensors
else
    skip "full disk" "no /dev/full"
fi
limited() {
    (ulimit -f 200 && "$@") # of 512 bytes each, or 1024
}
if built_with =thread || built_with coverage; then
    skip "a file that may not grow so large" "the build has files of its own"
else
    refuse 1 "File too large" "a file that may not grow so large" limited "$NUDGE" gen linear \
        rows=100000 --out a.safetensors
fi

# All files here: names, kinds, sizes, times of change.
snapshot() {
    find . -type d -printf '%p\n' -o -printf '%p %y %s %T@ %i\n'
}

# Interrupted while it writes: the files of before stay, nothing is beside them. A shell starts
# background processes with SIGINT ignored; env undoes it.
interrupted() {
    cp one.safetensors "kept.$2"
    snapshot >"$scratch/before"
    env --default-signal=INT "$NUDGE" gen teacher rows=50000000 features=8 hidden=512 --threads 1 --out "kept.$2" \
        >"$out" 2>"$err" &
    pid=$!
    tries=0
    until ls -l /proc/$pid/fd 2>/dev/null | grep -q "$PWD/" || [ $tries -ge 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -"$1" $pid
    status=0
    wait $pid || status=$?
    snapshot >"$scratch/after"
    expect "$1 while $2 is written: exit status $3" [ $status -eq "$3" ]
    expect "... one line" [ "$(cat "$err")" = "nudge gen: interrupted; nothing was written" ]
    expect "... nothing left behind" cmp -s "$scratch/before" "$scratch/after"
}
if env --default-signal=INT true 2>/dev/null; then
    interrupted TERM safetensors 143
    interrupted INT csv 130
    interrupted TERM csv.gz 143
else
    skip "interrupted" "no env --default-signal"
fi

# More threads than there can be are as many as there are cores.
check "gen on 4096 threads" nudge gen teacher rows=3001 features=6 --threads 4096 --quiet \
    --out many.safetensors
expect "... the same file" cmp -s one.safetensors many.safetensors

# ---- numpy --------------------------------------------------------------------------------
if ! "$python" -c 'import numpy' 2>/dev/null; then
    python=python3 # there may be another one
fi
if ! "$python" -c 'import numpy' 2>/dev/null; then
    skip "files of numpy" "no python3 with numpy"
    finish
    exit
fi
numpy() {
    "$python" "$TOP_SRCDIR/tests/cli_data_files.py" "$@"
}
check "numpy reads what gen wrote" numpy check x.npy y.npy one.safetensors
check "numpy writes files" numpy make
for f in np-*-x.npy; do
    labels=${f%-x.npy}-y.npy
    check "info of $f" nudge info "$f" --labels "$labels" --json
    expect "... 20 rows" [ "$(json "$out" rows)" = 20 ]
    check "train on $f" nudge train --quiet --epochs 1 --hidden 3 --data "$f" --labels "$labels"
done
for f in bad-np-*.npy; do
    refuse 2 "$f: " "$f" nudge info "$f"
done
finish
