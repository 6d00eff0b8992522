#!/bin/sh
# CSV files as people have them: what is said of them, the options that decide otherwise, and that a
# model's other files are read alike.
. "$(dirname "$0")/setup.sh"

# y = 3 a - 2 b + 1
awk 'BEGIN {
    print "a,b,y"
    for (i = 0; i < 30; i++) {
        a = i * 7 % 11 + 0.25
        b = i * 5 % 13 - 4.5
        print a "," b "," 3 * a - 2 * b + 1
    }
}' >plain.csv
tr , ';' <plain.csv | tr . , >comma.csv
tr , '\t' <plain.csv >tab.tsv
tr , '|' <plain.csv >pipe.txt
sed 's/,/   /g' plain.csv >blanks.data
{ echo 'sep=;' && tr , ';' <plain.csv; } >excel.csv
{ echo '# of a logger' && sed '1s/^/# /' plain.csv; } >savetxt.csv
{ cat plain.csv && echo ',,' && echo ',,'; } >blank-rows.csv
sed '1s/.*/0,1,2/' plain.csv >numbers.csv
sed '1d' plain.csv >bare.csv
sed '1s/a,b/x,x/' plain.csv >twice.csv
sed '1s/$/\nmm,kg,N/' plain.csv >units.csv
sed "1s/a/$(printf 'gr\366\337e')/" plain.csv >latin1.csv

# said NAME FILE LINE...: nudge info says just these lines of a file.
said() {
    name=$1
    file=$2
    shift 2
    check "$name" nudge info "$file"
    : >"$scratch/want"
    for line in "$@"; do
        echo "nudge info: $file: $line" >>"$scratch/want"
    done
    expect "... says so" cmp -s "$scratch/want" "$err"
    check "$name, quietly" nudge info "$file" -q
    expect "... says nothing" [ ! -s "$err" ]
}
said "a plain file" plain.csv
said "semicolons and decimal commas" comma.csv \
    "cells are separated by semicolons (--delimiter decides)" \
    "numbers have a decimal comma (--decimal decides)"
said "tabs" tab.tsv "cells are separated by tabs (--delimiter decides)"
said "pipes" pipe.txt "cells are separated by '|' (--delimiter decides)"
said "blanks" blanks.data "cells are separated by blanks (--delimiter decides)"
said "Excel's first line" excel.csv \
    "the first line says that ';' separates cells (--delimiter decides)"
said "a header behind #" savetxt.csv \
    "line 2, which begins with '#', is the header (--header decides)" \
    "1 line above the table that begins with '#' is left out"
said "rows of empty cells" blank-rows.csv "2 rows of empty cells are left out"
said "a header of numbers" numbers.csv \
    "the first row, '0', ..., is taken as the header (--header decides)"
said "no header" bare.csv \
    "the first row is data, not a header; columns are called c1, c2, ... (--header decides)"
said "two columns of one name" twice.csv \
    "columns 1 and 2 are both named 'x'; the second is called 'x.1'"
if iconv -f utf-8 -t utf-16 plain.csv >utf16.csv 2>/dev/null; then
    said "UTF-16" utf16.csv
else
    skip "UTF-16" "no iconv"
fi

# ---- Training, and a model's other files --------------------------------------------------
hash() {
    "$NUDGE" train --target "$2" --data "$1" --hidden none --epochs 3 --quiet --json \
        --out "$scratch/m.safetensors" >"$scratch/json" && json "$scratch/json" weights_hash
}
want=$(hash plain.csv y)
for file in comma.csv tab.tsv pipe.txt blanks.data excel.csv savetxt.csv blank-rows.csv; do
    expect "train: $file as the plain file" [ "$(hash $file y)" = "$want" ]
done
expect "train: number names" [ "$(hash numbers.csv 2)" = "$want" ]
check "train says it once" nudge train --data comma.csv --target y --hidden none --epochs 3 \
    --out m.safetensors --json
