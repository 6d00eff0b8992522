#!/bin/sh
# nudge scale: what it measures, writes and refuses; never how fast.
. "$(dirname "$0")/setup.sh"

# Steps with enough work to be shared by two threads, of about a tenth of a millisecond.
net="--data synth:teacher,rows=512,features=16,hidden=8 --hidden 64,64 --batch 256"
two="--threads 1,2 $net"
once="--repeat 1 --epochs 1 --json --quiet"

# A serial OpenBLAS, or a build without OpenMP, has one thread only.
threads=$(nudge bench gemm --shape 8,8,8 --threads 2 --seconds 0.01 --json >"$out" &&
    json "$out" threads)
if [ "$threads" = 1 ] && [ "$(nproc)" -gt 1 ]; then
    skip "nudge scale" "these libraries allow one thread only"
    finish
    exit
fi

# value PATH: of the last command's JSON; of the first point or run, where there are several.
value() {
    json "$out" "$1"
}
# How many points, runs, ... have a key, or a key with a value.
count() {
    grep -c "^ *\"$1\": *${2-}" "$out"
}
# The different values of a key.
distinct() {
    grep "^ *\"$1\":" "$out" | tr -d ' ,' | sort -u | wc -l
}
narrow() {
    ! grep -v "^$" "$1" | sed 's/[^ -~]\{2,3\}/x/g' | grep '.\{81\}'
}

# ---- The usual way -----------------------------------------------------------------------
check "scale --out" nudge scale $two --seconds 0.2 --repeat 2 --out study
for file in results.json points.csv rounds.csv report.html report.md; do
    expect "$file is there" test -s "study/$file"
done
expect "the title" \
    grep -q "Strong scaling: 16-64-64-1, adam, batch 256, 512 rows, f32" study/report.md
expect "no file is empty" test -z "$(find study -size 0)"
expect "a row for each run, and one of names" test "$(wc -l <study/rounds.csv)" -eq 5
expect "a row for each point, and one of names" test "$(wc -l <study/points.csv)" -eq 3
expect "both thread counts are told" \
    sh -c "grep -q '^ *1 ' '$out' && grep -q '^ *2 ' '$out'"
expect "no line is wider than 80 columns" narrow "$out"
expect "the report says how sure it is" grep -q "confidence" "$out"
expect "it says why there is no law" grep -q "needs 3 thread counts" "$out"
expect "it says where the results are" grep -q "results are in study" "$out"
expect "without a terminal nothing is drawn" test "$(tr -dc '\r' <"$err" | wc -c)" -eq 0

check "scale --json --quiet" nudge scale $two --epochs 3 --repeat 3 --json --quiet
expect "nothing on stderr" test ! -s "$err"
expect "strong is the default" test "$(value mode)" = strong
expect "weights are compared" test "$(value identical_weights)" = true
expect "each of the 6 runs has its weights' hash" test "$(count weights_hash)" -eq 6
expect "they are all the same" test "$(distinct weights_hash)" -eq 1
expect "as many epochs as asked for, and 2 steps an epoch" \
    test "$(count epochs 3) $(count steps 6)" = "2 2"
expect "all runs have their place in the order" test "$(grep '"order":' "$out" |
    tr -dc '0-9\n' | sort -n | tr -d '\n')" = 012345
expect "all rounds are done" test "$(value rounds) $(value ended)" = "3 rounds"
hash=$(grep weights_hash "$out" | head -n 1 | tr -d ' ,')
check "nudge train" nudge train $net --epochs 3 --json --quiet
expect "it ends with the same weights" test "$(grep weights_hash "$out" | tr -d ' ,')" = "$hash"

check "--seconds end a study" nudge scale $two --seconds 0.1 --precision 0.0001 --json --quiet
expect "it says so" test "$(value ended)" = time
check "--precision ends a study" nudge scale $two --epochs 2 --precision 900 --json --quiet
expect "it says so, too" test "$(value ended)" = precise
expect "it has ten rounds at least" test "$(value rounds)" -ge 10
check "more threads than cores" nudge scale --threads "1,$(($(nproc) + 1))" $once \
    --data synth:teacher,rows=1024,features=16 --hidden 256,256 --batch 1024
expect "they are marked" test "$(count oversubscribed true)" -eq 1
check "not bound to CPUs" nudge scale $two $once --pin no
expect "the same weights" test "$(value identical_weights)" = true

# ---- What varies -------------------------------------------------------------------------
check "--vary batch" nudge scale --threads 1,2 $once --vary batch=512,256 \
    --data synth:teacher,rows=512,features=16,hidden=8 --hidden 64,64
expect "two settings on two threads, in the order given" \
    test "$(count network) $(value points.batch)" = "4 512"
expect "weights are the same on all threads, and differ between settings" \
    test "$(value identical_weights) $(distinct weights_hash)" = "true 2"
check "two options" nudge scale --threads 1 $once --data synth:teacher,rows=512,features=16 \
    --vary hidden=64,32x32 --vary dtype=f32,f64
