#!/bin/sh
# Several targets, numbers and labels: what train, eval, predict, info and the model file make of
# them.
. "$(dirname "$0")/setup.sh"

has() {
    grep -q -e "$2" "$1"
}

lacks() {
    ! has "$@"
}

# column FILE N: without the header
column() {
    tail -n +2 "$1" | cut -d, -f"$2"
}

# Three numbers of different sizes, and three labels, of three features.
awk 'BEGIN {
    OFS = ","
    print "a", "b", "c", "p", "q", "r"
    for (i = 0; i < 300; i++) {
        a = i * 7 % 23 - 11; b = i * 5 % 17 - 8; c = i * 3 % 13 - 6
        print a, b, c, a + b, 1000 * (a - 2 * c), c * c / 100
    }
}' >n.csv
awk -F, 'BEGIN { OFS = FS } NR == 1 { print "a", "b", "c", "hot", "wet", "dark" }
    NR > 1 { print $1, $2, $3, ($1 > 0) + 0, ($2 > $3) + 0, ($1 + $2 + $3 > 5) + 0 }' n.csv >l.csv
train="nudge train --hidden 16 --epochs 20 --lr 0.01 --quiet"

# ---- Numbers -------------------------------------------------------------------------------
check "train on three numbers" $train --data n.csv --target p,q,r --out n.safetensors
check "eval" nudge eval --model n.safetensors --data n.csv
for name in p q r; do
    expect "eval: a row for $name" has "$out" "^$name  *[0-9]"
done
nudge eval --model n.safetensors --data n.csv --json >eval.json
check "predict" nudge predict --model n.safetensors --data n.csv --out p.csv
expect "predict: the targets' names" [ "$(head -n 1 p.csv)" = p,q,r ]
expect "predict: all rows" [ "$(column p.csv 1 | wc -l)" -eq 300 ]
for k in 1 2 3; do
    column p.csv $k >x && column n.csv $((k + 3)) | paste x - |
        awk '{ s += ($1 - $2) ^ 2 } END { printf "%.12g\n", sqrt(s / NR) }'
done >mine
sed -n 's/^ *"rmse": \([^,]*\),*$/\1/p' eval.json >theirs
expect "eval: the RMSE of each output" awk 'NR == FNR { m[FNR] = $1; next }
    { d = $1 / m[FNR] - 1; bad += d * d > 1e-10; n++ } END { exit !(n == 3 && bad == 0) }' mine theirs
expect "eval: none over their units" [ -z "$(json eval.json rmse)" ]
awk -F, 'BEGIN { OFS = FS } { print $6, $3, $1, $5, $2, $4 }' n.csv >mixed.csv
nudge eval --model n.safetensors --data mixed.csv --json >mixed.json
expect "eval: columns go by their names" \
    [ "$(json mixed.json r2)" = "$(json eval.json r2)" ]
check "info" nudge info n.safetensors
expect "info: the targets' names" has "$out" "^target  *p, q, r$"
$train --data n.csv --target p,q,r --json >three.json
expect "--json: all targets" [ "$(json three.json settings.target)" = p,q,r ]
expect "--json: no RMSE over their units" lacks three.json '"rmse"'
$train --data n.csv --target p,q,r --val-split 0.2 --log log.csv --json >three.json
expect "--json: the RMSE of each output" [ "$(grep -c '"rmse"' three.json)" -eq 3 ]
expect "--log: no RMSE over their units" awk -F, 'NR == 1 { for (j = 1; $j != "val_rmse"; j++); next }
    $j != "" { exit 1 }' log.csv
check "folds" $train --data n.csv --target p,q,r --folds 3
expect "folds: no RMSE over their units" lacks "$out" "RMSE"
check "folds --json" $train --data n.csv --target p,q,r --folds 3 --json
expect "folds --json: the RMSE of each output in each fold" [ "$(grep -c '"rmse"' "$out")" -eq 9 ]

cut -d, -f1-3 n.csv >raw.csv
check "predict without targets" nudge predict --model n.safetensors --data raw.csv --out raw-p.csv
expect "... the same" cmp raw-p.csv p.csv
cut -d, -f1-4 n.csv >part.csv
refuse 2 "part.csv: it lacks some or all of the 3 targets to compare with, 'p' to 'r'" \
    "eval with one target of three" nudge eval --model n.safetensors --data part.csv
refuse 2 "part.csv: validation data must have all 3 target columns, 'p' to 'r'" \
    "validation data with one target of three" $train --data n.csv --target p,q,r --val part.csv
refuse 2 "unknown target column 'z'" "an unknown target" $train --data n.csv --target p,z
refuse 2 "the target column 'p' is named twice" "a target twice" $train --data n.csv --target p,q,p
refuse 2 "takes one target column, not 2; use bce for zeros and ones, or mse (--loss)" \
    "cross-entropy of two targets" $train --data l.csv --target hot,wet --loss cross-entropy
awk -F, 'BEGIN { OFS = FS } NR > 1 { $5 = $5 ? "yes" : "no" } { print }' l.csv >text.csv
refuse 2 "a target holds text; several targets must all be numbers" "a target of text among two" \
    $train --data text.csv --target hot,wet

# ---- Labels --------------------------------------------------------------------------------
check "train on three labels" $train --data l.csv --target hot,wet,dark --out l.safetensors --json
expect "labels: bce" has "$out" '"loss": "bce"'
nudge eval --model l.safetensors --data l.csv --json >eval.json
check "predict labels" nudge predict --model l.safetensors --data l.csv --out p.csv
expect "predict: probabilities by name" [ "$(head -n 1 p.csv)" = "p(hot),p(wet),p(dark)" ]
right=$(for k in 1 2 3; do
    column p.csv $k >x && column l.csv $((k + 3)) | paste x -
done | awk '{ n += ($1 > 0.5) == $2 } END { printf "%.12g", n / NR }')
expect "eval: the accuracy of all predictions" near "$(json eval.json accuracy)" "$right" 1e-9
expect "labels are learned" awk -v r="$right" 'BEGIN { exit !(r > 0.9) }'
for threads in 1 2; do
    $train --data l.csv --target hot,wet,dark --threads $threads --oversubscribe --batch 300 \
        --out t$threads.safetensors >/dev/null
done
expect "the same weights with any number of threads" cmp t1.safetensors t2.safetensors

finish
