/* SPDX-License-Identifier: Apache-2.0 */
/* What of definitions a command wants. */
#include "base/base.h"

#include "app/artifacts.h"
#include "app/cmd.h"
#include "base/text.h"

#define SAID_MAX 12u /* lines about what is not done */

enum err_code artifacts_of(const struct invocation *inv,
			   struct artifact_set *set,
			   const struct artifact_sink *sink, struct err *err)
{
	const char *more[COMMAND_VALUES_MAX];
	size_t n = option_all(inv, "definitions", more, ARRAY_SIZE(more));
	enum err_code code = artifacts_load_own(set, sink, err);

	for (size_t i = 0; code == ERR_OK && i < n; i++)
		code = artifacts_load(set, more[i], sink, err);
	return code;
}

struct saying {
	struct invocation *inv;
	unsigned n;
};

static void say_problem(void *arg, const char *file, unsigned line,
			bool is_error UNUSED, const char *why)
{
	struct saying *s = arg;

	if (s->n++ < SAID_MAX)
		cmd_say(s->inv, "%s:%u: %s", shown_str(file).s, line, why);
}

enum err_code artifacts_wanted(struct invocation *inv, const char *otherwise,
			       struct buf *out, struct err *err)
{
	const char *names[COMMAND_VALUES_MAX], *profiles[COMMAND_VALUES_MAX];
	struct saying saying = {.inv = inv};
	const struct artifact_sink sink = {say_problem, &saying};
	struct artifact_choice choice = {
		.names = names,
		.n_names = option_all(inv, "artifact", names,
				      ARRAY_SIZE(names)),
		.profiles = profiles,
		.n_profiles = option_all(inv, "profile", profiles,
					 ARRAY_SIZE(profiles)),
		.sink = &sink,
	};
	struct artifact_set set = {0};
	enum err_code code;

	if (!choice.n_names && !choice.n_profiles && otherwise)
		profiles[choice.n_profiles++] = otherwise;
	if (!choice.n_names && !choice.n_profiles)
		return ERR_OK;
	code = artifacts_of(inv, &set, &sink, err);
	if (code == ERR_OK)
		code = artifacts_request(&set, &choice, out, err);
	if (saying.n > SAID_MAX)
		cmd_say(inv, "and %u more; `artifact lint` has them all",
			saying.n - SAID_MAX);
	artifacts_release(&set);
	return code;
}
