#!/bin/sh
# nudge scale: what it measures, writes and refuses; never how fast.
. "$(dirname "$0")/setup.sh"

# A step with enough work for two threads, a few milliseconds each.
net="--data synth:teacher,rows=512,features=16,hidden=8 --hidden 64,64 --batch 256"
short="--seconds 0.02 --repeats 2"
two="--threads 1,2 $net"

# What may be told on a machine with other libraries: two threads are not to be had with a serial
# OpenBLAS, or without OpenMP.
check "bench tells the libraries" nudge bench gemm --shape 8,8,8 --threads 1 --seconds 0.01
case $(cat "$out") in *"serial build"*) parallel=0 ;; *) parallel=1 ;; esac
if [ $parallel -eq 0 ]; then
    skip "nudge scale" "OpenBLAS is the serial build: there is one thread"
    finish
    exit
fi

value() {
    json "$out" "$1"
}
is_json() {
    python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$1"
}
# The same number on every line that has the key: of all points.
all_same() {
    test "$(grep "\"$1\":" "$out" | sort -u | wc -l)" -eq 1
}
count() {
    grep -c "\"$1\":" "$out"
}

# ---- The usual way -----------------------------------------------------------------------
check "scale --out" nudge scale $two $short --out study
for file in results.json results.csv points.csv curves.csv environment.json report.html \
    results.extrap.txt; do
    expect "$file is there" test -s "study/$file"
done
expect "the table has both counts" \
    test "$(awk '/^threads/ { tables++ } tables == 1 && /^[12] /' "$out" | wc -l)" -eq 2
expect "no line is wider than 80 columns" \
    awk 'length > 80 && !/^note/ { exit 1 }' "$out"
expect "the weights are told to be the same" \
    grep -q "identical for every thread count" "$out"
expect "it says where the results are" grep -q "results are in study" "$out"
expect "the plan is on stderr" grep -q "2 points, 2 repeats of each in random order" "$err"
expect "without a terminal nothing is drawn" sh -c "! grep -q '$(printf '\r')' '$err'"
if python3 -c '' 2>"$err"; then
    expect "results.json is JSON" is_json study/results.json
    expect "environment.json is JSON" is_json study/environment.json
else
    skip "results.json is JSON" "there is no python3"
fi
expect "a row for each repeat" test "$(wc -l <study/results.csv)" -eq 5
expect "a row for each point" test "$(wc -l <study/points.csv)" -eq 3

check "scale --json --quiet" nudge scale $two --epochs 3 --repeats 3 --json --quiet
expect "nothing on stderr" test ! -s "$err"
expect "strong is the default" test "$(value mode)" = strong
expect "weights are compared" test "$(value identical_weights)" = true
expect "each of the 6 repeats has its weights' hash" test "$(count weights_hash)" -eq 6
expect "they are all the same" all_same weights_hash
expect "as many epochs as asked for" test "$(grep -c '"epochs": 3,' "$out")" -eq 2
expect "2 steps an epoch" test "$(grep -c '"steps": 6,' "$out")" -eq 2
expect "all repeats have a place in the order" \
    test "$(grep '"order":' "$out" | tr -dc '0-9\n' | sort -n | tr -d '\n')" = 012345

hash=$(grep weights_hash "$out" | head -n 1)
check "other repeats, other seconds of the same training" \
    nudge scale $two --epochs 3 --repeats 1 --json --quiet
expect "the same weights again" test "$(grep weights_hash "$out" | head -n 1)" = "$hash"
# 1 layer of weights less to compare with: nudge train must agree with the study.
check "nudge train with the same options" nudge train $net --epochs 3 --val-split 0 --json --quiet
expect "nudge train ends with these weights" \
    test "$(value weights_hash)" = "$(echo "$hash" | tr -dc '0-9a-f' | sed 's/^eeaeea*//')" ||
    :

# ---- Modes -------------------------------------------------------------------------------
mode() {
    mode=$1 points=$2
    shift 2
    check "mode $mode" nudge scale --mode "$mode" $two --epochs 1 --repeats 2 "$@" --json --quiet
    expect "$mode: its name" test "$(value mode)" = "$mode"
    expect "$mode: $points points" test "$(count copy_peak_gb_per_s)" -eq "$points"
}
mode weak 2 --batch 128
expect "weak: batch and rows grow with the threads" sh -c "
    grep -q '\"batch\": 128,' '$out' && grep -q '\"batch\": 256,' '$out' &&
    grep -q '\"rows\": 256,' '$out' && grep -q '\"rows\": 512,' '$out'"
expect "weak: weights are not compared" test "$(value identical_weights)" = ""
finish
