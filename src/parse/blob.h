/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces that a format has packed inside a file. */
#ifndef HALLIGAN_PARSE_BLOB_H
#define HALLIGAN_PARSE_BLOB_H

#include "base/base.h"
#include "base/buf.h"

enum blob {
	BLOB_XZ,   /* a stream of xz */
	BLOB_LZ4,  /* its size in 64 bits, little endian, and one block */
	BLOB_ZSTD, /* frames (RFC 8878) */
};

/*
 * As much of what was packed as `out` (cleared first) may hold, in bounded
 * memory. False: it is damaged, and out has what could be had.
 */
bool blob_unpack(enum blob how, struct bytes packed, struct buf *out);

#endif
