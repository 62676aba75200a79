/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that end their parser. The child that reads evidence says where it
 * is; when it crashes, hangs or takes too much memory there, the file costs
 * itself: coverage has why, and a new child goes on behind it.
 */
#include "base/base.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/log.h"
#include "base/time.h"
#include "job/engine.h"

#define LOST_MAX   100u             /* more of them are no accident */
#define SILENCE_NS (600 * NS_PER_S) /* its own limit comes first (teller.c) */
#define END_NS     (10 * NS_PER_S)  /* to hear how a child ended */

static bool is_reading(const struct hostrun *h)
{
	return h->run->job->via == VIA_BUNDLE && h->reading.at.step &&
	       !h->intake.done && !h->closing;
}

/* What is known of it is what a signal says. */
static const char *explain(const struct hostrun *h)
{
	static const struct {
		int signal;
		const char *words;
	} signals[] = {
		{SIGPROF, "its parser took too long: it was ended"},
		{SIGSEGV, "its parser crashed (SIGSEGV)"},
		{SIGBUS, "its parser crashed (SIGBUS)"},
		{SIGILL, "its parser crashed (SIGILL)"},
		{SIGFPE, "its parser crashed (SIGFPE)"},
		{SIGABRT, "its parser ran out of memory, or found itself at "
			  "fault"},
		{SIGSYS, "its parser tried what no parser does (SIGSYS): it "
			 "may have been taken over by what it read"},
		{SIGKILL, "its parser was killed, by the system if memory was "
			  "short"},
	};
	int status = h->child.status;

	if (h->reading.hung)
		return "its parser neither ended nor said a word: it was "
		       "killed";
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (WIFSIGNALED(status) &&
		    WTERMSIG(status) == signals[i].signal)
			return signals[i].words;
	return "its parser ended before it was done";
}

void culprit_heard(struct hostrun *h)
{
	int64_t silence_ns = h->engine->config.silence_ns;

	if (is_reading(h) && !h->reading.hung)
		h->limit_ns =
			time_mono_ns() + (silence_ns ? silence_ns : SILENCE_NS);
}

void culprit_at(struct hostrun *h, const struct msg_bundle_at *at)
{
	struct err err;

	if (at->step <= h->reading.at.step) {
		err_set(&err, ERR_FORMAT, "files are read in order");
		hostrun_fail(h, &err);
		return;
	}
	h->reading.at = *at;
	culprit_heard(h);
}

static void begin_behind(struct hostrun *h)
{
	struct msg_bundle_start start = {.after = h->reading.at.step,
					 .why = bytes_str(explain(h)),
					 .files = h->reading.at.files + 1,
					 .bytes = h->reading.at.bytes};

	log_line(LOG_WARN, "job", "%s: file %" PRIu64 ": %s", h->host->name,
		 start.after, explain(h));
	hostrun_let_go(h);
	buf_clear(&h->intake.in); /* what it did not say in full */
	h->reading.hung = h->reading.waits = false;
	h->reading.lost++;
	h->reading.behind = start.after;
	if (bundle_spawn(h, &start))
		culprit_heard(h);
}

bool culprit_ended(struct hostrun *h)
{
	struct err err;

	/* Not twice at one place: then it is no file that ends it. */
	if (!is_reading(h) || h->reading.behind == h->reading.at.step)
		return false;
	if (!h->child.ended) {
		if (!h->reading.waits)
			h->limit_ns = time_mono_ns() + END_NS;
		h->reading.waits = true;
		return true;
	}
	if (h->reading.lost < LOST_MAX) {
		begin_behind(h);
		return true;
	}
	err_set(&err, ERR_LIMIT,
		"more than %u files ended their parser: what is behind them "
		"was not read",
		LOST_MAX);
	hostrun_fail(h, &err);
	return true;
}

bool culprit_hangs(struct hostrun *h)
{
	if (!is_reading(h) || h->reading.waits || h->reading.hung)
		return false;
	h->reading.hung = true;
	h->limit_ns = time_mono_ns() + END_NS;
	zygote_kill(h->engine->config.zygote, &h->child);
	return true;
}

void culprit_child_ended(struct engine *e, uint64_t id, int status)
{
	for (struct jobrun *run = e->jobs; run; run = run->next) {
		for (size_t i = 0; !run->over && i < run->job->n_hosts; i++) {
			struct hostrun *h = &run->hosts[i];

			if (!is_reading(h) || h->child.id != id)
				continue;
			h->child.ended = true;
			h->child.status = status;
			hostrun_pump(h);
			return;
		}
	}
}
