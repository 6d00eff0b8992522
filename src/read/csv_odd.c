/* CSV columns whose cells are not of one kind, or not what they seem. */
#include <ctype.h>
#include <string.h>

#include "core/status.h"
#include "read/csv_odd.h"

/* ---- Cells of the wrong kind ----------------------------------------------------------- */

/* Cells that are not what all of the column were to be. */
static nudge_status check_wanted(const nu_csv_kinds *k, const nu_csv_field *field)
{
    const char *what = field->want == NU_DATES ? "date" : "number";
    const nu_csv_seen *odd = NULL;
    char name[NU_SHORT];
    for (nu_cell c = NU_CELL_NUMBER; c < NU_CELLS; c++) {
        nu_cell right = field->want == NU_DATES ? NU_CELL_DATE : NU_CELL_NUMBER;
        if (c != right && c != NU_CELL_NOT_FINITE && field->seen[c].count > 0)
            odd = &field->seen[c];
    }
    if (odd == NULL)
        return NUDGE_OK;
    nu_csv_short(name, field->name);
    if (k->by_model && field->want == NU_NUMBERS && nu_has_around(&field->around))
        return nu_fail(k->err, NUDGE_EMISMATCH, "%s:%zu: column '%s': '%s' is not a number with "
                       "'%s' before and '%s' behind it, as those the model was trained with",
                       k->source, odd->line, name, odd->text, field->around.before,
                       field->around.after);
    if (k->by_model)
        return nu_fail(k->err, NUDGE_EMISMATCH, "%s:%zu: column '%s': '%s' is not a %s; the model "
                       "was trained with %ss here", k->source, odd->line, name, odd->text, what,
                       what);
    if (nu_has_around(&field->around))
        return nu_fail_setting(k->err, NUDGE_EDATA, "number", "%s:%zu: column '%s': '%s' is not a "
                               "number with '%s' before and '%s' behind it, as the first",
                               k->source, odd->line, name, odd->text, field->around.before,
                               field->around.after);
    return nu_fail_setting(k->err, NUDGE_EDATA, "number", "%s:%zu: column '%s': '%s' is not a "
                           "number", k->source, odd->line, name, odd->text);
}

/* Two kinds in one column: the rarer one is what is wrong, texts in doubt. */
static nudge_status check_mixed(const nu_csv_kinds *k, const nu_csv_field *field)
{
    const nu_csv_seen *number = &field->seen[NU_CELL_NUMBER], *text = &field->seen[NU_CELL_TEXT];
    const nu_csv_seen *date = &field->seen[NU_CELL_DATE], *most = date->count > number->count
                                                                      ? date : number;
    char name[NU_SHORT];
    nu_csv_short(name, field->name);
    if (number->count > 0 && text->count == 1 && text->line == k->first_line)
        return nu_fail_setting(k->err, NUDGE_EDATA, "skip_after_header", "%s:%zu: column '%s': "
                               "'%s' is not a number, but all %zu cells below it are; if line %zu "
                               "has units or the like, leave out that 1 line", k->source,
                               text->line, name, text->text, number->count, text->line);
    if (text->count > most->count)
        return nu_fail_setting(k->err, NUDGE_EDATA, "category", "%s:%zu: column '%s': '%s' is a "
                               "%s, but %zu other cells are text; as a category every cell is "
                               "text", k->source, most->line, name, most->text,
                               most == date ? "date" : "number", text->count);
    const nu_csv_seen *odd = text->count > 0 ? text : most == date ? number : date;
    int word = strpbrk(odd->text, "0123456789") == NULL; /* no code: it stands for something */
    return nu_fail_setting(k->err, NUDGE_EDATA, word ? "missing" : "category", "%s:%zu: column "
                           "'%s': '%s' is not a %s (%zu other cell%s); %s", k->source, odd->line,
                           name, odd->text, most == date ? "date" : "number", most->count,
                           most->count == 1 ? " is" : "s are",
                           word ? "does it stand for a missing value?"
                                : "as a category every cell is text");
}

