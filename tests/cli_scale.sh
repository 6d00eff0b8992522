#!/bin/sh
# nudge scale: what it measures, writes and refuses; never how fast.
. "$(dirname "$0")/setup.sh"

# Steps with enough work to be shared by two threads, of about a tenth of a millisecond.
net="--data synth:teacher,rows=512,features=16,hidden=8 --hidden 64,64 --batch 256"
two="--threads 1,2 $net"

# A serial OpenBLAS, or a build without OpenMP, has one thread only.
threads=$(nudge bench gemm --shape 8,8,8 --threads 2 --seconds 0.01 --json >"$out" &&
    json "$out" threads)
if [ "$threads" = 1 ] && [ "$(nproc)" -gt 1 ]; then
    skip "nudge scale" "these libraries allow one thread only"
    finish
    exit
fi

# value PATH: of the last command's JSON; of the first point or repeat, where there are several.
value() {
    json "$out" "$1"
}
# How many points, repeats, ... have a key, or a key with a value.
count() {
    grep -c "^ *\"$1\": *${2-}" "$out"
}
# The different values of a key.
distinct() {
    grep "^ *\"$1\":" "$out" | tr -d ' ,' | sort -u | wc -l
}
is_json() {
    python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$1"
}
narrow() {
    awk 'length > 80 { print; bad = 1 } END { exit bad }' "$1"
}

# ---- The usual way -----------------------------------------------------------------------
check "scale --out" nudge scale $two --seconds 0.02 --repeat 2 --out study
for file in results.json results.csv points.csv curves.csv environment.json report.html \
    results.extrap.txt; do
    expect "$file is there" test -s "study/$file"
done
expect "the first table has both counts" \
    test "$(awk '/^threads/ { tables++ } tables == 1 && /^[12] / { n++ } END { print n }' \
        "$out")" -eq 2
expect "no line is wider than 80 columns" narrow "$out"
expect "the weights are told to be the same" grep -q "identical for every thread count" "$out"
expect "it says where the results are" grep -q "results are in study" "$out"
expect "the plan is on stderr" grep -q "2 points, 2 repeats of each in random order" "$err"
expect "without a terminal nothing is drawn" test "$(tr -dc '\r' <"$err" | wc -c)" -eq 0
if python3 -c '' 2>"$scratch/no_python"; then
    expect "results.json is JSON" is_json study/results.json
    expect "environment.json is JSON" is_json study/environment.json
else
    skip "results.json is JSON" "there is no python3"
fi
expect "a row for each repeat" test "$(wc -l <study/results.csv)" -eq 5
expect "a row for each point" test "$(wc -l <study/points.csv)" -eq 3

no_gnuplot() {
    GNUPLOT=/nonexistent nudge scale $two --seconds 0.02 --repeat 1 --out bare --quiet
}
check "without gnuplot" no_gnuplot
expect "one line says so" test "$(wc -l <"$err")" -eq 1
expect "the line names gnuplot" grep -q gnuplot "$err"
expect "results are there, pictures are not" \
    sh -c "test -s bare/results.json && test -s bare/report.html && ! ls bare/*.svg bare/*.png"

check "scale --json --quiet" nudge scale $two --epochs 3 --repeat 3 --json --quiet
expect "nothing on stderr" test ! -s "$err"
expect "strong is the default" test "$(value mode)" = strong
expect "weights are compared" test "$(value identical_weights)" = true
expect "each of the 6 repeats has its weights' hash" test "$(count weights_hash)" -eq 6
expect "they are all the same" test "$(distinct weights_hash)" -eq 1
expect "as many epochs as asked for" test "$(count epochs 3)" -eq 2
expect "2 steps an epoch" test "$(count steps 6)" -eq 2
expect "all repeats have their place in the order" test "$(grep '"order":' "$out" |
    tr -dc '0-9\n' | sort -n | tr -d '\n')" = 012345
hash=$(grep weights_hash "$out" | head -n 1 | tr -d ' ,')
check "nudge train" nudge train $net --epochs 3 --json --quiet
expect "it ends with the same weights" test "$(grep weights_hash "$out" | tr -d ' ,')" = "$hash"

check "more threads than cores" nudge scale --threads "1,$(($(nproc) + 1))" --epochs 1 \
    --repeat 1 --data synth:teacher,rows=1024,features=16 --hidden 256,256 --batch 1024
expect "they are marked" grep -q "^$(($(nproc) + 1))\* " "$out"
expect "the mark is explained" grep -q "^\* more threads than the" "$out"

check "all threads" nudge scale --threads all --seconds 0.02 --repeat 1 --json --quiet \
    --data synth:teacher,rows=2048,features=64 --hidden 512,512 --batch 256
