/* Features that stay in their file: mapped, and packed from there batch by batch. */
#ifndef NUDGE_READ_ARRAY_MAP_H
#define NUDGE_READ_ARRAY_MAP_H

#include "read/array.h"

/* As nu_array_read_features(); or, if `stream` is 1 or memory has no room for the array, it is
 * mapped, with a note in the latter case. The file must then not change as long as the table lives,
 * or a dataset made of it. Also NUDGE_EDATA: `stream`, and elements that the engine cannot read
 * where they are. */
nudge_status nu_array_take_features(nudge_table *t, const nu_array *a, int stream,
                                    nudge_error *err);

#endif
