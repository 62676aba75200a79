/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine tells the case besides records: runs, hosts, host keys. */
#include "base/base.h"

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"
#include "wire/records.h"

/* Keeps order: while something waits, everything waits behind it. */
void engine_post(struct engine *e, struct change *c)
{
	log_line(LOG_DEBUG, "job", "%s %s", change_action(c->kind), c->host.s);
	if (!e->pending && sink_submit(e->config.sink, c))
		return;
	c->mail.next = NULL;
	*e->pending_last = &c->mail;
	e->pending_last = &c->mail.next;
}

void engine_post_pending(struct engine *e)
{
	while (e->pending) {
		struct mail *next = e->pending->next;

		if (!sink_submit(e->config.sink, (struct change *)e->pending))
			return;
		e->pending = next;
	}
	e->pending_last = &e->pending;
}

static struct change *run_change(struct jobrun *run, enum change_kind kind)
{
	struct change *c = change_new(kind);

	c->run = run->job->run;
	return c;
}

struct change *outcome_new(struct hostrun *h, enum change_kind kind)
{
	struct change *c = run_change(h->run, kind);

	c->host = h->host->id;
	return c;
}

#define NAMES_MAX ((size_t)8 << 20)

/* What the set has, so that what it does not find any more can be told from
 * what it does not look for. */
static void put_rule_names(struct change *c, const struct ruleset *set)
{
	struct buf names;
	size_t n;
	struct rule_name *v = ruleset_names(set, &n);

	buf_init(&names, NAMES_MAX);
	(void)buf_add_byte(&names, '\n');
	for (size_t i = 0; i < n; i++)
		(void)buf_addf(&names, "%s:%.*s\n", v[i].file->ns,
			       (int)v[i].name.n, (const char *)v[i].name.p);
	if (!names.full)
		c->u.run.rule_names = change_str(c, buf_str(&names));
	buf_release(&names);
	free(v);
}

void outcome_run_begin(struct jobrun *run, struct engine *e)
{
	struct change *c = run_change(run, CHANGE_RUN_BEGIN);

	run->begun = true;
	c->u.run.op = job_op_name(run->job->op);
	c->u.run.command = change_str(c, run->job->command);
	if (run->job->rules) {
		c->u.run.rules_sha256 =
			change_str(c, run->job->rules->sha256);
		c->u.run.n_rules = run->job->rules->n_rules;
		put_rule_names(c, run->job->rules);
		c->u.run.rules_form =
			run->sends_compiled ? "compiled" : "source";
	}
	if (run->job->via == VIA_BUNDLE) {
		c->u.run.source = change_str(c, run->job->source);
		c->u.run.source_sha256 = change_str(c, run->hosts[0].sha256);
	}
	c->u.run.words = change_str(c, run->job->words);
	c->u.run.how = change_str(c, run->job->how);
	c->u.run.hunt = change_str(c, run->job->hunt);
	c->u.run.resumes = change_str(c, run->job->resumes);
	c->u.run.with_secrets = run->job->with_secrets;
	engine_post(e, c);
	/* Who is to take part is on record before anything can go wrong. */
	for (size_t i = 0; i < run->job->n_hosts; i++)
		outcome_host(&run->hosts[i]);
}

void outcome_run_end(struct jobrun *run, struct engine *e)
{
	struct change *c;
	char line[128];
	size_t failed = 0;

	if (!run->begun)
		return;
	c = run_change(run, CHANGE_RUN_END);
	for (size_t i = 0; i < run->job->n_hosts; i++)
		failed += run->hosts[i].phase == HOST_FAILED;
	(void)snprintf(line, sizeof line, "%zu of %zu hosts failed", failed,
		       run->job->n_hosts);
	c->u.run_end.code = run->code;
	c->u.run_end.message = failed ? change_str(c, line) : NULL;
	engine_post(e, c);
}

static const char *text_or_null(struct change *c, const char *s)
{
	return s[0] ? change_str(c, s) : NULL;
}

void outcome_host(struct hostrun *h)
{
	struct change *c;
	struct change_run_host *o;

	if (!h->run->begun)
		return;
	c = outcome_new(h, CHANGE_RUN_HOST);
	o = &c->u.run_host;
	o->state = host_phase_name(h->phase);
	o->code = h->err.code;
	o->message = h->err.code == ERR_OK ? NULL : change_str(c, h->err.msg);
	o->footprint = text_or_null(c, h->footprint);
	o->jail = text_or_null(c, h->jail);
	o->engine = text_or_null(c, h->intake.engine);
	o->cpu_ns = h->intake.cpu_ns;
	o->rss_bytes = h->intake.rss_bytes;
	o->probe_sha256 = h->probe ? change_str(c, h->probe->sha256) : NULL;
	o->attempts = h->attempts;
	if (h->run->job->via == VIA_SSH && h->phase >= HOST_RUNNING)
		o->mode = h->shell ? "shell" : "probe";
	o->ran_as = text_or_null(c, h->ran_as);
	o->zone = change_str(c, h->run->job->zone.name);
	o->zone_source = change_str(c, h->run->job->zone.source);
	o->zone_evidence = change_str(c, h->run->job->zone.evidence);
	o->files = h->intake.files;
	o->bytes = h->intake.bytes;
	o->matches = h->intake.matches;
	if (h->phase == HOST_QUEUED && h->host->has_cursor) {
		/* until its probe tells of another */
		o->mode = h->host->cursor_of_shell ? "shell" : "probe";
		o->cursor_root = h->host->cursor_root;
		o->cursor = change_bytes(c, bytes_of(h->host->cursor,
						     h->host->cursor_n));
	}
	engine_post(h->engine, c);
}

