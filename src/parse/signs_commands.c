/* SPDX-License-Identifier: Apache-2.0 */
/* Signs of commands: what they get, decode, run and write. */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/shell_words.h"
#include "parse/signs.h"
#include "parse/signs_inside.h"

/* ---- what the signs ask of a line ---- */

bool runs_any(const struct shell_line *l, size_t i, const char *const names[])
{
	return l->w[i].cmd && word_is(shell_name(l->w[i].text), names);
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

bool is_shell_name(struct bytes name)
{
	return word_is(name, LIST("sh", "bash", "dash", "zsh", "ksh", "ash",
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

bool has_fetch(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (runs_any(l, i,
			     LIST("curl", "wget", "lwp-download", "lwp-request",
				  "aria2c", "axel", "lynx", "tftp")) &&
		    has_arg(l, i, is_plain))
			return true;
	return text_has_any(l->text, LIST("urlopen(", "urlretrieve(",
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
		if (word_is(w, LIST("-c", "-e", "-ne", "-pe", "-m", "-r", "-n",
				    "-lc", "-ic")))
			return false;
	}
	return true;
}

bool has_pipe_to_shell(const struct shell_line *l)
{
	static const char *const got[] = {
		"$(curl", "$(wget",  "<(curl",  "<(wget",  "`curl",
		"`wget",  "$( curl", "$( wget", "<( curl", NULL};

	for (size_t i = 0; i < l->n; i++) {
		struct bytes name = shell_name(l->w[i].text);

		if (!l->w[i].cmd)
			continue;
		if ((is_shell_name(name) || is_interpreter(name)) &&
		    l->w[i].piped && reads_program(l, i))
			return true;
		if ((is_shell_name(name) ||
		     word_is(name, LIST(".", "source", "eval"))) &&
		    text_has_any(l->text, got))
			return true;
	}
	return false;
}

#define CODE_MIN 160u /* longer than a hash in hex */

/* A long run of base64, which paths and hashes are not: upper and lower case
 * and digits, and few slashes. */
bool has_code(struct bytes text)
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
	return word_is(w, LIST("-d", "-D", "--decode", "-di", "-id", "-dw0"));
}

static bool is_dash_r(struct bytes w)
{
	return word_is(w, LIST("-r", "-rp", "-pr"));
}

bool has_base64(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (runs_any(l, i, LIST("base64", "base32", "basenc")) &&
		    has_arg(l, i, decodes))
			return true;
		if (runs_any(l, i, LIST("openssl")) &&
		    text_has_any(l->text, LIST("-base64", "base64", " enc ",
					       " -a ")) &&
		    has_arg(l, i, decodes))
			return true;
		if (runs_any(l, i, LIST("xxd")) && has_arg(l, i, is_dash_r))
			return true;
	}
	return text_has_any(l->text,
			    LIST("b64decode", "decode_base64",
				 "Base64.decode64", "base64_decode(")) ||
	       has_code(l->text);
}

bool has_dev_tcp(const struct shell_line *l)
{
	return text_has_any(l->text, LIST("/dev/tcp/", "/dev/udp/"));
}

bool has_netcat(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (runs_any(l, i,
			     LIST("nc", "ncat", "netcat", "nc.traditional",
				  "nc.openbsd", "socat")) &&
		    has_arg(l, i, is_plain))
			return true;
	return false;
}

/* ---- where the programs are ---- */

/* In a folder that anybody may write to and nobody installs into. */
static bool path_is_scratch(struct bytes path)
{
	return text_starts_any(path, LIST("/tmp/", "/var/tmp/", "/dev/shm/",
					  "/run/user/", "/run/shm/",
					  "/dev/mqueue/", "/run/lock/",
					  "/var/lock/", "/var/run/user/"));
}

/* Hidden by custom: where programs of people live, and their start files. */
static bool is_custom(struct bytes part)
{
	return word_is(
		part,
		LIST(".", "..", ".local", ".config", ".cargo", ".nvm", ".rvm",
		     ".pyenv", ".rbenv", ".bashrc", ".bash_aliases",
		     ".bash_profile", ".profile", ".bash_login", ".bash_logout",
		     ".zshrc", ".zprofile", ".zshenv", ".zlogin", ".sdkman",
		     ".asdf", ".volta", ".bun", ".deno", ".dotnet", ".yarn",
		     ".ghcup", ".opam", ".npm-global", ".fzf.bash", ".fzf.zsh",
		     ".cshrc", ".login", ".xsession", ".xsessionrc",
		     ".xprofile", ".xinitrc", ".oh-my-zsh", ".venv", ".ssh",
		     ".env", ".git", ".krew", ".rustup", ".fzf", ".acme.sh",
		     ".Xsession", ".bash_completion", ".xprompt"));
}

/* "${XDG_CONFIG_HOME:-$HOME/.config}/x" */
static struct bytes without_brace(struct bytes part)
{
	while (part.n && strchr("}\"'", part.p[part.n - 1]))
		part.n--;
	return part;
}

/* Of a hidden folder or name, as programs have no reason to be. */
static bool path_is_hidden(struct bytes path)
{
	struct bytes part;

	/* "./x" and ".x" alone are no paths that say where. */
	if (!path.n || !memchr(path.p, '/', path.n))
		return false;
	while (bytes_split(&path, '/', &part)) {
		part = without_brace(part);
		if (part.n > 1 && part.p[0] == '.' && part.p[1] != '*' &&
		    part.p[1] != '$' && part.p[1] != '{' && !is_custom(part))
			return true;
	}
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
		if (runs_any(l, k, LIST("alias")))
			return false;
	return true;
}

/* The path that word i has run, as a program or as a script; or empty. */
static struct bytes path_run(const struct shell_line *l, size_t i)
{
	struct bytes name = shell_name(l->w[i].text);
	size_t arg;

	if (!l->w[i].cmd || is_value(l, i))
		return bytes_str("");
	if (!is_shell_name(name) && !is_interpreter(name) &&
	    !word_is(name, LIST(".", "source", "exec", "nohup")))
		return shell_whole(l, i);
	arg = next_arg(l, i, i);
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
		if (runs_any(l, i, LIST("chmod")) &&
		    has_arg(l, i, makes_runnable) && has_arg(l, i, is_one))
			return true;
	}
	return false;
}

bool has_scratch_path(const struct shell_line *l)
{
	return is_of(l, path_is_scratch);
}

bool has_hidden_path(const struct shell_line *l)
{
	return is_of(l, path_is_hidden);
}

/* ---- preload, interpreter, files that give rights ---- */

bool has_preload(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct bytes w = l->w[i].text;

		if ((bytes_starts(w, "LD_PRELOAD=") ||
		     bytes_starts(w, "LD_AUDIT=")) &&
		    shell_whole(l, i).n > (size_t)strlen("LD_PRELOAD="))
			return true;
		if (bytes_find(w, "ld.so.preload", NULL) &&
		    (l->w[i].target || writes_files(l, i)))
			return true;
	}
	return false;
}

/* Word i is an argument of a command that writes files. */
bool writes_files(const struct shell_line *l, size_t i)
{
	for (size_t c = 0; c < i; c++)
		if (l->w[c].of == l->w[i].of &&
		    runs_any(l, c,
			     LIST("tee", "cp", "mv", "install", "ln", "dd",
				  "rsync", "sponge")))
			return true;
	return false;
}

static const char *const odd_calls[] = {
	"socket",     "exec(",    "exec ",     "system(",  "subprocess",
	"pty.",       "urlopen",  "urllib",    "base64",   "b64decode",
	"/inet/tcp",  "dup2",     "fsockopen", "marshal",  "decompress",
	"__import__", "os.popen", "TCPSocket", "requests", NULL};

static bool is_code_option(struct bytes w)
{
	return word_is(w, LIST("-c", "-e", "-r", "-E", "-ne", "-Mre",
			       "-rsocket", "-MSocket", "-MIO"));
}

bool has_interpreter(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct bytes name = shell_name(l->w[i].text);
		struct bytes rest;

		if (!l->w[i].cmd)
			continue;
		rest = bytes_skip(l->text,
				  (size_t)(l->w[i].text.p - l->text.p));
		if (is_interpreter(name) && has_arg(l, i, is_code_option) &&
		    text_has_any(rest, odd_calls))
			return true;
		if (word_is(name, LIST("awk", "gawk")) &&
		    text_has_any(rest, LIST("/inet/tcp", "/inet/udp")))
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

bool has_chmod_suid(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (runs_any(l, i, LIST("chmod", "install")) &&
		    has_arg(l, i, is_suid_mode))
			return true;
	return false;
}

static bool is_written(const struct shell_line *l, const char *const names[])
{
	for (size_t i = 0; i < l->n; i++)
		if (text_has_any(l->w[i].text, names) &&
		    (l->w[i].target || writes_files(l, i)))
			return true;
	return false;
}

bool has_key_write(const struct shell_line *l)
{
	return is_written(l, LIST("authorized_keys"));
}

static bool only_lists(struct bytes w)
{
	return word_is(w, LIST("-l", "-e", "-r", "-V", "-ri"));
}

bool has_cron_write(const struct shell_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (runs_any(l, i, LIST("crontab")) &&
		    !has_arg(l, i, only_lists) &&
		    (l->w[i].piped || next_arg(l, i, i) != SIZE_MAX))
			return true;
	return is_written(l, LIST("/etc/cron", "/var/spool/cron"));
}

/* ---- reverse-shell ---- */

static bool is_exec_option(struct bytes w)
{
	return word_is(w, LIST("-e", "-c", "--exec", "--sh-exec", "-le",
			       "-lvpe", "-nlvpe", "-ne", "-ve", "-nve")) ||
	       bytes_starts(w, "EXEC:") || bytes_starts(w, "exec:") ||
	       bytes_starts(w, "SYSTEM:") || bytes_starts(w, "system:");
}

static bool is_shell_word(struct bytes w)
{
	return is_shell_name(shell_name(w));
}

bool has_reverse_shell(const struct shell_line *l)
{
	bool talks = has_dev_tcp(l) || has_netcat(l);
	bool shell = false;

	for (size_t i = 0; i < l->n; i++) {
		talks |= runs_any(l, i, LIST("telnet")) ||
			 (runs_any(l, i, LIST("openssl")) &&
			  text_has_any(l->text, LIST("s_client")));
		/* Its way in or out is a pipe, or the socket itself. */
		shell |= l->w[i].cmd && is_shell_word(l->w[i].text) &&
			 (l->w[i].piped || has_dev_tcp(l) ||
			  text_has_any(l->text, LIST("mkfifo", "mknod")));
		if (runs_any(l, i,
			     LIST("nc", "ncat", "netcat", "nc.traditional",
				  "socat")) &&
		    has_arg(l, i, is_exec_option))
			return true;
	}
	if (talks && shell)
		return true;
	if (has_dev_tcp(l) &&
	    text_has_any(l->text, LIST("<>/dev/", "<> /dev/", " -i ")))
		return true;
	return has_interpreter(l) &&
	       text_has_any(l->text,
			    LIST("socket", "Socket", "fsockopen", "/inet/")) &&
	       text_has_any(l->text, LIST("dup2", "exec", "pty", "system",
					  "subprocess", "spawn"));
}
