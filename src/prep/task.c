#include "prep/task.h"

#include "table/table.h"

#define MOST_CLASSES 20
#define LEAST_ROWS 10 /* of a class */

nudge_task nu_task_of(const nu_values *v)
{
    int few = v->different <= MOST_CLASSES && v->rows / LEAST_ROWS >= v->different;
    int labels = v->of_images && v->different <= NU_NUMERIC_CLASSES;
    return v->zero_one || (v->whole && (few || labels)) ? NUDGE_CLASSIFICATION : NUDGE_REGRESSION;
}
