/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge of commands and scripts of shells: a table of signs, each a
 * function over the words of a line. What web pages have is in signs_web.c,
 * what alters an account's shell in signs_startup.c.
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

/* ---- what the signs ask of a line ---- */

bool has_any(struct bytes text, const char *const words[])
{
	for (; *words; words++)
		if (bytes_find(text, *words, NULL))
			return true;
	return false;
}

bool is_any(struct bytes word, const char *const words[])
{
	for (; *words; words++)
		if (bytes_eq(word, bytes_str(*words)))
			return true;
	return false;
}

bool runs(const struct shell_line *l, size_t i, const char *const names[])
{
	return l->w[i].cmd && is_any(shell_name(l->w[i].text), names);
}

size_t next_arg(const struct shell_line *l, size_t of, size_t i)
{
	for (i++; i < l->n; i++)
		if (l->w[i].of == l->w[of].of && !l->w[i].target &&
		    !l->w[i].cmd)
			return i;
	return SIZE_MAX;
}

/* Does that command have such an argument? */
static bool has_arg(const struct shell_line *l, size_t cmd,
		    bool (*is_one)(struct bytes word))
{
	for (size_t i = next_arg(l, cmd, cmd); i != SIZE_MAX;
	     i = next_arg(l, cmd, i))
		if (is_one(l->w[i].text))
			return true;
	return false;
}

bool is_shell(struct bytes name)
{
	return is_any(name, LIST("sh", "bash", "dash", "zsh", "ksh", "ash",
				 "fish", "csh", "tcsh", "rbash"));
}

bool is_interpreter(struct bytes name)
{
	static const char *const stems[] = {"python", "perl", "ruby", "php",
					    "lua",    "node", "tclsh"};

	for (size_t i = 0; i < ARRAY_SIZE(stems); i++) {
		struct bytes rest = bytes_skip(name, strlen(stems[i]));
		size_t n = 0;

		if (!bytes_starts(name, stems[i]))
			continue;
		while (n < rest.n && ((rest.p[n] >= '0' && rest.p[n] <= '9') ||
				      rest.p[n] == '.'))
			n++;
		if (n == rest.n)
			return true;
	}
	return false;
}

/* ---- fetch, pipe-to-shell, base64, netcat ---- */

static bool is_plain(struct bytes word)
{
	return word.n && word.p[0] != '-';
}

static bool has_fetch(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (runs(l, i, LIST("curl", "wget", "lwp-download",
				    "lwp-request", "aria2c", "axel", "lynx",
				    "tftp")) &&
		    has_arg(l, i, is_plain))
			return true;
	return has_any(l->text, LIST("urlopen(", "urlretrieve(",
				     "requests.get(", "LWP::Simple"));
}

/* It reads its program from the pipe: no file, no -c. */
static bool reads_program(const struct shell_line *l, size_t cmd)
{
	for (size_t i = next_arg(l, cmd, cmd); i != SIZE_MAX;
	     i = next_arg(l, cmd, i)) {
		struct bytes w = l->w[i].text;

		if (bytes_eq(w, bytes_str("/dev/stdin")) ||
		    bytes_eq(w, bytes_str("-s")))
			return true; /* what follows are arguments */
		if (w.p[0] != '-' && !(w.p[0] >= '0' && w.p[0] <= '9'))
			return false;
		if (is_any(w, LIST("-c", "-e", "-ne", "-pe", "-m", "-r", "-n",
				   "-lc", "-ic")))
			return false;
	}
	return true;
}

static bool has_pipe_to_shell(const struct shell_line *l)
{
	static const char *const got[] = {
		"$(curl", "$(wget", "<(curl",  "<(wget", "`curl",
		"`wget",  "$( curl", "$( wget", "<( curl", NULL};

	for (size_t i = 0; i < l->n; i++) {
		struct bytes name = shell_name(l->w[i].text);

		if (!l->w[i].cmd)
			continue;
		if ((is_shell(name) || is_interpreter(name)) &&
		    l->w[i].piped && reads_program(l, i))
			return true;
		if ((is_shell(name) || is_any(name, LIST(".", "source",
							 "eval"))) &&
		    has_any(l->text, got))
			return true;
	}
	return false;
}

#define CODE_MIN 160u /* longer than a hash in hex */

/* A long run of base64, which paths and hashes are not: upper and lower case
 * and digits, and few slashes. */
