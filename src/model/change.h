/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change to the case: everything that is ever written goes through one of
 * these, to the one writer, and gets its audit row in the same transaction.
 * Made by commands (app) and by the engine (job), applied by case/writer.c.
 *
 * A change owns all it points to: strings and bytes are copied into it with
 * change_str / change_bytes. Posting one gives it away.
 */
#ifndef HALLIGAN_MODEL_CHANGE_H
#define HALLIGAN_MODEL_CHANGE_H

#include "base/base.h"
#include "base/err.h"
#include "base/mailbox.h"
#include "base/uuid.h"
#include "model/record.h"

/* kind, audit action, what it says */
#define CHANGE_KINDS(X)                                                     \
	X(HOST_ADD, "host.add", "a host joins the case")                    \
	X(HOST_REMOVE, "host.remove", "a host leaves; its evidence stays")  \
	X(HOST_TRUST, "host.trust", "a host key is pinned")                 \
	X(HOST_KEY_REFUSED, "host.key_refused", "a host key was refused")   \
	X(HOST_SEEN, "host.seen", "what a host said of itself")             \
	X(HOST_LABEL, "host.label", "a host gets a tag or joins a group")   \
	X(HOST_UNLABEL, "host.unlabel", "it has it no more")                \
	X(HOP, "host.hop", "a server on the way to a host was verified")    \
	X(PIN, "pin", "the key of a server on the way is pinned")           \
	X(RUN_BEGIN, "run.begin", "a hunt or collection begins")            \
	X(RUN_HOST, "run.host", "the state of one host in a run")           \
	X(RUN_END, "run.end", "a run is over")                              \
	X(RECORD, "record", "a record of the stream: evidence, finding...") \
	X(NOTE_ADD, "note.add", "a note is written")                        \
	X(NOTE_EDIT, "note.edit", "a note is rewritten")                    \
	X(FINDING_SET, "finding.set", "a finding is judged")                \
	X(CHECK_FOUND, "check.found", "a check found something")            \
	X(HUNT_SAVE, "hunt.save", "a hunt is saved under a name")           \
	X(HUNT_REMOVE, "hunt.remove", "a saved hunt is taken off the list") \
	X(EXCLUSION_ADD, "exclusion.add", "a false positive is known")      \
	X(EXCLUSION_REMOVE, "exclusion.remove", "it no longer holds")       \
	X(INDICATOR_ADD, "indicator.add", "something to look for")          \
	X(INDICATOR_REMOVE, "indicator.remove", "it is not looked for now") \
	X(EXPORT, "export", "data left the case")                           \
	X(EVENT, "audit", "something else worth a line in the audit log")

enum change_kind {
#define X(kind, action, help) CHANGE_##kind,
	CHANGE_KINDS(X)
#undef X
	CHANGE_N_KINDS
};

struct change_host {
	const char *name;   /* unique in the case */
	const char *target; /* [user@]host[:port] as given */
	const char *identity; /* path of a private key to use, or NULL */
	const char *jump;     /* servers to go through, by commas, or NULL */
	const char *escalate; /* "sudo", "su", "doas"; NULL: the plain user */
	const char *mode;     /* "shell": without a probe; NULL: with one */
};

/* HOST_LABEL, HOST_UNLABEL */
struct change_label {
	const char *kind; /* "tag" or "group" */
	const char *name;
};

/* Of a run and a host: one SSH server on the way to it, itself included. */
struct change_hop {
	uint64_t position;  /* from 0, the first that is connected to */
	const char *target; /* as it was asked for */
	const char *address; /* as connected to; NULL: by the hop before */
	const char *user;
	const char *key_type; /* "ssh-ed25519" */
	const char *fingerprint; /* "SHA256:..." */
	const char *how; /* why the key was accepted, as in change_host_key,
			    or "pinned" */
	const char *kex, *host_key, *cipher, *mac; /* as negotiated */
};

/* The key of a server that is no host of the case, by where it is. */
struct change_pin {
	const char *name; /* "[bastion.example]:22", as in known_hosts(5) */
	const char *key_type;
	struct bytes key; /* public key blob, RFC 4253 6.6 */
	const char *fingerprint;
	const char *how; /* as in change_host_key */
};

struct change_host_key {
	/* Both are empty for a fingerprint a person vouches for before the
	 * key was ever seen (`host trust`). */
	const char *key_type;	 /* "ssh-ed25519" */
	struct bytes key;	 /* public key blob, RFC 4253 6.6 */
	const char *fingerprint; /* "SHA256:..." */
	const char *how;	 /* "known_hosts", "answered", "command",
				    "accept-new-host-keys" */
	const char *pinned_fingerprint; /* HOST_KEY_REFUSED: the one expected,
					   NULL when there was none */
};

struct change_host_seen {
	const char *address;	/* as connected, "192.0.2.7:22" */
	const char *os;		/* NULL members leave what was known */
	const char *arch;
	const char *hostname;
	const char *machine_id, *product_id; /* as REC_HELLO has them */
	int64_t seen_ns; /* when that was; 0: now */
	int64_t clock_offset_ns; /* host minus ours; TIME_UNKNOWN */
	int64_t clock_error_ns;	 /* plus or minus */
};

struct change_run {
	const char *op;	     /* "hunt", "collect" */
	const char *command; /* the command line, for people */
	const char *rules_sha256; /* of the rule set, hex; NULL */
	uint64_t n_rules;	  /* in the rule set */
	const char *rule_names;   /* "\nNAMESPACE:RULE\n...\n"; NULL */
	const char *source;	  /* the bundle's name, when it is an import */
	const char *source_sha256; /* of that file, hex */
	const char *rules_form;	  /* "source", "compiled"; NULL */
	const char *words; /* the command without hosts, to be said again */
	const char *how;   /* options beside these words; NULL: none */
	const char *hunt;  /* id of the saved hunt it repeats; NULL */
	const char *resumes; /* id of the run it takes up; NULL */
	bool with_secrets;   /* what is secret is taken, too */
};

