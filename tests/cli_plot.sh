#!/bin/sh
# nudge plot: logs that cannot be used, options that cannot be, and what gnuplot makes of good ones.
. "$(dirname "$0")/setup.sh"

# log FILE LINE...
log() {
    file=$1
    shift
    printf '%s\n' "$@" >"$file"
}

log a.jsonl \
    '{"epoch": 1, "train_loss": 2, "val_loss": 2.5, "seconds": 1, "samples_per_s": 1000}' \
    '{"epoch": 2, "train_loss": 1, "val_loss": 1.5, "seconds": 1, "samples_per_s": 2000}' \
    '{"epoch": 3, "train_loss": 0.5, "val_loss": 1, "seconds": 2, "samples_per_s": 1500}'
log b.jsonl \
    '{"epoch": 1, "train_loss": 3, "train_accuracy": 0.5, "seconds": 1}' \
    '{"epoch": 5, "train_loss": 0.1, "train_accuracy": 0.9, "seconds": 2}'

# ---- Logs that cannot be used ------------------------------------------------------------
# bad WORDS NAME LINE...
bad() {
    words=$1 name=$2
    shift 2
    log bad.jsonl "$@"
    refuse 2 "bad.jsonl: $words" "$name" nudge plot a.jsonl bad.jsonl --out p.svg
}
first='{"epoch": 1, "train_loss": 2, "seconds": 1}'

refuse 2 "no.jsonl: No such file" "a log that is not there" nudge plot a.jsonl no.jsonl -o p.svg
mkdir folder
refuse 2 "folder: Is a directory" "a folder" nudge plot folder -o p.svg
bad "it is empty" "only empty lines" "" " " ""
bad "line 2: it is no JSON" "text" "$first" "epoch 2"
bad "line 1: it is no JSON" "a list" "[1, 2]"
bad "line 2: it is no JSON" "NaN" "$first" '{"epoch": 2, "train_loss": NaN}'
bad 'line 2: "epoch"' "no epoch" "$first" '{"train_loss": 1}'
bad 'line 1: "epoch"' "epoch 1.5" '{"epoch": 1.5, "train_loss": 1}'
bad "line 3: epoch 1 follows epoch 1" "the same epoch again" "$first" "" "$first"
bad 'line 2: it has no "train_loss"' "no train_loss" "$first" '{"epoch": 2, "val_loss": 1}'
bad 'line 1: "val_loss" is not a number' "a loss that is text" \
    '{"epoch": 2, "train_loss": 1, "val_loss": "1"}'
bad 'line 1: "seconds" is -1' "negative seconds" '{"epoch": 1, "train_loss": 1, "seconds": -1}'
log bad.jsonl "$first" '{"epoch": 2, "train_loss": 1}'
refuse 2 'bad.jsonl: not every line has "seconds"' "no seconds for --x time" \
    nudge plot a.jsonl bad.jsonl --x time -o p.svg
printf '{"epoch": 1, "train_' >bad.jsonl
refuse 2 "bad.jsonl: line 1: it is no JSON" "nothing but a line cut short" \
    nudge plot bad.jsonl -o p.svg

# ---- Options that cannot be used ---------------------------------------------------------
refuse 2 "files that 'nudge train --log' wrote are needed" "no log" nudge plot --text
refuse 2 "--out FILE.svg" "no output and no terminal" nudge plot a.jsonl
refuse 2 "--out: 'p.pdf'" "--out with another ending" nudge plot a.jsonl -o p.pdf
refuse 2 "--text: it cannot be used" "--text and --out" nudge plot a.jsonl --text -o p.svg
refuse 2 "no/p.svg" "--out in a folder that is not there" nudge plot a.jsonl -o no/p.svg
cp a.jsonl a.svg
ln -s a.svg link.svg
refuse 2 "--out: 'link.svg' is also a run" "--out leads to the log" \
    nudge plot b.jsonl a.svg -o link.svg
