/* SPDX-License-Identifier: Apache-2.0 */
/* The servers on the way to a host: which, and what is known of them. */
#include "base/base.h"

#include <strings.h>

#include "app/reaching.h"
#include "base/text.h"

static struct job_host *add_jump(struct job_host *host)
{
	host->jumps = xrealloc(host->jumps, host->n_jumps + 1,
			       sizeof *host->jumps);
	host->jumps[host->n_jumps] = (struct job_host){0};
	return &host->jumps[host->n_jumps++];
}

/* One that the case has by that very name is that host. */
static enum err_code find_host(struct reaching *r, const char *name,
			       struct case_host *found, struct err *err)
{
	enum err_code code = case_host_find(r->app->casefile, name, found, err);

	if (code == ERR_NOTFOUND)
		return ERR_OK;
	if (code == ERR_OK &&
	    (strcmp(found->name, name) != 0 || !found->target[0])) {
		case_host_release(found);
		*found = (struct case_host){0};
	}
	return code;
}

static char *text_at(const struct rows *rows, const struct row *row,
		     const char *column)
{
	return bytes_to_str(row->values[view_column(rows_view(rows), column)].b);
}

static enum err_code find_pin(struct reaching *r, struct job_host *jump,
			      struct err *err)
{
	struct row_query query = {.view = "pin"};
	char name[JOB_PIN_NAME_MAX];
	enum err_code code;
	struct rows *rows;
	struct row row;

	job_pin_name(&jump->reach, name);
	query.where[0].column = "name";
	query.where[0].value = name;
	code = case_rows(r->app->casefile, &query, &rows, err);
	if (code != ERR_OK)
		return code;
	if (rows_count(rows))
		code = rows_get(rows, 0, &row, err);
	if (code == ERR_OK && rows_count(rows)) {
		jump->pinned_key_type = text_at(rows, &row, "key_type");
		jump->pinned_fingerprint =
			text_at(rows, &row, "key_fingerprint");
	}
	rows_close(rows);
	return code;
}

static enum err_code make_jump(struct reaching *r, const char *name,
			       struct job_host *jump, struct err *err)
{
	struct case_host found = {0};
	struct reach_ask ask = {.target = name};
	enum err_code code = find_host(r, name, &found, err);

	jump->name = xstrdup(shown_str(name).s);
	if (code == ERR_OK && found.name)
		ask = (struct reach_ask){.target = found.target,
					 .identity = found.identity,
					 .jump = found.jump};
	if (code == ERR_OK)
		code = reaching_host(r, &ask, &jump->reach, err);
	if (code == ERR_OK && found.name) {
		jump->id = found.id;
		jump->pinned_key_type = found.key_type;
		jump->pinned_fingerprint = found.key_fingerprint;
		found.key_type = found.key_fingerprint = NULL;
	} else if (code == ERR_OK) {
		code = find_pin(r, jump, err);
	}
	case_host_release(&found);
	return code == ERR_OK ? code
			      : err_wrap(err, "jump host %s", jump->name);
}

static bool is_same_server(const struct reach *a, const struct reach *b)
{
	return a->port == b->port && strcasecmp(a->host, b->host) == 0 &&
	       strcmp(a->user, b->user) == 0;
}

static enum err_code check_loop(const struct job_host *host,
				const struct job_host *jump, struct err *err)
{
	bool loops = is_same_server(&host->reach, &jump->reach);

	for (const struct job_host *j = host->jumps; j < jump; j++)
		loops |= is_same_server(&j->reach, &jump->reach);
	if (!loops)
		return ERR_OK;
	return err_set(err, ERR_USAGE,
		       "the way goes through %s twice; a host that is reached "
		       "without a jump has ProxyJump none in ssh_config",
		       jump->name);
}

/* Those of one list, the farthest first. */
static enum err_code add_list(struct reaching *r, struct job_host *host,
			      const char *list, struct err *err)
{
	char *rest = xstrdup(list);
	enum err_code code = ERR_OK;

	while (code == ERR_OK && *rest) {
		char *comma = strrchr(rest, ',');
		char *name = comma ? comma + 1 : rest;
		struct job_host *jump;

		if (host->n_jumps == REACH_JUMPS_MAX) {
			code = err_set(err, ERR_USAGE,
				       "more than %d jump hosts on the way",
				       REACH_JUMPS_MAX);
			break;
		}
		jump = add_jump(host);
		code = make_jump(r, name, jump, err);
		if (code == ERR_OK)
			code = check_loop(host, jump, err);
		*(comma ? comma : rest) = '\0';
	}
	free(rest);
	return code;
}

static void turn_round(struct job_host *v, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct job_host swap = v[i];

		v[i] = v[n - 1 - i];
		v[n - 1 - i] = swap;
	}
}

/*
 * As ssh does: a list is followed as it stands, and only its first server,
 * which nobody says how to reach, may be behind others of its own.
 */
enum err_code reaching_jumps(struct reaching *r, struct job_host *host,
			     struct err *err)
{
	const char *list = host->reach.jump;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && list) {
		code = add_list(r, host, list, err);
		list = code == ERR_OK ? host->jumps[host->n_jumps - 1].reach.jump
				      : NULL;
	}
	turn_round(host->jumps, host->n_jumps);
	return code;
}
