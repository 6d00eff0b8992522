/* What programs can have. Anything newer is refused, rather than written wrong. */
#ifndef NUDGE_EXPORT_KNOWN_H
#define NUDGE_EXPORT_KNOWN_H

#include "model/model.h"
#include "prep/prep.h"

/* NUDGE_EARGUMENT names what no program has as yet. */
nudge_status nu_check_known(const nudge_model *model, nudge_error *err);

#endif
