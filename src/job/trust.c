/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this that host? The key pinned in the case decides; with none pinned,
 * known_hosts does; with neither, a person or --accept-new-host-keys. A key
 * that differs from what is on record stops the work for that host, always.
 */
#include "base/base.h"

#include "base/text.h"
#include "job/engine.h"

static void accept(struct hostrun *h)
{
	struct msg_link_verdict yes = {.accepted = true};

	if (hostrun_send(h, MSG_LINK_VERDICT, &yes))
		hostrun_phase(h, HOST_AUTH);
}

static void pin_and_accept(struct hostrun *h, const char *how)
{
	outcome_host_key(h, CHANGE_HOST_TRUST, how, NULL);
	/* For a later host key exchange of this same run. */
	free(h->host->pinned_fingerprint);
	h->host->pinned_fingerprint = xstrdup(h->fingerprint);
	accept(h);
}

/* A fingerprint can be vouched for before the key itself was ever seen. */
static void accept_pinned(struct hostrun *h)
{
	if (!h->host->pinned_key_type)
		outcome_host_key(h, CHANGE_HOST_TRUST,
				 "has the fingerprint on record", NULL);
	accept(h);
}

static void refuse(struct hostrun *h, const char *expected,
		   const struct err *why)
{
	outcome_host_key(h, CHANGE_HOST_KEY_REFUSED, why->msg, expected);
	hostrun_fail(h, why);
}

static void refuse_changed(struct hostrun *h, const char *expected,
			   const char *where)
{
	struct err err;

	err_set(&err, ERR_HOSTKEY,
		"host key CHANGED: %s offers %s %s, %s %s; not connected. "
		"A reinstalled host, another host, or someone between: find "
		"out by another way before trusting it",
		h->address, h->key_type, h->fingerprint, where, expected);
	refuse(h, expected, &err);
}

static void refuse_unknown(struct hostrun *h)
{
	struct err err;

	err_set(&err, ERR_HOSTKEY,
		"unknown host key of %s: %s %s; compare it by another way, "
		"then: halligan host trust %s --fingerprint %s",
		h->address, h->key_type, h->fingerprint, h->host->name,
		h->fingerprint);
	refuse(h, NULL, &err);
}

static void ask(struct hostrun *h, const struct known_result *known)
{
	char prompt[256];

	(void)snprintf(prompt, sizeof prompt,
		       "%s (%s) shows a host key nobody vouches for yet%s",
		       h->host->name, h->address,
		       known->verdict == KNOWN_OTHER_TYPE
			       ? "; known_hosts has this host with keys of "
				 "other types only"
			       : "");
	hostrun_phase(h, HOST_ASKING);
	ask_host_key(h, prompt);
}

static void judge_unpinned(struct hostrun *h)
{
	struct engine *e = h->engine;
	struct known_result known = {.verdict = KNOWN_UNKNOWN};
	struct err err;

	if (e->known_err.code != ERR_OK) {
		refuse(h, NULL, &e->known_err);
		return;
	}
	known_hosts_check(&e->known, &h->target, bytes_str(h->key_type),
			  buf_bytes(&h->key), &known);
	switch (known.verdict) {
	case KNOWN_MATCH:
		pin_and_accept(h, "known_hosts");
		break;
	case KNOWN_CHANGED:
		refuse_changed(h, known.fingerprint, "known_hosts has");
		break;
	case KNOWN_REVOKED:
		err_set(&err, ERR_HOSTKEY,
			"host key %s of %s is revoked in known_hosts",
			h->fingerprint, h->address);
		refuse(h, NULL, &err);
		break;
	case KNOWN_UNKNOWN:
	case KNOWN_OTHER_TYPE:
		if (h->run->job->accept_new_host_keys &&
		    known.verdict == KNOWN_UNKNOWN)
			pin_and_accept(h, "accept-new-host-keys");
		else
			ask(h, &known);
		break;
	}
}

void trust_judge(struct hostrun *h, const struct msg_link_hostkey *offer)
{
	const char *pinned = h->host->pinned_fingerprint;

	(void)snprintf(h->key_type, sizeof h->key_type, "%s",
		       shown(offer->key_type).s);
	buf_clear(&h->key);
	if (!buf_add_bytes(&h->key, offer->key)) {
		struct err err;

		err_set(&err, ERR_HOSTKEY, "host key of %zu bytes",
			offer->key.n);
		hostrun_fail(h, &err);
		return;
	}
	(void)key_fingerprint(offer->key, h->fingerprint);
	if (!pinned)
		judge_unpinned(h);
	else if (strcmp(pinned, h->fingerprint) == 0)
		accept_pinned(h);
	else
		refuse_changed(h, pinned, "the case has");
}

void trust_answer(struct hostrun *h, bool yes)
{
	if (yes)
		pin_and_accept(h, "answered");
	else
		refuse_unknown(h);
}
