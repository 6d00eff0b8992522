#!/bin/sh
# Kinds of columns and tasks from the command line: what is said, what info shows, and that predict
# and eval read other files as train did.
. "$(dirname "$0")/setup.sh"

has() {
    grep -q -- "$2" "$1"
}

# A table of 60 rows: an index without a name, an id, names, towns, dates, prices, scores, a grade.
awk 'BEGIN {
    split("Oslo Bergen Moss", town, " ")
    print ",id,who,town,day,price,same,score,grade"
    for (i = 0; i < 60; i++)
        printf "%d,%d,P%02d-x,%s,2024-%02d-%02d,$%d.50,7,%g,0%d\n", i, 500 + i, i, town[i % 3 + 1],
            i % 12 + 1, i % 28 + 1, i * 37 % 50, (i * 13 % 60) / 7, i % 4 + 1
}' >all.csv

# ---- What is said --------------------------------------------------------------------------
train="nudge train --hidden none --epochs 3"
refuse 2 "all.csv:2: column 'price': '\$0.50' is text, but looks like a number with more around it \
(--number)" "money" $train --data all.csv --target grade
check "money by --number" $train --data all.csv --target grade --number price --out m.safetensors
cp "$err" said
for line in "column 'c1' has no name, and counts or names the rows: left out (--features decides)" \
    "column 'id' counts up by one: left out (--number decides)" \
    "column 'who' holds texts that are different in most rows: left out (--category decides)" \
    "column 'same' holds one value only: left out (--features decides)" \
    "column 'day' holds dates, taken as days since 1970-01-01 (--category decides)" \
    "target 'grade' has 4 different whole numbers in 60 rows: taken as classes (--task decides)"; do
    expect "it says: $line" grep -qF -- "all.csv: $line" said
done
expect "six lines" [ "$(grep -c '^nudge train:' said)" = 6 ]
check "quietly" $train --data all.csv --target grade --number price -q
expect "... nothing is said" [ ! -s "$err" ]
check "settings" $train --data all.csv --target grade --number price --task regression --json
expect "... have the task" [ "$(json "$out" settings.task)" = regression ]
expect "... and the numbers" [ "$(json "$out" settings.number)" = price ]
expect "the loss is that of numbers" [ "$(json "$out" settings.loss)" = mse ]
check "features alone" $train --data all.csv --target grade --features town,score -q --json
expect "... are told" [ "$(json "$out" settings.feature_list)" = town,score ]
expect "... as is what was not said" [ "$(json "$out" settings.min_count)$(json "$out" settings.header)" = 1 ]
expect "... are four inputs" [ "$(json "$out" settings.features)" = 4 ]

# ---- info ----------------------------------------------------------------------------------
check "info" nudge info all.csv --target grade --number price
expect "... of what counts" has "$out" "^id .*500  501  502  *left out: counts up by one"
expect "... of a date" has "$out" "^day  *date .*2024-01-01  2024-02-02  *1 input"
expect "... of a category" has "$out" "^town .*Oslo  Bergen  Moss  *3 inputs"
expect "... of a number in text" has "$out" "^price  *number .*1 input"
expect "... of the target" has "$out" "^grade .*01  02  03  *4 classes, loss cross-entropy"
check "info --json" nudge info all.csv --target grade --number price --json -q
expect "... has reasons" has "$out" '"training": "left out: counts up by one"'

check "info --json --ignore" nudge info all.csv --target grade --number price --ignore 2-3 --json -q
expect "... has what was asked for" has "$out" '"ignore": "2-3"'
check "info of a model" nudge info m.safetensors
expect "... tells what is around numbers" has "$out" "^numbers  *price: '\\$' before, '' behind$"
check "info --json of a model" nudge info m.safetensors --json
expect "... tells it too" has "$out" '"before": "\$"'

# ---- predict and eval ----------------------------------------------------------------------
check "eval" nudge eval --model m.safetensors --data all.csv
expect "... knows the labels" has "$out" "^04 "
printf '%s\n' 'who,price,day,town,score,grade,id' 'Ann,$3.50,2024-05-06,Oslo,2,no idea,X1' \
    '"B, C",$4.50,,Rom,,,007' >new.csv
check "predict" nudge predict --model m.safetensors --data new.csv --keep id,who -q
expect "... has the kept columns, the label, its probabilities" \
    [ "$(head -n 1 "$out")" = "id,who,grade,p(01),p(02),p(03),p(04)" ]
