/* SPDX-License-Identifier: Apache-2.0 */
/* What the jailed link child says, and what it is told. */
#include "base/base.h"

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "job/engine.h"
#include "wire/records.h"
#include "wire/stream.h"

#define HANDSHAKE_MS UINT64_C(15000)
#define AUTH_MS	     UINT64_C(30000)
#define PLACING_MS   UINT64_C(120000)
#define PATH_CELLS   200u /* of a path in what was changed there */
#define REQUEST_LEVEL 1
#define HAD_MAX	      ((size_t)4 << 20)

/* The engine's own limits, should the child be in hostile hands. */
#define LINK_GRACE_NS (10 * NS_PER_S)
#define KEYS_NS	      (30 * NS_PER_S) /* until it is known which there are */
#define RUNNING_NS    (70 * NS_PER_S) /* until its first word */

static void add_known_types(struct hostrun *h, const struct reach *r,
			    struct buf *types)
{
	char name[REACH_KEY_NAME_MAX];
	struct err ignored; /* it is told when the key is judged */
	const struct known_hosts *files =
		known_for(h->engine, r, &ignored);

	reach_key_name(r, name);
	if (files)
		known_hosts_types(files, name, types);
}

/* The key types to prefer: the pinned one, else those known_hosts has. */
static void add_key_types(struct hostrun *h, const struct job_host *at,
			  struct buf *types)
{
	buf_clear(types);
	if (at->pinned_key_type)
		(void)buf_add_str(types, at->pinned_key_type);
	else if (!at->pinned_fingerprint)
		add_known_types(h, &at->reach, types);
}

/* Who is on the way, nearest first. */
static void send_jumps(struct hostrun *h, struct buf *types)
{
	for (size_t i = 0; i < h->host->n_jumps; i++) {
		const struct job_host *at = &h->host->jumps[i];
		struct msg_link_jump m = {
			.name = bytes_str(at->name),
			.host = bytes_str(at->reach.host),
			.port = at->reach.port,
			.user = bytes_str(at->reach.user),
			.methods = bytes_str(at->reach.methods),
		};

		add_key_types(h, at, types);
		m.host_key_types = buf_bytes(types);
		(void)hostrun_send(h, MSG_LINK_JUMP, &m);
	}
}

/* As for ssh, ConnectTimeout is of this, too, and what a command does to get
 * there is part of it. */
static uint64_t handshake_ms(const struct hostrun *h)
{
	const struct reach *r = &hostrun_hop(h, 0)->reach;

	if (ssh_values_first(&r->values, SSH_CONNECTTIMEOUT))
		return r->connect_s * 1000;
	return r->proxy_command && !h->hop
		       ? HANDSHAKE_MS + r->connect_s * 1000
		       : HANDSHAKE_MS;
}

static int64_t handshake_ns(const struct hostrun *h)
{
	return (int64_t)handshake_ms(h) * NS_PER_MS + LINK_GRACE_NS;
}

static int64_t placing_ns(const struct hostrun *h UNUSED)
{
	return (int64_t)PLACING_MS * NS_PER_MS + LINK_GRACE_NS;
}

static int64_t running_ns(const struct hostrun *h UNUSED)
{
	return RUNNING_NS;
}

/* Phases people see, and how long the engine lets them last. */
static const struct {
	enum host_phase phase;
	int64_t (*limit_ns)(const struct hostrun *h); /* NULL: none */
} phases[] = {
	[LINK_HANDSHAKE] = {HOST_HANDSHAKE, handshake_ns},
	[LINK_AUTH] = {HOST_AUTH, NULL}, /* a person may be asked */
	[LINK_PLACING] = {HOST_PLACING, placing_ns},
	[LINK_RUNNING] = {HOST_RUNNING, running_ns},
};

static void enter_phase(struct hostrun *h, enum link_phase phase)
{
	h->limit_ns = phases[phase].limit_ns
			      ? time_mono_ns() + phases[phase].limit_ns(h)
			      : INT64_MAX;
	hostrun_phase(h, phases[phase].phase);
}

