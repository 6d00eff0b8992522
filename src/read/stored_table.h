/* A table of named columns in a safetensors file, so that text is parsed once. Tensor "N" is column
 * N, from 0: F64 of [rows], where NaN is a missing value, or I32, the number of one of its labels,
 * where -1 is. __metadata__ has "format", "nudge-table", and "table", a JSON text:
 *   {"columns": [{"name", "kind": "number", "category" or "date",
 *                 "labels": of a category, or of a target that is numbers as they were written;
 *                 "values": of the latter; "target": its place
 *                 among the targets, from 1; "around": [before, after] of numbers}],
 *    "csv": how the text was written, as models have it (dialect_json.h)} */
#ifndef NUDGE_READ_STORED_TABLE_H
#define NUDGE_READ_STORED_TABLE_H

#include "model/safetensors.h"
#include "read/format.h"

#define NU_STORED_FORMAT "nudge-table"

/* In stored_write.c. Columns that are no features and no targets are left out. NUDGE_EOPEN,
 * NUDGE_EIO, NUDGE_EMEMORY. */
nudge_status nu_stored_write(const nudge_table *t, const char *path, nudge_error *err);

/* Fills a zeroed table that has its source's name. The options choose columns as they do from CSV;
 * without a target the stored one is it. Statuses as of nudge_table_read(). */
nudge_status nu_stored_read(nudge_table *t, const nu_st_file *file,
                            const nudge_read_options *options, nudge_error *err);

#endif
