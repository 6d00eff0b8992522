/* The main() of programs in C. */
#include "export/c_lines.h"

const nu_lines nu_c_main_head[] = {
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
     "#define MOST_BYTES ((1 << 20) + 32 * PREDICT_COLUMNS) /* of a line */\n"},
    {0, 0, NULL},
};

const nu_lines nu_c_main[] = {
    {0, 0,
     "\n"
     "/* The next cell of a line, which changes, without blanks around it; NULL: there is none. "
     "*/\n"
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
     "    while (to > cell && (to[-1] == ' ' || to[-1] == '\\t'))\n"
     "        to--;\n"
     "    *to = '\\0';\n"
     "    return cell + strspn(cell, \" \\t\");\n"
     "}\n"
     "\n"
     "static int is_missing(const char *cell)\n"
     "{\n"
     "    for (size_t i = 0; missing[i] != NULL; i++)\n"
     "        if (strcmp(cell, missing[i]) == 0)\n"
     "            return 1;\n"
     "    return cell[0] == '\\0';\n"
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
},
    {NU_RECORDS, 0,
     "    size_t j = 0;\n"
     "    while (j < PREDICT_COLUMNS && strcmp(columns[j].name, name) != 0)\n"
     "        j++;\n"},
    {0, NU_RECORDS,
     "    size_t j = name[0] == COLUMN_LETTER ? strtoul(name + 1, NULL, 10) - 1 : "
     "PREDICT_COLUMNS;\n"},
    {0, 0,
     "    return j < PREDICT_COLUMNS ? j : PREDICT_COLUMNS;\n"
     "}\n"
     "\n"
     "/* Reads a line without its end; 0: there is none. */\n"
     "static int read_line(char *line)\n"
     "{\n"
     "    if (fgets(line, MOST_BYTES, stdin) == NULL)\n"
     "        return 0;\n"
     "    if (strchr(line, '\\n') == NULL && !feof(stdin)) {\n"
     "        fprintf(stderr, \"a line has more than %lu bytes\\n\", (unsigned long)MOST_BYTES);\n"
     "        exit(2);\n"
     "    }\n"
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
     "/* A line's n cells; place[i]: the column of cell i. 0: there are not so many, or one is no "
     "number. */\n"
     "static int read_cells(char *line, size_t n, const size_t *place, double *numbers,\n"
     "                      const char **texts)\n"
     "{\n"
     "    for (size_t j = 0; j < PREDICT_COLUMNS; j++) {\n"
     "        numbers[j] = NAN;\n"
     "        texts[j] = NULL;\n"
     "    }\n"
     "    for (size_t i = 0; i < n; i++) {\n"
     "        char *cell = next_cell(&line), *end = cell;\n"
     "        if (cell == NULL)\n"
     "            return 0;\n"
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
     "    return line == NULL;\n"
     "}\n"
     "\n"
     "int main(void)\n"
     "{\n"
     "    static char line[MOST_BYTES], seen[PREDICT_COLUMNS];\n"
     "    static size_t place[MOST_CELLS];\n"
     "    static double numbers[PREDICT_COLUMNS];\n"
     "    static const char *texts[PREDICT_COLUMNS];\n"
     "    double out[PREDICT_RESULTS];\n"
     "    size_t found = 0, cells = 0;\n"
     "    char *at = line, *cell;\n"
     "    if (!read_line(line))\n"
     "        line[0] = '\\0';\n"
     "    for (; cells < MOST_CELLS && (cell = next_cell(&at)) != NULL; cells++) {\n"
     "        size_t j = column_named(cell);\n"
     "        place[cells] = j;\n"
     "        if (j < PREDICT_COLUMNS && !seen[j]) {\n"
     "            seen[j] = 1;\n"
     "            found++;\n"
     "        }\n"
     "    }\n"
     "    if (found != PREDICT_COLUMNS) {\n"
     "        fprintf(stderr, \"the header has %lu of the %lu columns\\n\", (unsigned "
     "long)found,\n"
     "                (unsigned long)PREDICT_COLUMNS);\n"
     "        return 2;\n"
     "    }\n"
     "    write_header();\n"
     "    for (unsigned long number = 2; read_line(line); number++) {\n"
     "        int best = -1;\n"
     "        if (line[0] == '\\0')\n"
     "            continue;\n"
     "        if (read_cells(line, cells, place, numbers, texts))\n"
     "            best = predict(numbers, texts, out);\n"
     "        if (best < 0) {\n"
     "            fprintf(stderr, \"line %lu: it has not %lu cells, or one is not what its column "
     "holds\\n\",\n"
     "                    number, (unsigned long)cells);\n"
     "            return 2;\n"
     "        }\n"
     "        write_row(best, out);\n"
     "    }\n"
     "    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;\n"
     "}\n"
     "#endif\n"},
    {0, 0, NULL},
};
