#!/bin/sh
# Help, version, and every option value that cannot be used.
. "$(dirname "$0")/setup.sh"

commands="train eval predict info gen convert export gradcheck bench scale plot"

says() {
    words=$1
    shift
    "$@" >"$scratch/said" && grep -q -e "$words" "$scratch/said"
}

same() {
    "$NUDGE" help "$1" >"$scratch/help" && cmp "$scratch/help" "$scratch/said"
}

narrow() {
    awk 'length > 80 { print; bad = 1 } END { exit bad }' "$1"
}

check "nudge --help lists the commands" says "gradcheck" nudge --help
check "nudge --version" says "^nudge [0-9]" nudge --version
for c in $commands; do
    check "nudge $c --help" says "^Usage: nudge $c" nudge $c --help
    check "nudge help $c is the same" same $c
    check "nudge $c --help fits 80 columns" narrow "$scratch/said"
    check "nudge $c --version" says "^nudge [0-9]" nudge $c --version
    refuse 2 "unknown option --frobnicate" "$c: unknown option" nudge $c --frobnicate
done

check "nudge alone lists the commands" says "gradcheck" nudge
check "nudge -V" says "^nudge [0-9]" nudge -V
check "-h" says "^Usage: nudge eval" nudge eval -h
check "--oversubscribe is for experts" says "--oversubscribe" nudge train --help-all
nudge train --help >"$out"
expect "... and not on the front page" sh -c '! grep -q oversubscribe "$1"' sh "$out"
# what scikit-learn, Keras and PyTorch call it
while read -r theirs ours; do
    refuse 2 "did you mean --$ours?" "--$theirs is --$ours" nudge train --$theirs 1
done <<'END'
learning-rate lr
learning_rate lr
batch-size batch
hidden-layer-sizes hidden
n-epochs epochs
max-iter epochs
random-state seed
units hidden
validation-split val-split
solver optimizer
END
refuse 2 "'nudge train --help' lists the options" "a heading is no option" nudge train --=1

# ---- Completion and manual pages ----------------------------------------------------------
if command -v bash >/dev/null 2>&1; then
    completes() {
        want=$1
        shift
        bash -c 'source <("$NUDGE" help --completion bash)
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _nudge; echo "${COMPREPLY[*]}"' \
            bash "$@" >"$out" && grep -q -w -e "$want" "$out"
    }
    export NUDGE
    expect "completion of a command" completes gradcheck nudge gr
    expect "completion of an option" completes --optimizer nudge train --opt
    expect "completion of a name" completes adamw nudge train --optimizer ""
    : >some.csv
    expect "completion of a file" completes some.csv nudge train --data so
else
    skip "completion" "no bash"
fi
refuse 2 "bash and zsh" "completion for another shell" nudge help --completion fish
for c in "" $commands plan; do
    check "manual page of '$c' has its own name" says "^nudge${c:+-$c} .- " nudge help --man $c
    mv "$scratch/said" "$scratch/nudge${c:+-$c}.1"
done
if command -v groff >/dev/null 2>&1; then
    check "manual pages have no warnings" groff -man -ww -Tutf8 "$scratch"/nudge*.1
    expect "... not one" test ! -s "$err"
else
    skip "manual pages have no warnings" "no groff"
fi
refuse 2 "did you mean 'train'?" "misspelt command" nudge trian
refuse 2 "there is no command 'frobnicate'" "unknown command" nudge frobnicate
refuse 2 "a command must come before" "option before the command" nudge --lr 1
refuse 2 "did you mean --epochs?" "misspelt option" nudge train --epoch 3
refuse 2 "did you mean --hidden?" "misspelt option with a value" nudge train --hiden=3
refuse 2 "--lr needs a value" "option without its value" nudge train --lr
refuse 2 "--quiet takes no value" "value for a flag" nudge train --quiet=yes
refuse 2 "'extra' is not expected here" "a word too many" nudge train extra
refuse 2 "unknown option --a?b?c??d$(printf '\302\251');" "control characters stay on one line" \
    nudge train "--a
