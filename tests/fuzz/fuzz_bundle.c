/* SPDX-License-Identifier: Apache-2.0 */
/* A whole bundle, as the import has it: unpacked and decoded bit by bit. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "wire/records.h"
#include "wire/stream.h"

#define STEP	  1000u
#define PLAIN_MAX (64u << 10)
#define TOTAL_MAX (16u << 20) /* then it is a bomb, and seen enough of */

const char fuzz_name[] = "bundle";

/* False when a record is no good. */
static bool decode(struct buf *records)
{
	struct bytes rest = buf_bytes(records);
	struct record rec;
	struct err err;
	size_t used = 1;

	while (rest.n && used) {
		if (record_next(rest, &used, &rec, &err) != ERR_OK)
			return false;
		FUZZ_CHECK(used <= rest.n);
		rest = bytes_skip(rest, used);
	}
	/* What is left is the begin of one record, which has an end. */
	FUZZ_CHECK(rest.n <= RECORD_BODY_MAX + 64);
	buf_consume(records, records->n - rest.n);
	return true;
}

static bool take(struct zreader *z, struct bytes in, struct buf *plain,
		 struct buf *records, size_t *total)
{
	struct err err;
	bool full;

	do {
		if (zreader_add(z, &in, plain, &err) != ERR_OK)
			return false;
		full = plain->n == plain->max;
		*total += plain->n;
		if (!buf_add_bytes(records, buf_bytes(plain)))
			return false;
		buf_clear(plain);
		if (!decode(records) || *total > TOTAL_MAX)
			return false;
	} while (in.n || full);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data, size);
	struct buf plain, records;
	struct zreader z;
	size_t total = 0;
	bool good = true;

	zreader_init(&z);
	buf_init(&plain, PLAIN_MAX);
	buf_init(&records, 2 * (size_t)RECORD_BODY_MAX);
	while (good && rest.n) {
		size_t n = MIN(rest.n, (size_t)STEP);

		good = take(&z, bytes_of(rest.p, n), &plain, &records, &total);
		rest = bytes_skip(rest, n);
	}
	buf_release(&plain);
	buf_release(&records);
	zreader_release(&z);
	return 0;
}
