#!/bin/sh
# --weight and --class-weight, from files to results; and what is refused.
. "$(dirname "$0")/setup.sh"

# Numbers that agree to 9 digits.
same() {
    awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(d * d <= 1e-18 * b * b && b != 0) }'
}

# 60 rows with weights 0 to 3, the same rows repeated as often, and nothing but rows of weight 0.
awk 'BEGIN {
    OFS = ","
    print "a", "w", "b", "n", "kind" >"w.csv"
    print "a", "b", "n", "kind" >"repeated.csv"
    for (i = 0; i < 60; i++) {
        a = i * 7 % 13; b = i * 5 % 11; w = i * i % 4 + (i % 3 == 0) * 2
        n = a * 2 - b + i % 5; kind = n > 14 ? "high" : n > 5 ? "middle" : "low"
        print a, w, b, n, kind >"w.csv"
        for (k = 0; k < w; k++)
            print a, b, n, kind >"repeated.csv"
    }
}'
sed '2s/^\([^,]*\),[^,]*/\1,-0.5/' w.csv >negative.csv
sed '3s/^\([^,]*\),[^,]*/\1,/' w.csv >missing.csv
sed '4s/^\([^,]*\),[^,]*/\1,heavy/' w.csv >text.csv
sed '5s/^\([^,]*\),[^,]*/\1,inf/' w.csv >infinite.csv
sed '2,$s/^\([^,]*\),[^,]*/\1,0/' w.csv >zeros.csv
cut -d, -f1,3- w.csv >without.csv

# ---- As rows repeated ----------------------------------------------------------------------
# One step of all rows an epoch; without scaling, whose mean and deviation are of rows.
train="nudge train --dtype f64 --hidden 5 --epochs 20 --batch 100000 --scale none --target-scale none --json --quiet"
for target in n kind; do
    other=$([ $target = n ] && echo kind || echo n)
    $train --target $target --ignore $other --data w.csv --weight w --val w.csv >w.json \
        --out $target.safetensors
    $train --target $target --ignore $other --data repeated.csv --val repeated.csv >r.json
    for of in train val; do
        expect "$target: the $of loss of rows repeated" \
            same "$(json w.json $of.loss)" "$(json r.json $of.loss)"
    done
    nudge eval --model $target.safetensors --data w.csv --weight w --json >w.json
    nudge eval --model $target.safetensors --data repeated.csv --json >r.json
    expect "$target: eval: the loss of rows repeated" \
        same "$(json w.json loss)" "$(json r.json loss)"
    nudge eval --model $target.safetensors --data w.csv --json >u.json
    expect "$target: eval: not the loss without weights" \
        [ "$(json w.json loss)" != "$(json u.json loss)" ]
done
expect "eval: the accuracy of rows repeated" \
    same "$(json w.json accuracy)" "$(json r.json accuracy)"
expect "eval: rows are counted, not weighed" [ "$(json w.json rows)" = 60 ]
check "gradcheck with weights" nudge gradcheck --model n.safetensors --data w.csv --weight w
check "predict needs no weights" nudge predict --model n.safetensors --data without.csv

# ---- Classes -------------------------------------------------------------------------------
small="nudge train --hidden 5 --epochs 3 --quiet --target kind --ignore n"
$small --data w.csv --weight w --class-weight balanced --test-split 0.2 --json >b.json
expect "settings: the weights" [ "$(json b.json settings.weight) $(json b.json \
    settings.class_weight)" = "w balanced" ]
check "weights of classes" $small --data w.csv --ignore n,w --class-weight high=2,low=0.5 \
    --out one.safetensors
check "... of all, in another order" $small --data w.csv --ignore n,w \
    --class-weight low=0.5,middle=1,high=2 --out other.safetensors
expect "... give the same network" cmp -s one.safetensors other.safetensors
check "... with folds" $small --data w.csv --weight w --folds 4 --class-weight balanced

# ---- Array files ---------------------------------------------------------------------------
nudge gen blobs --rows 40 --out x.npy --labels-out y.npy --quiet
if [ -n "$python" ]; then
    "$python" - <<'END'
import struct
def npy(path, values):
    head = "{'descr': '<f8', 'fortran_order': False, 'shape': (%d,), }" % len(values)
    head += " " * (117 - len(head)) + "\n"
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode() +
                struct.pack("<%dd" % len(values), *values))
