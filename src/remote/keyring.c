/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keyring child: lists what the user can log in with and signs. Private
 * keys stay in agents: the user's own, and a private one for key files.
 */
#include "base/base.h"

#include <sys/prctl.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "remote/agent.h"
#include "remote/keyfile.h"
#include "remote/lockbox.h"
#include "remote/msg.h"
#include "remote/remote.h"

#define KEYS_MAX 64

/* The order of keys. */
enum rank {
	RANK_ASKED, /* by name */
	RANK_BOTH,  /* a file has it, and the agent */
	RANK_AGENT,
	RANK_FILE,
};

struct key {
	struct bytes blob;    /* owned */
	struct bytes comment; /* owned */
	char *path;           /* NULL: the user's agent has it */
	bool public_only;     /* that file is its public half */
	enum rank rank;
	unsigned place; /* among those of its rank: as the agent has them */
	bool locked;
	bool loaded; /* into the lockbox */
};

struct keyring {
	struct chan chan;
	char *agent; /* the user's SSH_AUTH_SOCK, "" for none */
	struct lockbox lockbox;
	struct key keys[KEYS_MAX];
	size_t n;
	bool only;	     /* none that no file names */
	unsigned last_place;
	char note[240];	     /* on a key that cannot be used */
};

static struct bytes own(struct bytes b)
{
	return bytes_of(xmemdup(b.p ? b.p : (const uint8_t *)"", b.n), b.n);
}

static void disown(struct bytes b)
{
	union {
		const uint8_t *in;
		void *out;
	} p = {.in = b.p};

	free(p.out);
}

static void key_release(struct key *key)
{
	disown(key->blob);
	disown(key->comment);
	free(key->path);
}

static struct key *find_key(struct keyring *k, struct bytes blob)
{
	for (size_t i = 0; i < k->n; i++)
		if (bytes_eq(k->keys[i].blob, blob))
			return &k->keys[i];
	return NULL;
}

/* NULL: it is there already, or there are too many. */
static struct key *add_key(struct keyring *k, struct bytes blob,
			   struct bytes comment, const char *path, bool locked)
{
	if (k->n == KEYS_MAX || find_key(k, blob))
		return NULL;
	k->keys[k->n++] = (struct key){.blob = own(blob),
				       .comment = own(comment),
				       .path = path ? xstrdup(path) : NULL,
				       .locked = locked,
				       .place = (unsigned)k->n};
	return &k->keys[k->n - 1];
}

