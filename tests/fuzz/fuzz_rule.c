/* SPDX-License-Identifier: Apache-2.0 */
/* YARA source in tokens: they come in order, lie in the source, and end. What
 * is cut out of it keeps its length and its lines. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "rule/lex.h"
#include "rule/metas.h"
#include "rule/need.h"
#include "rule/slim.h"

const char fuzz_name[] = "rule";

static void cut_out(const uint8_t *data, size_t size)
{
	struct buf b;

	buf_init(&b, size + 1);
	if (!buf_add(&b, data, size))
		return;
	(void)rule_blank_needy(&b);
	FUZZ_CHECK(b.n == size);
	for (size_t i = 0; i < size; i++)
		FUZZ_CHECK(b.p[i] == data[i] ||
			   (b.p[i] == ' ' && data[i] != '\n'));
	buf_release(&b);
}

/* As it is sent it is no longer than it was, and what its rules say is read. */
static void send_and_read(const uint8_t *data, size_t size)
{
	struct rule_file f = {.ns = (char[]){"ns"}};
	struct ruleset set = {.files = &f, .n_files = 1};
	struct rule_name *names;
	struct buf slim;
	size_t n;

	buf_init(&f.source, size + 1);
	buf_init(&slim, size + 1);
	if (!buf_add(&f.source, data, size))
		return;
	FUZZ_CHECK(rule_slim(buf_bytes(&f.source), &slim));
	(void)rule_slim_origin(buf_bytes(&f.source), 2);
	names = ruleset_names(&set, &n);
	for (size_t i = 0; i < n; i++) {
		struct rule_metas metas;

		rule_metas_read(&names[i], &metas);
		rule_metas_release(&metas);
	}
	free(names);
	buf_release(&f.source);
	buf_release(&slim);
}

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
	cut_out(data, size);
	send_and_read(data, size);
	return 0;
}
