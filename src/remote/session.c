/* SPDX-License-Identifier: Apache-2.0 */
/* The SSH transport: libssh2 kept on a short lead, and the handshake. */
#include "base/base.h"

#include <sys/socket.h>

#include "base/text.h"
#include "base/time.h"
#include "remote/kexinit.h"
#include "remote/link.h"
#include "remote/remote.h"

/*
 * libssh2 reads in loops that end only when the socket is empty, so a server
 * that never stops sending would never let it return. After this many reads
 * it is told that there is nothing, and we look at the clock.
 */
#define RECV_BUDGET 512
#define RECV_LEN    16384 /* what it asks for, about */

#define WATCHDOG_GRACE_S 10
#define ENGINE_AHEAD     (512u << 10) /* frames of the engine we buffer */

/* What it has read lies in its queues; where bytes are counted, few may. */
static unsigned recv_budget(const struct link *l)
{
	return l->ahead ? (unsigned)MIN(l->ahead / RECV_LEN + 1,
					(uint64_t)RECV_BUDGET)
			: RECV_BUDGET;
}

void link_watchdog(unsigned s)
{
	(void)alarm(s);
}

static void rearm(struct link *l)
{
	int64_t s = deadline_left(l->deadline) / NS_PER_S + WATCHDOG_GRACE_S;

	link_watchdog((unsigned)MIN(s, (int64_t)86400));
}

enum err_code link_phase(struct link *l, enum link_phase phase,
			 const char *name, uint64_t ms, struct err *err)
{
	struct msg_link_phase m = {.phase = phase};

	l->phase = name;
	l->phase_ms = ms;
	l->deadline = deadline_in((int64_t)ms * NS_PER_MS, NULL);
	rearm(l);
	return link_send(l, MSG_LINK_PHASE, &m, err);
}

enum err_code link_send(struct link *l, enum msg_type type, const void *msg,
			struct err *err)
{
	enum err_code code = msg_send(&l->chan, type, msg, err);

	return code == ERR_OK ? chan_flush(&l->chan, err) : code;
}

static enum err_code gone(struct err *err)
{
	return err_set(err, ERR_CANCELLED, "cancelled");
}

static enum err_code serve_chan(struct link *l, const struct pollfd *p,
				struct err *err)
{
	enum err_code code = ERR_OK;

	if (p->revents && chan_wants_write(&l->chan))
		code = chan_flush(&l->chan, err);
	if (code == ERR_OK && (p->revents & (POLLIN | POLLHUP | POLLERR)))
		code = chan_fill(&l->chan, err);
	if (code != ERR_OK || l->chan.eof || (p->revents & POLLERR))
		return gone(err);
	return ERR_OK;
}

/* While somebody is thinking nothing is read but what carries others; the
 * end of the connection shows all the same. */
static bool is_cut(struct link *l, short revents)
{
	if (revents & (POLLRDHUP | POLLHUP | POLLERR))
		return true;
	l->recv_left = recv_budget(l);
	return revents && hops_are_cut(l);
}

static enum err_code await_answer(struct link *l, struct frame *f,
				  struct err *err)
{
	struct pollfd p[2] = {{.fd = l->chan.fd}, {.fd = l->sock}};

	p[1].events = link_is_chain(l) ? POLLIN | POLLRDHUP : POLLRDHUP;
	for (;;) {
		bool got;
		enum err_code code = chan_next(&l->chan, f, &got, err);

		if (code != ERR_OK || got || l->chan.eof)
			return code;
		p[0].events = chan_wants_write(&l->chan) ? POLLIN | POLLOUT
							 : POLLIN;
		code = wait_any(p, 2, deadline_in(INT64_MAX, NULL), err);
		if (code == ERR_OK && p[0].revents)
			code = serve_chan(l, &p[0], err);
		else if (code == ERR_OK && is_cut(l, p[1].revents))
			code = err_set(err, ERR_NET,
				       "%s: the server closed the connection "
				       "before it had an answer",
				       l->phase);
		if (code != ERR_OK)
			return code;
	}
}

enum err_code link_ask(struct link *l, enum msg_type type, const void *msg,
		       enum msg_type answer_type, void *answer, struct err *err)
{
	int64_t begun = time_mono_ns();
	struct frame f;
	enum err_code code = link_send(l, type, msg, err);

	link_watchdog(0);
	if (code == ERR_OK)
		code = await_answer(l, &f, err);
	if (l->chan.eof)
		return gone(err);
	if (code == ERR_OK)
		code = msg_read(&f, answer_type, answer, err);
	l->deadline.mono_ns += time_mono_ns() - begun;
	rearm(l);
	return code;
}

