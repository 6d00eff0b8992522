#include "plot/plot_names.h"

#include <stdlib.h>
#include <string.h>

#include "support/say.h"

/* A path without the ending that logs have. */
static size_t without_ending(const char *path)
{
    static const char *const ending[] = {".jsonl", ".json", ".log", ".txt"};
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        size_t e = strlen(ending[i]);
        if (n > e && path[n - e - 1] != '/' && strcmp(path + n - e, ending[i]) == 0)
            return n - e;
    }
    return n;
}

static char **with_or_without_folders(char *const *path, size_t n, int folders)
{
    size_t total = n * sizeof(char *);
    for (size_t i = 0; i < n; i++)
        total += strlen(path[i]) + 1;
    char **names = need(malloc(total));
    char *at = (char *)(names + n);
    for (size_t i = 0; i < n; i++) {
        const char *slash = folders ? NULL : strrchr(path[i], '/');
        const char *name = slash != NULL ? slash + 1 : path[i];
        size_t length = without_ending(name);
        names[i] = memcpy(at, name, length);
        at[length] = '\0';
        at += length + 1;
    }
    return names;
}

static int all_differ(char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(names[i], names[k]) == 0)
                return 0;
    return 1;
}

char **names_of_files(char *const *path, size_t n)
{
    char **names = with_or_without_folders(path, n, 0);
    if (all_differ(names, n))
        return names;
    free(names);
    return with_or_without_folders(path, n, 1);
}

/* The byte at which character n of UTF-8 begins, or the end. */
static size_t character(const char *text, size_t n)
{
    size_t i = 0;
    for (; text[i] != '\0'; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80 && n-- == 0)
            break;
    return i;
}

void shorten_name(char *name)
{
    enum { MOST = SHORT_NAME, HEAD = 18, TAIL = MOST - HEAD - 3 };
    size_t n = 0;
    for (const char *c = name; *c != '\0'; c++)
        n += ((unsigned char)*c & 0xc0) != 0x80;
    if (n <= MOST)
        return;
    const char *tail = name + character(name, n - TAIL);
    char *head = name + character(name, HEAD);
    memcpy(head, "...", 3); /* at least 4 characters are taken out */
    memmove(head + 3, tail, strlen(tail) + 1);
}
