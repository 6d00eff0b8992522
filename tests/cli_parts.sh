#!/bin/sh
# A dataset in several files, named by a pattern: the same as one file with all rows.
. "${TOP_SRCDIR:-$(dirname "$0")/..}/tests/setup.sh"

awk 'BEGIN {
    for (i = 0; i < 60; i++) {
        a = i * 7 % 11 / 4; b = i * 5 % 13 / 8; town = substr("nsw", i % 3 + 1, 1)
        code = i == 45 ? "x" : i % 4
        y = 3 * a - b + i % 3
        if (i == 0) { print "a,b,town,code,y" >"all.csv"; print "a,b,town,code,y" >"p-1.csv" }
        if (i == 20) print "y,code,town,b,a" >"p-10.csv"
        if (i == 50) printf "# of May\na,b,town,code,y\n" >"p-2.csv"
        row = a "," b "," town "," code "," y
        print row >"all.csv"
        if (i >= 20 && i < 50) print y "," code "," town "," b "," a >"p-10.csv"
        else print row >(i < 20 ? "p-1.csv" : "p-2.csv")
    }
}'
gzip p-10.csv

# ---- The same as one file -----------------------------------------------------------------
trained() {
    nudge train --data "$1" --target y --category code --epochs 2 --hidden 3 --out "$2" --json
}
check "train on one file" trained all.csv one.safetensors
check "train on parts" trained 'p-*' parts.safetensors
expect "... by name, with their rows" grep -qxF "nudge train: p-*: 60 rows of 3 files: p-1.csv (20 \
rows), p-10.csv.gz (30 rows), p-2.csv (10 rows)" "$err"
expect "... the same weights" cmp -s one.safetensors parts.safetensors
check "predict" nudge predict --model one.safetensors --data all.csv --keep town --out one.csv
check "predict parts" nudge predict --model one.safetensors --data 'p-*' --keep town --out parts.csv
expect "... the same" cmp -s one.csv parts.csv
check "convert" nudge convert all.csv one.csv --target y --category code --quiet
check "convert parts" nudge convert 'p-*' parts.csv --target y --category code --quiet
expect "... the same" cmp -s one.csv parts.csv
check "eval" nudge eval --model one.safetensors --data 'p-[12]*' --json
expect "... all parts" [ "$(json "$out" rows)" = 60 ]
check "validation and test in parts" nudge train --data all.csv --target y --category code \
    --val 'p-1*' --test 'p-?.csv' --epochs 1
expect "... their rows" grep -q '60 train, 50 validation, 30 test' "$err"
cp p-1.csv 'p-*'
check "a file of that very name goes before" nudge info 'p-*' --category code
expect "... alone" grep -q '^p-\*: csv, 20 rows' "$out"
rm 'p-*'
printf '1;2,5\n3;4,5\n' >bare-1.csv
printf '5;6,5\n' >bare-2.csv
check "parts without header" nudge info 'bare-*' --header no
expect "... as the first is written" grep -q '^bare-\*: csv, 3 rows, 2 columns' "$out"

# ---- What is refused ----------------------------------------------------------------------
refuse 2 "p-10.csv.gz:27: column 'code': 'x' is not a number (59 other cells are)" \
    "a text in one part" nudge info 'p-*'
refuse 2 "none-*.csv: no file has that name, and none fits it as a pattern" "no part" \
    nudge info 'none-*.csv'
bad() {
    printf "$1" >p-3.csv
    refuse 2 "$2" "$3" nudge info 'p-*' --category code
}
bad 'a,b,town,code,y\n1,2,n,1,3\n1,2,n,1\n' "p-3.csv:3: 4 cells where the header has 5" "short"
bad 'a,b,town,code,y\n1,2,"n,1,3\n' "p-3.csv:2: a quoted cell begins here and never ends" "a quote"
bad 'a,b,town,code,z\n1,2,n,1,3\n' "p-3.csv:1: column 5, 'z', is none of 'p-1.csv'; the parts of a \
dataset must have the same columns" "another column"
bad 'a,b,town,code\n1,2,n,1\n' "p-3.csv:1: it has no column 'y', as 'p-1.csv' has" "a column less"
bad '1,2,n,1,3\n' "p-3.csv:1: column 1, '1', is none of 'p-1.csv'" "a part without header"
bad '' "p-3.csv: empty file" "an empty part"
nudge gen moons rows=9 --quiet --out x-1.npy --labels-out x-2.npy
refuse 2 "x-1.npy: a npy file, of those that fit 'x-*'; only CSV files can be parts of one" "arrays" \
    nudge info 'x-*'
finish
