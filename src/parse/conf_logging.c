/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a host logs and what guards it: journald, rsyslog, auditd and its
 * rules, SELinux, AppArmor, ufw, firewalld. A fact is named by a word for
 * whose setting it is and the setting: "journald Storage", "rsyslog forward",
 * "audit enabled".
 */
#include "base/base.h"
#include "parse/conf.h"

static void tell(struct conf *c, const struct conf_line *line,
		 const char *prefix, struct bytes key, struct bytes value,
		 const char *source)
{
	struct buf name;

	buf_init(&name, 256);
	(void)buf_add_str(&name, prefix);
	if (key.n) {
		(void)buf_add_byte(&name, ' ');
		(void)buf_add(&name, key.p, MIN(key.n, (size_t)128));
	}
	fact_begin(c, "logging", buf_bytes(&name), line);
	fact_text(c, "value", value);
	fact_str(c, "source", source);
	fact_tell(c);
	buf_release(&name);
}

/* ---- files of "key = value" ---- */

static const struct plain_file {
	const char *const *where;
	const char *prefix, *source;
	bool own; /* the key alone is the name, in lower case */
} plain[] = {
	{PATHS("systemd/journald.conf", "journald.conf.d/*.conf"), "journald",
	 "journald.conf", false},
	{PATHS("audit/auditd.conf"), "auditd", "auditd.conf", false},
	{PATHS("etc/selinux/config", "etc/sysconfig/selinux"), "", "selinux",
	 true},
	{PATHS("etc/ufw/ufw.conf", "etc/default/ufw"), "ufw", "ufw", false},
	{PATHS("firewalld/firewalld.conf"), "firewalld", "firewalld", false},
};

static const struct plain_file *plain_of(struct bytes path)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		if (path_ends_any(path, plain[i].where))
			return &plain[i];
	return NULL;
}

unsigned log_setting_score(const struct parse_input *in)
{
	const struct plain_file *file = plain_of(in->path);

	return file ? conf_score(in, file->where, conf_is_setting) : 0;
}

enum err_code log_setting_run(const struct parse_input *in,
			      const struct parse_out *out, struct err *err)
{
	const struct plain_file *file = plain_of(in->path);
	struct conf_line line;
	struct conf c;
	char word[64];

	if (!file)
		file = &plain[0];
	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		struct bytes key, value;

		if (line.text.p[0] == '[')
			continue;
		if (!take_setting(line.text, "= \t", &key, &value)) {
			conf_problem(&c, line.offset, "no setting");
			continue;
		}
		value = unquoted(value);
		if (file->own) {
			key = lower(key, word, sizeof word - 1);
			word[key.n] = 0;
			tell(&c, &line, word, bytes_str(""), value,
			     file->source);
		} else {
			tell(&c, &line, file->prefix, key, value, file->source);
		}
	}
	return conf_end(&c);
}

/* ---- rsyslog ---- */

unsigned rsyslog_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("etc/rsyslog.conf", "rsyslog.d/*.conf"),
			  NULL);
}

static bool has(struct bytes line, const char *words)
{
	return bytes_find(line, words, NULL);
}

/* The last word of a rule: where it goes. */
static struct bytes action_of(struct bytes line)
{
	size_t n = line.n;

	while (n && line.p[n - 1] != ' ' && line.p[n - 1] != '\t')
		n--;
	return bytes_skip(line, n);
}

/* What a line does; NULL: nothing that matters here. */
static const char *rsyslog_does(struct bytes line)
{
	struct bytes action = action_of(line);

	if (has(line, "omfwd") || has(line, "omrelp"))
		return "forward";
	if (has(line, "omprog") || (action.n > 1 && action.p[0] == '^'))
		return "program";
	if (bytes_eq(action, bytes_str("stop")) ||
	    bytes_eq(action, bytes_str("~")) || has(line, "{ stop }") ||
	    has(line, "{stop}"))
		return "discard";
	if (line.p[0] == '$' || bytes_starts(line, "module(") ||
	    bytes_starts(line, "global(") || bytes_starts(line, "include("))
		return "setting";
	if (action.n > 1 && action.p[0] == '@')
		return "forward";
	if (action.n < line.n && action.n > 1 &&
	    (action.p[0] == '/' || action.p[0] == '-'))
		return "file";
	return has(line, "omfile") ? "file" : NULL;
}

