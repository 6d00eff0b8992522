/* The fixed lines of programs in JavaScript, by traits, in the order of the file. */
#ifndef NUDGE_EXPORT_JAVASCRIPT_LINES_H
#define NUDGE_EXPORT_JAVASCRIPT_LINES_H

#include "export/writer.h"

extern const nu_lines nu_js_about[], nu_js_numbers[], nu_js_inputs[], nu_js_functions[],
    nu_js_after[], nu_js_outputs[], nu_js_predict[], nu_js_exported[];

#endif
