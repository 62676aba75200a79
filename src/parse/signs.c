/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge of commands and scripts: a table of signs, each a function over
 * the words of a line (signs_commands.c, and signs_startup.c for what alters
 * somebody's shell). What web pages have is in signs_web.c.
 */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/shell_words.h"
#include "parse/signs.h"
#include "parse/signs_inside.h"

const char *sign_name(unsigned sign)
{
	static const char *const names[N_SIGNS] = {
		[SIGN_FETCH] = "fetch",
		[SIGN_PIPE_TO_SHELL] = "pipe-to-shell",
		[SIGN_BASE64] = "base64",
		[SIGN_DEV_TCP] = "dev-tcp",
		[SIGN_NETCAT] = "netcat",
		[SIGN_SCRATCH_PATH] = "scratch-path",
		[SIGN_HIDDEN_PATH] = "hidden-path",
		[SIGN_PRELOAD] = "preload",
		[SIGN_HISTORY_OFF] = "history-off",
		[SIGN_ALIAS] = "alias",
		[SIGN_TRAP] = "trap",
		[SIGN_PROMPT] = "prompt",
		[SIGN_EVAL] = "eval",
		[SIGN_INTERPRETER] = "interpreter",
		[SIGN_CHMOD_SUID] = "chmod-suid",
		[SIGN_KEY_WRITE] = "key-write",
		[SIGN_CRON_WRITE] = "cron-write",
		[SIGN_REQUEST_EVAL] = "request-eval",
		[SIGN_REQUEST_EXEC] = "request-exec",
		[SIGN_DECODE_EVAL] = "decode-eval",
		[SIGN_REVERSE_SHELL] = "reverse-shell",
		[SIGN_AUTO_PREPEND] = "auto-prepend",
	};

	return sign < N_SIGNS ? names[sign] : "";
}

/* ---- the table ---- */

static const struct {
	enum sign sign;
	bool (*has)(const struct shell_line *l);
	bool startup; /* only in what a shell reads for who logs in */
} table[] = {
	{SIGN_FETCH, has_fetch, false},
	{SIGN_PIPE_TO_SHELL, has_pipe_to_shell, false},
	{SIGN_BASE64, has_base64, false},
	{SIGN_DEV_TCP, has_dev_tcp, false},
	{SIGN_NETCAT, has_netcat, false},
	{SIGN_SCRATCH_PATH, has_scratch_path, false},
	{SIGN_HIDDEN_PATH, has_hidden_path, false},
	{SIGN_PRELOAD, has_preload, false},
	{SIGN_HISTORY_OFF, has_history_off, false},
	{SIGN_ALIAS, has_alias, true},
	{SIGN_TRAP, has_trap_debug, false},
	{SIGN_TRAP, has_trap_exit, true},
	{SIGN_PROMPT, has_prompt, true},
	{SIGN_EVAL, has_eval, false},
	{SIGN_INTERPRETER, has_interpreter, false},
	{SIGN_CHMOD_SUID, has_chmod_suid, false},
	{SIGN_KEY_WRITE, has_key_write, false},
	{SIGN_CRON_WRITE, has_cron_write, false},
	{SIGN_REVERSE_SHELL, has_reverse_shell, false},
};

#define JUDGED_MAX ((size_t)16 << 10) /* of it is looked at */

static sign_set judge(struct bytes text, bool startup)
{
	struct shell_line line;
	sign_set set = 0;

	text.n = MIN(text.n, JUDGED_MAX);
	text = bytes_trim(text);
	if (!text.n || text.p[0] == '#')
		return 0;
	shell_split(text, &line);
	if (!line.n)
		return 0;
	line.text.n = (size_t)(line.w[line.n - 1].text.p +
			       line.w[line.n - 1].text.n - text.p);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if ((startup || !table[i].startup) &&
		    !(set & SIGN(table[i].sign)) && table[i].has(&line))
			set |= SIGN(table[i].sign);
	return set;
}

sign_set signs_of_command(struct bytes line)
{
	return judge(line, false);
}

/* What python runs each time it starts has no need of those. */
static sign_set judge_python(struct bytes text)
{
	static const char *const calls[] = {
		"exec(",      "eval(",    "os.system",   "os.popen",
		"subprocess", "socket",   "urlopen",     "urllib",
		"b64decode",  "marshal.", "decompress(", "ctypes",
		NULL};

	text = bytes_trim(text);
	text.n = MIN(text.n, JUDGED_MAX);
	if (!text.n || text.p[0] == '#')
		return 0;
	return (text_has_any(text, calls) ? SIGN(SIGN_INTERPRETER) : 0) |
	       (text_has_any(text, LIST("b64decode")) || has_code(text)
			? SIGN(SIGN_BASE64)
			: 0) |
	       (text_has_any(text,
			     LIST("urlopen(", "urlretrieve(", "requests.get("))
			? SIGN(SIGN_FETCH)
			: 0);
}

/* A program of python or perl that is a reverse shell says so in several
 * lines. */
static bool is_reverse_shell(struct bytes content)
{
	return text_has_any(content, LIST("socket.socket(", "IO::Socket::INET",
					  "fsockopen(", "TCPSocket.new",
					  "net.Socket(")) &&
	       text_has_any(content, LIST("dup2(", "pty.spawn", "<&S", ">&S",
					  "\"<&\"", "\">&\"")) &&
	       text_has_any(content, LIST("/bin/sh", "/bin/bash", "pty.spawn"));
}

struct judged signs_of_script(struct bytes content, enum sign_manner manner)
{
	struct judged j = {.signs = 0};
	struct line line;
	uint64_t at = 0;

	while (next_line(content, &at, &line)) {
		sign_set set = 0;

		j.lines++;
		if (manner == MANNER_PYTHON)
			set = judge_python(line.text);
		else if (manner == MANNER_COMMAND || manner == MANNER_STARTUP)
			set = judge(line.text, manner == MANNER_STARTUP);
		if (set && !j.signs)
			j.sample = bytes_trim(line.text);
		j.signs |= set;
	}
	if (manner > MANNER_PYTHON)
		j.signs = signs_of_page(content, manner, &j.sample);
	if (is_reverse_shell(content))
		j.signs |= SIGN(SIGN_REVERSE_SHELL);
	return j;
}
