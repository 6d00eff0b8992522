#include "linalg/transpose.h"

#include "core/clones.h"

NU_CLONES
void X(nu_transpose)(real *restrict to, size_t ldto, const real *restrict from, size_t ldfrom,
                     size_t rows, size_t columns)
{
    for (size_t c = 0; c < columns; c++) {
        real *restrict row = to + c * ldto;
#pragma omp simd
        for (size_t r = 0; r < rows; r++)
            row[r] = from[r * ldfrom + c];
    }
}
