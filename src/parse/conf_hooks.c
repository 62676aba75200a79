/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that others run along the way: package managers, logrotate, a
 * desktop when somebody logs in, python when it starts.
 */
#include "base/base.h"
#include "parse/conf.h"
#include "parse/words.h"

void tell_hook(struct conf *c, struct bytes name, struct bytes command,
	       const struct conf_line *where)
{
	fact_begin(c, "hook", name, where);
	fact_text(c, "command", command);
	fact_signs(c, signs_of_script(command, MANNER_COMMAND).signs);
	fact_tell(c);
}

/* ---- apt.conf: names with :: or in blocks, values in quotes ---- */

unsigned apt_conf_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("apt.conf.d/*", "apt/apt.conf"), NULL);
}

#define SCOPES_MAX 16u
#define NAME_BYTES 512u

struct apt_reader {
	struct conf *c;
	struct bytes text;
	size_t i;
	struct buf name;           /* of the scopes and the key */
	size_t scopes[SCOPES_MAX]; /* where each ends in the name */
	size_t depth, too_deep;
	bool has_key;
	struct bytes value;
};

static bool is_invoked(struct bytes name)
{
	return bytes_ends(name, "-Invoke") || bytes_ends(name, "-invoke") ||
	       bytes_ends(name, "-Invoke-Success") ||
	       bytes_ends(name, "-Install-Pkgs") ||
	       bytes_ends(name, "Proxy-Auto-Detect") ||
	       bytes_ends(name, "ProxyAutoDetect");
}

static void end_setting(struct apt_reader *r)
{
	struct bytes name = buf_bytes(&r->name);
	struct conf_line where = {
		.offset = r->value.n ? (uint64_t)(r->value.p - r->text.p) : 0,
		.length = r->value.n};

	while (bytes_ends(name, ":"))
		name.n--;
	if (r->value.n && is_invoked(name))
		tell_hook(r->c, name, r->value, &where);
	r->name.n = r->depth ? r->scopes[r->depth - 1] : 0;
	r->has_key = false;
	r->value = bytes_str("");
}

static void open_scope(struct apt_reader *r)
{
	if (r->depth == SCOPES_MAX) {
		r->too_deep++;
		return;
	}
	r->scopes[r->depth++] = r->name.n;
	r->has_key = false;
}

static void close_scope(struct apt_reader *r)
{
	end_setting(r);
	if (r->too_deep)
		r->too_deep--;
	else if (r->depth)
		r->depth--;
	r->name.n = r->depth ? r->scopes[r->depth - 1] : 0;
}

/* Up to that byte, or to the end. */
static struct bytes take_until(struct apt_reader *r, const char *ends)
{
	size_t from = r->i;

	while (r->i < r->text.n &&
	       !(r->text.p[r->i] && strchr(ends, r->text.p[r->i])))
		r->i += r->text.p[r->i] == '\\' && r->i + 1 < r->text.n ? 2 : 1;
	r->i = MIN(r->i, r->text.n);
	return bytes_of(r->text.p + from, r->i - from);
}

static void take_key(struct apt_reader *r)
{
	struct bytes word = take_until(r, " \t\r\n;{}\"");

	if (r->has_key) {
		r->value = word;
		return;
	}
	if (r->name.n && r->name.p[r->name.n - 1] != ':')
		(void)buf_add_str(&r->name, "::");
	(void)buf_add_bytes(&r->name, word);
	r->has_key = true;
}

/* A comment at r->i: behind it then. */
static bool skip_comment(struct apt_reader *r)
{
	struct bytes rest = bytes_skip(r->text, r->i);
	size_t n;

	if (bytes_starts(rest, "/*")) {
		r->i = bytes_find(rest, "*/", &n) ? r->i + n + 2 : r->text.n;
		return true;
	}
	if (!bytes_starts(rest, "//") && !bytes_starts(rest, "#"))
		return false;
	while (r->i < r->text.n && r->text.p[r->i] != '\n')
		r->i++;
	return true;
}

static void read_apt(struct apt_reader *r)
{
	while (r->i < r->text.n && r->c->code == ERR_OK) {
		uint8_t c = r->text.p[r->i];

		if (skip_comment(r))
			continue;
		switch (c) {
		case '{':
			open_scope(r);
			break;
		case '}':
			close_scope(r);
			break;
		case ';':
			end_setting(r);
			break;
		case '"':
			r->i++;
			r->value = take_until(r, "\"");
			break;
		default:
			if (c > ' ') {
				take_key(r);
				continue;
			}
		}
		r->i++;
	}
}

enum err_code apt_conf_run(const struct parse_input *in,
			   const struct parse_out *out, struct err *err)
{
	struct apt_reader r = {.text = in->content};
	struct conf c;

	conf_begin(&c, in, out, err);
	r.c = &c;
	buf_init(&r.name, NAME_BYTES);
	read_apt(&r);
	buf_release(&r.name);
	return conf_end(&c);
}

/* ---- other package managers: a line, and what it runs ---- */

