/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One host through its phases: connecting, handshake, (asking,) auth,
 * placing, running, and one of the final four. Whatever goes wrong ends in
 * hostrun_fail, once; nothing here waits.
 */
#include "base/base.h"

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"

#define CONNECT_GRACE_NS (5 * NS_PER_S) /* over the child's own limit */
#define CLOSE_NS     (10 * NS_PER_S) /* from done to gone */
#define UPLOAD_NS    (130 * NS_PER_S) /* as long as placing may take */
#define GOODBYE_NS   (2 * NS_PER_S) /* to say how far it came, when cancelled */
#define SILENCE_NS   (60 * NS_PER_S)
#define INTAKE_MAX   (4u << 20)
#define RETRY_NS     (2 * NS_PER_S)
#define RETRY_DOUBLE_MAX 5u /* a minute between attempts, not more */

void hostrun_init(struct hostrun *h, struct jobrun *run, struct job_host *host)
{
	*h = (struct hostrun){
		.run = run,
		.host = host,
		.phase = HOST_QUEUED,
		.limit_ns = INT64_MAX,
		.started_ns = TIME_UNKNOWN,
		.ended_ns = TIME_UNKNOWN,
	};
	h->intake.op = run->job->op;
	buf_init(&h->intake.in, INTAKE_MAX);
	buf_init(&h->key, 64u << 10);
}

void hostrun_let_go(struct hostrun *h)
{
	shell_drop(h);
	proxy_drop(h);
	if (!h->child.id)
		return;
	/* Its end of file makes it close its socket and end by itself; the
	 * kill is for one that a hostile server took over. */
	zygote_kill(h->engine->config.zygote, &h->child);
	chan_release(&h->child.chan);
	h->child = (struct child){0};
	h->is_link = false;
	h->upload = (struct upload){0};
	h->rate_held = h->rate_closed = false;
}

void hostrun_release(struct hostrun *h)
{
	buf_release(&h->intake.in);
	buf_release(&h->key);
	told_release(h);
	caps_release(h);
	secret_release(&h->kept);
	change_free(h->seen);
	job_machine_release(&h->machine);
}

const char *hostrun_escalate(const struct hostrun *h)
{
	const char *how = h->run->job->escalate ? h->run->job->escalate
						: h->host->escalate;

	return how ? how : "";
}

void hostrun_phase(struct hostrun *h, enum host_phase phase)
{
	log_line(LOG_INFO, "job", "%s: %s", h->host->name,
		 host_phase_name(phase));
	h->phase = phase;
	h->engine->board_stale = true;
}

static bool send_to(struct hostrun *h, struct child *child,
		    enum msg_type type, const void *msg)
{
	struct err err;

	/* A peer that is gone shows itself by its end of file. */
	if (child->id && msg_send(&child->chan, type, msg, &err) == ERR_OK)
		return true;
	log_line(LOG_WARN, "job", "%s: message %d was not sent",
		 h->host->name, (int)type);
	return false;
}

bool hostrun_send(struct hostrun *h, enum msg_type type, const void *msg)
{
	return send_to(h, &h->child, type, msg);
}

bool hostrun_answer(struct hostrun *h, const struct msg_link_secret *secret)
{
	return send_to(h, h->feeder.id ? &h->feeder : &h->child,
		       MSG_LINK_SECRET, secret);
}

/* Nobody works on it any more. */
static void leave(struct hostrun *h)
{
	ask_drop(h->engine, h);
	password_leave(h);
	keyrings_forget(h->engine, h);
	hostrun_let_go(h);
	secret_release(&h->kept);
	h->cut_asking = false;
	h->limit_ns = INT64_MAX;
	if (h->active)
		h->run->n_active--;
	h->active = false;
}

/* Of one that did not come to its end the rest was never looked at, whether it
 * could still say so or not: nothing that was not found there was missing. */
