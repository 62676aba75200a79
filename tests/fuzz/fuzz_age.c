/* SPDX-License-Identifier: Apache-2.0 */
/* A file encrypted to a key that everybody has: whatever it holds, what comes
 * out is bounded and the reader ends. */
#include "base/base.h"
#include "base/age.h"
#include "base/hash.h"
#include "fuzz/fuzz.h"

const char fuzz_name[] = "age";

/* The identity of the seeds: thirty-two bytes of 7. */
static struct age_identity identity(void)
{
	struct age_identity id;

	memset(id.scalar, 7, sizeof id.scalar);
	return id;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data, size);
	struct age_identity id = identity();
	enum err_code code = ERR_OK;
	struct age_reader r;
	struct buf out;
	size_t total = 0;
	struct err err;

	hash_lib_init();
	age_reader_init(&r, &id);
	buf_init(&out, 2 * AGE_CHUNK);
	while (code == ERR_OK && rest.n) {
		size_t n = MIN(rest.n, (size_t)5000);

		code = age_reader_add(&r, bytes_of(rest.p, n), &out, &err);
		rest = bytes_skip(rest, n);
		total += out.n;
		buf_clear(&out);
	}
	if (code == ERR_OK)
		(void)!age_reader_end(&r, &out, &err);
	FUZZ_CHECK(total + out.n <= size);
	buf_release(&out);
	age_reader_release(&r);
	return 0;
}