/* What the socket is waited for. */
static short server_events(struct link *l)
{
	int dirs;
	short events;

	if (link_is_chain(l)) {
		hops_flush(l);
		return l->hops[0].out.n ? POLLIN | POLLOUT : POLLIN;
	}
	dirs = libssh2_session_block_directions(l->ssh);
	events = dirs & LIBSSH2_SESSION_BLOCK_OUTBOUND ? POLLOUT : 0;
	if (dirs & LIBSSH2_SESSION_BLOCK_INBOUND || !dirs)
		events |= POLLIN;
	return events;
}

enum err_code link_wait(struct link *l, struct err *err)
{
	bool full = l->chan.in.n - l->chan.in_used > ENGINE_AHEAD;
	struct pollfd p[2] = {{.fd = l->sock}, {.fd = l->chan.fd}};
	enum err_code code;

	p[0].events = server_events(l);
	p[1].events = full ? 0 : POLLIN;
	if (chan_wants_write(&l->chan))
		p[1].events |= POLLOUT;
	l->recv_left = recv_budget(l);
	rearm(l);
	if (hops_hold(l) && deadline_left(l->deadline) > 0) {
		code = wait_any(p, 2, deadline_in(0, NULL), err);
		if (code == ERR_TIMEOUT)
			return ERR_OK;
	} else {
		code = wait_any(p, 2, l->deadline, err);
	}
	if (code == ERR_TIMEOUT)
		return err_set(err, code, "%s took longer than %" PRIu64 " s",
			       l->phase, (l->phase_ms + 999) / 1000);
	return code == ERR_OK ? serve_chan(l, &p[1], err) : code;
}

enum err_code link_wait_engine(struct link *l, struct err *err)
{
	struct pollfd p = {.fd = l->chan.fd, .events = POLLOUT};
	enum err_code code;

	if (l->chan.in.n - l->chan.in_used < ENGINE_AHEAD)
		p.events |= POLLIN;
	link_watchdog(0);
	code = wait_any(&p, 1, deadline_in(INT64_MAX, NULL), err);
	rearm(l);
	return code == ERR_OK ? serve_chan(l, &p, err) : code;
}

enum err_code link_wait_feed(struct link *l, struct err *err)
{
	bool full = l->chan.in.n - l->chan.in_used > ENGINE_AHEAD;
	struct pollfd p[2] = {{.fd = l->chan.fd, .events = full ? 0 : POLLIN},
			      {.fd = l->feed_fd, .events = POLLOUT}};
	enum err_code code;

	if (chan_wants_write(&l->chan))
		p[0].events |= POLLOUT;
	link_watchdog(0);
	code = wait_any(p, 2, deadline_in(NS_PER_S, NULL), err);
	l->recv_left = RECV_BUDGET;
	rearm(l);
	if (code == ERR_TIMEOUT)
		return ERR_OK;
	return code == ERR_OK ? serve_chan(l, &p[0], err) : code;
}

bool link_again(struct link *l, long rc, enum err_code *code, struct err *err)
{
	*code = ERR_OK;
	if (rc != LIBSSH2_ERROR_EAGAIN)
		return false;
	*code = link_wait(l, err);
	return *code == ERR_OK;
}

enum err_code link_failed(struct link *l, int rc, const char *what,
			  struct err *err)
{
	char *text = NULL;

	if (l->goodbye[0])
		return err_set(err, ERR_NET,
			       "%s: the server ended the connection: %s", what,
			       l->goodbye);
	if (l->server_closed || rc == LIBSSH2_ERROR_SOCKET_DISCONNECT ||
	    rc == LIBSSH2_ERROR_SOCKET_SEND || rc == LIBSSH2_ERROR_SOCKET_RECV)
		return err_set(err, ERR_NET,
			       "%s: the server closed the connection", what);
	if (rc == LIBSSH2_ERROR_BANNER_RECV)
		return err_set(err, ERR_REMOTE, "%s: it does not speak SSH",
			       what);
	(void)libssh2_session_last_error(l->ssh, &text, NULL, 0);
	return err_set(err, ERR_REMOTE, "%s: %s (libssh2 error %d)", what,
		       shown_str(text ? text : "").s, rc);
}

/*
 * Host keys we can verify, best first. libssh2 1.10 strips a name that it
 * does not know out of the list with an overlapping memcpy, so none is given.
 */
static const char *const known_types[] = {
	"ssh-ed25519",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
#if LIBSSH2_VERSION_NUM >= 0x010b00
	"rsa-sha2-512",
	"rsa-sha2-256",
#endif
	"ssh-rsa",
};

static bool lists(struct bytes list, struct bytes word)
{
	struct bytes piece;

	while (bytes_split(&list, ',', &piece))
		if (bytes_eq(piece, word))
			return true;
	return false;
}

bool remote_verifies(struct bytes types)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_types); i++)
		if (lists(types, bytes_str(known_types[i])))
			return true;
	return false;
}

