/* The main() of programs in C. */
#include "export/c_lines.h"

const nu_lines nu_c_main[] = {
    {0, 0,
     "\n"
     "#ifdef PREDICT_MAIN\n"
     "/* Reads rows as CSV from standard input, with a header, commas between cells and no line "
     "ends within\n"
     " * them, and writes their predictions as CSV. */\n"
     "#include <stdio.h>\n"
     "#include <stdlib.h>\n"},
    {0, NU_CATEGORIES,
     "#include <string.h>\n"},
    {0, 0,
     "\n"
     "#define MOST_CELLS (PREDICT_COLUMNS + 10000)\n"
     "\n"
     "/* The next cell of a line, which changes; NULL: there is none. */\n"
     "static char *next_cell(char **at)\n"
     "{\n"
     "    char *from = *at, *to = from, *cell = from;\n"
     "    int quoted = 0;\n"
     "    for (; from != NULL && *from != '\\0' && (quoted || *from != ','); from++) {\n"
     "        if (*from != '\"')\n"
     "            *to++ = *from;\n"
     "        else if (quoted && from[1] == '\"')\n"
     "            *to++ = *from++;\n"
     "        else\n"
     "            quoted = !quoted;\n"
     "    }\n"
     "    if (from == NULL)\n"
     "        return NULL;\n"
     "    *at = *from == ',' ? from + 1 : NULL;\n"
     "    *to = '\\0';\n"
     "    return cell;\n"
     "}\n"
     "\n"
     "static int is_missing(const char *cell)\n"
     "{\n"
     "    static const char *const words[] = {\"\", \"NA\", \"NaN\", \"nan\", \"N/A\", \"n/a\", "
     "\"NULL\", \"null\", \"None\",\n"
     "                                        \"?\", \"<NA>\", \"#N/A\", \"na\", NULL};\n"
     "    for (size_t i = 0; words[i] != NULL; i++)\n"
     "        if (strcmp(cell, words[i]) == 0)\n"
     "            return 1;\n"
     "    return 0;\n"
     "}\n"
     "\n"
     "static void write_cell(const char *before, const char *text, const char *after)\n"
     "{\n"
     "    int quoted = text[strcspn(text, \",\\\"\\n\")] != '\\0';\n"
     "    printf(\"%s%s\", quoted ? \"\\\"\" : \"\", before);\n"
     "    for (; *text != '\\0'; text++)\n"
     "        printf(*text == '\"' ? \"\\\"\\\"\" : \"%c\", *text);\n"
     "    printf(\"%s%s\", after, quoted ? \"\\\"\" : \"\");\n"
     "}\n"
     "\n"
     "/* The column of a name; PREDICT_COLUMNS: there is none. */\n"
     "static size_t column_named(const char *name)\n"
     "{\n"
     "    size_t j = 0;\n"},
    {NU_RECORDS, 0,
     "    while (j < PREDICT_COLUMNS && strcmp(columns[j].name, name) != 0)\n"
     "        j++;\n"},
    {0, NU_RECORDS,
     "    j = name[0] == COLUMN_LETTER ? strtoul(name + 1, NULL, 10) - 1 : PREDICT_COLUMNS;\n"},
    {0, 0,
     "    return j < PREDICT_COLUMNS ? j : PREDICT_COLUMNS;\n"
     "}\n"
     "\n"
     "/* Reads a line without its end; 0: there is none. */\n"
     "static int read_line(char *line, size_t size)\n"
     "{\n"
     "    if (fgets(line, (int)size, stdin) == NULL)\n"
     "        return 0;\n"
     "    line[strcspn(line, \"\\r\\n\")] = '\\0';\n"
     "    return 1;\n"
     "}\n"
     "\n"
     "static void write_header(void)\n"
     "{\n"},
    {NU_CLASSES, 0,
     "    write_cell(\"\", targets[0].name, \"\");\n"
     "    for (size_t k = 0; k < PREDICT_RESULTS; k++) {\n"
     "        putchar(',');\n"
     "        write_cell(\"p(\", predict_labels[k], \")\");\n"
     "    }\n"},
    {0, NU_CLASSES,
     "    for (size_t k = 0; k < PREDICT_RESULTS; k++) {\n"
     "        fputs(k > 0 ? \",\" : \"\", stdout);\n"
     "        write_cell(\"\", targets[k].name, \"\");\n"
     "    }\n"},
    {NU_INTERVALS, 0,
     "    for (size_t k = 0; k < PREDICT_RESULTS; k++) {\n"
     "        putchar(',');\n"
     "        write_cell(\"low(\", targets[k].name, \")\");\n"
     "        putchar(',');\n"
     "        write_cell(\"high(\", targets[k].name, \")\");\n"
     "    }\n"},
    {0, 0,
     "    putchar('\\n');\n"
     "}\n"
     "\n"},
    {NU_CLASSES, 0,
     "static void write_row(int best, const double *out)\n"
     "{\n"
     "    write_cell(\"\", predict_labels[best], \"\");\n"
     "    for (size_t k = 0; k < PREDICT_RESULTS; k++)\n"
     "        printf(\",%.17g\", out[k]);\n"},
    {0, NU_CLASSES,
     "static void write_row(int best, const double *out)\n"
     "{\n"
     "    (void)best;\n"
     "    for (size_t k = 0; k < PREDICT_RESULTS; k++)\n"
     "        printf(\"%s%.17g\", k > 0 ? \",\" : \"\", out[k]);\n"},
    {NU_INTERVALS, 0,
     "    double low[PREDICT_RESULTS], high[PREDICT_RESULTS];\n"
     "    predict_interval(out, low, high);\n"
     "    for (size_t k = 0; k < PREDICT_RESULTS; k++)\n"
     "        printf(\",%.17g,%.17g\", low[k], high[k]);\n"},
    {0, 0,
     "    putchar('\\n');\n"
     "}\n"
     "\n"
     "/* A line's cells; place[i]: the column of cell i. 0: one is no number. */\n"
     "static int read_cells(char *line, const size_t *place, double *numbers, const char "
     "**texts)\n"
     "{\n"
     "    char *cell;\n"
     "    for (size_t j = 0; j < PREDICT_COLUMNS; j++) {\n"
     "        numbers[j] = NAN;\n"
     "        texts[j] = NULL;\n"
     "    }\n"
     "    for (size_t i = 0; i < MOST_CELLS && (cell = next_cell(&line)) != NULL; i++) {\n"
     "        char *end = cell;\n"
     "        if (place[i] == PREDICT_COLUMNS || is_missing(cell))\n"
     "            continue;\n"
     "        texts[place[i]] = cell;\n"},
    {NU_CATEGORIES, 0,
     "        if (columns[place[i]].categories != NULL)\n"
     "            continue;\n"},
    {NU_DATES, 0,
     "        if (columns[place[i]].date)\n"
     "            continue;\n"},
    {0, 0,
     "        numbers[place[i]] = strtod(cell, &end);\n"
     "        if (*end != '\\0' || end == cell)\n"
     "            return 0;\n"
     "    }\n"
     "    return 1;\n"
     "}\n"
     "\n"
     "int main(void)\n"
     "{\n"
     "    static char line[1 << 20];\n"
     "    static size_t place[MOST_CELLS];\n"
     "    static double numbers[PREDICT_COLUMNS];\n"
     "    static const char *texts[PREDICT_COLUMNS];\n"
     "    double out[PREDICT_RESULTS];\n"
     "    size_t found = 0;\n"
     "    char *at = line, *cell;\n"
     "    if (!read_line(line, sizeof line))\n"
     "        line[0] = '\\0';\n"
     "    for (size_t i = 0; i < MOST_CELLS && (cell = next_cell(&at)) != NULL; i++) {\n"
     "        place[i] = column_named(cell);\n"
     "        found += place[i] < PREDICT_COLUMNS;\n"
     "    }\n"
     "    if (found != PREDICT_COLUMNS) {\n"
     "        fprintf(stderr, \"the header has %lu of the %lu columns\\n\", (unsigned "
     "long)found,\n"
     "                (unsigned long)PREDICT_COLUMNS);\n"
     "        return 2;\n"
     "    }\n"
     "    write_header();\n"
     "    for (unsigned long row = 1; read_line(line, sizeof line); row++) {\n"
     "        int best = read_cells(line, place, numbers, texts) ? predict(numbers, texts, out) "
     ": -1;\n"
     "        if (best < 0) {\n"
     "            fprintf(stderr, \"row %lu: a cell is not what its column holds\\n\", row);\n"
     "            return 2;\n"
     "        }\n"
     "        write_row(best, out);\n"
     "    }\n"
     "    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;\n"
     "}\n"
     "#endif\n"},
    {0, 0, NULL},
};
