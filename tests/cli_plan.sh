#!/bin/sh
# nudge plan: what it tells and refuses; never how near a forecast comes.
. "$(dirname "$0")/setup.sh"

short="--seconds 0.002"
value() {
    json "$out" "$1"
}

check "plan of the built-in data" nudge plan $short
for word in network training work memory engine threads; do
    expect "it tells $word" grep -q "^$word  " "$out"
done
expect "no line is wider than 110 columns" awk 'length > 110 { exit 1 }' "$out"

# 784 * 128 + 128 + 128 * 10 + 10 parameters; 6 B (784*128 + 128*10) - 2 B 784*128, B = 64
check "plan --layers --json" nudge plan --layers 784,128,10 --batch 64 --rows 60000 --threads 1 \
    --optimizer sgd --momentum 0.9 $short --json
expect "parameters" test "$(value parameters)" = 101770
expect "steps of an epoch" test "$(value steps_per_epoch)" = 938
expect "flops of a step" near "$(value flops_per_step)" 26181632 1e-12
# 60000 x 784 floats and a class of 4 bytes each
expect "memory of the data" test "$(value memory_bytes.dataset)" = 188400000
expect "pieces sum to the step" awk '
    /"step_us"/ { gsub(/[^0-9.e+-]/, "", $2); step = $2 }
    /"(pack|forward|loss|backward|update|wait)"/ { gsub(/[^0-9.e+-]/, "", $2); sum += $2 }
    END { exit !(step > 0 && sum * 1e6 > 0.999 * step && sum * 1e6 < 1.001 * step) }' "$out"

# Data that is too large to make is not made: 100 million rows of 100 floats are 40 GB.
check "plan of data larger than memory" nudge plan $short --threads 1 --json \
    --data synth:teacher,rows=100000000,features=100
expect "its memory" awk -v m="$(value memory_bytes.dataset)" 'BEGIN { exit !(m > 4e10) }'

# What is planned is what a run says it needs.
check "plan of synthetic data with validation" nudge plan $short --threads 1 --json --epochs 1 \
    --data synth:teacher,rows=200000,features=32 --val-split 0.1 --hidden 8 --batch 100
planned=$(value memory_bytes.total)
check "the run" nudge train --threads 1 --json --epochs 1 --quiet \
    --data synth:teacher,rows=200000,features=32 --val-split 0.1 --hidden 8 --batch 100
trained=$(value plan.memory.peak)
expect "memory is near what the run told ($planned and $trained)" \
    awk -v a="$planned" -v b="$trained" 'BEGIN { exit !(b > 0 && a > 0.85 * b && a < 1.15 * b) }'

printf 'a,b,y\n1,2,3\n4,5,6\n7,8,10\n' >t.csv
check "plan of a file" nudge plan --data t.csv --target y $short --threads 1,3
expect "threads that a tiny step has no work for" grep -q '^3 +' "$out"

refuse 2 "--threads: '1,1' is not different whole numbers" "a count twice" \
    nudge plan --threads 1,1 $short
refuse 2 "--threads: '0' is not" "no threads" nudge plan --threads 0 $short
refuse 2 "it needs --layers" "--rows alone" nudge plan --rows 5 $short
refuse 2 "cannot be used together with --layers" "--layers and --data" \
    nudge plan --layers 2,1 --data t.csv $short
refuse 2 "--layers: '5' is not two or more" "one layer" nudge plan --layers 5 $short
refuse 2 "--layers: '5,,1' is not" "an empty width" nudge plan --layers 5,,1 $short
refuse 2 "--rows: '0'" "no rows" nudge plan --layers 2,1 --rows 0 $short
refuse 2 "--seconds: '0' is not a positive number" "no time" nudge plan --seconds 0
refuse 2 "--epochs: '0'" "no epochs" nudge plan --epochs 0 $short
refuse 2 "--activation" "activations that do not fit" \
    nudge plan --layers 2,3,4,1 --activation relu,tanh,relu,relu,relu $short
refuse 2 "missing.csv" "no such file" nudge plan --data missing.csv $short
refuse 2 "no such generator" "no such generator" nudge plan --data synth:frobnicate $short
check "all options of train" nudge plan $short --out x --log y --test-split 0.1 --quiet --explain
finish
