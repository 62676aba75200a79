/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door for what hosts say. The link child decompressed it; here each
 * record is decoded, held against what a sane probe would say, counted, and
 * posted as a change. A host that breaks the rules fails; what it said
 * before stays.
 */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"
#include "model/fact.h"
#include "wire/records.h"

/* A host cannot make the case grow for ever: 64 Mi records is 60,000 files
 * a minute for 18 hours. */
#define RECORDS_MAX (UINT64_C(1) << 26)
/* A probe alone says nothing twice, so that a record takes some bytes of a
 * bundle however well it is packed. A bomb has more of them. */
#define BUNDLE_RECORDS_FREE UINT64_C(100000)

static uint64_t records_max(const struct hostrun *h)
{
	if (h->run->job->via == VIA_BUNDLE)
		return MIN(h->size + BUNDLE_RECORDS_FREE, RECORDS_MAX);
	return RECORDS_MAX;
}

/* Who it is there, which decides what it may read. */
static enum err_code note_user(struct hostrun *h, uint64_t uid, struct err *err)
{
	const char *how = hostrun_escalate(h), *user = h->host->reach.user;

	if (h->run->job->via != VIA_SSH)
		return ERR_OK;
	if (uid == 0)
		(void)snprintf(h->ran_as, sizeof h->ran_as, "root%s%s",
			       how[0] ? " by " : "", how);
	else
		(void)snprintf(h->ran_as, sizeof h->ran_as, "%s",
			       shown_str(user).s);
	if (uid != 0 && how[0])
		return err_set(err, ERR_AUTH,
			       "%s made us user %" PRIu64 " there, not root",
			       how, uid);
	return ERR_OK;
}

static void note_machine(struct hostrun *h, const struct rec_hello *hello)
{
	job_machine_release(&h->machine);
	h->machine = (struct job_machine){
		.machine_id = xstrdup(shown(hello->machine_id).s),
		.product_id = xstrdup(shown(hello->product_id).s),
		.hostname = xstrdup(h->hostname),
	};
}

static enum err_code on_hello(struct hostrun *h, struct record *rec,
			      struct err *err)
{
	const struct rec_hello *hello = &rec->u.hello;

	if (h->intake.hello)
		return err_set(err, ERR_FORMAT, "a second hello");
	if (hello->version != RECORD_VERSION)
		return err_set(err, ERR_UNSUPPORTED,
			       "the probe speaks version %" PRIu64
			       " of the stream, this console %d",
			       hello->version, RECORD_VERSION);
	h->intake.hello = true;
	(void)snprintf(h->intake.engine, sizeof h->intake.engine, "%s",
		       shown(hello->engine).s);
	if (!hello->unlinked && h->run->job->via == VIA_SSH)
		hostrun_changed(h, "it could not remove itself");
	(void)snprintf(h->hostname, sizeof h->hostname, "%s",
		       shown(hello->hostname).s);
	(void)snprintf(h->given_name, sizeof h->given_name, "%s",
		       shown(hello->host_name).s);
	note_machine(h, hello);
	outcome_seen(h, hello);
	if (h->run->job->op == JOB_CONNECT)
		hostrun_close(h);
	return note_user(h, hello->uid, err);
}

/* What it is going to do must be what it was asked to do. */
static enum err_code on_plan(struct hostrun *h, struct record *rec,
			     struct err *err)
{
	const struct rec_plan *plan = &rec->u.plan;
	const struct ruleset *rules = h->run->job->rules;

	if (h->intake.plan)
		return err_set(err, ERR_FORMAT, "a second plan");
	h->intake.plan = true;
	if (h->run->job->via == VIA_BUNDLE)
		return bundle_check_plan(h, plan, err);
	if (!bytes_eq(plan->rules_sha256,
		      bytes_str(rules ? rules->sha256 : "")))
		return err_set(err, ERR_FORMAT,
			       "the probe there has other rules than it was "
			       "sent");
	return ERR_OK;
}

