/* SPDX-License-Identifier: Apache-2.0 */
/* YARA source in tokens: they come in order, lie in the source, and end. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "rule/lex.h"

const char fuzz_name[] = "rule";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lexer l = lexer_of(bytes_of(data, size));
	const uint8_t *end = data;
	struct token t = lex_next(&l);

	for (; t.kind != TOKEN_END; t = lex_next(&l)) {
		FUZZ_CHECK(t.text.n > 0 && t.text.p >= end && t.column > 0);
		FUZZ_CHECK(t.text.p + t.text.n <= data + size);
		end = t.text.p + t.text.n;
	}
	return 0;
}