b$(printf '\033c\302\233d\302\251')"

# option, bad values; the message has the option, the value and what is right
bad() {
    option=$1 right=$2
    shift 2
    for v in "$@"; do
        refuse 2 "nudge train: --$option: '$v' is not $right" "--$option '$v'" \
            nudge train "--$option" "$v"
    done
}
positive="a positive number"
whole="a whole number from 1 to"
bad lr "$positive" -1 0 x 1x "" nan inf 1e999 0x10 " 1"
refuse 2 "--momentum: '-0.5' is not a number from 0 up" "--momentum -0.5" \
    nudge train --optimizer sgd --momentum -0.5
bad weight-decay "a number from 0 up" -1
bad lr-factors "numbers from 0 up, separated by commas" -1 x 1,,2 ""
bad l1 "a number from 0 up" -1 nan
bad beta1 "a number from 0 up and below 1" 1 -0.1 nan
bad beta2 "a number from 0 up and below 1" 1
bad warmup "a number from 0 up" -1 x
bad eps "$positive" 0
bad batch "$whole" 0 -1 1.5 x 99999999999999999999 1e3 "" 4294967296
bad epochs "$whole" 0 -3 99999999999999999999
bad threads "$whole" 0 -2 100000
bad seed "a whole number from 0 to" -1 x 18446744073709551616
bad hidden "'none' or whole numbers" 0 -1 12, ,12 a 1.5 99999999999
bad val-split "a number from 0 up and below 1" 1 -0.1 x
bad test-split "a number from 0 up and below 1" 2
bad shuffle "one of no, yes" maybe
refuse 2 "--header: 'maybe' is not one of no, yes, auto" "--header maybe" \
    nudge info x.csv --header maybe
bad split "one of random, last" first
bad init "pytorch, he, glorot, zeros, ntk or a .safetensors file" xavier
refuse 2 "nudge train: --alpha: '1' is not a number from 0 up and below 1" "--alpha 1" \
    nudge train --optimizer rmsprop --alpha 1
refuse 2 "nudge train: --huber-delta: '0' is not a positive number" "--huber-delta 0" \
    nudge train --loss huber --huber-delta 0
refuse 2 "nudge train: --quantile: '1' is not a number above 0 and below 1" "--quantile 1" \
    nudge train --loss quantile --quantile 1
refuse 2 "nudge train: --focal-gamma: '-1' is not a number from 0 up" "--focal-gamma -1" \
    nudge train --loss focal --focal-gamma -1
refuse 2 "nudge train: --label-smoothing: '1' is not a number from 0 up and below 1" \
    "--label-smoothing 1" nudge train --loss cross-entropy --label-smoothing 1
for o in activation loss optimizer schedule dtype scale; do
    refuse 2 "--$o: " "--$o with an unknown name" nudge train --$o frobnicate
    refuse 2 "frobnicate" "--$o names the value" nudge train --$o frobnicate
done

# options that contradict each other
refuse 2 "only sgd and rmsprop have it" "--momentum with adam" nudge train --momentum 0.9
refuse 2 "only adam, adamw, rmsprop, adagrad and radam have it (the optimizer is sgd)" "--eps with sgd" \
    nudge train --optimizer sgd --eps 1e-8
refuse 2 "--lr-factors: 2 numbers for 3 layers, the last included" "too few --lr-factors" \
    nudge train --hidden 4,4 --lr-factors 1,1
refuse 2 "--lr-gamma: only step, exponential and plateau have it (the schedule is constant)" \
    "--lr-gamma without a schedule" nudge train --lr-gamma 0.5
refuse 2 "--lr-rise: only one-cycle has it (the schedule is cosine)" "--lr-rise with cosine" \
    nudge train --schedule cosine --lr-rise 0.5
refuse 2 "--schedule: step needs --lr-step EPOCHS" "step without its length" \
    nudge train --schedule step
refuse 2 "--schedule: exponential needs --lr-gamma X" "exponential without its factor" \
    nudge train --schedule exponential
