/* The fixed lines of programs in Python, by traits, in the order of the file. */
#ifndef NUDGE_EXPORT_PYTHON_LINES_H
#define NUDGE_EXPORT_PYTHON_LINES_H

#include "export/writer.h"

extern const nu_lines nu_python_about[], nu_python_numbers[], nu_python_inputs[],
    nu_python_functions[], nu_python_many[], nu_python_after[], nu_python_predict[];
extern const char nu_python_exponential[];

#endif
