/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this that host? The key pinned in the case decides; with none pinned,
 * known_hosts does; with neither, a person or --accept-new-host-keys. A key
 * that differs from what is on record stops the work for that host, always.
 */
#include "base/base.h"

#include "base/text.h"
#include "job/engine.h"

static void accept(struct hostrun *h, const char *how)
{
	struct msg_link_verdict yes = {.accepted = true};

	if (h->cut_asking) {
		hostrun_again(h);
		return;
	}
	outcome_hop(h, how);
	if (hostrun_send(h, MSG_LINK_VERDICT, &yes))
		hostrun_phase(h, HOST_AUTH);
}

/* It is asked for a key of this type when it is reached again. */
static void pin_type(struct hostrun *h)
{
	struct job_host *at = hostrun_at(h);

	free(at->pinned_key_type);
	at->pinned_key_type = xstrdup(h->key_type);
}

static void pin_and_accept(struct hostrun *h, const char *how)
{
	struct job_host *at = hostrun_at(h);

	outcome_host_key(h, CHANGE_HOST_TRUST, how, NULL);
	/* For a later host key exchange of this same run. */
	free(at->pinned_fingerprint);
	at->pinned_fingerprint = xstrdup(h->fingerprint);
	pin_type(h);
	accept(h, how);
}

/* A fingerprint can be vouched for before the key itself was ever seen. */
static void accept_pinned(struct hostrun *h)
{
	if (!hostrun_at(h)->pinned_key_type)
		outcome_host_key(h, CHANGE_HOST_TRUST,
				 "has the fingerprint on record", NULL);
	pin_type(h);
	accept(h, "pinned");
}

static void refuse(struct hostrun *h, const char *expected,
		   const struct err *why)
{
	outcome_host_key(h, CHANGE_HOST_KEY_REFUSED, why->msg, expected);
	hostrun_fail(h, why);
}

#define WHOSE_MAX 400

/* The server that offers a key: where it is, and who it is, when it is only on
 * the way to the host that all this is told of. */
static const char *whose(const struct hostrun *h, char out[WHOSE_MAX])
{
	if (h->hop < h->host->n_jumps)
		(void)snprintf(out, WHOSE_MAX, "%.160s (jump host %.100s)",
			       h->address, hostrun_at(h)->name);
	else
		(void)snprintf(out, WHOSE_MAX, "%.300s", h->address);
	return out;
}

static void refuse_changed(struct hostrun *h, const char *expected,
			   const char *where)
{
	char offers[WHOSE_MAX];
	struct err err;

	err_set(&err, ERR_HOSTKEY,
		"host key CHANGED: %s offers %s %s, %s %s; not connected. "
		"A reinstalled host, another host, or someone between: find "
		"out by another way before trusting it",
		whose(h, offers), h->key_type, h->fingerprint, where, expected);
	refuse(h, expected, &err);
}

/* What is said of an authority whose certificate would have vouched. */
static void say_authority(const struct known_result *known, char *out,
			  size_t room)
{
	char path[120];
	size_t n = strlen(out);

	if (known->authority.path)
		(void)snprintf(out + n, room - n,
			       "%sthe @cert-authority of %s:%u covers it, but "
			       "host certificates are not supported",
			       n ? "; " : "",
			       text_into(path, sizeof path,
					 bytes_str(known->authority.path)),
			       known->authority.line);
}

/* It is known, by keys of other types than the one it shows: because it has
 * none of those any more, or because we could not make use of them. */
static void say_types(const struct hostrun *h, const struct known_hosts *files,
		      const struct known_result *known, char *out, size_t room)
{
	char name[REACH_KEY_NAME_MAX], path[120];
	struct buf types;

	if (known->verdict != KNOWN_OTHER_TYPE)
		return;
	buf_init(&types, 1024);
	reach_key_name(&hostrun_at(h)->reach, name);
	known_hosts_types(files, name, &types);
	(void)snprintf(out, room,
		       "%s:%u has it with %.80s, which %s, and none of %s",
		       text_into(path, sizeof path,
				 bytes_str(known->place.path)),
		       known->place.line, shown(buf_bytes(&types)).s,
		       remote_verifies(buf_bytes(&types))
			       ? "it did not show"
			       : "this SSH library cannot verify",
		       h->key_type);
	buf_release(&types);
}

