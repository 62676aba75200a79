/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the console starts. Our life hangs on stdin: when it ends, we end,
 * wherever we are, within GRACE_NS.
 */
#include "base/base.h"

#include <signal.h>

#include "base/hash.h"
#include "base/time.h"
#include "base/wait.h"
#include "probe/engine.h"
#include "probe/feed.h"
#include "probe/in.h"
#include "probe/limits.h"
#include "probe/plan.h"
#include "probe/run.h"
#include "probe/serve.h"
#include "probe/work.h"
#include "wire/records.h"

#define TICK_NS  (100 * NS_PER_MS)
#define GRACE_NS (600 * NS_PER_MS) /* to say that we were cancelled */
#define LATE_NS  (5 * NS_PER_S)    /* past a deadline, for one long scan */
/* A request that stops coming: the connection may be cut where no end of file
 * tells. Afterwards it is the console that says how long to wait. */
#define HEARD_NS (8 * NS_PER_S)

#define SHELL_NS (60 * NS_PER_S) /* until a shell says what it is of */

#define EXIT_GONE   1 /* the console is gone, or a fault was sent */
#define EXIT_UNREAD 2 /* nobody reads our stdout */

struct server {
	struct plan plan;
	struct out out;
	struct run run;
	struct cancel cancel;      /* the console wants us to stop */
	struct cancel tick_cancel; /* the ticker may go home */
	struct in in;
	/* A question of the console for our clock, to be answered by the
	 * ticker; asked 0: there is none. */
	atomic_uint_fast64_t clock_asked_ns;
	atomic_int_fast64_t clock_heard_ns;
	struct feed feed; /* fd -1: / is looked at */
	bool image;	  /* which is a folder that was entered */
};

/* Requests up to REQ_START. ERR_NET when stdin ends before. */
static enum err_code read_plan(struct server *s, struct err *err)
{
	struct deadline never = deadline_in(INT64_MAX, NULL);
	enum err_code code = ERR_OK;

	while (code == ERR_OK && !s->plan.started) {
		struct record rec;

		code = in_next(&s->in, never, &rec, err);
		if (code == ERR_OK)
			code = plan_add(&s->plan, &rec, err);
	}
	if (code == ERR_TIMEOUT)
		err_set(err, code, "the console has fallen silent");
	s->in.silence_ns =
		(int64_t)MIN(s->plan.start.heard_s, (uint64_t)INT32_MAX) *
		NS_PER_S;
	return code;
}

static void hear_control(struct server *s, const struct req_control *req)
{
	budget_control(&s->run.budget, req->action);
	if (!req->asked_ns)
		return;
	atomic_store(&s->clock_heard_ns, time_now_ns());
	atomic_store(&s->clock_asked_ns, req->asked_ns);
}

/* Until stdin ends, or is silent, or holds what no console of ours says. */
static enum err_code heed_controls(struct server *s, struct deadline late,
				   struct err *err)
{
	enum err_code code;
	struct record rec;

	while ((code = in_next(&s->in, late, &rec, err)) == ERR_OK) {
		if (rec.type == REQ_CONTROL)
			hear_control(s, &rec.u.control);
		else if (rec.type)
			return err_set(err, ERR_FORMAT,
				       "record type %d is not a control",
				       (int)rec.type);
	}
	return code;
}

/* Writes nothing, so that a console that does not read cannot hold it up. */
static void *watch_stdin(void *arg)
{
	struct server *s = arg;
	struct deadline late = {.mono_ns = s->run.deadline.mono_ns};
	int status = EXIT_GONE;
	enum err_code code;
	struct err err;

	if (late.mono_ns != INT64_MAX)
		late.mono_ns += LATE_NS;
	code = heed_controls(s, late, &err);
	if (code == ERR_TIMEOUT && deadline_left(late) > 0) {
		budget_stop(&s->run.budget, BUDGET_UNHEARD);
		status = PROBE_EXIT_UNHEARD;
	}
	cancel_raise(&s->cancel);
	/* Whoever closed our stdin may still listen. Main ends us sooner, or
	 * nobody listens, or time is up: one way or the other this is it. */
	code = wait_fd(STDOUT_FILENO, 0, deadline_in(GRACE_NS, NULL), &err);
	_exit(code == ERR_OK ? EXIT_UNREAD : status);
}

static void tell_clock(struct server *s)
{
	struct rec_clock clock = {
		.asked_ns = atomic_exchange(&s->clock_asked_ns, 0),
		.heard_ns = atomic_load(&s->clock_heard_ns),
	};

	if (!clock.asked_ns)
		return;
	clock.said_ns = time_now_ns();
	(void)(out_send(&s->out, REC_CLOCK, &clock) && out_flush(&s->out));
}

