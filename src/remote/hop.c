/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers on the way to a host. The session with each but the first runs over
 * a channel of the one before, all of them on this one thread and one socket.
 *
 * libssh2 cannot begin a packet while it holds one that was sent in part, and
 * a session that only carries another one has nobody to finish it. So nothing
 * in a chain is ever sent in part: each session writes into a buffer, and
 * hops_flush moves what is there outwards.
 */
#include "base/base.h"

#include <sys/socket.h>

#include "base/text.h"
#include "base/time.h"
#include "remote/link.h"

#define OUT_MAX	     (8u << 20) /* a probe, and what was in between */
#define OUT_FULL     (256u << 10)
#define PIECE	     ((size_t)32 << 10)
#define WINDOW_MIN   (2u << 20)
#define WINDOW_MAX   (32u << 20)
#define WINDOW_MS    ((int64_t)512 << 10) /* for each of the way */
#define PACKET	     32768
#define CHANNEL_KIND "direct-tcpip"

static void closed(struct hop *hop)
{
	struct link *l = hop->link;

	l->server_closed = true;
	if (!l->closed_by)
		l->closed_by = hop;
}

static ssize_t from_socket(struct hop *hop, void *buffer, size_t room,
			   int flags)
{
	struct link *l = hop->link;
	ssize_t n;

	if (l->recv_left == 0)
		return -EAGAIN;
	l->recv_left--;
	n = recv(l->sock, buffer, room, flags);
	if (n == 0)
		closed(hop);
	if (n >= 0)
		return n;
	if (errno != EAGAIN && errno != EINTR)
		closed(hop);
	return errno == EINTR ? -EAGAIN : -errno;
}

static ssize_t from_hop(struct hop *hop, void *buffer, size_t room)
{
	ssize_t n = libssh2_channel_read(hop->through, buffer, room);

	if (n > 0)
		return n;
	if (n == LIBSSH2_ERROR_EAGAIN ||
	    (n == 0 && !libssh2_channel_eof(hop->through)))
		return -EAGAIN;
	closed(n == 0 ? hop : hop - 1);
	return n == 0 ? 0 : -ECONNRESET;
}

static ssize_t on_recv(libssh2_socket_t sock UNUSED, void *buffer, size_t room,
		       int flags, void **abstract)
{
	struct hop *hop = *abstract;
	struct link *l = hop->link;
	ssize_t n = hop->through ? from_hop(hop, buffer, room)
				 : from_socket(hop, buffer, room, flags);

	if (n <= 0)
		return n;
	hop->alive_ns = time_mono_ns();
	if (hop != l->at)
		return n;
	l->alive_ns = hop->alive_ns;
	/* The beginning of what it says, as far as we would look at it. */
	if (!l->shook_hands)
		(void)buf_add(&l->first, buffer,
			      MIN((size_t)n, l->first.max - l->first.n));
	return n;
}

static ssize_t on_send(libssh2_socket_t sock UNUSED, const void *data,
		       size_t n, int flags UNUSED, void **abstract)
{
	struct hop *hop = *abstract;

	n = MIN(n, hop->out.max - hop->out.n);
	if (n == 0 || !buf_add(&hop->out, data, n))
		return -EAGAIN;
	return (ssize_t)n;
}

static void on_disconnect(LIBSSH2_SESSION *ssh UNUSED, int reason UNUSED,
			  const char *message, int message_len,
			  const char *language UNUSED, int language_len UNUSED,
			  void **abstract)
{
	struct hop *hop = *abstract;
	struct link *l = hop->link;
	size_t n = message_len > 0 ? (size_t)message_len : 0;

	closed(hop);
	if (l->closed_by == hop)
		(void)snprintf(l->goodbye, sizeof l->goodbye, "%s",
			       shown_line(bytes_of(message, n)).s);
}

#if LIBSSH2_VERSION_NUM >= 0x010b01
static void set_callback(struct hop *hop, int which, void (*f)(void))
{
	(void)libssh2_session_callback_set2(hop->ssh, which, f);
}
#else
/* Callbacks are void * to it, to which ISO C will not convert a function. */
static void set_callback(struct hop *hop, int which, void (*f)(void))
{
	union {
		void (*f)(void);
		void *p;
	} u = {.f = f};

	(void)libssh2_session_callback_set(hop->ssh, which, u.p);
}
#endif

static ssize_t on_send_silenced(libssh2_socket_t sock UNUSED,
				const void *data UNUSED, size_t n UNUSED,
				int flags UNUSED, void **abstract UNUSED)
{
	return -EPIPE;
}

void hop_silence(struct hop *hop)
{
	set_callback(hop, LIBSSH2_CALLBACK_SEND,
		     (void (*)(void))on_send_silenced);
}

enum err_code hop_session(struct hop *hop, struct err *err)
{
	hop->ssh = link_session(hop);
	if (!hop->ssh)
		return err_set(err, ERR_LIMIT, "no memory for a session");
	libssh2_session_set_blocking(hop->ssh, 0);
	set_callback(hop, LIBSSH2_CALLBACK_RECV, (void (*)(void))on_recv);
	set_callback(hop, LIBSSH2_CALLBACK_DISCONNECT,
		     (void (*)(void))on_disconnect);
	if (link_is_chain(hop->link)) {
		buf_init(&hop->out, OUT_MAX);
		set_callback(hop, LIBSSH2_CALLBACK_SEND,
			     (void (*)(void))on_send);
	}
	return ERR_OK;
}

