#!/bin/sh
# train --folds and --stratify: what is shown adds up, and what makes no sense is refused.
. "$(dirname "$0")/setup.sh"

has() {
    grep -q -e "$2" "$1"
}

lines() {
    [ "$(wc -l <"$2")" -eq "$1" ]
}

# Three classes of 60, 30 and 10 rows.
awk 'BEGIN {
    OFS = ","
    print "a", "b", "kind"
    for (i = 0; i < 100; i++)
        print i * 7 % 13, i * 5 % 11, i % 10 < 6 ? "x" : i % 10 < 9 ? "y" : "z"
}' >c.csv
awk -F, 'BEGIN { OFS = FS } NR == 1 { $3 = "n" } NR > 1 { $3 = $1 * 2 - $2 } { print }' c.csv >n.csv
train="nudge train --hidden 6 --epochs 3"

# ---- Folds ---------------------------------------------------------------------------------
check "folds" $train --data c.csv --target kind --folds 5
expect "folds: a row for each" [ "$(grep -c '^[1-5]  *20 ' "$out")" -eq 5 ]
expect "folds: a mean" has "$out" "^mean  *[0-9]"
expect "folds: a deviation" has "$out" "^deviation  *[0-9]"
expect "folds: stratified" has "$err" "^folds  *5, each with its share of every class"
expect "folds: a line for each on the way" [ "$(grep -c '^fold [1-5]/5 ' "$err")" -eq 5 ]

$train --data n.csv --target n --folds 3 --json --quiet >f.json 2>"$err"
expect "folds --quiet says nothing" lines 0 "$err"
expect "folds --json: settings" [ "$(json f.json settings.folds)" = 3 ]
expect "folds --json: rows of the folds" has f.json '^      "rows": 34,$'
# Of three folds, their mean, their deviation.
rmse=$(sed -n 's/^ *"rmse": \([^,]*\),*$/\1/p' f.json)
set -- $rmse
expect "folds --json: three folds, mean and deviation" [ $# -eq 5 ]
mean=$(awk -v a="$1" -v b="$2" -v c="$3" 'BEGIN { s = a + b + c; q = a * a + b * b + c * c
    printf "%.15g %.15g", s / 3, sqrt((q - s * s / 3) / 2) }')
expect "folds --json: the mean" near "$4" "${mean% *}" 1e-9
expect "folds --json: the deviation" near "$5" "${mean#* }" 1e-6
for threads in 1 2; do
    $train --data n.csv --target n --folds 3 --json --quiet --threads $threads --oversubscribe |
        sed '/seconds/d' >t$threads.json
done
expect "folds: the same numbers with any number of threads" cmp t1.json t2.json
$train --data n.csv --target n --folds 3 --json --quiet --seed 2 >s.json
expect "folds: another seed, other folds" \
    [ "$rmse" != "$(sed -n 's/^ *"rmse": \([^,]*\),*$/\1/p' s.json)" ]
check "folds of the built-in data" nudge train --folds 2 --hidden 2 --epochs 1 --batch 9999 --quiet

refuse 2 "101 folds of 100 rows; there must be from 2 to as many as rows (--folds)" \
    "more folds than rows" $train --data c.csv --target kind --folds 101
refuse 2 "--folds: '1' is not a whole number from 2" "one fold" $train --data c.csv --folds 1
{ cat c.csv; echo 1,2,rare; } >rare.csv
refuse 2 "class 'rare' of target 'kind' has one row: the fold that holds it out has none" \
    "a class of one row" $train --data rare.csv --target kind --folds 3
check "folds with validation rows" $train --data c.csv --target kind --folds 5 --val-split 0.25
expect "folds: which are of the training rows" has "$err" "60 train, 20 validation, 20 test"
for option in "--val c.csv" "--test c.csv" "--test-split 0.1" "--split last"; do
    refuse 2 "--folds holds out every row once" "folds with ${option% *}" \
        $train --data c.csv --target kind --folds 3 $option
done
for option in "--out m.safetensors" "--log l.jsonl"; do
    refuse 2 "--folds trains several networks and keeps none" "folds with ${option% *}" \
        $train --data c.csv --target kind --folds 3 $option
done
refuse 1 "fold 1 of 3: the loss became non-finite" "a fold that diverges" $train --data n.csv \
    --target n --folds 3 --lr 1e300 --quiet

# ---- Stratified splits -----------------------------------------------------------------------
$train --data c.csv --target kind --test-split 0.3 --val-split 0.2 --stratify --out m.safetensors \
    --json --quiet >s.json
expect "stratify: in --json" [ "$(json s.json settings.stratify)" = true ]
expect "stratify: sizes stay" [ "$(json s.json test.rows) $(json s.json val.rows)" = "30 20" ]
refuse 2 "target 'n' is a number; rows are stratified by classes (--stratify)" \
    "stratify by a number" $train --data n.csv --target n --test-split 0.3 --stratify
refuse 2 "rows are stratified by the classes of one target, not of 2 (--stratify)" \
    "stratify by two numbers" $train --data n.csv --target n,a --test-split 0.3 --stratify
refuse 2 "nothing is held out of the data, so nothing can be stratified (--stratify)" \
    "stratify without a split" $train --data c.csv --target kind --stratify
refuse 2 "a stratified split is random (--stratify)" "stratify the last rows" \
    $train --data c.csv --target kind --stratify --test-split 0.1 --split last
refuse 2 "class 'rare' of target 'kind' has 1 row, 1 for testing" "a class that is all tested" \
    $train --data rare.csv --target kind --test-split 0.9 --stratify

finish
