#!/bin/sh
# What the network learns of a target of numbers, and what is made of it afterwards.
. "$(dirname "$0")/setup.sh"

# A target that is the exponential of a line, with some noise.
awk 'BEGIN {
    print "a,b,y"
    for (i = 0; i < 400; i++) {
        a = i * 7 % 23 / 11 - 1; b = i * 5 % 17 / 8 - 1
        printf "%g,%g,%.6g\n", a, b, exp(2 * a - b + 3 + (i * 31 % 19 - 9) / 40)
    }
}' >y.csv
train="nudge train --data y.csv --target y --hidden 8 --epochs 20 --lr 0.01 --val-split 0.2"

# ---- Transforms ----------------------------------------------------------------------------
check "a logarithm" $train --target-transform log --out log.safetensors
expect "the loss says what it is of" grep -q "^mse of log target  *0\.[0-9]" "$out"
expect "... before training, too" grep -q "loss mse of log target" "$err"
val=$(awk '$1 == "RMSE" { print $3 }' "$out")
expect "RMSE in the target's own units" awk -v v="$val" 'BEGIN { exit !(v > 1 && v < 15) }'
check "eval" nudge eval --model log.safetensors --data y.csv --json
rmse=$(json "$out" rmse)
expect "eval: the transform" [ "$(json "$out" target_transform)" = log ]
nudge predict --model log.safetensors --data y.csv --out p.csv
mine=$(cut -d, -f3 y.csv | paste - p.csv | tail -n +2 |
    awk '{ s += ($1 - $2) ^ 2 } END { printf "%.12g", sqrt(s / NR) }')
expect "eval: the RMSE of what predict writes" near "$rmse" "$mine" 1e-5
check "Box-Cox" $train --target-transform box-cox --out box.safetensors
expect "lambda is told" grep -q "transformed with lambda .* (--target-transform decides)" "$err"
check "info" nudge info box.safetensors
expect "info: lambda" grep -q "^transform   lambda -\{0,1\}0\.[0-9]" "$out"
check "folds" $train --target-transform log --val-split 0 --folds 2 --quiet
expect "folds: the loss by its name" grep -q "mse of log target" "$out"
sed '5s/[^,]*$/-7/' y.csv >negative.csv
refuse 2 "negative.csv: target 'y' is -7 in data row 4; its transform log takes numbers above 0: leave it as it is (--target-transform)" \
    "a negative target" nudge train --data negative.csv --target y --target-transform log
refuse 2 "target 'y' is -7 in data row 4" "a negative target of a model" \
    nudge eval --model log.safetensors --data negative.csv
refuse 2 "with the loss poisson the target is not transformed" "a loss of counts" \
    nudge train --data y.csv --target y --target-transform log --loss poisson

# ---- Importance ----------------------------------------------------------------------------
check "--importance" nudge eval --model log.safetensors --data y.csv --importance
expect "... the columns, the important one first" awk '/^column / { getline; a = $1; getline
    exit !(a == "a" && $1 == "b") }' "$out"
expect "... what its loss is of" grep -q "mse of log target rise  *+-  *RMSE rise  *+-$" "$out"
check "--importance --json" nudge eval --model log.safetensors --data y.csv --importance --json \
    --repeats 2 --seed 3
cp "$out" once.json
nudge eval --model log.safetensors --data y.csv --importance --json --repeats 2 --seed 3 \
    --threads 2 >twice.json
expect "... the same with any number of threads" cmp once.json twice.json
refuse 2 "--repeats: it needs --importance" "--repeats alone" \
    nudge eval --model log.safetensors --data y.csv --repeats 3

finish
