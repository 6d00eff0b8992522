/* CSV tables as people have them: what is found out about a file, and what is said of it. */
#include <locale.h>

#include "csv_fixtures.h"
#include "model_fixtures.h"
#include "read/csv_text.h"

/* ---- What is found out ----------------------------------------------------------------- */

#define NO_HEADER "header: the first row is data, not a header; columns are called c1, c2, ..."

static const struct found {
    const char *text, *names, *cells, *notes;
} found[] = {
    {"a,b\n1,2\n3,4\n", "a,b", "1 2|3 4", ""},
    {"1,2\n3,4\n", "c1,c2", "1 2|3 4", NO_HEADER},
    /* Delimiters. */
    {"\"a\";\"b\"\n1.5;2\n3;4\n", "a,b", "1.5 2|3 4",
     "delimiter: cells are separated by semicolons"},
    {"a\tb\n1.5\t2\n3\t4\n", "a,b", "1.5 2|3 4", "delimiter: cells are separated by tabs"},
    {"a\tb\n1\t2\n3\t\n\t4\n", "a,b", "1 2|3 -|- 4", "delimiter: cells are separated by tabs"},
    {"a|b\n1.5|2\n3|4\n", "a,b", "1.5 2|3 4", "delimiter: cells are separated by '|'"},
    {"town,a\nOslo;Bergen,1\nRoma,2\n", "town*,a", "Oslo;Bergen 1|Roma 2", ""},
    {"a;b,c\n1;2,5\n3;4,5\n", "a,b,c", "1 2.5|3 4.5",
     "delimiter: cells are separated by semicolons\ndecimal: numbers have a decimal comma"},
    {"town\tkm\nOslo, NO\t5\nRoma, IT\t6\n", "town*,km", "Oslo, NO 5|Roma, IT 6",
     "delimiter: cells are separated by tabs"},
    /* Runs of blanks. */
    {"  R1    0.5   -6.75\n  R2   12.0     .5  \nR3 1 2\n", "c1*,c2,c3",
     "R1 0.5 -6.75|R2 12 0.5|R3 1 2", "delimiter: cells are separated by blanks\n" NO_HEADER},
    {"14.5\t\t2\n15.5\t3\n", "c1,c2", "14.5 2|15.5 3",
     "delimiter: cells are separated by blanks\n" NO_HEADER},
    {"18.0   8\t\"ford torino\"\n9 7 \"amc \"\"x\"\"\"\n", "c1,c2,c3*",
     "18 8 ford torino|9 7 amc \"x\"", "delimiter: cells are separated by blanks\n" NO_HEADER},
    {"when,x\n2024-01-01 10:00,5\n2024-01-02 11:00,6\n2024-01-02 11:00,6\n", "when,x", NULL,
     "category: column 'when' holds dates, taken as days since 1970-01-01"},
    {"New York\nLos Angeles\nNew York\n", "c1*", "New York|Los Angeles|New York", NO_HEADER},
    {"39, State-gov, 1.5\n50, Private, 2\n38, Private, 3\n", "c1,c2*,c3", NULL, NO_HEADER},
    /* Excel's first line. */
    {"sep=;\na;b\n1;2\n", "a,b", "1 2", "delimiter: the first line says that ';' separates cells"},
    {"\"sep=|\"\r\na|b\r\n1|2\r\n", "a,b", "1 2",
     "delimiter: the first line says that '|' separates cells"},
    {"sep=,,\na,b\n1,2\n", "a,b", "1 2", "delimiter: the first line says that ',' separates cells"},
    {"sep=x,a\n1,2\n", "sep=x,a", "1 2", ""},
    /* Decimal signs. */
    {"a;b\n0,5;-6,75\n1,25;8,5\n", "a,b", "0.5 -6.75|1.25 8.5",
     "delimiter: cells are separated by semicolons\ndecimal: numbers have a decimal comma"},
    {"a,b\n\"0,5\",\"-6,75\"\n\"1,25e1\",\"8,5\"\n", "a,b", "0.5 -6.75|12.5 8.5",
     "decimal: numbers have a decimal comma"},
    {"a;b\n0,5;1.5\n1,25;2.5\n", NULL, NULL, "delimiter: cells are separated by semicolons"},
    /* Headers. */
    {"0,1,2\n0.5,6.75,-1\n1.5,8.25,-2\n", "0,1,2", "0.5 6.75 -1|1.5 8.25 -2",
     "header: the first row, '0', ..., is taken as the header"},
    {",0,1\n0,0.5,6.75\n1,1.5,8.25\n", "c1,0,1", NULL,
     "header: the first row, '', ..., is taken as the header\n"
     "features: column 'c1' has no name, and counts or names the rows: left out"},
    {"Land,1960,1961\nA,0.5,6.75\nA,1.5,8.25\nB,2.5,1\n", "Land*,1960,1961", NULL,
     "header: the first row, 'Land', ..., is taken as the header"},
    {"5,6,7\n0.5,6.75,-1\n1.5,8.25,-2\n", "c1,c2,c3", NULL, NO_HEADER},
    {"0,1,2\n1,2,0\n2,0,1\n", "c1,c2,c3", NULL, NO_HEADER},
    {"0,1,2,3,4,5,6,7\n5,6,7,8,5,5,5,5\n", "0,1,2,3,4,5,6,7", NULL,
     "header: the first row, '0', ..., is taken as the header"},
    {"x,y\nred,S\nblue,M\nred,M\n", "x*,y*", NULL,
     "header: the first row, 'x', ..., is taken as the header"},
    {"x 1 (mm), \"x, 2\" ,y\n1, 2, 3\n", "x 1 (mm),x, 2,y", "1 2 3", ""},
    {"x,x,y,x\n1,2,3,4\n", "x,x.1,y,x.2", "1 2 3 4",
     ": columns 1 and 2 are both named 'x'; the second is called 'x.1', and 1 more likewise"},
    {"x,x.1,x\n1,2,3\n", "x,x.1,x.2", "1 2 3",
     ": columns 1 and 3 are both named 'x'; the second is called 'x.2'"},
    {"\"a\",\"b\"\n\"1\",2.5,3\n\"2\",3.5,4\n", "c1,a,b", NULL,
     "header: the header has a name less than there are columns: the first has none\n"
     "features: column 'c1' has no name, and counts or names the rows: left out"},
    {"a,b\n2.5,3,\n3.5,4,\n", "a,b,c3", NULL,
     "header: the header has a name less than there are columns: the last has none\n"
     "features: column 'c3' holds no value: left out"},
    /* Notes above. */
    {"# from a logger\n\n# site 4, mm, x\na,b\n1,2\n", "a,b", "1 2",
     ": 2 lines above the table that begin with '#' are left out"},
    {"# a,b\n1.5,2\n3,4\n", "a,b", "1.5 2|3 4",
     "header: line 1, which begins with '#', is the header"},
    {"# one, two, three\n# a b\n1.5 2\n3 4\n", "a,b", "1.5 2|3 4",
     "delimiter: cells are separated by blanks\n"
     "header: line 2, which begins with '#', is the header\n"
     ": 1 line above the table that begins with '#' is left out"},
    {"# a,b\nx,y\n1,2\n", "x,y", "1 2",
     ": 1 line above the table that begins with '#' is left out"},
    {"#ff8000,0.5,2\n#00ff00,1.5,3\nred,2.5,3\nred,3.5,4\n", "c1*,c2,c3", NULL, NO_HEADER
     "\nheader: 2 lines above the table that begin with '#' are left out\n"
     "features: column 'c1' holds one value only: left out"},
    {"#,name,hp\n1,Bulba,45\n2,Ivy,60\n2,Ivy,60\n", "#,name*,hp", NULL, ""},
    /* Rows without values, and line ends. */
    {"a,b\n1,2\n,\n\n , \n3,4\n,,,\n", "a,b", "1 2|3 4", ": 3 rows of empty cells are left out"},
    {"a,b\n1,2\n,\n", "a,b", "1 2", ": 1 row of empty cells is left out"},
    {"a,b\n1,2\nNA,\n", "a,b", "1 2|- -", ""},
    {"a\tb\n1\t2\n \t \n", "a,b", "1 2",
     "delimiter: cells are separated by tabs\n: 1 row of empty cells is left out"},
    {"a,b\r1,2\r3,4", "a,b", "1 2|3 4", ""},
    {"a,b\r\n1,2\n3,4\r5,6\r\r\n7,8", "a,b", "1 2|3 4|5 6|7 8", ""},
    /* Encodings. */
    {"\xef\xbb\xbf""a,b\n1,2\n", "a,b", "1 2", ""},
};

