#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>

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

nudge_status nu_no_memory(nudge_error *err, size_t bytes, const char *what)
{
    char text[NU_TEXT];
    return nu_fail(err, NUDGE_EMEMORY, "not enough memory: %s for %s could not be had",
                   nu_bytes_text(text, (double)bytes), what);
}
