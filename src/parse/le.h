/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in little endian order at a place; 0 where the bytes end before. */
#ifndef HALLIGAN_PARSE_LE_H
#define HALLIGAN_PARSE_LE_H

#include "base/base.h"
#include "base/bytes.h"

static inline uint64_t le_number(struct bytes b, uint64_t at, size_t n)
{
	uint64_t v = 0;

	if (at > b.n || b.n - at < n)
		return 0;
	for (size_t i = n; i-- > 0;)
		v = v << 8 | b.p[at + i];
	return v;
}

static inline uint32_t le32(struct bytes b, uint64_t at)
{
	return (uint32_t)le_number(b, at, 4);
}

static inline uint64_t le64(struct bytes b, uint64_t at)
{
	return le_number(b, at, 8);
}

#endif