static void note_failed(struct hostrun *h, const struct rec_coverage *c)
{
	struct intake *in = &h->intake;

	/* One that says more, as which rule is slow, stands for all. */
	if (in->n_failed == 0 || (c->detail.n && !in->first_says_more))
		(void)snprintf(in->first_failed, sizeof in->first_failed,
			       "%.140s: %.80s%s%.90s", shown(c->path).s,
			       shown(c->reason).s, c->detail.n ? ": " : "",
			       shown(c->detail).s);
	in->first_says_more |= c->detail.n != 0;
	h->intake.n_failed += MAX(c->files, UINT64_C(1));
}

static enum err_code on_coverage(struct hostrun *h, struct record *rec,
				 struct err *err UNUSED)
{
	struct rec_coverage *c = &rec->u.coverage;

	/* What a probe before this one did in this run is on record as that. */
	if ((h->cut[0] && bytes_eq(c->reason, bytes_str("resumed"))) ||
	    !caps_coverage(h, c))
		rec->type = 0;
	h->intake.told_stopped |= bytes_eq(c->reason, bytes_str("stopped"));
	if (bytes_eq(c->outcome, bytes_str("failed")))
		note_failed(h, c);
	return ERR_OK;
}

static void count(struct intake *in, uint64_t files, uint64_t bytes,
		  uint64_t matches)
{
	in->files = in->before.files + files;
	in->bytes = in->before.bytes + bytes;
	in->matches = in->before.matches + matches;
}

static enum err_code on_cursor(struct hostrun *h, struct record *rec,
			       struct err *err)
{
	return reconnect_cursor(h, &rec->u.cursor, err);
}

static enum err_code on_progress(struct hostrun *h, struct record *rec,
				 struct err *err UNUSED)
{
	const struct rec_progress *p = &rec->u.progress;

	count(&h->intake, p->files, p->bytes, p->matches);
	h->intake.part = MIN(p->part, p->whole);
	h->intake.whole = p->whole;
	h->intake.paused = p->paused;
	h->intake.pace = p->pace < 100 ? (unsigned)p->pace : 0;
	h->intake.waits = p->waiting.n != 0;
	(void)snprintf(h->intake.now, sizeof h->intake.now, "%s%s",
		       p->waiting.n ? "waits: " : "",
		       shown(p->waiting.n ? p->waiting : p->path).s);
	return ERR_OK;
}

/* Why the probe ended, where its own word for it needs more. */
static const struct {
	const char *word, *sentence;
} ends[] = {
	{"memory-pressure",
	 "the host ran short of memory, so the probe ended"},
	{"bundle-size",
	 "the bundle was as large as --max-bundle let it be, so the probe "
	 "ended"},
	{PROBE_WHY_UNHEARD,
	 "the probe heard nothing from this console for too long (was it "
	 "suspended?), so it ended"},
	{"host-hangs",
	 "files of the host hung when they were opened or read, too many of "
	 "them, so the probe ended: coverage has which (hang)"},
};

static void say_why(struct bytes reason, char *out, size_t room)
{
	(void)snprintf(out, room, "%s", shown(reason).s);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (strcmp(out, ends[i].word) == 0)
			(void)snprintf(out, room, "%s", ends[i].sentence);
}

/* Its last word is held against all the others. */
static void judge_total(struct hostrun *h, const struct rec_done *d)
{
	char said[100];
	struct rec_coverage row = {.what = bytes_str("records"),
				   .outcome = bytes_str("failed"),
				   .reason = bytes_str("contradiction")};

	if (h->given || d->matches == h->intake.told_matches)
		return;
	(void)snprintf(said, sizeof said,
		       "it says %" PRIu64 " matches, and told of %" PRIu64,
		       d->matches, h->intake.told_matches);
	row.path = bytes_str(said);
	note_failed(h, &row);
	outcome_coverage(h, &row);
}

