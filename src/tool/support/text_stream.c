#include "support/text_stream.h"

#include <stdlib.h>
#include <string.h>

#include "support/say.h"

typedef struct growing {
    char **text;
    size_t size, room; /* bytes, without the NUL that follows; with it */
} growing;

/* 0 is a failed write: the stream then has an error. */
static ssize_t append(void *cookie, const char *bytes, size_t n)
{
    growing *g = cookie;
    if (g->room - g->size <= n) {
        size_t room = 2 * (g->size + n + 1);
        char *text = realloc(*g->text, room);
        if (text == NULL)
            return 0;
        *g->text = text;
        g->room = room;
    }
    memcpy(*g->text + g->size, bytes, n);
    g->size += n;
    (*g->text)[g->size] = '\0';
    return (ssize_t)n;
}

static int end(void *cookie)
{
    free(cookie);
    return 0;
}

FILE *text_begin(char **text)
{
    growing *g = need(malloc(sizeof *g));
    *text = need(calloc(1, 1));
    *g = (growing){.text = text, .room = 1};
    return need(fopencookie(g, "w", (cookie_io_functions_t){.write = append, .close = end}));
}

void text_end(FILE *stream)
{
    int failed = ferror(stream);
    if (fclose(stream) != 0 || failed)
        need(NULL);
}
