#!/bin/sh
# The three small programs that nudge grew from, by its commands, against their published results.
. "$(dirname "$0")/setup.sh"

# prediction FILE N: the number in row N after the header
prediction() {
    sed -n "$(($2 + 1))p" "$1"
}

# ---- 1 and 3: a linear model, in Python and in JavaScript ---------------------------------
# w and b after 1000 steps of w -= lr * mean(2 * (w x + b - y) x), likewise b: the formulas
# evaluated directly; agreement to 1e-12.
awk 'BEGIN {
    for (e = 0; e < 1000; e++) {
        gw = gb = 0
        for (x = 1; x <= 4; x++) { d = w * x + b - (2 * x + 1); gw += 2 * d * x; gb += 2 * d }
        w -= 0.01 * gw / 4; b -= 0.01 * gb / 4
    }
    printf "%.17g\n%.17g\n%.17g\n", b, w + b, w * 5 + b
}' >expected

check "linear: train" nudge train --data synth:line --hidden none --init zeros --scale none --target-scale none \
    --loss mse --optimizer sgd --lr 0.01 --batch 4 --epochs 1000 --dtype f64 \
    --out line.safetensors --quiet
check "linear: its data as a file" nudge gen line --out line.csv
{
    sed -n 1p line.csv | cut -d, -f1
    printf '0\n1\n5\n'
} >x.csv
check "linear: predict" nudge predict --model line.safetensors --data x.csv --out y.csv
expect "linear: b" near "$(prediction y.csv 1)" "$(sed -n 1p expected)" 1e-12
expect "linear: w + b" near "$(prediction y.csv 2)" "$(sed -n 2p expected)" 1e-12
expect "linear: prediction at 5" near "$(prediction y.csv 3)" "$(sed -n 3p expected)" 1e-12
expect "linear: w and b are about 2 and 1" near "$(prediction y.csv 3)" 11 0.01

check "linear: train on the file" nudge train --data line.csv --target y --hidden none \
    --init zeros --scale none --target-scale none --loss mse --optimizer sgd --lr 0.01 --batch 4 --epochs 1000 \
    --dtype f64 --out line2.safetensors --quiet
check "linear: predict from the file's model" nudge predict --model line2.safetensors \
    --data x.csv --out y2.csv
expect "linear: the same from a file" cmp y.csv y2.csv

# ---- 2: OR with one hidden layer ----------------------------------------------------------
# The published outputs, to 1e-9.
check "or: train" nudge train --data synth:or --hidden 3 --loss mse --scale none --target-scale none --optimizer sgd \
    --lr 0.1 --batch 4 --epochs 2000 --dtype f64 --init "$TEST_FILES/or-init.safetensors" \
    --out or.safetensors --quiet
check "or: predict" nudge predict --model or.safetensors --data synth:or --out or.csv
row=0
for want in 0.0001366865621504898 0.9957488276314435 0.9957563261906683 1.0078647407626835; do
    row=$((row + 1))
    expect "or: output $row" near "$(prediction or.csv $row)" $want 1e-9
done
finish
