/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host without a probe: the engine has a script for its shell, and a pipe
 * to whoever understands what that says. It is not looked at here.
 */
#include "base/base.h"

#include "base/fs.h"
#include "base/text.h"
#include "remote/link.h"

static enum err_code get_script(struct link *l, const char *why,
				struct buf *script, struct err *err)
{
	struct msg_link_no_probe ask = {.why = bytes_str(why)};
	struct msg_link_shell m;
	enum err_code code = link_ask(l, MSG_LINK_NO_PROBE, &ask,
				      MSG_LINK_SHELL, &m, err);

	if (code != ERR_OK)
		return code;
	l->feed_fd = chan_take_fd(&l->chan);
	if (l->feed_fd < 0)
		return err_set(err, ERR_IO, "a script without a pipe");
	fs_set_nonblock(l->feed_fd, true);
	/* In the chan's buffer, which is used again. */
	return buf_add_bytes(script, m.script)
		       ? ERR_OK
		       : err_set(err, ERR_LIMIT, "a script of %zu bytes",
				 m.script.n);
}

static enum err_code start(struct link *l, struct bytes script,
			   struct err *err)
{
	const struct msg_empty begun = {0};
	char line[LINK_LINE_MAX];
	enum err_code code = link_script(l, script, line, err);

	if (code == ERR_OK && strcmp(line, " stream") != 0)
		code = err_set(err, ERR_REMOTE,
			       "the shell there answers nonsense: %s",
			       shown_str(line).s);
	return code == ERR_OK ? link_send(l, MSG_LINK_SHELLED, &begun, err)
			      : code;
}

enum err_code link_shell(struct link *l, struct err *err)
{
	struct err why = *err;
	struct buf script;
	enum err_code code = link_phase(l, LINK_PLACING, "starting a shell",
					l->placing_ms, err);

	buf_init(&script, MSG_DATA_MAX);
	if (code == ERR_OK)
		code = link_end_shell(l, err);
	if (code == ERR_OK)
		code = get_script(l, why.msg, &script, err);
	if (code == ERR_OK)
		code = start(l, buf_bytes(&script), err);
	buf_release(&script);
	return code;
}
