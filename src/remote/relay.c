/* SPDX-License-Identifier: Apache-2.0 */
/*
 * While the probe runs: its record stream to the engine, unpacked here so
 * that zstd too faces hostile bytes in a jail, and the engine's orders to it.
 * Bounded on both sides: nothing more is read from the channel while the
 * engine is behind, nor from the engine while the channel is.
 */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "remote/link.h"
#include "remote/unpack.h"

#define CLOSE_MS 5000
/* A request that moves shows that the server lives; what is as short as our
 * own signs of life only moves into the kernel. */
#define LIFE_LEN    4096

/* Who called libssh2. */
enum turn { NOBODY, WRITER, READER, ERROR_READER };

struct relay {
	struct link *link;
	struct unpack unpack;
	struct buf input; /* of the engine, not written yet */
	bool input_last;  /* after it, end of file */
	bool eof_sent;
	size_t stderr_len;    /* passed on so far */
	enum turn holder;     /* whose packet libssh2 holds in part */
	bool unheard;	      /* nobody is behind the pipe any more */
	uint64_t owed; /* passed on there, and not told to the engine */
	bool billed;   /* it was told, and has not said that there may be more */
	bool moved;           /* something happened in this round */
	int64_t keepalive_ns; /* when the next is due */
};

/* The engine is behind, or holds the host to its share. */
static bool is_held_up(const struct relay *r)
{
	const struct link *l = r->link;

	return unpack_is_held_up(&l->chan) ||
	       (l->ahead && (chan_backlog(&l->chan) >= l->ahead ||
			     (r->billed && r->owed >= l->ahead)));
}

static enum err_code send_data(struct link *l, enum msg_type type,
			       struct bytes data, struct err *err)
{
	struct msg_data m = {.data = data};

	return link_send(l, type, &m, err);
}

/* A packet that was sent in part must be finished by the call that began it,
 * before any other may begin one. */
static bool may(const struct relay *r, enum turn who)
{
	return r->holder == NOBODY || r->holder == who;
}

static void note_unsent(struct relay *r, enum turn who, long rc)
{
	bool held = rc == LIBSSH2_ERROR_EAGAIN &&
		    (libssh2_session_block_directions(r->link->ssh) &
		     LIBSSH2_SESSION_BLOCK_OUTBOUND);

	r->holder = held ? who : NOBODY;
}

static enum err_code take_orders(struct relay *r, struct err *err)
{
	struct link *l = r->link;

	while (r->input.n == 0 && !r->input_last) {
		struct msg_data m;
		struct frame f;
		bool got;
		enum err_code code = chan_next(&l->chan, &f, &got, err);

		if (code == ERR_OK && !got)
			return ERR_OK;
		if (code == ERR_OK && f.type == MSG_LINK_FED) {
			r->billed = false;
			r->moved = true;
			continue;
		}
		if (code == ERR_OK)
			code = msg_read(&f, MSG_LINK_INPUT, &m, err);
		if (code != ERR_OK)
			return code;
		(void)buf_add_bytes(&r->input, m.data); /* as long as one may */
		r->input_last = m.last;
		r->moved = true;
	}
	return ERR_OK;
}

/* There is no end of file on a terminal: the server only knows the end of the
 * channel. The engine says so once it has heard all it wants. */
static int send_end(struct link *l)
{
	return l->tty ? libssh2_channel_close(l->channel)
		      : libssh2_channel_send_eof(l->channel);
}

static enum err_code write_input(struct relay *r, struct err *err)
{
	struct link *l = r->link;
	ssize_t n = 0;

	if (!may(r, WRITER) || hops_are_full(l))
		return ERR_OK;
	if (r->input.n > 0) {
		n = libssh2_channel_write(l->channel, (char *)r->input.p,
					  r->input.n);
		if (n > 0) {
			buf_consume(&r->input, (size_t)n);
			if (n >= LIFE_LEN)
				l->alive_ns = time_mono_ns();
			r->moved = true;
		}
	} else if (r->input_last && !r->eof_sent) {
		n = send_end(l);
		r->eof_sent = n == 0;
	}
	note_unsent(r, WRITER, n);
	if (n >= 0 || n == LIBSSH2_ERROR_EAGAIN)
		return ERR_OK;
	if (libssh2_channel_eof(l->channel)) { /* it ended without reading */
		buf_clear(&r->input);
		r->eof_sent = true;
		return ERR_OK;
	}
	return link_failed(l, (int)n, "sending to the probe", err);
}

static enum err_code read_output(struct relay *r, struct err *err)
{
	struct link *l = r->link;
	ssize_t n;