expect "... whatever is in the target" has "$out" "^X1,Ann,0[1-4],0\."
expect "... as it was written" has "$out" '^007,"B, C",0[1-4],'
# A row costs the same however many there are: with all texts for each, this took a minute.
awk 'BEGIN { print "id,price,day,town,score"; for (i = 0; i < 60000; i++) print "X" i ",$1.5,,Oslo,2" }' \
    >many.csv
check "predict, many kept texts" timeout 20 "$NUDGE" predict --model m.safetensors --data many.csv \
    --keep id -q
expect "... in each row" has "$out" "^X59999,0[1-4],"
check "predict --keep TARGET" nudge predict --model m.safetensors --data new.csv --keep grade,id -q
expect "... names what is in the data" [ "$(head -n 1 "$out")" = "grade.data,id,grade,p(01),p(02),p(03),p(04)" ]
check "predict to standard output" nudge predict --model m.safetensors --data new.csv --out - -q
expect "... without kept columns" has "$out" "^grade,p(01)"
refuse 2 "unknown kept column 'scor' (did you mean 'score'?)" "no such column" \
    nudge predict --model m.safetensors --data new.csv --keep scor
refuse 2 "new2.csv:2: column 'price': '3.50' is not a number with '\$' before and '' behind it" \
    "a price without its sign" sh -c "sed 's/\\\$//' new.csv >../new2.csv; cd ..; \"$NUDGE\" \
    predict --model work/m.safetensors --data new2.csv"
refuse 2 "no columns to choose by name and no encoding, as CSV has (--keep)" \
    "kept columns of other data" \
    nudge predict --model m.safetensors --data synth:moons --keep x1

# ---- Two classes, missing texts, missing targets ----------------------------------------------
printf 'x;y;z\n' >two.csv
awk 'BEGIN { for (i = 0; i < 30; i++)
    printf "%s;%s;%s\n", i % 7 ? i / 8 : "n.b.", i % 5 ? i % 2 : "", i % 3 ? "NA" : "EU" }' >>two.csv
check "0 and 1" $train --data two.csv --target y --missing n.b. --out two.safetensors
expect "... are two classes" has "$err" "target 'y' is 0 and 1: taken as two classes (--task decides)"
expect "... in rows that have a target" has "$err" "6 rows without a target are left out$"
check "info of the model" nudge info two.safetensors
expect "... tells what is missing" has "$out" "^CSV  *delimiter ;, .*missing 'n.b.'"
check "eval leaves them out too" nudge eval --model two.safetensors --data two.csv
expect "... and says so" has "$err" "6 rows without a target are left out$"
expect "... of 30" has "$out" "^rows  *24"
check "predict does not" nudge predict --model two.safetensors --data two.csv
expect "... it has a row for each, both probabilities" \
    awk -F, 'NR == 1 && $0 != "y,p(0),p(1)" { exit 1 }
             NR > 1 && ($2 + $3 < 0.999999 || $2 + $3 > 1.000001) { exit 1 }
             END { exit NR != 31 }' "$out"
check "missing texts" nudge info two.csv --missing n.b. --json -q
expect "... NA is one of two" [ "$(grep -c '"EU"\|"NA"' "$out")" = 2 ]

# ---- Several outputs -----------------------------------------------------------------------
awk 'BEGIN { print "x,cost,mass"
    for (i = 0; i < 20; i++) printf "%g,%d,%g\n", i * 7 % 20, 1000 * (i * 7 % 20) + 1, (i * 3 % 20) / 9 }' >o.csv
check "two targets" nudge train --data o.csv --target mass,cost --hidden none --epochs 2 --out o.safetensors -q
check "... are predicted in the order asked for" nudge predict --model o.safetensors --data o.csv
expect "... by name" [ "$(head -n 1 "$out")" = mass,cost ]
check "... and evaluated" nudge eval --model o.safetensors --data o.csv
expect "each has its own RMSE" has "$out" "^output.*RMSE"
expect "... there is none over both units" [ "$(grep -c '^RMSE' "$out")" = 0 ]

# ---- What info shows stays in its line -----------------------------------------------------
awk 'BEGIN { print "x,\"no\nte\""
    for (i = 0; i < 4; i++) print i ",\"éééééééééééééééééééééééé" "\n" i % 2 "\"" }' >ends.csv
check "cells with line ends" nudge info ends.csv -q
expect "... are shown in one line" [ "$(wc -l <"$out")" = 5 ]
expect "... no character is cut" sh -c "iconv -f utf-8 -t utf-8 <'$out'"

finish