static void check_found(const struct found *f)
{
    nudge_error err = {0};
    nudge_table *t = NULL;
    nudge_status status = read_memory(&t, &nu_csv_format, "data.csv", f->text, strlen(f->text),
                                      NULL, &err);
    ck_assert_msg(status == NUDGE_OK, "%s: %s", f->text, err.text);
    ck_assert_msg(strcmp(notes_text(t), f->notes) == 0, "%s: %s", f->text, notes_text(t));
    ck_assert_msg(f->names == NULL || strcmp(names_text(t), f->names) == 0, "%s: %s", f->text,
                  names_text(t));
    ck_assert_msg(f->cells == NULL || strcmp(cells_text(t), f->cells) == 0, "%s: %s", f->text,
                  cells_text(t));
    nudge_table_free(t);
}

START_TEST(what_is_found_out)
{
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        check_found(&found[i]);
}
END_TEST

/* ---- What is said ---------------------------------------------------------------------- */

/* The options of "delimiter=; header=0 ...", in the order of nudge_read_options. */
typedef struct said {
    const char *text;
    char delimiter, decimal;
    const char *encoding;
    size_t skip_rows, skip_after_header;
    char thousands;
    int header; /* 2: not said */
    const char *names, *cells, *notes;
} said;

static const said said_texts[] = {
    {"1,2\n3,4\n", .header = 0, .names = "c1,c2", .cells = "1 2|3 4", .notes = ""},
    {"a,b\n1,2\n", .delimiter = ';', .header = 1, .names = "a,b*", .cells = NULL, .notes = NULL},
    {"a:b\n1:2\n", .delimiter = ':', .header = 2, .names = "a,b", .cells = "1 2", .notes = ""},
    {"a b\n1  2\n", .delimiter = ' ', .header = 2, .names = "a,b", .cells = "1 2", .notes = ""},
    {"a;b\n1,500;2\n", .delimiter = ';', .decimal = ',', .header = 2, .names = "a,b",
     .cells = "1.5 2", .notes = ""},
    {"a;b\n1.234,5;2\n6,5;47.370\n", .thousands = '.', .header = 2, .names = "a,b",
     .cells = "1234.5 2|6.5 47370", .notes = "delimiter: cells are separated by semicolons\n"
                                            "decimal: numbers have a decimal comma"},
    {"a;b\n1,234.5;2\n6.5;47,370\n", .thousands = ',', .header = 2, .names = "a,b",
     .cells = "1234.5 2|6.5 47370", .notes = "delimiter: cells are separated by semicolons"},
    {"a,b\n\"0,5\",x\n", .decimal = '.', .header = 2, .names = "a*,b*", .cells = "0,5 x",
     .notes = NULL},
    {"sep=;\na;b\n1;2\n", .delimiter = ';', .header = 2, .names = "a,b", .cells = "1 2",
     .notes = ""},
    {"Report\nof, 2024\na,b\n1,2\n", .skip_rows = 2, .header = 2, .names = "a,b", .cells = "1 2",
     .notes = ""},
    {"a,b\nmm,\"kg\n1,2\n3,4\n", .skip_after_header = 1, .header = 2, .names = "a,b",
     .cells = "1 2|3 4", .notes = ""},
    {"# a,b\nmm,kg\n1.5,2\n", .skip_after_header = 1, .header = 1, .names = "a,b",
     .cells = "1.5 2", .notes = "header: line 1, which begins with '#', is the header"},
    {"# a,b\n1,2\n", .header = 0, .names = "c1,c2", .cells = "1 2",
     .notes = ": 1 line above the table that begins with '#' is left out"},
    {"#a note\n#f80,2\n#0f0,3\nred,4\n", .header = 0, .names = "c1*,c2",
     .cells = "#f80 2|#0f0 3|red 4",
     .notes = ": 1 line above the table that begins with '#' is left out"},
    {"gr\xf6\xdf""e,b\n1,2\n", .encoding = "latin1", .header = 2, .names = "größe,b",
     .cells = "1 2", .notes = ""},
    {"\x80,b\n1,2\n", .encoding = "windows-1252", .header = 2, .names = "€,b", .cells = "1 2",
     .notes = ""},
    {"gr\xc3\xb6\xc3\x9f""e,b\n1,2\n", .encoding = "UTF-8", .header = 2, .names = "größe,b",
     .cells = "1 2", .notes = ""},
    /* The first and the last of what three and four bytes are for. */
    {"\xe0\xa0\x80,\xed\x9f\xbf,\xee\x80\x80,\xf0\x90\x80\x80,\xf4\x8f\xbf\xbf\n1,2,3,4,5\n",
     .header = 2, .cells = "1 2 3 4 5", .notes = "",
     .names = "\xe0\xa0\x80,\xed\x9f\xbf,\xee\x80\x80,\xf0\x90\x80\x80,\xf4\x8f\xbf\xbf"},
    {"\xef\xbb\xbf""\xc3\xb6,b\n1,2\n", .encoding = "latin1", .header = 2, .names = "ö,b",
     .cells = "1 2", .notes = ""}, /* what the file begins with goes before */
};

