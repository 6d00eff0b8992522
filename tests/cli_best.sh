#!/bin/sh
# --recipe best: its trials, the average of the best, the same bits however it ran.
. "$(dirname "$0")/setup.sh"

nudge gen friedman1 --rows 60 --out d.csv --quiet
best() {
    nudge train --data d.csv --target y --recipe best --hidden 4 --epochs 3 "$@"
}

check "seven trials" best --trials 7 --out all.st --json --save-config c.json
expect "... each has its line" [ "$(grep -c '^trial  [1-7]/7  loss' "$err")" -eq 7 ]
expect "... the first is the recipe table" grep -q "^trial  1/7  loss [0-9.]* *$" "$err"
expect "... none varies what is given" sh -c "! grep -q 'hidden' '$err'"
expect "... options stand apart" grep -q ' --[a-z-]* [^ -]* --[a-z-]* ' "$err"
expect "... and all are told" [ "$(grep -c '"weight": [0-9]' "$out")" -eq 7 ]
expect "... the average is of rows held out" [ "$(json "$out" val.rows)" = 60 ]
loss=$(json "$out" val.loss)
check "its options, one thread" nudge train --config c.json --threads 1 --out one.st
expect "... give the same bits" cmp all.st one.st
check "the average predicts" nudge predict --model all.st --data d.csv --out p.csv

check "one trial" best --trials 1 --out first.st --json
expect "... is the average" grep -q '"weight": 1.0' "$out"
check "the recipe table" nudge train --data d.csv --target y --recipe table --hidden 4 --epochs 3 \
    --out table.st --quiet
expect "... is the same" cmp first.st table.st
check "a plan" nudge plan --data d.csv --target y --recipe best --hidden 4 --seconds 0.01 --threads 1
expect "... is of one trial" grep -q "first trial" "$err"

best --trials 7 --out killed.st --checkpoint run --checkpoint-every 1 --quiet >"$out" 2>"$err" &
for k in 1 2 3 4 5 6 7 8 9; do
    [ -e run.3 ] || sleep 0.05
done
kill -KILL $! 2>/dev/null
wait $! 2>/dev/null
check "a run that was killed goes on" nudge train --resume run --out killed.st
expect "... to the same bits" cmp all.st killed.st
expect "... and tells the average's loss" grep -q "^average *$(printf %.6g "$loss") *$" "$out"
check "one more trial" nudge train --resume run --trials 8 --json
expect "... follows those that are done" [ "$(grep -c '"seconds"' "$out")" -eq 2 ]
expect "... each has a checkpoint" [ "$(echo run.*)" = "run.1 run.2 run.3 run.4 run.5 run.6 run.7 run.8" ]

check "little time" best --max-time 1e-6 --json
expect "... is one trial, and is said" grep -q "1 of 20 trials: --max-time allows no more" "$err"
check "rows that all share" best --val d.csv --trials 3 --interval 0.9 --test d.csv --json
expect "... validate the average" [ "$(json "$out" val.loss)" = "$(json "$out" test.loss)" ]

check "nothing left open" best --bins 4 --lr 0.01 --weight-decay 0 --activation relu
expect "... but a part that is left out" grep -q "3 of 20 trials: there is nothing else to try" "$err"

printf 'a,b,y\n%s\n' "$(for k in 1 2 3 4 5 6; do printf 'p,u,n\nq,u,j\np,v,j\nq,v,n\n'; done)" >texts.csv
check "no numbers" nudge train --data texts.csv --target y --recipe best --hidden 4 --epochs 1 --trials 3
expect "... and no trials of what becomes of them" sh -c "! grep -q -e '--encode' '$out'"

head -n 10 d.csv >few.csv
refuse 2 "--recipe: best compares networks on rows held out, and 9 rows are too few" "few rows" \
    nudge train --data few.csv --target y --recipe best --quiet
refuse 2 "--trials: it needs --recipe best" "trials of one recipe" nudge train --data d.csv \
    --target y --trials 3
refuse 2 "--trials: '0' is not a whole number from 1" "no trials" best --trials 0
refuse 2 "--log: --recipe best trains one model after another" "a log" best --log l
refuse 2 "--data: --recipe best reads it for each trial" "standard input" nudge train --data - \
    --target y --recipe best
refuse 2 "--init: a file's weights fit one network" "weights" best --init all.st --quiet
finish