/* The first of those that cannot be used is told of. */
static void note(struct keyring *k, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void note(struct keyring *k, const char *fmt, ...)
{
	va_list ap;

	if (k->note[0])
		return;
	va_start(ap, fmt);
	(void)vsnprintf(k->note, sizeof k->note, fmt, ap);
	va_end(ap);
}

static void note_kind(struct keyring *k, struct bytes blob,
		      struct bytes comment)
{
	struct reader r = reader_of(blob);
	char fingerprint[FINGERPRINT_MAX];

	note(k,
	     "the agent's key %.60s (%s) is of the kind %.60s, which cannot "
	     "log in with %s",
	     shown(comment).s, key_fingerprint(blob, fingerprint),
	     shown(rd_sshstr(&r)).s, remote_library());
}

/* A key whose file was named already needs no file: the agent signs. */
static void add_from_agent(struct bytes blob, struct bytes comment, void *arg)
{
	struct keyring *k = arg;
	struct key *known = find_key(k, blob);

	if (known) {
		free(known->path);
		known->path = NULL;
		known->locked = false;
		if (!known->comment.n) {
			disown(known->comment);
			known->comment = own(comment);
		}
	} else if (!key_is_usable(blob)) {
		note_kind(k, blob, comment);
	} else if (!k->only) {
		known = add_key(k, blob, comment, NULL, false);
		if (known)
			known->rank = RANK_AGENT;
	}
	if (known && known->rank == RANK_FILE)
		known->rank = RANK_BOTH;
	if (known)
		known->place = ++k->last_place;
}

static void list_agent(struct keyring *k)
{
	struct agent a;
	struct err err;

	if (!k->agent[0])
		return;
	if (agent_open(&a, k->agent, &err) != ERR_OK ||
	    agent_list(&a, add_from_agent, k, &err) != ERR_OK) {
		log_line(LOG_WARN, "keyring", "%s", err.msg);
		note(k, "%s", err.msg);
	}
	agent_close(&a);
}

static enum err_code add_file(struct keyring *k, const char *path,
			      enum rank rank, struct err *err)
{
	struct key_file f;
	enum err_code code = key_file_read(path, &f, err);
	struct key *key;

	if (code == ERR_OK) {
		key = add_key(k, buf_bytes(&f.blob), buf_bytes(&f.comment),
			      path, f.locked);
		if (key) {
			key->rank = rank;
			key->public_only = f.public_only;
		}
	}
	if (code == ERR_OK && f.certificate.n)
		note(k,
		     "the certificate %.80s-cert.pub is of the kind %.60s, "
		     "which cannot log in with %s",
		     shown_str(path).s, shown(buf_bytes(&f.certificate)).s,
		     remote_library());
	key_file_release(&f);
	return code;
}

/* Files that settings name: they may be missing. */
static void add_files(struct keyring *k, struct bytes rest)
{
	struct bytes piece;
	struct err err;

	while (bytes_split(&rest, '\0', &piece)) {
		char *path = bytes_to_str(piece);
		enum err_code code = add_file(k, path, RANK_FILE, &err);

		if (code != ERR_OK)
			log_line(LOG_INFO, "keyring", "%s", err.msg);
		if (code != ERR_OK && code != ERR_NOTFOUND)
			note(k, "%s", err.msg);
		free(path);
	}
}

static bool goes_before(const struct key *a, const struct key *b)
{
	return a->rank != b->rank ? a->rank < b->rank : a->place < b->place;
}

/* By rank; what only a public half is known of, and no agent has, is out. */
static void order_keys(struct keyring *k)
{
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++) {
		struct key key = k->keys[i];
		size_t at = n;

		if (key.public_only && key.path) {
			note(k, "of %s only the public half is here, and the "
				"agent does not have it",
			     shown_str(key.path).s);
			key_release(&key);
			continue;
		}
		for (; at > 0 && goes_before(&key, &k->keys[at - 1]); at--)
			k->keys[at] = k->keys[at - 1];
		k->keys[at] = key;
		n++;
	}
	k->n = n;
}

/*
 * An identity asked for by name goes before the agent's keys, because servers
 * end a login after a few. Else the order is ssh's: what the agent has of the
 * files, what else it has, then the other files.
 */
static enum err_code
list_keys(struct keyring *k, const struct msg_keyring_open *m, struct err *err)
{
	char *identity = bytes_to_str(m->identity);
	enum err_code code = ERR_OK;

	k->agent = bytes_to_str(m->agent);
	k->only = m->only;
	if (identity[0])
		code = add_file(k, identity, RANK_ASKED, err);
	add_files(k, m->files);
	list_agent(k);
	order_keys(k);
	free(identity);
	return code;
}

static enum err_code tell_keys(struct keyring *k, struct err *err)
{
	struct msg_keyring_listed done = {.note = bytes_str(k->note)};

	for (size_t i = 0; i < k->n; i++) {
		const struct key *key = &k->keys[i];
		struct msg_keyring_key m = {
			.blob = key->blob,
			.comment = key->comment,
			.source = bytes_str(key->path ? key->path : "agent"),
			.locked = key->locked,
		};
		enum err_code code =
			msg_send(&k->chan, MSG_KEYRING_KEY, &m, err);

		if (code != ERR_OK)
			return code;
	}
	return msg_send(&k->chan, MSG_KEYRING_LISTED, &done, err);
}

/* Makes sure that the lockbox has the key; m says when it is locked. */
static enum err_code load(struct keyring *k, struct key *key,
			  struct msg_signed *m, struct err *err)
{
	enum err_code code;

	if (key->loaded)
		return ERR_OK;
	code = lockbox_may_add(key->path, err);
	if (code != ERR_OK)
		return code; /* whatever the passphrase is */
	if (key->locked)
		code = err_set(err, ERR_AUTH, "%s needs its passphrase",
			       shown_str(key->path).s);
	else
		code = lockbox_add(&k->lockbox, key->path, (struct bytes){0},
				   err);
	key->loaded = code == ERR_OK;
	m->locked = code == ERR_AUTH;
	return code;
}

/* Which key it was that could not sign. */
static enum err_code blame(const struct key *key, struct err *err)
{
	char fingerprint[FINGERPRINT_MAX];

