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
    refuse 2 "$words" "$name" nudge plot a.jsonl bad.jsonl --out p.svg
}
first='{"epoch": 1, "train_loss": 2, "seconds": 1}'

refuse 2 "no.jsonl: No such file" "a log that is not there" nudge plot a.jsonl no.jsonl -o p.svg
mkdir folder
refuse 2 "folder: Is a directory" "a folder" nudge plot folder -o p.svg
: >empty.jsonl
refuse 2 "empty.jsonl: it is empty; a log of 'nudge train --log' has a line per epoch" \
    "an empty log" nudge plot empty.jsonl -o p.svg
bad "bad.jsonl: it is empty" "only empty lines" "" " " ""
bad "bad.jsonl: line 2: it is no JSON object" "text" "$first" "epoch 2"
bad "bad.jsonl: line 1: it is no JSON object" "a list" "[1, 2]"
bad "such as {\"epoch\": 1, \"train_loss\": 0.5}" "... what would be right" "[1, 2]"
bad "line 2: it is no JSON object" "NaN" "$first" '{"epoch": 2, "train_loss": NaN}'
bad "line 2: it has no \"epoch\"" "no epoch" "$first" '{"train_loss": 1}'
bad "line 1: \"epoch\" is not a whole number from 1 up" "epoch 0" '{"epoch": 0, "train_loss": 1}'
bad "line 1: \"epoch\" is not a whole number from 1 up" "epoch 1.5" \
    '{"epoch": 1.5, "train_loss": 1}'
bad "line 3: epoch 1 follows epoch 1; they must increase" "the same epoch again" "$first" "" \
    "$first"
bad "line 2: it has no \"train_loss\"" "no train_loss" "$first" '{"epoch": 2, "val_loss": 1}'
bad "line 2: \"val_loss\" is not a number" "a loss that is text" "$first" \
    '{"epoch": 2, "train_loss": 1, "val_loss": "1"}'
bad "line 1: \"seconds\" is -1, not a number from 0 up" "negative seconds" \
    '{"epoch": 1, "train_loss": 1, "seconds": -1}'
log bad.jsonl "$first" '{"epoch": 2, "train_loss": 1}'
refuse 2 "bad.jsonl: line 2: it has no \"seconds\", which --x time needs" \
    "no seconds for --x time" nudge plot a.jsonl bad.jsonl --x time -o p.svg
head -c 70000 /dev/zero | tr '\0' ' ' >bad.jsonl
refuse 2 "bad.jsonl: line 1: it is longer than 65536 bytes" "a line without end" \
    nudge plot bad.jsonl -o p.svg
printf '{"epoch": 1, "train_' >bad.jsonl
refuse 2 "bad.jsonl: line 1: it is no JSON object" "nothing but a line cut short" \
    nudge plot bad.jsonl -o p.svg
printf '\000\001\377' >bad.jsonl
refuse 2 "bad.jsonl: line 1: it is no JSON object" "bytes" nudge plot bad.jsonl -o p.svg

# ---- Options that cannot be used ---------------------------------------------------------
refuse 2 "files that 'nudge train --log' wrote are needed" "no log" nudge plot --text
refuse 2 "--out FILE.svg, --out FILE.png or --text is needed" "no output and no terminal" \
    nudge plot a.jsonl
refuse 2 "--out: 'p.pdf' is not a file that ends in .svg or .png" "--out with another ending" \
    nudge plot a.jsonl -o p.pdf
refuse 2 "--out: 'svg' is not a file" "--out without an ending" nudge plot a.jsonl -o svg
refuse 2 "-o needs a value" "-o without its value" nudge plot a.jsonl -o
refuse 2 "--text: it cannot be used together with --out" "--text and --out" \
    nudge plot a.jsonl --text -o p.svg
refuse 2 "no/p.svg" "--out in a folder that is not there" nudge plot a.jsonl -o no/p.svg
cp a.jsonl a.svg
refuse 2 "--out: 'a.svg' is also a run to plot" "--out is the log" nudge plot a.svg -o a.svg
ln -s a.svg link.svg
refuse 2 "--out: 'link.svg' is also a run to plot" "--out is a link to the log" \
    nudge plot b.jsonl a.svg -o link.svg
rm a.svg link.svg
refuse 2 "--x: 'step' is not one of epoch, time" "--x step" nudge plot a.jsonl --x step -o p.svg
refuse 2 "--y: 'f1' is not one of loss, accuracy, rmse, speed" "--y f1" \
    nudge plot a.jsonl --y f1 -o p.svg
refuse 2 "--y: a.jsonl has no accuracy; there is loss, speed" "--y that the run lacks" \
    nudge plot a.jsonl --y accuracy -o p.svg
refuse 2 "--y: no run has an RMSE; there is loss, accuracy, speed" "--y that all runs lack" \
    nudge plot a.jsonl b.jsonl --y rmse -o p.svg
