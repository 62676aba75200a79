/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the link child: one SSH connection from handshake to the probe's
 * end. The server is taken to be hostile: every libssh2 call returns after a
 * bounded amount of input, and every wait has the phase's deadline.
 */
#ifndef HALLIGAN_REMOTE_LINK_H
#define HALLIGAN_REMOTE_LINK_H

#include <libssh2.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/chan.h"
#include "base/err.h"
#include "remote/msg.h"
#include "remote/reach.h"

#define LINK_KEYS_MAX  64
#define LINK_HOPS_MAX  (REACH_JUMPS_MAX + 1)
#define METHODS_LEN_MAX 4096
#define SECRET_LEN_MAX 1025               /* SECRET_MAX and a byte more */
#define STDERR_MAX     ((size_t)64 << 10) /* passed on, the rest is dropped */

struct link_key {
	uint8_t *blob;
	size_t n;
	char name[160]; /* its file, or its comment in the agent; for people */
};

struct auth;
struct link;

/* One SSH server on the way, the last of them the host itself. */
struct hop {
	struct link *link;
	LIBSSH2_SESSION *ssh;
	LIBSSH2_CHANNEL *through; /* of the hop before; NULL: the socket */
	struct buf out; /* what its session wants sent, of a chain */
	int64_t alive_ns; /* when it last said something */
	int64_t rtt_ns; /* at most, of a round trip */
	char name[300]; /* for people */
	char host[256], user[256], host_key_types[1024];
	uint16_t port;
	char *methods; /* of logging in, by commas, in order */
	struct link_key *keys; /* room for LINK_KEYS_MAX; NULL: none yet */
	size_t n_keys;
};

/* How to become root on the host. */
enum escalate { ESCALATE_NONE, ESCALATE_SUDO, ESCALATE_SU, ESCALATE_DOAS };

struct link {
	struct chan chan; /* the engine */
	int sock;         /* the first server */
	struct hop hops[LINK_HOPS_MAX];
	size_t n_hops;
	struct hop *at; /* the one it has come to */
	LIBSSH2_SESSION *ssh; /* of that one */
	LIBSSH2_CHANNEL *channel; /* the shell, then the probe */

	/* from MSG_LINK_START, with defaults filled in */
	uint64_t handshake_ms, auth_ms, placing_ms, idle_ms, keepalive_s;
	uint64_t probe_largest;
	bool no_probe; /* none is wanted */
	int feed_fd; /* where what a shell says goes; -1: a probe speaks */
	enum escalate escalate;
	bool tty; /* the channel has a terminal, raw */
	uint64_t ahead; /* of the engine, where bytes are counted; 0: any */
	bool may_ask_password, looks_only;

	const char *phase; /* "the SSH handshake", for messages */
	uint64_t phase_ms; /* how long it may last */
	struct deadline deadline;
	unsigned recv_left; /* reads libssh2 may make before it must wait */
	int64_t alive_ns;   /* when the server last said something */
	bool server_closed; /* it, or one on the way, ended the connection */
	struct hop *closed_by;
	char goodbye[160];  /* what it said then, made safe */
	struct auth *auth;  /* while logging in */
	/* of the channel, read while the probe was placed but not used up */
	struct buf early, complaints;
	struct buf first; /* what the server said before hands were shaken */
	bool shook_hands;
};

/* ---- session.c ---- */

/* Begins a phase: its name, its time, and telling the engine. */
enum err_code link_phase(struct link *l, enum link_phase phase,
			 const char *name, uint64_t ms,
			 struct err *err) MUST_CHECK;

/*
 * Waits until libssh2 can go on, or the engine said something. ERR_TIMEOUT
 * names the phase; ERR_CANCELLED when the engine is gone.
 */
enum err_code link_wait(struct link *l, struct err *err) MUST_CHECK;

/* Waits until the engine took or said something, however long. */
enum err_code link_wait_engine(struct link *l, struct err *err) MUST_CHECK;

/* The same, or until the pipe takes more, or for a second: then something
 * may be due. */
enum err_code link_wait_feed(struct link *l, struct err *err) MUST_CHECK;

/* After a libssh2 call: true when it is to be made again. Otherwise *code
 * tells whether waiting failed. */
bool link_again(struct link *l, long rc, enum err_code *code, struct err *err);