npy("weights.npy", [i % 4 for i in range(40)])
npy("short.npy", [1] * 39)
npy("minus.npy", [1] * 39 + [-2])
npy("none.npy", [0] * 40)
END
    arrays="nudge train --hidden 4 --epochs 2 --quiet --data x.npy --labels y.npy"
    check "weights of array data" $arrays --weight weights.npy --val-split 0.2
    refuse 2 "short.npy: 39 x 1 numbers" "too few weights" $arrays --weight short.npy
    refuse 2 "minus.npy: weight 40 is -2" "a weight below 0" $arrays --weight minus.npy
    refuse 2 "none.npy: all 40 weights are 0" "no weight above 0" $arrays --weight none.npy
    refuse 2 "w.csv: wrong magic number" "weights of array data in a CSV file" $arrays --weight w.csv
fi

# ---- Refused -------------------------------------------------------------------------------
weigh="$small --weight w --data"
printf 'a,y,w\n1,2,1\n2,,\n3,5.5,2\n4,7,1\n' >lacking.csv
check "a row without target needs no weight" nudge train --data lacking.csv --target y --weight w \
    --epochs 2 --hidden 2 --out lacking.safetensors --json
hash=$(json "$out" weights_hash)
check "... stored" nudge convert lacking.csv stored.safetensors --quiet
check "... and read from there" nudge train --data stored.safetensors --target y --weight w \
    --epochs 2 --hidden 2 --json
expect "... with the same weights" [ "$(json "$out" weights_hash)" = "$hash" ]
printf 'a,y,w\n1,2,1\n2,3,\n3,5.5,2\n4,7,1\n' >none.csv
nudge convert none.csv none.safetensors --quiet
refuse 2 "none.safetensors: column 'w': row 2 has no weight" "a stored row without" \
    nudge train --data none.safetensors --target y --weight w
refuse 2 "negative.csv:2: column 'w': '-0.5' is no weight" "a weight below 0" $weigh negative.csv
refuse 2 "missing.csv:3: column 'w': '' is no weight" "no weight" $weigh missing.csv
refuse 2 "text.csv:4: column 'w': 'heavy' is no weight" "a word as weight" $weigh text.csv
refuse 2 "infinite.csv:5: column 'w': 'inf' is no weight" "an infinite weight" $weigh infinite.csv
refuse 2 "all 60 weights are 0" "only weights 0" $weigh zeros.csv
refuse 2 "unknown weight column 'w'" "no column of weights" $weigh without.csv
refuse 2 "without.csv: unknown weight column 'w'" "none in validation data" $weigh w.csv \
    --val without.csv
refuse 2 "column 'kind' is both the target and the weight (--weight)" "the target as weight" \
    $small --data w.csv --weight kind
refuse 2 "column 'n' is both ignored and the weight" "an ignored weight" \
    $small --data w.csv --weight n
refuse 2 "column 'b' is both a category and the weight" "a category as weight" \
    $small --data w.csv --weight b --category b
refuse 2 "column 'a' is both an input of the model and the weight" "an input as weight" \
    nudge eval --model n.safetensors --data w.csv --weight a
refuse 2 "synthetic rows have no weights" "weights of synthetic data" \
    nudge train --data synth:blobs --weight w
classes="$small --data w.csv --class-weight"
refuse 2 "'heavy' is neither balanced nor a class and its weight" "no such choice" $classes heavy
refuse 2 "'low=-1' is neither" "a class below 0" $classes low=-1
refuse 2 "'low=1x' is neither" "a number with a tail" $classes low=1x
refuse 2 "class 'low' is named twice" "a class twice" $classes low=1,low=2
refuse 2 "target 'kind' has no class 'tall'" "no such class" $classes tall=2
refuse 2 "the 60 training rows add up to 0" "no class above 0" $classes low=0,middle=0,high=0
refuse 2 "target 'n' is a number; weights are of classes (--class-weight)" "classes of a number" \
    nudge train --data w.csv --target n --ignore kind --class-weight balanced
refuse 2 "weights are of the classes of one target, not of 2" "classes of two targets" \
    nudge train --data w.csv --target n,a --ignore kind --class-weight balanced
finish