for names in x x,y,z ,y x, ""; do
    refuse 2 "--names: '$names' is not" "--names '$names' for two runs" \
        nudge plot a.jsonl b.jsonl --names "$names" -o p.svg
done
for size in 800 800x 800x500x2 x500 100x100 9000x500 -800x500 800X500 ""; do
    refuse 2 "--size: '$size' is not width x height in pixels" "--size '$size'" \
        nudge plot a.jsonl --size "$size" -o p.svg
done
refuse 2 "--size: '800x500' is not characters x lines, such as 80x24, from 40x10 to 500x200" \
    "--size of pixels for text" nudge plot a.jsonl --size 800x500 --text
log zero.jsonl '{"epoch": 1, "train_loss": 0}' '{"epoch": 2, "train_loss": -1}'
refuse 2 "--log: no loss is above 0" "--log of nothing above 0" nudge plot zero.jsonl --log -o p.svg
set --
while [ $# -lt 29 ]; do set -- "$@" a.jsonl; done
refuse 2 "29 runs, but colours and marks can tell at most 28 apart" "29 runs" \
    nudge plot "$@" -o p.svg
shift 15
refuse 2 "--text: 28 curves, but there are letters for at most 26" "28 curves as text" \
    nudge plot "$@" --text

# ---- Without gnuplot ---------------------------------------------------------------------
echo "what was there" >old.svg
GNUPLOT=/nonexistent
export GNUPLOT
refuse 1 "gnuplot is not there: the environment variable GNUPLOT is '/nonexistent'" \
    "GNUPLOT names nothing" nudge plot a.jsonl -o old.svg
refuse 1 "(Debian: gnuplot-nox)" "... and where to get it, for --text" nudge plot a.jsonl --text
GNUPLOT=false
refuse 1 "gnuplot: it failed without a message" "GNUPLOT fails" nudge plot a.jsonl -o old.svg
GNUPLOT=true
refuse 1 "gnuplot's picture is not complete" "GNUPLOT draws nothing" nudge plot a.jsonl -o old.svg
refuse 1 "gnuplot drew nothing" "... as text" nudge plot a.jsonl --text
cat >half <<'END'
#!/bin/sh
printf '<?xml version="1.0"?>\n<svg>\n'
END
chmod +x half
GNUPLOT=./half
refuse 1 "gnuplot's picture is not complete" "GNUPLOT draws half" nudge plot a.jsonl -o old.svg
cat >half <<'END'
#!/bin/sh
echo '         line 0: warning: something' >&2
echo '         line 12: out of ink' >&2
kill -s "$SIGNAL" $$
exit 1
END
SIGNAL=0
export SIGNAL
refuse 1 "gnuplot: out of ink" "GNUPLOT's first message that is no warning" \
    nudge plot a.jsonl -o old.svg
SIGNAL=TERM
refuse 1 "gnuplot was stopped by a signal: Terminated" "GNUPLOT is killed" \
    nudge plot a.jsonl -o old.svg
rm half
unset GNUPLOT SIGNAL
PATH_WAS=$PATH
PATH=/nonexistent
check_missing=0
"$NUDGE" plot a.jsonl -o old.svg 2>message || check_missing=$?
PATH=$PATH_WAS
expect "no gnuplot on PATH: exit status 1" [ $check_missing -eq 1 ]
expect "... and a line" \
    [ "$(cat message)" = "nudge plot: gnuplot is not installed (Debian: gnuplot-nox)" ]

if ! command -v gnuplot >/dev/null; then
    skip "pictures" "there is no gnuplot"
    finish
    exit
fi

# ---- Pictures ----------------------------------------------------------------------------
well_formed() {
    if command -v python3 >/dev/null; then
        python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$1"
    else
        tail -n 1 "$1" | grep -q '</svg>'
    fi
}

# has FILE WORDS
has() {
    grep -qF -e "$2" "$1"
}

check "svg" nudge plot a.jsonl b.jsonl -o p.svg
expect "svg: nothing on stdout and stderr" [ ! -s "$out" -a ! -s "$err" ]
expect "svg: well-formed" well_formed p.svg
for words in ">a<" ">b<" ">training<" ">validation<" ">epoch<" ">loss<" 'width="800" height="500"'
do
    expect "svg: $words" has p.svg "$words"
done
for colour in "rgb( *0, 114, 178)" "rgb(213,  *94,  *0)"; do
    expect "svg: colour $colour" grep -q "$colour" p.svg
done
expect "svg: validation is dashed" has p.svg stroke-dasharray
expect "svg: nothing else was left" [ "$(ls | grep -c 'p\.svg')" -eq 1 ]
cp p.svg q.svg
check "the same picture again" nudge plot a.jsonl b.jsonl -o p.svg
expect "... has the same bytes" cmp p.svg q.svg
ln -s old.svg link.svg
check "through a link to a file that is there" nudge plot a.jsonl -o link.svg
expect "... which stays a link" [ -L link.svg ]
expect "... to the picture" well_formed old.svg
expect "one run: the title has its name" has old.svg ">a: training and validation loss<"
expect "one run: training" has old.svg ">training<"

check "png" nudge plot a.jsonl --size 640x400 -o p.PNG
expect "png: magic, IHDR and size" [ "$(od -A n -t x1 -N 24 p.PNG | tr -d ' \n')" = \
    89504e470d0a1a0a0000000d494844520000028000000190 ]
check "time" nudge plot a.jsonl --x time --y speed -o p.svg
expect "time: its unit" has p.svg ">training time (s)<"
expect "speed: its unit" has p.svg ">samples/s<"
log long.jsonl '{"epoch": 1, "train_loss": 2, "seconds": 7200, "samples_per_s": 3e6}' \
    '{"epoch": 2, "train_loss": 2, "seconds": 14400, "samples_per_s": 2e6}'
check "hours" nudge plot long.jsonl --x time --y speed -o p.svg
expect "hours: their unit" has p.svg ">training time (h)<"
expect "speed: in millions" has p.svg ">million samples/s<"
log one.jsonl "$first"
check "one epoch, log axis" nudge plot one.jsonl --log -o p.svg

# Texts of a user's, which are no commands, no markup and no XML.
name="it's <b>&\"\\n{/Bold x}_^\`touch no\`]]>$(printf '\001\377')"
check "a name of odd characters" nudge plot a.jsonl --title "$name" --names "$name" -o p.svg
expect "... is well-formed" well_formed p.svg
expect "... is what it was" has p.svg "it's &lt;b>&amp;\"\\n{/Bold x}_^\`touch no\`]] > ?<"
expect "... and nothing ran" [ ! -e no ]
mkdir "it's" x
cp a.jsonl "it's/\$a b.jsonl"
check "a file of odd characters" nudge plot "it's/\$a b.jsonl" -o p.svg
expect "... names the run" has p.svg ">\$a b: training"
cp a.jsonl x/a.jsonl
check "files of the same name" nudge plot a.jsonl x/a.jsonl -o p.svg
expect "... are told apart by their folders" has p.svg ">x/a<"
long=$(printf '\303\251%.0s' 1 2 3 4 5 6 7 8 9)
check "a name of 49 characters" nudge plot a.jsonl -o p.svg \
    --names "$long${long}abcdefghijklm${long}$long"
expect "... keeps 18 and the last 19" has p.svg ">$long$long...m$long$long:"
check "a name of 40 characters" nudge plot a.jsonl -o p.svg --names "$long${long}abcd$long$long"
expect "... stays" has p.svg ">$long${long}abcd$long$long:"
check "accents" nudge plot a.jsonl --names "$(printf '\303\251t\303\251')" -o p.svg
expect "... are kept" has p.svg ">$(printf '\303\251t\303\251'):"

# ---- What is left out --------------------------------------------------------------------
{ cat a.jsonl; printf '{"epoch": 4, "tra'; } >going.jsonl
check "a run that is going on" nudge plot going.jsonl -o p.svg
expect "... its last line is left out" has "$err" "going.jsonl: line 4 is half written"
{ cat a.jsonl; printf '\n\r\n  \n'; } >ends.jsonl
check "empty lines at the end" nudge plot ends.jsonl -o p.svg
expect "... are nothing to tell" [ ! -s "$err" ]
check "one of two runs has accuracy" nudge plot a.jsonl b.jsonl --y accuracy -o p.svg
expect "... and the other is named" has "$err" "a.jsonl: it has no accuracy, and so no curve"
log part.jsonl '{"epoch": 1, "train_loss": 1}' '{"epoch": 2, "train_loss": 0}'
check "a log axis and a zero" nudge plot part.jsonl --log -o p.svg
expect "... which is told" has "$err" "--log: 1 of 2 points are not above 0"

# ---- Text --------------------------------------------------------------------------------
fits() {
    awk -v w="$1" -v h="$2" 'length > w { bad = 1 } END { exit bad || NR > h || NR < h / 2 }' "$out"
}

check "text" nudge plot a.jsonl b.jsonl --text
expect "text: fits 80 columns and 24 lines" fits 80 24
for words in epoch loss "a training" "a validation" "b training" "Training and validation loss" \
    '*****' '####' '$$$$'; do
    expect "text: $words" has "$out" "$words"
done
expect "text: nothing for a terminal in it" [ "$(tr -d '\n -~' <"$out" | wc -c)" -eq 0 ]
expect "text: no spaces at the ends of lines" sh -c '! grep -q " $" "$1"' - "$out"
check "text of another size" nudge plot a.jsonl --text --size 60x15
expect "... fits it" fits 60 15
check "text of many runs" nudge plot a.jsonl b.jsonl a.jsonl b.jsonl a.jsonl \
    --names 1,2,3,4,5 --text
expect "... has letters" has "$out" "H"
finish
