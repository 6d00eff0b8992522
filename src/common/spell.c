#include "spell.h"

#include <string.h>

#define LONGEST 63 /* longer words are not compared */

/* How people vary a name: "ReLU", "leaky_relu". Not the locale's tolower(). */
static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c == '_' || c == ' ' ? '-' : c;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that turn a into b (optimal string
 * alignment). Both are at most LONGEST long. */
static size_t edits(const char *a, const char *b)
{
    size_t d[LONGEST + 1][LONGEST + 1];
    size_t m = strlen(a), n = strlen(b);
    for (size_t i = 0; i <= m; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= n; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= m; i++) {
        for (size_t j = 1; j <= n; j++) {
            char x = fold(a[i - 1]), y = fold(b[j - 1]);
            d[i][j] = smaller(smaller(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (x != y));
            if (i > 1 && j > 1 && x == fold(b[j - 2]) && y == fold(a[i - 2]))
                d[i][j] = smaller(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[m][n];
}

const char *nu_closest(const char *word, const char *(*name)(const void *of, size_t i),
                       const void *of)
{
    size_t length = strlen(word), least = length / 3 + 2; /* edits that still look like a slip */
    const char *best = NULL, *candidate;
    if (length > LONGEST)
        return NULL;
    for (size_t i = 0; (candidate = name(of, i)) != NULL; i++) {
        if (strlen(candidate) > LONGEST)
            continue;
        size_t d = edits(word, candidate);
        if (d < least && 2 * d < strlen(candidate)) {
            least = d;
            best = candidate;
        }
    }
    return best;
}
