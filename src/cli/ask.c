/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions on /dev/tty: is this host's key the right one, what is the
 * passphrase. One at a time, the rest wait; the loop goes on meanwhile, so a
 * question may become moot while it is on the screen. Nobody there: the
 * answer is no.
 */
#include "base/base.h"

#include <fcntl.h>
#include <termios.h>

#include "base/fs.h"
#include "base/text.h"
#include "cli/cli.h"

#define LINE_MAX_BYTES SECRET_MAX

/* One line, byte by byte: what follows it is somebody else's. */
static ssize_t read_line(int fd, uint8_t *line, size_t room)
{
	size_t n = 0;
	ssize_t got;

	while (n < room && (got = read(fd, line + n, 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (line[n] == '\n')
			break;
		n++;
	}
	return (ssize_t)n;
}

/* Whether what is asked for is what the words say, a kind or one of it. */
static bool is_of(const char *what, const char *words)
{
	size_t n = strlen(words);

	return strncmp(what, words, n) == 0 && (!what[n] || what[n] == ' ');
}

static enum err_code check_for(const struct cli *cli, struct err *err)
{
	/* As job/password.c and job/ask.c name what they ask for. */
	static const char *const kinds[] = {"key",  "login", "sudo",
					    "su",   "doas",  "answer"};
	const char *words = option_text(cli->inv, "password-for");

	if (!words)
		return ERR_OK;
	if (!option_flag(cli->inv, "password-fd"))
		return err_set(err, ERR_USAGE,
			       "--password-for says what the line of "
			       "--password-fd is: give that, too");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (is_of(words, kinds[i]))
			return ERR_OK;
	return err_set(err, ERR_USAGE,
		       "--password-for: \"%s\" is nothing that is asked for: "
		       "key, login, sudo, su, doas or answer are",
		       shown_str(words).s);
}

enum err_code cli_check_given(struct cli *cli, struct err *err)
{
	uint64_t number = option_number(cli->inv, "password-fd", 0);

	if (check_for(cli, err) != ERR_OK)
		return err->code;
	if (!option_flag(cli->inv, "password-fd") ||
	    (number <= INT32_MAX && fcntl((int)number, F_GETFD) >= 0))
		return ERR_OK;
	return err_set(err, ERR_USAGE,
		       "--password-fd: descriptor %" PRIu64 " is not open",
		       number);
}

enum err_code cli_read_given(struct cli *cli, struct err *err)
{
	uint64_t number = option_number(cli->inv, "password-fd", 0);
	uint8_t line[SECRET_MAX];
	ssize_t n;

	if (!option_flag(cli->inv, "password-fd"))
		return ERR_OK;
	n = read_line((int)number, line, sizeof line);
	if (n < 0) {
		err_errno(err, "--password-fd: descriptor %" PRIu64
			  " cannot be read", number);
		return err->code = ERR_USAGE;
	}
	secret_set(&cli->given, bytes_of(line, (size_t)n));
	cli->has_given = true;
	explicit_bzero(line, sizeof line);
	return ERR_OK;
}

bool cli_has_terminal(void)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	bool has = tty >= 0;

	close_fd(tty);
	return has;
}

enum confirmed cli_confirm(struct front *front, const char *question)
{
	struct cli *cli = (struct cli *)front;
	int tty = cli->may_ask
			  ? open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
			  : -1;
	enum confirmed said = CONFIRM_NO;
	uint8_t line[16];
	char *text;
	struct err err;
	ssize_t n = 0;

	if (tty < 0)
		return CONFIRM_NOBODY;
	(void)tcflush(tty, TCIFLUSH);
	text = xasprintf("%s [y/N] ", question);
	if (fs_write_all(tty, bytes_str(text), &err) == ERR_OK)
		n = read_line(tty, line, sizeof line);
	if (n > 0 && (bytes_eq(bytes_trim(bytes_of(line, (size_t)n)),
			       bytes_str("y")) ||
		      bytes_eq(bytes_trim(bytes_of(line, (size_t)n)),
			       bytes_str("yes"))))
		said = CONFIRM_YES;
	free(text);
	close_fd(tty);
	return said;
}

void asker_init(struct asker *a, struct cli *cli)
{
	*a = (struct asker){.cli = cli, .tty = -1};
	buf_init(&a->line, LINE_MAX_BYTES);
	if (cli->may_ask)
		a->tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

static void tell(struct asker *a, const char *s)
{
	struct err err;

	(void)!fs_write_all(a->tty, bytes_str(s), &err); /* nobody to tell */
}

static void set_echo(struct asker *a, bool on)
{
	struct termios t;

	if (tcgetattr(a->tty, &t) != 0)
		return; /* gone: reading it will tell */
	if (on)
		t.c_lflag |= ECHO;
	else
		t.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(a->tty, on ? TCSANOW : TCSAFLUSH, &t);
	a->silent = !on;
}

/* The question leaves the screen. */
static void close_question(struct asker *a)
{
	if (a->silent) {
		set_echo(a, true);
		tell(a, "\n");
	}
	buf_wipe(&a->line);
	a->is_open = false;
}

void asker_release(struct asker *a)
{
	if (a->is_open)
		close_question(a);
	buf_release(&a->line);
	free(a->queue);
	a->tty = close_fd(a->tty);
}

static void drop(struct asker *a, size_t i)
{
	a->n--;
	memmove(&a->queue[i], &a->queue[i + 1],
		(a->n - i) * sizeof a->queue[0]);
}

/* What is typed is the answer; otherwise only yes is one. */
static bool is_typed(const struct ask *ask)
{
	return ask->kind == ASK_PASSPHRASE || ask->kind == ASK_PASSWORD;
}

static bool is_secret(const struct ask *ask)
{
	return is_typed(ask) && !ask->echo;
}

/* Why nobody answers it. */
static const char *no_answer(const struct asker *a, const struct ask *ask)
{
	if (!a->cli->has_given)
		return "there is no terminal to ask on, and no --password-fd";
	if (!is_secret(ask))
		return "--password-fd is for what is not shown, and there is "
		       "no terminal";
	if (ask->again)
		return "what --password-fd gave was wrong";
	return option_text(a->cli->inv, "password-for")
		       ? "the line of --password-fd is for something else, "
			 "and there is no terminal"
		       : "the line of --password-fd was for something else "
			 "(--password-for says what it is for), and there is "
			 "no terminal";
}

/* Nobody to ask. Of a host key the engine tells what would trust it. */
static void refuse(struct asker *a, const struct ask *ask)
{
	const char *why = no_answer(a, ask);

	if (ask->kind == ASK_GO_ON)
		cli_error("%s; there is no terminal to ask on: the others "
			  "are not started", ask->prompt);
	else if (ask->kind != ASK_HOST_KEY)
		cli_error("%s: %s: %s", ask->host, ask->prompt, why);
	/* What was wrong was given, and is known to be wrong. */
	app_refuse(a->cli->app, ask->id,
		   a->cli->has_given && ask->again ? "" : why);
}

/*
 * The line of --password-fd is what is wanted first, and that alone: what
 * unlocks a key is nothing to show to a server, and what logs in to one host
 * is no other's to know, unless somebody said so. Wrong once is wrong. Which
 * of several is wanted first nobody knows: --password-for says which it is.
 */
static bool answer_given(struct asker *a, const struct ask *ask)
{
	struct cli *cli = a->cli;
	const char *words = option_text(cli->inv, "password-for");

	if (!cli->has_given || !is_secret(ask) || ask->again ||
	    !ask->what[0] || (words && !is_of(ask->what, words)))
		return false;
	if (!cli->given_what[0]) {
		(void)snprintf(cli->given_what, sizeof cli->given_what, "%s",
			       ask->what);
		(void)snprintf(cli->given_host, sizeof cli->given_host, "%s",
			       ask->host);
	}
	if (strcmp(cli->given_what, ask->what) != 0 ||
	    (ask->kind == ASK_PASSWORD && !ask->shares &&
	     strcmp(cli->given_host, ask->host) != 0))
		return false;
	app_answer(cli->app, ask->id, true, &cli->given, false);
	return true;
}

void asker_add(struct asker *a, const struct ask *ask)
{
	if (answer_given(a, ask))
		return;
	if (a->tty < 0) {
		refuse(a, ask);
		return;
	}
	if (a->n == a->room) {
		a->room = 2 * a->room + 8;
		a->queue = xrealloc(a->queue, a->room, sizeof *a->queue);
	}
	a->queue[a->n++] = *ask;
}

void asker_remove(struct asker *a, uint64_t ask_id)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->queue[i].id != ask_id)
			continue;
		if (i == 0 && a->is_open) {
			close_question(a);
			tell(a, "\n(the question is withdrawn)\n");
		}
		drop(a, i);
		return;
	}
}