expect "... in a line" [ "$(grep -c 'comma.csv: numbers have a decimal comma' "$err")" -eq 1 ]
expect "... in --json" [ "$(json "$out" settings.decimal)" = , ]
check "folds say it" nudge train --data comma.csv --target y --hidden none --epochs 3 --folds 3
expect "... in a line" [ "$(grep -c 'comma.csv: numbers have a decimal comma' "$err")" -eq 1 ]
check "plan says it" nudge plan --data comma.csv --target y --seconds 0.01 --threads 1
expect "... in a line" [ "$(grep -c 'comma.csv: numbers have a decimal comma' "$err")" -eq 1 ]
check "info of the model" nudge info m.safetensors
expect "... has the dialect" grep -q '^CSV  *delimiter ;, decimal ,$' "$out"
check "predict" nudge predict --model m.safetensors --data comma.csv --out p.csv
expect "... says nothing new" [ ! -s "$err" ]
printf 'a;b\n1,500;2\n' >few.csv
check "predict reads other files alike" nudge predict --model m.safetensors --data few.csv
p=$(tail -n 1 "$out")
expect "... without a word" [ ! -s "$err" ]
printf 'a,b\n1.5,2\n' >few.csv
check "predict with other options" nudge predict --model m.safetensors --data few.csv --decimal . \
    --delimiter ,
expect "... the same" [ "$(tail -n 1 "$out")" = "$p" ]
check "eval reads alike" nudge eval --model m.safetensors --data comma.csv --json
expect "... without a word" [ ! -s "$err" ]
check "gradcheck reads alike" nudge gradcheck --model m.safetensors --data comma.csv

check "latin1" nudge train --data latin1.csv --encoding latin1 --target y --hidden none --epochs 3 \
    --out m.safetensors --quiet
check "predict in latin1" nudge predict --model m.safetensors --data latin1.csv
check "a line of units" nudge info units.csv --skip-after-header 1
check "a title" nudge info units.csv --skip-rows 2 --header no

# ---- What is refused ----------------------------------------------------------------------
refuse 2 "units.csv:2: column 'a': 'mm' is not a number, but all 30 cells below it are; if line 2 \
has units or the like, leave out that 1 line (--skip-after-header)" "units" nudge info units.csv
refuse 2 "latin1.csv:1: byte 3 of the file, 0xF6, is not UTF-8; name the file's encoding, such as \
latin1, or save it as UTF-8 (--encoding)" "latin1 unsaid" nudge info latin1.csv
refuse 2 "--delimiter: 'ab' is not one character, tab or blanks" "two delimiters" \
    nudge info plain.csv --delimiter ab
refuse 2 "no letter, digit, quote, point or sign (--delimiter)" "a digit" \
    nudge info plain.csv --delimiter 1
refuse 2 "--decimal: ';' is not '.' or ','" "decimal semicolon" nudge info plain.csv --decimal ';'
refuse 2 "'klingon' is no encoding that is known here; utf-8, latin1, windows-1252, utf-16le are \
(--encoding)" "unknown encoding" nudge info plain.csv --encoding klingon
refuse 2 "--skip-rows: '-1' is not a whole number" "negative lines" nudge info plain.csv \
    --skip-rows=-1
refuse 2 "no table: nothing is left" "no lines left" nudge info plain.csv --skip-rows 99
refuse 2 "there is no header that lines could be left out after (--skip-after-header)" \
    "no header to skip after" nudge info bare.csv --skip-after-header 1
refuse 2 "has no header, no delimiter, decimal sign or other ways of writing to tell, as CSV has \
(--delimiter)" "options of CSV for other data" \
    nudge info synth:moons --delimiter ';'
refuse 2 "--encoding: it needs --data" "options of CSV without data" nudge train --encoding latin1
refuse 2 "--delimiter: it is for data files" "options of CSV for a model" \
    nudge info m.safetensors --delimiter ,
printf '# only\n# notes\n' >notes.csv
refuse 2 "notes.csv: no table: every line begins with '#', as notes do" "notes alone" \
    nudge info notes.csv
printf 'sep=;\r\n' >sep.csv
refuse 2 "sep.csv: no table: nothing is left" "sep alone" nudge info sep.csv
printf 'a,b\n1,\0002\n' >nul.csv
refuse 2 "nul.csv:2: the byte 0x00 is no text" "a NUL byte" nudge info nul.csv
finish
