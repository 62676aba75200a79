/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What dpkg and apt write: dpkg.log (each step, nobody named), apt's
 * history.log (what was asked, by whom) and its term.log (what dpkg said).
 */
#include "base/base.h"
#include "parse/inside.h"

static const struct {
	const char *word, *kind;
} verbs[] = {
	{"install", "package.installed"},
	{"installed", "package.installed"},
	{"installing", "package.installed"},
	{"reinstalling", "package.installed"},
	{"setting", "package.installed"},
	{"reinstall", "package.installed"},
	{"reinstalled", "package.installed"},
	{"upgrade", "package.upgraded"},
	{"upgraded", "package.upgraded"},
	{"upgrading", "package.upgraded"},
	{"replacing", "package.upgraded"},
	{"update", "package.upgraded"},
	{"updated", "package.upgraded"},
	{"downgrade", "package.downgraded"},
	{"downgraded", "package.downgraded"},
	{"downgrading", "package.downgraded"},
	{"remove", "package.removed"},
	{"removed", "package.removed"},
	{"removing", "package.removed"},
	{"erase", "package.removed"},
	{"erased", "package.removed"},
	{"obsoleted", "package.removed"},
	{"disappear", "package.removed"},
	{"purge", "package.purged"},
	{"purging", "package.purged"},
	{"unpacking", "package.unpacked"},
	{"configure", "package.configured"},
	{"conffile", "package.configured"},
	{"status", "package.status"},
	{"trigproc", "package.triggered"},
	{"startup", "package.run"},
	{"command", "package.run"},
	{"running", "package.run"},
};

const char *package_kind(struct bytes word)
{
	while (word.n && strchr(": ", word.p[word.n - 1]))
		word.n--;
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strlen(verbs[i].word) == word.n &&
		    strncasecmp(verbs[i].word, (const char *)word.p, word.n) ==
			    0)
			return verbs[i].kind;
	return NULL;
}

const char *package_log_kind(struct bytes word)
{
	const char *kind = package_kind(word);

	return kind ? kind : "package.log";
}

/* ---- dpkg.log ---- */

static bool dpkg_take(struct bytes *line, struct civil *c, const char **kind)
{
	struct bytes rest;

	if (!civil_take_iso(line, c) || !take_byte(line, ' '))
		return false;
	rest = *line;
	*kind = package_kind(take_word(&rest));
	return *kind != NULL;
}

enum err_code dpkg_run(const struct parse_input *in,
		       const struct parse_out *out, struct err *err)
{
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line)) {
		struct parse_event e = {.desc = DESC_ADDED,
					.offset = line.offset,
					.length = at - line.offset};
		struct civil c;

		if (line.text.n == 0)
			continue;
		if (!dpkg_take(&line.text, &c, &e.kind) ||
		    !civil_event(&c, in, &e)) {
			code = parse_problem(out, line.offset,
					     "no line of dpkg", err);
			continue;
		}
		e.message = line.text;
		code = parse_say(out, &e, err);
	}
	return code;
}

static bool is_dpkg_line(struct bytes line)
{
	struct civil c;
	const char *kind;
	struct bytes rest = line, word;

	if (!dpkg_take(&rest, &c, &kind))
		return false;
	word = take_word(&rest);
	return rest.n > 0 && word.p[0] >= 'a' && word.p[0] <= 'z';
}

unsigned dpkg_score(const struct parse_input *in)
{
	unsigned share = share_of_lines(in->content, is_dpkg_line);

	return share < 50
		       ? 0
		       : share * 8 / 10 +
				 (path_is_of(in->path, LIST("dpkg.log")) ? 20
									 : 0);
}

/* ---- apt's history.log ---- */

struct block {
	const struct parse_input *in;
	const struct parse_out *out;
	struct parse_event start; /* with its time */
	bool open, said;
	struct bytes command, who, error;
};

static bool take_key(struct bytes *line, const char *key)
{
	if (!bytes_starts(*line, key))
		return false;
	*line = bytes_trim(bytes_skip(*line, strlen(key)));
	return true;
}

/* "name (1000)" */
static struct bytes name_of(struct bytes who)
{
	return take_word(&who);
}

static enum err_code say_block(struct block *b, const struct parse_event *at,
			       const char *words, struct bytes more,
			       struct err *err)
{
	struct parse_event e = *at;
	struct buf message;
	enum err_code code;

	buf_init(&message, PARSE_MESSAGE_MAX);
	message_add(&message, b->command);
	if (b->command.n)
		message_add(&message, bytes_str(": "));
	message_add(&message, bytes_str(words));
	message_add(&message, more);
	e.actor = name_of(b->who);
	e.message = buf_bytes(&message);
	code = parse_say(b->out, &e, err);
	buf_release(&message);
	b->said = true;
	return code;
}

/* "Install: a:amd64 (1), b:amd64 (2, automatic)" */
static enum err_code take_action(struct block *b, const struct line *line,
				 struct err *err)
{
	struct bytes rest = line->text, verb = take_word(&rest);
	struct parse_event e = b->start;

	if (!b->open || verb.n < 2 || verb.p[verb.n - 1] != ':')
		return ERR_OK;
	e.kind = package_kind(verb);
	if (!e.kind)
		return ERR_OK;
	e.offset = line->offset;
	e.length = line->text.n;
	return say_block(b, &e, "", line->text, err);
}

static enum err_code begin_block(struct block *b, const struct line *line,
				 struct bytes when, struct err *err)
{
	struct civil c;

	*b = (struct block){.in = b->in, .out = b->out};
	b->start = (struct parse_event){.desc = DESC_START,
					.kind = "package.run",
					.offset = line->offset,
					.length = line->text.n};
	b->open = civil_take_iso(&when, &c) &&
		  civil_event(&c, b->in, &b->start);
	return b->open ? ERR_OK
		       : parse_problem(b->out, line->offset,
				       "no start of a run of apt", err);
}