/* How much of it the transport took; 0: none now. */
static size_t put(struct hop *hop)
{
	size_t n = MIN(hop->out.n, PIECE);
	ssize_t sent;

	if (n == 0)
		return 0;
	if (hop->through) {
		if (hop[-1].out.n >= OUT_FULL)
			return 0;
		sent = libssh2_channel_write(hop->through, (char *)hop->out.p,
					     n);
	} else {
		sent = send(hop->link->sock, hop->out.p, hop->out.n,
			    MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	return sent > 0 ? (size_t)sent : 0; /* reading finds out why */
}

void hops_flush(struct link *l)
{
	if (!link_is_chain(l))
		return;
	for (struct hop *hop = l->at;; hop--) {
		size_t n;

		while ((n = put(hop)) > 0)
			buf_consume(&hop->out, n);
		if (hop == l->hops)
			return;
	}
}

bool hops_hold(const struct link *l)
{
	for (const struct hop *hop = l->hops + 1; hop <= l->at; hop++) {
		unsigned long n = 0;

		(void)libssh2_channel_window_read_ex(hop->through, &n, NULL);
		if (n || (libssh2_channel_eof(hop->through) &&
			  !l->server_closed))
			return true;
	}
	return false;
}

/* Nothing is ever sent there but data, so that reading what is not data reads
 * what the transport has, and leaves it all where it is. */
bool hops_are_cut(struct link *l)
{
	for (struct hop *hop = l->hops + 1; hop <= l->at; hop++) {
		char none;

		(void)libssh2_channel_read_stderr(hop->through, &none, 1);
		if (l->server_closed || libssh2_channel_eof(hop->through))
			return true;
	}
	return false;
}

bool hops_are_full(const struct link *l)
{
	return link_is_chain(l) && l->at->out.n >= OUT_FULL;
}

static enum err_code not_opened(struct link *l, const struct hop *to,
				struct err *err)
{
	static const char prefix[] = "Channel open failure (";
	char *text = NULL, why[160];
	int rc = libssh2_session_last_error(l->ssh, &text, NULL, 0);
	char what[300];

	(void)snprintf(what, sizeof what, "connecting from there to %s:%u",
		       shown_str(to->host).s, (unsigned)to->port);
	if (rc != LIBSSH2_ERROR_CHANNEL_FAILURE || l->server_closed)
		return link_failed(l, rc, what, err);
	(void)snprintf(why, sizeof why, "%s", shown_str(text ? text : "").s);
	if (strstr(why, "prohibited"))
		return err_set(err, ERR_REMOTE,
			       "it does not let %s go on to %s:%u "
			       "(AllowTcpForwarding there)",
			       shown_str(l->at->user).s,
			       shown_str(to->host).s, (unsigned)to->port);
	if (strncmp(why, prefix, sizeof prefix - 1) == 0)
		return err_set(err, ERR_NET, "%s: %.*s", what,
			       (int)strcspn(why + sizeof prefix - 1, ")"),
			       why + sizeof prefix - 1);
	return err_set(err, ERR_NET, "%s: %s", what, why);
}

/* Far away a small one is dear, five times at 100 ms. Nearby a large one is:
 * while we are behind, sshd fills it and then moves all that at each read. */
unsigned link_window(const struct link *l)
{
	int64_t ms = MIN(l->at->rtt_ns / NS_PER_MS, (int64_t)1000);

	return (unsigned)MIN(MAX(ms * WINDOW_MS, (int64_t)WINDOW_MIN),
			     (int64_t)WINDOW_MAX);
}

/* By hand: libssh2's own call has no other window than its small one. */
static enum err_code open_channel(struct link *l, struct hop *to,
				  struct err *err)
{
	unsigned window = link_window(l);
	enum err_code code;
	struct buf order;
	int rc;

	buf_init(&order, 1024);
	(void)buf_add_sshstr(&order, bytes_str(to->host));
	(void)buf_add_u32be(&order, to->port);
	(void)buf_add_sshstr(&order, bytes_str("127.0.0.1"));
	(void)buf_add_u32be(&order, 0);
	do {
		to->through = libssh2_channel_open_ex(
			l->ssh, CHANNEL_KIND, sizeof CHANNEL_KIND - 1, window,
			PACKET, (char *)order.p, (unsigned)order.n);
		rc = to->through ? 0 : libssh2_session_last_errno(l->ssh);
	} while (link_again(l, rc, &code, err));
	buf_release(&order);
	if (code == ERR_OK && !to->through)
		return not_opened(l, to, err);
	if (code == ERR_OK) /* of which there is none on such a channel */
		libssh2_channel_handle_extended_data(
			to->through, LIBSSH2_CHANNEL_EXTENDED_DATA_IGNORE);
	return code;
}

enum err_code hop_on(struct link *l, struct err *err)
{
	struct hop *to = l->at + 1;
	enum err_code code = link_phase(l, LINK_HANDSHAKE,
					"connecting from there to the next",
					l->handshake_ms, err);

	if (code == ERR_OK)
		code = open_channel(l, to, err);
	if (code == ERR_OK)
		l->at = to;
	return code;
}

enum err_code hop_blame(const struct link *l, struct err *err)
{
	const struct hop *hop = l->closed_by ? l->closed_by : l->at;

	if (hop == &l->hops[l->n_hops - 1] || err->code == ERR_CANCELLED)
		return err->code;
	return err_wrap(err, "jump host %s", hop->name);
}
