#!/bin/sh
# nudge eval: which metrics, of what, in text and JSON; pictures.
. "$(dirname "$0")/setup.sh"

has() {
    grep -q -e "$2" "$1"
}

lacks() {
    ! grep -q -e "$2" "$1"
}

# ---- Numbers, two outputs ------------------------------------------------------------------
nudge gen friedman1 rows=500 seed=3 --out f.csv --quiet
awk -F, 'NR == 1 { print $0 ",z" } NR > 1 { print $0 "," 100 + $1 - $2 }' f.csv >two.csv
check "train two outputs" nudge train --data two.csv --target y,z --hidden 8 --epochs 40 --lr 0.01 \
    --quiet --test-split 0.2 --out two.st
expect "... R2 of the test" has "$out" "^R2  *-  *0"
expect "... the RMSE of each output, whose units differ" has "$out" "^RMSE of z  *-  *[0-9]"
expect "... but none of both" lacks "$out" "^RMSE  *-"
expect "... but not all metrics" lacks "$out" "MAPE"
check "eval of two outputs" nudge eval --model two.st --data two.csv
for title in rows R2 MAPE; do
    expect "... has $title" has "$out" "^$title  *[0-9]"
done
expect "... but no RMSE over the units of both" lacks "$out" "^RMSE\|^mse\|^MAE"
expect "... each has its own" has "$out" "^output  *RMSE  *MAE  *R2 .*median absolute error  *pinball"
expect "... and a line for each output" has "$out" "^z  *[0-9.]*  [ 0-9.]*$"
check "eval --json of two outputs" nudge eval --model two.st --data two.csv --json
expect "... has all metrics" has "$out" '"median_absolute_error"'
expect "... and each output's" [ "$(grep -c '"rmse"' "$out")" -eq 2 ]
expect "... with its name" has "$out" '"target": "z"'
nudge predict --model two.st --data two.csv --out p.csv
mean() {
    awk -F, -v j="$1" 'NR == FNR { p[FNR] = $j; next }
        FNR > 1 { t = $(NF - 2 + j); d = p[FNR] - t; d = d < 0 ? -d : d; n++
            s += d; r += d / (t < 0 ? -t : t) }
        END { printf "%.12g %.12g\n", s / n, r / n }' p.csv two.csv
}
mean=$(mean 2)
awk '/"target": "z"/ { on = 1 } on' "$out" >z.json
number() {
    sed -n "s/.*\"$1\": \([-+.e0-9]*\),*$/\1/p" z.json | head -n 1
}
expect "... MAE in the output's own units" near "$(number mae)" "${mean% *}" 1e-5
expect "... MAPE, too" near "$(number mape)" "${mean#* }" 1e-5

# ---- Classes -------------------------------------------------------------------------------
nudge gen blobs rows=400 classes=7 seed=2 --out b.csv --quiet
check "train on classes" nudge train --data b.csv --target class --category class --hidden 8 \
    --epochs 10 --test-split 0.2 --quiet --json --out b.st
cp "$out" train.json
for key in loss accuracy balanced_accuracy log_loss roc_auc average_precision f1 mcc brier top_3 \
    top_5; do
    expect "train --json: test.$key" [ -n "$(json train.json test.$key)" ]
done
check "eval of classes" nudge eval --model b.st --data b.csv
expect "... a loss that is the log loss is there once" lacks "$out" "^log loss"
expect "... ROC AUC" has "$out" "^ROC AUC  *0"
expect "... of each class, too" has "$out" "^class  *precision  *recall  *ROC AUC .*F1  *rows$"
nudge train --data b.csv --target class --category class --hidden 8 --epochs 2 --quiet \
    --loss cross-entropy --label-smoothing 0.1 --out smooth.st >"$out"
check "eval of a loss with smoothed labels" nudge eval --model smooth.st --data b.csv
expect "... has the log loss, which is another" has "$out" "^log loss"
check "--metrics" nudge eval --model b.st --data b.csv --metrics log-loss,f1
expect "... those that are named" has "$out" "^log loss"
expect "... and no others" lacks "$out" "accuracy"
check "--metrics that need no matrix" nudge eval --model b.st --data b.csv --metrics top-3
expect "... make none" lacks "$out" "confusion"
check "--metrics and --json" nudge eval --model b.st --data b.csv --metrics mcc,top-3 --json
expect "... has them" has "$out" '"mcc"'
expect "... and no loss" lacks "$out" '"loss"'
refuse 2 "--metrics: 'rocauc' is not a metric: it must be loss, accuracy" "a metric that is none" \
    nudge eval --model b.st --data b.csv --metrics accuracy,rocauc
expect "... with the closest" has "$err" "(did you mean 'roc-auc'?)"
refuse 2 "--metrics: rmse is not for a model with the loss cross-entropy and 7 outputs" \
    "a metric that does not fit" nudge eval --model b.st --data b.csv --metrics rmse
refuse 2 "--metrics: top-5 is not for a model with the loss mse and 2 outputs" \
    "top-5 of numbers" nudge eval --model two.st --data two.csv --metrics top-5

# ---- More classes than a matrix has --------------------------------------------------------
awk 'BEGIN { print "x,class"; for (i = 0; i < 5000; i++) print i % 7 ",c" i }' >wide.csv
head -n 4 wide.csv >few.csv
nudge train --data wide.csv --target class --category class --task classification --hidden none \
    --max-time 0.001 --quiet --out wide.st >"$out" 2>&1
