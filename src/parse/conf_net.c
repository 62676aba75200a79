/* SPDX-License-Identifier: Apache-2.0 */
/* How names are resolved: hosts(5), resolv.conf(5), nsswitch.conf(5). */
#include "base/base.h"
#include "parse/conf.h"
#include "parse/words.h"

static struct bytes without_comment(struct bytes line)
{
	const uint8_t *p = memchr(line.p, '#', line.n);

	return p ? bytes_trim(bytes_of(line.p, (size_t)(p - line.p))) : line;
}

static bool is_address(struct bytes w)
{
	bool dots = false;

	for (size_t i = 0; i < w.n; i++) {
		uint8_t c = w.p[i];

		dots |= c == '.' || c == ':';
		if (c == '%' && dots)
			return true; /* fe80::1%eth0 */
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
		      (c >= 'A' && c <= 'F') || c == '.' || c == ':'))
			return false;
	}
	return dots;
}

static bool is_hosts_line(struct bytes line)
{
	line = bytes_trim(line);
	return is_address(take_word(&line)) && line.n;
}

unsigned hosts_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("etc/hosts"), is_hosts_line);
}

enum err_code hosts_run(const struct parse_input *in,
			const struct parse_out *out, struct err *err)
{
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		struct bytes rest = without_comment(line.text), address;

		address = take_word(&rest);
		if (!is_address(address)) {
			conf_problem(&c, line.offset, "no line of hosts(5)");
			continue;
		}
		while (rest.n) {
			fact_begin(&c, "hosts_entry", take_word(&rest), &line);
			fact_text(&c, "address", address);
			fact_tell(&c);
		}
	}
	return conf_end(&c);
}

static bool is_resolver(struct bytes line)
{
	line = bytes_trim(line);
	return word_is(take_word(&line),
		       LIST("nameserver", "search", "domain", "options",
			    "sortlist", "lookup", "family"));
}

static bool is_switch(struct bytes line)
{
	struct bytes word;

	line = bytes_trim(line);
	word = take_word(&line);
	return word.n && (word.p[word.n - 1] == ':' || bytes_starts(line, ":"));
}

/* The three, and systemd's own. */
static const struct resolver_file {
	const char *const *where;
	bool (*is_one)(struct bytes line);
	const char *seps, *source;
} files[] = {
	{PATHS("etc/resolv.conf", "resolve/resolv.conf",
	       "resolve/stub-resolv.conf", "resolvconf/resolv.conf.d/*",
	       "resolvconf/resolv.conf"),
	 is_resolver, " \t", "resolv.conf"},
	{PATHS("etc/nsswitch.conf"), is_switch, ": \t", "nsswitch.conf"},
	{PATHS("systemd/resolved.conf", "resolved.conf.d/*.conf"), conf_is_setting,
	 "= \t", "resolved.conf"},
};

static const struct resolver_file *file_of(struct bytes path)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (path_ends_any(path, files[i].where))
			return &files[i];
	return NULL;
}

unsigned resolver_score(const struct parse_input *in)
{
	const struct resolver_file *file = file_of(in->path);

	return file ? conf_score(in, file->where, file->is_one) : 0;
}

enum err_code resolver_run(const struct parse_input *in,
			   const struct parse_out *out, struct err *err)
{
	const struct resolver_file *file = file_of(in->path);
	struct conf_line line;
	struct conf c;

	if (!file)
		file = &files[0];
	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		struct bytes key, value;

		if (line.text.p[0] == '[')
			continue;
		if (!take_setting(line.text, file->seps, &key, &value)) {
			conf_problem(&c, line.offset, "no setting");
			continue;
		}
		fact_begin(&c, "resolver", key, &line);
		fact_text(&c, "value", without_comment(value));
		fact_str(&c, "source", file->source);
		fact_tell(&c);
	}
	return conf_end(&c);
}
