/* SPDX-License-Identifier: Apache-2.0 */
/* The SSH agent protocol: one request, one answer, over a local socket. */
#include "base/base.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "base/wait.h"
#include "remote/agent.h"

#define MESSAGE_MAX (256u << 10) /* as OpenSSH's agent */
#define KEYS_MAX    2048u
/* Long, because an agent may ask its user to confirm (ssh-add -c). */
#define ANSWER_NS (120 * NS_PER_S)
#define LIST_S	  4 /* nobody is asked for that; a link waits for it */

enum {
	REQUEST_IDENTITIES = 11,
	IDENTITIES_ANSWER = 12,
	SIGN_REQUEST = 13,
	SIGN_RESPONSE = 14,
};

enum err_code agent_open(struct agent *a, const char *path, struct err *err)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	const struct timeval most = {.tv_sec = LIST_S}; /* to be let in */
	size_t n = strlen(path);

	*a = (struct agent){.fd = -1, .path = path};
	buf_init(&a->reply, MESSAGE_MAX);
	if (n >= sizeof sun.sun_path)
		return err_set(err, ERR_LIMIT, "%s is too long for a socket",
			       shown_str(path).s);
	memcpy(sun.sun_path, path, n);
	a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (a->fd < 0)
		return err_errno(err, "making a socket");
	(void)setsockopt(a->fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
	if (connect(a->fd, (struct sockaddr *)&sun, sizeof sun) != 0) {
		(void)err_errno(err, "asking the agent at %s",
				shown_str(path).s);
		agent_close(a);
		return err->code;
	}
	fs_set_nonblock(a->fd, true);
	return ERR_OK;
}

void agent_close(struct agent *a)
{
	a->fd = close_fd(a->fd);
	buf_release(&a->reply);
}

static enum err_code send_all(int fd, struct bytes b, struct deadline d,
			      struct err *err)
{
	while (b.n) {
		ssize_t n = send(fd, b.p, b.n, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return err_errno(err, "asking the agent");
		if (n > 0)
			b = bytes_skip(b, (size_t)n);
		else if (wait_fd(fd, POLLOUT, d, err) != ERR_OK)
			return err_wrap(err, "asking the agent");
	}
	return ERR_OK;
}

static enum err_code read_exactly(int fd, uint8_t *p, size_t n,
				  struct deadline d, struct err *err)
{
	while (n) {
		ssize_t got = recv(fd, p, n, 0);

		if (got == 0)
			return err_set(err, ERR_AUTH, "the agent hung up");
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return err_errno(err, "hearing from the agent");
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		} else if (wait_fd(fd, POLLIN, d, err) != ERR_OK) {
			return err_wrap(err, "hearing from the agent");
		}
	}
	return ERR_OK;
}

/* Leaves the answer in a->reply, without its length. */
static enum err_code exchange(struct agent *a, struct bytes request,
			      struct deadline d, struct err *err)
{
	uint8_t head[4];
	struct reader r;
	uint32_t len;
	enum err_code code;

	if (a->fd < 0)
		return err_set(err, ERR_NOTFOUND, "no agent is there");
	code = send_all(a->fd, request, d, err);
	if (code == ERR_OK)
		code = read_exactly(a->fd, head, sizeof head, d, err);
	if (code != ERR_OK)
		return code;
	r = reader_of(bytes_of(head, sizeof head));
	len = rd_u32be(&r);
	if (len == 0 || len > MESSAGE_MAX)
		return err_set(err, ERR_FORMAT,
			       "the agent answers %u bytes at once", len);
	buf_clear(&a->reply);
	code = read_exactly(a->fd, buf_reserve(&a->reply, len), len, d, err);
	if (code == ERR_OK)
		buf_commit(&a->reply, len);
	return code;
}

static enum err_code call(struct agent *a, struct bytes request, int64_t ns,
			  struct err *err)
{
	enum err_code code = exchange(a, request, deadline_in(ns, NULL), err);

	if (code != ERR_TIMEOUT)
		return code;
	return err_set(err, code,
		       "the agent at %s was asked and gave no answer in %" PRId64
		       " s",
		       shown_str(a->path).s, ns / NS_PER_S);
}

enum err_code agent_list(struct agent *a,
			 void (*each)(struct bytes blob, struct bytes comment,
				      void *arg),
			 void *arg, struct err *err)
{
	static const uint8_t request[] = {0, 0, 0, 1, REQUEST_IDENTITIES};
	struct reader r;
	uint32_t n;
	enum err_code code = call(a, bytes_of(request, sizeof request),
				  LIST_S * NS_PER_S, err);

	if (code != ERR_OK)
		return code;
	r = reader_of(buf_bytes(&a->reply));
	if (rd_u8(&r) != IDENTITIES_ANSWER)
		return err_set(err, ERR_AUTH, "the agent will not list keys");
	n = rd_u32be(&r);
	for (uint32_t i = 0; i < n && i < KEYS_MAX && !r.bad; i++) {
		struct bytes blob = rd_sshstr(&r), comment = rd_sshstr(&r);

		if (!r.bad)
			each(blob, comment, arg);
	}
	return r.bad ? err_set(err, ERR_FORMAT, "the agent's list ends early")
		     : ERR_OK;
}

static const char *wanted_alg(uint32_t flags)
{
	if (flags & AGENT_RSA_SHA512)
		return "rsa-sha2-512";
	return flags & AGENT_RSA_SHA256 ? "rsa-sha2-256" : NULL;
}

enum err_code agent_sign(struct agent *a, struct bytes blob, struct bytes data,
			 uint32_t flags, struct bytes *signature,
			 struct err *err)
{
	const char *wanted = wanted_alg(flags);
	struct bytes alg;
	struct buf b;
	struct reader r;
	enum err_code code;

	buf_init(&b, MESSAGE_MAX);
	(void)buf_add_u32be(&b, (uint32_t)(1 + 4 + blob.n + 4 + data.n + 4));
	(void)buf_add_byte(&b, SIGN_REQUEST);
	(void)buf_add_sshstr(&b, blob);
	(void)buf_add_sshstr(&b, data);
	(void)buf_add_u32be(&b, flags);
	code = b.full ? err_set(err, ERR_LIMIT, "too much to sign")
		      : call(a, buf_bytes(&b), ANSWER_NS, err);
	buf_release(&b);
	if (code != ERR_OK)
		return code;
	r = reader_of(buf_bytes(&a->reply));
	if (rd_u8(&r) != SIGN_RESPONSE)
		return err_set(err, ERR_AUTH, "the agent will not sign");
	r = reader_of(rd_sshstr(&r));
	alg = rd_sshstr(&r);
	*signature = rd_sshstr(&r);
	if (r.bad)
		return err_set(err, ERR_FORMAT, "the agent's signature is cut");
	if (wanted && !bytes_eq(alg, bytes_str(wanted)))
		return err_set(err, ERR_AUTH,
			       "the agent cannot make %s signatures", wanted);
	return ERR_OK;
}
