#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *nudge_version(void)
{
    return PACKAGE_VERSION;
}

const char *nudge_status_text(nudge_status status)
{
    switch (status) { /* no default: the compiler then names a status that is missing here */
    case NUDGE_OK: return "ok";
    case NUDGE_EARGUMENT: return "bad argument";
    case NUDGE_EDATA: return "bad data";
    case NUDGE_EMISMATCH: return "model and data do not fit";
    case NUDGE_EOPEN: return "cannot open";
    case NUDGE_EIO: return "input or output failed";
    case NUDGE_EMEMORY: return "not enough memory";
    case NUDGE_EDIVERGED: return "training diverged";
    case NUDGE_ESTOPPED: return "stopped";
    }
    return "unknown status";
}

nudge_status nu_fail_setting(nudge_error *err, nudge_status status, const char *setting,
                             const char *format, ...)
{
    if (err == NULL)
        return status;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err->status = status;
    err->setting = setting;
    nu_one_line(err->text);
    return status;
}

nudge_status nu_take_options(void *own, const void *given, nudge_error *err)
{
    size_t known, size;
    if (given == NULL)
        return NUDGE_OK;
    memcpy(&known, own, sizeof known);
    memcpy(&size, given, sizeof size);
    if (size < 2 * sizeof size || size > known + NU_LATER)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "size", "options whose size is %zu; it is the "
                               "sizeof of their structure, here %zu, and their defaults have it",
                               size, known);
    for (size_t i = known; i < size; i++)
        if (((const char *)given)[i] != 0)
            return nu_fail_setting(err, NUDGE_EARGUMENT, "size", "options of %zu bytes, of which "
                                   "this version, %s, knows %zu: a later one is needed for what "
                                   "is set behind them", size, PACKAGE_VERSION, known);
    memcpy(own, given, size < known ? size : known);
    memcpy(own, &known, sizeof known);
    return NUDGE_OK;
}

nudge_status nu_no_memory(nudge_error *err, size_t bytes, const char *what)
{
    char text[NU_TEXT];
    return nu_fail(err, NUDGE_EMEMORY, "not enough memory: %s for %s could not be had",
                   nu_bytes_text(text, (double)bytes), what);
}
