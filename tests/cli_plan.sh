#!/bin/sh
# nudge plan: what it tells and refuses; never how near a forecast comes.
. "$(dirname "$0")/setup.sh"

short="--seconds 0.002"
value() {
    json "$out" "$1"
}

# A command line of "nudge train" as it is: nothing is written, all is told in 80 columns.
check "all options of train" nudge plan $short --epochs 3 --test-split 0.1 --out x --log y \
    --hidden 16,8 --quiet --explain
for word in network training work memory engine threads; do
    expect "it tells $word" grep -q "^$word  " "$out"
done
expect "no line is wider than 80 columns" awk 'length > 80 { exit 1 }' "$out"
expect "nothing is written" [ ! -e x -a ! -e y ]

# What is planned is what a run says it needs. 32 * 8 + 8 + 8 + 1 parameters;
# 6 B (32*8 + 8) - 2 B 32*8 operations with B = 100; 180,000 x 33 floats.
options="--data synth:teacher,rows=200000,features=32 --val-split 0.1 --hidden 8 --batch 100
    --threads 1 --epochs 1 --json"
check "plan of synthetic data with validation" nudge plan $short $options
planned=$(value memory.peak)
expect "parameters" test "$(value parameters)" = 273
expect "steps of an epoch" test "$(value steps_per_epoch)" = 1800
expect "flops of a step" near "$(value flops_per_step)" 107200 1e-12
expect "memory of the data" test "$(value memory.dataset)" = 23760000
expect "pieces sum to the step" awk '
    /"step_us"/ { gsub(/[^0-9.e+-]/, "", $2); step = $2 }
    /"(pack|forward|loss|backward|update|wait)"/ { gsub(/[^0-9.e+-]/, "", $2); sum += $2 }
    END { exit !(step > 0 && sum * 1e6 > 0.999 * step && sum * 1e6 < 1.001 * step) }' "$out"
check "the run" nudge train --quiet $options
trained=$(value plan.memory.peak)
expect "memory is near what the run told ($planned and $trained)" \
    awk -v a="$planned" -v b="$trained" 'BEGIN { exit !(b > 0 && a > 0.85 * b && a < 1.15 * b) }'

# Data that is too large to make is not made: 100 million rows of 100 floats are 40 GB.
check "plan of data larger than memory" nudge plan $short --threads 1 --json \
    --data synth:teacher,rows=100000000,features=100
expect "its memory" awk -v m="$(value memory.dataset)" 'BEGIN { exit !(m > 4e10) }'

printf 'a,b,y\n1,2,3\n4,5,6\n7,8,10\n' >t.csv
check "plan of a file" nudge plan --data t.csv --target y --recipe plain $short --threads 1,3
expect "threads that a tiny step has no work for" grep -q '^3 +' "$out"

refuse 2 "--threads: '1,1' is not different whole numbers" "a count twice" \
    nudge plan --threads 1,1 $short
refuse 2 "--threads: '0' is not" "no threads" nudge plan --threads 0 $short
refuse 2 "--seconds: '0' is not a positive number" "no time" nudge plan --seconds 0
refuse 2 "missing.csv" "no such file" nudge plan --data missing.csv $short
refuse 2 "no such generator" "no such generator" nudge plan --data synth:frobnicate $short
finish
