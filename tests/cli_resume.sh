#!/bin/sh
# Checkpoints, --resume, --config: runs that are cut off end like those that are not.
. "$(dirname "$0")/setup.sh"

data="--data synth:friedman1,rows=3000 --val-split 0.1 --hidden 16 --batch 100"
train() {
    nudge train --quiet $data "$@"
}
lines() {
    [ "$(wc -l <"$2")" -eq "$1" ]
}
# The weights' hash of a result on stdout.
hash_of() {
    awk '$1 == "weights" { print $3 }' "$1"
}
same_losses() {
    for log in "$1" "$2"; do
        sed 's/,"seconds.*//; s/, "seconds.*//' "$log" >"$log.losses"
    done
    cmp "$1.losses" "$2.losses"
}

# ---- Killed and resumed ----

if [ -n "$python" ]; then
    for signal in KILL TERM; do
        check "runs cut off by SIG$signal end with the same bytes" "$python" \
            "$TOP_SRCDIR/tests/kills/run" --nudge "$NUDGE" --rounds 4 --seconds 1 --signal $signal
        expect "... and leave no file behind" grep -q "files: ckpt ckpt.previous log out$" "$out"
    done
else
    skip "runs cut off by signals" "no python3"
fi

check "a whole run" train --epochs 6 --out whole.st --log whole.log
check "half of it" train --epochs 3 --checkpoint c --log c.log --out half.st
check "the rest" nudge train --resume c --epochs 6 --threads 1
expect "the weights are those of the whole run" cmp whole.st half.st
expect "the log is that of the whole run" same_losses whole.log c.log
expect "its lines are all there" lines 6 c.log
refuse 2 "--log: 'c' is also given as --resume" "a log over the checkpoint" \
    nudge train --resume c --epochs 7 --log c
refuse 2 "--out: 'c' is also given as --resume" "a model over the checkpoint" \
    nudge train --resume c --epochs 7 --out c
check "a plan of a configuration" sh -c "printf '{\"hidden\": [7, 5], \"data\": \"synth:moons\"}' \
    >plan.json; '$NUDGE' plan --seconds 0.001 --config plan.json"
expect "... is of its network" grep -q "2-7-5-1" "$out"
check "a checkpoint at the last epoch is written once" train --epochs 2 --checkpoint g \
    --checkpoint-every 1
expect "... so that the one before is of the epoch before" sh -c \
    "'$NUDGE' train --resume g.previous --checkpoint h --epochs 2 2>&1 | grep -q 'weights'; ! cmp -s g g.previous"
check "a log as a table" nudge train --resume c --epochs 7 --log c.csv
expect "... has a line for each epoch and a header" lines 8 c.csv
expect "... whose cells are as many everywhere" awk -F, 'NF != 10 { exit 1 }' c.csv
check "a log for TensorBoard" nudge train --resume c --epochs 7 \
    --checkpoint e --log c.tfevents
expect "... has an event for each epoch" [ "$(grep -ao loss/train c.tfevents | wc -l)" -eq 7 ]
expect "... and begins as such a file does" [ "$(grep -ao brain.Event:2 c.tfevents | wc -l)" -eq 1 ]
check "a checkpoint is a model" nudge predict --model c --data synth:friedman1,rows=3 --out p.csv
check "... that others can begin with" train --init c --epochs 1
check "the one before is a checkpoint too" nudge train --resume c.previous --checkpoint d --epochs 6 \
    --out d.st
expect "... that leads to the same weights" cmp whole.st d.st
check "nothing is left to do" nudge train --resume c
expect "... is said" grep -q "c has all 7 epochs; a larger --epochs goes on" "$err"
check "checkpoints after epochs" nudge train $data --epochs 5 --checkpoint e --checkpoint-every 2
check "... the one before the last" nudge train --resume e.previous --checkpoint f --epochs 5
expect "... was after epoch 4" grep -q "e.previous: epoch 5, batch 1$" "$err"

# ---- Refused ----

refuse 2 "options.lr is 0.001 in the checkpoint and 0.5 here" "another learning rate" \
    nudge train --quiet --resume c --epochs 9 --lr 0.5
refuse 2 "options.batch is 100" "another batch" nudge train --quiet --resume c --batch 7
refuse 2 "is in epoch 7; 2 epochs are asked for" "fewer epochs" \
    nudge train --quiet --resume c --epochs 2
