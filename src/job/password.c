/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One answer for all hosts of a run that want the same password, where a
 * person said so. One of them tries it first while the others wait: a slip of
 * the finger is one wrong login, not as many as there are hosts.
 */
#include "base/base.h"

#include "job/engine.h"

#define LOGIN "login "

enum password_state {
	PASSWORD_ASKED,	 /* a person is thinking */
	PASSWORD_TRIED,	 /* the first has it */
	PASSWORD_RIGHT,	 /* and was let in with it */
	PASSWORD_DENIED, /* there is none */
};

struct password {
	struct password *next;
	char what[PASSWORD_WHAT_MAX];
	enum password_state state;
	struct hostrun *first; /* who is asked for all, or tries it; NULL */
	struct secret secret;
};

/* Becoming root comes after logging in, and is told of by other words. */
static bool is_login(const struct password *p)
{
	return strncmp(p->what, LOGIN, strlen(LOGIN)) == 0;
}

/*
 * A password goes to those who would have got it had it been typed for each:
 * of this user, for this purpose. A server on the way is nobody but itself.
 */
void password_what(const struct hostrun *h, enum login_secret secret,
		   char what[PASSWORD_WHAT_MAX])
{
	const struct reach *r = &hostrun_at(h)->reach;
	const char *how = hostrun_escalate(h);

	what[0] = '\0';
	if (secret == SECRET_LOGIN && h->hop < h->host->n_jumps)
		(void)snprintf(what, PASSWORD_WHAT_MAX, LOGIN "%.60s@%.255s:%u",
			       r->user, r->host, (unsigned)r->port);
	else if (secret == SECRET_LOGIN)
		(void)snprintf(what, PASSWORD_WHAT_MAX, LOGIN "%.255s",
			       r->user);
	else if (secret == SECRET_ROOT && strcmp(how, "su") == 0)
		(void)snprintf(what, PASSWORD_WHAT_MAX, "su");
	else if (secret == SECRET_ROOT && how[0])
		(void)snprintf(what, PASSWORD_WHAT_MAX, "%s %.255s", how,
			       r->user);
}

static struct password *find(const struct jobrun *run, const char *what)
{
	struct password *p = run->passwords;

	while (p && strcmp(p->what, what) != 0)
		p = p->next;
	return p;
}

static struct password *begin(struct hostrun *h, const char *what)
{
	struct password *p = xcalloc(1, sizeof *p);

	(void)snprintf(p->what, sizeof p->what, "%s", what);
	p->first = h;
	p->next = h->run->passwords;
	h->run->passwords = p;
	return p;
}

static void password_free(struct password *p)
{
	secret_release(&p->secret);
	free(p);
}

/* It asks again. */
static void was_wrong(struct password *p, struct hostrun *h)
{
	h->tried = NULL;
	if (p->state == PASSWORD_RIGHT) {
		h->refused = p;
	} else if (p->first == h && p->state == PASSWORD_TRIED) {
		p->state = PASSWORD_ASKED;
		secret_release(&p->secret);
	}
}

enum password_turn password_turn(struct hostrun *h, const char *what)
{
	struct password *p = find(h->run, what);

	if (p && h->tried == p)
		was_wrong(p, h);
	if (p ? h->refused == p : !h->run->job->share_password)
		return PASSWORD_ASK;
	if (!p)
		p = begin(h, what);
	if (p->state == PASSWORD_RIGHT || p->state == PASSWORD_DENIED)
		return PASSWORD_HAVE;
	return p->first == h ? PASSWORD_ASK_FOR_ALL : PASSWORD_WAIT;
}

void password_give(struct hostrun *h, const char *what)
{
	struct password *p = find(h->run, what);

	h->tried = p;
	ask_give_password(h, p && p->state == PASSWORD_RIGHT,
			  p ? secret_bytes(&p->secret) : (struct bytes){0});
}

/* What there is now is the answer to all who wait. */
static void settle(struct jobrun *run, struct engine *e, const char *what)
{
	struct hostrun *h;

	while ((h = ask_next_in_line(e, run, what)))
		password_give(h, what);
}

void password_typed(struct hostrun *h, const char *what, bool yes,
		    struct bytes secret)
{
	struct password *p = find(h->run, what);

	if (!p)
		p = begin(h, what);
	p->first = h;
	p->state = yes ? PASSWORD_TRIED : PASSWORD_DENIED;
	h->tried = p;
	ask_line_up(h, what);
	if (yes)
		secret_set(&p->secret, secret);
	ask_give_password(h, yes, secret);
	if (!yes)
		settle(h->run, h->engine, what);
}

/* Who became root has said so only when the probe is at hand. */
void password_was_right(struct hostrun *h, bool root)
{
	struct password *p = h->tried;

	if (!p || (!root && !is_login(p)))
		return;
	h->tried = NULL;
	if (p->first != h || p->state != PASSWORD_TRIED)
		return;
	p->first = NULL;
	p->state = PASSWORD_RIGHT;
	settle(h->run, h->engine, p->what);
}

/* Whether it was right will not be known: the next in line is asked. */
void password_leave(struct hostrun *h)
{
	struct password **at = &h->run->passwords;

	h->tried = NULL;
	while (*at) {
		struct password *p = *at;

		if (p->first != h || p->state == PASSWORD_DENIED) {
			at = &p->next;
			continue;
		}
		secret_release(&p->secret);
		p->state = PASSWORD_ASKED;
		p->first = h->run->cancelled
				   ? NULL
				   : ask_next_in_line(h->engine, h->run,
						      p->what);
		if (p->first) {
			ask_put(p->first, true);
			at = &p->next;
			continue;
		}
		*at = p->next;
		password_free(p);
	}
}

void passwords_release(struct jobrun *run)
{
	while (run->passwords) {
		struct password *next = run->passwords->next;

		password_free(run->passwords);
		run->passwords = next;
	}
}