expect "from 1 on" test "$(value points.threads)" -eq 1

# ---- Modes -------------------------------------------------------------------------------
# mode NAME POINTS OPTION...
mode() {
    mode=$1 points=$2
    shift 2
    check "mode $mode" nudge scale --mode "$mode" "$@" --seconds 0.02 --repeat 2 --json --quiet
    expect "$mode: its name" test "$(value mode)" = "$mode"
    expect "$mode: $points points" test "$(count copy_peak_gb_per_s)" -eq "$points"
}
mode weak 2 --threads 1,2 --data synth:teacher,rows=512,features=16 --hidden 64,64 --batch 128
expect "weak: the batch grows with the threads" \
    sh -c "grep -q '\"batch\": 128,' '$out' && grep -q '\"batch\": 256,' '$out'"
expect "weak: so do the rows" \
    sh -c "grep -q '\"rows\": 256,' '$out' && grep -q '\"rows\": 512,' '$out'"
expect "weak: the weights of 1 and 2 threads are not compared" \
    test "$(value identical_weights)" != true
mode batch 4 --threads 1,2 --data synth:teacher,rows=512,features=16 --hidden 64,64 \
    --values 512,256
expect "batch: in ascending order" test "$(value points.batch)" -eq 256
expect "batch: weights are the same for each batch" test "$(value identical_weights)" = true
expect "batch: and differ between batches" test "$(distinct weights_hash)" -eq 2
mode width 4 $two --values 64,96
expect "width: the networks" sh -c "grep -q 16-64-64-1 '$out' && grep -q 16-96-96-1 '$out'"
mode depth 4 --threads 1,2 --data synth:teacher,rows=512,features=16 --batch 256 --hidden 64 \
    --values 2,3
expect "depth: the networks" sh -c "grep -q 16-64-64-1 '$out' && grep -q 16-64-64-64-1 '$out'"
mode rows 4 $two --values 256,512
expect "rows: of the data" sh -c "grep -q '\"rows\": 256,' '$out' && grep -q '\"rows\": 512,' '$out'"
mode rows 3 --threads 1 --data synth:teacher,rows=512,features=16 --hidden 64 --batch 16
expect "rows: a sixteenth, a quarter and all by default" test "$(value points.rows)" -eq 32
check "a table for a person with a column for the value" nudge scale --mode batch --threads 1,2 \
    --data synth:teacher,rows=512,features=16 --hidden 64,64 --values 256,512 --seconds 0.02 \
    --repeat 1
expect "batch is a column" grep -q "^threads  batch " "$out"
expect "it is within 80 columns" narrow "$out"

# ---- Time to loss ------------------------------------------------------------------------
# The targets' variance is about 1, so that a loss of 2 is reached at once and 1e-9 never.
check "--to-loss, reached" nudge scale $two --repeat 2 --to-loss 2 --json --quiet
expect "every repeat has its time" test "$(count to_loss_s '[0-9]')" -eq 4
check "--to-loss, not reached" nudge scale $two --repeat 1 --to-loss 1e-9 --epochs 2
expect "it says so for each count" test "$(grep -c ': not reached in 2 epochs' "$out")" -eq 2
check "--to-loss with validation data" nudge scale $two --batch 128 --val-split 0.25 --repeat 1 \
    --to-loss 2
expect "its time is told" grep -q '^  2 threads: .* in [0-9]* epoch' "$out"

