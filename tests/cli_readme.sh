#!/bin/sh
# The README's commands and its C program, and the commands of doc/coming-from.md, run as they stand
# there. Each block of commands has a name in the line before it, "<!-- NAME -->"; a name that is not
# known here fails, and so does a block without one. Small files stand in for the reader's data.
. "$(dirname "$0")/setup.sh"

readme=$TOP_SRCDIR/README.md
mkdir blocks bin
awk '/^<!-- .* -->$/ { name = $2 } /^```sh$/ { on = 1; if (name == "") name = "block-at-line-" FNR; print name >"order"; next }
     /^```$/ { on = 0; name = "" } on { print >("blocks/" name) }' "$readme" \
    "$TOP_SRCDIR/doc/coming-from.md"

# ---- What the commands read ---------------------------------------------------------------
cat >bin/nudge <<END
#!/bin/sh
# As the command, but what measures does so for a moment and little work.
case \$1\ \$2 in
scale*)
    case \$* in *--data*) ;; *) set -- "\$@" --data synth:teacher,rows=$((256 * $(nproc))),features=8 ;; esac
    case \$* in *threads*) ;; *vary*) set -- "\$@" --threads 1 ;; esac
    case \$* in *hidden*) ;; *) set -- "\$@" --hidden 16,16 ;; esac
    set -- "\$@" --repeat 1 --epochs 1 --quiet
    ;;
plan*) set -- "\$@" --seconds 0.001 ;;
"bench gemm") set -- "\$@" --seconds 0.005 --shape 64,64,64 ;;
"bench kernels") set -- "\$@" --seconds 0.001 --count 4096 ;;
bench*) set -- "\$@" --seconds 0.005 --rows 1024 ;;
esac
exec "$NUDGE" "\$@"
END
chmod +x bin/nudge
mkdir -p tests && ln -s "$TEST_FILES" tests/files
awk 'BEGIN { srand(1); printf "Letter"; for (j = 1; j <= 16; j++) printf ",f%d", j; print ""
    for (i = 0; i < 1560; i++) { printf "%c", 65 + i % 26
        for (j = 1; j <= 16; j++) printf ",%d", (i % 26 * j + 3 * rand()) % 16; print "" } }' >letter.csv
awk 'BEGIN { srand(2); print "longitude,total_bedrooms,median_income,median_house_value,ocean_proximity"
    for (i = 0; i < 200; i++) printf "%.2f,%s,%.3f,%d,%s\n", -124 + 10 * rand(),
        i % 20 ? int(2000 * rand()) : "", 8 * rand(), 1e5 + 3e5 * rand(),
        i % 3 ? "INLAND" : "NEAR BAY" }' >housing.csv
cp housing.csv new.csv
gzip -c "$TEST_FILES/good-images.idx" >train-images.gz
gzip -c "$TEST_FILES/good-labels.idx" >train-labels.gz
cp train-images.gz test-images.gz
cp train-labels.gz test-labels.gz

# ---- Commands -----------------------------------------------------------------------------
while read -r block; do
    case $block in
    setup | tests | compile) skip "block: $block" "built and installed elsewhere" ;;
    first | linear | or | images | classes | numbers | folds | deep | reach | resume | afterwards | large | \
        convert | scale | plan | plot | bench | letter | predict | export)
        check "block: $block" env PATH="$PWD/bin:$PATH" sh -e "blocks/$block"
        cp "$out" "$block.said"
        ;;
    *) not_ok "block: $block" "no such name in this test" ;;
    esac
    [ $block != first ] || cp run.jsonl slow.jsonl
    [ $block != first ] || cp run.jsonl fast.jsonl
done <order
for block in setup first linear or classes numbers folds deep reach resume afterwards \
    scale plan letter predict export; do
    expect "there is a block '$block'" [ -s "blocks/$block" ]
done
expect "linear: the line at 5 is about 11" awk 'NR > 1 && $1 > 10.9 && $1 < 11.1 { found = 1 }
    END { exit !found }' linear.said
for y in 0.0001366865621 0.99574882763 0.99575632619 1.00786474076; do
    expect "or: output $y" grep -q "^$y" or.said
done

# ---- The C program ------------------------------------------------------------------------
awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$readme" >block.c
expect "README's C program is doc/example.c" cmp block.c "$TOP_SRCDIR/doc/example.c"
if [ -f "$TOP_BUILDDIR/libnudge.la" ]; then
    # shellcheck disable=SC2086
    check "it compiles against the library" "$TOP_BUILDDIR/libtool" --quiet --mode=link \
        --tag=CC ${CC-cc} -std=c11 -Wall -Wextra -Werror ${TEST_CFLAGS-} \
        -I"$TOP_SRCDIR/include" block.c "$TOP_BUILDDIR/libnudge.la" -o example
    check "doc/example-csv.c compiles" "$TOP_BUILDDIR/libtool" --quiet --mode=link \
        --tag=CC ${CC-cc} -std=c11 -Wall -Wextra -Werror ${TEST_CFLAGS-} \
        -I"$TOP_SRCDIR/include" "$TOP_SRCDIR/doc/example-csv.c" "$TOP_BUILDDIR/libnudge.la" \
        -o example-csv
    check "it trains, and predicts a row" ./example-csv housing.csv median_house_value \
        longitude=-120 ocean_proximity=INLAND
    expect "it says so" grep -q '^median_house_value: ' "$out"
    check "it runs" ./example
    expect "it says y(1) = 1.0" grep -q '^x = 1: y = \(1\.0\|0\.9\)' "$out"
    check "it writes a model" nudge info square.safetensors
else
    skip "README's C program compiled" "no library in $TOP_BUILDDIR"
fi
finish
