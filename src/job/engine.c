/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's thread: one poll loop over orders, children and the sink. */
#include "base/base.h"

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"

#define BOARD_NS    (NS_PER_S / 10)
#define TICK_MS	    1000
#define BOX_MAX	    (4u << 20)
#define STOP_NS     (5 * NS_PER_S) /* for the sink to take the last changes */

/* ---- the front's side ---- */

static struct order *order_new(enum order_kind kind)
{
	struct order *o = xcalloc(1, sizeof *o);

	o->kind = kind;
	o->mail.weight = sizeof *o;
	return o;
}

static void order_free(struct order *o)
{
	job_free(o->job);
	secret_release(&o->secret);
	free(o);
}

static void give(struct engine *e, struct order *o)
{
	if (!mailbox_post_urgent(&e->inbox, &o->mail))
		order_free(o); /* the engine is ending */
}

void engine_submit(struct engine *e, struct job *job)
{
	struct order *o = order_new(ORDER_SUBMIT);

	o->job = job;
	give(e, o);
}

static struct order *order_about(enum order_kind kind, const struct uuid *run,
				 const char *host)
{
	struct order *o = order_new(kind);

	o->run = *run;
	(void)snprintf(o->host, sizeof o->host, "%s", host ? host : "");
	return o;
}

void engine_cancel(struct engine *e, const struct uuid *run, const char *host)
{
	give(e, order_about(ORDER_CANCEL, run, host));
}

void engine_skip(struct engine *e, const struct uuid *run, const char *host)
{
	give(e, order_about(ORDER_SKIP, run, host));
}

void engine_control(struct engine *e, const struct uuid *run, const char *host,
		    enum control action)
{
	struct order *o = order_about(ORDER_CONTROL, run, host);

	o->action = action;
	give(e, o);
}

void engine_answer(struct engine *e, uint64_t ask_id, bool yes,
		   struct bytes secret, bool shares)
{
	struct order *o = order_new(ORDER_ANSWER);

	o->ask_id = ask_id;
	o->yes = yes;
	o->shares = shares;
	secret_set(&o->secret, secret);
	give(e, o);
}

void engine_refuse(struct engine *e, uint64_t ask_id, const char *why)
{
	struct order *o = order_new(ORDER_ANSWER);

	o->ask_id = ask_id;
	(void)snprintf(o->why, sizeof o->why, "%s", why);
	give(e, o);
}

int engine_fd(const struct engine *e)
{
	return e->outbox.fd;
}

struct notice *engine_notice(struct engine *e)
{
	return (struct notice *)mailbox_take(&e->outbox);
}

/* ---- the engine's side ---- */

void engine_say(struct engine *e, enum notice_kind kind, const struct ask *ask,
		const struct err *err)
{
	struct notice *n = xcalloc(1, sizeof *n);

	n->mail.weight = sizeof *n;
	n->kind = kind;
	if (ask)
		n->ask = *ask;
	if (err)
		n->err = *err;
	if (!mailbox_post_urgent(&e->outbox, &n->mail))
		free(n);
}

static struct jobrun *find_run(struct engine *e, const struct uuid *id)
{
	struct jobrun *run = e->jobs;

	while (run && strcmp(run->job->run.s, id->s) != 0)
		run = run->next;
	return run;
}

static void steer(struct engine *e, const struct order *o)
{
	struct jobrun *run = find_run(e, &o->run);

	if (run && o->kind == ORDER_CANCEL)
		run_cancel(e, run, o->host);
	else if (run && o->kind == ORDER_SKIP)
		run_skip(run, o->host);
	else if (run)
		run_control(run, o->host, o->action);
}

static void take_orders(struct engine *e)
{
	struct order *o;

	while ((o = (struct order *)mailbox_take(&e->inbox))) {
		switch (o->kind) {
		case ORDER_SUBMIT:
			run_begin(e, o->job);
			o->job = NULL;
			break;
		case ORDER_CANCEL:
		case ORDER_SKIP:
		case ORDER_CONTROL:
			steer(e, o);
			break;
		case ORDER_ANSWER:
			ask_answered(e, o);
			break;
		case ORDER_STOP:
			e->stopping = true;
			break;
		}
		order_free(o);
	}
}

