#!/bin/sh
# --members: several networks in one model, each as it would be alone; killed, resumed, evaluated.
. "$(dirname "$0")/setup.sh"

nudge gen friedman1 --rows 600 --out d.csv --quiet
data="--data d.csv --target y --split last --val-split 0.1 --test-split 0.1 --hidden 9 --batch 50"
train() {
    nudge train --quiet $data "$@"
}
hash_of() {
    nudge info "$1" | awk '$1 == "weights" { print $3 }'
}
# The epoch and losses of JSON lines, of member $2 or all, in order.
losses() {
    grep "\"member\": ${2:-[0-9]*}," "$1" | sed 's/, "seconds.*//; s/"member": [0-9]*, //' | sort
}

check "three members" train --members 3 --epochs 5 --dropout 0.1 --early-stop 3 --out all.st \
    --log all.log --json
expect "... are told" test "$(json "$out" settings.members)" = 3
expect "... and what their average gives" test "$(json "$out" val.rows)" = 60
check "a plot" nudge plot all.log --text
expect "... the log has each one's epochs" test "$(wc -l <all.log)" -ge 9
k=1
for seed in 1 1000001 2000001; do
    check "member $k alone" train --seed $seed --epochs 5 --dropout 0.1 --early-stop 3 \
        --out $k.st --log $k.log
    sed 's/, "seconds.*//' $k.log | sort >$k.alone
    losses all.log $k >$k.among
    expect "... has the same losses" cmp $k.alone $k.among
    k=$((k + 1))
done
if [ -n "$python" ]; then
    cat >same.py <<'END'
import json, struct
def tensors(path):
    data = open(path, 'rb').read()
    n = struct.unpack('<Q', data[:8])[0]
    head = json.loads(data[8:8 + n])
    head.pop('__metadata__')
    data = data[8 + n:]
    return {k: data[slice(*v['data_offsets'])] for k, v in head.items()}
want = {}
for k in 1, 2, 3:
    for name, data in tensors('%d.st' % k).items():
        want[('members.%d.' % (k - 1) if k > 1 else '') + name] = data
assert tensors('all.st') == want
END
    check "... and the same bits in the model" "$python" same.py
else
    skip "... and the same bits in the model" "no python3"
fi
check "on another number of threads" train --members 3 --epochs 5 --dropout 0.1 --early-stop 3 \
    --threads 1 --out one.st
expect "... the same bits" cmp all.st one.st
check "info" nudge info all.st
expect "... tells how many" grep -q "^members     3, " "$out"
check "predictions" nudge predict --model all.st --data d.csv --out p.csv
for k in 1 2 3; do
    nudge predict --model $k.st --data d.csv --out p$k.csv
done
expect "... are the mean of those of the members" sh -c "paste p.csv p1.csv p2.csv p3.csv | awk '
    NR > 1 { d = \$1 - (\$2 + \$3 + \$4) / 3; if (d * d > 1e-10) exit 1 }'"
check "an evaluation" nudge eval --model all.st --data d.csv
check "a plan" nudge plan --members 3 --seconds 0.001 --json $data
expect "... has the memory of all" test "$(json "$out" members)" = 3
check "folds" nudge train --quiet --data d.csv --target y --members 2 --folds 3 --epochs 1
check "lines of epochs" nudge train $data --members 3 --epochs 2 --max-time 30
expect "... are means over members" grep -q "^epoch 2/2 .*  3 of 3 members$" "$err"
expect "... time is shared out" grep -q -e "--max-time" "$err"
check "lines of epochs where one is far ahead of another" timeout -s KILL 20 "$NUDGE" train $data \
    --members 2 --epochs 400
expect "... are no more than twenty" test "$(grep -c "^epoch" "$err")" -le 21

# ---- Factors of inputs ----

check "factors of inputs" train --input-factor yes --lr-factors 1,1,6 --epochs 2 --out f.st --json
expect "... are told" test "$(json "$out" settings.input_factor)" = true
check "... in the model" nudge info f.st
expect "... too" grep -q "^factors     10, one for each input" "$out"
check "gradients of them" nudge gradcheck --model f.st --data d.csv --limit 50
refuse 2 "3 numbers for 2 layers, the last included" "a number too many" \
    train --lr-factors 1,1,6
refuse 2 "and one for the factors of inputs" "one too few" train --input-factor yes --lr-factors 1,1
refuse 2 "--input-factor: it cannot be used together with --clip-norm" "clipped" \
    train --input-factor yes --clip-norm 1
refuse 2 "tensor 'input_factor' is none of the network's" "a network without" train --init f.st

# ---- Where others go on ----

check "begun with all of them" train --members 3 --init all.st --epochs 1
check "begun with one network" train --members 2 --init 1.st --epochs 1
refuse 2 "all.st: has the weights of 3 members; the model has 2" "another number" \
    train --members 2 --init all.st
refuse 2 "has 3 members: gradients are of one network" "a check of gradients" \
    nudge gradcheck --model all.st --data d.csv
refuse 2 "--members: '0'" "none" train --members 0
refuse 2 "--pin: members" "bound to CPUs" train --members 2 --pin yes

# ---- Killed and resumed ----

long="--members 3 --epochs 500 --average 0.9 --early-stop 500"
check "a whole run" train $long --out whole.st
"$NUDGE" train --quiet $data $long --checkpoint c --checkpoint-every 3 --log c.log &
pid=$!
for signal in KILL TERM KILL; do
    while [ ! -f c ] && kill -0 $pid 2>/dev/null; do
        sleep 0.01
    done
    sleep 0.05
    kill -$signal $pid 2>/dev/null
    wait $pid 2>/dev/null
    "$NUDGE" train --quiet --resume c --checkpoint-every 3 &
    pid=$!
done
wait $pid
check "what is left after three kills" nudge train --quiet --resume c --threads 1 --out killed.st
expect "... has the bits of the whole run" cmp whole.st killed.st
check "a checkpoint is a model" nudge info c
expect "... of all members" grep -q "^members     3, " "$out"
refuse 2 "c: has the training of 3 members; here it is of 2" "fewer members" \
    nudge train --quiet --resume c --members 2

finish
