/* SPDX-License-Identifier: Apache-2.0 */
/* The table of messages, and sending and reading them. */
#include "base/base.h"

#include "base/text.h"
#include "base/time.h"
#include "remote/msg.h"

#define NAME_LEN    256u        /* user, key type, system, signal */
#define LINE_LEN    4096u       /* paths, prompts, one line of text */
#define KEY_LEN     (16u << 10) /* a public key or a signature */
#define FILES_LEN   (200u << 10) /* paths of key files */
#define SECRET_LEN  1024u       /* SECRET_MAX */
#define SECRET_ROOM (2 * (SECRET_LEN + 2 * LINE_LEN))
#define TO_SIGN_LEN (64u << 10)
#define SQL_LEN     (64u << 10)
#define CELL_LEN    (512u << 10)
#define SEND_WAIT   (5 * NS_PER_S)

#define U64(k, s, m)                                                           \
	{                                                                      \
		.key = (k), .kind = WIRE_U64, .required = true,                \
		.offset = offsetof(struct s, m), .name = #m                    \
	}
#define I64(k, s, m)                                                           \
	{                                                                      \
		.key = (k), .kind = WIRE_I64, .required = true,                \
		.offset = offsetof(struct s, m), .name = #m                    \
	}
#define BOOL(k, s, m)                                                          \
	{                                                                      \
		.key = (k), .kind = WIRE_BOOL, .required = true,               \
		.offset = offsetof(struct s, m), .name = #m                    \
	}
#define BYTES(k, s, m, longest)                                                \
	{                                                                      \
		.key = (k), .kind = WIRE_BYTES, .required = true,              \
		.max = (longest), .offset = offsetof(struct s, m), .name = #m  \
	}

static const struct wire_field fault_fields[] = {
	BYTES(1, msg_fault, code, NAME_LEN),
	BYTES(2, msg_fault, message, LINE_LEN),
};

static const struct wire_field connect_fields[] = {
	BYTES(1, msg_connect, host, NAME_LEN),
	U64(2, msg_connect, port),
	U64(3, msg_connect, timeout_ms),
	U64(4, msg_connect, family),
	BYTES(5, msg_connect, from, NAME_LEN),
};

static const struct wire_field connected_fields[] = {
	BYTES(1, msg_connected, address, NAME_LEN),
};

static const struct wire_field proxy_start_fields[] = {
	BYTES(1, msg_proxy_start, command, PROXY_COMMAND_MAX),
};

static const struct wire_field proxy_said_fields[] = {
	BYTES(1, msg_proxy_said, said, PROXY_TAIL_MAX),
	BOOL(2, msg_proxy_said, ended),
	U64(3, msg_proxy_said, status),
};

static const struct wire_field start_fields[] = {
	BYTES(1, msg_link_start, user, NAME_LEN),
	BYTES(2, msg_link_start, host_key_types, LINE_LEN),
	U64(3, msg_link_start, handshake_ms),
	U64(4, msg_link_start, auth_ms),
	U64(5, msg_link_start, placing_ms),
	U64(6, msg_link_start, idle_ms),
	U64(7, msg_link_start, keepalive_s),
	U64(8, msg_link_start, probe_largest),
	BOOL(9, msg_link_start, may_ask_password),
	BYTES(10, msg_link_start, methods, LINE_LEN),
	BOOL(11, msg_link_start, no_probe),
	BOOL(12, msg_link_start, looks_only),
	U64(13, msg_link_start, ahead),
	BYTES(14, msg_link_start, escalate, NAME_LEN),
	BYTES(15, msg_link_start, host, NAME_LEN),
	U64(16, msg_link_start, port),
};

static const struct wire_field jump_fields[] = {
	BYTES(1, msg_link_jump, name, LINE_LEN),
	BYTES(2, msg_link_jump, host, NAME_LEN),
	U64(3, msg_link_jump, port),
	BYTES(4, msg_link_jump, user, NAME_LEN),
	BYTES(5, msg_link_jump, host_key_types, LINE_LEN),
	BYTES(6, msg_link_jump, methods, LINE_LEN),
};

