# Sourced by what exports signed categories: sides.csv to learn from; sides-new.csv, and the same
# rows as sides-rows.json, to predict.
# Two categories each, of which one is also missing, and one has others.
awk -v csv=sides.csv -v new=sides-new.csv -v json=sides-rows.json 'BEGIN {
    print "side,coin,n,y" >csv
    print "side,coin,n" >new
    split("l,r,l,r,l,,r,l", side, ","); split("head,tail,head,edge,head,head,tail", coin, ",")
    for (i = 1; i <= 64; i++)
        print side[i % 8 + 1] "," coin[i % 7 + 1] "," i % 13 / 4 "," (i * i % 17 + i % 8) / 4 >csv
    n = split("l head 0.5,r tail 1,l edge 2.25,unseen other 3", row, ",")
    for (i = 1; i <= n; i++) {
        split(row[i], cell, " ")
        print cell[1] "," cell[2] "," cell[3] >new
        printf "%s[\"%s\",\"%s\",%s]", (i > 1 ? "," : "["), cell[1], cell[2], cell[3] >json
    }
    print ",,1" >new
    print ",[\"\",\"\",1]]" >json
}'
