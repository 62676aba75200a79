/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs of cron, anacron and at. Which form a table has its path tells: those
 * of the system have a column with the account, those in the spool have not.
 */
#include "base/base.h"
#include "base/time.h"
#include "parse/conf.h"
#include "parse/words.h"

static const char *const system_tables[] = {"etc/crontab", "etc/cron.d/*",
					    "cron.d/*", NULL};
static const char *const spool_tables[] = {"spool/cron/crontabs/*",
					   "spool/cron/*", "cron/tabs/*",
					   "crontabs/*", NULL};

static bool is_field(struct bytes w)
{
	for (size_t i = 0; i < w.n; i++)
		if (!((w.p[i] >= '0' && w.p[i] <= '9') ||
		      (w.p[i] >= 'a' && w.p[i] <= 'z') ||
		      (w.p[i] >= 'A' && w.p[i] <= 'Z') ||
		      (w.p[i] && strchr("*,-/~?L#", w.p[i]))))
			return false;
	return w.n > 0;
}

/* "a b c d e" or "@word" off the front. */
static bool take_schedule(struct bytes *rest, struct bytes *schedule)
{
	struct bytes left = *rest, word = {0};

	*schedule = left;
	(void)take_byte(&left, '-'); /* SUSE: without a line in the log */
	if (left.n && left.p[0] == '@') {
		word = take_word(&left);
	} else {
		for (size_t i = 0; i < 5; i++) {
			word = take_word(&left);
			if (!is_field(word) ||
			    (i < 2 && word.p[0] >= 'A' && word.p[0] != '~'))
				return false;
		}
	}
	schedule->n = (size_t)(word.p + word.n - schedule->p);
	*rest = left;
	return left.n > 0;
}

/* "NAME = value", which holds for the lines below it. */
static bool is_variable(struct bytes line)
{
	struct bytes key, value;

	if (!line.n || !memchr(line.p, '=', line.n) ||
	    !take_setting(line, "=", &key, &value))
		return false;
	key = unquoted(key);
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] != '_' && !(key.p[i] >= 'A' && key.p[i] <= 'Z') &&
		    !(key.p[i] >= 'a' && key.p[i] <= 'z') &&
		    !(key.p[i] >= '0' && key.p[i] <= '9'))
			return false;
	return key.n > 0 && !(key.p[0] >= '0' && key.p[0] <= '9');
}

static void tell_variable(struct conf *c, const struct conf_line *line)
{
	struct bytes key, value;

	(void)take_setting(line->text, "=", &key, &value);
	fact_begin(c, "environment", unquoted(key), line);
	fact_text(c, "value", unquoted(value));
	fact_text(c, "source", c->in->path);
	fact_tell(c);
}

static bool is_job(struct bytes line)
{
	struct bytes schedule;

	line = bytes_trim(line);
	return is_variable(line) || take_schedule(&line, &schedule);
}

unsigned crontab_score(const struct parse_input *in)
{
	unsigned score = conf_score(in, system_tables, is_job);

	return score ? score : conf_score(in, spool_tables, is_job);
}

static const char *source_of(struct bytes path)
{
	if (path_ends(path, "cron.d/*"))
		return "cron.d";
	return path_ends_any(path, spool_tables) ? "spool" : "crontab";
}

static void tell_job(struct conf *c, const struct conf_line *line,
		     bool has_account)
{
	struct bytes rest = line->text, schedule, account;

	account = has_account ? bytes_str("") : bytes_file_name(c->in->path);
	if (!take_schedule(&rest, &schedule)) {
		conf_problem(c, line->offset, "no job of cron");
		return;
	}
	if (has_account)
		account = take_word(&rest);
	fact_begin(c, "cron", rest, line);
	fact_text(c, "schedule", schedule);
	fact_text(c, "account", account);
	fact_str(c, "source", source_of(c->in->path));
	fact_signs(c, signs_of_command(rest));
	fact_tell(c);
}

