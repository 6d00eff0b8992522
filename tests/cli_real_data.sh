#!/bin/sh
# Real data end to end, a few epochs each: enough to see that nothing in the way is broken.
. "$(dirname "$0")/setup.sh"

at_least() {
    awk -v a="$1" -v b="$2" 'BEGIN { exit !(a ~ /^[0-9.]+/ && a + 0 >= b + 0) }'
}

at_most() {
    awk -v a="$1" -v b="$2" 'BEGIN { exit !(a ~ /^[0-9.]+/ && a + 0 <= b + 0) }'
}

# reach DATA FEWER: the README's command for DATA in its block 'reach', with FEWER epochs, to $out.
reach() {
    awk '/^<!-- reach -->$/ { on = 1; next } /^```$/ { on = 0 } on && !/^```/ {
            line = line $0; if (sub(/\\$/, "", line)) next; print line; line = "" }' \
        "$TOP_SRCDIR/README.md" | grep -e "--data $1" |
        sed -e "s/--epochs [0-9]*/--epochs $2 --json --quiet/" -e "s|^nudge|\"\$NUDGE\"|" \
            -e "s|--data \([a-z]*\.csv\)|--data \"\$NUDGE_DATA\"/\1|" \
            -e 's/\(train\|test\)-\(images\|labels\)\.gz/"$NUDGE_DATA"\/mnist-\1-\2-*.gz/g' >command
    export NUDGE NUDGE_DATA
    check "$1: the README's command, $2 epochs" sh command
    cp "$out" reach.json
}

m=$NUDGE_DATA/mnist
if [ -r "$m-train-images-idx3-ubyte.gz" ]; then
    check "MNIST: train" nudge train --data "$m-train-images-idx3-ubyte.gz" \
        --labels "$m-train-labels-idx1-ubyte.gz" --test "$m-test-images-idx3-ubyte.gz" \
        --test-labels "$m-test-labels-idx1-ubyte.gz" --hidden 128 --epochs 2 --json --quiet \
        --out mnist.safetensors
    cp "$out" mnist.json
    expect "MNIST: accuracy after 2 epochs" at_least "$(json mnist.json test.accuracy)" 0.92
    check "MNIST: eval" nudge eval --model mnist.safetensors \
        --data "$m-test-images-idx3-ubyte.gz" --labels "$m-test-labels-idx1-ubyte.gz" --json
    expect "MNIST: eval agrees with train" \
        near "$(json "$out" accuracy)" "$(json mnist.json test.accuracy)" 0
    check "MNIST: predict" nudge predict --model mnist.safetensors \
        --data "$m-test-images-idx3-ubyte.gz" --out mnist.csv
    expect "MNIST: 10000 rows and a header" [ "$(wc -l <mnist.csv)" -eq 10001 ]
    reach train-images 4
    expect "MNIST: its accuracy" at_least "$(json reach.json test.accuracy)" 0.960
else
    skip "MNIST" "no data in $NUDGE_DATA"
fi

if [ -r "$NUDGE_DATA/letter.csv" ]; then
    check "letter: train" nudge train --data "$NUDGE_DATA/letter.csv" --target Letter \
        --split last --test-split 0.2 --batch 128 --epochs 8 --json --quiet \
        --out letter.safetensors
    cp "$out" letter.json
    check "letter: 26 classes" nudge info letter.safetensors
    expect "letter: accuracy after 8 epochs" at_least "$(json letter.json test.accuracy)" 0.85
    { sed -n 1p "$NUDGE_DATA/letter.csv"; tail -n 4000 "$NUDGE_DATA/letter.csv"; } >test.csv
    check "letter: eval on the raw rows" nudge eval --model letter.safetensors --data test.csv \
        --json
    expect "letter: eval agrees with train" \
        near "$(json "$out" accuracy)" "$(json letter.json test.accuracy)" 0
    reach letter 10
    expect "letter: its accuracy" at_least "$(json reach.json test.accuracy)" 0.965
else
    skip "letter" "no data in $NUDGE_DATA"
fi

if [ -r "$NUDGE_DATA/housing.csv" ]; then
    check "housing: train" nudge train --data "$NUDGE_DATA/housing.csv" \
        --target median_house_value --split last --test-split 0.2 --hidden 64,64 --epochs 5 \
        --json --quiet --out housing.safetensors
    cp "$out" housing.json
    expect "housing: RMSE after 5 epochs" at_most "$(json housing.json test.rmse)" 90000
    { sed -n 1p "$NUDGE_DATA/housing.csv"; tail -n 4128 "$NUDGE_DATA/housing.csv"; } >test.csv
    check "housing: predict from the raw rows" nudge predict --model housing.safetensors \
        --data test.csv --out predicted.csv
    column=$(sed -n 1p test.csv | tr , '\n' | grep -n '^median_house_value' | cut -d: -f1)
    rmse=$(awk -F, -v c="$column" 'NR == FNR { p[FNR] = $1; next }
        FNR > 1 { d = p[FNR] - $c; s += d * d; n++ }
        END { printf "%.12g\n", sqrt(s / n) }' predicted.csv test.csv)
    expect "housing: its RMSE is train's" near "$rmse" "$(json housing.json test.rmse)" 1e-6
    reach housing 20
    expect "housing: its RMSE" at_most "$(json reach.json test.rmse)" 53500
else
    skip "housing" "no data in $NUDGE_DATA"
fi
finish
