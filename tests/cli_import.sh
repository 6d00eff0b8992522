#!/bin/sh
# nudge import: networks that other programs wrote predict what these do. The FANN networks of
# tests/files/import are libfann 2.2's, and so are the outputs in the .csv beside them.
. "$(dirname "$0")/setup.sh"

files=$TEST_FILES/import

# near_columns MOST WANT GOT: the last columns of WANT are those of GOT, up to MOST.
near_columns() {
    awk -F, -v most="$1" -v got="$3" '
        { n = (getline line <got) > 0 ? split(line, g, ",") : 0 }
        FNR > 1 {
            for (k = 1; k <= n; k++) {
                d = $(NF - n + k) - g[k]
                if (d > most || -d > most) exit 1
            }
            rows += n > 0
        }
        END { exit rows < 6 }' "$2"
}

# ---- FANN ----------------------------------------------------------------------------------
for m in mixed:1e-6 sparse:1e-6 scaled:1e-4 plain:0.07; do
    most=${m#*:} m=${m%:*}
    check "import $m.net" nudge import "$files/$m.net" -o "$m.safetensors"
    check "predict $m" nudge predict --model "$m.safetensors" --data "$files/$m.csv" --quiet
    cp "$out" "$m.out"
    expect "$m: as FANN" near_columns "$most" "$files/$m.csv" "$m.out"
done
check "what is concluded is said" nudge import "$files/scaled.net" -o m.safetensors
expect "scales" grep -q "scaled.net: the scales that it has are preprocessing" "$err"
expect "columns" grep -q "2 columns, called x1 to x2 (--names decides)" "$err"
expect "task" grep -q "2 outputs: numbers (--task decides)" "$err"
expect "the model" grep -q "m.safetensors: 2-3-2, f32" "$err"
check "stepwise" nudge import "$files/plain.net" -o m.safetensors
expect "stepwise sigmoids" grep -q "a unit differs by up to 0.034" "$err"

check "classes and names" nudge import "$files/plain.net" -o m.safetensors -q --names "a,b c" \
    --task classification --classes no,yes
printf 'a,b c\n1,2\n,0\n' >rows.csv
check "predict classes" nudge predict --model m.safetensors --data rows.csv --quiet
expect "labels" grep -q "^y,p(no),p(yes)" "$out"

printf 'FANN_FIX_2.1\n' >fixed.net
refuse 2 "fixed.net:1: 'FANN_FIX_2.1' is a network of fixed-point numbers" "fixed point" \
    nudge import fixed.net -o new.safetensors
refuse 2 "gaussian.net:7: neuron 4 (unit 1 of layer 1) is FANN_GAUSSIAN, which nudge" "gaussian" \
    nudge import "$files/gaussian.net" -o new.safetensors
refuse 2 "neuron 6 is connected to 0, a shortcut past layers" "shortcuts" \
    nudge import "$files/shortcut.net" -o new.safetensors
refuse 2 "takes 2 columns, and 3 names are given (--names)" "names" \
    nudge import "$files/plain.net" -o new.safetensors --names a,b,c
refuse 2 "has 2 classes, and 3 labels are given (--classes)" "labels" \
    nudge import "$files/plain.net" -o new.safetensors --task classification --classes a,b,c
refuse 2 "no probabilities of classes (--task)" "tanh is no class" \
    nudge import "$files/scaled.net" -o new.safetensors --task classification
refuse 2 "its outputs are numbers (--classes)" "labels of numbers" \
    nudge import "$files/plain.net" -o new.safetensors --classes a,b

# ---- ONNX ----------------------------------------------------------------------------------
check "train" nudge train --data synth:or --hidden 3 --epochs 5 --threads 1 -q -o or.safetensors
check "raw" nudge export or.safetensors --raw -o or.onnx
check "import or.onnx" nudge import or.onnx -o back.safetensors --names a,b
expect "classes" grep -q "2 classes, called 0 to 1; the output is the probability of 1 (--cl" "$err"
check "info" nudge info back.safetensors
expect "names" grep -q "^inputs *2" "$out"
check "a number" nudge import or.onnx -o back.safetensors --task regression
expect "it says so" grep -q "1 output: numbers (--task decides)" "$err"
check "many layers" nudge train --data synth:or --hidden "$(printf '1,%.0s' $(seq 149))1" \
    --epochs 1 --threads 1 -q -o deep.safetensors
check "raw, many layers" nudge export deep.safetensors --raw -o deep.onnx
check "import many layers" nudge import deep.onnx -o back.safetensors
expect "all widths" grep -Eq "back.safetensors: 2(-1){151}, f32" "$err"
head -c 200 or.onnx >cut.onnx
refuse 2 "cut.onnx is neither a network of FANN nor an ONNX model, or it is cut" "cut" \
    nudge import cut.onnx -o new.safetensors
refuse 2 "neither" "something else" nudge import "$TEST_FILES/import/plain.csv" -o new.safetensors

refuse 2 "is no text of UTF-8, as names and labels" "a label in Latin-1" nudge import or.onnx \
    -o new.safetensors --classes "a,$(printf 'b\344')"

refuse 2 "a file is needed" "no file" nudge import -o new.safetensors
refuse 2 "--out" "no output" nudge import "$files/plain.net"
refuse 2 "missing.net" "no such file" nudge import missing.net -o new.safetensors
finish
