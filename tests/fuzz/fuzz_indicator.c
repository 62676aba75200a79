/* SPDX-License-Identifier: Apache-2.0 */
/* A list of indicators from anywhere; its patterns are run over the list. */
#include "base/base.h"
#include "base/regex.h"
#include "fuzz/fuzz.h"
#include "model/indicator.h"

#define TEXT_MAX 512u

const char fuzz_name[] = "indicator";

static enum err_code take(void *arg, const struct indicator *i,
			  struct err *err)
{
	const struct bytes *text = arg;
	struct buf again;
	struct regex *r;

	buf_init(&again, INDICATOR_VALUE_MAX);
	FUZZ_CHECK(indicator_normal(i->kind, i->value, &again, err) == ERR_OK);
	FUZZ_CHECK(bytes_eq(buf_bytes(&again), i->value));
	buf_release(&again);
	if (i->kind == INDICATOR_FILENAME) {
		FUZZ_CHECK(regex_compile(i->value, &r, err) == ERR_OK);
		(void)regex_search(r, *text);
		regex_free(r);
	}
	return ERR_OK;
}

static void bad(void *arg UNUSED, uint64_t line, const char *why)
{
	FUZZ_CHECK(line && *why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, MIN(size, TEXT_MAX));
	struct indicator_reader reader = {
		.name = "fuzz", .take = take, .bad = bad, .arg = &text};
	struct err err;

	FUZZ_CHECK(indicator_list_read(&reader, bytes_of(data, size), &err) ==
		   ERR_OK);
	return 0;
}