for json in "" --json; do
    # shellcheck disable=SC2086
    check "eval of 5000 classes $json" nudge eval --model wide.st --data few.csv $json
    expect "... says that there is no matrix" has "$err" \
        "no confusion matrix: the model has 5000 classes, and 1000 are the most for one"
    expect "... and has none" lacks "$out" "confus"
    expect "... but every class" [ "$(grep -c '^c[0-9]\|"c[0-9]' "$out")" -eq 5000 ]
done

# ---- One class only ------------------------------------------------------------------------
nudge gen moons rows=200 seed=4 --out m.csv --quiet
nudge train --data m.csv --target class --hidden 8 --epochs 5 --quiet --out m.st >"$out"
awk -F, 'NR == 1 || $NF == 0' m.csv >zeros.csv
check "eval of one class" nudge eval --model m.st --data zeros.csv --json
expect "... has no area" lacks "$out" '"roc_auc"'
expect "... but an accuracy" has "$out" '"accuracy"'

# ---- Pictures ------------------------------------------------------------------------------
refuse 2 "--plot: 'm.pdf' is not a file that ends in .svg or .png" "--plot with another ending" \
    nudge eval --model m.st --data m.csv --plot m.pdf
refuse 2 "--metrics: it cannot be used together with --plot" "--plot of some metrics" \
    nudge eval --model m.st --data m.csv --metrics f1 --plot m.svg
refuse 2 "no/m.svg" "--plot in a folder that is not there" \
    nudge eval --model m.st --data m.csv --plot no/m.svg
cp m.csv data.svg
refuse 2 "--plot: 'data.svg' is also given as --data" "--plot onto the data" \
    nudge eval --model m.st --data data.svg --plot data.svg
rm data.svg
status=0
GNUPLOT=/nonexistent nudge eval --model m.st --data m.csv --plot m.svg >"$out" 2>"$err" || status=$?
expect "without gnuplot: exit status 1" [ $status -eq 1 ]
expect "... a line" has "$err" "gnuplot-nox"
expect "... the metrics" has "$out" "^ROC AUC"
expect "... and no file" [ ! -e m.svg ]
if ! command -v gnuplot >/dev/null; then
    skip "pictures" "there is no gnuplot"
    finish
    exit
fi

# words FILE WORD...: texts of an SVG
words() {
    file=$1
    shift
    for word; do grep -qF -e ">$word<" "$file" || return 1; done
}
check "--plot of two classes" nudge eval --model m.st --data m.csv --plot m.svg
expect "... and the metrics" has "$out" "^ROC AUC"
area=$(sed -n 's/^ROC AUC *//p' "$out")
expect "... confusion matrix, ROC, calibration" words m.svg "confusion matrix" "calibration" \
    "ROC, area $area" "predicted probability of 1" "m.st on m.csv, 200 rows"
right=$(awk -F' *' '/^confusion/ { getline; getline; print $2 }' "$out")
expect "... and a count of the matrix" words m.svg "$right"
check "--plot as PNG" nudge eval --model m.st --data m.csv --plot m.png
expect "... is one" [ "$(od -A n -t x1 -N 8 m.png | tr -d ' \n')" = 89504e470d0a1a0a ]
check "--plot of one class only" nudge eval --model m.st --data zeros.csv --plot zeros.svg
expect "... has no ROC curve" lacks zeros.svg ">ROC"
sed "1!s/0\$/it's <b>/; 1!s/1\$/a long name of a class/" b.csv >names.csv
nudge train --data names.csv --target class --category class --hidden 8 --epochs 2 --quiet \
    --out names.st >"$out" 2>&1
check "--plot of several classes" nudge eval --model names.st --data names.csv --plot names.svg
expect "... with their names" words names.svg "it's &lt;b>" "a long nam..."
check "--plot of numbers" nudge eval --model two.st --data two.csv --plot two.svg
expect "... predicted against true, for each output" [ "$(grep -c ">[yz]: RMSE" two.svg)" -eq 2 ]
nudge gen blobs rows=500 classes=101 --out many.csv --quiet
nudge train --data many.csv --target class --category class --hidden none --epochs 1 --quiet \
    --out many.st >"$out" 2>&1
check "--plot of 101 classes" nudge eval --model many.st --data many.csv --plot many.svg
expect "... says what is left out" has "$err" "--plot: 101 classes are too many"
expect "... and draws the rest" words many.svg "calibration"
awk -F, '{ line = $0; for (j = 1; j < 7; j++) line = line "," (NR == 1 ? "t" j : $j - NR)
    print line }' f.csv >seven.csv
nudge train --data seven.csv --target y,t1,t2,t3,t4,t5,t6 --hidden none --epochs 1 --quiet \
    --out seven.st >"$out" 2>&1
check "--plot of 7 numbers" nudge eval --model seven.st --data seven.csv --plot seven.svg
expect "... says what is left out" has "$err" "--plot: the first 6 of 7 outputs are drawn"
expect "... and draws 6" [ "$(grep -c "RMSE" seven.svg)" -eq 6 ]
if [ -n "$python" ]; then
    check "all are well-formed" "$python" -c \
        'import sys, xml.dom.minidom as m; [m.parse(f) for f in sys.argv[1:]]' *.svg
fi
finish
