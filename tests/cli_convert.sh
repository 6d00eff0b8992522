#!/bin/sh
# nudge convert: what is written reads back to the same weights; what cannot be is refused.
. "${TOP_SRCDIR:-$(dirname "$0")/..}/tests/setup.sh"

{
    echo "x;town;code"
    for i in 0 1 2 3 4 5 6 7 8 9; do
        for j in 1 2 3 4; do
            echo "$i,$j;$([ $j -gt 2 ] && echo Oslo || echo Bergen);00$((1 + (i + j) % 2))"
        done
    done
    echo ";Oslo;001"
} >t.csv
printf '+1 1:0.5 3:2\n-1 2:1\n+1 1:0.25 3:1\n-1 2:2 3:0.5\n' >d.svm

weights() {
    nudge train --quiet --epochs 2 --hidden 3 --json "$@" >"$scratch/json" 2>"$scratch/why" &&
        json "$scratch/json" weights_hash
}

# ---- Tables -------------------------------------------------------------------------------
check "a table to safetensors" nudge convert t.csv t.safetensors --target code --quiet
expect "... --quiet is quiet" [ ! -s "$err" ]
want=$(weights --data t.csv --target code --out a.safetensors)
expect "a hash of weights" [ ${#want} -eq 16 ]
expect "... the same weights" [ "$(weights --data t.safetensors --out b.safetensors)" = "$want" ]
expect "... the same model" cmp -s a.safetensors b.safetensors
check "... and the other way, to standard output" nudge convert t.safetensors -
expect "... the values" [ "$(sed -n 2p "$out")" = "0.1,Bergen,002" ]
expect "... the missing one" [ "$(tail -n 1 "$out")" = ",Oslo,001" ]
check "predict text with the model of a stored table" nudge predict --model b.safetensors \
    --data t.csv --out p.csv
check "... and a stored table" nudge predict --model b.safetensors --data t.safetensors --out q.csv
expect "... alike" cmp -s p.csv q.csv
check "info of a stored table" nudge info t.safetensors --target x --json
expect "... its rows" [ "$(json "$out" rows)" = 40 ]

# ---- Matrices -----------------------------------------------------------------------------
check "LIBSVM to safetensors" nudge convert d.svm d.safetensors
expect "... says what" grep -q 'd.safetensors: 4 rows, 4 columns, ' "$err"
want=$(weights --data d.svm)
expect "... the same weights" [ "$(weights --data d.safetensors)" = "$want" ]
check "LIBSVM to NPY" nudge convert d.svm x.npy --labels-out y.npy
expect "... the same weights" [ "$(weights --data x.npy --labels y.npy)" = "$want" ]
check "NPY to CSV" nudge convert x.npy x.csv --labels y.npy
expect "... the rows" [ "$(sed -n 2p x.csv)" = "0.5,0,2,1" ]

# ---- Refused ------------------------------------------------------------------------------
refuse 2 "two files are needed" "one file" nudge convert t.csv
refuse 2 "'t.csv' is both" "the same file" nudge convert t.csv t.csv
refuse 2 "must end in .csv, .csv.gz, .npy or .safetensors" "another ending" nudge convert t.csv t.xls
refuse 2 "with --labels-out" "features alone" nudge convert d.svm z.npy
refuse 2 "goes with an .npy file only" "labels of CSV" nudge convert d.svm z.csv --labels-out z.npy
refuse 2 "is also the file of the features" "one file for both" nudge convert d.svm z.npy \
    --labels-out z.npy
refuse 2 "not to 'z.npy'" "texts as NPY" nudge convert t.csv z.npy
refuse 2 "No such file" "no folder" nudge convert t.csv none/z.csv
# A NumPy file of a type, a shape and bytes, each as printf takes them.
npy() {
    printf '\223NUMPY\001\000v\000'
    printf '%-117s\n' "{'descr': '$1', 'fortran_order': False, 'shape': $2, }"
    # shellcheck disable=SC2059
    printf "$3"
}
npy '<U2' '(2,)' 'a\0\0\0\001\0\0\0a\0\0\0\0\0\0\0' >odd.npy
npy '|u1' '(2, 1)' '12' >one.npy
refuse 2 "one.npy: the text 'a?' holds a byte that no CSV file does" "a control character" \
    nudge convert one.npy odd.csv --labels odd.npy
expect "... no file" [ ! -e odd.csv ]
printf '"1 2:1"\n0\n181\n' >pairs.csv
check "a name like a row of LIBSVM" nudge convert pairs.csv again.csv
expect "... is quoted" cmp pairs.csv again.csv
printf 'x,y\nu,9,9\nw,9,9\n' >alike.csv
refuse 2 "alike.csv: all columns are left out: nothing is to be written" "no column to store" \
    nudge convert alike.csv alike.safetensors
expect "... no file" [ ! -e alike.safetensors ]
# Rows that are dropped are in no chunk that is written.
awk 'BEGIN { print "a,b,y"; for (i = 0; i < 9000; i++) print i ",x" i % 3 "," (i % 2 ? i : "") }' \
    >dropped.csv
check "rows without a target: stored" nudge convert dropped.csv all.safetensors --quiet
check "... converted again with the target" nudge convert all.safetensors half.safetensors \
    --target y --quiet
check "... and read" nudge info half.safetensors --target y
expect "... as the rows that have one" grep -q "4,500\|4500" "$out"

finish
