/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sudoers(5) and doas.conf(5): who may do what. Aliases keep their names in
 * rules, and are facts of their own, named like "User_Alias ADMINS"; one who
 * has several rules on a line, or a line several users, gets a fact for each.
 */
#include "base/base.h"
#include "parse/conf.h"

/* ---- sudoers ---- */

static bool is_alias_line(struct bytes line)
{
	return bytes_starts(line, "User_Alias") ||
	       bytes_starts(line, "Runas_Alias") ||
	       bytes_starts(line, "Host_Alias") ||
	       bytes_starts(line, "Cmnd_Alias") ||
	       bytes_starts(line, "Cmd_Alias");
}

/* "#1000 ALL=..." is a rule for a uid, "#includedir" a directive. */
static bool is_comment(struct bytes line)
{
	return line.n == 0 ||
	       (line.p[0] == '#' &&
		!(line.n > 1 && line.p[1] >= '0' && line.p[1] <= '9') &&
		!bytes_starts(line, "#include"));
}

static bool is_include(struct bytes line)
{
	return bytes_starts(line, "#include") || bytes_starts(line, "@include");
}

static bool is_sudoers_line(struct bytes line)
{
	line = bytes_trim(line);
	return bytes_starts(line, "Defaults") || is_alias_line(line) ||
	       is_include(line) || (line.n && memchr(line.p, '=', line.n));
}

unsigned sudoers_score(const struct parse_input *in)
{
	unsigned score = conf_score(
		in, PATHS("etc/sudoers", "etc/sudoers.d/*", "sudoers.d/*"),
		NULL);

	return score && share_of_lines(in->content, is_sudoers_line) == 0 &&
			       !memchr(in->content.p, '#', in->content.n)
		       ? 30
		       : score;
}

/* Where an unquoted, unescaped `sep` is; SIZE_MAX: nowhere. */
static size_t find_sep(struct bytes text, uint8_t sep)
{
	bool quoted = false;
	unsigned deep = 0;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c == '\\') {
			i++;
			continue;
		}
		quoted ^= c == '"';
		if (quoted)
			continue;
		if (c == sep && !deep)
			return i;
		deep += c == '(';
		deep -= c == ')' && deep;
	}
	return SIZE_MAX;
}

static bool take_piece(struct bytes *rest, uint8_t sep, struct bytes *piece)
{
	size_t at = find_sep(*rest, sep);

	if (!rest->n)
		return false;
	*piece = bytes_trim(bytes_of(rest->p, MIN(at, rest->n)));
	*rest = at == SIZE_MAX ? bytes_str("") : bytes_skip(*rest, at + 1);
	return true;
}

/* A comment behind a rule: "#" and not a uid. */
static struct bytes without_comment(struct bytes text)
{
	for (size_t i = 1; i + 1 < text.n; i++)
		if (text.p[i] == '#' && text.p[i - 1] != '\\' &&
		    !(text.p[i + 1] >= '0' && text.p[i + 1] <= '9'))
			return bytes_trim(bytes_of(text.p, i));
	return text;
}

static void tell_defaults(struct conf *c, const struct conf_line *line)
{
	struct bytes rest = bytes_skip(line->text, strlen("Defaults"));
	struct bytes name = bytes_str("Defaults"), piece;
	struct word_list options = {.n = 0};

	/* "Defaults:user", "Defaults@host", "Defaults!command" */
	if (rest.n && rest.p[0] != ' ' && rest.p[0] != '\t') {
		struct bytes word = take_word(&rest);

		name = bytes_of(line->text.p, strlen("Defaults") + word.n);
	}
	rest = bytes_trim(rest);
	while (take_piece(&rest, ',', &piece))
		list_add(&options, piece);
	fact_begin(c, "sudoers", name, line);
	fact_list(c, "options", &options);
	fact_bool(c, "all", false);
	fact_bool(c, "nopasswd", list_has(&options, "!authenticate"));
	fact_str(c, "source", "sudoers");
	fact_tell(c);
}

/* What allows nobody anything by itself. */
static void tell_words(struct conf *c, const struct conf_line *line,
		       struct bytes name, struct bytes commands)
{
	fact_begin(c, "sudoers", name, line);
	fact_text(c, "commands", commands);
	fact_bool(c, "all", false);
	fact_bool(c, "nopasswd", false);
	fact_str(c, "source", "sudoers");
	fact_tell(c);
}

/* "User_Alias A = x, y : B = z" */
static void tell_aliases(struct conf *c, const struct conf_line *line)
{
	struct bytes rest = line->text, sort = take_word(&rest), one;

	while (take_piece(&rest, ':', &one)) {
		struct bytes name, value;
		char full[128];

		if (!take_setting(one, "=", &name, &value))
			continue;
		(void)snprintf(
			full, sizeof full, "%.*s %.*s",
			(int)MIN(sort.n, (size_t)16), (const char *)sort.p,
			(int)MIN(name.n, (size_t)100), (const char *)name.p);
		tell_words(c, line, bytes_str(full), value);
	}
}

