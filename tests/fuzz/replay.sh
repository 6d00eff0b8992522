#!/bin/sh
# Every reader reads all files of its corpus: what fuzzing found to be worth keeping.
fuzz=$TOP_SRCDIR/tests/fuzz
scratch=$(mktemp -d "${TMPDIR:-/tmp}/nudge-test.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$scratch/corpus" && tar -xf "$fuzz/corpus.tar.xz" -C "$scratch/corpus" || exit 1

count=0
failed=0
for folder in "$scratch"/corpus/*/; do
    reader=$(basename "$folder")
    count=$((count + 1))
    if "$TOP_BUILDDIR/tests/fuzz/replay" "$reader" "$folder"* >"$scratch/log" 2>&1; then
        echo "ok $count - $reader: $(grep -c '^# ' "$scratch/log") files"
    else
        failed=1
        echo "not ok $count - $reader"
        tail -n 20 "$scratch/log" | sed 's/^/# /'
    fi
done
echo "1..$count"
exit $failed
