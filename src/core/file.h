/* Files: atomic output, whole-file input. */
#ifndef NUDGE_CORE_FILE_H
#define NUDGE_CORE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "atomic_file.h"
#include "nudge.h"

/* A file being written: atomic_file.h, with statuses and messages. */
typedef nu_atomic_file nu_output;

/* NUDGE_EOPEN. */
nudge_status nu_output_open(nu_output *out, const char *path, nudge_error *err);

/* NUDGE_EIO. */
nudge_status nu_output_commit(nu_output *out, nudge_error *err);

/* The whole file, decompressed if it is gzip, bzip2, xz or zstd; *bytes for free(), followed by a
 * NUL that is not counted in *size. NUDGE_EOPEN, NUDGE_EIO, NUDGE_EDATA (a compressed file cut
 * short or damaged), NUDGE_EMEMORY. */
nudge_status nu_read_file(const char *path, unsigned char **bytes, size_t *size, nudge_error *err);

/* `size` bytes of an open file from byte `at` on. 0, or an errno; -1: the file ends before. */
int nu_read_at(int fd, uint64_t at, void *out, size_t size);

/* Likewise to a file. 0, or an errno. */
int nu_write_at(int fd, uint64_t at, const void *bytes, size_t size);

#endif