static void tell_include(struct conf *c, const struct conf_line *line)
{
	struct bytes rest = line->text, word = take_word(&rest);

	tell_words(c, line, word, unquoted(rest));
}

/* What stands in front of a command goes on for those behind it. */
struct rule {
	struct bytes hosts, runas;
	struct word_list tags;
	bool nopasswd;
};

/* NOPASSWD and its opposite first. */
static const char *const tags[] = {
	"NOPASSWD",     "PASSWD",     "NOEXEC",      "EXEC",
	"SETENV",       "NOSETENV",   "NOLOG_INPUT", "LOG_INPUT",
	"NOLOG_OUTPUT", "LOG_OUTPUT", "MAIL",        "NOMAIL",
	"FOLLOW",       "NOFOLLOW",   "NOINTERCEPT", "INTERCEPT"};

static bool take_tag(struct rule *r, struct bytes *spec)
{
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		size_t n = strlen(tags[i]);
		struct bytes rest = bytes_skip(*spec, n);

		if (!bytes_starts(*spec, tags[i]))
			continue;
		while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t'))
			rest = bytes_skip(rest, 1);
		if (!take_byte(&rest, ':'))
			continue;
		list_add(&r->tags, bytes_str(tags[i]));
		if (i < 2)
			r->nopasswd = i == 0;
		*spec = bytes_trim(rest);
		return true;
	}
	return false;
}

/* "ROLE=x", "TIMEOUT=5", "CWD=/": options in front of a command. */
static bool take_option(struct bytes *spec)
{
	struct bytes rest = *spec, word = take_word(&rest);
	size_t n = 0;

	while (n < word.n &&
	       (word.p[n] == '_' || (word.p[n] >= 'A' && word.p[n] <= 'Z')))
		n++;
	if (!n || n >= word.n || word.p[n] != '=')
		return false;
	*spec = rest;
	return true;
}

static struct bytes take_command(struct rule *r, struct bytes spec)
{
	if (spec.n && spec.p[0] == '(') {
		const uint8_t *end = memchr(spec.p, ')', spec.n);
		size_t n = end ? (size_t)(end - spec.p) : spec.n;

		r->runas = bytes_trim(bytes_of(spec.p + 1, n - 1));
		spec = bytes_trim(bytes_skip(spec, n + 1));
	}
	while (take_option(&spec) || take_tag(r, &spec))
		;
	return spec;
}

/* Of a list of users to be: is root among them? */
static bool is_root(struct bytes runas)
{
	struct bytes users = runas;
	struct word_list w = {.n = 0};

	if (users.n && memchr(users.p, ':', users.n))
		(void)bytes_split(&runas, ':', &users);
	list_split(&w, users, ",");
	if (!users.n)
		return !runas.n;
	for (size_t i = 0; i < w.n; i++)
		if (bytes_eq(w.w[i], bytes_str("ALL")) ||
		    bytes_eq(w.w[i], bytes_str("root")) ||
		    bytes_eq(w.w[i], bytes_str("#0")))
			return true;
	return false;
}

static void tell_rule(struct conf *c, const struct conf_line *line,
		      struct bytes who, const struct rule *r,
		      struct bytes commands, bool all)
{
	fact_begin(c, "sudoers", who, line);
	fact_text(c, "hosts", r->hosts);
	fact_text(c, "runas", r->runas);
	fact_text(c, "commands", commands);
	fact_list(c, "tags", &r->tags);
	fact_bool(c, "all", all && is_root(r->runas));
	fact_bool(c, "nopasswd", r->nopasswd);
	fact_str(c, "source", "sudoers");
	fact_tell(c);
}

/* Each change of tags or of whom one may be begins another fact. */
static void tell_commands(struct conf *c, const struct conf_line *line,
			  struct bytes who, struct bytes hosts,
			  struct bytes specs)
{
	struct rule r = {.hosts = hosts}, was;
	struct bytes piece, from = {0};
	bool all = false;

	while (take_piece(&specs, ',', &piece)) {
		struct bytes command;

		was = r;
		command = take_command(&r, piece);
		if (from.n &&
		    (was.tags.n != r.tags.n || was.runas.p != r.runas.p)) {
			tell_rule(c, line, who, &was, from, all);
			from = bytes_str("");
			all = false;
		}
		if (!command.n)
			continue;
		all |= bytes_eq(command, bytes_str("ALL"));
		from = from.n ? bytes_of(from.p, (size_t)(command.p +
							  command.n - from.p))
			      : command;
	}
	if (from.n)
		tell_rule(c, line, who, &r, from, all);
}

/* Where the users end: at a blank that no comma is beside. */
static struct bytes take_users(struct bytes *rest)
{
	size_t i = 0;

