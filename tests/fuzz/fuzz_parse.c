/* SPDX-License-Identifier: Apache-2.0 */
/* Every parser over the same bytes: nothing may break, and what an event
 * says of where it is must be true. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "parse/parse.h"

const char fuzz_name[] = "parse";

static enum err_code on_event(void *arg, const struct parse_event *e,
			      struct err *err UNUSED)
{
	const struct parse_input *in = arg;

	FUZZ_CHECK(e->kind && e->desc && e->offset <= in->content.n &&
		   e->length <= in->content.n - e->offset);
	return ERR_OK;
}

static enum err_code on_fact(void *arg, const struct parse_fact *f,
			     struct err *err UNUSED)
{
	const struct parse_input *in = arg;

	FUZZ_CHECK(f->kind && f->offset <= in->content.n &&
		   f->length <= in->content.n - f->offset);
	return ERR_OK;
}

static enum err_code on_problem(void *arg, uint64_t offset, const char *what,
				struct err *err UNUSED)
{
	const struct parse_input *in = arg;

	FUZZ_CHECK(what && offset <= in->content.n);
	return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parse_input in = {.content = bytes_of(data, size),
				 .path = bytes_str("/var/log/btmp"),
				 .mtime_ns = INT64_C(1700000000) * NS_PER_S,
				 .taken_ns = INT64_C(1700000000) * NS_PER_S};
	struct parse_out out = {&in, on_event, on_fact, on_problem};
	struct err err;

	(void)parser_guess(&in);
	for (size_t i = 0; i < n_parsers; i++)
		(void)parsers[i].run(&in, &out, &err);
	return 0;
}
