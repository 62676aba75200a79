/* SPDX-License-Identifier: Apache-2.0 */
/* The one reader of requests. */
#include "base/base.h"

#include <poll.h>

#include "probe/in.h"
#include "wire/records.h"

#define READ_LEN ((size_t)64 << 10)

void in_init(struct in *in, int fd)
{
	*in = (struct in){.fd = fd};
	zreader_init(&in->z);
	buf_init(&in->packed, READ_LEN);
	/* A record and the begin of the next: more is unpacked later. */
	buf_init(&in->plain, 2 * (size_t)RECORD_BODY_MAX);
}

void in_release(struct in *in)
{
	zreader_release(&in->z);
	buf_release(&in->packed);
	buf_release(&in->plain);
}

/* Waits for bytes and takes them. An error of reading is an end, too. */
static enum err_code read_some(struct in *in, struct deadline d,
			       struct err *err)
{
	enum err_code code;
	ssize_t n;

	if (in->silence_ns)
		d = deadline_within(d, in->silence_ns);
	code = wait_fd(in->fd, POLLIN, d, err);
	if (code != ERR_OK)
		return code;
	do
		n = read(in->fd, buf_reserve(&in->packed, READ_LEN), READ_LEN);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return err_set(err, ERR_NET, "the console is gone");
	buf_commit(&in->packed, (size_t)n);
	return ERR_OK;
}

/* What zstd kept back for want of room comes with no new input. */
static enum err_code unpack(struct in *in, bool *more, struct err *err)
{
	struct bytes packed = buf_bytes(&in->packed);
	size_t before = in->plain.n;
	enum err_code code = zreader_add(&in->z, &packed, &in->plain, err);

	buf_consume(&in->packed, in->packed.n - packed.n);
	*more = in->plain.n > before;
	return code;
}

enum err_code in_next(struct in *in, struct deadline d, struct record *rec,
		      struct err *err)
{
	enum err_code code = ERR_OK;

	buf_consume(&in->plain, in->taken);
	in->taken = 0;
	while (code == ERR_OK) {
		bool more;

		code = record_next(buf_bytes(&in->plain), &in->taken, rec, err);
		if (code != ERR_OK || in->taken)
			return code;
		code = unpack(in, &more, err);
		if (code == ERR_OK && !more)
			code = read_some(in, d, err);
	}
	return code;
}
