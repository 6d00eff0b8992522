/* Values of any element type as doubles, and back. */
#ifndef NUDGE_TABLE_CONVERT_H
#define NUDGE_TABLE_CONVERT_H

#include <stddef.h>

#include "table/table.h"

/* Values converted at a time: they stay in the first cache. */
#define NU_CONVERT_BLOCK 256

/* out[i] = from[at + i], i < count. */
static inline void nu_load(double *out, const void *from, nu_element element, size_t at,
                           size_t count)
{
    if (element == NU_U8)
        for (size_t i = 0; i < count; i++)
            out[i] = ((const unsigned char *)from)[at + i];
    else if (element == NU_F32)
        for (size_t i = 0; i < count; i++)
            out[i] = (double)((const float *)from)[at + i];
    else
        for (size_t i = 0; i < count; i++)
            out[i] = ((const double *)from)[at + i];
}

/* to[at + i] = in[i], rounded, i < count; element is not NU_U8. Returns the number of values
 * before the first that is not finite there: count if all are. */
static inline size_t nu_keep(void *to, nu_element element, size_t at, size_t count,
                             const double *in)
{
    double sum = 0; /* NaN once a value times 0 is */
    if (element == NU_F32)
        for (size_t i = 0; i < count; i++) {
            float v = (float)in[i];
            ((float *)to)[at + i] = v;
            sum += (double)v * 0;
        }
    else
        for (size_t i = 0; i < count; i++) {
            ((double *)to)[at + i] = in[i];
            sum += in[i] * 0;
        }
    size_t good = 0;
    if (sum == 0)
        return count;
    while (good < count &&
           (element == NU_F32 ? (double)((float *)to)[at + good] * 0 : in[good] * 0) == 0)
        good++;
    return good;
}

#endif
