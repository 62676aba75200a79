/* SPDX-License-Identifier: Apache-2.0 */
/* Plain records, as a link child hands them to the engine. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "wire/records.h"

const char fuzz_name[] = "wire";

/* What was read can be written, and is then read the same and no longer. */
static void check_return(const struct record *rec, size_t used)
{
	struct record back;
	struct buf out;
	struct err err;
	size_t again;

	buf_init(&out, RECORD_BODY_MAX);
	FUZZ_CHECK(record_encode(rec->type, &rec->u, &out, &err) == ERR_OK);
	FUZZ_CHECK(out.n <= used);
	FUZZ_CHECK(record_next(buf_bytes(&out), &again, &back, &err) == ERR_OK);
	FUZZ_CHECK(again == out.n && back.type == rec->type);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	struct record rec;
	struct err err;
	size_t used;

	while (record_next(in, &used, &rec, &err) == ERR_OK && used) {
		FUZZ_CHECK(used <= in.n);
		if (rec.type)
			check_return(&rec, used);
		in = bytes_skip(in, used);
	}
	return 0;
}
