/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child that resolves and connects, so that the jailed link needs no
 * network of its own. It serves one MSG_CONNECT and ends.
 */
#include "base/base.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/secret.h"
#include "base/text.h"
#include "base/time.h"
#include "remote/msg.h"
#include "remote/reach.h"
#include "remote/remote.h"

#define DEFAULT_MS    10000
#define ADDRESSES_MAX 16
#define SHOWN_MAX     80 /* "[v6%zone]:port" */

/*
 * getaddrinfo cannot be given a deadline. When the alarm rings, what is ready
 * here is written and the process ends.
 */
static struct {
	int fd;
	size_t n;
	uint8_t frame[512];
} too_late;

static void on_alarm(int sig UNUSED)
{
	ssize_t n = write(too_late.fd, too_late.frame, too_late.n);

	_exit(n == (ssize_t)too_late.n ? 1 : 2);
}

static void prepare_alarm(int chan_fd, const char *host, uint64_t ms)
{
	struct chan aside;
	struct msg_fault m;
	struct err err;

	/* Encoded through a chan that is never written to. */
	aside = (struct chan){.fd = -1, .in_fd = -1};
	buf_init(&aside.out, sizeof too_late.frame);
	(void)err_set(&err, ERR_TIMEOUT, "cannot resolve %s within %u s",
		      shown_str(host).s, (unsigned)((ms + 999) / 1000));
	m = (struct msg_fault){.code = bytes_str(err_name(ERR_TIMEOUT)),
			       .message = bytes_str(err.msg)};
	if (msg_send(&aside, MSG_FAULT, &m, &err) == ERR_OK) {
		memcpy(too_late.frame, aside.out.p, aside.out.n);
		too_late.n = aside.out.n;
	}
	buf_release(&aside.out);
	too_late.fd = chan_fd;
	(void)signal(SIGALRM, on_alarm);
	(void)alarm((unsigned)((ms + 999) / 1000));
}

static const char *show_address(const struct addrinfo *ai, char out[SHOWN_MAX])
{
	char host[64], port[8];

	if (getnameinfo(ai->ai_addr, ai->ai_addrlen, host, sizeof host, port,
			sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		(void)snprintf(out, SHOWN_MAX, "an odd address");
	else
		(void)snprintf(out, SHOWN_MAX,
			       ai->ai_family == AF_INET6 ? "[%s]:%s" : "%s:%s",
			       host, port);
	return out;
}

static enum err_code refused(struct err *err, int sys, const char *address)
{
	if (sys == ECONNREFUSED)
		return err_set(err, ERR_NET, "connection refused by %s",
			       address);
	errno = sys;
	return err_errno(err, "connecting to %s", address);
}

/* port NULL: an address of this machine, to connect from. */
static enum err_code resolve(const char *host, const char *port, int family,
			     struct addrinfo **list, struct err *err)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				 .ai_family = family,
				 .ai_flags = port ? AI_NUMERICSERV
						  : AI_PASSIVE};
	const char *kind = family == AF_INET	? " as IPv4"
			   : family == AF_INET6 ? " as IPv6"
						: "";
	int rc = getaddrinfo(host, port, &hints, list);

	if (rc == 0)
		return ERR_OK;
	*list = NULL;
	return err_set(err, ERR_NET, "cannot resolve %s%s: %s",
		       shown_str(host).s, kind, gai_strerror(rc));
}

/* The address to connect from, of the kind that we connect to. */
static enum err_code bind_from(int fd, const char *from, int family,
			       struct err *err)
{
	struct addrinfo *list = NULL;
	enum err_code code;

	if (!from[0])
		return ERR_OK;
	code = resolve(from, NULL, family, &list, err);
	if (code == ERR_OK &&
	    bind(fd, list->ai_addr, list->ai_addrlen) != 0)
		code = err_errno(err, "connecting from %s", shown_str(from).s);
	else if (code != ERR_OK)
		code = err_wrap(err, "the address to connect from");
	if (list)
		freeaddrinfo(list);
	return code;
}

