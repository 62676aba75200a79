/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's side, played by a test. */
#include "ssh/sim.h"

#include <signal.h>

#include "base/fs.h"
#include "base/hash.h"
#include "wire/stream.h"

#define OUTPUT_MAX (256u << 20)

static void note(struct bytes b, char *out, size_t room)
{
	(void)snprintf(out, room, "%s", shown(b).s);
}

void sim_defaults(struct sim *s)
{
	*s = (struct sim){0};
	s->start = (struct msg_link_start){
		.user = bytes_str(user_name()),
		.handshake_ms = 20000,
		.auth_ms = 20000,
		.placing_ms = 30000,
		.idle_ms = 20000,
		.keepalive_s = 5,
	};
	s->identity = "ed25519";
	buf_init(&s->key, 1 << 16);
	buf_init(&s->output, OUTPUT_MAX);
	buf_init(&s->errors, 1 << 20);
	buf_init(&s->gz_form, 64u << 20);
	buf_init(&s->zst_form, 64u << 20);
}

void sim_probe_bytes(struct sim *s, struct bytes probe)
{
	const char *gzip[] = {"/bin/gzip", "-nc", in_fixture("probe"), NULL};
	const char *zstd[] = {"/usr/bin/zstd", "-qc", in_fixture("probe"),
			      NULL};
	uint8_t digest[SHA256_LEN];
	struct err err;

	assert_ok(fs_replace(in_fixture("probe"), probe, 0644, &err), err);
	assert_int_equal(run_program(gzip, &s->gz_form), 0);
	assert_int_equal(run_program(zstd, &s->zst_form), 0);
	s->forms[PROBE_RAW] = probe;
	s->forms[PROBE_GZ] = buf_bytes(&s->gz_form);
	s->forms[PROBE_ZST] = buf_bytes(&s->zst_form);
	hash_sha256(probe, digest);
	(void)hex_encode(bytes_of(digest, sizeof digest), s->sha256,
			 sizeof s->sha256);
	s->start.probe_largest = probe.n;
	s->offer.len = probe.n;
	s->offer.sha256 = bytes_str(s->sha256);
}

void sim_probe(struct sim *s, const char *script)
{
	sim_probe_bytes(s, bytes_str(script));
}

void compress_for_probe(struct bytes plain, struct buf *out)
{
	struct zwriter z;
	struct err err;

	buf_init(out, 256u << 20);
	zwriter_init(&z, 1);
	assert_ok(zwriter_add(&z, plain, ZFLUSH_END, out, &err), err);
	zwriter_release(&z);
}

/* A key is for each server on the way, and for the last. */
static void offer_key(struct sim *s, const struct msg_keyring_key *key)
{
	struct msg_link_key m = {.blob = key->blob, .name = key->source};

	for (m.hop = 0; m.hop <= s->n_jumps; m.hop++)
		tell(&s->link, MSG_LINK_KEY, &m);
	s->n_keys++;
}

/* Passes the keyring's keys on to the link. */
static void offer_keys(struct sim *s)
{
	struct msg_keyring_open open = {
		.agent = bytes_str(s->agent),
		.identity = bytes_str(in_fixture(s->identity)),
	};
	struct msg_empty go = {0};
	struct frame f;
	struct err err;

	if (!s->no_keyring) {
		s->keyring_pid = child_start(keyring_main, -1, &s->keyring);
		tell(&s->keyring, MSG_KEYRING_OPEN, &open);
		for (hear(&s->keyring, &f); f.type != MSG_KEYRING_LISTED;
		     hear(&s->keyring, &f)) {
			struct msg_keyring_key key;

			assert_ok(msg_read(&f, MSG_KEYRING_KEY, &key, &err),
				  err);
			offer_key(s, &key);
		}
	}
	tell(&s->link, MSG_LINK_GO, &go);
}

void sim_start(struct sim *s, int fd)
{
	s->link_pid = child_start(link_main, fd, &s->link);
	tell(&s->link, MSG_LINK_START, &s->start);
	for (size_t i = 0; i < s->n_jumps; i++)
		tell(&s->link, MSG_LINK_JUMP, &s->jumps[i]);
	offer_keys(s);
}

static void ask_keyring(struct sim *s, const struct msg_sign *ask,
			struct frame *f, struct msg_signed *answer)
{
	struct err err;

	tell(&s->keyring, MSG_KEYRING_SIGN, ask);
	hear(&s->keyring, f);
	assert_ok(msg_read(f, MSG_KEYRING_SIGNED, answer, &err), err);
}

