#include "csv_quote.h"

#include <stdlib.h>
#include <string.h>

/* The first line of another format could be the text: of LIBSVM or FANN data, which is a number and
 * more, of ARFF, or of what is told apart (read/foreign.c). */
static int may_be_other(const char *text)
{
    static const char *const others[] = {"@", "[{", "<?xml", "<!DOCTYPE", "<html", "<stata_dta>",
                                         "%PDF-"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (text[0] == others[i][0] && strncmp(text, others[i], strlen(others[i])) == 0)
            return 1;
    char *end;
    strtod(text, &end);
    return end > text && (*end == ' ' || *end == '\t');
}

static int is_plain(const char *text, size_t size)
{
    return size > 0 && !may_be_other(text) && strpbrk(text, "\",\r\n") == NULL &&
           strchr(" \t", text[0]) == NULL && strchr(" \t", text[size - 1]) == NULL;
}

void nu_csv_quote_to(void (*put)(void *to, const char *text, size_t size), void *to,
                     const char *text)
{
    size_t size = strlen(text);
    if (is_plain(text, size)) {
        put(to, text, size);
        return;
    }
    put(to, "\"", 1);
    for (const char *quote; (quote = strchr(text, '"')) != NULL; text = quote + 1) {
        put(to, text, (size_t)(quote - text) + 1);
        put(to, "\"", 1);
    }
    put(to, text, strlen(text));
    put(to, "\"", 1);
}

static void put_to_stream(void *to, const char *text, size_t size)
{
    fwrite(text, 1, size, to);
}

void nu_csv_quote(FILE *stream, const char *text)
{
    nu_csv_quote_to(put_to_stream, stream, text);
}