refuse 2 "--lr-gamma: '-0.5' is not a number above 0, up to 1" "a negative rate" \
    nudge train --schedule exponential --lr-gamma -0.5
refuse 2 "--lr-min: '-1e-5' is not a number from 0 up" "... at the end of cosine" \
    nudge train --schedule cosine --lr-min -1e-5
refuse 2 "--lr-min: '0.1' is above the learning rate (--lr 0.01)" "--lr-min above --lr" \
    nudge train --schedule cosine --lr 0.01 --lr-min 0.1
refuse 2 "no hidden layer is as wide as the one before it (--residual)" \
    "--residual without equal widths" nudge train --hidden 6,5 --residual
refuse 2 "a hidden layer is needed (--layer-norm)" "--layer-norm of a linear model" \
    nudge train --hidden none --layer-norm
refuse 2 "only adamw and lion with a weight decay have use for it (--decay-schedule)" \
    "--decay-schedule with adam" nudge train --decay-schedule cosine
refuse 2 "decay schedule step: it must be one without parameters" "a decay schedule that lacks some" \
    nudge train --optimizer adamw --decay-schedule step
refuse 2 "--lr-step: '0' is not a whole number from 1" "--lr-step 0" \
    nudge train --schedule step --lr-step 0
refuse 2 "--lr-rise: '1.5' is not a number from 0 to 1" "--lr-rise 1.5" \
    nudge train --schedule one-cycle --lr-rise 1.5
refuse 2 "--lr-div: '0.5' is not a number from 1 up" "--lr-div 0.5" \
    nudge train --schedule one-cycle --lr-div 0.5
refuse 2 "it needs a --momentum above 0" "--nesterov without momentum" \
    nudge train --optimizer sgd --nesterov
refuse 2 "it needs --loss huber" "--huber-delta with mse" nudge train --loss mse --huber-delta 2
refuse 2 "--label-smoothing: it needs --loss cross-entropy" "--label-smoothing with focal" \
    nudge train --loss focal --label-smoothing 0.1
refuse 2 "for this target auto is mse" "--label-smoothing with numbers" \
    nudge train --label-smoothing 0.1
check "--label-smoothing with classes" nudge train --data synth:blobs,rows=50 --epochs 1 \
    --label-smoothing 0.1
refuse 2 "it needs --data" "--target without --data" nudge train --target x
refuse 2 "it needs --val" "--val-labels without --val" nudge train --val-labels x
refuse 2 "it cannot be used together with --val" "--val and --val-split" \
    nudge train --val x.csv --val-split 0.1
refuse 2 "leave no rows to train on" "splits of everything" \
    nudge train --val-split 0.5 --test-split 0.5
refuse 2 "3 names for 1 hidden layer" "too many activations" \
    nudge train --hidden 4 --activation relu,tanh,relu

# other commands
refuse 2 "--model FILE is needed" "eval without --model" nudge eval --data x.csv
refuse 2 "--data SPEC is needed" "predict without --data" nudge predict --model m
refuse 2 "is needed" "info without a file" nudge info
refuse 2 "the name of a generator is needed" "gen without a name" nudge gen --out x.csv
refuse 2 "--out FILE is needed" "gen without --out" nudge gen moons
refuse 2 "is not of the form key=value" "gen with a stray word" nudge gen moons 5 --out x.csv
refuse 2 "--rows: '0' is not" "gen --rows 0" nudge gen moons --rows 0 --out x.csv
refuse 2 "frobnicate" "gen with an unknown name" nudge gen frobnicate --out x.csv
refuse 2 "frobnicate" "gen with an unknown key" nudge gen moons frobnicate=1 --out x.csv
refuse 2 "x.txt" "gen to another kind of file" nudge gen moons --out x.txt
refuse 2 "it needs --model" "gradcheck with --data alone" nudge gradcheck --data x.csv
refuse 2 "--hidden: '0' is not" "gradcheck --hidden 0" nudge gradcheck --hidden 0

# the last one counts
check "an option given twice" nudge train --data synth:line --hidden none --lr x --lr 0.1 \
    --epochs 1 --quiet
finish