	return err_wrap(err, "%s %.80s (%s)", key->path ? "the key" : "the "
			"agent's key", key->path ? shown_str(key->path).s
						 : shown(key->comment).s,
			key_fingerprint(key->blob, fingerprint));
}

static enum err_code sign(struct keyring *k, const struct msg_sign *ask,
			  struct agent *a, struct msg_signed *m,
			  struct err *err)
{
	struct key *key = find_key(k, ask->blob);
	enum err_code code;

	if (!key)
		return err_set(err, ERR_NOTFOUND, "there is no such key");
	m->path = bytes_str(key->path);
	if (key->path) {
		code = load(k, key, m, err);
		if (code == ERR_OK)
			code = agent_open(a, k->lockbox.socket, err);
	} else {
		code = agent_open(a, k->agent, err);
	}
	if (code != ERR_OK)
		return code;
	code = agent_sign(a, key->blob, ask->data, (uint32_t)ask->flags,
			  &m->signature, err);
	return code == ERR_OK ? code : blame(key, err);
}

static enum err_code on_sign(struct keyring *k, const struct frame *f,
			     struct err *err)
{
	struct msg_sign ask;
	struct msg_signed m = {0};
	struct agent a = {.fd = -1};
	struct err why;
	enum err_code code = msg_read(f, MSG_KEYRING_SIGN, &ask, err);

	if (code != ERR_OK)
		return code;
	m.id = ask.id;
	m.ok = sign(k, &ask, &a, &m, &why) == ERR_OK;
	if (!m.ok) {
		m.signature = (struct bytes){0};
		m.message = bytes_str(why.msg);
	}
	code = msg_send(&k->chan, MSG_KEYRING_SIGNED, &m, err);
	agent_close(&a);
	return code;
}

/* Only files that were listed: the engine does not choose what is read. */
static enum err_code
unlock(struct keyring *k, const struct msg_keyring_unlock *ask, struct err *err)
{
	for (size_t i = 0; i < k->n; i++) {
		struct key *key = &k->keys[i];
		enum err_code code;

		if (!key->path || !bytes_eq(bytes_str(key->path), ask->path))
			continue;
		code = lockbox_add(&k->lockbox, key->path, ask->passphrase,
				   err);
		key->loaded = code == ERR_OK;
		return code;
	}
	return err_set(err, ERR_NOTFOUND, "%s is none of the key files",
		       shown(ask->path).s);
}

static enum err_code on_unlock(struct keyring *k, const struct frame *f,
			       struct err *err)
{
	struct msg_keyring_unlock ask;
	struct msg_keyring_unlocked m = {0};
	struct err why;
	enum err_code code = msg_read(f, MSG_KEYRING_UNLOCK, &ask, err);

	if (code != ERR_OK)
		return code;
	m.path = ask.path;
	m.ok = unlock(k, &ask, &why) == ERR_OK;
	if (!m.ok)
		m.message = bytes_str(why.msg);
	code = msg_send(&k->chan, MSG_KEYRING_UNLOCKED, &m, err);
	chan_wipe(&k->chan);
	return code;
}

static enum err_code serve(struct keyring *k, struct err *err)
{
	struct deadline never = deadline_in(INT64_MAX, NULL);
	struct msg_keyring_open m;
	struct frame f;
	enum err_code code = chan_wait(&k->chan, &f, never, err);

	if (code == ERR_OK)
		code = msg_read(&f, MSG_KEYRING_OPEN, &m, err);
	if (code == ERR_OK)
		code = list_keys(k, &m, err);
	if (code == ERR_OK)
		code = tell_keys(k, err);
	while (code == ERR_OK) {
		code = chan_wait(&k->chan, &f, never, err);
		if (code != ERR_OK)
			break;
		if (f.type == MSG_KEYRING_UNLOCK)
			code = on_unlock(k, &f, err);
		else
			code = on_sign(k, &f, err);
	}
	return code;
}

int keyring_main(int chan_fd, int fd)
{
	struct keyring k = {0};
	struct err err;
	int status = 0;

	close_fd(fd);
	secret_harden_process();
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	chan_init(&k.chan, chan_fd);
	(void)serve(&k, &err); /* ends with an error in any case */
	if (!k.chan.eof) {
		msg_send_fault(&k.chan, &err);
		status = 1;
	}
	lockbox_close(&k.lockbox);
	chan_release(&k.chan);
	for (size_t i = 0; i < k.n; i++)
		key_release(&k.keys[i]);
	free(k.agent);
	return status;
}
