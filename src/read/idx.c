/* IDX, the format of MNIST: a magic number that gives type and rank, big-endian 32-bit
 * dimensions, then the elements, big-endian. http://yann.lecun.com/exdb/mnist/ */
#include <inttypes.h>

#include "core/status.h"
#include "read/array.h"
#include "read/format.h"

/* The type that a magic number's third byte stands for, or NU_A_TYPES. */
static nu_array_type type_of(unsigned char code)
{
    nu_array_type type = 0;
    while (type < NU_A_TYPES && (code == 0 || nu_array_kinds[type].idx != code))
        type++;
    return type;
}

static int looks_like(const unsigned char *head, size_t size)
{
    return size >= 4 && head[0] == 0 && head[1] == 0 && type_of(head[2]) < NU_A_TYPES &&
           head[3] >= 1 && head[3] <= NU_ARRAY_RANK;
}

static uint32_t big_endian_32(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Checks that the file holds exactly what its header says. */
static nudge_status open_array(nu_array *a, nu_source *s, nudge_error *err)
{
    unsigned char head[4 + 4 * NU_ARRAY_RANK];
    size_t size = s->size < sizeof head ? (size_t)s->size : sizeof head;
    int error = nu_source_fetch(s, 0, head, size);
    if (error != 0)
        return nu_fetch_failed(s->name, error, err);
    if (size < 4)
        return nu_fail(err, NUDGE_EDATA, "%s: not an IDX file: %zu bytes, too few for a header",
                       s->name, size);
    if (!looks_like(head, size))
        return nu_fail(err, NUDGE_EDATA,
                       "%s: wrong magic number 0x%08" PRIx32 "; an IDX file begins with 0x00000801 "
                       "(labels) or 0x00000803 (images)", s->name, big_endian_32(head));
    size_t rank = head[3], at = 4 + 4 * rank;
    if (size < at)
        return nu_fail(err, NUDGE_EDATA, "%s: cut short: an IDX header of rank %zu has %zu bytes, "
                       "the file %zu", s->name, rank, at, size);
    uint64_t dim[NU_ARRAY_RANK];
    for (size_t k = 0; k < rank; k++)
        dim[k] = big_endian_32(head + 4 + 4 * k);
    *a = (nu_array){.name = s->name, .type = type_of(head[2]), .big_endian = 1, .source = s,
                    .at = at};
    return nu_array_shape(a, dim, rank, s->size - at, err);
}

const nu_format nu_idx_format = {
    .name = "idx",
    .looks_like = looks_like,
    .open = open_array,
    .least_rank = 2,
    .takes_labels = 1,
};