static const struct wire_field who_fields[] = {
	BYTES(1, msg_link_who, system, NAME_LEN),
	BYTES(2, msg_link_who, machine, NAME_LEN),
	BYTES(3, msg_link_who, hostname, NAME_LEN),
	U64(4, msg_link_who, clock_ns),
	U64(5, msg_link_who, asked_ns),
};

static const struct wire_field key_fields[] = {
	BYTES(1, msg_link_key, blob, KEY_LEN),
	BYTES(2, msg_link_key, name, LINE_LEN),
	U64(3, msg_link_key, hop),
};

static const struct wire_field jailed_fields[] = {
	BYTES(1, msg_link_jailed, what, LINE_LEN),
};

static const struct wire_field phase_fields[] = {
	U64(1, msg_link_phase, phase),
	BYTES(2, msg_link_phase, detail, LINE_LEN),
};

static const struct wire_field hostkey_fields[] = {
	BYTES(1, msg_link_hostkey, key_type, NAME_LEN),
	BYTES(2, msg_link_hostkey, key, KEY_LEN),
	BYTES(3, msg_link_hostkey, kex, NAME_LEN),
	BYTES(4, msg_link_hostkey, host_key, NAME_LEN),
	BYTES(5, msg_link_hostkey, cipher, NAME_LEN),
	BYTES(6, msg_link_hostkey, mac, NAME_LEN),
	U64(7, msg_link_hostkey, hop),
};

static const struct wire_field verdict_fields[] = {
	BOOL(1, msg_link_verdict, accepted),
};

static const struct wire_field sign_fields[] = {
	U64(1, msg_sign, id),
	BYTES(2, msg_sign, blob, KEY_LEN),
	BYTES(3, msg_sign, data, TO_SIGN_LEN),
	U64(4, msg_sign, flags),
};

static const struct wire_field signed_fields[] = {
	U64(1, msg_signed, id),
	BOOL(2, msg_signed, ok),
	BOOL(3, msg_signed, locked),
	BYTES(4, msg_signed, path, LINE_LEN),
	BYTES(5, msg_signed, signature, KEY_LEN),
	BYTES(6, msg_signed, message, LINE_LEN),
};

static const struct wire_field password_fields[] = {
	BYTES(1, msg_link_password, prompt, LINE_LEN),
	BOOL(2, msg_link_password, echo),
	U64(3, msg_link_password, secret),
	BOOL(4, msg_link_password, again),
};

static const struct wire_field secret_fields[] = {
	BOOL(1, msg_link_secret, ok),
	BYTES(2, msg_link_secret, value, SECRET_LEN),
};

static const struct wire_field data_fields[] = {
	BYTES(1, msg_data, data, MSG_DATA_MAX),
	BOOL(2, msg_data, last),
	U64(3, msg_data, wire),
};

static const struct wire_field want_fields[] = {
	BYTES(1, msg_link_want, system, NAME_LEN),
	BYTES(2, msg_link_want, machine, NAME_LEN),
	U64(3, msg_link_want, form),
};

static const struct wire_field offer_fields[] = {
	U64(1, msg_link_offer, packed_len),
	U64(2, msg_link_offer, len),
	BYTES(3, msg_link_offer, sha256, NAME_LEN),
	BYTES(4, msg_link_offer, none, LINE_LEN),
};

static const struct wire_field no_probe_fields[] = {
	BYTES(1, msg_link_no_probe, why, LINE_LEN),
};

static const struct wire_field shell_fields[] = {
	BYTES(1, msg_link_shell, script, MSG_DATA_MAX),
};

static const struct wire_field fed_fields[] = {
	U64(1, msg_link_fed, bytes),
};

static const struct wire_field cleared_fields[] = {
	BYTES(1, msg_link_cleared, path, LINE_LEN),
};

static const struct wire_field placed_fields[] = {
	BYTES(1, msg_link_placed, path, LINE_LEN),
	U64(2, msg_link_placed, bytes),
	BOOL(3, msg_link_placed, checked),
};

static const struct wire_field exit_fields[] = {
	U64(1, msg_link_exit, status),
	BYTES(2, msg_link_exit, signal, NAME_LEN),
};