	if (unpack_is_busy(&r->unpack) || !may(r, READER))
		return ERR_OK;
	n = libssh2_channel_read(
		l->channel,
		(char *)buf_reserve(&r->unpack.raw, UNPACK_READ_LEN),
		UNPACK_READ_LEN);
	note_unsent(r, READER, n);
	if (n == LIBSSH2_ERROR_EAGAIN)
		return ERR_OK;
	if (n < 0)
		return link_failed(l, (int)n, "hearing from the probe", err);
	buf_commit(&r->unpack.raw, (size_t)n);
	r->unpack.wire += (uint64_t)n;
	r->moved = r->moved || n > 0;
	return ERR_OK;
}

/* All of it is read, lest it fill the window; the first part is passed on. */
static enum err_code read_errors(struct relay *r, struct err *err)
{
	struct link *l = r->link;
	char text[4096];
	ssize_t n;
	size_t len;

	if (!may(r, ERROR_READER))
		return ERR_OK;
	n = libssh2_channel_read_stderr(l->channel, text, sizeof text);
	note_unsent(r, ERROR_READER, n);
	if (n == LIBSSH2_ERROR_EAGAIN || n == 0)
		return ERR_OK;
	if (n < 0)
		return link_failed(l, (int)n, "hearing from the probe", err);
	r->moved = true;
	len = MIN((size_t)n, STDERR_MAX - r->stderr_len);
	r->stderr_len += len;
	return len ? send_data(l, MSG_LINK_STDERR, bytes_of(text, len), err)
		   : ERR_OK;
}

/* libssh2 forgets a keepalive that it could send only in part, and is stuck
 * then; so none is sent unless there is ample room. */
static bool has_room(const struct link *l)
{
	struct pollfd p = {.fd = l->sock, .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && p.revents == POLLOUT;
}

static enum err_code keep_alive(struct relay *r, struct err *err)
{
	struct link *l = r->link;
	int64_t now = time_mono_ns();
	int next, rc = 0;

	if (now < r->keepalive_ns)
		return ERR_OK;
	r->keepalive_ns = now + (int64_t)l->keepalive_s * NS_PER_S;
	if (r->holder != NOBODY || !has_room(l))
		return ERR_OK;
	for (struct hop *hop = l->hops; rc == 0 && hop <= l->at; hop++)
		rc = libssh2_keepalive_send(hop->ssh, &next);
	return rc == 0 || rc == LIBSSH2_ERROR_EAGAIN
		       ? ERR_OK
		       : link_failed(l, rc, "keeping the connection up", err);
}

/* What a shell says is for whoever is behind the pipe, as it is. */
static void feed(struct relay *r)
{
	struct link *l = r->link;
	ssize_t n;

	while (r->unpack.raw.n) {
		n = write(l->feed_fd, r->unpack.raw.p, r->unpack.raw.n);
		if (n > 0) {
			buf_consume(&r->unpack.raw, (size_t)n);
			r->owed += (uint64_t)n;
			r->moved = true;
		} else if (n < 0 && errno == EAGAIN) {
			return;
		} else if (n == 0 || errno != EINTR) {
			buf_clear(&r->unpack.raw); /* the engine knows why */
			r->unheard = true;
		}
	}
}

/* It is the engine who knows what may move; it is asked where it counts. */
static enum err_code bill(struct relay *r, struct err *err)
{
	struct msg_link_fed m = {.bytes = r->owed};

	if (!r->link->ahead || r->billed || !r->owed)
		return ERR_OK;
	r->owed = 0;
	r->billed = true;
	return link_send(r->link, MSG_LINK_FED, &m, err);
}

static enum err_code pass_on(struct relay *r, struct err *err)
{
	struct link *l = r->link;

	if (l->feed_fd < 0)
		return unpack_run(&r->unpack, &l->chan, &r->moved, err);
	feed(r);
	return bill(r, err);
}

/* The pipe is full: the one behind it was told to wait, or is slow. The
 * server is not read, so that it waits, too. */
static enum err_code await_feed(struct relay *r, struct err *err)
{
	int64_t begun = time_mono_ns();
	enum err_code code = link_wait_feed(r->link, err);

	r->link->alive_ns += time_mono_ns() - begun;
	return code;
}

/*
 * The first on the way that is silent, too. It may have answered a keepalive
 * after the last that came through it, so it need not have been silent for as
 * long; but for longer than a keepalive takes.
 */
static void blame_hop(struct link *l, int64_t end)
{
	int64_t half = (int64_t)l->idle_ms * NS_PER_MS / 2;
	int64_t more = (int64_t)l->keepalive_s * NS_PER_S / 4 * 5;

	for (struct hop *hop = l->hops; hop < l->at && !l->closed_by; hop++)
		if (hop->alive_ns <= l->alive_ns ||
		    end - hop->alive_ns >= MAX(half, more))
			l->closed_by = hop;
}

/*
 * Until the server says something or a keepalive is due. A server that has
 * been silent through all of idle_ms, keepalives and all, is gone; while we
 * do not read, because the engine is behind, it cannot be heard.
 */
static enum err_code await_more(struct relay *r, struct err *err)
{
	struct link *l = r->link;
	int64_t begun = time_mono_ns(), end;
	enum err_code code;

	if (l->feed_fd >= 0 && r->unpack.raw.n)
		return await_feed(r, err);
	if (is_held_up(r)) {
		code = link_wait_engine(l, err);
		l->alive_ns += time_mono_ns() - begun;
		return code;
	}
	end = l->alive_ns + (int64_t)l->idle_ms * NS_PER_MS;
	l->deadline.mono_ns = MIN(end, MAX(r->keepalive_ns, begun + 1));
	code = link_wait(l, err);
	if (code != ERR_TIMEOUT)
		return code;
	if (time_mono_ns() < end)
		return ERR_OK;
	blame_hop(l, end);
	return err_set(err, ERR_TIMEOUT,
		       "no sign of life from the host for %" PRIu64 " s",
		       (l->idle_ms + 999) / 1000);
}

static bool is_over(const struct relay *r)
{
	return r->unheard ||
	       (!unpack_is_busy(&r->unpack) &&
	       libssh2_channel_eof(r->link->channel));
}

static enum err_code relay_all(struct relay *r, struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK) {
		r->moved = false;
		code = take_orders(r, err);
		if (code == ERR_OK)
			code = write_input(r, err);
		if (code == ERR_OK && !is_held_up(r))
			code = read_output(r, err);
		if (code == ERR_OK)
			code = pass_on(r, err);
		if (code == ERR_OK)
			code = read_errors(r, err);
		if (code == ERR_OK)
			code = keep_alive(r, err);
		hops_flush(r->link);
		if (code == ERR_OK && !r->moved) {
			if (is_over(r))
				return ERR_OK;
			code = await_more(r, err);
		}
	}
	return code;
}

