/* Classes or numbers: what a target of numbers is taken for where nobody says. */
#ifndef NUDGE_PREP_TASK_H
#define NUDGE_PREP_TASK_H

#include <stddef.h>

#include "nudge.h"

/* What is known of all values of one target. */
typedef struct nu_values {
    size_t rows;
    size_t different; /* values; counted up to NU_NUMERIC_CLASSES + 1 */
    int whole;        /* none has a fraction; */
    size_t fraction;  /* otherwise the row of the first that has one */
    int zero_one;     /* they are 0 and 1 */
    int of_images;    /* the features are bytes of images */
} nu_values;

/* Zeros and ones are two classes. Other whole numbers are classes where there are at most 20
 * different ones and at least 10 rows for each (mean); beside images always, for these come with
 * labels. All else is numbers. The same for every format. */
nudge_task nu_task_of(const nu_values *v);

#endif