void link_begin(struct hostrun *h, int fd)
{
	const struct reach *r = &h->host->reach;
	struct engine *e = h->engine;
	struct msg_link_start m = {
		.user = bytes_str(r->user),
		.host = bytes_str(r->host),
		.port = r->port,
		.handshake_ms = handshake_ms(h),
		.auth_ms = AUTH_MS,
		.placing_ms = PLACING_MS,
		.idle_ms = r->alive_s * r->alive_count * 1000,
		.keepalive_s = r->alive_s,
		.methods = bytes_str(r->methods),
		.probe_largest = bundle_largest(e->config.probes,
						job_scans(h->run->job)),
		.no_probe = shell_is_wanted(h),
		.may_ask_password = true,
		.ahead = rate_ahead(h),
		/* What becomes root is more than a look. */
		.looks_only = h->run->job->op == JOB_CONNECT &&
			      !hostrun_escalate(h)[0],
		.escalate = bytes_str(hostrun_escalate(h)),
	};
	struct buf types;
	struct err err;

	if (zygote_spawn(e->config.zygote, CHILD_LINK, fd, &h->child, &err) !=
	    ERR_OK) {
		hostrun_fail(h, &err);
		return;
	}
	h->is_link = true;
	enter_phase(h, LINK_HANDSHAKE);
	h->limit_ns = time_mono_ns() + KEYS_NS;
	buf_init(&types, 1024);
	add_key_types(h, h->host, &types);
	m.host_key_types = buf_bytes(&types);
	(void)hostrun_send(h, MSG_LINK_START, &m);
	send_jumps(h, &types);
	buf_release(&types);
	keyring_want(h);
}

void hostrun_go(struct hostrun *h)
{
	struct msg_empty go = {0};

	if (h->keys_offered)
		return;
	h->keys_offered = true;
	enter_phase(h, LINK_HANDSHAKE); /* until now it waited for them */
	(void)keyring_offer(h);
	(void)hostrun_send(h, MSG_LINK_GO, &go);
}

static void on_jailed(struct hostrun *h, const void *msg)
{
	const struct msg_link_jailed *m = msg;

	if (h->shell)
		return; /* the link's is on record */
	(void)snprintf(h->jail, sizeof h->jail, "%s", shown(m->what).s);
}

static void on_phase(struct hostrun *h, const void *msg)
{
	const struct msg_link_phase *m = msg;

	if (m->phase < LINK_HANDSHAKE || m->phase >= ARRAY_SIZE(phases))
		return;
	if (m->phase > LINK_AUTH)
		secret_release(&h->kept);
	enter_phase(h, (enum link_phase)m->phase);
	password_was_right(h, m->phase == LINK_RUNNING);
}

/* One step after the other: what is asked later is of where it is now. */
static bool come_to(struct hostrun *h, uint64_t hop)
{
	const struct reach *r;
	struct err err;

	if (hop == h->hop && hop == 0)
		return true;
	if (hop != h->hop + 1 || hop > h->host->n_jumps) {
		err_set(&err, ERR_FORMAT, "a host key out of turn");
		hostrun_fail(h, &err);
		return false;
	}
	h->hop = (size_t)hop;
	r = &hostrun_at(h)->reach;
	(void)snprintf(h->address, sizeof h->address, "%.60s:%u by way of %.40s",
		       shown_str(r->host).s, (unsigned)r->port,
		       h->host->jumps[hop - 1].name);
	return true;
}

static void on_hostkey(struct hostrun *h, const void *msg)
{
	const struct msg_link_hostkey *m = msg;

	if (!come_to(h, m->hop))
		return;
	h->limit_ns = INT64_MAX; /* a person may be asked */
	trust_judge(h, msg);
}

static void on_sign(struct hostrun *h, const void *msg)
{
	keyring_sign(h, msg);
}

