#!/bin/sh
# Same options, same bits: the hash of all weights for any number of threads, with data from CSV,
# IDX and a generator, in both precisions, and with each of Debian's three OpenBLAS variants.
. "$(dirname "$0")/setup.sh"

# train OPTIONS...: the hash of the weights, or nothing. Progress and diagnostics go to $err.
train() {
    "$NUDGE" train --json --seed 3 --epochs 2 "$@" >"$out" 2>"$err" || return 1
    json "$out" weights_hash
}

# same NAME OPTIONS...: equal for 1, 2, 3, 4 and 7 threads.
same() {
    name=$1
    shift
    first=$(train --threads 1 "$@")
    if [ -z "$first" ]; then
        not_ok "$name" "nudge train failed: $*"
        return
    fi
    for threads in 2 3 4 7; do
        hash=$(train --threads $threads --oversubscribe "$@")
        if [ "$hash" != "$first" ]; then
            not_ok "$name" "1 thread: $first, $threads threads: $hash"
            return
        fi
    done
    ok "$name"
}

# An image file of 600 x 8 x 8 bytes, and labels 0 to 9; what the bytes say does not matter.
bytes=$TEST_FILES/torch-reference.json
{
    printf '\000\000\010\003\000\000\002\130\000\000\000\010\000\000\000\010'
    head -c 38400 "$bytes"
} >images
{
    printf '\000\000\010\001\000\000\002\130'
    tail -c 600 "$bytes" | tr -c '0-9' '3' | tr '0-9' '\000-\011'
} >labels

"$NUDGE" gen teacher rows=1003 --out table.csv >/dev/null 2>"$err" || not_ok "nudge gen" "failed"

csv="--data table.csv --target y --batch 64 --val-split 0.2"
idx="--data images --labels labels --batch 128 --hidden 200"
synth="--data synth:blobs,rows=900 --batch 256 --optimizer sgd --momentum 0.9"
for dtype in f32 f64; do
    same "csv, $dtype" $csv --dtype $dtype
    same "idx, $dtype" $idx --dtype $dtype
    same "synth, $dtype" $synth --dtype $dtype
done
same "tiny network" --data synth:or --hidden 3 --batch 4
same "deep network" --data synth:blobs,rows=300 --hidden 24,24,24,24,24,24,24,24,24,24,24
same "wide network" --data synth:blobs,rows=300 --hidden 1500 --batch 96
same "batch of one" --data synth:blobs,rows=60 --batch 1

# Another OpenBLAS behind the same name: the loader takes the one of LD_LIBRARY_PATH. The report on
# stderr says which one a run had; if that is not the one asked for, nothing is compared.
idx_hash=$(train $idx)
csv_hash=$(train $csv)
for variant in serial pthread openmp; do
    for folder in /usr/lib/*/openblas-$variant; do
        name="the same bits with OpenBLAS's $variant variant"
        if [ ! -e "$folder/libopenblas.so.0" ]; then
            skip "$name" "not installed"
            continue
        fi
        idx_other=$(LD_LIBRARY_PATH=$folder train --threads 2 $idx)
        csv_other=$(LD_LIBRARY_PATH=$folder train --threads 2 $csv)
        if ! grep -qi "$variant build" "$err"; then
            skip "$name" "the loader takes another one"
        elif [ -n "$idx_hash" ] && [ "$idx_other" = "$idx_hash" ] &&
            [ "$csv_other" = "$csv_hash" ]; then
            ok "$name"
        else
            not_ok "$name" "hashes $idx_other and $csv_other, not $idx_hash and $csv_hash"
        fi
    done
done

finish