/* An RSA key on file may sign under each of its names. */
static bool is_on_file(const struct link *l, const char *type)
{
	struct bytes list = bytes_str(l->at->host_key_types);

	if (strncmp(type, "rsa-", 4) == 0)
		return lists(list, bytes_str("ssh-rsa"));
	return lists(list, bytes_str(type));
}

/*
 * The types on file first, then all others: a host that has lost its old key
 * must show the new one, for us to say so.
 */
static enum err_code prefer_host_keys(struct link *l, struct err *err)
{
	struct buf b;
	int rc;

	buf_init(&b, 1024);
	for (int on_file = 1; on_file >= 0; on_file--)
		for (size_t i = 0; i < ARRAY_SIZE(known_types); i++)
			if (is_on_file(l, known_types[i]) == on_file)
				(void)buf_addf(&b, "%s%s", b.n ? "," : "",
					       known_types[i]);
	rc = libssh2_session_method_pref(l->ssh, LIBSSH2_METHOD_HOSTKEY,
					 buf_str(&b));
	buf_release(&b);
	return rc == 0 ? ERR_OK
		       : link_failed(l, rc, "choosing host key types", err);
}

static enum err_code open_session(struct link *l, struct err *err)
{
	enum err_code code = hop_session(l->at, err);

	if (code != ERR_OK)
		return code;
	l->ssh = l->at->ssh;
#if LIBSSH2_VERSION_NUM >= 0x010b00
	/* Its AES-GCM is a quarter slower than its AES-CTR; what is not
	 * offered here is old or weak. Refused is only an empty list. */
	static const int ciphers[] = {LIBSSH2_METHOD_CRYPT_CS,
				      LIBSSH2_METHOD_CRYPT_SC};
	for (size_t i = 0; i < ARRAY_SIZE(ciphers); i++)
		(void)libssh2_session_method_pref(
			l->ssh, ciphers[i],
			"aes128-ctr,aes256-ctr,aes192-ctr,"
			"aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
			"chacha20-poly1305@openssh.com,aes256-cbc,aes128-cbc");
#endif
	return prefer_host_keys(l, err);
}

static struct bytes method(struct link *l, int which)
{
	const char *name = libssh2_session_methods(l->ssh, which);

	return bytes_str(name ? name : "?");
}

static enum err_code show_host_key(struct link *l, struct err *err)
{
	struct msg_link_verdict verdict;
	struct msg_link_hostkey m;
	size_t n = 0;
	int type;
	const char *key = libssh2_session_hostkey(l->ssh, &n, &type);
	struct reader r;
	enum err_code code;

	if (!key)
		return err_set(err, ERR_HOSTKEY, "the server has no host key");
	m.key = bytes_of(key, n);
	r = reader_of(m.key);
	m.key_type = rd_sshstr(&r);
	m.kex = method(l, LIBSSH2_METHOD_KEX);
	m.host_key = method(l, LIBSSH2_METHOD_HOSTKEY);
	m.cipher = method(l, LIBSSH2_METHOD_CRYPT_SC);
	m.mac = method(l, LIBSSH2_METHOD_MAC_SC);
	m.hop = (uint64_t)(l->at - l->hops);
	code = link_ask(l, MSG_LINK_HOSTKEY, &m, MSG_LINK_VERDICT, &verdict,
			err);
	if (code == ERR_OK && !verdict.accepted)
		return err_set(err, ERR_HOSTKEY, "the host key was refused");
	return code;
}

/* Whether libssh2 can do one of the names in the server's list. */
static bool can_do(struct link *l, int which, struct bytes theirs)
{
	const char **ours = NULL;
	int n = libssh2_session_supported_algs(l->ssh, which, &ours);
	bool found = false;

	for (int i = 0; i < n && !found; i++)
		found = lists(theirs, bytes_str(ours[i]));
	if (n > 0)
		libssh2_free(l->ssh, (void *)ours);
	return found;
}

/* libssh2 does not say which kind of algorithm it was; the server's first
 * packet does. */
static enum err_code nothing_in_common(struct link *l, struct err *err)
{
	static const char cure[] = "; give it an Ed25519 or ECDSA host key "
				   "(ssh-keygen -A there), or use libssh2 1.11 "
				   "or later";
	struct kexinit k;
	bool heard = kexinit_read(buf_bytes(&l->first), &k);
	const struct {
		int which;
		const char *what;
		struct bytes theirs;
		const char *cure;
	} kinds[] = {
		{LIBSSH2_METHOD_KEX, "key exchange", k.kex, ""},
		{LIBSSH2_METHOD_HOSTKEY, "host key type", k.host_keys,
		 LIBSSH2_VERSION_NUM < 0x010b00 ? cure : ""},
		{LIBSSH2_METHOD_CRYPT_SC, "cipher", k.ciphers, ""},
		{LIBSSH2_METHOD_MAC_SC, "MAC", k.macs, ""},
	};