/* Sends progress and what has waited; sees at once when nobody listens. */
static void *tick(void *arg)
{
	struct server *s = arg;
	struct err err;
	enum err_code code;

	do {
		run_tick(&s->run);
		tell_clock(s);
		code = wait_fd(STDOUT_FILENO, 0,
			       deadline_in(TICK_NS, &s->tick_cancel), &err);
	} while (code == ERR_TIMEOUT);
	if (code == ERR_OK)
		_exit(EXIT_UNREAD);
	return NULL;
}

static bool start_thread(pthread_t *thread, void *(*entry)(void *), void *arg)
{
	return pthread_create(thread, NULL, entry, arg) == 0;
}

static enum err_code carry_out(struct server *s, struct err *err)
{
	const struct run_limits limits = {
		.image = s->image,
		.feed = s->feed.fd >= 0 ? &s->feed : NULL};
	struct engine *engine = NULL;
	pthread_t watcher, ticker;
	enum err_code code;

	code = budget_may_start(&s->plan.budget, s->plan.source_bytes, err);
	if (code == ERR_OK && plan_scans(&s->plan)) /* before the threads */
		code = engine_start(&s->plan, crew_size(&s->plan), &engine,
				    err);
	if (code != ERR_OK)
		return code;
	run_init(&s->run, &s->plan, engine, &s->out, &s->cancel, &limits);
	if (!start_thread(&watcher, watch_stdin, s))
		return err_set(err, ERR_LIMIT, "the host allows no threads");
	if (engine)
		code = engine_await(engine, s->run.deadline, err);
	if (code != ERR_OK)
		return code;
	if (!start_thread(&ticker, tick, s))
		return err_set(err, ERR_LIMIT, "the host allows no threads");
	run_files(&s->run);
	if (s->run.feed_err.code != ERR_OK) {
		*err = s->run.feed_err;
		code = err->code;
	}
	cancel_raise(&s->tick_cancel);
	(void)pthread_join(ticker, NULL); /* ours, once */
	if (code == ERR_OK)
		run_finish(&s->run);
	return code;
}

/* Who we speak for must be known before anything else is said. */
static enum err_code greet(struct server *s, bool unlinked, struct err *err)
{
	struct feed_host host;
	enum err_code code;

	if (s->feed.fd < 0) {
		send_hello(&s->out, unlinked, "");
		return ERR_OK;
	}
	s->feed.deadline = deadline_in(SHELL_NS, NULL);
	code = feed_begin(&s->feed, &host, err);
	if (code == ERR_OK)
		send_hello_of(&s->out, &host, s->feed.clock_ns);
	return code;
}

static enum err_code serve(struct server *s, struct err *err)
{
	enum err_code code = cancel_init(&s->cancel, err);

	if (code == ERR_OK)
		code = cancel_init(&s->tick_cancel, err);
	if (code == ERR_OK)
		code = read_plan(s, err);
	if (code == ERR_OK)
		code = carry_out(s, err);
	return code;
}

/*
 * Leaves with _exit: the watcher still runs, and there is nothing to save
 * that the end of the process does not.
 */
NORETURN static void serve_from(int feed_fd, bool image, bool unlinked)
{
	static struct server s;
	struct err err = {0};
	enum err_code code, ended;

	signal(SIGPIPE, SIG_IGN);
	limits_die_with_parent();
	limits_apply();
	hash_lib_init();
	in_init(&s.in, STDIN_FILENO);
	s.in.silence_ns = HEARD_NS;
	out_init(&s.out, STDOUT_FILENO, OUT_LEVEL_LIVE);
	feed_init(&s.feed, feed_fd);
	s.image = image;
	code = greet(&s, unlinked, &err);
	if (code == ERR_OK)
		code = serve(&s, &err);
	if (code != ERR_OK) {
		struct rec_fault fault = {
			.code = bytes_str(err_name(code)),
			.message = bytes_str(err.msg),
		};

		(void)out_send(&s.out, REC_FAULT, &fault); /* remembered */
	}
	ended = out_end(&s.out, &err);
	_exit(code == ERR_OK && ended == ERR_OK ? 0 : EXIT_GONE);
}

int serve_mode(int argc, char **argv)
{
	const char *how = argc == 2 ? argv[1] : "";
	bool unlink_first = strcmp(how, "--unlink") == 0;
	bool image = strcmp(how, "--image") == 0;

	if (argc == 1 || unlink_first || image)
		serve_from(-1, image, unlink_first && unlink_self());
	fputs("halligan-probe: --serve takes nothing but --unlink or --image\n",
	      stderr);
	return 2;
}

void serve_feed(int fd)
{
	serve_from(fd, false, true);
}
