#!/bin/sh
# What released versions wrote is read for ever: models and data predict what they did, and a
# training that goes on from a checkpoint ends as it did. scripts/release-files wrote the files.
. "$(dirname "$0")/setup.sh"
here=$PWD

# Whether two files of predictions have the same texts, and numbers that differ by at most $3 in
# relation: the sums of other machines and versions are rounded otherwise.
same_predictions() {
    awk -F, -v near="$3" '
        function number(s) { return s ~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ }
        NR == FNR { then[FNR] = $0; lines = FNR; next }
        {
            n = split(then[FNR], a, ",")
            if (n != NF) exit 1
            for (i = 1; i <= n; i++) {
                d = a[i] - $i; bound = near * ($i < 0 ? -$i : $i)
                if (bound < near) bound = near
                if (number(a[i]) && number($i) ? d > bound || -d > bound : a[i] "" != $i "")
                    exit 1
            }
            seen = FNR
        }
        END { exit lines == 0 || seen != lines }' "$1" "$2"
}

# read_again FOLDER: all that stands in its list.
read_again() {
    folder=$1 version=${1##*/}
    grep -v '^#' "$folder/list" >"$scratch/list"
    while read -r case model data checkpoint near; do
        case $data in ./*) data=$folder/$data ;; esac
        check "$version: predictions of $case" predict "$folder/$model.safetensors"
        expect "... are what they were" same_predictions "$folder/$case.csv" "$out" "$near"
        [ "$checkpoint" = 1 ] || continue
        cp "$folder/$case.checkpoint" run
        check "$version: $case goes on" go_on
        check "... and predicts" predict "$here/model"
        expect "... what it did then" same_predictions "$folder/$case.csv" "$out" "$near"
    done <"$scratch/list"
}
# The data's names are those of the folder where it was trained.
predict() {
    (cd "$TEST_FILES" && nudge predict --quiet --model "$1" --data "$data")
}
go_on() {
    (cd "$TEST_FILES" &&
        nudge train --quiet --resume "$here/run" --out "$here/model")
}

for released in "$TEST_FILES"/released/[0-9]*; do
    read_again "$released"
done
check "0.1.0: arrays with a target" nudge train --quiet --data "$TEST_FILES/released/0.1.0/x.npy" \
    --labels "$TEST_FILES/released/0.1.0/y.npy" --epochs 1
expect "0.1.0 wrote 19 files of predictions" \
    [ "$(grep -vc '^#' "$TEST_FILES/released/0.1.0/list")" -eq 19 ]

# What the next release writes.
check "the files of a release" "$TOP_SRCDIR/scripts/release-files" "$NUDGE" new classes-f64 members
read_again "$PWD/new"
expect "... of all that was asked for" [ "$(wc -l <new/list)" -eq 3 ]
finish
