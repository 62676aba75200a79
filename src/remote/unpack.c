/* SPDX-License-Identifier: Apache-2.0 */
/* zstd frames of a probe to plain frames for the engine. */
#include "base/base.h"

#include "remote/msg.h"
#include "remote/unpack.h"

#define BACKLOG_MAX ((size_t)4 << 20)

void unpack_init(struct unpack *u, size_t extra)
{
	*u = (struct unpack){0};
	zreader_init(&u->z);
	buf_init(&u->raw, extra + UNPACK_READ_LEN);
	buf_init(&u->plain, MSG_DATA_MAX);
}

void unpack_release(struct unpack *u)
{
	zreader_release(&u->z);
	buf_release(&u->raw);
	buf_release(&u->plain);
}

bool unpack_is_held_up(const struct chan *chan)
{
	return chan_backlog(chan) >= BACKLOG_MAX;
}

static enum err_code send_plain(struct unpack *u, struct chan *chan,
				struct err *err)
{
	struct msg_data m = {.data = buf_bytes(&u->plain), .wire = u->wire};
	enum err_code code = msg_send(chan, MSG_LINK_OUTPUT, &m, err);

	buf_clear(&u->plain);
	u->wire = 0;
	return code == ERR_OK ? chan_flush(chan, err) : code;
}

enum err_code unpack_run(struct unpack *u, struct chan *chan, bool *moved,
			 struct err *err)
{
	while (!unpack_is_held_up(chan) && unpack_is_busy(u)) {
		struct bytes in = buf_bytes(&u->raw);
		struct err late;
		enum err_code code = zreader_add(&u->z, &in, &u->plain, err);

		if (code != ERR_OK) { /* what came before it counts */
			(void)!send_plain(u, chan, &late);
			return err_wrap(err, "reading the probe's records");
		}
		buf_consume(&u->raw, u->raw.n - in.n);
		u->full = u->plain.n == u->plain.max;
		if (u->plain.n == 0)
			break;
		code = send_plain(u, chan, err);
		if (code != ERR_OK)
			return code;
		*moved = true;
	}
	return ERR_OK;
}