enum err_code crontab_run(const struct parse_input *in,
			  const struct parse_out *out, struct err *err)
{
	bool has_account = !path_ends_any(in->path, spool_tables);
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		if (is_variable(line.text))
			tell_variable(&c, &line);
		else
			tell_job(&c, &line, has_account);
	}
	return conf_end(&c);
}

/* ---- anacrontab: period delay name command ---- */

static bool take_anacron(struct bytes *rest, struct bytes *period)
{
	struct bytes left = *rest, delay;
	uint64_t v;

	*period = take_word(&left);
	delay = take_word(&left);
	if (!(period->n &&
	      (period->p[0] == '@' || bytes_to_u64(*period, &v))) ||
	    !bytes_to_u64(delay, &v))
		return false;
	(void)take_word(&left);
	*rest = left;
	return left.n > 0;
}

static bool is_anacron(struct bytes line)
{
	struct bytes period;

	line = bytes_trim(line);
	return is_variable(line) || take_anacron(&line, &period);
}

unsigned anacrontab_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("etc/anacrontab"), is_anacron);
}

enum err_code anacrontab_run(const struct parse_input *in,
			     const struct parse_out *out, struct err *err)
{
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, " ", &line)) {
		struct bytes rest = line.text, period;

		if (is_variable(line.text)) {
			tell_variable(&c, &line);
			continue;
		}
		if (!take_anacron(&rest, &period)) {
			conf_problem(&c, line.offset, "no job of anacron");
			continue;
		}
		fact_begin(&c, "cron", rest, &line);
		fact_text(&c, "schedule", period);
		fact_str(&c, "account", "root");
		fact_str(&c, "source", "anacrontab");
		fact_signs(&c, signs_of_command(rest));
		fact_tell(&c);
	}
	return conf_end(&c);
}

/* ---- at: a script whose head is at's own ---- */

/* What at itself writes: its shebang, umask, variables, and where to go. */
static bool is_head(struct bytes line)
{
	return text_starts_any(line, LIST("#", "umask ", "cd ",
					  "echo 'Execution directory", "exit 1",
					  "}", "marcinDELIMITER",
					  "${SHELL:-/bin/sh} << ")) ||
	       bytes_find(line, "; export ", NULL);
}

/* "# atrun uid=1000 gid=1000", "# mail eve 0" */
static struct bytes at_account(struct bytes content, struct bytes *uid)
{
	struct bytes account = bytes_str(""), rest;
	size_t at;

	*uid = bytes_str("");
	if (bytes_find(content, "atrun uid=", &at)) {
		rest = bytes_skip(content, at + strlen("atrun uid="));
		*uid = take_word(&rest);
	}
	if (bytes_find(content, "# mail ", &at)) {
		rest = bytes_skip(content, at + strlen("# mail "));
		account = take_word(&rest);
	}
	return account;
}

enum err_code at_run(const struct parse_input *in, const struct parse_out *out,
		     struct err *err)
{
	struct bytes uid,
		account = at_account(bytes_first(in->content, 1024), &uid);
	struct conf_line line, first = {.length = 0};
	sign_set set = 0;
	enum err_code code;
	struct conf c;
	struct parse_event when;

	conf_begin(&c, in, out, err);
	while (conf_next(&c, NULL, &line)) {
		sign_set here;

		if (!line.text.n || is_head(line.text))
			continue;
		here = signs_of_command(line.text);
		if (!first.length || (here && !set))
			first = line;
		set |= here;
	}
	fact_begin(&c, "at", first.text, &first);
	if (at_time(in->path, &when))
		fact_int(&c, "run_at", when.time_ns);
	fact_text(&c, "account", account.n ? account : uid);
	fact_signs(&c, set);
	if (first.length)
		fact_tell(&c);
	else
		conf_problem(&c, 0, "a job of at without a command");
	code = conf_end(&c);
	return code == ERR_OK ? at_events(in, out, err) : code;
}
