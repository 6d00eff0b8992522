#!/bin/sh
# Everything that can be wrong with files: one line, the right exit status, nothing half-written.
. "$(dirname "$0")/setup.sh"

train() {
    "$NUDGE" train --quiet --epochs 1 --out model.safetensors "$@"
}

# ---- CSV ----------------------------------------------------------------------------------
printf 'a,b,y\n1,2,3\n4,5\n7,8,9\n' >ragged.csv
printf 'a,b,y\n1,2,3\n4,abc,6\n7,8,9\n' >text.csv
: >empty.csv
printf 'a,b,y\n' >header.csv
printf 'a,b,y\n1,2,3\n4,inf,6\n7,8,9\n' >inf.csv
printf 'a,b,y\n1,2,up\n4,5,up\n7,8,up\n' >oneclass.csv
printf 'a,b,y\n1,2,3\n4,5,6\n7,8,9\n' >good.csv
printf 'a,b,y\n1,2,up\n4,5,down\n7,8,up\n' >words.csv
gzip -c good.csv | head -c 20 >cut.csv.gz

refuse 2 "ragged.csv:3" "ragged row" train --data ragged.csv --target y
refuse 2 "'abc' is not a number" "text where a number should be" train --data text.csv --target y
refuse 2 "text.csv:3" "... says where" train --data text.csv --target y
refuse 2 "empty.csv" "empty file" train --data empty.csv --target y
refuse 2 "header.csv" "header only" train --data header.csv --target y
refuse 2 "nosuch" "unknown target column" train --data good.csv --target nosuch
refuse 2 "nosuch" "unknown column to ignore" train --data good.csv --target y --ignore nosuch
refuse 2 "(--target)" "no target" train --data good.csv
refuse 2 "inf.csv:3" "infinity in the data" train --data inf.csv --target y
refuse 2 "oneclass.csv" "one-class target" train --data oneclass.csv --target y
refuse 2 "cut.csv.gz" "gzip cut short" train --data cut.csv.gz --target y
refuse 2 "nosuch.csv" "no such file" train --data nosuch.csv --target y
refuse 2 "." "a folder as data" train --data . --target y
refuse 2 "nosuch" "unknown generator" train --data synth:nosuch
refuse 2 "synth" "bad key of a generator" train --data synth:moons,colour=3
refuse 2 "rows" "no rows" train --data synth:moons,rows=0
refuse 2 "rows" "negative rows" train --data synth:moons,rows=-5

refuse 2 "no columns to choose" "a target of synthetic data" train --data synth:moons --target y
refuse 2 "no header" "a header of synthetic data" train --data synth:moons --header no
refuse 2 "labels" "labels beside a table" train --data good.csv --target y --labels good.csv
refuse 2 "standard output has the results" "the model on standard output" \
    "$NUDGE" train --epochs 1 --out -

# ---- IDX ----------------------------------------------------------------------------------
# 3 images of 2 x 2 pixels, 3 labels
printf '\0\0\10\3\0\0\0\3\0\0\0\2\0\0\0\2abcdefghijkl' >images
printf '\0\0\10\1\0\0\0\3\0\1\2' >labels
printf '\0\0\10\1\0\0\0\4\0\1\2\1' >four-labels
head -c 20 images >cut-images
head -c 6 labels >cut-labels
printf '\0\0\7\3\0\0\0\3\0\0\0\2\0\0\0\2abcdefghijkl' >wrong-magic
check "good IDX files" train --data images --labels labels --val images --val-labels labels
rm -f model.safetensors
refuse 2 "cut-images" "truncated images" train --data cut-images --labels labels
refuse 2 "cut-labels" "truncated labels" train --data images --labels cut-labels
refuse 2 "wrong-magic" "wrong magic number" train --data wrong-magic --labels labels
refuse 2 "are these the images" "images as labels" train --data images --labels images
refuse 2 "4" "images and labels of different counts" train --data images --labels four-labels
refuse 2 "(--labels)" "images without labels" train --data images

# ---- The collection of bad files ----------------------------------------------------------
for f in "$TEST_FILES"/bad-*; do
    base=${f##*/}
    case $base in
    *labels*) refuse 2 "$base" "$base" "$NUDGE" info "$TEST_FILES/good-images.idx" --labels "$f" ;;
    *) refuse 2 "$base" "$base" "$NUDGE" info "$f" ;;
    esac
done

# ---- Networks and memory ------------------------------------------------------------------
refuse 2 "nudge train: " "widths whose product overflows" \
    train --data synth:or --hidden 2147483647,2147483647,2147483647
refuse 2 "B" "weights for which there is no memory" train --data synth:or --hidden 1000000,1000000
refuse 2 "B" "data for which there is no memory" train --data synth:teacher,rows=4000000000
refuse 2 "use cross-entropy (--loss)" "a loss that does not fit the target" \
    train --data words.csv --target y --loss mse
refuse 2 "activation" "an output activation that does not fit the loss" \
    train --data synth:or --loss bce --hidden 3 --activation relu,relu

# ---- Models -------------------------------------------------------------------------------
check "a good model" "$NUDGE" train --quiet --epochs 1 --data good.csv --target y --hidden 2 \
    --out good.safetensors
