/* One numeric source, two precisions: it is compiled once with NU_REAL_BITS 32 and once with 64.
 * X(name) gives every external name of such a source its precision's ending. */
#ifndef NUDGE_LINALG_REAL_H
#define NUDGE_LINALG_REAL_H

#if NU_REAL_BITS == 32
typedef float real;
#define X(name) name##_f32
#elif NU_REAL_BITS == 64
typedef double real;
#define X(name) name##_f64
#else
#error "NU_REAL_BITS must be 32 or 64: this source belongs to numeric_sources in Makefile.am"
#endif

#endif
