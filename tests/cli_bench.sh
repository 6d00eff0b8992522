#!/bin/sh
# nudge bench: what it prints and refuses; never how fast.
. "$(dirname "$0")/setup.sh"

short="--seconds 0.01"

# value PATH: of the last command's JSON; numbers compared with awk
value() {
    json "$out" "$1"
}
true_of() {
    awk "BEGIN { exit !($1) }"
}

# ---- gemm --------------------------------------------------------------------------------
check "bench gemm --shape" nudge bench gemm --shape 64,32,16 --kind nt --threads 2 $short
expect "it prints the product" grep -q '^product .* nt .* 64 x 32 x 16 ' "$out"
check "bench gemm --json, 2 threads" nudge bench gemm --shape 64,32,16 --threads 2 $short --json
expect "products on 1 and 2 threads, or on 1 if the libraries allow no more" \
    test "$(grep -c '"kind"' "$out")" -eq "$(value threads)"
check "bench gemm --json" nudge bench gemm --shape 64,32,16 --threads 1 --dtype f64 $short --json
expect "its precision" test "$(value dtype)" = f64
expect "its only product has 1 thread" test "$(grep -c '"kind"' "$out")" -eq 1
refuse 2 "--shape: '1,2' is not three whole numbers" "--shape of two" nudge bench gemm --shape 1,2
refuse 2 "--shape: '1,0,2' is not" "--shape with 0" nudge bench gemm --shape 1,0,2
refuse 2 "--kind: 'tt' is not one of nn, nt, tn" "--kind tt" \
    nudge bench gemm --shape 1,1,1 --kind tt
refuse 2 "it needs --shape" "--kind alone" nudge bench gemm --kind nn
refuse 2 "of memory" "a product that does not fit" \
    nudge bench gemm --shape 2000000000,2000000000,1

# ---- kernels -----------------------------------------------------------------------------
check "bench kernels" nudge bench kernels --count 1000 --threads 1 $short
expect "a copy is 1.00 of a copy" grep -q '^copy .* 1\.00$' "$out"
expect "the other kernels are there" test "$(grep -c '^[a-z].* [0-9.]*$' "$out")" -ge 30
refuse 2 "--count: '0' is not a whole number" "--count 0" nudge bench kernels --count 0
refuse 2 "only 'bench gemm' has it" "--shape for kernels" nudge bench kernels --shape 1,1,1

# ---- train -------------------------------------------------------------------------------
# The case of 13 parameters: steps of well under a millisecond are measured, not the clock.
check "bench train, tiny" nudge bench train --layers 2,3,1 --batch 4 --rows 4 --dtype f64 \
    --optimizer sgd --threads 1 --seconds 0.1 --json
step=$(value step_us) low=$(value step_us_low) high=$(value step_us_high)
gflops=$(value gflops) peak=$(value gemm_peak_gflops)
expect "a step takes time, the median is between the quartiles" \
    true_of "0 < $low && $low <= $step && $step <= $high"
expect "the best is the least" true_of "$(value step_us_best) <= $low"
expect "many steps make a repeat" true_of "$(value steps_per_repeat) > 10"
expect "at least 5 repeats" true_of "$(value repeats) >= 5"
expect "mse for one output" test "$(value loss)" = mse
# 6 B (2*3 + 3*1) - 2 B 2*3 = 168 flops a step of B = 4 rows
expect "gflops is 168 flops a step" \
    true_of "$gflops * $step > 0.167999 && $gflops * $step < 0.168001"
expect "samples_per_s is 4 a step" near "$(value samples_per_s)" "$(awk "BEGIN {
    print 4e6 / $step }")" 1e-5
expect "efficiency is their ratio" near "$(value efficiency)" \
    "$(awk "BEGIN { print $gflops / $peak }")" 1e-6
for part in pack forward loss backward update wait; do
    expect "the time of $part" true_of "$(value time.$part) >= 0"
done

check "bench train with classes" nudge bench train --layers 20,16,3 --batch 32 --rows 100 \
    --activation gelu --optimizer rmsprop --momentum 0.9 --pixels --threads 2 --explain $short
for word in network data training threads engine peak step pack wait; do
    expect "it prints $word" grep -q "^$word  " "$out"
done
expect "the last, short batch is a step" grep -q "batch 32, 4 steps" "$out"
expect "no line is wider than 80 columns" awk '{ gsub(/µ/, "u") } length > 80 { exit 1 }' "$out"

# ---- infer -------------------------------------------------------------------------------
# Repeats of 0.02 s: a call that the scheduler holds up cannot be taken for one.
check "bench infer, tiny" nudge bench infer --layers 2,3,1 --rows 40 --dtype f64 --threads 1 \
    --seconds 0.1 --json
for task in predict evaluate; do
    low=$(value $task.call_us_low) median=$(value $task.call_us) high=$(value $task.call_us_high)
    expect "$task: a call takes time, the median is between the quartiles" \
        true_of "0 < $low && $low <= $median && $median <= $high"
    expect "$task: many calls make a repeat" true_of "$(value $task.calls_per_repeat) > 10"
    expect "$task: at least 5 repeats" true_of "$(value $task.repeats) >= 5"
    # 2 rows (2*3 + 3*1) = 720 flops a call of 40 rows
    expect "$task: gflops is 720 flops a call" near \
        "$(awk "BEGIN { print 1e3 * $(value $task.gflops) * $median }")" 720 1e-5
done
check "bench infer with classes" nudge bench infer --layers 20,16,3 --rows 100 --pixels \
    --activation gelu --threads 2 $short
for word in network data threads peak predict evaluate; do
    expect "it prints $word" grep -q "^$word  " "$out"
done
expect "no line is wider than 80 columns" awk '{ gsub(/µ/, "u") } length > 80 { exit 1 }' "$out"
refuse 2 "only 'bench train' has it" "--batch for infer" nudge bench infer --batch 5
refuse 2 "of memory" "rows that do not fit" nudge bench infer --rows 4000000000 --layers 9000,1

# ---- All ---------------------------------------------------------------------------------
refuse 2 "a benchmark is needed" "bench alone" nudge bench
refuse 2 "there is no benchmark 'frobnicate'" "unknown benchmark" nudge bench frobnicate
refuse 2 "'gemm' is not expected here" "two benchmarks" nudge bench train gemm
bad() {
    refuse 2 "nudge bench: --$1: '$2' is not $3" "--$1 '$2'" nudge bench train "--$1" "$2"
}
bad layers 5 "two or more whole numbers"
bad layers 5,0,1 "two or more whole numbers"
bad rows x "a whole number from 1 to"
bad seconds -1 "a positive number"
refuse 2 "--loss: 'frobnicate'" "an unknown loss" nudge bench train --loss frobnicate
refuse 2 "only sgd and rmsprop have it" "--momentum with adam" nudge bench train --momentum 0.9
refuse 2 "only 'bench train' and 'bench infer' have it" "--rows for gemm" nudge bench gemm --rows 5
refuse 2 "of memory" "rows that do not fit" nudge bench train --rows 4000000000 --layers 9000,1
refuse 2 "of memory" "weights that do not fit" nudge bench train --layers 2000000000,20000,1 \
    --rows 1
finish