static void check_said(const said *s)
{
    nudge_read_options o = nudge_read_defaults();
    nudge_table *t = NULL;
    nudge_error err = {0};
    o.delimiter = s->delimiter;
    o.decimal = s->decimal;
    o.encoding = s->encoding;
    o.thousands = s->thousands;
    o.skip_rows = s->skip_rows;
    o.skip_after_header = s->skip_after_header;
    o.header = s->header == 2 ? -1 : s->header;
    nudge_status status = read_memory(&t, &nu_csv_format, "data.csv", s->text, strlen(s->text), &o,
                                      &err);
    if (s->cells == NULL) { /* cells in one, which are then refused */
        ck_assert_int_eq(status, NUDGE_OK);
        ck_assert_uint_eq(t->n_columns, 1);
    } else {
        ck_assert_msg(status == NUDGE_OK, "%s: %s", s->text, err.text);
        assert_table(t, s->names, s->cells);
    }
    if (s->notes != NULL)
        ck_assert_str_eq(notes_text(t), s->notes);
    nudge_table_free(t);
}

START_TEST(what_is_said_holds)
{
    for (size_t i = 0; i < sizeof said_texts / sizeof *said_texts; i++)
        check_said(&said_texts[i]);
}
END_TEST

START_TEST(options_refused)
{
    nudge_read_options o = nudge_read_defaults();
    nudge_error err = {0};
    nudge_table *t = NULL;
    static const char bad[] = "a0\"'.-+\n\x7f\xe4";
    for (const char *c = bad; *c != '\0'; c++) {
        o.delimiter = *c;
        refuse_text("a,b\n1,2\n", &o, NUDGE_EARGUMENT, "a delimiter of cells is a character");
    }
    o = nudge_read_defaults();
    o.decimal = ';';
    refuse_text("a,b\n1,2\n", &o, NUDGE_EARGUMENT, "decimal point or a decimal comma");
    o = nudge_read_defaults();
    o.encoding = "no-such-encoding";
    refuse_text("a,b\n1,2\n", &o, NUDGE_EARGUMENT, "'no-such-encoding' is no encoding");
    o.encoding = "latin1//IGNORE";
    refuse_text("a,b\n1,2\n", &o, NUDGE_EARGUMENT, "'latin1//IGNORE' is no encoding");
    o.encoding = "a-name-that-is-longer-than-those-of-encodings";
    refuse_text("a,b\n1,2\n", &o, NUDGE_EARGUMENT, "is no encoding");
    char missing[300] = {0};
    memset(missing, 'a', sizeof missing - 1);
    o = nudge_read_defaults();
    o.missing = missing;
    refuse_text("a,b\n1,2\n", &o, NUDGE_EARGUMENT, "a list of less than 256 bytes is right");
    o.missing = "\"a";
    refuse_text("a,b\n1,2\n", &o, NUDGE_EARGUMENT, "'\"a' is no list of texts, separated by");
    o = nudge_read_defaults();
    o.skip_rows = 3;
    refuse_text("a,b\n1,2\n", &o, NUDGE_EDATA, "nothing is left");
    o.skip_rows = 2;
    refuse_text("a,b\n1,2\n", &o, NUDGE_EDATA, "nothing is left");
    o = nudge_read_defaults();
    o.skip_after_header = 1;
    o.header = 0;
    refuse_text("a,b\n1,2\n", &o, NUDGE_EARGUMENT, "there is no header");
    o.header = 1;
    refuse_text("a,b\n1,2\n", &o, NUDGE_EDATA, "a header but no rows");
    o = nudge_read_defaults();
    o.delimiter = ';';
    ck_assert_int_eq(nudge_table_read(&t, "synth:moons", &o, &err), NUDGE_EARGUMENT);
    ck_assert_msg(strstr(err.text, "no delimiter") != NULL, "%s", err.text);
}
END_TEST

