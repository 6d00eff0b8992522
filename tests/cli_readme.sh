#!/bin/sh
# The README's C program is doc/example.c, compiles as shown and runs; its commands for the small
# programs print what it says.
. "$(dirname "$0")/setup.sh"

readme=$TOP_SRCDIR/README.md

awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$readme" >block.c
expect "README's C program is doc/example.c" cmp block.c "$TOP_SRCDIR/doc/example.c"
if [ -f "$TOP_BUILDDIR/libnudge.la" ]; then
    # shellcheck disable=SC2086
    check "it compiles against the library" "$TOP_BUILDDIR/libtool" --quiet --mode=link \
        --tag=CC ${CC-cc} -std=c11 -Wall -Wextra -Werror ${TEST_CFLAGS-} \
        -I"$TOP_SRCDIR/src" block.c "$TOP_BUILDDIR/libnudge.la" -o example
    check "it runs" ./example
    expect "it says y(1) = 1.0" grep -q '^x = 1: y = \(1\.0\|0\.9\)' "$out"
    check "it writes a model" nudge info square.safetensors
else
    skip "README's C program compiled" "no library in $TOP_BUILDDIR"
fi

# The two sh blocks of the small programs, joined, in a folder where tests/files is.
mkdir bin tests
ln -s "$NUDGE" bin/nudge
ln -s "$TEST_FILES" tests/files
awk '/^```sh$/ { block++; on = 1; next } /^```$/ { on = 0 } on && (block == 2 || block == 3)' \
    "$readme" >commands
check "README's commands run" env PATH="$PWD/bin:$PATH" sh -e commands
cp "$out" said
expect "the line at 5 is about 11" awk 'NR > 1 && $1 > 10.9 && $1 < 11.1 { found = 1 }
    END { exit !found }' said
for y in 0.0001366865621 0.99574882763 0.99575632619 1.00786474076; do
    expect "OR's output $y" grep -q "^$y" said
done
finish
