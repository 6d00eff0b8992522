#!/bin/sh
# Model files and Python: what nudge writes is read by the few lines of cli_safetensors.py, which
# know the format alone, and what they write is loaded by --init.
. "${TOP_SRCDIR:-$(dirname "$0")/..}/tests/setup.sh"

if [ -z "$python" ]; then
    skip "safetensors and Python" "no python3"
    finish
    exit
fi

other() {
    "$python" "$TOP_SRCDIR/tests/cli_safetensors.py" "$@"
}

awk 'BEGIN {
    OFS = ","
    print "a", "b", "y"
    for (i = 0; i < 40; i++) print i % 7, i % 5, i % 7 * 2 - i % 5
}' >d.csv
train="nudge train --data d.csv --target y --epochs 1"

for dtype in f32 f64; do
    DTYPE=$(echo $dtype | tr f F)
    check "train writes $dtype" $train --hidden 5,3 --dtype $dtype --out $dtype.safetensors
    check "Python reads $dtype" other check $dtype.safetensors "$DTYPE" 2 5 3 1
    check "Python writes $dtype" other make made-$dtype.safetensors "$DTYPE" 2 3 1
    # Steps too small to change a weight: what comes out is what went in.
    check "--init loads $dtype" $train --hidden 3 --dtype $dtype --optimizer sgd --lr 1e-30 \
        --init made-$dtype.safetensors --out out.safetensors
    check "--init $dtype keeps every value" other same made-$dtype.safetensors out.safetensors
done
check "--init converts f64 to f32" $train --hidden 3 --dtype f32 --optimizer sgd --lr 1e-30 \
    --init made-f64.safetensors --out out.safetensors
check "--init f64 keeps every value that f32 has" other same made-f64.safetensors out.safetensors

# Seven layers: "10.weight" comes before "2.weight" in the file.
check "Python writes as PyTorch" other torch torch.safetensors F32 2 3 4 3 4 3 4 1
check "--init loads PyTorch's names" $train --hidden 3,4,3,4,3,4 --optimizer sgd --lr 1e-30 \
    --init torch.safetensors --out out.safetensors
expect "--init says what it took" grep -q "from torch.safetensors: 0.weight, 2.weight, 4.weight" \
    "$err"
check "--init keeps every value of PyTorch's" other same torch.safetensors out.safetensors
sed -e '1s/y/y,z/' -e '2,$s/$/,1/' -e '3s/$/0/' d.csv >two.csv
check "--init with other outputs" nudge train --data two.csv --target y,z --epochs 1 --hidden 3 \
    --init made-f32.safetensors --json
expect "--init says what it kept" grep -q "from made-f32.*: layers.0.weight; layer 1 keeps" "$err"
expect "--json says what --init took" grep -q '"init_taken": "layers.0.weight; layer 1 keeps' "$out"
refuse 2 "tensor 'layers.0.weight' has shape [3, 2]; the network needs [4, 2]" \
    "--init of other shapes" $train --task regression --hidden 4 --init made-f32.safetensors --out new.safetensors

finish