static const struct wire_field sum_fields[] = {
	BYTES(1, msg_bundle_sum, sha256, NAME_LEN),
	U64(2, msg_bundle_sum, size),
	BOOL(3, msg_bundle_sum, is_file),
	BOOL(4, msg_bundle_sum, given),
};

static const struct wire_field bundle_start_fields[] = {
	BYTES(1, msg_bundle_start, identity, SECRET_LEN),
	BYTES(2, msg_bundle_start, path, LINE_LEN),
	BYTES(3, msg_bundle_start, parser, NAME_LEN),
	BYTES(4, msg_bundle_start, zone, ZONE_BYTES_MAX),
	BOOL(6, msg_bundle_start, spool),
	U64(7, msg_bundle_start, item_cpu_s),
	U64(8, msg_bundle_start, after),
	BYTES(9, msg_bundle_start, why, LINE_LEN),
	U64(10, msg_bundle_start, files),
	U64(11, msg_bundle_start, bytes),
	BOOL(12, msg_bundle_start, plain),
	BOOL(13, msg_bundle_start, secrets),
};

static const struct wire_field bundle_at_fields[] = {
	U64(1, msg_bundle_at, step),
	U64(2, msg_bundle_at, files),
	U64(3, msg_bundle_at, bytes),
};

static const struct wire_field judge_start_fields[] = {
	BYTES(1, msg_judge_start, path, LINE_LEN),
	U64(2, msg_judge_start, mode),
	BYTES(3, msg_judge_start, host, NAME_LEN),
};

static const struct wire_field judge_ready_fields[] = {
	U64(1, msg_judge_ready, rows),
};

static const struct wire_field judge_ask_fields[] = {
	BYTES(1, msg_judge_ask, sql, SQL_LEN),
	I64(2, msg_judge_ask, limit_ns),
	U64(3, msg_judge_ask, max_rows),
};

static const struct wire_field judge_cell_fields[] = {
	BYTES(1, msg_judge_cell, name, LINE_LEN),
	U64(2, msg_judge_cell, type),
	I64(3, msg_judge_cell, number),
	BYTES(4, msg_judge_cell, value, CELL_LEN),
	BOOL(5, msg_judge_cell, last),
};

static const struct wire_field judge_lack_fields[] = {
	BYTES(1, msg_judge_lack, kind, NAME_LEN),
	BYTES(2, msg_judge_lack, why, LINE_LEN),
	BOOL(3, msg_judge_lack, failed),
};

static const struct wire_field judge_done_fields[] = {
	BYTES(1, msg_judge_done, code, NAME_LEN),
	BYTES(2, msg_judge_done, message, LINE_LEN),
	U64(3, msg_judge_done, at),
};

static const struct wire_field local_fields[] = {
	BYTES(1, msg_local_start, root, LINE_LEN),
	BOOL(2, msg_local_start, feed),
};

static const struct wire_field open_fields[] = {
	BYTES(1, msg_keyring_open, agent, LINE_LEN),
	BYTES(2, msg_keyring_open, identity, LINE_LEN),
	BYTES(3, msg_keyring_open, files, FILES_LEN),
	BOOL(4, msg_keyring_open, only),
};

static const struct wire_field listed_key_fields[] = {
	BYTES(1, msg_keyring_key, blob, KEY_LEN),
	BYTES(2, msg_keyring_key, comment, LINE_LEN),
	BYTES(3, msg_keyring_key, source, LINE_LEN),
	BOOL(4, msg_keyring_key, locked),
};

static const struct wire_field listed_fields[] = {
	BYTES(1, msg_keyring_listed, note, LINE_LEN),
};

static const struct wire_field unlock_fields[] = {
	BYTES(1, msg_keyring_unlock, path, LINE_LEN),
	BYTES(2, msg_keyring_unlock, passphrase, SECRET_LEN),
};

static const struct wire_field unlocked_fields[] = {
	BOOL(1, msg_keyring_unlocked, ok),
	BYTES(2, msg_keyring_unlocked, path, LINE_LEN),
	BYTES(3, msg_keyring_unlocked, message, LINE_LEN),
};

#define TYPE(i, s, f)                                                          \
	{                                                                      \
		.id = (i), .name = #i, .size = sizeof(struct s),               \
		.fields = (f), .n_fields = ARRAY_SIZE(f)                       \
	}
