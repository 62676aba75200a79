/* SPDX-License-Identifier: Apache-2.0 */
/* The compressed stream, arriving in two pieces, into a small buffer. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "wire/stream.h"

#define ROOM 4096u

const char fuzz_name[] = "zreader";

/* False when the stream is no good. */
static bool feed(struct zreader *z, struct bytes in, struct buf *out)
{
	struct err err;
	size_t n;

	do {
		n = in.n;
		buf_clear(out);
		if (zreader_add(z, &in, out, &err) != ERR_OK)
			return false;
		FUZZ_CHECK(in.n <= n && out->n <= ROOM);
	} while (in.n || out->n == ROOM);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t cut = size ? data[size - 1] % size : 0;
	struct bytes in = bytes_of(data, size);
	struct zreader z;
	struct buf out;

	zreader_init(&z);
	buf_init(&out, ROOM);
	if (feed(&z, bytes_of(data, cut), &out))
		(void)feed(&z, bytes_skip(in, cut), &out); /* the end */
	buf_release(&out);
	zreader_release(&z);
	return 0;
}
