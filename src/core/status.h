/* Status codes and messages, inside the library. */
#ifndef NUDGE_CORE_STATUS_H
#define NUDGE_CORE_STATUS_H

#include "nudge.h"
#include "text.h"

/* Fills err (may be NULL) with a printf-style message of one line (line ends and other control
 * characters that came in through arguments are replaced by '?') and returns status, so that
 * `return nu_fail(err, NUDGE_EDATA, ...)` ends a function. */
#define nu_fail(err, status, ...) nu_fail_setting((err), (status), NULL, __VA_ARGS__)

/* Likewise, naming the setting that decides otherwise; the text need not. */
nudge_status nu_fail_setting(nudge_error *err, nudge_status status, const char *setting,
                             const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Copies options of the caller's, whose header may be older or newer, over `own`, which has the
 * defaults; both begin with their size. NULL: the defaults stay. NUDGE_EARGUMENT (no size; a member
 * that this version does not know is set). */
enum { NU_LATER = 256 }; /* bytes of later members are believed in */
nudge_status nu_take_options(void *own, const void *given, nudge_error *err);

/* NUDGE_EMEMORY for `bytes` that malloc would not give, for `what`: "features of 1000 rows". */
nudge_status nu_no_memory(nudge_error *err, size_t bytes, const char *what);

/* Hands a failure on: NU_TRY(f(x, err)); */
#define NU_TRY(call)                     \
    do {                                 \
        nudge_status nu_try_ = (call);   \
        if (nu_try_ != NUDGE_OK)         \
            return nu_try_;              \
    } while (0)

/* Goes on where a block was to be had; otherwise the function returns what nu_no_memory() does. */
#define NU_NEED(had, bytes, what, err) \
    NU_TRY((had) ? NUDGE_OK : nu_no_memory((err), (bytes), (what)))

#endif
