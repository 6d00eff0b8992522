/* How structures can grow: functions that take the size of the caller's.
 * Part of nudge.h, which says what it is for. */
#ifndef NUDGE_SIZED_H
#define NUDGE_SIZED_H

/* A function of nudge.h that gives a structure is an inline one of the caller's, which hands the
 * size of the structure, as the caller's nudge.h has it, to the function of the library whose name
 * ends in _sized. Without this header (from other languages) call that one:
 *   - NUDGE_GIVES(T, f, then, ...): T f(void) is void f_sized(T *it, size_t size), and then
 *     `then` is done: options must be told their size
 *   - NUDGE_TELLS(T, f, then, (a), A a): T f(A a) is void f_sized(T *it, size_t size, A a)
 *   - NUDGE_FILLS(f, out, (a, out, err), A a, T *out, nudge_error *err): nudge_status f(...) is
 *     nudge_status f_sized(size_t size, ...) with the same arguments behind the size of *out
 * The library fills `size` bytes: what it does not know, with zeros. A new member begins where the
 * structure ended, behind its padding; 0 must mean what was before it; and it
 * must own nothing that a _free would have to know.
 * (Inside the library functions are what they seem; src/api/sized.c has those that are called.) */
#define NUDGE_UNWRAP(...) __VA_ARGS__
/* A structure within one, with room for what it may get. */
#define NUDGE_ROOM(T, name) union { T name; char name##_room[512]; }
#define NUDGE_GIVES_SIZED(T, f) NUDGE_API void f##_sized(T *it, size_t size);
#define NUDGE_TELLS_SIZED(T, f, ...) NUDGE_API void f##_sized(T *it, size_t size, __VA_ARGS__);
#define NUDGE_FILLS_SIZED(f, ...) \
    NUDGE_API NUDGE_CHECKED nudge_status f##_sized(size_t size, __VA_ARGS__);

#ifndef NUDGE_INSIDE
#define NUDGE_GIVES(T, f, then)   \
    NUDGE_GIVES_SIZED(T, f)       \
    static inline T f(void)       \
    {                             \
        T it;                     \
        f##_sized(&it, sizeof it); \
        then                      \
        return it;                \
    }
#define NUDGE_TELLS(T, f, then, names, ...)                  \
    NUDGE_TELLS_SIZED(T, f, __VA_ARGS__)                     \
    static inline T f(__VA_ARGS__)                           \
    {                                                        \
        T it;                                                \
        f##_sized(&it, sizeof it, NUDGE_UNWRAP names);       \
        then                                                 \
        return it;                                           \
    }
#define NUDGE_FILLS(f, out, names, ...)                      \
    NUDGE_FILLS_SIZED(f, __VA_ARGS__)                        \
    static inline NUDGE_CHECKED nudge_status f(__VA_ARGS__)  \
    {                                                        \
        return f##_sized(sizeof *out, NUDGE_UNWRAP names);   \
    }
#elif !defined NUDGE_GIVES
#define NUDGE_GIVES(T, f, then) T f(void); NUDGE_GIVES_SIZED(T, f)
#define NUDGE_TELLS(T, f, then, names, ...) T f(__VA_ARGS__); NUDGE_TELLS_SIZED(T, f, __VA_ARGS__)
#define NUDGE_FILLS(f, out, names, ...) \
    NUDGE_CHECKED nudge_status f(__VA_ARGS__); NUDGE_FILLS_SIZED(f, __VA_ARGS__)
#endif

#endif