# ---- Ctrl-C ------------------------------------------------------------------------------
# A shell starts background processes with SIGINT ignored; python3 undoes it.
interrupted() {
    python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$NUDGE" scale "$@" >"$scratch/i.out" 2>"$scratch/i.err" &
    pid=$!
    $wait_first
    sleep "$delay"
    kill -INT $pid
    ended=0
    wait $pid || ended=$?
    cat "$scratch/i.out"
    cat "$scratch/i.err" >&2
    [ $ended -eq 130 ]
}
# The plan is told before the repeats; products and copies are measured between them.
planned() {
    tries=0
    until grep -q "^plan:" "$scratch/i.err" || [ $tries -eq 600 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
}
# 2000 repeats, some milliseconds each with what belongs to them: some are done by then, not all. On a
# slow machine later.
interrupted_in_time() {
    wait_first=planned
    for delay in 1 4 16 48; do
        interrupted "$@" || return
        ! grep -q "before the first repeat" "$scratch/i.err" || continue
        return 0
    done
    return 1
}
# Before the program is ready for it, SIGINT ends it without a word: again, later.
interrupted_early() {
    wait_first=
    for delay in 1 2 4; do
        interrupted "$@" || return
        [ ! -s "$scratch/i.err" ] || return 0
    done
    return 1
}
if python3 -c '' 2>"$scratch/no_python"; then
    check "Ctrl-C" interrupted_in_time $two --repeat 1000 --seconds 0.9 --out stopped
    expect "the report is marked" grep -q "(interrupted)" "$out"
    expect "one line tells how many repeats are kept" \
        grep -q "^nudge scale: interrupted after [0-9]* repeat" "$err"
    expect "results.json is marked" grep -q '"interrupted": true' stopped/results.json
    expect "fewer repeats than asked for are there" \
        test "$(wc -l <stopped/results.csv)" -lt 2001
    check "Ctrl-C before the first repeat" interrupted_early --threads 1 --epochs 30 --repeat 1 --out never
    expect "nothing was written" test ! -e never
    expect "one line says so" grep -q "interrupted before the first repeat" "$err"
else
    skip "Ctrl-C" "there is no python3"
fi

# ---- What cannot be measured -------------------------------------------------------------
bad() {
    option=$1 right=$2
    shift 2
    for v in "$@"; do
        refuse 2 "nudge scale: --$option: '$v' is not $right" "--$option '$v'" \
            nudge scale $net "--$option" "$v"
    done
}
bad threads "'all' or whole numbers from 1 to 4096" 0 x "" 1, 1,,2 -1 1.5 5000 ALL
bad threads "a list without repetition: 2 is in it twice" 2,1,2
bad mode "one of strong, weak, batch, width, depth, rows" stronk
bad repeat "a whole number from 1 to" 0 x -1 1.5 100000
bad seconds "a positive number" 0 -1 x nan
bad epochs "a whole number from 1 to" 0 x
bad to-loss "a positive number" 0 -1 x nan
for m in batch width depth rows; do
    refuse 2 "--values: '1,0' is not whole numbers from 1 to" "--mode $m --values 1,0" \
        nudge scale $net --hidden 8 --mode $m --values 1,0
done
refuse 2 "--values: '8,8' is not a list without repetition" "the same value twice" \
    nudge scale $net --mode width --values 8,8
refuse 2 "--values: only the modes batch, width, depth and rows" "--values in strong mode" \
    nudge scale $net --values 1,2
refuse 2 "--values: only the modes batch, width, depth and rows" "--values in weak mode" \
    nudge scale $net --mode weak --values 1,2
refuse 2 "--seconds: it cannot be used together with --epochs" "--seconds with --epochs" \
    nudge scale $net --seconds 1 --epochs 1
refuse 2 "--seconds: with --to-loss" "--seconds with --to-loss" \
    nudge scale $net --seconds 1 --to-loss 1
refuse 2 "--batch: in batch mode" "--batch in batch mode" nudge scale $net --mode batch
refuse 2 "--hidden: '8,16' is not one size" "depth of two sizes" \
    nudge scale --mode depth --hidden 8,16
refuse 2 "--hidden: 'none' is not a network with" "width of nothing" \
    nudge scale --mode width --hidden none
refuse 2 "--activation: in depth mode" "activations of a changing depth" \
    nudge scale --mode depth --hidden 8,8 --activation relu,tanh
refuse 2 "--val-split: only --to-loss" "--val-split alone" nudge scale $net --val-split 0.1
refuse 2 "512 rows" "a batch larger than the data" nudge scale $net --batch 1000 --quiet
refuse 2 "but synth:teacher,rows=512,features=16,hidden=8 has 512 to train on" \
    "rows that the data does not have" nudge scale $net --mode rows --values 256,1000 --quiet
refuse 2 "samples a thread" "too few rows for each thread" \
    nudge scale $net --mode weak --threads 1,8 --quiet
refuse 2 "1 thread" "weights that do not fit memory" nudge scale --threads 1 --hidden 2000000 \
    --mode depth --values 2 --data synth:teacher,rows=512,features=16 --quiet
refuse 2 "nothing can be measured" "too little work for two threads" nudge scale --threads 2 \
    --data synth:or --hidden 3 --batch 4 --quiet
refuse 2 "nosuch" "--out in a folder that is not there" nudge scale $net --out nosuch/study
: >file
refuse 2 "file" "--out that is a file" nudge scale $net --out file
refuse 2 "nosuch.csv" "data that is not there" nudge scale --data nosuch.csv --quiet
refuse 1 "training diverged" "a loss that diverges" nudge scale $two --epochs 5 --quiet \
    --optimizer sgd --lr 1e20 --out diverged
refuse 2 "'extra' is not expected here" "a word" nudge scale extra
finish
