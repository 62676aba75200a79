/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What loads or runs something on its own: PAM, udev, modules of the kernel,
 * the dynamic linker, variables of the environment.
 */
#include "base/base.h"
#include "parse/conf.h"
#include "parse/words.h"

/* ---- PAM: type control module arguments ---- */

static bool is_pam_type(struct bytes w)
{
	(void)take_byte(&w, '-'); /* no word of a module that is missing */
	return bytes_eq_nocase(w, "auth") || bytes_eq_nocase(w, "account") ||
	       bytes_eq_nocase(w, "password") || bytes_eq_nocase(w, "session");
}

/* "[success=1 default=ignore]" or a word. */
static struct bytes take_control(struct bytes *rest)
{
	const uint8_t *end;
	struct bytes control;

	if (!rest->n || rest->p[0] != '[')
		return take_word(rest);
	end = memchr(rest->p, ']', rest->n);
	if (!end)
		return take_word(rest);
	control = bytes_of(rest->p, (size_t)(end - rest->p) + 1);
	*rest = bytes_trim(bytes_skip(*rest, control.n));
	return control;
}

static bool is_pam_line(struct bytes line)
{
	line = bytes_trim(line);
	if (bytes_starts(line, "@include"))
		return true;
	if (is_pam_type(take_word(&line)))
		return true;
	return is_pam_type(take_word(&line)); /* pam.conf: a service first */
}

unsigned pam_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("pam.d/*", "etc/pam.conf"), is_pam_line);
}

static void tell_pam(struct conf *c, const struct conf_line *line, bool own)
{
	struct bytes rest = line->text, type, control, module;
	struct bytes service = bytes_file_name(c->in->path);

	if (bytes_starts(rest, "@include")) {
		(void)take_word(&rest);
		type = bytes_str("");
		control = bytes_str("include");
		module = rest;
		rest = bytes_str("");
	} else {
		if (!own)
			service = take_word(&rest);
		type = take_word(&rest);
		(void)take_byte(&type, '-');
		control = take_control(&rest);
		module = take_word(&rest);
	}
	if (!module.n) {
		conf_problem(c, line->offset, "no line of PAM");
		return;
	}
	fact_begin(c, "pam", service, line);
	fact_text(c, "type", type);
	fact_text(c, "control", control);
	fact_text(c, "module", module);
	fact_text(c, "arguments", rest);
	fact_tell(c);
}

enum err_code pam_run(const struct parse_input *in, const struct parse_out *out,
		      struct err *err)
{
	bool own = !path_ends(in->path, "pam.conf");
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, " ", &line))
		tell_pam(&c, &line, own);
	return conf_end(&c);
}

/* ---- udev: KEY{attribute}OP"value", ... ---- */

struct udev_part {
	struct bytes all, key, value;
	bool matches; /* == or != */
	bool equal;
};

static bool take_udev(struct bytes *rest, struct udev_part *part)
{
	size_t n = 0;
	const uint8_t *end;

	while (rest->n &&
	       (rest->p[0] == ',' || rest->p[0] == ' ' || rest->p[0] == '\t'))
		*rest = bytes_skip(*rest, 1);
	part->all = *rest;
	while (n < rest->n && !strchr("=!+-:", rest->p[n] ? rest->p[n] : 'x'))
		n++;
	part->key = bytes_trim(bytes_of(rest->p, n));
	part->equal =
		n + 1 < rest->n && rest->p[n] == '=' && rest->p[n + 1] == '=';
	part->matches = part->equal || (n < rest->n && rest->p[n] == '!');
	while (n < rest->n && rest->p[n] != '"')
		n++;
	if (n == rest->n || !part->key.n)
		return false;
	*rest = bytes_skip(*rest, n + 1);
	n = 0;
	while (n < rest->n && rest->p[n] != '"')
		n += rest->p[n] == '\\' && n + 1 < rest->n ? 2 : 1;
	n = MIN(n, rest->n);
	part->value = bytes_of(rest->p, n);
	*rest = bytes_skip(*rest, n + 1);
	end = part->value.p + n + (rest->p > part->value.p + n);
	part->all.n = (size_t)(end - part->all.p);
	return true;
}