/* ---- the loop ---- */

/* What each pollfd stands for. */
struct watch {
	struct hostrun *host;
	struct child *keyring;
	struct jobrun *check; /* the compiler of its rules */
};

struct watchlist {
	struct pollfd *p;
	struct watch *w;
	size_t n, room;
};

static void watch(struct watchlist *l, int fd, bool write, struct watch w)
{
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->p = xrealloc(l->p, l->room, sizeof *l->p);
		l->w = xrealloc(l->w, l->room, sizeof *l->w);
	}
	l->p[l->n] = (struct pollfd){
		.fd = fd, .events = (short)(write ? POLLIN | POLLOUT : POLLIN)};
	l->w[l->n++] = w;
}

static void watch_child(struct watchlist *l, struct child *c, struct watch w)
{
	watch(l, c->chan.fd, chan_wants_write(&c->chan), w);
}

static void watch_run(struct engine *e, struct watchlist *l,
		      struct jobrun *run)
{
	if (run->checking)
		watch_child(l, &run->check.child, (struct watch){.check = run});
	run->rate_wait_ns = 0;
	for (size_t k = 0; !run->over && k < run->job->n_hosts; k++) {
		size_t i = (k + run->turn) % run->job->n_hosts;
		struct hostrun *h = &run->hosts[i];

		/* A fast host waits for the disk, or for its share. */
		if (h->child.id && !(h->is_link && engine_sink_is_full(e)) &&
		    rate_is_open(h))
			watch_child(l, &h->child, (struct watch){.host = h});
		if (h->proxy.id)
			watch_child(l, &h->proxy, (struct watch){.host = h});
		if (h->feeder.id)
			watch_child(l, &h->feeder, (struct watch){.host = h});
	}
}

static void watch_all(struct engine *e, struct watchlist *l)
{
	struct keyring *at = NULL;
	struct child *keyring;

	l->n = 0;
	watch(l, e->inbox.fd, false, (struct watch){0});
	watch(l, e->config.zygote->chan.fd, false, (struct watch){0});
	if (engine_sink_is_full(e))
		watch(l, e->config.sink->room_fd, false, (struct watch){0});
	while ((keyring = keyrings_next(e, &at)))
		watch_child(l, keyring, (struct watch){.keyring = keyring});
	for (struct jobrun *run = e->jobs; run; run = run->next)
		watch_run(e, l, run);
}

static void dispatch(struct engine *e, const struct watchlist *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!l->p[i].revents)
			continue;
		if (l->w[i].host)
			hostrun_readable(l->w[i].host);
		else if (l->w[i].keyring)
			keyrings_readable(e, l->w[i].keyring);
		else if (l->w[i].check)
			run_check_step(e, l->w[i].check);
	}
}

/* The ends of children show as ends of file; how they ended only matters of
 * those that read what a host has. */
static void hear_of_ends(struct engine *e)
{
	uint64_t id;
	int status;
	struct err err;
	bool got;

	while (zygote_ended(e->config.zygote, &id, &status, &got, &err) ==
		       ERR_OK &&
	       got) {
		if (status)
			log_line(LOG_DEBUG, "job",
				 "child %" PRIu64 " ended, status %x", id,
				 (unsigned)status);
		culprit_child_ended(e, id, status);
	}
}

static void go_on(struct engine *e)
{
	int64_t now = time_mono_ns();
	bool was_full = engine_sink_is_full(e);

	engine_post_pending(e);
	for (struct jobrun *run = e->jobs; run; run = run->next) {
		if (run->over)
			continue;
		if (run->checking && now >= run->check.end_ns)
			run_check_step(e, run);
		for (size_t k = 0; k < run->job->n_hosts; k++) {
			size_t i = (k + run->turn) % run->job->n_hosts;
			struct hostrun *h = &run->hosts[i];

			hostrun_tick(h, now);
			if (upload_is_busy(h))
				upload_pump(h);
			if (h->feeder_waits)
				shell_pump(h);
			if (was_full || h->rate_held)
				hostrun_pump(h);
		}
		run_schedule(e, run);
	}
}

