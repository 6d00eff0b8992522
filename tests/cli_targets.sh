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

# ---- Intervals -----------------------------------------------------------------------------
check "--interval" $train --interval 0.9 --out interval.safetensors
expect "... is told" grep -q "^interval    y +- [0-9.]*, for 0.9 of rows$" "$out"
check "predict with intervals" nudge predict --model interval.safetensors --data y.csv --out i.csv
expect "... two columns" [ "$(head -n 1 i.csv)" = "y,low(y),high(y)" ]
expect "... one line says what they are" grep -q "hold 0.9 of the targets" "$err"
expect "... about so many within" sh -c "cut -d, -f3 y.csv | paste -d, - i.csv | awk -F, 'NR > 1 {
    n += \$1 >= \$3 && \$1 <= \$4 } END { exit !(n / (NR - 1) > 0.85 && n / (NR - 1) < 0.96) }'"
check "eval of a model with intervals" nudge eval --model interval.safetensors --data y.csv
check "info of a model with intervals" nudge info interval.safetensors --json
expect "... its coverage" [ "$(json "$out" interval.coverage)" = 0.90000000000000002 ]
refuse 2 "--interval: '90' is not a number above 0 and below 1" "--interval 90" \
    $train --interval 90
refuse 2 "--interval: it needs validation rows: --val, --val-split or --early-stop" \
    "--interval without validation rows" nudge train --data y.csv --target y --epochs 1 \
    --interval 0.9 --out n.st
refuse 2 "--interval: 0.99 needs 99 validation rows at least; there are 80" "too few rows" \
    $train --interval 0.99 --out n.st

# ---- Calibration ---------------------------------------------------------------------------
nudge gen moons rows=600 noise=0.6 seed=4 --out m.csv --quiet
moons="nudge train --data m.csv --target class --hidden 64,64 --epochs 60 --lr 0.01 --val-split 0.3 --quiet"
check "--calibrate" $moons --calibrate --json --out calibrated.safetensors
cp "$out" calibrated.json
$moons --json --out plain.safetensors >plain.json
expect "... the log loss of the validation rows is less" awk -v a="$(json calibrated.json val.log_loss)" \
    -v b="$(json plain.json val.log_loss)" -v t="$(json calibrated.json calibration.temperature)" \
    'BEGIN { exit !(a < b && t > 1) }'
expect "... which is told" near "$(json calibrated.json calibration.log_loss)" \
    "$(json calibrated.json val.log_loss)" 1e-9
expect "... and that before" near "$(json calibrated.json calibration.log_loss_before)" \
    "$(json plain.json val.log_loss)" 1e-9
expect "... the same accuracy" \
    [ "$(json calibrated.json val.accuracy)" = "$(json plain.json val.accuracy)" ]
for model in calibrated plain; do
    nudge predict --model $model.safetensors --data m.csv | cut -d, -f3 | tail -n +2 >$model.p
done
expect "... odds of predictions to the power of 1 / temperature" awk \
    -v t="$(json calibrated.json calibration.temperature)" 'function odds(p) { return log(p / (1 - p)) }
    NR == FNR { a[FNR] = odds($1); next } $1 < 0.999 && $1 > 0.001 { d = odds($1) / t - a[FNR]
    bad += d > 1e-3 || d < -1e-3; n++ } END { exit !(n > 300 && bad == 0) }' calibrated.p plain.p
refuse 2 "--calibrate: it is for classes and labels; the loss is mse" "--calibrate of numbers" \
    $train --calibrate --out n.st
refuse 2 "--interval: it is for numbers; the loss is bce" "--interval of classes" \
    $moons --interval 0.5 --out n.st
refuse 2 "--calibrate: --folds trains several networks and keeps none" "--calibrate and --folds" \
    nudge train --data m.csv --target class --folds 2 --calibrate

finish