/* It names a program: builtins of udev are none. */
static bool runs_program(struct bytes key)
{
	return bytes_eq(key, bytes_str("RUN")) ||
	       bytes_eq(key, bytes_str("RUN{program}")) ||
	       bytes_eq(key, bytes_str("PROGRAM")) ||
	       bytes_eq(key, bytes_str("IMPORT{program}"));
}

/* Devices that each host has from its start on. */
static bool is_always(const struct udev_part *part)
{
	if (bytes_eq(part->key, bytes_str("ENV{MAJOR}")))
		return bytes_eq(part->value, bytes_str("1"));
	return bytes_eq(part->key, bytes_str("KERNEL")) &&
	       word_is(part->value,
		       LIST("mem", "null", "zero", "random", "full", "urandom",
			    "console", "kmsg", "lo"));
}

static bool is_udev_line(struct bytes line)
{
	struct udev_part part;

	line = bytes_trim(line);
	/* The rest of a line that goes on ends like this too. */
	return take_udev(&line, &part) && part.key.p[0] >= 'A' &&
	       part.key.p[0] <= 'Z';
}

unsigned udev_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("udev/rules.d/*", "rules.d/*-*.rules"),
			  is_udev_line);
}

static void tell_udev(struct conf *c, const struct conf_line *line)
{
	struct word_list runs = {.n = 0};
	struct bytes rest = line->text;
	bool always = false, narrow = false;
	struct udev_part part;
	sign_set signs = 0;
	struct buf name;

	buf_init(&name, 1024);
	while (take_udev(&rest, &part)) {
		if (runs_program(part.key)) {
			list_add(&runs, part.value);
			signs |= signs_of_command(part.value);
			continue;
		}
		always |= part.equal && is_always(&part);
		narrow |= part.matches &&
			  !bytes_eq(part.key, bytes_str("ACTION"));
		if (buf_add_str(&name, name.n ? ", " : ""))
			(void)buf_add_bytes(&name, part.all);
	}
	if (runs.n) {
		fact_begin(c, "udev", buf_bytes(&name), line);
		fact_list(c, "runs", &runs);
		fact_bool(c, "always", always || !narrow);
		fact_signs(c, signs);
		fact_tell(c);
	}
	buf_release(&name);
}

enum err_code udev_run(const struct parse_input *in,
		       const struct parse_out *out, struct err *err)
{
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, " ", &line))
		tell_udev(&c, &line);
	return conf_end(&c);
}

/* ---- modprobe.d, modules-load.d, modules ---- */

static const char *const load_paths[] = {"modules-load.d/*.conf", "etc/modules",
					 "initramfs-tools/modules", NULL};

static bool is_modprobe_line(struct bytes line)
{
	line = bytes_trim(line);
	return word_is(take_word(&line),
		       LIST("alias", "blacklist", "install", "options",
			    "remove", "softdep", "config", "include",
			    "weakdep")) &&
	       line.n > 0;
}

unsigned modprobe_score(const struct parse_input *in)
{
	unsigned score = conf_score(in, load_paths, NULL);

	return score ? score
		     : conf_score(in,
				  PATHS("modprobe.d/*", "etc/modprobe.conf"),
				  is_modprobe_line);
}

enum err_code modprobe_run(const struct parse_input *in,
			   const struct parse_out *out, struct err *err)
{
	bool load = path_ends_any(in->path, load_paths);
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, " ", &line)) {
		struct bytes rest = line.text, directive = bytes_str("load");
		struct bytes module;

		if (!load)
			directive = take_word(&rest);
		module = take_word(&rest);
		if (!module.n) {
			conf_problem(&c, line.offset, "no line of modprobe.d");
			continue;
		}
		fact_begin(&c, "modprobe", module, &line);
		fact_text(&c, "directive", directive);
		fact_text(&c, "value", rest);
		fact_tell(&c);
	}
	return conf_end(&c);
}

