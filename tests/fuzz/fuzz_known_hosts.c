/* SPDX-License-Identifier: Apache-2.0 */
/* known_hosts(5): any text, held against a key and three names. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "remote/remote.h"

const char fuzz_name[] = "known_hosts";

static size_t count(struct bytes b, uint8_t c)
{
	size_t n = 0;

	for (size_t i = 0; i < b.n; i++)
		n += b.p[i] == c;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"web01", "[web01]:2222",
					    "2001:db8::7"};
	struct bytes text = bytes_of(data, size);
	struct known_hosts kh;

	known_hosts_init(&kh);
	if (!buf_add_bytes(&kh.text, text))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct known_result r;
		struct buf types;

		known_hosts_check(&kh, names[i], bytes_str("ssh-ed25519"),
				  bytes_str("key1"), &r);
		FUZZ_CHECK(r.place.line <= count(text, '\n') + 1);
		FUZZ_CHECK((r.verdict == KNOWN_UNKNOWN) == !r.place.line);
		FUZZ_CHECK((r.verdict == KNOWN_CHANGED) ==
			   (r.fingerprint[0] != '\0'));
		buf_init(&types, 200);
		known_hosts_types(&kh, names[i], &types);
		FUZZ_CHECK(types.n <= 200);
		buf_release(&types);
	}
	known_hosts_release(&kh);
	return 0;
}
