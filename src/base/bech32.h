/* SPDX-License-Identifier: Apache-2.0 */
/* Bech32 (BIP 173): short keys as words people can copy without mistakes. */
#ifndef HALLIGAN_BASE_BECH32_H
#define HALLIGAN_BASE_BECH32_H

#include "base/base.h"
#include "base/bytes.h"

/* "PREFIX1...", lower case, into out, which has room for the prefix and
 * 8 + 8 n / 5 more. */
const char *bech32_encode(const char *prefix, struct bytes b, char *out,
			  size_t room);

/* Exactly n bytes behind that prefix, in one case all through; false when the
 * word is not that, or has a mistake in it. */
bool bech32_decode(const char *prefix, struct bytes word, uint8_t *out,
		   size_t n);

#endif
