#!/bin/sh
# --recipe and --val-folds: what a table gets where nothing is said, and what it is made of.
. "$(dirname "$0")/setup.sh"

nudge gen friedman1 --rows 300 --out d.csv --quiet
train() {
    nudge train --data d.csv --target y "$@"
}

check "a table without options" train --hidden 12 --epochs 7 --recipe table --save-config c.json \
    --out all.st --json
said=$err
expect "... tells what its recipe is" grep -q "recipe table: 5 networks of 12 units, batch 32, at \
most 7 epochs; --recipe plain is one" "$said"
expect "... and that each is validated on other rows" grep -q "300 train, of which each network is" "$said"
expect "... each row once" test "$(json "$out" val.rows)" = 300
check "the options that it saved" nudge train --config c.json --out same.st --quiet
expect "... give the same bits" cmp all.st same.st
check "one thread" train --hidden 12 --epochs 7 --recipe table --threads 1 --out one.st --quiet
expect "... the same bits" cmp all.st one.st
check "its options one by one" train --hidden 12 --epochs 7 --encode piecewise \
    --optimizer adamw --weight-decay 0.03 --average 0.999 --batch 32 --members 5 --val-folds 5 \
    --early-stop 16 --out own.st --quiet
expect "... the same bits" cmp all.st own.st

one="--hidden 12 --encode piecewise --lr 0.3 --batch 32"
check "a network refitted" train $one --epochs 9 --val-folds 5 --early-stop 2 --refit --threads 1 --out re.st --json
expect "... is said" grep -q "refit: once more on all 300 rows" "$err"
expect "... validation rows are those of before" test "$(json "$out" val.rows)" = 60
best=$(json "$out" result.best_epoch)
expect "... whose networks it has not" test "$(json "$out" result.refitted)" = true
expect "... after the best epoch there were others" test "$best" -lt 9
check "all rows for as many epochs" nudge train --data d.csv --target y $one --epochs "$best" --out same.st
expect "... the same bits" cmp re.st same.st
check "networks without an epoch" train --refit --recipe table --max-time 1e-9 --out best.st --json
expect "... are not refitted" grep -q "refit: not every network has ended an epoch" "$err"
expect "... which is told" test "$(json "$out" result.refitted)" = false
check "members refitted" train --hidden 12 --epochs 7 --recipe table --refit --out re.st --json
expect "... have other weights" sh -c "! cmp -s all.st re.st"
refuse 2 "--refit: it needs --val-folds and --early-stop" "plain" train --refit --epochs 1
refuse 2 "--refit begins anew" "a checkpoint" train --refit --checkpoint x.ckpt

for k in 1 2; do # recipes are for those who say nothing of how to learn
    check "with --epochs it is plain" train --epochs 1 --out $k.st
    expect "... and nothing is said" sh -c "! grep -q recipe '$err'"
    check "plain, by its name" train --recipe plain --epochs 1 --out plain.st
    expect "... the same bits" cmp $k.st plain.st
done

head -n 31 d.csv >few.csv
check "a small table, and nothing else" nudge train --data few.csv --target y
expect "... has the recipe" grep -q "recipe table: 5 networks of 256,256 units, batch 32, at most 300" "$err"
printf 'a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,1\n' >or.csv
check "four rows" nudge train --data or.csv --target y --json
expect "... hold none out" grep -q "^rows  *4 train$" "$err"
check "time decides how much" train --max-time 0.01 --hidden 500 --quiet --recipe table --json
expect "... fewer networks" test "$(json "$out" settings.members)" = 1
check "a recipe on --val" train --val few.csv --hidden 5 --recipe table --epochs 2 --json
expect "... has its rows" test "$(json "$out" val.rows)" = 30
check "intervals" train --hidden 5 --recipe table --epochs 2 --interval 0.9 --json
expect "... are of rows held out of all" test "$(json "$out" val.rows)" = 60

# A member that is trained alone on the rows that it has among three.
check "three parts" train --hidden 5 --recipe table --epochs 2 --val-folds 3 --json
expect "... are for three networks" test "$(json "$out" settings.members)" = 3
check "bound to CPUs" train --hidden 5 --recipe table --epochs 2 --pin yes --json
expect "... it is one network" test "$(json "$out" settings.members)" = 1
refuse 2 "--interval: it needs validation rows" "parts and intervals" train --hidden 5 \
    --recipe table --val-folds 3 --interval 0.9 --quiet

check "an early stop of one's own" train --hidden 5 --recipe table --epochs 2 --early-stop 1 --refit --json
expect "... leaves the parts" test "$(json "$out" val.rows) $(json "$out" result.refitted)" = "300 true"