/* Ends in a connected, non-blocking socket, or an error naming the address. */
static enum err_code try_one(const struct addrinfo *ai, const char *from,
			     struct deadline d, int *out, struct err *err)
{
	char address[SHOWN_MAX];
	int span_ms = deadline_left_ms(d), one = 1, sys = 0;
	socklen_t len = sizeof sys;
	int fd = socket(ai->ai_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_errno(err, "making a socket");
	if (bind_from(fd, from, ai->ai_family, err) != ERR_OK) {
		close_fd(fd);
		return err->code;
	}
	(void)show_address(ai, address);
	/* The link's small packets should not wait for company. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) != 0)
		sys = errno;
	if (sys == EINPROGRESS) {
		enum err_code code = wait_fd(fd, POLLOUT, d, err);

		if (code == ERR_TIMEOUT)
			code = err_set(err, ERR_TIMEOUT,
				       "no answer from %s within %d s", address,
				       (span_ms + 999) / 1000);
		if (code != ERR_OK) {
			close_fd(fd);
			return code;
		}
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &sys, &len) != 0)
			sys = errno;
	}
	if (sys != 0) {
		close_fd(fd);
		return refused(err, sys, address);
	}
	*out = fd;
	return ERR_OK;
}

static size_t count(const struct addrinfo *ai)
{
	size_t n = 0;

	for (; ai && n < ADDRESSES_MAX; ai = ai->ai_next)
		n++;
	return n;
}

/* All addresses in the resolver's order, each with its share of the time. */
static enum err_code try_all(const struct addrinfo *list, const char *from,
			     struct deadline d, int *fd,
			     const struct addrinfo **used, struct err *err)
{
	size_t left = count(list);
	struct err first = {0};

	for (; left > 0; left--, list = list->ai_next) {
		int64_t share = deadline_left(d) / (int64_t)left;
		enum err_code code =
			try_one(list, from, deadline_within(d, share), fd,
				err);

		*used = list;
		if (code == ERR_OK)
			return code;
		/* A host without IPv6 says less than a refusal does. */
		if (first.code == ERR_OK || first.sys == ENETUNREACH)
			first = *err;
	}
	*err = first;
	return err->code;
}

static int family_of(uint64_t family)
{
	return family == REACH_INET    ? AF_INET
	       : family == REACH_INET6 ? AF_INET6
				       : AF_UNSPEC;
}

static enum err_code serve(struct chan *c, struct err *err)
{
	struct addrinfo *list = NULL;
	const struct addrinfo *used = NULL;
	struct msg_connect m;
	struct msg_connected done;
	struct deadline d;
	struct frame f;
	char port[8], address[SHOWN_MAX], *host = NULL, *from = NULL;
	uint64_t ms;
	int fd = -1;
	enum err_code code =
		chan_wait(c, &f, deadline_in(INT64_MAX, NULL), err);

	if (code == ERR_OK)
		code = msg_read(&f, MSG_CONNECT, &m, err);
	if (code != ERR_OK)
		return code;
	host = bytes_to_str(m.host);
	from = bytes_to_str(m.from);
	ms = m.timeout_ms ? m.timeout_ms : DEFAULT_MS;
	ms = MIN(ms, UINT64_C(600000));
	d = deadline_in((int64_t)ms * NS_PER_MS, NULL);
	(void)snprintf(port, sizeof port, "%u", (unsigned)(m.port & 0xffff));
	prepare_alarm(c->fd, host, ms);
	code = resolve(host, port, family_of(m.family), &list, err);
	(void)alarm(0);
	if (code == ERR_OK)
		code = try_all(list, from, d, &fd, &used, err);
	if (code == ERR_OK) {
		done.address = bytes_str(show_address(used, address));
		code = msg_send_fd(c, MSG_CONNECTED, &done, fd, err);
	}
	close_fd(fd);
	if (list)
		freeaddrinfo(list);
	free(from);
	free(host);
	return code;
}

int connect_main(int chan_fd, int fd)
{
	struct chan c;
	struct err err;
	int status = 0;

	close_fd(fd);
	secret_harden_process();
	chan_init(&c, chan_fd);
	if (serve(&c, &err) != ERR_OK) {
		msg_send_fault(&c, &err);
		status = 1;
	}
	chan_release(&c);
	return status;
}