static bool anything_runs(const struct engine *e)
{
	for (struct jobrun *run = e->jobs; run; run = run->next)
		if (!run->over)
			return true;
	return false;
}

static int wait_ms(const struct engine *e)
{
	int ms = e->board_stale ? (int)(BOARD_NS / NS_PER_MS) : TICK_MS;
	int64_t now = time_mono_ns();

	if (!anything_runs(e) && !e->pending && !e->board_stale)
		return -1;
	for (struct jobrun *run = e->jobs; run; run = run->next) {
		if (run->over)
			continue;
		ms = run_rest_ms(run, now, ms);
		if (run->rate_wait_ns)
			ms = (int)MIN((int64_t)ms,
				      run->rate_wait_ns / NS_PER_MS + 1);
	}
	return ms;
}

static void show(struct engine *e)
{
	bool runs = anything_runs(e);

	if (!e->board_stale && !runs)
		return;
	if (time_mono_ns() - e->board_at_ns < BOARD_NS && runs)
		return;
	board_update(e);
	engine_say(e, NOTICE_JOBS, NULL, NULL);
}

static void cancel_everything(struct engine *e)
{
	struct deadline d = deadline_in(STOP_NS, NULL);
	struct err err;

	for (struct jobrun *run = e->jobs; run; run = run->next) {
		run_cancel(e, run, "");
		if (!run->over)
			run_schedule(e, run);
	}
	while (e->pending && wait_fd(e->config.sink->room_fd, POLLIN, d,
				     &err) == ERR_OK)
		engine_post_pending(e);
}

static void *run(void *arg)
{
	struct engine *e = arg;
	struct watchlist l = {0};

	while (!e->stopping) {
		watch_all(e, &l);
		if (poll(l.p, l.n, wait_ms(e)) < 0 && errno != EINTR)
			BUG("poll: %s", strerrordesc_np(errno));
		dispatch(e, &l);
		take_orders(e);
		hear_of_ends(e);
		go_on(e);
		show(e);
	}
	cancel_everything(e);
	board_update(e);
	free(l.p);
	free(l.w);
	return NULL;
}

enum err_code engine_start(const struct engine_config *config,
			   struct engine **out, struct err *err)
{
	struct engine *e = xcalloc(1, sizeof *e);
	enum err_code code;

	e->config = *config;
	e->pending_last = &e->pending;
	code = mailbox_init(&e->inbox, BOX_MAX, err);
	if (code == ERR_OK)
		code = mailbox_init(&e->outbox, BOX_MAX, err);
	if (code == ERR_OK &&
	    (pthread_mutex_init(&e->board_lock, NULL) != 0 ||
	     pthread_create(&e->thread, NULL, run, e) != 0))
		code = err_set(err, ERR_IO, "cannot start a thread");
	if (code != ERR_OK) {
		free(e);
		return code;
	}
	*out = e;
	return ERR_OK;
}

static void jobs_release(struct engine *e)
{
	while (e->jobs) {
		struct jobrun *next = e->jobs->next;

		run_release(e, e->jobs);
		e->jobs = next;
	}
}

static void drop_mail(struct engine *e)
{
	struct mail *m;

	mailbox_close(&e->inbox);
	mailbox_close(&e->outbox);
	while ((m = mailbox_take(&e->inbox)))
		order_free((struct order *)m);
	while ((m = mailbox_take(&e->outbox)))
		free(m);
	while (e->pending) {
		m = e->pending;
		e->pending = m->next;
		change_free((struct change *)m);
	}
	mailbox_release(&e->inbox);
	mailbox_release(&e->outbox);
}

void engine_stop(struct engine *e)
{
	if (!e)
		return;
	give(e, order_new(ORDER_STOP));
	pthread_join(e->thread, NULL);
	ask_release(e);
	keyrings_release(e);
	jobs_release(e);
	drop_mail(e);
	known_forget(e);
	board_release(e);
	pthread_mutex_destroy(&e->board_lock);
	free(e);
}