/* How it could be confirmed: sshd's own file of that key. */
static void say_confirm(const char *type, char *out, size_t room)
{
	static const struct {
		const char *type, *name;
	} kinds[] = {
		{"ssh-ed25519", "ed25519"},
		{"ssh-rsa", "rsa"},
		{"ssh-dss", "dsa"},
		{"ecdsa-", "ecdsa"},
	};
	const char *name = "*";

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strncmp(type, kinds[i].type, strlen(kinds[i].type)) == 0)
			name = kinds[i].name;
	(void)snprintf(out, room, "ssh-keygen -lf /etc/ssh/ssh_host_%s_key.pub",
		       name);
}

/* What makes the key known. A server on the way is no host of the case, and
 * becomes one to be trusted by a fingerprint. */
static void say_cure(const struct hostrun *h, char *out, size_t room)
{
	const struct job_host *at = hostrun_at(h);

	if (at->id.s[0])
		(void)snprintf(out, room,
			       "halligan host trust %s --fingerprint %s",
			       at->name, h->fingerprint);
	else
		(void)snprintf(out, room,
			       "halligan host add %.60s NAME, halligan host "
			       "trust NAME --fingerprint %s, and -J NAME",
			       at->name, h->fingerprint);
}

static void refuse_unknown(struct hostrun *h)
{
	bool strict = hostrun_at(h)->reach.strict == REACH_STRICT;
	char confirm[80], cure[300], of[WHOSE_MAX];
	struct err err;

	say_confirm(h->key_type, confirm, sizeof confirm);
	say_cure(h, cure, sizeof cure);
	err_set(&err, ERR_HOSTKEY,
		"unknown host key of %s: %s %s%s; compare it by another way "
		"(on its console: %s), then: %s%s%s",
		whose(h, of), h->key_type, h->fingerprint,
		strict ? ", and StrictHostKeyChecking is yes" : "", confirm,
		cure, h->authority[0] ? "; " : "",
		h->authority);
	refuse(h, NULL, &err);
}

static void ask(struct hostrun *h)
{
	char note[ASK_PROMPT_MAX], confirm[80];

	(void)snprintf(note, sizeof note, "%s", h->authority);
	say_confirm(h->key_type, confirm, sizeof confirm);
	hostrun_phase(h, HOST_ASKING);
	ask_host_key(h, note, confirm);
}

/* Nobody vouches for it: what was ordered decides, else a person. */
static void judge_unknown(struct hostrun *h, const struct known_hosts *files,
			  const struct known_result *known)
{
	const struct reach *r = &hostrun_at(h)->reach;
	bool new = known->verdict == KNOWN_UNKNOWN;
	char how[400], where[300];

	h->authority[0] = '\0';
	say_types(h, files, known, h->authority, sizeof h->authority);
	say_authority(known, h->authority, sizeof h->authority);
	if (h->run->job->accept_new_host_keys && new) {
		pin_and_accept(h, "accept-new-host-keys");
	} else if (r->strict == REACH_STRICT) {
		refuse_unknown(h);
	} else if (r->strict != REACH_ASK && new) {
		(void)snprintf(
			how, sizeof how, "StrictHostKeyChecking %s of %.240s",
			r->strict == REACH_NOT_STRICT ? "no" : "accept-new",
			text_into(where, sizeof where,
				  bytes_str(reach_where(
					  r, SSH_STRICTHOSTKEYCHECKING))));
		pin_and_accept(h, how);
	} else {
		ask(h);
	}
}

static void refuse_revoked(struct hostrun *h, const char *where)
{
	char of[WHOSE_MAX];
	struct err err;

	err_set(&err, ERR_HOSTKEY,
		"host key %s of %s is revoked in %s; not connected",
		h->fingerprint, whose(h, of), where);
	refuse(h, NULL, &err);
}

