#!/bin/sh
# No silent surprise: all that `nudge info` and `nudge train` say of what they find out, for small
# files of every kind that people have (tests/files/cases, by make-cases) and the good files of other
# tests. tests/files/inferred.txt has a line "== FILE OPTIONS" for each, with what only training takes
# behind a "+", and then what the two say; what both say is there once.
. "${TOP_SRCDIR:-$(dirname "$0")/..}/tests/setup.sh"

export LSAN_OPTIONS=detect_leaks=0 # what ends the program at once frees nothing
want=$TEST_FILES/inferred.txt
got=$scratch/got
cd "$TEST_FILES" || exit 1

# Starts nothing but nudge, for there are many files.
all() {
    while IFS= read -r line; do
        case $line in '== '*) ;; *) continue ;; esac
        echo "$line"
        line=${line#== }
        both=${line%% + *}
        for_training=
        [ "$both" = "$line" ] || for_training=${line#* + }
        case $1 in
            info) nudge info $both 2>&1 >/dev/null ;;
            train) nudge train --data $both $for_training --epochs 1 --hidden 2 --threads 1 2>&1 \
                >/dev/null ;;
        esac
    done <"$want"
}
all info >"$scratch/info" &
all train >"$scratch/train"
wait
awk -v train="$scratch/train" '
    function trained() {
        while ((getline line <train) > 0 && line !~ /^== /)
            if (sub(/^nudge train: /, "", line) && !(line in said)) print line
        split("", said)
    }
    /^== / { trained(); print; next }
    { sub(/^nudge info: /, ""); said[$0]; print }
    END { trained() }' "$scratch/info" >"$got"
[ -z "$KEEP" ] || cp "$got" "$KEEP" # to look at what became of it, and store it
check "what is said of all files" diff -u "$want" "$got"
expect "... of many" [ "$(grep -c '^== ' "$got")" -gt 70 ]
finish
