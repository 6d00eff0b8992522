/* Models from files of other programs: which reader, and what it says of the task. */
#include <string.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/status.h"
#include "import/imported.h"

nudge_import_options nudge_import_defaults(void)
{
    return (nudge_import_options){.size = sizeof(nudge_import_options)};
}

static int is_fann(const unsigned char *bytes, size_t size)
{
    return size >= 5 && memcmp(bytes, "FANN_", 5) == 0;
}

nudge_status nudge_model_import(nudge_model **model, const char *path,
                                const nudge_import_options *options, nudge_error *err)
{
    nudge_import_options o = nudge_import_defaults();
    nu_imported im NU_SCOPED(nu_imported_end) = {.path = path, .loss = NUDGE_MSE};
    unsigned char *bytes NU_FREED = NULL;
    size_t size;
    NU_TRY(nu_take_options(&o, options, err));
    if ((unsigned)o.task > NUDGE_REGRESSION)
        return nu_fail(err, NUDGE_EARGUMENT, "task %d does not exist", (int)o.task);
    NU_TRY(nu_read_file(path, &bytes, &size, err));
    NU_TRY(is_fann(bytes, size) ? nu_import_fann(&im, bytes, size, err)
                                : nu_import_onnx(&im, bytes, size, &o, err));
    free(NU_TAKE(bytes));
    return nu_imported_model(model, &im, &o, err);
}
