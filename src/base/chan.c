/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded frames over a local stream socket. */
#include "base/base.h"

#include <poll.h>
#include <sys/socket.h>

#include "base/chan.h"
#include "base/fs.h"

#define HEAD_LEN 8
#define READ_STEP 65536

void chan_init(struct chan *c, int fd)
{
	*c = (struct chan){.fd = fd, .in_fd = -1};
	buf_init(&c->in, HEAD_LEN + CHAN_BODY_MAX + READ_STEP);
	buf_init(&c->out, CHAN_BACKLOG_MAX);
	fs_set_nonblock(fd, true);
}

void chan_release(struct chan *c)
{
	buf_release(&c->in);
	buf_release(&c->out);
	c->in_fd = close_fd(c->in_fd);
	c->fd = close_fd(c->fd);
}

enum err_code chan_pair(int fds[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return err_errno(err, "making a socket pair");
	return ERR_OK;
}

enum err_code chan_begin(struct chan *c, uint32_t type, size_t *mark,
			 struct err *err)
{
	*mark = c->out.n;
	if (!buf_reserve(&c->out, HEAD_LEN))
		return err_set(err, ERR_LIMIT, "%zu bytes wait to be sent",
			       c->out.n);
	(void)buf_add_u32be(&c->out, 0); /* reserved above; see chan_end */
	(void)buf_add_u32be(&c->out, type);
	return ERR_OK;
}

enum err_code chan_end(struct chan *c, size_t mark, enum err_code code,
		       struct err *err)
{
	size_t n = c->out.n - MIN(c->out.n, mark + HEAD_LEN);

	if (code == ERR_OK && n > CHAN_BODY_MAX)
		code = err_set(err, ERR_LIMIT, "frame of %zu bytes", n);
	if (code != ERR_OK) {
		c->out.n = mark;
		return code;
	}
	for (unsigned i = 0; i < sizeof(uint32_t); i++)
		c->out.p[mark + i] = (uint8_t)(n >> (24 - 8 * i));
	return ERR_OK;
}

enum err_code chan_send(struct chan *c, uint32_t type, struct bytes body,
			struct err *err)
{
	size_t mark;
	enum err_code code = chan_begin(c, type, &mark, err);

	if (code == ERR_OK && !buf_add_bytes(&c->out, body))
		code = err_set(err, ERR_LIMIT, "%zu bytes wait to be sent",
			       c->out.n);
	return chan_end(c, mark, code, err);
}

/* One sendmsg of what is queued, with a descriptor when fd >= 0. */
static ssize_t send_some(struct chan *c, int fd)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec iov = {.iov_base = c->out.p, .iov_len = c->out.n};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		struct cmsghdr *h;

		msg.msg_control = control.space;
		msg.msg_controllen = sizeof control.space;
		h = CMSG_FIRSTHDR(&msg);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(h), &fd, sizeof fd);
	}
	return sendmsg(c->fd, &msg, MSG_NOSIGNAL);
}

enum err_code chan_flush(struct chan *c, struct err *err)
{
	size_t sent = 0;
	enum err_code code = ERR_OK;

	while (sent < c->out.n) {
		ssize_t n = send(c->fd, c->out.p + sent, c->out.n - sent,
				 MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			code = err_errno(err, "sending to a process of ours");
		if (n < 0)
			break;
		sent += (size_t)n;
	}
	buf_consume(&c->out, sent);
	if (c->wipes)
		buf_wipe_rest(&c->out);
	c->wipes = c->wipes && c->out.n;
	return code;
}

enum err_code chan_send_fd(struct chan *c, uint32_t type, struct bytes body,
			   int fd, struct deadline d, struct err *err)
{
	enum err_code code = chan_drain(c, d, err);

	if (code != ERR_OK)
		return code;
	code = chan_send(c, type, body, err);
	while (code == ERR_OK) {
		ssize_t n = send_some(c, fd);

		if (n > 0) {
			buf_consume(&c->out, (size_t)n);
			return chan_drain(c, d, err);
		}
		if (errno != EAGAIN && errno != EINTR)
			return err_errno(err, "passing a descriptor");
		code = wait_fd(c->fd, POLLOUT, d, err);
	}
	return code;
}

bool chan_wants_write(const struct chan *c)
{
	return c->out.n > 0;
}

size_t chan_backlog(const struct chan *c)
{
	return c->out.n;
}

/* Keeps the first descriptor that arrives; a second one is closed. */
static void keep_fd(struct chan *c, struct msghdr *msg)
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(msg); h;
	     h = CMSG_NXTHDR(msg, h)) {
		int fd;

		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(&fd, CMSG_DATA(h), sizeof fd);
		if (c->in_fd < 0)
			c->in_fd = fd;
		else
			close_fd(fd);
	}
}

enum err_code chan_fill(struct chan *c, struct err *err)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = {.iov_len = READ_STEP};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.space,
			     .msg_controllen = sizeof control.space};
	ssize_t n;

	buf_consume(&c->in, c->in_used);
	c->in_used = 0;
	iov.iov_base = buf_reserve(&c->in, READ_STEP);
	if (!iov.iov_base)
		return ERR_OK; /* a whole frame is waiting: take it first */
	do
		n = recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return ERR_OK;
	if (n < 0 && errno != ECONNRESET)
		return err_errno(err, "hearing from a process of ours");
	if (n <= 0) {
		c->eof = true;
		return ERR_OK;
	}
	keep_fd(c, &msg);
	buf_commit(&c->in, (size_t)n);
	return ERR_OK;
}

enum err_code chan_next(struct chan *c, struct frame *f, bool *got,
			struct err *err)
{
	struct bytes b = bytes_skip(buf_bytes(&c->in), c->in_used);
	struct reader r = reader_of(b);
	uint32_t n = rd_u32be(&r);

	*got = false;
	f->type = rd_u32be(&r);
	if (r.bad)
		return ERR_OK;
	if (n > CHAN_BODY_MAX)
		return err_set(err, ERR_FORMAT, "frame of %u bytes", n);
	f->body = rd_bytes(&r, n);
	if (r.bad)
		return ERR_OK;
	c->in_used += HEAD_LEN + n;
	*got = true;
	return ERR_OK;
}

void chan_wipe(struct chan *c)
{
	buf_consume(&c->in, c->in_used);
	c->in_used = 0;
	buf_wipe_rest(&c->in);
	buf_wipe_rest(&c->out);
}

int chan_take_fd(struct chan *c)
{
	int fd = c->in_fd;

	c->in_fd = -1;
	return fd;
}

enum err_code chan_wait(struct chan *c, struct frame *f, struct deadline d,
			struct err *err)
{
	for (;;) {
		enum err_code code;
		bool got;

		code = chan_next(c, f, &got, err);
		if (code != ERR_OK || got)
			return code;
		if (c->eof)
			return err_set(err, ERR_NET, "the other end is gone");
		code = chan_flush(c, err);
		if (code == ERR_OK)
			code = wait_fd(c->fd,
				       (short)(c->out.n ? POLLIN | POLLOUT
							: POLLIN),
				       d, err);
		if (code == ERR_OK)
			code = chan_fill(c, err);
		if (code != ERR_OK)
			return code;
	}
}

enum err_code chan_drain(struct chan *c, struct deadline d, struct err *err)
{
	for (;;) {
		enum err_code code = chan_flush(c, err);

		if (code != ERR_OK || !c->out.n)
			return code;
		code = wait_fd(c->fd, POLLOUT, d, err);
		if (code != ERR_OK)
			return code;
	}
}