/* ---- Files that are refused ------------------------------------------------------------ */

static const struct refused {
    const char *text;
    size_t size; /* 0: of the text */
    const char *message, *setting;
} refused[] = {
    {"a,b\nmm,kg\n1.5,2\n3,4\n", 0, "data.csv:2: column 'a': 'mm' is not a number, but all 2 cells "
     "below it are; if line 2 has units or the like, leave out that 1 line", "skip_after_header"},
    {"a,gr\xf6\xdf""e\n1,2\n", 0, "data.csv:1: byte 5 of the file, 0xF6, is not UTF-8", "encoding"},
    {"\xef\xbb\xbf""a,b\n1,\xff\n", 0, "data.csv:2: byte 10 of the file, 0xFF, is not UTF-8",
     "encoding"},
    {"a\0,\0b\0\n\0001\0,\0002\0\n\0", 16, "utf-16le", "encoding"},
    {"\0a\0,\0b\0\n\0001\0,\0002\0\n", 16, "utf-16be", "encoding"},
    {"a,b\n1,\0002\n", 9, "data.csv:2: the byte 0x00 is no text", NULL},
    {"\xff\xfe""a\0,\0b", 7, "data.csv:1: byte 7 of the file, 0x62, is not UTF-16LE", "encoding"},
    {"\xff\xfe\x00\xdc""a\0", 6, "data.csv:1: byte 3 of the file, 0x00, is not UTF-16LE",
     "encoding"},
    {"\xff\xfe", 2, "empty file", NULL},
    {"a,b\n1,\xc3(\n", 0, "2: byte 7 of the file, 0xC3, is not UTF-8", "encoding"},
    {"a,b\n1,\x80\n", 0, "2: byte 7 of the file, 0x80, is not UTF-8", "encoding"},
    {"a,b\n1,\xc1\x81\n", 0, "2: byte 7 of the file, 0xC1, is not UTF-8", "encoding"},
    {"a,b\n1,\xe0\x9f\x80\n", 0, "byte 7 of the file, 0xE0, is not", NULL}, /* overlong */
    {"a,b\n1,\xf0\x8f\x80\x80\n", 0, "byte 7 of the file, 0xF0, is not", NULL},
    {"a,b\n1,\xed\xa0\x80\n", 0, "byte 7 of the file, 0xED, is not", NULL}, /* surrogates */
    {"a,b\n1,\xed\xbf\xbf\n", 0, "byte 7 of the file, 0xED, is not", NULL},
    {"a,b\n1,\xf4\x90\x80\x80\n", 0, "byte 7 of the file, 0xF4, is not", NULL}, /* too large */
    {"a,b\n1,\xf5\x80\x80\x80\n", 0, "byte 7 of the file, 0xF5, is not", NULL},
    {"a,b\n1,\xf0\x9f\x98", 0, "byte 7 of the file, 0xF0, is not", NULL}, /* cut */
    {"a,b\n1,\f\n2,\x0b\n", 0, "data.csv:3: the byte 0x0B is no text", NULL},
    {"\xff\xfe""a\0,\0\x00\xd8""b\0", 10, "1: byte 7 of the file, 0x00, is not UTF-16LE", NULL},
    {"\0a", 2, "data.csv:1: the byte 0x00 is no text", NULL}, /* too short for UTF-16 */
    {"\0a\0\0", 4, "data.csv:1: the byte 0x00 is no text", NULL},
    {"a\0\0\0", 4, "data.csv:1: the byte 0x00 is no text", NULL},
    {"\0\0\0\0", 4, "data.csv:1: the byte 0x00 is no text", NULL},
    {"\0ab\0", 4, "data.csv:1: the byte 0x00 is no text", NULL},
    {"# one\n# two\n\n", 0, "no table: every line begins with '#'", NULL},
    {"sep=;\n", 0, "no table: nothing is left", NULL},
    {"sep=;", 0, "no table: nothing is left", NULL},
    {",,\n,,\n", 0, "no table: no row has a cell", NULL},
    {"a,b\n,\n,\n", 0, "a header but no rows", NULL},
    {"a,b\n1,2\n3,4,5\n6,7\n8,9\n0,1\n", 0, "data.csv:3: 3 cells where the header has 2", NULL},
    {"a;b\n1;2\n3\n", 0, "data.csv:3: 1 cell where the header has 2", NULL},
    {"# a,b\n1.5,2\n3\n", 0, "data.csv:3: 1 cell where the header has 2", NULL},
    {"Report, 2024\n\nof; Oslo\na;b;c\n1;2;3,5\n4;5;3,5\n", 0,
     "data.csv:1: the table seems to begin in line 4, with 3 cells separated by semicolons; "
     "lines above it can be left out", "skip_rows"},
    {"|Title\n25, A, 1.5\n26, B, 1.5\n27, B, 1.5\n", 0, "data.csv:1: the table seems to begin in "
     "line 2, with 3 cells separated by commas; lines above it can be left out", "skip_rows"},
    {"Report of 2024\na,b\n1,2\n", 0, "data.csv:2: 2 cells where the first row has 1; lines above "
     "the table can be left out", "skip_rows"},
    {"a,b\n\"1,2\n", 0, "data.csv:2: a quoted cell begins here and never ends", NULL},
    {"a;b\n1;\"2\"3\n4;5\n", 0, "data.csv:2: broken quoting", NULL},
};

