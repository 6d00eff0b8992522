/* exp, expm1, log1p, tanh, erf, sin, cos of `real`, vectorised inside `omp simd` loops by glibc's
 * libmvec.
 * glibc declares its vector versions only under -ffast-math, which would also let the compiler
 * assume that there are no NaNs; declaring them here gives the vectors and keeps the NaNs. */
#ifndef NUDGE_LINALG_VECMATH_H
#define NUDGE_LINALG_VECMATH_H

#include <math.h>

#include "linalg/real.h"

#if defined(HAVE_LIBMVEC) && defined(__GNUC__) && !defined(__clang__)
#pragma omp declare simd notinbranch
extern float expf(float);
#pragma omp declare simd notinbranch
extern float expm1f(float);
#pragma omp declare simd notinbranch
extern float log1pf(float);
#pragma omp declare simd notinbranch
extern float tanhf(float);
#pragma omp declare simd notinbranch
extern float erff(float);
#pragma omp declare simd notinbranch
extern float sinf(float);
#pragma omp declare simd notinbranch
extern float cosf(float);
#pragma omp declare simd notinbranch
extern double exp(double);
#pragma omp declare simd notinbranch
extern double expm1(double);
#pragma omp declare simd notinbranch
extern double log1p(double);
#pragma omp declare simd notinbranch
extern double tanh(double);
#pragma omp declare simd notinbranch
extern double erf(double);
#pragma omp declare simd notinbranch
extern double sin(double);
#pragma omp declare simd notinbranch
extern double cos(double);
#endif

#if NU_REAL_BITS == 32
#define r_exp expf
#define r_expm1 expm1f
#define r_log1p log1pf
#define r_tanh tanhf
#define r_erf erff
#define r_sin sinf
#define r_cos cosf
#define r_fabs fabsf
#define r_sqrt sqrtf
#else
#define r_exp exp
#define r_expm1 expm1
#define r_log1p log1p
#define r_tanh tanh
#define r_erf erf
#define r_sin sin
#define r_cos cos
#define r_fabs fabs
#define r_sqrt sqrt
#endif

#endif
