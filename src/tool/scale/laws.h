/* The formulas that points are fitted to. Each is linear in coefficients c of some y that follows
 * from the step time, which makes a fit exact and quick. */
#ifndef NUDGE_SCALE_LAWS_H
#define NUDGE_SCALE_LAWS_H

#include "scale/least.h"
#include "scale/scale.h"

/* `work`: samples of a step where they grow with x (weak mode), 1 elsewhere. */
typedef struct scale_law {
    const char *name, *formula, *source;
    size_t n; /* parameters, and coefficients */
    struct {
        const char *name, *meaning;
        int seconds; /* is its unit; otherwise it has none */
    } parameter[SCALE_COEFFICIENTS];
    int bounded;     /* no coefficient is negative */
    int positive;    /* and the first is not zero */
    int logarithmic; /* y is the logarithm of seconds: equations have equal weights as they are */
    void (*terms)(double x, double *row);                 /* y = sum of row[j] c[j] */
    double (*y)(double x, double work, double step);
    double (*step)(double x, double work, double y);      /* the inverse */
    void (*parameters)(const double *c, double work, double *values); /* work at x = 1 */
    double (*best)(const double *c); /* x with the most work/step, may be infinite; or NULL */
} scale_law;

/* Over threads: Amdahl's where the work is the same, Gustafson's where it grows with them (weak
 * mode), the universal scalability law in either case. */
extern const scale_law scale_amdahl, scale_gustafson, scale_usl;

/* Over the value of a mode: linear for batch, depth and rows, a power for width. NULL for strong and
 * weak. */
const scale_law *scale_law_of_values(scale_mode mode);

/* Seconds a step. */
double scale_law_step(const scale_law *law, const double *c, double x, double work);

/* Adds the equation of one point, which counts by its relative error (a weight of 1 / y^2). */
void scale_law_add(const scale_law *law, scale_least *l, double x, double work, double step);

/* The row of that equation, had `step` been measured at x. */
void scale_law_row(const scale_law *law, double *row, double x, double work, double step);

#endif
