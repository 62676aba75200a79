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
	engine_say(h->engine, NOTICE_ASK, &q->ask, NULL);
}

void ask_password(struct hostrun *h, const char *prompt)
{
	struct question *q = question_new(h->engine, ASK_PASSWORD, h, prompt);

	engine_say(h->engine, NOTICE_ASK, &q->ask, NULL);
}

void ask_passphrase(struct engine *e, struct hostrun *h, const char *path,
		    const char *prompt)
{
	struct question *q = question_new(e, ASK_PASSPHRASE, h, prompt);

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

static void give_password(struct hostrun *h, bool yes, struct bytes secret)
{
	struct msg_link_secret m = {.ok = yes, .value = secret};

	hostrun_phase(h, HOST_AUTH);
	(void)hostrun_answer(h, &m);
}

void ask_answered(struct engine *e, uint64_t id, bool yes, struct bytes secret)
{
	for (struct question **at = &e->questions; *at; at = &(*at)->next) {
		struct question *q = *at;

		if (q->ask.id != id)
			continue;
		*at = q->next;
		switch (q->ask.kind) {
		case ASK_HOST_KEY:
			host_key_answered(e, q->host, yes);
			break;
		case ASK_PASSPHRASE:
			keyring_passphrase(e, q->path, yes, secret);
			break;
		case ASK_PASSWORD:
			give_password(q->host, yes, secret);
			break;
		case ASK_GO_ON:
			run_go_on(q->run, yes);
			break;
		}
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