static bool has_code(struct bytes text)
{
	size_t n = 0, up = 0, low = 0, digits = 0, slashes = 0;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		up += c >= 'A' && c <= 'Z';
		low += c >= 'a' && c <= 'z';
		digits += c >= '0' && c <= '9';
		slashes += c == '/';
		n++;
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      (c >= '0' && c <= '9') || c == '+' || c == '/'))
			n = up = low = digits = slashes = 0;
		if (n >= CODE_MIN && up > n / 8 && low > n / 8 &&
		    digits > n / 32 && slashes < n / 12)
			return true;
	}
	return false;
}

static bool decodes(struct bytes w)
{
	return is_any(w, LIST("-d", "-D", "--decode", "-di", "-id", "-dw0"));
}

static bool is_dash_r(struct bytes w)
{
	return is_any(w, LIST("-r", "-rp", "-pr"));
}

static bool has_base64(const struct shell_line *l)
{
	bool openssl = has_any(l->text, LIST("-base64", "base64", " enc ",
					     " -a "));

	for (size_t i = 0; i < l->n; i++) {
		if (runs(l, i, LIST("base64", "base32", "basenc")) &&
		    has_arg(l, i, decodes))
			return true;
		if (runs(l, i, LIST("openssl")) && openssl &&
		    has_arg(l, i, decodes))
			return true;
		if (runs(l, i, LIST("xxd")) && has_arg(l, i, is_dash_r))
			return true;
	}
	return has_any(l->text, LIST("b64decode", "decode_base64",
				     "Base64.decode64", "base64_decode(")) ||
	       has_code(l->text);
}

static bool has_dev_tcp(const struct shell_line *l)
{
	return has_any(l->text, LIST("/dev/tcp/", "/dev/udp/"));
}

static bool has_netcat(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (runs(l, i, LIST("nc", "ncat", "netcat", "nc.traditional",
				    "nc.openbsd", "socat")) &&
		    has_arg(l, i, is_plain))
			return true;
	return false;
}

/* ---- where the programs are ---- */

bool path_is_scratch(struct bytes path)
{
	static const char *const folders[] = {
		"/tmp/", "/var/tmp/", "/dev/shm/", "/run/user/", "/run/shm/",
		"/dev/mqueue/", "/run/lock/", "/var/lock/", "/var/run/user/"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (bytes_starts(path, folders[i]))
			return true;
	return false;
}

/* Hidden by custom: where programs of people live, and their start files. */
static bool is_custom(struct bytes part)
{
	return is_any(part, LIST(".", "..", ".local", ".config", ".cargo",
				 ".nvm", ".rvm", ".pyenv", ".rbenv", ".bashrc",
				 ".bash_aliases", ".bash_profile", ".profile",
				 ".bash_login", ".bash_logout", ".zshrc",
				 ".zprofile", ".zshenv", ".zlogin", ".sdkman",
				 ".asdf", ".volta", ".bun", ".deno", ".dotnet",
				 ".yarn", ".ghcup", ".opam", ".npm-global",
				 ".fzf.bash", ".fzf.zsh", ".cshrc", ".login",
				 ".xsession", ".xsessionrc", ".xprofile",
				 ".xinitrc", ".oh-my-zsh", ".venv", ".ssh",
				 ".env", ".git", ".krew", ".rustup", ".fzf",
				 ".acme.sh", ".Xsession", ".bash_completion",
				 ".xprompt"));
}

bool path_is_hidden(struct bytes path)
{
	struct bytes part;

	/* "./x" and ".x" alone are no paths that say where. */
	if (!path.n || !memchr(path.p, '/', path.n))
		return false;
	while (bytes_split(&path, '/', &part))
		if (part.n > 1 && part.p[0] == '.' && part.p[1] != '*' &&
		    part.p[1] != '$' && part.p[1] != '{' && !is_custom(part))
			return true;
	return false;
}

/* The value of a variable that is no command: DIR="/tmp/x". */
static bool is_value(const struct shell_line *l, size_t i)
{
	struct bytes before;

	if (!i || !l->w[i].glued)
		return false;
	before = l->w[i - 1].text;
	if (before.p[before.n - 1] != '=' ||
	    bytes_starts(before, "PROMPT_COMMAND="))
		return false;
	for (size_t k = 0; k < i; k++)
		if (runs(l, k, LIST("alias")))
			return false;
	return true;
}

/* The path that word i has run, as a program or as a script; or empty. */
static struct bytes path_run(const struct shell_line *l, size_t i)
{
	struct bytes name = shell_name(l->w[i].text);
	size_t arg = next_arg(l, i, i);

	if (!l->w[i].cmd || is_value(l, i))
		return bytes_str("");
	if (!is_shell(name) && !is_interpreter(name) &&
	    !is_any(name, LIST(".", "source", "exec", "nohup")))
		return shell_whole(l, i);
	while (arg != SIZE_MAX && l->w[arg].text.p[0] == '-')
		arg = next_arg(l, i, arg);
	return arg == SIZE_MAX ? shell_whole(l, i) : shell_whole(l, arg);
}

static bool makes_runnable(struct bytes w)
{
	uint64_t mode;

	return (w.n > 1 && w.p[w.n - 1] == 'x' && memchr(w.p, '+', w.n)) ||
	       ((w.n == 3 || w.n == 4) && bytes_to_u64(w, &mode) &&
		w.p[w.n - 3] % 2 == 1);
}

static bool is_of(const struct shell_line *l, bool (*is_one)(struct bytes))
{
	for (size_t i = 0; i < l->n; i++) {
		if (is_one(path_run(l, i)))
			return true;
		if (runs(l, i, LIST("chmod")) &&
		    has_arg(l, i, makes_runnable) && has_arg(l, i, is_one))
			return true;
	}
	return false;
}

static bool has_scratch_path(const struct shell_line *l)
{
	return is_of(l, path_is_scratch);
}

static bool has_hidden_path(const struct shell_line *l)
{
	return is_of(l, path_is_hidden);
}

/* ---- preload, interpreter, files that give rights ---- */

static bool has_preload(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct bytes w = l->w[i].text;

		if ((bytes_starts(w, "LD_PRELOAD=") ||
		     bytes_starts(w, "LD_AUDIT=")) &&
		    shell_whole(l, i).n > (size_t)strlen("LD_PRELOAD="))
			return true;
		if (bytes_find(w, "ld.so.preload", NULL) &&
		    (l->w[i].target || writes(l, i)))
			return true;
	}
	return false;
}