/* What a libssh2 error means; `what` was attempted. */
enum err_code link_failed(struct link *l, int rc, const char *what,
			  struct err *err);

/*
 * Asks the engine, and waits for the answer as long as that takes: there may
 * be a person behind it. The phase gets that time back. ERR_CANCELLED when
 * the engine is gone.
 */
enum err_code link_ask(struct link *l, enum msg_type type, const void *msg,
		       enum msg_type answer_type, void *answer,
		       struct err *err) MUST_CHECK;

enum err_code link_send(struct link *l, enum msg_type type, const void *msg,
			struct err *err) MUST_CHECK;

/* A process that hangs in spite of all this is ended by SIGALRM, s seconds
 * from now; 0: not for the time being. */
void link_watchdog(unsigned s);

enum err_code link_handshake(struct link *l, struct err *err) MUST_CHECK;
void link_close(struct link *l);

/* ---- hop.c ---- */

/* A session over the socket or over the channel of the hop before. */
enum err_code hop_session(struct hop *hop, struct err *err) MUST_CHECK;

/* Its session sends nothing any more; what it tries then fails. Libssh2 has
 * counted that as sent: the connection is of no use but to be closed. */
void hop_silence(struct hop *hop);

/* Sends what sessions of a chain want sent, as far as that goes now. */
void hops_flush(struct link *l);

/* A session has something to read that the socket does not show any more. */
bool hops_hold(const struct link *l);

/* Of a channel to what it has come to: bytes on their way without a word. */
unsigned link_window(const struct link *l);

/* Of a chain: hears what its servers say to carry others, and whether one of
 * them has ended the connection. */
bool hops_are_cut(struct link *l);

/* More would only wait here. */
bool hops_are_full(const struct link *l);

static inline bool link_is_chain(const struct link *l)
{
	return l->n_hops > 1;
}

/* From the hop it has come to, which let us in, to the next. */
enum err_code hop_on(struct link *l, struct err *err) MUST_CHECK;

/* The error is of a server on the way: says which. */
enum err_code hop_blame(const struct link *l, struct err *err) MUST_CHECK;

/* ---- memory.c ---- */
LIBSSH2_SESSION *link_session(struct hop *hop); /* NULL: no memory */
void *link_alloc(size_t n); /* that libssh2 will free; NULL: no memory */
void link_keep_memory(void); /* for packets, in place of giving it back */

/* ---- auth.c ---- */
/* The server said what it takes from now on, and whether it took the last. */
void link_login_failed(struct link *l, struct bytes methods, bool partial);
enum err_code link_authenticate(struct link *l, struct err *err) MUST_CHECK;

/* A server asks in its own words: for a password, or for something that is no
 * good anywhere else, such as a code. */
bool link_wants_password(struct bytes prompt);

/* ---- place.c ---- */
/* Leaves l->channel open on the running probe. */
enum err_code link_place(struct link *l, struct err *err) MUST_CHECK;
/* In place of it: sees which host it is, and ends the connection. */
enum err_code link_look(struct link *l, struct err *err) MUST_CHECK;

/* Opens a channel whose shell runs the script, with $M set to a mark; the
 * rest of the first line that begins with it comes back. */
#define LINK_LINE_MAX 1024
enum err_code link_script(struct link *l, struct bytes script,
			  char line[LINK_LINE_MAX], struct err *err) MUST_CHECK;

/* Lets the shell on the channel end, and gives the channel back. */
enum err_code link_end_shell(struct link *l, struct err *err) MUST_CHECK;

/* For escalate.c, of the shell that place.c opened. Output goes to l->early,
 * complaints to l->complaints; *got: there was some of the first. *stopped:
 * it wants no more, or is gone. */
enum err_code link_read_shell(struct link *l, bool *got,
			      struct err *err) MUST_CHECK;
enum err_code link_write_shell(struct link *l, struct bytes b, bool *stopped,
			       struct err *err) MUST_CHECK;

/* ---- shell.c ---- */
/* In place of link_place where that was not wanted or, for the reason that
 * err has, not possible. Leaves l->channel open on the script. */
enum err_code link_shell(struct link *l, struct err *err) MUST_CHECK;

/* ---- relay.c ---- */
enum err_code link_relay(struct link *l, struct err *err) MUST_CHECK;

#endif