START_TEST(files_refused)
{
    for (const struct refused *r = refused; r < refused + sizeof refused / sizeof *refused; r++) {
        nudge_error err = {0};
        nudge_table *t = NULL;
        nudge_status status = read_memory(&t, &nu_csv_format, "data.csv", r->text,
                                          r->size > 0 ? r->size : strlen(r->text), NULL, &err);
        ck_assert_ptr_null(t);
        ck_assert_msg(status == NUDGE_EDATA, "status %d: %s", status, err.text);
        ck_assert_msg(strstr(err.text, r->message) != NULL, "'%s' is not in '%s'", r->message,
                      err.text);
        if (r->setting != NULL)
            ck_assert_str_eq(err.setting, r->setting);
    }
}
END_TEST

/* ---- Numbers --------------------------------------------------------------------------- */

/* Cells are numbers to the bit as strtod() reads them, short or long. */
START_TEST(numbers_are_exact)
{
    const nu_csv_reading how = {newlocale(LC_ALL_MASK, "C", (locale_t)0), '.', '\0', NULL, 0};
    uint64_t state = 1;
    static const char *const odd[] = {"-0", "0", "+5", "5.", ".5", "-.25", "123456789012345",
                                      "1234567890123456", "0.00000000000001", "0.000000000000001",
                                      "999999999999999", "1e5", "-1.5E-3", "9007199254740993"};
    for (size_t i = 0; i < 20000; i++) {
        char text[64];
        int digits = (int)(8.5 + 8 * made_number(&state));
        double scale = pow(10, 8 * made_number(&state)), value = NAN, want;
        if (i < sizeof odd / sizeof *odd)
            snprintf(text, sizeof text, "%s", odd[i]);
        else
            snprintf(text, sizeof text, "%.*f", digits, scale * made_number(&state));
        want = strtod(text, NULL);
        ck_assert_int_eq(nu_csv_cell(text, strlen(text), &how, &value), NU_CELL_NUMBER);
        ck_assert_msg(memcmp(&value, &want, sizeof want) == 0, "%s: %.17g", text, value);
    }
    static const char *const none[] = {"-", ".", "+.", "1.2.3", "1-2", "--1", "1 2", "1,5", "e5"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        double value = 7;
        ck_assert_int_eq(nu_csv_cell(none[i], strlen(none[i]), &how, &value), NU_CELL_TEXT);
        ck_assert_double_eq(value, 7);
    }
    freelocale(how.c);
}
END_TEST

