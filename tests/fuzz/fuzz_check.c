/* SPDX-License-Identifier: Apache-2.0 */
/* A file of checks from anywhere: its header, and what is made of that. */
#include "base/base.h"
#include "detect/checkset.h"
#include "fuzz/fuzz.h"
#include "model/severity.h"

const char fuzz_name[] = "check";

static void say(void *arg, const struct check_problem *p)
{
	unsigned *n = arg;

	FUZZ_CHECK(p->line && *p->message);
	(*n)++;
}

static void look_at(const struct check *c, size_t size)
{
	char *techniques = check_techniques(c);

	FUZZ_CHECK(strcmp(c->id, "fuzz") == 0);
	FUZZ_CHECK(c->sql < strlen(c->source));
	FUZZ_CHECK(severity_of(bytes_str(c->severity)) >= 0);
	FUZZ_CHECK(strlen(techniques) <= strlen(c->attack));
	FUZZ_CHECK(check_line(c, 0) <= check_line(c, size));
	free(techniques);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct checkset set = {0};
	unsigned n_said = 0;
	struct err err;
	enum err_code code =
		checkset_read(&set, "folder/fuzz.sql", bytes_of(data, size),
			      say, &n_said, &err);

	FUZZ_CHECK((code == ERR_OK) == (set.n == 1));
	FUZZ_CHECK(code != ERR_OK || n_said == 0);
	if (set.n)
		look_at(&set.v[0], size);
	checkset_hash(&set);
	checkset_release(&set);
	return 0;
}
