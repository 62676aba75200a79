/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to people. Each waits for the front's answer; a host that ends
 * takes its questions back. A passphrase is asked once per key file however
 * many hosts need it.
 */
#include "base/base.h"

#include "base/text.h"
#include "job/engine.h"

struct question {
	struct question *next;
	struct ask ask;
	struct hostrun *host; /* NULL: of the run as a whole */
	struct jobrun *run;   /* ASK_GO_ON */
	char *path; /* ASK_PASSPHRASE: the key file */
	char *what; /* ASK_PASSWORD: the same as others want; NULL */
	bool waits; /* nobody was asked: another's answer may do */
};

static struct question *question_new(struct engine *e, enum ask_kind kind,
				     struct hostrun *h, const char *prompt)
{
	struct question *q = xcalloc(1, sizeof *q);

	q->ask.id = ++e->last_ask;
	q->ask.kind = kind;
	q->host = h;
	if (h) {
		(void)snprintf(q->ask.host, sizeof q->ask.host, "%s",
			       h->host->name);
		(void)snprintf(q->ask.address, sizeof q->ask.address, "%s",
			       h->address);
	}
	(void)snprintf(q->ask.prompt, sizeof q->ask.prompt, "%s", prompt);
	q->next = e->questions;
	e->questions = q;
	return q;
}

static void question_free(struct question *q)
{
	free(q->path);
	free(q->what);
	free(q);
}

void ask_host_key(struct hostrun *h, const char *note, const char *confirm)
{
	struct question *q = question_new(h->engine, ASK_HOST_KEY, h, note);

	(void)snprintf(q->ask.confirm, sizeof q->ask.confirm, "%s", confirm);
	(void)snprintf(q->ask.key_type, sizeof q->ask.key_type, "%s",
		       h->key_type);
	(void)snprintf(q->ask.fingerprint, sizeof q->ask.fingerprint, "%s",
		       h->fingerprint);
	if (h->hop < h->host->n_jumps)
		(void)snprintf(q->ask.server, sizeof q->ask.server, "%s",
			       hostrun_at(h)->name);
	engine_say(h->engine, NOTICE_ASK, &q->ask, NULL);
}

/* What h wants has a name, be it its own affair. True when it is what its last
 * link wanted, and there is an answer by now. */
static bool name_secret(struct hostrun *h, const char *what,
			const char *prompt)
{
	char name[ASK_WHAT_MAX];
	bool same;

	(void)snprintf(name, sizeof name, "%s%.400s",
		       what[0] ? "" : "answer ", what[0] ? what : prompt);
	same = h->kept.page && strcmp(h->wants, name) == 0;
	if (!same)
		secret_release(&h->kept);
	(void)snprintf(h->wants, sizeof h->wants, "%s", name);
	return same;
}

static bool has_asked(struct hostrun *h, enum login_secret secret)
{
	uint64_t here = UINT64_C(1) << h->hop;
	bool has = h->asked[secret] & here;

	h->asked[secret] |= here;
	return has;
}

static void give_kept(struct hostrun *h)
{
	ask_give_password(h, true, secret_bytes(&h->kept));
	secret_release(&h->kept);
}

void ask_password(struct hostrun *h, const char *prompt,
		  enum login_secret secret, bool echo)
{
	enum password_turn turn = PASSWORD_ASK;
	char what[PASSWORD_WHAT_MAX];
	bool again = has_asked(h, secret);
	struct question *q;

	password_what(h, secret, what);
	if (name_secret(h, what, prompt)) {
		give_kept(h);
		return;
	}
	if (what[0])
		turn = password_turn(h, what);
	if (turn == PASSWORD_HAVE) {
		password_give(h, what);
		return;
	}
	q = question_new(h->engine, ASK_PASSWORD, h, prompt);
	q->what = what[0] ? xstrdup(what) : NULL;
	q->waits = turn == PASSWORD_WAIT;
	q->ask.echo = echo;
	q->ask.again = again;
	(void)snprintf(q->ask.what, sizeof q->ask.what, "%s", h->wants);
	if (q->what && h->refused)
		(void)snprintf(q->ask.prompt, sizeof q->ask.prompt,
			       "not the one for all; %.480s", prompt);
	q->ask.shares = turn == PASSWORD_ASK_FOR_ALL;
	q->ask.may_share = what[0] && turn == PASSWORD_ASK && !h->refused &&
			   h->run->job->n_hosts > 1;
	if (!q->waits)
		engine_say(h->engine, NOTICE_ASK, &q->ask, NULL);
}

static bool wants(const struct question *q, const struct jobrun *run,
		  const char *what)
{
	return q->what && q->host->run == run && strcmp(q->what, what) == 0;
}

struct hostrun *ask_next_in_line(struct engine *e, const struct jobrun *run,
				 const char *what)
{
	struct hostrun *next = NULL;

	for (struct question *q = e->questions; q; q = q->next)
		if (q->waits && wants(q, run, what))
			next = q->host; /* the oldest is the last */
	return next;
}

void ask_line_up(const struct hostrun *h, const char *what)
{
	for (struct question *q = h->engine->questions; q; q = q->next) {
		if (q->waits || q->host == h || !wants(q, h->run, what))
			continue;
		q->waits = true;
		engine_say(h->engine, NOTICE_UNASK, &q->ask, NULL);
	}
}

