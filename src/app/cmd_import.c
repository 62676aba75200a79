/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles that probes wrote alone come into the case. */
#include "base/base.h"

#include "app/cmd.h"
#include "base/text.h"

/* Seen to before the first of them begins. */
static enum err_code check_files(const struct invocation *inv, struct err *err)
{
	for (size_t i = 0; i < inv->n_args; i++)
		if (access(inv->args[i], R_OK) != 0)
			return err_errno(err, "reading %s",
					 shown_str(inv->args[i]).s);
	return ERR_OK;
}

COMMAND_RUN(cmd_import)
{
	struct import_spec spec = {.host = option_text(inv, "host"),
				   .again = option_flag(inv, "again"),
				   .identity = option_text(inv, "identity"),
				   .command = inv->line};
	enum err_code code = check_files(inv, err);

	for (size_t i = 0; code == ERR_OK && i < inv->n_args; i++) {
		spec.file = inv->args[i];
		if (i == 0) {
			code = app_start_import(app, &spec, &inv->run, err);
			continue;
		}
		code = app_start_import(app, &spec,
					&inv->more_runs[inv->n_more_runs],
					err);
		inv->n_more_runs += code == ERR_OK;
	}
	return code;
}
