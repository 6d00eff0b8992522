/* The functions behind the inline ones of nudge/sized.h: each calls the one of its name and hands
 * over as many bytes as the caller's structure has. */
#include <string.h>

static void give(void *to, size_t size, const void *it, size_t known)
{
    memcpy(to, it, size < known ? size : known);
    if (size > known)
        memset((char *)to + known, 0, size - known);
}

#define NUDGE_GIVES(T, f, then)         \
    T f(void);                          \
    NUDGE_GIVES_SIZED(T, f)             \
    void f##_sized(T *it, size_t size)  \
    {                                   \
        T own = f();                    \
        give(it, size, &own, sizeof own); \
    }
#define NUDGE_TELLS(T, f, then, names, ...)          \
    T f(__VA_ARGS__);                                \
    NUDGE_TELLS_SIZED(T, f, __VA_ARGS__)             \
    void f##_sized(T *it, size_t size, __VA_ARGS__)  \
    {                                                \
        T own = f names;                             \
        give(it, size, &own, sizeof own);            \
    }
/* What a failure leaves as it was is the caller's, taken over before. */
#define NUDGE_FILLS(f, out, names, ...)                       \
    NUDGE_CHECKED nudge_status f(__VA_ARGS__);                \
    NUDGE_FILLS_SIZED(f, __VA_ARGS__)                         \
    nudge_status f##_sized(size_t size, __VA_ARGS__)          \
    {                                                         \
        __typeof__(out) callers = out;                        \
        __typeof__(*out) own = {0};                           \
        if (callers == NULL)                                  \
            return f names;                                   \
        give(&own, sizeof own, callers, size);                \
        out = &own;                                           \
        nudge_status status = f names;                        \
        give(callers, size, &own, sizeof own);                \
        return status;                                        \
    }
#include "nudge.h"
