/* What a file format is: a row of the table in read.c. */
#ifndef NUDGE_READ_FORMAT_H
#define NUDGE_READ_FORMAT_H

#include "read/array_files.h"
#include "read/source.h"
#include "table/table.h"

/* Rows to be written, a table at a time. */
typedef struct nu_rows {
    nudge_table *table; /* the first rows; not changed without `next` */
    /* Puts the next rows into the table; none: its rows are then 0. NULL: the table is all.
     * NUDGE_ESTOPPED, NUDGE_EMEMORY. */
    nudge_status (*next)(struct nu_rows *rows, nudge_error *err);
    void *user;
} nu_rows;

typedef struct nu_format {
    const char *name;
    const char *prefix;     /* of a spec that is no path: "synth:"; or NULL */
    const char *ending[2];  /* of files; NULL: none */
    int by_ending;          /* a file with the ending is of this format whatever it begins with:
                             * if it is damaged, the message is about this format */

    /* Whether a file begins so; NULL: its content does not tell. */
    int (*looks_like)(const unsigned char *head, size_t size);

    /* One of the two. A file is one array, of features or of labels (features and targets need a
     * file each): checks its header. Or fills a zeroed table that has its source's name and its
     * format. */
    nudge_status (*open)(nu_array *a, nu_source *s, nudge_error *err);
    nudge_status (*read)(nudge_table *t, nu_source *s, const nudge_read_options *options,
                         nudge_error *err);

    size_t least_rank;      /* of an array of features */
    int takes_labels;       /* a file of labels goes with it */
    int has_columns;        /* it can be a table whose target and weights are named columns */

    /* One of the two. Text, from beginning to end; or files whose rows have their places: creates
     * them with their headers. labels: the path of the file of targets, or NULL; path may be NULL
     * where there is one. */
    nudge_status (*write)(nu_rows *rows, const char *path, nudge_error *err);
    nudge_status (*start)(nu_array_files *files, const nu_array_layout *layout, const char *path,
                          const char *labels, nudge_error *err);
} nu_format;

/* nu_csv_format's, in csv_write.c: through gzip where the path ends so. NUDGE_EDATA (a text that no
 * CSV file can hold), NUDGE_EOPEN, NUDGE_EIO, NUDGE_EMEMORY, or what rows->next() returns. */
nudge_status nu_csv_write(nu_rows *rows, const char *path, nudge_error *err);

extern const nu_format nu_arff_format;         /* arff.c */
extern const nu_format nu_csv_format;          /* csv.c */
extern const nu_format nu_fann_format;         /* fann.c */
extern const nu_format nu_idx_format;          /* idx.c */
extern const nu_format nu_libsvm_format;       /* libsvm.c */
extern const nu_format nu_npy_format;          /* npy.c */
extern const nu_format nu_npz_format;          /* archive.c */
extern const nu_format nu_safetensors_format;  /* safetensors_data.c */

#endif