static enum err_code end_block(struct block *b, const struct line *line,
			       struct bytes when, struct err *err)
{
	struct parse_event e = {.desc = DESC_END,
				.kind = b->error.n ? "package.failed"
						   : "package.done",
				.offset = line->offset,
				.length = line->text.n};
	enum err_code code = ERR_OK;
	struct civil c;

	if (b->open && !b->said)
		code = say_block(b, &b->start, "started", bytes_str(""), err);
	b->open = false;
	if (code != ERR_OK)
		return code;
	if (!civil_take_iso(&when, &c) || !civil_event(&c, b->in, &e))
		return parse_problem(b->out, line->offset,
				     "no end of a run of apt", err);
	return say_block(b, &e, b->error.n ? "failed: " : "done", b->error,
			 err);
}

static enum err_code take_apt_line(struct block *b, const struct line *line,
				   struct err *err)
{
	struct bytes rest = line->text;

	if (take_key(&rest, "Start-Date:"))
		return begin_block(b, line, rest, err);
	if (take_key(&rest, "End-Date:"))
		return end_block(b, line, rest, err);
	if (take_key(&rest, "Commandline:"))
		b->command = rest;
	else if (take_key(&rest, "Requested-By:"))
		b->who = rest;
	else if (take_key(&rest, "Error:"))
		b->error = rest;
	else
		return take_action(b, line, err);
	return ERR_OK;
}

enum err_code apt_history_run(const struct parse_input *in,
			      const struct parse_out *out, struct err *err)
{
	struct block b = {.in = in, .out = out};
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line))
		code = take_apt_line(&b, &line, err);
	/* It was cut, or apt was, before its end. */
	if (code == ERR_OK && b.open && !b.said)
		code = say_block(&b, &b.start, "started", bytes_str(""), err);
	return code;
}

static bool has_first(struct bytes content, const char *what)
{
	struct bytes head = bytes_first(content, SCORE_BYTES);
	size_t at;

	return bytes_find(head, what, &at) &&
	       (at == 0 || head.p[at - 1] == '\n') && looks_like_text(head);
}

unsigned apt_history_score(const struct parse_input *in)
{
	return has_first(in->content, "Start-Date: ") ? 90 : 0;
}

/* ---- apt's term.log ---- */

/* When the run that begins before `at` ended; false: it does not say. */
static bool find_end(struct bytes content, uint64_t at, struct civil *c)
{
	struct line line;

	while (next_line(content, &at, &line)) {
		if (take_key(&line.text, "Log ended:"))
			return civil_take_iso(&line.text, c);
		if (bytes_starts(line.text, "Log started:"))
			break;
	}
	return false;
}

struct term {
	const struct parse_input *in;
	const struct parse_out *out;
	struct parse_event run; /* with the time of all that is said in it */
	bool open;
};

static enum err_code start_term(struct term *t, const struct line *line,
				uint64_t behind, struct err *err)
{
	struct bytes when = line->text;
	struct parse_event end, e;
	struct civil c;

	t->run = (struct parse_event){.desc = DESC_START};
	t->open = take_key(&when, "Log started:") &&
		  civil_take_iso(&when, &c) && civil_event(&c, t->in, &t->run);
	if (!t->open)
		return parse_problem(t->out, line->offset,
				     "no start of a log of apt", err);
	e = t->run;
	e.kind = "package.run";
	e.offset = line->offset;
	e.length = line->text.n;
	e.message = bytes_str("apt started");
	if (find_end(t->in->content, behind, &c) &&
	    civil_event(&c, t->in, &end) && end.time_ns > t->run.time_ns)
		t->run.precision_ns += end.time_ns - t->run.time_ns;
	t->run.desc = DESC_ADDED;
	return parse_say(t->out, &e, err);
}

static enum err_code end_term(struct term *t, const struct line *line,
			      struct bytes when, struct err *err)
{
	struct parse_event e = {.desc = DESC_END,
				.kind = "package.done",
				.message = bytes_str("apt ended"),
				.offset = line->offset,
				.length = line->text.n};
	struct civil c;

	t->open = false;
	if (!civil_take_iso(&when, &c) || !civil_event(&c, t->in, &e))
		return parse_problem(t->out, line->offset,
				     "no end of a log of apt", err);
	return parse_say(t->out, &e, err);
}

static enum err_code take_term_line(struct term *t, const struct line *line,
				    uint64_t behind, struct err *err)
{
	static const char *const says[] = {"Unpacking ", "Setting up ",
					   "Removing ", "Purging "};
	struct parse_event e = t->run;
	struct bytes rest = line->text;

	if (bytes_starts(rest, "Log started:"))
		return start_term(t, line, behind, err);
	if (take_key(&rest, "Log ended:"))
		return end_term(t, line, rest, err);
	for (size_t i = 0; t->open && i < ARRAY_SIZE(says); i++) {
		if (!bytes_starts(rest, says[i]))
			continue;
		e.kind = package_kind(take_word(&rest));
		e.message = line->text;
		e.offset = line->offset;
		e.length = line->text.n;
		return parse_say(t->out, &e, err);
	}
	return ERR_OK;
}

enum err_code apt_term_run(const struct parse_input *in,
			   const struct parse_out *out, struct err *err)
{
	struct term t = {.in = in, .out = out};
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line))
		code = take_term_line(&t, &line, at, err);
	return code;
}

unsigned apt_term_score(const struct parse_input *in)
{
	return has_first(in->content, "Log started: ") ? 90 : 0;
}