static enum err_code on_done(struct hostrun *h, struct record *rec,
			     struct err *err UNUSED)
{
	const struct rec_done *d = &rec->u.done;

	judge_total(h, d);
	clock_tell(h);
	h->intake.done = true;
	h->intake.complete = d->complete;
	h->intake.unheard = bytes_eq(d->reason, bytes_str(PROBE_WHY_UNHEARD));
	count(&h->intake, d->files, d->bytes, d->matches);
	h->intake.part = h->intake.whole = 0;
	h->intake.cpu_ns = d->cpu_ns;
	h->intake.rss_bytes = d->rss_bytes;
	say_why(d->reason, h->intake.done_reason,
		sizeof h->intake.done_reason);
	hostrun_close(h);
	return ERR_OK;
}

/* Content that it does not send: only what it was told may be meant. */
static enum err_code on_file(struct hostrun *h, struct record *rec,
			     struct err *err UNUSED)
{
	rec->u.file.of_any = h->run->job->share_known;
	return ERR_OK;
}

static enum err_code on_clock(struct hostrun *h, struct record *rec,
			      struct err *err)
{
	return clock_heard(h, &rec->u.clock, err);
}

static enum err_code on_match(struct hostrun *h, struct record *rec,
			      struct err *err)
{
	return told_match(h, &rec->u.match, err);
}

static enum err_code on_event(struct hostrun *h, struct record *rec UNUSED,
			      struct err *err UNUSED)
{
	h->intake.events++;
	return ERR_OK;
}

/* Of a kind that we know; a later probe's are passed over. */
static enum err_code on_fact(struct hostrun *h, struct record *rec,
			     struct err *err UNUSED)
{
	const struct fact_kind *kind = fact_kind_find(rec->u.fact.kind);

	if (!kind || kind->home != FACT_OWN)
		rec->type = 0;
	else
		h->intake.facts++;
	return ERR_OK;
}

static enum err_code on_fault(struct hostrun *h, struct record *rec,
			      struct err *err)
{
	char *name = bytes_to_str(rec->u.fault.code);
	enum err_code code = err_from_name(name);
	struct buf message;

	free(name);
	if (h->closing) /* it was told to end, and says so */
		return ERR_OK;
	buf_init(&message, 2 * (size_t)RECORD_META_MAX);
	told_place(h, rec->u.fault.message, &message);
	code = err_set(err, code == ERR_OK ? ERR_REMOTE : code,
		       "the probe gave up: %s",
		       shown(buf_bytes(&message)).s);
	buf_release(&message);
	return code;
}

#define HUNT	(1u << JOB_HUNT)
#define COLLECT (1u << JOB_COLLECT)
#define WALK	(1u << JOB_WALK)
#define TRIAGE	(1u << JOB_TRIAGE)
#define IMPORT	(1u << JOB_IMPORT)
#define PARSE	(1u << JOB_PARSE)
#define PROBES	(HUNT | COLLECT | WALK | TRIAGE)
#define ALL	(PROBES | IMPORT | PARSE | (1u << JOB_CONNECT))

/*
 * What each record means to the engine; stored ones also go to the sink. And
 * what it may be told in: a host says what it was asked, no more. Parsers run
 * here, on files that are here: a host says what it has, not what happened on
 * it, and sends evidence that is read, not what was read.
 */
