/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private agent. ssh-add is given no terminal and no display, so it reads
 * the passphrase from its standard input: it is never in an argument, the
 * environment or a file. The socket's name is random and the agent makes it
 * for its user alone; there is no folder around it that could be left behind.
 */
#include "base/base.h"

#include <sys/random.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "base/wait.h"
#include "remote/lockbox.h"
#include "remote/tool.h"

#define START_NS (10 * NS_PER_S)

static bool name_socket(struct lockbox *l, const char *dir)
{
	uint8_t chance[12];
	char hex[2 * sizeof chance + 1];
	int n;

	if (!dir || dir[0] != '/' || access(dir, W_OK | X_OK) != 0)
		return false;
	if (getrandom(chance, sizeof chance, 0) != sizeof chance)
		BUG("no random bytes");
	(void)hex_encode(bytes_of(chance, sizeof chance), hex, sizeof hex);
	n = snprintf(l->socket, sizeof l->socket, "%s/halligan-agent.%s", dir,
		     hex);
	return n > 0 && (size_t)n < sizeof l->socket;
}

/* It prints its socket's name once it listens. */
static enum err_code await_ready(int fd, struct err *err)
{
	char line[256];
	enum err_code code =
		wait_fd(fd, POLLIN, deadline_in(START_NS, NULL), err);

	if (code == ERR_OK && read(fd, line, sizeof line) <= 0)
		code = err_set(err, ERR_IO, "it ended at once");
	return code == ERR_OK ? code : err_wrap(err, "starting ssh-agent");
}

static enum err_code start(struct lockbox *l, struct err *err)
{
	struct tool t = {.args = {"ssh-agent", "-D", "-a", l->socket}};
	int fd;
	enum err_code code;

	if (!name_socket(l, getenv("XDG_RUNTIME_DIR")) &&
	    !name_socket(l, "/tmp"))
		return err_set(err, ERR_UNSUPPORTED,
			       "no folder for the socket of a private "
			       "ssh-agent");
	code = tool_start(&t, &l->pid, &fd, err);
	if (code != ERR_OK) {
		l->pid = 0;
		return code;
	}
	code = await_ready(fd, err);
	close_fd(fd);
	if (code != ERR_OK)
		lockbox_close(l);
	return code;
}

/* What ssh-add complained about: its last line. */
static struct bytes last_line(struct bytes b)
{
	struct bytes line, last = {0};

	b = bytes_trim(b);
	while (bytes_split(&b, '\n', &line))
		last = bytes_trim(line);
	return last;
}

enum err_code lockbox_may_add(const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) != 0 || st.st_uid != getuid() ||
	    !(st.st_mode & 077))
		return ERR_OK;
	return err_set(err, ERR_DENIED,
		       "others may read %s: ssh-add wants its mode to be 0600",
		       shown_str(path).s);
}

static enum err_code explain(const char *path, bool tried, struct bytes said,
			     struct err *err)
{
	if (bytes_find(said, "passphrase", NULL))
		return err_set(err, ERR_AUTH,
			       tried ? "wrong passphrase for %s"
				     : "%s needs its passphrase",
			       shown_str(path).s);
	return err_set(err, ERR_IO, "ssh-add cannot take %s: %s",
		       shown_str(path).s, shown(last_line(said)).s);
}

enum err_code lockbox_add(struct lockbox *l, const char *path,
			  struct bytes passphrase, struct err *err)
{
	struct tool t = {.args = {"ssh-add", "-q", path}, .agent = l->socket};
	struct buf input, out, errors;
	int status = 0;
	enum err_code code = lockbox_may_add(path, err);

	buf_init(&input, TOOL_INPUT_MAX);
	buf_init(&out, 1024);
	buf_init(&errors, 4096);
	if (code == ERR_OK && l->pid == 0)
		code = start(l, err);
	(void)buf_reserve(&input, TOOL_INPUT_MAX); /* so that it never moves */
	(void)buf_add_bytes(&input, passphrase);
	(void)buf_add_byte(&input, '\n');
	t.input = buf_bytes(&input);
	if (code == ERR_OK)
		code = tool_run(&t, &out, &errors, &status, err);
	if (code == ERR_OK && status != 0)
		code = explain(path, passphrase.n > 0, buf_bytes(&errors), err);
	buf_wipe(&input);
	buf_release(&input);
	buf_release(&out);
	buf_release(&errors);
	return code;
}

void lockbox_close(struct lockbox *l)
{
	if (l->pid == 0)
		return;
	tool_stop(l->pid);
	(void)unlink(l->socket); /* it did that itself, unless it was killed */
	l->pid = 0;
}
