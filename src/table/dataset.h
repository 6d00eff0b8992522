/* The packed dataset, inside the library. */
#ifndef NUDGE_TABLE_DATASET_H
#define NUDGE_TABLE_DATASET_H

#include <math.h>

#include "table/table.h"
#include "nudge.h"

/* What robust scaling makes of z; NaN of what is not finite. Its square may not be, either. */
static inline double nu_smooth_clip(double z)
{
    if (!isfinite(z))
        return NAN;
    return fabs(z) > 1e150 ? copysign(3, z) : z / sqrt(1 + z * z / 9);
}

/* Values of a store that become network inputs in one go: a number and its codes, or several that
 * are inputs as they are, of one block of NU_CONVERT_BLOCK. */
typedef struct nu_encoded {
    uint32_t value, values; /* the first, and how many */
    uint32_t input, inputs; /* likewise; as many as values, or one value's */
} nu_encoded;

/* Network inputs that packing a batch makes of stored values: a number v becomes itself and, behind
 * it, clamp((v - low) * factor, 0, 1), or sin(v * factor + low). */
typedef struct nu_encoding {
    size_t inputs;       /* 0: values are the inputs */
    int is_waves;        /* sines */
    size_t n;
    nu_encoded *parts;   /* n: all values in their order */
    void *low, *factor;  /* inputs each, of the store's dtype; 0 where a value is as it is */
} nu_encoding;

/* Values shared by a dataset and its subsets; freed with the last of them. Immutable once made. */
typedef struct nu_store {
    int references;      /* changed with __atomic builtins */
    size_t rows, features, outputs; /* outputs 0: no targets. The network's inputs are
                                     * nu_store_inputs(): features may be encoded */
    nudge_dtype dtype;   /* of y, shift, factor, encoding, and of x unless it is bytes */
    nu_element element;  /* of x: NU_U8, or the one of dtype */
    void *x;             /* rows x features; NULL: the store is only a shape */
    void *shift, *factor; /* features each, of dtype: input = (x - shift) * factor, applied while a
                           * batch is packed; both NULL: x as it is. Always there for NU_U8 */
    nu_mapping map;      /* where x is in, if anywhere. It is then of any element, and inputs are */
    double *raw_shift, *raw_factor; /* (x - shift) * factor in double, unless it is NU_U8, */
    int clips;           /* and 1: as robust scaling clips them */
    nu_encoding encoding; /* of values so scaled */
    void *y;             /* rows x outputs of dtype, or NULL */
    int32_t *classes;    /* rows, in [0, outputs), or NULL */
    int borrows_x, borrows_targets; /* not freed: x; y and classes */
    int is_bare;         /* x are arrays of a program's own, which no preprocessing has seen */
    uint64_t bytes;      /* of all the above */
} nu_store;

static inline size_t nu_store_inputs(const nu_store *s)
{
    return s->encoding.inputs > 0 ? s->encoding.inputs : s->features;
}

/* A store with one reference and no blocks yet, which are for free(). NUDGE_EMEMORY. */
nudge_status nu_store_new(nu_store **store, size_t rows, size_t features, size_t outputs,
                          nudge_dtype dtype, nudge_error *err);
void nu_store_release(nu_store *store);

/* The sizes of a dataset to be made: none is 0, the rows can be counted, the type is one.
 * NUDGE_EARGUMENT. */
nudge_status nu_dataset_check(size_t rows, size_t features, size_t outputs, nudge_dtype dtype,
                              nudge_error *err);

/* All rows of a store as a dataset, which takes the caller's reference over: *store is then NULL.
 * Counts the store's bytes. NUDGE_EMEMORY. */
nudge_status nu_dataset_wrap(nudge_dataset **data, nu_store **store, nudge_error *err);

/* For NU_SCOPED. */
static inline void nu_store_drop(nu_store **store)
{
    nu_store_release(*store);
}

static inline void nu_dataset_drop(nudge_dataset **data)
{
    nudge_dataset_free(*data);
}

/* NUDGE_EARGUMENT for a dataset that is only a shape. */
nudge_status nu_dataset_has_values(const nudge_dataset *data, nudge_error *err);

struct nudge_dataset {
    nu_store *store;
    size_t rows;
    uint32_t *index;     /* rows numbers of store rows; NULL: rows 0 .. rows-1 in order */
    double *weights;     /* rows, of this dataset's own rows and not of the store's; NULL: 1 each */
    double weight;       /* their sum, in order; without weights the number of rows */
};

/* Takes over weights (rows of them, >= 0 and finite) that free() frees, or NULL. */
void nu_dataset_take_weights(nudge_dataset *data, double *weights);

/* NUDGE_EDATA if all weights are 0: then there is no mean. `what` are the rows, for the message. */
nudge_status nu_dataset_has_weight(const nudge_dataset *data, const char *what, nudge_error *err);

#endif
