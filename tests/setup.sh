# Sourced by the tests of the command line: where things are, a folder to work in, TAP.
#
#   check NAME COMMAND...                 the command must succeed
#   expect NAME COMMAND...                likewise, a question about what an earlier command left:
#                                         $out and $err stay as they are
#   refuse STATUS WORDS NAME COMMAND...   it must exit with STATUS, print exactly one line on stderr
#                                         with WORDS in it and nothing on stdout, and leave all
#                                         files in the working folder as they were
#   skip NAME REASON                      says that a test was left out
#   finish                                prints the plan; last line of every test
#
# What a command printed is in $out and $err.

LC_ALL=C
export LC_ALL
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${TOP_BUILDDIR:=$(pwd)}"
: "${NUDGE:=$TOP_BUILDDIR/nudge}"
: "${TEST_FILES:=$TOP_SRCDIR/tests/files}"
: "${NUDGE_DATA:=$TOP_SRCDIR/../shared/data}"
# Looking for leaks takes half of a short command's time; tests in C look for them.
: "${ASAN_OPTIONS:=detect_leaks=0}"
export ASAN_OPTIONS

scratch=$(mktemp -d "${TMPDIR:-/tmp}/nudge-test.XXXXXX") || exit 1
trap 'cd / && rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$scratch/work"
cd "$scratch/work" || exit 1
out=$scratch/out
err=$scratch/err
tests=0
failed=0

# The system's python3 first: others are often scripts that take half a second to start.
python=$(command -v /usr/bin/python3 || command -v python3)

nudge() {
    "$NUDGE" "$@"
}

ok() {
    tests=$((tests + 1))
    echo "ok $tests - $1"
}

not_ok() {
    tests=$((tests + 1))
    failed=$((failed + 1))
    echo "not ok $tests - $1"
    echo "# $2"
    [ ! -f "$out" ] || sed 's/^/# stdout: /' "$out" | head -n 30
    [ ! -f "$err" ] || sed 's/^/# stderr: /' "$err" | head -n 30
}

skip() {
    tests=$((tests + 1))
    echo "ok $tests - $1 # SKIP $2"
}

# Whether the program is built with flags that have $1 in them.
built_with() {
    [ "${TEST_CFLAGS#*"$1"}" != "${TEST_CFLAGS-}" ]
}

check() {
    name=$1
    shift
    : >"$out" && : >"$err"
    status=0
    "$@" >"$out" 2>"$err" || status=$?
    if [ $status -eq 0 ]; then ok "$name"; else not_ok "$name" "exit status $status: $*"; fi
}

expect() {
    name=$1
    shift
    if "$@" >/dev/null 2>&1; then ok "$name"; else not_ok "$name" "not so: $*"; fi
}

# The names of all files here and in folders here. It starts no process, for it runs often.
list() {
    set -- * .[!.]* */*
    listed=$*
}

# Whether stderr is one line with the words $1.
one_line_with() {
    lines=0 said=
    while IFS= read -r line || [ -n "$line" ]; do
        lines=$((lines + 1)) said=$line
    done <"$err"
    [ $lines -eq 1 ] && { [ -z "$1" ] || [ "${said#*"$1"}" != "$said" ]; }
}

# What appeared or is gone is seen by its name, what changed by its time.
refuse() {
    want=$1 words=$2 name=$3
    shift 3
    list
    before=$listed
    status=0
    : >"$scratch/started"
    export LSAN_OPTIONS=detect_leaks=0 # what ends the program at once frees nothing
    "$@" >"$out" 2>"$err" || status=$?
    unset LSAN_OPTIONS
    find . ! -type d -cnewer "$scratch/started" -print -quit >"$scratch/changed"
    list
    if [ $status -ne "$want" ]; then
        not_ok "$name" "exit status $status, not $want: $*"
    elif ! one_line_with "$words"; then
        not_ok "$name" "not one line on stderr with '$words': $*"
    elif [ -s "$out" ]; then
        not_ok "$name" "something on stdout: $*"
    elif [ "$before" != "$listed" ] || [ -s "$scratch/changed" ]; then
        not_ok "$name" "files appeared or changed: $*"
    else
        ok "$name"
    fi
}

# json FILE PATH: the value at PATH ("test.rmse") of what --json printed.
json() {
    awk -v want="$2" '
        match($0, /^ *"[^"]*": /) {
            key = substr($0, RSTART, RLENGTH)
            value = substr($0, RSTART + RLENGTH)
            gsub(/^ *"|": $/, "", key)
            sub(/,$/, "", value)
            if (value ~ /^[[{]$/) {
                outer[depth++] = prefix
                prefix = prefix key "."
            } else if (prefix key == want) {
                gsub(/^"|"$/, "", value)
                print value
                exit
            }
            next
        }
        /^ *[[{]$/ { outer[depth++] = prefix }
        /^ *[]}],?$/ { if (depth > 0) prefix = outer[--depth] }
    ' "$1"
}

# near A B TOLERANCE: |A - B| <= TOLERANCE * max(1, |B|); false if one is no number.
near() {
    awk -v a="$1" -v b="$2" -v tol="$3" 'BEGIN {
        number = "^-?[0-9.]+([eE][-+]?[0-9]+)?$"
        if (a !~ number || b !~ number) exit 1
        d = a - b; if (d < 0) d = -d
        s = b < 0 ? -b : b + 0; if (s < 1) s = 1
        exit !(d <= tol * s)
    }'
}

finish() {
    echo "1..$tests"
    [ $failed -eq 0 ]
}