static void say_where(const struct known_result *known, char *out, size_t room)
{
	char path[280];

	(void)text_into(path, sizeof path, bytes_str(known->place.path));
	(void)snprintf(out, room, "%s:%u", path, known->place.line);
}

static void judge_unpinned(struct hostrun *h, const struct known_hosts *files,
			   const struct known_result *known)
{
	char where[300];

	say_where(known, where, sizeof where);
	switch (known->verdict) {
	case KNOWN_MATCH:
		pin_and_accept(h, known->without_port
					  ? "known_hosts, by the name "
					    "without a port"
					  : "known_hosts");
		break;
	case KNOWN_CHANGED:
		(void)strncat(where, " has", sizeof where - strlen(where) - 1);
		refuse_changed(h, known->fingerprint, where);
		break;
	case KNOWN_REVOKED:
		refuse_revoked(h, where);
		break;
	case KNOWN_UNKNOWN:
	case KNOWN_OTHER_TYPE:
		judge_unknown(h, files, known);
		break;
	}
}

/* A pin stands above what known_hosts says, but for a key that was revoked
 * since. */
static void judge_pinned(struct hostrun *h, const char *pinned,
			 const struct known_result *known)
{
	char where[300];

	say_where(known, where, sizeof where);
	if (known->verdict == KNOWN_REVOKED)
		refuse_revoked(h, where);
	else if (strcmp(pinned, h->fingerprint) == 0)
		accept_pinned(h);
	else
		refuse_changed(h, pinned, "the case has");
}

/* What known_hosts says of the key that was offered. */
static const struct known_hosts *look_up(struct hostrun *h,
					 struct known_result *known,
					 struct err *err)
{
	const struct reach *reach = &hostrun_at(h)->reach;
	const struct known_hosts *files = known_for(h->engine, reach, err);
	char name[REACH_KEY_NAME_MAX];
	bool has_port;

	if (!files)
		return NULL;
	reach_key_name(reach, name);
	has_port = !reach->alias[0] && name[0] == '[';
	known_hosts_check_port(files, name,
			       has_port ? reach->host : NULL,
			       bytes_str(h->key_type), buf_bytes(&h->key),
			       known);
	return files;
}

static void take_methods(struct hostrun *h,
			 const struct msg_link_hostkey *offer)
{
	(void)text_into(h->kex, sizeof h->kex, offer->kex);
	(void)text_into(h->host_key, sizeof h->host_key, offer->host_key);
	(void)text_into(h->cipher, sizeof h->cipher, offer->cipher);
	(void)text_into(h->mac, sizeof h->mac, offer->mac);
}

bool trust_is_same(const struct hostrun *a, const struct hostrun *b)
{
	char pin_a[JOB_PIN_NAME_MAX], pin_b[JOB_PIN_NAME_MAX];

	job_pin_name(&hostrun_at(a)->reach, pin_a);
	job_pin_name(&hostrun_at(b)->reach, pin_b);
	return strcmp(pin_a, pin_b) == 0 &&
	       strcmp(a->fingerprint, b->fingerprint) == 0;
}

void trust_judge(struct hostrun *h, const struct msg_link_hostkey *offer)
{
	const char *pinned = hostrun_at(h)->pinned_fingerprint;
	struct known_result known = {.verdict = KNOWN_UNKNOWN};
	const struct known_hosts *files;
	struct err err;

	take_methods(h, offer);
	(void)snprintf(h->key_type, sizeof h->key_type, "%s",
		       shown(offer->key_type).s);
	buf_clear(&h->key);
	if (!buf_add_bytes(&h->key, offer->key)) {
		err_set(&err, ERR_HOSTKEY, "host key of %zu bytes",
			offer->key.n);
		hostrun_fail(h, &err);
		return;
	}
	(void)key_fingerprint(offer->key, h->fingerprint);
	files = look_up(h, &known, &err);
	if (!files)
		refuse(h, NULL, &err);
	else if (pinned)
		judge_pinned(h, pinned, &known);
	else
		judge_unpinned(h, files, &known);
}

void trust_answer(struct hostrun *h, bool yes)
{
	if (yes)
		pin_and_accept(h, "answered");
	else
		refuse_unknown(h);
}