static void say_unreached(struct hostrun *h)
{
	const struct intake *in = &h->intake;
	bool looked = in->hello || h->cut[0];

	if (!looked || in->told_stopped || (in->done && in->complete) ||
	    !h->run->begun || h->given ||
	    (in->op != JOB_HUNT && in->op != JOB_COLLECT &&
	     in->op != JOB_WALK && in->op != JOB_TRIAGE))
		return;
	outcome_coverage(h, &(struct rec_coverage){
				    .what = bytes_str(job_op_name(in->op)),
				    .outcome = bytes_str("skipped"),
				    .reason = bytes_str("stopped"),
				    .path = bytes_str("all that was not "
						      "reached")});
}

static void end_in(struct hostrun *h, enum host_phase phase)
{
	leave(h);
	say_unreached(h);
	h->run->job->bundle_fd = close_fd(h->run->job->bundle_fd);
	buf_release(&h->intake.in);
	caps_end(h);
	h->ended_ns = time_now_ns();
	hostrun_phase(h, phase);
	outcome_host(h);
}

/*
 * What the network did may pass; what the host or its people decided, such as
 * who may log in, is not asked twice. Once its probe has said a word the host
 * was reached, and what it gave is on record.
 */
static bool may_try_again(const struct hostrun *h, const struct err *err)
{
	const struct job *job = h->run->job;

	return job->via == VIA_SSH && h->attempts && !h->cut[0] &&
	       h->attempts <= job->fleet.retry && !h->intake.hello &&
	       (err->code == ERR_NET || err->code == ERR_TIMEOUT) &&
	       h->phase != HOST_QUEUED && h->phase != HOST_AUTH &&
	       h->phase != HOST_ASKING && h->run->stop.code == ERR_OK;
}

/* What the last attempt told of itself. */
static void forget_attempt(struct hostrun *h)
{
	buf_clear(&h->intake.in);
	h->probe = NULL;
	h->keys_offered = h->closing = false;
	h->key_note[0] = h->footprint[0] = h->stderr_tail[0] = '\0';
}

void hostrun_changed(struct hostrun *h, const char *fmt, ...)
{
	size_t n = strlen(h->footprint);
	va_list args;

	if (n)
		n += (size_t)snprintf(h->footprint + n,
				      sizeof h->footprint - n, "; ");
	if (n >= sizeof h->footprint)
		return;
	va_start(args, fmt);
	(void)vsnprintf(h->footprint + n, sizeof h->footprint - n, fmt, args);
	va_end(args);
}

/* Its turn comes again, later each time. */
static void rest(struct hostrun *h, const struct err *err)
{
	int64_t first = h->engine->config.retry_ns;
	int64_t span = (first ? first : RETRY_NS)
		       << MIN(h->attempts - 1, RETRY_DOUBLE_MAX);

	log_line(LOG_INFO, "job", "%s: attempt %u: %s", h->host->name,
		 h->attempts, err->msg);
	leave(h);
	forget_attempt(h);
	h->err = *err;
	h->not_before_ns = time_mono_ns() + span;
	hostrun_phase(h, HOST_QUEUED);
	outcome_host(h);
}

/* Whoever cannot be reached again was cut off in the first place. */
static void say_cut(struct hostrun *h)
{
	char last[sizeof h->err.msg];

	(void)snprintf(last, sizeof last, "%s", h->err.msg);
	(void)snprintf(h->err.msg, sizeof h->err.msg,
		       "cut off (%s), and %u %s to reconnect did not help; "
		       "the last: %.200s",
		       h->cut, h->cuts, h->cuts == 1 ? "attempt" : "attempts",
		       last);
}

static void give_up(struct hostrun *h, const struct err *err)
{
	h->err = *err;
	if (h->cut[0] && h->cuts && err->code != ERR_CANCELLED)
		say_cut(h);
	if (err->code == ERR_AUTH && h->key_note[0]) {
		size_t n = strlen(h->err.msg);

		(void)snprintf(h->err.msg + n, sizeof h->err.msg - n, "; %s",
			       h->key_note);
	}
	log_line(LOG_INFO, "job", "%s: %s: %s", h->host->name,
		 err_name(err->code), h->err.msg);
	end_in(h, err->code == ERR_CANCELLED ? HOST_CANCELLED : HOST_FAILED);
}

/* A server waits for a person as long as it likes. What was asked to get in
 * can be answered all the same. */