/* ---- Other encodings ------------------------------------------------------------------- */

/* "a,ö\n1,2\n", as each encoding with its mark writes it. */
START_TEST(marks_tell_the_encoding)
{
    static const unsigned char points[] = {'a', ',', 0xf6, '\n', '1', ',', '2', '\n'};
    unsigned char text[64];
    size_t wide = _i < 2 ? 2 : 4, at = 0;
    int big = _i % 2;
    for (int i = -1; i < (int)sizeof points; i++) {
        unsigned point = i < 0 ? 0xfeff : points[i];
        for (size_t b = 0; b < wide; b++)
            text[at++] = (unsigned char)(point >> 8 * (big ? wide - 1 - b : b));
    }
    nudge_table *t = NULL;
    nudge_error err = {0};
    ck_ok(read_memory(&t, &nu_csv_format, "data.csv", text, at, NULL, &err), &err);
    assert_table(t, "a,ö", "1 2");
    ck_assert_str_eq(notes_text(t), "");
    nudge_table_free(t);
}
END_TEST

/* Each cut of a file is read or refused in one line; the sanitizers see the rest. */
START_TEST(cut_anywhere)
{
    static const char text[] = "\xff\xfe""#\0 \0x\0\n\0a\0;\0b\0\n"
                               "\0000\0,\0005\0;\0\"\0a\0\"\0\n\0";
    static const char other[] = "sep=;\n# n\n\"a\"\"x\";b\r\n\"1,5\";2 \n;\n";
    for (size_t size = 0; size < sizeof text + sizeof other; size++) {
        nudge_table *t = NULL;
        nudge_error err = {0};
        int is_other = size >= sizeof text;
        nudge_status status = read_memory(&t, &nu_csv_format, "data.csv", is_other ? other : text,
                                          is_other ? size - sizeof text : size, NULL, &err);
        ck_assert(status == NUDGE_OK ? t != NULL : t == NULL && err.text[0] != '\0');
        ck_assert_ptr_null(strchr(err.text, '\n'));
        nudge_table_free(t);
    }
}
END_TEST