static const struct {
	const char *where;
	const char *key;  /* "Exec": of "key = value" */
	unsigned fields;  /* or: behind so many colons */
	const char *name; /* of the hook */
} managers[] = {
	{"libalpm/hooks/*.hook", "Exec", 0, "pacman Exec"},
	{"pacman.d/hooks/*.hook", "Exec", 0, "pacman Exec"},
	{"post-transaction-actions.d/*.action", NULL, 2, "dnf action"},
	{"actions.d/*.actions", NULL, 4, "dnf action"},
	{"dpkg/dpkg.cfg", "pre-invoke", 0, "dpkg pre-invoke"},
	{"dpkg/dpkg.cfg", "post-invoke", 0, "dpkg post-invoke"},
	{"dpkg/dpkg.cfg", "status-logger", 0, "dpkg status-logger"},
	{"dpkg.cfg.d/*", "pre-invoke", 0, "dpkg pre-invoke"},
	{"dpkg.cfg.d/*", "post-invoke", 0, "dpkg post-invoke"},
	{"dpkg.cfg.d/*", "status-logger", 0, "dpkg status-logger"},
	{"dnf/plugins/*.conf", "enabled", 0, "dnf plugin"},
	{"yum/pluginconf.d/*.conf", "enabled", 0, "yum plugin"},
};

unsigned package_hooks_score(const struct parse_input *in)
{
	for (size_t i = 0; i < ARRAY_SIZE(managers); i++)
		if (path_ends(in->path, managers[i].where))
			return looks_like_text(in->content) ? 70 : 0;
	return 0;
}

/* What line i of the table has run; empty: nothing. */
static struct bytes command_of(size_t i, struct bytes line, struct bytes path)
{
	struct bytes key, value, piece;

	if (!managers[i].key) {
		for (unsigned n = 0; n < managers[i].fields; n++)
			if (!bytes_split(&line, ':', &piece))
				return bytes_str("");
		return bytes_trim(line);
	}
	if (!take_setting(line, "= \t", &key, &value) ||
	    !bytes_eq_nocase(key, managers[i].key))
		return bytes_str("");
	/* A plugin is switched on; its file's name is the plugin's. */
	if (strcmp(managers[i].key, "enabled") == 0)
		return bytes_eq_nocase(value, "1") ||
				       bytes_eq_nocase(value, "true") ||
				       bytes_eq_nocase(value, "yes")
			       ? bytes_file_name(path)
			       : bytes_str("");
	return unquoted(value);
}

enum err_code package_hooks_run(const struct parse_input *in,
				const struct parse_out *out, struct err *err)
{
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		for (size_t i = 0; i < ARRAY_SIZE(managers); i++) {
			struct bytes command;

			if (!path_ends(in->path, managers[i].where))
				continue;
			command = command_of(i, line.text, in->path);
			if (command.n)
				tell_hook(&c, bytes_str(managers[i].name),
					  command, &line);
		}
	}
	return conf_end(&c);
}

/* ---- logrotate: scripts between a word and "endscript" ---- */

static bool begins_script(struct bytes word)
{
	return word_is(word, LIST("postrotate", "prerotate", "firstaction",
				  "lastaction", "preremove"));
}

unsigned logrotate_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("logrotate.d/*", "etc/logrotate.conf"),
			  NULL);
}

enum err_code logrotate_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	struct bytes word = {0};
	struct conf_line line, script = {.length = 0};
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next(&c, NULL, &line)) {
		if (!word.n && begins_script(line.text)) {
			word = line.text;
			script.offset = line.offset + line.length;
		} else if (word.n &&
			   bytes_eq(line.text, bytes_str("endscript"))) {
			script.length = line.offset - script.offset;
			tell_hook(&c, word,
				  bytes_trim(bytes_of(in->content.p +
							      script.offset,
						      (size_t)script.length)),
				  &script);
			word = bytes_str("");
		}
	}
	return conf_end(&c);
}

/* ---- autostart of desktops ---- */

unsigned autostart_score(const struct parse_input *in)
{
	return bytes_find(bytes_first(in->content, 4096), "[Desktop Entry]",
			  NULL)
		       ? conf_score(in, PATHS("autostart/*.desktop", "Autostart/*.desktop"), NULL)
		       : 0;
}

enum err_code autostart_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	struct bytes name = bytes_file_name(in->path), exec = {0}, key, value;
	struct conf_line line, whole;
	bool hidden = false, entry = false;
	struct conf c;

	conf_begin(&c, in, out, err);
	whole = conf_whole(&c);
	while (conf_next_said(&c, NULL, &line)) {
		if (line.text.p[0] == '[')
			entry = bytes_eq(line.text,
					 bytes_str("[Desktop Entry]"));
		if (!entry || !take_setting(line.text, "=", &key, &value))
			continue;
		if (bytes_eq(key, bytes_str("Name")))
			name = value;
		else if (bytes_eq(key, bytes_str("Exec")))
			exec = value;
		else if (bytes_eq(key, bytes_str("Hidden")) ||
			 bytes_eq(key, bytes_str("NoDisplay")))
			hidden |= bytes_eq_nocase(value, "true");
		else if (bytes_eq(key, bytes_str("X-GNOME-Autostart-enabled")))
			hidden |= bytes_eq_nocase(value, "false");
	}
	fact_begin(&c, "autostart", name, &whole);
	fact_text(&c, "exec", exec);
	fact_text(&c, "account", path_account(in->path));
	fact_bool(&c, "hidden", hidden);
	fact_signs(&c, signs_of_command(exec));
	fact_tell(&c);
	return conf_end(&c);
}
