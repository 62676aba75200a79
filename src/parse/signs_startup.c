/* SPDX-License-Identifier: Apache-2.0 */
/* Signs of what alters somebody's shell: history, aliases, traps, prompts. */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/signs.h"
#include "parse/signs_inside.h"

/* The value behind "name=", in the word itself or in the quotes behind it, up
 * to the first blank. */
static struct bytes value_of(const struct shell_line *l, size_t i,
			     const char *name)
{
	size_t n = strlen(name);

	return bytes_starts(l->w[i].text, name)
		       ? bytes_skip(shell_whole(l, i), n)
		       : bytes_str("");
}

/* ---- history-off ---- */

static bool is_set_off(const struct shell_line *l, size_t i)
{
	static const char *const numbers[] = {
		"HISTSIZE=", "HISTFILESIZE=", "SAVEHIST="};
	struct bytes w = l->w[i].text, value;

	if (bytes_starts(w, "HISTFILE="))
		return bytes_eq(w, bytes_str("HISTFILE=/dev/null")) ||
		       bytes_find(value_of(l, i, "HISTFILE="), "/dev/null",
				  NULL) ||
		       (w.n == strlen("HISTFILE=") &&
			!(i + 1 < l->n && l->w[i + 1].glued));
	for (size_t k = 0; k < ARRAY_SIZE(numbers); k++) {
		value = value_of(l, i, numbers[k]);
		while (value.n && (value.p[0] == '"' || value.p[0] == '\''))
			value = bytes_skip(value, 1);
		if (bytes_eq(value, bytes_str("0")))
			return true;
	}
	value = value_of(l, i, "HISTIGNORE=");
	while (value.n && (value.p[0] == '"' || value.p[0] == '\''))
		value = bytes_skip(value, 1);
	return bytes_eq(value, bytes_str("*"));
}

static bool arg_has(const struct shell_line *l, size_t cmd, const char *words)
{
	for (size_t i = next_arg(l, cmd, cmd); i != SIZE_MAX;
	     i = next_arg(l, cmd, i))
		if (bytes_find(l->w[i].text, words, NULL))
			return true;
	return false;
}

static bool turns_off(const struct shell_line *l, size_t i)
{
	if (runs_any(l, i, LIST("unset")))
		return arg_has(l, i, "HISTFILE") || arg_has(l, i, "HISTSIZE");
	if (runs_any(l, i, LIST("set")))
		return arg_has(l, i, "+o") && arg_has(l, i, "history");
	if (runs_any(l, i, LIST("shopt")))
		return arg_has(l, i, "u") && arg_has(l, i, "history");
	if (runs_any(l, i, LIST("history")))
		return arg_has(l, i, "-c") || arg_has(l, i, "-cw");
	if (runs_any(l, i, LIST("rm", "shred", "truncate", "unlink", "chattr")))
		return arg_has(l, i, "_history");
	if (runs_any(l, i, LIST("ln")))
		return arg_has(l, i, "/dev/null") && arg_has(l, i, "_history");
	return false;
}

bool has_history_off(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (is_set_off(l, i) || turns_off(l, i) ||
		    (l->w[i].target &&
		     bytes_find(l->w[i].text, ".bash_history", NULL)))
			return true;
	return false;
}

/* ---- alias ---- */

/* Who types them gives away a password or a key... */
static const char *const trusted[] = {"sudo",  "su",     "ssh",   "scp",
				      "sftp",  "passwd", "login", "doas",
				      "kinit", NULL};
/* ...and who types these is told what is so. */
static const char *const telling[] = {
	"ls",      "ps",        "netstat", "ss",      "lsof", "who",  "w",
	"last",    "top",       "find",    "cat",     "id",   "stat", "lsmod",
	"crontab", "systemctl", "dmesg",   "history", NULL};

static bool is_plain_dir(struct bytes word)
{
	size_t n = word.n - bytes_file_name(word).n;
	struct bytes dir = bytes_of(word.p, n);

	return n == 0 || word_is(dir, LIST("/bin/", "/usr/bin/", "/sbin/",
					   "/usr/sbin/", "command "));
}

/* The words of a value from word i on: is the program another one? */
static bool is_another(const struct shell_line *l, size_t i, struct bytes name)
{
	uint8_t depth = l->w[i].depth;
	bool first = true;

	for (; i < l->n && l->w[i].depth >= depth; i++) {
		struct bytes w = l->w[i].text;

		if (!l->w[i].cmd)
			continue;
		/* "command ssh", "TERM=x ssh", "sudo -E": the same still. */
		if (first && (word_is(w, LIST("command", "env", "builtin")) ||
			      memchr(w.p, '=', w.n)))
			continue;
		if (first &&
		    (!bytes_eq(shell_name(w), name) || !is_plain_dir(w)))
			return true;
		if (!first)
			return true;
		first = false;
	}
	return false;
}

