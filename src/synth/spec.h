/* The generators by name, and specs: "synth:NAME,key=value,...". */
#ifndef NUDGE_SYNTH_SPEC_H
#define NUDGE_SYNTH_SPEC_H

#include "synth/generator.h"

/* Fills kind, value, seed, and what the generator's size() sets. NUDGE_EARGUMENT. */
nudge_status nu_synth_parse(nu_synth *s, const char *spec, uint64_t default_seed,
                            nudge_error *err);

#endif
