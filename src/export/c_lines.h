/* The fixed lines of programs in C, by traits, in the order of the file. */
#ifndef NUDGE_EXPORT_C_LINES_H
#define NUDGE_EXPORT_C_LINES_H

#include "export/writer.h"

extern const nu_lines nu_c_about[], nu_c_declared[], nu_c_types[], nu_c_numbers[],
    nu_c_inputs[], nu_c_functions[], nu_c_after[], nu_c_predict[], nu_c_main_head[], nu_c_main[];

#endif
