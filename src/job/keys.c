/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keyrings, seen from the engine: one keyring child for each identity
 * that hosts name (mostly one, for none). A link that wants a signature asks
 * here; the data goes to the keyring, the signature comes back. A key whose
 * passphrase is missing is asked about once, while all who need it wait.
 */
#include "base/base.h"

#include "base/log.h"
#include "base/text.h"
#include "job/engine.h"

#define KEYS_MAX	 64
#define WANTED_MAX	 (256u << 10)
#define PASSPHRASE_TRIES 3
#define KEYRINGS_MAX	 32 /* more only while hosts need them */

struct key {
	struct key *next;
	struct buf blob;
	char name[160]; /* for people */
};

/* A signature somebody waits for. */
struct signing {
	struct signing *next;
	uint64_t id;
	struct hostrun *host;
	uint64_t link_id; /* the link's number for it */
	struct buf blob, data;
	uint64_t flags;
	char *locked_path; /* waits for this file's passphrase; NULL */
};

struct keyring {
	struct keyring *next;
	char *wanted; /* which keys: wanted_keys */
	struct child child;
	struct key *keys, **last_key;
	size_t n_keys;
	bool listed, dead;
	char note[240]; /* on a key that cannot be used */
	struct signing *signings;
	size_t n_hosts; /* that are at work with it */
	unsigned tries; /* passphrases given to the one being asked for */
};

/* What the keyring made safe is not spelled out twice. */
static void copy_safe(char *out, size_t room, struct bytes b)
{
	if (text_is_plain(b))
		(void)snprintf(out, room, "%.*s", (int)b.n,
			       (const char *)b.p);
	else
		(void)text_into(out, room, b);
}

/* Key files after each other, as the keyring is told them. */
static void add_files(const struct reach *r, struct buf *out)
{
	for (size_t i = 0; i < r->keys.n; i++) {
		const char *path = r->keys.v[i].path;

		(void)buf_add(out, path, strlen(path) + 1);
	}
}

/* The same for all hosts that one keyring serves. The caller's to free. */
static char *wanted_keys(const struct reach *r)
{
	struct buf out;

	buf_init(&out, WANTED_MAX);
	(void)buf_addf(&out, "%s\n%s\n%d", r->agent,
		       r->identity ? r->identity : "", r->keys_only);
	for (size_t i = 0; i < r->keys.n; i++)
		(void)buf_addf(&out, "\n%s", r->keys.v[i].path);
	return buf_detach(&out);
}

static struct keyring *find(struct engine *e, const struct reach *r)
{
	struct keyring *k = e->keyrings;
	char *wanted = wanted_keys(r);

	while (k && (k->dead || strcmp(k->wanted, wanted) != 0))
		k = k->next;
	free(wanted);
	return k;
}

static bool keyring_send(struct keyring *k, enum msg_type type,
			 const void *msg)
{
	struct err err;

	if (!k->dead && msg_send(&k->child.chan, type, msg, &err) == ERR_OK &&
	    chan_flush(&k->child.chan, &err) == ERR_OK)
		return true;
	return false;
}

static struct keyring *start(struct engine *e, const struct reach *r)
{
	struct keyring *k = xcalloc(1, sizeof *k);
	struct msg_keyring_open open = {
		.agent = bytes_str(r->agent),
		.identity = bytes_str(r->identity),
		.only = r->keys_only,
	};
	struct buf files;
	struct err err;

	buf_init(&files, WANTED_MAX);
	add_files(r, &files);
	open.files = buf_bytes(&files);
	k->wanted = wanted_keys(r);
	k->last_key = &k->keys;
	k->next = e->keyrings;
	e->keyrings = k;
	if (zygote_spawn(e->config.zygote, CHILD_KEYRING, -1, &k->child,
			 &err) != ERR_OK) {
		k->dead = k->listed = true;
		log_line(LOG_ERROR, "keys", "no keyring: %s", err.msg);
	} else if (!keyring_send(k, MSG_KEYRING_OPEN, &open)) {
		k->listed = true;
	}
	buf_release(&files);
	return k;
}