static bool keeps_asking(const struct hostrun *h, const struct err *err)
{
	return h->phase == HOST_ASKING && err->code == ERR_NET && h->is_link &&
	       !h->asked[SECRET_ROOT];
}

static void ask_on(struct hostrun *h)
{
	log_line(LOG_INFO, "job", "%s: its server did not wait for an answer",
		 h->host->name);
	hostrun_let_go(h);
	h->cut_asking = true;
	h->limit_ns = INT64_MAX;
}

void hostrun_again(struct hostrun *h)
{
	h->cut_asking = false;
	forget_attempt(h);
	h->attempts--;
	h->not_before_ns = 0;
	hostrun_phase(h, HOST_RECONNECTING);
}

static void fail(struct hostrun *h, const struct err *err)
{
	if (keeps_asking(h, err)) {
		ask_on(h);
		return;
	}
	if (h->intake.done && err->code == ERR_NET && !h->cancelled) {
		hostrun_finish(h); /* nothing was left to be said */
	} else if (reconnect_may(h, err)) {
		leave(h);
		forget_attempt(h);
		reconnect_rest(h, err);
	} else if (may_try_again(h, err)) {
		rest(h, err);
	} else {
		give_up(h, err);
	}
}

void hostrun_fail(struct hostrun *h, const struct err *why)
{
	struct err err = *why;

	if (host_phase_is_final(h->phase))
		return;
	if (h->cancelled)
		(void)err_set(&err, ERR_CANCELLED, "cancelled");
	else
		proxy_explain(h, &err);
	fail(h, &err);
}

static void fail_with(struct hostrun *h, enum err_code code, const char *msg)
{
	struct err err;

	err_set(&err, code, "%s", msg);
	hostrun_fail(h, &err);
}

/* Whether a probe is there that may be told to stop, and say how far it came. */
static bool may_say_goodbye(const struct hostrun *h)
{
	return h->phase == HOST_RUNNING && h->intake.hello && !h->closing &&
	       !h->shell && h->run->job->via != VIA_BUNDLE &&
	       !upload_is_busy(h) && !h->engine->stopping;
}

/* Once more: at once. */
void hostrun_cancel(struct hostrun *h)
{
	bool waits = may_say_goodbye(h);

	if (host_phase_is_final(h->phase))
		return;
	h->cancelled = true;
	if (!waits) {
		fail_with(h, ERR_CANCELLED, "cancelled");
		return;
	}
	hostrun_close(h);
	h->limit_ns = time_mono_ns() + GOODBYE_NS;
}

void hostrun_drop(struct hostrun *h, const struct err *why)
{
	/* One that rests has failed already. */
	const struct err failed = h->err;
	bool rests = h->phase == HOST_QUEUED && h->attempts;

	hostrun_fail(h, rests ? &failed : why);
}

/* A probe says something every ten seconds, whatever it does. */
void hostrun_heard(struct hostrun *h)
{
	int64_t silence_ns = h->engine->config.silence_ns;

	/* A file is not silent, the disk it is on is slow. */
	if (h->run->job->via == VIA_BUNDLE)
		culprit_heard(h);
	else if (!h->closing)
		h->limit_ns = time_mono_ns() +
			      (silence_ns ? silence_ns : SILENCE_NS);
}

void hostrun_close(struct hostrun *h)
{
	struct msg_data end = {.last = true};

	if (h->closing)
		return;
	h->closing = true;
	(void)hostrun_send(h, MSG_LINK_INPUT, &end);
	shell_close(h);
	h->limit_ns = time_mono_ns() + CLOSE_NS;
}

/* Names what is missing, or the first of it; coverage has the rest. */
static void say_partial(struct hostrun *h)
{
	const struct intake *in = &h->intake;
	const char *between = in->done_reason[0] && in->n_failed ? "; " : "";

	err_set(&h->err, ERR_PARTIAL, "%s%s%s", in->done_reason, between,
		in->first_failed);
	if (in->n_failed > 1) {
		size_t n = strlen(h->err.msg);

		(void)snprintf(h->err.msg + n, sizeof h->err.msg - n,
			       " and %" PRIu64 " more, see coverage",
			       in->n_failed - 1);
	}
}

