/* SPDX-License-Identifier: Apache-2.0 */
/* The first bytes of a server: what is taken lies within them. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "remote/kexinit.h"

const char fuzz_name[] = "kexinit";

static bool is_within(struct bytes b, struct bytes all)
{
	return b.n == 0 || (b.p >= all.p && b.p + b.n <= all.p + all.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes heard = bytes_of(data, size);
	struct kexinit k;

	if (!kexinit_read(heard, &k))
		return 0;
	FUZZ_CHECK(is_within(k.kex, heard));
	FUZZ_CHECK(is_within(k.host_keys, heard));
	FUZZ_CHECK(is_within(k.ciphers, heard));
	FUZZ_CHECK(is_within(k.macs, heard));
	return 0;
}