nudge_status nu_csv_check_kind(const nu_csv_kinds *k, const nu_csv_field *field)
{
    const nu_csv_seen *odd = &field->seen[NU_CELL_NOT_FINITE];
    char name[NU_SHORT];
    if (field->want == NU_CATEGORIES)
        return NUDGE_OK;
    size_t texts = field->seen[NU_CELL_TEXT].count, kinds = texts > 0;
    kinds += (field->seen[NU_CELL_NUMBER].count > 0) + (field->seen[NU_CELL_DATE].count > 0);
    if (field->want != NU_ANY_KIND)
        NU_TRY(check_wanted(k, field));
    if (kinds > 1)
        return check_mixed(k, field);
    if (odd->count > 0 && texts == 0)
        return nu_fail_setting(k->err, NUDGE_EDATA, "missing", "%s:%zu: column '%s': '%s' is not a "
                               "finite number; does it stand for a missing value?", k->source,
                               odd->line, nu_csv_short(name, field->name), odd->text);
    return NUDGE_OK;
}

/* ---- Texts that are numbers ------------------------------------------------------------- */

/* The texts of a column that are numbers with something around or in them are not taken as
 * categories without a word: what is said of them together. */
typedef struct likeness {
    size_t from, size;  /* the first text's number: digits with signs between them */
    const char *first;
    int thousands;      /* one at least has them apart */
    int unlike;         /* before or behind them is not the same */
    int sure;           /* a sign of a currency or of percent */
} likeness;

static int has_thousands(const nu_csv_reading *how, const char *text, size_t size)
{
    static const char signs[] = {',', ' ', '\'', '.'};
    for (size_t i = 0; i < sizeof signs; i++)
        if (signs[i] != how->decimal && signs[i] != how->thousands &&
            (signs[i] != '.' || how->decimal == ',') && nu_csv_has_thousands(text, size, signs[i]))
            return 1;
    return 0;
}

static int is_like_number(const nu_csv_reading *how, const char *text, likeness *l)
{
    size_t from = strcspn(text, "0123456789"), size = strspn(text + from, "0123456789., '");
    while (size > 0 && (text[from + size - 1] < '0' || text[from + size - 1] > '9'))
        size--;
    const char *rest = text + from + size;
    int thousands = has_thousands(how, text + from, size);
    size_t commas = 0, points = 0;
    for (size_t i = from; i < from + size && !thousands; i++) {
        points += text[i] == '.';
        commas += text[i] == ',';
        if (points > 1 || (commas > 1 && how->thousands != ',') || text[i] == '\'' ||
            (text[i] == ' ' && how->thousands != ' '))
            return 0; /* "1.2.3", "1 2" */
    }
    for (size_t i = 0; i < from; i++)
        if (isalpha((uint8_t)text[i]))
            return 0; /* "Person 12" */
    if (size == 0 || from > 4 || strlen(rest) > 6 || strpbrk(rest, "0123456789") != NULL)
        return 0;
    if (l->first == NULL)
        *l = (likeness){.from = from, .size = size, .first = text};
    l->thousands |= thousands;
    l->sure |= strchr("$%", text[0]) != NULL || (text[0] & 0x80) != 0 || rest[0] == '%' ||
               (rest[0] == ' ' && rest[1] == '%') || strstr(rest, "\xe2\x82\xac") != NULL;
    l->unlike |= from != l->from || memcmp(text, l->first, from) != 0 ||
                 strcmp(rest, l->first + l->from + l->size) != 0;
    return 1;
}

nudge_status nu_csv_check_texts(const nu_csv_kinds *k, const nu_csv_field *field,
                                const nu_column *column)
{
    size_t n = column->n_categories, cells = field->seen[NU_CELL_TEXT].count, like = 0;
    char name[NU_SHORT], text[NU_SHORT];
    likeness l = {0};
    nu_csv_short(name, field->name);
    if (k->by_model || field->want == NU_CATEGORIES || n < 2)
        return NUDGE_OK;
    while (like < n && is_like_number(k->how, column->categories[like], &l))
        like++;
    if (like == n && (l.sure || l.thousands || (n >= 5 && (!l.unlike || n > cells / 2))))
        return nu_fail_setting(k->err, NUDGE_EDATA, l.thousands ? "thousands" : "number", "%s:%zu: "
                               "column '%s': '%s' is text, but looks like a number %s", k->source,
                               field->seen[NU_CELL_TEXT].line, name,
                               nu_csv_short(text, field->seen[NU_CELL_TEXT].text),
                               l.thousands ? "with thousands apart" : "with more around it");
    if (field->is_target && n > NU_NUMERIC_CLASSES && n > cells / 2)
        return nu_fail(k->err, NUDGE_EDATA, "%s: target column '%s' has %zu different values in "
                       "%zu rows: too many classes", k->source, name, n, k->table->rows);
    return NUDGE_OK;
}