static void on_password(struct hostrun *h, const void *msg)
{
	const struct msg_link_password *m = msg;

	/* What the server wrote must not look like our own words. */
	char prompt[ASK_PROMPT_MAX], words[260];
	struct bytes asked = bytes_trim(m->prompt);

	if (asked.n && asked.p[asked.n - 1] == ':')
		asked.n--; /* whoever shows it has one of its own */

	(void)snprintf(prompt, sizeof prompt, "%s%s%.100s (%s) asks: %s",
		       m->again ? "the last answer was wrong; " : "",
		       h->hop < h->host->n_jumps ? "jump host " : "",
		       hostrun_at(h)->name, h->address, text_into(words, sizeof words, asked));
	hostrun_phase(h, HOST_ASKING);
	ask_password(h, prompt,
		     m->secret <= SECRET_ROOT ? (enum login_secret)m->secret
					      : SECRET_OTHER,
		     m->echo);
}

/* Which probe it is, then the probe. */
static enum err_code offer_probe(struct hostrun *h,
				 const struct msg_link_want *m,
				 struct bytes *packed, struct err *err)
{
	struct bundle *b = h->engine->config.probes;
	struct msg_link_offer offer;
	enum err_code code;

	if (m->form >= PROBE_FORMS)
		return err_set(err, ERR_FORMAT, "no such form of a probe");
	code = bundle_find(b, m->system, m->machine, job_scans(h->run->job),
			   &h->probe, err);
	if (code == ERR_UNSUPPORTED) {
		*packed = (struct bytes){0};
		offer = (struct msg_link_offer){.none = bytes_str(err->msg)};
		(void)hostrun_send(h, MSG_LINK_OFFER, &offer);
		return ERR_OK;
	}
	if (code == ERR_OK)
		code = bundle_form(b, h->probe, (enum probe_form)m->form,
				   packed, err);
	if (code != ERR_OK)
		return code;
	h->clock.since_ns = time_now_ns(); /* it runs after this */
	offer = (struct msg_link_offer){.packed_len = packed->n,
					.len = h->probe->size,
					.sha256 = bytes_str(h->probe->sha256)};
	(void)hostrun_send(h, MSG_LINK_OFFER, &offer);
	return ERR_OK;
}

static void on_want(struct hostrun *h, const void *msg)
{
	struct bytes rest;
	struct err err;

	password_was_right(h, true);
	if (offer_probe(h, msg, &rest, &err) != ERR_OK) {
		hostrun_fail(h, &err);
		return;
	}
	upload_begin(h, MSG_LINK_PROBE, rest, true, NULL);
}

static void on_who(struct hostrun *h, const void *msg)
{
	const struct msg_link_who *m = msg;
	const struct rec_hello seen = {
		.os = m->system,
		.arch = m->machine,
		.hostname = m->hostname,
		.clock_ns = m->clock_ns && m->clock_ns < INT64_MAX
				    ? (int64_t)m->clock_ns
				    : TIME_UNKNOWN,
	};

	if (h->run->job->op != JOB_CONNECT) {
		struct err err;

		err_set(&err, ERR_FORMAT, "an answer that nobody asked for");
		hostrun_fail(h, &err);
		return;
	}
	h->clock.since_ns = (int64_t)MIN(m->asked_ns, (uint64_t)time_now_ns());
	outcome_seen(h, &seen);
	h->intake.hello = true;
	hostrun_finish(h);
}

static bool send_input(struct hostrun *h, struct bytes rest)
{
	while (rest.n) {
		size_t n = MIN(rest.n, (size_t)MSG_DATA_MAX);
		struct msg_data piece = {.data = bytes_of(rest.p, n)};

		if (!hostrun_send(h, MSG_LINK_INPUT, &piece))
			return false;
		rest = bytes_skip(rest, n);
	}
	return true;
}

/* In a frame of their own. */
static bool send_records(struct hostrun *h, struct bytes plain)
{
	struct buf packed;
	struct zwriter z;
	struct err err;
	bool ok = true;

	buf_init(&packed, plain.n + RECORD_BODY_MAX);
	zwriter_init(&z, REQUEST_LEVEL);
	if (zwriter_add(&z, plain, ZFLUSH_END, &packed, &err) != ERR_OK) {
		hostrun_fail(h, &err);
		ok = false;
	}
	ok = ok && send_input(h, buf_bytes(&packed));
	zwriter_release(&z);
	buf_release(&packed);
	return ok;
}

