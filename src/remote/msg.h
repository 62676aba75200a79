/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine and its children say to each other: frames of base/chan.h
 * whose type is the message's id and whose body is the wire/ encoding of its
 * struct. `connect` resolves and connects and hands the descriptor back;
 * `proxy` runs a command in its place, and stays as long as that does;
 * `link` is jailed and speaks SSH over it; `keyring` is the only process
 * that touches private keys. `bundle` reads a file in place of a link, and
 * `local` runs the probe on this machine; both are jailed and say what a link
 * says while its probe runs. `judge` runs checks, jailed, too. All of them
 * answer MSG_FAULT when they fail, then end.
 */
#ifndef HALLIGAN_REMOTE_MSG_H
#define HALLIGAN_REMOTE_MSG_H

#include "base/base.h"
#include "base/chan.h"
#include "base/err.h"
#include "parse/zone.h"
#include "wire/wire.h"

#define MSG_DATA_MAX (256u << 10)

enum msg_type {
	MSG_FAULT = 1, /* child -> engine */

	MSG_CONNECT = 10,   /* engine -> connect */
	MSG_CONNECTED = 11, /* connect, proxy -> engine, with the descriptor */
	MSG_PROXY_START = 12, /* engine -> proxy */
	MSG_PROXY_SAID = 13,  /* proxy -> engine, once it runs */

	MSG_LINK_START = 20,    /* engine -> link */
	MSG_LINK_KEY = 21,      /* engine -> link, one per key, in order */
	MSG_LINK_GO = 22,       /* engine -> link: all keys were named */
	MSG_LINK_JAILED = 23,   /* link -> engine */
	MSG_LINK_PHASE = 24,    /* link -> engine */
	MSG_LINK_HOSTKEY = 25,  /* link -> engine, waits for the verdict */
	MSG_LINK_VERDICT = 26,  /* engine -> link */
	MSG_LINK_SIGN = 27,     /* link -> engine, waits */
	MSG_LINK_SIGNED = 28,   /* engine -> link */
	MSG_LINK_PASSWORD = 29, /* link -> engine, waits */
	MSG_LINK_SECRET = 30,   /* engine -> link */
	MSG_LINK_PROBE = 31,    /* engine -> link: the probe, in pieces, only
				   after MSG_LINK_OFFER */
	MSG_LINK_PLACED = 32,   /* link -> engine */
	MSG_LINK_INPUT = 33,    /* engine -> link: for the probe's stdin, only
				   after MSG_LINK_PLACED */
	MSG_LINK_OUTPUT = 34,   /* link -> engine: record stream, plain CBOR */
	MSG_LINK_STDERR = 35,   /* link -> engine */
	MSG_LINK_EXIT = 36,     /* link -> engine: the probe ended */
	MSG_LINK_WANT = 37,     /* link -> engine, waits for MSG_LINK_OFFER */
	MSG_LINK_OFFER = 38,    /* engine -> link: which probe it will be */
	MSG_LINK_NO_PROBE = 39, /* link -> engine, waits for MSG_LINK_SHELL */
	MSG_LINK_SHELL = 43,    /* engine -> link, with the pipe that what the
				   script says goes to */
	MSG_LINK_JUMP = 46,    /* engine -> link, after MSG_LINK_START: one
				   server on the way, nearest first */
	MSG_LINK_SHELLED = 44,  /* link -> engine: the script has begun */
	MSG_LINK_FED = 48,     /* link -> engine: so much of what a shell said
				  was passed on; and back, once there may be
				  more */
	MSG_LINK_CLEARED = 47, /* link -> engine, before MSG_LINK_WANT: what an
				  earlier connection left there is gone */
	MSG_LINK_WHO = 45,	/* link -> engine: which host it is, and all
				   that was wanted of it */

	MSG_BUNDLE_SUM = 40, /* bundle -> engine, before the first output */
	MSG_LOCAL_START = 41, /* engine -> local; then MSG_LINK_INPUT */
	MSG_BUNDLE_START = 42, /* engine -> bundle, first */
	MSG_BUNDLE_AT = 49, /* bundle -> engine: what is read from here on, up
			       to the next of these, is one file of a host */

	MSG_KEYRING_OPEN = 50,     /* engine -> keyring */
	MSG_KEYRING_KEY = 51,      /* keyring -> engine, one per key */
	MSG_KEYRING_LISTED = 52,   /* keyring -> engine: those were all */
	MSG_KEYRING_SIGN = 53,     /* engine -> keyring */
	MSG_KEYRING_SIGNED = 54,   /* keyring -> engine */
	MSG_KEYRING_UNLOCK = 55,   /* engine -> keyring */
	MSG_KEYRING_UNLOCKED = 56, /* keyring -> engine */

