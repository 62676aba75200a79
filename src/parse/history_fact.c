/* SPDX-License-Identifier: Apache-2.0 */
/* A history as a fact, beside the events that its parser says. */
#include "base/base.h"
#include "parse/conf.h"

struct counter {
	const struct parse_out *out;
	uint64_t commands;
};

static enum err_code on_event(void *arg, const struct parse_event *e,
			      struct err *err)
{
	struct counter *n = arg;

	n->commands++;
	return parse_say(n->out, e, err);
}

static enum err_code on_fact(void *arg, const struct parse_fact *f,
			     struct err *err)
{
	return parse_tell(((struct counter *)arg)->out, f, err);
}

static enum err_code on_problem(void *arg, uint64_t offset, const char *what,
				struct err *err)
{
	return parse_problem(((struct counter *)arg)->out, offset, what, err);
}

enum err_code history_run(const struct parse_input *in,
			  const struct parse_out *out, parser_read *read,
			  struct err *err)
{
	struct counter n = {.out = out};
	struct parse_out counted = {&n, on_event, on_fact, on_problem};
	enum err_code code = read(in, &counted, err);
	struct conf_line whole;
	struct conf c;

	if (code != ERR_OK)
		return code;
	conf_begin(&c, in, out, err);
	whole = conf_whole(&c);
	fact_begin(&c, "history", in->path, &whole);
	fact_text(&c, "account", path_account(in->path));
	fact_int(&c, "size", (int64_t)in->content.n);
	fact_int(&c, "lines", (int64_t)n.commands);
	fact_tell(&c);
	return conf_end(&c);
}
