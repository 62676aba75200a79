/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts that are not reached: a bundle that a probe wrote when it worked
 * alone, and a folder of this machine that holds a host's files. From the
 * first record on they are hosts as any other.
 */
#include "base/base.h"

#include <sys/mman.h>
#include <sys/utsname.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"

#define READERS_LEAST 4
#define READERS_MOST  16

/* ---- bundles ---- */

size_t engine_readers(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	/* One writes what all of them read. */
	return (size_t)MIN(MAX(n, (long)READERS_LEAST), (long)READERS_MOST);
}

bool bundles_may_start(const struct engine *e)
{
	size_t n = 0;

	for (const struct jobrun *run = e->jobs; run; run = run->next)
		if (run->job->via == VIA_BUNDLE)
			n += run->n_active;
	return n < engine_readers();
}

bool bundle_spawn(struct hostrun *h, struct msg_bundle_start *start)
{
	struct job *job = h->run->job;
	struct err err;
	enum err_code code =
		zygote_spawn(h->engine->config.zygote, CHILD_BUNDLE,
			     job->bundle_fd, &h->child, &err);

	if (code != ERR_OK) {
		hostrun_fail(h, &err);
		return false;
	}
	h->is_link = true;
	start->path = bytes_str(job->source);
	start->parser = bytes_str(job->parser);
	start->zone = bytes_of(job->zone.bytes, job->zone.n);
	start->spool = job->op == JOB_PARSE;
	start->secrets = job->with_secrets;
	start->item_cpu_s = h->engine->config.item_cpu_s;
	return hostrun_send(h, MSG_BUNDLE_START, start);
}

void bundle_start(struct hostrun *h)
{
	struct secret *identity = &h->run->job->identity;
	struct msg_bundle_start start = {.identity = secret_bytes(identity)};

	if (bundle_spawn(h, &start))
		hostrun_phase(h, HOST_RUNNING);
	secret_release(identity);
}

/* Whether two of named hosts are of different ones: they may be alike. */
static bool are_of_others(const struct hostrun *a, const struct hostrun *b)
{
	return a->run->job->named_host && b->run->job->named_host &&
	       strcmp(a->host->name, b->host->name) != 0;
}

/* Two files of a host may have the same bytes: each is what it is there. */
static bool is_same(const struct hostrun *a, const struct hostrun *b)
{
	return strcmp(a->sha256, b->sha256) == 0 &&
	       (!a->is_file ||
		strcmp(a->run->job->source, b->run->job->source) == 0);
}

static const struct uuid *known_run(const struct hostrun *h)
{
	char *name = job_known_file(h->sha256, h->run->job->source);
	const struct uuid *id = job_known_id(&h->run->job->bundles_known,
					     h->is_file ? name : h->sha256);

	free(name);
	return id;
}

/* The run that has it already, of the case or of this session; NULL: none. */
static const struct uuid *find_earlier(const struct hostrun *h)
{
	const struct uuid *id = known_run(h);

	for (struct jobrun *run = h->engine->jobs; run && !id; run = run->next)
		if (run != h->run && run->job->via == VIA_BUNDLE &&
		    run->begun && run->code != ERR_CANCELLED &&
		    !are_of_others(h, &run->hosts[0]) &&
		    is_same(h, &run->hosts[0]))
			id = &run->job->run;
	return id;
}

void bundle_sum(struct hostrun *h, const struct msg_bundle_sum *sum)
{
	const struct uuid *earlier;
	uint8_t raw[SHA256_LEN];
	struct err err;

	if (h->sha256[0] || !hex_decode(sum->sha256, raw, sizeof raw)) {
		err_set(&err, ERR_FORMAT, "a bundle has one hash");
		hostrun_fail(h, &err);
		return;
	}
	(void)hex_encode(bytes_of(raw, sizeof raw), h->sha256,
			 sizeof h->sha256);
	h->size = sum->size;
	h->is_file = sum->is_file;
	h->given = sum->given;
	earlier = find_earlier(h);
	if (!earlier || h->run->job->again)
		return;
	err_set(&err, ERR_EXISTS,
		"it was imported before, by run %s; --again imports it once "
		"more",
		earlier->s + UUID_TEXT_LEN - 8);
	hostrun_fail(h, &err);
}

/* What probes do alone, and what parsers of ours do with a file. */
static const struct {
	enum job_op op;
	bool given;
} plans[] = {
	{JOB_HUNT, false},   {JOB_COLLECT, false}, {JOB_WALK, false},
	{JOB_TRIAGE, false}, {JOB_IMPORT, true},   {JOB_PARSE, true},
};

enum err_code bundle_check_plan(struct hostrun *h, const struct rec_plan *plan,
				struct err *err)
{
	uint8_t raw[SHA256_LEN];
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(plans) && !known; i++) {
		known = plans[i].given == h->given &&
			bytes_eq(plan->op, bytes_str(job_op_name(plans[i].op)));
		h->intake.op = plans[i].op;
	}
	if (!known || (plan->rules_sha256.n &&
		       !hex_decode(plan->rules_sha256, raw, sizeof raw)))
		return err_set(err, ERR_FORMAT,
			       "a plan that no probe has: %s",
			       shown(plan->op).s);
	return ERR_OK;
}

/* ---- folders ---- */

int local_probe(struct hostrun *h, struct err *err)
{
	struct bundle *probes = h->engine->config.probes;
	struct utsname own = {0};
	struct bytes probe;
	int fd;

	(void)uname(&own); /* no probe is for a machine without a name */
	/* Not a lean one, which does not take what a shell tells. */
	if (bundle_find(probes, bytes_str(own.sysname), bytes_str(own.machine),
			true, &h->probe, err) != ERR_OK ||
	    bundle_form(probes, h->probe, PROBE_RAW, &probe, err) != ERR_OK)
		return -1;
	fd = memfd_create("halligan-probe", MFD_CLOEXEC);
	if (fd < 0) {
		(void)err_errno(err, "placing the probe in memory");
		return -1;
	}
	if (fs_write_all(fd, probe, err) == ERR_OK)
		return fd;
	return close_fd(fd);
}

void local_start(struct hostrun *h)
{
	struct msg_local_start start = {.feed = false};
	struct err err;
	int fd = local_probe(h, &err);
	enum err_code code = fd < 0 ? err.code
				    : zygote_spawn(h->engine->config.zygote,
						   CHILD_LOCAL, fd, &h->child,
						   &err);

	close_fd(fd);
	if (code != ERR_OK) {
		hostrun_fail(h, &err);
		return;
	}
	h->is_link = true;
	start.root = bytes_str(h->run->job->source);
	(void)hostrun_send(h, MSG_LOCAL_START, &start);
	(void)snprintf(h->footprint, sizeof h->footprint,
		       "nothing was written: %s was read on this machine",
		       shown_str(h->run->job->source).s);
	hostrun_phase(h, HOST_RUNNING);
	hostrun_heard(h);
	outcome_host(h);
	link_send_request(h);
}