	MSG_JUDGE_START = 60, /* front -> judge, with a fixture or none */
	MSG_JUDGE_READY = 61, /* judge -> front, once it has its tables */
	MSG_JUDGE_ASK = 62,   /* front -> judge: one check */
	MSG_JUDGE_CELL = 63,  /* judge -> front: a row, cell by cell */
	MSG_JUDGE_LACK = 65,  /* judge -> front: what that check lacks */
	MSG_JUDGE_DONE = 64,  /* judge -> front: that was all of that check */
};

struct msg_fault {
	struct bytes code; /* err_name() */
	struct bytes message;
};

struct msg_connect {
	struct bytes host; /* name or address */
	uint64_t port;
	uint64_t timeout_ms;
	uint64_t family;   /* enum reach_family */
	struct bytes from; /* address to connect from; empty: any */
};

struct msg_connected {
	/* empty: a command leads there */
	struct bytes address; /* "192.0.2.7:22", "[2001:db8::7]:22" */
};

#define PROXY_COMMAND_MAX 4096
#define PROXY_TAIL_MAX	  400

struct msg_proxy_start {
	struct bytes command; /* for a shell */
};

struct msg_proxy_said {
	struct bytes said; /* the last of its stderr, at most PROXY_TAIL_MAX */
	bool ended;
	uint64_t status; /* as waitpid has it */
};

struct msg_link_start {
	struct bytes user;
	struct bytes host_key_types; /* in order of preference, by commas;
					empty: the library's own order */
	/* Deadlines of the phases; 0: the link's own default. */
	uint64_t handshake_ms, auth_ms, placing_ms, idle_ms;
	uint64_t keepalive_s;
	bool no_probe; /* a shell will have to do */
	uint64_t probe_largest; /* bytes of the largest there is: which one
				   it will be is known later */
	bool may_ask_password;
	struct bytes methods; /* of logging in, by commas, in order */
	struct bytes escalate; /* "sudo", "su", "doas"; empty: as who logs in */
	uint64_t ahead; /* bytes to be read of the server before the engine
			   took what there was; 0: the link's own */
	bool looks_only; /* no probe: log in, see who it is, end */
	/* Behind others: what the last of them is to connect to. */
	struct bytes host;
	uint64_t port;
};

struct msg_link_jump {
	struct bytes name; /* for people */
	struct bytes host;
	uint64_t port;
	struct bytes user, host_key_types, methods;
};

struct msg_link_who {
	struct bytes system, machine, hostname; /* uname -s, -m, -n */
	uint64_t clock_ns; /* 0: it does not tell fractions of a second */
	uint64_t asked_ns; /* of our clock: it was not read before */
};

struct msg_link_key {
	struct bytes blob; /* public key, RFC 4253 6.6 */
	struct bytes name; /* for people */
	uint64_t hop;	   /* whom it is for, from 0 */
};

struct msg_link_jailed {
	struct bytes what; /* jail_describe() */
};

enum link_phase {
	LINK_HANDSHAKE = 1,
	LINK_AUTH = 2,
	LINK_PLACING = 3,
	LINK_RUNNING = 4,
};

struct msg_link_phase {
	uint64_t phase;
	struct bytes detail; /* e.g. the negotiated methods, or "publickey" */
};

struct msg_link_hostkey {
	struct bytes key_type; /* "ssh-ed25519" */
	struct bytes key;      /* blob */
	struct bytes kex, host_key, cipher, mac; /* as negotiated */
	uint64_t hop; /* whose, from 0 */
};

struct msg_link_verdict {
	bool accepted;
};

struct msg_sign { /* LINK_SIGN and KEYRING_SIGN */
	uint64_t id;
	struct bytes blob; /* the real public key blob */
	struct bytes data; /* to sign */
	uint64_t flags;    /* agent flags: 2 rsa-sha2-256, 4 rsa-sha2-512 */
};

struct msg_signed { /* LINK_SIGNED and KEYRING_SIGNED */
	uint64_t id;
	bool ok;
	bool locked;       /* not ok because the key's passphrase is needed */
	struct bytes path; /* then: which file */
	struct bytes signature; /* the inner signature bytes, as libssh2 wants
				   from a sign callback */
	struct bytes message;
};

/* What is asked for. A code that is good once is none of the others. */
enum login_secret { SECRET_OTHER, SECRET_LOGIN, SECRET_ROOT };

struct msg_link_password {
	struct bytes prompt;
	bool echo;
	uint64_t secret; /* enum login_secret */
	bool again; /* what was answered last is refused */
};

struct msg_link_secret {
	bool ok; /* false: nobody answered, or no */
	struct bytes value;
};

struct msg_data { /* LINK_PROBE, LINK_INPUT, LINK_OUTPUT, LINK_STDERR */
	struct bytes data;
	bool last;
	uint64_t wire; /* LINK_OUTPUT: what it took on the network */
};

/* What a probe is sent as: what the host can unpack. */
enum probe_form { PROBE_RAW, PROBE_GZ, PROBE_ZST, PROBE_FORMS };

struct msg_link_want {
	struct bytes system, machine; /* uname -s, -m */
	uint64_t form;		      /* enum probe_form */
};

