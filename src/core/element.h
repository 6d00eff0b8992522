/* Element types of blocks of values, and values as doubles and back. */
#ifndef NUDGE_CORE_ELEMENT_H
#define NUDGE_CORE_ELEMENT_H

#include <stddef.h>

#include "nudge.h"

typedef enum nu_element { NU_U8, NU_F32, NU_F64 } nu_element;

static inline size_t nu_element_size(nu_element e)
{
    return e == NU_U8 ? 1 : e == NU_F32 ? sizeof(float) : sizeof(double);
}

static inline nu_element nu_element_of(nudge_dtype dtype)
{
    return dtype == NUDGE_F32 ? NU_F32 : NU_F64;
}

static inline size_t nu_dtype_size(nudge_dtype dtype)
{
    return dtype == NUDGE_F32 ? sizeof(float) : sizeof(double);
}

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

static inline double nu_value(const void *from, nu_element element, size_t at)
{
    double value;
    nu_load(&value, from, element, at, 1);
    return value;
}

/* element is not NU_U8. */
static inline void nu_put(void *to, nu_element element, size_t at, double value)
{
    if (element == NU_F32)
        ((float *)to)[at] = (float)value;
    else
        ((double *)to)[at] = value;
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
    if (sum == 0)
        return count;
    size_t good = 0;
    while (good < count && nu_value(to, element, at + good) * 0 == 0)
        good++;
    return good;
}

#endif