enum err_code rsyslog_run(const struct parse_input *in,
			  const struct parse_out *out, struct err *err)
{
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, " ", &line)) {
		const char *does = rsyslog_does(line.text);

		if (does)
			tell(&c, &line, "rsyslog", bytes_str(does), line.text,
			     "rsyslog");
	}
	return conf_end(&c);
}

/* ---- rules of audit ---- */

static bool is_audit_rule(struct bytes line)
{
	line = bytes_trim(line);
	return line.n && line.p[0] == '-';
}

unsigned audit_rules_score(const struct parse_input *in)
{
	return conf_score(in,
			  PATHS("audit/audit.rules", "audit/rules.d/*.rules",
				"audit/*.rules"),
			  is_audit_rule);
}

enum err_code audit_rules_run(const struct parse_input *in,
			      const struct parse_out *out, struct err *err)
{
	static const struct {
		const char *begins, *name;
		bool rest; /* the value is what is behind it */
	} sorts[] = {{"-e ", "enabled", true},
		     {"-D", "delete all", false},
		     {"-f ", "failure", true},
		     {"-b ", "backlog", true},
		     {"-r ", "rate", true}};
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, " ", &line)) {
		struct bytes value = line.text;
		const char *name = "rule";

		for (size_t i = 0; i < ARRAY_SIZE(sorts); i++) {
			if (!bytes_starts(line.text, sorts[i].begins))
				continue;
			name = sorts[i].name;
			if (sorts[i].rest)
				value = bytes_trim(bytes_skip(
					value, strlen(sorts[i].begins)));
		}
		tell(&c, &line, "audit", bytes_str(name), value, "audit.rules");
	}
	return conf_end(&c);
}

/* ---- ufw's rules, firewalld's zones, AppArmor's profiles ---- */

unsigned ufw_rules_score(const struct parse_input *in)
{
	return conf_score(in,
			  PATHS("ufw/user.rules", "ufw/user6.rules",
				"ufw/before.rules", "ufw/before6.rules",
				"ufw/after.rules", "ufw/after6.rules"),
			  NULL);
}

/* Those that people added have a comment that says them as they typed them;
 * of the others only what lets all in or out. */
enum err_code ufw_rules_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	static const char tuple[] = "### tuple ### ";
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next(&c, NULL, &line)) {
		if (bytes_starts(line.text, tuple))
			tell(&c, &line, "ufw", bytes_str("rule"),
			     bytes_skip(line.text, strlen(tuple)), "ufw");
		else if (bytes_starts(line.text, "-A ") &&
			 bytes_ends(line.text, "-j ACCEPT") &&
			 !has(line.text, " -p ") && !has(line.text, " -m ") &&
			 !has(line.text, " -i ") && !has(line.text, " -o ") &&
			 !has(line.text, " -s ") && !has(line.text, " -d "))
			tell(&c, &line, "ufw", bytes_str("accepts all"),
			     line.text, "ufw");
	}
	return conf_end(&c);
}

unsigned firewalld_zone_score(const struct parse_input *in)
{
	return bytes_find(bytes_first(in->content, 4096), "<zone", NULL)
		       ? conf_score(in, PATHS("firewalld/zones/*.xml"), NULL)
		       : 0;
}

