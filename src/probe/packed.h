/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where in a file something is packed, by magic alone: at its head, behind
 * another archive, or a zip at its end whatever it begins with, as in a
 * self-extractor or a picture. What it really is libarchive says.
 */
#ifndef HALLIGAN_PROBE_PACKED_H
#define HALLIGAN_PROBE_PACKED_H

#include "base/base.h"
#include "base/bytes.h"

/* Of the end of a file, in which a zip's directory is looked for. */
#define PACKED_TAIL ((size_t)(64 << 10) + 22)

/* Whether it begins as something that can be unpacked. */
bool packed_knows(struct bytes head);

/* The same for a zip; offsets of which count from where it begins. */
bool packed_is_zip(struct bytes head);

/* Where a zip lies in a file whose directory is at the end of the file. */
struct packed_zip {
	uint64_t begin, end;
};

/* By the last bytes of a file of that size. */
bool packed_find_zip(struct bytes tail, uint64_t size, struct packed_zip *zip);

/* The first place from there on that looks like something packed; the length
 * of the content when there is none. */
size_t packed_next(struct bytes content, size_t from);

#endif