static void on_sign(struct sim *s, const struct frame *f)
{
	struct msg_sign ask;
	struct msg_signed answer;
	struct frame g;
	struct err err;

	s->n_signs++;
	assert_ok(msg_read(f, MSG_LINK_SIGN, &ask, &err), err);
	ask_keyring(s, &ask, &g, &answer);
	if (answer.locked && s->passphrase) {
		struct msg_keyring_unlock unlock = {
			.path = answer.path,
			.passphrase = bytes_str(s->passphrase)};

		tell(&s->keyring, MSG_KEYRING_UNLOCK, &unlock);
		hear(&s->keyring, &g);
		ask_keyring(s, &ask, &g, &answer);
	}
	(void)text_into(s->sign_message, sizeof s->sign_message,
			answer.message);
	tell(&s->link, MSG_LINK_SIGNED, &answer);
}

static void on_hostkey(struct sim *s, const struct frame *f)
{
	struct msg_link_verdict verdict = {.accepted = !s->refuse_host_key};
	struct msg_link_hostkey m;
	struct err err;

	assert_ok(msg_read(f, MSG_LINK_HOSTKEY, &m, &err), err);
	(void)snprintf(s->methods, sizeof s->methods,
		       "kex %s hostkey %s cipher %s mac %s", shown(m.kex).s,
		       shown(m.host_key).s, shown(m.cipher).s, shown(m.mac).s);
	note(m.key_type, s->key_type, sizeof s->key_type);
	assert_int_equal(m.hop, s->n_host_keys++);
	assert_true(buf_add_bytes(&s->key, m.key));
	tell(&s->link, MSG_LINK_VERDICT, &verdict);
}

static void on_password(struct sim *s, const struct frame *f)
{
	struct msg_link_secret m = {0};
	struct msg_link_password ask;
	struct err err;

	assert_ok(msg_read(f, MSG_LINK_PASSWORD, &ask, &err), err);
	note(ask.prompt, s->prompt, sizeof s->prompt);
	if (s->n_prompts < ARRAY_SIZE(s->prompts)) {
		(void)text_into(s->prompts[s->n_prompts].text,
				sizeof s->prompts[0].text, ask.prompt);
		s->prompts[s->n_prompts].secret = ask.secret;
		s->prompts[s->n_prompts].echo = ask.echo;
	}
	s->n_prompts++;
	if (s->answers && *s->answers) {
		m.ok = true;
		m.value = bytes_str(*s->answers++);
	}
	tell(&s->link, MSG_LINK_SECRET, &m);
}

/* This engine has no script either: the link says why it ends. */
static void on_no_probe(struct sim *s, const struct frame *f)
{
	struct msg_fault fault = {.code = bytes_str("unsupported")};
	struct msg_link_no_probe m;
	struct err err;

	assert_ok(msg_read(f, MSG_LINK_NO_PROBE, &m, &err), err);
	fault.message = m.why;
	tell(&s->link, MSG_FAULT, &fault);
}

static void on_want(struct sim *s, const struct frame *f)
{
	struct msg_link_want m;
	struct bytes rest;
	struct err err;

	assert_ok(msg_read(f, MSG_LINK_WANT, &m, &err), err);
	s->form = (enum probe_form)m.form;
	(void)snprintf(s->system, sizeof s->system, "%s %s",
		       shown(m.system).s, shown(m.machine).s);
	assert_true(m.form < PROBE_FORMS);
	rest = s->forms[m.form];
	s->offer.packed_len = rest.n;
	tell(&s->link, MSG_LINK_OFFER, &s->offer);
	if (s->probe_cut)
		rest.n = MIN(rest.n, s->probe_cut);
	while (rest.n) {
		size_t n = MIN(rest.n, (size_t)MSG_DATA_MAX);
		struct msg_data piece = {.data = bytes_of(rest.p, n),
					 .last = n == rest.n && !s->probe_cut};

		tell(&s->link, MSG_LINK_PROBE, &piece);
		rest = bytes_skip(rest, n);
	}
}

/* In a folder that is not our own others may have left some, too. */
static void on_cleared(struct sim *s, const struct frame *f)
{
	struct msg_link_cleared m;
	size_t n = strlen(s->cleared);
	struct err err;

	assert_ok(msg_read(f, MSG_LINK_CLEARED, &m, &err), err);
	(void)snprintf(s->cleared + n, sizeof s->cleared - n, "%s%.*s",
		       n ? " " : "", (int)m.path.n, (const char *)m.path.p);
}

static void on_placed(struct sim *s, const struct frame *f)
{
	struct msg_link_placed m;
	struct bytes rest = s->input;
	struct msg_data end = {.last = true};
	struct err err;

	assert_ok(msg_read(f, MSG_LINK_PLACED, &m, &err), err);
	note(m.path, s->path, sizeof s->path);
	s->checked = m.checked;
	s->placed = true;
	while (rest.n) {
		size_t n = MIN(rest.n, (size_t)MSG_DATA_MAX);
		struct msg_data piece = {.data = bytes_of(rest.p, n)};

		assert_ok(msg_send(&s->link, MSG_LINK_INPUT, &piece, &err),
			  err);
		rest = bytes_skip(rest, n);
	}
	if (s->stop_at != MSG_LINK_PLACED)
		assert_ok(msg_send(&s->link, MSG_LINK_INPUT, &end, &err), err);
}