static const struct {
	unsigned ops; /* 0: not known */
	bool is_stored;
	enum err_code (*on)(struct hostrun *h, struct record *rec,
			    struct err *err);
} handling[] = {
	[REC_HELLO] = {ALL, false, on_hello},
	[REC_FILE] = {PROBES | IMPORT, true, on_file},
	[REC_MATCH] = {HUNT, true, on_match},
	[REC_HIT] = {HUNT, true, NULL},
	[REC_COVERAGE] = {ALL, true, on_coverage},
	[REC_CHUNK] = {HUNT | COLLECT | TRIAGE | IMPORT, true, NULL},
	[REC_FILE_END] = {HUNT | COLLECT | TRIAGE | IMPORT, true, NULL},
	[REC_PROGRESS] = {ALL, false, on_progress},
	[REC_DONE] = {ALL, false, on_done},
	[REC_FAULT] = {ALL, false, on_fault},
	[REC_PROCESS] = {HUNT | TRIAGE, true, NULL},
	[REC_SOCKET] = {HUNT | TRIAGE, true, NULL},
	[REC_SIGHTING] = {HUNT, true, NULL},
	[REC_CURSOR] = {PROBES, true, on_cursor},
	[REC_CLOCK] = {ALL, false, on_clock},
	[REC_EVENT] = {IMPORT | PARSE, true, on_event},
	[REC_ITEM] = {PARSE, true, NULL},
	[REC_FACT] = {TRIAGE | IMPORT | PARSE, true, on_fact},
	[REC_PLAN] = {ALL, true, on_plan},
};

/* Before anything else of a bundle: what it is of. */
static bool may_be_first(enum rec_type type)
{
	return type == REC_HELLO || type == REC_PLAN || type == REC_FAULT;
}

static enum err_code judge_type(const struct hostrun *h,
				const struct record *rec, struct err *err)
{
	bool is_bundle = h->run->job->via == VIA_BUNDLE;
	enum job_op op = h->intake.op;

	if (!h->intake.hello && rec->type != REC_HELLO &&
	    rec->type != REC_FAULT)
		return err_set(err, ERR_FORMAT,
			       "the stream does not begin with a hello");
	if (h->intake.done)
		return err_set(err, ERR_FORMAT, "records after the last one");
	if (is_bundle && !h->intake.plan && !may_be_first(rec->type))
		return err_set(err, ERR_FORMAT,
			       "it does not say what was asked of it");
	if (!(handling[rec->type].ops & (1u << op)))
		return err_set(err, ERR_FORMAT,
			       "it tells of things (%s) that a %s does not",
			       record_type(rec->type)->name, job_op_name(op));
	return ERR_OK;
}

static enum err_code take(struct hostrun *h, struct record *rec, size_t length,
			  struct err *err)
{
	enum err_code code;

	if (++h->intake.n_records > records_max(h))
		return err_set(err, ERR_LIMIT, "the host says more than %"
			       PRIu64 " things", records_max(h));
	code = caps_said(h, rec, length, err);
	if (code != ERR_OK)
		return code;
	if ((size_t)rec->type >= ARRAY_SIZE(handling) ||
	    !handling[rec->type].ops)
		return ERR_OK; /* from a newer probe */
	code = judge_type(h, rec, err);
	if (code == ERR_OK && h->intake.hello && !h->run->begun)
		code = bundle_settle(h, rec, err);
	if (code == ERR_OK)
		code = caps_bound(h, rec, err);
	if (code == ERR_OK)
		caps_fact(h, rec);
	if (code == ERR_OK && rec->type && handling[rec->type].on)
		code = handling[rec->type].on(h, rec, err);
	if (code == ERR_OK && rec->type && handling[rec->type].is_stored) {
		struct change *c = outcome_new(h, CHANGE_RECORD);

		h->intake.told_matches += rec->type == REC_MATCH ||
					  rec->type == REC_SIGHTING;
		change_set_record(c, rec);
		engine_post(h->engine, c);
	}
	return code;
}

enum err_code intake_run(struct hostrun *h, struct err *err)
{
	struct bytes rest = buf_bytes(&h->intake.in);
	enum err_code code = ERR_OK;

	while (code == ERR_OK && rest.n && !engine_sink_is_full(h->engine)) {
		struct record rec;
		size_t used;

		code = record_next(rest, &used, &rec, err);
		if (code != ERR_OK || used == 0)
			break;
		code = take(h, &rec, used, err);
		rest = bytes_skip(rest, used);
	}
	buf_consume(&h->intake.in, h->intake.in.n - rest.n);
	return code;
}
