/* The BLAS as a whole: what it is, and one thread per call. */
#ifndef NUDGE_LINALG_BLAS_H
#define NUDGE_LINALG_BLAS_H

/* Tells OpenBLAS to use one thread per call. To be called before the first product; cheap. */
void nu_blas_single_threaded(void);

/* As nudge_threads(); oversubscribe 1: more threads than cores are allowed. */
int nu_threads(int requested, int oversubscribe, const char **why);

/* 0: serial build, not safe to call from several threads; 1: pthread build; 2: OpenMP build. Asked
 * at run time, since Debian's alternatives decide which one a program gets. */
int nu_blas_parallel(void);

#endif
