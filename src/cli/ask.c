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
#include "cli/cli.h"

#define LINE_MAX_BYTES SECRET_MAX
#define USED_MAX       (1u << 20)

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

enum err_code cli_read_given(struct cli *cli, struct err *err)
{
	uint64_t number = option_number(cli->inv, "password-fd", 0);
	int fd = number > INT32_MAX ? -1 : (int)number;
	uint8_t line[SECRET_MAX];
	ssize_t n;

	if (!option_flag(cli->inv, "password-fd"))
		return ERR_OK;
	if (fcntl(fd, F_GETFD) < 0)
		return err_set(err, ERR_USAGE,
			       "--password-fd: descriptor %" PRIu64
			       " is not open",
			       number);
	n = read_line(fd, line, sizeof line);
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
	buf_init(&a->used, USED_MAX);
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
	buf_release(&a->used);
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

/* Nobody to ask. Of a host key the engine tells what would trust it. */
static void refuse(struct asker *a, const struct ask *ask)
{
	if (ask->kind == ASK_GO_ON)
		cli_error("%s; there is no terminal to ask on: the others "
			  "are not started", ask->prompt);
	else if (ask->kind != ASK_HOST_KEY)
		cli_error("%s: %s: %s", ask->host, ask->prompt,
			  a->cli->has_given
				  ? ask->echo ? "--password-fd is for "
						"passwords alone"
					      : "--password-fd gave another"
				  : "there is no terminal to ask on, and "
					 "no --password-fd");
	app_answer(a->cli->app, ask->id, false, NULL, false);
}

/* The secret of --password-fd, once for each question: the same one again
 * means that it was wrong. */
static bool answer_given(struct asker *a, const struct ask *ask)
{
	char key[sizeof ask->host + sizeof ask->prompt + 8];

	if (!a->cli->has_given || !is_secret(ask))
		return false;
	(void)snprintf(key, sizeof key, "%s:%s\n", ask->host, ask->prompt);
	if (strstr(buf_str(&a->used), key) || !buf_add_str(&a->used, key))
		return false;
	app_answer(a->cli->app, ask->id, true, &a->cli->given, false);
	return true;
}

void asker_add(struct asker *a, const struct ask *ask)
{
	if (answer_given(a, ask))
		return;
	if (a->tty < 0 || a->n == ASKS_MAX)
		refuse(a, ask);
	else
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

void asker_show(struct asker *a)
{
	const struct ask *ask = &a->queue[0];
	char *text;

	if (a->is_open || a->n == 0)
		return;
	if (ask->kind == ASK_HOST_KEY)
		text = xasprintf("%s (%s) is not known yet.\n"
				 "  %s key %s\n"
				 "To confirm it, on its console:\n"
				 "  %s\n"
				 "or by a colleague's known_hosts, or SSHFP "
				 "records of its name.\n%s%s"
				 "Is that its key? Only `yes` goes on: ",
				 ask->host, ask->address, ask->key_type,
				 ask->fingerprint, ask->confirm, ask->prompt,
				 ask->prompt[0] ? ".\n" : "");
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