/* The link may carry again, but who worked there could not know it would. */
static void set_unheard(const struct hostrun *h, struct err *err)
{
	err_set(err, ERR_TIMEOUT,
		"the link was silent for too long, so the %s there ended",
		h->shell ? "shell" : "probe");
}

static void say_broken_off(struct hostrun *h)
{
	struct err err;

	if (h->run->job->via == VIA_BUNDLE) {
		err_set(&err, h->run->begun ? ERR_PARTIAL : ERR_FORMAT,
			"the bundle ends before the probe was done: it is "
			"damaged or cut off%s",
			h->run->begun ? "; what it has until there is kept"
				      : "");
		if (h->run->begun) {
			h->err = err;
			end_in(h, HOST_PARTIAL);
			return;
		}
	} else if (h->intake.unheard) {
		set_unheard(h, &err);
	} else {
		err_set(&err, ERR_REMOTE,
			"the probe ended before it was done%s%s",
			h->stderr_tail[0] ? ": " : "", h->stderr_tail);
	}
	hostrun_fail(h, &err);
}

/* The probe has said all it had to say, or will never. */
void hostrun_finish(struct hostrun *h)
{
	struct intake *in = &h->intake;
	struct err cut;

	set_unheard(h, &cut);
	if (h->cancelled) {
		fail_with(h, ERR_CANCELLED, "cancelled");
	} else if (h->run->job->op == JOB_CONNECT && in->hello) {
		end_in(h, HOST_DONE);
	} else if (in->unheard && reconnect_may(h, &cut)) {
		hostrun_fail(h, &cut);
	} else if (!in->done) {
		say_broken_off(h);
	} else if (in->complete && !in->n_failed) {
		end_in(h, HOST_DONE);
	} else {
		say_partial(h);
		end_in(h, HOST_PARTIAL);
	}
}

static bool spawn_connect(struct hostrun *h, struct err *err)
{
	const struct reach *r = &hostrun_hop(h, 0)->reach;
	struct msg_connect m = {.host = bytes_str(r->host),
				.port = r->port,
				.timeout_ms = r->connect_s * 1000,
				.family = r->family,
				.from = bytes_str(r->bind)};

	if (zygote_spawn(h->engine->config.zygote, CHILD_CONNECT, -1,
			 &h->child, err) != ERR_OK)
		return false;
	h->limit_ns = time_mono_ns() + (int64_t)r->connect_s * NS_PER_S +
		      CONNECT_GRACE_NS;
	return hostrun_send(h, MSG_CONNECT, &m);
}

static void start_ssh(struct hostrun *h)
{
	struct err err;

	keyrings_forget(h->engine, h); /* of a link before this one */
	h->hop = 0;
	memset(h->asked, 0, sizeof h->asked);
	h->shell = h->feeder_ended = h->feeder_waits = false;
	h->clock = (struct host_clock){.since_ns = time_now_ns()};
	hostrun_phase(h, HOST_CONNECTING);
	outcome_host(h);
	if (!(proxy_command(h) ? proxy_start : spawn_connect)(h, &err))
		hostrun_fail(h, &err);
}

void hostrun_start(struct hostrun *h)
{
	static void (*const ways[])(struct hostrun *h) = {
		[VIA_SSH] = start_ssh,
		[VIA_BUNDLE] = bundle_start,
		[VIA_LOCAL] = local_start,
	};

	if (h->started_ns == TIME_UNKNOWN)
		h->started_ns = time_now_ns();
	h->err = (struct err){0};
	h->attempts++;
	h->run->n_active += !h->active;
	h->active = true;
	ways[h->run->job->via](h);
}