struct msg_link_offer {
	uint64_t packed_len, len; /* as sent, and plain */
	struct bytes sha256;	  /* hex, of the plain probe */
	struct bytes none;	  /* why there is none; empty: there is */
};

struct msg_link_no_probe {
	struct bytes why; /* a clause for people; empty: it was not wanted */
};

struct msg_link_shell {
	struct bytes script;
};

struct msg_link_fed {
	uint64_t bytes;
};

struct msg_link_cleared {
	struct bytes path;
};

struct msg_link_placed {
	struct bytes path;
	uint64_t bytes;
	bool checked;        /* its hash was checked there before it ran */
};

struct msg_link_exit {
	uint64_t status;
	struct bytes signal; /* "" or "KILL" */
};

struct msg_bundle_sum {
	struct bytes sha256; /* of the whole file, hex */
	uint64_t size;
	bool is_file; /* one of a host, no bundle and no archive of them */
	bool given; /* a file of a host, for parsers of ours: no bundle */
};

struct msg_bundle_start {
	struct bytes identity; /* AGE_KEY_LEN bytes, secret; empty: none */
	/* should it be no bundle, but a file of a host: */
	struct bytes path;   /* what it is called */
	struct bytes parser; /* that it is for; empty: its content tells */
	struct bytes zone; /* of local times in it, as zone_read takes it;
			      empty: they are taken for UTC */
	bool spool; /* it is a table of evidence, and its contents */
	bool plain; /* no records: what is packed in it is wanted */
	bool secrets; /* what is secret in it becomes evidence, too */
	uint64_t item_cpu_s; /* that a file may take; 0: by its size */
	/* The one before ended at a file: this one goes on behind it. */
	uint64_t after; /* that step; 0: this is the first */
	struct bytes why; /* how it ended */
	uint64_t files, bytes; /* read till then */
};

struct msg_bundle_at {
	uint64_t step; /* from 1, rising */
	uint64_t files, bytes; /* read before it */
};

struct msg_local_start {
	struct bytes root; /* the folder that stands for / */
	bool feed; /* no folder: files come over the pipe that came along */
};

struct msg_keyring_open {
	struct bytes agent;    /* SSH_AUTH_SOCK, may be empty */
	struct bytes identity; /* a key file that must be there; empty */
	struct bytes files;    /* more of them, each with a NUL behind it */
	bool only;	       /* of the agent's keys those of the files */
};

struct msg_keyring_key {
	struct bytes blob;
	struct bytes comment;
	struct bytes source; /* "agent" or the file's path */
	bool locked;         /* needs its passphrase before it can sign */
};

struct msg_keyring_listed {
	struct bytes note; /* which key cannot be used, and why; empty */
};

struct msg_keyring_unlock {
	struct bytes path;
	struct bytes passphrase;
};

struct msg_keyring_unlocked {
	bool ok;
	struct bytes path;
	struct bytes message;
};

/* Of which host; path empty: of a fixture, which is in the descriptor. */
struct msg_judge_start {
	struct bytes path; /* of the case */
	uint64_t mode;     /* as struct judge_case has it */
	struct bytes host;
};

struct msg_judge_ready {
	uint64_t rows; /* that there are to be judged */
};

struct msg_judge_ask {
	struct bytes sql;
	int64_t limit_ns;
	uint64_t max_rows;
};

/* As struct value has it. */
struct msg_judge_cell {
	struct bytes name; /* of the column */
	uint64_t type;
	int64_t number; /* or the bits of one that is no integer */
	struct bytes value;
	bool last; /* of its row */
};

/* As struct judge_ask has it. */
struct msg_judge_lack {
	struct bytes kind, why;
	bool failed;
};

struct msg_judge_done {
	struct bytes code; /* err_name() */
	struct bytes message;
	uint64_t at; /* where in the SQL */
};

struct msg_empty {
	bool unused;
};

extern const struct wire_type msg_types[]; /* one for each id */
extern const size_t n_msg_types;

const struct wire_type *msg_type(uint32_t id); /* NULL: unknown */

/* Encodes and queues; chan_send's errors. Does not wait. */
enum err_code msg_send(struct chan *c, enum msg_type type, const void *msg,
		       struct err *err) MUST_CHECK;

/* The same with a descriptor (borrowed), and waits until it is written. */
enum err_code msg_send_fd(struct chan *c, enum msg_type type, const void *msg,
			  int fd, struct err *err) MUST_CHECK;

/* Decodes a frame that is expected to be of that type. A MSG_FAULT frame in
 * its place is returned as the error it carries. */
enum err_code msg_read(const struct frame *f, enum msg_type type, void *msg,
		       struct err *err) MUST_CHECK;

/* An err from a MSG_FAULT frame: its code comes back, err is filled. */
enum err_code msg_fault_to_err(const struct frame *f,
			       struct err *err) MUST_CHECK;

/* For children: sends MSG_FAULT and waits until it is written. */
void msg_send_fault(struct chan *c, const struct err *err);

#endif