bool link_request(struct hostrun *h, enum rec_type type, const void *req)
{
	struct buf plain;
	struct err err;
	bool ok = true;

	buf_init(&plain, RECORD_BODY_MAX);
	if (record_encode(type, req, &plain, &err) != ERR_OK) {
		hostrun_fail(h, &err);
		ok = false;
	}
	ok = ok && send_records(h, buf_bytes(&plain));
	buf_release(&plain);
	return ok;
}

bool hostrun_has_cursor(const struct hostrun *h)
{
	return h->host->has_cursor && h->host->cursor_of_shell == h->shell;
}

/* What this host alone is asked, before what all are asked. */
static bool send_cursor(struct hostrun *h)
{
	const struct job_host *host = h->host;
	struct req_cursor req = {
		.root = host->cursor_root,
		.path = bytes_of(host->cursor, host->cursor_n),
	};

	return !hostrun_has_cursor(h) || link_request(h, REQ_CURSOR, &req);
}

/* Without what the case says it would only send again what is here. */
static bool send_told(struct hostrun *h, const char *what, enum err_code code,
		      const struct buf *plain, const struct err *err)
{
	if (code != ERR_OK)
		log_line(LOG_WARN, "job", "%s: %s: %s", h->host->name, what,
			 err->msg);
	return code != ERR_OK || !plain->n || send_records(h, buf_bytes(plain));
}

/* What it has sent already, in this run or the one it takes up. */
static bool send_had(struct hostrun *h)
{
	const struct engine_config *config = &h->engine->config;
	const struct job *job = h->run->job;
	struct uuid run = job->run;
	enum err_code code;
	struct buf plain;
	struct err err;
	bool ok;

	if (!config->had || (!h->cut[0] && !job->resumes))
		return true;
	if (!h->cut[0]) /* ours may not be on record yet */
		(void)snprintf(run.s, sizeof run.s, "%s", job->resumes);
	buf_init(&plain, HAD_MAX);
	code = config->had(config->had_arg, &run, &h->host->id, &plain, &err);
	ok = send_told(h, "what it sent before", code, &plain, &err);
	buf_release(&plain);
	return ok;
}

/* What it has sent in any run, or others where they are to be told of. */
static bool send_known(struct hostrun *h)
{
	const struct engine_config *config = &h->engine->config;
	const struct uuid *host =
		h->run->job->share_known ? NULL : &h->host->id;
	enum job_op op = h->run->job->op;
	enum err_code code;
	struct buf plain;
	struct err err;
	bool ok;

	if (!config->known || (op != JOB_COLLECT && op != JOB_TRIAGE))
		return true;
	buf_init(&plain, HAD_MAX);
	code = config->known(config->had_arg, host, &plain, &err);
	ok = send_told(h, "what the case has of it", code, &plain, &err);
	buf_release(&plain);
	return ok;
}

static void on_cleared(struct hostrun *h, const void *msg)
{
	const struct msg_link_cleared *m = msg;
	struct text path;

	text_from_bytes(&path, m->path, PATH_CELLS);
	hostrun_changed(h,
			"removed %s, left by a connection whose shell was "
			"killed while it placed a probe",
			text_str(&path));
	text_release(&path);
}

static void on_placed(struct hostrun *h, const void *msg)
{
	const struct msg_link_placed *m = msg;

	hostrun_changed(h,
			"wrote %s (%" PRIu64 " bytes, %s), which removed "
			"itself when it started",
			shown(m->path).s, m->bytes,
			m->checked ? "hash checked there"
				   : "hash not checked");
	hostrun_phase(h, HOST_RUNNING);
	hostrun_heard(h);
	outcome_host(h);
	link_send_request(h);
}

void link_send_request(struct hostrun *h)
{
	if (send_cursor(h) && send_had(h) && send_known(h))
		upload_begin(h, MSG_LINK_INPUT, buf_bytes(&h->run->request),
			     false, control_begin);
}

static void on_no_probe(struct hostrun *h, const void *msg)
{
	shell_begin(h, msg);
}

