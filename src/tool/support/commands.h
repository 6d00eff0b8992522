/* The commands. */
#ifndef NUDGE_TOOL_COMMANDS_H
#define NUDGE_TOOL_COMMANDS_H

#include "support/options.h"

extern const command command_train, command_eval, command_predict, command_info, command_gen,
    command_gradcheck, command_bench, command_plan, command_scale, command_plot;

#endif