/* ---- the dynamic linker ---- */

static const char *const preload_paths[] = {"etc/ld.so.preload", NULL};

static bool is_ld_line(struct bytes line)
{
	line = bytes_trim(line);
	return line.n && (line.p[0] == '/' || bytes_starts(line, "include ") ||
			  bytes_starts(line, "hwcap "));
}

unsigned ld_so_score(const struct parse_input *in)
{
	unsigned score = conf_score(in, preload_paths, NULL);

	return score ? score
		     : conf_score(in, PATHS("etc/ld.so.conf", "ld.so.conf.d/*"),
				  is_ld_line);
}

static void tell_libraries(struct conf *c, const struct conf_line *line,
			   struct bytes text, const char *source)
{
	struct word_list names = {.n = 0};

	list_split(&names, text, ":;,");
	for (size_t i = 0; i < names.n; i++) {
		if (names.w[i].p[0] == '#')
			break;
		fact_begin(c, "preload", names.w[i], line);
		fact_str(c, "source", source);
		fact_tell(c);
	}
}

enum err_code ld_so_run(const struct parse_input *in,
			const struct parse_out *out, struct err *err)
{
	bool preload = !bytes_find(in->path, "ld.so.conf", NULL);
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		struct bytes rest = line.text;

		if (!preload && bytes_starts(rest, "include "))
			(void)take_word(&rest);
		tell_libraries(&c, &line, rest,
			       preload ? "ld.so.preload" : "ld.so.conf");
	}
	return conf_end(&c);
}

/* ---- variables ---- */

static bool is_variable(struct bytes line)
{
	line = bytes_trim(line);
	return line.n && memchr(line.p, '=', line.n);
}

/* Those of services have many that matter to nobody else. */
static const char *const service_paths[] = {"etc/default/*", "etc/sysconfig/*",
					    "etc/conf.d/*", NULL};

static bool is_of_interest(struct bytes name)
{
	return word_is(name, LIST("PATH", "BASH_ENV", "ENV", "PROMPT_COMMAND",
				  "PYTHONPATH", "PYTHONSTARTUP", "PERL5OPT",
				  "PERL5LIB", "GCONV_PATH")) ||
	       text_starts_any(name, LIST("LD_", "HIST"));
}

unsigned environment_score(const struct parse_input *in)
{
	unsigned score =
		conf_score(in,
			   PATHS("etc/environment", "environment.d/*.conf",
				 ".pam_environment", "security/pam_env.conf",
				 ".ssh/environment", "etc/default/locale"),
			   is_variable);

	/* Others know some of those files better. */
	return score ? score
	       : conf_score(in, service_paths, is_variable) >= PARSE_SURE
		       ? PARSE_SURE
		       : 0;
}

/* "NAME=value", "export NAME=value", pam_env's "NAME DEFAULT=value". */
static void tell_variable(struct conf *c, const struct conf_line *line)
{
	struct bytes rest = line->text, name, value;

	if (bytes_starts(rest, "export "))
		(void)take_word(&rest);
	if (!take_setting(rest, "= \t", &name, &value)) {
		conf_problem(c, line->offset, "no variable");
		return;
	}
	if (path_ends_any(c->in->path, service_paths) &&
	    !path_ends(c->in->path, "default/locale") && !is_of_interest(name))
		return;
	value = unquoted(value);
	fact_begin(c, "environment", name, line);
	fact_text(c, "value", value);
	fact_text(c, "source", c->in->path);
	fact_tell(c);
	if (bytes_eq(name, bytes_str("LD_PRELOAD")) ||
	    bytes_eq(name, bytes_str("LD_AUDIT")))
		tell_libraries(c, line, value, "environment");
}

enum err_code environment_run(const struct parse_input *in,
			      const struct parse_out *out, struct err *err)
{
	struct conf_line line;
	struct conf c;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, " ", &line))
		tell_variable(&c, &line);
	return conf_end(&c);
}