/* An element a line, as firewall-cmd writes them. */
enum err_code firewalld_zone_run(const struct parse_input *in,
				 const struct parse_out *out, struct err *err)
{
	struct bytes zone = bytes_file_name(in->path);
	struct conf_line line;
	struct conf c;

	if (bytes_ends(zone, ".xml"))
		zone.n -= strlen(".xml");
	conf_begin(&c, in, out, err);
	while (conf_next(&c, NULL, &line))
		if (bytes_starts(line.text, "<zone") ||
		    bytes_starts(line.text, "<service") ||
		    bytes_starts(line.text, "<port") ||
		    bytes_starts(line.text, "<source") ||
		    bytes_starts(line.text, "<interface") ||
		    bytes_starts(line.text, "<forward-port") ||
		    bytes_starts(line.text, "<masquerade"))
			tell(&c, &line, "firewalld zone", zone, line.text,
			     "firewalld");
	return conf_end(&c);
}

unsigned apparmor_off_score(const struct parse_input *in)
{
	return conf_score(
		in,
		PATHS("apparmor.d/disable/*", "apparmor.d/force-complain/*"),
		NULL);
}

enum err_code apparmor_off_run(const struct parse_input *in,
			       const struct parse_out *out, struct err *err)
{
	struct conf_line whole;
	struct conf c;

	conf_begin(&c, in, out, err);
	whole = conf_whole(&c);
	tell(&c, &whole, "apparmor", bytes_file_name(in->path),
	     bytes_str(bytes_find(in->path, "/disable/", NULL) ? "disabled"
							       : "complain"),
	     "apparmor");
	return conf_end(&c);
}

/* ---- what logrotate has done: facts, and events ---- */

static bool read_rotated(struct bytes line, struct bytes *path,
			 struct civil *when)
{
	struct bytes rest;
	const uint8_t *end;

	*when = (struct civil){.year = 0};
	if (line.n >= 2 && line.p[0] == '"' &&
	    (end = memchr(line.p + 1, '"', line.n - 1))) {
		*path = bytes_of(line.p + 1, (size_t)(end - line.p) - 1);
		rest = bytes_trim(bytes_skip(line, path->n + 2));
	} else if ((end = memrchr(line.p, ' ', line.n))) {
		*path = bytes_of(line.p, (size_t)(end - line.p)); /* old ones */
		rest = bytes_skip(line, path->n + 1);
	} else {
		return false;
	}
	if (!take_number(&rest, 4, &when->year) || !take_byte(&rest, '-') ||
	    !take_number(&rest, 2, &when->month) || !take_byte(&rest, '-') ||
	    !take_number(&rest, 2, &when->day))
		return false;
	when->precision_ns = 86400 * NS_PER_S;
	if (!take_byte(&rest, '-'))
		return true; /* old ones have the day alone */
	if (!take_number(&rest, 2, &when->hour))
		return false;
	when->precision_ns = 3600 * NS_PER_S;
	if (rest.n == 0)
		return true; /* and later ones, the hour */
	when->precision_ns = NS_PER_S;
	return take_byte(&rest, ':') &&
	       take_number(&rest, 2, &when->minute) && take_byte(&rest, ':') &&
	       take_number(&rest, 2, &when->second);
}

unsigned logrotate_status_score(const struct parse_input *in)
{
	return bytes_starts(in->content, "logrotate state") ? 90 : 0;
}

enum err_code logrotate_status_run(const struct parse_input *in,
				   const struct parse_out *out, struct err *err)
{
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		struct parse_event e = {.desc = DESC_RUN,
					.kind = "log.rotated",
					.actor = bytes_str("logrotate"),
					.offset = line.offset,
					.length = line.length};
		struct bytes value = line.text;
		struct civil when;

		if (bytes_starts(line.text, "logrotate state"))
			continue;
		if (!read_rotated(line.text, &e.message, &when) ||
		    !civil_event(&when, in, &e)) {
			conf_problem(&c, line.offset, "no log and its day");
			continue;
		}
		value = bytes_skip(value, e.message.n +
						  (value.p[0] == '"' ? 2 : 0));
		tell(&c, &line, "rotated", e.message, bytes_trim(value),
		     "logrotate");
		if (c.code == ERR_OK)
			c.code = parse_say(out, &e, err);
	}
	return conf_end(&c);
}
