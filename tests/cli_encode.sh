#!/bin/sh
# Numbers encoded piecewise: one model whatever the threads, from a file that stays where it is, after
# an interruption; the same predictions and losses from it everywhere.
. "$(dirname "$0")/setup.sh"

# hash NAME OPTIONS...: the hash of the weights after training.
hash() {
    "$NUDGE" train --json --epochs 2 --hidden 20 --encode piecewise "$@" >"$out" 2>"$err" &&
        json "$out" weights_hash
}

nudge gen teacher rows=700,features=5 --out t.csv >"$out" 2>"$err" || not_ok "nudge gen" "failed"
nudge gen teacher rows=700,features=5 --out x.npy --labels-out y.npy >"$out" 2>"$err" ||
    not_ok "nudge gen" "failed"

csv="--data t.csv --target y --bins 7 --val-split 0.2"
one=$(hash $csv --threads 1 --out m.safetensors)
expect "trained" test -n "$one"
expect "--json tells inputs and bins" test "piecewise 7 40" = "$(json "$out" settings.encode) $(
    json "$out" settings.bins) $(json "$out" settings.features)"
expect "2 and 3 threads: the same bits" test \
    "$one $one" = "$(hash $csv --threads 2) $(hash $csv --threads 3 --oversubscribe)"
npy=$(hash --data x.npy --labels y.npy --bins 7 --val-split 0.2)
expect "--stream: the same bits" test -n "$npy" -a \
    "$npy" = "$(hash --data x.npy --labels y.npy --bins 7 --val-split 0.2 --stream)"

hash $csv --epochs 1 --checkpoint run.ckpt >/dev/null
expect "resumed: the same bits" test "$one" = "$(hash $csv --resume run.ckpt)"

check "nudge info tells it" nudge info m.safetensors
expect "in one line" grep -q '^encoding    piecewise, of 5 numbers in at most 7 bins$' "$out"
check "eval" nudge eval --model m.safetensors --data t.csv
check "predict" nudge predict --model m.safetensors --data t.csv --out p.csv
expect "a prediction for each row" test "$(wc -l <p.csv)" -eq 701
check "nudge plan knows the inputs, and that the store does not hold them" nudge plan \
    --data synth:teacher,rows=1000000,features=8 --encode piecewise --bins 16 --hidden 10 --threads 1 --json
expect "136 inputs of 36 bytes a row" test "136, 36000000" = "$(sed -n "/^  .layers/{n;s/ *//;p;}" "$out") $(
    json "$out" memory.dataset)"

refuse 2 "cannot be scaled by quantiles" "a quantile scale of a file that stays where it is" \
    nudge train --data x.npy --labels y.npy --stream --scale quantile
tree=$(hash $csv --bin-edges tree --threads 1)
expect "--json tells the edges" test tree = "$(json "$out" settings.bin_edges)"
expect "edges of trees: other weights, the same bits on 2 threads" test -n "$tree" -a "$tree" != "$one" -a \
    "$tree" = "$(hash $csv --bin-edges tree --threads 2)"
refuse 2 "needs --encode piecewise" "--bin-edges alone" nudge train --data t.csv --target y \
    --epochs 1 --bin-edges tree
refuse 2 "needs --encode piecewise" "--bins alone" nudge train --data t.csv --target y --epochs 1 \
    --bins 7
refuse 2 "needs --encode fourier or --embed" "--frequencies alone" nudge train --data t.csv --target y \
    --encode piecewise --frequencies 7
check "fourier" nudge train --data t.csv --target y --encode fourier --frequencies 3 --epochs 1 --quiet
refuse 2 "from 2 to 1024" "one bin" nudge train --data t.csv --target y --encode piecewise --bins 1
refuse 2 "did you mean 'piecewise'" "another encoding" nudge train --data t.csv --target y \
    --encode piecewize

check "embedded" nudge train --data t.csv --target y --embed pbld --frequencies 5 --epochs 1 --members 2 \
    --quiet --json --out e.st
expect "--json tells how" test "pbld 3 5 20" = "$(json "$out" settings.embed) $(
    json "$out" settings.embed_size) $(json "$out" settings.embed_frequencies) $(
    json "$out" settings.embed_outputs)"
check "nudge info tells it" nudge info e.st
expect "in one line" grep -q '^embedding   pbld of 5 numbers, each with 5 frequencies and a layer of 3$' "$out"
check "predict" nudge predict --model e.st --data t.csv --out p.csv
check "the recipe embeds instead of encoding" nudge train --data t.csv --target y --recipe table \
    --embed plr --members 1 --epochs 1 --quiet --json
expect "and has no bins" test "plr none" = "$(json "$out" settings.embed) $(json "$out" settings.encode)"
refuse 2 "cannot be used together with --encode" "embedded and encoded" nudge train --data t.csv \
    --target y --embed plr --encode fourier
refuse 2 "it needs --embed" "--embed-size alone" nudge train --data t.csv --target y --embed-size 4
refuse 2 "and one for the embedding" "a rate too few" nudge train --data t.csv --target y --hidden 4 \
    --embed plr --lr-factors 1,1

finish