	for (size_t i = 0; heard && i < ARRAY_SIZE(kinds); i++)
		if (!can_do(l, kinds[i].which, kinds[i].theirs))
			return err_set(err, ERR_UNSUPPORTED,
				       "the SSH handshake: no %s in common "
				       "with %s: the server has %.160s%s",
				       kinds[i].what, remote_library(),
				       shown(kinds[i].theirs).s, kinds[i].cure);
	return err_set(err, ERR_UNSUPPORTED,
		       "the SSH handshake: no key exchange, host key type, "
		       "cipher or MAC in common with %s",
		       remote_library());
}

static enum err_code no_ssh(struct bytes line, struct err *err)
{
	return err_set(err, ERR_REMOTE, "this is no SSH server, it says: %s",
		       shown_line(line).s);
}

/* libssh2 waits for a banner as long as it may, and takes that of SSH 1 for
 * one. *err stays where what it said may become SSH. */
static enum err_code judge_greeting(const struct link *l, struct err *err)
{
	struct bytes line, version;

	switch (greeting_read(buf_bytes(&l->first), &line)) {
	case GREETING_SSH1:
		line = bytes_skip(line, strlen("SSH-"));
		(void)bytes_split(&line, '-', &version);
		return err_set(err, ERR_UNSUPPORTED,
			       "the server speaks SSH %.20s only, which nobody "
			       "should and we do not",
			       shown(version).s);
	case GREETING_OTHER:
		return no_ssh(line, err);
	case GREETING_SILENT:
	case GREETING_TALK:
	case GREETING_SSH:
		break;
	}
	return ERR_OK;
}

/* It hung up or its time is over, and no banner was among what it said; why it
 * lets nobody in, perhaps. */
static enum err_code never_greeted(const struct link *l, struct err *err)
{
	const struct err why = *err;
	struct bytes line;

	if ((why.code != ERR_TIMEOUT && why.code != ERR_NET) ||
	    greeting_read(buf_bytes(&l->first), &line) != GREETING_TALK)
		return why.code;
	return err_set(err, why.code,
		       "%.200s; all that it says is: %s",
		       why.msg, shown_line(line).s);
}

/* libssh2 has one sentence for all that may go wrong with the keys. */
static enum err_code not_shaken(struct link *l, int rc, struct err *err)
{
	enum err_code code = link_failed(l, rc, "the SSH handshake", err);
	struct kexinit ignored;
	struct bytes line;

	if (rc == LIBSSH2_ERROR_BANNER_RECV && code == ERR_REMOTE &&
	    greeting_read(buf_bytes(&l->first), &line) == GREETING_TALK)
		return no_ssh(line, err);

	if (code == ERR_REMOTE && rc != LIBSSH2_ERROR_BANNER_RECV &&
	    !kexinit_read(buf_bytes(&l->first), &ignored))
		return err_set(err, code,
			       "the SSH handshake: after its banner it sends "
			       "what is no SSH");
	return code;
}

enum err_code link_handshake(struct link *l, struct err *err)
{
	enum err_code code = link_phase(l, LINK_HANDSHAKE, "the SSH handshake",
					l->handshake_ms, err);
	int rc;

	if (code == ERR_OK)
		code = open_session(l, err);
	if (code != ERR_OK)
		return code;
	l->recv_left = RECV_BUDGET;
	l->shook_hands = false;
	buf_clear(&l->first);
	do {
		rc = libssh2_session_handshake(l->ssh, l->sock);
		if (judge_greeting(l, err) != ERR_OK)
			return err->code;
	} while (link_again(l, rc, &code, err));
	l->shook_hands = true;
	if (code == ERR_OK && rc == LIBSSH2_ERROR_KEX_FAILURE &&
	    !l->server_closed)
		return nothing_in_common(l, err);
	if (code == ERR_OK && rc != 0)
		code = not_shaken(l, rc, err);
	if (code != ERR_OK)
		return never_greeted(l, err);
	return show_host_key(l, err);
}

/* Says goodbye as far as that goes without waiting; the process ends anyway. */
void link_close(struct link *l)
{
	if (l->ssh && !l->server_closed) {
		l->recv_left = 1;
		(void)libssh2_session_disconnect(l->ssh, "done");
		hops_flush(l);
	}
	for (struct hop *hop = l->hops; hop < l->hops + l->n_hops; hop++) {
		for (size_t i = 0; i < hop->n_keys; i++)
			free(hop->keys[i].blob);
		free(hop->keys);
		free(hop->methods);
		buf_release(&hop->out);
	}
	buf_release(&l->first);
	buf_release(&l->early);
	buf_release(&l->complaints);
	chan_release(&l->chan);
	l->sock = close_fd(l->sock);
}