void ask_put(struct hostrun *h, bool shares)
{
	for (struct question *q = h->engine->questions; q; q = q->next) {
		if (!q->waits || q->host != h)
			continue;
		q->waits = false;
		q->ask.shares = shares;
		engine_say(h->engine, NOTICE_ASK, &q->ask, NULL);
	}
}

/* The last word on the host says that there was nobody. */
static void note_nobody(struct hostrun *h)
{
	size_t n = strlen(h->key_note);

	if (h->engine->nobody[0])
		(void)snprintf(h->key_note + n, sizeof h->key_note - n,
			       "%snobody could be asked: %s", n ? "; " : "",
			       h->engine->nobody);
}

void ask_give_password(struct hostrun *h, bool yes, struct bytes secret)
{
	struct msg_link_secret m = {.ok = yes, .value = secret};
	struct question **at = &h->engine->questions;

	while (*at) {
		struct question *q = *at;

		if (!q->waits || q->host != h) {
			at = &q->next;
			continue;
		}
		*at = q->next;
		question_free(q);
	}
	if (!yes)
		note_nobody(h);
	if (h->cut_asking && yes) {
		secret_set(&h->kept, secret);
		hostrun_again(h);
		return;
	}
	hostrun_phase(h, HOST_AUTH);
	(void)hostrun_answer(h, &m);
}

void ask_passphrase(struct engine *e, struct hostrun *h, const char *path,
		    bool again)
{
	struct question *q = question_new(e, ASK_PASSPHRASE, h, "");

	(void)snprintf(q->ask.prompt, sizeof q->ask.prompt,
		       "%spassphrase for %s", again ? "wrong passphrase; " : "",
		       shown_str(path).s);
	(void)snprintf(q->ask.what, sizeof q->ask.what, "key %s", path);
	q->ask.again = again;
	q->path = xstrdup(path);
	engine_say(e, NOTICE_ASK, &q->ask, NULL);
}

void ask_go_on(struct engine *e, struct jobrun *run, const char *prompt)
{
	struct question *q = question_new(e, ASK_GO_ON, NULL, prompt);

	q->run = run;
	engine_say(e, NOTICE_ASK, &q->ask, NULL);
}

bool ask_is_open_for(const struct engine *e, const char *path)
{
	for (struct question *q = e->questions; q; q = q->next)
		if (q->path && strcmp(q->path, path) == 0)
			return true;
	return false;
}

/* Many hosts may be behind one server: what was answered of its key is the
 * answer to all of them. */
static void host_key_answered(struct engine *e, struct hostrun *h, bool yes)
{
	struct question **at = &e->questions;
	struct question *same = NULL;

	while (*at) {
		struct question *q = *at;

		if (q->ask.kind != ASK_HOST_KEY ||
		    !trust_is_same(h, q->host)) {
			at = &q->next;
			continue;
		}
		*at = q->next;
		q->next = same;
		same = q;
	}
	trust_answer(h, yes);
	while (same) {
		struct question *next = same->next;

		engine_say(e, NOTICE_UNASK, &same->ask, NULL);
		trust_answer(same->host, yes);
		question_free(same);
		same = next;
	}
}

static void password_answered(const struct question *q, const struct order *o)
{
	struct bytes secret = secret_bytes(&o->secret);

	if (q->ask.shares || (q->ask.may_share && o->shares))
		password_typed(q->host, q->what, o->yes, secret);
	else
		ask_give_password(q->host, o->yes, secret);
}

void ask_answered(struct engine *e, const struct order *o)
{
	for (struct question **at = &e->questions; *at; at = &(*at)->next) {
		struct question *q = *at;

		if (q->ask.id != o->ask_id || q->waits)
			continue;
		*at = q->next;
		(void)snprintf(e->nobody, sizeof e->nobody, "%s", o->why);
		switch (q->ask.kind) {
		case ASK_HOST_KEY:
			host_key_answered(e, q->host, o->yes);
			break;
		case ASK_PASSPHRASE:
			keyring_passphrase(e, q->path, o->yes,
					   secret_bytes(&o->secret));
			break;
		case ASK_PASSWORD:
			password_answered(q, o);
			break;
		case ASK_GO_ON:
			run_go_on(q->run, o->yes);
			break;
		}
		e->nobody[0] = '\0'; /* that was of this one */
		question_free(q);
		return;
	}
}

static void drop(struct engine *e, const struct hostrun *h,
		 const struct jobrun *run)
{
	struct question **at = &e->questions;

	while (*at) {
		struct question *q = *at;

		if (q->host != h || q->run != run) {
			at = &q->next;
			continue;
		}
		*at = q->next;
		if (!q->waits)
			engine_say(e, NOTICE_UNASK, &q->ask, NULL);
		question_free(q);
	}
}

/*
 * A passphrase outlives the host that first needed it only when another host
 * waits for the same key: then that one asks again.
 */
void ask_drop(struct engine *e, const struct hostrun *h)
{
	drop(e, h, NULL);
}

void ask_drop_run(struct engine *e, const struct jobrun *run)
{
	drop(e, NULL, run);
}

void ask_release(struct engine *e)
{
	while (e->questions) {
		struct question *next = e->questions->next;

		question_free(e->questions);
		e->questions = next;
	}
}