rm a.svg link.svg
refuse 2 "--y: there is no accuracy; a.jsonl has loss, speed" "--y that the run lacks" \
    nudge plot a.jsonl --y accuracy -o p.svg
for names in x x,y,z ,y; do
    refuse 2 "--names: '$names' is not" "--names '$names' for two runs" \
        nudge plot a.jsonl b.jsonl --names "$names" -o p.svg
done
for size in 800 800x500x2 x500 100x100 9000x500 ""; do
    refuse 2 "--size: '$size' is not" "--size '$size'" nudge plot a.jsonl --size "$size" -o p.svg
done
refuse 2 "such as 80x24" "--size of pixels for text" nudge plot a.jsonl --size 800x500 --text
log zero.jsonl '{"epoch": 1, "train_loss": 0}' '{"epoch": 2, "train_loss": -1}'
refuse 2 "--log: no loss is above 0" "--log of nothing above 0" nudge plot zero.jsonl --log -o p.svg
set --
while [ $# -lt 29 ]; do set -- "$@" a.jsonl; done
refuse 2 "at most 28 runs" "29 runs" nudge plot "$@" -o p.svg
shift 15
refuse 2 "28 curves" "28 curves as text" nudge plot "$@" --text

# ---- Without gnuplot, or with one that fails ---------------------------------------------
echo "what was there" >old.svg
# gnuplot_fails WORDS NAME GNUPLOT
gnuplot_fails() {
    GNUPLOT=$3
    export GNUPLOT
    refuse 1 "$1" "$2" nudge plot a.jsonl -o old.svg
    unset GNUPLOT
}
printf '#!/bin/sh\nprintf "<?xml version=\\"1.0\\"?>\\n<svg>\\n"\n' >half
printf '#!/bin/sh\necho "line 0: warning: something" >&2\necho out of ink >&2\nexit 1\n' >ink
printf '#!/bin/sh\nkill -s TERM $$\n' >killed
chmod +x half ink killed
gnuplot_fails "GNUPLOT is '/nonexistent': No such file" "GNUPLOT names nothing" /nonexistent
gnuplot_fails "(Debian: gnuplot-nox)" "... and where to get it" /nonexistent
gnuplot_fails "gnuplot: it failed without a message" "GNUPLOT fails" false
gnuplot_fails "gnuplot: out of ink" "GNUPLOT's last message" ./ink
gnuplot_fails "signal: Terminated" "GNUPLOT is killed" ./killed
gnuplot_fails "picture is not complete" "GNUPLOT draws nothing" true
gnuplot_fails "picture is not complete" "GNUPLOT draws half" ./half
PATH_WAS=$PATH
PATH=/nonexistent
check_missing=0
"$NUDGE" plot a.jsonl -o old.svg 2>message || check_missing=$?
PATH=$PATH_WAS
expect "no gnuplot on PATH: exit status 1" [ $check_missing -eq 1 ]
expect "... and a line" grep -q "not installed (Debian: gnuplot-nox)" message

if ! command -v gnuplot >/dev/null; then
    skip "pictures" "there is no gnuplot"
    finish
    exit
fi

# ---- Pictures ----------------------------------------------------------------------------
# has FILE WORDS...
has() {
    file=$1
    shift
    for words; do grep -qF -e "$words" "$file" || return 1; done
}

well_formed() {
    for svg; do grep -q '</svg>' "$svg" || return 1; done
    [ -n "$python" ] || return 0
    "$python" -c 'import sys, xml.dom.minidom as m; [m.parse(f) for f in sys.argv[1:]]' "$@"
}

check "svg" nudge plot a.jsonl b.jsonl -o p.svg
expect "svg: nothing on stdout and stderr" [ ! -s "$out" -a ! -s "$err" ]
expect "svg: its texts and size" has p.svg ">a<" ">b<" ">training<" ">validation<" ">epoch<" \
    ">loss<" 'width="800" height="500"'
expect "svg: a colour per run" grep -q "rgb(213,  *94,  *0)" p.svg
expect "svg: validation is dashed" has p.svg stroke-dasharray
ln -s old.svg link.svg
check "one run, through a link to a file that is there" nudge plot a.jsonl -o link.svg
expect "... which stays a link" [ -L link.svg ]
expect "... and the run's name is the title" has old.svg ">a<" ">training<"
check "png" nudge plot a.jsonl --size 640x400 -o p.PNG
expect "png: magic, IHDR and size" [ "$(od -A n -t x1 -N 24 p.PNG | tr -d ' \n')" = \
    89504e470d0a1a0a0000000d494844520000028000000190 ]
log long.jsonl '{"epoch": 1, "train_loss": 2, "seconds": 7200, "samples_per_s": 3e6}' \
    '{"epoch": 2, "train_loss": 2, "seconds": 14400, "samples_per_s": 2e6}'
check "large units" nudge plot long.jsonl --x time --y speed -o long.svg
expect "... fit" has long.svg ">training time (h)<" ">million samples/s<"

# Texts of a user's, which are no commands, no markup and no XML.
name="it's <b>&\"\\n{/Bold x}_^\`touch no\`]]>$(printf '\001\377')"
mkdir "it's" x
cp a.jsonl "it's/\$a b.jsonl"
cp a.jsonl x/a.jsonl
log one.jsonl "$first"
e=$(printf '\303\251%.0s' 1 2 3 4 5 6 7 8 9)
check "a title of odd characters" nudge plot one.jsonl --log --title "$name" -o title.svg
expect "... is what it was" has title.svg "it's &lt;b>&amp;\"\\n{/Bold x}_^\`touch no\`]] > ?<"
expect "... and nothing ran" [ ! -e no ]
check "names" nudge plot a.jsonl x/a.jsonl "it's/\$a b.jsonl" -o files.svg
expect "... are the files', told apart by their folders" has files.svg ">a<" ">x/a<" ">it's/\$a b<"
check "long names" nudge plot a.jsonl b.jsonl -o long.svg \
    --names "$e${e}abcdefghijklm$e$e,$e${e}abcd$e$e"
expect "... lose their middle, beyond 40 characters" has long.svg ">$e$e...m$e$e<" ">$e${e}abcd$e$e<"
expect "all are well-formed" well_formed p.svg old.svg title.svg files.svg long.svg

# ---- What is left out --------------------------------------------------------------------
log going.jsonl '{"epoch": 1, "train_loss": 1}' "" '{"epoch": 2, "train_loss": 0}'
printf '{"epoch": 4, "tra' >>going.jsonl
check "a run that is going on, with a 0" nudge plot going.jsonl a.jsonl --log -o p.svg
expect "... its last line is left out" has "$err" "going.jsonl: line 4 is half written"
expect "... and so is the 0" has "$err" "--log: left out, as not above 0: 1 point"
check "one of two runs has accuracy" nudge plot a.jsonl b.jsonl --y accuracy -o p.svg
expect "... and the other is named" has "$err" "a.jsonl: it has no accuracy, and so no curve"

# ---- Text --------------------------------------------------------------------------------
fits() {
    awk -v w="$1" -v h="$2" 'length > w { bad = 1 } END { exit bad || NR > h || NR < h / 2 }' "$out"
}
check "text" nudge plot a.jsonl b.jsonl --text
expect "text: fits 80 columns and 24 lines" fits 80 24
expect "text: labels and curves" has "$out" epoch loss "a training" "a validation" "b training" \
    '***' '###' '$$$'
expect "text: nothing for a terminal in it" [ "$(tr -d '\n -~' <"$out" | wc -c)" -eq 0 ]
expect "text: no spaces at the ends of lines" sh -c '! grep -q " $" "$1"' - "$out"
log_on_stdin() {
    nudge plot - --text <a.jsonl
}
check "a log on standard input" log_on_stdin
check "text of many runs and another size" nudge plot a.jsonl b.jsonl a.jsonl b.jsonl a.jsonl \
    --names 1,2,3,4,5 --text --size 60x15
expect "... has letters" has "$out" "H"
expect "... and fits" fits 60 15
finish
