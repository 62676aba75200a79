/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles that probes wrote alone, and files of hosts, come into the case. */
#include "base/base.h"

#include "app/cmd.h"
#include "base/json.h"
#include "base/text.h"
#include "parse/parse.h"

#define PRINT_MAX ((size_t)64 << 10)

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
	const struct follow_spec follow = {.command = inv->line,
					   .checks = true,
					   .only_pictures = true};
	struct import_spec spec = {.host = option_text(inv, "host"),
				   .again = option_flag(inv, "again"),
				   .identity = option_text(inv, "identity"),
				   .parser = option_text(inv, "as"),
				   .zone = option_text(inv, "zone"),
				   .with_secrets =
					   option_flag(inv, "with-secrets"),
				   .command = inv->line};
	enum err_code code = check_files(inv, err);

	for (size_t i = 0; code == ERR_OK && i < inv->n_args; i++) {
		struct uuid *run = i ? &inv->more_runs[inv->n_more_runs]
				     : &inv->run;

		spec.file = inv->args[i];
		code = app_start_import(app, &spec, run, err);
		if (code != ERR_OK)
			break;
		app_follow(app, run, &follow);
		inv->n_more_runs += i > 0;
	}
	return code;
}

/* Of all hosts that have something. */
static enum err_code parse_all(struct app *app, struct invocation *inv,
			       const struct parse_spec *spec, struct err *err)
{
	char **hosts = NULL;
	size_t n = 0;
	enum err_code code = app_parse_hosts(app, spec, &hosts, &n, err);

	if (code == ERR_OK) {
		code = app_parse_all(app, spec, hosts, n, &inv->run, err);
	} else {
		for (size_t i = 0; i < n; i++)
			free(hosts[i]);
		free(hosts);
	}
	return code != ERR_OK || inv->run.s[0]
		       ? code
		       : err_set(err, ERR_NOTFOUND,
				 "all evidence was read already; --again reads "
				 "it once more");
}

/* A run for each host: those that are named, or all that have something. */
COMMAND_RUN(cmd_parse)
{
	struct parse_spec spec = {.again = option_flag(inv, "again"),
				  .parser = option_text(inv, "as"),
				  .zone = option_text(inv, "zone"),
				  .command = inv->line};
	enum err_code code = ERR_OK;

	if (inv->n_args == 0)
		return parse_all(app, inv, &spec, err);
	for (size_t i = 0; code == ERR_OK && i < inv->n_args; i++) {
		spec.host = inv->args[i];
		code = app_start_parse(app, &spec,
				       i ? &inv->more_runs[inv->n_more_runs]
					 : &inv->run,
				       err);
		inv->n_more_runs += i && code == ERR_OK;
	}
	return code;
}

COMMAND_RUN(cmd_parser_list)
{
	struct buf out;
	enum err_code code;

	(void)app;
	buf_init(&out, PRINT_MAX);
	for (size_t i = 0; i < n_parsers; i++) {
		struct json j = json_to(&out);

		if (!inv->front->json) {
			(void)buf_addf(&out, "%-16s %s\n", parsers[i].name,
				       parsers[i].help);
			continue;
		}
		json_begin_object(&j, NULL);
		json_str(&j, "name", parsers[i].name);
		json_str(&j, "help", parsers[i].help);
		json_end_object(&j);
		(void)buf_add_byte(&out, '\n');
	}
	code = cmd_print(inv, &out, err);
	buf_release(&out);
	return code;
}