struct change_run_host {
	const char *state;   /* "queued", "connecting", "running", "done",
				"failed", "partial", "cancelled" */
	enum err_code code;  /* why, when failed */
	const char *message; /* one line, NULL */
	const char *footprint; /* what we changed there, NULL */
	const char *jail;      /* what held the link child, NULL */
	const char *engine;    /* what scanned there, NULL */
	const char *probe_sha256; /* of the probe sent there, hex; NULL */
	const char *mode;	  /* "probe", "shell"; NULL: not known yet */
	const char *ran_as;	  /* "root by sudo"; NULL: not known yet */
	uint64_t attempts;	  /* connections made or tried; 0: none yet */
	uint64_t files, bytes, matches;
	uint64_t cpu_ns, rss_bytes; /* used there; 0: not known */
	uint64_t cursor_root;
	struct bytes cursor; /* where it goes on; empty: as it was */
	/* In which zone its local times are read, and who says so; NULL:
	 * none. The id of the evidence that has it, or NULL. */
	const char *zone, *zone_source, *zone_evidence;
};

struct change_run_end {
	enum err_code code; /* ERR_OK, ERR_PARTIAL, ERR_CANCELLED, ... */
	const char *message;
};

struct change_note {
	const char *id;	  /* NOTE_EDIT: which; NOTE_ADD: the new id */
	const char *body; /* UTF-8 as typed */
};

struct change_finding_set {
	const char *id;
	const char *status;   /* "new" "confirmed" "benign"...; NULL: as is */
	const char *severity; /* NULL: as is */
};

/* CHECK_FOUND: of a run and a host. Rows (0: none) and ids that are not
 * there, or not of that host, are passed over. */
struct change_check {
	const char *check;	 /* its id */
	const char *file;	 /* that it is in */
	const char *severity;
	const char *technique, *title, *author; /* NULL */
	const char *object;	 /* what it is about */
	const char *quiet;	 /* why it is not to alarm anybody; NULL */
	const char *meta;	 /* JSON object */
	struct bytes path;	 /* empty: that of what it is about */
	const char *sha256;	 /* hex; NULL */
	int64_t fact, process, socket, file_row, event;
	const char *evidence;	 /* id; NULL */
	uint64_t offset;
	bool has_offset;
};

struct change_hunt {
	const char *id; /* HUNT_REMOVE: which; HUNT_SAVE: the new one's */
	const char *name;
	const char *command; /* words of the command line */
};

/* NULL: any. One of rule, sha256 and path is there. */
struct change_exclusion {
	const char *id; /* EXCLUSION_REMOVE: which; ADD: the new one's */
	const char *rule;
	const char *sha256; /* hex */
	const char *path;   /* a glob of base/glob.h */
	const char *reason;
};

struct change_indicator {
	const char *id;	   /* INDICATOR_REMOVE: which; else the new id */
	const char *kind;  /* of model/indicator.h */
	const char *value; /* in its normal form */
	const char *severity; /* a word or a score; NULL: medium */
	const char *technique, *description, *source, *exclude; /* NULL */
	int64_t valid_from_ns, valid_until_ns; /* TIME_UNKNOWN: always */
	bool if_new; /* one that is there already is no mistake */
};

struct change_export {
	const char *format;
	const char *path;
	const char *sha256; /* of what was written, hex */
	uint64_t rows;
};

struct change_event {
	const char *action;
	const char *detail; /* JSON object */
};

/* Where the answer to a change goes that somebody waits for. */
struct change_reply;

struct change {
	struct mail mail; /* first: a change is mail */
	enum change_kind kind;
	int64_t at_ns; /* when it was made */
	struct uuid host; /* s[0] == 0: about none */
	struct uuid run;
	union {
		struct change_host host;
		struct change_host_key host_key;
		struct change_host_seen host_seen;
		struct change_label label;
		struct change_hop hop;
		struct change_pin pin;
		struct change_run run;
		struct change_run_host run_host;
		struct change_run_end run_end;
		struct record record;
		struct change_note note;
		struct change_finding_set finding;
		struct change_check check;
		struct change_hunt hunt;
		struct change_exclusion exclusion;
		struct change_indicator indicator;
		struct change_export export;
		struct change_event event;
	} u;
	struct change_reply *reply;
	struct change_block *blocks; /* what it owns */
};

/* Whether that can be a label: "tag" or "group", and one word. */
enum err_code change_check_label(const char *kind, const char *name,
				 struct err *err) MUST_CHECK;

struct change *change_new(enum change_kind kind) MUST_CHECK;
void change_free(struct change *c); /* NULL is fine */

/* Copies into the change; NULL gives NULL. The mail's weight grows along. */
const char *change_str(struct change *c, const char *s);
struct bytes change_bytes(struct change *c, struct bytes b);

const char *change_action(enum change_kind kind);

/*
 * Where changes go: the case's writer, or a list in a test. `submit` takes
 * the change and returns true, or returns false when there is no room now
 * (the change stays the caller's; try again when room_fd is readable).
 */
struct sink {
	bool (*submit)(struct sink *sink, struct change *c);
	int room_fd;
};

static inline bool sink_submit(struct sink *sink, struct change *c)
{
	return sink->submit(sink, c);
}

#endif
