#!/bin/sh
# How many threads a run has: what OpenMP's variables say, what is asked for; and a program that has
# threads of its own, with the OpenMP variant of OpenBLAS.
. "$(dirname "$0")/setup.sh"

# run OPTIONS...: of a network with work for several threads.
run() {
    "$NUDGE" train --data synth:blobs,rows=192 --hidden 1500 --batch 96 --epochs 1 --json "$@" \
        >"$out" 2>"$err"
}

# threads NUMBER WHY NAME OPTIONS...: a run has so many, and says that there are fewer than asked
# for because of WHY ("": it says nothing). Variables come from the caller's environment.
threads() {
    want=$1 why=$2 name=$3
    shift 3
    run "$@" || { not_ok "$name" "nudge train failed" && return; }
    got=$(json "$out" plan.threads) said=$(json "$out" plan.threads_why)
    if [ "$got" != "$want" ]; then
        not_ok "$name" "$got threads, not $want"
    elif [ -n "$why" ] && ! echo "$said" | grep -q "$why"; then
        not_ok "$name" "the reason is '$said', which is not $why"
    elif [ -z "$why" ] && [ "$said" != null ] && [ -n "$said" ]; then
        not_ok "$name" "the reason is '$said' where there is none"
    else
        ok "$name"
    fi
}

unset OMP_NUM_THREADS OMP_THREAD_LIMIT
run
cores=$(json "$out" plan.threads)
if [ "${cores:-1}" -lt 2 ]; then
    skip "OpenMP's variables" "there is one thread in any case"
    finish
    exit
fi

OMP_NUM_THREADS=1 threads 1 OMP_NUM_THREADS "fewer than all cores"
OMP_NUM_THREADS=1,3 threads 1 OMP_NUM_THREADS "a list, for nested threads"
OMP_NUM_THREADS=5000 threads "$cores" "" "more than cores"
OMP_NUM_THREADS=1 threads 2 "" "a number that is asked for comes first" --threads 2
OMP_NUM_THREADS=1 threads 1 "" "one thread asked for" --threads 1
OMP_THREAD_LIMIT=1 threads 1 OMP_THREAD_LIMIT "a limit" --threads 2
OMP_THREAD_LIMIT=1 threads 1 OMP_THREAD_LIMIT "a limit, where all cores are asked for"
threads "$cores" "" "no variables"

program=$TOP_BUILDDIR/tests/test_team
for folder in /usr/lib/*/openblas-openmp; do
    name="a program's threads with OpenBLAS's OpenMP variant"
    if [ ! -x "$program" ] || [ ! -e "$folder/libopenblas.so.0" ]; then
        skip "$name" "not installed"
    elif built_with =thread; then
        skip "$name" "ThreadSanitizer goes with one OpenMP alone"
    else
        LD_LIBRARY_PATH=$folder CK_RUN_CASE=caller
        export LD_LIBRARY_PATH CK_RUN_CASE
        check "$name" "$program"
        unset LD_LIBRARY_PATH CK_RUN_CASE
    fi
done

finish