static bool stands_for_other(const struct shell_line *l, size_t i)
{
	struct bytes w = l->w[i].text, name = w;
	bool glued;

	if (!bytes_split(&w, '=', &name))
		return false;
	glued = i + 1 < l->n && l->w[i + 1].glued;
	if (word_is(name, trusted))
		return glued ? is_another(l, i + 1, name)
			     : w.n && !bytes_eq(w, name);
	if (!word_is(name, telling) || !glued)
		return false;
	for (size_t k = i + 1; k < l->n && l->w[k].depth > l->w[i].depth; k++)
		if (l->w[k].cmd && l->w[k].piped)
			return true;
	return false;
}

/* "sudo() {", "function ssh {" */
static bool is_function(const struct shell_line *l)
{
	struct bytes rest = l->text, name;
	bool said = bytes_starts(rest, "function ");
	size_t n = 0;

	if (said)
		rest = bytes_trim(bytes_skip(rest, strlen("function ")));
	while (n < rest.n && rest.p[n] != '(' && rest.p[n] != ' ' &&
	       rest.p[n] != '{')
		n++;
	name = bytes_of(rest.p, n);
	rest = bytes_trim(bytes_skip(rest, n));
	return word_is(name, trusted) && (said || bytes_starts(rest, "()"));
}

bool has_alias(const struct shell_line *l)
{
	if (is_function(l))
		return true;
	for (size_t i = 0; i < l->n; i++) {
		if (!runs_any(l, i, LIST("alias")))
			continue;
		for (size_t k = i + 1; k < l->n; k++)
			if (!l->w[k].cmd && stands_for_other(l, k))
				return true;
		return false;
	}
	return false;
}

/* ---- trap ---- */

static bool traps(const struct shell_line *l, const char *const what[])
{
	for (size_t i = 0; i < l->n; i++) {
		bool any = false;

		if (!runs_any(l, i, LIST("trap")))
			continue;
		if (i + 1 < l->n &&
		    (bytes_eq(l->w[i + 1].text, bytes_str("-")) ||
		     bytes_starts(l->w[i + 1].text, "-p")))
			return false;
		for (size_t k = i + 2; k < l->n; k++)
			any |= word_is(l->w[k].text, what);
		return any;
	}
	return false;
}

bool has_trap_debug(const struct shell_line *l)
{
	return traps(l, LIST("DEBUG", "SIGDEBUG"));
}

bool has_trap_exit(const struct shell_line *l)
{
	return traps(l, LIST("EXIT", "0", "SIGEXIT", "ERR", "RETURN"));
}

/* ---- prompt ---- */

/* What a prompt does anyway: to print, to keep the history, functions. */
static bool is_usual(struct bytes word)
{
	return word.p[0] == '_' || word.p[0] == '$' ||
	       word_is(word, LIST("printf", "echo", "history", ":", "true",
				  "test", "[", "[[", "if", "then", "fi", "else",
				  "tput", "update_terminal_cwd", "local",
				  "logger", "PROMPT_COMMAND", "unset", "read",
				  "whoami", "tty", "pwd", "date", "sed", "awk",
				  "cut", "tail", "head", "hostname", "id",
				  "who", "basename", "git", "grep", "tr"));
}

/* Does the word set it? *value is what is behind the sign then. */
static bool sets_prompt(struct bytes w, struct bytes *value)
{
	const char *const name = "PROMPT_COMMAND";

	if (!bytes_starts(w, name))
		return false;
	*value = bytes_skip(w, strlen(name));
	(void)take_byte(value, '+');
	return take_byte(value, '=');
}

bool has_prompt(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct bytes value;

		if (!sets_prompt(l->w[i].text, &value))
			continue;
		/* Without quotes. What Red Hat has there is its terminal's. */
		if (value.n && memchr(value.p, '/', value.n) &&
		    !bytes_starts(value, "/etc/sysconfig/bash-prompt-"))
			return true;
		for (size_t k = i + 1;
		     k < l->n && l->w[k].depth > l->w[i].depth; k++)
			if (l->w[k].cmd && !is_usual(l->w[k].text))
				return true;
	}
	return false;
}

/* ---- eval ---- */

static const char *const made[] = {"base64", "curl ",     "wget ",  "xxd",
				   "| rev",  "|rev",      "gunzip", "gzip -d",
				   "zcat ",  "openssl ",  "$'\\x",  "N-ZA-M",
				   "n-za-m", "/dev/tcp/", NULL};

bool has_eval(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (runs_any(l, i, LIST("eval")) && text_has_any(l->text, made))
			return true;
	if (text_has_any(l->text, LIST("exec(", "eval(")) &&
	    text_has_any(l->text, LIST("b64decode", "decompress(", "urlopen(",
				       "fromhex(", "marshal.loads",
				       "codecs.decode", "compile(base64")))
		return true;
	return text_has_any(l->text, LIST("eval ", "eval(")) &&
	       text_has_any(l->text,
			    LIST("decode_base64", "unpack(", "unpack u"));
}