expect "every combination" test "$(count network '"16-64-1"') $(count network '"16-32-32-1"')" = "2 2"
check "--vary rows" nudge scale $two $once --vary rows=256,512
expect "parts of the data" test "$(count rows 256) $(count rows 512)" = "2 2"
check "--mode weak" nudge scale $two --batch 128 $once --mode weak
expect "batch and rows grow with the threads" test \
    "$(count batch 128) $(count batch 256) $(count rows 256) $(count rows 512)" = "1 1 1 1"
expect "weights are not compared" test "$(value identical_weights)" != true
check "--peer-base" nudge scale $two $once --peer-base "$NUDGE"
expect "one more point, the peer's" test "$(count network) $(count peer true)" = "3 1"
expect "one of the three is the base" test "$(count base true)" -eq 1

# The targets' variance is about 1, so that a loss of 2 is reached at once and 1e-9 never.
check "--to-loss, reached" nudge scale $two --repeat 2 --epochs 3 --to-loss 2 --batch 128 \
    --val-split 0.25 --json --quiet
expect "after one epoch" test "$(count to_loss_epochs 1)" -eq 2
check "--to-loss, not reached" nudge scale $two --repeat 1 --to-loss 1e-9 --epochs 2 --json --quiet
expect "no epochs are told" test "$(count to_loss_epochs null)" -eq 2

# ---- Ctrl-C ------------------------------------------------------------------------------
# A shell starts background processes with SIGINT ignored; Python undoes it. The header of the study
# is told when everything is read; the run is long, so that it is still measuring then or later.
interrupted() {
    : >"$scratch/i.err" # what an earlier study told there would be taken for this one's
    "$python" -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$NUDGE" scale "$@" >"$scratch/i.out" 2>"$scratch/i.err" &
    pid=$!
    tries=0
    until grep -q "measured in rounds" "$scratch/i.err" || [ $tries -eq 600 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    sleep "$delay"
    kill -INT $pid
    ended=0
    wait $pid || ended=$?
    cat "$scratch/i.out"
    cat "$scratch/i.err" >&2
    [ $ended -eq 130 ]
}
# On a slow machine the first run is done later.
interrupted_in_time() {
    for delay in 0.7 3 12 48; do
        interrupted "$@" || return
        ! grep -q "before the first run" "$scratch/i.err" || continue
        return 0
    done
    return 1
}
if [ -n "$python" ]; then
    check "Ctrl-C" interrupted_in_time $two --repeat 1000 --epochs 3 --out stopped
    expect "one line tells how many runs are kept" \
        grep -q "^nudge scale: interrupted after [0-9]* run" "$err"
    expect "results.json is marked" grep -q '"ended": "interrupted"' stopped/results.json
    expect "fewer runs than asked for are there" test "$(wc -l <stopped/rounds.csv)" -lt 2001
    delay=0
    check "Ctrl-C before the first run" interrupted --threads 1 --repeat 1 \
        --epochs 1000000 --data synth:teacher,rows=512,features=16 --hidden 64 --out never
    expect "nothing was written, and one line says why" \
        sh -c "test ! -e never && grep -q 'interrupted before the first run' '$err'"
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
bad threads "'all' or whole numbers from 1 to 4096" 0 "" 1, 1.5 5000 ALL
bad threads "a list without repetition" 2,1,2
bad mode "one of strong, weak" batch
bad repeat "a whole number from 1 to" 0 1.5
bad seconds "a positive number" 0 nan
bad precision "a positive number" -1
bad level "a number above 0 and below 100" 100
refuse 2 "--vary: 'bach' is neither" "an option that is none" nudge scale --vary bach=1,2
refuse 2 "--batch: '0' is not a whole number" "a value that is none" nudge scale --vary batch=1,0
refuse 2 "--val-split: only --to-loss" "--val-split alone" nudge scale $net --val-split 0.1
refuse 2 "--precision: it cannot be used together with --repeat" "both" \
    nudge scale --precision 1 --repeat 2
refuse 2 "512 rows" "a batch larger than the data" nudge scale $net --batch 1000 --quiet
refuse 2 "has 512 to train on" "rows that the data does not have" \
    nudge scale $net --vary rows=256,1000 --quiet
refuse 2 "samples a thread" "too few rows for each thread" \
    nudge scale $net --mode weak --threads 1,8 --quiet
refuse 2 "nothing can be measured" "too little work for two threads" nudge scale --threads 2 \
    --data synth:or --hidden 3 --batch 4 --quiet
refuse 2 "GB is available" "weights that do not fit memory" nudge scale --threads 1 \
    --hidden 2000000,2000000 --data synth:teacher,rows=512,features=16 --quiet
refuse 2 "nosuch" "--out in a folder that is not there" nudge scale $net --out nosuch/study
refuse 1 "training diverged" "a loss that diverges" nudge scale $two --epochs 5 --quiet \
    --optimizer sgd --lr 1e20 --out diverged
check "a program that is not there" sh -c '! "$@"' sh "$NUDGE" scale $two $once --peer-base ./nosuch
expect "it is named" grep -q "peer-base.*nosuch" "$err"
finish
