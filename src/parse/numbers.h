/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers at a place, in either byte order; 0 where the bytes end before. */
#ifndef HALLIGAN_PARSE_NUMBERS_H
#define HALLIGAN_PARSE_NUMBERS_H

#include "base/base.h"
#include "base/bytes.h"

static inline uint64_t number_at(struct bytes b, uint64_t at, size_t n,
				 bool big)
{
	uint64_t v = 0;

	if (at > b.n || b.n - at < n)
		return 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | b.p[at + (big ? i : n - 1 - i)];
	return v;
}

static inline uint16_t le16(struct bytes b, uint64_t at)
{
	return (uint16_t)number_at(b, at, 2, false);
}

static inline uint32_t le32(struct bytes b, uint64_t at)
{
	return (uint32_t)number_at(b, at, 4, false);
}

static inline uint64_t le64(struct bytes b, uint64_t at)
{
	return number_at(b, at, 8, false);
}

static inline uint16_t be16(struct bytes b, uint64_t at)
{
	return (uint16_t)number_at(b, at, 2, true);
}

static inline uint32_t be32(struct bytes b, uint64_t at)
{
	return (uint32_t)number_at(b, at, 4, true);
}

#endif