check "three members" train --hidden 6 --epochs 2 --members 3 --val-folds 3 --out three.st --json
expect "... are validated on all rows" test "$(json "$out" val.rows)" = 300
check "one of them" train --hidden 6 --epochs 2 --val-folds 3 --out first.st --json
expect "... on a third" test "$(json "$out" val.rows)" = 100

check "a plan" nudge plan --data d.csv --target y --threads 1 --seconds 0.01 --json
expect "... is that of the recipe" test "$(json "$out" members) $(json "$out" batch)" = "5 32"
check "a plan by saved options" nudge plan --config c.json --threads 1 --seconds 0.01 --json
expect "... is that of their run" test "$(json "$out" steps_per_epoch)" = 8
check "a plan of data that is not made" nudge plan --data synth:teacher,rows=1000000,features=32 \
    --recipe table --hidden 4 --threads 1 --seconds 0.01 --json
expect "... with the recipe" test "$(json "$out" batch)" = 256

epochs() {
    nudge plan --data synth:friedman1,rows=100000 --recipe table --members 1 --threads 1 --seconds 0.001 "$@" 2>&1 >"$out" |
        sed -n 's/.*at most \([0-9]*\) epochs.*/\1/p'
}
expect "an embedding takes of the recipe's operations" [ "$(epochs --embed plr)" -lt "$(epochs --encode none)" ]

# RealMLP-TD-S: what depends on the target, and the same options one by one.
check "realmlp, of numbers" train --recipe realmlp --hidden 9,8 --epochs 3 --out real.st --save-config r.json
expect "... has the rate of numbers" grep -q '"lr": "0.07"' r.json
expect "... and a factor for each layer and the inputs" grep -q '"lr-factors": "1,1,1,6"' r.json
check "its options one by one" train --hidden 9,8 --epochs 3 --scale robust --input-factor yes --init ntk --ntk yes \
    --lr-factors 1,1,1,6 --bias-lr-factor 0.1 --beta2 0.95 --schedule coslog4 --lr 0.07 --activation mish \
    --batch 256 --drop-last yes --early-stop 256 --val-split 0.2 --out own.st --json
expect "... the same bits" cmp real.st own.st
expect "... are told" test "$(json "$out" settings.ntk) $(json "$out" settings.drop_last)" = "true true"
awk -F, 'BEGIN {print "c,x,town,y"} NR > 1 {print ($1 > 0.5 ? "n" : "j") "," $2 "," substr("abc", NR % 3 + 1, 1) "," ($2 > 0.4)}' d.csv >c.csv
check "realmlp, of classes" nudge train --data c.csv --target y --recipe realmlp --hidden 8 --epochs 3 --out c.st --json \
    --save-config r.json
expect "... has an output for each of two" test "$(json "$out" settings.loss) $(json "$out" settings.features)" = \
    "cross-entropy 5"
expect "... with smoothed labels" grep -q '"label-smoothing": "0.1"' r.json
check "its inputs" nudge info c.st
expect "... are told" grep -q "which are signed, scaling robust, of categories too" "$out"
check "with options of one's own" train --recipe realmlp --hidden none --optimizer sgd --loss mae --lr 0.1 \
    --input-factor no --epochs 2 --val-folds 2
check "realmlp of a matrix" nudge train --data synth:moons,rows=99 --recipe realmlp --hidden 4 --epochs 2
check "realmlp of one layer" nudge train --data c.csv --target y --recipe realmlp --hidden none --embed pbld \
    --clip-norm 1 --scale none --epochs 1 --quiet --save-config r.json
expect "... has what goes with it" grep -q '"lr-factors": "1,0.1"' r.json
expect "... and not what does not" sh -c "! grep -E 'activation|input-factor|scale-categories' r.json"
check "the recipe, of one layer" nudge train --data c.csv --target y --recipe table --hidden none --epochs 1 --quiet
refuse 2 "--two-outputs: it is for --loss auto" "two outputs and a loss" train --two-outputs yes --loss bce
refuse 2 "ntk cannot be used with the optimizer rprop" "steps with bounds" train --ntk yes --optimizer rprop
refuse 2 "(--scale-categories)" "categories without a scale" nudge train --data c.csv --target y --scale none \
    --scale-categories yes --quiet

refuse 2 "--recipe: 'tabel' is not one of plain, table, best" "another recipe" train --recipe tabel
refuse 2 "--val-split: --val-folds holds other rows out for each network" "two ways" train \
    --val-folds 3 --val-split 0.1
refuse 2 "--val-folds: '2' is not a whole number from 3" "fewer parts than members" train \
    --members 3 --val-folds 2
refuse 2 "--val-folds: --folds holds out every row once" "parts and folds" train --folds 3 --val-folds 3
refuse 2 "--recipe: --folds trains networks whose options are given" "a recipe and folds" train --folds 3 --recipe table
finish