void keyring_want(struct hostrun *h)
{
	bool listed = true;

	for (size_t i = 0; i <= h->host->n_jumps; i++) {
		const struct reach *r = &hostrun_hop(h, i)->reach;
		struct keyring *k = find(h->engine, r);

		if (!k)
			k = start(h->engine, r);
		h->keyrings[i] = k;
		k->n_hosts++;
		listed = listed && k->listed;
	}
	if (listed)
		hostrun_go(h);
}

static size_t offer_to(struct hostrun *h, size_t hop)
{
	struct keyring *k = h->keyrings[hop];
	size_t n = 0;

	if (k && k->note[0])
		(void)snprintf(h->key_note, sizeof h->key_note, "%s", k->note);
	for (struct key *key = k ? k->keys : NULL; key; key = key->next) {
		struct msg_link_key m = {.blob = buf_bytes(&key->blob),
					 .name = bytes_str(key->name),
					 .hop = hop};

		if (hostrun_send(h, MSG_LINK_KEY, &m))
			n++;
	}
	return n;
}

size_t keyring_offer(struct hostrun *h)
{
	size_t n = 0;

	for (size_t i = 0; i <= h->host->n_jumps; i++)
		n += offer_to(h, i);
	return n;
}

/* ---- signatures ---- */

static void signing_free(struct signing *s)
{
	buf_release(&s->blob);
	buf_release(&s->data);
	free(s->locked_path);
	free(s);
}