printf 'a,c\n1,2\n' >other.csv
refuse 2 "b" "data without a column of the model" "$NUDGE" predict --model good.safetensors \
    --data other.csv
refuse 2 "takes 2 features, 'images' has 4" "images for a model of columns" "$NUDGE" eval \
    --model good.safetensors --data images --labels labels
refuse 2 "nosuch.safetensors" "no such model" "$NUDGE" predict --model nosuch.safetensors \
    --data good.csv
refuse 2 "good.csv" "data as a model" "$NUDGE" predict --model good.csv --data good.csv
refuse 2 "layers.0" "initial weights of another shape" \
    train --data good.csv --target y --hidden 3 --init good.safetensors
refuse 2 "nosuch.safetensors" "no such initial weights" \
    train --data good.csv --target y --init nosuch.safetensors
size=$(wc -c <good.safetensors)
at=0
survived=0
while [ $at -lt "$size" ]; do
    head -c $at good.safetensors >cut.safetensors
    status=0
    "$NUDGE" info cut.safetensors >"$out" 2>"$err" || status=$?
    [ $status -eq 2 ] && one_line_with "cut.safetensors" || survived=$((survived + 1))
    at=$((at + 97))
done
expect "a model cut anywhere is refused" [ $survived -eq 0 ]
rm -f cut.safetensors

# ---- Output -------------------------------------------------------------------------------
run() {
    "$NUDGE" train --quiet --epochs 1 --data good.csv --target y --hidden 2 "$@"
}
refuse 2 "--out: " "an output folder that does not exist" run --out no/such/model.safetensors
refuse 2 "--log: " "a log folder that does not exist" run --log no/such/run.jsonl
refuse 2 "--out: " "a folder as output" run --out .
refuse 2 "--out: " "a folder that takes no files" run --out /proc/model.safetensors
refuse 2 "--log: " "a log in a folder that takes no files" run --log /proc/run.jsonl
refuse 2 "--out: 'good.csv' is also given as --data" "output over the data" run --out good.csv
refuse 2 "--out: './good.csv' is also given as --data" "... by another name" run --out ./good.csv
refuse 2 "also given" "log over the model" run --out x --log x
refuse 2 "--out: " "predict over its data" "$NUDGE" predict --model good.safetensors \
    --data good.csv --out good.csv
refuse 2 "--out: " "predict into no folder" "$NUDGE" predict --model good.safetensors \
    --data good.csv --out no/such.csv
refuse 2 "no/such.csv" "gen into no folder" "$NUDGE" gen moons rows=5 --out no/such.csv
mkdir locked
chmod 555 locked
if [ "$(id -u)" -ne 0 ]; then
    refuse 2 "--out: " "a folder that is not writable" run --out locked/model.safetensors
else
    skip "a folder that is not writable" "root writes everywhere"
fi
if [ -w /dev/full ]; then
    refuse 1 "/dev/full" "full disk: model" run --out /dev/full
    full_log() {
        run "$@" --epochs 3 --log /dev/full
        [ $? -eq 1 ]
    }
    check "full disk: log" full_log --out logged.safetensors
    expect "... is told once" one_line_with \
        "--log: /dev/full: No space left on device; training goes on without it"
    check "... training without a log" run --epochs 3 --out unlogged.safetensors
    expect "... gives the same model" cmp logged.safetensors unlogged.safetensors
    refuse 1 "/dev/full" "full disk: predictions" "$NUDGE" predict --model good.safetensors \
        --data good.csv --out /dev/full
    full() {
        "$@" >/dev/full
    }
    refuse 1 "standard output: No space left" "full disk: results" full "$NUDGE" info good.csv
    refuse 1 "standard output: No space left" "full disk: predictions on stdout" full "$NUDGE" \
        predict --model good.safetensors --data good.csv
    refuse 1 "standard output: " "full disk: help" full "$NUDGE" train --help
    refuse 1 "standard output: No space left" "full disk: version" full "$NUDGE" --version
else
    skip "full disk" "no /dev/full"
fi
check "/dev/stdout as output" "$NUDGE" predict --model good.safetensors --data good.csv \
    --out /dev/stdout
expect "... has the rows" [ "$(wc -l <"$out")" -eq 4 ]

# ---- Divergence ---------------------------------------------------------------------------
refuse 1 "training diverged: the loss became non-finite in epoch" "divergence" \
    "$NUDGE" train --quiet --data good.csv --target y --optimizer sgd --lr 1e30 --epochs 100
refuse 1 "(it is 1e+30)" "... names the learning rate" \
    "$NUDGE" train --quiet --data good.csv --target y --optimizer sgd --lr 1e30 --epochs 100
refuse 1 "or --scale standard" "... and the scale where there is none" \
    "$NUDGE" train --quiet --data good.csv --target y --optimizer sgd --lr 1e30 --epochs 100 \
    --scale none
# A linear model with too large a step grows by a factor every epoch: finite at first.
status=0
"$NUDGE" train --quiet --data good.csv --target y --hidden none --optimizer sgd --lr 100 --batch 3 \
    --epochs 100 --out last.safetensors >"$out" 2>"$err" || status=$?
expect "later divergence: exit status 1" [ $status -eq 1 ]
expect "... says where the last good model is" grep -q "are in last.safetensors" "$err"
check "... which can be read" "$NUDGE" info last.safetensors
finish