/* The exit status comes after the end of the output, if at all. */
static enum err_code tell_exit(struct link *l, struct err *err)
{
	struct msg_link_exit m = {0};
	char *name = NULL;
	size_t name_len = 0;
	struct err late;
	enum err_code code;
	int rc;

	l->deadline = deadline_in(CLOSE_MS * NS_PER_MS, NULL);
	do
		rc = libssh2_channel_wait_closed(l->channel);
	while (link_again(l, rc, &code, &late));
	if (code == ERR_CANCELLED) {
		*err = late;
		return code;
	}
	m.status = (uint64_t)libssh2_channel_get_exit_status(l->channel);
	(void)libssh2_channel_get_exit_signal(l->channel, &name, &name_len,
					      NULL, NULL, NULL, NULL);
	m.signal = bytes_of(name, MIN(name_len, (size_t)32));
	code = link_send(l, MSG_LINK_EXIT, &m, err);
	free(name);
	return code;
}

enum err_code link_relay(struct link *l, struct err *err)
{
	struct relay r = {.link = l};
	enum err_code code =
		link_phase(l, LINK_RUNNING, "the probe", l->idle_ms, err);

	unpack_init(&r.unpack, l->early.max);
	buf_init(&r.input, MSG_DATA_MAX);
	/* What came in one piece with the script's last line. */
	(void)buf_add_bytes(&r.unpack.raw, buf_bytes(&l->early));
	r.stderr_len = l->complaints.n;
	if (code == ERR_OK && l->complaints.n)
		code = send_data(l, MSG_LINK_STDERR, buf_bytes(&l->complaints),
				 err);
	for (struct hop *hop = l->hops; hop <= l->at; hop++) {
		libssh2_keepalive_config(hop->ssh, 1,
					 (unsigned)l->keepalive_s);
		hop->alive_ns = time_mono_ns();
	}
	l->alive_ns = time_mono_ns();
	if (code == ERR_OK)
		code = relay_all(&r, err);
	if (code == ERR_OK)
		code = tell_exit(l, err);
	unpack_release(&r.unpack);
	buf_release(&r.input);
	return code;
}