static void on_who(struct sim *s, const struct frame *f)
{
	struct msg_link_who m;
	struct err err;

	assert_ok(msg_read(f, MSG_LINK_WHO, &m, &err), err);
	note(m.system, s->system, sizeof s->system);
	note(m.machine, s->machine, sizeof s->machine);
	note(m.hostname, s->hostname, sizeof s->hostname);
	s->clock_ns = m.clock_ns;
	s->asked_ns = m.asked_ns;
	s->exited = true; /* that was all */
}

static void on_data(const struct frame *f, struct buf *into)
{
	struct msg_data m;
	struct err err;

	assert_ok(msg_read(f, (enum msg_type)f->type, &m, &err), err);
	assert_true(buf_add_bytes(into, m.data));
}

static void on_news(struct sim *s, const struct frame *f)
{
	struct msg_link_jailed jailed;
	struct msg_link_phase phase;
	struct msg_link_exit ended;
	struct err err;

	switch (f->type) {
	case MSG_LINK_JAILED:
		assert_ok(msg_read(f, MSG_LINK_JAILED, &jailed, &err), err);
		note(jailed.what, s->jail, sizeof s->jail);
		break;
	case MSG_LINK_PHASE:
		assert_ok(msg_read(f, MSG_LINK_PHASE, &phase, &err), err);
		s->last_phase = phase.phase;
		break;
	case MSG_LINK_EXIT:
		assert_ok(msg_read(f, MSG_LINK_EXIT, &ended, &err), err);
		s->exited = true;
		s->exit_status = ended.status;
		break;
	default:
		fail_msg("message %u", f->type);
	}
}

static void on_frame(struct sim *s, const struct frame *f)
{
	static const struct {
		enum msg_type type;
		void (*on)(struct sim *s, const struct frame *f);
	} asked[] = {
		{MSG_LINK_SIGN, on_sign},         {MSG_LINK_WANT, on_want},
		{MSG_LINK_HOSTKEY, on_hostkey},   {MSG_LINK_PLACED, on_placed},
		{MSG_LINK_CLEARED, on_cleared},
		{MSG_LINK_PASSWORD, on_password}, {MSG_LINK_WHO, on_who},
		{MSG_LINK_NO_PROBE, on_no_probe},
	};

	if (f->type == MSG_FAULT) {
		assert_int_not_equal(msg_fault_to_err(f, &s->fault), ERR_OK);
		return;
	}
	if (f->type == MSG_LINK_OUTPUT) {
		on_data(f, &s->output);
		return;
	}
	if (f->type == MSG_LINK_STDERR) {
		on_data(f, &s->errors);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		if ((uint32_t)asked[i].type == f->type) {
			asked[i].on(s, f);
			return;
		}
	on_news(s, f);
}

/* As hear(), but what a link that ended did not take is no failure. */
static void hear_link(struct sim *s, struct frame *f)
{
	struct deadline d = deadline_in(60 * NS_PER_S, NULL);
	struct chan *c = &s->link;
	struct err err;
	bool got;

	for (;;) {
		assert_ok(chan_next(c, f, &got, &err), err);
		if (got)
			return;
		assert_false(c->eof);
		if (chan_flush(c, &err) != ERR_OK)
			buf_clear(&c->out);
		assert_ok(wait_fd(c->fd, c->out.n ? POLLIN | POLLOUT : POLLIN,
				  d, &err),
			  err);
		assert_ok(chan_fill(c, &err), err);
	}
}

void sim_run(struct sim *s)
{
	while (!s->exited && s->fault.code == ERR_OK) {
		struct frame f;
		uint32_t type;

		hear_link(s, &f);
		type = f.type;
		on_frame(s, &f);
		if (s->stop_at && type == (uint32_t)s->stop_at)
			return;
	}
}

void assert_fault(const struct sim *s, enum err_code code, const char *part)
{
	if (s->fault.code != code || !strstr(s->fault.msg, part))
		fail_msg("%s: %s, instead of %s: %s", err_name(s->fault.code),
			 s->fault.msg, err_name(code), part);
}

int sim_end(struct sim *s)
{
	int status;

	chan_release(&s->link);
	status = child_wait(s->link_pid);
	if (s->keyring_pid) {
		chan_release(&s->keyring);
		assert_int_equal(child_wait(s->keyring_pid), 0);
	}
	buf_release(&s->key);
	buf_release(&s->output);
	buf_release(&s->errors);
	buf_release(&s->gz_form);
	buf_release(&s->zst_form);
	return status;
}