static void on_output(struct hostrun *h, const void *msg)
{
	const struct msg_data *m = msg;
	struct err err;

	hostrun_heard(h);
	rate_charge(h, m->wire);
	h->intake.wire += m->wire;
	/* Frames are taken only while intake decodes, so a full buffer means
	 * one record that never ends. */
	if (buf_add_bytes(&h->intake.in, m->data))
		return;
	err_set(&err, ERR_LIMIT, "a record of more than %zu bytes",
		h->intake.in.n);
	hostrun_fail(h, &err);
}

static void on_stderr(struct hostrun *h, const void *msg)
{
	const struct msg_data *m = msg;

	(void)snprintf(h->stderr_tail, sizeof h->stderr_tail, "%s",
		       shown_line(m->data).s);
}

void link_ended(struct hostrun *h, const struct msg_link_exit *m)
{
	if (m->status == PROBE_EXIT_UNHEARD)
		h->intake.unheard = true;
	hostrun_finish(h);
}

static void on_ended(struct hostrun *h, const void *msg)
{
	link_ended(h, msg);
}

static void on_sum(struct hostrun *h, const void *msg)
{
	bundle_sum(h, msg);
}

static void on_at(struct hostrun *h, const void *msg)
{
	culprit_at(h, msg);
}

/* A child that something hostile took over has no more to say than the kind
 * of it does: one that reads a file cannot ask for a password. */
static const struct {
	enum msg_type type;
	void (*on)(struct hostrun *h, const void *msg);
	unsigned via;
} table[] = {
#define SSH    (1u << VIA_SSH)
#define BUNDLE (1u << VIA_BUNDLE)
#define LOCAL  (1u << VIA_LOCAL)
	{MSG_LINK_JAILED, on_jailed, SSH | BUNDLE | LOCAL},
	{MSG_LINK_PHASE, on_phase, SSH},
	{MSG_LINK_HOSTKEY, on_hostkey, SSH},
	{MSG_LINK_SIGN, on_sign, SSH},
	{MSG_LINK_PASSWORD, on_password, SSH},
	{MSG_LINK_WANT, on_want, SSH},
	{MSG_LINK_CLEARED, on_cleared, SSH},
	{MSG_LINK_PLACED, on_placed, SSH},
	{MSG_LINK_NO_PROBE, on_no_probe, SSH},
	{MSG_LINK_WHO, on_who, SSH},
	{MSG_LINK_OUTPUT, on_output, SSH | BUNDLE | LOCAL},
	{MSG_LINK_STDERR, on_stderr, SSH | LOCAL},
	{MSG_LINK_EXIT, on_ended, SSH | BUNDLE | LOCAL},
	{MSG_BUNDLE_SUM, on_sum, BUNDLE},
	{MSG_BUNDLE_AT, on_at, BUNDLE},
};

void link_frame(struct hostrun *h, const struct frame *f)
{
	link_frame_of(h, f, h->shell ? VIA_LOCAL : h->run->job->via);
}

void link_frame_of(struct hostrun *h, const struct frame *f, enum job_via via)
{
	union {
		struct msg_link_jailed jailed;
		struct msg_link_phase phase;
		struct msg_link_hostkey hostkey;
		struct msg_sign sign;
		struct msg_link_password password;
		struct msg_link_want want;
		struct msg_link_cleared cleared;
		struct msg_link_placed placed;
		struct msg_link_no_probe no_probe;
		struct msg_link_who who;
		struct msg_data data;
		struct msg_link_exit exit;
		struct msg_bundle_sum sum;
		struct msg_bundle_at at;
	} msg;
	struct err err;

	if (f->type == MSG_FAULT) {
		if (msg_fault_to_err(f, &err) != ERR_OK)
			hostrun_fail(h, &err);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if ((uint32_t)table[i].type != f->type ||
		    !(table[i].via & (1u << via)))
			continue;
		if (msg_read(f, table[i].type, &msg, &err) != ERR_OK)
			hostrun_fail(h, &err);
		else
			table[i].on(h, &msg);
		return;
	}
	err_set(&err, ERR_FORMAT, "unexpected message %u", f->type);
	hostrun_fail(h, &err);
}