/* The connect child hands over its descriptor and is done. */
static void connect_frame(struct hostrun *h, const struct frame *f)
{
	struct msg_connected m;
	struct err err;
	int fd;

	if (msg_read(f, MSG_CONNECTED, &m, &err) != ERR_OK) {
		hostrun_fail(h, &err);
		return;
	}
	(void)snprintf(h->address, sizeof h->address, "%s", shown(m.address).s);
	fd = chan_take_fd(&h->child.chan);
	if (fd < 0) {
		fail_with(h, ERR_IO, "a connection without a descriptor");
		return;
	}
	if (proxy_command(h))
		proxy_keep(h);
	else
		hostrun_let_go(h);
	rate_limit_socket(h, fd);
	if (h->host->n_jumps)
		log_line(LOG_INFO, "job", "%s: connected to %s at %s",
			 h->host->name, h->host->jumps[0].name, h->address);
	link_begin(h, fd);
	close_fd(fd);
}

/* The next frame is only taken once the last one's records are with the
 * sink: what was taken could not be put back. */
static bool may_take_frame(struct hostrun *h)
{
	if (!h->child.id || engine_sink_is_full(h->engine))
		return false;
	h->rate_held = !rate_is_open(h);
	return !h->rate_held;
}

/* Frames until there is none, the host is over, or the sink is full. */
static enum err_code take_frames(struct hostrun *h, struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK) {
		struct frame f;
		bool got;

		if (h->is_link)
			code = intake_run(h, err);
		if (code != ERR_OK || !may_take_frame(h))
			break;
		code = chan_next(&h->child.chan, &f, &got, err);
		if (code == ERR_OK && got)
			(h->is_link ? link_frame : connect_frame)(h, &f);
		else if (code == ERR_OK && h->child.chan.eof &&
			 culprit_ended(h))
			break;
		else if (code == ERR_OK && h->child.chan.eof)
			code = err_set(err, ERR_REMOTE,
				       "the process that spoke with it died");
		else
			break;
	}
	return code;
}

void hostrun_pump(struct hostrun *h)
{
	struct err err;

	if (h->child.id && take_frames(h, &err) != ERR_OK)
		hostrun_fail(h, &err);
}

void hostrun_readable(struct hostrun *h)
{
	struct err err;

	proxy_hear(h);
	shell_readable(h);
	if (!h->child.id)
		return;
	/* A child that ends may still have its last words in the socket. */
	if (chan_flush(&h->child.chan, &err) != ERR_OK)
		buf_clear(&h->child.chan.out);
	if (chan_fill(&h->child.chan, &err) != ERR_OK) {
		hostrun_fail(h, &err);
		return;
	}
	hostrun_pump(h);
}

void hostrun_tick(struct hostrun *h, int64_t mono_ns)
{
	struct err err;

	control_tick(h, mono_ns);
	if (h->cut_asking && h->phase == HOST_AUTH) {
		fail_with(h, ERR_AUTH, "no answer was given");
		return;
	}
	if (h->phase == HOST_RECONNECTING) {
		if (mono_ns >= h->not_before_ns && !h->held)
			hostrun_start(h);
		return;
	}
	if (mono_ns < h->limit_ns || host_phase_is_final(h->phase))
		return;
	if (h->phase == HOST_RUNNING && !h->closing &&
	    (engine_sink_is_full(h->engine) || h->rate_closed)) {
		hostrun_heard(h); /* it is we who do not listen */
		return;
	}
	if (upload_is_busy(h)) {
		h->limit_ns = mono_ns + UPLOAD_NS; /* nor send */
		return;
	}
	if (culprit_hangs(h))
		return;
	if (h->closing) {
		hostrun_finish(h); /* it lingers; all it had to say was said */
		return;
	}
	if (h->phase == HOST_RUNNING)
		err_set(&err, ERR_TIMEOUT,
			"the probe there has stopped answering; it may be "
			"held on the host");
	else if (h->is_link && !h->keys_offered)
		err_set(&err, ERR_TIMEOUT,
			"its keys were not listed in time; the agent is %s",
			h->host->reach.agent[0]
				? shown_str(h->host->reach.agent).s
				: "none");
	else
		err_set(&err, ERR_TIMEOUT, "no answer while %s",
			host_phase_name(h->phase));
	/* A link that is up need not be had anew. */
	if (h->phase == HOST_RUNNING && h->intake.hello)
		give_up(h, &err);
	else
		hostrun_fail(h, &err);
}