#define EMPTY(i)                                                               \
	{                                                                      \
		.id = (i), .name = #i, .size = sizeof(struct msg_empty)        \
	}

const struct wire_type msg_types[] = {
	TYPE(MSG_FAULT, msg_fault, fault_fields),
	TYPE(MSG_CONNECT, msg_connect, connect_fields),
	TYPE(MSG_CONNECTED, msg_connected, connected_fields),
	TYPE(MSG_PROXY_START, msg_proxy_start, proxy_start_fields),
	TYPE(MSG_PROXY_SAID, msg_proxy_said, proxy_said_fields),
	TYPE(MSG_LINK_START, msg_link_start, start_fields),
	TYPE(MSG_LINK_JUMP, msg_link_jump, jump_fields),
	TYPE(MSG_LINK_KEY, msg_link_key, key_fields),
	EMPTY(MSG_LINK_GO),
	TYPE(MSG_LINK_JAILED, msg_link_jailed, jailed_fields),
	TYPE(MSG_LINK_PHASE, msg_link_phase, phase_fields),
	TYPE(MSG_LINK_HOSTKEY, msg_link_hostkey, hostkey_fields),
	TYPE(MSG_LINK_VERDICT, msg_link_verdict, verdict_fields),
	TYPE(MSG_LINK_SIGN, msg_sign, sign_fields),
	TYPE(MSG_LINK_SIGNED, msg_signed, signed_fields),
	TYPE(MSG_LINK_PASSWORD, msg_link_password, password_fields),
	TYPE(MSG_LINK_SECRET, msg_link_secret, secret_fields),
	TYPE(MSG_LINK_PROBE, msg_data, data_fields),
	TYPE(MSG_LINK_FED, msg_link_fed, fed_fields),
	TYPE(MSG_LINK_CLEARED, msg_link_cleared, cleared_fields),
	TYPE(MSG_LINK_PLACED, msg_link_placed, placed_fields),
	TYPE(MSG_LINK_INPUT, msg_data, data_fields),
	TYPE(MSG_LINK_OUTPUT, msg_data, data_fields),
	TYPE(MSG_LINK_STDERR, msg_data, data_fields),
	TYPE(MSG_LINK_EXIT, msg_link_exit, exit_fields),
	TYPE(MSG_LINK_WANT, msg_link_want, want_fields),
	TYPE(MSG_LINK_OFFER, msg_link_offer, offer_fields),
	TYPE(MSG_LINK_NO_PROBE, msg_link_no_probe, no_probe_fields),
	TYPE(MSG_LINK_SHELL, msg_link_shell, shell_fields),
	EMPTY(MSG_LINK_SHELLED),
	TYPE(MSG_LINK_WHO, msg_link_who, who_fields),
	TYPE(MSG_BUNDLE_SUM, msg_bundle_sum, sum_fields),
	TYPE(MSG_LOCAL_START, msg_local_start, local_fields),
	TYPE(MSG_BUNDLE_START, msg_bundle_start, bundle_start_fields),
	TYPE(MSG_BUNDLE_AT, msg_bundle_at, bundle_at_fields),
	TYPE(MSG_KEYRING_OPEN, msg_keyring_open, open_fields),
	TYPE(MSG_KEYRING_KEY, msg_keyring_key, listed_key_fields),
	TYPE(MSG_KEYRING_LISTED, msg_keyring_listed, listed_fields),
	TYPE(MSG_KEYRING_SIGN, msg_sign, sign_fields),
	TYPE(MSG_KEYRING_SIGNED, msg_signed, signed_fields),
	TYPE(MSG_KEYRING_UNLOCK, msg_keyring_unlock, unlock_fields),
	TYPE(MSG_KEYRING_UNLOCKED, msg_keyring_unlocked, unlocked_fields),
	TYPE(MSG_JUDGE_START, msg_judge_start, judge_start_fields),
	TYPE(MSG_JUDGE_READY, msg_judge_ready, judge_ready_fields),
	TYPE(MSG_JUDGE_ASK, msg_judge_ask, judge_ask_fields),
	TYPE(MSG_JUDGE_CELL, msg_judge_cell, judge_cell_fields),
	TYPE(MSG_JUDGE_LACK, msg_judge_lack, judge_lack_fields),
	TYPE(MSG_JUDGE_DONE, msg_judge_done, judge_done_fields),
};
const size_t n_msg_types = ARRAY_SIZE(msg_types);