/* A small compressed file can hold a line of gigabytes, which is not looked at as a table's. */
START_TEST(a_line_too_long)
{
    enum { SIZE = 64000001 };
    nudge_read_options o = nudge_read_defaults();
    char *text = malloc(SIZE + 2);
    ck_assert_ptr_nonnull(text);
    memset(text, 'a', SIZE);
    memcpy(text + SIZE, "\n", 2);
    refuse_text(text, &o, NUDGE_EDATA, "data.csv:1: a line of 64000002 bytes, too long for the");
    free(text);
}
END_TEST

static Suite *csv_dialect_suite(void)
{
    Suite *suite = suite_create("csv dialect");
    TCase *found_out = tcase_create("found out");
    tcase_add_test(found_out, what_is_found_out);
    tcase_add_test(found_out, what_is_said_holds);
    tcase_add_loop_test(found_out, marks_tell_the_encoding, 0, 4);
    tcase_add_test(found_out, a_line_too_long);
    tcase_add_test(found_out, numbers_are_exact);
    suite_add_tcase(suite, found_out);
    TCase *wrong = tcase_create("refused");
    tcase_add_test(wrong, options_refused);
    tcase_add_test(wrong, files_refused);
    tcase_add_test(wrong, cut_anywhere);
    suite_add_tcase(suite, wrong);
    return suite;
}

SUITE_MAIN(csv_dialect_suite)