/* Word i is an argument of a command that writes files. */
bool writes(const struct shell_line *l, size_t i)
{
	for (size_t c = 0; c < i; c++)
		if (l->w[c].of == l->w[i].of &&
		    runs(l, c, LIST("tee", "cp", "mv", "install", "ln", "dd",
				    "rsync", "sponge")))
			return true;
	return false;
}

static const char *const odd_calls[] = {
	"socket",     "exec(",	    "exec ",   "system(",  "subprocess",
	"pty.",	      "urlopen",    "urllib",  "base64",   "b64decode",
	"/inet/tcp",  "dup2",	    "fsockopen", "marshal",  "decompress",
	"__import__", "os.popen",   "TCPSocket", "requests", NULL};

static bool is_code_option(struct bytes w)
{
	return is_any(w, LIST("-c", "-e", "-r", "-E", "-ne", "-Mre", "-rsocket",
			      "-MSocket", "-MIO"));
}

static bool has_interpreter(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct bytes name = shell_name(l->w[i].text);
		struct bytes rest;

		if (!l->w[i].cmd)
			continue;
		rest = bytes_skip(l->text,
				  (size_t)(l->w[i].text.p - l->text.p));
		if (is_interpreter(name) && has_arg(l, i, is_code_option) &&
		    has_any(rest, odd_calls))
			return true;
		if (is_any(name, LIST("awk", "gawk")) &&
		    has_any(rest, LIST("/inet/tcp", "/inet/udp")))
			return true;
	}
	return false;
}

static bool is_suid_mode(struct bytes w)
{
	uint64_t mode;
	size_t plus;

	if (bytes_starts(w, "-m"))
		w = bytes_skip(w, 2);
	if (bytes_to_u64(w, &mode))
		return (w.n == 4 || (w.n == 5 && w.p[0] == '0')) &&
		       w.p[w.n - 4] >= '4' && w.p[w.n - 4] <= '7';
	if (!w.n || !memchr(w.p, '+', w.n) || !bytes_find(w, "+", &plus) ||
	    plus > 4)
		return false;
	for (size_t i = 0; i < plus; i++)
		if (!strchr("ugoa", w.p[i]))
			return false;
	return memchr(w.p + plus, 's', w.n - plus) && w.n - plus <= 5 &&
	       (plus == 0 || memchr(w.p, 'u', plus) || memchr(w.p, 'a', plus));
}