refuse 2 "network: widths[1]" "another network" nudge train --quiet --resume c --hidden 17
refuse 2 "network: preprocessing" "other data" nudge train --quiet --resume c --data synth:friedman1,rows=2999
refuse 2 "has the weights" "initial weights" nudge train --quiet --resume c --init he
refuse 2 "whole.st: is no checkpoint, but a model" "a model" nudge train --resume whole.st
refuse 2 "No such file" "no file" nudge train --resume none
refuse 2 "it needs --checkpoint" "how often, but not where" train --checkpoint-every 3
refuse 2 "'0' is not a number of epochs from 1, or of seconds such as 60s" "never" \
    train --checkpoint x --checkpoint-every 0
refuse 2 "'5m' is not a number of epochs" "minutes" train --checkpoint x --checkpoint-every 5m
refuse 2 "--checkpoint: " "no folder" train --checkpoint none/c
head -c 3000 c >cut
cp c.previous cut.previous
refuse 2 "; the checkpoint before it is cut.previous" "a checkpoint cut short" \
    nudge train --resume cut
cp c damaged
cp c.previous damaged.previous
printf x | dd of=damaged bs=1 seek=$(($(wc -c <damaged) - 9)) conv=notrunc 2>/dev/null
refuse 2 "checksum than it says; the checkpoint before it is damaged.previous" \
    "a damaged checkpoint" nudge train --quiet --resume damaged

# ---- A full disk ----

# The files' size is limited to 8 blocks of 512 bytes: the model and the log are smaller.
cp c kept
cp c.previous kept.previous
if built_with =thread || built_with coverage; then
    skip "checkpoints that cannot be written" "the build has files of its own"
else
    check "checkpoints that cannot be written" sh -c \
        "ulimit -f 8; '$NUDGE' train --quiet $data --hidden 64 --epochs 2 \
         --checkpoint kept --log full.log; [ \$? -eq 1 ]"
    expect "... are told" grep -q \
        "^nudge train: --checkpoint: cannot write 'kept': File too large; training goes on" "$err"
    expect "... training went on" lines 2 full.log
    expect "... the checkpoint before stays" cmp c kept
    expect "... and the one before that" cmp c.previous kept.previous
fi

mkdir dir.previous
refuse 2 "--checkpoint: cannot replace 'dir.previous': Is a directory" "a folder in its place" \
    train --epochs 1 --checkpoint dir
chmod a-w kept.previous
check "one that is write-protected is replaced" train --epochs 1 --checkpoint kept
expect "... by the one before" cmp c kept.previous

# ---- Options in files ----

check "a configuration is saved" train --epochs 2 --lr 0.01 --optimizer sgd --momentum 0.9 \
    --nesterov --save-config run.json
cp "$out" first.out
check "it alone repeats the run" nudge train --config run.json
expect "... with the same weights" test "$(hash_of first.out)" = "$(hash_of "$out")"
check "the command line goes before it" nudge train --config run.json --lr 0.02 --save-config 2.json
expect "... with other weights" test "$(hash_of first.out)" != "$(hash_of "$out")"
expect "... and is what is saved" grep -q '"lr": "0.02"' 2.json
cat >hand.json <<'END'
{"data": "synth:friedman1,rows=500", "hidden": [8, 4], "lr": 0.01, "epochs": 2,
 "nesterov": false, "quiet": true}
END
check "numbers, lists, false" nudge train --config hand.json --json
expect "... are taken" test "$(json "$out" settings.lr) $(json "$out" plan.parameters)" = "0.01 129"
bad_config() {
    words=$1
    printf '%s\n' "$2" >bad.json
    refuse 2 "$words" "configuration: $words" nudge train --config bad.json
}
bad_config "bad.json: 'hiden' is no option of 'nudge train'" '{"hiden": 3}'
bad_config "bad.json: 'nesterov' must be true or false" '{"nesterov": "yes"}'
bad_config "bad.json: 'lr' must be a text, a number or a list" '{"lr": true}'
bad_config "bad.json: 'hidden': a list holds texts or numbers" '{"hidden": [[1]]}'
bad_config "bad.json:2: " '{"lr": 1,
"lr": 2}'
bad_config "bad.json: it must be a JSON object" '[1]'
bad_config "--lr: 'x' is not a positive number" '{"lr": "x"}'
refuse 2 "No such file" "no configuration" nudge train --config none.json

finish
