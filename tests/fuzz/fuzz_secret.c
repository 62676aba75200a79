/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of shadow(5) and of private keys: never more than was there. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "probe/secret.h"

const char fuzz_name[] = "secret";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size);
	struct buf out, again;

	buf_init(&out, 16 * size + 4096);
	buf_init(&again, 16 * size + 4096);
	secret_redact_hashes(text, &out);
	FUZZ_CHECK(!out.full);
	/* What was told once says all there is to tell. */
	secret_redact_hashes(buf_bytes(&out), &again);
	FUZZ_CHECK(again.n <= out.n + 16);
	buf_clear(&out);
	if (secret_is_key(text)) {
		secret_describe_key(text, &out);
		FUZZ_CHECK(out.n && !out.full);
	}
	buf_release(&again);
	buf_release(&out);
	return 0;
}
