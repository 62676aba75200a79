/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that work on hosts: each starts a job and returns at once. */
#include "base/base.h"

#include <limits.h>

#include "app/cmd.h"

static enum err_code check_hosts(const struct invocation *inv, struct err *err)
{
	if (inv->n_args && option_flag(inv, "all"))
		return err_set(err, ERR_USAGE,
			       "either name hosts or give --all, not both");
	if (!inv->n_args && !option_flag(inv, "all"))
		return err_set(err, ERR_USAGE,
			       "which hosts? name them, or give --all");
	return ERR_OK;
}

static enum err_code start(struct app *app, struct invocation *inv,
			   enum job_op op, struct err *err)
{
	const char *paths[COMMAND_VALUES_MAX], *rules[COMMAND_VALUES_MAX];
	struct job_spec spec = {
		.op = op,
		.hosts = inv->args,
		.n_hosts = inv->n_args,
		.paths = paths,
		.n_paths = option_all(inv, "path", paths, ARRAY_SIZE(paths)),
		.rules = rules,
		.n_rules = option_all(inv, "rules", rules, ARRAY_SIZE(rules)),
		.accept_new_host_keys = option_flag(inv,
						    "accept-new-host-keys"),
		.take_hits = option_flag(inv, "take-hits"),
		.max_file_size = option_number(inv, "max-size", 0),
		.command = inv->line,
	};
	uint64_t parallel = option_number(inv, "parallel", 0);
	enum err_code code = check_hosts(inv, err);

	if (code != ERR_OK)
		return code;
	spec.parallel = (unsigned)MIN(parallel, (uint64_t)UINT_MAX);
	return app_start_job(app, &spec, &inv->run, err);
}

COMMAND_RUN(cmd_hunt)
{
	return start(app, inv, JOB_HUNT, err);
}

COMMAND_RUN(cmd_collect)
{
	return start(app, inv, JOB_COLLECT, err);
}

COMMAND_RUN(cmd_connect)
{
	return start(app, inv, JOB_CONNECT, err);
}