const struct wire_type *msg_type(uint32_t id)
{
	return wire_find(msg_types, n_msg_types, id);
}

static enum err_code encode(enum msg_type type, const void *msg,
			    struct buf *body, struct err *err)
{
	const struct wire_type *t = msg_type(type);

	if (!t)
		BUG("message type %d", (int)type);
	return wire_encode(t, msg, body, err);
}

/* Messages that passwords, passphrases and keys go by. */
static bool is_secret(enum msg_type type)
{
	return type == MSG_LINK_SECRET || type == MSG_KEYRING_UNLOCK ||
	       type == MSG_BUNDLE_START;
}

enum err_code msg_send(struct chan *c, enum msg_type type, const void *msg,
		       struct err *err)
{
	size_t mark;
	enum err_code code;

	if (is_secret(type)) {
		(void)buf_reserve(&c->out, SECRET_ROOM); /* it must not move */
		c->wipes = true;
	}
	code = chan_begin(c, type, &mark, err);
	if (code == ERR_OK)
		code = encode(type, msg, &c->out, err);
	return chan_end(c, mark, code, err);
}

enum err_code msg_send_fd(struct chan *c, enum msg_type type, const void *msg,
			  int fd, struct err *err)
{
	struct buf body;
	enum err_code code;

	buf_init(&body, CHAN_BODY_MAX);
	code = encode(type, msg, &body, err);
	if (code == ERR_OK)
		code = chan_send_fd(c, type, buf_bytes(&body), fd,
				    deadline_in(SEND_WAIT, NULL), err);
	buf_release(&body);
	return code;
}

static enum err_code decode(const struct frame *f, void *msg, struct err *err)
{
	const struct wire_type *t = msg_type(f->type);
	struct bytes body;
	uint32_t id;
	size_t used;
	enum err_code code;

	if (!t)
		return err_set(err, ERR_FORMAT, "message of type %u", f->type);
	code = wire_next(f->body, CHAN_BODY_MAX, &used, &id, &body, err);
	if (code != ERR_OK)
		return err_wrap(err, "reading %s", t->name);
	if (used != f->body.n || id != f->type)
		return err_set(err, ERR_FORMAT, "%s is not what it says",
			       t->name);
	code = wire_decode(t, body, msg, err);
	return code == ERR_OK ? code : err_wrap(err, "reading %s", t->name);
}

enum err_code msg_read(const struct frame *f, enum msg_type type, void *msg,
		       struct err *err)
{
	if (f->type == MSG_FAULT && type != MSG_FAULT)
		return msg_fault_to_err(f, err);
	if (f->type != (uint32_t)type)
		return err_set(err, ERR_FORMAT, "message %u in place of %u",
			       f->type, (unsigned)type);
	return decode(f, msg, err);
}

enum err_code msg_fault_to_err(const struct frame *f, struct err *err)
{
	struct msg_fault m;
	enum err_code code;
	char *name;

	if (decode(f, &m, err) != ERR_OK)
		return err->code;
	name = bytes_to_str(m.code);
	code = err_from_name(name);
	free(name);
	if (code == ERR_OK) /* a fault is never good news */
		code = ERR_FORMAT;
	/* What was made safe by the sender must not be spelled out twice. */
	if (text_is_plain(m.message))
		return err_set(err, code, "%.*s", (int)m.message.n,
			       (const char *)m.message.p);
	return err_set(err, code, "%s", shown(m.message).s);
}

void msg_send_fault(struct chan *c, const struct err *err)
{
	const char *name = err_name(err->code);
	struct msg_fault m = {.code = bytes_str(name),
			      .message = bytes_str(err->msg)};
	struct err ignored; /* nobody is left to be told */

	if (msg_send(c, MSG_FAULT, &m, &ignored) != ERR_OK)
		return;
	if (chan_drain(c, deadline_in(SEND_WAIT, NULL), &ignored) != ERR_OK)
		return;
}