static struct signing **signing_find(struct keyring *k, uint64_t id)
{
	struct signing **at = &k->signings;

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

static bool request(struct keyring *k, struct signing *s)
{
	struct msg_sign m = {.id = s->id,
			     .blob = buf_bytes(&s->blob),
			     .data = buf_bytes(&s->data),
			     .flags = s->flags};

	return keyring_send(k, MSG_KEYRING_SIGN, &m);
}

/* The last word on a signature; NULL answer: there is none. */
static void settle(struct signing **at,
		   const struct msg_signed *answer)
{
	struct msg_signed out = {.ok = false};
	struct signing *s = *at;

	if (answer)
		out = *answer;
	out.id = s->link_id;
	out.locked = false;
	*at = s->next;
	if (!out.ok && out.message.n)
		copy_safe(s->host->key_note, sizeof s->host->key_note,
			  out.message);
	if (s->host->phase == HOST_ASKING)
		hostrun_phase(s->host, HOST_AUTH);
	if (s->host->cut_asking && out.ok)
		hostrun_again(s->host);
	else if (!s->host->cut_asking)
		(void)hostrun_send(s->host, MSG_LINK_SIGNED, &out);
	signing_free(s);
}

void keyring_sign(struct hostrun *h, const struct msg_sign *sign)
{
	struct keyring *k = h->keyrings[h->hop];
	struct signing *s;

	if (!k || k->dead) {
		struct msg_signed no = {.id = sign->id};

		(void)hostrun_send(h, MSG_LINK_SIGNED, &no);
		return;
	}
	s = xcalloc(1, sizeof *s);
	s->id = ++h->engine->last_sign;
	s->host = h;
	s->link_id = sign->id;
	s->flags = sign->flags;
	buf_init(&s->blob, MSG_DATA_MAX);
	buf_init(&s->data, MSG_DATA_MAX);
	s->next = k->signings;
	k->signings = s;
	if (!buf_add_bytes(&s->blob, sign->blob) ||
	    !buf_add_bytes(&s->data, sign->data) || !request(k, s))
		settle(&k->signings, NULL);
}

static void ask_for(struct signing *s, const char *path,
		    bool again)
{
	hostrun_phase(s->host, HOST_ASKING);
	if (!ask_is_open_for(s->host->engine, path))
		ask_passphrase(s->host->engine, s->host, path, again);
}

static void on_signed(struct keyring *k, const struct msg_signed *m)
{
	struct signing **at = signing_find(k, m->id);

	if (!*at)
		return; /* its host has ended */
	if (m->ok || !m->locked) {
		settle(at, m);
		return;
	}
	free((*at)->locked_path);
	(*at)->locked_path = bytes_to_str(m->path);
	k->tries = 0;
	ask_for(*at, (*at)->locked_path, false);
}

/* Every signature that waits for this file: once more, or given up. */
static void on_unlocked(struct keyring *k, const struct msg_keyring_unlocked *m)
{
	struct msg_signed no = {.message = m->message};
	bool again = !m->ok && ++k->tries < PASSPHRASE_TRIES;
	struct signing **at = &k->signings;

	while (*at) {
		struct signing *s = *at;

		if (!s->locked_path ||
		    !bytes_eq(bytes_str(s->locked_path), m->path)) {
			at = &s->next;
		} else if (again) {
			ask_for(s, s->locked_path, true);
			at = &s->next;
		} else if (m->ok && request(k, s)) {
			free(s->locked_path);
			s->locked_path = NULL;
			if (!s->host->cut_asking)
				hostrun_phase(s->host, HOST_AUTH);
			at = &s->next;
		} else {
			settle(at, &no);
		}
	}
}

static void give_up(struct keyring *k, const char *path, const char *why)
{
	struct msg_keyring_unlocked no = {.path = bytes_str(path),
					  .message = bytes_str(why)};

	k->tries = PASSPHRASE_TRIES;
	on_unlocked(k, &no);
}

void keyring_passphrase(struct engine *e, const char *path, bool yes,
			struct bytes secret)
{
	for (struct keyring *k = e->keyrings; k; k = k->next) {
		struct msg_keyring_unlock m = {.path = bytes_str(path),
					       .passphrase = secret};
		bool wanted = false;

		for (struct signing *s = k->signings; s; s = s->next)
			wanted |= s->locked_path &&
				  strcmp(s->locked_path, path) == 0;
		if (!wanted)
			continue;
		if (!yes || !keyring_send(k, MSG_KEYRING_UNLOCK, &m)) {
			char why[400];

			(void)snprintf(why, sizeof why, "%s for %.160s%s%s",
				       k->tries ? "wrong passphrase"
						: "no passphrase was given",
				       shown_str(path).s,
				       e->nobody[0] ? ": " : "", e->nobody);
			give_up(k, path, why);
		}
	}
}

/* ---- what the keyring says ---- */

static void on_key(struct keyring *k, const struct msg_keyring_key *m)
{
	struct key *key;

	if (k->n_keys == KEYS_MAX)
		return;
	key = xcalloc(1, sizeof *key);
	buf_init(&key->blob, MSG_DATA_MAX);
	(void)buf_add_bytes(&key->blob, m->blob);
	if (bytes_eq(m->source, bytes_str("agent")))
		(void)snprintf(key->name, sizeof key->name,
			       "the agent's key %s", shown(m->comment).s);
	else
		(void)text_into(key->name, sizeof key->name, m->source);
	*k->last_key = key;
	k->last_key = &key->next;
	k->n_keys++;
}

static bool all_listed(const struct hostrun *h)
{
	for (size_t i = 0; i <= h->host->n_jumps; i++)
		if (!h->keyrings[i] || !h->keyrings[i]->listed)
			return false;
	return true;
}

static void on_listed(struct engine *e, struct keyring *k)
{
	if (k->listed)
		return;
	k->listed = true;
	for (struct jobrun *run = e->jobs; run; run = run->next)
		for (size_t i = 0; i < run->job->n_hosts; i++) {
			struct hostrun *h = &run->hosts[i];

			if (h->is_link && !h->keys_offered && all_listed(h))
				hostrun_go(h);
		}
}

/* A key that cannot be used is told of when we were not let in. */
static void on_note(struct keyring *k, struct bytes note)
{
	copy_safe(k->note, sizeof k->note, note);
}

/* It has no keys at all then: a file that was named cannot be used. */
static void on_fault(struct keyring *k, const struct frame *f)
{
	struct err err;

	if (msg_fault_to_err(f, &err) != ERR_OK) /* always */
		log_line(LOG_WARN, "keys", "%s", err.msg);
	(void)snprintf(k->note, sizeof k->note, "%s", err.msg);
}

static void on_frame(struct engine *e, struct keyring *k,
		     const struct frame *f)
{
	union {
		struct msg_keyring_key key;
		struct msg_keyring_listed listed;
		struct msg_signed sig;
		struct msg_keyring_unlocked unlocked;
	} m;
	struct err err;

	switch (f->type) {
	case MSG_FAULT:
		on_fault(k, f);
		break;
	case MSG_KEYRING_KEY:
		if (msg_read(f, MSG_KEYRING_KEY, &m.key, &err) == ERR_OK)
			on_key(k, &m.key);
		break;
	case MSG_KEYRING_LISTED:
		if (msg_read(f, MSG_KEYRING_LISTED, &m.listed, &err) == ERR_OK)
			on_note(k, m.listed.note);
		on_listed(e, k);
		break;
	case MSG_KEYRING_SIGNED:
		if (msg_read(f, MSG_KEYRING_SIGNED, &m.sig, &err) == ERR_OK)
			on_signed(k, &m.sig);
		break;
	case MSG_KEYRING_UNLOCKED:
		if (msg_read(f, MSG_KEYRING_UNLOCKED, &m.unlocked, &err) ==
		    ERR_OK)
			on_unlocked(k, &m.unlocked);
		break;
	}
}

/* Without its keyring a host can still try a password. */
static void on_death(struct engine *e, struct keyring *k)
{
	log_line(LOG_ERROR, "keys", "the keyring ended");
	k->dead = true;
	while (k->signings)
		settle(&k->signings, NULL);
	on_listed(e, k);
}

struct child *keyrings_next(struct engine *e, struct keyring **at)
{
	*at = *at ? (*at)->next : e->keyrings;
	while (*at && (*at)->dead)
		*at = (*at)->next;
	return *at ? &(*at)->child : NULL;
}

void keyrings_readable(struct engine *e, struct child *child)
{
	struct keyring *k = e->keyrings;
	struct frame f;
	struct err err;
	bool got;

	while (k && &k->child != child)
		k = k->next;
	if (!k || k->dead)
		return;
	if (chan_flush(&k->child.chan, &err) != ERR_OK ||
	    chan_fill(&k->child.chan, &err) != ERR_OK) {
		on_death(e, k);
		return;
	}
	while (chan_next(&k->child.chan, &f, &got, &err) == ERR_OK && got)
		on_frame(e, k, &f);
	if (k->child.chan.eof)
		on_death(e, k);
}

static void keyring_free(struct keyring *k)
{
	while (k->signings) {
		struct signing *next = k->signings->next;

		signing_free(k->signings);
		k->signings = next;
	}
	while (k->keys) {
		struct key *next = k->keys->next;

		buf_release(&k->keys->blob);
		free(k->keys);
		k->keys = next;
	}
	if (k->child.id)
		chan_release(&k->child.chan);
	free(k->wanted);
	free(k);
}

/* Where each host has key files of its own, each has a keyring; the oldest
 * that no host needs go. Their end of file ends the children. */
static void trim(struct engine *e)
{
	struct keyring **at = &e->keyrings;
	size_t n = 0;

	while (*at) {
		struct keyring *k = *at;

		if (n < KEYRINGS_MAX || k->n_hosts) {
			n++;
			at = &k->next;
			continue;
		}
		*at = k->next;
		keyring_free(k);
	}
}

static void forget(struct keyring *k, const struct hostrun *h)
{
	struct signing **at = &k->signings;

	while (*at) {
		struct signing *s = *at;

		if (s->host != h) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		signing_free(s);
	}
	k->n_hosts--;
}

void keyrings_forget(struct engine *e, struct hostrun *h)
{
	for (size_t i = 0; i <= h->host->n_jumps; i++) {
		if (h->keyrings[i])
			forget(h->keyrings[i], h);
		h->keyrings[i] = NULL;
	}
	trim(e);
}

void keyrings_release(struct engine *e)
{
	while (e->keyrings) {
		struct keyring *next = e->keyrings->next;

		keyring_free(e->keyrings);
		e->keyrings = next;
	}
}
