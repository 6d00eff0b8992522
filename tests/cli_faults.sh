#!/bin/sh
# A sample of the calls that tests/faults/run makes fail; make check-faults takes all.
. "$(dirname "$0")/setup.sh"

cat >probe.c <<'C'
#include <features.h>
#include <linux/seccomp.h>
#if !defined __x86_64__ || !defined __GLIBC__
#error
#endif
int main(void) { return 0; }
C
if [ -z "$python" ]; then
    skip "calls that fail" "no python3"
elif built_with sanitize; then
    skip "calls that fail" "the sanitizers have a malloc of their own"
elif built_with coverage; then
    skip "calls that fail" "libgcov ends where its own calls fail"
elif ! ${CC:-cc} -c probe.c 2>/dev/null; then
    skip "calls that fail" "only with the C library of GNU on Linux, on x86-64"
else
    exec "$python" "$TOP_SRCDIR/tests/faults/run" --nudge "$NUDGE" --every 601
fi
finish