	for (; i < rest->n; i++) {
		struct bytes before, behind;

		if (rest->p[i] == '"') {
			do
				i++;
			while (i < rest->n && rest->p[i] != '"');
			continue;
		}
		if (rest->p[i] == '\\') {
			i++;
			continue;
		}
		if (rest->p[i] != ' ' && rest->p[i] != '\t')
			continue;
		before = bytes_trim(bytes_of(rest->p, i));
		behind = bytes_trim(bytes_skip(*rest, i));
		if (before.n && before.p[before.n - 1] != ',' && behind.n &&
		    behind.p[0] != ',')
			break;
	}
	i = MIN(i, rest->n);
	{
		struct bytes users = bytes_trim(bytes_of(rest->p, i));

		*rest = bytes_trim(bytes_skip(*rest, i));
		return users;
	}
}

/* A rule up to the colon in front of the next; those of tags are its own. */
static bool take_rule(struct bytes *rest, struct bytes *rule)
{
	struct bytes left = *rest, piece;
	bool of_tag = true;

	while (of_tag && take_piece(&left, ':', &piece)) {
		of_tag = false;
		for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
			of_tag |= bytes_ends(piece, tags[i]);
	}
	*rule = bytes_trim(bytes_of(rest->p, rest->n - left.n - (left.n > 0)));
	if (!rest->n)
		return false;
	*rest = left;
	return true;
}

/* "users hosts = specs : hosts = specs" */
static void tell_users(struct conf *c, const struct conf_line *line)
{
	struct bytes rest = without_comment(line->text);
	struct bytes users = take_users(&rest), part;

	if (find_sep(rest, '=') == SIZE_MAX) {
		conf_problem(c, line->offset, "no rule of sudoers(5)");
		return;
	}
	while (take_rule(&rest, &part)) {
		size_t at = find_sep(part, '=');
		struct bytes list = users, who;

		if (at == SIZE_MAX)
			continue;
		while (take_piece(&list, ',', &who))
			tell_commands(c, line, who,
				      bytes_trim(bytes_of(part.p, at)),
				      bytes_trim(bytes_skip(part, at + 1)));
	}
}

enum err_code sudoers_run(const struct parse_input *in,
			  const struct parse_out *out, struct err *err)
{
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next(&c, " ", &line)) {
		if (is_comment(line.text))
			continue;
		if (is_include(line.text))
			tell_include(&c, &line);
		else if (bytes_starts(line.text, "Defaults"))
			tell_defaults(&c, &line);
		else if (is_alias_line(line.text))
			tell_aliases(&c, &line);
		else
			tell_users(&c, &line);
	}
	return conf_end(&c);
}

/* ---- doas.conf ---- */

static bool is_doas_line(struct bytes line)
{
	line = bytes_trim(line);
	return bytes_starts(line, "permit") || bytes_starts(line, "deny");
}

unsigned doas_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("doas.conf", "doas.d/*.conf"),
			  is_doas_line);
}

/* permit|deny [nopass|persist|keepenv|setenv {...}] who [as target]
 * [cmd command [args ...]] */
static void tell_doas(struct conf *c, const struct conf_line *line)
{
	struct bytes rest = line->text, word, who = {0};
	struct bytes runas = {0}, commands = {0};
	struct word_list options = {.n = 0};
	bool permit = bytes_eq(take_word(&rest), bytes_str("permit"));

	if (!permit)
		list_add(&options, bytes_str("deny"));
	while (rest.n && !who.n) {
		word = take_word(&rest);
		if (bytes_eq(word, bytes_str("setenv"))) {
			const uint8_t *end = memchr(rest.p, '}', rest.n);

			rest = end ? bytes_trim(bytes_skip(
					     rest, (size_t)(end - rest.p) + 1))
				   : rest;
			list_add(&options, word);
		} else if (bytes_eq(word, bytes_str("nopass")) ||
			   bytes_eq(word, bytes_str("persist")) ||
			   bytes_eq(word, bytes_str("nolog")) ||
			   bytes_eq(word, bytes_str("keepenv"))) {
			list_add(&options, word);
		} else {
			who = word;
		}
	}
	while (rest.n) {
		word = take_word(&rest);
		if (bytes_eq(word, bytes_str("as"))) {
			runas = take_word(&rest);
		} else if (bytes_eq(word, bytes_str("cmd"))) {
			commands = rest;
			break;
		}
	}
	fact_begin(c, "sudoers", who, line);
	fact_text(c, "runas", runas);
	fact_text(c, "commands", commands);
	fact_list(c, "options", &options);
	fact_bool(c, "all", permit && !commands.n && is_root(runas));
	fact_bool(c, "nopasswd", permit && list_has(&options, "nopass"));
	fact_str(c, "source", "doas");
	fact_tell(c);
}

enum err_code doas_run(const struct parse_input *in,
		       const struct parse_out *out, struct err *err)
{
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, " ", &line)) {
		if (is_doas_line(line.text))
			tell_doas(&c, &line);
		else
			conf_problem(&c, line.offset,
				     "no rule of doas.conf(5)");
	}
	return conf_end(&c);
}