/* Of a server on the way it is said whose way: it is not the host. */
static char *host_key_words(const struct ask *ask)
{
	char *who = ask->server[0]
			    ? xasprintf("jump host %s (%s), on the way to %s,",
					ask->server, ask->address, ask->host)
			    : xasprintf("%s (%s)", ask->host, ask->address);
	char *text = xasprintf("%s is not known yet.\n"
			       "  %s key %s\n"
			       "To confirm it, on its console:\n"
			       "  %s\n"
			       "or by a colleague's known_hosts, or SSHFP "
			       "records of its name.\n%s%s"
			       "Is that its key? Only `yes` goes on: ",
			       who, ask->key_type, ask->fingerprint,
			       ask->confirm, ask->prompt,
			       ask->prompt[0] ? ".\n" : "");

	free(who);
	return text;
}

void asker_show(struct asker *a)
{
	const struct ask *ask;
	char *text;

	if (a->is_open || a->n == 0)
		return;
	ask = &a->queue[0];
	if (ask->kind == ASK_HOST_KEY)
		text = host_key_words(ask);
	else if (ask->kind == ASK_GO_ON)
		text = xasprintf("%s\nGo on with the others? Only `yes` goes "
				 "on: ", ask->prompt);
	else
		text = xasprintf("%s%s: %s: ",
				 ask->shares ? "For all hosts of this run that "
					       "want it; tried first on "
					     : "",
				 ask->host, ask->prompt);
	/* What was typed before the question was there answers nothing. */
	(void)tcflush(a->tty, TCIFLUSH);
	if (is_secret(ask))
		set_echo(a, false);
	tell(a, text);
	free(text);
	a->is_open = true;
}

static void answer(struct asker *a, bool read_ok)
{
	struct ask ask = a->queue[0];
	struct bytes typed = buf_bytes(&a->line);
	struct secret secret = {0};

	if (!is_typed(&ask)) {
		app_answer(a->cli->app, ask.id,
			   read_ok && bytes_eq(bytes_trim(typed),
					       bytes_str("yes")),
			   NULL, false);
	} else {
		secret_set(&secret, typed);
		app_answer(a->cli->app, ask.id, read_ok, &secret, false);
		secret_release(&secret);
	}
	close_question(a);
	drop(a, 0);
}

void asker_read(struct asker *a)
{
	uint8_t piece[256];
	ssize_t n = read(a->tty, piece, sizeof piece);
	uint8_t *end = n > 0 ? memchr(piece, '\n', (size_t)n) : NULL;
	bool fits;

	if (n < 0 && errno == EINTR)
		return;
	fits = n > 0 && buf_add(&a->line, piece,
				end ? (size_t)(end - piece) : (size_t)n);
	explicit_bzero(piece, sizeof piece);
	if (!fits) /* end of file, an error, or no password */
		answer(a, false);
	else if (end)
		answer(a, true);
}