void outcome_coverage(struct hostrun *h, const struct rec_coverage *row)
{
	struct record rec = {.type = REC_COVERAGE, .u.coverage = *row};
	struct change *c = outcome_new(h, CHANGE_RECORD);

	change_set_record(c, &rec);
	engine_post(h->engine, c);
}

static const char *shown_into(struct change *c, struct bytes b)
{
	return change_str(c, shown(b).s);
}

/* Of a server on the way that is no host of the case. */
static void outcome_pin(struct hostrun *h, const char *how)
{
	struct change *c = outcome_new(h, CHANGE_PIN);
	struct change_pin *p = &c->u.pin;
	char name[JOB_PIN_NAME_MAX];

	job_pin_name(&hostrun_at(h)->reach, name);
	p->name = change_str(c, name);
	p->key_type = change_str(c, h->key_type);
	p->key = change_bytes(c, buf_bytes(&h->key));
	p->fingerprint = change_str(c, h->fingerprint);
	p->how = change_str(c, how);
	engine_post(h->engine, c);
}

void outcome_hop(struct hostrun *h, const char *how)
{
	const struct job_host *at = hostrun_at(h);
	struct change *c;
	struct change_hop *p;
	char target[600];

	if (!h->run->begun)
		return;
	c = outcome_new(h, CHANGE_HOP);
	p = &c->u.hop;
	(void)snprintf(target, sizeof target, "%s@%s:%u", at->reach.user,
		       at->reach.host, (unsigned)at->reach.port);
	p->position = h->hop;
	p->target = shown_into(c, bytes_str(target));
	p->address = h->hop ? NULL : text_or_null(c, h->address);
	p->user = change_str(c, at->reach.user);
	p->key_type = change_str(c, h->key_type);
	p->fingerprint = change_str(c, h->fingerprint);
	p->how = change_str(c, how);
	p->kex = change_str(c, h->kex);
	p->host_key = change_str(c, h->host_key);
	p->cipher = change_str(c, h->cipher);
	p->mac = change_str(c, h->mac);
	engine_post(h->engine, c);
}

void outcome_host_key(struct hostrun *h, enum change_kind kind,
		      const char *how, const char *expected)
{
	const struct job_host *at = hostrun_at(h);
	struct change *c;
	struct change_host_key *k;

	if (kind == CHANGE_HOST_TRUST && !at->id.s[0]) {
		outcome_pin(h, how);
		return;
	}
	c = outcome_new(h, kind);
	k = &c->u.host_key;
	if (at->id.s[0])
		c->host = at->id;

	k->key_type = change_str(c, h->key_type);
	k->key = change_bytes(c, buf_bytes(&h->key));
	k->fingerprint = change_str(c, h->fingerprint);
	k->how = change_str(c, how);
	k->pinned_fingerprint = change_str(c, expected);
	engine_post(h->engine, c);
}

/* By one word of its clock, which was said between what made it say it and
 * now. A shell's has whole seconds: it is between that and the next one. */
static void note_clock(struct hostrun *h, int64_t clock_ns,
		       struct change *c)
{
	struct change_host_seen *s = &c->u.host_seen;
	int64_t half_ns = h->shell ? NS_PER_S / 2 : 0;
	int64_t error_ns = MAX(c->at_ns - h->clock.since_ns, INT64_C(0)) / 2;

	if (__builtin_sub_overflow(clock_ns, c->at_ns - error_ns,
				   &s->clock_offset_ns) ||
	    __builtin_add_overflow(s->clock_offset_ns, half_ns,
				   &s->clock_offset_ns))
		s->clock_offset_ns = TIME_UNKNOWN;
	else
		s->clock_error_ns = MAX(error_ns + half_ns, INT64_C(1));
	h->clock.seen = s->clock_offset_ns != TIME_UNKNOWN;
	h->clock.seen_ns = s->clock_offset_ns;
}

/* A bundle's host is not known yet, and its clock was read some time ago; a
 * folder's host is not the one that its files were read on. */
void outcome_seen(struct hostrun *h, const struct rec_hello *hello)
{
	struct change *c;
	struct change_host_seen *s;

	if (h->run->job->via == VIA_LOCAL)
		return;
	c = outcome_new(h, CHANGE_HOST_SEEN);
	s = &c->u.host_seen;
	if (!proxy_command(h) || h->hop) /* a command is no address */
		s->address = text_or_null(c, h->address);
	s->os = shown_into(c, hello->os);
	s->arch = shown_into(c, hello->arch);
	s->hostname = shown_into(c, hello->hostname);
	s->machine_id = text_or_null(c, shown(hello->machine_id).s);
	s->product_id = text_or_null(c, shown(hello->product_id).s);
	s->clock_offset_ns = TIME_UNKNOWN;
	if (h->run->job->via == VIA_BUNDLE) {
		s->seen_ns = MAX(MIN(hello->clock_ns, c->at_ns), 1);
		h->seen = c;
		return;
	}
	if (hello->clock_ns != TIME_UNKNOWN)
		note_clock(h, hello->clock_ns, c);
	engine_post(h->engine, c);
}