static bool has_chmod_suid(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (runs(l, i, LIST("chmod", "install")) &&
		    has_arg(l, i, is_suid_mode))
			return true;
	return false;
}

static bool is_written(const struct shell_line *l, const char *const names[])
{
	for (size_t i = 0; i < l->n; i++)
		if (has_any(l->w[i].text, names) &&
		    (l->w[i].target || writes(l, i)))
			return true;
	return false;
}

static bool has_key_write(const struct shell_line *l)
{
	return is_written(l, LIST("authorized_keys"));
}

static bool only_lists(struct bytes w)
{
	return is_any(w, LIST("-l", "-e", "-r", "-V", "-ri"));
}

static bool has_cron_write(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (runs(l, i, LIST("crontab")) && !has_arg(l, i, only_lists) &&
		    (l->w[i].piped || next_arg(l, i, i) != SIZE_MAX))
			return true;
	return is_written(l, LIST("/etc/cron", "/var/spool/cron"));
}

/* ---- reverse-shell ---- */

static bool is_exec_option(struct bytes w)
{
	return is_any(w, LIST("-e", "-c", "--exec", "--sh-exec", "-le", "-lvpe",
			      "-nlvpe", "-ne", "-ve", "-nve")) ||
	       bytes_starts(w, "EXEC:") || bytes_starts(w, "exec:") ||
	       bytes_starts(w, "SYSTEM:") || bytes_starts(w, "system:");
}

static bool is_shell_word(struct bytes w)
{
	return is_shell(shell_name(w));
}

static bool has_reverse_shell(const struct shell_line *l)
{
	bool talks = has_dev_tcp(l) || has_netcat(l);
	bool shell = false;

	for (size_t i = 0; i < l->n; i++) {
		talks |= runs(l, i, LIST("telnet")) ||
			 (runs(l, i, LIST("openssl")) &&
			  has_any(l->text, LIST("s_client")));
		/* Its way in or out is a pipe, or the socket itself. */
		shell |= l->w[i].cmd && is_shell_word(l->w[i].text) &&
			 (l->w[i].piped || has_dev_tcp(l) ||
			  has_any(l->text, LIST("mkfifo", "mknod")));
		if (runs(l, i, LIST("nc", "ncat", "netcat", "nc.traditional",
				    "socat")) &&
		    has_arg(l, i, is_exec_option))
			return true;
	}
	if (talks && shell)
		return true;
	if (has_dev_tcp(l) && has_any(l->text, LIST("<>/dev/", "<> /dev/",
						    " -i ")))
		return true;
	return has_interpreter(l) &&
	       has_any(l->text, LIST("socket", "Socket", "fsockopen",
				     "/inet/")) &&
	       has_any(l->text, LIST("dup2", "exec", "pty", "system",
				     "subprocess", "spawn"));
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
		"exec(",      "eval(",	    "os.system", "os.popen",
		"subprocess", "socket",	    "urlopen",	 "urllib",
		"b64decode",  "marshal.",   "decompress(", "ctypes", NULL};

	text = bytes_trim(text);
	text.n = MIN(text.n, JUDGED_MAX);
	if (!text.n || text.p[0] == '#')
		return 0;
	return (has_any(text, calls) ? SIGN(SIGN_INTERPRETER) : 0) |
	       (has_any(text, LIST("b64decode")) || has_code(text)
			? SIGN(SIGN_BASE64)
			: 0) |
	       (has_any(text, LIST("urlopen(", "urlretrieve(",
				   "requests.get("))
			? SIGN(SIGN_FETCH)
			: 0);
}

/* A program of python or perl that is a reverse shell says so in several
 * lines. */
static bool is_reverse_shell(struct bytes content)
{
	return has_any(content, LIST("socket.socket(", "IO::Socket::INET",
				     "fsockopen(", "TCPSocket.new",
				     "net.Socket(")) &&
	       has_any(content, LIST("dup2(", "pty.spawn", "<&S", ">&S",
				     "\"<&\"", "\">&\"")) &&
	       has_any(content, LIST("/bin/sh", "/bin/bash", "pty.spawn"));
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
