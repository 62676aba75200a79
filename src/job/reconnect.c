/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host whose link was cut after its probe had begun is reached again, with
 * the host key it had, and a new probe goes on behind the last cursor. What
 * the network did may pass; what the host or its people decided is not asked
 * twice, and a cut with no step forward since the last one only so often.
 */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"

static const int64_t rests_s[] = {2, 5, 15, 30};

/* Whether it was cut while it worked, or since then could not be reached. */
static bool is_cut(const struct hostrun *h)
{
	if (h->intake.hello)
		return h->phase == HOST_RUNNING;
	return h->cut[0] && h->phase != HOST_QUEUED && h->phase != HOST_AUTH &&
	       h->phase != HOST_ASKING;
}

bool reconnect_may(const struct hostrun *h, const struct err *err)
{
	const struct job *job = h->run->job;

	return job->via == VIA_SSH && job->op != JOB_CONNECT &&
	       (err->code == ERR_NET || err->code == ERR_TIMEOUT) &&
	       h->cuts < job->fleet.reconnect && is_cut(h);
}

/* The next probe counts from nothing, and tells all of itself again. What it
 * reads again, behind the cursor, was not counted before. */
static void forget_probe(struct intake *in)
{
	in->before = in->at_cursor;
	in->files = in->before.files;
	in->bytes = in->before.bytes;
	in->matches = in->before.matches;
	in->told_matches = 0;
	in->hello = in->plan = in->done = in->complete = in->paused =
		in->unheard = in->told_stopped = false;
	in->pace = 0;
	in->part = in->whole = 0;
	in->now[0] = in->done_reason[0] = '\0';
}

static int64_t rest_ns(const struct hostrun *h)
{
	size_t at = MIN((size_t)h->cuts, ARRAY_SIZE(rests_s) - 1);
	int64_t given = h->engine->config.retry_ns;

	return given ? given : rests_s[at] * NS_PER_S;
}

void reconnect_rest(struct hostrun *h, const struct err *err)
{
	if (h->intake.hello)
		(void)snprintf(h->cut, sizeof h->cut, "%s", err->msg);
	forget_probe(&h->intake);
	h->not_before_ns = time_mono_ns() + rest_ns(h);
	h->cuts++;
	h->err = *err;
	/* It is at work, and nobody else gets its place. */
	h->active = true;
	h->run->n_active++;
	hostrun_phase(h, HOST_RECONNECTING);
	outcome_host(h);
}

static bool has_moved(const struct hostrun *h, const struct rec_cursor *rec)
{
	const struct job_host *host = h->host;

	return !hostrun_has_cursor(h) || host->cursor_root != rec->root ||
	       !bytes_eq(bytes_of(host->cursor, host->cursor_n), rec->path);
}

enum err_code reconnect_cursor(struct hostrun *h, const struct rec_cursor *rec,
			       struct err *err UNUSED)
{
	struct job_host *host = h->host;

	if (h->run->job->via != VIA_SSH || !has_moved(h, rec))
		return ERR_OK;
	free(host->cursor);
	host->cursor = xmemdup(rec->path.p, rec->path.n);
	host->cursor_n = rec->path.n;
	host->cursor_root = rec->root;
	host->has_cursor = true;
	host->cursor_of_shell = h->shell;
	h->intake.at_cursor = (struct counts){.files = h->intake.files,
					      .bytes = h->intake.bytes,
					      .matches = h->intake.matches};
	h->cuts = 0;
	return ERR_OK;
}
