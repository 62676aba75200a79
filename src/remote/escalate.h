/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Becoming root on the host, before anything else is done there: the shell
 * that was started becomes one of root's, by sudo, su or doas, and reads the
 * script from then on. Passwords go over its standard input alone.
 */
#ifndef HALLIGAN_REMOTE_ESCALATE_H
#define HALLIGAN_REMOTE_ESCALATE_H

#include "base/base.h"
#include "base/err.h"
#include "remote/link.h"

/* By its name as in msg_link_start, "" for none; ERR_USAGE. */
enum err_code escalate_find(struct bytes name, enum escalate *way,
			    struct err *err) MUST_CHECK;
const char *escalate_name(enum escalate way);

/* Whether the tool asks on a terminal only. */
bool escalate_wants_tty(enum escalate way);

/* What the shell is to read first; `mark` begins each of its answers, and
 * script_len bytes are read once root is there. */
void escalate_preamble(const struct link *l, const char *mark,
		       size_t script_len, struct buf *out);

/*
 * After the preamble was written: asks for passwords until root is there.
 * ERR_AUTH says in the tool's own words why not. *wants_tty is set with an
 * error when it would work on a terminal.
 */
enum err_code escalate_talk(struct link *l, const char *mark, bool *wants_tty,
			    struct err *err) MUST_CHECK;

#endif
